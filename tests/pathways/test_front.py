"""Fronts against every plan there is: the points found are those that no other plan dominates."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from catalogs import Catalog, InputError
from pathways.files import load_example
from pathways.front import Front, front
from pathways.measures import measures
from pathways.planner import Task
from pathways.solver import Limits
from pathways.student import Student
from requirements.language import Program
from tests.pathways.school import course, credits, half, known, person, program, school
from tests.pathways.test_brute_force import RIGOR, Case, Chosen, Truth, as_student, asked, draw, pauses

PAIRS = (
    ("wishes", "courses"),
    ("goal:goal", "load"),
    ("load", "rigor"),
    ("graduation", "courses"),
    ("finish", "wishes"),
    ("wishes", "quality"),
)
CASES = 48


def built(seed: int) -> tuple[Case, Catalog, Student, list[Program]]:
    case = draw(Random(seed))
    case.either = []
    programs = [program(*(asked(f"r{n}", one) for n, one in enumerate(case.diploma)))]
    if case.goal:
        programs.append(program(asked("g", case.goal[0]), id="goal", kind="endorsement"))
    case.total = None
    catalog = school(*case.courses, names=case.names, most=case.most)
    who = as_student(case).model_copy(update={"goals": person(goals=[{"program": p.id} for p in programs]).goals})
    return case, catalog, who, programs


class Measured:
    """What every plan of a case is worth, lower is better."""

    def __init__(self, case: Case) -> None:
        self.truth = Truth(case)
        self.plans = list(self.truth.plans())
        best = self.truth.best(("graduation", *(["goal:goal"] if case.goal else ()), "wishes"))
        assert best is not None
        self.best = best

    def cost(self, name: str, chosen: Chosen) -> Fraction:
        truth, case = self.truth, self.truth.case
        taken = {*chosen, *case.done}
        load = [0] * truth.slots
        for code, start in chosen.items():
            for slot in range(start, start + truth.by_code[code].terms):
                load[slot] += truth.by_code[code].periods
        courses = [truth.by_code[code] for code in chosen]
        return Fraction(
            {
                "graduation": lambda: truth.graduation(taken),
                "goal:goal": lambda: truth.shortfall(case.goal, taken) if case.goal else 0,
                "wishes": lambda: -truth.wished(chosen),
                "quality": lambda: truth.quality(chosen),
                "courses": lambda: len(chosen),
                "load": lambda: max(load),
                "rigor": lambda: -sum(Fraction(RIGOR[c.level] * c.terms, truth.per_year) for c in courses),
                "finish": lambda: max((s + truth.by_code[c].terms for c, s in chosen.items()), default=0),
            }[name]()
        )

    def held(self, *measured: str) -> list[Chosen]:
        """Plans that keep graduation, goal and wishes, as far as these are not measured."""
        kept = {name: limit for name, limit in self.best.items() if name not in measured}
        return [p for p in self.plans if all(self.cost(name, p) <= limit for name, limit in kept.items())]

    def front(self, of: str, against: str) -> list[tuple[Fraction, Fraction]]:
        costs = {(self.cost(of, p), self.cost(against, p)) for p in self.held(of, against)}
        return sorted(a for a in costs if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in costs))


def costs(found: Front) -> list[tuple[Fraction, Fraction]]:
    signs = [1 if axis.sense == "least" else -1 for axis in (found.of, found.against)]
    return [(point.of * signs[0], point.against * signs[1]) for point in found.points]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_front_is_that_of_all_plans(pair: tuple[str, str]) -> None:
    wide = 0
    for seed in range(CASES):
        case, catalog, who, programs = built(seed)
        if ("goal:goal" in pair and not case.goal) or ("quality" in pair and pauses(case)):
            continue
        with known(*programs):
            found = front(who, catalog, of=pair[0], against=pair[1])
        assert costs(found) == Measured(case).front(*pair), f"seed {seed}"
        assert found.complete
        for point in found.points:
            assert point.proven
            assert point.plan.verified, point.plan.problems
        wide += len(found.points) > 1
    assert wide, "no case had anything to trade"


def test_the_other_way_round_is_the_same_front() -> None:
    for seed in range(CASES):
        _, catalog, who, programs = built(seed)
        with known(*programs):
            there, back = (
                front(who, catalog, of="wishes", against="courses"),
                front(who, catalog, of="courses", against="wishes"),
            )
        assert [(p.of, p.against) for p in there.points] == [(p.against, p.of) for p in reversed(back.points)]


def small() -> tuple[Catalog, Student, Program]:
    catalog = school(course("A"), course("B"), course("W", level="ap"), half("V"), most=2)
    who = person(grade=12, goals=[{"program": "diploma"}], wishes=[{"course": "W", "weight": 3}, {"course": "V"}])
    return catalog, who, program(credits("a", 1, "A"))


class TestFront:
    def test_points_say_what_they_are(self) -> None:
        catalog, who, rules = small()
        with known(rules):
            found = front(who, catalog, of="wishes", against="courses")
        assert [(p.of, p.against) for p in found.points] == [(3, 2), (0, 1)]
        assert [p.best for p in found.points] == [True, False]
        assert found.points[0].words == "wishes that come true: 3 points, courses taken: 2 courses"
        assert "no point is missing" in found.words

    def test_a_point_is_the_best_of_its_kind_in_quality(self) -> None:
        # Both AP courses count the same against load; the one of grade 12 costs less, as rigor rises.
        catalog = school(course("A"), course("P", level="ap"), most=2)
        who = person(grade=11, goals=[{"program": "diploma"}])
        with known(program(credits("a", 1, "A"))):
            found = front(who, catalog, of="rigor", against="courses")
        assert [(p.of, p.against) for p in found.points] == [(2, 2), (0, 1)]
        terms = {place.course: place.year for place in found.points[0].plan.placements}
        assert terms["P"] == 2027

    def test_nothing_to_trade(self) -> None:
        catalog = school(course("A"))
        with known(program(credits("a", 1, "A"))):
            found = front(person(grade=12, goals=[{"program": "diploma"}]), catalog, of="load", against="courses")
        assert [(p.of, p.against) for p in found.points] == [(1, 1)]
        assert found.words.startswith("One plan is best in both")

    def test_no_plan_at_all(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        pins = [{"course": "A", "term": "2026-S1"}, {"course": "B", "term": "2026-S1"}]
        with known(program(credits("a", 1, "A"))):
            found = front(
                person(grade=12, goals=[{"program": "diploma"}], pins=pins), catalog, of="load", against="wishes"
            )
        assert (found.points, found.complete) == ((), False)

    def test_cut_short_it_claims_nothing(self) -> None:
        found = front(load_example("del-norte-uc"), of="wishes", against="quality", limits=Limits(effort=0.001))
        assert not found.complete
        assert not any(point.proven for point in found.points)
        assert "no point is missing" not in found.words

    @pytest.mark.parametrize("name", ["", "Wishes", "goal:no-such", "credit"])
    def test_an_unknown_measure_names_the_known_ones(self, name: str) -> None:
        catalog, who, rules = small()
        with known(rules):
            for pair in ((name, "wishes"), ("wishes", name)):
                with pytest.raises(InputError) as refused:
                    front(who, catalog, of=pair[0], against=pair[1])
                assert f"{name!r}" in refused.value.message
                for one in measures(Task.of(who, catalog).compiled):
                    assert one in (refused.value.mend or "")

    def test_a_measure_against_itself(self) -> None:
        catalog, who, rules = small()
        with known(rules), pytest.raises(InputError, match="against itself"):
            front(who, catalog, of="load", against="load")

    def test_a_real_catalog(self) -> None:
        found = front(load_example("katy-fresh"), of="wishes", against="quality")
        assert found.complete
        assert [int(p.of) for p in found.points] == sorted({int(p.of) for p in found.points}, reverse=True)
        assert found.points[0].best and found.points[0].plan.status == "optimal"
        assert all(p.plan.verified for p in found.points)
        assert {p.plan.graduates is not None for p in found.points} == {True}
