"""A row that every plan keeps anyway and that brings the linear relaxation closer to plans.

A relaxation takes half of a course and half of the one that follows it, and calls the subject taught, in two school
years for the price of one. But a subject is taught in a year by a course that leans on no other of that year: others
of a sequence bring its first one with them, or they wait. With these rows the relaxation of a school whose courses
come in halves is three times closer to its plans.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathways.problem import Spread
    from pathways.solver.model import Model


def strengthen(model: Model) -> None:
    """Add the rows to a model that is otherwise complete and in which nobody is let off a prerequisite."""
    clauses, leanings = defaultdict(list), defaultdict(list)
    for clause in model.problem.clauses:
        clauses[clause.course].append(clause)
    for leaning in model.leanings:
        leanings[leaning.course].append(leaning)
    for spread, missing in zip(model.problem.spreads, model.missing, strict=True):
        first, waits = {model.x[i][k] for i, k in spread.columns}, []
        for i, starts in _last_first(model, spread):
            candidate = model.problem.candidates[i]
            own = {model.x[i][k] for k in starts}
            latest = max(starts, key=lambda k: candidate.starts[k])
            needed = (
                set(model.ready(clause, candidate.starts[latest]))
                for clause in clauses[i]
                if candidate.starts[latest] < clause.until
            )
            if any(needs and needs <= first - own for needs in needed):
                first -= own
                continue
            for leaning in leanings[i]:
                begun = {model.x[i][k] for k in leaning.starts}
                if begun & first and {model.x[j][k] for j, k in leaning.columns} <= first - begun:
                    first -= begun
                    waits.append(leaning.waits)
        if len(first) < len(spread.columns):
            model.row([(v, 1) for v in (missing, *waits, *sorted(first))], 1, None)


def _last_first(model: Model, spread: Spread) -> list[tuple[int, list[int]]]:
    """The courses of a spread with their starts in it, the last of a sequence first: it can begin later than others."""
    starts: dict[int, list[int]] = defaultdict(list)
    for i, k in spread.columns:
        starts[i].append(k)
    return sorted(starts.items(), key=lambda item: (-model.problem.candidates[item[0]].starts[0], item[0]))
