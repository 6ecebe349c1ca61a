"""Wishes beyond a single course: what each asks of which terms, as rows of the problem.

A wish is counted in scopes: sets of terms that belong together (one term, one school year, all of them). A course
counts in every scope of which it fills a term. What the record holds of a scope counts with what is planned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from catalogs import Catalog, InputError
from catalogs.course import RIGOR
from pathways.choices import Choice
from pathways.problem import Candidate, Gap, GrantItem, PeakItem, Slot, Sum
from pathways.student import COUNTED, Student, Wish
from pathways.timeline import MOST_YEARS, Term, Timeline
from pathways.wish_words import is_meant, wish_words
from requirements.record import Entry, subjects
from requirements.selector import Subject

Placed = Collection[tuple[int, int]]
"""Columns of a plan: candidate and start position."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a wish asks in one scope.

    Parameters
    ----------
    when : str
        The scope in words.
    have : Fraction
        What the record holds there of what is counted.
    factor : int
        Units of the item's amounts in one of what is counted.
    possible : bool
        Whether the courses that are left could bring it about at all.
    """

    when: str
    item: GrantItem
    have: Fraction
    factor: int
    possible: bool

    def amount(self, placed: Placed) -> Fraction:
        """What is counted in the scope, in record and plan."""
        columns = self.item.sums[0].columns
        return self.have + Fraction(sum(a for i, k, a in columns if (i, k) in placed), self.factor)

    def granted(self, placed: Placed, complete: bool) -> bool:
        """Whether a plan holds all that the part asks."""
        for one in self.item.sums:
            if not one.least <= sum(a for i, k, a in one.columns if (i, k) in placed) <= one.most:
                return False
        for gap in self.item.gaps:
            ends = [any(c in placed for c in columns) for columns in (gap.before, gap.after) if columns is not None]
            if all(ends) and not any(c in placed for c in gap.between):
                return False
        return complete or not self.item.complete


@dataclass(frozen=True, slots=True)
class Asked:
    """One wish of the record, read: in words, in parts (and, for an even load, with its peak)."""

    wish: Wish
    fact: str
    words: str
    parts: tuple[Part, ...] = ()
    peak: PeakItem | None = None
    factor: int = 1
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    """Terms (school year and name) counted together; ``whole`` where none is left out, not even an unknown one."""

    when: str
    terms: frozenset[tuple[int, str]]
    whole: bool = False


class Wishes:
    """Reads the wishes of one student that are more than a single course or kind.

    ``last`` is the term of graduation: where a timeline goes on after it, wishes do not speak of the terms after.
    """

    def __init__(
        self,
        student: Student,
        catalog: Catalog,
        line: Timeline,
        open_terms: Sequence[int],
        kept: Sequence[Choice],
        entries: Sequence[Entry],
        candidates: Sequence[Candidate],
        groups: Sequence[tuple[int, int]],
        slots: Sequence[Slot],
        peak_cost: int,
        last: Term,
    ) -> None:
        self.student, self.catalog, self.line, self.open = student, catalog, line, tuple(open_terms)
        self.kept, self.candidates, self.groups, self.slots = kept, candidates, groups, slots
        self.entries = [entry for entry in entries if entry.amount]
        self.peak_cost, self.last = peak_cost, last
        self.subjects = subjects(catalog)
        self.summer = catalog.calendar.summer.name if catalog.calendar.summer else "Summer"

    def read(self) -> tuple[Asked, ...]:
        """Every wish of the record in its order; plain ones without parts.

        Raises
        ------
        InputError
            For a term, a course or hours of homework that do not exist, and for musts that contradict each other.
        """
        found = tuple(self.asked(wish, n) for n, wish in enumerate(self.student.wishes, 1))
        _refuse_contradictions(found)
        return found

    def asked(self, wish: Wish, number: int) -> Asked:
        place = f"wishes line {number}"
        try:
            there = any(is_meant(wish, one) for one in self.subjects.values())
            made = Asked(wish, f"wish:{number}", wish_words(wish, self.catalog))
        except InputError as error:  # a word that the vocabulary of rules does not know
            error.place = place
            raise
        if wish.plain:
            return made
        if not there:
            raise InputError(
                f"no course of {self.catalog.name} is of the kind that the wish names: {made.words}",
                place=place,
                mend="choose the courses by subject, level, tag, sced or code as the catalog has them",
            )
        self.check(wish, place)
        weight = 0 if wish.must else wish.weight
        if wish.says == "even":
            return self.even(made)
        if wish.says == "no_gap":
            parts = [Part("", GrantItem(made.fact, weight, gaps=tuple(self.gaps(wish))), Fraction(0), 1, True)]
        elif wish.says == "finish_by":
            last = self.line.index(wish.finish_by or "", what="finish_by")
            late = tuple(self.periods(slot) for slot, index in enumerate(self.open) if index > last)
            # A must is a date and no more: what the diploma lacks is the first tier's concern.
            item = GrantItem(made.fact, weight, sums=late, complete=not wish.must)
            parts = [Part("", item, Fraction(0), 1, True)]
        elif wish.says == "free":
            parts = [self.free(made, scope, weight) for scope in self.scopes(wish)]
        else:
            parts = [self.counted(made, scope, weight) for scope in self.scopes(wish)]
        return replace(made, parts=tuple(parts))

    def check(self, wish: Wish, place: str) -> None:
        """Terms, hours of homework and free periods that a wish speaks of exist."""
        calendar, known = self.catalog.calendar, {term.text for term in self.line.terms}
        for text in wish.terms:
            if text not in known and text not in (*calendar.term_names, self.summer):
                raise InputError(
                    f"the wish names term {text}, which is none of the student's years",
                    place=place,
                    mend=f"write {', '.join(calendar.term_names)} for the term of every year, or one of "
                    f"{', '.join(self.line.terms[i].text for i in self.open)}",
                )
        if "homework" in (wish.count, wish.even) and all(c.homework is None for c in self.catalog.courses):
            raise InputError(
                f"{self.catalog.name} gives no hours of homework",
                place=place,
                mend="add the column homework to its courses, or write rigor instead",
            )
        if wish.free is not None:
            most = self.student.load.max
            most = calendar.max_courses_per_term if most is None else most
            if wish.free > most:
                raise InputError(
                    f"the wish asks for {wish.free} free periods, but a term has {most}",
                    place=place,
                    mend="ask for fewer",
                )
        if wish.finish_by is not None:
            early = [self.line.terms[i].text for i in self.open[:-1]]
            if wish.finish_by not in early:
                raise InputError(
                    f"finish_by names {wish.finish_by}, which is no term before graduation "
                    f"({self.line.terms[-1].text}) that is left",
                    place=place,
                    mend=f"name one of {', '.join(early)}" if early else "take it out: no earlier term is left",
                )

    # Scopes

    def meant(self, wish: Wish, term: Term) -> bool:
        if (term.year, term.position) > (self.last.year, self.last.position):
            return False
        if wish.terms and not {term.text, term.name} & set(wish.terms):
            return False
        if wish.grades:
            return term.grade in wish.grades
        # The years before grade 9 are another school's: what is asked of every year does not speak of them.
        return term.grade >= 9 or term.text in wish.terms or wish.altogether

    def scopes(self, wish: Wish) -> list[_Scope]:
        """The sets of terms in which a wish is counted by itself."""
        meant = [term for term in (*self.past(), *self.line.terms) if self.meant(wish, term)]
        if wish.altogether:
            return [_Scope("", _places(meant), whole=not wish.terms and not wish.grades)]
        ahead = [term for i in self.open if self.meant(wish, term := self.line.terms[i])]
        if wish.each == "year":
            years = dict.fromkeys(term.year for term in ahead if not term.summer)
            return [
                _Scope(f"{year}–{(year + 1) % 100:02}", _places(t for t in meant if t.year == year)) for year in years
            ]
        named = wish.terms and wish.free is None  # a summer is spoken of only where it is named
        return [_Scope(t.text, _places([t])) for t in ahead if not t.summer or named]

    def past(self) -> Iterator[Term]:
        """The years before the timeline, in which the record may hold credit."""
        names, first = self.catalog.calendar.term_names, self.line.terms[0]
        for year in range(first.year - MOST_YEARS, first.year):
            for place, name in enumerate((*names, self.summer)):
                yield Term(year, name, place, first.grade + year - first.year, summer=place == len(names))

    # What the record holds

    def filled(self, entry: Entry) -> frozenset[tuple[int, str]]:
        """School years and terms that a line of the record fills; all of its year where it names no term."""
        year = entry.year
        if year is None:
            if entry.stage != "in_progress":
                return frozenset()
            year = self.line.terms[max(self.line.first - 1, 0)].year
        names = self.catalog.calendar.term_names
        if entry.term is None:
            return frozenset((year, name) for name in names)
        if entry.term not in names:
            return frozenset({(year, entry.term)})
        course = self.catalog.get(entry.subject.code or "")
        first = names.index(entry.term)
        return frozenset((year, name) for name in names[first : first + (course.terms if course else 1)])

    def on_record(self, wish: Wish, unit: str, scope: _Scope) -> Fraction:
        """What the record holds of what a wish counts in a scope."""
        found: dict[object, Fraction] = {}
        for entry in self.entries:
            if is_meant(wish, entry.subject) and (scope.whole or self.filled(entry) & scope.terms):
                # Lines with parts of one course are one course.
                key = entry.id if unit == "credits" else (entry.subject.code or entry.id, entry.year)
                found[key] = self.figure(unit, entry.subject, entry.amount)
        return sum(found.values(), Fraction(0))

    def figure(self, unit: str, subject: Subject, amount: Fraction) -> Fraction:
        """What a course counts for; ``amount`` is its credit in year-courses."""
        if unit == "credits":
            return amount * self.catalog.year_credits
        if unit == "rigor":
            return Fraction(RIGOR.get(subject.level, 0))
        course = self.catalog.get(subject.code or "")
        if unit == "periods":
            return Fraction(course.periods if course else 0)
        if unit == "homework":
            return (course.homework or Fraction(0)) if course else Fraction(0)
        return Fraction(1)

    # Parts

    def columns(self, wish: Wish, unit: str, scope: _Scope) -> Iterator[tuple[int, int, Fraction]]:
        """Courses that fill a term of a scope, and what each counts for."""
        for i, (choice, candidate) in enumerate(zip(self.kept, self.candidates, strict=True)):
            if is_meant(wish, self.subjects[candidate.code]):
                figure = self.figure(unit, self.subjects[candidate.code], choice.amount)
                for k, span in enumerate(candidate.spans):
                    if figure and scope.terms & _places(self.line.terms[self.open[slot]] for slot in span):
                        yield i, k, figure

    def upper(self, columns: Iterable[tuple[int, int, int]]) -> int:
        """The most that columns can come to: each course as often as it may be taken."""
        most: dict[int, int] = {}
        for i, _, amount in columns:
            group = self.candidates[i].group
            most[group] = max(most.get(group, 0), amount * self.groups[group][0])
        return sum(most.values())

    def counted(self, asked: Asked, scope: _Scope, weight: int) -> Part:
        wish, unit = asked.wish, asked.wish.count or "courses"
        found = list(self.columns(wish, unit, scope))
        have = self.on_record(wish, unit, scope)
        least, most = wish.limits
        factor = lcm(
            *(figure.denominator for _, _, figure in found),
            *(one.denominator for one in (have, least, most) if one is not None),
        )
        columns = tuple((i, k, int(figure * factor)) for i, k, figure in found)
        upper = self.upper(columns)
        low = int(max(least - have, Fraction(0)) * factor)
        high = upper if most is None else int((most - have) * factor)
        item = GrantItem(asked.fact, weight, sums=(Sum(columns, low, high, upper),))
        return Part(scope.when, item, have, factor, low <= upper and high >= 0)

    def free(self, asked: Asked, scope: _Scope, weight: int) -> Part:
        """The periods of a term, but for those that are to stay open."""
        slot = next(n for n, slot in enumerate(self.slots) if slot.term == scope.when)
        room = self.slots[slot].most - (asked.wish.free or 0)
        used = self.periods(slot)
        item = GrantItem(asked.fact, weight, sums=(Sum(used.columns, 0, room, used.upper),))
        return Part(scope.when, item, Fraction(0), 1, room >= 0)

    def periods(self, slot: int) -> Sum:
        """All periods of a slot, none of them allowed."""
        columns = tuple(
            (i, k, c.periods) for i, c in enumerate(self.candidates) for k, span in enumerate(c.spans) if slot in span
        )
        return Sum(columns, 0, 0, self.upper(columns))

    def even(self, asked: Asked) -> Asked:
        unit = asked.wish.even or "rigor"
        rows = []
        for scope in self.scopes(asked.wish):
            found = list(self.columns(asked.wish, unit, scope))
            rows.append((scope.when, self.on_record(asked.wish, unit, scope), found))
        factor = lcm(*(f.denominator for _, have, found in rows for f in (have, *(one[2] for one in found))))
        sums = tuple(
            (int(have * factor), tuple((i, k, int(figure * factor)) for i, k, figure in found))
            for _, have, found in rows
        )
        cost = max(asked.wish.weight * self.peak_cost // factor, 1)  # an amount is 1 / factor of what is counted
        peak = PeakItem(asked.fact, cost, sums) if sums else None
        return replace(asked, peak=peak, factor=factor, terms=tuple(when for when, _, _ in rows))

    def gaps(self, wish: Wish) -> Iterator[Gap]:
        """Stretches one term longer than may be idle: with a course before and one after, one must be inside."""
        if not self.open:
            return
        idle = int(1 if wish.at_most is None else wish.at_most)
        moments = [self.moment(term.year, term.name) for term in self.line.terms]
        columns = [
            (i, k, moments[self.open[span[0]]], moments[self.open[span[-1]]])
            for i, candidate in enumerate(self.candidates)
            if is_meant(wish, self.subjects[candidate.code])
            for k, span in enumerate(candidate.spans)
        ]
        first, last = moments[self.open[0]], moments[self.open[-1]]
        held = {self.moment(*t) for e in self.entries if is_meant(wish, e.subject) for t in self.filled(e)}
        latest = max((moment for moment in held if moment < first), default=None)
        if latest is not None and first - latest - 1 > idle:
            latest = None  # the gap is there already: what comes now begins anew
        for start in range(first if latest is None else latest + 1, last - idle):
            stop = start + idle
            if held & {*range(start, stop + 1)}:
                continue
            known = any(first <= moment < start for moment in held) or latest is not None
            before = tuple((i, k) for i, k, _, end in columns if end < start)
            between = tuple((i, k) for i, k, begin, end in columns if begin <= stop and end >= start)
            after = tuple((i, k) for i, k, begin, _ in columns if begin > stop)
            if after and (known or before):
                yield Gap(None if known else before, between, after)

    def moment(self, year: int, name: str) -> int:
        """Terms since year 0; a summer counts as the term before it."""
        names = self.catalog.calendar.term_names
        return year * len(names) + (names.index(name) if name in names else len(names) - 1)


def _places(terms: Iterable[Term]) -> frozenset[tuple[int, str]]:
    return frozenset((term.year, term.name) for term in terms)


def _refuse_contradictions(found: Sequence[Asked]) -> None:
    """Musts that no plan can hold together, whatever the courses are."""
    musts = [asked for asked in found if asked.wish.must and asked.wish.says in COUNTED]
    for low in musts:
        for high in musts:
            one, other = low.wish, high.wish
            same = all(getattr(one, name) == getattr(other, name) for name in ("course", "any_of", "count"))
            scope = all(getattr(one, name) == getattr(other, name) for name in ("each", "terms", "grades"))
            within = scope or (other.altogether and not other.terms and not other.grades)
            if same and within and other.at_most is not None and one.limits[0] > other.at_most:
                raise InputError(
                    f"two wishes that must hold contradict each other: {low.words}, and {high.words}",
                    place="wishes",
                    mend="take one of them out, or let it be a wish without must",
                )
