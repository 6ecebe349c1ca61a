"""The course pattern of a career pathway, and the school's own courses that fill it.

A pattern is a list of parts, in order: how far in mathematics, which sciences, English, social studies, computing and
languages, and the career-technical sequence. Patterns are data (``patterns/``), by SCED code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from catalogs import Catalog, Course
from catalogs.sced import codes, current
from catalogs.sced.titles import PROGRAMMES, read
from pathways.careers import tables
from pathways.careers.goals import Goal, find
from pathways.careers.tables import Cluster, Major, Occupation, Pathway

PATTERNS = Path(__file__).parent / "patterns"

LEVELS = ("introductory", "intermediate", "advanced", "capstone")
"""The steps of a career-technical sequence; the last is a capstone or work-based learning."""
BRANCHES = LEVELS[2]
"""The step in which a sequence may branch into several trades."""
CAREER_TECHNICAL = "career-technical"
CAREER_AREAS = tuple(str(area) for area in range(10, 22))
"""Career-technical subject areas of SCED, from information technology to engineering."""
WORK_BASED = ("998", "994", "997")
"""How the codes end of an area's workplace experience, career project and independent study."""
LANGUAGE = "world language"

NEAR = 3
"""Courses offered where a school has none that fills a part."""
LIKE = 3
"""Digits of the SCED code that two courses near each other share."""

Mark = Literal["seen", "recalled"]

