"""Wishes beyond a single course, each on a school of a few courses: planned, told in words, and checked again."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from catalogs import Catalog, InputError
from pathways.files import load_example
from pathways.plan import Plan
from pathways.planner import plan
from pathways.student import Student, Wish
from pathways.verify import verify
from pathways.wish_words import wish_words
from requirements.language import Program
from tests.pathways.school import (
    MATHEMATICS,
    compiled,
    course,
    credits,
    half,
    known,
    person,
    places,
    planned,
    program,
    school,
    solved,
)
from tests.pathways.test_brute_force import Case, as_student, asked, shaped
from tests.pathways.test_laws import upper

NOTHING = program(credits("none", "0.5", "A"))


def ask(code: str = "A", amount: str | int = 1) -> Program:
    return program(credits("all", amount, code))


def wishing(catalog: Catalog, *wishes: dict[str, Any], rules: Program = NOTHING, **record: Any) -> Plan:
    """The verified plan of somebody with these wishes."""
    return planned(catalog, person(wishes=list(wishes), **record), rules)


def tier(plan: Plan, name: str = "wishes") -> int:
    return next(int(one.value) for one in plan.tiers if one.name == name)


def years(plan: Plan, code: str) -> list[int]:
    return [int(text[:4]) for text in places(plan).get(code, [])]


class TestCounted:
    ap = tuple(course(f"P{i}", level="ap", title=f"Physics {'ABC'[i]}") for i in range(3))

    def test_at_most_so_many_a_year(self) -> None:
        catalog = school(course("A"), *self.ap)
        rules = program(credits("ap", 3, "P0", "P1", "P2"))
        free = wishing(catalog, {"any_of": {"level": "ap"}}, rules=rules, grade=10)
        assert max(years(free, code)[0] for code in ("P0", "P1", "P2")) == 2028
        most = {"any_of": {"level": "ap"}, "at_most": 1, "each": "year", "weight": 2}
        plan = wishing(catalog, most, rules=rules, grade=10)
        assert sorted(years(plan, "P0") + years(plan, "P1") + years(plan, "P2")) == [2026, 2027, 2028]
        assert (tier(plan), plan.wishes[0].granted) == (6, True)
        assert plan.wishes[0].words == "in each of the 3 school years"

    def test_at_most_so_many_a_term_is_granted_in_part(self) -> None:
        catalog = school(course("A"), *self.ap)
        most = {"any_of": {"level": "ap"}, "at_most": 1, "each": "term"}
        plan = wishing(catalog, most, rules=program(credits("ap", 3, "P0", "P1", "P2")), grade=11)
        assert (tier(plan), plan.wishes[0].granted) == (2, False)
        assert plan.wishes[0].words.startswith("in 2 of 4 terms, not in ")
        assert "(2 courses)" in plan.wishes[0].words
        assert "does not fit together" in plan.wishes[0].words

    def test_demanding_courses_not_all_in_one_term(self) -> None:
        catalog = school(course("A"), *(half(f"H{i}", level="honors") for i in range(4)))
        rules = program(credits("h", 2, "H0", "H1", "H2", "H3"))
        assert sum(terms == ["2026-S2"] for terms in places(wishing(catalog, rules=rules, grade=12)).values()) == 2
        light = {"any_of": {"level": ["honors", "ap"]}, "at_most": 1, "terms": ["2026-S2"]}
        plan = wishing(catalog, light, rules=rules, grade=12)
        assert sum(terms == ["2026-S2"] for terms in places(plan).values()) == 1
        assert plan.wishes[0].granted

    def test_points_of_rigor_may_be_limited(self) -> None:
        catalog = school(course("A"), *self.ap, course("H", level="honors"))
        limit = {"any_of": {"any_course": True}, "count": "rigor", "at_most": 3, "each": "term", "weight": 9}
        plan = wishing(catalog, limit, rules=program(credits("x", 4, "P0", "P1", "P2", "H")), grade=10)
        loads = [
            sum({"ap": 2, "honors": 1}[p.level] for p in plan.placements if p.year == y) for y in range(2026, 2029)
        ]
        assert max(loads) <= 3
        assert plan.wishes[0].granted

    def test_hours_of_homework_may_be_limited(self) -> None:
        courses = [course(f"C{i}", homework=Fraction(5, 2)) for i in range(3)]
        catalog = school(course("A"), *courses)
        limit = {"any_of": {"any_course": True}, "count": "homework", "at_most": 5, "each": "term"}
        plan = wishing(catalog, limit, rules=program(credits("x", 3, "C0", "C1", "C2")), grade=11)
        assert max(years(plan, "C0") + years(plan, "C1") + years(plan, "C2")) == 2027
        assert plan.wishes[0].granted
        tighter = wishing(
            catalog, limit | {"at_most": "2.5"}, rules=program(credits("x", 3, "C0", "C1", "C2")), grade=11
        )
        assert "(5 hours of homework a week)" in tighter.wishes[0].words

    def test_a_subject_every_year(self) -> None:
        codes = ("02052", "02056", "02072", "02121")
        catalog = school(*(course(f"M{i}", sced=code) for i, code in enumerate(codes)), course("A"))
        every = {"any_of": {"subject": "mathematics"}, "at_least": 1, "each": "year", "weight": 3}
        plan = wishing(catalog, every)
        assert sorted(y for i in range(4) for y in years(plan, f"M{i}")) == [2026, 2027, 2028, 2029]
        assert tier(plan) == 12

    def test_what_is_in_progress_counts_for_its_year(self) -> None:
        catalog = school(course("M", sced=MATHEMATICS), course("N", sced="02056"), course("A"))
        line = {"course": "M", "year": 2026, "term": "S1", "in_progress": True}
        every = {"any_of": {"subject": "mathematics"}, "at_least": 1, "each": "year"}
        plan = wishing(catalog, every, grade=11, transcript=[line])
        assert years(plan, "N") == [2027]
        assert plan.wishes[0].granted

    def test_band_every_fall(self) -> None:
        catalog = school(half("A"), half("B", repeatable=4, tags=("band",)))
        fall = {"any_of": {"tag": "band"}, "at_least": 1, "terms": ["S1"], "each": "term"}
        plan = wishing(catalog, fall, rules=ask(amount="0.5"))
        assert places(plan)["B"] == ["2026-S1", "2027-S1", "2028-S1", "2029-S1"]
        assert (tier(plan), plan.wishes[0].words) == (4, "in each of the 4 terms")

    def test_in_named_terms(self) -> None:
        catalog = school(half("A"), half("B", repeatable=4))
        plan = wishing(
            catalog, {"course": "B", "terms": ["2027-S2", "2028-S1"], "each": "term"}, rules=ask(amount="0.5")
        )
        assert places(plan)["B"] == ["2027-S2", "2028-S1"]

    def test_a_course_in_a_grade(self) -> None:
        plan = wishing(school(course("A"), course("B")), {"course": "B", "grades": [11]})
        assert places(plan)["B"] == ["2028-S1"]
        assert plan.wishes[0].wish == "Course B (B) in grade 11"
        assert [place.course for place in plan.placements if place.wished] == ["B"]

    def test_college_courses_a_year(self) -> None:
        catalog = school(course("A"), *(half(f"D{i}", level="dual", grades=(11, 12)) for i in range(4)))
        two = {"any_of": {"level": ["dual", "college"]}, "at_least": 2, "each": "year", "grades": [11, 12]}
        plan = wishing(catalog, two)
        assert sorted(y for i in range(4) for y in years(plan, f"D{i}")) == [2028, 2028, 2029, 2029]

    def test_periods_of_work_in_the_senior_year(self) -> None:
        catalog = school(course("A"), course("W", periods=3, tags=("work",)), course("V", periods=1, tags=("work",)))
        work = {"any_of": {"tag": "work"}, "count": "periods", "at_least": 3, "grades": [12]}
        plan = wishing(catalog, work)
        assert years(plan, "W") == [2029]
        assert tier(plan) == 2
        credit = {"any_of": {"tag": "work"}, "count": "credits", "at_least": 2, "grades": [12]}
        plan = wishing(catalog, credit)
        assert (years(plan, "W"), years(plan, "V")) == ([2029], [2029])
        assert plan.wishes[0].words.startswith("2 credits: Course V, 2029-S1; Course W, 2029-S1")

    def test_altogether_the_record_counts(self) -> None:
        catalog = school(course("A"), *self.ap)
        line = {"course": "P0", "year": 2025, "term": "S1", "mark": "B"}
        two = {"any_of": {"level": "ap"}, "at_least": 2, "at_most": 2}
        plan = wishing(catalog, two, grade=10, transcript=[line])
        assert len(places(plan).keys() & {"P1", "P2"}) == 1
        assert plan.wishes[0].words.startswith("2 courses: Physics")
        elsewhere = {"sced": MATHEMATICS, "level": "ap", "credits": 1, "mark": "B", "origin": "transfer"}
        plan = wishing(catalog, {"any_of": {"level": "ap"}, "at_most": 0}, grade=10, transcript=[elsewhere])
        assert (plan.wishes[0].granted, tier(plan)) == (False, 0)
        assert "do not allow it" in plan.wishes[0].words

    def test_a_school_year_counts_its_past_terms(self) -> None:
        catalog = school(half("A"), half("B"), half("C"))
        line = {"course": "B", "year": 2026, "term": "S1", "mark": "B"}
        one = {"any_of": {"code": ["B", "C"]}, "at_most": 1, "each": "year", "weight": 9}
        plan = wishing(catalog, one, {"course": "C"}, rules=ask(amount="0.5"), grade=11, term="S2", transcript=[line])
        assert places(plan)["C"] >= ["2027-S1"]

    def test_a_wish_that_counts_more_is_kept(self) -> None:
        catalog = school(course("A"), course("P", level="ap"))
        most = {"any_of": {"level": "ap"}, "at_most": 0, "weight": 2}
        assert years(wishing(catalog, most, {"course": "P", "weight": 3}), "P")
        assert not years(wishing(catalog, most, {"course": "P", "weight": 1}), "P")

    def test_terms_that_are_over(self) -> None:
        plan = wishing(school(course("A")), {"course": "A", "grades": [9], "each": "year"}, grade=11)
        assert (plan.wishes[0].granted, tier(plan)) == (False, 0)
        assert "none of the terms" in plan.wishes[0].words

    def test_no_limit_is_no_wish_for_the_course(self) -> None:
        catalog = school(course("A"), course("B", needs='A or "approval"'))
        plan = wishing(catalog, {"course": "B", "at_most": 0}, grade=12, rules=program(credits("b", 1, "B")))
        assert not any(place.wished for place in plan.placements)


class TestFree:
    def test_a_free_period_in_a_term(self) -> None:
        catalog = school(*(half(c) for c in "ABCD"), most=2)
        plan = wishing(
            catalog, {"free": 1, "terms": ["2026-S2"]}, rules=program(credits("x", "1.5", *"ABCD")), grade=12
        )
        assert plan.free == {"2026-S1": 0, "2026-S2": 1}
        assert (plan.wishes[0].granted, tier(plan)) == (True, 1)
        assert plan.wishes[0].words == "1 period open in 2026-S2"

    def test_every_term_of_a_grade(self) -> None:
        catalog = school(*(course(c) for c in "ABCD"), most=3)
        plan = wishing(catalog, {"free": 2, "grades": [12]}, rules=program(credits("x", 4, *"ABCD")), grade=11)
        assert plan.free == {"2026-S1": 0, "2026-S2": 0, "2027-S1": 2, "2027-S2": 2}

    def test_where_it_does_not_fit(self) -> None:
        catalog = school(course("A"), course("B"), most=2)
        plan = wishing(catalog, {"free": 1}, rules=program(credits("x", 2, "A", "B")), grade=12)
        assert not plan.wishes[0].granted
        assert "2026-S1 (0 periods open)" in plan.wishes[0].words

    def test_off_campus_for_good(self) -> None:
        catalog = school(course("A"), course("B"), most=2)
        away = {"free": 1, "terms": ["S1"], "must": True}
        plan = wishing(catalog, away, rules=program(credits("x", 2, "A", "B")), grade=12)
        assert plan.status == "infeasible"
        assert plan.conflict is not None
        assert any(fact.kind == "wish" and "a free period in every S1" in fact.words for fact in plan.conflict.facts)


class TestGaps:
    def spanish(self) -> Catalog:
        return school(
            course("A"),
            course("E1", grades=(9,), tags=("es",)),
            course("E2", needs="E1", grades=(11, 12), tags=("es",)),
            course("E3", needs="E1", grades=(10, 11), tags=("es",)),
        )

    def test_a_longer_gap_is_avoided(self) -> None:
        wish = {"no_gap": {"tag": "es"}, "weight": 4}
        rules = program(credits("es", 3, "E1", "E2", "E3"))
        plan = wishing(self.spanish(), wish, rules=rules)
        assert (years(plan, "E3"), plan.wishes[0].granted, tier(plan)) == ([2027], True, 4)
        assert years(plan, "E2") == [2028]

    @pytest.mark.parametrize("seed", range(20))
    def test_in_every_way_to_place_courses(self, seed: int) -> None:
        """What the problem's rows say is what the words say: idle terms between courses, counted by hand."""
        random = Random(seed)
        idle = random.choice((0, 1, 2))
        catalog = school(*(half(f"H{i}", title=f"H {'ABCDE'[i]}", tags=("h",)) for i in range(5)))
        held = {random.randrange(4) for _ in range(random.choice((0, 1, 2)))}  # terms of grades 9 and 10
        lines = [
            {"course": f"H{n}", "year": 2025 + term // 2, "term": ("S1", "S2")[term % 2], "mark": "B"}
            for n, term in enumerate(sorted(held))
        ]
        wish = {"no_gap": {"tag": "h"}, "at_most": idle}
        who = person(entering=2025, now="2027-S1", transcript=lines, wishes=[wish])
        made = compiled(catalog, who, program(credits("x", "0.5")))
        columns = [(i, k) for i, c in enumerate(made.problem.candidates) for k in range(len(c.starts))]
        latest = max(held, default=-9)
        for _ in range(60):
            placed = set(random.sample(columns, random.randint(0, 4)))
            terms = {made.problem.candidates[i].starts[k] + 4 for i, k in placed}
            there = sorted(terms | ({latest} if 4 - latest - 1 <= idle else set()))
            fine = all(b - a - 1 <= idle for a, b in pairwise(there))
            assert made.wishes[0].parts[0].granted(placed, True) is fine, (held, there)

    def test_a_wish_that_counts_less_gives_way(self) -> None:
        late = {"course": "E3", "grades": [11]}
        rules = program(credits("es", 1, "E1"))
        assert years(wishing(self.spanish(), late, rules=rules), "E3") == [2028]
        plan = wishing(self.spanish(), late, {"no_gap": {"tag": "es"}, "weight": 2}, {"course": "E3"}, rules=rules)
        assert [wish.granted for wish in plan.wishes] == [False, True, True]
        assert years(plan, "E3") == [2027]
        plan = wishing(self.spanish(), late, {"no_gap": {"tag": "es"}, "must": True}, rules=rules)
        assert [wish.granted for wish in plan.wishes] == [False, True]

    def test_a_gap_that_cannot_be_avoided(self) -> None:
        rules = program(credits("es", 2, "E1", "E2"))
        plan = wishing(self.spanish(), {"no_gap": {"code": ["E1", "E2"]}}, rules=rules)
        assert (plan.wishes[0].granted, tier(plan)) == (False, 0)
        assert plan.wishes[0].words.startswith("there is a longer gap: Course E1, 2026-S1; Course E2, 202")

    @pytest.mark.parametrize(("most", "granted"), [(0, False), (1, True), (None, True)])
    def test_how_many_terms(self, most: int | None, granted: bool) -> None:
        catalog = school(half("H", grades=(9,), offered=("S1",)), half("G", needs="H", grades=(10,), offered=("S1",)))
        wish = {"no_gap": {"code": ["H", "G"]}, "at_most": most}
        plan = wishing(catalog, wish, rules=program(credits("x", 1, "H", "G")))
        assert plan.wishes[0].granted is granted

    def test_since_the_record(self) -> None:
        line = {"course": "E1", "year": 2026, "term": "S1", "mark": "B"}
        rules = program(credits("es", 1, "E2", "E3"))
        now = {"now": "2027-S1", "entering": 2026, "transcript": [line]}
        wish = {"no_gap": {"tag": "es"}}
        plan = wishing(self.spanish(), wish, rules=rules, **now)
        assert years(plan, "E3") == [2027]
        late = wishing(self.spanish(), wish, rules=rules, **(now | {"now": "2028-S1"}))
        assert late.wishes[0].granted  # what comes now begins anew

    def test_credit_of_middle_school(self) -> None:
        line = {"course": "E1", "year": 2025, "grade": 8, "mark": "B", "origin": "middle_school"}
        catalog = school(course("E1", tags=("es",)), course("E2", needs="E1", tags=("es",), grades=(9, 12)))
        plan = wishing(catalog, {"no_gap": {"tag": "es"}}, rules=program(credits("x", 1, "E2")), transcript=[line])
        assert years(plan, "E2") == [2026]

    def test_what_is_in_progress_leaves_none(self) -> None:
        line = {"course": "E1", "year": 2026, "term": "S1", "in_progress": True}
        plan = wishing(
            self.spanish(), {"no_gap": {"tag": "es"}}, rules=program(credits("x", 1, "E3")), transcript=[line]
        )
        assert years(plan, "E3") == [2027]


class TestEven:
    def test_rigor_is_spread(self) -> None:
        courses = [course(f"P{i}", level="ap", grades=(11, 12), title=f"P {'ABCD'[i]}") for i in range(4)]
        rules = program(credits("ap", 4, *(c.code for c in courses)))
        catalog = school(course("A"), *courses)
        plan = wishing(catalog, {"even": "rigor"}, rules=rules)
        assert sorted(y for i in range(4) for y in years(plan, f"P{i}")) == [2028, 2028, 2029, 2029]
        assert plan.wishes[0].words == (
            "4 points of rigor in the heaviest term (2028-S1), 0 in the lightest (2026-S1), 2.0 on average"
        )
        assert not plan.wishes[0].granted
        upper = wishing(catalog, {"even": "rigor", "grades": [11, 12]}, rules=rules)
        assert upper.wishes[0].granted
        assert tier(upper) == 0  # an even load is a matter of quality

    def test_hours_of_homework_are_spread(self) -> None:
        hours = {"B": 6, "C": 6, "D": 1, "E": 1}
        catalog = school(*(course(c, homework=Fraction(h)) for c, h in hours.items()))
        rules = program(credits("x", 4, *hours))
        plan = wishing(catalog, {"even": "homework"}, rules=rules, grade=11)
        assert years(plan, "B") != years(plan, "C")
        assert plan.wishes[0].granted

    def test_it_costs_no_other_wish(self) -> None:
        catalog = school(course("A"), course("P", level="ap"), course("Q", level="ap"), most=3)
        plan = wishing(catalog, {"even": "rigor", "weight": 9}, {"course": "P"}, {"course": "Q"}, grade=12)
        assert tier(plan) == 2

    def test_what_is_in_progress_weighs(self) -> None:
        catalog = school(course("A"), half("P", level="ap"), half("Q", level="ap"))
        line = {"course": "P", "year": 2026, "term": "S1", "in_progress": True}
        plan = wishing(catalog, {"even": "rigor"}, transcript=[line], grade=12, rules=program(credits("x", "0.5", "Q")))
        assert plan.wishes[0].words.startswith("2 points of rigor in the heaviest term (2026-S2)")


class TestFinish:
    def test_earlier_than_graduation(self) -> None:
        catalog = school(*(half(c) for c in "ABCD"), most=1)
        rules = program(credits("x", 1, *"ABCD"))
        plan = wishing(catalog, {"finish_by": "2026-S2"}, rules=rules, grade=11)
        assert (plan.graduates, plan.wishes[0].granted, tier(plan)) == ("2026-S2", True, 1)
        more = program(credits("x", "1.5", *"ABCD"))
        plan = wishing(catalog, {"finish_by": "2026-S2"}, rules=more, grade=11)
        assert not plan.wishes[0].granted
        assert plan.wishes[0].words.startswith(f"the diploma is complete in {plan.graduates}; ")

    def test_the_sooner_the_better(self) -> None:
        catalog = school(*(half(c) for c in "ABCD"), most=1)
        steps = [{"finish_by": "2026-S2"}, {"finish_by": "2027-S1"}]
        plan = wishing(catalog, *steps, rules=program(credits("x", "1.5", *"ABCD")), grade=11)
        assert [wish.granted for wish in plan.wishes] == [False, True]

    def test_fewest_courses_bind_until_then_only(self) -> None:
        catalog = school(*(half(c) for c in "ABCDEF"), most=3, least=1)
        plan = wishing(catalog, {"finish_by": "2026-S2"}, rules=program(credits("x", 1, *"ABCD")), grade=11)
        assert plan.wishes[0].granted

    def test_not_without_the_diploma(self) -> None:
        catalog = school(course("A"), course("B", offered=("S2",)))
        plan = wishing(catalog, {"finish_by": "2026-S2"}, rules=program(credits("b", 1, "B")), grade=11)
        assert (plan.status, plan.wishes[0].granted, tier(plan)) == ("infeasible", False, 0)
        assert plan.wishes[0].words.startswith("the diploma is not complete")

    def test_other_wishes_may_count_more(self) -> None:
        catalog = school(course("A"), course("B", grades=(12,)))
        plan = wishing(catalog, {"finish_by": "2026-S2"}, {"course": "B", "weight": 2}, grade=11)
        assert [wish.granted for wish in plan.wishes] == [False, True]


class TestMust:
    def test_holds_before_goals(self) -> None:
        catalog = school(course("A"), course("P", level="ap"))
        goal = program(credits("p", 1, "P"), id="goal", kind="endorsement")
        none = {"any_of": {"level": "ap"}, "at_most": 0, "must": True}
        plan = planned(catalog, person(wishes=[none]), NOTHING, goal)
        assert (tier(plan, "goal:goal"), tier(plan), plan.wishes[0].granted) == (1, 0, True)
        assert plan.wishes[0].wish == "no course at AP level (a must)"

    def test_a_conflict_names_it(self) -> None:
        catalog = school(course("A"), course("B"))
        never = {"course": "A", "at_most": 0, "must": True}
        plan = wishing(catalog, never, rules=program(credits("a", 1, "A"), credits("b", 1, "B")))
        assert plan.status == "infeasible"
        assert plan.conflict is not None
        assert {fact.kind for fact in plan.conflict.facts} == {"requirement", "wish"}
        assert {fact.what for fact in plan.conflict.facts} == {"a", "wish:1"}

    @pytest.mark.parametrize(
        "wishes",
        [
            [{"course": "B", "at_least": 1, "grades": [12]}, {"any_of": {"code": ["B", "C"]}, "at_most": 0}],
            [{"free": 2, "grades": [12]}, {"course": "B", "grades": [12]}, {"course": "C", "grades": [12]}],
            [{"finish_by": "2026-S2"}, {"course": "B", "grades": [12]}],
            [{"no_gap": {"any_course": True}}, {"course": "B", "grades": [9]}, {"course": "C", "grades": [12]}],
        ],
    )
    def test_musts_that_no_plan_holds(self, wishes: list[dict[str, Any]]) -> None:
        catalog = school(course("A"), course("B"), course("C", grades=(12,)), most=3)
        plan = wishing(catalog, *(wish | {"must": True} for wish in wishes), {"course": "A"}, rules=ask())
        assert (plan.status, plan.placements) == ("infeasible", ())
        assert plan.conflict is not None
        assert [fact.what for fact in plan.conflict.facts] == [f"wish:{n}" for n in range(1, len(wishes) + 1)]


def refused(catalog: Catalog, *wishes: dict[str, Any], **record: Any) -> str:
    with pytest.raises(InputError) as error:
        compiled(catalog, person(wishes=list(wishes), **record), NOTHING)
    return str(error.value)


class TestMistakes:
    """Each names the place and the mend."""

    catalog = school(course("A", tags=("x",)), course("B", level="ap"))

    @pytest.mark.parametrize("term", ["2031-S1", "2026-T1", "S3", "Fall"])
    def test_unknown_term(self, term: str) -> None:
        said = refused(self.catalog, {"course": "A"}, {"course": "A", "terms": [term]})
        assert "wishes line 2" in said
        assert f"names term {term}" in said
        assert "S1, S2 for the term of every year" in said

    @pytest.mark.parametrize("wish", [{"any_of": {"level": "ib"}, "at_most": 1}, {"no_gap": {"tag": "es"}}])
    def test_a_kind_that_the_catalog_does_not_have(self, wish: dict[str, Any]) -> None:
        said = refused(self.catalog, wish)
        assert "no course of Small High School is of the kind that the wish names" in said

    def test_an_unknown_word(self) -> None:
        for wish in ({"any_of": {"subject": "maths"}}, {"any_of": {"subject": "mathematic"}, "at_most": 1}):
            said = refused(school(course("A", sced=MATHEMATICS)), wish)
            assert "wishes line 1: unknown subject 'math" in said
            assert "mathematics" in said

    def test_unknown_course(self) -> None:
        assert "no course 'C'" in refused(self.catalog, {"course": "C", "at_most": 0})

    def test_no_hours_of_homework(self) -> None:
        for wish in ({"even": "homework"}, {"course": "A", "count": "homework", "at_most": 5}):
            assert "write rigor instead" in refused(self.catalog, wish)

    @pytest.mark.parametrize("term", ["2029-S2", "2031-S1", "2025-S2"])
    def test_finish_by_no_term_that_is_left(self, term: str) -> None:
        said = refused(self.catalog, {"finish_by": term})
        assert term in said
        assert "2026-S1" in said

    def test_more_free_periods_than_there_are(self) -> None:
        assert "asks for 8 free periods, but a term has 7" in refused(self.catalog, {"free": 8})
        assert "a term has 5" in refused(self.catalog, {"free": 6}, load={"max": 5})

    def test_unknown_term_of_the_load(self) -> None:
        assert "load is '2026-T1', but the school has no term 'T1'" in refused(
            self.catalog, load={"terms": {"2026-T1": {"max": 3}}}
        )

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"at_least": 2}, {"at_most": 1}),
            ({"at_least": 2, "each": "year"}, {"at_most": 1}),
            ({"at_least": 2, "each": "year"}, {"at_most": 1, "each": "year"}),
            ({"grades": [11]}, {"at_most": 0}),
            ({"grades": [11]}, {"at_most": 0, "grades": [11]}),
        ],
    )
    def test_musts_that_contradict_each_other(self, one: dict[str, Any], other: dict[str, Any]) -> None:
        kind = {"any_of": {"level": "ap"}, "must": True}
        said = refused(self.catalog, kind | one, kind | other)
        assert "contradict each other" in said
        assert "at AP level" in said

    @pytest.mark.parametrize(
        "pair",
        [
            ({"at_least": 2}, {"at_most": 1, "each": "year"}),
            ({"grades": [11]}, {"at_most": 0, "grades": [12]}),
        ],
    )
    def test_musts_that_do_not(self, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
        kind = {"any_of": {"level": "ap"}, "must": True}
        compiled(self.catalog, person(wishes=[kind | one for one in pair]), NOTHING)

    @pytest.mark.parametrize(
        ("wish", "said"),
        [
            ({}, "exactly one of course, any_of, free, no_gap, even, finish_by; this one none"),
            ({"course": "A", "free": 1}, "this one course and free"),
            ({"course": "A", "at_most": -1}, "greater than or equal to 0"),
            ({"course": "A", "at_least": -1}, "greater than or equal to 0"),
            ({"free": 0}, "greater than or equal to 1"),
            ({"course": "A", "at_least": 3, "at_most": 2}, "at_least 3 is more than at_most 2"),
            ({"course": "A", "at_most": 0.5}, "courses are counted in whole numbers"),
            ({"free": 1, "each": "year"}, "each says nothing about free"),
            ({"even": "rigor", "at_most": 1}, "at_most says nothing about even"),
            ({"finish_by": "2027-S1", "grades": [11]}, "grades says nothing about finish_by"),
            ({"course": "A", "count": "periods", "each": "year"}, "counted in each term"),
            ({"course": "A", "count": "credits", "each": "term"}, "earned over a whole course"),
            ({"even": "rigor", "must": True}, "even loads cannot be a must"),
            ({"course": "A", "must": True, "weight": 3}, "a must has no weight"),
            ({"even": "fun"}, "rigor"),
            ({"finish_by": "S1"}, "expected a term as YEAR-TERM"),
        ],
    )
    def test_a_wish_that_says_nothing(self, wish: dict[str, Any], said: str) -> None:
        with pytest.raises(ValidationError) as error:
            person(wishes=[wish])
        assert said in str(error.value)

    def test_a_refusal_is_of_courses(self) -> None:
        with pytest.raises(ValidationError, match="write limits as wishes"):
            person(refusals=[{"any_of": {"level": "ap"}, "at_most": 1}])


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"any_of": {"level": "ap"}, "at_most": 2, "each": "term"}, "at most 2 courses at AP level in every term"),
        ({"any_of": {"level": "ap"}, "at_most": 1, "terms": ["2028-S1"]}, "at most 1 course at AP level in 2028-S1"),
        (
            {"any_of": {"subject": "mathematics"}, "at_least": 1, "each": "year"},
            "at least 1 course of mathematics in every school year",
        ),
        (
            {"any_of": {"tag": "band"}, "terms": ["S1"], "each": "term"},
            "at least 1 course of courses marked band in the catalog in every S1",
        ),
        (
            {"any_of": {"any_course": True}, "count": "credits", "at_least": 1, "at_most": 2, "grades": [11, 12]},
            "at least 1 credit and at most 2 of any course in grades 11 and 12 together",
        ),
        ({"course": "A", "at_most": 0, "terms": ["S2"]}, "no course of Course A (A) in S2 of any year"),
        ({"any_of": {"level": "ap"}, "at_least": 2, "at_most": 2}, "exactly 2 courses at AP level"),
        ({"free": 1, "terms": ["2028-S1"]}, "a free period in 2028-S1"),
        ({"free": 2, "grades": [12]}, "2 free periods in every term of grade 12"),
        ({"no_gap": {"subject": "mathematics"}, "at_most": 0}, "no gap in mathematics"),
        ({"no_gap": {"subject": "mathematics"}}, "no gap of more than a term in mathematics"),
        ({"even": "homework"}, "hours of homework spread evenly over the terms"),
        ({"finish_by": "2028-S1", "must": True}, "finished by 2028-S1 (a must)"),
    ],
)
def test_in_words(wish: dict[str, Any], words: str) -> None:
    assert wish_words(Wish.model_validate(wish), school(course("A"))) == words


