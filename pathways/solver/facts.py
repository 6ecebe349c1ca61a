"""Which facts can hold together: the question that every explanation asks of the solver."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from threading import Event

from pathways.problem import Problem
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run

EFFORT = 5.0
"""Deterministic effort of one question, far above what any has taken."""


class Facts:
    """A problem whose facts can be given up one by one; the model is built once.

    Parameters
    ----------
    facts
        Names of facts (see `Model`), each with the most of it that can be given up.
    goals
        So many programs must be met, the diploma first; none besides.
    """

    def __init__(
        self, problem: Problem, facts: Mapping[str, int], *, goals: int = 1, stop: Event | None = None
    ) -> None:
        self.facts = dict(facts)
        rules = {f"rule:{d.program}:{tree.path}": 0 for d in problem.demands[:goals] for tree in d.trees}
        self.model = Model(problem, {**rules, **facts}, goals)
        self.run = Run(Limits(effort=EFFORT), stop, time.monotonic())

    def hold(self, kept: Collection[str]) -> bool | None:
        """Whether these facts can all hold, all others given up; None where a limit left that open."""
        for fact, most in self.facts.items():
            self.model.bounds(self.model.given_up[fact], 0, 0 if fact in kept else most)
        status, _, _, _ = self.run.solve(self.model)
        return None if status == "UNKNOWN" else status != "INFEASIBLE"
