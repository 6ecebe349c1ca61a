"""All minimal conflicts, and all minimal corrections, one after the other.

Liffiton, Previti, Malik and Marques-Silva (2016), "Fast, flexible MUS enumeration", Constraints 21(2), 223-250. A
map of what is still unexplored proposes a set of facts; a set that cannot hold shrinks to a minimal conflict, one
that can grows to a largest one, whose complement is a minimal correction. Each answer is marked on the map.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pathways.explain.deletion import Core, minimal_conflict


def enumerate_conflicts(
    facts: Sequence[str], core: Core
) -> Iterator[tuple[Literal["conflict", "correction"], frozenset[str]]]:
    """Every minimal conflict and every minimal correction of some facts, in an order that finds conflicts early.

    A minimal conflict cannot hold, each of its proper subsets can. A minimal correction is a set of facts without which
    the others hold, while without any proper subset of it they do not.

    Examples
    --------
    >>> cores = [{"a", "c"}, {"b", "c"}]
    >>> found = enumerate_conflicts("abc", lambda kept: next((frozenset(c) for c in cores if c <= set(kept)), None))
    >>> sorted((kind, "".join(sorted(some))) for kind, some in found)
    [('conflict', 'ac'), ('conflict', 'bc'), ('correction', 'ab'), ('correction', 'c')]
    """
    unexplored = _Map(facts)
    while (seed := unexplored.largest()) is not None:
        found = core(seed)
        if found is not None:
            conflict = minimal_conflict([fact for fact in seed if fact in found], core)
            assert conflict is not None
            unexplored.block_up(conflict)
            yield "conflict", frozenset(conflict)
        else:
            # Seeds are as large as the map allows, so this one is a largest set that holds.
            correction = frozenset(facts) - frozenset(seed)
            unexplored.block_down(correction)
            yield "correction", correction


class _Map:
    """Sets of facts that are neither above a known conflict nor below a known set that holds."""

    def __init__(self, facts: Sequence[str]) -> None:
        from ortools.sat.python import cp_model

        self.model = cp_model.CpModel()
        self.solver = cp_model.CpSolver()
        self.solver.parameters.num_workers = 1
        self.solver.parameters.catch_sigint_signal = False
        self.inside = {fact: self.model.new_bool_var(fact) for fact in facts}
        self.model.maximize(sum(self.inside.values()))

    def largest(self) -> tuple[str, ...] | None:
        """A largest unexplored set; None where all is explored."""
        from ortools.sat.python import cp_model

        if self.solver.solve(self.model) != cp_model.OPTIMAL:
            return None
        return tuple(fact for fact, there in self.inside.items() if self.solver.boolean_value(there))

    def block_up(self, conflict: tuple[str, ...]) -> None:
        """No more sets that hold this conflict."""
        self.model.add_bool_or([self.inside[fact].negated() for fact in conflict])

    def block_down(self, correction: frozenset[str]) -> None:
        """No more sets without all of this correction."""
        self.model.add_bool_or([self.inside[fact] for fact in correction])
