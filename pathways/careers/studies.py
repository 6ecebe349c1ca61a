"""Our course patterns beside the programs of study of real schools: ``python -m pathways.careers.studies``.

Prints the page ``docs/reference/programs-of-study.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from catalogs import Catalog, Course
from catalogs.bundled import bundled, load
from pathways.careers import tables
from pathways.careers.pattern import CAREER_TECHNICAL, LIKE, PATTERNS, Pattern, national, pattern


@dataclass(frozen=True, slots=True)
class Compared:
    """One school's sequence beside the pattern of our pathway of the same name.

    Attributes
    ----------
    catalog : str
        Id of the school's catalog.
    name : str
        The sequence as the school's file names it.
    pattern : Pattern
        Our pattern.
    courses : int
        National courses of the sequence, each counted once.
    shared : tuple of str
        Titles of those that our pattern names.
    near : tuple of str
        Titles of those that it does not name, though it names one of the same kind (the same first three digits).
    other : tuple of str
        Titles of the rest.
    steps : int
        Steps of our career-technical sequence, of four, that a course of the school's fills.
    agreed, pairs : int
        Pairs of shared courses that both put into an order, and how many of them are in the same order.
    """

    catalog: str
    name: str
    pattern: Pattern
    courses: int
    shared: tuple[str, ...]
    near: tuple[str, ...]
    other: tuple[str, ...]
    steps: int
    agreed: int
    pairs: int


def compare(catalog: Catalog) -> tuple[Compared, ...]:
    """The sequences of a catalog that belong to a pathway, in the order of its file; tracks of a subject do not.

    Examples
    --------
    >>> found = compare(load("montclair-hs-nj"))[-1]
    >>> found.name, found.shared, found.steps
    ('Carpentry', ('Carpentry 1A',), 1)
    """
    chosen = {
        row["sequence"]: row["pathway"] for row in tables.rows(PATTERNS / "studies.csv") if row["catalog"] == catalog.id
    }
    return tuple(
        _compared(catalog, one["pathway"], pattern(chosen[one["pathway"]]), _grades(catalog, one["courses_by_grade"]))
        for one in catalog.programs_of_study.get("programs", ())
        if one["pathway"] in chosen
    )


def _grades(catalog: Catalog, by_grade: Mapping[int, Sequence[str]]) -> dict[str, tuple[int, Course]]:
    """The first grade and course of each national code, in order."""
    found: dict[str, tuple[int, Course]] = {}
    for grade in sorted(by_grade):
        for code in by_grade[grade]:
            course = catalog.get(code)
            if course is not None and (sced := national(course)) is not None:
                found.setdefault(sced, (grade, course))
    return found


def _compared(catalog: Catalog, name: str, own: Pattern, theirs: Mapping[str, tuple[int, Course]]) -> Compared:
    kinds = {code[:LIKE] for code in own.codes}
    shared = [sced for sced in theirs if sced in own.codes]
    near = [sced for sced in theirs if sced not in own.codes and sced[:LIKE] in kinds]
    other = [sced for sced in theirs if sced[:LIKE] not in kinds]
    technical = [part for part in own.parts if part.subject == CAREER_TECHNICAL]
    order = [
        theirs[first][0] < theirs[second][0]
        for first, second in combinations(sorted(shared, key=lambda one: _place(own, one)), 2)
        if _place(own, first)[0] == _place(own, second)[0]
        and _place(own, first) != _place(own, second)
        and theirs[first][0] != theirs[second][0]
    ]
    return Compared(
        catalog=catalog.id,
        name=name,
        pattern=own,
        courses=len(theirs),
        shared=_titles(theirs, shared),
        near=_titles(theirs, near),
        other=_titles(theirs, other),
        steps=sum(any(code in theirs for code in part.codes) for part in technical),
        agreed=sum(order),
        pairs=len(order),
    )


def _place(own: Pattern, sced: str) -> tuple[str, int]:
    """The subject of a course in a pattern, and its place there."""
    return next((part.subject, place) for place, part in enumerate(own.parts) if sced in (*part.codes, *part.college))


def _titles(theirs: Mapping[str, tuple[int, Course]], every: Sequence[str]) -> tuple[str, ...]:
    return tuple(theirs[sced][1].title for sced in every)


# ------------------------------------------------------------------------------------------------------------ the page


def page() -> str:
    """The page ``docs/reference/programs-of-study.md``."""
    found = [one for name in bundled() for one in compare(load(name))]
    courses, shared = sum(one.courses for one in found), sum(len(one.shared) for one in found)
    near, other = sum(len(one.near) for one in found), sum(len(one.other) for one in found)
    return PAGE.format(
        courses=courses,
        sequences=len(found),
        shared=shared,
        share=f"{shared / courses:.0%}",
        most=sum(2 * len(one.shared) >= one.courses for one in found),
        agreed=sum(one.agreed for one in found),
        pairs=sum(one.pairs for one in found),
        filled=f"{sum(one.steps for one in found) / len(found):.1f}",
        missed=near + other,
        near=near,
        other=other,
        rows="\n".join(map(_row, found)),
    )


def _row(one: Compared) -> str:
    cells = (
        one.catalog,
        one.name,
        one.pattern.pathway.name,
        one.pattern.mark,
        one.courses,
        len(one.shared),
        f"{one.agreed} of {one.pairs}" if one.pairs else "",
        f"{one.steps} of 4",
        "; ".join((*one.near, *one.other)),
    )
    return f"| {' | '.join(map(str, cells))} |"


PAGE = """\
# Programs of study

