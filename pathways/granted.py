"""Which wishes a plan grants, told anew from placements and transcript; shares nothing with compiler and model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from catalogs import Catalog
from catalogs.course import RIGOR
from pathways.plan import Placement, Plan
from pathways.student import Wish
from requirements.language import Selector
from requirements.record import Entry, subject_of
from requirements.selector import Subject, matches

Cell = tuple[int, str]
"""A term: the fall of its school year, and its name."""


class Granted:
    """Walks the terms of a plan for each wish that is more than a course."""

    def __init__(self, plan: Plan, catalog: Catalog, entries: Sequence[Entry]) -> None:
        self.plan, self.catalog, self.student = plan, catalog, plan.request
        self.names = catalog.calendar.term_names
        self.summer = catalog.calendar.summer.name if catalog.calendar.summer else "Summer"
        self.entries = [entry for entry in entries if entry.amount]
        year, name = _cell(self.student.now)
        self.now, self.last = year, _cell(plan.terms[-1])
        begun = any(line.in_progress for line in self.student.transcript)
        first = self.order((year, name)) + begun
        ahead = [(y, n) for y in range(year, self.last[0] + 1) for n in (*self.names, self.summer)]
        self.ahead = [
            cell
            for cell in ahead
            if first <= self.order(cell) <= self.order(self.last)
            and (cell[1] != self.summer or self.student.summer.allowed)
        ]

    def order(self, cell: Cell) -> int:
        return cell[0] * (len(self.names) + 1) + (*self.names, self.summer).index(cell[1])

    def grade(self, year: int) -> int:
        now = self.student.grade or min(max(9 + self.now - self.student.entering, 6), 13)
        return now + year - self.now

    def parts(self, wish: Wish) -> list[bool]:
        """For each part of a wish (each term or year that it is counted in) whether it holds."""
        if wish.finish_by is not None:
            ends = [self.order((p.year, p.terms[-1])) for p in self.plan.placements]
            late = any(end > self.order(_cell(wish.finish_by)) for end in ends)
            return [not late and (wish.must or self.plan.graduates is not None)]
        if wish.no_gap is not None:
            return [self.without_gap(wish.no_gap, int(1 if wish.at_most is None else wish.at_most))]
        if wish.even is not None:
            return self.spread_out(wish)
        if wish.free is not None:
            return [self.plan.free.get(f"{y}-{n}", 0) >= wish.free for y, n in self.terms(wish) if n != self.summer]
        least = Fraction(wish.at_most is None) if wish.at_least is None else wish.at_least
        unit = wish.count or "courses"
        if unit in ("periods", "homework") or wish.each == "term":
            counts = [self.count(wish, unit, {one}.__contains__) for one in self.terms(wish)]
        elif wish.each == "year":
            years = dict.fromkeys(y for y, n in self.ahead if n != self.summer and self.meant(wish, (y, n), False))
            every = [[(y, n) for n in (*self.names, self.summer) if self.meant(wish, (y, n), False)] for y in years]
            counts = [self.count(wish, unit, cells.__contains__) for cells in every]
        elif wish.terms or wish.grades:
            counts = [self.count(wish, unit, lambda cell: self.meant(wish, cell, True))]
        else:
            counts = [self.count(wish, unit, None)]
        return [least <= n and (wish.at_most is None or n <= wish.at_most) for n in counts]

    def meant(self, wish: Wish, cell: Cell, altogether: bool) -> bool:
        """Whether a wish speaks of a term."""
        text = f"{cell[0]}-{cell[1]}"
        if wish.terms and text not in wish.terms and cell[1] not in wish.terms:
            return False
        grade = self.grade(cell[0])
        return grade in wish.grades if wish.grades else altogether or grade >= 9 or text in wish.terms

    def terms(self, wish: Wish) -> list[Cell]:
        """Terms to come that a wish speaks of one by one; a summer only where it is named."""
        return [cell for cell in self.ahead if self.meant(wish, cell, False) and (cell[1] != self.summer or wish.terms)]

    def count(self, wish: Wish, unit: str, inside: Callable[[Cell], bool] | None) -> Fraction:
        """What record and plan hold of a kind of course in some terms (None: all there are)."""
        found: dict[object, Fraction] = {}
        for place in self.plan.placements:
            course = self.catalog.by_code[place.course]
            if _of_kind(wish, subject_of(course)) and (inside is None or any(map(inside, _cells(place)))):
                amount = place.credits if unit == "credits" else self.worth(unit, subject_of(course))
                found["plan", place.course, place.year, place.term] = amount
        for entry in self.entries:
            if _of_kind(wish, entry.subject) and (inside is None or any(map(inside, self.filled(entry)))):
                if unit == "credits":
                    found["line", entry.id] = entry.amount * self.catalog.year_credits
                else:
                    found["line", entry.subject.code or entry.id, entry.year] = self.worth(unit, entry.subject)
        return sum(found.values(), Fraction(0))

    def worth(self, unit: str, subject: Subject) -> Fraction:
        course = self.catalog.get(subject.code or "")
        if unit == "courses":
            return Fraction(1)
        if unit == "rigor":
            return Fraction(RIGOR.get(subject.level, 0))
        if course is None:
            return Fraction(0)
        return Fraction(course.periods) if unit == "periods" else course.homework or Fraction(0)

    def filled(self, entry: Entry) -> list[Cell]:
        """Terms that a line of the record fills; all of its school year where it names none."""
        year = entry.year
        if year is None and entry.stage == "in_progress":
            year = self.now
        if year is None:
            return []
        if entry.term is None:
            return [(year, name) for name in self.names]
        if entry.term not in self.names:
            return [(year, entry.term)]
        course = self.catalog.get(entry.subject.code or "")
        at = self.names.index(entry.term)
        return [(year, name) for name in self.names[at : at + (course.terms if course else 1)]]

    def without_gap(self, kind: Selector, idle: int) -> bool:
        """Whether no more terms than ``idle`` lie between courses of a kind; a gap of the past is past."""

        def moment(cell: Cell) -> int:
            at = self.names.index(cell[1]) if cell[1] in self.names else len(self.names) - 1
            return cell[0] * len(self.names) + at

        if not self.ahead:
            return True
        first = moment(self.ahead[0])
        held = {moment(c) for e in self.entries if matches(kind, e.subject) is True for c in self.filled(e)}
        past = max((m for m in held if m < first), default=None)
        if past is not None and first - past - 1 > idle:
            past = None
        planned = {
            moment(c)
            for p in self.plan.placements
            if matches(kind, subject_of(self.catalog.by_code[p.course])) is True
            for c in _cells(p)
        }
        there = sorted({*planned, *(m for m in held if m >= first), *([] if past is None else [past])})
        return all(b - a - 1 <= idle or b not in planned for a, b in pairwise(there))

    def spread_out(self, wish: Wish) -> list[bool]:
        unit, terms = wish.even or "", self.terms(wish)
        if not terms:
            return []
        loads = [self.count(wish, unit, {one}.__contains__) for one in terms]
        planned = [p for p in self.plan.placements if set(_cells(p)) & set(terms)]
        largest = max((self.worth(unit, subject_of(self.catalog.by_code[p.course])) for p in planned), default=0)
        return [not largest or max(loads) - sum(loads, Fraction(0)) / len(loads) < largest]


def _cell(text: str) -> Cell:
    year, _, name = text.partition("-")
    return int(year), name


def _cells(place: Placement) -> list[Cell]:
    return [(place.year, term) for term in place.terms]


def _of_kind(wish: Wish, subject: Subject) -> bool:
    if wish.course is not None:
        return subject.code == wish.course
    return wish.any_of is None or matches(wish.any_of, subject) is True
