"""Why and why not: the algorithms on sets of facts against enumeration, and the answers on small and real schools."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import chain, combinations
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs import InputError
from catalogs.bundled import bundled, load
from pathways.compile import compile_problem
from pathways.explain.answers import Unreached, answers
from pathways.explain.corrections import cheapest_corrections
from pathways.explain.deletion import Core, minimal_conflict
from pathways.explain.marco import enumerate_conflicts
from pathways.explain.question import Question
from pathways.explain.quickxplain import preferred_conflict
from pathways.explain.why_not import Absence, explain, why_not
from pathways.files import load_example
from pathways.planner import Made, Task, goal_programs
from pathways.solver import solve
from requirements.crediting import credit_entries
from tests.pathways.school import Solved, course, credits, half, known, person, program, school, solved, versions
from tests.pathways.test_laws import drawn
from tests.students import student

FACTS = "abcdef"
conflicts = st.lists(st.frozensets(st.sampled_from(FACTS), min_size=1), max_size=5)


def oracle(cores: Collection[frozenset[str]]) -> Core:
    return lambda kept: next((core for core in cores if core <= set(kept)), None)


def subsets(facts: Collection[str]) -> list[frozenset[str]]:
    return [frozenset(s) for s in chain.from_iterable(combinations(sorted(facts), n) for n in range(len(facts) + 1))]


def minimal(sets: Collection[frozenset[str]]) -> set[frozenset[str]]:
    return {one for one in sets if not any(other < one for other in sets)}


class TestAlgorithms:
    @settings(deadline=None)
    @given(conflicts)
    def test_deletion_finds_a_minimal_conflict(self, cores: list[frozenset[str]]) -> None:
        found = minimal_conflict(FACTS, oracle(cores))
        assert (found is None) == (not cores)
        if found is not None:
            assert frozenset(found) in minimal(cores)

    @settings(deadline=None)
    @given(conflicts)
    def test_quickxplain_finds_the_preferred_one(self, cores: list[frozenset[str]]) -> None:
        found = preferred_conflict(FACTS, oracle(cores))
        assert (found is None) == (not cores)
        if found is not None:
            # Of all minimal conflicts the one whose last fact comes first, then its last but one, and so on.
            best = min(minimal(cores), key=lambda core: sorted(core, reverse=True))
            assert frozenset(found) == best

    def test_quickxplain_without_any_fact(self) -> None:
        assert preferred_conflict("ab", lambda kept: frozenset()) == ()

    @settings(deadline=None)
    @given(conflicts)
    def test_marco_finds_all(self, cores: list[frozenset[str]]) -> None:
        found = list(enumerate_conflicts(FACTS, oracle(cores)))
        assert {some for kind, some in found if kind == "conflict"} == minimal(cores)
        hitting = [some for some in subsets(FACTS) if all(some & core for core in cores)]
        assert {some for kind, some in found if kind == "correction"} == minimal(hitting)
        assert len(found) == len(set(found))


def question_of(found: Solved) -> Question:
    return Question(found.compiled, found.compiled.programs[:1])


class TestQuestion:
    @pytest.mark.parametrize("seed", range(40))
    def test_all_facts_hold_where_the_diploma_can_be_reached(self, seed: int) -> None:
        catalog, who, rules = drawn(seed)
        found = solved(catalog, who, *rules)
        question = question_of(found)
        core = question.oracle(question.facts).core(tuple(question.facts))
        assert (core is None) == (found.answer.placed is not None and found.answer.tiers[0].value == 0)

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_on_real_catalogs(self, catalog_id: str) -> None:
        for seed in range(100, 103):
            who = student(catalog_id, seed)
            catalog = load(catalog_id)
            entries, _ = credit_entries(who.transcript, catalog, entering=who.entering)
            compiled = compile_problem(who, catalog, goal_programs(who, catalog), entries)
            found = Solved(compiled, solve(compiled.problem))
            question = question_of(found)
            oracle = question.oracle(question.facts)
            reached = found.answer.placed is not None and found.answer.tiers[0].value == 0
            assert (oracle.core(tuple(question.facts)) is None) == reached
            if reached:
                continue
            found_conflicts = list(question.conflicts(3))
            assert found_conflicts
            for facts in found_conflicts:
                names = {name for name, fact in question.facts.items() if fact in facts}
                assert oracle.core(names) is not None
                assert all(oracle.core(names - {one}) is None for one in names)
            for correction in question.corrections(2):
                again = compile_problem(correction.record, catalog, compiled.programs, entries)
                answer = solve(again.problem)
                assert answer.tiers
                assert answer.tiers[0].value == 0

    @pytest.mark.parametrize("seed", range(60))
    def test_the_cheapest_correction_is_the_cheapest(self, seed: int) -> None:
        catalog, who, rules = drawn(seed)
        found = solved(catalog, who, *rules)
        if found.answer.placed is not None and found.answer.tiers[0].value == 0:
            return
        question = question_of(found)
        if len(question.ways) > 10:
            return
        costs = {name: way.cost for name, way in question.ways.items()}
        oracle = question.oracle(question.ways)
        able = [some for some in subsets(costs) if oracle.core(set(costs) - some) is None]
        first = next(cheapest_corrections(question.oracle(question.ways), costs), None)
        assert (first is None) == (not able)
        if first is not None:
            assert sum(costs[n] for n in first[0]) == min(sum(costs[n] for n in some) for some in able)
            listed = {some for some, _ in cheapest_corrections(question.oracle(question.ways), costs)}
            assert listed == minimal(able)


class TestWaysOut:
    def helps(self, found: Solved) -> list[list[str]]:
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        return [[change.kind for change in correction.changes] for correction in conflict.corrections]

    def test_a_summer_is_the_least(self) -> None:
        catalog = school(half("H"), half("J"), half("K"), most=1, summer=2)
        who = person(grade=11, graduate="2027-S1")
        rules = program(*(credits(code.lower(), "0.5", code) for code in "HJK"))
        found = solved(catalog, who.model_copy(update={"now": "2026-S2"}), rules)
        assert self.helps(found)[0] == ["summer"]

    def test_a_course_more(self) -> None:
        catalog = school(half("H"), half("J"), most=1)
        who = person(grade=12, term="S2")
        found = solved(catalog, who, program(credits("h", "0.5", "H"), credits("j", "0.5", "J")))
        assert self.helps(found)[0] == ["extra_period"]
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        assert conflict.corrections[0].record.load.terms["2026-S2"].max == 2

    def test_a_term_in_which_it_is_not_taught(self) -> None:
        catalog = school(half("H", offered=("S1",)), *fillers())
        found = solved(catalog, person(grade=12, term="S2"), program(credits("h", "0.5", "H")))
        assert self.helps(found)[0] == ["any_term"]

    def test_beside_its_prerequisite(self) -> None:
        catalog = school(course("A"), course("B", needs="A"), course("C", needs="B"), *fillers())
        found = solved(catalog, person(grade=11), program(*(credits(c.lower(), 1, c) for c in "ABC")))
        assert ["beside_prerequisite"] in self.helps(found)[:2]

    def test_another_grade(self) -> None:
        catalog = school(course("A", grades=(12,)), *fillers())
        found = solved(catalog, person(grade=11, graduate="2026-S2"), program(credits("a", 1, "A")))
        assert self.helps(found)[0] == ["any_grade"]

    def test_a_pin_dropped(self) -> None:
        catalog = school(course("A"), course("B"), *fillers())
        who = person(grade=12, pins=[{"course": "A", "never": True, "by": "the parents"}])
        found = solved(catalog, who, program(credits("a", 1, "A")))
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        assert any(fact.words == "Course A (A) is ruled out by the parents" for fact in conflict.facts)
        assert conflict.corrections[0].record.pins == ()

    def test_a_later_graduation_is_the_last(self) -> None:
        catalog = school(half("H"), half("J"), half("K"), half("L"), most=1)
        rules = program(*(credits(code.lower(), "0.5", code) for code in "HJKL"))
        found = solved(catalog, person(grade=12), rules)
        assert self.helps(found)[0] == ["extra_period", "extra_period"]
        assert self.helps(found)[-1][-1] == "later"

    def test_limits_of_very_many_courses_are_one_fact(self) -> None:
        many = [f"A{n}" for n in range(30)]
        catalog = school(*(course(code, grades=(12,)) for code in many), *(course(f"Y{n}") for n in range(100)))
        found = solved(catalog, person(grade=11, graduate="2026-S2"), program(credits("a", 1, *many)))
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        asked, crowd = conflict.facts
        assert asked.kind == "requirement"
        assert (crowd.kind, crowd.what.count(",")) == ("grade", 29)
        assert crowd.words.startswith("30 courses are for other grades, such as: Course A0 (A0) is for grade 12; ")
        assert [change.kind for change in conflict.corrections[0].changes] == ["any_grade"]

    def test_nothing_helps_where_no_course_counts(self) -> None:
        found = solved(school(course("A")), person(grade=12), program(credits("z", 1, "Z")))
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        assert [fact.kind for fact in conflict.facts] == ["requirement"]
        assert conflict.corrections == ()


def fillers() -> tuple[object, ...]:
    """Courses that no requirement takes, so that requirements ask for something special."""
    return tuple(course(f"X{n}") for n in range(8))


class TestWhyNot:
    def absence(self, found: Solved, code: str) -> Absence:
        return why_not(found.compiled, found.answer, code)

    def test_a_prerequisite_that_does_not_fit(self) -> None:
        catalog = school(course("A"), course("B", needs="A"))
        found = solved(catalog, person(grade=12), program(credits("a", 1, "A")))
        absence = self.absence(found, "B")
        assert [(fact.kind, fact.what) for fact in absence.facts] == [("prerequisite", "B")]
        assert [c.kind for c in absence.corrections[0].changes] == ["beside_prerequisite"]

    def test_a_grade(self) -> None:
        catalog = school(course("A", grades=(9,)), course("B"))
        found = solved(catalog, person(grade=9, now="2026-S2"), program(credits("b", 1, "B")))
        absence = self.absence(found, "A")
        assert "grade" in {fact.kind for fact in absence.facts}

    def test_room_taken_by_the_diploma(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        found = solved(catalog, person(grade=12), program(credits("a", 1, "A")))
        kinds = {fact.kind for fact in self.absence(found, "B").facts}
        assert kinds == {"requirement", "load"}

    def test_a_goal_in_the_way_may_be_given_up(self) -> None:
        catalog = school(course("A"), course("B"), course("C"), most=1)
        diploma, further = (
            program(credits("a", 1, "A")),
            program(credits("b", 1, "B"), id="further", kind="endorsement"),
        )
        who = person(grade=11, goals=[{"program": "diploma"}, {"program": "further"}])
        absence = self.absence(solved(catalog, who, diploma, further), "C")
        assert {fact.kind for fact in absence.facts} == {"requirement", "load"}
        given_up = next(one for one in absence.corrections if [c.kind for c in one.changes] == ["goal"])
        assert [goal.program for goal in given_up.record.goals] == ["diploma"]

    def test_what_would_fit_names_its_price(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        who = person(grade=12, wishes=[{"course": "A", "weight": 2}])
        absence = self.absence(solved(catalog, who, program(credits("any", 1, "A", "B"))), "B")
        assert absence.difference is not None
        assert (absence.difference.tier, absence.difference.worse) == ("wishes", 2)
        assert (absence.difference.gone, absence.difference.new) == (("A",), ("B",))
        assert "the wish for Course A would be lost" in absence.words

    def test_on_the_record(self) -> None:
        catalog = school(*versions(course("A"), course("AH")), course("B"))
        line = {"course": "A", "year": 2025, "term": "S1", "grade": 9, "mark": "B"}
        found = solved(catalog, person(grade=10, transcript=[line]), program(credits("b", 1, "B")))
        assert "on the record" in self.absence(found, "A").words
        assert "Course A counts as Course AH" in self.absence(found, "AH").words

    def test_what_is_there_is_no_question(self) -> None:
        found = solved(school(course("A")), person(), program(credits("a", 1, "A")))
        with pytest.raises(InputError, match="is in the plan"):
            self.absence(found, "A")


class TestGoals:
    def asked(self, *goals: dict[str, Any], **more: Any) -> tuple[Made, tuple[Unreached, ...]]:
        catalog = school(course("A"), course("B"), course("C", needs="B"), *fillers(), most=1)
        further = program(*goals, id="further", kind="endorsement")
        diploma = program(credits("a", 1, "A"))
        who = person(goals=[{"program": "diploma"}, {"program": "further"}], **more)
        with known(diploma, further):
            made = Task.of(who, catalog).best()
            assert made.plan.verified
            return made, answers(made, ["further"]).goals

    def test_what_rules_it_out_beside_the_diploma_and_what_would_help(self) -> None:
        made, (goal,) = self.asked(credits("b", 1, "B"), credits("c", 1, "C"), grade=11)
        assert made.plan.tiers[1].value > 0
        assert goal.conflict is not None
        kinds = {fact.kind for fact in goal.conflict.facts}
        assert {"requirement", "load"} <= kinds
        helps = [{change.kind for change in one.changes} for one in goal.conflict.corrections]
        assert {"goal"} not in helps  # it is what was asked for
        assert any("extra_period" in kinds for kinds in helps)

    def test_a_goal_that_is_reached(self) -> None:
        _, (goal,) = self.asked(credits("b", 1, "B"), grade=11)
        assert goal.conflict is None
        assert goal.words == "Further is reached in this plan."


class TestWhy:
    @pytest.fixture(scope="class")
    @classmethod
    def made(cls):  # type: ignore[no-untyped-def]
        return Task.of(load_example("katy-fresh")).best()

    def test_three_sentences(self, made) -> None:  # type: ignore[no-untyped-def]
        [reason] = answers(made, ["0211"]).present
        assert reason.counts == "It counts for Algebra I (1 credit)."
        assert "Geometry (2027-S1)" in reason.opens
        assert reason.difference.tier == "graduation"
        assert reason.without.startswith("Without it, the diploma would lack")

    def test_a_version_takes_its_place(self, made) -> None:  # type: ignore[no-untyped-def]
        [reason] = answers(made, ["0101"]).present
        assert (reason.difference.gone, reason.difference.new) == (("0101",), ("0141",))

    def test_present_and_absent(self, made) -> None:  # type: ignore[no-untyped-def]
        found = answers(made, ["0416", "0101"])
        assert [one.course for one in found.present] == ["0101"]
        assert [one.course for one in found.absent] == ["0416"]

    def test_an_unknown_course(self, made) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(InputError, match="there is no course '0417X'"):
            answers(made, ["0417X"])

    def test_a_stop_leaves_answers_open_and_says_so(self, made) -> None:  # type: ignore[no-untyped-def]
        stop = Event()
        stop.set()
        found = answers(made, ["0416", "0101"], stop=stop)
        assert not found.settled
        assert found.absent[0].open
        assert found.present[0].difference is None
        assert found.present[0].counts == answers(made, ["0101"]).present[0].counts
        assert answers(made, ["0416", "0101"]).settled

    def test_of_an_unproven_tier_no_loss_is_claimed(self, made) -> None:  # type: ignore[no-untyped-def]
        tiers = tuple(replace(t, bound=t.bound - 1) if t.name == "quality" else t for t in made.answer.tiers)
        unproven = replace(made, answer=replace(made.answer, tiers=tiers, status="FEASIBLE"))
        found = {one.course: one for one in answers(unproven, ["0211", "0101"]).present}
        assert found["0211"].difference.tier == "graduation"
        assert found["0101"].difference is None
        assert found["0101"].without == "There was no time to find what would be lost without it."

    def test_without_any_plan_nothing_is_said(self) -> None:
        stop = Event()
        stop.set()
        made = Task.of(load_example("katy-fresh")).best(stop=stop)
        assert not made.plan.placements
        assert not answers(made).settled
        assert answers(made, ["0101"]).absent[0].open