<!-- Written by python -m pathways.careers.studies; do not edit. -->

The [course patterns](../explanation/careers.md) beside sequences of courses at real schools. A course is shared
if the pattern names its national code; order is compared where both put two shared courses of one subject into
different years. Which pathway a sequence is compared with was chosen by its name, before anything was measured
(`pathways/careers/patterns/studies.csv`).

The codes that do as well as a step's usual one were widened once after looking at what these schools teach (not at
their sequences), so this is no blind comparison any more. Before that, the patterns named 73 of 104 courses, and a
sequence filled 1.6 of the four steps.

Of {courses} courses in {sequences} sequences the patterns name {shared} ({share}); in {most} sequences at least
half. They put {agreed} of {pairs} pairs into the same order. A school's sequence fills {filled} of the four
career-technical steps on average.

| school | sequence | compared with | mark | courses | shared | order agreed | steps filled | not named by the pattern |
|---|---|---|---|---:|---:|---:|---:|---|
{rows}

## Whose sequences these are

Few were printed by a school. Those of Katy and Woodinville were put together from printed prerequisites, with
grades inferred; those of Del Norte come from a planner that a student of the school wrote; Montclair's from its
department flowcharts. Each file says so (`catalogs/data/*/programs_of_study.yaml`). Tracks of a single subject,
such as mathematics, belong to no pathway and are left out.

## Why they differ

- Of the {missed} courses that the patterns do not name, {near} are of a kind that they do name (the same first
  three digits of the code): Woodinville has Introduction to Robotics (21009) in a sequence whose pattern names other
  courses of engineering (21013, 21012). The other {other} are of another kind, such as the general course in arts
  and communications with which Katy begins four of these.
- A pattern names one course a step, with a few others that do as well. Many sequences have no introductory course
  or no capstone, so their steps stay empty.
- Courses that continue (I, II) often carry the same national code and are counted once. The codes of many courses
  were proposed by title and are not confirmed; where one is wrong, a course that is in truth shared may be
  missed.
- A sequence lists electives and leaves out what every student takes; a pattern lists all. Only the sequence's
  courses are counted here, so this does not show.
- Several patterns were read in programs of Texas, and Katy lies in Texas: that they agree there is no independent
  evidence.
- Patterns marked `recalled` were read in no source. Patterns and sequences are recommendations; neither says what
  a student needs.
"""


if __name__ == "__main__":
    print(page(), end="")
