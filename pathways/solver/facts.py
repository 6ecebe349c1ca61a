"""Which facts of a problem can hold together, and what is the cheapest to give up: what explanations ask the solver."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Event

from pathways.problem import Problem
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run, Whole

EFFORT = 2.0
"""Deterministic effort of one question, several times what nearly all take."""


class Open(Exception):
    """A limit or the stop signal left a question open."""


class Facts:
    """A problem of which facts can be given up; the model is built once.

    Parameters
    ----------
    facts
        By name, what giving the fact up loosens: names of the model's own facts (see `Model`), each with how much.
    goals
        So many programs must be met, the diploma first; the others count for nothing.
    """

    def __init__(
        self, problem: Problem, facts: Mapping[str, Mapping[str, int]], *, goals: int = 1, stop: Event | None = None
    ) -> None:
        self.loosened: dict[str, dict[str, int]] = {}
        for fact, keys in facts.items():
            for key, amount in keys.items():
                self.loosened.setdefault(key, {})[fact] = amount
        rules = {f"rule:{d.program}:{tree.path}": 0 for d in problem.demands[:goals] for tree in d.trees}
        own = {key: sum(amounts.values()) for key, amounts in self.loosened.items()}
        self.model = model = Model(problem, {**rules, **own}, goals)
        self.gates = {fact: model.var(1) for fact in facts}
        self.fact_of = {gate: fact for fact, gate in self.gates.items()}
        for key, amounts in self.loosened.items():
            gates = [(self.gates[fact], -amount) for fact, amount in amounts.items()]
            model.row([(model.given_up[key], 1), *gates], None, 0)
        self.whole: Whole | None = None
        self.open: frozenset[str] = frozenset()  # facts that are in question in it
        self.run = Run(Limits(effort=EFFORT), stop, time.monotonic())

    def core(self, kept: Collection[str]) -> frozenset[str] | None:
        """Of these facts some that cannot hold together, all others given up; None where all can.

        Raises
        ------
        Open
        """
        if self.whole is None or not self.open.issuperset(kept) or 2 * len(kept) < len(self.open):
            self.open = frozenset(kept if 2 * len(kept) < len(self.gates) else self.gates)
            self.whole = self.without(self.gates.keys() - self.open)
        # In their order: which facts the solver names depends on it.
        result = self.run.ask(self.whole, [self.gates[fact] for fact in kept])
        if result.status == "UNKNOWN":
            raise Open
        if result.status != "INFEASIBLE":
            return None
        return frozenset(self.fact_of[variable] for variable in result.core)

    def without(self, given_up: AbstractSet[str]) -> Whole:
        """The model with these facts given up for good: what they bound alone need not be looked at again."""
        model = self.model
        loose = [self.gates[fact] for fact in given_up]
        loose += [model.given_up[key] for key, facts in self.loosened.items() if facts.keys() <= given_up]
        before = [(v, model.bounds(v, model.high(v), model.high(v))) for v in loose]
        whole = Whole(model)
        for v, bounds in before:
            model.bounds(v, *bounds)
        return whole

    def forbid(self, groups: Sequence[Collection[str]]) -> None:
        """From now on, there must be a group of which nothing is given up.

        Then only `cheapest` may be asked: `core` takes it that to give up more never hurts.
        """
        used = []
        for group in groups:
            used.append((self.model.var(1), 1))
            for fact in group:
                self.model.row([(self.gates[fact], 1), (used[-1][0], -1)], None, 0)
        self.model.row(used, None, len(groups) - 1)
        self.whole = None

    def cheapest(self, costs: Mapping[str, int]) -> tuple[frozenset[str], tuple[tuple[int, int], ...]] | None:
        """The facts that cost least to give up so that the rest holds, and placements that show it.

        Parameters
        ----------
        costs
            Of each fact that may be given up at all, more than 0.

        Returns
        -------
        tuple or None
            Facts to give up and ``(candidate, start position)`` of a plan; None where nothing helps.

        Raises
        ------
        Open
        """
        model = self.model
        before = [(gate, model.bounds(gate, 0, int(fact in costs))) for fact, gate in self.gates.items()]
        model.minimise([(self.gates[fact], cost) for fact, cost in costs.items()])
        # Few of very many facts are given up: here presolve pays (docs/performance.md).
        result = self.run.ask(Whole(model), presolve=True)
        model.minimise(())
        for gate, bounds in before:
            model.bounds(gate, *bounds)
        if result.status == "INFEASIBLE":
            return None
        if result.status != "OPTIMAL":
            raise Open
        given_up = frozenset(fact for fact in costs if result.values[self.gates[fact]])
        return given_up, model.placed(result.values)
