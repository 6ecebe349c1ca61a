"""Corners of the audit: choices, waivers of part, pins that compete, doubts, tasks that could be several."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from catalogs import Grading
from catalogs.errors import InputError
from requirements.audit import audit
from requirements.check import check
from requirements.decisions import Achievement, Decisions
from requirements.language import Program
from requirements.record import Entry, Stage
from requirements.report import AuditReport, RequirementResult
from requirements.selector import Subject

SPANISH_1, FRENCH_1 = "24052", "24102"


def rules(*requirements: dict[str, Any], **more: Any) -> Program:
    return Program.model_validate(
        {"id": "p", "name": "P", "jurisdiction": "US-XX", "kind": "diploma", "requirements": requirements, **more}
    )


def need(id: str, credits: float, *codes: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "credits": credits, "from": {"code": list(codes)} if codes else {"any_course": True}, **more}


def line(code: str, amount: str = "1", stage: Stage = "earned", **more: Any) -> Entry:
    subject = Subject(code=code, sced=more.pop("sced", None), area=more.pop("area", None))
    return Entry(more.pop("id", f"{code}@1"), code, subject, Fraction(amount), stage, **more)


def sound(program: Program, entries: list[Entry], **more: Any) -> AuditReport:
    """Audit, and have the independent checker agree."""
    report = audit(program, entries, **more)
    told = (more.get("decisions"), more.get("achievements", ()), more.get("grading"))
    assert check(program, entries, report, *told) == ()
    return report


def at(report: AuditReport, path: str) -> RequirementResult:
    results: list[RequirementResult] = list(report.requirements)
    while results:
        one = results.pop()
        if one.path == path:
            return one
        results += one.parts
    raise KeyError(path)


def decided(**decisions: list[dict[str, Any]]) -> Decisions:
    signed = {
        "waivers": {"reason": "moved", "by": "principal"},
        "substitutions": {"reason": "alike", "by": "principal"},
    }
    return Decisions.model_validate({k: [{**signed.get(k, {}), **one} for one in v] for k, v in decisions.items()})


class TestChoices:
    def test_the_branch_that_is_complete_is_taken(self) -> None:
        program = rules({"id": "way", "any_of": [need("x", 2, "A", "B"), need("y", 1, "A")]}, need("rest", 1, "B"))
        report = sound(program, [line("A"), line("B")])
        assert report.status == "met"
        assert [part.counted for part in at(report, "way").parts] == [False, True]

    def test_a_test_that_is_passed_takes_no_credit(self) -> None:
        program = rules(
            {"id": "way", "any_of": [need("x", 1, "A"), {"id": "t", "task": "assessment"}]}, need("a", 1, "A")
        )
        done = (Achievement(requirement="t"),)
        assert sound(program, [line("A")], achievements=done).status == "met"
        assert sound(program, [line("A")]).status == "not_met"

    def test_credit_is_not_kept_for_half_a_way_while_a_test_is_open(self) -> None:
        program = rules(
            {"id": "way", "any_of": [need("x", 2, "A"), {"id": "t", "task": "assessment"}]}, need("a", 1, "A")
        )
        report = sound(program, [line("A")])
        assert (at(report, "a").status, at(report, "way").missing) == ("met", 0)

    def test_two_of_three(self) -> None:
        program = rules({"id": "seals", "at_least": 2, "any_of": [need(name.lower(), 1, name) for name in "ABC"]})
        assert sound(program, [line("A"), line("C", stage="planned")]).status == "planned"
        short = at(sound(program, [line("C")]), "seals")
        assert (short.status, short.need, short.earned, short.missing) == ("not_met", 2, 1, 1)

    def test_choices_inside_choices(self) -> None:
        inner = {"id": "two", "all_of": [need("x", 1, "A"), need("y", 1, "B")]}
        program = rules({"id": "way", "any_of": [inner, need("z", 1, "C")]})
        assert at(sound(program, [line("A"), line("B")]), "way").status == "met"
        assert at(sound(program, [line("A")]), "way").status == "not_met"

    def test_series_known_by_subject_only_are_asked(self) -> None:
        program = rules({"id": "l", "credits": 2, "from": {"subject": "world_language"}, "same": "series"})
        transfer = line("x", id="line:1", area="world_language")
        transfer = Entry(transfer.id, "Language", Subject(area="world_language"), Fraction(1), "earned")
        report = sound(program, [line("S", sced=SPANISH_1), transfer])
        assert report.status == "ask"
        assert at(report, "l").asked == 1
        assert "same series" in at(report, "l").ask[0].why

    def test_the_series_is_named(self) -> None:
        program = rules({"id": "l", "credits": 1, "from": {"subject": "world_language"}, "same": "series"})
        report = sound(program, [line("S", sced=SPANISH_1), line("F", sced=FRENCH_1)])
        assert at(report, "l").detail in ("series: spanish", "series: french")


class TestWaivers:
    def test_part_of_a_requirement_with_parts_goes_where_it_helps(self) -> None:
        program = rules(need("m", 2, "A", "B", parts=[need("x", 1, "A"), need("y", 1, "B")]))
        waiver = decided(waivers=[{"requirement": "m", "credits": 1}])
        assert sound(program, [line("A")], decisions=waiver).status == "met"
        assert sound(program, [line("B")], decisions=waiver).status == "met"

    def test_the_credit_set_free_counts_elsewhere(self) -> None:
        waiver = decided(waivers=[{"requirement": "a", "credits": 1}])
        report = sound(rules(need("a", 2, "A"), need("rest", 1)), [line("A", "2")], decisions=waiver)
        assert report.status == "met"
        assert (at(report, "a").need, at(report, "a").waived) == (1, 1)

    def test_nothing_is_lifted_twice(self) -> None:
        waiver = decided(waivers=[{"requirement": "m", "credits": 1}])
        program = rules({"id": "m", "all_of": [need("x", 1, "A"), need("y", 1, "B", pool="again")]})
        assert sound(program, [], decisions=waiver).status == "not_met"

    def test_a_total_an_average_and_hours(self) -> None:
        program = rules({"id": "t", "total": 2}, {"id": "g", "gpa": 3}, {"id": "h", "task": "service", "amount": 40})
        waivers = decided(
            waivers=[{"requirement": "t", "credits": 1}, {"requirement": "g"}, {"requirement": "h", "credits": 40}]
        )
        report = sound(program, [line("A")], decisions=waivers)
        assert report.status == "met"
        assert (at(report, "t").need, at(report, "g").waived_by, at(report, "h").need) == (1, "principal", 0)

    def test_a_number_of_courses(self) -> None:
        program = rules({"id": "two", "courses": 2, "from": {"any_course": True}})
        waiver = decided(waivers=[{"requirement": "two", "credits": 1}])
        assert sound(program, [line("A")], decisions=waiver).status == "met"

    def test_what_is_not_here_is_noted(self) -> None:
        waiver = decided(waivers=[{"requirement": "x", "program": "p"}])
        assert "no requirement 'x'" in sound(rules(need("a", 1)), [], decisions=waiver).notes[0]


class TestPins:
    def test_more_than_is_needed_flows_on(self) -> None:
        pin = decided(counts=[{"course": "A", "requirement": "a"}])
        report = sound(rules(need("rest", 1), need("a", 1)), [line("A", "2")], decisions=pin)
        assert report.status == "met"
        assert (report.pins[0].credits, report.pins[0].words) == (1, "the requirement takes no more of it")

    def test_two_pins_for_one_place(self) -> None:
        pins = decided(counts=[{"course": "A", "requirement": "a"}, {"course": "B", "requirement": "a"}])
        report = sound(rules(need("a", 1), need("rest", 1)), [line("A"), line("B")], decisions=pins)
        assert sorted(pin.obeyed for pin in report.pins) == [False, True]

    def test_a_person_settles_a_doubt(self) -> None:
        program = rules({"id": "a", "credits": 1, "from": {"code": "A", "maybe": {"code": "B"}}})
        mine = sound(program, [line("B")], decisions=decided(counts=[{"course": "B", "requirement": "a"}]))
        assert (mine.status, mine.pins[0].obeyed) == ("ask", False)
        theirs = decided(counts=[{"course": "B", "requirement": "a", "by": "Ms. Ortiz"}])
        report = sound(program, [line("B")], decisions=theirs)
        assert (report.status, at(report, "a").uses[0].by) == ("met", "Ms. Ortiz")

    def test_a_pin_goes_before_what_would_be_better(self) -> None:
        pin = decided(counts=[{"course": "A", "requirement": "rest"}])
        report = sound(rules(need("a", 1, "A"), need("rest", 1)), [line("A"), line("B")], decisions=pin)
        assert [use.course for use in at(report, "rest").uses] == ["A"]
        assert at(report, "a").status == "not_met"

    @pytest.mark.parametrize(
        ("pin", "words"),
        [
            ({"course": "A", "requirement": "x"}, "no requirement 'x'"),
            ({"course": "Q", "requirement": "a"}, "no credit of it"),
            ({"course": "F", "requirement": "a"}, "failed"),
            ({"course": "D", "requirement": "a"}, "below C"),
            ({"course": "Z", "requirement": "a"}, "does not accept"),
            ({"course": "A", "requirement": "t"}, "no requirement of courses"),
        ],
    )
    def test_why_not(self, pin: dict[str, str], words: str) -> None:
        program = rules(need("a", 1, "A", "D", "F", minimum_mark="C"), {"id": "t", "task": "civics_test"})
        entries = [line("A", mark="A"), line("D", mark="D"), line("F", "0", reason="failed"), line("Z", mark="A")]
        report = sound(program, entries, decisions=decided(counts=[pin]), grading=Grading("A-F"))
        assert not report.pins[0].obeyed
        assert words in report.pins[0].words


class TestDoubts:
    def test_what_is_met_stays_met(self) -> None:
        """A person's word is asked only where it fills more, and what holds without it keeps holding."""
        program = rules(
            need("a", 1, "A"), {"id": "b", "credits": 1, "from": {"code": "Q", "maybe": {"code": ["A", "B"]}}}
        )
        report = sound(program, [line("A"), line("B")])
        assert (at(report, "a").status, at(report, "b").status) == ("met", "ask")
        assert [use.course for use in at(report, "b").uses] == ["B"]

    def test_what_might_count_is_told_where_it_does_not_suffice(self) -> None:
        program = rules({"id": "b", "credits": 2, "from": {"code": "Q", "maybe": {"code": "B"}}})
        report = sound(program, [line("B")])
        assert (report.status, at(report, "b").asked, at(report, "b").ask[0].entries) == ("not_met", 0, ("B@1",))

    def test_a_pass_against_a_minimum_mark(self) -> None:
        program = rules(need("a", 1, minimum_mark="C"))
        report = sound(program, [line("A", mark="P")], grading=Grading("A-F"))
        assert report.status == "ask"
        assert "mark P" in at(report, "a").ask[0].why
        assert sound(program, [line("A")], grading=Grading("A-F")).status == "ask"

    def test_a_failed_course_may_pull_an_average_down(self) -> None:
        program = rules({"id": "g", "gpa": 3})
        entries = [line("A", mark="B"), line("F", "0", mark="F", reason="not passed (F)")]
        assert sound(program, entries, grading=Grading("A-F")).status == "ask"
        assert sound(program, [line("P", mark="P")], grading=Grading("A-F")).status == "ask"
        assert sound(program, [line("A", stage="planned")], grading=Grading("A-F")).status == "not_met"


