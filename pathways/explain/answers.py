"""What is asked about a finished plan, course by course and goal by goal."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from pydantic import Field

from pathways.choices import unknown_course
from pathways.explain.why import Reason, why
from pathways.explain.why_not import Absence, explain, why_not
from pathways.plan import Conflict
from pathways.planner import Made
from pathways.solver import Limits, Open
from requirements.language import Program, Rule


class Unreached(Rule):
    """Why a program that the student aims at is not reached; no conflict where it is, or where a limit left it open."""

    goal: str
    name: str
    words: str
    conflict: Conflict | None = None
    open: bool = False


class Answers(Rule):
    """Why courses are in a plan (``present``), and why others (``absent``) or programs (``goals``) are not."""

    student: str
    settled: bool = Field(description="false where a time limit left an answer open; each open one says so")
    present: tuple[Reason, ...]
    absent: tuple[Absence, ...]
    goals: tuple[Unreached, ...] = ()


def answers(
    made: Made, courses: Sequence[str] = (), *, limits: Limits | None = None, stop: Event | None = None
) -> Answers:
    """Answer for these courses, or programs of the student's goals; for every course of the plan where none is named.

    Raises
    ------
    InputError
        For a course that the catalog does not have.

    Examples
    --------
    >>> from pathways.files import load_example
    >>> from pathways.planner import Task
    >>> answers(Task.of(load_example("katy-fresh")).best(), ["0101"]).present[0].opens
    'English 2 (2027-S1) needs it first.'
    """
    catalog = made.compiled.catalog
    programs = {program.id: program for program in made.compiled.programs}
    goals = [programs[one] for one in dict.fromkeys(courses) if one in programs]
    named, courses = bool(courses), [code for code in courses if code not in programs]
    for code in courses:
        if code not in catalog.by_code:
            raise unknown_course(code, catalog, "courses")
    there = {place.course for place in made.plan.placements}
    inside = [code for code in courses if code in there]
    outside = [code for code in dict.fromkeys(courses) if code not in there]
    asked = inside or not named
    present = why(made.compiled, made.answer, made.plan, inside, limits=limits, stop=stop) if asked else ()
    absent = tuple(_absence(made, code, limits, stop) for code in outside)
    unreached = tuple(_unreached(made, goal, stop) for goal in goals)
    return Answers(
        student=made.plan.student,
        settled=made.answer.status != "UNKNOWN"
        and all(one.difference for one in present)
        and not any(one.open for one in absent)
        and not any(one.open for one in unreached),
        present=present,
        absent=absent,
        goals=unreached,
    )


def _unreached(made: Made, goal: Program, stop: Event | None) -> Unreached:
    first = made.compiled.programs[0].id
    name = "graduation" if goal.id == first else f"goal:{goal.id}"
    tier = next((tier for tier in made.answer.tiers if tier.name == name), None)
    if tier is not None and tier.value == 0:
        return Unreached(goal=goal.id, name=goal.name, words=f"{goal.name} is reached in this plan.")
    conflict = explain(made.compiled, made.answer, stop, goal=None if goal.id == first else goal)
    if conflict is not None:
        return Unreached(goal=goal.id, name=goal.name, words=conflict.words, conflict=conflict)
    if tier is not None and tier.proven:
        words = f"{goal.name} could be reached by itself; the goals that come before it leave no room."
        return Unreached(goal=goal.id, name=goal.name, words=words)
    words = f"There was no time to find why {goal.name} is not reached."
    return Unreached(goal=goal.id, name=goal.name, words=words, open=True)


def _absence(made: Made, code: str, limits: Limits | None, stop: Event | None) -> Absence:
    try:
        # Without any plan nothing can be said of what is not in it; after a stop nothing is compiled in vain.
        if made.answer.status == "UNKNOWN" or (stop is not None and stop.is_set()):
            raise Open
        return why_not(made.compiled, made.answer, code, limits=limits, stop=stop)
    except Open:
        title = made.compiled.catalog.by_code[code].title
        words = f"There was no time to find why {title} ({code}) is not in the plan."
        return Absence(course=code, title=title, words=words, open=True)
