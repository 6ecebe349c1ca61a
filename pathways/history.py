"""What a student's record means for planning: which courses are done or begun, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalogs import Catalog, Course
from pathways.timeline import Timeline
from requirements.record import Entry

ACADEMIC_AREAS = ("01", "02", "03", "04", "24")
"""SCED areas in which credit from elsewhere under a course's own SCED code is taken to be that course."""


@dataclass(slots=True)
class Held:
    """Since which term a course is done or begun, the best mark, and the school year in which it was taken."""

    done: int
    begun: int
    mark: str | None = None
    year: int | None = None


class History:
    """The record, read against a catalog and a timeline."""

    def __init__(self, catalog: Catalog, line: Timeline, entries: Sequence[Entry]) -> None:
        self.catalog, self.line, self.entries = catalog, line, tuple(entries)
        self.by_code: dict[str, list[Entry]] = defaultdict(list)
        self.by_sced: dict[str, list[Entry]] = defaultdict(list)
        self.earned: dict[str, Fraction] = defaultdict(Fraction)
        self.times: dict[str, int] = defaultdict(int)
        for entry in entries:
            if entry.amount and entry.subject.code in catalog.by_code:
                code = entry.subject.code or ""
                self.by_code[code].append(entry)
                self.earned[catalog.credit_key(code)] += entry.amount
                self.times[catalog.credit_key(code)] += 1
            elif entry.amount and entry.subject.sced:
                self.by_sced[entry.subject.sced].append(entry)
        self.failed = {e.subject.code for e in entries if e.stage == "earned" and not e.amount and e.subject.code}
        self.done = {e.subject.code for e in entries if e.amount and e.subject.code}

    def held(self) -> dict[str, Held]:
        """Courses done or begun, by code, their versions included.

        Credit from elsewhere under a course's own SCED code adds to it; a course is done once its whole credit is
        there.
        """
        held: dict[str, Held] = {}
        for course in self.catalog.courses:
            lines = [*self.by_code.get(course.code, ()), *(self.by_sced.get(course.sced or "", ()))]
            if not lines:
                continue
            total, done = Fraction(0), None
            for entry in sorted(lines, key=lambda e: self.when(e, course)):
                total += entry.amount
                if total >= self.whole(course):
                    done = self.when(entry, course)[0]
                    break
            if done is None:
                continue
            best = max(lines, key=lambda e: self.rank(e.mark))
            year = max((e.year for e in lines if e.year is not None), default=None)
            now = Held(done, min(self.when(e, course)[1] for e in lines), best.mark, year)
            for code in self.catalog.versions(course.code):
                before = held.get(code)
                if before is None or (now.done, -self.rank(now.mark)) < (before.done, -self.rank(before.mark)):
                    held[code] = now
        return held

    def rank(self, mark: str | None) -> int:
        return -1 if mark is None else self.catalog.grading.rank(mark) or 0

    def when(self, entry: Entry, course: Course) -> tuple[int, int]:
        """First term in which the course is done, and in which it is begun."""
        if entry.stage == "earned":
            return 0, 0
        if entry.subject.code is None:
            return self.line.first, 0
        begun = next((i for i, t in enumerate(self.line.terms) if t.year == entry.year and t.name == entry.term), None)
        if begun is None:
            begun = self.started(course)
        return self.line.last(course, begun) + 1, begun

    def started(self, course: Course) -> int:
        """Term in which a course in progress began: the latest before planning starts in which it may begin."""
        now = self.line.first - 1
        for i in range(now, -1, -1):
            if self.line.fits(course, i) and self.line.last(course, i) >= now:
                return i
        return max(now, 0)

    def whole(self, course: Course) -> Fraction:
        return self.catalog.year_courses[course.code]

    def occupied(self) -> dict[int, int]:
        """Periods that courses in progress still fill in open terms."""
        used: dict[int, int] = defaultdict(int)
        for entry in self.entries:
            course = self.catalog.get(entry.subject.code or "")
            if entry.stage == "in_progress" and course is not None:
                done, begun = self.when(entry, course)
                for i in range(max(begun, self.line.first), done):
                    used[i] += course.periods
        return used

    def to_go(self, course: Course) -> Fraction:
        """Year-courses that a course can still earn; for a repeatable one its whole credit while it may be repeated."""
        key = self.catalog.credit_key(course.code)
        if course.repeatable > 1:
            return self.whole(course) if self.times.get(key, 0) < course.repeatable else Fraction(0)
        earned = self.earned.get(key, 0) + self.elsewhere(course)
        return self.whole(course) - earned if earned else self.whole(course)

    def elsewhere(self, course: Course) -> Fraction | int:
        """Credit from elsewhere that is this very course: its SCED code, in an area where codes name single courses."""
        if course.sced is None or course.sced[:2] not in ACADEMIC_AREAS:
            return 0
        return sum(e.amount for e in self.by_sced.get(course.sced, ()))
