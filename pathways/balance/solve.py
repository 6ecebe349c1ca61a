"""Balance a problem: bounds, then a local search, then the solver for what is left; checked before it is told.

`balance` is the only function needed from outside. Where the local search meets the static bound, or there are too many
courses for the periods, the solver is not even loaded.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle
from threading import Event
from typing import TYPE_CHECKING, Literal

from pathways.balance.bounds import Order, find_order, independent, least_peak
from pathways.balance.check import faults, measure
from pathways.balance.conflict import find_conflict, plain_conflict
from pathways.balance.problem import Balance
from pathways.balance.search import Search
from pathways.balance.squares import Squares

if TYPE_CHECKING:
    from pathways.balance.model import Model, Way

SEED = 2026
QUICK_MOVES = 1.5
"""Moves of the local search for each course and square of the periods that it could move by, up to `MOST_MOVES`: where
windows are narrow, prerequisites decide, and the solver finds that out sooner."""
MOST_MOVES = 50_000
HEAT = (0.6, 0.2)
CLOSE = 2
"""Credits above the bound, at which a second try of the local search is worth its while."""
CORE_WORK = 1e-4
"""First work on the proof by cores, for each course and period; see `Model.solve`."""
WHOLE_SHARE = 0.2
"""Work on the relaxation after it, as a share of that: it shows in little what no counting of clauses does."""
MORE_WORK = 4
"""How many times as much the next turn of both gets."""
MOST_CLAUSES = 500_000
"""Literals of the clauses for prerequisites, beyond which prefix sums take less room."""


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
        if value < self.value:
            self.best, self.value = periods, value

    def solve(self, model: Model, *, way: Way, work: float) -> bool:
        """One solve for something better than the best so far; whether that settled the matter."""
        solved = model.solve(
            seconds=self.left, workers=self.workers, seed=self.seed, way=way, stop=self.stop, work=work
        )
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
    freedom = sum((last - first) ** 2 for first, last in zip(order.first, order.last, strict=True))
    moves = min(int(QUICK_MOVES * freedom), MOST_MOVES)
    search.run(moves, *HEAT, 0, run.until, run.stop)
    if search.value <= CLOSE:
        search.run(moves, *HEAT, 0, run.until, run.stop)
    run.found(search.best)
    if run.proven:
        return
    run.load_solver()
    from pathways.balance.model import Model

    highest = p.load.most if p.load.most is not None else max(map(p.total, p.curricula))
    many_clauses = sum(1 for _ in order.pairs) * p.periods**2 // 2 > MOST_CLAUSES
    work = CORE_WORK * len(p.ids) * p.periods
    # Cores settle most, and soonest; but what no whole number of courses can meet, the relaxation alone may see.
    turns: tuple[tuple[Way, float], ...] = (("core", 1.0), ("whole", WHOLE_SHARE))
    for way, share in cycle(turns):
        if run.left <= 0:
            return
        model = Model(p, order, prefix=way == "whole" or many_clauses)
        model.minimise_peak(run.bound, max(run.bound, min(run.value - 1, highest)))
        if run.solve(model, way=way, work=share * work):
            return
        if way == "whole":
            work *= MORE_WORK


def _square(run: _Run) -> None:
    """Minimise squared distances and undesired placements, in each independent part by itself."""
    parts = [(Squares(part, run.until, run.seed, run.stop), courses) for part, courses in independent(run.problem)]

    def join() -> None:
        run.bound = sum(part.bound for part, _ in parts)
        run.impossible = any(part.impossible for part, _ in parts)
        if all(part.best is not None for part, _ in parts):
            periods = [0] * len(run.problem.ids)
            for part, courses in parts:
                for course, period in zip(courses, part.best or (), strict=True):
                    periods[course] = period
            run.found(tuple(periods))

    for part, _ in parts:
        part.anneal()
    join()
    open_parts = [part for part, _ in parts if not part.proven]
    if not open_parts:
        return
    run.load_solver()
    for number, part in enumerate(open_parts):
        courses_left = sum(len(other.problem.ids) for other in open_parts[number:])
        part.until = time.monotonic() + run.left * len(part.problem.ids) / courses_left
        part.pursue(run.workers)
        if part.impossible:
            break
    join()


__all__ = ["SEED", "Balanced", "balance"]
