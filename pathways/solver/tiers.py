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
from pathways.solver.run import Limits, Run, Solved

Terms = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: its value and the proven bound.

    Shortfalls and points are minimised, parts of goals and wishes maximised.
    """

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


ANSWERS: Memory[tuple[str, Limits], Answer] = Memory(256)


def solve(
    problem: Problem,
    limits: Limits | None = None,
    stop: Event | None = None,
    *,
    model: Model | None = None,
) -> Answer:
    """Solve a problem tier by tier. An answer that is proven is remembered for equal arguments.

    Parameters
    ----------
    limits
        Deterministic effort and, for servers, wall-clock time.
    stop
        Setting it ends the search; the best plan so far comes back, marked as not proven.
    model
        The problem's model, where more was added to it; such an answer is not remembered.
    """
    limits = limits or Limits()
    key = problem.hash, limits
    answer = None if model is not None or (stop is not None and stop.is_set()) else ANSWERS.get(key)
    if answer is None:
        answer = _solve(problem, limits, stop, model)
        if answer.proven and model is None:
            ANSWERS.keep(key, answer)
    return replace(answer, seconds=dict(answer.seconds))


def _solve(problem: Problem, limits: Limits, stop: Event | None, model: Model | None) -> Answer:
    import time

    run = Run(limits, stop, time.monotonic())
    model = model or Model(problem)
    built = time.monotonic()
    objectives = tiers_of(model)
    upper = [name for name, _ in objectives].index("wishes") + 1
    gained = gains(problem)
    answer = Answer(None)
    bounds: list[int | None] = [None] * len(objectives)
    best: Sequence[int] = []
    n = 0
    while n < len(objectives):
        if n < upper and not objectives[n][1]:
            bounds[n] = 0
            n += 1
            continue
        # So many tiers are taken at their ideal at once, and the one after them is solved.
        for last in dict.fromkeys((upper, upper - 1, n) if n < upper else (n,)):
            found = _ideally(run, model, objectives, n, last, best)
            if found.values or last == n:
                break
        if not found.values:
            answer.status = "INFEASIBLE" if found.status == "INFEASIBLE" else "FEASIBLE" if best else "UNKNOWN"
            break
        best = found.values
        for m in range(n, last + 1):
            ideal = _ideal(model, objectives[m][1])
            bounds[m] = max(found.bound, ideal) if m == last else ideal
            model.row(objectives[m][1], None, found.value if m == last else ideal)
        n = last + 1
        if n < len(objectives):
            run.narrow(model)
    if best and answer.status == "OPTIMAL" and run.cut_short:
        answer.status = "FEASIBLE"
    if best:
        answer.placed = model.placed(best)
        for (name, terms), proven in zip(objectives, bounds, strict=True):
            value = sum(a * best[v] for v, a in terms)
            low = proven if proven is not None else _ideal(model, terms)
            sign = -1 if name in gained else 1
            answer.tiers += (Tier(name, sign * value, sign * low),)
    answer.solves, answer.effort = run.solves, run.effort
    done = time.monotonic()
    answer.seconds = {"model": built - run.began, "solve": done - built}
    return answer


def gains(problem: Problem) -> frozenset[str]:
    """Names of the tiers of which the most is best; of the others it is the least."""
    return frozenset({"wishes", "nearness", *(f"goal:{aim.name}" for aim in problem.aims)})


def tiers_of(model: Model) -> list[tuple[str, list[tuple[int, int]]]]:
    """The tiers of a model in their order, each with the terms that are minimised; asked once for each model."""
    problem = model.problem
    tiers = [(f"goal:{d.program}", terms) for d, terms in zip(problem.demands, model.shortfalls, strict=True)]
    if tiers:
        tiers[0] = ("graduation", tiers[0][1])
    for aim, terms in reversed(list(zip(problem.aims, model.aimed, strict=True))):
        tiers.insert(aim.after, (f"goal:{aim.name}", terms))
    tiers.append(("wishes", [(v, -w) for v, w in model.wanted]))
    tiers.append(("quality", model.points))
    if problem.near:
        tiers.insert(len(tiers) - problem.near_first, ("nearness", model.near()))
    return tiers


def _ideal(model: Model, terms: Terms) -> int:
    """The least that a tier can conceivably be: costs (missing credit) at 0, gains (a granted wish) at their most."""
    return sum(min(weight, 0) * model.high(variable) for variable, weight in terms)


def _ideally(
    run: Run, model: Model, objectives: Sequence[tuple[str, Terms]], first: int, last: int, best: Sequence[int]
) -> Solved:
    """Minimise one tier with all tiers from ``first`` on before it at their ideal."""
    before = []
    for _, terms in objectives[first:last]:
        for variable, weight in terms:
            most = model.high(variable) if weight < 0 else 0
            before.append((variable, model.bounds(variable, most, most)))
    model.minimise(objectives[last][1])
    model.hint(best)
    name = objectives[last][0]
    found = run.solve(model, attempt=last > first, stay=name == "nearness")
    for variable, (low, high) in reversed(before):
        model.bounds(variable, low, high)
    return found