def copy(plan: Plan) -> dict[str, Any]:
    return json.loads(json.dumps(plan.as_json()))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def good() -> Plan:
    plan = wishing(TestTampering.catalog, *TestTampering.granted, rules=TestTampering.rules)
    assert all(wish.granted for wish in plan.wishes)
    return plan


class TestTampering:
    """A plan that claims what it does not hold is caught."""

    catalog = school(
        course("A"),
        half("B", repeatable=8, tags=("band",)),
        *(course(f"P{i}", level="ap", homework=Fraction(5), title=f"P {'ABC'[i]}") for i in range(3)),
        most=5,
    )
    rules = program(credits("a", 1, "A"), credits("ap", 3, "P0", "P1", "P2"))
    granted = (
        {"any_of": {"level": "ap"}, "at_most": 1, "each": "year"},
        {"any_of": {"tag": "band"}, "terms": ["S1"], "each": "term"},
        {"free": 2},
        {"no_gap": {"level": "ap"}},
        {"even": "homework", "grades": [9, 10, 11]},
        {"finish_by": "2029-S1"},
        {"any_of": {"level": "ap"}, "count": "homework", "at_most": 5, "each": "term", "must": True},
    )

    def found(self, data: dict[str, Any]) -> tuple[str, ...]:
        with known(self.rules):
            return verify(Plan.model_validate(data), self.catalog)

    def test_the_plan_itself_holds(self, good: Plan) -> None:
        assert self.found(copy(good)) == ()
        assert tier(good) == 4 + 4 + 8 + 1 + 1

    @pytest.mark.parametrize("n", range(7))
    def test_a_wish_said_not_to_be_granted(self, good: Plan, n: int) -> None:
        data = copy(good)
        data["wishes"][n]["granted"] = False
        assert "which wishes come true is not what the plan holds" in self.found(data)

    def test_two_hard_courses_in_one_year(self, good: Plan) -> None:
        data = copy(good)
        hard = [p for p in data["placements"] if p["level"] == "ap"]
        hard[0].update({key: hard[1][key] for key in ("year", "grade")})
        said = self.found(data)
        assert "which wishes come true is not what the plan holds" in said
        assert "the record decides on wish number 7, but the plan does not hold it" in said

    def test_a_course_left_out(self, good: Plan) -> None:
        data = copy(good)
        data["placements"].remove(next(p for p in data["placements"] if p["course"] == "B"))
        assert any("worth 17, not 18" in one for one in self.found(data))

    def test_a_course_after_the_end(self, good: Plan) -> None:
        data = copy(good)
        place = next(p for p in data["placements"] if p["course"] == "B" and p["year"] == 2029)
        place.update(term="S2", terms=["S2"])
        assert any("worth 16, not 18" in one for one in self.found(data))

    def test_points_that_are_not_there(self, good: Plan) -> None:
        data = copy(good)
        wishes = next(one for one in data["tiers"] if one["name"] == "wishes")
        wishes.update(value=19, bound=19)
        assert any("worth 18, not 19" in one for one in self.found(data))


