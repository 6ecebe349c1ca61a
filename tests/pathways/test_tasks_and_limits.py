"""Courses or a task still to be done, and limits over several requirements: what the planner makes of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.pathways.school import course, credits, person, places, planned, program, school, solved

SCHOOL = school(*(course(code) for code in "ABCDE"))
TEST = {"id": "test", "task": "assessment"}


def either(*ways: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"id": "either", "any_of": list(ways), "at_least": least}


class TestTasks:
    def test_courses_rather_than_a_task_still_to_do(self) -> None:
        made = planned(SCHOOL, person(), program(either(credits("a", 1, "A"), TEST)))
        assert set(places(made)) == {"A"}

    def test_a_task_that_is_done_needs_no_courses(self) -> None:
        done = person(achievements=[{"requirement": "test"}])
        made = planned(SCHOOL, done, program(either(credits("a", 1, "A"), TEST)))
        assert places(made) == {}
        assert made.audit.status == "met"

    def test_a_task_where_courses_do_not_fit(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        made = planned(catalog, person(grade=12), program(either(credits("a", 1, "A"), TEST), credits("b", 1, "B")))
        assert set(places(made)) == {"B"}
        assert (made.status, made.unmet) == ("optimal", ())

    def test_a_task_beside_courses_weighs_as_well(self) -> None:
        mixed = {"id": "mixed", "all_of": [credits("any", 1), TEST]}
        made = planned(SCHOOL, person(), program(either(credits("a", 1, "A"), mixed)))
        assert set(places(made)) == {"A"}

    def test_not_many_courses_for_one_task(self) -> None:
        """Courses go before a task, but a whole year of them is not added for it."""
        made = planned(SCHOOL, person(), program(either(credits("all", 5, *"ABCDE"), TEST)))
        assert places(made) == {}
        assert made.unmet == ()

    @pytest.mark.parametrize(("least", "expected"), [(1, 1), (2, 2)])
    def test_of_several_ways(self, least: int, expected: int) -> None:
        ways = (credits("a", 1, "A"), credits("b", 1, "B"), TEST)
        made = planned(SCHOOL, person(), program(either(*ways, least=least)))
        assert len(places(made)) == expected

    def test_a_way_that_lacks_only_a_task_misses_no_courses(self) -> None:
        """Half of one way is on record; the other way is open, so that no credit is called missing."""
        catalog = school(course("A", "0.5"), course("B"), most=1)
        record = person(grade=12, transcript=[{"course": "A", "year": 2025, "mark": "B"}])
        made = planned(catalog, record, program(either(credits("a", 1, "A"), TEST), credits("b", 1, "B")))
        assert (made.status, made.unmet) == ("optimal", ())


class TestLimits:
    def test_over_the_program(self) -> None:
        limit = {"id": "few", "credits": 1, "from": {"code": ["A", "B"]}}
        asked = program(credits("all", 3), limits=[limit])
        made = planned(SCHOOL, person(wishes=[{"course": "A"}, {"course": "B"}]), asked)
        assert {"A", "B"} <= set(places(made))
        assert len(places(made)) == 4

    def test_over_a_total(self) -> None:
        limits = [
            {"id": "wide", "credits": 2, "from": {"code": ["A", "B", "C"]}},
            {"id": "few", "credits": 1, "from": {"code": ["A", "B"]}},
        ]
        asked = program({"id": "all", "total": 3}, limits=limits)
        assert solved(school(*(course(code) for code in "ABC")), person(), asked).short == 1
        assert solved(SCHOOL, person(), asked).short == 0
        made = planned(SCHOOL, person(), asked)
        assert made.unmet == ()

    def test_over_credit_of_some_grades(self) -> None:
        limit = {"id": "early", "credits": 1, "from": {"any_course": True}, "during": [9, 10]}
        made = planned(SCHOOL, person(), program(credits("all", 4), limits=[limit]))
        early = [one for one in made.placements if one.grade in (9, 10)]
        assert len(early) <= 1
        assert made.unmet == ()

    def test_of_a_substitution_for_several(self) -> None:
        sub = {"id": "s", "instead_of": ["a", "b"], "allowed": {"code": ["C", "D"]}, "credits": 1}
        asked = program(credits("a", 1, "A"), credits("b", 1, "B"), substitutions=[sub])
        catalog = school(*(course(code) for code in "ACD"))
        assert solved(catalog, person(), asked).short == 0
        assert solved(school(course("C"), course("D")), person(), asked).short == Fraction(1)
