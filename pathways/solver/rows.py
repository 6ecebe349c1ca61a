"""Rows of a model in arrays of whole numbers, and what follows from them without search: bounds.

Everything here is exact. What is taken away (fixed variables, rows that always hold) changes no solution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.solver.model import Model

Integers = NDArray[np.int64]
ROUNDS = 20
"""Bounds are tightened so often at most; what a further round would find is left to the search."""


@dataclass(slots=True)
class Rows:
    """Minimise ``cost @ x`` where ``low <= x <= high`` and every row's sum lies between ``least`` and ``most``.

    Term ``t`` is ``coefficient[t]`` times variable ``column[t]`` in row ``row[t]``; terms stand in the order of rows,
    and no row is without terms.
    """

    low: Integers
    high: Integers
    row: Integers
    column: Integers
    coefficient: Integers
    least: Integers
    most: Integers
    cost: Integers

    @classmethod
    def of(cls, model: Model) -> Rows:
        """The rows of a model."""
        lengths = np.array(model.ends, np.int64)
        lengths[1:] -= lengths[:-1].copy()
        cost = np.zeros(model.size, np.int64)
        if model.objective:
            variables, weights = np.array(model.objective, np.int64).T
            np.add.at(cost, variables, weights)
        return cls(
            low=np.array(model.lows, np.int64),
            high=np.array(model.highs, np.int64),
            row=np.repeat(np.arange(len(lengths)), lengths),
            column=np.array(model.columns, np.int64),
            coefficient=np.array(model.coefficients, np.int64),
            least=np.array(model.least, np.int64),
            most=np.array(model.most, np.int64),
            cost=cost,
        )

    def copy(self) -> Rows:
        """The same with bounds of its own."""
        fields = self.row, self.column, self.coefficient, self.least, self.most, self.cost
        return Rows(self.low.copy(), self.high.copy(), *fields)

    @property
    def free(self) -> int:
        """How many variables are not settled."""
        return int((self.low < self.high).sum())

    def drop(self, kept: NDArray[np.bool_]) -> None:
        """Keep these rows only."""
        if kept.all():
            return
        terms = kept[self.row]
        number = np.cumsum(kept) - 1
        self.row, self.column = number[self.row[terms]], self.column[terms]
        self.coefficient = self.coefficient[terms]
        self.least, self.most = self.least[kept], self.most[kept]

    def without(self, gone: NDArray[np.bool_]) -> None:
        """Drop the terms of variables that are 0, and rows that have no others and hold without."""
        terms = ~gone[self.column]
        kept = np.bincount(self.row[terms], minlength=len(self.least)) > 0
        self.drop(kept)
        terms = ~gone[self.column]
        self.row, self.column, self.coefficient = self.row[terms], self.column[terms], self.coefficient[terms]

    def value(self, x: Integers) -> int:
        """The cost of a solution."""
        return int(self.cost @ x)

    def hold(self, x: Integers) -> bool:
        """Whether a solution keeps all bounds and rows."""
        if ((x < self.low) | (x > self.high)).any():
            return False
        sums = self.sums(self.coefficient * x[self.column])
        return bool(((sums >= self.least) & (sums <= self.most)).all())

    def sums(self, terms: Integers) -> Integers:
        """The sum of each row's terms."""
        if not len(terms):
            return terms
        return np.add.reduceat(terms, np.flatnonzero(np.diff(self.row, prepend=-1)))

    def tighten(self) -> bool:
        """Tighten bounds by what each row leaves a variable; rows that always hold go. False where nothing can hold.

        Bound propagation for linear rows: Savelsbergh, "Preprocessing and probing techniques for mixed integer
        programming problems", ORSA Journal on Computing 6(4), 1994.
        """
        if (self.low > self.high).any():
            return False
        for _ in range(ROUNDS):
            row, column, size = self.row, self.column, np.abs(self.coefficient)
            up = self.coefficient > 0
            low, high = self.low[column], self.high[column]
            from_below = self.coefficient * np.where(up, low, high)
            fewest = self.sums(from_below)
            highest = self.sums(self.coefficient * np.where(up, high, low))
            if ((fewest > self.most) | (highest < self.least)).any():
                return False
            binding = (fewest < self.least) | (highest > self.most)
            if not binding.all():
                self.drop(binding)
                fewest, highest, terms = fewest[binding], highest[binding], binding[row]
                column, size, up, low, high = column[terms], size[terms], up[terms], low[terms], high[terms]
            # A variable may leave its side of the row's least sum by so much, and that of the highest sum likewise.
            over = np.minimum(((self.most - fewest)[self.row]) // size, high - low)
            under = np.minimum(((highest - self.least)[self.row]) // size, high - low)
            upper = np.where(up, low + over, low + under)
            lower = np.where(up, high - under, high - over)
            falls, rises = upper < high, lower > low
            if not (falls.any() or rises.any()):
                return True
            np.minimum.at(self.high, column[falls], upper[falls])
            np.maximum.at(self.low, column[rises], lower[rises])
            if (self.low > self.high).any():
                return False
        return True
