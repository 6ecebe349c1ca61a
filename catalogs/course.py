"""One course of a catalog."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from catalogs.prerequisite import Prerequisite

RIGOR = {"honors": 1, "high-honors": 2, "ap": 2, "ib": 2, "dual": 2, "college": 2}
"""Points of rigor by level; every other level has none."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course as a district lists it.

    Parameters
    ----------
    code
        The district's own code, always text (``0101``).
    title, subject
        As printed.
    credits
        What passing it earns, in the unit of its catalog.
    terms
        How many consecutive terms of the school year it lasts.
    periods
        How many periods it takes in each of them.
    offered
        Names of the terms in which it may start; empty: any in which it still fits into the school year.
    years
        Empty for every year, ``odd`` or ``even`` for school years that start in such a calendar year.
    grades
        Grade levels that may take it.
    level
        ``regular``, ``honors``, ``ap``, ``ib``, ``dual``, ... as the catalog calls it.
    prerequisite
        What must come before it, or None.
    tags
        ``name:value`` or ``name``.
    version
        Key of its version group, or None: versions of one course earn credit once and stand for each other.
    repeatable
        How often its credit counts.
    sced, sced_status
        The national course code and how sure it is (``seen``, ``confirmed``, ``proposed``).
    section_size, sections
        Seats in a section and number of sections; None for no limit known.
    status
        How sure the whole row is (``seen``, ``inferred``).
    homework
        Hours of homework a week, or None where the school does not say.
    cells
        The row as it was read, (column, text); kept for writing it back without loss, no part of equality.
    """

    code: str
    title: str
    subject: str
    credits: Fraction
    terms: int = 1
    periods: int = 1
    offered: tuple[str, ...] = ()
    years: str = ""
    grades: tuple[int, ...] = (9, 10, 11, 12)
    level: str = "regular"
    prerequisite: Prerequisite | None = None
    tags: tuple[str, ...] = ()
    version: str | None = None
    repeatable: int = 1
    sced: str | None = None
    sced_status: str | None = None
    section_size: int | None = None
    sections: int | None = None
    status: str = ""
    homework: Fraction | None = None
    cells: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    def tag_values(self, prefix: str) -> tuple[str, ...]:
        """Values of the tags ``prefix:value``.

        Examples
        --------
        >>> Course("1", "Art", "Arts", Fraction(1), tags=("grad:arts", "lab")).tag_values("grad")
        ('arts',)
        """
        start = f"{prefix}:"
        return tuple(tag[len(start) :] for tag in self.tags if tag.startswith(start))

    def has_tag(self, name: str) -> bool:
        """Whether the tag is there, word for word."""
        return name in self.tags
