"""What each goal of a student asks: its ways, each a list of parts with weights; data for planner and checker alike.

A goal that is no program is reached by parts, not by piling up courses: how far in mathematics, which sciences, the
career-technical sequence step by step. A part counts where record or plan holds a course for it, and its weight is
what its usual course is worth for the goal (`pathways.careers.values`). ``docs/explanation/careers.md`` explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from catalogs import Catalog, InputError
from catalogs.sced import codes, current
from pathways.careers import tables
from pathways.careers.goals import Goal as Aim
from pathways.careers.goals import Kind, find
from pathways.careers.pattern import (
    BRANCHES,
    CAREER_TECHNICAL,
    LANGUAGE,
    LEVELS,
    Part,
    Pattern,
    for_college,
    national,
    pattern,
    patterns_of,
    trade,
)
from pathways.careers.tables import Major, Occupation
from pathways.careers.values import per_mille
from pathways.student import Goal
from requirements import reader, vocabulary
from requirements.selector import Subject

KINDS: Mapping[str, Kind] = {"career": "occupation", "cluster": "cluster", "pathway": "pathway", "major": "major"}
"""Goals that come from the career data, and what they are called there."""
CLUSTERS = 2024
"""The framework of clusters in use."""
COLLEGE_ZONE = 4
"""From this job zone on (considerable preparation) college credit is a part of its own."""
COLLEGE_SUBJECTS = ("mathematics", "science", "academic", CAREER_TECHNICAL)
"""Subjects in which college credit is looked for."""
STEPWISE = ("mathematics", LANGUAGE)
"""Subjects in which a later step stands for the earlier ones, too."""
TRADES = "technical"
"""The academic profile of pathways that apprenticeships lead to."""
MILITARY = "public-service-and-safety/military-and-national-security"
CHOOSING, LAST = 10, 12
"""Grade by the end of which options are kept open, and the last one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One part of what a goal asks.

    Parameters
    ----------
    name : str
        In words.
    weight : int
        What it counts.
    subject : str
        What it belongs to: mathematics, science, ..., or the sequence.
    needs : tuple of frozenset of str
        Of each set one course, by national codes (SCED).
    usual : str or None
        National code of its usual course.
    courses : frozenset of str
        In place of national codes: courses of the school.
    college : bool
        Only a course that may earn college credit.
    alone : bool
        A course that fills it fills no other such part.
    by_grade : int or None
        It must be there by the end of this grade.
    grade : int or None
        Its usual grade, for a step of a sequence.
    """

    name: str
    weight: int
    subject: str
    needs: tuple[frozenset[str], ...] = ()
    usual: str | None = None
    courses: frozenset[str] = frozenset()
    college: bool = False
    alone: bool = False
    by_grade: int | None = None
    grade: int | None = None

    def filled_by(self, subject: Subject) -> tuple[int, ...]:
        """Which of its needs a course meets, by number; courses of the school are one need."""
        if self.courses:
            return (0,) if subject.code in self.courses else ()
        sced = current(subject.sced) if subject.sced else None
        if sced is None or (self.college and not for_college(sced, subject.level)):
            return ()
        return tuple(n for n, need in enumerate(self.needs) if sced in need)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a goal."""

    name: str
    parts: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A goal that is reached by parts.

    Parameters
    ----------
    key : str
        Kind and id, such as ``career:29-1141.00``; its tier is called ``goal:`` and this.
    name : str
        In words.
    unit : str
        What its weights are.
    ways : tuple of Way
        One of them is to be filled as far as can be.
    values : goal of the career data, or None
        What single courses are worth for it, where that is known.
    """

    key: str
    name: str
    unit: str
    ways: tuple[Way, ...]
    values: Aim | None = None


POINTS = "points"


def targets(goals: tuple[Goal, ...], catalog: Catalog, grade: int) -> tuple[tuple[int, Target], ...]:
    """The goals that are no programs, each with its place among all goals.

    Parameters
    ----------
    grade
        The student's grade now.

    Raises
    ------
    InputError
        For a name or code that does not exist, with near ones, for a major that no occupation belongs to, and for a
        goal that is named twice.
    """
    found: list[tuple[int, Target]] = []
    for place, goal in enumerate(goals):
        if goal.program is None:
            one = target(goal, catalog, grade)
            if any(other.key == one.key for _, other in found):
                raise InputError(f"{one.name} is named twice", place="goals", mend="Take one of them out")
            found.append((place, one))
    return tuple(found)


def target(goal: Goal, catalog: Catalog, grade: int) -> Target:
    """What one goal asks."""
    kind, text = goal.says
    if kind == "study":
        return _study(text, catalog)
    if kind != "after":
        try:
            return _of_careers(kind, find(text, (KINDS[kind],)), catalog)
        except InputError as error:
            every = "; ".join(name for name, _ in _clusters()) if kind == "cluster" else ""
            raise InputError(
                error.message, place="goals", mend=f"The clusters are {every}" if every else error.mend
            ) from None
    match text:
        case "military":
            own = tables.pathways()[MILITARY]
            return Target("after:military", "the military", POINTS, _ways(own), own)
        case "apprenticeship":
            return Target("after:apprenticeship", "an apprenticeship", "steps", _sequences(_a_trade))
        case "work":
            return Target("after:work", "work after school", "steps", _sequences(_soon_at_work))
        case _:
            by = max(CHOOSING, min(grade, LAST))
            return Target("after:undecided", "open options", "clusters", (Way("", tuple(_options(by, catalog))),))


def read_goal(text: str, catalog: Catalog) -> Goal:
    """The goal that a word on the command line means.

    Tried in this order: what comes after school, the id of a program, a program of study of the school, and an
    occupation, cluster, pathway or major by code or name.

    Raises
    ------
    InputError
        For what is none of these, with near names.
    """
    if text in ("military", "apprenticeship", "work", "undecided"):
        return Goal.model_validate({"after": text})
    if text in reader.program_files():
        return Goal(program=text)
    if text.casefold() in _studies(catalog):
        return Goal(study=text)
    try:
        aim = find(text)
    except InputError as error:
        others = (*reader.program_files(), *(str(one["pathway"]) for one in _studies(catalog).values()))
        by_words = {one.casefold(): one for one in others}
        near = [by_words[one] for one in get_close_matches(text.casefold(), by_words, n=3, cutoff=0.8)]
        if not near:
            raise
        raise InputError(error.message, mend=f"Did you mean {' or '.join(near)}? {error.mend or ''}".strip()) from None
    kind = next(kind for kind, own in KINDS.items() if isinstance(aim, _CLASSES[own]))
    return Goal.model_validate({kind: aim.id})


_CLASSES: Mapping[Kind, type] = {
    "occupation": Occupation,
    "cluster": tables.Cluster,
    "pathway": tables.Pathway,
    "major": Major,
}


# ----------------------------------------------------------------------------------------------------------- careers


def _of_careers(kind: str, aim: Aim, catalog: Catalog) -> Target:
    ways = _ways(aim)
    if not ways:
        raise InputError(
            f"{aim.name} ({aim.id}) prepares for no occupation of its own, so that no courses are known to lead to it",
            place="goals",
            mend="name a career, a cluster or a pathway, or a major near it",
        )
    if isinstance(aim, Occupation) and (own := trade(aim)):
        taught = frozenset(sced for course in catalog.courses if (sced := national(course)) in own)
        ways = tuple(replace(way, parts=tuple(_narrowed(part, taught) for part in way.parts)) for way in ways)
    return Target(f"{kind}:{aim.id}", aim.name, POINTS, ways, aim)


def _narrowed(part: Asked, own: frozenset[str]) -> Asked:
    """The step in which a sequence branches, by the occupation's own trade where the school teaches it."""
    branches = part.grade == _usual_grade(BRANCHES) and own & part.needs[0]
    return replace(part, needs=(own & part.needs[0],)) if branches else part


