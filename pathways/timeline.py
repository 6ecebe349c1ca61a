"""The terms of one student's school years, from the first that can still be planned to graduation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from catalogs import Calendar, Course, InputError
from pathways.student import Student, split_term

LOWEST_GRADE = 6
"""Planning may start in middle school."""
MOST_YEARS = 8
"""Longest time to graduation that a plan is made for."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of one school year.

    Parameters
    ----------
    year : int
        Fall of the school year.
    position : int
        Place in the school year, from 0; the summer after it comes last.
    grade : int
        The student's grade in that school year; a summer belongs to the year before it.
    """

    year: int
    name: str
    position: int
    grade: int
    summer: bool = False

    @property
    def text(self) -> str:
        return f"{self.year}-{self.name}"


@dataclass(frozen=True)
class Timeline:
    """All terms from grade 9's first (or this year's, if earlier) to graduation; ``first`` is the first open one."""

    terms: tuple[Term, ...]
    first: int

    def index(self, text: str, *, what: str, place: str = "pins") -> int:
        """Index of a term named by a person, or a clear error."""
        for i, term in enumerate(self.terms):
            if term.text == text:
                return i
        known = ", ".join(t.text for t in self.terms[self.first :]) or "none"
        raise InputError(
            f"{what} names term {text}, which is not between now and graduation",
            place=place,
            mend=f"the terms that can be planned are {known}",
        )

    def fits(self, course: Course, start: int, *, any_term: bool = False) -> bool:
        """Whether a course can begin in a term, by its length and the terms and years in which it is offered.

        With ``any_term`` its length alone counts, outside of summer.
        """
        term = self.terms[start]
        if any_term and not term.summer:
            return self.in_one_year(course, start)
        if course.years and (term.year % 2 == 1) != (course.years == "odd"):
            return False
        if term.summer:
            return term.name in course.offered
        if course.offered and term.name not in course.offered:
            return False
        return self.in_one_year(course, start)

    def in_one_year(self, course: Course, start: int) -> bool:
        """Whether a course that begins in a term ends within the regular terms of that school year."""
        term = self.terms[start]
        last = start + course.terms - 1
        return last < len(self.terms) and not self.terms[last].summer and self.terms[last].year == term.year

    def last(self, course: Course, start: int) -> int:
        """Index of the term in which a course ends: in summer that one term, else within the school year."""
        return min(start + course.terms - 1, self._year_ends[start])

    @cached_property
    def _year_ends(self) -> tuple[int, ...]:
        """For each term the last of its school year; a summer stands alone."""
        ends = {term.year: i for i, term in enumerate(self.terms) if not term.summer}
        return tuple(i if term.summer else ends[term.year] for i, term in enumerate(self.terms))


def timeline(student: Student, calendar: Calendar) -> Timeline:
    """Lay out the student's terms.

    Raises
    ------
    InputError
        When ``now`` or ``graduate`` is not a term of the calendar, or graduation lies before now.
    """
    names = calendar.term_names
    for text in student.load.terms:
        _known(text, calendar, "load")
    now_year, now_term = _known(student.now, calendar, "now")
    grade_now = student.grade or min(max(9 + now_year - student.entering, LOWEST_GRADE), 13)
    target = student.graduate or f"{now_year + 12 - min(grade_now, 12)}-{names[-1]}"
    end_year, end_term = _known(target, calendar, "graduate")
    summer = calendar.summer.name if calendar.summer else "Summer"
    if end_year > now_year + MOST_YEARS:
        raise InputError(
            f"graduation ({target}) lies more than {MOST_YEARS} years ahead",
            place="graduate",
            mend="set graduate to the last term of high school",
        )
    if end_year < now_year:
        raise _over(student, target)
    start = min(student.entering, now_year)
    terms = []
    for year in range(start, end_year + 1):
        grade = grade_now + year - now_year
        terms += [Term(year, name, p, grade) for p, name in enumerate(names)]
        if year < end_year or end_term == summer:
            terms.append(Term(year, summer, len(names), grade, summer=True))
    last = next((i for i, t in enumerate(terms) if (t.year, t.name) == (end_year, end_term)), None)
    assert last is not None
    terms = terms[: last + 1]
    first = next((i for i, t in enumerate(terms) if (t.year, t.name) == (now_year, now_term)), None)
    if first is None:
        raise _over(student, target)
    if any(line.in_progress for line in student.transcript):
        first += 1
    return Timeline(tuple(terms), first)


def _over(student: Student, target: str) -> InputError:
    return InputError(
        f"graduation ({target}) lies before the current term ({student.now})",
        place="graduate",
        mend="set graduate to a term that is still to come",
    )


def _known(text: str, calendar: Calendar, what: str) -> tuple[int, str]:
    year, name = split_term(text)
    summer = calendar.summer.name if calendar.summer else "Summer"
    if name not in (*calendar.term_names, summer):
        raise InputError(
            f"{what} is {text!r}, but the school has no term {name!r}",
            place=what,
            mend=f"use one of {', '.join(calendar.term_names)}",
        )
    return year, name
