"""What a catalog says of its courses whoever the student is, worked out once for all students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalogs import Catalog, Course, InputError
from catalogs.prerequisite import AllOf, AnyOf, GradeAtLeast, Need, Prerequisite, Text, leaves
from requirements import vocabulary
from requirements.record import subjects
from requirements.selector import Subject

CORE = ("english", "mathematics", "science", "social_studies")
"""Subjects that should not pause: missing one in a school year costs points."""
SERVICE_LEVELS = {"el": "english_learner", "special-education": "special_education", "resource": "special_education"}
"""Levels of courses that a plan proposes only to students who receive that service (a pin or wish still may)."""
UNUSUAL_TAGS = ("virtual", "athletics", "school-service")
UNUSUAL_SETS = ("aides", "jrotc", "mathematics_below", "mathematics_applied")
MAX_CLAUSES = 512

Atom = Need | GradeAtLeast | Text


@dataclass(frozen=True, slots=True)
class Offering:
    """By course code; what is not there says nothing.

    Parameters
    ----------
    clauses
        The prerequisite in conjunctive normal form: every clause needs one of its atoms. For every course that has one.
    named_by
        Courses whose prerequisite names it, or a version of it.
    marks_asked
        Minimum marks that prerequisites of other courses ask for.
    areas
        Core subjects that it belongs to. For every course.
    unusual
        Courses off campus, online, in athletics, military training, mathematics beside the sequence, as an aide or for
        students of a service.
    excludes
        Courses beside which it earns no credit.
    """

    clauses: Mapping[str, tuple[tuple[Atom, ...], ...]]
    named_by: Mapping[str, frozenset[str]]
    marks_asked: Mapping[str, frozenset[str]]
    areas: Mapping[str, tuple[str, ...]]
    unusual: frozenset[str]
    excludes: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def offering(catalog: Catalog) -> Offering:
    """What a catalog says of its courses.

    Raises
    ------
    InputError
        For a prerequisite with too many combinations of alternatives.
    """
    named_by: dict[str, set[str]] = {}
    marks: dict[str, set[str]] = {}
    for course in catalog.courses:
        for leaf in leaves(course.prerequisite) if course.prerequisite else ():
            if isinstance(leaf, Need):
                if leaf.minimum is not None:
                    marks.setdefault(leaf.code, set()).add(leaf.minimum)
                for version in catalog.versions(leaf.code) if leaf.code in catalog.by_code else ():
                    named_by.setdefault(version, set()).add(course.code)
    beside = frozenset().union(*(vocabulary.expand(f"set:{name}") for name in UNUSUAL_SETS))
    return Offering(
        clauses={c.code: _clauses(c.prerequisite, c) for c in catalog.courses if c.prerequisite is not None},
        named_by={code: frozenset(found) for code, found in named_by.items()},
        marks_asked={code: frozenset(found) for code, found in marks.items()},
        areas={
            code: tuple(area for area in CORE if in_area(subject, area)) for code, subject in subjects(catalog).items()
        },
        unusual=frozenset(
            course.code
            for course in catalog.courses
            if any(map(course.has_tag, UNUSUAL_TAGS))
            or course.tag_values("campus")
            or course.sced in beside
            or course.level in SERVICE_LEVELS
        ),
        excludes={c.code: found for c in catalog.courses if (found := c.tag_values("excludes"))},
    )


def in_area(subject: Subject, area: str) -> bool:
    """Whether a course belongs to a core subject."""
    return (subject.sced in vocabulary.subject(area).codes) if subject.sced else subject.area == area


def _clauses(prerequisite: Prerequisite, course: Course) -> tuple[tuple[Atom, ...], ...]:
    if isinstance(prerequisite, AllOf):
        return tuple(clause for part in prerequisite.parts for clause in _clauses(part, course))
    if isinstance(prerequisite, AnyOf):
        product: list[tuple[Atom, ...]] = [()]
        for part in prerequisite.parts:
            product = [a + b for a in product for b in _clauses(part, course)]
            if len(product) > MAX_CLAUSES:
                raise InputError(
                    f"the prerequisite of {course.title} ({course.code}) has too many combinations of alternatives",
                    place=f"course {course.code}, prerequisites",
                    mend="write it with fewer 'and' inside 'or'",
                )
        return tuple(product)
    return ((prerequisite,),)
