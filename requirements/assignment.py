"""The assignment of credit as plain integers: supplies that flow into leaves, and a tree of what must hold.

What is best comes first:

1. pinned credit at its requirement,
2. requirements of the program satisfied, each part that must hold by itself (`conjuncts`),
3. leaves satisfied,
4. credit placed,
5. credit of the first stage (earned), then of the next,
6. earlier leaves.

Leaves that take every course (electives) come last: 2 to 4 hold for the others first, so that Algebra I never fills an
elective while mathematics is still short. Where everything can be satisfied at once, this changes nothing.

Where credit that counts only by a person's word is allowed, as little of it as possible is used: none in requirements
that hold without it (before 3), none that does not help to fill a leaf (before 4). Under a guard, credit that surely
counts for a named requirement is not taken for it (before 2). Sparing, requirements that only credit can satisfy go
before those that something else still may, such as a test (before 2).

Everything here is an integer: amounts are scaled by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

SURE, UNSURE = 0, 1


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
    limits : tuple of (int, frozenset of int)
        Limits that its credit counts toward, each with the leaves in which it does.
    """

    amount: int
    stage: int
    arcs: Mapping[int, int]
    pins: frozenset[int] = frozenset()
    limits: tuple[tuple[int, frozenset[int]], ...] = ()
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


def conjuncts(tree: Tree) -> Iterator[Tree]:
    """The trees that must all hold for one to hold.

    Credit satisfies as many of them as it can, so that what cannot hold for want of one part names that part alone.
    """
    if tree.below and tree.least == len(tree.below):
        for part in tree.below:
            yield from conjuncts(part)
    else:
        yield tree


