"""The solver's part: the CP-SAT model of a balancing problem, written row by row into the proto.

One Boolean for each course and period of its window. For ``max-load`` prerequisites are pairs of Booleans that exclude
each other and the proof goes by cores; for ``gbac`` they are prefix sums and the cost of a load is the lower hull over
the loads that a curriculum can have at all, which is exact at each of them. ``docs/performance.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Event, Thread
from typing import TYPE_CHECKING, Literal, TypeAlias

from ortools.sat.python import cp_model_helper

from pathways.balance.bounds import Hull, Order
from pathways.balance.problem import Balance, Range

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpSolverResponse

INFINITY = 2**60
WIDE = 60
"""Loads of a period, beyond which the square is left to the solver."""

Way: TypeAlias = Literal["core", "whole", "near"]
Terms: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Solved:
    """What a solve gave: ``status`` in lower case, and a bound that holds whatever the status."""

    status: str
    periods: tuple[int, ...] | None
    bound: int


class Model:
    """Where every course may be, with its order and the limits of curricula."""

    def __init__(self, problem: Balance, order: Order, limits: Sequence[tuple[Range, Range]], *, prefix: bool) -> None:
        self.problem, self.order = problem, order
        self.proto = cp_model_helper.CpModelProto()
        self.size = 0
        self.x = [
            {period: self.var(int(first == last), 1) for period in range(first, last + 1)}
            for first, last in zip(order.first, order.last, strict=True)
        ]
        self.fixed = {v for columns in self.x if len(columns) == 1 for v in columns.values()}
        for columns in self.x:
            if len(columns) > 1:
                self.proto.constraints.add().exactly_one.literals.extend(columns.values())
        for a, b in order.pairs:
            if order.last[a] < order.first[b]:
                continue
            if prefix:
                self.follow(a, b)
            else:
                self.exclude(a, b)
        self.loads: list[list[Terms]] = []
        for curriculum, (load, courses) in zip(problem.curricula, limits, strict=True):
            self.loads.append([])
            for period in range(problem.periods):
                inside = [c for c in curriculum.courses if period in self.x[c]]
                terms = [(self.x[c][period], problem.credits[c]) for c in inside]
                self.loads[-1].append(terms)
                self.limit(terms, load)
                self.limit([(self.x[c][period], 1) for c in inside], courses)

    def var(self, low: int, high: int) -> int:
        self.proto.variables.add().domain.extend([low, high])
        self.size += 1
        return self.size - 1

    def row(self, terms: Iterable[tuple[int, int]], low: int | None, high: int | None) -> None:
        linear = self.proto.constraints.add().linear
        terms = list(terms)
        linear.vars.extend([v for v, _ in terms])
        linear.coeffs.extend([a for _, a in terms])
        linear.domain.extend([-INFINITY if low is None else low, INFINITY if high is None else high])

    def limit(self, terms: Terms, limits: Range) -> None:
        """A row, unless no choice can break it."""
        most = limits.most if limits.most is not None and limits.most < sum(a for _, a in terms) else None
        if limits.least or most is not None:
            self.row(terms, limits.least, most)

    def exclude(self, a: int, b: int) -> None:
        for period, later in self.x[b].items():
            for other, earlier in self.x[a].items():
                if other >= period:
                    self.proto.constraints.add().bool_or.literals.extend([-later - 1, -earlier - 1])

    def follow(self, a: int, b: int) -> None:
        """Starts of ``b`` up to a period are no more than those of ``a`` before it."""
        for period in range(self.order.first[b], self.order.last[a] + 1):
            later = [(v, 1) for p, v in self.x[b].items() if p <= period]
            self.row([*later, *((v, -1) for p, v in self.x[a].items() if p < period)], None, 0)

    def minimise_peak(self, low: int, high: int) -> None:
        peak = self.var(low, high)
        for periods in self.loads:
            for terms in periods:
                if sum(a for _, a in terms) > low:
                    self.row([*terms, (peak, -1)], None, 0)
        self.minimise([(peak, 1)])

    def minimise_squares(self, hulls: Sequence[Hull], least: int, most: int) -> None:
        """Cost of gbac, to be no less than ``least`` (a proven bound) and no more than ``most``."""
        p = self.problem
        terms: Terms = []
        seen: dict[frozenset[int], int] = {}
        for hull in hulls:
            key = frozenset(hull.curriculum.courses)
            seen[key] = seen.get(key, 0) + p.balance_weight
        sum_of_bounds = p.balance_weight * sum(hull.bound for hull in hulls)
        for number, hull in enumerate(hulls):
            weight = seen.pop(frozenset(hull.curriculum.courses), 0)
            if not weight:
                continue  # equal to one before, or of no weight
            # What the others cost at least, this one cannot spend.
            spend = hull.bound + (most - sum_of_bounds) // weight
            allowed = hull.within(spend)
            costs = [self.square(hull, load, allowed) for load in self.loads[number]]
            self.row([(cost, 1) for cost in costs], hull.bound, spend)
            terms += [(cost, weight) for cost in costs]
        for course, period in p.undesired:
            if period in self.x[course] and p.undesired_weight:
                terms.append((self.x[course][period], p.undesired_weight))
        self.row(terms, least, most)
        self.minimise(terms)

    def square(self, hull: Hull, load: Terms, allowed: tuple[int, ...] | None) -> int:
        """A variable for the squared distance of a load from the mean."""
        if allowed is None or len(allowed) > WIDE:
            low, rest = divmod(hull.total, hull.periods)
            far = self.var(0, hull.total)
            self.row([*load, (far, -1)], None, low + (rest > 0))
            self.row([*load, (far, 1)], low, None)
            square = self.var(0, hull.total**2)
            product = self.proto.constraints.add().int_prod
            product.target.vars.append(square)
            product.target.coeffs.append(1)
            for _ in range(2):
                factor = product.exprs.add()
                factor.vars.append(far)
                factor.coeffs.append(1)
            return square
        # Only what the courses that may lie here add up to: in a neighbourhood, few of the loads.
        sums = 1
        for v, credits in load:
            sums = sums << credits if v in self.fixed else sums | sums << credits
        allowed = tuple(at for at in allowed if sums >> at & 1)
        costs = [hull.cost(at) for at in allowed]
        cost = self.var(min(costs, default=0), max(costs, default=0))
        # An empty list is a load that cannot be: the row then has no answer, as it should.
        linear = self.proto.constraints.add().linear
        linear.vars.extend([v for v, _ in load])
        linear.coeffs.extend([a for _, a in load])
        linear.domain.extend(_intervals(allowed or (-1,)))
        points = list(zip(allowed, costs, strict=True))
        for (a, at_a), (b, at_b) in pairwise(points):
            rise = at_b - at_a
            self.row([(cost, b - a), *((v, -rise * n) for v, n in load)], at_a * (b - a) - rise * a, None)
        return cost

    def minimise(self, terms: Terms) -> None:
        self.proto.objective.vars.extend([v for v, _ in terms])
        self.proto.objective.coeffs.extend([a for _, a in terms])

    def hint(self, periods: Sequence[int]) -> None:
        """Where to begin: near this assignment."""
        for columns, at in zip(self.x, periods, strict=True):
            self.proto.solution_hint.vars.extend(columns.values())
            self.proto.solution_hint.values.extend([int(period == at) for period in columns])

    def solve(self, *, seconds: float, workers: int, seed: int, way: Way, stop: Event | None = None) -> Solved:
        """Search for so long.

        Parameters
        ----------
        way
            ``core``: prove by cores. ``whole``: by the linear relaxation. ``near``: that without presolve, which takes
            longer than the search where most courses are fixed.
        """
        solver = cp_model_helper.SolveWrapper()
        parameters = cp_model_helper.SatParameters()
        parameters.num_workers = workers
        parameters.random_seed = seed
        parameters.max_time_in_seconds = max(seconds, 0.01)
        # The solver's own handler for Ctrl-C aborts the process when a search runs in a thread.
        parameters.catch_sigint_signal = False
        if way == "core":
            parameters.optimize_with_core = True
            parameters.cp_model_presolve = False
        else:
            parameters.linearization_level = 2
            parameters.cp_model_presolve = way == "whole"
        solver.set_parameters(parameters)
        done = _at(stop, solver.stop_search)
        response: CpSolverResponse = solver.solve(self.proto)  # type: ignore[no-untyped-call]
        done()
        status = str(response.status).rsplit(".", 1)[-1].lower()
        if status not in ("optimal", "feasible", "infeasible", "unknown"):
            raise RuntimeError(f"the solver refused the model: {status}")
        bound = _ceil(response.best_objective_bound) if status != "infeasible" else 0
        if status not in ("optimal", "feasible"):
            return Solved(status, None, bound)
        values = list(response.solution)
        periods = tuple(next(p for p, v in columns.items() if values[v]) for columns in self.x)
        return Solved(status, periods, bound)


def _intervals(values: Sequence[int]) -> list[int]:
    """A domain as the solver wants it: begin and end of each run of neighbours, values rising."""
    found: list[int] = []
    for value in values:
        if found and found[-1] == value - 1:
            found[-1] = value
        else:
            found += [value, value]
    return found


def _ceil(value: float) -> int:
    from math import ceil, isfinite

    return ceil(value - 1e-6) if isfinite(value) else 0


def _at(stop: Event | None, act: Callable[[], None]) -> Callable[[], None]:
    """Call ``act`` when ``stop`` is set; returns what ends the watch."""
    if stop is None:
        return lambda: None
    over = Event()

    def wait() -> None:
        while not over.is_set():
            if stop.wait(0.05):
                act()
                return

    Thread(target=wait, daemon=True).start()
    return over.set