_NO_CONTENT = frozenset((*PROGRAMMES, "ab", "bc", "advanced", "study", "comprehensive", "overview"))
_COLLEGE = frozenset(("ap", "ib", "ci"))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pattern.

    Attributes
    ----------
    subject : str
        mathematics, science, English, social studies, computing, world language, academic or career-technical.
    step : str
        Its place in the subject: a number, or a level of the career-technical sequence.
    codes : tuple of str
        SCED codes of which any fills it, the usual one first.
    college : tuple of str
        Further codes that do: the same content for college credit (AP, IB, Cambridge).
    further : bool
        It lies past what the pathway is content with, for a student who starts far enough.
    """

    subject: str
    step: str
    codes: tuple[str, ...]
    college: tuple[str, ...] = ()
    further: bool = False

    @property
    def name(self) -> str:
        """Its subject and step, with the usual course."""
        if self.subject == LANGUAGE:
            return f"world language, year {self.step} of the same language"
        return f"{self.subject}, {self.step}: {codes()[self.codes[0]].title}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """The course pattern of a pathway.

    Attributes
    ----------
    pathway : Pathway
        The pathway.
    profile : str
        Name of its academic profile.
    parts : tuple of Part
        Its parts, subject by subject.
    mark : str
        ``seen`` where the order was read in a source, ``recalled`` where it was read nowhere.
    sources : tuple of str
        The sources.
    """

    pathway: Pathway
    profile: str
    parts: tuple[Part, ...]
    mark: Mark
    sources: tuple[str, ...]

    @property
    def codes(self) -> frozenset[str]:
        """All SCED codes that fill a part of it."""
        return frozenset(code for part in self.parts for code in (*part.codes, *part.college))


@cache
def pattern(pathway: str) -> Pattern:
    """The course pattern of a pathway, by the pathway's id.

    Examples
    --------
    >>> [part.step for part in pattern("advanced-manufacturing/engineering").parts if part.subject == "mathematics"]
    ['1', '2', '3', '4', '5']
    """
    own = tables.pathways()[pathway]
    row = _rows()[pathway]
    if own.near is not None:
        row = {
            name: cell or (_rows()[own.near][name] if name not in ("mark", "source") else "")
            for name, cell in row.items()
        }
    sources = row["source"] or (_rows()[own.near]["source"] if own.near and row["mark"] == "seen" else "")
    academics = row["academics"].split()
    parts = list(_profile(row["profile"]))
    for code in reversed(academics):
        _lead(parts, code)
    held = {code for part in parts for code in part.codes}
    alone = [code for code in academics if code not in held]
    parts += [Part("academic", str(n), (code,), college(code)) for n, code in enumerate(alone, 1)]
    for level in LEVELS:
        any_of = tuple(row[level].split())
        any_of += _of_the_area(any_of) if level == LEVELS[-1] else ()
        parts.append(Part(CAREER_TECHNICAL, level, any_of, _college_of(any_of)))
    mark: Mark = "seen" if row["mark"] == "seen" else "recalled"
    return Pattern(own, row["profile"], tuple(parts), mark, tuple(_sources()[id] for id in sources.split()))


def _of_the_area(capstone: tuple[str, ...]) -> tuple[str, ...]:
    """Work experience, a project or independent study in the whole career-technical area of a last step."""
    areas = dict.fromkeys(code[:2] for code in capstone if code[:2] in CAREER_AREAS)
    every = (area + ending for area in areas for ending in WORK_BASED)
    return tuple(code for code in every if code in codes() and code not in capstone)


def _lead(parts: list[Part], code: str) -> None:
    """Make a course that the pathway asks for by name the usual one of the first step that it fills."""
    for place, part in enumerate(parts):
        if code in part.codes:
            rest = tuple(one for one in part.codes if one != code)
            parts[place] = replace(part, codes=(code, *rest), further=False)
            return


@cache
def _rows() -> Mapping[str, dict[str, str]]:
    return {row["pathway"]: row for row in tables.rows(PATTERNS / "pathways.csv")}


@cache
def _sources() -> Mapping[str, str]:
    return {row["id"]: row["source"] for row in tables.rows(PATTERNS / "sources.csv")}


@cache
def _profile(name: str) -> tuple[Part, ...]:
    """The academic steps of a profile."""
    found = []
    for row in tables.rows(PATTERNS / "profiles.csv"):
        if row["profile"] == name:
            any_of = tuple(row["codes"].split()) or _language(int(row["step"]))
            found.append(Part(row["subject"], row["step"], any_of, _college_of(any_of), row["asked"] == "further"))
    return tuple(found)


def _language(year: int) -> tuple[str, ...]:
    """Codes of a year of any world language."""
    ending = f" {'I' * year}"
    return tuple(one.code for one in codes().values() if one.area == "24" and one.title.endswith(ending))


@cache
def college(code: str) -> tuple[str, ...]:
    """SCED codes of the same content for college credit: the same title but for the programme, or so by our table.

    Examples
    --------
    >>> [codes()[one].title for one in college("03051")]
    ['AP Biology', 'IB Biology']
    """
    same = _college_courses().get(_content(code), ())
    return tuple(one for one in dict.fromkeys((*same, *_otherwise_titled().get(code, ()))) if one != code)


@cache
def _otherwise_titled() -> Mapping[str, tuple[str, ...]]:
    return {row["code"]: tuple(row["college"].split()) for row in tables.rows(PATTERNS / "college.csv")}


def _college_of(any_of: Iterable[str]) -> tuple[str, ...]:
    every = tuple(any_of)
    return tuple(dict.fromkeys(one for code in every for one in college(code) if one not in every))


@cache
def _college_courses() -> Mapping[frozenset[str], tuple[str, ...]]:
    found: dict[frozenset[str], tuple[str, ...]] = defaultdict(tuple)
    for one in codes().values():
        if read(one.title).programme in _COLLEGE:
            found[_content(one.code)] += (one.code,)
    return found


def _content(code: str) -> frozenset[str]:
    """The words of a title that say what is taught; a level's number tells two courses apart unless it is AP's own."""
    title = read(codes()[code].title)
    number = {str(title.number)} if title.number and title.programme not in _COLLEGE else set()
    return (title.words - _NO_CONTENT) | number


@cache
def _trades() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((row["occupation"], tuple(row["codes"].split())) for row in tables.rows(PATTERNS / "trades.csv"))


def trade(occupation: Occupation) -> tuple[str, ...]:
    """Codes that teach an occupation's own trade, where its pathway's sequence branches into several.

    Examples
    --------
    >>> [codes()[one].title for one in trade(tables.occupations()["51-4121.00"])]
    ['Welding']
    """
    return next((any_of for begins, any_of in _trades() if occupation.id.startswith(begins)), ())


def _branched(found: Pattern, own: tuple[str, ...]) -> Pattern:
    """The pattern with a trade as the usual course of the step in which it branches; a first course may come before."""
    before, parts = LEVELS[LEVELS.index(BRANCHES) - 1], list(found.parts)
    there = tuple(code for part in parts if part.step == BRANCHES for code in part.codes if code in own)
    for place, part in enumerate(parts):
        if part.step == BRANCHES:
            parts[place] = replace(part, codes=tuple(dict.fromkeys((*there, *part.codes))))
        elif part.step == before:
            parts[place] = replace(part, codes=tuple(dict.fromkeys((*part.codes, *there))))
    return replace(found, parts=tuple(parts))


# -------------------------------------------------------------------------------------------------------------- goals


def occupations_of(goal: Goal) -> tuple[str, ...]:
    """Ids of the occupations that a goal stands for."""
    match goal:
        case Occupation():
            return (goal.id,)
        case Pathway():
            return tables.members(goal.id)
        case Cluster():
            return tuple(dict.fromkeys(one for pathway in goal.pathways for one in tables.members(pathway)))
        case Major():
            return tuple(one for soc in goal.socs for one in tables.of_soc()[soc])


def patterns_of(goal: Goal) -> tuple[Pattern, ...]:
    """The patterns that a goal stands for: a pathway's own, those of a cluster's, that of an occupation's home.

    An occupation's own trade comes first in the step where the sequence branches. A major has the patterns of the
    occupations it prepares for, the most frequent first.
    """
    match goal:
        case Pathway():
            return (pattern(goal.id),)
        case Cluster():
            return tuple(map(pattern, goal.pathways))
        case Occupation():
            return (_branched(pattern(tables.home(goal)), trade(goal)),)
        case Major():
            mains = [tables.home(tables.occupations()[one]) for one in occupations_of(goal)]
            return tuple(pattern(one) for one in sorted(set(mains), key=lambda one: (-mains.count(one), one)))


# ------------------------------------------------------------------------------------------------------------ courses


@dataclass(frozen=True, slots=True)
class Filled:
    """A part of a pattern with the school's courses.

    Attributes
    ----------
    part : Part
        The part.
    courses : tuple of Course
        The school's courses that fill it, the usual ones first.
    college : tuple of Course
        Those among them that earn college credit.
    near : tuple of Course
        Where there are none: courses of the school that are of the same kind, by their SCED codes.
    """

    part: Part
    courses: tuple[Course, ...]
    college: tuple[Course, ...]
    near: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class PatternCourses:
    """A pattern laid over a school's catalog."""

    pattern: Pattern
    parts: tuple[Filled, ...]

    @property
    def missing(self) -> tuple[Part, ...]:
        """Parts for which the school has no course."""
        return tuple(one.part for one in self.parts if not one.courses)


