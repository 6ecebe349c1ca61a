"""Single failures: every answer against all plans there are, the fallbacks verified, the score."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from threading import Event
from typing import Any

import pytest

from catalogs import Catalog, InputError
from catalogs.bundled import bundled
from catalogs.calendar import Summer
from catalogs.prerequisite import codes
from pathways.files import load_example
from pathways.plan import Plan
from pathways.planner import goal_programs, load_catalog, plan
from pathways.resilience import Failure, Resilience, compiled_to_fail, resilience
from pathways.robust import core_courses
from pathways.solver import solve
from pathways.student import SummerChoice
from pathways.verify import verify
from requirements.language import Program
from tests.pathways.school import compiled, course, credits, known, person, places, planned, program, school
from tests.pathways.test_brute_force import CORE, Case, Chosen, Truth, as_student, asked, draw, pauses
from tests.students import student


def trial(catalog: Catalog, made: Plan, *programs: Program, **more: Any) -> Resilience:
    with known(*programs):
        return resilience(made, catalog, **more)


def of(found: Resilience, code: str) -> Failure:
    (one,) = (failure for failure in found.courses if failure.course == code)
    return one


class Recourse(Truth):
    """All plans that follow a failure: what has begun stays, what was lost may come back, at a higher grade too."""

    def __init__(self, case: Case, placed: dict[str, int], lost: set[str], last: int, *, strict: bool = False) -> None:
        self.fixed: Chosen = {}
        self.placed, self.lost = placed, lost
        super().__init__(case)
        self.fixed = {code: start for code, start in placed.items() if start <= last and code not in lost}
        after = last + 1
        behind = set(lost)
        for _ in case.courses:
            named = {c.code: set(codes(c.prerequisite)) for c in case.courses if c.prerequisite}
            behind |= {code for code, needs in named.items() if any({*self.alternatives(n)} & behind for n in needs)}
        for c in case.courses:
            passed = after < self.slots and self.grade(after) > max(c.grades)
            older = c.code in behind or (passed and not strict)
            grown = replace(c, grades=tuple(range(min(c.grades), 14))) if older else c
            later = [start for start in self.starts(grown) if start > last]
            self.able[c.code] = [self.fixed[c.code]] if c.code in self.fixed else later

    def allowed(self, code: str, start: int, chosen: Chosen) -> bool:
        """What has begun goes on, even where the course beside it was lost."""
        return code in self.fixed or super().allowed(code, start, chosen)

    def fewest(self) -> int | None:
        """Least number of planned courses to come that leave their place; None where nothing saves the diploma."""
        ahead = {(code, start) for code, start in self.placed.items() if code not in {*self.fixed, *self.lost}}
        done = set(self.case.done)
        return min(
            (
                len(ahead - set(chosen.items()))
                for chosen in self.plans()
                if self.fixed.keys() <= chosen.keys() and self.graduation({*chosen, *done}) == 0
            ),
            default=None,
        )

    def survived(self) -> bool:
        done = set(self.case.done)
        return any(
            self.fixed.keys() <= chosen.keys() and self.graduation({*chosen, *done}) == 0 for chosen in self.plans()
        )


@pytest.mark.parametrize("part", range(6))
def test_every_single_failure_against_all_plans(part: int) -> None:
    asked_about = 0
    for seed in range(part * 40, part * 40 + 40):
        case = draw(Random(f"failure {seed}"))
        case.goal, case.wishes, case.refusals = [], [], []
        rules = [asked(f"r{n}", one) for n, one in enumerate(case.diploma)]
        if case.either:
            rules.append({"id": "either", "any_of": [asked(f"e{n}", one) for n, one in enumerate(case.either)]})
        if case.total is not None:
            rules.append({"id": "total", "total": str(case.total)})
        diploma = program(*rules)
        catalog = school(*case.courses, names=case.names, most=case.most)
        made = planned(catalog, as_student(case), diploma)
        if made.graduates is None:
            continue
        found = trial(catalog, made, diploma)
        truth = Truth(case)
        slot = {f"{truth.year(s)}-{case.names[s % truth.per_year]}": s for s in range(truth.slots)}
        placed = {code: slot[terms[0]] for code, terms in places(made).items()}
        for one in found.courses:
            assert one.course is not None
            ended = placed[one.course] + truth.by_code[one.course].terms - 1
            expected = Recourse(case, placed, {one.course}, ended).survived()
            assert one.survived is expected, (seed, one.words)
            # What a person would have to open is no way with so many moves.
            assert one.moved == Recourse(case, placed, {one.course}, ended, strict=True).fewest(), (seed, one.words)
            asked_about += 1
        for one in found.terms:
            lost = {c for c, s in placed.items() if s <= slot[one.term] < s + truth.by_code[c].terms}
            expected = Recourse(case, placed, lost, slot[one.term]).survived()
            assert one.survived is expected, (seed, one.words)
        whole = sum((one.credits for one in found.courses), Fraction(0))
        saved = sum((one.credits for one in found.courses if one.survived), Fraction(0))
        assert found.score == (saved / whole if whole else 1)
        assert 0 <= found.score <= 1
    assert asked_about > 10


# ---------------------------------------------------------------------------------------------------- single answers

CHAIN = school(
    course("A", title="Algebra", sced="02052"),
    course("G", title="Geometry", sced="02072", needs="A"),
    course("X", title="Extra", sced="05154"),
    most=2,
)
DIPLOMA = program(credits("math", 2, "A", "G"))


class TestWords:
    def test_a_chain_with_time_to_spare_and_its_end(self) -> None:
        found = trial(CHAIN, planned(CHAIN, person(grade=10), DIPLOMA), DIPLOMA)
        first, second = of(found, "A"), of(found, "G")
        assert (first.survived, first.later, first.moved) == (True, 0, 1)
        assert first.words == (
            "Algebra (A) not passed in 2026-S2: the diploma can still be complete by 2028-S2, with 1 course moved"
        )
        assert second.survived and second.moved == 0
        assert found.score == 1
        assert [one.survived for one in found.terms] == [True] * 4

    def test_none_in_time(self) -> None:
        found = trial(CHAIN, planned(CHAIN, person(grade=11), DIPLOMA), DIPLOMA)
        last = of(found, "G")
        assert (last.survived, last.later, last.graduates, last.moved) == (False, 2, "2028-S2", None)
        assert last.words == (
            "Geometry (G) not passed in 2027-S2: no plan completes the diploma by 2027-S2; the earliest is 2028-S2"
        )
        assert found.score == 0

    def test_a_summer_would_save_it(self) -> None:
        catalog = replace(CHAIN, calendar=replace(CHAIN.calendar, summer=Summer("Summer", 1)))
        who = person(grade=11)
        first = of(trial(catalog, planned(catalog, who, DIPLOMA), DIPLOMA), "A")
        assert (first.survived, first.summer) == (False, True)
        assert first.words.endswith("; with a summer term it can be in time")
        allowed = who.model_copy(update={"summer": SummerChoice(allowed=True)})
        found = trial(catalog, planned(catalog, allowed, DIPLOMA), DIPLOMA, fallbacks=True)
        back = of(found, "A")
        assert (back.survived, back.moved) == (True, 0)
        assert back.fallback is not None
        assert places(back.fallback.plan)["A"] == ["2026-Summer"]

    def test_what_builds_on_a_failed_course_may_come_later_than_its_grades(self) -> None:
        catalog = school(course("A", grades=(9,)), course("G", needs="A", grades=(10,)))
        found = trial(catalog, planned(catalog, person(), program(credits("m", 2, "A", "G"))), DIPLOMA, fallbacks=True)
        first = of(found, "A")
        assert first.survived and first.fallback is not None
        (late,) = (place for place in first.fallback.plan.placements if place.course == "G")
        assert any("ask whether an older student may take it" in said for said in late.assumptions)

    def test_courses_under_way_count_too(self) -> None:
        line = {"course": "A", "year": 2026, "term": "S1", "grade": 11, "in_progress": True}
        who = person(grade=11, transcript=[line])
        found = trial(CHAIN, planned(CHAIN, who, DIPLOMA), DIPLOMA)
        assert of(found, "A").term == "2026-S1"
        assert not of(found, "A").survived
        assert [one.term for one in found.terms] == ["2026-S1", "2026-S2", "2027-S1", "2027-S2"]

    def test_a_pin_that_cannot_hold_then(self) -> None:
        pins = [{"course": "G", "term": "2027-S1"}]
        first = of(trial(CHAIN, planned(CHAIN, person(grade=10, pins=pins), DIPLOMA), DIPLOMA), "A")
        assert first.survived is False
        assert "Geometry (G) is pinned to 2027-S1" in first.words

    def test_a_course_nobody_needs_may_fail(self) -> None:
        who = person(grade=12, wishes=[{"course": "X"}])
        rules = program(credits("math", 1, "A"))
        found = trial(CHAIN, planned(CHAIN, who, rules), rules, fallbacks=True)
        assert of(found, "X").survived
        assert of(found, "X").moved == 0
        assert found.score == Fraction(1, 2)


def test_a_plan_without_a_diploma() -> None:
    made = planned(CHAIN, person(grade=12), DIPLOMA)
    with pytest.raises(InputError, match="does not reach the diploma"):
        trial(CHAIN, made, DIPLOMA)


def test_a_plan_of_another_record() -> None:
    made = planned(CHAIN, person(grade=10), DIPLOMA)
    with pytest.raises(InputError, match="cannot begin in 2026-S1"):
        trial(replace(CHAIN, courses=CHAIN.courses[1:]), made, DIPLOMA)


@pytest.mark.parametrize("catalog_id", bundled())
def test_real_schools(catalog_id: str) -> None:
    plans = (plan(student(catalog_id, seed, 6)) for seed in range(20))
    made = next(one for one in plans if one.graduates is not None)
    found = resilience(made, fallbacks=True)
    assert 0 <= found.score <= 1
    for one in (*found.courses, *found.terms):
        if one.survived and one.fallback is not None:
            assert one.fallback.plan.verified, one.fallback.plan.problems
            assert one.fallback.plan.graduates is not None, one.words
            assert one.fallback.plan.terms[-1] == found.deadline
        if one.survived is False and one.fallback is not None:
            assert one.fallback.plan.verified, one.fallback.plan.problems
            assert one.fallback.plan.graduates is not None, one.words
            assert one.fallback.plan.terms[-1] == one.graduates
        assert one.survived is not None
        assert (one.later == 0) == one.survived


# ------------------------------------------------------------------------------------------------------------ robust


class TestRobust:
    def test_two_courses_where_one_would_do(self) -> None:
        """In the last year a second course stands by, at its price."""
        catalog = school(course("E", title="English", sced="01001"), course("F", sced="01002"), most=2)
        rules = program(credits("english", 1, "E", "F"))
        plain = planned(catalog, person(grade=12), rules)
        made = planned(catalog, person(grade=12, robust="core"), rules)
        assert (len(plain.placements), len(made.placements)) == (1, 2)
        assert made.robust is not None and made.robust.survives
        quality = {tier.name: tier.value for tier in made.tiers}["quality"]
        assert made.robust.price == {"quality": quality - {t.name: t.value for t in plain.tiers}["quality"]}
        assert "2 core courses, at the price of" in made.robust.words

    def test_the_price_may_be_a_goal_that_is_no_program(self) -> None:
        """The course that stands by takes the place of one toward a program of study."""
        study = {"pathway": "Baking", "courses_by_grade": {12: ["X"]}}
        catalog = replace(
            school(course("E", title="English", sced="01001"), course("F", sced="01002"), course("X"), most=2),
            programs_of_study={"programs": [study]},
        )
        rules = program(credits("english", 1, "E", "F"))
        with known(rules):
            who = person(grade=12, robust="core", goals=[{"program": "diploma"}, {"study": "Baking"}])
            made = plan(who, catalog)
        assert made.verified and made.robust is not None and made.robust.survives
        assert made.robust.price["goal:study:Baking"] == 1
        assert "1 courses of Baking" in made.robust.words

    def test_a_plan_in_another_order_costs_nothing(self) -> None:
        """The core course goes first, where it can still be made up for."""
        catalog = school(course("E", sced="01001"), course("X"), most=1)
        rules = program(credits("english", 1, "E"))
        made = planned(catalog, person(grade=11, robust="core"), rules)
        assert places(made)["E"] == ["2026-S1"]
        assert made.robust is not None
        assert made.robust.words == (
            "This plan survives the failure of its one core course, and costs nothing more than the best "
            "plan without that."
        )

    def test_none_can(self) -> None:
        made = planned(CHAIN, person(grade=11, robust="core"), DIPLOMA)
        assert made.robust is not None
        assert made.robust.survives is False
        assert made.robust.fatal == ("Algebra (A) in 2026-S1",) or made.robust.fatal == ("Geometry (G) in 2027-S1",)
        assert "No plan survives the failure of" in made.robust.words
        assert places(made) == places(planned(CHAIN, person(grade=11), DIPLOMA))

    def test_no_diploma_no_question(self) -> None:
        made = planned(CHAIN, person(grade=12, robust="core"), DIPLOMA)
        assert made.robust is not None and made.robust.survives is False

    def test_a_limit_says_so(self) -> None:
        catalog = school(course("E", sced="01001"), course("F", sced="01002"), most=2)
        rules = program(credits("english", 1, "E", "F"))
        stop = Event()
        stop.set()
        with known(rules):
            made = plan(person(grade=12, robust="core", goals=[{"program": "diploma"}]), catalog, stop=stop)
        assert made.robust is not None and made.robust.survives is not True

    @pytest.fixture
    def data(self) -> tuple[Catalog, Program, dict[str, Any]]:
        catalog = school(course("E", sced="01001"), course("F", sced="01002"), course("X"), most=2)
        rules = program(credits("english", 1, "E", "F"))
        return catalog, rules, planned(catalog, person(grade=11, robust="core"), rules).as_json()

    @pytest.mark.parametrize(
        ("tamper", "said"),
        [
            (lambda robust: robust.update(fallbacks=[]), "no fallback is given"),
            (lambda robust: robust["fallbacks"][0].update(placements=[]), "the diploma is not complete in time"),
            (lambda robust: robust["fallbacks"][0]["placements"][0].update(course="Z"), "there is no Z"),
            (lambda robust: robust["fallbacks"][0]["placements"][0].update(term="2026-S1"), "not what was planned"),
            (lambda robust: robust["fallbacks"][0]["placements"][0].update(term="2027-S2"), "lasts 2 terms"),
            (lambda robust: robust.update(survives=False), "survives nothing"),
        ],
    )
    def test_tampering_is_found(self, data: tuple[Catalog, Program, dict[str, Any]], tamper: Any, said: str) -> None:
        catalog, rules, made = data
        with known(rules):
            assert verify(Plan.model_validate(made), catalog) == ()
            tamper(made["robust"])
            wrong = verify(Plan.model_validate(made), catalog)
        assert any(said in one for one in wrong), wrong


def core(case: Case) -> set[str]:
    return {c.code for c in case.courses if (c.sced or "")[:2] in CORE}


@pytest.mark.parametrize("part", range(4))
def test_the_best_of_all_plans_that_survive(part: int) -> None:
    """Every plan written out, every failure of its core courses tried: the best that survives is the one found."""
    answers = []
    for seed in range(part * 30, part * 30 + 30):
        case = draw(Random(f"robust {seed}"))
        case.goal, case.either, case.total = [], [], None
        diploma = program(*(asked(f"r{n}", one) for n, one in enumerate(case.diploma)))
        catalog = school(*case.courses, names=case.names, most=case.most)
        who = as_student(case).model_copy(update={"robust": "core"})
        made = planned(catalog, who, diploma)
        if made.graduates is None:
            continue
        truth, done = Truth(case), set(case.done)
        ranked = []
        for chosen in truth.plans():
            if truth.graduation({*chosen, *done}) == 0:
                ends = {code: start + truth.by_code[code].terms - 1 for code, start in chosen.items()}
                worth = (-truth.wished(chosen), truth.quality(chosen))
                ranked.append((worth, [(chosen, code, ends[code]) for code in sorted(chosen.keys() & core(case))]))
        ranked.sort(key=lambda one: one[0])
        best = next(
            (
                worth
                for worth, failures in ranked
                if all(Recourse(case, chosen, {code}, end, strict=True).survived() for chosen, code, end in failures)
            ),
            None,
        )
        assert made.robust is not None
        assert made.robust.survives is (best is not None), (seed, made.robust.words)
        answers.append(made.robust.survives)
        tiers = {tier.name: tier.value for tier in made.tiers}
        if best is not None:
            assert -tiers["wishes"] == best[0], seed
            if not pauses(case):
                assert tiers["quality"] == best[1], seed
            found = trial(catalog, made, diploma)
            assert all(one.survived for one in found.courses if one.course in core(case)), seed
    assert set(answers) == {True, False}


@pytest.mark.parametrize("name", ["woodinville-early", "montclair-transfer", "typical-new-york"])
def test_asking_about_failures_changes_no_plan(name: str) -> None:
    """What is open only after a failure neither helps nor costs the plan itself."""
    who = load_example(name)
    catalog = load_catalog(who)
    plain = compiled(catalog, who, *goal_programs(who, catalog)).problem
    asked = compiled_to_fail(who, catalog, sorted(core_courses(catalog))).problem
    assert asked.breaches and not plain.breaches
    assert [tier.value for tier in solve(asked).tiers] == [tier.value for tier in solve(plain).tiers]


@pytest.mark.parametrize("name", ["woodinville-senior", "katy-impossible-wish"])
def test_examples(name: str) -> None:
    made = plan(load_example(name).model_copy(update={"robust": "core"}))
    assert made.verified, made.problems
    assert made.robust is not None and made.robust.survives
    plain = resilience(plan(load_example(name)))
    found = resilience(made)
    failed = {(one.course, one.term) for one in made.robust.fallbacks}
    assert all(one.survived for one in found.courses if (one.course, one.term) in failed)
    assert found.score >= plain.score
