"""The school year: its terms, the periods of a term, and summer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Summer:
    """A summer term, which belongs to no school year's row of terms."""

    name: str = "Summer"
    max_courses: int = 2


@dataclass(frozen=True, slots=True)
class Calendar:
    """A school year.

    Parameters
    ----------
    term_names
        The terms in their order, such as ``("S1", "S2")``.
    max_courses_per_term
        Periods in a term: the most that a student can fill.
    min_courses_per_term
        The least that a student must fill, or None.
    summer
        The summer term, or None where the school has none.
    """

    term_names: tuple[str, ...]
    max_courses_per_term: int
    min_courses_per_term: int | None = None
    summer: Summer | None = None

    @property
    def terms_per_year(self) -> int:
        """Number of terms in the school year, summer not counted."""
        return len(self.term_names)
