"""Branch and bound for the assignment of credit; every node is a minimum-cost flow.

A flow cannot say whether a leaf is full, whether a requirement holds, nor which branches of a choice take credit. So a
node's flow is rewarded for a leaf as far as it is filled, and for a requirement as far as its leaves are: no assignment
of the node can be worth more. Where the flow is an assignment itself and worth as much as its bound, the node is done;
else one leaf is decided (full or not), or one branch (taken or not).

Rewards are integers, scaled so that rounding them up costs less than one unit of the objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from requirements.assignment import Case, Tree, evaluate, leaves_of

MOST_VISITS = 200  # ordinary records take a few; beyond this the model of `placing_model` is faster
MOST = 2**60  # rewards above this could overflow in the flow solver


class Unfit(Exception):
    """The case binds its leaves in a way that no flow can express, or that takes flows too many."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Branches of which at most ``least`` take credit, and at most ``slack`` of them unfinished."""

    branches: tuple[tuple[Tree, frozenset[int]], ...]
    least: int
    slack: int


@dataclass(frozen=True, slots=True)
class _State:
    """What is decided: leaves that must be full, that must not, that take nothing, and branches taken."""

    full: frozenset[int] = frozenset()
    short: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    taken: frozenset[tuple[int, int]] = frozenset()


def branch_and_bound(case: Case) -> dict[tuple[int, int], int]:
    """What each group sends into each leaf, at best.

    Raises
    ------
    Unfit
        When a limit, a pool or the size of the numbers does not fit a flow, or too many decisions are needed.
    """
    return _Search(case).run()


@dataclass(slots=True)
class _Best:
    value: int = -1
    flow: dict[tuple[int, int], int] = field(default_factory=dict)
    full: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()


