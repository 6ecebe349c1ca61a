"""Lines of a transcript become credit, once each."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs import Calendar, Catalog, Course, CreditUnit, Grading, InputError, InputErrors
from requirements.crediting import credit_entries, planned_entry
from requirements.record import Entry, TranscriptLine


def course(code: str, title: str, credits: str = "1", **more: Any) -> Course:
    return Course(code, title, more.pop("subject", "Any"), Fraction(credits), **{"terms": 2, **more})


COURSES = (
    course("ENG1", "English 1", sced="01001", subject="English"),
    course("ENG1H", "English 1 Honors", sced="01001", level="honors", subject="English"),
    course("ALG1", "Algebra 1", sced="02052", tags=("grad:math",)),
    course("BAND", "Concert Band", sced="05102", repeatable=3),
    course("GOV", "Government", "0.5", terms=1, sced="04157"),
    course("NEW", "Something New"),
    course("LAB", "Study Hall", "0"),
)


def catalog(year_course: int = 1, scale: str = "A-F") -> Catalog:
    return Catalog(
        id="here",
        name="Here High School",
        district="Here",
        state="TX",
        edition="2026",
        unit=CreditUnit("credit", Fraction(year_course)),
        calendar=Calendar(("S1", "S2"), 7),
        courses=tuple(replace(one, credits=one.credits * year_course) for one in COURSES),
        grading=Grading(scale),
    )


def read(*lines: dict[str, Any], entering: int | None = None) -> tuple[Entry, ...]:
    return credit_entries([TranscriptLine(**line) for line in lines], catalog(), entering)[0]


def amounts(*lines: dict[str, Any]) -> list[str]:
    return [str(entry.amount) for entry in read(*lines)]


def remarks(*lines: dict[str, Any]) -> list[str]:
    return [one.message for one in credit_entries([TranscriptLine(**line) for line in lines], catalog())[1]]


def error(*lines: dict[str, Any]) -> str:
    with pytest.raises(InputError) as found:
        read(*lines)
    return str(found.value)


class TestAmounts:
    def test_a_year_course_is_one_whatever_the_unit(self) -> None:
        line = TranscriptLine(course="GOV", mark="B")
        for unit in (1, 2, 5, 10):
            assert credit_entries([line], catalog(unit))[0][0].amount == Fraction(1, 2)

    def test_without_credits_the_course_tells(self) -> None:
        assert amounts({"course": "ENG1", "mark": "B"}, {"course": "GOV"}) == ["1", "1/2"]

    def test_partial_credit_as_written(self) -> None:
        assert amounts({"course": "ENG1", "credits": 0.25, "mark": "B"}) == ["1/4"]

    def test_no_more_than_the_course_earns(self) -> None:
        (entry,) = read({"course": "ENG1", "credits": 3, "mark": "B"})
        assert (str(entry.amount), entry.reason) == ("1", "repeated in part")
        assert remarks({"course": "ENG1", "credits": 3, "mark": "B"}) == [
            "only 1 of its credits count: the course earns no more"
        ]

    def test_a_course_without_credit(self) -> None:
        (entry,) = read({"course": "LAB", "mark": "A"})
        assert (str(entry.amount), entry.reason) == ("0", "no credit")

    @pytest.mark.parametrize("origin", ["school", "middle_school", "transfer", "exam", "college", "online"])
    def test_every_origin_counts_alike(self, origin: str) -> None:
        (entry,) = read({"course": "ALG1", "mark": "B", "origin": origin, "grade": 8})
        assert (str(entry.amount), entry.origin, entry.grade) == ("1", origin, 8)


class TestMarks:
    @pytest.mark.parametrize("mark", ["F", "59", "NP", "W", "I", "u"])
    def test_failed_marks_earn_nothing(self, mark: str) -> None:
        (entry,) = read({"course": "ENG1", "mark": mark})
        assert entry.amount == 0
        assert entry.reason and mark in entry.reason

    def test_the_scale_of_the_catalog_decides(self) -> None:
        line = TranscriptLine(course="ENG1", mark="65")
        assert credit_entries([line], catalog(scale="0-100, 60 passes"))[0][0].amount == 1
        assert credit_entries([line], catalog(scale="0-100, 70 passes"))[0][0].amount == 0

    def test_an_unreadable_mark_names_the_line(self) -> None:
        text = error({"course": "GOV"}, {"course": "ENG1", "mark": "??"})
        assert "transcript line 2" in text
        assert "'??'" in text

    def test_in_progress_has_no_mark_yet(self) -> None:
        (entry,) = read({"course": "ENG1", "mark": "F", "in_progress": True})
        assert (str(entry.amount), entry.stage, entry.mark) == ("1", "in_progress", None)


class TestRepeats:
    def test_the_best_mark_counts(self) -> None:
        first, second, third = read(
            {"course": "ENG1", "mark": "C", "year": 2024},
            {"course": "ENG1", "mark": "A", "year": 2025},
            {"course": "ENG1", "mark": "B", "year": 2026},
        )
        assert [first.amount, second.amount, third.amount] == [0, 1, 0]
        assert first.reason == third.reason == "repeated"

    def test_versions_of_a_course_count_once(self) -> None:
        assert amounts({"course": "ENG1", "mark": "B"}, {"course": "ENG1H", "mark": "B+"}) == ["0", "1"]

    def test_failed_then_passed(self) -> None:
        first, second = read({"course": "ENG1", "mark": "F"}, {"course": "ENG1", "mark": "D"})
        assert (str(first.amount), str(second.amount)) == ("0", "1")
        assert first.reason == "not passed (F)"

    def test_a_pass_stands_between_c_and_d(self) -> None:
        assert amounts({"course": "ENG1", "mark": "D"}, {"course": "ENG1", "mark": "P"}) == ["0", "1"]
        assert amounts({"course": "ENG1", "mark": "P"}, {"course": "ENG1", "mark": "C-"}) == ["0", "1"]

    def test_repeatable_courses_count_so_often(self) -> None:
        lines = [{"course": "BAND", "mark": "B", "year": year} for year in range(2022, 2026)]
        assert amounts(*lines) == ["1", "1", "1", "0"]

    def test_in_progress_counts_unless_already_earned(self) -> None:
        assert amounts({"course": "ENG1", "in_progress": True}, {"course": "ENG1H", "mark": "D"}) == ["0", "1"]
        assert amounts({"course": "ENG1", "in_progress": True}, {"course": "ENG1H", "mark": "F"}) == ["1", "0"]


class TestHalves:
    half: ClassVar[dict[str, Any]] = {"course": "ENG1", "credits": 0.5, "mark": "B", "year": 2025}

    def test_two_halves_make_the_whole(self) -> None:
        assert amounts({**self.half, "term": "S1"}, {**self.half, "term": "S2"}) == ["1/2", "1/2"]

    def test_halves_of_two_versions_as_well(self) -> None:
        assert amounts({**self.half, "term": "S1"}, {**self.half, "term": "S2", "course": "ENG1H"}) == ["1/2", "1/2"]

    def test_one_failed_half(self) -> None:
        assert amounts({**self.half, "term": "S1", "mark": "F"}, {**self.half, "term": "S2"}) == ["0", "1/2"]

    def test_the_same_half_again(self) -> None:
        lines = ({**self.half, "term": "S1"}, {**self.half, "term": "S1", "year": 2026, "mark": "A"})
        assert amounts(*lines) == ["0", "1/2"]
        assert remarks(*lines) == ["S1 was taken before: read as the same part repeated"]

    def test_the_better_of_a_repeated_half_with_the_other_half(self) -> None:
        lines = (
            {**self.half, "term": "S1", "mark": "C"},
            {**self.half, "term": "S2", "mark": "D"},
            {**self.half, "term": "S1", "mark": "B", "year": 2026},
        )
        assert amounts(*lines) == ["0", "1/2", "1/2"]

    def test_three_halves_without_terms(self) -> None:
        lines = ({**self.half, "mark": "D"}, self.half, {**self.half, "mark": "A"})
        assert amounts(*lines) == ["0", "1/2", "1/2"]

    def test_written_term_by_term_without_credits(self) -> None:
        line = {"course": "ENG1", "year": 2025}
        lines = ({**line, "term": "S1", "mark": "F"}, {**line, "term": "S2", "mark": "B"})
        assert amounts(*lines) == ["0", "1/2"]
        assert len(remarks(*lines)) == 2


class TestElsewhere:
    def test_by_code_and_by_subject(self) -> None:
        code, area = read({"sced": "02052", "credits": 1}, {"subject": "science", "credits": 0.5, "level": "ap"})
        assert (code.title, code.subject.sced, code.subject.area) == ("Algebra I", "02052", None)
        assert (area.title, area.subject.area, area.subject.level) == ("Credit in science", "science", "ap")

    def test_a_course_of_another_school(self) -> None:
        lines = ({"course": "X9", "sced": "02072", "credits": 1, "title": "Geometry X"},)
        (entry,) = read(*lines)
        assert (str(entry.amount), entry.title, entry.subject.code) == ("1", "Geometry X", None)
        assert remarks(*lines) == ["course X9 is not in the catalog here: counted as credit from elsewhere"]

    def test_the_catalog_goes_before_the_line(self) -> None:
        lines = ({"course": "ALG1", "sced": "02072", "mark": "B"}, {"course": "NEW", "sced": "02072", "mark": "B"})
        assert [entry.subject.sced for entry in read(*lines)] == ["02052", "02072"]
        assert remarks(*lines) == ["the line says code 02072, the catalog 02052: the catalog's is used"]

    def test_perhaps_the_same_course_twice(self) -> None:
        lines = ({"course": "ALG1", "mark": "B"}, {"sced": "02052", "credits": 1, "origin": "transfer"})
        assert amounts(*lines) == ["1", "1"]
        assert len(remarks(*lines)) == 1

    def test_a_retired_code(self) -> None:
        from catalogs import sced

        old, (_, now) = next((code, found) for code, found in sced.retired().items() if found[1])
        assert read({"sced": old, "credits": 1})[0].subject.sced == now
        assert "retired" in remarks({"sced": old, "credits": 1})[0]
        lost = next(code for code, found in sced.retired().items() if not found[1])
        assert read({"sced": lost, "credits": 1})[0].subject.sced is None


class TestErrors:
    def test_an_unknown_course_with_near_misses(self) -> None:
        text = error({"course": "ENG1"}, {"course": "ENGL"})
        assert "transcript line 2: there is no course 'ENGL'" in text
        assert "ENG1 (English 1)" in text

    def test_an_unknown_course_with_a_code_but_no_credits(self) -> None:
        assert "Give its credits" in error({"course": "ENGL", "sced": "01001"})

    def test_an_unknown_subject_and_code(self) -> None:
        assert "mathematics" in error({"subject": "mathematic", "credits": 1})
        assert "no code of the national list" in error({"sced": "99999", "credits": 1})

    def test_several_at_once(self) -> None:
        with pytest.raises(InputErrors) as found:
            read({"course": "no"}, {"course": "GOV", "mark": "what"})
        assert [one.place for one in found.value.errors] == ["transcript line 1", "transcript line 2"]


class TestEntries:
    def test_ids_are_stable_and_unique(self) -> None:
        line = {"course": "BAND", "mark": "B", "year": 2025, "term": "S1", "credits": 0.5}
        assert [entry.id for entry in read(line, line, {"course": "GOV"}, {"subject": "arts", "credits": 1})] == [
            "BAND@2025-S1",
            "BAND@2025-S1#2",
            "GOV",
            "arts",
        ]

    def test_the_grade_follows_from_the_year(self) -> None:
        lines = ({"course": "ALG1", "year": 2024}, {"course": "GOV", "year": 2028}, {"course": "NEW", "year": 1999})
        assert [entry.grade for entry in read(*lines, entering=2025)] == [8, 12, None]
        assert [entry.grade for entry in read(*lines)] == [None, None, None]

    def test_planned(self) -> None:
        here = catalog(10)
        entry = planned_entry(here.by_code["GOV"], here, 2027, "S2", 12)
        assert (entry.id, entry.amount, entry.stage, entry.grade) == ("GOV@2027-S2", Fraction(1, 2), "planned", 12)
        assert entry.subject.sced == "04157"


line_values = st.fixed_dictionaries(
    {"course": st.sampled_from([one.code for one in COURSES])},
    optional={
        "credits": st.sampled_from(["0.25", "0.5", "1", "2"]),
        "mark": st.sampled_from(["A", "C", "D-", "F", "P", "75", "W"]),
        "year": st.integers(2022, 2026),
        "term": st.sampled_from(["S1", "S2"]),
        "in_progress": st.booleans(),
    },
)


@given(st.lists(line_values, max_size=12))
def test_no_course_earns_more_than_its_credit(lines: list[dict[str, Any]]) -> None:
    here = catalog()
    entries, notes = credit_entries([TranscriptLine(**line) for line in lines], here)
    assert len(entries) == len(lines)
    assert len({entry.id for entry in entries}) == len(lines)
    for one in COURSES:
        group = here.credit_group(one.code)
        total = sum(entry.amount for entry in entries if entry.subject.code in group)
        assert total <= max(here.by_code[code].credits * here.by_code[code].repeatable for code in group)
    assert all(entry.reason for entry in entries if entry.amount == 0)
    assert all(1 <= note.line <= len(lines) for note in notes)
