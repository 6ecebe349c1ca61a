"""What is told of a goal or of a profile: the same facts for the command line, the HTTP interface and the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from pydantic import Field

from catalogs import Catalog, Course
from catalogs.sced import codes
from pathways.careers import interests, tables
from pathways.careers.goals import Goal, Kind, kind_of
from pathways.careers.interests import Closeness, Match, Matches
from pathways.careers.pattern import (
    Filled,
    Mark,
    PatternCourses,
    earns_college_credit,
    national,
    occupations_of,
    pattern_courses,
    patterns_of,
)
from pathways.careers.tables import Cluster, Major, Occupation, Outlook, Pathway
from pathways.careers.values import course_values, knowledge, taught, value
from requirements.language import Rule

TOP = 8
"""Fields of knowledge and skills shown, the most important first."""
WORTH = 15
"""Lines of what courses are worth, the highest first."""


class Named(Rule):
    """Something by its code or id, and its name."""

    id: str
    name: str


class Rated(Rule):
    """A field of knowledge or a skill."""

    name: str
    importance: int = Field(description="0 to 100")


class CourseLine(Rule):
    """A course of the school that fills a part of a pattern."""

    code: str
    title: str
    college_credit: bool = Field(description="may earn college credit: AP, IB, Cambridge or dual credit")
    value: int = Field(description="what it is worth for the goal, per mille")


class PartCard(Rule):
    """One part of a course pattern."""

    name: str
    subject: str
    step: str
    further: bool = Field(description="lies past what the pathway is content with")
    codes: tuple[Named, ...] = Field(
        description="national course codes (SCED) of which any fills it, the usual one first"
    )
    courses: tuple[CourseLine, ...] = Field(description="courses of the school that fill it; empty without a catalog")
    near: tuple[Named, ...] = Field(description="where the school has none: its courses of the same kind")


class PatternCard(Rule):
    """The course pattern of a pathway."""

    pathway: Named
    mark: Mark = Field(description="seen: the order was read in a source; recalled: it was read nowhere")
    sources: tuple[str, ...]
    parts: tuple[PartCard, ...]


class Worth(Rule):
    """What a course of the school is worth for the goal."""

    code: str
    title: str
    value: int = Field(description="per mille")
    why: str
    same: int = Field(description="further courses of the school that teach the same and count the same")


class GoalCard(Rule):
    """All that is told of an occupation, a cluster, a pathway or a college major."""

    kind: Kind
    id: str
    name: str
    framework: int | None = Field(description="of a cluster or pathway: 2024 (14 clusters) or 2002 (16 clusters)")
    zone: int | None = Field(description="job zone, 1 to 5")
    preparation: str | None = Field(description="what the job zone means")
    interests: Mapping[str, float] | None = Field(description="by area, 1 to 7")
    education: str | None = Field(description="level that most people in the occupation called required")
    bachelor: float | None = Field(description="percent of them who called a bachelor's degree or more required")
    outlook: Outlook | None
    cluster: Named | None = Field(description="cluster of 2024; of a former pathway its former cluster")
    pathways: tuple[Named, ...]
    occupations: tuple[Named, ...] = Field(description="that a cluster, pathway or major stands for")
    majors: tuple[Named, ...] = Field(description="that prepare for an occupation")
    related: tuple[Named, ...] = Field(description="occupations most like it")
    knowledge: tuple[Rated, ...] = Field(
        description="the most important, on average where there are several occupations"
    )
    skills: tuple[Rated, ...]
    catalog: str | None
    patterns: tuple[PatternCard, ...]
    worth: tuple[Worth, ...] = Field(description="the school's courses worth most for the goal")
    attribution: str


def card(goal: Goal, catalog: Catalog | None = None) -> GoalCard:
    """All that is told of a goal, with the courses of a school where one is given."""
    one = goal if isinstance(goal, Occupation) else None
    known = bool(occupations_of(goal)) or isinstance(goal, Pathway)
    skills = tables.importances("skills", one.id) if one else None
    return GoalCard(
        kind=kind_of(goal),
        id=goal.id,
        name=goal.name,
        framework=goal.framework if isinstance(goal, Cluster | Pathway) else None,
        zone=one.zone if one else None,
        preparation=tables.ZONES[one.zone] if one and one.zone else None,
        interests=dict(zip(interests.AREAS, one.interests, strict=True)) if one and one.interests else None,
        education=one.education if one else None,
        bachelor=one.bachelor if one else None,
        outlook=tables.outlook(one) if one else None,
        cluster=_cluster(goal),
        pathways=_named(tables.pathways()[id] for id in _pathways(goal)),
        occupations=_named(tables.occupations()[id] for id in occupations_of(goal)) if one is None else (),
        majors=_named(major for major in tables.majors().values() if one.soc in major.socs) if one else (),
        related=_named(tables.occupations()[id] for id in one.related) if one else (),
        knowledge=_top(knowledge(goal)) if known else (),
        skills=_top(skills) if skills else (),
        catalog=catalog.id if catalog else None,
        patterns=_patterns(goal, catalog),
        worth=tuple(_worth(goal, catalog)) if catalog and known else (),
        attribution=tables.ATTRIBUTION,
    )


def _cluster(goal: Goal) -> Named | None:
    match goal:
        case Occupation() if goal.place:
            pathway = tables.pathways()[goal.place]
        case Pathway():
            pathway = goal
        case _:
            return None
    found = tables.clusters()[pathway.cluster]
    return Named(id=found.id, name=found.name)


def _pathways(goal: Goal) -> tuple[str, ...]:
    match goal:
        case Occupation():
            return (*((goal.place,) if goal.place else ()), *goal.pathways)
        case Cluster():
            return goal.pathways
        case Pathway():
            return (goal.near,) if goal.near else ()
        case Major():
            return tuple(one.pathway.id for one in patterns_of(goal))


def _named(every: Iterable[Goal]) -> tuple[Named, ...]:
    return tuple(Named(id=one.id, name=one.name) for one in every)


def _top(importances: Mapping[str, Fraction]) -> tuple[Rated, ...]:
    first = sorted(importances.items(), key=lambda one: (-one[1], one[0]))[:TOP]
    return tuple(Rated(name=name, importance=int(number + Fraction(1, 2))) for name, number in first)


def _patterns(goal: Goal, catalog: Catalog | None) -> tuple[PatternCard, ...]:
    if catalog is None:
        laid = tuple(
            PatternCourses(one, tuple(Filled(part, (), (), ()) for part in one.parts)) for one in patterns_of(goal)
        )
        worth: Mapping[str, int] = {}
    else:
        laid = pattern_courses(goal, catalog)
        worth = course_values(goal, catalog) if laid else {}
    return tuple(
        PatternCard(
            pathway=Named(id=one.pattern.pathway.id, name=one.pattern.pathway.name),
            mark=one.pattern.mark,
            sources=one.pattern.sources,
            parts=tuple(_part(filled, worth) for filled in one.parts),
        )
        for one in laid
    )


def _part(filled: Filled, worth: Mapping[str, int]) -> PartCard:
    part = filled.part
    return PartCard(
        name=part.name,
        subject=part.subject,
        step=part.step,
        further=part.further,
        codes=tuple(Named(id=code, name=codes()[code].title) for code in part.codes),
        courses=tuple(
            CourseLine(
                code=course.code,
                title=course.title,
                college_credit=earns_college_credit(course),
                value=worth[course.code],
            )
            for course in filled.courses
        ),
        near=tuple(Named(id=course.code, name=course.title) for course in filled.near),
    )


def _worth(goal: Goal, catalog: Catalog) -> Iterable[Worth]:
    """The courses worth most; of those that teach the same and count the same one stands for all."""
    values = course_values(goal, catalog)
    alike: dict[tuple[tuple[str, ...], int], list[Course]] = {}
    for course in sorted(catalog.courses, key=lambda one: (-values[one.code], one.title)):
        if values[course.code] and (sced := national(course)) is not None:
            alike.setdefault((taught(sced), values[course.code]), []).append(course)
    for first, *rest in list(alike.values())[:WORTH]:
        said = value(first, goal)
        yield Worth(code=first.code, title=first.title, value=said.value, why=said.words, same=len(rest))


# ------------------------------------------------------------------------------------------------------------ profile


class MatchLine(Rule):
    """An occupation beside a profile."""

    id: str
    name: str
    zone: int | None
    r: float = Field(description="correlation of the six scores, -1 to 1")
    closeness: Closeness
    why: str


class FieldLine(Rule):
    """A cluster of 2024 beside a profile."""

    id: str
    name: str
    r: float = Field(description="mean correlation of its nearest occupations")
    closeness: Closeness
    close: int = Field(description="number of its occupations that are close")
    nearest: tuple[MatchLine, ...]


class MatchCard(Rule):
    """What resembles a profile: fields and occupations, and how close each is."""

    scores: Mapping[str, float] = Field(description="by area, 0 to 40")
    strongest: tuple[str, ...]
    next_strongest: tuple[str, ...]
    zone: int | None
    remark: str
    fields: tuple[FieldLine, ...]
    total: int = Field(description="occupations compared")
    occupations: tuple[MatchLine, ...] = Field(description="the nearest")
    zones: Mapping[int, int] = Field(description="close occupations in each job zone")
    attribution: str


def match_card(found: Matches, limit: int = 20) -> MatchCard:
    """What resembles a profile, with so many of the nearest occupations."""
    return MatchCard(
        scores=found.profile.by_area,
        strongest=tuple(interests.AREAS[area] for area in found.profile.strongest) if found.fields else (),
        next_strongest=tuple(interests.AREAS[area] for area in found.profile.next_strongest) if found.fields else (),
        zone=found.zone,
        remark=found.remark,
        fields=tuple(
            FieldLine(
                id=one.cluster.id,
                name=one.cluster.name,
                r=round(one.r, 4),
                closeness=one.closeness,
                close=one.close,
                nearest=tuple(map(_match_line, one.nearest)),
            )
            for one in found.fields
        ),
        total=len(found.occupations),
        occupations=tuple(map(_match_line, found.occupations[:limit])),
        zones=found.zones,
        attribution=tables.ATTRIBUTION,
    )


def _match_line(one: Match) -> MatchLine:
    own = one.occupation
    return MatchLine(id=own.id, name=own.name, zone=own.zone, r=round(one.r, 4), closeness=one.closeness, why=one.why)


class Question(Rule):
    """One activity of the questionnaire."""

    number: int
    text: str


class Questionnaire(Rule):
    """Activities to be answered by how much one would like to do them."""

    answers: Mapping[int, str]
    questions: tuple[Question, ...]
    note: str


def questionnaire() -> Questionnaire:
    """The questions, in order."""
    return Questionnaire(
        answers=dict(enumerate(interests.ANSWERS)),
        questions=tuple(Question(number=n, text=text) for n, (_, text) in enumerate(interests.QUESTIONS, 1)),
        note="A questionnaire of this project's own, not O*NET's Interest Profiler, and not validated.",
    )
