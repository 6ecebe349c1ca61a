"""What makes one plan better than another once goals and wishes are settled: quality points, lower is better."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from catalogs import Catalog, Course
from catalogs.course import RIGOR
from pathways.aims import Aims
from pathways.choices import Choice, Choices
from pathways.offering import CORE, in_area, offering
from pathways.problem import Clause, Half, Pause, Spread
from pathways.timeline import Timeline
from requirements.record import Entry


@dataclass(frozen=True, slots=True)
class Points:
    """Quality points, lower is better; ``docs/explanation/planning.md`` explains them. A year-long course weighs 24.

    Parameters
    ----------
    placed
        One period for a school year: nothing is added to a plan without need.
    piece
        Any course, however short: one course of a year rather than four of a quarter.
    late
        A year-long core course, for each school year it waits.
    fresh
        A course that begins something new in a subject in which the record holds a sequence that could go on.
    assumed
        Anything taken for granted about a placement (an approval, a summer offering, an unknown prerequisite).
    unusual
        A course off campus, online, in athletics, military training, mathematics beside the sequence, as an aide or for
        students of a service, where nobody asked for it.
    second_choice
        A course that a requirement names after another kind: rules name the ordinary course first.
    early_rigor
        For each grade before 13 and point of rigor nobody asked for: rigor that rises.
    missing_core
        A school year without one of the core subjects.
    pause
        A course of a sequence begun later than the school year after the one before it; for the second half of a
        course, later than the same school year.
    half
        The first half of a course without its second half.
    again
        A repeatable course taken once more.
    extra_period
        Each period of a course beyond the first, where nobody asked for it.
    uneven
        A period above the even load, for a school year.
    task
        A test or another task still to be done where courses would do as well.
    task_beside
        A task that goes with courses, where there is a choice.
    peak
        Where a wish asks for an even load: each point of rigor (hour of homework, period) of the heaviest term, times
        the weight of the wish.
    early_credit
        A course for high-school credit taken before grade 9 that nobody asked for.
    off_grade
        For a step of a career-technical sequence or program of study that is a goal: each school year that it lies off
        its usual grade.
    serves
        Taken off for a course that nobody asked for, by what it is worth for the first goal that is a career, cluster,
        pathway or major (all of it at a value of 1); no course costs less than nothing.
    """

    placed: int = 24
    piece: int = 3
    late: int = 12
    fresh: int = 6
    assumed: int = 48
    unusual: int = 36
    second_choice: int = 6
    early_rigor: int = 12
    missing_core: int = 24
    pause: int = 36
    half: int = 36
    again: int = 36
    extra_period: int = 24
    uneven: int = 48
    task: int = 72
    task_beside: int = 24
    peak: int = 96
    early_credit: int = 24
    off_grade: int = 4
    serves: int = 24


class Quality:
    """Quality points of the choices of one student."""

    def __init__(
        self,
        catalog: Catalog,
        line: Timeline,
        choices: Choices,
        points: Points,
        second_choices: Container[str],
        aims: Aims,
    ) -> None:
        self.catalog, self.line, self.choices, self.points = catalog, line, choices, points
        self.second_choices, self.values, self.grades = second_choices, aims.values(), aims.grades()
        self.offering = offering(catalog)
        self.sequences = {c.course.subject for c in choices.by_code.values() if c.since is not None}
        first = line.terms[choices.open[0]] if choices.open else None
        # No course waits for grade 9.
        self.first_year = first.year + max(9 - first.grade, 0) if first else 0

    def costs(self, choice: Choice) -> dict[int, int]:
        """Points of each start."""
        course, points = choice.course, self.points
        per_year = self.catalog.calendar.terms_per_year
        base = points.placed * course.periods * course.terms // per_year + points.piece
        rigor = points.early_rigor * RIGOR.get(course.level, 0) * course.terms // per_year
        late = points.late * course.terms // per_year if self.offering.areas[course.code] else 0
        serves = points.serves * course.terms * self.values.get(course.code, 0) // (per_year * 1000)
        if not choice.asked:
            base += points.unusual * (course.code in self.offering.unusual)
            base += points.extra_period * (course.periods - 1)
            base += points.second_choice * (course.code in self.second_choices)
        if choice.since is None and not course.prerequisite and course.subject in self.sequences:
            base += points.fresh
        usual = self.grades.get(course.code)
        costs = {}
        for start in choice.starts:
            term = self.line.terms[start]
            cost = base + late * max(term.year - self.first_year, 0) if late else base
            if choice.since is not None and term.year > choice.since + 1:
                cost += points.pause
            if not choice.asked:
                cost += points.early_credit * (term.grade < 9)
                cost += points.assumed * (not self.choices.certain(choice, start)) + rigor * max(13 - term.grade, 0)
                if usual is not None:
                    cost += points.off_grade * abs(term.grade - usual)
                cost = max(cost - serves, 0)
            costs[start] = cost
        return costs

    def spreads(self, kept: Sequence[Choice], entries: Sequence[Entry]) -> list[Spread]:
        """A core subject in every school year that still lies ahead."""
        out = []
        ahead = [self.line.terms[i] for i in self.choices.open]
        years = sorted({term.year for term in ahead if not term.summer and term.grade >= 9})
        for area in CORE:
            going = {
                year
                for e in entries
                if e.stage == "in_progress" and in_area(e.subject, area) and (year := e.year) is not None
            }
            for year in years:
                columns = tuple(
                    (i, k)
                    for i, c in enumerate(kept)
                    if area in self.offering.areas[c.course.code]
                    for k, s in enumerate(sorted(c.starts))
                    if self.line.terms[s].year == year and not self.line.terms[s].summer and c.is_open(s)
                )
                if columns and year not in going:
                    out.append(Spread(area, year, self.points.missing_core, columns))
        return out

    def pauses(self, kept: Sequence[Choice], clauses: Sequence[Clause]) -> list[Pause]:
        """Courses of one subject that follow each other should do so without a gap."""
        out = []
        starts = [sorted(c.starts) for c in kept]
        for clause in clauses:
            after = kept[clause.course].course
            before = [i for i, _ in clause.alternatives if kept[i].course.subject == after.subject]
            if not before or any(together for _, together in clause.alternatives):
                continue
            halves = all(kept[i].course.sced == after.sced and self._is_half(kept[i].course) for i in before)
            gap = 0 if halves and self._is_half(after) else 1
            rows = []
            for k, start in enumerate(starts[clause.course]):
                if self.choices.open.index(start) >= clause.until:
                    continue  # by then it leans on something else
                year = self.line.terms[start].year
                recent = tuple(
                    (i, j)
                    for i in before
                    for j, s in enumerate(starts[i])
                    if year - gap <= self.line.terms[s].year <= year
                )
                if any(self.line.terms[s].year < year - gap for i in before for s in starts[i]):
                    rows.append((k, recent))
            if rows:
                out.append(Pause(clause.course, self.points.pause, tuple(rows)))
        return out

    def halves(self, kept: Sequence[Choice], clauses: Sequence[Clause]) -> list[Half]:
        """Courses taught in halves: the second names the first as its prerequisite and bears the same national code."""
        seconds: dict[int, list[int]] = {}
        for clause in clauses:
            second = kept[clause.course].course
            for first, _ in clause.alternatives:
                before = kept[first].course
                if before.sced == second.sced and self._is_half(before) and self._is_half(second):
                    seconds.setdefault(first, []).append(clause.course)
        # A second half may itself be named first by a third part; only the true first half asks for company.
        later = {i for found in seconds.values() for i in found}
        return [Half(i, tuple(found), self.points.half) for i, found in seconds.items() if i not in later]

    def _is_half(self, course: Course) -> bool:
        return course.sced is not None and course.credits < self.catalog.year_credits