@cache
def _ways(aim: Aim) -> tuple[Way, ...]:
    """A way for each pattern: a cluster is reached by any of its pathways, a major by that of most occupations."""
    return tuple(Way(one.pathway.name, tuple(_parts(one, aim))) for one in leading(aim))


def leading(aim: Aim) -> tuple[Pattern, ...]:
    """Patterns of which any one leads to a goal: those of a cluster's pathways, for a major the most frequent."""
    every = patterns_of(aim)
    if not isinstance(aim, Major) or not every:
        return every
    mains = [tables.home(tables.occupations()[one]) for soc in aim.socs for one in tables.of_soc()[soc]]
    most = mains.count(every[0].pathway.id)
    return tuple(one for one in every if mains.count(one.pathway.id) == most)


def _parts(found: Pattern, aim: Aim) -> Iterator[Asked]:
    """Parts of a pattern that the pathway is not content without, and college credit where much study follows."""
    asked = [part for part in found.parts if not part.further and part.codes]
    for part in asked:
        yield Asked(
            part.name,
            max(per_mille(part.codes[0], aim), 1),
            part.subject,
            (_fills(part),),
            part.codes[0],
            alone=part.subject not in STEPWISE,
            grade=_usual_grade(part.step),
        )
    if isinstance(aim, Major) or (isinstance(aim, Occupation) and (aim.zone or 0) >= COLLEGE_ZONE):
        central = [part for part in found.parts if part.subject in COLLEGE_SUBJECTS]
        weight = max(per_mille(part.codes[0], aim) for part in central if part.subject in ("mathematics", "science"))
        fitting = frozenset(code for part in central for code in (*part.codes, *part.college))
        name = "college credit in a course of the pattern"
        yield Asked(name, max(weight, 1), "college credit", (fitting,), college=True)