class TestRealCatalogs:
    """The same on catalogs of schools: proven, verified and granted beside the example's own goals and wishes."""

    @pytest.mark.parametrize(
        ("name", "wishes"),
        [
            ("katy-fresh", [{"any_of": {"level": "ap"}, "at_most": 2, "each": "term"}, {"free": 1, "grades": [12]}]),
            ("katy-fresh", [{"no_gap": {"subject": "world_language"}}, {"even": "rigor"}]),
            ("katy-fresh", [{"any_of": {"tag": "athletics"}, "terms": ["S1"], "each": "term", "weight": 9}]),
            ("katy-fresh", [{"any_of": {"level": "dual"}, "each": "year", "grades": [11, 12]}]),
            ("woodinville-ahead", [{"any_of": {"subject": "mathematics"}, "each": "year"}, {"even": "rigor"}]),
            ("woodinville-ahead", [{"any_of": {"level": ["ap", "dual"]}, "at_most": 1, "terms": ["2028-S1"]}]),
            ("woodinville-early", [{"finish_by": "2028-S1"}]),
            ("del-norte-uc", [{"any_of": {"level": "ap"}, "at_most": 2, "each": "year"}, {"finish_by": "2028-T2"}]),
            ("del-norte-uc", [{"free": 1, "terms": ["T3"], "must": True}, {"no_gap": {"subject": "mathematics"}}]),
        ],
    )
    def test_granted(self, name: str, wishes: list[dict[str, Any]]) -> None:
        student = load_example(name)
        asked = Student.model_validate(
            {"id": "x", "name": "X", "catalog": "x", "entering": 2026, "now": "2026-S1", "wishes": wishes}
        )
        result = plan(student.model_copy(update={"wishes": (*student.wishes, *asked.wishes)}))
        assert (result.status, result.verified, result.problems) == ("optimal", True, ())
        found = {wish.wish: wish.granted for wish in result.wishes[len(student.wishes) :]}
        assert len(found) == len(wishes)
        assert all(found.values())

    def test_a_must_that_the_diploma_does_not_allow(self) -> None:
        student = load_example("katy-fresh")
        none = Wish.model_validate({"any_of": {"subject": "english"}, "at_most": 0, "grades": [10, 11], "must": True})
        result = plan(student.model_copy(update={"wishes": (none,)}))
        assert (result.status, result.verified) == ("infeasible", True)
        assert result.conflict is not None
        (fact,) = [fact for fact in result.conflict.facts if fact.kind == "wish"]
        assert "no course of English in grades 10 and 11 (a must)" in fact.words
        assert any(fact.kind == "requirement" for fact in result.conflict.facts)


