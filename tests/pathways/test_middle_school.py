"""Planning that begins in grades 6 to 8: courses for high-school credit, before high school."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from catalogs import Catalog, InputError
from pathways.plan import Plan
from pathways.student import Student
from pathways.timeline import timeline
from pathways.verify import verify
from requirements.crediting import planned_entry
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


def pupil(grade: int = 8, **record: Any) -> Student:
    """Somebody in middle school in the fall of 2026."""
    return person(grade=9, **{"now": "2026-S1", "entering": 2026 + 9 - grade, **record})


def ladder(*, eighth: bool = True) -> Catalog:
    """Five courses of mathematics in a row, the first of them open to grade 8."""
    grades = (8, 9, 10, 11, 12) if eighth else (9, 10, 11, 12)
    return school(
        course("M1", grades=grades, sced=MATHEMATICS),
        *(course(f"M{i}", needs=f"M{i - 1}", subject="Mathematics") for i in range(2, 6)),
        course("E", grades=(8, 9, 10, 11, 12), sced="01001"),
    )


RULES = program(credits("m", 1, "M1"), credits("e", 1, "E"))


class TestTimeline:
    @pytest.mark.parametrize("grade", [6, 7, 8])
    def test_from_the_grade_to_graduation(self, grade: int) -> None:
        line = timeline(pupil(grade), school(half("H")).calendar)
        assert (line.terms[0].text, line.terms[0].grade, line.first) == ("2026-S1", grade, 0)
        assert (line.terms[-1].text, line.terms[-1].grade) == (f"{2026 + 12 - grade}-S2", 12)
        assert [t.grade for t in line.terms if t.name == "S1"] == list(range(grade, 13))

    def test_no_earlier_than_grade_6(self) -> None:
        assert timeline(person(now="2026-S1", entering=2031), school(half("H")).calendar).terms[0].grade == 6
        with pytest.raises(ValidationError):
            Student.model_validate(pupil(6).model_dump() | {"grade": 5})

    def test_a_grade_that_does_not_follow_from_entering(self) -> None:
        line = timeline(Student.model_validate(pupil(8).model_dump() | {"grade": 7}), school(half("H")).calendar)
        assert (line.terms[0].grade, line.terms[-1].text) == (7, "2031-S2")


class TestCourses:
    def test_only_those_open_to_the_grade(self) -> None:
        assert solved(ladder(), pupil(), RULES).starts("M1")[0] == "2026-S1"
        assert solved(ladder(), pupil(7), RULES).starts("M1")[0] == "2027-S1"
        assert solved(ladder(eighth=False), pupil(), RULES).starts("M1")[0] == "2027-S1"

    def test_nothing_is_taken_early_without_need(self) -> None:
        plan = planned(ladder(), pupil(), RULES)
        assert {p.course for p in plan.placements if p.grade > 8} == {"M1", "E"}

    def test_a_wish_may_need_it(self) -> None:
        plan = planned(ladder(), pupil(wishes=[{"course": "M5"}]), RULES)
        assert places(plan)["M1"] == ["2026-S1"]
        assert places(plan)["M5"] == ["2030-S1"]
        assert places(plan)["E"] == ["2027-S1"]
        assert plan.placements[0].grade == 8
        assert not planned(ladder(eighth=False), pupil(wishes=[{"course": "M5"}]), RULES).wishes[0].granted

    def test_a_pin_asks_the_school_to_open_it(self) -> None:
        for pin in ({"term": "2026-S1"}, {"by_grade": 8}):
            plan = planned(ladder(eighth=False), pupil(pins=[{"course": "M1", **pin}]), RULES)
            assert places(plan)["M1"] == ["2026-S1"]
            assert "ask whether the school opens it to grade 8" in plan.placements[0].assumptions[0]

    def test_without_pin_or_assumption_it_is_found(self) -> None:
        plan = planned(ladder(eighth=False), pupil(pins=[{"course": "M1", "by_grade": 8}]), RULES)
        data = plan.model_dump(mode="json", by_alias=True)
        silent, free = json.loads(json.dumps(data)), json.loads(json.dumps(data))
        silent["placements"][0]["assumptions"] = []
        free["request"]["pins"] = []
        for one in (silent, free):
            with known(RULES):
                assert any(
                    "open to grades 9, 10, 11, 12" in said
                    for said in verify(Plan.model_validate(one), ladder(eighth=False))
                )

    def test_no_later_than_its_grades_all_the_same(self) -> None:
        with pytest.raises(InputError, match="pinned to 2027-S1, but it may begin"):
            compiled(
                school(course("M1", grades=(10,)), course("E")),
                pupil(pins=[{"course": "M1", "term": "2027-S1"}]),
                RULES,
            )

    def test_credit_counts_as_that_of_middle_school(self) -> None:
        catalog = ladder()
        assert planned_entry(catalog.by_code["M1"], catalog, 2026, "S1", 8).origin == "middle_school"
        assert planned_entry(catalog.by_code["M1"], catalog, 2027, "S1", 9).origin == "school"

    def test_what_is_in_progress_in_middle_school(self) -> None:
        line = {"course": "M1", "year": 2026, "term": "S1", "in_progress": True, "origin": "middle_school"}
        plan = planned(ladder(), pupil(transcript=[line]), program(credits("m", 2, "M1", "M2")))
        assert places(plan) == {"M2": places(plan)["M2"]}
        assert plan.record[0].grade == 8
        assert plan.free["2026-S2"] == 1  # of the two that the school gives before grade 9

    def test_mathematics_every_year_goes_on_from_there(self) -> None:
        every = {"any_of": {"code": [f"M{i}" for i in range(1, 6)]}, "at_least": 1, "each": "year"}
        plan = planned(ladder(), pupil(wishes=[every, {"course": "M5"}]), RULES)
        assert sorted(p.grade for p in plan.placements if p.course != "E") == [8, 9, 10, 11, 12]
        assert plan.wishes[0].granted

    def test_a_rule_on_grades_does_not_count_it(self) -> None:
        rules = program(credits("m", 1, "M1", during=[9, 10, 11, 12]))
        found = solved(school(course("M1", grades=(8,)), course("E")), pupil(), rules)
        assert found.short == 1


class TestLoad:
    catalog = school(*(course(f"C{i}", grades=(8, 9)) for i in range(4)), least=2)
    rules = program(credits("x", 4, *(f"C{i}" for i in range(4))))

    def early(self, **record: Any) -> int:
        student = pupil(graduate="2027-S2", **record)
        return sum(p.grade == 8 for p in planned(self.catalog, student, self.rules).placements)

    def test_two_courses_a_term_if_not_said(self) -> None:
        most = {"load": {"max": 1}}  # that of high school
        assert self.early(**most) == 2

    def test_as_the_record_says(self) -> None:
        assert self.early(load={"max": 1, "middle_school": 3}) == 3
        assert self.early(load={"max": 1, "middle_school": 0}) == 0
        assert self.early(load={"max": 1, "terms": {"2026-S1": {"max": 1}}}) == 1

    def test_the_fewest_of_high_school_do_not_bind(self) -> None:
        assert self.early() == 0

    def test_too_many_are_found(self) -> None:
        plan = planned(self.catalog, pupil(graduate="2027-S2", load={"max": 1}), self.rules)
        data = plan.model_dump(mode="json", by_alias=True)
        for place in data["placements"]:
            place.update(year=2026, grade=8)
        with known(self.rules):
            assert any(
                "2026-S1 holds 3 periods, but 2 is the most" in one
                for one in verify(Plan.model_validate(data), self.catalog)
            )


class TestWishes:
    def test_every_year_means_high_school(self) -> None:
        catalog = school(*(course(f"M{i}", title=f"M {'ABCDE'[i]}", grades=(8, 9, 10, 11, 12)) for i in range(5)))
        every = {"any_of": {"any_course": True}, "at_least": 1, "each": "year"}
        plan = planned(catalog, pupil(wishes=[every]), program(credits("x", 1)))
        assert plan.wishes[0].words == "in each of the 4 school years"
        plan = planned(catalog, pupil(wishes=[every | {"grades": [8]}]), program(credits("x", 1)))
        assert min(p.grade for p in plan.placements) == 8

    def test_a_wish_for_a_grade_of_middle_school(self) -> None:
        plan = planned(ladder(), pupil(wishes=[{"course": "M1", "grades": [8]}]), RULES)
        assert places(plan)["M1"] == ["2026-S1"]
