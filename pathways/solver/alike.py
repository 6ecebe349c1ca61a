"""Courses that no row tells apart: of ten such electives the search asks how many, not which.

Two variables that stand in the same rows with the same coefficients, bounds and cost can be added up: any solution of
the sums can be dealt out to the members again. So can courses with several starts, one by one of which stand in the
same rows, since each takes at most one of its starts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathways.solver.model import Model
from pathways.solver.rows import Integers, Rows


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows in which one course stands for all that are like it.

    Parameters
    ----------
    classes
        For each class the variables of its members, the first of which stands for them: those of the starts, then,
        where there are several, the one for "taken at all".
    """

    rows: Rows
    classes: tuple[tuple[tuple[int, ...], ...], ...]

    def merged(self, x: Integers) -> Integers:
        """A solution with every class added up in its first member."""
        x = x.copy()
        for members in self.classes:
            for others in zip(*members, strict=True):
                x[others[0]] = x[list(others)].sum()
                x[list(others[1:])] = 0
        return x

    def dealt(self, x: Integers) -> Integers:
        """A solution of the added rows, dealt out to the members of each class in their order."""
        x = x.copy()
        for members in self.classes:
            starts = len(members[0]) if len(members[0]) == 1 else len(members[0]) - 1
            taken = [k for k in range(starts) for _ in range(x[members[0][k]])]
            for n, own in enumerate(members):
                x[list(own)] = 0
                if n < len(taken):
                    x[own[taken[n]]] = x[own[-1]] = 1
        return x

    def widened(self, rows: Rows) -> tuple[Integers, Integers]:
        """Bounds of every variable, members of classes included, from those of the added rows."""
        low, high = rows.low.copy(), rows.high.copy()
        for members in self.classes:
            for others in zip(*members, strict=True):
                low[list(others)] = 0
                high[list(others)] = min(int(high[others[0]]), 1)
        return low, high


def alike(model: Model, rows: Rows) -> Alike:
    """Find the courses that no row tells apart, and add them up."""
    link = np.zeros(len(rows.least), bool)
    link[[row for _, row in model.whole.values()]] = True
    order = np.lexsort((rows.row, rows.column))
    order = order[~link[rows.row[order]]]
    first = np.searchsorted(rows.column[order], np.arange(len(rows.low) + 1)).tolist()
    entries = np.stack((rows.row[order], rows.coefficient[order]), axis=1).tobytes()
    size = len(entries) // max(len(order), 1)
    facts = list(zip(rows.cost.tolist(), rows.low.tolist(), rows.high.tolist(), strict=True))
    found: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
    for i, starts in enumerate(model.x):
        if len(starts) != 1 and i not in model.whole:
            continue
        own = (*starts, model.whole[i][0]) if i in model.whole else tuple(starts)
        key = tuple((entries[first[v] * size : first[v + 1] * size], facts[v]) for v in own)
        if all(fact[1:] == (0, 1) for _, fact in key):
            found.setdefault(key, []).append(own)
    classes = tuple(tuple(members) for members in found.values() if len(members) > 1)
    merged = rows.copy()
    gone = np.zeros(len(rows.low), bool)
    for members in classes:
        merged.high[list(members[0])] = len(members)
        for own in members[1:]:
            gone[list(own)] = True
    merged.high[gone] = 0
    merged.without(gone)
    return Alike(merged, classes)