def pattern_courses(goal: Goal | str, catalog: Catalog) -> tuple[PatternCourses, ...]:
    """Which of a school's courses fill each part of a goal's patterns, in order.

    Parameters
    ----------
    goal : Goal or str
        A goal, or its code or name.
    catalog : Catalog
        The school's catalog; a course without SCED code fills nothing.

    Returns
    -------
    tuple of PatternCourses
        One for each pattern of the goal; see `patterns_of`.

    Raises
    ------
    InputError
        For a name that no goal has.

    Examples
    --------
    >>> from catalogs import load
    >>> laid = pattern_courses("17-2141.00", load("katy-isd-tx"))[0]
    >>> [course.title for course in laid.parts[3].courses]
    ['Precalculus', 'AP Precalculus']
    """
    by_code: dict[str, list[Course]] = defaultdict(list)
    for course in catalog.courses:
        if (sced := national(course)) is not None:
            by_code[sced].append(course)
    goal = find(goal) if isinstance(goal, str) else goal
    return tuple(PatternCourses(one, tuple(_fill(one, by_code))) for one in patterns_of(goal))


def national(course: Course) -> str | None:
    """The current SCED code of a course, None where it has none."""
    return current(course.sced) if course.sced else None


def earns_college_credit(course: Course) -> bool:
    """Whether a course may earn college credit: AP, IB, Cambridge or dual credit."""
    return for_college(national(course), course.level)


def for_college(sced: str | None, level: str) -> bool:
    """Whether a course of a national code and level may earn college credit."""
    return level in ("ap", "ib", "dual") or (sced is not None and read(codes()[sced].title).programme in _COLLEGE)


def _fill(found: Pattern, by_code: Mapping[str, list[Course]]) -> Iterator[Filled]:
    for part in found.parts:
        courses = tuple(course for code in (*part.codes, *part.college) for course in by_code.get(code, ()))
        near: tuple[Course, ...] = ()
        if not courses:
            alike = {code[:LIKE] for code in part.codes}
            near = tuple(course for code in sorted(by_code) if code[:LIKE] in alike for course in by_code[code])[:NEAR]
        yield Filled(part, courses, tuple(filter(earns_college_credit, courses)), near)