def _usual_grade(step: str) -> int | None:
    """Of a career-technical sequence a step a year, the last in the last grade; of other subjects none."""
    return LAST - len(LEVELS) + 1 + LEVELS.index(step) if step in LEVELS else None


@cache
def _fills(part: Part) -> frozenset[str]:
    """Codes that fill a part: its own, those for college credit, and of the same rung of a ladder.

    What a pathway asks for by name is no rung. In mathematics and languages what stands above fills a part as well:
    who is in Algebra II has Algebra I behind them.
    """
    own = {*part.codes, *part.college}
    if part.subject in (CAREER_TECHNICAL, "academic"):
        return frozenset(own)
    if part.subject == LANGUAGE:
        return frozenset(own.union(*vocabulary.ladder("world_language").rungs[int(part.step) - 1 :]))
    usual = part.codes[0]
    for ladder in map(vocabulary.ladder, vocabulary.ladders()):
        for n, rung in enumerate(ladder.rungs):
            if usual in rung:
                own.update(*(ladder.rungs[n:] if part.subject in STEPWISE else (rung,)))
    return frozenset(own)


# ------------------------------------------------------------------------------------------------------ other goals


def _studies(catalog: Catalog) -> dict[str, dict[str, object]]:
    return {str(one["pathway"]).casefold(): one for one in catalog.programs_of_study.get("programs", ())}


def _study(text: str, catalog: Catalog) -> Target:
    """A program of study of the school: its courses in order."""
    every = _studies(catalog)
    found = every.get(text.casefold())
    if found is None:
        near = get_close_matches(text.casefold(), every, n=3, cutoff=0.4) or list(every)[:3]
        raise InputError(
            f"{catalog.name} has no program of study {text[:80]!r}",
            place="goals",
            mend=f"Near it are {'; '.join(str(every[one]['pathway']) for one in near)}" if near else None,
        )
    by_grade = found["courses_by_grade"]
    assert isinstance(by_grade, Mapping)
    courses = {code: grade for grade in sorted(by_grade, reverse=True) for code in reversed(by_grade[grade])}
    name = str(found["pathway"])
    parts = []
    for code, grade in reversed(courses.items()):
        course = catalog.get(code)
        versions = frozenset(catalog.versions(code)) if course else frozenset((code,))
        parts.append(Asked(course.title if course else f"course {code}", 1, "courses", courses=versions, grade=grade))
    return Target(f"study:{name}", name, "courses", (Way("", tuple(parts)),))


def _a_trade(found: Pattern) -> bool:
    return found.profile == TRADES


def _soon_at_work(found: Pattern) -> bool:
    """Whether two of three occupations of a pathway ask for medium preparation at most."""
    zones = [zone for one in tables.members(found.pathway.id) if (zone := tables.occupations()[one].zone)]
    return 3 * sum(zone < COLLEGE_ZONE for zone in zones) >= 2 * max(len(zones), 1)


@cache
def _clusters() -> tuple[tuple[str, tuple[Pattern, ...]], ...]:
    return tuple(
        (one.name, tuple(map(pattern, one.pathways))) for one in tables.clusters().values() if one.framework == CLUSTERS
    )


@cache
def _sequences(meant: Callable[[Pattern], bool]) -> tuple[Way, ...]:
    """A way for each career-technical sequence: its steps, the same weight each."""
    return tuple(
        Way(
            one.pathway.name,
            tuple(
                Asked(
                    part.name,
                    1,
                    part.subject,
                    (_fills(part),),
                    part.codes[0],
                    alone=True,
                    grade=_usual_grade(part.step),
                )
                for part in one.parts
                if part.subject == CAREER_TECHNICAL and part.codes
            ),
        )
        for _, every in _clusters()
        for one in every
        if meant(one)
    )


def _options(by_grade: int, catalog: Catalog) -> Iterator[Asked]:
    """The clusters, each with the first steps that must be there by the end of a grade for it to stay open.

    A step a year can follow: of the steps in mathematics and in science that a cluster asks at least, all must be
    there but one for each year left; and one course of a career-technical sequence, where the school has any.
    """
    taught = {current(course.sced) for course in catalog.courses if course.sced}
    for name, every in _clusters():
        needs = []
        for subject in ("mathematics", "science"):
            steps = [[p for p in one.parts if p.subject == subject and not p.further] for one in every]
            for n in range(max(min(map(len, steps)) - (LAST - by_grade), 0)):
                needs.append(frozenset().union(*(_fills(own[n]) for own in steps)))
        sequence = frozenset(
            code for one in every for p in one.parts if p.subject == CAREER_TECHNICAL for code in (*p.codes, *p.college)
        )
        if sequence & taught:
            needs.append(sequence)
        yield Asked(name, 1, name, tuple(needs), by_grade=by_grade)


def usual_title(part: Asked) -> str | None:
    """The national title and code of a part's usual course."""
    return f"{codes()[part.usual].title} (national course {part.usual})" if part.usual else None
