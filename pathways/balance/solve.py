"""Balance a problem: bounds, then a local search, then the solver for what is left; checked before it is told.

`balance` is the only function needed from outside. Where the local search meets the static bound, or there are too many
courses for the periods, the solver is not even loaded.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal

from pathways.balance.bounds import Hull, Order, find_hull, find_order, least_peak
from pathways.balance.check import faults, measure
from pathways.balance.conflict import find_conflict, plain_conflict
from pathways.balance.problem import Balance
from pathways.balance.search import Search

if TYPE_CHECKING:
    from pathways.balance.model import Model, Way

SEED = 2026
QUICK_MOVES = 6_000
HEAT = (0.6, 0.2)
CLOSE = 2
"""Credits above the bound, at which a second try of the local search is worth its while."""
LONG_MOVES = 400
"""Moves for each course, up to `MOST_MOVES`, before the solver is asked for the first time."""
MOST_MOVES = 60_000
HARD_MOVES = 500_000
"""Moves after a first solve that did not settle it; a second or less."""
CORE_SECONDS = 10.0
MOST_CLAUSES = 500_000
"""Pairs of Booleans that exclude each other, beyond which prefix sums take less room."""
NEIGHBOUR_SECONDS = 0.7
FIRST_ROUND = 3.0
"""Seconds of the first solve for ``gbac``; each further one may take twice as long. Neighbourhoods get the rest."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """The answer to a balancing problem.

    Parameters
    ----------
    status
        ``optimal`` (value and bound agree), ``feasible``, ``infeasible`` (proven), ``unknown`` (nothing found in time).
    value, bound
        Of the objective, and what no assignment can beat; None where there is none.
    periods
        Period of each course, from 0.
    conflict
        Why nothing holds, in words.
    seconds
        Wall clock, without loading the solver's library.
    """

    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    value: int | None
    bound: int | None
    periods: tuple[int, ...] | None
    conflict: tuple[str, ...]
    seconds: float


def balance(
    problem: Balance,
    *,
    seconds: float = 60.0,
    workers: int = 1,
    seed: int = SEED,
    stop: Event | None = None,
) -> Balanced:
    """Find the most even assignment and prove it, or the best there is in the time.

    Parameters
    ----------
    seconds
        Wall-clock limit. Instances that need less give the same answer every time with one worker.
    workers
        Threads of the solver; more than one help on hard ``gbac`` instances only.
    seed
        Of both searches.
    stop
        Setting it ends the search; the best assignment so far comes back.
    """
    run = _Run(problem, time.monotonic() + seconds, workers, seed, stop, time.monotonic())
    run.conflict = plain_conflict(problem)
    if not run.conflict:
        if problem.objective == "max-load":
            _level(run)
        else:
            _square(run)
        if run.impossible:
            run.load_solver()
            run.conflict = find_conflict(problem, run.stop)
    return run.answer()


@dataclass(slots=True)
class _Run:
    """What one call knows so far."""

    problem: Balance
    until: float
    workers: int
    seed: int
    stop: Event | None
    began: float
    best: tuple[int, ...] | None = None
    value: int = 2**62
    bound: int = 0
    impossible: bool = False
    conflict: tuple[str, ...] = ()
    lock: Lock = field(default_factory=Lock)

    @property
    def left(self) -> float:
        """Seconds left; none once stopped."""
        return 0.0 if self.stop is not None and self.stop.is_set() else self.until - time.monotonic()

    @property
    def proven(self) -> bool:
        return self.best is not None and self.bound >= self.value

    def load_solver(self) -> None:
        """Load the solver's library with the clock standing still."""
        before = time.monotonic()
        import pathways.balance.model  # noqa: F401  # loaded for its own sake

        lost = time.monotonic() - before
        self.began += lost
        self.until += lost

    def found(self, periods: tuple[int, ...] | None) -> None:
        """Take an assignment if it holds and is better."""
        if periods is None or faults(self.problem, periods):
            return
        value = measure(self.problem, periods)
        with self.lock:
            if value < self.value:
                self.best, self.value = periods, value

    def solve(self, model: Model, *, seconds: float, way: Way) -> bool:
        """One solve for something better than the best so far; whether that settled the matter."""
        solved = model.solve(seconds=seconds, workers=self.workers, seed=self.seed, way=way, stop=self.stop)
        if solved.status == "infeasible":
            # Nothing better than the best so far, or nothing at all.
            self.bound = self.value if self.best is not None else self.bound
            self.impossible = self.best is None
            return True
        self.bound = max(self.bound, min(solved.bound, self.value))
        if solved.periods is not None:
            wrong = faults(self.problem, solved.periods)
            if wrong:
                raise RuntimeError(f"the solver's assignment does not hold: {wrong[0]}")
            self.found(solved.periods)
        return self.proven

    def answer(self) -> Balanced:
        if self.best is None:
            status: Literal["infeasible", "unknown"] = "infeasible" if self.impossible or self.conflict else "unknown"
            return Balanced(status, None, None, None, self.conflict, time.monotonic() - self.began)
        wrong = faults(self.problem, self.best)
        if wrong or measure(self.problem, self.best) != self.value or self.bound > self.value:
            raise RuntimeError(f"the assignment does not hold: {wrong[0] if wrong else 'value or bound is wrong'}")
        return Balanced(
            "optimal" if self.proven else "feasible",
            *(self.value, self.bound, self.best, (), time.monotonic() - self.began),
        )


