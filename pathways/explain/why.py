"""Why a course is where it is: what it counts for, what it opens, and what would be lost without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from threading import Event

from catalogs import InputError
from pathways.compile import Compiled
from pathways.explain.difference import Difference, difference, staying
from pathways.plan import Placement, Plan
from pathways.solver import Answer, Limits, Open, solve
from requirements import figure
from requirements.describe import join_words
from requirements.language import Rule


class Reason(Rule):
    """Why one course is in a plan, in a plain sentence each.

    Parameters
    ----------
    counts
        What it counts for.
    opens
        What needs it later.
    without
        What a best plan without it would lose: a solve of its own.
    difference
        The same as data; None where a limit or the stop signal left it open.
    """

    course: str
    title: str
    term: str
    counts: str
    opens: str
    without: str
    difference: Difference | None


def why(
    compiled: Compiled,
    answer: Answer,
    plan: Plan,
    courses: Collection[str] = (),
    *,
    limits: Limits | None = None,
    stop: Event | None = None,
) -> tuple[Reason, ...]:
    """Why courses are in a plan; all of it where none is named.

    Raises
    ------
    InputError
        For a course that is not in the plan.
    """
    there = {place.course for place in plan.placements}
    for code in courses:
        if code not in there:
            raise InputError(f"{code} is not in the plan", place="courses", mend="ask why it is not there")
    return tuple(
        _reason(compiled, answer, plan, place, limits, stop)
        for place in plan.placements
        if not courses or place.course in courses
    )


def _reason(
    compiled: Compiled, answer: Answer, plan: Plan, place: Placement, limits: Limits | None, stop: Event | None
) -> Reason:
    problem = compiled.problem
    i = next(i for i, c in enumerate(problem.candidates) if c.code == place.course)
    pins = tuple(pin for pin in problem.pins if pin.what != place.course)
    # What need not change stays, so that the difference shows what the course alone is worth.
    without = replace(problem, pins=pins, exclusions=(*problem.exclusions, (i, i)), near=staying(answer))
    try:
        if stop is not None and stop.is_set():
            raise Open  # before a model is built in vain
        found = difference(compiled, answer, solve(without, limits, stop))
    except Open:
        found = None
    return Reason(
        course=place.course,
        title=place.title,
        term=f"{place.year}-{place.term}",
        counts=_counts(compiled, plan, place),
        opens=_opens(plan, place),
        without=f"Without it, {found.words}" if found else "There was no time to find what would be lost without it.",
        difference=found,
    )


def _counts(compiled: Compiled, plan: Plan, place: Placement) -> str:
    units = {program.id: program.unit for program in compiled.programs}
    # Several programs may ask for the same by the same name.
    names = list(dict.fromkeys(f"{c.name} ({figure.amount(c.credits, units[c.program])})" for c in place.counts_for))
    for goal in plan.goals:
        names += [f"{part.name} (toward {goal.name})" for part in goal.parts if part.course == place.course]
    said = f"It counts for {join_words(names, 'and')}" if names else "No requirement needs it"
    asked = [word for word, yes in (("pinned", place.pinned), ("wished for", place.wished)) if yes]
    return f"{said}{', and it is ' + ' and '.join(asked) if asked else ''}."


def _opens(plan: Plan, place: Placement) -> str:
    later = {p.course: f"{p.title} ({p.year}-{p.term})" for p in plan.placements}
    names = [later[code] for code in place.opens if code in later]
    return (
        f"{join_words(names, 'and')} {'needs' if len(names) == 1 else 'need'} it first."
        if names
        else ("Nothing later in the plan needs it.")
    )
