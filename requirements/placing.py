"""Where credit counts: the assignment behind the audit, solved to the optimum.

Credit of a supply flows into leaves, at most its amount in one pool; a leaf takes at most its need. What is best comes
first:

1. pinned credit at its requirement, 2. requirements of the program satisfied, 3. leaves satisfied, 4. credit placed,
5. credit of the first stage (earned), then of the next, 6. earlier leaves.

Leaves that take every course (electives) come last: 2 to 4 hold for the others first, so that Algebra I never fills an
elective while mathematics is still short. Where everything can be satisfied at once, this changes nothing.

Where no cap, pin or choice between branches binds the leaves together, and all that can be filled can be filled at
once, this is a minimum-cost flow. Else a small CP-SAT model decides. Both run on one worker and in a fixed order, so
equal input has one answer.

Everything here is an integer: amounts are scaled by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpModelProto

SURE, UNSURE = 0, 1
BIG = 2**50  # objectives above this lose exactness in the solver's floating-point relaxation
INFINITY = 2**62


@dataclass(frozen=True, slots=True)
class Supply:
    """Credit that may be placed.

    Parameters
    ----------
    amount : int
        How much it is, in every pool; ``across`` makes it one amount for all pools together.
    stage : int
        Rank of its stage: lower is placed first.
    arcs : mapping of int to int
        Leaves that it may flow into, with `SURE` or `UNSURE` (only by a person's word).
    pins : frozenset of int
        Leaves, of those it surely counts in, where a person wants it.
    limits : tuple of int
        Limits that its credit counts toward.
    """

    amount: int
    stage: int
    arcs: Mapping[int, int]
    pins: frozenset[int] = frozenset()
    limits: tuple[int, ...] = ()
    across: bool = False


@dataclass(frozen=True, slots=True)
class Sink:
    """A leaf: ``need`` is an amount, or a number of whole supplies where ``whole``.

    ``last`` marks a leaf that takes every course (electives): it gets what the others leave.
    """

    need: int
    pool: str
    whole: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Tree:
    """What must hold: a leaf, a fact (``holds``), or at least ``least`` of what is below; `joined` builds the last.

    ``open`` marks a fact that is not settled yet but could be without credit, such as a test still to be taken. A leaf
    outside all trees takes no credit.
    """

    leaf: int | None = None
    holds: bool | None = None
    open: bool = False
    below: tuple[Tree, ...] = ()
    least: int = 0


def joined(parts: Sequence[Tree], least: int) -> Tree:
    """At least so many of the parts; a fact where no credit can change it any more."""
    true = sum(part.holds is True for part in parts)
    if true >= least:
        return Tree(holds=True)
    if all(part.holds is not None for part in parts):
        return Tree(holds=False, open=true + sum(part.open for part in parts) >= least)
    return Tree(below=tuple(parts), least=least)


@dataclass(frozen=True, slots=True)
class Problem:
    """An assignment to solve; ``unit`` is the amount of one year-course."""

    supplies: tuple[Supply, ...]
    sinks: tuple[Sink, ...]
    limits: tuple[tuple[frozenset[int], int], ...]
    trees: tuple[Tree, ...]
    unit: int


@dataclass(frozen=True, slots=True)
class Placing:
    """An optimal assignment.

    Parameters
    ----------
    flows : tuple of dict
        For each supply, the amount (1 where the leaf counts whole supplies) by leaf.
    satisfied : tuple of bool
        For each tree.
    full : frozenset of int
        Leaves that are satisfied.
    """

    flows: tuple[Mapping[int, int], ...]
    satisfied: tuple[bool, ...]
    full: frozenset[int]


def place(problem: Problem, *, keep: Placing | None = None) -> Placing:
    """Place credit by the order of the module.

    Parameters
    ----------
    problem : Problem
    keep : Placing, optional
        The answer without unsure arcs; now they are allowed, and the trees it satisfies stay so. Unsure credit goes
        nowhere that sure credit could serve, and to no leaf that it does not help to fill.
    """
    flows: list[Mapping[int, int]] = list(keep.flows) if keep is not None else [{} for _ in problem.supplies]
    for part in _parts(problem, unsure=keep is not None):
        reach = [0] * len(problem.sinks)
        for supply in part.supplies:
            for leaf, kind in supply.arcs.items():
                if kind == SURE or keep is not None:
                    reach[leaf] += 1 if problem.sinks[leaf].whole else supply.amount
        # Only leaves with enough credit in reach can be filled; where no more can be, the answer stands.
        fillable = {leaf for leaf in part.leaves if reach[leaf] >= problem.sinks[leaf].need}
        if keep is not None and fillable <= keep.full:
            continue
        kept = part.kept(keep) if keep is not None else None
        found = _solve(_part_of(problem, part), part.leaves, reach, fillable, kept)
        for i, flow in zip(part.indices, found, strict=True):
            flows[i] = {**{leaf: much for leaf, much in flows[i].items() if leaf not in part.leaves}, **flow}
    return _read(problem, flows)


@dataclass(slots=True)
class _Part:
    """Leaves that credit, limits or choices bind together, with what concerns them."""

    leaves: set[int]
    trees: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    supplies: list[Supply] = field(default_factory=list)

    def kept(self, keep: Placing) -> list[bool]:
        return [keep.satisfied[i] for i in self.trees]


def _parts(problem: Problem, *, unsure: bool) -> list[_Part]:
    """Split a problem into independent ones: the best of each are the best of all."""
    parent = list(range(len(problem.sinks)))

    def find(leaf: int) -> int:
        while parent[leaf] != leaf:
            parent[leaf] = leaf = parent[parent[leaf]]
        return leaf

    def join(leaves: Iterable[int]) -> None:
        first = -1
        for leaf in leaves:
            if first < 0:
                first = find(leaf)
            else:
                parent[find(leaf)] = first

    inside = [list(_leaves(tree)) for tree in problem.trees]
    for leaves in inside:
        join(leaves)
    # Supplies of one pattern join the same leaves.
    patterns: set[tuple[bool, tuple[int, ...]]] = set()
    limited: dict[int, list[int]] = {}
    for supply in problem.supplies:
        arcs = tuple(leaf for leaf, kind in supply.arcs.items() if unsure or kind == SURE)
        for i in supply.limits:
            limited.setdefault(i, []).extend(leaf for leaf in arcs if leaf in problem.limits[i][0])
        patterns.add((supply.across, arcs))
    for across, arcs in patterns:
        if across:
            join(arcs)
        else:
            for pool in {problem.sinks[leaf].pool for leaf in arcs}:
                join(leaf for leaf in arcs if problem.sinks[leaf].pool == pool)
    for leaves in limited.values():
        join(leaves)
    parts: dict[int, _Part] = {}
    for i, leaves in enumerate(inside):
        if leaves:
            part = parts.setdefault(find(leaves[0]), _Part(set()))
            part.leaves.update(leaves)
            part.trees.append(i)
    for i, supply in enumerate(problem.supplies):
        of: dict[int, dict[int, int]] = {}
        for leaf, kind in supply.arcs.items():
            if unsure or kind == SURE:
                of.setdefault(find(leaf), {})[leaf] = kind
        for root, mine in of.items():
            if root in parts:
                parts[root].indices.append(i)
                parts[root].supplies.append(supply if len(mine) == len(supply.arcs) else replace(supply, arcs=mine))
    return [part for part in parts.values() if part.supplies]


def _part_of(problem: Problem, part: _Part) -> Problem:
    trees = tuple(problem.trees[i] for i in part.trees)
    return Problem(tuple(part.supplies), problem.sinks, problem.limits, trees, problem.unit)


def _solve(
    problem: Problem, leaves: set[int], reach: Sequence[int], fillable: set[int], kept: Sequence[bool] | None
) -> Sequence[Mapping[int, int]]:
    """The best flows of one part."""
    pure = kept is None and _is_flow(problem)
    if pure:
        closed: set[int] = set()
        if all(_settled(tree, reach, closed) for tree in problem.trees):
            last = {leaf for leaf in leaves - closed if problem.sinks[leaf].last}
            flows = _flow(problem, leaves - closed, fillable - closed - last)
            # A single leaf that takes every course gets all that is left: if that does not fill it, nothing can.
            if flows is not None and (len(last) < 2 or last & fillable <= set(_full(problem, flows))):
                return flows
    model = _Model(problem, leaves, fillable, reach, kept)
    model.solve()
    found = model.flows()
    if pure:
        # The model decides what is filled; which credit fills it follows from the canonical flow.
        found = _flow(problem, leaves - model.closed(), set(_full(problem, found))) or found
    return found


def evaluate(tree: Tree, full: frozenset[int]) -> bool:
    """Whether a tree holds when these leaves are satisfied."""
    if tree.leaf is not None:
        return tree.leaf in full
    if tree.holds is not None:
        return tree.holds
    return sum(evaluate(part, full) for part in tree.below) >= tree.least


def _full(problem: Problem, flows: Sequence[Mapping[int, int]]) -> list[int]:
    got = [0] * len(problem.sinks)
    for flow in flows:
        for leaf, amount in flow.items():
            got[leaf] += amount
    return [i for i, sink in enumerate(problem.sinks) if got[i] >= sink.need > 0]


def _read(problem: Problem, flows: Sequence[Mapping[int, int]]) -> Placing:
    full = frozenset(_full(problem, flows))
    return Placing(tuple(flows), tuple(evaluate(tree, full) for tree in problem.trees), full)


def _leaves(tree: Tree) -> Iterable[int]:
    if tree.leaf is not None:
        yield tree.leaf
    for part in tree.below:
        yield from _leaves(part)


# ---------------------------------------------------------------------------------------------------------- pure flow


def _is_flow(problem: Problem) -> bool:
    """Whether nothing but amounts and choices of branches binds the leaves together."""
    if any(s.pins or s.limits for s in problem.supplies):
        return False
    mixed = {sink.pool for sink in problem.sinks if sink.whole} & {
        sink.pool for sink in problem.sinks if not sink.whole
    }
    return not mixed and not any(s.across and any(problem.sinks[i].whole for i in s.arcs) for s in problem.supplies)


def _settled(tree: Tree, reach: Sequence[int], closed: set[int]) -> bool:
    """Whether it is plain which branches take credit; adds the leaves of those that do not to ``closed``."""
    if tree.least >= len(tree.below):
        return all(_settled(part, reach, closed) for part in tree.below)
    least = tree.least - sum(part.holds is True for part in tree.below)
    others = [part for part in tree.below if any(reach[leaf] for leaf in _leaves(part))]
    if least <= 0:
        closed.update(leaf for part in others for leaf in _leaves(part))
        return True
    if others and (len(others) > least or any(part.open for part in tree.below)):
        return False
    return all(_settled(part, reach, closed) for part in others)


def _flow(problem: Problem, leaves: set[int], wanted: set[int]) -> list[dict[int, int]] | None:
    """Maximum flow of least cost that fills the wanted leaves; None where they cannot be filled all at once."""
    import numpy as np
    from ortools.graph.python import min_cost_flow

    sinks = problem.sinks
    total = sum(sinks[leaf].need for leaf in leaves) or 1
    rank = {stage: i for i, stage in enumerate(sorted({s.stage for s in problem.supplies}))}
    # Cost of a unit: leaves to be filled first, then those that do not take every course, then the earlier stage, then
    # the earlier stage in the earlier leaf.
    order = 1 + total * len(sinks) * max(len(rank), 1)
    by_stage = [0]
    for _ in range(len(rank) - 1):
        by_stage.insert(0, by_stage[0] - order * (total + 1) ** len(by_stage))
    prefer = (total + 1) * (abs(by_stage[0]) + order)
    tails: list[int] = []
    heads: list[int] = []
    capacities: list[int] = []
    costs: list[int] = []

    def arc(tail: int, head: int, capacity: int, cost: int) -> None:
        tails.append(tail)
        heads.append(head)
        capacities.append(capacity)
        costs.append(cost)

    first = 2 + len(sinks)
    nodes: dict[tuple[int, str], int] = {}
    where: list[tuple[int, int, int]] = []
    for s, supply in enumerate(problem.supplies):
        for leaf, kind in supply.arcs.items():
            sink = sinks[leaf]
            if kind == UNSURE or leaf not in leaves:
                continue
            key = (s, "" if supply.across else sink.pool)
            if key not in nodes:
                nodes[key] = first + len(nodes)
                arc(0, nodes[key], 1 if sink.whole else supply.amount, by_stage[rank[supply.stage]])
            where.append((s, leaf, len(tails)))
            later = leaf * (len(rank) - 1 - rank[supply.stage])
            arc(nodes[key], 2 + leaf, 1 if sink.whole else min(supply.amount, sink.need), later)
    for leaf in sorted(leaves):
        arc(2 + leaf, 1, sinks[leaf].need, -2 * prefer if leaf in wanted else 0 if sinks[leaf].last else -prefer)
    flows: list[dict[int, int]] = [{} for _ in problem.supplies]
    if not where:
        return flows if not wanted else None
    if prefer * first * 4 > INFINITY:
        return None
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        np.array(tails), np.array(heads), np.array(capacities, dtype=np.int64), np.array(costs, dtype=np.int64)
    )
    solver.set_node_supply(0, total)
    solver.set_node_supply(1, -total)
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        return None
    values = solver.flows(np.arange(len(tails))).tolist()
    for s, leaf, index in where:
        if values[index]:
            flows[s][leaf] = values[index]
    return flows if wanted <= set(_full(problem, flows)) else None


# ------------------------------------------------------------------------------------------------------------ choices


@dataclass(slots=True)
class _Class:
    """Supplies that are alike."""

    supply: Supply
    members: list[int] = field(default_factory=list)


class _Model:
    """The CP-SAT model: flows of classes of supplies, a Boolean for each leaf that can be filled and each branch."""

    def __init__(
        self,
        problem: Problem,
        leaves: set[int],
        fillable: set[int],
        reach: Sequence[int],
        keep: Sequence[bool] | None,
    ) -> None:
        from ortools.sat.python import cp_model_helper

        self.problem, self.reach, self.keep = problem, reach, keep
        self.proto: CpModelProto = cp_model_helper.CpModelProto()
        self.size = 0
        self.values: list[int] = []
        self.active: dict[int, int | None] = {}
        self.full: dict[int, int] = {}
        self.into: list[list[int]] = [[] for _ in problem.sinks]
        self.flow: list[tuple[int, int, int, int]] = []  # class, leaf, variable, kind
        self.leaves, self.fillable = leaves, fillable
        self.classes = self.group()
        self.tops = [self.tree(tree, None) for tree in problem.trees]
        self.supplies()
        self.rows()

    def var(self, high: int) -> int:
        self.proto.variables.add().domain.extend([0, high])
        self.size += 1
        return self.size - 1

    def row(self, terms: Iterable[tuple[int, int]], low: int, high: int) -> None:
        linear = self.proto.constraints.add().linear
        for variable, factor in terms:
            linear.vars.append(variable)
            linear.coeffs.append(factor)
        linear.domain.extend([low, high])

    def group(self) -> list[_Class]:
        classes: dict[tuple[object, ...], _Class] = {}
        for i, supply in enumerate(self.problem.supplies):
            arcs = tuple(
                sorted((leaf, kind) for leaf, kind in supply.arcs.items() if kind == SURE or self.keep is not None)
            )
            if not arcs or not supply.amount:
                continue
            whole = any(self.problem.sinks[leaf].whole for leaf, _ in arcs)
            key = (
                supply.stage,
                arcs,
                tuple(sorted(supply.pins)),
                supply.limits,
                supply.amount if whole else 0,
                i if supply.across else -1,
            )
            classes.setdefault(key, _Class(supply)).members.append(i)
        return list(classes.values())

    def tree(self, tree: Tree, active: int | None) -> int | bool:
        """A variable that may be 1 only where the tree holds, or a fact; ``active`` is the choice it depends on."""
        if tree.holds is not None:
            return tree.holds
        if tree.leaf is not None:
            self.active[tree.leaf] = active
            if tree.leaf not in self.fillable:
                return False
            self.full[tree.leaf] = self.var(1)
            return self.full[tree.leaf]
        if tree.least >= len(tree.below):
            parts = [self.tree(part, active) for part in tree.below]
            if any(part is False for part in parts) or tree.least > len(parts):
                return False
            variables = [part for part in parts if part is not True]
            if len(variables) < 2:
                return variables[0] if variables else True
            holds = self.var(1)
            for variable in variables:
                self.row([(variable, 1), (holds, -1)], 0, 1)
            return holds
        return self.choice(tree, active)

    def choice(self, tree: Tree, active: int | None) -> int | bool:
        least = tree.least - sum(part.holds is True for part in tree.below)
        others = [part for part in tree.below if part.holds is None]
        if least <= 0:
            for part in others:
                self.close(part)
            return True
        unsettled = sum(part.open for part in tree.below)
        chosen: list[int] = []
        satisfied: list[int] = []
        for part in others:
            if not any(self.reach[leaf] for leaf in _leaves(part)):
                self.close(part)
                continue
            z = self.var(1)
            chosen.append(z)
            if active is not None:
                self.row([(active, 1), (z, -1)], 0, 1)
            holds = self.tree(part, z)
            if not isinstance(holds, bool):
                satisfied.append(holds)
                self.row([(z, 1), (holds, -1)], 0, 1)
        if chosen:
            self.row([(z, 1) for z in chosen], 0, least)
            # Credit is kept for an unfinished way only where no way without credit is open.
            short = max(0, least - unsettled)
            self.row([*((z, 1) for z in chosen), *((y, -1) for y in satisfied)], -INFINITY, short)
        if len(satisfied) < least:
            return False
        holds = self.var(1)
        self.row([*((y, 1) for y in satisfied), (holds, -least)], 0, INFINITY)
        return holds

    def close(self, tree: Tree) -> None:
        """Keep credit out of a branch that is not taken."""
        for leaf in _leaves(tree):
            self.active[leaf] = -1

    def closed(self) -> set[int]:
        """Leaves of branches that are not taken."""
        return {i for i, z in self.active.items() if z is not None and (z < 0 or not self.values[z])}

    def supplies(self) -> None:
        sinks = self.problem.sinks
        for c, one in enumerate(self.classes):
            amount = sum(self.problem.supplies[i].amount for i in one.members)
            rooms: dict[str, list[tuple[int, int]]] = {}
            for leaf, kind in one.supply.arcs.items():
                sink = sinks[leaf]
                if (kind == UNSURE and self.keep is None) or self.active.get(leaf, -1) == -1 or not sink.need:
                    continue
                variable = self.var(min(len(one.members) if sink.whole else amount, sink.need))
                self.flow.append((c, leaf, variable, kind))
                self.into[leaf].append(variable)
                room = rooms.setdefault("" if one.supply.across else sink.pool, [])
                room.append((variable, one.supply.amount if sink.whole else 1))
            for room in rooms.values():
                self.row(room, 0, amount)

    def rows(self) -> None:
        sinks = self.problem.sinks
        for leaf, variables in enumerate(self.into):
            need = sinks[leaf].need
            if not variables:
                if leaf in self.full:
                    self.row([(self.full[leaf], 1)], 0, 0)
                continue
            active = self.active.get(leaf)
            if active is None:
                self.row([(v, 1) for v in variables], 0, need)
            else:
                self.row([*((v, 1) for v in variables), (active, -need)], -INFINITY, 0)
            if leaf in self.full:
                self.row([*((v, 1) for v in variables), (self.full[leaf], -need)], 0, INFINITY)
        for i, (leaves, most) in enumerate(self.problem.limits):
            terms = [
                (v, self.classes[c].supply.amount if sinks[leaf].whole else 1)
                for c, leaf, v, _ in self.flow
                if leaf in leaves and i in self.classes[c].supply.limits
            ]
            if terms:
                self.row(terms, 0, most)
        for top, kept in zip(self.tops, self.keep or (), strict=False):
            if kept and not isinstance(top, bool):
                self.row([(top, 1)], 1, 1)

    def tiers(self) -> list[tuple[int, dict[int, int]]]:
        """What is best, the most important first: a bound of the value and the terms."""
        problem, flow = self.problem, self.flow
        size = [problem.unit if sink.whole else 1 for sink in problem.sinks]
        total = sum(problem.sinks[leaf].need * size[leaf] for leaf in self.leaves)
        terms = [(v, size[leaf], self.classes[c].supply, leaf, kind) for c, leaf, v, kind in flow]
        kept = {
            leaf for tree, keeps in zip(problem.trees, self.keep or (), strict=False) if keeps for leaf in _leaves(tree)
        }
        last = {leaf for leaf in self.leaves if problem.sinks[leaf].last}
        tops: dict[int, int] = {}
        tops_last: dict[int, int] = {}
        for top, tree in zip(self.tops, problem.trees, strict=True):
            if not isinstance(top, bool):
                counted = tops_last if last.issuperset(_leaves(tree)) else tops
                counted[top] = counted.get(top, 0) + 1
        tiers = [
            (total, {v: n for v, n, supply, leaf, _ in terms if leaf in supply.pins}),
            (len(self.tops), tops),
            (total, {v: -n for v, n, _, leaf, kind in terms if kind == UNSURE and leaf in kept}),
            (len(self.full), {v: 1 for leaf, v in self.full.items() if leaf not in last}),
            (total, {v: n for v, n, _, leaf, kind in terms if last and leaf not in last and kind == SURE}),
            (len(self.tops), tops_last),
            (len(self.full), {v: 1 for leaf, v in self.full.items() if leaf in last}),
            (total, {v: -n for v, n, _, _, kind in terms if kind == UNSURE}),
            (total, {v: n for v, n, *_ in terms}),
        ]
        stages = sorted({supply.stage for _, _, supply, _, _ in terms})
        for stage in stages[:-1]:
            tiers.append((total, {v: n for v, n, supply, _, _ in terms if supply.stage <= stage}))
        count = len(problem.sinks)
        tiers.append((count * count, {v: count - leaf for leaf, v in self.full.items()}))
        return [(bound, parts) for bound, parts in tiers if parts]

    def solve(self) -> None:
        """Solve the tiers, as many at once as exact arithmetic allows."""
        tiers = self.tiers()
        while tiers:
            weight, count = 1, 0
            while count < len(tiers) and (count == 0 or weight * (tiers[count][0] + 1) <= BIG):
                weight *= tiers[count][0] + 1
                count += 1
            goal: dict[int, int] = {}
            for bound, parts in tiers[:count]:
                weight //= bound + 1
                for variable, factor in parts.items():
                    goal[variable] = goal.get(variable, 0) + factor * weight
            self.maximise(goal)
            tiers = tiers[count:]
            if tiers:
                self.row(goal.items(), sum(self.values[v] * a for v, a in goal.items()), INFINITY)

    def maximise(self, goal: Mapping[int, int]) -> None:
        from ortools.sat.python import cp_model_helper

        self.proto.clear_objective()
        terms = [(v, a) for v, a in goal.items() if a]
        if terms:
            self.proto.objective.vars.extend([v for v, _ in terms])
            self.proto.objective.coeffs.extend([-a for _, a in terms])
        solver = cp_model_helper.SolveWrapper()
        parameters = cp_model_helper.SatParameters()
        parameters.num_workers = 1
        # Measured on audits of bundled programs: presolve takes five times as long as the search, no LP means no proof.
        parameters.linearization_level = 1
        parameters.cp_model_presolve = False
        parameters.cp_model_probing_level = 0
        solver.set_parameters(parameters)
        response = solver.solve(self.proto)  # type: ignore[no-untyped-call]
        status = str(response.status).rsplit(".", 1)[-1]
        if status != "OPTIMAL":
            raise RuntimeError(f"the audit's model has no proven answer: {status}")
        self.values = list(response.solution)

    def flows(self) -> list[dict[int, int]]:
        """Flows of the supplies, those of a class in their order."""
        sinks, supplies = self.problem.sinks, self.problem.supplies
        flows: list[dict[int, int]] = [{} for _ in supplies]
        left: dict[tuple[int, str], int] = {}
        # Whole supplies go first, so that what is left of a class stays in one piece.
        for c, leaf, variable, _ in sorted(self.flow, key=lambda one: (not sinks[one[1]].whole, one[1])):
            much = self.values[variable]
            sink = sinks[leaf]
            for i in self.classes[c].members:
                if not much:
                    break
                key = (i, "" if supplies[i].across else sink.pool)
                rest = left.setdefault(key, supplies[i].amount)
                if sink.whole and rest < supplies[i].amount:
                    continue
                part = 1 if sink.whole else min(much, rest)
                if part:
                    flows[i][leaf] = flows[i].get(leaf, 0) + part
                    left[key] = 0 if sink.whole else rest - part
                    much -= part
        return flows
