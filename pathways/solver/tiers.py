"""Tiers, solved in order, each proven before the next.

The best conceivable is tried first: all goals met and all wishes granted, then all goals met. Where it can be had, no
plan can do better, and one solve proves several tiers. Else the first goal is settled alone, and the rest tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Event

from pathways.memory import Memory
from pathways.problem import Problem
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run

Terms = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: its value and the proven bound. Shortfalls and points are minimised, wishes maximised."""

    name: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.value == self.bound


@dataclass(slots=True)
class Answer:
    """Placements ``(candidate, start position)`` with their proof; None where no plan holds pins and limits."""

    placed: tuple[tuple[int, int], ...] | None
    tiers: tuple[Tier, ...] = ()
    status: str = "OPTIMAL"
    solves: int = 0
    effort: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether no plan is better, or there is none."""
        return self.status == "INFEASIBLE" or (bool(self.tiers) and all(tier.proven for tier in self.tiers))


ANSWERS: Memory[tuple[str, Limits, tuple[tuple[int, int], ...]], Answer] = Memory(256)


def solve(
    problem: Problem,
    limits: Limits | None = None,
    stop: Event | None = None,
    *,
    start: Sequence[tuple[int, int]] = (),
) -> Answer:
    """Solve a problem tier by tier. An answer that is proven is remembered for equal arguments.

    Parameters
    ----------
    limits
        Deterministic effort and, for servers, wall-clock time.
    stop
        Setting it ends the search; the best plan so far comes back, marked as not proven.
    start
        Placements ``(candidate, start position)`` of a plan for nearly the same problem, to look around first. They
        need not be possible any more; of several best plans they may decide which is found.
    """
    limits = limits or Limits()
    key = problem.hash, limits, tuple(start)
    answer = None if stop is not None and stop.is_set() else ANSWERS.get(key)
    if answer is None:
        answer = _solve(problem, limits, stop, start)
        if answer.proven:
            ANSWERS.keep(key, answer)
    return replace(answer, seconds=dict(answer.seconds))


def _solve(problem: Problem, limits: Limits, stop: Event | None, start: Sequence[tuple[int, int]]) -> Answer:
    import time

    run = Run(limits, stop, time.monotonic(), start)
    model = Model(problem)
    built = time.monotonic()
    objectives = [(f"goal:{d.program}", terms) for d, terms in zip(problem.demands, model.shortfalls, strict=True)]
    if objectives:
        objectives[0] = ("graduation", objectives[0][1])
    objectives.append(("wishes", [(v, -w) for v, w in model.wanted]))
    upper = len(objectives)
    objectives.append(("quality", model.points))
    if problem.near:
        objectives.append(("nearness", model.near()))
    answer = Answer(None)
    bounds: list[int | None] = [None] * len(objectives)
    best: list[int] = []
    n = 0
    while n < len(objectives):
        if n < upper and not objectives[n][1]:
            bounds[n] = 0
            n += 1
            continue
        # So many tiers are taken at their ideal at once, and the one after them is solved.
        for last in dict.fromkeys((upper, upper - 1, n) if n < upper else (n,)):
            status, values, value, bound = _ideally(run, model, objectives, n, last, best)
            if values or last == n:
                break
        if not values:
            answer.status = "INFEASIBLE" if status == "INFEASIBLE" else "FEASIBLE" if best else "UNKNOWN"
            break
        best = values
        for m in range(n, last + 1):
            ideal = _ideal(objectives[m][1])
            bounds[m] = max(bound, ideal) if m == last else ideal
            model.row(objectives[m][1], None, value if m == last else ideal)
        if run.within is not None:
            model.narrow(*run.within)
        n = last + 1
    if best and answer.status == "OPTIMAL" and run.cut_short:
        answer.status = "FEASIBLE"
    if best:
        answer.placed = tuple((i, k) for i, row in enumerate(model.x) for k, v in enumerate(row) if best[v])
        for (name, terms), proven in zip(objectives, bounds, strict=True):
            value = sum(a * best[v] for v, a in terms)
            low = proven if proven is not None else sum(min(a, 0) for _, a in terms)
            sign = -1 if name in ("wishes", "nearness") else 1
            answer.tiers += (Tier(name, sign * value, sign * low),)
    answer.solves, answer.effort = run.solves, run.effort
    done = time.monotonic()
    answer.seconds = {"model": built - run.began, "solve": done - built}
    return answer


def _ideal(terms: Terms) -> int:
    """The least that a tier can conceivably be: costs (missing credit) at 0, gains (a granted wish) at 1."""
    return sum(min(weight, 0) for _, weight in terms)


def _ideally(
    run: Run, model: Model, objectives: Sequence[tuple[str, Terms]], first: int, last: int, best: Sequence[int]
) -> tuple[str, list[int], int, int]:
    """Minimise one tier with all tiers from ``first`` on before it at their ideal."""
    before = []
    for _, terms in objectives[first:last]:
        for variable, weight in terms:
            low, high = (1, 1) if weight < 0 else (0, 0)
            before.append((variable, model.bounds(variable, low, high)))
    model.minimise(objectives[last][1])
    model.hint(best)
    found = run.solve(model, attempt=last > first)
    for variable, (low, high) in reversed(before):
        model.bounds(variable, low, high)
    return found