def _order(problem: Balance) -> Order:
    return find_order(len(problem.ids), problem.periods, problem.prerequisites)


def _level(run: _Run) -> None:
    """Minimise the largest load."""
    p, order = run.problem, _order(run.problem)
    run.bound = least_peak(p, order)
    search = Search(p, order, run.seed, cap=run.bound)
    search.run(QUICK_MOVES, *HEAT, 0, run.until, run.stop)
    if search.value <= CLOSE:
        search.run(QUICK_MOVES, *HEAT, 0, run.until, run.stop)
    run.found(search.best)
    if run.proven:
        return
    run.load_solver()
    from pathways.balance.model import Model

    for core in (True, False):
        if run.left <= 0:
            return
        highest = p.load.most if p.load.most is not None else max(map(p.total, p.curricula))
        clauses = sum(1 for _ in order.pairs) * p.periods**2 // 2
        prefix = not core or clauses > MOST_CLAUSES
        model = Model(p, order, [(p.load, p.courses)] * len(p.curricula), prefix=prefix)
        model.minimise_peak(run.bound, max(run.bound, min(run.value - 1, highest)))
        if run.solve(model, seconds=min(run.left, CORE_SECONDS) if core else run.left, way="core" if core else "whole"):
            return


def _square(run: _Run) -> None:
    """Minimise squared distances and undesired placements."""
    p, order = run.problem, _order(run.problem)
    hulls = [find_hull(p, one) for one in p.curricula]
    run.bound = p.balance_weight * sum(hull.bound for hull in hulls)
    search = Search(p, order, run.seed)
    moves = min(LONG_MOVES * len(p.ids), MOST_MOVES)
    search.anneal(moves, run.bound, run.until, run.stop)
    run.found(search.best)
    if run.proven:
        return
    run.load_solver()
    from pathways.balance.model import Model

    limits = [(p.load, p.courses)] * len(p.curricula)
    if run.best is None:
        if run.left <= 0 or run.solve(Model(p, order, limits, prefix=False), seconds=run.left, way="core"):
            return
        if run.best is None:
            return
        search.start_from(run.best)
        search.anneal(moves, run.bound, run.until, run.stop)
        run.found(search.best)
    share, hard = min(FIRST_ROUND, run.left / 8), False
    while not run.proven and run.left > 0:
        assert run.best is not None
        if hard:
            search.start_from(run.best)
            search.anneal(HARD_MOVES, run.bound, run.until, run.stop)
            run.found(search.best)
            _improve(run, order, hulls, time.monotonic() + min(4 * share, 0.7 * run.left))
            if run.proven or run.left <= 0:
                return
        model = Model(p, order, limits, prefix=True)
        model.minimise_squares(hulls, run.bound, run.value - 1)
        model.hint(run.best)
        # A round that would leave too little for another one takes that too.
        if run.solve(model, seconds=share if run.left > 4 * share else run.left, way="whole"):
            return
        share, hard = 2 * share, True


def _improve(run: _Run, order: Order, hulls: list[Hull], until: float) -> None:
    """Search neighbourhoods of the best assignment, as many at once as there are workers."""
    with ThreadPoolExecutor(run.workers) as pool:
        for work in [
            pool.submit(_search_near, run, order, hulls, _Neighbours(run.problem, run.seed + n), until)
            for n in range(run.workers)
        ]:
            work.result()


class _Neighbours:
    """Courses that are set free together: of curricula, of periods, or any; fewer when a solve takes too long."""

    def __init__(self, problem: Balance, seed: int) -> None:
        self.problem = problem
        self.random = random.Random(seed)
        self.size = 40.0

    def pick(self, periods: Sequence[int]) -> set[int]:
        p, rng = self.problem, self.random
        kind = rng.randrange(3)
        if kind == 0:
            groups = [set(one.courses) for one in rng.sample(p.curricula, len(p.curricula))]
        elif kind == 1:
            groups = [
                {course for course, at in enumerate(periods) if at == period}
                for period in rng.sample(range(p.periods), p.periods)
            ]
        else:
            groups = [{course} for course in rng.sample(range(len(p.ids)), len(p.ids))]
        free: set[int] = set()
        for group in groups:
            room = int(self.size) - len(free)
            if room <= 0:
                break
            free |= set(rng.sample(sorted(group), min(room, len(group))))
        return free

    def learn(self, settled: bool) -> None:
        """Larger neighbourhoods after one that was searched to its end, smaller ones after one that was not."""
        self.size = min(max(self.size * (1.05 if settled else 0.9), 10.0), float(len(self.problem.ids)))


def _search_near(run: _Run, order: Order, hulls: list[Hull], neighbours: _Neighbours, until: float) -> None:
    """Free some courses, keep the others, ask the solver for something better, again and again."""
    from pathways.balance.model import Model

    p = run.problem
    limits = [(p.load, p.courses)] * len(p.curricula)
    while not run.proven and run.left > 0 and time.monotonic() < until:
        with run.lock:
            best, value = run.best, run.value
        if best is None or value <= run.bound:
            return
        model = Model(p, order.around(best, neighbours.pick(best)), limits, prefix=True)
        model.minimise_squares(hulls, run.bound, value - 1)
        seconds = min(NEIGHBOUR_SECONDS, run.left)
        solved = model.solve(seconds=seconds, workers=1, seed=run.seed, way="near", stop=run.stop)
        run.found(solved.periods)
        neighbours.learn(solved.status in ("optimal", "infeasible"))


__all__ = ["SEED", "Balanced", "balance"]
