"""Why not: a diploma that cannot be reached in time, and a course that is not in the plan."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import Event

from catalogs import Catalog, InputError
from pathways.compile import Compiled
from pathways.explain.difference import Difference, difference, staying
from pathways.explain.question import Question
from pathways.offering import SERVICE_LEVELS
from pathways.plan import Conflict, Correction, Fact
from pathways.problem import PinItem
from pathways.solver import Answer, Limits, Open, solve
from requirements.language import Program, Rule

CONFLICTS, CORRECTIONS = 3, 3
"""So many conflicts and ways out are shown."""


def explain(
    compiled: Compiled, answer: Answer, stop: Event | None = None, *, goal: Program | None = None
) -> Conflict | None:
    """The minimal conflict of a problem whose diploma (or pins) cannot all hold, and what would help.

    With a goal, why that program cannot be reached beside the diploma. None where all can hold, and where a limit or
    the stop signal left that open.
    """
    programs = compiled.programs[:1]
    if goal is not None:
        # A diploma that is out of reach has a conflict of its own.
        programs = (*(programs if answer.tiers and answer.tiers[0].value == 0 else ()), goal)
    try:
        # Where not even a partial plan holds pins and loads, they alone are in conflict.
        question = Question(compiled, programs if answer.placed is not None else (), aim=goal, stop=stop)
        conflicts = tuple(question.conflicts(CONFLICTS))
    except Open:
        return None
    if not conflicts:
        return None
    corrections = []
    with suppress(Open):
        whole = question if question.programs else Question(compiled, programs, aim=goal, stop=stop)
        for correction in whole.corrections(CORRECTIONS):
            corrections.append(correction)
    return Conflict(
        words=_words(len(conflicts[0]), compiled.line.terms[-1].text),
        facts=conflicts[0],
        further=conflicts[1:],
        corrections=tuple(corrections),
    )


def _words(count: int, last: str) -> str:
    if count == 0:
        return f"The courses and terms that are left until {last} do not allow it, whatever limits are given up."
    if count == 1:
        return f"No plan until {last} can hold this; everything else can hold without it."
    return f"No plan until {last} can hold these {count} facts together; give up any one, and the others can hold."


class Absence(Rule):
    """Why a course is not in a plan.

    Either facts that rule it out, with what would help; or it could be there, and ``difference`` says at what price.
    ``open`` where a limit or the stop signal left that open.
    """

    course: str
    title: str
    words: str
    facts: tuple[Fact, ...] = ()
    corrections: tuple[Correction, ...] = ()
    difference: Difference | None = None
    open: bool = False


def why_not(
    compiled: Compiled, answer: Answer, code: str, *, limits: Limits | None = None, stop: Event | None = None
) -> Absence:
    """Why a course is not in the plan that was found.

    Raises
    ------
    InputError
        For a course that is in the plan.
    pathways.solver.Open
        Where the stop signal left it open.
    """
    catalog = compiled.catalog
    course = catalog.by_code[code]
    name = f"{course.title} ({code})"
    if any(compiled.courses[i].code == code for i, _ in answer.placed or ()):
        raise InputError(f"{name} is in the plan", place="courses", mend="ask why it is there")
    settled = _settled(compiled, catalog, code)
    if settled:
        return Absence(course=code, title=course.title, words=settled)
    missing = {tier.name: tier.value for tier in answer.tiers}
    names = ("graduation", *(f"goal:{program.id}" for program in compiled.programs[1:]))
    met = [p for p, name in zip(compiled.programs, names, strict=True) if missing.get(name) == 0]
    question = Question(compiled, met, asked=code, stop=stop)
    facts = question.preferred()
    if facts is not None:
        corrections = tuple(question.corrections(CORRECTIONS))
        kept = " beside what the plan reaches" if any(f.kind == "requirement" for f in facts) else ""
        words = (
            f"{name} cannot be taken{kept}: {'these facts rule' if len(facts) > 1 else 'this fact rules'} it out."
            if facts
            else f"{name} cannot be taken in the terms that are left, whatever limits are lifted."
        )
        return Absence(course=code, title=course.title, words=words, facts=facts, corrections=corrections)
    problem = compiled.problem
    i = next((i for i, c in enumerate(problem.candidates) if c.code == code), None)
    if i is None:
        words = f"{name} is left out of planning: only a person can say that its prerequisite is fulfilled."
        return Absence(course=code, title=course.title, words=words)
    asked = PinItem(f"asked {code}", tuple((i, k) for k in range(len(problem.candidates[i].starts))))
    other = solve(replace(problem, pins=(*problem.pins, asked), near=staying(answer)), limits, stop)
    found = difference(compiled, answer, other)
    return Absence(course=code, title=course.title, words=f"{name} would fit: {found.words}", difference=found)


def _settled(compiled: Compiled, catalog: Catalog, code: str) -> str | None:
    """What rules a course out without any choice: its credit is there, or it is for others."""
    course = catalog.by_code[code]
    name = f"{course.title} ({code})"
    group = catalog.credit_group(code)
    held = next((e for e in compiled.entries if e.amount and e.subject.code in group), None)
    if held is not None and course.repeatable == 1:
        same = held.subject.code == code
        return f"{name} is on the record." if same else f"Its credit is on the record: {held.title} counts as {name}."
    service = SERVICE_LEVELS.get(course.level)
    if service and service not in compiled.student.services:
        return f"{name} is for students with the service {service.replace('_', ' ')}; a pin or wish would allow it."
    return None
