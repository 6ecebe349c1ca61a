"""Laws of planning: more freedom never costs an upper tier, equal problems have equal answers, limits stop cleanly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from threading import Event, Timer
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from catalogs import Catalog
from catalogs.bundled import bundled, load
from catalogs.native import read_catalog, write_catalog
from pathways.explain.question import Question
from pathways.explain.why_not import explain
from pathways.planner import goal_programs, plan
from pathways.replan import Events, replan
from pathways.solver import Limits, gains, solve
from pathways.student import Student
from requirements.language import Program
from tests.pathways.school import (
    Solved,
    compiled,
    course,
    credits,
    half,
    person,
    places,
    program,
    school,
    solved,
    versions,
)
from tests.pathways.test_brute_force import Case, aimed, built, draw, full
from tests.students import student
from tests.varied import varied

ROOT = Path(__file__).parents[2]
CASES = 60


def law(examples: int) -> settings:
    """Settings of a law; cases are tiny as they are drawn, so that none is shrunk (which takes minutes).

    The same cases every time; with LAWS in the environment, others.
    """
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(max_examples=examples, deadline=None, phases=phases, derandomize="LAWS" not in os.environ)


DRAWN = st.randoms(use_true_random=False).map(full)
"""Tiny schools and students with all that a record may say, drawn by hypothesis."""


def drawn(seed: int) -> tuple[Catalog, Student, list[Program]]:
    catalog, who, programs = built(draw(Random(f"law {seed}")))
    return catalog, who, programs[:1]


def upper(found: Solved, *without: str) -> tuple[Fraction, ...]:
    """Tiers above quality and nearness, lower is better; where no plan holds, worse than any."""
    gained, scale = gains(found.compiled.problem), found.compiled.problem.scale
    if found.answer.placed is None:
        return (Fraction(10**9),)
    return tuple(
        Fraction(-tier.value) if tier.name in gained else Fraction(tier.value, scale)
        for tier in found.answer.tiers
        if tier.name not in ("quality", "nearness", *without)
    )


def freer(case: Case, random: Random) -> Iterator[tuple[str, Case]]:
    """Cases with one limit less; each allows all that the case allows."""
    yield "a higher load", replace(case, most=case.most + 1, record={**case.record, "load": {"max": case.most + 2}})
    for n in range(len(case.pins)):
        yield "a pin less", replace(case, pins=case.pins[:n] + case.pins[n + 1 :])
    for n in range(len(case.refusals)):
        yield "a refusal less", replace(case, refusals=case.refusals[:n] + case.refusals[n + 1 :])
    course, lifts = random.choice(case.courses), random.choice(("any_grade", "any_term", "beside_prerequisite"))
    permissions = [*case.record.get("permissions", ()), {"course": course.code, "lifts": lifts}]
    yield f"{lifts} of {course.code}", replace(case, record={**case.record, "permissions": permissions})
    if "cancelled" in case.record:
        yield "nothing cancelled", replace(case, record={k: v for k, v in case.record.items() if k != "cancelled"})
    for n, wish in enumerate(case.shapes):
        if wish.get("must"):
            soft = {key: value for key, value in wish.items() if key != "must"} | {"weight": 1}
            yield "a must that is a wish", replace(case, shapes=[*case.shapes[:n], soft, *case.shapes[n + 1 :]])
    for n, one in enumerate(case.courses):
        if one.prerequisite is not None:
            free = replace(one, prerequisite=None)
            yield (
                f"{one.code} without prerequisite",
                replace(case, courses=(*case.courses[:n], free, *case.courses[n + 1 :])),
            )


def decisions(case: Case, random: Random) -> dict[str, list[dict[str, Any]]]:
    """What people may have decided on the requirements of a case."""
    paths = [*(f"r{n}" for n in range(len(case.diploma))), *(f"either/e{n}" for n in range(len(case.either)))]
    paths += ["g"] * bool(case.goal) + ["total"] * (case.total is not None)
    # Where a course is wanted in one way of a choice, the audit takes that way even where another could be met.
    whole = [path for path in paths if not path.startswith("either/")]
    codes, word = [c.code for c in case.courses], {"reason": "agreed", "by": "the board"}

    def some(most: int) -> range:
        return range(random.choice((0, *range(most + 1))))

    return {
        "waivers": [
            {"requirement": random.choice(paths), "credits": random.choice((None, "0.5", "1")), **word} for _ in some(1)
        ],
        "substitutions": [
            {"requirement": random.choice(paths), "course": random.choice(codes), **word} for _ in some(1)
        ],
        "counts": [
            {"requirement": random.choice(whole), "course": code, "by": random.choice((None, "the board"))}
            for code in random.sample(codes, 2)[: len(some(2))]
        ],
    }


def answered(case: Case, **more: object) -> Solved:
    catalog, who, programs = built(case)
    with aimed(case, programs):
        return solved(catalog, who.model_copy(update=more), *programs)


class TestMoreFreedom:
    """The tiers above quality, compared in their order."""

    @law(60)
    @given(DRAWN, st.randoms(use_true_random=False))
    def test_a_limit_less_is_never_worse(self, case: Case, random: Random) -> None:
        bound = upper(answered(case))
        for what, free in freer(case, random):
            assert upper(answered(free)) <= bound, what

    @law(40)
    @given(DRAWN)
    def test_another_term_is_never_worse(self, case: Case) -> None:
        """Where nothing is asked of every term or year, which would be asked of that one, too."""
        case.shapes = [wish for wish in case.shapes if not wish.get("must")]
        later = f"{2026 + case.years}-{case.names[0]}"
        assert upper(answered(case, graduate=later)) <= upper(answered(case))

    @law(40)
    @given(DRAWN)
    def test_a_requirement_waived_is_never_worse(self, case: Case) -> None:
        waiver = person(waivers=[{"requirement": "r0", "program": "diploma", "reason": "moved", "by": "board"}]).waivers
        assert upper(answered(case, waivers=waiver)) <= upper(answered(case))

    @law(40)
    @given(DRAWN)
    def test_without_a_goal_nothing_else_is_worse(self, case: Case) -> None:
        if case.aims:
            gone = case.aims[0]
            fewer = replace(case, aims=case.aims[1:], first=max(case.first - 1, 0))
            assert upper(answered(fewer)) <= upper(answered(case), f"goal:{gone.key}")

    @pytest.mark.parametrize("seed", range(CASES))
    def test_another_course_is_never_worse(self, seed: int) -> None:
        catalog, who, rules = drawn(seed)
        fewer = replace(catalog, courses=catalog.courses[:-1])
        if any(w.course == catalog.courses[-1].code for w in (*who.wishes, *who.refusals)) or any(
            line.course == catalog.courses[-1].code for line in who.transcript
        ):
            pytest.skip("the student asks for it")
        assert upper(solved(catalog, who, *rules)) <= upper(solved(fewer, who, *rules))


class TestWholeWay:
    """All features at once, on tiny schools."""

    @law(120)
    @given(DRAWN, st.randoms(use_true_random=False), st.booleans())
    def test_every_plan_verifies(self, case: Case, random: Random, robust: bool) -> None:
        catalog, who, programs = built(case)
        record = who.model_dump() | decisions(case, random) | {"robust": "core" if robust else None}
        with aimed(case, programs):
            made = plan(Student.model_validate(record), catalog)
            assert made.verified, made.problems
            if not made.tiers:
                assert (made.status, made.placements) == ("infeasible", ())
            if made.status == "infeasible":
                assert made.conflict is not None

    @law(30)
    @given(DRAWN)
    def test_planning_again_without_news_gives_the_same_plan(self, case: Case) -> None:
        catalog, who, programs = built(case)
        with aimed(case, programs):
            made = plan(who, catalog)
            if made.placements:
                again = replan(made, Events(), catalog)
                assert again.plan.verified, again.plan.problems
                assert places(again.plan) == places(made)
                assert {change.fate for change in again.changes} == {"kept"}


class TestEqualInput:
    def shuffled(self, catalog: Catalog, seed: int) -> Catalog:
        courses = list(catalog.courses)
        Random(seed).shuffle(courses)
        return replace(catalog, courses=tuple(courses))

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_the_order_of_rows_does_not_matter(self, catalog_id: str) -> None:
        who, catalog = student(catalog_id, 3), load(catalog_id)
        programs = goal_programs(who, catalog)
        first = compiled(catalog, who, *programs).problem
        for seed in range(3):
            again = compiled(self.shuffled(catalog, seed), who, *programs).problem
            assert again == first
        assert again.hash == first.hash

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_nor_does_the_order_of_rows_in_the_file(self, catalog_id: str, tmp_path: Path) -> None:
        """Rows of courses.csv in another order, read again: every tier is worth the same."""
        own = load(catalog_id)
        write_catalog(own, tmp_path)
        head, *rows = (tmp_path / "courses.csv").read_text(encoding="utf-8").splitlines()
        Random(catalog_id).shuffle(rows)
        (tmp_path / "courses.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
        other = read_catalog(tmp_path)
        assert other.courses != own.courses and {*other.courses} == {*own.courses}
        who = varied(catalog_id, 3)
        programs = goal_programs(who, own)
        first, again = (solved(catalog, who, *programs) for catalog in (own, other))
        assert first.answer.tiers == again.answer.tiers and first.answer.proven

    @law(60)
    @given(DRAWN, st.randoms(use_true_random=False))
    def test_nor_does_the_order_of_anything_in_a_record(self, case: Case, random: Random) -> None:
        """Courses of the school, wishes, refusals, permissions, the plan in force."""

        def mixed(some: Iterable[Any]) -> list[Any]:
            listed = list(some)
            return random.sample(listed, len(listed))

        lists = {key: mixed(value) if isinstance(value, list) else value for key, value in case.record.items()}
        other = replace(
            case,
            courses=tuple(mixed(case.courses)),
            wishes=mixed(case.wishes),
            refusals=mixed(case.refusals),
            shapes=mixed(case.shapes),
            record=lists,
        )
        assert answered(other).answer.tiers == answered(case).answer.tiers

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_nor_does_the_order_of_a_transcript(self, catalog_id: str) -> None:
        who, catalog = varied(catalog_id, 7), load(catalog_id)
        programs = goal_programs(who, catalog)
        other = who.model_copy(
            update={
                name: tuple(Random(name).sample(lines, len(lines)))
                for name in ("transcript", "wishes", "refusals", "pins", "permissions", "approvals", "plan_in_force")
                for lines in [list(getattr(who, name))]
            }
        )
        assert other.transcript != who.transcript
        assert solved(catalog, other, *programs).answer.tiers == solved(catalog, who, *programs).answer.tiers

    def test_nor_does_the_seed_of_hashes(self) -> None:
        code = (
            "from tests.students import student\n"
            "from tests.pathways.school import compiled\n"
            "from catalogs.bundled import load\n"
            "from pathways.planner import goal_programs\n"
            "from pathways.solver import solve\n"
            "who = student('woodinville-hs-wa', 1)\n"
            "catalog = load(who.catalog)\n"
            "problem = compiled(catalog, who, *goal_programs(who, catalog)).problem\n"
            "print(who.model_dump_json(), problem.hash, solve(problem).placed)\n"
        )
        said = {
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(said) == 1
        assert said != {""}

    def test_a_problem_is_plain_data(self) -> None:
        catalog, who, rules = drawn(1)
        problem = compiled(catalog, who, *rules).problem
        assert problem == compiled(catalog, who, *rules).problem
        assert len({problem, compiled(catalog, who, *rules).problem}) == 1
        assert len(problem.hash) == 64


class TestLimits:
    """Whatever ends the search, it ends cleanly."""

    def test_stopped_before_it_began(self) -> None:
        catalog, who, rules = drawn(2)
        stop = Event()
        stop.set()
        answer = solve(compiled(catalog, who, *rules).problem, stop=stop)
        assert (answer.placed, answer.status) == (None, "UNKNOWN")

    def hard(self) -> Solved:
        who = student("del-norte-hs-ca", 1002, 0)
        catalog = load(who.catalog)
        problem = compiled(catalog, who, *goal_programs(who, catalog))
        return Solved(problem, solve(problem.problem, Limits(seconds=0.05)))

    def test_a_limit_in_time(self) -> None:
        found = self.hard()
        assert found.answer.status in ("FEASIBLE", "UNKNOWN", "OPTIMAL")
        for tier in found.answer.tiers:
            assert tier.value >= tier.bound if tier.name != "wishes" else tier.value <= tier.bound

    def test_stopped_on_the_way(self) -> None:
        problem = self.hard().compiled.problem
        stop = Event()
        Timer(0.1, stop.set).start()
        answer = solve(problem, stop=stop)
        assert answer.status in ("FEASIBLE", "UNKNOWN", "OPTIMAL")
        if answer.status != "OPTIMAL":
            assert not answer.tiers or any(not tier.proven for tier in answer.tiers)

    def test_an_effort_of_nothing(self) -> None:
        catalog, who, rules = drawn(3)
        answer = solve(compiled(catalog, who, *rules).problem, Limits(effort=0.0))
        assert answer.status in ("FEASIBLE", "UNKNOWN", "OPTIMAL")


class TestConflict:
    """Why not: any one fact given up, the rest can hold; with all of them they cannot."""

    def minimal(self, found: Solved) -> set[tuple[str, str]]:
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        diploma = found.compiled.programs[:1] if found.answer.placed is not None else ()
        question = Question(found.compiled, diploma)
        core = {name for name, fact in question.facts.items() if fact in conflict.facts}
        assert len(core) == len(conflict.facts)
        oracle = question.oracle(question.facts)
        assert oracle.core(core) is not None
        for fact in core:
            assert oracle.core(core - {fact}) is None
        for correction in conflict.corrections:
            again = solved(found.compiled.catalog, correction.record, *found.compiled.programs)
            assert again.answer.tiers[0].value == 0
        costs = [correction.cost for correction in conflict.corrections]
        assert costs == sorted(costs)
        return {(fact.kind, fact.what) for fact in conflict.facts}

    def test_a_requirement_that_nothing_can_fill(self) -> None:
        found = solved(
            school(course("A"), course("B", offered=("S2",))),
            person(grade=12),
            program(credits("a", 1, "A"), credits("b", 1, "B")),
        )
        assert self.minimal(found) == {("requirement", "b")}

    def test_requirements_and_room(self) -> None:
        catalog = school(course("A"), course("B"), course("C"), most=1)
        rules = program(credits("a", 1, "A"), credits("b", 1, "B"), credits("c", 1, "C"))
        kinds = [kind for kind, _ in self.minimal(solved(catalog, person(grade=12), rules))]
        assert sorted(kinds) == ["load", "requirement", "requirement"]

    def test_a_pin_in_the_way(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        who = person(grade=12, pins=[{"course": "B", "term": "2026-S1"}])
        core = self.minimal(solved(catalog, who, program(credits("a", 1, "A"))))
        assert {("pin", "B"), ("requirement", "a")} < core

    def test_pins_that_cannot_both_be(self) -> None:
        catalog = school(*versions(course("A"), course("AH")))
        pins = [{"course": "A", "term": "2026-S1"}, {"course": "AH", "term": "2027-S1"}]
        found = solved(catalog, person(pins=pins), program(credits("a", 1)))
        assert explain(found.compiled, found.answer) is not None
        assert {what for kind, what in self.only_pins(found) if kind == "pin"} == {"A", "AH"}

    def only_pins(self, found: Solved) -> set[tuple[str, str]]:
        conflict = explain(found.compiled, found.answer)
        assert conflict is not None
        return {(fact.kind, fact.what) for fact in conflict.facts}

    @law(50)
    @given(DRAWN)
    def test_of_drawn_cases(self, case: Case) -> None:
        found = answered(case)
        if found.answer.placed is None or found.answer.tiers[0].value:
            _, _, programs = built(case)
            with aimed(case, programs):
                self.minimal(found)

    def test_a_term_too_full_of_what_must_be(self) -> None:
        catalog = school(half("H"), course("A"), most=2, least=2)
        found = solved(catalog, person(grade=12), program(credits("x", 1, "A")))
        assert found.answer.placed is None
        assert any(kind == "load" for kind, _ in self.only_pins(found))


class TestStudents:
    """The generator of made-up students."""

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_equal_seeds_give_equal_students(self, catalog_id: str) -> None:
        for seed in range(5):
            assert student(catalog_id, seed) == student(catalog_id, seed)
        assert student(catalog_id, 1).transcript != student(catalog_id, 2).transcript

    @pytest.mark.parametrize("catalog_id", bundled())
    def test_of_every_stage(self, catalog_id: str) -> None:
        per_year = load(catalog_id).calendar.terms_per_year
        for behind in range(4 * per_year):
            who = student(catalog_id, behind, behind)
            first = load(catalog_id).calendar.term_names.index(who.now.split("-")[1]) + per_year * (
                int(who.now[:4]) - who.entering
            )
            assert first + any(line.in_progress for line in who.transcript) == behind

    def test_survive_a_round_trip(self) -> None:
        who = student("katy-isd-tx", 5)
        assert Student.model_validate(json.loads(who.model_dump_json(by_alias=True))) == who
