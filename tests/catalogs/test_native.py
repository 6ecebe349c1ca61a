from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogs import Catalog, InputError, InputErrors, Summer, read_catalog, write_catalog
from catalogs.bundled import DATA, bundled, load
from catalogs.native import year_course_of
from catalogs.prerequisite import parse
from catalogs.rows import COLUMNS

Folder = Callable[..., Path]
Read = Callable[..., Catalog]


def cells(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


# Reading


def test_a_row_becomes_a_course(read: Read) -> None:
    catalog = read(
        '0101,English 1,English,1,2,9-10,S1,regular,"A1 or ""approval""",grad:english;periods:2\nA1,Art,,0.5,,,,,,\n'
    )
    english = catalog.by_code["0101"]
    assert english.credits == 1 and english.terms == 2 and english.grades == (9, 10) and english.offered == ("S1",)
    assert english.prerequisite == parse('A1 or "approval"')
    assert english.tag_values("grad") == ("english",) and english.periods == 2
    art = catalog.by_code["A1"]
    assert (art.credits, art.terms, art.grades, art.offered) == (Fraction(1, 2), 2, (9, 10, 11, 12), ())
    assert (art.level, art.repeatable, art.prerequisite, art.section_size) == ("regular", 1, None, None)
    assert catalog.id == "small" and catalog.state == "TX" and catalog.year_credits == 1


def test_only_three_columns_are_required(read: Read) -> None:
    catalog = read(b"Code, TITLE ,credits,Room\n0101,English,1,B 12\n")
    assert catalog.courses[0].terms == 2
    assert ("Room", "B 12") in catalog.courses[0].cells


def test_added_columns(read: Read) -> None:
    head = "code,title,credits,max_seats,section_size,sections,periods,years,repeatable,sced,sced_status,version\n"
    rows = (
        "A,Art,1,30,,,,,,,,\n"
        "B,Band,1,,25,4,2,odd,yes,05101,confirmed,A\n"
        "C,Choir,1,30,20,,,EVEN,3,,,\n"
    )  # fmt: skip
    a, b, c = read(rows, head=head).courses
    assert (a.section_size, a.sections) == (30, 1)
    assert (b.section_size, b.sections, b.periods, b.years, b.repeatable) == (25, 4, 2, "odd", 8)
    assert (b.sced, b.sced_status) == ("05101", "confirmed")
    assert (c.section_size, c.sections, c.years, c.repeatable) == (20, None, "even", 3)
    assert a.version == b.version == "A" and c.version is None


def test_equivalents_that_share_a_code_are_one_group(read: Read, small: str) -> None:
    settings = small + "equivalents:\n  groups: [[C, A], [0102, 1801], [A, X, B]]\n"
    rows = "".join(f"{code},{code},,1,2,,,,,\n" for code in ("A", "B", "C", "D", "0102", "1801"))
    catalog = read(rows, settings=settings)
    assert {code: catalog.by_code[code].version for code in "ABCD"} == {"A": "C", "B": "C", "C": "C", "D": None}
    assert catalog.versions("A") == ("A", "B", "C") and catalog.versions("D") == ("D",)
    assert catalog.versions("0102") == ("0102", "1801")


def test_summer_and_calendar(read: Read, small: str) -> None:
    summer = "  summer: {name: Sommer, max_courses: 3}\n"
    catalog = read("A,Art,,1,1,,S2;Sommer,,,\n", settings=small + summer)
    assert catalog.calendar.summer == Summer("Sommer", 3)
    assert catalog.courses[0].offered == ("S2", "Sommer")
    assert read("A,A,,1,1,,,,,\n", settings=small + "  summer: true\n").calendar.summer == Summer()


@pytest.mark.parametrize(
    ("text", "credits"),
    [
        ("credit (5 per trimester course, so 10 for what other schools call a year course)", 10),
        ("credit (5 per year course, 2.5 semester, 1.25 quarter)", 5),
        ("credit (1 per year course, 0.5 per semester)", 1),
        ("10 credits per full-year course", 10),
        ("at most 60 credits per year", None),
        ("", None),
    ],
)
def test_the_unit_is_read_from_its_wording(text: str, credits: int | None) -> None:
    assert year_course_of(text) == credits


def test_the_unit_may_be_stated_or_inferred(read: Read, small: str) -> None:
    rows = "A,A,,5,2,,,,,\nB,B,,5,2,,,,,\nC,C,,6,2,,,,,\nD,D,,2.5,1,,,,,\n"
    wordless = small.replace("credit_unit: credit (1 per year course, 0.5 per semester)\n", "")
    unit = read(rows, settings=wordless).unit
    assert unit.year_course == 5 and unit.inferred
    unit = read(rows, settings=small + "credits_per_year_course: 10\n").unit
    assert unit.year_course == 10 and not unit.inferred
    with pytest.raises(InputError, match="line 10, credits_per_year_course"):
        read(rows, settings=small + "credits_per_year_course: 0\n")


def test_bytes_of_spreadsheets(read: Read, head: str) -> None:
    bom = read(b"\xef\xbb\xbf" + (head + "A,Café,,1,2,,,,,\n").replace("\n", "\r\n").encode())
    assert bom.courses[0].title == "Café" and not bom.reading_notes
    windows = read((head + "A,Art,,1,2,,,,,\nB,Café “x”,,1,2,,,,,\n").encode("cp1252"))
    assert windows.courses[1].title == "Café “x”"
    assert "first on line 3" in windows.reading_notes[0]
    blank = read("A,Art,,1,2,,,,,\n\n,,,,,,,,,\nB,Band,,1,2,,,,,\n\n")
    assert [course.code for course in blank.courses] == ["A", "B"]


# Bad input

GOOD = "A,Art,,1,2,,,,,\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("A,Art,,-1,2,,,,,\n", "line 2, column credits: credits must be above zero"),
        ("A,Art,,0,2,,,,,\n", "column credits: credits must be above zero"),
        ("A,Art,,,2,,,,,\n", "column credits: credits must be a number"),
        ("A,Art,,one,2,,,,,\n", "credits must be a number, not 'one'"),
        ("A,Art,,1e999999999,2,,,,,\n", "credits must be a number"),
        ("A,Art,,NaN,2,,,,,\n", "credits must be a number"),
        ('A,Art,,"0,5",2,,,,,\n', "Write it with a point: 0.5"),
        ("A,Art,,1,3,,,,,\n", "column terms: '3' is no whole number from 1 to 2"),
        ("A,Art,,1,0,,,,,\n", "column terms"),
        ("A,Art,,1,2,12-9,,,,\n", "column grades: '12-9' are no grade levels"),
        ("A,Art,,1,2,9-Dec,,,,\n", "spreadsheet turned it into a date"),
        ("A,Art,,1,2,ninth,,,,\n", "Write 9-12, 10 or 9;11"),
        ("A,Art,,1,2,,Fall,,,\n", "column offered: the calendar has no term 'Fall'. Write one of S1, S2"),
        ("A,Art,,1,2,,,,,periods:x\n", "column tags"),
        (",Art,,1,2,,,,,\n", "line 2, column code: the code is empty"),
        ("A,,,1,2,,,,,\n", "column title: the title is empty"),
        (GOOD + "B,B,,1,2,,,,A and,\n", "line 3, column prerequisites: the prerequisite cannot be read at line 1, col"),
        (GOOD + GOOD, "line 3, column code: the code 'A' stands on line 2 already"),
        ('A,"Art\nof\nwar",,1,2,,,,,\nB,B,,x,2,,,,,\n', "line 5, column credits"),
        (GOOD + "B,Band,,1\n", "line 3: the row has 4 cells, the header 10"),
        (GOOD + "B,Band, Jazz,,1,2,,,,,\n", "line 3: the row has 11 cells, the header 10"),
        (GOOD + 'B,"Band,,1,2,,,,,\n', "from line 3: a double quote is never closed"),
        (GOOD + 'B,"Band" Jazz,,1,2,,,,,\n', "line 3: the row cannot be split into cells"),
        (GOOD + f"B,{'x' * 200_000},,1,2,,,,,\n", "line 3: the row cannot be split into cells"),
        ("", "there is no course"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_place(read: Read, rows: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(rows)
    assert str(caught.value).startswith("courses.csv") and says in str(caught.value)


def test_all_bad_rows_come_at_once_and_twenty_are_shown(read: Read) -> None:
    with pytest.raises(InputErrors) as caught:
        read("".join(f"C{n},,,x,2,,,,,\n" for n in range(30)))
    assert len(caught.value.errors) == 60
    text = str(caught.value)
    assert text.count("\n") == 21 and "line 2, column title" in text and "and 40 more" in text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "courses.csv: the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\xef\xbb\xbf", "courses.csv"),
        (b"PK\x03\x04", "Excel or zip"),
        (b"code,title,credits\nA,\x00,1\n", "zero"),
        (b"code,name,credits\nA,Art,1\n", "line 1: the column title is missing; found: code, name, credits"),
        (b"code;title;credits\nA;Art;1\n", "Separate the cells with commas"),
        (b"code,title,credits,code\nA,Art,1,B\n", "'code' stands twice"),
        (b"code,title,credits,\nA,Art,1,x\n", "line 2: column 4 has no name"),
    ],
)
def test_a_bad_file_is_named(read: Read, data: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data)
    assert says in str(caught.value)


