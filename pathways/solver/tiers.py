"""Tiers, solved in order, each proven before the next.

First the best conceivable value of all goals and wishes is tried at once: where it can be reached, that one solve
proves every tier but the last. Else the tiers go one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event

from pathways.problem import Problem
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run


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


def solve(
    problem: Problem, limits: Limits | None = None, stop: Event | None = None, *, model: Model | None = None
) -> Answer:
    """Solve a problem tier by tier.

    Parameters
    ----------
    limits
        Deterministic effort and, for servers, wall-clock time.
    stop
        Setting it ends the search; the best plan so far comes back, marked as not proven.
    model
        The problem's model, where more was added to it.
    """
    import time

    run = Run(limits or Limits(), stop, time.monotonic())
    model = model or Model(problem)
    built = time.monotonic()
    objectives = tiers_of(model)
    upper = [name for name, _ in objectives].index("wishes") + 1
    gained = gains(problem)
    answer = Answer(None)
    bounds: list[int | None] = [None] * len(objectives)
    best = _all_at_once(run, model, objectives, upper, bounds)
    for n, (_, terms) in enumerate(objectives):
        if bounds[n] is not None:
            continue
        if not terms:
            bounds[n] = 0
            continue
        model.minimise(terms)
        if best:
            model.hint(best)
        found = run.solve(model)
        if found.status == "INFEASIBLE":
            answer.status = found.status
            break
        if not found.values:
            answer.status = "FEASIBLE" if best else "UNKNOWN"
            break
        best, bounds[n] = found.values, found.bound
        model.row(terms, None, found.value)
    if best and answer.status == "OPTIMAL" and run.cut_short:
        answer.status = "FEASIBLE"
    if best:
        answer.placed = model.placed(best)
        for (name, terms), proven in zip(objectives, bounds, strict=True):
            value = sum(a * best[v] for v, a in terms)
            low = proven if proven is not None else sum(min(a, 0) for _, a in terms)
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


def _all_at_once(
    run: Run,
    model: Model,
    objectives: list[tuple[str, list[tuple[int, int]]]],
    upper: int,
    bounds: list[int | None],
) -> Sequence[int]:
    """Try every goal met and every wish granted: no plan can do better, so this one solve proves all tiers."""
    before = []
    for _, terms in objectives[:upper]:
        for variable, weight in terms:
            # Costs (missing credit, a refused course) at 0, gains (a granted wish) at 1.
            low, high = (1, 1) if weight < 0 else (0, 0)
            before.append((variable, model.bounds(variable, low, high)))
    following = objectives[upper][1]
    model.minimise(following)
    found = run.solve(model)
    for variable, (low, high) in reversed(before):
        model.bounds(variable, low, high)
    if not found.values:
        return ()
    for n, (_, terms) in enumerate(objectives[:upper]):
        ideal = sum(min(a, 0) for _, a in terms)
        bounds[n] = ideal
        if terms:
            model.row(terms, None, ideal)
    bounds[upper] = found.bound
    model.row(following, None, found.value)
    return found.values
