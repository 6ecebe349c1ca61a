"""One call of the solver: parameters, limits, the stop signal, and the count of effort.

``linearization_level=2``, no presolve, no mixed-integer-rounding cuts, one worker, so that the answer does not depend
on the machine's cores: what was measured to serve best. ``docs/performance.md`` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from pathways.solver.model import INFINITY, Model

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpSolverResponse

SEED = 2026


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
    """The solver's answer to one model; ``core`` holds assumptions (literals) that cannot be true together."""

    status: str
    values: Sequence[int] = ()
    value: int = 0
    bound: int = 0
    core: tuple[int, ...] = ()


@dataclass(slots=True)
class Run:
    """Solves of one problem: shares the time limit, the stop signal and the count of effort."""

    limits: Limits
    stop: Event | None
    began: float
    solves: int = 0
    effort: float = 0.0
    cut_short: bool = False

    def solve(self, model: Model, *, presolve: bool = False) -> Solved:
        """Solve a model once."""
        import time

        from ortools.sat.python import cp_model_helper

        solver = cp_model_helper.SolveWrapper()
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
        parameters.max_deterministic_time = self.limits.effort
        if self.limits.seconds is not None:
            left = self.limits.seconds - (time.monotonic() - self.began)
            parameters.max_time_in_seconds = max(left, 0.01)
        solver.set_parameters(parameters)
        if self.stop is not None and self.stop.is_set():
            return Solved("UNKNOWN")
        watcher = _watch(self.stop, solver.stop_search) if self.stop is not None else None
        response: CpSolverResponse = solver.solve(model.proto)  # type: ignore[no-untyped-call]
        if watcher is not None:
            watcher()
        self.solves += 1
        self.effort += response.deterministic_time
        status = str(response.status).rsplit(".", 1)[-1]
        if status not in ("OPTIMAL", "FEASIBLE", "INFEASIBLE", "UNKNOWN"):
            raise RuntimeError(f"the solver refused the model: {status}")
        self.cut_short = self.cut_short or status == "FEASIBLE"
        if status not in ("OPTIMAL", "FEASIBLE"):
            return Solved(status, core=tuple(response.sufficient_assumptions_for_infeasibility))
        return Solved(
            status,
            values=list(response.solution),
            value=round(response.objective_value),
            bound=_ceil(response.best_objective_bound),
        )


def _ceil(value: float) -> int:
    from math import ceil, isfinite

    return ceil(value - 1e-6) if isfinite(value) else -INFINITY


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