class _Search:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.sinks = case.problem.sinks
        self.weigh()
        self.network()
        self.choices: list[_Choice] = []
        for tree in case.trees:
            self.find_choices(tree)
        self.known: dict[int, frozenset[int]] = {}
        self.bounds: dict[tuple[object, ...], tuple[int, dict[int, Fraction]] | bool] = {}
        self.best = _Best()
        self.visits = 0

    exact_worth: dict[tuple[int, int], int]

    def weigh(self) -> None:
        """Join the tiers in one number."""
        self.tiers = self.case.tiers()
        self.by_arc: dict[tuple[int, int], int] = {}
        self.by_leaf = dict.fromkeys(self.case.leaves, 0)
        self.by_tree = [0] * len(self.case.trees)
        weight = 1
        for tier in reversed(self.tiers):
            if tier.arc is not None:
                for g, group in enumerate(self.case.groups):
                    for leaf, kind in group.supply.arcs.items():
                        self.by_arc[g, leaf] = self.by_arc.get((g, leaf), 0) + weight * tier.arc(group, leaf, kind)
            if tier.leaf is not None:
                for leaf in self.by_leaf:
                    self.by_leaf[leaf] += weight * tier.leaf(leaf)
            if tier.tree is not None:
                for i in range(len(self.by_tree)):
                    self.by_tree[i] += weight * tier.tree(i)
            weight *= tier.bound + 1
        self.total = sum(self.sinks[leaf].need for leaf in self.case.leaves)
        self.weight = weight

    def network(self) -> None:
        """Arcs of the flow; costs and capacities of the last ones, from leaf to sink, are those of a node."""
        import numpy as np

        case = self.case
        pools = {sink.pool for leaf in case.leaves if not (sink := self.sinks[leaf]).whole}
        if any(sink.pool in pools for leaf in case.leaves if (sink := self.sinks[leaf]).whole):
            raise Unfit
        self.leaf_node = {leaf: 2 + i for i, leaf in enumerate(case.leaves)}
        nodes = 2 + len(case.leaves)
        arcs: list[tuple[int, int, int, int]] = []
        self.flows_at: list[tuple[int, int, int]] = []
        self.supply = 0
        caps, into = self.caps(nodes)
        nodes += len(caps)
        for i, (node, head) in caps.items():
            arcs.append((node, head, case.problem.limits[i], 0))
        for g, group in enumerate(case.groups):
            entry: dict[str, int] = {}
            for leaf in group.supply.arcs:
                sink = self.sinks[leaf]
                if sink.whole and group.supply.across:
                    raise Unfit
                pool = "" if group.supply.across else sink.pool
                much = len(group.members) if sink.whole else group.amount
                if pool not in entry:
                    entry[pool] = nodes
                    arcs.append((0, nodes, much, 0))
                    self.supply += much
                    nodes += 1
                head = into.get((g, leaf), self.leaf_node[leaf])
                self.flows_at.append((g, leaf, len(arcs)))
                arcs.append((entry[pool], head, min(much, sink.need), self.by_arc[g, leaf]))
        self.first_sink = len(arcs)
        arcs += [(self.leaf_node[leaf], 1, self.sinks[leaf].need, 0) for leaf in case.leaves]
        arcs.append((0, 1, self.supply, 0))
        self.nodes = nodes
        self.settle_scale()
        columns = np.array([(t, h, c, -(-w // self.coarse) * self.scale) for t, h, c, w in arcs], dtype=np.int64).T
        self.tails, self.heads = columns[0].astype(np.int32), columns[1].astype(np.int32)
        self.capacities, self.costs = columns[2].copy(), -columns[3]
        self.every = np.arange(len(arcs))

    def settle_scale(self) -> None:
        """Fit the rewards into the numbers of the flow solver.

        Rewards of leaves are rounded up once for each unit of flow: the finer the scale, the less that loosens bounds.
        Where even whole rewards are too large, they are coarse, and exact once all leaves of a node are decided.
        """
        self.scale = min(2 * self.total, MOST // (self.weight * self.nodes))
        self.coarse = 1
        if self.scale < 1:
            self.scale, self.coarse = 1, -(-self.weight * self.nodes // MOST)
        if not self.weigh_flows(ties=True) and not self.weigh_flows(ties=False):
            raise Unfit

    def weigh_flows(self, *, ties: bool) -> bool:
        """Join the tiers of flows alone, all that weighs once it is settled what is full; False where it is too large.

        With ``ties``, credit that can be exchanged goes by stage: the earlier one into the earlier leaf.
        """
        stages = sorted({group.supply.stage for group in self.case.groups})
        last = len(stages) - 1
        weight = len(self.case.leaves) * len(stages) * self.total + 1 if ties else 1
        self.exact_worth = {}
        for g, leaf, _ in self.flows_at:
            place = self.leaf_node[leaf] - 2
            self.exact_worth[g, leaf] = -(last - stages.index(self.case.groups[g].supply.stage)) * place if ties else 0
        for tier in reversed(self.tiers):
            if tier.arc is not None:
                for g, leaf in self.exact_worth:
                    group = self.case.groups[g]
                    self.exact_worth[g, leaf] += weight * tier.arc(group, leaf, group.supply.arcs[leaf])
                weight *= tier.bound + 1
        return weight * self.nodes <= MOST

    def caps(self, first: int) -> tuple[dict[int, tuple[int, int]], dict[tuple[int, int], int]]:
        """Limits as nodes before their leaf: node and head of each, and where the arc of a group enters.

        They must be nested, as a flow passes through one after the other, and each on one leaf.
        """
        bound: dict[int, dict[int, set[int]]] = {}
        for g, group in enumerate(self.case.groups):
            for i, inside in group.supply.limits:
                for leaf in group.supply.arcs.keys() & inside:
                    bound.setdefault(i, {}).setdefault(leaf, set()).add(g)
        on: dict[int, list[tuple[int, set[int]]]] = {}
        for i, leaves in sorted(bound.items()):
            if len(leaves) > 1 or any(self.sinks[leaf].whole for leaf in leaves):
                raise Unfit
            for leaf, groups in leaves.items():
                on.setdefault(leaf, []).append((i, groups))
        nodes: dict[int, tuple[int, int]] = {}
        into: dict[tuple[int, int], int] = {}
        for leaf, limits in on.items():
            head: dict[int, int] = {}
            for i, groups in sorted(limits, key=lambda one: -len(one[1])):
                heads = {head.get(g, self.leaf_node[leaf]) for g in groups}
                if len(heads) > 1:
                    raise Unfit
                node = first + len(nodes)
                nodes[i] = node, heads.pop()
                head.update(dict.fromkeys(groups, node))
            into.update({(g, leaf): node for g, node in head.items()})
        return nodes, into

    def find_choices(self, tree: Tree) -> None:
        if tree.least < len(tree.below):
            branches = tuple(
                (part, frozenset(leaves_of(part)))
                for part in tree.below
                if any(self.case.reach[x] for x in leaves_of(part))
            )
            least = tree.least - sum(part.holds is True for part in tree.below)
            slack = max(0, least - sum(part.open for part in tree.below))
            if len(branches) > least or slack < len(branches):
                self.choices.append(_Choice(branches, least, slack))
        for part in tree.below:
            self.find_choices(part)

    # -- search ----------------------------------------------------------------------------------------------------

    def run(self) -> dict[tuple[int, int], int]:
        self.visit(_State())
        best = self.best
        found = self.exact(_State(full=best.full, closed=frozenset(self.case.leaves) - best.open - best.full))
        return best.flow if found is None else found

    def visit(self, state: _State) -> None:
        self.visits += 1
        if self.visits > MOST_VISITS:
            raise Unfit
        relaxed = self.relax(state)
        if relaxed is None:
            return
        bound, flow = relaxed
        if bound <= self.best.value:
            return
        if self.coarse > 1 and not self.free(state, self.case.fillable):
            exact = self.exact(state)
            flow = exact if exact is not None else flow
        fills = dict.fromkeys(self.case.leaves, 0)
        for (_, leaf), much in flow.items():
            fills[leaf] += much
        full = frozenset(leaf for leaf, much in fills.items() if much >= self.sinks[leaf].need)
        wrong = self.violation(state, fills, full)
        if wrong is None:
            value = self.value(flow, full)
            if value > self.best.value:
                taking = {leaf for leaf, much in fills.items() if much}
                shut = {
                    leaf
                    for choice in self.choices
                    for _, leaves in choice.branches
                    if not leaves & taking
                    for leaf in leaves
                }
                self.best = _Best(value, flow, full, frozenset(self.case.leaves) - shut)
            if bound <= value:
                return
            wrong = self.undecided(state, fills, full)
        for child in wrong:
            if child is not None:
                self.visit(child)

    def violation(self, state: _State, fills: Mapping[int, int], full: frozenset[int]) -> list[_State | None] | None:
        """Ways to decide what makes a flow no assignment; None where it is one."""
        for c, choice in enumerate(self.choices):
            taking = [k for k, (_, leaves) in enumerate(choice.branches) if any(fills[leaf] for leaf in leaves)]
            unfinished = [k for k in taking if not evaluate(choice.branches[k][0], full)]
            if len(taking) <= choice.least and len(unfinished) <= choice.slack:
                continue
            undecided = [k for k in taking if (c, k) not in state.taken]
            if undecided:
                k = max(undecided, key=lambda k: (sum(fills[leaf] for leaf in choice.branches[k][1]), -k))
                return [self.take(state, c, k), self.close(state, choice.branches[k][1])]
            return next((ways for k in unfinished if (ways := self.settle(state, choice.branches[k][1], full))), [])
        for number, tree in enumerate(self.case.trees):
            if self.case.kept is not None and self.case.kept[number] and not evaluate(tree, full):
                return self.settle(state, self.inside(tree), full)
        return None

    def undecided(self, state: _State, fills: Mapping[int, int], full: frozenset[int]) -> list[_State | None]:
        """Decide the leaf that is nearest to full, else one that a requirement lacks, else any."""
        part = [leaf for leaf in self.free(state, self.case.fillable) if 0 < fills[leaf] < self.sinks[leaf].need]
        if part:
            leaf = max(part, key=lambda leaf: (Fraction(fills[leaf], self.sinks[leaf].need), -leaf))
            return self.decide(state, leaf)
        return self.settle(state, self.case.fillable, full) or self.settle(state, self.case.fillable, frozenset())

    def settle(self, state: _State, leaves: frozenset[int], full: frozenset[int]) -> list[_State | None]:
        """Decide the first free leaf that is not full."""
        leaf = min((leaf for leaf in self.free(state, leaves) if leaf not in full), default=None)
        return [] if leaf is None else self.decide(state, leaf)

    def free(self, state: _State, leaves: frozenset[int]) -> frozenset[int]:
        return (leaves & self.case.fillable) - state.full - state.short - state.closed

    def decide(self, state: _State, leaf: int) -> list[_State | None]:
        return [replace(state, full=state.full | {leaf}), replace(state, short=state.short | {leaf})]

    def take(self, state: _State, c: int, k: int) -> _State | None:
        """A branch takes credit; when no more may, the others take none."""
        taken = state.taken | {(c, k)}
        state = replace(state, taken=taken)
        choice = self.choices[c]
        if sum((c, other) in taken for other in range(len(choice.branches))) < choice.least:
            return state
        rest = [leaves for other, (_, leaves) in enumerate(choice.branches) if (c, other) not in taken]
        return self.close(state, frozenset().union(*rest))

    def close(self, state: _State, leaves: frozenset[int]) -> _State | None:
        return None if leaves & state.full else replace(state, closed=state.closed | leaves)

    def exact(self, state: _State) -> dict[tuple[int, int], int] | None:
        """The best flow where it is settled which leaves are full, with the earlier stage in the earlier leaf."""
        costs, capacities = self.costs.copy(), self.capacities.copy()
        for g, leaf, i in self.flows_at:
            costs[i] = -self.exact_worth[g, leaf]
        for i, leaf in enumerate(self.case.leaves, self.first_sink):
            if leaf in state.full or leaf in state.closed:
                capacities[i] = 0
            elif leaf in state.short:
                capacities[i] -= 1
        found = self.solve(costs, capacities, state.full)
        return found[1] if found is not None else None

    def relax(self, state: _State) -> tuple[int, dict[tuple[int, int], int]] | None:
        """Bound of a node and the flow that reaches it; None where nothing fits."""
        per_unit: dict[int, Fraction] = {}
        gain = sum(self.by_leaf[leaf] for leaf in state.full)
        for number, tree in enumerate(self.case.trees):
            found = self.upper(tree, state, number)
            if found is True:
                gain += self.by_tree[number]
            elif found is False:
                if self.case.kept is not None and self.case.kept[number]:
                    return None
            else:
                for leaf, part in found[1].items():
                    per_unit[leaf] = per_unit.get(leaf, Fraction(0)) + part * self.by_tree[number]
        costs, capacities = self.costs.copy(), self.capacities.copy()
        for i, leaf in enumerate(self.case.leaves, self.first_sink):
            need = self.sinks[leaf].need
            share: Fraction | None = per_unit.get(leaf)
            if leaf in state.closed or leaf in state.full:
                capacities[i] = 0
                continue
            if leaf in state.short:
                capacities[i] = need - 1
            elif leaf in self.case.fillable:
                own = Fraction(self.by_leaf[leaf], need)
                share = own if share is None else share + own
            if share is not None:
                costs[i] = -share.numerator * self.scale // (share.denominator * self.coarse)  # rounded away from 0
        flow = self.solve(costs, capacities, state.full)
        if flow is None:
            return None
        worth, amounts = flow
        return gain + worth * self.coarse // self.scale, amounts

    def solve(self, costs: Any, capacities: Any, full: frozenset[int]) -> tuple[int, dict[tuple[int, int], int]] | None:
        """The flow of most worth in which some leaves are full; None where they cannot be."""
        import numpy as np
        from ortools.graph.python import min_cost_flow

        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(self.tails, self.heads, capacities, costs)
        forced = 0
        for leaf in full:
            need = self.sinks[leaf].need
            solver.set_node_supply(self.leaf_node[leaf], -need)
            forced += need
        if forced > self.supply:
            return None
        solver.set_node_supply(0, self.supply)
        solver.set_node_supply(1, forced - self.supply)
        status = solver.solve()
        if status == solver.INFEASIBLE:
            return None
        if status != solver.OPTIMAL:
            raise Unfit
        values = solver.flows(self.every)
        return -int(np.dot(values, costs)), {
            (g, leaf): much for g, leaf, i in self.flows_at if (much := int(values[i]))
        }

    def upper(self, tree: Tree, state: _State, number: int) -> tuple[int, dict[int, Fraction]] | bool:
        """What a unit of each undecided leaf adds to a tree at most, and the size of those leaves; or the answer."""
        leaves = self.inside(tree)
        key = (number, id(tree), state.full & leaves, (state.short | state.closed) & leaves)
        found = self.bounds.get(key)
        if found is None:
            found = self.bounds[key] = self._upper(tree, state, number)
        return found

    def _upper(self, tree: Tree, state: _State, number: int) -> tuple[int, dict[int, Fraction]] | bool:
        if tree.holds is not None:
            return tree.holds
        if tree.leaf is not None:
            leaf = tree.leaf
            if leaf in state.full:
                return True
            if leaf in state.short or leaf in state.closed or leaf not in self.case.fillable:
                return False
            need = self.sinks[leaf].need
            return need, {leaf: Fraction(1, need)}
        parts = [self.upper(part, state, number) for part in tree.below]
        least = tree.least - sum(part is True for part in parts)
        open_ = [part for part in parts if not isinstance(part, bool)]
        if least <= 0:
            return True
        if least > len(open_):
            return False
        shares: dict[int, Fraction] = {}
        size = sum(part[0] for part in open_)
        for own, inside in open_:
            # All must hold: any mean of their bounds is one. Some must hold: the sum over how many.
            factor = Fraction(own, size) if least == len(open_) else Fraction(1, least)
            for leaf, share in inside.items():
                shares[leaf] = shares.get(leaf, Fraction(0)) + share * factor
        return size, shares

    def inside(self, tree: Tree) -> frozenset[int]:
        found = self.known.get(id(tree))
        if found is None:
            found = self.known[id(tree)] = frozenset(leaves_of(tree))
        return found

    def value(self, flow: dict[tuple[int, int], int], full: frozenset[int]) -> int:
        return (
            sum(self.by_arc[arc] * much for arc, much in flow.items())
            + sum(self.by_leaf[leaf] for leaf in full)
            + sum(self.by_tree[i] for i, tree in enumerate(self.case.trees) if evaluate(tree, full))
        )