@dataclass(frozen=True, slots=True)
class Problem:
    """An assignment to solve; ``unit`` is the amount of one year-course, ``limits`` what each limit allows."""

    supplies: tuple[Supply, ...]
    sinks: tuple[Sink, ...]
    limits: tuple[int, ...]
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
    proven : bool
        No assignment is better; False only where the search for a better one was given up.
    """

    flows: tuple[Mapping[int, int], ...]
    satisfied: tuple[bool, ...]
    full: frozenset[int]
    proven: bool = True


def leaves_of(tree: Tree) -> Iterable[int]:
    """The leaves of a tree."""
    if tree.leaf is not None:
        yield tree.leaf
    for part in tree.below:
        yield from leaves_of(part)


def evaluate(tree: Tree, full: frozenset[int]) -> bool:
    """Whether a tree holds when these leaves are satisfied."""
    if tree.leaf is not None:
        return tree.leaf in full
    if tree.holds is not None:
        return tree.holds
    return sum(evaluate(part, full) for part in tree.below) >= tree.least


def spared(tree: Tree) -> bool:
    """Whether a tree can hold without any credit, once what is open is settled."""
    if not tree.below:
        return bool(tree.holds or tree.open)
    return sum(map(spared, tree.below)) >= tree.least


@dataclass(frozen=True, slots=True)
class Group:
    """Supplies that are alike, by their positions in the case."""

    supply: Supply
    amount: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """One thing to be maximised.

    Parameters
    ----------
    bound : int
        No assignment is worth more.
    arc, leaf, tree : callable, optional
        Worth of a unit from a group into a leaf by an arc of some kind, of a leaf satisfied, and of a tree (by its
        position in the case) that holds.
    """

    bound: int
    arc: Callable[[Group, int, int], int] | None = None
    leaf: Callable[[int], int] | None = None
    tree: Callable[[int], int] | None = None


@dataclass
class Case:
    """A part of a problem that nothing binds to the rest: the best of each part are the best of all."""

    problem: Problem
    leaves: tuple[int, ...]
    tree_ids: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    supplies: list[Supply] = field(default_factory=list)
    kept: list[bool] | None = None
    guard: bool = False
    sparing: bool = False

    @cached_property
    def trees(self) -> list[Tree]:
        return [self.problem.trees[i] for i in self.tree_ids]

    @cached_property
    def reach(self) -> dict[int, int]:
        """How much credit (or how many courses) could flow into each leaf, were it alone."""
        found = dict.fromkeys(self.leaves, 0)
        for supply in self.supplies:
            for leaf in supply.arcs:
                found[leaf] += 1 if self.problem.sinks[leaf].whole else supply.amount
        return found

    @cached_property
    def fillable(self) -> frozenset[int]:
        return frozenset(leaf for leaf, much in self.reach.items() if much >= self.problem.sinks[leaf].need)

    @cached_property
    def groups(self) -> list[Group]:
        found: dict[tuple[object, ...], list[int]] = {}
        for i, supply in enumerate(self.supplies):
            whole = any(self.problem.sinks[leaf].whole for leaf in supply.arcs)
            key = (
                supply.stage,
                tuple(sorted(supply.arcs.items())),
                supply.pins,
                supply.limits,
                supply.amount if whole else 0,
                i if supply.across else -1,
            )
            found.setdefault(key, []).append(i)
        return [
            Group(self.supplies[members[0]], sum(self.supplies[i].amount for i in members), tuple(members))
            for members in found.values()
        ]

    def size(self, leaf: int) -> int:
        """Credit that a unit of flow into a leaf stands for."""
        return self.problem.unit if self.problem.sinks[leaf].whole else 1

    def tiers(self) -> list[Tier]:
        """What is to be maximised, the most important first. Bounds are as low as they can be told without solving."""
        sinks, unit = self.problem.sinks, self.problem.unit
        size = {leaf: self.size(leaf) for leaf in self.leaves}
        last = {leaf for leaf in self.leaves if sinks[leaf].last}
        rest = [last.issuperset(leaves_of(tree)) for tree in self.trees]
        rank = {leaf: len(self.leaves) - i for i, leaf in enumerate(self.leaves)}

        def most(room: Iterable[int], given: Callable[[Group], bool]) -> int:
            """Credit that some leaves may take of some groups."""
            have = 0
            for group in self.groups:
                if given(group):
                    pools = {(sinks[leaf].pool, sinks[leaf].whole) for leaf in group.supply.arcs}
                    have += sum(len(group.members) * unit if whole else group.amount for _, whole in pools)
            return min(have, sum(sinks[leaf].need * size[leaf] for leaf in room))

        tiers = []
        if any(supply.pins for supply in self.supplies):
            bound = most(self.leaves, lambda group: bool(group.supply.pins))
            tiers.append(Tier(bound, arc=lambda group, leaf, kind: size[leaf] * (leaf in group.supply.pins)))
        named = most((leaf for leaf in self.leaves if leaf not in last), lambda group: True)
        surely = Tier(named, arc=lambda group, leaf, kind: size[leaf] * (kind == SURE and leaf not in last))
        if self.guard:
            tiers.append(surely)
        if self.sparing:
            needy = [not spared(tree) for tree in self.trees]
            tiers.append(Tier(needy.count(True), tree=lambda i: needy[i]))
        tiers.append(Tier(rest.count(False), tree=lambda i: not rest[i]))
        if self.kept is not None:
            unsure = most(self.leaves, lambda group: UNSURE in group.supply.arcs.values())
            inside = {
                leaf for tree, kept in zip(self.trees, self.kept, strict=True) if kept for leaf in leaves_of(tree)
            }
            tiers.append(Tier(unsure, arc=lambda group, leaf, kind: -size[leaf] * (kind == UNSURE and leaf in inside)))
        tiers.append(Tier(len(self.fillable - last), leaf=lambda leaf: leaf not in last))
        if any(sink.last for sink in sinks):
            tiers.append(surely)
            tiers.append(Tier(rest.count(True), tree=lambda i: rest[i]))
            tiers.append(Tier(len(self.fillable & last), leaf=lambda leaf: leaf in last))
        if self.kept is not None:
            tiers.append(Tier(unsure, arc=lambda group, leaf, kind: -size[leaf] * (kind == UNSURE)))
        tiers.append(Tier(most(self.leaves, lambda group: True), arc=lambda group, leaf, kind: size[leaf]))
        for stage in sorted({supply.stage for supply in self.supplies})[:-1]:
            bound = most(self.leaves, lambda group, stage=stage: group.supply.stage <= stage)  # type: ignore[misc]
            tiers.append(Tier(bound, arc=_up_to(stage, size)))
        tiers.append(Tier(sum(rank[leaf] for leaf in self.fillable), leaf=lambda leaf: rank[leaf]))
        return [tier for tier in tiers if tier.bound]

    def spread(self, amounts: Mapping[tuple[int, int], int]) -> list[dict[int, int]]:
        """Give what groups (by position) send to leaves to their supplies, in their order."""
        sinks, supplies = self.problem.sinks, self.supplies
        flows: list[dict[int, int]] = [{} for _ in supplies]
        left: dict[tuple[int, str], int] = {}
        # Whole supplies go first, so that what is left of a group stays in one piece.
        for (g, leaf), amount in sorted(
            amounts.items(), key=lambda one: (not sinks[one[0][1]].whole, one[0][1], one[0][0])
        ):
            much, sink = amount, sinks[leaf]
            for i in self.groups[g].members:
                if not much:
                    break
                key = (i, "" if supplies[i].across else sink.pool)
                rest = left.setdefault(key, supplies[i].amount)
                if sink.whole and rest < supplies[i].amount:
                    continue
                part = 1 if sink.whole else min(much, rest)
                if part:
                    flows[i][leaf] = part
                    left[key] = 0 if sink.whole else rest - part
                    much -= part
        return flows


def _up_to(stage: int, size: Mapping[int, int]) -> Callable[[Group, int, int], int]:
    return lambda group, leaf, kind: size[leaf] * (group.supply.stage <= stage)


def cases(problem: Problem, keep: Placing | None, *, guard: bool = False, sparing: bool = False) -> list[Case]:
    """Split a problem into independent cases; unsure arcs belong to them only where an answer without is to be kept."""
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

    inside = [list(leaves_of(tree)) for tree in problem.trees]
    for leaves in inside:
        join(leaves)
    known = {leaf for leaves in inside for leaf in leaves}
    arcs: list[dict[int, int]] = [
        {leaf: kind for leaf, kind in supply.arcs.items() if leaf in known and (keep is not None or kind == SURE)}
        for supply in problem.supplies
    ]
    limited: dict[int, set[int]] = {}
    patterns = set()
    for supply, own in zip(problem.supplies, arcs, strict=True):
        patterns.add((supply.across, tuple(own)))
        for i, within in supply.limits:
            limited.setdefault(i, set()).update(leaf for leaf in own if leaf in within)
    for across, pattern in patterns:
        for pool in {"" if across else problem.sinks[leaf].pool for leaf in pattern}:
            join(leaf for leaf in pattern if across or problem.sinks[leaf].pool == pool)
    for together in limited.values():
        join(together)
    found: dict[int, Case] = {}
    members: dict[int, set[int]] = {}
    for leaf in known:
        members.setdefault(find(leaf), set()).add(leaf)
    for i, leaves in enumerate(inside):
        if leaves:
            root = find(leaves[0])
            case = found.setdefault(root, Case(problem, tuple(sorted(members[root]))))
            case.tree_ids.append(i)
    for i, supply in enumerate(problem.supplies):
        of: dict[int, dict[int, int]] = {}
        for leaf, kind in arcs[i].items():
            of.setdefault(find(leaf), {})[leaf] = kind
        for root, own in of.items():
            found[root].indices.append(i)
            found[root].supplies.append(supply if len(own) == len(supply.arcs) else replace(supply, arcs=own))
    for case in found.values():
        case.kept = [keep.satisfied[i] for i in case.tree_ids] if keep is not None else None
        case.guard, case.sparing = guard, sparing
    return [case for case in found.values() if case.supplies]