class TestTasks:
    program = rules({"id": "e", "task": "assessment"}, {"id": "m", "task": "assessment"})

    def test_one_that_could_be_several_is_noted(self) -> None:
        report = sound(self.program, [], achievements=(Achievement(task="assessment", name="SAT"),))
        assert report.notes == ("SAT could be for several tasks: name one of e, m",)
        assert sound(self.program, [], achievements=(Achievement(requirement="e"),)).requirements[0].status == "met"

    def test_one_for_another_program_is_left_aside(self) -> None:
        report = sound(self.program, [], achievements=(Achievement(requirement="elsewhere", task="assessment"),))
        assert {one.status for one in report.requirements} == {"not_met"}

    def test_in_progress_and_waived(self) -> None:
        done = (Achievement(requirement="e", status="in_progress"), Achievement(requirement="m", status="waived"))
        report = sound(self.program, [], achievements=done)
        assert [one.status for one in report.requirements] == ["in_progress", "met"]
        assert (report.answer, report.on_track) == ("not_met", True)


class TestStages:
    def test_only_what_is_earned(self) -> None:
        entries = [line("A", stage="planned")]
        report = audit(rules(need("a", 1)), entries, priority=("earned",))
        assert (report.status, report.unused[0].entry) == ("not_met", "A@1")
        assert check(rules(need("a", 1)), entries, report) == ()

    def test_priority_names_each_stage_once(self) -> None:
        for wrong in ((), ("earned", "earned")):
            with pytest.raises(ValueError, match="each once"):
                audit(rules(need("a", 1)), [], priority=wrong)  # type: ignore[arg-type]

    def test_two_entries_of_one_id(self) -> None:
        with pytest.raises(InputError, match="A@1"):
            audit(rules(need("a", 1)), [line("A"), line("A")])


