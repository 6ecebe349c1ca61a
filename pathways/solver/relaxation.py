"""The linear relaxation: a bound that no plan can better, and what every plan near it must do.

The solver of linear programs (GLOP) works in floating point, so its answer only advises. Its dual prices, rounded to
whole multiples of ``1 / SCALE``, give bound and reduced costs in exact integers: any prices give a valid bound (weak
duality), good ones a tight one. Neumaier and Shcherbina, "Safe bounds in linear and mixed-integer linear programming",
Mathematical Programming 99, 2004, do the same by directed rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathways.solver.model import INFINITY
from pathways.solver.rows import Integers, Rows

SCALE = 2**20
STEEPEST = 2**40
"""Prices above this (scaled) are not trusted to keep sums within 64 bits."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A proven lower bound of the cost, in ``1 / SCALE``, and by it what a step off each bound costs at least."""

    rows: Rows
    scaled: int
    reduced: Integers

    @property
    def bound(self) -> int:
        """No solution costs less."""
        return -(-self.scaled // SCALE)

    def within(self, most: int) -> Rows:
        """The same rows with only the values that a solution of cost ``most`` or less can take."""
        rows = self.rows.copy()
        room = most * SCALE - self.scaled
        step = np.abs(self.reduced)
        width = np.minimum(room // np.maximum(step, 1), rows.high - rows.low) if room >= 0 else np.full(len(step), -1)
        rows.high = np.where(self.reduced > 0, rows.low + width, rows.high)
        rows.low = np.where(self.reduced < 0, rows.high - width, rows.low)
        return rows


def relax(rows: Rows) -> Relaxation | None:
    """Solve the linear relaxation; None where it has no solution, or GLOP finds none."""
    prices = _prices(rows)
    if prices is None:
        return None
    whole = np.rint(np.clip(prices, -STEEPEST, STEEPEST) * SCALE).astype(np.int64)
    if (np.abs(whole) > STEEPEST).any():
        return None
    # A price pays for one side of a row; on a side without limit there is nothing to pay for.
    whole[(whole > 0) & (rows.least == -INFINITY) | (whole < 0) & (rows.most == INFINITY)] = 0
    reduced = rows.cost * SCALE
    np.subtract.at(reduced, rows.column, rows.coefficient * whole[rows.row])
    sides = np.where(whole > 0, rows.least, np.where(whole < 0, rows.most, 0))
    scaled = int((whole * sides).sum() + (reduced * np.where(reduced > 0, rows.low, rows.high)).sum())
    return Relaxation(rows, scaled, reduced)


def unpriced(rows: Rows) -> Relaxation:
    """The bound without any prices: what the bounds of single variables allow."""
    reduced = rows.cost * SCALE
    return Relaxation(rows, int((reduced * np.where(reduced > 0, rows.low, rows.high)).sum()), reduced)


def _prices(rows: Rows) -> NDArray[np.float64] | None:
    """Dual prices of the rows, in floating point."""
    from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver

    model = model_pb2.ModelProto()
    variables, constraints = model.variables, model.linear_constraints
    variables.ids.extend(range(len(rows.low)))
    variables.lower_bounds.extend(rows.low.tolist())
    variables.upper_bounds.extend(rows.high.tolist())
    variables.integers.extend([False] * len(rows.low))
    priced = np.flatnonzero(rows.cost)
    model.objective.linear_coefficients.ids.extend(priced.tolist())
    model.objective.linear_coefficients.values.extend(rows.cost[priced].tolist())
    constraints.ids.extend(range(len(rows.least)))
    constraints.lower_bounds.extend(np.where(rows.least == -INFINITY, -np.inf, rows.least).tolist())
    constraints.upper_bounds.extend(np.where(rows.most == INFINITY, np.inf, rows.most).tolist())
    order = np.lexsort((rows.column, rows.row))
    matrix = model.linear_constraint_matrix
    matrix.row_ids.extend(rows.row.tolist())
    matrix.column_ids.extend(rows.column[order].tolist())
    matrix.coefficients.extend(rows.coefficient[order].tolist())
    parameters = parameters_pb2.SolveParametersProto()
    # The rows are small and tight as they are: preparing them takes longer than solving.
    parameters.glop.use_preprocessing = False
    result = solver.solve(
        *(model, parameters_pb2.SOLVER_TYPE_GLOP, parameters_pb2.SolverInitializerProto(), parameters),
        *(model_parameters_pb2.ModelSolveParametersProto(), None, callback_pb2.CallbackRegistrationProto(), None, None),
    )
    if not result.solutions or not result.solutions[0].HasField("dual_solution"):
        return None
    prices = np.zeros(len(rows.least))
    values = result.solutions[0].dual_solution.dual_values
    prices[list(values.ids)] = list(values.values)
    return prices
