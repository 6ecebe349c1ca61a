"""Where credit counts: solve an assignment to the optimum.

A problem falls into independent cases. Each is solved by branch and bound over minimum-cost flows; a small CP-SAT model
stands in where a flow cannot say what binds the leaves: a cap over several parts, courses and credits in one pool. Both
run on one worker and in a fixed order, so equal input has one answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from requirements.assignment import Placing, Problem, cases, evaluate
from requirements.branching import Unfit, branch_and_bound


def place(problem: Problem, *, keep: Placing | None = None, guard: bool = False, sparing: bool = False) -> Placing:
    """Place credit by the order of `requirements.assignment`.

    Parameters
    ----------
    problem : Problem
    keep : Placing, optional
        The answer without unsure arcs. Given it, they are allowed, and the trees that it satisfies stay satisfied.
    guard : bool
        With ``keep``: no credit is taken for a question that surely counts for a named requirement.
    sparing : bool
        Requirements that only credit can satisfy go before those that something else still may.
    """
    flows: list[Mapping[int, int]] = list(keep.flows) if keep is not None else [{} for _ in problem.supplies]
    proven = keep is None or keep.proven
    for case in cases(problem, keep, guard=guard, sparing=sparing):
        if keep is not None and case.fillable <= keep.full:
            continue  # nothing more can be filled here, so the answer stands
        try:
            amounts, sure = branch_and_bound(case), True
        except Unfit:
            from requirements.placing_model import solve

            amounts, sure = solve(case)
        proven = proven and sure
        if keep is not None and not sure:
            continue  # the answer without a person's word is better than half of one with it
        inside = set(case.leaves)
        for i, flow in zip(case.indices, case.spread(amounts), strict=True):
            flows[i] = {leaf: much for leaf, much in flows[i].items() if leaf not in inside} | flow
    return _read(problem, flows, proven)


def _read(problem: Problem, flows: Sequence[Mapping[int, int]], proven: bool) -> Placing:
    got = [0] * len(problem.sinks)
    for flow in flows:
        for leaf, amount in flow.items():
            got[leaf] += amount
    full = frozenset(i for i, sink in enumerate(problem.sinks) if got[i] >= sink.need > 0)
    return Placing(tuple(flows), tuple(evaluate(tree, full) for tree in problem.trees), full, proven)