def test_thirds_come_back_from_json() -> None:
    program = rules(need("a", 1), need("b", 1))
    entries = [line("A", "1/3"), line("B", "1/3"), line("C", "2/3")]
    report = sound(program, entries)
    back = AuditReport.model_validate_json(report.model_dump_json())
    assert check(program, entries, back) == ()


def test_nested_caps() -> None:
    caps = [{"credits": 1, "from": {"code": "A"}}, {"credits": 2, "from": {"code": ["A", "B"]}}]
    program = rules(need("a", 4, caps=caps))
    entries = [line("A", "2"), line("B", "2"), line("C")]
    report = sound(program, entries)
    uses = {use.course: use.credits for use in at(report, "a").uses}
    assert (at(report, "a").earned, uses.get("A", 0) <= 1, sum(uses.get(c, 0) for c in "AB")) == (3, True, 2)


def test_a_cap_over_parts() -> None:
    caps = [{"credits": 1, "from": {"code": ["X", "Y"]}}]
    program = rules(need("m", 3, caps=caps, parts=[need("p", 1, "X", "A"), need("q", 1, "Y", "B")]))
    assert sound(program, [line("X"), line("Y"), line("A", "0.5"), line("C")]).status == "not_met"
    assert sound(program, [line("X"), line("B"), line("C")]).status == "met"


def test_courses_and_credits_in_one_pool() -> None:
    program = rules(need("a", 1, pool="x"), {"id": "n", "courses": 1, "from": {"any_course": True}, "pool": "x"})
    assert sound(program, [line("A")]).status == "not_met"
    assert sound(program, [line("A"), line("B")]).status == "met"
