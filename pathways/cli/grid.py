"""A plan as a grid: school years down, terms across; a course is drawn through all terms that it lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogs.exact import decimal_text
from pathways.student import split_term

if TYPE_CHECKING:
    from pathways.plan import Placement, Plan, RecordLine

EARNED, IN_PROGRESS, NO_CREDIT, PLANNED, PINNED, WISHED = "✓", "▸", "✗", "·", "◆", "★"
GOES_ON = "─"
_MEANING = {
    EARNED: "earned",
    IN_PROGRESS: "in progress",
    NO_CREDIT: "no credit",
    PLANNED: "planned",
    PINNED: "pinned",
    WISHED: "wished for",
}
_RECORD = {"earned": (EARNED, "green"), "in_progress": (IN_PROGRESS, "yellow"), "none": (NO_CREDIT, "red")}
_FRAME = 15
"""Columns of the screen that the years and the rules around the terms take."""
_NARROWEST = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One course in all terms of a school year that it fills, or the periods left open in a term (without a mark)."""

    year: int
    terms: tuple[str, ...]
    mark: str
    words: str
    style: str

    @property
    def least(self) -> int:
        """Columns of the screen that each of its terms should have."""
        return -(-(cell_len(self.words) + 4) // len(self.terms))


def grid(plan: Plan, console: Console) -> Table:
    """The grid of a plan: the record, the placements, and the periods that stay open."""
    cells = [*filter(None, map(_recorded, plan.record)), *map(_planned, plan.placements)]
    free = [_open(text, periods) for text, periods in plan.free.items() if periods]
    used = {term for cell in (*cells, *free) for term in cell.terms}
    known = dict.fromkeys(split_term(text)[1] for text in plan.terms)
    columns = [name for name in (*known, *sorted(used - known.keys())) if name in used]
    room = (console.width - _FRAME) // max(len(columns), 1)
    width = max(min(room, max((cell.least for cell in cells), default=0)), _NARROWEST)
    table = Table(box=box.ROUNDED if console.is_terminal else None, pad_edge=console.is_terminal)
    table.add_column("year", no_wrap=True)
    table.add_column(Text("".join(name.ljust(width) for name in columns).rstrip()), no_wrap=True)
    for year in sorted({cell.year for cell in (*cells, *free)}):
        rows = _rows(
            [cell for cell in cells if cell.year == year], [cell for cell in free if cell.year == year], columns
        )
        grade = _grade(plan, year)
        head = f"{school_year(year)}\ngrade {grade}" if grade else school_year(year)
        table.add_row(head, Text("\n").join(_draw(row, columns, width, console) for row in rows), end_section=True)
    return table


def legend(plan: Plan) -> Text:
    """What the marks in a plan's grid mean."""
    cells = [*filter(None, map(_recorded, plan.record)), *map(_planned, plan.placements)]
    marks = {cell.mark for cell in cells}
    return Text("  ".join(f"{mark} {words}" for mark, words in _MEANING.items() if mark in marks), style="dim")


def elsewhere(plan: Plan) -> Iterator[Text]:
    """Lines of the record that name no term, such as credit from another school."""
    for line in plan.record:
        if _recorded(line) is None:
            mark, style = _RECORD[line.stage]
            when = f", {school_year(line.year)}" if line.year is not None else ""
            origin = f", {line.origin.replace('_', ' ')}" if line.origin != "school" else ""
            yield Text(f"{mark} {line.title} ({decimal_text(line.credits)}{when}{origin})", style=style)


def school_year(year: int) -> str:
    """A school year by its two calendar years.

    Examples
    --------
    >>> school_year(2026)
    '2026–27'
    """
    return f"{year}–{(year + 1) % 100:02}"


def _rows(cells: Sequence[Cell], free: Iterable[Cell], columns: Sequence[str]) -> list[list[Cell]]:
    """Lines of one school year: each course in the first line that is empty in all of its terms, open periods last."""
    rows: list[dict[str, Cell]] = []
    for cell in sorted(cells, key=lambda one: -len(one.terms)):
        row = next((row for row in rows if not row.keys() & set(cell.terms)), None)
        if row is None:
            rows.append(row := {})
        row.update(dict.fromkeys(cell.terms, cell))
    for cell in free:
        below = 1 + max((i for i, row in enumerate(rows) if cell.terms[0] in row), default=-1)
        if below == len(rows):
            rows.append({})
        rows[below][cell.terms[0]] = cell
    return [list(dict.fromkeys(row[name] for name in columns if name in row)) for row in rows]


def _draw(row: Sequence[Cell], columns: Sequence[str], width: int, console: Console) -> Text:
    """One line of courses, each below its first term; long titles go on in the next line of the screen."""
    wrapped = [
        Text(cell.words, style=cell.style).wrap(console, width * len(cell.terms) - (3 if cell.mark else 1))
        for cell in row
    ]
    lines = []
    for number in range(max(map(len, wrapped))):
        line = Text()
        for cell, texts in zip(row, wrapped, strict=True):
            start = columns.index(cell.terms[0]) * width
            line.append(" " * (start - cell_len(line.plain)))
            if number < len(texts):
                if cell.mark:
                    line.append("  " if number else f"{cell.mark} ", style=cell.style)
                line.append_text(texts[number])
            rest = start + width * len(cell.terms) - cell_len(line.plain) - 2
            if number == 0 and len(cell.terms) > 1 and rest > 0:
                line.append(" " + GOES_ON * rest, style="dim")
        lines.append(line)
    return Text("\n").join(lines)


def _grade(plan: Plan, year: int) -> int | None:
    grades = {place.year: place.grade for place in plan.placements}
    grades |= {line.year: line.grade for line in plan.record if line.year is not None and line.grade is not None}
    return grades.get(year)


def _recorded(line: RecordLine) -> Cell | None:
    if line.year is None or not line.terms:
        return None
    mark, style = _RECORD[line.stage]
    result = f" ({line.mark})" if line.mark else ""
    return Cell(line.year, line.terms, mark, f"{line.title}{result}{_double(line.periods)}", style)


def _planned(place: Placement) -> Cell:
    mark = PINNED if place.pinned else WISHED if place.wished else PLANNED
    return Cell(
        place.year, place.terms, mark, f"{place.title}{_double(place.periods)}", "" if mark == PLANNED else "bold"
    )


def _open(text: str, periods: int) -> Cell:
    year, term = split_term(text)
    return Cell(year, (term,), "", f"{periods} open", "dim")


def _double(periods: int) -> str:
    return f", {periods} periods" if periods > 1 else ""
