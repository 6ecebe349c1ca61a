"""A student who moves: what the record is worth under the rules of every state, and the plan that finishes there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from fractions import Fraction

from pydantic import Field

from catalogs import Catalog, Course
from catalogs.errors import InputError
from catalogs.exact import decimal_text
from catalogs.typical import states, typical, typical_id
from pathways.student import PlacementInForce, Student, split_term
from requirements import figure, listing, mistakes, reader
from requirements.audit import audit
from requirements.crediting import credit_entries
from requirements.language import MAIN, AllOf, AnyOf, AnyRequirement, Number, Program, Rule, children
from requirements.record import Entry, TranscriptLine
from requirements.report import AuditReport, RequirementResult

CREDITS = ("credits", "all_of", "any_of")


class Short(Rule):
    """One requirement that a record does not meet yet; credits in year-courses, none for what is no course."""

    path: str
    name: str
    credits: Number | None = None


class Elsewhere(Rule):
    """A record under the standard diploma of one state; credits in year-courses."""

    state: str
    name: str = Field(description="of the state")
    program: str
    program_name: str
    need: Number = Field(description="credits that the diploma asks in all")
    counted: Number = Field(description="credits of the record that count once there, those in progress among them")
    asked: Number = Field(description="credits that count only if a person says so")
    missing: Number = Field(description="credits still to be earned that count once there")
    short: tuple[Short, ...] = Field(description="requirements of credits that are short, the shortest first")
    tasks: tuple[Short, ...] = Field(description="what is no course and not yet done")
    doubts: tuple[str, ...]
    report: AuditReport


def audit_everywhere(
    student: Student, catalog: Catalog, *, entering: int | None = None, only: Collection[str] = ()
) -> tuple[Elsewhere, ...]:
    """Hold a student's record against the standard diploma of every state.

    Achievements count where another state's rules have a task of the same kind or name; decisions made for one
    student (waivers, substitutions) hold only where they were made, unless they name no program.

    Parameters
    ----------
    entering : int, optional
        Fall of entering grade 9, where the rules of another class than the student's are asked about.
    only : collection of str, optional
        Two-letter codes of the states asked about; all when empty.

    Returns
    -------
    tuple of Elsewhere
        Those with the least missing credit first; states that leave credits to their districts come last.
    """
    cohort = student.entering if entering is None else entering
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    asked = [f"US-{_known(state)}" for state in only]
    found = [
        _under(name.removeprefix("US-"), program, student, entries, catalog)
        for name, program in listing.standard_diplomas(cohort).items()
        if not asked or name in asked
    ]
    return tuple(sorted(found, key=lambda one: (not one.need, one.missing, one.asked, one.state)))


def _known(state: str) -> str:
    if state not in states():
        raise InputError(f"there is no state {state[:20]!r}", mend=mistakes.near(state, states()) or "Write TX")
    return state


def _under(state: str, program: Program, student: Student, entries: tuple[Entry, ...], catalog: Catalog) -> Elsewhere:
    report = audit(
        program, entries, decisions=student.decisions, achievements=student.achievements, grading=catalog.grading
    )
    year = program.unit.year_course
    sums = [_once(rule, one) for rule, one in zip(program.requirements, report.requirements, strict=True)]
    counted, asked, missing = (sum(figures, Fraction(0)) / year for figures in zip(*sums, strict=True))
    totals = [one for one in report.requirements if one.kind == "total"]
    missing = max(missing, *(one.missing / year for one in totals), Fraction(0))
    need = (figure.total_credits(program) or Fraction(0)) / year
    short = sorted(_short(report.requirements, year), key=lambda one: -(one.credits or 0))
    return Elsewhere(
        state=state,
        name=states()[state].name,
        program=program.id,
        program_name=program.name,
        need=need,
        counted=counted,
        asked=asked,
        missing=missing,
        short=tuple(short),
        tasks=tuple(_tasks(report.requirements)),
        doubts=program.doubts,
        report=report,
    )


def _once(rule: AnyRequirement, one: RequirementResult) -> tuple[Fraction, Fraction, Fraction]:
    """Credit of a requirement that counts once there: what is earned or in progress, asked about, missing."""
    nothing = Fraction(0), Fraction(0), Fraction(0)
    if rule.pool != MAIN or one.kind in ("task", "gpa", "total"):
        return nothing
    if isinstance(rule, (AllOf, AnyOf)) and one.parts:
        parts = [_once(part, r) for part, r in zip(children(rule), one.parts, strict=True) if r.counted]
        return tuple(sum(figures, Fraction(0)) for figures in zip(*parts, strict=True))  # type: ignore[return-value]
    return one.earned + one.in_progress, one.asked, one.missing


def _short(results: tuple[RequirementResult, ...], year: Fraction) -> Iterator[Short]:
    for one in results:
        if one.missing and one.kind in (*CREDITS, "courses"):
            credits = None if one.kind == "courses" else one.missing / year
            yield Short(path=one.path, name=one.name, credits=credits)


def _tasks(results: tuple[RequirementResult, ...]) -> Iterator[Short]:
    for one in results:
        if one.kind == "any_of":
            # A choice is named itself, once no credit that would do is what it lacks.
            to_do = not one.missing and not one.asked
        else:
            to_do = one.kind in ("task", "gpa")
            yield from _tasks(one.parts)
        if to_do and one.status in ("not_met", "ask"):
            yield Short(path=one.path, name=one.name)


def moved(student: Student, catalog: Catalog, state: str) -> Student:
    """The record of a student who moves to a school of another state, as that state's typical catalog reads it.

    Raises
    ------
    InputError
        For an unknown state.
    """
    there = transferred(student, catalog, typical(_known(state)), typical_id(state))
    return there.model_copy(update={"state": state})


def transferred(student: Student, catalog: Catalog, new: Catalog, name: str) -> Student:
    """The record of a student who moves to another school, as that school's catalog reads it.

    Courses become credit from elsewhere under their national codes. The plan in force is carried over course by course,
    to those that teach the same there. Goals that are programs of another state, and what speaks of the old school's
    courses and terms (pins, wishes, approvals, load), stay behind.

    Parameters
    ----------
    name
        What the record calls the new catalog: its id or folder.
    """
    scale = new.unit.year_course / catalog.unit.year_course
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    lines = tuple(
        TranscriptLine(
            title=entry.title,
            sced=entry.subject.sced,
            subject=None if entry.subject.sced else entry.subject.area or "electives",
            level=entry.subject.level,
            credits=entry.amount * catalog.unit.year_course * scale,
            mark=entry.mark,
            year=entry.year,
            grade=entry.grade,
            origin="transfer",
            in_progress=entry.stage == "in_progress",
        )
        for entry in entries
    )
    old = catalog.state or student.state
    state = new.state or student.state
    # Programs of the old state and studies of the old school stay behind.
    goals = tuple(
        goal
        for goal in student.goals
        if goal.study is None and (goal.program is None or old == state or not _of_state(goal.program, old))
    )
    force = (carried(place, catalog, new) for place in student.plan_in_force)
    return Student(
        id=student.id,
        name=student.name,
        catalog=name,
        state=state,
        entering=student.entering,
        grade=student.grade,
        now=_same_time(student.now, catalog, new, under_way=any(line.in_progress for line in lines)),
        services=student.services,
        transcript=lines,
        achievements=student.achievements,
        goals=goals,
        summer=student.summer,
        plan_in_force=tuple(dict.fromkeys(place for place in force if place is not None)),
        nearness=student.nearness,
        about=student.about,
    )


def carried(place: PlacementInForce, catalog: Catalog, new: Catalog) -> PlacementInForce | None:
    """A placement of the plan in force at another school: the course that teaches the same, in the same time."""
    there = counterpart(catalog.by_code[place.course], catalog, new)
    if there is None:
        return None
    return PlacementInForce(course=there.code, term=_same_time(place.term, catalog, new))


def counterpart(course: Course, catalog: Catalog, new: Catalog) -> Course | None:
    """The course of another catalog that teaches the same: its national code, then level, credit and title nearest."""
    same = [c for c in new.courses if c.sced is not None and c.sced == course.sced]
    return min(
        same,
        key=lambda c: (
            c.level != course.level,
            abs(c.credits / new.year_credits - course.credits / catalog.year_credits),
            -SequenceMatcher(None, c.title.lower(), course.title.lower()).ratio(),
            c.code,
        ),
        default=None,
    )


class Match(Rule):
    """What stands at another school for a course of this one, and how sure that is."""

    course: str
    title: str
    sced: str | None = Field(default=None, description="the national code under which the two are compared")
    there: str | None = Field(
        default=None, description="code of the course that teaches the same there; none where none"
    )
    there_title: str | None = None
    sure: bool = Field(description="same national code, known and not only proposed, same level and length")
    doubts: tuple[str, ...] = Field(default=(), description="what a person there should look at")


def match(course: Course, catalog: Catalog, new: Catalog) -> Match:
    """What another catalog has for a course, with every reason to doubt it."""
    there = counterpart(course, catalog, new)
    doubts = []
    if course.sced is None:
        doubts.append("it has no national code, so that only a person can compare it")
    elif there is None:
        doubts.append("no course there has its national code")
    else:
        if "proposed" in (course.sced_status, there.sced_status):
            doubts.append("the national code was proposed by title, and no person has confirmed it")
        if there.level != course.level:
            doubts.append(f"the level is {there.level} there, {course.level} here")
        long, short = (c.credits / where.year_credits for c, where in ((course, catalog), (there, new)))
        if long != short:
            doubts.append(f"it is {_years(short)} there, {_years(long)} here")
    return Match(
        course=course.code,
        title=course.title,
        sced=course.sced,
        there=there.code if there else None,
        there_title=there.title if there else None,
        sure=not doubts,
        doubts=tuple(doubts),
    )


def _years(share: Fraction) -> str:
    return {Fraction(1): "a year long", Fraction(1, 2): "half a year"}.get(
        share, f"{decimal_text(share)} of a year long"
    )


def _of_state(program: str, state: str | None) -> bool:
    return state is not None and reader.load(program).jurisdiction.partition("/")[0] == f"US-{state}"


def _same_time(when: str, old: Catalog, new: Catalog, *, under_way: bool = False) -> str:
    """The term of another calendar that begins at the same share of the school year, or the next one.

    Of a term that is under way, the term of the other calendar that is under way until it ends.
    """
    year, name = split_term(when)
    names, others = old.calendar.term_names, new.calendar.term_names
    if name not in names:
        return f"{year}-{new.calendar.summer.name if new.calendar.summer else 'Summer'}"
    next_start = -(-(names.index(name) + under_way) * len(others) // len(names)) - under_way
    return f"{year}-{others[min(next_start, len(others) - 1)]}"
