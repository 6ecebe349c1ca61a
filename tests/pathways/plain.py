"""The tiers of a problem by the plainest way: the rows as they stand, one call of the solver for each tier.

Nothing is added up, fixed, strengthened or tried at once; only the rows themselves are the product's.
"""

from __future__ import annotations

from unittest.mock import patch

from ortools.sat.python import cp_model_helper

from pathways.problem import Problem
from pathways.solver import Model, model


def plain_model(problem: Problem) -> Model:
    """The model without strengthening rows."""
    with patch.object(model, "strengthen", lambda _: None):
        return Model(problem)


def plain_tiers(problem: Problem) -> dict[str, int] | None:
    """The proven value of every tier; None where no plan holds."""
    built = plain_model(problem)
    near = built.near()  # with rows of its own
    proto = cp_model_helper.CpModelProto()
    for low, high in zip(built.lows, built.highs, strict=True):
        proto.variables.add().domain.extend([low, high])
    first = 0
    for end, least, most in zip(built.ends, built.least, built.most, strict=True):
        add(proto, built.columns[first:end], built.coefficients[first:end], least, most)
        first = end
    tiers = [(f"goal:{one.program}", short) for one, short in zip(problem.demands, built.shortfalls, strict=True)]
    tiers[0] = ("graduation", tiers[0][1])
    for n, (aim, filled) in enumerate(zip(problem.aims, built.aimed, strict=True)):
        tiers.insert(aim.after + n, (f"goal:{aim.name}", filled))
    last = [("quality", built.points)]
    if problem.near:
        last.insert(0 if problem.near_first else 1, ("nearness", near))
    gained = {"wishes", "nearness", *(f"goal:{aim.name}" for aim in problem.aims)}
    values = {}
    for name, terms in (*tiers, ("wishes", [(v, -weight) for v, weight in built.wanted]), *last):
        merged: dict[int, int] = {}
        for v, weight in terms:
            merged[v] = merged.get(v, 0) + weight
        proto.clear_objective()
        proto.objective.vars.extend(list(merged))
        proto.objective.coeffs.extend(list(merged.values()))
        solver = cp_model_helper.SolveWrapper()
        parameters = cp_model_helper.SatParameters()
        parameters.num_workers = 1
        parameters.linearization_level = 2
        parameters.cp_model_presolve = False
        solver.set_parameters(parameters)
        response = solver.solve(proto)
        status = str(response.status).rsplit(".", 1)[-1]
        if status == "INFEASIBLE":
            return None
        assert status == "OPTIMAL"
        value = round(response.objective_value) if merged else 0
        values[name] = -value if name in gained else value
        add(proto, list(merged), list(merged.values()), -model.INFINITY, value)
    return values


def add(proto, columns, coefficients, least, most):  # type: ignore[no-untyped-def]
    linear = proto.constraints.add().linear
    linear.vars.extend(list(columns))
    linear.coeffs.extend(list(coefficients))
    linear.domain.extend([least, most])
