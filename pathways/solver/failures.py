"""What failures a plan survives: the model is built once, and each failure is a change of its bounds.

A failure takes credit from placements that end by a slot. Everything that has begun by then stays as planned, and all
that follows is free again, with the starts that only a failed course may use. The question is whether the diploma can
still be complete.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from threading import Event

from pathways.problem import Problem
from pathways.solver.facts import EFFORT
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run, Solved

Column = tuple[int, int]


class Failures:
    """Failures in plans of one problem, which was compiled with the courses that may fail.

    Parameters
    ----------
    problem
        Its breaches name the starts that are open only after a failure.
    """

    def __init__(self, problem: Problem, stop: Event | None = None) -> None:
        self.problem = problem
        self.openers = openers(problem)
        self.loads = {f"load:{slot.term}": n for n, slot in enumerate(problem.slots) if slot.least}
        self.pins = {f"pin:{pin.what}": {i for i, _ in pin.columns} for pin in problem.pins}
        self.beside = {f"prerequisite:{problem.candidates[i].code}": i for i in begun_beside(problem)}
        facts = dict.fromkeys((*self.openers, *self.loads, *self.pins, *self.beside), 1)
        self.model = Model(diploma_only(problem), facts, 1)
        for short, _ in self.model.shortfalls[0]:
            self.model.bounds(short, 0, 0)
        self.run = Run(Limits(effort=EFFORT), stop, time.monotonic())
        self.latest: Sequence[int] = []

    def solve(self, objective: list[tuple[int, int]]) -> Solved:
        """Solve from the latest way that was found: one failure's is much like another's."""
        self.model.minimise(objective)
        if self.latest:
            self.model.hint(self.latest)
        found = self.run.solve(self.model)
        self.latest = found.values or self.latest
        return found

    def survived(self, placed: Collection[Column], lost: Collection[Column], last: int) -> bool | None:
        """Whether the diploma can be complete after all; None where a limit left that open.

        Parameters
        ----------
        placed
            The plan.
        lost
            Placements that earn nothing.
        last
            The last slot that is over; what began by then stays as planned.
        """
        again = {i for i, _ in lost}
        begun = {i for i, k in placed if self.problem.candidates[i].starts[k] <= last}
        for i, candidate in enumerate(self.problem.candidates):
            for k, start in enumerate(candidate.starts):
                there = (i, k) in placed and (i, k) not in lost
                low, high = (there, there) if start <= last or (i, k) in lost else (0, 1)
                self.model.bounds(self.model.x[i][k], low, high)
        for fact, given_up in (
            *((fact, bool(courses & again)) for fact, courses in (*self.openers.items(), *self.pins.items())),
            *((fact, slot <= last) for fact, slot in self.loads.items()),
            *((fact, c in begun) for fact, c in self.beside.items()),
        ):
            self.model.bounds(self.model.given_up[fact], 0, int(given_up))
        status = self.solve([]).status
        return None if status == "UNKNOWN" else status != "INFEASIBLE"

    def fallback(self, placed: Collection[Column], lost: Collection[Column], last: int) -> tuple[Column, ...] | None:
        """The plan with the fewest changes that follows a failure; None where there is none, or a limit was reached."""
        if not self.survived(placed, lost, last):
            return None
        columns = [((i, k), v) for i, row in enumerate(self.model.x) for k, v in enumerate(row)]
        # First as few courses as can be leave their place, then as few as can be are new.
        values = self.solve([(v, -len(columns) if column in placed else 1) for column, v in columns]).values
        return tuple(column for column, v in columns if values[v]) if values else None


def openers(problem: Problem) -> dict[str, set[int]]:
    """For each breach, the courses of which one must fail to open its starts: the course, or what it builds on."""
    above: dict[int, set[int]] = {}
    for clause in problem.clauses:
        above.setdefault(clause.course, set()).update(i for i, _ in clause.alternatives)
    found = {}
    for breach in problem.breaches:
        new = {i for i, _ in breach.columns}
        [fact] = breach.facts
        found[fact] = set(new)
        while fact.startswith("behind:") and new:
            new = {i for course in new for i in above.get(course, ())} - found[fact]
            found[fact] |= new
    return found


def begun_beside(problem: Problem) -> set[int]:
    """Courses that may begin beside another, and once only.

    Once begun they go on, whatever becomes of the other.
    """
    return {
        clause.course
        for clause in problem.clauses
        if problem.groups[problem.candidates[clause.course].group][0] == 1
        and any(together for _, together in clause.alternatives)
    }


def diploma_only(problem: Problem) -> Problem:
    """The problem of the diploma alone: without further goals, wishes, quality and nearness."""
    musts = tuple(item for item in problem.grants if not item.weight)
    return replace(problem.bare(), demands=problem.demands[:1], wishes=(), aims=(), grants=musts)


def delay(problem: Problem, deadline: int, stop: Event | None = None) -> int | None:
    """How many slots after a deadline the diploma can be complete at the earliest.

    Parameters
    ----------
    deadline
        The last slot in time; -1 where all of them come after it.

    Returns
    -------
    int or None
        0 where it can be complete in time; one more than there are slots after the deadline where none of them does;
        None where a limit left that open.
    """
    model = Model(diploma_only(problem), goals=1)
    for short, _ in model.shortfalls[0]:
        model.bounds(short, 0, 0)
    after = len(problem.slots) - 1 - deadline
    late = model.var(after)
    for i, candidate in enumerate(problem.candidates):
        for k, span in enumerate(candidate.spans):
            if span[-1] > deadline:
                model.row([(model.x[i][k], span[-1] - deadline), (late, -1)], None, 0)
    model.minimise([(late, 1)])
    found = Run(Limits(effort=EFFORT), stop, time.monotonic()).solve(model)
    return {"OPTIMAL": found.value, "INFEASIBLE": after + 1}.get(found.status)
