"""The rows of courses.csv: from cells to courses and back.

A row keeps the cells that it was read from, so that writing gives back the same text unless the course was changed.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalogs.calendar import Calendar
from catalogs.course import Course
from catalogs.documents import read_bytes
from catalogs.errors import InputError, InputErrors
from catalogs.exact import decimal_text, exact
from catalogs.prerequisite import Prerequisite, PrerequisiteError, parse, render

MAX_CSV_BYTES = 50_000_000
REQUIRED = ("code", "title", "credits")
COLUMNS = (
    "code", "title", "subject", "credits", "terms", "grades", "offered", "level", "prerequisites", "tags",
    "repeatable", "sced", "max_seats", "status",
)  # fmt: skip
ADDED_COLUMNS = ("periods", "version", "years", "section_size", "sections", "sced_status", "homework")
REPEATABLE_YES = 8
MAX_GRADE = 20
MAX_HOMEWORK = 40
MONTHS = re.compile(r"[a-z]*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)


def read_courses(path: Path, calendar: Calendar, levels: tuple[int, ...]) -> tuple[tuple[Course, ...], tuple[str, ...]]:
    """Read the courses of a CSV file.

    Parameters
    ----------
    path
        The file.
    calendar
        Says which terms there are.
    levels
        Grade levels of the school, for rows that name none.

    Returns
    -------
    courses, notes
        The courses with `version` as in the row, and what had to be overlooked.

    Raises
    ------
    InputError
        With line and column; `InputErrors` where several rows are wrong.
    """
    text, notes = _decode(path)
    reader = _RowReader(calendar, levels)
    errors: list[InputError] = []
    lines: dict[str, int] = {}
    courses = []
    for line, cells in _table(text, path.name):
        course, problems = reader.read(cells)
        if course is not None and course.code in lines:
            message = f"the code {course.code!r} stands on line {lines[course.code]} already"
            problems = [_CellError("code", message, "Give each course a code of its own")]
        elif course is not None:
            lines[course.code] = line
            courses.append(course)
        for problem in problems:
            place = f"line {line}, column {problem.column}"
            errors.append(InputError(problem.message, file=path.name, place=place, mend=problem.mend))
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(errors, file=path.name)
    return tuple(courses), notes


def courses_text(courses: Sequence[Course], calendar: Calendar, levels: tuple[int, ...], *, versions: bool) -> str:
    """The text of a CSV file that `read_courses` reads back to equal courses.

    Parameters
    ----------
    courses, calendar, levels
        As for `read_courses`.
    versions
        Whether to keep the cells of the column version; where not, their groups are written elsewhere.
    """
    reader = _RowReader(calendar, levels)
    rows = []
    for course in courses:
        row = dict(course.cells)
        read = reader.read(row)[0]
        for f in fields(Course):
            if f.compare and f.name != "version" and (read is None or getattr(read, f.name) != getattr(course, f.name)):
                row.update(_cells_of(course, f.name))
        if not versions and "version" in row:
            row["version"] = ""
        rows.append(row)
    columns = dict.fromkeys(name for course in courses for name, _ in course.cells) or dict.fromkeys(COLUMNS)
    for row in rows:
        columns |= dict.fromkeys(name for name, cell in row.items() if cell)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class _CellError(Exception):
    """A cell that cannot be read: column, message and what to do."""

    def __init__(self, column: str, message: str, mend: str | None = None) -> None:
        super().__init__(message)
        self.column, self.message, self.mend = column, message, mend


def _decode(path: Path) -> tuple[str, tuple[str, ...]]:
    """Text of a CSV file with plain line ends, and notes about its encoding."""
    raw = read_bytes(path, MAX_CSV_BYTES)
    notes: tuple[str, ...] = ()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        notes = (f"{path.name} is not UTF-8 (first on line {line}); it was read as Windows text (Latin-1)",)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _records(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise InputError("a double quote is never closed", file=file, place=f"from line {line}") from None
        mend = "Put a cell that holds quotes in double quotes and write each of them twice"
        raise InputError(
            f"the row cannot be split into cells ({error})", file=file, place=f"line {line}", mend=mend
        ) from None


def _table(text: str, file: str) -> list[tuple[int, dict[str, str]]]:
    """Rows of a CSV text: line number, and text by column.

    pandas reads the cells, as text; the shape is checked before, since pandas fills up short rows without a word.
    """
    import pandas as pd

    lines: list[int] = []
    names: list[str] = []
    for line, cells in _records(text, file):
        if not names:
            names = _header(cells, line, file)
            continue
        place = f"line {line}"
        if len(cells) != len(names):
            mend = (
                "Put a cell that holds a comma in double quotes"
                if len(cells) > len(names)
                else "Fill it up with commas"
            )
            raise InputError(
                f"the row has {len(cells)} cells, the header {len(names)}", file=file, place=place, mend=mend
            )
        if stray := [index for index, name in enumerate(names) if not name and cells[index].strip()]:
            raise InputError(
                f"column {stray[0] + 1} has no name in the header, but the cell {cells[stray[0]][:40]!r}",
                file=file,
                place=place,
                mend="Name the column or clear the cell",
            )
        lines.append(line)
    if not lines:
        raise InputError("there is no course in it", file=file, mend="Add a row for each course under the header")
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, header=None, index_col=False)
    frame = frame[frame.apply(lambda row: bool("".join(row).strip()), axis=1)].iloc[1:]
    columns = {name: frame[index].tolist() for index, name in enumerate(names) if name}
    return [(line, {name: cells[n] for name, cells in columns.items()}) for n, line in enumerate(lines)]


def _header(cells: Sequence[str], line: int, file: str) -> list[str]:
    known = {name: name for name in (*COLUMNS, *ADDED_COLUMNS)}
    names = [known.get(cell.strip().casefold(), cell.strip()) for cell in cells]
    place = f"line {line}"
    if missing := [name for name in REQUIRED if name not in names]:
        found = ", ".join(name[:40] for name in names[:30] if name)
        mend = "Name the columns in the first line"
        if len(names) == 1 and re.search(r"[;\t|]", names[0]):
            mend = "Separate the cells with commas"
        raise InputError(
            f"the column {' and '.join(missing)} is missing; found: {found}", file=file, place=place, mend=mend
        )
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise InputError(f"the column {twice[0]!r} stands twice in the header", file=file, place=place)
    return names


class _RowReader:
    """Turns the cells of a row into a course."""

    def __init__(self, calendar: Calendar, grade_levels: tuple[int, ...]) -> None:
        self.calendar = calendar
        self.grade_levels = grade_levels
        self.starts = (*calendar.term_names, *([calendar.summer.name] if calendar.summer else []))

    def read(self, cells: Mapping[str, str]) -> tuple[Course | None, list[_CellError]]:
        """The course, or None and all that is wrong with its row."""
        problems: list[_CellError] = []
        values: dict[str, Any] = {}
        row = {name: cell.strip() for name, cell in cells.items()}
        for name, read in READERS.items():
            try:
                values[name] = read(self, row)
            except _CellError as error:
                problems.append(error)
        if problems:
            return None, problems
        size, sections = values.pop("seats")
        return Course(**values, section_size=size, sections=sections, cells=tuple(cells.items())), []

    def credits(self, row: Mapping[str, str]) -> Fraction:
        text = row.get("credits", "")
        mend = "Write a number such as 0.5 or 1"
        if re.fullmatch(r"\d+,\d+", text):
            mend = f"Write it with a point: {text.replace(',', '.')}"
        try:
            value = exact(text)
        except ValueError:
            raise _CellError("credits", f"credits must be a number, not {text[:40]!r}", mend) from None
        if value <= 0:
            raise _CellError("credits", f"credits must be above zero, not {text}", mend)
        return value

    def prerequisite(self, row: Mapping[str, str]) -> Prerequisite | None:
        text = row.get("prerequisites", "")
        if not text:
            return None
        try:
            return parse(text)
        except PrerequisiteError as error:
            message = f"the prerequisite cannot be read at {error.place} of the cell: {error.message}"
            raise _CellError("prerequisites", message, error.mend) from None

    def grades(self, row: Mapping[str, str]) -> tuple[int, ...]:
        text = row.get("grades", "")
        if not text:
            return self.grade_levels
        mend = "Write 9-12, 10 or 9;11"
        if MONTHS.search(text):
            mend = "A spreadsheet turned it into a date: format the column as text and write 9-12"
        grades: set[int] = set()
        for part in re.split(r"[;,]", text):
            match = re.fullmatch(r"\s*(\d{1,2})(?:\s*[-\N{EN DASH}]\s*(\d{1,2}))?\s*", part)
            low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
            if not low <= high <= MAX_GRADE:
                raise _CellError("grades", f"{text[:40]!r} are no grade levels", mend)
            grades.update(range(low, high + 1))
        return tuple(sorted(grades))

    def offered(self, row: Mapping[str, str]) -> tuple[str, ...]:
        names = _listed(row.get("offered", ""))
        for name in names:
            if name not in self.starts:
                raise _CellError(
                    "offered", f"the calendar has no term {name[:40]!r}", f"Write one of {', '.join(self.starts)}"
                )
        return names

    def periods(self, row: Mapping[str, str]) -> int:
        if row.get("periods"):
            return _count(row, "periods", 20) or 1
        for tag in _listed(row.get("tags", "")):
            if tag.startswith("periods:"):
                return _count({"tags": tag.removeprefix("periods:")}, "tags", 20) or 1
        return 1

    def homework(self, row: Mapping[str, str]) -> Fraction | None:
        tags = (tag.removeprefix("homework:") for tag in _listed(row.get("tags", "")) if tag.startswith("homework:"))
        text = row.get("homework") or next(tags, "")
        if not text:
            return None
        try:
            hours = exact(text)
        except ValueError:
            hours = Fraction(-1)
        if not 0 <= hours <= MAX_HOMEWORK:
            raise _CellError(
                "homework" if row.get("homework") else "tags",
                f"homework must be hours a week from 0 to {MAX_HOMEWORK}, not {text[:40]!r}",
                "Write a number such as 2.5",
            )
        return hours

    def years(self, row: Mapping[str, str]) -> str:
        text = row.get("years", "").casefold()
        if text not in ("", "odd", "even"):
            raise _CellError("years", f"years must be odd, even or empty, not {text[:40]!r}")
        return text

    def seats(self, row: Mapping[str, str]) -> tuple[int | None, int | None]:
        size, sections = _count(row, "section_size", 10_000), _count(row, "sections", 10_000)
        total = _count(row, "max_seats", 100_000)
        # Seats given as one total are one section of that size.
        return (total, 1) if size is None and sections is None and total is not None else (size, sections)


def _count(row: Mapping[str, str], column: str, most: int) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise _CellError(column, f"{text[:40]!r} is no whole number from 1 to {most}")
    return int(text)


def _repeatable(row: Mapping[str, str]) -> int:
    text = row.get("repeatable", "").casefold()
    if text in ("", "no", "yes"):
        return REPEATABLE_YES if text == "yes" else 1
    return _count(row, "repeatable", 20) or 1


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _filled(column: str) -> Callable[[_RowReader, Mapping[str, str]], str]:
    def read(reader: _RowReader, row: Mapping[str, str]) -> str:
        if not row.get(column):
            raise _CellError(column, f"the {column} is empty")
        return row[column]

    return read


READERS: dict[str, Callable[[_RowReader, Mapping[str, str]], Any]] = {
    "code": _filled("code"),
    "title": _filled("title"),
    "subject": lambda reader, row: row.get("subject", ""),
    "credits": _RowReader.credits,
    "terms": lambda reader, row: _count(row, "terms", reader.calendar.terms_per_year) or reader.calendar.terms_per_year,
    "periods": _RowReader.periods,
    "offered": _RowReader.offered,
    "years": _RowReader.years,
    "grades": _RowReader.grades,
    "level": lambda reader, row: row.get("level") or "regular",
    "prerequisite": _RowReader.prerequisite,
    "tags": lambda reader, row: _listed(row.get("tags", "")),
    "version": lambda reader, row: row.get("version") or None,
    "repeatable": lambda reader, row: _repeatable(row),
    "sced": lambda reader, row: row.get("sced") or None,
    "sced_status": lambda reader, row: row.get("sced_status") or None,
    "seats": _RowReader.seats,
    "status": lambda reader, row: row.get("status", ""),
    "homework": _RowReader.homework,
}


def _cells_of(course: Course, name: str) -> dict[str, str]:
    """The canonical cells of one field."""
    value = getattr(course, name)
    match name:
        case "credits":
            return {"credits": decimal_text(value)}
        case "homework":
            return {"homework": "" if value is None else decimal_text(value)}
        case "prerequisite":
            return {"prerequisites": render(value) if value else ""}
        case "offered" | "tags":
            return {name: ";".join(value)}
        case "grades":
            return {"grades": _grades_text(value)}
        case "repeatable":
            return {"repeatable": "" if value == 1 else str(value)}
        case "periods":
            return {"periods": "" if value == 1 and not course.tag_values("periods") else str(value)}
        case "section_size" | "sections":
            size, sections = str(course.section_size or ""), str(course.sections or "")
            return {"section_size": size, "sections": sections, "max_seats": ""}
        case _:
            return {name: "" if value is None else str(value)}


def _grades_text(grades: Sequence[int]) -> str:
    if len(grades) > 2 and grades == tuple(range(grades[0], grades[-1] + 1)):
        return f"{grades[0]}-{grades[-1]}"
    return ";".join(str(grade) for grade in grades)
