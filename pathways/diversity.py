"""How much two plans differ: by the courses they take, weighed by credit and kind. When one is taken does not count.

Courses form a tree: kinds (a language, a career area, a discipline of the arts, else the area of the national code)
hold courses, courses hold their versions. The difference of two plans is the weighted sum, over all parts of the tree,
of how much their credit in that part differs: a tree distance, as between communities of species (Evans and Matsen
2012, "The phylogenetic Kantorovich-Rubinstein metric", J. Royal Stat. Soc. B 74(3)). The weights are set so that a
year-long course given up for one of another kind is 1.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from catalogs import Course
from catalogs.sced import codes
from pathways.compile import Compiled
from pathways.solver import Part
from pathways.solver.within import Placed
from requirements import vocabulary

KIND, COURSE, VERSION = 16, 3, 1
"""Twentieths: a course for one of another kind counts 1, for another of its kind 1/5, for a version of itself 1/20."""


def kind(course: Course) -> str:
    """What a course is a kind of, in words: one language, one career area, one of the arts, else a subject."""
    if course.sced is None:
        return course.subject
    series, known = vocabulary.series(course.sced), codes().get(course.sced)
    if series is not None and not series.startswith("cte-"):
        return series.removeprefix("arts-").replace("_", " ").replace("-", " ")
    return known.area_title if known is not None else course.subject


def parts(compiled: Compiled) -> tuple[Part, ...]:
    """All parts of the tree, over the courses that may be placed."""
    kinds, groups = defaultdict(list), defaultdict(list)
    for i, course in enumerate(compiled.courses):
        kinds[kind(course)].append(i)
        groups[compiled.problem.candidates[i].group].append(i)
    return (
        *(Part(KIND, tuple(inside)) for inside in kinds.values()),
        *(Part(COURSE, tuple(inside)) for inside in groups.values()),
        *(Part(VERSION, (i,)) for i in range(len(compiled.courses))),
    )


def unit(compiled: Compiled) -> int:
    """A difference of 1 in the solver's integers: a year-long course given up and one of another kind taken."""
    return 2 * (KIND + COURSE + VERSION) * compiled.problem.scale


def apart(compiled: Compiled, one: Placed, other: Placed) -> Fraction:
    """How much two plans differ, in year-long courses of another kind.

    Parameters
    ----------
    one, other
        Placements ``(candidate, start position)``.
    """
    amounts = [candidate.amount for candidate in compiled.problem.candidates]
    more: defaultdict[int, int] = defaultdict(int)
    for sign, placed in ((1, one), (-1, other)):
        for i, _ in placed:
            more[i] += sign * amounts[i]
    total = sum(part.weight * abs(sum(more[i] for i in part.candidates)) for part in parts(compiled))
    return Fraction(total, unit(compiled))
