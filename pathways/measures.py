"""Named measures of a plan: what a front trades against each other and what an alternative may lean toward.

A tier of the objective is measured by the solver's own terms; every other measure is a sum over the courses placed, or
the greatest of several sums (the fullest term), so that the solver can hold or minimise it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from catalogs import Course, InputError
from catalogs.course import RIGOR
from catalogs.exact import decimal_text
from pathways.compile import Compiled
from pathways.solver import Answer, Figure, Within
from requirements import vocabulary

Sense = Literal["least", "most"]
Sums = tuple[tuple[tuple[int, int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of plans.

    Parameters
    ----------
    name
        As people ask for it: ``wishes``, ``load``, ``goal:uc-ag``.
    title
        In a few words, for tables and pictures.
    unit
        Its unit, one and several: ``("credit", "credits")``.
    sense
        Whether least or most of it is better.
    step
        What 1 of the solver's integers means in that unit.
    tier
        The tier that it is, if it is one.
    sums
        Else the sums over columns whose greatest it is.
    """

    name: str
    title: str
    unit: tuple[str, str]
    sense: Sense
    step: Fraction = Fraction(1)
    tier: str | None = None
    sums: Sums = ()

    def figure(self, room: Within) -> Figure:
        """What is minimised for it."""
        if self.tier is not None:
            return room.tiers[self.tier]
        if self.sense == "least":
            return room.greatest(self.sums)
        return room.greatest([[(i, k, -a) for i, k, a in columns] for columns in self.sums])

    def of(self, answer: Answer) -> int:
        """Its value in a plan, in the solver's integers."""
        if self.tier is not None:
            return next(tier.value for tier in answer.tiers if tier.name == self.tier)
        placed = set(answer.placed or ())
        return max((sum(a for i, k, a in columns if (i, k) in placed) for columns in self.sums), default=0)

    def cost(self, answer: Answer) -> int:
        """Its value as what is minimised."""
        return self.of(answer) if self.sense == "least" else -self.of(answer)

    def words(self, value: Fraction) -> str:
        """A value with its unit."""
        return f"{decimal_text(value)} {self.unit[value != 1]}"


def measure(compiled: Compiled, name: str) -> Measure:
    """The measure of that name, for one student.

    Raises
    ------
    InputError
        For a name that is not known, with those that are.
    """
    known = measures(compiled)
    if name not in known:
        raise InputError(f"there is no measure {name!r} for this student", mend=f"The measures are {', '.join(known)}")
    return known[name]


def measures(compiled: Compiled) -> Mapping[str, Measure]:
    """Everything that can be measured of one student's plans, by name."""
    made = [*_tiers(compiled), rigor(compiled), load(compiled), courses(compiled), finish(compiled)]
    return {one.name: one for one in made}


def _tiers(compiled: Compiled) -> list[Measure]:
    made = []
    for n, program in enumerate(compiled.programs):
        tier = f"goal:{program.id}" if n else "graduation"
        title = f"credit missing of {program.name}" if n else "credit missing of the diploma"
        step = program.unit.year_course / compiled.problem.scale
        made.append(Measure(tier, title, ("credit", "credits"), "least", step, tier))
    made.append(Measure("wishes", "wishes that come true", ("point", "points"), "most", tier="wishes"))
    made.append(Measure("quality", "quality", ("point", "points"), "least", tier="quality"))
    return made


def _sum(compiled: Compiled, weight: Callable[[int], int]) -> Sums:
    """One sum over all columns, by what a course weighs."""
    candidates = compiled.problem.candidates
    return (tuple((i, k, weight(i)) for i, c in enumerate(candidates) for k in range(len(c.starts)) if weight(i)),)


def rigor(compiled: Compiled, sense: Sense = "most") -> Measure:
    """Points of rigor of all courses, weighed by how much of a school year each lasts."""
    per_year = compiled.catalog.calendar.terms_per_year
    sums = _sum(compiled, lambda i: RIGOR.get(compiled.courses[i].level, 0) * compiled.courses[i].terms)
    return Measure("rigor", "rigor of the courses", ("point", "points"), sense, Fraction(1, per_year), sums=sums)


def load(compiled: Compiled) -> Measure:
    """Periods that the plan fills in its fullest term, summers and courses under way aside."""
    problem = compiled.problem
    inside: list[list[tuple[int, int, int]]] = [[] for _ in problem.slots]
    for i, candidate in enumerate(problem.candidates):
        for k, span in enumerate(candidate.spans):
            for slot in span:
                inside[slot].append((i, k, candidate.periods))
    sums = tuple(tuple(row) for row, slot in zip(inside, problem.slots, strict=True) if row and not slot.summer)
    return Measure("load", "periods in the fullest term", ("period", "periods"), "least", sums=sums)


def courses(compiled: Compiled) -> Measure:
    """How many courses the plan places."""
    return Measure("courses", "courses taken", ("course", "courses"), "least", sums=_sum(compiled, lambda _: 1))


def finish(compiled: Compiled) -> Measure:
    """Terms, summers that are used included, until the last course ends."""
    sums = tuple(
        ((i, k, span[-1] + 1),)
        for i, candidate in enumerate(compiled.problem.candidates)
        for k, span in enumerate(candidate.spans)
    )
    return Measure("finish", "terms until the last course ends", ("term", "terms"), "least", sums=sums)


def language(compiled: Compiled, answer: Answer) -> Measure | None:
    """Credit in the languages that a plan takes up; None where it takes up none."""
    series = [language_of(course) for course in compiled.courses]
    mine = {series[i] for i, _ in answer.placed or ()} - {None}
    if not mine:
        return None
    amounts = [c.amount for c in compiled.problem.candidates]
    sums = _sum(compiled, lambda i: amounts[i] if series[i] in mine else 0)
    step = Fraction(1, compiled.problem.scale)
    return Measure("language", "credit in the language planned", ("credit", "credits"), "least", step, sums=sums)


def language_of(course: Course) -> str | None:
    """The world language that a course teaches."""
    if course.sced is None or course.sced not in vocabulary.subject("world_language").codes:
        return None
    return vocabulary.series(course.sced)
