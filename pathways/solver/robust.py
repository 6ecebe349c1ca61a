"""The best plan that survives every single failure of some courses, or the proof that there is none.

The failures of a plan that is not yet known are scenarios of a two-stage problem: the plan first, then for each failure
a recourse that keeps what has begun by then. Scenarios are added as they are needed, each with a recourse of its own in
the same model (column-and-constraint generation: Zeng and Zhao 2013, "Solving two-stage robust optimization problems
using a column-and-constraint generation method", Operations Research Letters 41(5)). A plan that survives all of its
failures while only some are in the model is the best of all plans that do; where some leave no plan, there is none.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from threading import Event

from pathways.problem import Problem
from pathways.solver.failures import Column, Failures, begun_beside, diploma_only, openers
from pathways.solver.model import INFINITY, Model
from pathways.solver.run import Limits, Run
from pathways.solver.tiers import Answer, solve

ROUNDS = 60
"""Rounds after which the search gives up; none has taken half as many."""


@dataclass(slots=True)
class Robust:
    """The answer: a plan that survives, or the failures that no plan survives together, or neither within the limits.

    Parameters
    ----------
    answer
        The best plan that survives; None where there is none, or none was found.
    fatal
        Failures of which any plan that graduates has one that it does not survive: none of them can be spared.
    scenarios
        Failures that the search had to look at.
    """

    answer: Answer | None
    fatal: tuple[Column, ...] = ()
    scenarios: int = 0


def solve_robust(
    problem: Problem,
    risky: Collection[int],
    plain: Answer,
    limits: Limits | None = None,
    stop: Event | None = None,
) -> Robust:
    """Find the best plan that survives the failure of each risky course in it.

    Parameters
    ----------
    problem
        Compiled with the risky courses among those that may fail.
    risky
        Candidates whose failure must be survived.
    plain
        The best plan without that.
    """
    began = time.monotonic()
    limits = limits or Limits()
    failures = Failures(problem, stop)
    scenarios: list[Column] = []
    answer = plain
    solves, effort = plain.solves, plain.effort
    for _ in range(ROUNDS):
        placed = frozenset(answer.placed or ())
        new = [
            (i, k)
            for i, k in sorted(placed)
            if i in risky and failures.survived(placed, {(i, k)}, problem.candidates[i].spans[k][-1]) is not True
        ]
        if not new:
            answer.solves, answer.effort = solves + failures.run.solves, effort + failures.run.effort
            return Robust(answer, scenarios=len(scenarios))
        if set(new) & set(scenarios):
            break  # a limit cut the proof of a recourse short
        scenarios += new
        answer = solve(problem, _left(limits, began), stop, model=model_of(problem, scenarios))
        solves, effort = solves + answer.solves, effort + answer.effort
        if answer.placed is None:
            break
    if answer.status == "INFEASIBLE":
        return Robust(None, _needed(problem, scenarios, Run(limits, stop, began)), len(scenarios))
    return Robust(None, scenarios=len(scenarios))


def model_of(problem: Problem, scenarios: Iterable[Column]) -> Model:
    """The model of plans that graduate and survive these failures, where they hold the courses at all."""
    model = Model(problem)
    for short, _ in model.shortfalls[0]:
        model.bounds(short, 0, 0)
    for scenario in scenarios:
        _add_recourse(model, problem, scenario)
    return model


def _add_recourse(model: Model, problem: Problem, scenario: Column) -> None:
    """A second plan inside the model: what follows if this placement fails.

    It shares what has begun by then, and need not graduate where the placement is not taken.
    """
    i, k = scenario
    last = problem.candidates[i].spans[k][-1]
    opened = openers(problem)
    beside = {c: f"prerequisite:{problem.candidates[c].code}" for c in sorted(begun_beside(problem))}
    after = replace(
        diploma_only(problem),
        slots=tuple(replace(s, even=s.most, least=s.least * (n > last)) for n, s in enumerate(problem.slots)),
        pins=tuple(pin for pin in problem.pins if all(j != i for j, _ in pin.columns)),
        breaches=tuple(b for b in problem.breaches if i not in opened[b.facts[0]]),
    )
    recourse = Model(after, dict.fromkeys(beside.values(), 1), 1)
    recourse.bounds(recourse.x[i][k], 0, 0)
    shared = {
        recourse.x[j][n]: model.x[j][n]
        for j, candidate in enumerate(problem.candidates)
        for n, start in enumerate(candidate.starts)
        if start <= last and (j, n) != scenario
    }
    at = _graft(model, recourse, shared)
    for short, _ in recourse.shortfalls[0]:
        model.row([(at[short], 1), (model.x[i][k], recourse.high(short))], None, recourse.high(short))
    for c, fact in beside.items():
        begun = [(model.x[c][n], -1) for n, start in enumerate(problem.candidates[c].starts) if start <= last]
        model.row([(at[recourse.given_up[fact]], 1), *begun], None, 0)


def _graft(model: Model, other: Model, shared: dict[int, int]) -> list[int]:
    """Write the rows of another model into this one; the numbers that its variables have there."""
    at = [shared[v] if v in shared else model.var(other.high(v)) for v in range(other.size)]
    first = 0
    for end, least, most in zip(other.ends, other.least, other.most, strict=True):
        columns, coefficients = other.columns[first:end], other.coefficients[first:end]
        first = end
        if not all(v in shared for v in columns):  # else it holds there already
            terms = [(at[v], a) for v, a in zip(columns, coefficients, strict=True)]
            model.row(terms, None if least == -INFINITY else least, None if most == INFINITY else most)
    return at


def _left(limits: Limits, began: float) -> Limits:
    """The limits of one search among several."""
    if limits.seconds is None:
        return limits
    return replace(limits, seconds=max(limits.seconds - (time.monotonic() - began), 0.0))


def _needed(problem: Problem, scenarios: list[Column], run: Run) -> tuple[Column, ...]:
    """Failures that no plan survives together, none of them to spare; by leaving out one after the other."""
    kept = list(scenarios)
    for scenario in scenarios:
        fewer = [one for one in kept if one != scenario]
        if run.solve(model_of(problem.bare(), fewer)).status == "INFEASIBLE":
            kept = fewer
    return tuple(kept)