def test_a_huge_file_is_refused_before_it_is_read(folder: Folder) -> None:
    path = folder(GOOD)
    with (path / "courses.csv").open("r+b") as file:
        file.truncate(50_000_001)  # a sparse file
    with pytest.raises(InputError, match="50,000,000 allowed"):
        read_catalog(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("calendar:", "kalendar:", "the calendar is missing"),
        ("  terms_per_year: 2\n  term_names: [S1, S2]\n", "", "terms_per_year is missing"),
        ("terms_per_year: 2", "terms_per_year: 3", "line 8, calendar.term_names: 2 term names"),
        ("terms_per_year: 2", "terms_per_year: two", "line 7, calendar.terms_per_year"),
        ("[S1, S2]", "[S1, S1]", "must differ"),
        ("max_courses_per_term: 7", "max_courses_per_term: 0", "from 1 to 20"),
        ("  max_courses_per_term: 7\n", "", "max_courses_per_term is missing"),
        ("calendar:\n", "calendar:\n  summer: {size: 3}\n", "calendar.summer"),
        ("state: TX", "equivalents: {groups: [A, B]}", "line 3, equivalents.groups.0"),
        ("state: TX", "grade_levels: [nine]", "grade_levels"),
        ("state: TX", "grading: A-F", "grading must hold keys"),
    ],
)
def test_bad_settings_are_named_with_their_line(read: Read, old: str, new: str, says: str, small: str) -> None:
    with pytest.raises(InputError) as caught:
        read(GOOD, settings=small.replace(old, new))
    assert str(caught.value).startswith("catalog.yaml, line") and says in str(caught.value)


