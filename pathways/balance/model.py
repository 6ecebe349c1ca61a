"""The solver's part: the CP-SAT model of a balancing problem, written row by row into the proto.

One Boolean for each course and period of its window. For ``max-load`` prerequisites are clauses and the proof goes by
cores. For ``gbac`` they are prefix sums; the cost of a load is the lower hull over the loads that a curriculum can have
at all, which is exact at each of them, and the ways in which courses make up a load are listed, which tells the
relaxation that 23 is 6 + 6 + 6 + 5 or 7 + 6 + 5 + 5 and nothing in between. ``docs/performance.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from threading import Event, Thread
from typing import TYPE_CHECKING, Literal, TypeAlias

from ortools.sat.python import cp_model_helper

from pathways.balance.bounds import Group, Hull, Order, find_homes
from pathways.balance.problem import Balance, Range

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpSolverResponse

INFINITY = 2**60
WIDE = 60
"""Loads of a period, beyond which the square is left to the solver."""
PATTERNS = 250
"""Ways to make up the load of one curriculum in one period that are listed, unless `Model.ways` says otherwise."""

Way: TypeAlias = Literal["core", "whole"]
Terms: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Solved:
    """What a solve gave: ``status`` in lower case, and a bound that holds whatever the status."""

    status: str
    periods: tuple[int, ...] | None
    bound: int


class Model:
    """Where every course may be, with its order and the limits of curricula."""

    def __init__(
        self, problem: Balance, order: Order, limits: Sequence[tuple[Range, Range]] | None = None, *, prefix: bool
    ) -> None:
        self.problem, self.order = problem, order
        limits = limits or [(problem.load, problem.courses)] * len(problem.curricula)
        self.proto = cp_model_helper.CpModelProto()
        self.size = 0
        self.ways = PATTERNS
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
                self.imply(a, b)
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
        if low is not None and high is not None and low > high:
            terms, low, high = (), 1, 1  # the solver refuses an empty range, and finds this one without answer
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

    def imply(self, a: int, b: int) -> None:
        """Where ``b`` lies in a period, ``a`` lies in one before it."""
        for period, later in self.x[b].items():
            if period <= self.order.last[a]:
                earlier = [v for other, v in self.x[a].items() if other < period]
                self.proto.constraints.add().bool_or.literals.extend([-later - 1, *earlier])

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

    def minimise_squares(
        self, hulls: Sequence[Hull], group: Group, most: int, ceilings: Sequence[int] | None = None
    ) -> None:
        """Cost of gbac.

        Parameters
        ----------
        group
            All curricula, with what is known of those inside.
        most
            What all may cost together.
        ceilings
            What each curriculum may cost, where less is to be looked at than could be.
        """
        p, homes = self.problem, find_homes(self.problem)
        undesired: dict[int | None, Terms] = {}
        for course, period in p.undesired:
            if period in self.x[course]:
                undesired.setdefault(homes.get(course), []).append((self.x[course][period], p.undesired_weight))

        def add(group: Group, room: int, beside: Terms) -> Terms:
            # What the others cost at least, this one cannot spend.
            floors = sum(one.floor for one in group.inside)
            terms = [*beside, *(term for one in group.inside for term in add(one, room - floors + one.floor, []))]
            weight = p.balance_weight * len(group.curricula)
            if not group.inside:
                terms += [term for number in group.curricula for term in undesired.get(number, ())]
                for number in group.curricula[:1] if weight else ():  # all of them are equal
                    ceiling = room // weight if ceilings is None else min(room // weight, ceilings[number])
                    allowed = hulls[number].within(ceiling)
                    costs = [self.square(hulls[number], load, allowed) for load in self.loads[number]]
                    self.row([(cost, 1) for cost in costs], hulls[number].bound, ceiling)
                    terms += [(cost, weight) for cost in costs]
            self.row(terms, group.floor, room)
            return terms

        self.minimise(add(group, most, undesired.get(None, [])))

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
        if hull.mixed and self.ways:
            self.list_patterns(load, points, cost)
        return cost

    def list_patterns(self, load: Terms, points: Sequence[tuple[int, int]], cost: int) -> None:
        """Say in which ways courses make up a load: how many of each number of credits.

        A load of 23 is 6 + 6 + 6 + 5, or 7 + 6 + 5 + 5, and nothing in between, which the sum alone does not say. Loads
        that cost the most are left to the hull where there are too many ways.
        """
        kinds: dict[int, Terms] = {}
        for v, credits in load:
            if credits:
                kinds.setdefault(credits, []).append((v, 1))
        usual = max(kinds, key=lambda size: len(kinds[size]), default=1)
        if all(size % usual == 0 for size in kinds):
            return  # any sum of these is made up in one way as well as in another
        sizes = sorted(kinds, reverse=True)
        sure = [sum(v in self.fixed for v, _ in kinds[size]) for size in sizes]
        most = [len(kinds[size]) for size in sizes]
        by_cost = sorted(points, key=lambda point: point[1])
        listed: list[tuple[int, tuple[int, ...]]] = []
        rest = len(by_cost)
        for number, (at, price) in enumerate(by_cost):
            ways = list(_ways(at, sizes, sure, most, self.problem.courses.most))
            if len(listed) + len(ways) > self.ways:
                rest = number
                break
            listed += [(price, way) for way in ways]
        if not listed:
            return
        chosen = [self.var(0, 1) for _ in listed]
        other = [] if rest == len(by_cost) else [self.var(0, 1)]
        self.proto.constraints.add().exactly_one.literals.extend([*chosen, *other])
        for n, size in enumerate(sizes):
            count = [*kinds[size], *((z, -way[n]) for z, (_, way) in zip(chosen, listed, strict=True) if way[n])]
            self.row(count, 0, None if other else 0)
            if other:
                self.row([*count, (other[0], -most[n])], None, 0)
        price_of_other = [(z, -by_cost[rest][1]) for z in other]
        prices = [(z, -price) for z, (price, _) in zip(chosen, listed, strict=True) if price]
        self.row([(cost, 1), *prices, *price_of_other], 0, None)

    def minimise(self, terms: Terms) -> None:
        self.proto.objective.vars.extend([v for v, _ in terms])
        self.proto.objective.coeffs.extend([a for _, a in terms])

    def hint(self, periods: Sequence[int]) -> None:
        """Where to begin: near this assignment."""
        for columns, at in zip(self.x, periods, strict=True):
            self.proto.solution_hint.vars.extend(columns.values())
            self.proto.solution_hint.values.extend([int(period == at) for period in columns])

    def solve(
        self,
        *,
        seconds: float,
        workers: int,
        seed: int,
        way: Way,
        stop: Event | None = None,
        work: float | None = None,
    ) -> Solved:
        """Search for so long.

        Parameters
        ----------
        work
            Limit in the solver's own measure, about a second of a processor whatever else runs beside it.
        way
            ``core``: prove by cores. ``whole``: by the linear relaxation.
        """
        solver = cp_model_helper.SolveWrapper()
        parameters = cp_model_helper.SatParameters()
        parameters.num_workers = workers
        parameters.random_seed = seed
        parameters.max_time_in_seconds = max(seconds, 0.01)
        if work is not None:
            parameters.max_deterministic_time = work
        # The solver's own handler for Ctrl-C aborts the process when a search runs in a thread.
        parameters.catch_sigint_signal = False
        if way == "core":
            # Such a model is settled in a few milliseconds: what would prepare for a long search takes longer than it.
            parameters.optimize_with_core = True
            parameters.cp_model_presolve = False
            parameters.cp_model_probing_level = 0
            parameters.symmetry_level = 0
            parameters.linearization_level = 0
        else:
            parameters.linearization_level = 2
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


def _ways(
    total: int, sizes: Sequence[int], sure: Sequence[int], most: Sequence[int], limit: int | None
) -> Iterator[tuple[int, ...]]:
    """How many courses of each size make up a total."""
    if not sizes:
        if total == 0:
            yield ()
        return
    size, rest = sizes[0], (sizes[1:], sure[1:], most[1:])
    high = sum(a * b for a, b in zip(sizes[1:], most[1:], strict=True))
    for number in range(sure[0], min(most[0], total // size) + 1):
        left = total - number * size
        if left <= high and (limit is None or number <= limit):
            for way in _ways(left, *rest, None if limit is None else limit - number):
                yield (number, *way)


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