@pytest.mark.parametrize("part", range(4))
def test_one_must_less_is_never_worse(part: int) -> None:
    for seed in range(part * 20, (part + 1) * 20):
        case = shaped(Random(f"musts {seed}"))
        musts = [wish for wish in case.shapes if wish.get("must")]
        if musts:
            without(case, musts[0])


def without(case: Case, must: dict[str, Any]) -> None:
    """The tiers above quality are no worse once one of the musts is taken out."""
    rules = program(*(asked(f"r{n}", one) for n, one in enumerate(case.diploma)))
    catalog = school(*case.courses, names=case.names, most=case.most)
    held = solved(catalog, as_student(case), rules)
    case.shapes.remove(must)
    free = solved(catalog, as_student(case), rules)
    assert free.answer.placed is not None or held.answer.placed is None
    if held.answer.placed is not None:
        assert upper(free) <= upper(held)


@pytest.mark.parametrize("part", range(4))
def test_no_wish_costs_a_goal_anything(part: int) -> None:
    for seed in range(part * 15, (part + 1) * 15):
        case = shaped(Random(f"goals {seed}"))
        case.shapes = [wish for wish in case.shapes if not wish.get("must")]
        rules = program(*(asked(f"r{n}", one) for n, one in enumerate(case.diploma)))
        goal = program(asked("g", (case.goal or case.diploma)[0]), id="goal", kind="endorsement")
        catalog = school(*case.courses, names=case.names, most=case.most)
        tiers = solved(catalog, as_student(case), rules, goal).tiers
        plainer = solved(catalog, as_student(replace(case, shapes=[], wishes=[])), rules, goal).tiers
        assert [tiers[name] for name in ("graduation", "goal:goal")] == [
            plainer[name] for name in ("graduation", "goal:goal")
        ], seed
