"""Alternatives against every plan there is: each is the best that differs enough, and none is missed."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import combinations

import pytest

from catalogs import Catalog, Course, InputError
from pathways.alternatives import DIRECTIONS, Alternatives, Slack, alternatives
from pathways.diversity import apart, kind, parts, unit
from pathways.files import load_example
from pathways.plan import Plan
from pathways.planner import Task
from pathways.solver import Limits, Within, solve
from pathways.student import Student
from pathways.tradeoffs import trade_offs
from requirements.language import Program
from tests.pathways.school import (
    ARTS,
    ENGLISH,
    SCIENCE,
    course,
    credits,
    half,
    known,
    person,
    places,
    program,
    school,
    versions,
)
from tests.pathways.test_brute_force import Case, Chosen, pauses
from tests.pathways.test_front import CASES, Measured, built

SPANISH, FRENCH = ("24052", "24053"), ("24102", "24103")


def found(catalog: Catalog, who: Student, *programs: Program, **more: object) -> Alternatives:
    who = who.model_copy(update={"goals": person(goals=[{"program": p.id} for p in programs]).goals})
    with known(*programs):
        result = alternatives(who, catalog, **more)  # type: ignore[arg-type]
    for one in result.alternatives:
        assert one.plan.verified, one.plan.problems
        assert one.plan.conflict == result.first.conflict
    return result


def differ(catalog: Catalog, one: list[str], other: list[str]) -> Fraction:
    """The measure of difference as it is told to people, on lists of courses."""
    total = Fraction(0)
    by_code = catalog.by_code
    for weight, part in ((16, kind), (3, lambda c: catalog.credit_key(c.code)), (1, lambda c: c.code)):
        credit: Counter[str] = Counter()
        for sign, codes in ((1, one), (-1, other)):
            for code in codes:
                credit[part(by_code[code])] += sign * by_code[code].credits  # type: ignore[assignment]
        total += weight * sum((abs(Fraction(n)) for n in credit.values()), Fraction(0))
    return total / 40


def codes(plan: Plan) -> list[str]:
    return [place.course for place in plan.placements]


def chosen(plan: Plan, case: Case) -> Chosen:
    return {p.course: (p.year - 2026) * len(case.names) + case.names.index(p.term) for p in plan.placements}


@pytest.mark.parametrize("slack", [Slack(apart=Fraction(1, 2)), Slack(apart=Fraction(1), wishes=2, quality=200)])
def test_each_is_the_best_that_differs_enough(slack: Slack) -> None:
    made = 0
    for seed in range(CASES):
        case, catalog, who, programs = built(seed)
        if pauses(case):
            continue
        result = found(catalog, who, *programs, count=3, slack=slack)
        truth = Measured(case)
        best = {**truth.best, "quality": min(truth.cost("quality", p) for p in truth.held())}
        room = {"wishes": slack.wishes, "quality": slack.quality}
        able = [
            (truth.cost("wishes", p), truth.cost("quality", p), list(p))
            for p in truth.plans
            if all(truth.cost(name, p) <= least + room.get(name, 0) for name, least in best.items())
        ]
        shown = [codes(result.first)]
        for one in result.alternatives:
            far = [rank[:2] for rank in able if all(differ(catalog, rank[2], s) >= slack.apart for s in shown)]
            mine = chosen(one.plan, case)
            assert (truth.cost("wishes", mine), truth.cost("quality", mine)) == min(far), f"seed {seed}"
            assert one.proven
            assert one.apart == differ(catalog, codes(one.plan), shown[0])
            assert one.nearest == min(differ(catalog, codes(one.plan), s) for s in shown)
            shown.append(codes(one.plan))
        if len(result.alternatives) < 3:
            assert not any(all(differ(catalog, rank[2], s) >= slack.apart for s in shown) for rank in able)
            assert "this is proven" in result.words[-1]
        else:
            assert result.words == ()
        for a, b in combinations(shown, 2):
            assert differ(catalog, a, b) >= slack.apart
        made += len(result.alternatives)
    assert made


class TestDifference:
    def taken(self, catalog: Catalog, *courses: Course | str) -> list[str]:
        return [c if isinstance(c, str) else c.code for c in courses]

    def test_kinds_courses_versions_and_credit(self) -> None:
        drawing, painting = course("D", sced="05156"), course("P", sced="05157")
        english, honors = versions(course("E", sced=ENGLISH), course("EH", sced=ENGLISH, level="honors"))
        physics, short = course("S", sced=SCIENCE), half("H", sced=SCIENCE)
        catalog = school(drawing, painting, english, honors, physics, short)
        assert differ(catalog, ["D"], ["S"]) == 1
        assert differ(catalog, ["D"], ["P"]) == Fraction(1, 5)
        assert differ(catalog, ["E"], ["EH"]) == Fraction(1, 20)
        assert differ(catalog, ["D", "H"], ["D"]) == Fraction(1, 4)

    def test_languages_are_kinds_of_their_own(self) -> None:
        spanish, french = course("S", sced=SPANISH[0]), course("F", sced=FRENCH[0])
        assert (kind(spanish), kind(french)) == ("spanish", "french")

    def test_the_solver_counts_it_as_we_do(self) -> None:
        """Courses that repeat, versions, and kinds in which a plan can have more or less."""
        catalog = school(
            course("A", sced=ARTS, repeatable=3),
            *versions(course("E", sced=ENGLISH), course("EH", sced=ENGLISH)),
            course("S", sced=SCIENCE),
            half("H", sced=SCIENCE),
            most=2,
        )
        with known(program(credits("a", 1, "A"))):
            task = Task.of(person(grade=10, goals=[{"program": "diploma"}]), catalog)
        first = solve(task.compiled.problem)
        for wanted in (["A", "A", "S"], ["EH", "H"], [], ["A", "E", "S", "H"]):
            placed = []
            for code in wanted:
                i = next(n for n, c in enumerate(task.compiled.courses) if c.code == code)
                placed.append((i, sum(other == i for other, _ in placed)))
            room = Within(task.compiled.problem, first)
            figure = room.difference(parts(task.compiled), placed)
            far = room.best(room.least_of([figure]))
            near = room.best(figure)
            for answer in (far, near):
                assert answer.status == "OPTIMAL"
            value = room.latest[figure.variable] + figure.low
            assert Fraction(value, unit(task.compiled)) == apart(task.compiled, placed, near.placed or ())
            assert apart(task.compiled, placed, far.placed or ()) >= apart(task.compiled, placed, near.placed or ())
            names = [[task.compiled.courses[i].code for i, _ in one.placed or ()] for one in (far, near)]
            for answer, taken in zip((far, near), names, strict=True):
                assert apart(task.compiled, placed, answer.placed or ()) == differ(catalog, wanted, taken)

    def test_when_a_course_is_taken_does_not_count(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        result = found(catalog, person(grade=11), program(credits("a", 2)), slack=Slack(apart=Fraction(1, 100)))
        assert result.alternatives == ()
        assert len(result.words) == 1


def languages() -> tuple[Catalog, Program]:
    catalog = school(
        course("S1", sced=SPANISH[0]),
        course("S2", sced=SPANISH[1], needs="S1"),
        course("F1", sced=FRENCH[0], title="French I"),
        course("F2", sced=FRENCH[1], needs="F1", title="French II"),
        course("P", level="ap", sced=SCIENCE),
        course("R", sced=SCIENCE),
        most=3,
    )
    rules = program(
        {"id": "language", "credits": 2, "from": {"subject": ["world_language"]}, "same": "series"},
        credits("science", 1, "P", "R"),
    )
    return catalog, rules


class TestDirections:
    def one(self, toward: str, catalog: Catalog, who: Student, rules: Program, **slack: int) -> Alternatives:
        return found(catalog, who, rules, count=1, toward=[toward], slack=Slack(**slack))

    def test_another_language(self) -> None:
        catalog, rules = languages()
        result = self.one("language", catalog, person(grade=11), rules)
        before, after = set(codes(result.first)), set(codes(result.alternatives[0].plan))
        assert {frozenset(before & {"S1", "S2", "F1", "F2"}), frozenset(after & {"S1", "S2", "F1", "F2"})} == {
            frozenset({"S1", "S2"}),
            frozenset({"F1", "F2"}),
        }
        assert before & {"P", "R"} == after & {"P", "R"}

    def test_more_demanding(self) -> None:
        catalog, rules = languages()
        result = self.one("demanding", catalog, person(grade=11), rules)
        assert "R" in codes(result.first) and "P" in codes(result.alternatives[0].plan)
        assert "1 AP course more in grade 12" in result.alternatives[0].trade_offs

    def test_within_the_slack(self) -> None:
        catalog, rules = languages()
        result = self.one("demanding", catalog, person(grade=11), rules, quality=0)
        assert result.alternatives == ()
        assert result.words == ("More demanding: no plan within the slack is more demanding.",)

    def test_lighter(self) -> None:
        # Waiting costs core courses points, so the best plan fills the first year.
        catalog = school(*(course(c, sced=SCIENCE) for c in "ABC"), course("D"), most=4)
        rules = program(credits("all", 4))
        result = self.one("lighter", catalog, person(grade=11, load={"max": 4}), rules, quality=200)
        fullest = [max(Counter(p.year for p in plan.placements).values()) for plan in self.plans(result)]
        assert fullest == sorted(fullest, reverse=True)

    def plans(self, result: Alternatives) -> list[Plan]:
        return [result.first, *(one.plan for one in result.alternatives)]

    def test_done_sooner(self) -> None:
        catalog = school(course("A"), course("B"), most=2)
        who = person(grade=11, wishes=[{"course": "B"}])
        result = self.one("sooner", catalog, who, program(credits("a", 2)), quality=400)
        ends = [plan.graduates for plan in self.plans(result)]
        assert ends == ["2027-S2", "2026-S2"]
        assert "The last course ends in 2026-S2, 2 terms earlier" in result.alternatives[0].trade_offs
        assert result.alternatives[0].apart == 0

    def test_nothing_else_to_lean_on(self) -> None:
        catalog = school(course("A"))
        for name in DIRECTIONS:
            result = self.one(name, catalog, person(grade=12), program(credits("a", 1, "A")))
            assert result.alternatives == ()
            assert result.words[0].startswith(DIRECTIONS[name].title)

    def test_directions_come_first_and_plain_ones_differ_from_them(self) -> None:
        catalog, rules = languages()
        slack = Slack(apart=Fraction(1, 10), quality=300)
        result = found(catalog, person(grade=11), rules, count=4, toward=["demanding", "language"], slack=slack)
        assert [one.toward for one in result.alternatives][:2] == ["demanding", "language"]
        assert all(one.nearest >= slack.apart for one in result.alternatives if one.toward is None)


class TestTradeOffs:
    def test_courses_credit_and_quality(self) -> None:
        catalog, rules = languages()
        result = found(catalog, person(grade=11), rules, count=2)
        for one in result.alternatives:
            assert one.trade_offs == trade_offs(result.first, one.plan, catalog)
            assert one.trade_offs
        assert any("French I and French II" in words for one in result.alternatives for words in one.trade_offs)

    def test_nothing_between_a_plan_and_itself(self) -> None:
        catalog, rules = languages()
        first = found(catalog, person(grade=11), rules, count=1).first
        assert trade_offs(first, first, catalog) == ()

    def test_a_wish_given_up_is_named(self) -> None:
        catalog = school(course("A"), course("W", sced=ARTS, title="Wind Band"), most=2)
        who = person(grade=12, wishes=[{"course": "W"}])
        slack = Slack(apart=Fraction(1, 4), wishes=1)
        result = found(catalog, who, program(credits("a", 1, "A")), count=1, slack=slack)
        assert places(result.alternatives[0].plan).keys() == {"A"}
        said = result.alternatives[0].trade_offs
        assert said[0] == "Without Wind Band"
        assert "The wish for Wind Band (W) does not come true" in said


class TestAsked:
    @pytest.mark.parametrize("count", [-1, 0, 10, 50])
    def test_counts_that_cannot_be(self, count: int) -> None:
        catalog, rules = languages()
        with pytest.raises(InputError) as refused:
            found(catalog, person(grade=11), rules, count=count)
        assert "1 to 9" in (refused.value.mend or "")

    def test_an_unknown_direction_names_the_known_ones(self) -> None:
        catalog, rules = languages()
        with pytest.raises(InputError) as refused:
            found(catalog, person(grade=11), rules, toward=["easier"])
        assert all(name in (refused.value.mend or "") for name in DIRECTIONS)

    def test_more_directions_than_alternatives(self) -> None:
        catalog, rules = languages()
        with pytest.raises(InputError, match="2 directions"):
            found(catalog, person(grade=11), rules, count=1, toward=["lighter", "demanding"])

    @pytest.mark.parametrize("slack", [{"apart": 0}, {"apart": -1}, {"wishes": -1}, {"quality": -5}])
    def test_slacks_that_cannot_be(self, slack: dict[str, int]) -> None:
        catalog, rules = languages()
        with pytest.raises(InputError):
            found(catalog, person(grade=11), rules, slack=Slack(**slack))

    def test_no_plan_to_begin_with(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        pins = [{"course": "A", "term": "2026-S1"}, {"course": "B", "term": "2026-S1"}]
        result = found(catalog, person(grade=12, pins=pins), program(credits("a", 1, "A")))
        assert result.alternatives == ()
        assert result.words == ("There is no plan to begin with.",)

    def test_nothing_left_to_plan(self) -> None:
        lines = [{"course": code, "year": 2025, "term": "S1", "mark": "B"} for code in "AB"]
        who = person(grade=12, transcript=lines)
        result = found(
            school(course("A"), course("B")), who, program(credits("a", 1, "A")), toward=list(DIRECTIONS)[:3]
        )
        assert result.first.placements == ()
        assert len(result.words) == 3

    def test_the_plan_in_force_is_kept_where_nothing_else_is_lost(self) -> None:
        catalog = school(course("A"), course("B"), course("C", sced=ARTS), course("D", sced=SCIENCE), most=1)
        who = person(grade=11, plan_in_force=[{"course": "A", "term": "2027-S1"}])
        rules = program(credits("a", 1, "A"), credits("b", 1, "B", "C"))
        result = found(catalog, who, rules, count=1, slack=Slack(apart=Fraction(1)))
        for plan in (result.first, result.alternatives[0].plan):
            assert places(plan)["A"] == ["2027-S1"]
            assert plan.tiers[-1].name == "nearness" and plan.tiers[-1].value == 3

    def test_a_diploma_out_of_reach_stays_as_near(self) -> None:
        catalog = school(course("A"), course("B", offered=("S2",)), course("C", sced=ARTS), course("D", sced=SCIENCE))
        rules = program(credits("a", 1, "A"), credits("b", 1, "B"), credits("c", 1, "C", "D"))
        result = found(catalog, person(grade=12), rules, count=1, slack=Slack(apart=Fraction(1)))
        assert [plan.status for plan in (result.first, result.alternatives[0].plan)] == ["infeasible", "infeasible"]
        assert result.alternatives[0].plan.tiers[0].value == 1

    def test_cut_short_it_claims_nothing(self) -> None:
        result = alternatives(load_example("del-norte-uc"), limits=Limits(effort=0.001))
        assert not any(one.proven for one in result.alternatives)
        assert not any("proven" in words and "not" not in words.lower() for words in result.words)

    def test_a_real_catalog_twice(self) -> None:
        texts = set()
        for _ in range(2):
            result = alternatives(load_example("katy-recovery"))
            assert len(result.alternatives) == 3
            shown = [result.first, *(one.plan for one in result.alternatives)]
            assert all(plan.verified for plan in shown)
            for one in result.alternatives:
                assert one.proven and one.nearest >= result.slack.apart
                tiers = {tier.name: tier for tier in one.plan.tiers}
                assert tiers["graduation"].value == 0
                assert tiers["quality"].value <= tiers["quality"].bound + result.slack.quality
            data = result.model_dump(mode="json")
            for plan in (data["first"], *(one["plan"] for one in data["alternatives"])):
                plan["seconds"] = 0
            texts.add(json.dumps(data, sort_keys=True))
        assert len(texts) == 1
