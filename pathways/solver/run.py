"""One question to the solver: the cheapest solution of a model, found near the bound of its linear relaxation.

Most courses cannot be part of a plan that comes near the bound, and no plan that does can do without some others. So
the search is for solutions in a narrow window above the bound first, in which few variables stay free; where there is
none, that is a proof, and the window grows.

CP-SAT runs with ``linearization_level=2``, no presolve, no mixed-integer-rounding cuts and one worker, so that the
answer does not depend on the machine's cores: what was measured to serve best. ``docs/performance.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from pathways.solver.alike import Alike, alike
from pathways.solver.model import INFINITY, Model
from pathways.solver.relaxation import Relaxation, relax, unpriced
from pathways.solver.rows import Integers, Rows

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpModelProto, CpSolverResponse, SatParameters

SEED = 2026
WINDOW = 0.02
"""Width of the first window, as a share of the bound."""
WIDER = 2
"""Each window is so many times as wide as the one before it."""
CROWDED = 0.9
"""A window in which such a share of all variables stays free settles too little."""
WIDE = 4
"""Such a window is opened so many times as wide; after that all solutions are let in."""
NARROW = 2
"""A window so many times as wide as due is searched where a known solution ends it."""
SPARSE = 0.6
"""What is searched after that leaves at most such a share of all variables free."""
STAYING_EFFORT = 0.5
"""Deterministic effort to find a plan of the courses of the plan in force alone."""
WINDOW_EFFORT = 2.0
"""Deterministic effort in a window before any solution is known; then all solutions are let in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop.

    Parameters
    ----------
    effort
        Deterministic effort of each solve (the solver's own unit, near a second on the machine that defined it).
        Equal on every machine.
    seconds
        Wall-clock limit of the whole, for servers; None for none. A plan cut off by it is reported as not proven.
    """

    effort: float = 60.0
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Solved:
    """The solver's answer to one model; ``core`` holds variables that cannot all be 0."""

    status: str
    values: Sequence[int] = ()
    value: int = 0
    bound: int = 0
    core: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search ended with: the solver's status, its best solution, and a bound that no solution is below."""

    status: str
    x: Integers | None = None
    bound: int = -INFINITY
    relaxation: Relaxation | None = None


@dataclass(slots=True)
class Run:
    """Solves of one problem: shares the time limit, the stop signal and the count of effort.

    ``near`` has, after a proven solve, what may be part of another solution as cheap.
    """

    limits: Limits
    stop: Event | None
    began: float
    solves: int = 0
    effort: float = 0.0
    cut_short: bool = False
    near: tuple[Alike, Rows] | None = None

    def solve(self, model: Model, *, attempt: bool = False, stay: bool = False) -> Solved:
        """Solve a model once; an attempt gives up where it looks hopeless.

        With ``stay`` the plan in force may well be best, and is looked at first.
        """
        self.near = None
        whole = Rows.of(model)
        if stay and (found := self.staying(model, whole.copy())) is not None:
            return found
        same = alike(model, whole)
        start = None
        if len(model.hinted) == model.size:
            hint = np.array(model.hinted, np.int64)
            start = same.merged(hint) if whole.hold(hint) else None
        best = self.cheapest(same.rows, start, attempt)
        self.cut_short = self.cut_short or best.status == "FEASIBLE"
        if best.x is None:
            return Solved(best.status)
        if best.status == "OPTIMAL" and best.relaxation is not None:
            self.near = same, best.relaxation.within(best.bound)
        x = same.dealt(best.x)
        return Solved(best.status, x.tolist(), whole.value(x), best.bound)

    def narrow(self, model: Model) -> None:
        """Rule out in a model what the last solve has shown to be part of no solution as cheap as its own."""
        if self.near is not None:
            same, rows = self.near
            rows.tighten()
            model.narrow(*same.widened(rows))

    def ask(self, whole: Whole, zero: Sequence[int] = (), *, presolve: bool = False) -> Solved:
        """One call of CP-SAT for a whole model in which these variables are 0; else the ``core`` names some of them."""
        ruled_out = [v for v in zero if whole.rows.low[v] > 0]
        if ruled_out or not whole.possible:
            return Solved("INFEASIBLE", core=tuple(ruled_out[:1]))
        proto = whole.proto
        proto.assumptions.clear()
        proto.assumptions.extend([-whole.number[v] - 1 for v in zero if v in whole.number])
        response = self.call(proto, self.limits.effort, presolve=presolve)
        if response is None:
            return Solved("UNKNOWN")
        status = _status(response)
        self.cut_short = self.cut_short or status == "FEASIBLE"
        if status not in ("OPTIMAL", "FEASIBLE"):
            core = (int(whole.free[-literal - 1]) for literal in response.sufficient_assumptions_for_infeasibility)
            return Solved(status, core=tuple(core))
        x = whole.rows.low.copy()
        x[whole.free] = response.solution
        return Solved(status, x.tolist(), whole.rows.value(x))

    def staying(self, model: Model, rows: Rows) -> Solved | None:
        """The cheapest solution where one of the courses of the plan in force alone comes near what bounds allow."""
        own = {i for near in model.problem.near for i, _ in near.columns}
        own.update(i for pin in model.problem.pins for i, _ in pin.columns)
        if not own or not rows.tighten():
            return None
        close = rows.copy()
        far = [v for i, starts in enumerate(model.x) if i not in own for v in starts]
        close.high[far] = close.low[far]
        if not close.tighten():
            return None
        bounds = unpriced(rows)
        found = self.search(close, None, min(self.limits.effort, STAYING_EFFORT), bounds.bound)
        if found.x is None:
            return None
        x, value = found.x, rows.value(found.x)
        if value > bounds.bound:
            # What could be better yet moves so little of that plan that hardly anything is left to search.
            near = bounds.within(value - 1)
            if near.tighten():
                if near.free > SPARSE * rows.free:
                    return None
                found = self.search(near, x, min(self.limits.effort, STAYING_EFFORT), bounds.bound, value - 1)
                if found.status not in ("OPTIMAL", "INFEASIBLE"):
                    return None
                x = x if found.x is None else found.x
        self.near = Alike(rows, ()), bounds.within(rows.value(x))
        return Solved("OPTIMAL", x.tolist(), rows.value(x), rows.value(x))

    def cheapest(self, rows: Rows, start: Integers | None, attempt: bool) -> Found:
        """The cheapest solution; ``start`` is one that is known."""
        if self.stop is not None and self.stop.is_set():
            return Found("UNKNOWN")
        if not rows.tighten():
            return Found("INFEASIBLE")
        relaxation = relax(rows) if rows.cost.any() else None
        if relaxation is None:
            return Found("UNKNOWN") if attempt else self.search(rows, start, self.limits.effort)
        step, rest = _steps(rows)
        low = _up(relaxation.bound, step, rest)
        width = max(ceil(abs(low) * WINDOW), step)
        wide = False
        while True:
            if start is not None and low >= rows.value(start):
                return Found("OPTIMAL", start, rows.value(start), relaxation)
            most = _window(rows, start, low, width, step)
            near = relaxation.within(most)
            if near.free > CROWDED * rows.free:
                if wide:
                    return self.search(rows, start, self.limits.effort, low)
                # A window that settles little is opened so far that one more search should do.
                wide, width = True, width * WIDE
                most = _window(rows, start, low, width, step)
                near = relaxation.within(most)
            found = Found("INFEASIBLE")
            if near.tighten():
                found = self.search(near, start, min(self.limits.effort, WINDOW_EFFORT), low, most)
            if found.status == "OPTIMAL":
                return replace(found, relaxation=relaxation)
            if found.status == "INFEASIBLE":
                low, width = _up(most + 1, step, rest), width * WIDER
            elif found.x is None and start is None and attempt:
                return found
            else:
                start = found.x if found.x is not None else start
                return self.search(rows, start, self.limits.effort, low)

    def search(
        self, rows: Rows, start: Integers | None, effort: float, low: int | None = None, most: int | None = None
    ) -> Found:
        """One call of CP-SAT for the variables that are still free; ``low`` is a known bound, ``most`` the window's."""
        free = np.flatnonzero(rows.low < rows.high)
        response = self.call(_proto(rows, free, start, low, most), effort)
        status = "UNKNOWN" if response is None else _status(response)
        if status == "UNKNOWN" and start is not None:
            return Found("FEASIBLE", start, -INFINITY if low is None else low)
        if response is None or status not in ("OPTIMAL", "FEASIBLE"):
            return Found(status)
        x = rows.low.copy()
        x[free] = response.solution
        bound = response.best_objective_bound + rows.value(np.where(rows.low < rows.high, 0, rows.low))
        return Found(status, x, ceil(bound - 1e-6) if isfinite(bound) else -INFINITY)

    def call(self, proto: CpModelProto, effort: float, *, presolve: bool = False) -> CpSolverResponse | None:
        """One call of CP-SAT; None once the stop signal is set."""
        import time

        from ortools.sat.python import cp_model_helper

        if self.stop is not None and self.stop.is_set():
            return None
        solver = cp_model_helper.SolveWrapper()
        parameters = _parameters(presolve=presolve)
        parameters.max_deterministic_time = effort
        if self.limits.seconds is not None:
            left = self.limits.seconds - (time.monotonic() - self.began)
            parameters.max_time_in_seconds = max(left, 0.01)
        solver.set_parameters(parameters)
        watcher = _watch(self.stop, solver.stop_search) if self.stop is not None else None
        response: CpSolverResponse = solver.solve(proto)  # type: ignore[no-untyped-call]
        if watcher is not None:
            watcher()
        self.solves += 1
        self.effort += response.deterministic_time
        return response


class Whole:
    """A model as CP-SAT takes it, with its present bounds and objective, to be asked about more than once."""

    def __init__(self, model: Model) -> None:
        self.rows = Rows.of(model)
        self.possible = self.rows.tighten()
        self.free = np.flatnonzero(self.rows.low < self.rows.high)
        self.number = {v: n for n, v in enumerate(self.free.tolist())}
        self.proto = _proto(self.rows, self.free, None, None, None)


def _status(response: CpSolverResponse) -> str:
    status = str(response.status).rsplit(".", 1)[-1]
    if status not in ("OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"):
        raise RuntimeError(f"the solver refused the model: {status}")
    return status


def _steps(rows: Rows) -> tuple[int, int]:
    """Costs of solutions differ by multiples of the first number; the second is what they leave over it."""
    free = rows.low < rows.high
    step = int(np.gcd.reduce(rows.cost[free])) or 1
    return step, int(rows.cost @ rows.low) % step


def _window(rows: Rows, start: Integers | None, low: int, width: int, step: int) -> int:
    """The most that a solution may cost in the next window: less than one that is known, where that is near."""
    if start is None or rows.value(start) - low > NARROW * width:
        return low + width
    return rows.value(start) - step


def _up(value: int, step: int, rest: int) -> int:
    """The least cost from ``value`` on that a solution can have."""
    return value + (rest - value) % step


def _parameters(*, presolve: bool) -> SatParameters:
    from ortools.sat.python import cp_model_helper

    parameters = cp_model_helper.SatParameters()
    parameters.num_workers = 1
    parameters.random_seed = SEED
    parameters.linearization_level = 2
    parameters.cp_model_presolve = presolve
    if not presolve:
        parameters.add_mir_cuts = False
        parameters.add_lp_constraints_lazily = False
        parameters.use_sat_inprocessing = False
    # The solver's own handler for Ctrl-C aborts the process when a search runs in a thread.
    parameters.catch_sigint_signal = False
    return parameters


def _proto(rows: Rows, free: Integers, start: Integers | None, low: int | None, most: int | None) -> CpModelProto:
    """The free variables of the rows, for CP-SAT."""
    from ortools.sat.python import cp_model_helper

    proto = cp_model_helper.CpModelProto()
    number = np.full(len(rows.low), -1)
    number[free] = np.arange(len(free))
    variables = proto.variables
    for bounds in zip(rows.low[free].tolist(), rows.high[free].tolist(), strict=True):
        variables.add().domain.extend(bounds)
    settled = np.where(rows.low < rows.high, 0, rows.low)
    sums = rows.sums(rows.coefficient * settled[rows.column])
    least = np.where(rows.least == -INFINITY, -INFINITY, rows.least - sums)
    most_ = np.where(rows.most == INFINITY, INFINITY, rows.most - sums)
    open_ = number[rows.column] >= 0
    ends = np.cumsum(np.bincount(rows.row[open_], minlength=len(rows.least))).tolist()
    columns, coefficients = number[rows.column[open_]].tolist(), rows.coefficient[open_].tolist()
    ones = rows.sums((rows.coefficient != 1) | (rows.low[rows.column] != 0) | (rows.high[rows.column] != 1)) == 0
    choice = (ones & (most_ == 1) & (least <= 0)).tolist()
    seen = set()
    first = 0
    constraints = proto.constraints
    for end, bottom, top, at_most_one in zip(ends, least.tolist(), most_.tolist(), choice, strict=True):
        part, weights = columns[first:end], coefficients[first:end]
        first = end
        key = (*part, *weights, bottom, top)
        if key in seen:
            continue
        seen.add(key)
        if at_most_one:
            constraints.add().at_most_one.literals.extend(part)
        else:
            linear = constraints.add().linear
            linear.vars.extend(part)
            linear.coeffs.extend(weights)
            linear.domain.extend([bottom, top])
    priced = free[rows.cost[free] != 0]
    bounded = low is not None or most is not None
    if len(priced) or bounded:  # even an empty objective would make it another kind of problem
        objective = proto.objective
        objective.vars.extend(number[priced].tolist())
        objective.coeffs.extend(rows.cost[priced].tolist())
        if bounded:
            offset = rows.value(settled)
            bottom, top = -INFINITY if low is None else low - offset, INFINITY if most is None else most - offset
            objective.domain.extend([bottom, top])
    if start is not None:
        proto.solution_hint.vars.extend(range(len(free)))
        proto.solution_hint.values.extend(np.clip(start, rows.low, rows.high)[free].tolist())
    return proto


def _watch(stop: Event, act: Callable[[], None]) -> Callable[[], None]:
    """Call ``act`` when ``stop`` is set; returns what ends the watch."""
    from threading import Event as Flag
    from threading import Thread

    done = Flag()

    def wait() -> None:
        while not done.is_set():
            if stop.wait(0.05):
                act()
                return

    Thread(target=wait, daemon=True).start()
    return done.set
