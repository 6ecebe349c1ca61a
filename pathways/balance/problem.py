"""What is to be balanced: courses by position, periods counted from 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Objective: TypeAlias = Literal["max-load", "gbac"]


@dataclass(frozen=True, slots=True)
class Range:
    """Limits of a sum; None for none."""

    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Curriculum:
    """Courses (positions in `Balance.ids`) that one group of students takes."""

    id: str
    courses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """A balancing problem, known to be well formed (but not to have an answer).

    Parameters
    ----------
    objective
        ``max-load``: the largest load of any curriculum in any period. ``gbac``: squared distances from the mean load,
        and undesired placements, each times its weight.
    credits
        Of each course; whole numbers.
    load, courses
        Limits of every curriculum in every period: sum of credits, number of courses.
    prerequisites
        Pairs (earlier, later), without repeats and without cycle.
    undesired
        Pairs (course, period), without repeats.
    """

    name: str
    objective: Objective
    periods: int
    ids: tuple[str, ...]
    credits: tuple[int, ...]
    load: Range
    courses: Range
    prerequisites: tuple[tuple[int, int], ...]
    curricula: tuple[Curriculum, ...]
    undesired: tuple[tuple[int, int], ...] = ()
    balance_weight: int = 1
    undesired_weight: int = 1

    def total(self, curriculum: Curriculum) -> int:
        """Credits of a curriculum."""
        return sum(self.credits[course] for course in curriculum.courses)