def test_missing_files_and_folders(tmp_path: Path, folder: Folder) -> None:
    with pytest.raises(InputError, match="not a folder"):
        read_catalog(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no such file"):
        read_catalog(tmp_path)
    path = folder(GOOD)
    (path / "programs_of_study.yaml").write_text("- a\n")
    with pytest.raises(InputError, match=r"programs_of_study\.yaml, line 1"):
        read_catalog(path)
    (path / "courses.csv").unlink()
    with pytest.raises(InputError, match="no such file"):
        read_catalog(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text('A1,"\n\r;-. []()éandor', max_size=80))
def test_no_bytes_raise_anything_but_an_input_error(folder: Folder, data: bytes | str) -> None:
    try:
        read_catalog(folder(data))
    except InputError as error:
        assert str(error)


# Writing


@pytest.mark.parametrize("name", bundled())
def test_bundled_catalogs_are_written_back_without_loss(name: str, tmp_path: Path) -> None:
    catalog = load(name)
    write_catalog(catalog, tmp_path / name)
    again = read_catalog(tmp_path / name)
    assert again == catalog and again.content_hash == catalog.content_hash and hash(again) == hash(catalog)
    assert cells(tmp_path / name / "courses.csv") == cells(DATA / name / "courses.csv")


def test_unknown_keys_columns_and_the_text_of_cells_are_kept(
    folder: Folder, tmp_path: Path, small: str, head: str
) -> None:
    wide = head.replace("tags", "tags,Room,credits note")
    settings = small + "  note: bells differ\nlunch: {first: [11, 2026-01-05], '0101': yes}\ncodes: [001302, '0101']\n"
    rows = ' A ,Art,,0.50,2,9;10;11,,regular,  B AND "x" ,a; b,"B ""12""",\nB,B,,1.0,2,9-9,,,,,,n\n'
    path = folder(rows, head=wide, settings=settings)
    (path / "programs_of_study.yaml").write_text("programs:\n- courses_by_grade: {9: [000985, '000217']}\n")
    catalog = read_catalog(path)
    write_catalog(catalog, tmp_path / "copy" / "small")
    again = read_catalog(tmp_path / "copy" / "small")
    assert again == catalog
    assert cells(tmp_path / "copy/small/courses.csv") == cells(path / "courses.csv")
    assert again.meta["lunch"]["0101"] == "yes" and again.meta["calendar"] == {"note": "bells differ"}
    assert again.programs_of_study["programs"][0]["courses_by_grade"] == {9: ["000985", "000217"]}


def test_hours_of_homework(read: Read, tmp_path: Path) -> None:
    head = "code,title,credits,homework,tags\n"
    catalog = read("A,Art,1,2.5,\nB,Band,1,,homework:4\nC,Choir,1,,\n", head=head)
    assert [course.homework for course in catalog.courses] == [Fraction(5, 2), 4, None]
    changed = replace(catalog, courses=tuple(replace(one, homework=Fraction(3)) for one in catalog.courses))
    assert changed.content_hash != catalog.content_hash
    write_catalog(changed, tmp_path / "other")
    assert [course.homework for course in read_catalog(tmp_path / "other").courses] == [3, 3, 3]
    with pytest.raises(InputError, match="line 2, column homework: homework must be hours a week from 0 to 40"):
        read("A,Art,1,lots,\n", head=head)


def test_a_catalog_under_another_folder_name_keeps_its_id(read: Read, tmp_path: Path) -> None:
    catalog = read(GOOD)
    write_catalog(catalog, tmp_path / "elsewhere")
    assert read_catalog(tmp_path / "elsewhere") == catalog


def test_changes_are_written_and_other_cells_stay(read: Read, tmp_path: Path, small: str) -> None:
    catalog = read("A,Art,,0.50,2,9-12,,regular,,grad:arts\nB,B,,1,2,,,,,\n", settings=small)
    changed = replace(
        catalog.courses[0],
        grades=(9, 11), prerequisite=parse("B[C]"), section_size=24, sections=3, years="odd", periods=2, repeatable=3,
    )  # fmt: skip
    new = replace(catalog, courses=(changed, catalog.courses[1]))
    write_catalog(new, tmp_path / "small2")
    again = read_catalog(tmp_path / "small2")
    assert again.courses == new.courses
    row = dict(again.courses[0].cells)
    assert row["credits"] == "0.50" and row["grades"] == "9;11" and row["prerequisites"] == "B[C]"


amounts = st.fractions(Fraction(1, 40), 30, max_denominator=40)
values: Any = st.text("abc 0é,\"';", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(values, amounts, st.integers(1, 2), st.sampled_from([None, 0, 1])), min_size=1, max_size=6))
def test_catalogs_made_in_code_are_written_and_read_back(read: Read, tmp_path: Path, rows: Any) -> None:
    base = read(GOOD)
    courses = tuple(
        replace(base.courses[0], code=f"C{n}", title=title, credits=credits, terms=terms, cells=())
        for n, (title, credits, terms, _) in enumerate(rows)
    )
    grouped = {f"C{n}": group for n, (*_, group) in enumerate(rows) if group is not None}
    first = {group: next(code for code in grouped if grouped[code] == group) for group in set(grouped.values())}
    big = {group for group in first if list(grouped.values()).count(group) > 1}
    courses = tuple(replace(c, version=first[grouped[c.code]] if grouped.get(c.code) in big else None) for c in courses)
    catalog = replace(base, courses=courses)
    write_catalog(catalog, tmp_path / "out")
    again = read_catalog(tmp_path / "out")
    assert again.courses == catalog.courses and again.content_hash == catalog.content_hash
    assert cells(tmp_path / "out" / "courses.csv")[0] == list(COLUMNS)


def test_reading_a_large_catalog_is_quick() -> None:
    read_catalog(DATA / "katy-isd-tx")  # imports and the parser's tables
    start = time.perf_counter()
    read_catalog(DATA / "katy-isd-tx")
    assert time.perf_counter() - start < 0.5
