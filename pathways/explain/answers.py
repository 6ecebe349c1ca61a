"""What is asked about a finished plan, course by course."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from pathways.choices import unknown_course
from pathways.explain.why import Reason, why
from pathways.explain.why_not import Absence, why_not
from pathways.planner import Made
from pathways.solver import Limits
from requirements.language import Rule


class Answers(Rule):
    """Why courses are in a plan (``present``), and why others are not (``absent``)."""

    student: str
    present: tuple[Reason, ...]
    absent: tuple[Absence, ...]


def answers(
    made: Made, courses: Sequence[str] = (), *, limits: Limits | None = None, stop: Event | None = None
) -> Answers:
    """Answer for these courses; for every course of the plan where none is named.

    Raises
    ------
    InputError
        For a course that the catalog does not have.
    pathways.solver.Open
        Where the stop signal left an answer open.

    Examples
    --------
    >>> from pathways.files import load_example
    >>> from pathways.planner import Task
    >>> answers(Task.of(load_example("katy-fresh")).best(), ["0101"]).present[0].opens
    'English 2 (2027-S1) needs it first.'
    """
    catalog = made.compiled.catalog
    for code in courses:
        if code not in catalog.by_code:
            raise unknown_course(code, catalog, "courses")
    there = {place.course for place in made.plan.placements}
    inside = [code for code in courses if code in there]
    outside = [code for code in dict.fromkeys(courses) if code not in there]
    return Answers(
        student=made.plan.student,
        present=why(made.compiled, made.answer, made.plan, inside, limits=limits, stop=stop)
        if inside or not courses
        else (),
        absent=tuple(why_not(made.compiled, made.answer, code, limits=limits, stop=stop) for code in outside),
    )
