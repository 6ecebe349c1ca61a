"""The assignment of credit as a CP-SAT model, for what flows cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from requirements.assignment import Case, Tier, Tree, leaves_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model_helper import CpModelProto

BIG = 2**20  # tiers are joined up to here: with larger weights a proof may stall, up to 2**50 they would be exact
INFINITY = 2**62
MOST_EFFORT = 10.0  # of one solve, in the solver's own measure, equal on every machine


def solve(case: Case) -> tuple[dict[tuple[int, int], int], bool]:
    """What each group sends into each leaf, at best, and whether that is proven.

    Several tiers are solved at once, as far as their joined weights stay small.
    """
    model = _Model(case)
    tiers = case.tiers()
    while tiers:
        weight, count = 1, 0
        while count < len(tiers) and (count == 0 or weight * (tiers[count].bound + 1) <= BIG):
            weight *= tiers[count].bound + 1
            count += 1
        goal: dict[int, int] = {}
        parts = [model.terms(tier) for tier in tiers[:count]]
        for tier, part in zip(tiers[:count], parts, strict=True):
            weight //= tier.bound + 1
            for variable, factor in part.items():
                goal[variable] = goal.get(variable, 0) + factor * weight
        if not model.maximise(goal):
            break  # given up: what was found so far stands, unproven
        tiers = tiers[count:]
        if tiers:
            # Tier by tier: one row of the joined weights, as large as they are, would take the search seconds.
            for part in parts:
                model.row(part.items(), sum(model.values[v] * a for v, a in part.items()), INFINITY)
    return {(g, leaf): model.values[v] for g, leaf, v, _ in model.flow if model.values[v]}, model.proven


class _Model:
    """Flows of groups of supplies, a Boolean for each leaf that can be filled and each branch that can be taken."""

    def __init__(self, case: Case) -> None:
        from ortools.sat.python import cp_model_helper

        self.case = case
        self.proto: CpModelProto = cp_model_helper.CpModelProto()
        self.size = 0
        self.proven = True
        self.active: dict[int, int | None] = {}
        self.full: dict[int, int] = {}
        self.into: dict[int, list[int]] = {leaf: [] for leaf in case.leaves}
        self.flow: list[tuple[int, int, int, int]] = []  # group, leaf, variable, kind
        self.tops = [self.tree(tree, None) for tree in case.trees]
        self.supplies()
        self.rows()
        self.values = [0] * self.size

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

    def tree(self, tree: Tree, active: int | None) -> int | bool:
        """A variable that may be 1 only where the tree holds, or a fact; ``active`` is the choice it depends on."""
        if tree.holds is not None:
            return tree.holds
        if tree.leaf is not None:
            self.active[tree.leaf] = active
            if tree.leaf not in self.case.fillable:
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
            if not any(self.case.reach[leaf] for leaf in leaves_of(part)):
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
        for leaf in leaves_of(tree):
            self.active[leaf] = -1

    def supplies(self) -> None:
        sinks = self.case.problem.sinks
        for g, group in enumerate(self.case.groups):
            rooms: dict[str, list[tuple[int, int]]] = {}
            for leaf, kind in group.supply.arcs.items():
                sink = sinks[leaf]
                if self.active.get(leaf) == -1:
                    continue
                variable = self.var(min(len(group.members) if sink.whole else group.amount, sink.need))
                self.flow.append((g, leaf, variable, kind))
                self.into[leaf].append(variable)
                room = rooms.setdefault("" if group.supply.across else sink.pool, [])
                room.append((variable, group.supply.amount if sink.whole else 1))
            for room in rooms.values():
                self.row(room, 0, group.amount)

    def rows(self) -> None:
        sinks = self.case.problem.sinks
        for leaf, variables in self.into.items():
            need = sinks[leaf].need
            terms = [(v, 1) for v in variables]
            active = self.active.get(leaf)
            if active is None:
                self.row(terms, 0, need)
            elif active >= 0:
                self.row([*terms, (active, -need)], -INFINITY, 0)
            if leaf in self.full:
                self.row([*terms, (self.full[leaf], -need)], 0, INFINITY)
        for i, most in enumerate(self.case.problem.limits):
            terms = [
                (v, self.case.groups[g].supply.amount if sinks[leaf].whole else 1)
                for g, leaf, v, _ in self.flow
                if any(i == j and leaf in leaves for j, leaves in self.case.groups[g].supply.limits)
            ]
            if terms:
                self.row(terms, 0, most)
        for top, kept in zip(self.tops, self.case.kept or (), strict=False):
            if kept and not isinstance(top, bool):
                self.row([(top, 1)], 1, 1)

    def terms(self, tier: Tier) -> Counter[int]:
        """A tier in variables of the model, with their factors."""
        found: Counter[int] = Counter()
        if tier.tree is not None:
            for i, top in enumerate(self.tops):
                if not isinstance(top, bool):
                    found[top] += tier.tree(i)
        if tier.leaf is not None:
            for leaf, variable in self.full.items():
                found[variable] += tier.leaf(leaf)
        if tier.arc is not None:
            for g, leaf, variable, kind in self.flow:
                found[variable] += tier.arc(self.case.groups[g], leaf, kind)
        return found

    def maximise(self, goal: Mapping[int, int]) -> bool:
        """Solve for a goal; False where nothing was found within the effort allowed."""
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
        parameters.max_deterministic_time = MOST_EFFORT
        solver.set_parameters(parameters)
        response = solver.solve(self.proto)  # type: ignore[no-untyped-call]
        status = str(response.status).rsplit(".", 1)[-1]
        self.proven = self.proven and status == "OPTIMAL"
        if status not in ("OPTIMAL", "FEASIBLE"):
            return False
        self.values = list(response.solution)
        return True
