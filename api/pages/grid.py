"""The plan as a table: one body a grade, terms down, periods across; a year-long course is one tall cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from api.pages.shell import exact, term_words
from catalogs import Catalog
from pathways.plan import Placement, Plan, RecordLine
from pathways.student import split_term

State = Literal["done", "now", "plan", "pin", "off"]


@dataclass(frozen=True, slots=True)
class Card:
    """One course in the grid, or a free period where ``course`` is None."""

    key: str
    state: State
    word: str
    title: str
    course: str | None
    credits: Fraction
    when: str
    short: bool
    notes: tuple[int, ...]
    placement: Placement | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table; without a card it is empty, and ``free`` says that a course could go there.

    ``right`` tells a cell of the right half, whose explanation opens to the left.
    """

    rows: int
    columns: int
    card: Card | None
    free: bool
    right: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One term."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """One school year."""

    grade: int
    label: str
    state: State
    word: str
    sum: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole table, what lies before it, and the foot notes that its cards name."""

    columns: int
    years: tuple[Year, ...]
    before: tuple[Card, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    card: Card
    first: int
    length: int
    periods: int


def school_year(year: int) -> str:
    """A school year by its fall: ``2026–2027``."""
    return f"{year}–{year + 1}"


def grid(plan: Plan, catalog: Catalog) -> Grid:
    """Lay out a plan."""
    notes = tuple(dict.fromkeys(note for one in plan.placements for note in one.assumptions))
    names = catalog.calendar.term_names
    terms = [split_term(term) for term in plan.terms]
    years = sorted({year for year, _ in terms})
    now, _ = split_term(plan.request.now)
    items: dict[int, list[_Item]] = {year: [] for year in years}
    summers: dict[int, list[_Item]] = {year: [] for year in years}
    before = []
    for n, line in enumerate(plan.record):
        year = line.year
        if year not in items:
            before.append(_record_card(line, n, names))
            continue
        in_summer = line.term is not None and line.term not in names
        first = names.index(line.term) if line.term in names else 0
        length = len(line.terms) if line.course else ceil(line.credits / catalog.year_credits * len(names))
        length = min(max(length, 1), len(names) - first)
        item = _Item(_record_card(line, n, names), 0 if in_summer else first, 1 if in_summer else length, line.periods)
        (summers if in_summer else items)[year].append(item)
    for placement in plan.placements:
        card = _placement_card(placement, notes, names)
        if placement.term in names:
            items[placement.year].append(
                _Item(card, names.index(placement.term), len(placement.terms), placement.periods)
            )
        else:
            summers[placement.year].append(_Item(card, 0, 1, placement.periods))
    packed = {year: _pack(items[year], len(names)) for year in years}
    width = max(
        [
            *(len(columns[0]) for columns in packed.values()),
            *(
                _used(packed[year], i) + plan.free.get(f"{year}-{name}", 0)
                for year in years
                for i, name in enumerate(names)
            ),
            *(sum(item.periods for item in summers[year]) for year in years),
            1,
        ]
    )
    free = {(year, i): plan.free.get(f"{year}-{name}", 0) for year in years for i, name in enumerate(names)}
    grade_now = plan.request.grade or min(max(9 + now - plan.request.entering, 6), 13)
    return Grid(
        columns=width,
        years=tuple(
            _year(
                year,
                grade_now + year - now,
                now,
                [term_words(name) for name in names],
                packed[year],
                [free[year, i] for i in range(len(names))],
                summers[year],
                width,
                last=year == years[-1],
            )
            for year in years
        ),
        before=tuple(before),
        notes=notes,
    )


def _record_card(line: RecordLine, number: int, names: Sequence[str]) -> Card:
    mark = f", {line.mark}" if line.mark else ""
    state: State = {"earned": "done", "in_progress": "now", "none": "off"}[line.stage]  # type: ignore[assignment]
    word = {"done": f"Completed{mark}", "now": "In progress", "off": f"No credit{mark}"}[state]
    return Card(
        key=f"record-{number}",
        state=state,
        word=word,
        title=line.title,
        course=line.course,
        credits=line.credits,
        when=_when(line.terms, line.term, names),
        short=0 < len(line.terms) < len(names),
        notes=(),
        placement=None,
    )


def _placement_card(placement: Placement, notes: Sequence[str], names: Sequence[str]) -> Card:
    word = "Planned"
    if placement.pinned:
        word = f"Pinned by {placement.pinned_by}" if placement.pinned_by else "Pinned"
    return Card(
        key=f"{placement.year}-{placement.term}-{placement.course}",
        state="pin" if placement.pinned else "plan",
        word=word,
        title=placement.title,
        course=placement.course,
        credits=placement.credits,
        when=_when(placement.terms, placement.term, names),
        short=len(placement.terms) < len(names),
        notes=tuple(notes.index(one) + 1 for one in placement.assumptions),
        placement=placement,
    )


def _when(terms: Sequence[str], term: str | None, names: Sequence[str]) -> str:
    if tuple(terms) == tuple(names):
        return "All year"
    if len(terms) > 1:
        return f"{term_words(terms[0])} to {terms[-1][-1]}"
    return term_words(term) if term else ""


Columns = list[list[_Item | None]]
"""Rows of a year, each with what stands in its columns."""


def _pack(items: Iterable[_Item], rows: int) -> Columns:
    """Give each course the first columns that are free in all its terms, the longest and widest first."""
    table: Columns = [[] for _ in range(rows)]
    for item in sorted(items, key=lambda one: (-one.length, -one.periods)):
        span = range(item.first, min(item.first + item.length, rows))
        at = 0
        while any(_at(table[row], at + k) is not None for row in span for k in range(item.periods)):
            at += 1
        for line in table:
            line.extend([None] * (at + item.periods - len(line)))
        for row in span:
            for k in range(item.periods):
                table[row][at + k] = item
    return table


def _at(row: list[_Item | None], column: int) -> _Item | None:
    return row[column] if column < len(row) else None


def _used(table: Columns, row: int) -> int:
    return sum(item is not None for item in table[row])


def _year(
    year: int,
    grade: int,
    now: int,
    names: Sequence[str],
    table: Columns,
    free: Sequence[int],
    summer: Sequence[_Item],
    width: int,
    *,
    last: bool,
) -> Year:
    open_cells = _open_cells(table, free, width)
    rows = []
    for i, name in enumerate(names):
        cells: list[Cell] = []
        for column in range(width):
            item = _at(table[i], column)
            if item is not None:
                before = _at(table[i - 1], column) if i else None
                left = _at(table[i], column - 1) if column else None
                if before is not item and left is not item:
                    span = min(item.length, len(names) - i)
                    cells.append(Cell(span, item.periods, item.card, free=False, right=2 * column >= width))
            elif (i, column) in open_cells:
                if (i - 1, column) not in open_cells:
                    length = next(n for n in range(1, len(names) + 1) if (i + n, column) not in open_cells)
                    cells.append(Cell(length, 1, None, free=True))
            else:
                cells.append(Cell(1, 1, None, free=False))
        rows.append(Row(name, tuple(cells)))
    if summer:
        filled = [Cell(1, item.periods, item.card, free=False) for item in summer]
        rest = width - sum(item.periods for item in summer)
        rows.append(Row("Summer", (*filled, *([Cell(1, rest, None, free=False)] if rest else []))))
    cards = [item.card for item in summer] + list(
        {id(i): i.card for row in table for i in row if i is not None}.values()
    )
    state, word = _year_state(cards, year, now, last=last)
    return Year(grade, school_year(year), state, word, _sum(cards), tuple(rows))


def _open_cells(table: Columns, free: Sequence[int], width: int) -> set[tuple[int, int]]:
    """Cells called free: as many in each term as the plan says, from the right, so that columns stay together."""
    found = set()
    for row, count in enumerate(free):
        empty = [column for column in range(width) if _at(table[row], column) is None]
        found |= {(row, column) for column in empty[len(empty) - min(count, len(empty)) :]}
    return found


def _year_state(cards: Sequence[Card], year: int, now: int, *, last: bool) -> tuple[State, str]:
    states = {card.state for card in cards}
    if year < now:
        return ("done", "Completed") if cards else ("off", "Nothing on record")
    if year == now:
        return ("now" if "now" in states else "plan"), "This year"
    return "plan", "Next year" if year == now + 1 else "Final year" if last else "Planned"


def _sum(cards: Sequence[Card]) -> str:
    words = {"done": "earned", "now": "in progress", "plan": "planned"}
    amounts = {
        word: sum((c.credits for c in cards if c.state == state or (state == "plan" and c.state == "pin")), Fraction(0))
        for state, word in words.items()
    }
    said = [f"{exact(amount)} {word}" for word, amount in amounts.items() if amount]
    return f"Credits: {', '.join(said)}" if said else ""
