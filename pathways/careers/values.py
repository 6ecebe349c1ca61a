"""What a course is worth for a goal: one formula, exact numbers, and each of them explained in a sentence.

The value of a course is k (1 + p) / 2, where

- k is the importance of the knowledge that the course teaches, from 0 to 1: the mean of O*NET's importances of the
  fields of knowledge that ``data/subjects.csv`` names for its SCED code, averaged over the goal's occupations;
- p is the share of the goal's course patterns that name the course.

So a course that the pattern names counts as much as its knowledge is important, any other course half of that. No
number belongs to a single course.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from types import MappingProxyType

from catalogs import Catalog, Course
from catalogs.errors import InputError
from catalogs.sced import codes, current
from pathways.careers import tables
from pathways.careers.goals import Goal, find
from pathways.careers.pattern import Pattern, national, occupations_of, patterns_of
from pathways.careers.tables import Occupation, Pathway


@dataclass(frozen=True, slots=True)
class Value:
    """What a course is worth for a goal.

    Attributes
    ----------
    value : int
        Per mille, from 0 to 1000.
    words : str
        Why, in one sentence.
    """

    value: int
    words: str


def value(course: Course | str, goal: Goal | str) -> Value:
    """What a course is worth for a goal, and why.

    Parameters
    ----------
    course : Course or str
        A course of a catalog, or a SCED code.
    goal : Goal or str
        A goal, or its code or name.

    Raises
    ------
    InputError
        For a text that is no SCED code, for a name that no goal has, and for a major without any occupation.

    Examples
    --------
    >>> value("03151", "17-2141.00").value
    595
    >>> print(value("03151", "17-2141.00").words)
    Physics counts 0.60 for Mechanical Engineers: Physics is rated 60 of 100 in importance.
    """
    goal = find(goal) if isinstance(goal, str) else goal
    if isinstance(course, Course):
        title, sced = course.title, national(course)
    else:
        sced = current(course)
        if sced is None:
            raise InputError(f"{course[:20]!r} is no code of SCED 12", mend="Give five digits, such as 03151")
        title = codes()[sced].title
    if sced is None:
        return Value(0, f"{title} counts 0: it has no national course code (SCED) to compare by.")
    return Value(per_mille(sced, goal), _words(title, sced, goal))


def course_values(goal: Goal | str, catalog: Catalog) -> Mapping[str, int]:
    """What every course of a catalog is worth for a goal, per mille, by course code.

    Examples
    --------
    >>> from catalogs import load
    >>> worth = course_values("17-2141.00", load("katy-isd-tx"))
    >>> set(worth) == set(load("katy-isd-tx").by_code), max(worth.values()) <= 1000
    (True, True)
    """
    goal = find(goal) if isinstance(goal, str) else goal
    national_codes = {course.code: national(course) for course in catalog.courses}
    return MappingProxyType(
        {code: 0 if sced is None else per_mille(sced, goal) for code, sced in national_codes.items()}
    )


def why(goal: Goal | str, course: Course | str) -> str:
    """Why a course is worth what it is worth for a goal, in one sentence."""
    return value(course, goal).words


# ------------------------------------------------------------------------------------------------------- the formula


@lru_cache(maxsize=2**16)
def per_mille(sced: str, goal: Goal) -> int:
    """What a course is worth for a goal, from 0 to 1000, by its SCED code."""
    rated = _rated(sced, goal)
    if rated is None:
        return 0
    exact = rated / 100 * (1 + _named_share(sced, goal)) / 2
    return int(exact * 1000 + Fraction(1, 2))  # half goes up


def _rated(sced: str, goal: Goal) -> Fraction | None:
    """Importance (0 to 100) of the knowledge that a course teaches; None where no field of knowledge stands for it."""
    importances = knowledge(goal)
    fields = taught(sced)
    return _mean(importances[field] for field in fields) if fields else None


def _named_share(sced: str, goal: Goal) -> Fraction:
    every = patterns_of(goal)
    return Fraction(len(_naming(sced, every)), len(every))


def _naming(sced: str, every: Iterable[Pattern]) -> list[Pattern]:
    return [one for one in every if sced in one.codes]


@cache
def taught(sced: str) -> tuple[str, ...]:
    """Fields of knowledge that stand for a course, by the longest beginning of its SCED code that the table names.

    Examples
    --------
    >>> taught("03151"), taught("21009"), taught("08001")
    (('Physics',), ('Engineering and Technology', 'Mechanical'), ())
    """
    for length in range(len(sced), 1, -1):
        if sced[:length] in _subjects():
            return _subjects()[sced[:length]]
    return ()


@cache
def _subjects() -> Mapping[str, tuple[str, ...]]:
    return {row["sced"]: tuple(row["knowledge"].split("|")) for row in tables.rows(tables.DATA / "subjects.csv")}


@cache
def knowledge(goal: Goal) -> Mapping[str, Fraction]:
    """How important each field of knowledge is for a goal, from 0 to 100: the mean over its occupations.

    For an occupation that O*NET has not rated, the occupations related to it stand in, and where none of them is rated,
    those of its pathway. A pathway without occupations borrows those of the pathway nearest to it, or of its cluster.

    Raises
    ------
    InputError
        For a major to which the crosswalk gives no occupation.
    """
    ids = occupations_of(goal) or _borrowed(goal)
    return _means([_of_occupation(tables.occupations()[id]) for id in ids])


def _borrowed(goal: Goal) -> tuple[str, ...]:
    if isinstance(goal, Pathway):
        near = tables.pathways()[goal.near] if goal.near else tables.clusters()[goal.cluster]
        return occupations_of(near)
    raise InputError(
        f"no occupation is on record for {goal.name} ({goal.id})",
        mend="Choose a nearby major, an occupation or a cluster",
    )


@cache
def _of_occupation(one: Occupation) -> Mapping[str, Fraction]:
    own = tables.importances("knowledge", one.id)
    return own if own is not None else _means([_ratings(id) for id in _stand_ins(one)])


def _stand_ins(one: Occupation) -> tuple[str, ...]:
    """Rated occupations in the place of one that is not rated."""
    for near in (one.related, tables.members(one.pathways[0])):
        if rated := tuple(id for id in near if tables.importances("knowledge", id) is not None):
            return rated
    raise AssertionError(f"nothing stands in for {one.id}")


def _ratings(id: str) -> Mapping[str, Fraction]:
    found = tables.importances("knowledge", id)
    assert found is not None
    return found


def _means(every: list[Mapping[str, Fraction]]) -> Mapping[str, Fraction]:
    return MappingProxyType({field: _mean(one[field] for one in every) for field in every[0]})


def _mean(numbers: Iterable[Fraction]) -> Fraction:
    every = list(numbers)
    return sum(every, Fraction(0)) / len(every)


# --------------------------------------------------------------------------------------------------------- the words


def _words(title: str, sced: str, goal: Goal) -> str:
    rated = _rated(sced, goal)
    if rated is None:
        return f"{title} counts 0 for {goal.name}: O*NET rates no field of knowledge that stands for it."
    fields = taught(sced)
    means = "is" if len(fields) == 1 else "are together"
    of = "" if isinstance(goal, Occupation) else " on average over its occupations"
    share = _named_share(sced, goal)
    every = patterns_of(goal)
    if share == 0:
        reason = ", halved because " + (
            "its pattern does not name it" if len(every) == 1 else "no pattern of it names it"
        )
    elif share == 1:
        reason = ""
    else:
        reason = f", and {len(_naming(sced, every))} of its {len(every)} patterns name it"
    hundredths = (per_mille(sced, goal) + 5) // 10
    return (
        f"{title} counts {hundredths / 100:.2f} for {goal.name}: {' and '.join(fields)} {means} "
        f"rated {int(rated + Fraction(1, 2))} of 100 in importance{of}{_instead(goal)}{reason}."
    )


def _instead(goal: Goal) -> str:
    """Whose ratings they are, where they are not the goal's own."""
    if isinstance(goal, Occupation) and tables.importances("knowledge", goal.id) is None:
        return " in " + ("related occupations" if _stand_ins(goal)[0] in goal.related else "its pathway")
    return " in a pathway near it" if isinstance(goal, Pathway) and not occupations_of(goal) else ""
