"""What the planner must know about courses, terms and records, one thing at a time, on schools of a few courses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from catalogs import InputError
from tests.pathways.school import (
    ENGLISH,
    MATHEMATICS,
    compiled,
    course,
    credits,
    half,
    person,
    planned,
    program,
    school,
    solved,
    versions,
)

ANY = program(credits("all", 1))


def needs(*codes: str, amount: str | None = None) -> Any:
    """A diploma that asks for all of these courses."""
    if amount:
        return program(credits("all", amount, *codes))
    return program(*(credits(code.lower(), "0.5" if code.startswith("H") else 1, code) for code in codes))


class TestTerms:
    def test_a_year_course_begins_with_the_year(self) -> None:
        found = solved(school(course("A")), person(), needs("A"))
        assert found.starts("A") == ["2026-S1", "2027-S1", "2028-S1", "2029-S1"]

    def test_a_course_of_one_term_may_begin_in_any(self) -> None:
        found = solved(school(half("H")), person(grade=12), needs("H"))
        assert found.starts("H") == ["2026-S1", "2026-S2"]

    def test_a_year_course_fills_every_term_of_its_year(self) -> None:
        found = solved(school(course("A"), half("H1"), half("H2"), most=1), person(grade=12), needs("A", "H1", "H2"))
        assert found.short == 1

    def test_a_course_of_two_quarters_fits_inside_the_year(self) -> None:
        catalog = school(course("A", "0.5", terms=2), names=("Q1", "Q2", "Q3", "Q4"))
        found = solved(catalog, person(grade=12, term="Q1"), program(credits("a", "0.5", "A")))
        assert found.starts("A") == ["2026-Q1", "2026-Q2", "2026-Q3"]

    def test_offered_in_some_terms(self) -> None:
        found = solved(school(half("H", offered=("S2",))), person(grade=11), needs("H"))
        assert found.starts("H") == ["2026-S2", "2027-S2"]

    @pytest.mark.parametrize(("years", "terms"), [("odd", ["2027-S1", "2029-S1"]), ("even", ["2026-S1", "2028-S1"])])
    def test_alternate_years(self, years: str, terms: list[str]) -> None:
        assert solved(school(course("A", years=years)), person(), needs("A")).starts("A") == terms

    def test_grades(self) -> None:
        found = solved(school(course("A", grades=(11,))), person(), needs("A"))
        assert found.where == {"A": ["2028-S1"]}

    def test_double_periods(self) -> None:
        catalog = school(course("A", periods=2), course("B"), most=2)
        assert solved(catalog, person(grade=12), needs("A", "B")).short == 1
        assert solved(catalog, person(grade=11), needs("A", "B")).short == 0

    def test_load_of_a_term(self) -> None:
        catalog = school(*(half(f"H{i}") for i in range(4)), most=3)
        student = person(grade=12, load={"terms": {"2026-S1": {"max": 1}}})
        where = solved(catalog, student, needs("H0", "H1", "H2", "H3")).where
        assert sorted(t for terms in where.values() for t in terms) == ["2026-S1"] + ["2026-S2"] * 3

    def test_fewest_periods_are_filled(self) -> None:
        catalog = school(course("A"), course("B"), course("C"), most=3, least=2)
        assert len(solved(catalog, person(grade=12), needs("A")).where) == 2

    def test_the_load_is_even(self) -> None:
        catalog = school(*(course(code) for code in "ABCD"), most=4)
        where = solved(catalog, person(grade=11), needs(*"ABCD")).where
        assert sorted(t for terms in where.values() for t in terms) == ["2026-S1"] * 2 + ["2027-S1"] * 2

    @pytest.mark.parametrize("behind", range(8))
    def test_terms_that_are_left(self, behind: int) -> None:
        student = person(grade=9 + behind // 2, term=("S1", "S2")[behind % 2])
        starts = solved(school(half("H")), student, needs("H")).starts("H")
        assert len(starts) == 8 - behind
        assert starts[0] == f"2026-{('S1', 'S2')[behind % 2]}"

    def test_from_the_middle_of_a_year(self) -> None:
        catalog = school(course("A"), half("H"))
        assert solved(catalog, person(grade=12, term="S2"), needs("A", "H")).where == {"H": ["2026-S2"]}

    def test_courses_in_progress_fill_their_periods_and_count(self) -> None:
        catalog = school(course("A"), half("H0"), half("H1"), most=2)
        line = {"course": "A", "year": 2026, "term": "S1", "grade": 12, "in_progress": True}
        found = solved(catalog, person(grade=12, transcript=[line]), needs("A", "H0", "H1"))
        assert found.starts("H0") == ["2026-S2"]
        assert found.short == Fraction(1, 2)

    def test_a_student_with_nothing_left_to_plan(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        found = solved(school(course("A")), person(grade=12, transcript=[line]), needs("A"))
        assert (found.where, found.short, found.answer.status) == ({}, 0, "OPTIMAL")

    def test_the_last_term_is_under_way(self) -> None:
        line = {"course": "H", "year": 2026, "term": "S2", "grade": 12, "in_progress": True}
        found = solved(school(half("H"), half("H2")), person(grade=12, term="S2", transcript=[line]), needs("H"))
        assert (found.where, found.short) == ({}, 0)

    def test_early_graduation(self) -> None:
        found = solved(school(course("A"), course("B", needs="A")), person(graduate="2027-S2"), needs("A", "B"))
        assert found.where == {"A": ["2026-S1"], "B": ["2027-S1"]}
        assert solved(school(course("A", grades=(11,))), person(graduate="2027-S2"), needs("A")).short == 1

    def test_a_fifth_year_is_another_grade_12(self) -> None:
        catalog = school(course("A", grades=(12,)), course("B", grades=(11,)))
        found = solved(catalog, person(grade=12, graduate="2027-S2"), needs("A", "B"))
        assert found.starts("A") == ["2026-S1", "2027-S1"]
        assert not found.assumed("A")


class TestSummer:
    def test_only_where_allowed(self) -> None:
        catalog = school(half("H", offered=("S2", "Summer")), summer=2)
        assert solved(catalog, person(grade=11), needs("H")).starts("H") == ["2026-S2", "2027-S2"]
        student = person(grade=11, summer={"allowed": True})
        assert solved(catalog, student, needs("H")).starts("H") == ["2026-S2", "2026-Summer", "2027-S2"]

    def test_listed_ones_rule_others_out(self) -> None:
        catalog = school(half("H", offered=("Summer",)), half("H2"), summer=2)
        assert "2026-Summer" not in solved(catalog, person(summer={"allowed": True}), needs("H2")).starts("H2")

    def test_assumed_where_nothing_is_listed(self) -> None:
        found = solved(school(half("H")), person(grade=11, term="S2", summer={"allowed": True}), needs("H"))
        assert "2026-Summer" in found.starts("H")
        assert found.where != {"H": ["2026-Summer"]}
        assert any("summer" in text for text in found.assumed("H"))

    def test_a_failed_year_course_may_be_won_back_in_summer(self) -> None:
        catalog = school(course("A", grades=(9,)), course("B", grades=(12,), needs="A"))
        failed = {"course": "A", "year": 2024, "term": "S1", "grade": 9, "mark": "F"}
        student = person(grade=11, term="S2", transcript=[failed], summer={"allowed": True})
        assert solved(catalog, student, needs("A", "B")).where == {"A": ["2026-Summer"], "B": ["2027-S1"]}

    def test_no_more_than_so_many(self) -> None:
        catalog = school(*(half(f"H{i}", offered=("Summer",)) for i in range(3)), summer=2)
        student = person(grade=11, summer={"allowed": True})
        assert solved(catalog, student, needs("H0", "H1", "H2")).short == Fraction(1, 2)
        student = person(grade=11, summer={"allowed": True, "max": 3})
        assert solved(catalog, student, needs("H0", "H1", "H2")).short == 0


class TestPrerequisites:
    def test_before_not_beside(self) -> None:
        catalog = school(course("A"), course("B", needs="A"))
        assert solved(catalog, person(grade=11), needs("A", "B")).where == {"A": ["2026-S1"], "B": ["2027-S1"]}
        assert solved(catalog, person(grade=12), needs("A", "B")).short == 1

    def test_a_half_year_later(self) -> None:
        catalog = school(half("H1"), half("H2", needs="H1"))
        assert solved(catalog, person(grade=12), needs("H1", "H2")).where == {"H1": ["2026-S1"], "H2": ["2026-S2"]}

    def test_concurrent(self) -> None:
        catalog = school(course("A"), course("B", needs="concurrent:A"))
        assert solved(catalog, person(grade=12), needs("A", "B")).short == 0
        late = school(course("A", grades=(12,)), course("B", needs="concurrent:A"))
        assert solved(late, person(), needs("A", "B")).where == {"A": ["2029-S1"], "B": ["2029-S1"]}

    def test_either_or(self) -> None:
        catalog = school(course("A", grades=(12,)), course("B"), course("C", needs="A or B"))
        assert solved(catalog, person(), needs("C")).where.keys() == {"B", "C"}

    def test_both(self) -> None:
        catalog = school(course("A"), course("B"), course("C", needs="A and B"))
        assert solved(catalog, person(), needs("C")).where.keys() == {"A", "B", "C"}

    def test_either_one_or_two(self) -> None:
        catalog = school(course("A"), course("B"), course("D"), course("C", needs="(A and B) or D"))
        assert solved(catalog, person(), needs("C")).where.keys() == {"C", "D"}

    def test_a_grade(self) -> None:
        assert solved(school(course("A", needs="grade >= 11")), person(), needs("A")).starts("A") == [
            "2028-S1",
            "2029-S1",
        ]

    def test_a_grade_or_a_course(self) -> None:
        catalog = school(course("A"), course("B", needs="A or grade >= 11"))
        found = solved(catalog, person(), needs("B"))
        assert found.where.keys() == {"B"}
        assert found.where["B"] >= ["2028-S1"]
        assert found.starts("B")[0] == "2027-S1"

    def test_a_version_serves_where_another_is_named(self) -> None:
        catalog = school(*versions(course("A", grades=(12,)), course("AH", grades=(9,))), course("B", needs="A"))
        assert solved(catalog, person(), needs("B")).where == {"AH": ["2026-S1"], "B": ["2027-S1"]}

    @pytest.mark.parametrize(("mark", "short"), [("A", 0), ("C", 0), ("D", 1), ("P", 0)])
    def test_the_mark_it_asks_for(self, mark: str, short: int) -> None:
        catalog = school(course("A"), course("B", needs="A[C]"))
        line = {"course": "A", "year": 2025, "term": "S1", "grade": 11, "mark": mark}
        assert solved(catalog, person(grade=12, transcript=[line]), needs("B")).short == short

    def test_a_mark_too_low_is_won_back_without_new_credit(self) -> None:
        catalog = school(course("A"), course("B", needs="A[C]"))
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "D"}
        plan = planned(
            catalog, person(grade=10, transcript=[line]), program(credits("b", 1, "B"), credits("a", 1, "A"))
        )
        assert plan.status == "optimal"
        assert plan.verified, plan.problems
        assert [(p.course, p.credits) for p in plan.placements] == [("A", 0), ("B", 1)]
        assert "better mark" in plan.placements[0].assumptions[0]

    def test_a_course_in_progress_is_taken_to_be_passed(self) -> None:
        catalog = school(half("H1"), half("H2", needs="H1"))
        line = {"course": "H1", "year": 2026, "term": "S1", "in_progress": True}
        assert solved(catalog, person(grade=12, transcript=[line]), needs("H2")).where == {"H2": ["2026-S2"]}

    def test_a_year_course_in_progress_ends_with_the_year(self) -> None:
        catalog = school(course("A"), half("H", needs="A"), half("H2", needs="concurrent:A"))
        line = {"course": "A", "year": 2026, "term": "S1", "in_progress": True}
        found = solved(catalog, person(grade=11, transcript=[line]), needs("H", "H2"))
        assert found.starts("H") == ["2027-S1", "2027-S2"]
        assert found.starts("H2")[0] == "2026-S2"

    def test_credit_from_elsewhere_by_its_national_code(self) -> None:
        catalog = school(course("A", sced=MATHEMATICS), course("B", needs="A"))
        line = {"sced": MATHEMATICS, "credits": 1, "mark": "B", "origin": "transfer", "year": 2025, "grade": 9}
        assert solved(catalog, person(grade=12, transcript=[line]), needs("B")).short == 0

    def test_credit_of_middle_school(self) -> None:
        catalog = school(course("A"), course("B", needs="A"), course("C", needs="B"))
        line = {"course": "A", "mark": "B", "year": 2025, "grade": 8, "origin": "middle_school"}
        found = solved(catalog, person(graduate="2027-S2", transcript=[line]), needs("A", "B", "C"))
        assert (found.short, found.where.keys()) == (0, {"B", "C"})

    def test_half_of_the_course_is_not_the_course(self) -> None:
        catalog = school(course("A"), course("B", needs="A"))
        line = {"course": "A", "credits": 0.5, "mark": "B", "year": 2025, "term": "S1"}
        found = solved(catalog, person(grade=11, transcript=[line]), needs("A", "B"))
        assert found.where == {"A": ["2026-S1"], "B": ["2027-S1"]}
        assert found.answer.tiers[0].value == 0

    def test_a_course_outside_the_catalog_is_assumed(self) -> None:
        found = solved(school(course("A", needs="GONE")), person(), needs("A"))
        assert found.short == 0
        assert found.assumed("A") == {"needs GONE (not in this catalog)"}

    def test_a_cycle_is_no_way(self) -> None:
        catalog = school(course("A", needs="B"), course("B", needs="A"), course("C"))
        found = solved(catalog, person(), needs("A", "C"))
        assert (found.where.keys(), found.short) == ({"C"}, 1)


class TestWords:
    """Prerequisites in prose: assumed, marked, never a way around courses."""

    def test_assumed_and_marked(self) -> None:
        found = solved(school(course("A", needs='"an audition"')), person(), needs("A"))
        assert (found.short, found.assumed("A")) == (0, {"needs “an audition”"})

    def test_an_approval_on_record_is_no_assumption(self) -> None:
        student = person(approvals=["an audition"])
        assert not solved(school(course("A", needs='"an audition"')), student, needs("A")).assumed("A")

    def test_not_a_way_around_courses(self) -> None:
        catalog = school(course("A"), course("B", needs='A or "teacher approval"'))
        found = solved(catalog, person(), needs("B"))
        assert found.where.keys() == {"A", "B"}
        assert not found.assumed("B")

    def test_a_way_where_no_course_is_left(self) -> None:
        catalog = school(course("A", offered=("S2",)), course("B", needs='A or "teacher approval"'))
        found = solved(catalog, person(grade=12), needs("B"))
        assert (found.short, found.assumed("B")) == (0, {"needs “teacher approval”"})

    def test_needed_only_until_the_course_is_done(self) -> None:
        catalog = school(course("A"), course("B", needs='A or "teacher approval"'))
        line = {"course": "A", "year": 2026, "term": "S1", "in_progress": True}
        found = solved(catalog, person(grade=11, transcript=[line]), needs("A", "B"))
        assert found.where == {"B": ["2027-S1"]}
        assert not found.assumed("B")

    def test_a_chain_of_words_in_any_order(self) -> None:
        chain = (
            course("A", needs='C and "x"', grades=(12,)),
            course("B", needs='A or "approval"', grades=(11,)),
            course("C", needs='Z or "audition"', grades=(11,)),
            course("Z", needs="Y"),
            course("Y", needs="Z"),
        )
        found = {tuple(sorted(solved(school(*some), person(), needs("A", "B")).where)) for some in (chain, chain[::-1])}
        assert found == {("A", "B", "C")}

    @pytest.mark.parametrize("asked", [{"pins": [{"course": "B", "term": "2026-S1"}]}, {"wishes": [{"course": "B"}]}])
    def test_a_way_where_a_person_asked(self, asked: dict[str, Any]) -> None:
        catalog = school(course("A"), course("B", needs='A or "teacher approval"'))
        found = solved(catalog, person(grade=12, **asked), needs("B"))
        assert found.where == {"B": ["2026-S1"]}
        assert found.assumed("B") == {"needs “teacher approval”"}

    def test_a_plan_without_assumptions_is_preferred(self) -> None:
        catalog = school(course("A", needs='"an audition"'), course("B"))
        assert solved(catalog, person(), program(credits("one", 1, "A", "B"))).where.keys() == {"B"}


class TestOnce:
    def test_versions_count_once(self) -> None:
        catalog = school(*versions(course("A"), course("AH")))
        assert solved(catalog, person(), program(credits("all", 2))).short == 1

    def test_versions_by_their_titles(self) -> None:
        catalog = school(course("A", title="English 1"), course("B", title="English 1 Honors"), course("C"))
        assert solved(catalog, person(), program(credits("all", 3))).short == 1

    def test_a_course_on_record_is_not_taken_again(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        catalog = school(*versions(course("A"), course("AH")))
        assert solved(catalog, person(grade=10, transcript=[line]), program(credits("all", 2))).short == 1

    def test_a_failed_course_is_taken_again_even_past_its_grade(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "F"}
        found = solved(school(course("A", grades=(9,))), person(grade=10, transcript=[line]), needs("A"))
        assert (found.short, found.where.keys()) == (0, {"A"})

    def test_the_missing_half_is_still_to_be_earned(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "credits": 0.5, "mark": "B"}
        found = solved(school(course("A")), person(grade=10, transcript=[line]), program(credits("all", "1.5")))
        assert found.short == Fraction(1, 2)

    def test_repeatable(self) -> None:
        catalog = school(course("A", repeatable=3))
        assert solved(catalog, person(), program(credits("all", 4))).short == 1
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        assert solved(catalog, person(grade=10, transcript=[line]), program(credits("all", 4))).short == 1

    def test_repeated_one_after_the_other(self) -> None:
        catalog = school(course("A", "0.5", terms=2, repeatable=4), names=("Q1", "Q2", "Q3", "Q4"))
        found = solved(catalog, person(grade=12, term="Q1"), program(credits("all", 2)))
        assert found.short == 1
        assert found.where == {"A": ["2026-Q1", "2026-Q3"]}

    def test_what_excludes_another(self) -> None:
        catalog = school(course("A", tags=("excludes:B",)), course("B"))
        assert solved(catalog, person(), program(credits("all", 2))).short == 1

    def test_what_excludes_one_on_record(self) -> None:
        catalog = school(course("A", tags=("excludes:B",)), course("B"))
        line = {"course": "B", "year": 2025, "term": "S1", "mark": "B"}
        assert solved(catalog, person(grade=10, transcript=[line]), program(credits("all", 2))).short == 1

    def test_what_excludes_one_on_record_that_may_be_taken_again(self) -> None:
        """B may be repeated for the mark that C asks, so it is still a choice; A is none all the same."""
        catalog = school(course("A", tags=("excludes:B",)), course("B"), course("C", needs="B[C]"))
        line = {"course": "B", "year": 2025, "term": "S1", "mark": "D"}
        asked = program(credits("any", 1, "A"), credits("c", 1, "C"))
        found = solved(catalog, person(grade=10, transcript=[line]), asked)
        assert found.short == 1
        assert set(found.where) == {"B", "C"}

    def test_what_one_on_record_excludes(self) -> None:
        catalog = school(course("A", tags=("excludes:B",)), course("B"))
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        assert solved(catalog, person(grade=10, transcript=[line]), program(credits("all", 2))).short == 1

    def test_a_course_that_the_years_have_passed_by_is_left_to_a_person(self) -> None:
        catalog = school(course("A", grades=(9,)), course("B"))
        older = solved(catalog, person(grade=10), program(credits("a", 1, "A")))
        assert older.short == 0
        assert any("meant for grade 9" in one for one in older.assumed("A"))
        younger = school(course("A", grades=(12,)), course("B"))
        early = person(grade=9, graduate="2027-S2")
        assert solved(younger, early, program(credits("a", 1, "A"))).short == 1

    def test_a_repeatable_course_that_excludes_another_still_repeats(self) -> None:
        catalog = school(course("A", repeatable=2, tags=("excludes:B",)), course("B"))
        assert solved(catalog, person(), program(credits("all", 2, "A"))).short == 0


class TestTotals:
    catalog = school(course("A"), course("B"), most=1)

    def test_of_any_course(self) -> None:
        rules = program(credits("a", 1, "A"), {"id": "total", "total": 2})
        assert solved(self.catalog, person(), rules).where.keys() == {"A", "B"}

    def test_of_some_courses_only(self) -> None:
        rules = program({"id": "total", "total": 2, "from": {"code": "A"}})
        assert solved(self.catalog, person(), rules).short == 1

    def test_of_which_part_is_waived(self) -> None:
        waiver = {"requirement": "total", "credits": 1, "reason": "moved", "by": "principal"}
        found = solved(self.catalog, person(waivers=[waiver]), program({"id": "total", "total": 2}))
        assert (found.short, len(found.where)) == (0, 1)


class TestPeople:
    def test_waivers(self) -> None:
        waiver = {"requirement": "b", "reason": "moved", "by": "principal"}
        found = solved(school(course("A"), course("B")), person(waivers=[waiver]), needs("A", "B"))
        assert found.where.keys() == {"A"}

    def test_waiver_of_part(self) -> None:
        catalog = school(*(course(f"A{i}") for i in range(3)))
        waiver = {"requirement": "all", "credits": 1, "reason": "moved", "by": "principal"}
        assert len(solved(catalog, person(waivers=[waiver]), program(credits("all", 3))).where) == 2

    def test_a_substitution_for_one_student(self) -> None:
        catalog = school(course("A"), course("B", grades=(9,)))
        own = {"requirement": "b", "course": "A", "reason": "agreed", "by": "counselor"}
        assert solved(catalog, person(grade=12, substitutions=[own]), program(credits("b", 1, "B"))).short == 0

    def test_one_course_accepted_for_two_requirements(self) -> None:
        catalog = school(course("A"), course("B", grades=(9,)), course("C", grades=(9,)))
        own = [{"requirement": r, "course": "A", "reason": "agreed", "by": "counselor"} for r in ("b", "c")]
        rules = program(credits("b", "0.5", "B"), credits("c", "0.5", "C"))
        assert solved(catalog, person(grade=12, substitutions=own), rules).short == 0

    def test_where_a_course_on_record_counts(self) -> None:
        rules = program(credits("a", 1, "A", "B"), credits("b", 1, "A"))
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        pin = {"course": "A", "requirement": "a"}
        catalog = school(course("A"), course("B"))
        assert solved(catalog, person(grade=12, transcript=[line]), rules).short == 0
        assert solved(catalog, person(grade=12, transcript=[line], counts=[pin]), rules).short == 1

    def test_where_a_planned_course_counts(self) -> None:
        rules = program(credits("a", 1, "A", "B"), credits("b", 1, "A"))
        pin = {"course": "A", "requirement": "a"}
        assert solved(school(course("A"), course("B")), person(counts=[pin]), rules).short == 1

    def test_a_version_of_what_it_needs_does_not_fulfil_it(self) -> None:
        """Nor with a permission to take it beside."""
        catalog = school(*versions(course("A"), course("AH", needs="A")), course("B"))
        beside = {"course": "AH", "lifts": "beside_prerequisite"}
        found = solved(catalog, person(permissions=[beside], wishes=[{"course": "AH"}]), needs("B"))
        assert found.where.keys() == {"B"}

    def test_pin_to_a_term(self) -> None:
        pin = {"course": "A", "term": "2028-S1"}
        assert solved(school(course("A")), person(pins=[pin]), needs("A")).where == {"A": ["2028-S1"]}

    def test_pin_by_a_grade(self) -> None:
        catalog = school(course("A"), course("B"), most=1)
        pins = [{"course": "A", "by_grade": 9}]
        assert solved(catalog, person(pins=pins), needs("A", "B")).where["A"] == ["2026-S1"]

    def test_pin_of_what_the_diploma_does_not_ask(self) -> None:
        found = solved(school(course("A"), course("B")), person(pins=[{"course": "B", "by_grade": 12}]), needs("A"))
        assert found.where.keys() == {"A", "B"}

    def test_never(self) -> None:
        pin = {"course": "A", "never": True}
        assert solved(school(course("A"), course("B")), person(pins=[pin]), program(credits("x", 1))).where.keys() == {
            "B"
        }

    def test_a_pin_of_a_course_already_earned(self) -> None:
        line = {"course": "A", "year": 2025, "term": "S1", "mark": "B"}
        student = person(grade=10, transcript=[line], pins=[{"course": "A", "by_grade": 10}])
        assert solved(school(course("A")), student, needs("A")).short == 0

    def test_two_versions_pinned_cannot_be(self) -> None:
        catalog = school(*versions(course("A"), course("AH")))
        pins = [{"course": "A", "term": "2026-S1"}, {"course": "AH", "term": "2027-S1"}]
        found = solved(catalog, person(pins=pins), needs("A"))
        assert (found.answer.status, found.answer.placed) == ("INFEASIBLE", None)

    def test_services(self) -> None:
        catalog = school(course("A", level="el"), course("B", level="special-education"), course("C"))
        rules = program(credits("all", 3))
        assert solved(catalog, person(), rules).where.keys() == {"C"}
        assert solved(catalog, person(services=["english_learner"]), rules).where.keys() == {"A", "C"}
        assert solved(catalog, person(services=["special_education"]), rules).where.keys() == {"B", "C"}
        assert solved(catalog, person(wishes=[{"course": "A"}]), rules).where.keys() == {"A", "C"}

    def test_a_reduced_load(self) -> None:
        catalog = school(*(course(f"A{i}") for i in range(4)))
        assert solved(catalog, person(grade=12, load={"max": 3}), program(credits("all", 4))).short == 1


class TestWishes:
    def test_granted_where_it_costs_no_goal(self) -> None:
        found = solved(school(course("A"), course("W")), person(wishes=[{"course": "W", "weight": 3}]), needs("A"))
        assert (found.where.keys(), found.tiers["wishes"]) == ({"A", "W"}, 3)

    def test_never_at_the_cost_of_graduation(self) -> None:
        catalog = school(course("A"), course("W"), most=1)
        found = solved(catalog, person(grade=12, wishes=[{"course": "W", "weight": 9}]), needs("A"))
        assert (found.where.keys(), found.short, found.tiers["wishes"]) == ({"A"}, 0, 0)

    def test_the_dearest_wish_first(self) -> None:
        catalog = school(course("A"), course("V"), course("W"), most=2)
        wishes = [{"course": "W", "weight": 2}, {"course": "V", "weight": 3}]
        assert solved(catalog, person(grade=12, wishes=wishes), needs("A")).where.keys() == {"A", "V"}

    def test_a_kind_of_course(self) -> None:
        catalog = school(course("A"), course("E", sced=ENGLISH), course("F", sced="01002"))
        found = solved(catalog, person(wishes=[{"any_of": {"subject": "english"}, "weight": 2}]), needs("A"))
        assert found.tiers["wishes"] == 2
        assert len(found.where) == 2

    def test_what_comes_before_a_wish_is_planned_too(self) -> None:
        catalog = school(course("A"), course("B", needs="A"), course("W", needs="B"))
        found = solved(catalog, person(wishes=[{"course": "W"}]), program(credits("x", "0.5")))
        assert found.where.keys() == {"A", "B", "W"}

    def test_a_refused_course_is_left_out_where_it_can(self) -> None:
        student = person(refusals=[{"course": "A"}])
        assert solved(school(course("A"), course("B")), student, program(credits("x", 1))).where.keys() == {"B"}
        found = solved(school(course("A")), student, needs("A"))
        assert (found.where.keys(), found.tiers["wishes"]) == ({"A"}, -1)

    def test_refused_twice(self) -> None:
        student = person(refusals=[{"course": "A"}, {"any_of": {"code": "A"}, "weight": 2}])
        assert solved(school(course("A")), student, needs("A")).tiers["wishes"] == -3

    def test_wished_and_refused(self) -> None:
        student = person(wishes=[{"course": "A", "weight": 2}], refusals=[{"course": "A"}])
        assert solved(school(course("A")), student, program(credits("x", 1))).tiers["wishes"] == 1

    def test_goals_come_before_wishes(self) -> None:
        catalog = school(course("A"), course("B"), course("W"), most=2)
        goal = program(credits("b", 1, "B"), id="goal", kind="endorsement")
        found = solved(catalog, person(grade=12, wishes=[{"course": "W", "weight": 9}]), needs("A"), goal)
        assert found.where.keys() == {"A", "B"}
        assert found.tiers["goal:goal"] == 0

    def test_goals_in_the_order_of_the_student(self) -> None:
        catalog = school(course("A"), course("B"), course("C"), most=2)
        goals = [program(credits("x", 1, code), id=f"goal-{code.lower()}", kind="endorsement") for code in "BC"]
        assert solved(catalog, person(grade=12), needs("A"), *goals).where.keys() == {"A", "B"}
        assert solved(catalog, person(grade=12), needs("A"), *goals[::-1]).where.keys() == {"A", "C"}


class TestQuality:
    def test_nothing_is_added_without_need(self) -> None:
        assert solved(school(course("A"), course("B")), person(), needs("A")).where.keys() == {"A"}

    def test_one_course_of_a_year_rather_than_two_halves(self) -> None:
        catalog = school(half("H1"), half("H2"), course("A"))
        assert solved(catalog, person(), program(credits("x", 1))).where.keys() == {"A"}

    def test_core_subjects_do_not_wait(self) -> None:
        found = solved(school(course("A", sced=ENGLISH)), person(), needs("A"))
        assert found.where == {"A": ["2026-S1"]}

    def test_rigor_rises(self) -> None:
        catalog = school(course("P", level="ap", title="P"), course("R", title="R"))
        found = solved(catalog, person(grade=11), needs("P", "R"))
        assert found.where == {"P": ["2027-S1"], "R": ["2026-S1"]}

    def test_a_sequence_does_not_pause(self) -> None:
        catalog = school(course("L1", subject="L"), course("L2", subject="L", needs="L1"), course("B"), course("C"))
        pins = [{"course": "L1", "term": "2027-S1"}]
        where = solved(catalog, person(pins=pins), needs("L1", "L2", "B", "C")).where
        assert where["L2"] == ["2028-S1"]

    def test_nearness_to_the_plan_in_force(self) -> None:
        catalog = school(course("A"), course("B"))
        rules = program(credits("x", 1))
        for code in "AB":
            student = person(plan_in_force=[{"course": code, "term": "2027-S1"}])
            found = solved(catalog, student, rules)
            assert found.where == {code: ["2027-S1"]}
            assert found.tiers["nearness"] == 3


def refused(catalog: Any, **record: Any) -> str:
    with pytest.raises(InputError) as error:
        compiled(catalog, person(**record), needs("A"))
    return str(error.value)


class TestMistakes:
    """Each names the place and the mend."""

    catalog = school(course("A"), course("B", offered=("S1",), grades=(12,)), course("ALG", title="Algebra"))

    @pytest.mark.parametrize("place", ["pins", "wishes", "refusals", "plan_in_force"])
    def test_unknown_course(self, place: str) -> None:
        more = {"pins": {"never": True}, "plan_in_force": {"term": "2026-S1"}}.get(place, {})
        said = refused(self.catalog, **{place: [{"course": "ALGE", **more}]})
        assert place in said
        assert "'ALGE'" in said
        assert "ALG (Algebra)" in said

    @pytest.mark.parametrize(
        "pins",
        [
            [{"course": "A", "never": True}, {"course": "A", "term": "2026-S1"}],
            [{"course": "A", "term": "2026-S1"}, {"course": "A", "term": "2027-S1"}],
            [{"course": "A", "by_grade": 9}, {"course": "A", "term": "2027-S1"}],
        ],
    )
    def test_pins_that_contradict_each_other(self, pins: list[dict[str, Any]]) -> None:
        said = refused(self.catalog, pins=pins)
        assert "pins" in said
        assert "A" in said

    def test_pin_to_a_term_in_which_it_is_not_offered(self) -> None:
        said = refused(self.catalog, pins=[{"course": "B", "term": "2029-S2"}])
        assert "pinned to 2029-S2" in said
        assert "it may begin 2029-S1" in said

    def test_pin_to_the_past(self) -> None:
        said = refused(self.catalog, pins=[{"course": "A", "term": "2025-S1"}])
        assert "2025-S1" in said
        assert "2026-S1, 2026-S2" in said

    def test_pin_after_graduation(self) -> None:
        assert "2031-S1" in refused(self.catalog, pins=[{"course": "A", "term": "2031-S1"}])

    def test_pin_of_a_course_whose_grades_are_over(self) -> None:
        catalog = school(course("A"), course("C", grades=(9, 10), offered=("S2",)))
        assert "offered in grades 9, 10" in refused(catalog, grade=12, pins=[{"course": "C", "by_grade": 12}])

    def test_unknown_term_of_now(self) -> None:
        said = refused(self.catalog, now="2026-T1")
        assert "now" in said
        assert "S1, S2" in said

    def test_graduation_before_now(self) -> None:
        assert "graduation (2024-S2) lies before" in refused(self.catalog, graduate="2024-S2")

    def test_graduation_a_long_way_off(self) -> None:
        assert "more than 8 years" in refused(self.catalog, graduate="9999-S2")

    def test_unknown_course_on_the_transcript(self) -> None:
        said = refused(self.catalog, transcript=[{"course": "ALGX", "mark": "B"}])
        assert "transcript line 1" in said
        assert "'ALGX'" in said
