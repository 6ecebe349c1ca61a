"""The audit, feature by feature; that the assignment is the best one is `test_placing`'s business."""

from __future__ import annotations

import datetime
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from catalogs import Grading
from requirements.audit import audit
from requirements.check import check
from requirements.decisions import Achievement, Decisions
from requirements.language import Program
from requirements.record import Entry, Stage
from requirements.report import AuditReport, RequirementResult
from requirements.selector import Subject, matches

ALGEBRA, GEOMETRY, SCIENCE, CODING, SPANISH_1, SPANISH_2, FRENCH_1 = (
    "02052", "02072", "03051", "10157", "24052", "24053", "24102"
)  # fmt: skip


def rules(*requirements: dict[str, Any], **more: Any) -> Program:
    return Program.model_validate(
        {"id": "p", "name": "P", "jurisdiction": "US-XX", "kind": "diploma", "requirements": requirements, **more}
    )


def need(id: str, credits: float, selector: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": id, "credits": credits, "from": selector or {"any_course": True}, **more}


def codes(*which: str) -> dict[str, Any]:
    return {"code": list(which)}


def line(code: str, amount: str = "1", stage: Stage = "earned", **more: Any) -> Entry:
    subject = Subject(code=code, sced=more.pop("sced", None), tags=frozenset(more.pop("tags", ())))
    return Entry(more.pop("id", f"{code}@2025-S1"), code, subject, Fraction(amount), stage, **more)


def result(report: AuditReport, path: str) -> RequirementResult:
    found = {one.path: one for one in everything(report.requirements)}
    return found[path]


def everything(results: tuple[RequirementResult, ...]) -> list[RequirementResult]:
    return [one for each in results for one in (each, *everything(each.parts))]


def sound(program: Program, entries: list[Entry], **more: Any) -> AuditReport:
    """Audit, and have the independent checker agree."""
    report = audit(program, entries, **more)
    assert (
        check(
            program,
            entries,
            report,
            more.get("decisions"),
            more.get("achievements", ()),
            more.get("grading"),
        )
        == ()
    )
    return report


def first_come(program: Program, entries: list[Entry]) -> int:
    """How many requirements are filled when every course goes to the first one that takes it."""
    left = {rule.id: rule.credits for rule in program.requirements}  # type: ignore[union-attr]
    for entry in entries:
        for rule in program.requirements:
            if left[rule.id] and matches(rule.from_, entry.subject):  # type: ignore[union-attr]
                left[rule.id] -= min(left[rule.id], entry.amount)
                break
    return sum(not rest for rest in left.values())


class TestOrder:
    def test_better_than_first_come(self) -> None:
        """Computer science could be mathematics or career education; only one way of counting meets both."""
        program = rules(need("mathematics", 1, codes("CS", "ALG")), need("career", 1, codes("CS")))
        entries = [line("CS"), line("ALG")]
        assert first_come(program, entries) == 1
        assert sound(program, entries).status == "met"

    def test_never_worse_and_often_better(self) -> None:
        rng = random.Random(7)
        better = 0
        for _ in range(300):
            names = [f"C{i}" for i in range(5)]
            program = rules(*(need(f"r{i}", 1, codes(*rng.sample(names, rng.randint(1, 3)))) for i in range(4)))
            entries = [line(name) for name in rng.sample(names, 4)]
            exact = sum(one.status == "met" for one in audit(program, entries).requirements)
            naive = first_come(program, entries)
            assert exact >= naive
            better += exact > naive
        assert better > 30

    def test_the_order_of_the_record_does_not_show(self) -> None:
        program = rules(need("a", 2, codes("A", "B", "C")), need("b", 1, codes("B")), need("rest", 2))
        entries = [line("A"), line("B"), line("C", stage="planned"), line("D", "0.5")]
        told = {audit(program, rng_order).model_dump_json() for rng_order in shuffles(entries)}
        assert len(told) == 1

    def test_the_hash_seed_does_not_show(self) -> None:
        script = (
            "from tests.requirements.test_audit import *\n"
            "program = rules(need('a', 2, {'tag': ['x', 'y']}), need('b', 1, codes('B')), need('rest', 2))\n"
            "entries = [line('A', tags=('x', 'z', 'w')), line('B', tags=('y',)), line('C', tags=('x',))]\n"
            "print(audit(program, entries).model_dump_json())\n"
        )
        told = {
            subprocess.run(
                [sys.executable, "-c", script],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(told) == 1

    def test_credit_beyond_a_need_flows_on(self) -> None:
        report = sound(rules(need("english", 1, codes("E1", "E2")), need("rest", 1)), [line("E1"), line("E2")])
        assert report.status == "met"

    def test_named_requirements_before_electives(self) -> None:
        """One credit that could fill the elective, or begin mathematics, begins mathematics."""
        report = sound(rules(need("mathematics", 2, codes("ALG")), need("electives", 1)), [line("ALG")])
        assert result(report, "mathematics").earned == 1
        assert result(report, "electives").missing == 1


def shuffles(entries: list[Entry]) -> list[list[Entry]]:
    rng = random.Random(1)
    return [rng.sample(entries, len(entries)) for _ in range(8)]


class TestStages:
    program = rules(need("a", 2))

    @pytest.mark.parametrize(
        ("stages", "status"),
        [
            (("earned", "earned"), "met"),
            (("earned", "in_progress"), "in_progress"),
            (("earned", "planned"), "planned"),
            (("in_progress", "planned"), "planned"),
            (("earned",), "not_met"),
            ((), "not_met"),
        ],
    )
    def test_by_what_fills_it(self, stages: tuple[Stage, ...], status: str) -> None:
        report = sound(self.program, [line(f"C{i}", stage=stage) for i, stage in enumerate(stages)])
        assert report.status == status
        assert result(report, "a").missing == 2 - len(stages)

    def test_earned_is_used_before_planned(self) -> None:
        report = sound(rules(need("a", 1)), [line("A", stage="planned"), line("B")])
        assert [use.course for use in result(report, "a").uses] == ["B"]

    def test_the_priority_can_be_chosen(self) -> None:
        entries = [line("A", stage="planned"), line("B")]
        report = audit(rules(need("a", 1)), entries, priority=("planned", "in_progress", "earned"))
        assert [use.course for use in result(report, "a").uses] == ["A"]
        assert report.priority[0] == "planned"

    def test_an_empty_record_meets_nothing(self) -> None:
        program = rules(
            need("a", 1),
            {"id": "t", "task": "civics_test"},
            {"id": "g", "gpa": 2},
            {"id": "all", "total": 1},
            {"id": "two", "courses": 2, "from": {"any_course": True}},
            {"id": "way", "any_of": [need("x", 1), {"id": "test", "task": "assessment"}]},
        )
        report = sound(program, [])
        assert {one.path: one.status for one in report.requirements} == dict.fromkeys(
            ("a", "t", "g", "all", "two", "way"), "not_met"
        )
        assert report.answer == "not_met"

    def test_partial_credit(self) -> None:
        report = sound(rules(need("a", 1)), [line("A", "0.5")])
        assert (result(report, "a").earned, result(report, "a").missing) == (Fraction(1, 2), Fraction(1, 2))

    def test_no_credit_counts_nowhere(self) -> None:
        report = sound(rules(need("a", 1)), [line("A", "0", reason="failed")])
        assert result(report, "a").uses == ()
        assert "failed" in report.unused[0].why


class TestRules:
    def test_parts(self) -> None:
        program = rules(need("m", 3, {"subject": "mathematics"}, parts=[need("g", 1, {"term": "geometry"})]))
        short = sound(program, [line(f"A{i}", sced=ALGEBRA) for i in range(3)])
        assert result(short, "m/g").status == result(short, "m").status == "not_met"
        assert result(short, "m").missing == 1
        full = [line("A", sced=ALGEBRA), line("B", sced=ALGEBRA), line("G", sced=GEOMETRY)]
        assert sound(program, full).status == "met"

    def test_the_same_series(self) -> None:
        program = rules(need("language", 2, {"subject": "world_language"}, same="series"))
        assert sound(program, [line("S", sced=SPANISH_1), line("F", sced=FRENCH_1)]).status == "not_met"
        assert sound(program, [line("S", sced=SPANISH_1), line("T", sced=SPANISH_2)]).status == "met"

    def test_caps(self) -> None:
        program = rules(need("a", 2, caps=[{"credits": 1, "from": codes("X", "Y")}]))
        assert sound(program, [line("X"), line("Y")]).status == "not_met"
        assert sound(program, [line("X"), line("Z")]).status == "met"

    def test_minimum_mark(self) -> None:
        program = rules(need("a", 1, minimum_mark="C"))
        assert sound(program, [line("A", mark="D")], grading=Grading("A-F")).status == "not_met"
        assert sound(program, [line("A", mark="C")], grading=Grading("A-F")).status == "met"
        planned = sound(program, [line("A", stage="planned")], grading=Grading("A-F"))
        assert planned.status == "planned"
        assert result(planned, "a").uses[0].assumes

    def test_in_the_senior_year(self) -> None:
        program = rules(need("senior", 1, during=[12]))
        assert sound(program, [line("A", grade=11)]).status == "not_met"
        assert sound(program, [line("A", grade=12)]).status == "met"
        assert sound(program, [line("A")]).status == "ask"

    def test_in_every_grade(self) -> None:
        program = rules(need("pe", 1, each_grade=[9, 10]))
        assert sound(program, [line("A", grade=9), line("B", grade=9)]).status == "not_met"
        assert sound(program, [line("A", grade=9), line("B", grade=10)]).status == "met"

    def test_one_of_several_ways(self) -> None:
        program = rules({"id": "way", "any_of": [need("x", 2, codes("X")), need("y", 1, codes("Y"))]})
        assert sound(program, [line("Y")]).status == "met"
        assert sound(program, [line("X")]).status == "not_met"

    def test_counted_again_in_a_pool_of_its_own(self) -> None:
        both = [need("a", 1, codes("A")), need("b", 1, codes("A"))]
        assert sound(rules(*both), [line("A")]).status == "not_met"
        assert sound(rules(both[0], {**both[1], "pool": "again"}), [line("A")]).status == "met"

    def test_a_number_of_courses(self) -> None:
        program = rules({"id": "two", "courses": 2, "from": {"any_course": True}})
        assert sound(program, [line("A", "0.5")]).status == "not_met"
        assert sound(program, [line("A", "0.5"), line("B", "0.5")]).status == "met"

    def test_total(self) -> None:
        report = sound(rules({"id": "all", "total": 2}), [line("A"), line("B", stage="planned"), line("C", "0")])
        assert (result(report, "all").earned, result(report, "all").status) == (1, "planned")

    def test_credit_known_by_its_subject_only(self) -> None:
        entry = Entry("line:1", "Art", Subject(area="arts"), Fraction(1), "earned", origin="transfer")
        assert sound(rules(need("arts", 1, {"subject": "arts"})), [entry]).status == "met"
        assert sound(rules(need("algebra", 1, {"term": "algebra-1"})), [entry]).status == "not_met"

    def test_the_units_of_the_program(self) -> None:
        report = sound(rules(need("a", 20), unit={"name": "credit", "year_course": 5}), [line("A"), line("B")])
        assert (result(report, "a").earned, result(report, "a").missing) == (10, 10)

    def test_what_only_some_districts_accept_is_asked(self) -> None:
        program = rules(need("a", 1, {"code": "A", "maybe": codes("B")}))
        report = sound(program, [line("B")])
        assert report.status == report.answer == "ask"
        assert result(report, "a").ask[0].entries == ("B@2025-S1",)

    def test_substitutions(self) -> None:
        sub = {"id": "cs", "instead_of": "m", "allowed": codes("CS"), "credits": 1}
        program = rules(need("m", 2, codes("ALG")), substitutions=[sub])
        assert sound(program, [line("ALG"), line("CS")]).status == "met"
        assert sound(program, [line("CS"), line("CS", id="again")]).status == "not_met"
        asked = rules(need("m", 1, codes("ALG")), substitutions=[{**sub, "condition": "the board agrees"}])
        assert sound(asked, [line("CS")]).status == "ask"


class TestTasks:
    program = rules(
        {"id": "hours", "task": "service", "amount": 40, "unit": "hours"}, {"id": "test", "task": "civics_test"}
    )

    def test_hours_add_up(self) -> None:
        some = [Achievement(task="service", amount=Fraction(25))]
        report = sound(self.program, [], achievements=some)
        assert (result(report, "hours").missing, result(report, "hours").status) == (15, "not_met")
        more = [*some, Achievement(requirement="hours", amount=Fraction(15), date=datetime.date(2026, 5, 1))]
        assert result(sound(self.program, [], achievements=more), "hours").status == "met"

    def test_dates(self) -> None:
        done = [Achievement(task="civics_test", date=datetime.date(2026, 3, 4))]
        report = sound(self.program, [], achievements=done)
        assert (result(report, "test").status, result(report, "test").date) == ("met", "2026-03-04")

    def test_a_failed_test_is_no_test(self) -> None:
        failed = [Achievement(task="civics_test", status="failed")]
        assert result(sound(self.program, [], achievements=failed), "test").status == "not_met"

    def test_what_a_person_judges(self) -> None:
        program = rules({"id": "p", "task": "portfolio", "judged": True, "who": "principal"})
        report = sound(program, [])
        assert report.status == "ask"
        assert result(report, "p").ask[0].who == "principal"

    def test_average(self) -> None:
        program = rules({"id": "g", "gpa": 3})
        grading = Grading("A-F")
        assert sound(program, [line("A", mark="B")], grading=grading).status == "met"
        assert sound(program, [line("A", mark="C")], grading=grading).status == "not_met"
        assert sound(program, [line("A", mark="P"), line("B", mark="C")], grading=grading).status == "ask"


class TestDecisions:
    program = rules(need("a", 1, codes("A", "B")), need("b", 1, codes("A", "B", "C")))

    def test_a_pin_is_kept(self) -> None:
        free = sound(self.program, [line("A"), line("B")])
        assert [use.course for use in result(free, "a").uses] == ["A"]
        pin = Decisions.model_validate({"counts": [{"course": "B", "requirement": "a", "by": "Ms. Ortiz"}]})
        report = sound(self.program, [line("A"), line("B")], decisions=pin)
        assert [(use.course, use.pinned) for use in result(report, "a").uses] == [("B", True)]
        assert report.pins[0].obeyed

    def test_a_pin_that_cannot_be_kept_says_so(self) -> None:
        pin = Decisions.model_validate({"counts": [{"course": "C", "requirement": "a"}]})
        report = sound(self.program, [line("C")], decisions=pin)
        assert not report.pins[0].obeyed
        assert report.pins[0].words

    def test_a_waiver(self) -> None:
        waiver = {"requirement": "a", "reason": "moved", "by": "principal"}
        report = sound(self.program, [line("C")], decisions=Decisions.model_validate({"waivers": [waiver]}))
        assert report.status == "met"
        assert result(report, "a").waivers[0].by == "principal"

    def test_a_waiver_of_part(self) -> None:
        waiver = {"requirement": "m", "credits": 1, "reason": "moved", "by": "principal"}
        decisions = Decisions.model_validate({"waivers": [waiver]})
        report = sound(rules(need("m", 3)), [line("A")], decisions=decisions)
        assert (result(report, "m").need, result(report, "m").missing) == (2, 1)

    def test_a_substitution_for_one_student(self) -> None:
        sub = {"requirement": "a", "course": "Z", "reason": "same content", "by": "principal"}
        report = sound(
            self.program, [line("Z"), line("C")], decisions=Decisions.model_validate({"substitutions": [sub]})
        )
        assert report.status == "met"
        assert result(report, "a").uses[0].decided

    def test_decisions_for_another_program_do_not_count(self) -> None:
        waiver = {"requirement": "a", "program": "other", "reason": "moved", "by": "principal"}
        assert sound(self.program, [], decisions=Decisions.model_validate({"waivers": [waiver]})).status == "not_met"


def test_sparing_credit_goes_where_no_test_can_stand_in() -> None:
    """By itself the audit names what credit would fill; a plan is told that a test would do for all that is short."""
    either = {"id": "either", "any_of": [need("course", 1, codes("A")), {"id": "test", "task": "assessment"}]}
    program = rules(either, need("science", 1, codes("A")))
    plain, spared = (sound(program, [line("A")], sparing=sparing) for sparing in (False, True))
    assert [result(plain, path).status for path in ("either", "science")] == ["met", "not_met"]
    assert [result(spared, path).status for path in ("either", "science")] == ["not_met", "met"]
    # Where credit is short all the same, nothing changes.
    more = rules(either, need("science", 2, codes("A")))
    assert result(sound(more, [line("A")], sparing=True), "either").status == "met"
