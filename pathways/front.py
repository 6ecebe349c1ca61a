"""What one measure of a plan costs in another: all plans of which no other is as good in both and better in one.

The exact front of two measures, by the epsilon-constraint method: the best plan in one measure, then the best with
less of the other, again and again, until there is none (Haimes, Lasdon and Wismer 1971, IEEE Trans. Systems, Man, and
Cybernetics 1(3)). Each point is settled in both measures before the next, so that none is dominated (Mavrotas 2009,
"Effective implementation of the epsilon-constraint method", Applied Mathematics and Computation 213(2)).

What is not traded stays: graduation, goals and wishes keep the values of the best plan, unless they are measured. Of
the plans of one point the best in wishes and quality is shown.
"""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

from pydantic import Field

from catalogs import Catalog, InputError
from pathways.alternatives import EFFORT
from pathways.measures import Measure, Sense, measure
from pathways.plan import Plan
from pathways.planner import Task
from pathways.solver import Answer, Limits, Within
from pathways.student import Student
from pathways.tradeoffs import trade_offs
from requirements.language import Number, Rule

MOST = 40
"""Points of a front at most."""


class Axis(Rule):
    """One of the two measures."""

    name: str
    title: str
    unit: str
    sense: Sense


class Point(Rule):
    """One plan of the front."""

    of: Number
    against: Number
    words: str
    proven: bool = Field(description="no plan is as good in one measure and better in the other")
    best: bool = Field(description="as good in both measures as the best plan")
    trade_offs: tuple[str, ...] = Field(description="what it costs and gains against the best plan")
    plan: Plan


class Front(Rule):
    """All points, from the best of the first measure to the best of the second."""

    student: str
    name: str
    catalog_name: str
    of: Axis
    against: Axis
    points: tuple[Point, ...]
    complete: bool = Field(description="no point is missing")
    words: str


def front(
    student: Student,
    catalog: Catalog | None = None,
    *,
    of: str,
    against: str,
    limits: Limits | None = None,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Front:
    """The front of two measures for a student.

    Parameters
    ----------
    of, against
        Names of measures (see `pathways.measures.measures`).
    limits
        Of each solve; ``EFFORT`` of the alternatives when left out.

    Raises
    ------
    InputError
        For a measure that is not known, the same one twice, and for what `pathways.planner.plan` refuses.

    Examples
    --------
    >>> from pathways.files import load_example
    >>> found = front(load_example("katy-impossible-wish"), of="wishes", against="courses")
    >>> [(int(point.of), int(point.against)) for point in found.points]
    [(2, 5), (0, 4)]
    """
    limits = limits or Limits(effort=EFFORT)
    task = Task.of(student, catalog, folder)
    measures = (measure(task.compiled, of), measure(task.compiled, against))
    if of == against:
        raise InputError(f"{of!r} is measured against itself", mend="Name two different measures")
    made = task.best(limits, stop)
    first, best = made.answer, made.plan
    # The same front both ways: what is proven sooner is minimised, the other held.
    walked = (measures[1], measures[0]) if _proving(measures[1]) < _proving(measures[0]) else measures
    found = _points(task, first, walked, limits, stop) if first.placed is not None else []
    ends = found.pop() if found and found[-1].placed is None else None
    if walked != measures:
        found.reverse()
    proven = all(tier.proven for tier in first.tiers)
    complete = proven and ends is not None and ends.status == "INFEASIBLE" and all(map(_settled, found))
    points = tuple(_point(task, first, best, answer, measures) for answer in _undominated(found, measures))
    return Front(
        student=student.id,
        name=student.name,
        catalog_name=task.catalog.name,
        of=_axis(measures[0]),
        against=_axis(measures[1]),
        points=points,
        complete=complete,
        words=_words(points, measures, complete),
    )


def _proving(one: Measure) -> int:
    """How hard it is to prove the least of a measure: quality least, the greatest of several sums most."""
    return 0 if one.name == "quality" else 1 if len(one.sums) <= 1 else 2


def _points(
    task: Task, first: Answer, measures: tuple[Measure, Measure], limits: Limits, stop: Event | None
) -> list[Answer]:
    """Answers from the best of the first measure walked; the last one has no placements where the front ends."""
    room = Within(task.compiled.problem, first, limits, stop, began=task.began)
    traded = {one.tier for one in measures}
    for tier in first.tiers:
        if tier.name not in (*traded, "quality", "nearness"):
            sign = -1 if tier.name == "wishes" else 1
            room.hold(room.tiers[tier.name], most=sign * tier.value)
    one, other = (each.figure(room) for each in measures)
    rest = [room.tiers[tier.name] for tier in first.tiers if tier.name not in traded]
    changes = room.kept(first)
    found: list[Answer] = []
    while len(found) < MOST:
        answer = room.best(one, other, *rest, tidy=changes)
        found.append(answer)
        if answer.placed is None:
            break
        if not room.hold(other, most=measures[1].cost(answer) - 1):
            found.append(Answer(None, status="INFEASIBLE"))
            break
    return found


def _undominated(found: list[Answer], measures: tuple[Measure, Measure]) -> list[Answer]:
    """Answers that no other dominates; only a search cut short leaves any out."""
    costs = [tuple(each.cost(answer) for each in measures) for answer in found]
    return [
        answer
        for answer, mine in zip(found, costs, strict=True)
        if not any(other != mine and all(a <= b for a, b in zip(other, mine, strict=True)) for other in costs)
    ]


def _settled(answer: Answer) -> bool:
    return answer.status == "OPTIMAL"


def _point(task: Task, first: Answer, best: Plan, answer: Answer, measures: tuple[Measure, Measure]) -> Point:
    values = [each.of(answer) * each.step for each in measures]
    plan = task.plan(answer, best.conflict, since=time.monotonic() - answer.seconds["solve"])
    return Point(
        of=values[0],
        against=values[1],
        words=", ".join(f"{each.title}: {each.words(value)}" for each, value in zip(measures, values, strict=True)),
        proven=_settled(answer) and all(tier.proven for tier in first.tiers),
        best=all(each.of(answer) == each.of(first) for each in measures),
        trade_offs=trade_offs(best, plan, task.catalog),
        plan=plan,
    )


def _axis(one: Measure) -> Axis:
    return Axis(name=one.name, title=one.title, unit=one.unit[1], sense=one.sense)


def _words(points: tuple[Point, ...], measures: tuple[Measure, Measure], complete: bool) -> str:
    """What the front says, in a few sentences."""
    of, against = measures
    if not points:
        return "There is no plan to begin with."
    proof = (
        "Each point is proven: no plan is as good in one of the two and better in the other, and no point is missing."
        if complete
        else "The search was cut short: a point may be missing or not the best there is."
        if len(points) < MOST
        else f"These are {MOST} points; the front goes on."
    )
    if len(points) == 1:
        return f"One plan is best in both, {of.title} and {against.title}. {proof}"
    ends = [
        f"{of.words(point.of)} ({of.title}) with {against.words(point.against)} ({against.title})"
        for point in (points[0], points[-1])
    ]
    return f"{len(points)} ways to trade one for the other, from {ends[0]} to {ends[1]}. {proof}"
