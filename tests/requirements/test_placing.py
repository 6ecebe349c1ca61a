"""The assignment against brute force: every integer flow of small random problems, enumerated without the solver."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pytest

from requirements.assignment import SURE, UNSURE, Placing, Problem, Sink, Supply, Tree, joined
from requirements.placing import place

Fills = tuple[int, ...]
Flow = Mapping[int, int]


def random_tree(rng: random.Random, leaves: list[int], depth: int = 0) -> Tree:
    """A tree over some leaves, with facts strewn in."""
    if len(leaves) == 1 and (depth or rng.random() < 0.7):
        return Tree(leaf=leaves[0])
    parts: list[Tree] = []
    rest = list(leaves)
    while rest:
        take = rng.randint(1, len(rest))
        deeper = take < len(leaves) or depth < 1
        parts.append(random_tree(rng, rest[:take], depth + 1) if deeper else Tree(leaf=rest[0]))
        rest = rest[take if take < len(leaves) or depth < 1 else 1 :]
    if rng.random() < 0.3:
        holds = rng.random() < 0.4
        parts.append(Tree(holds=holds, open=not holds and rng.random() < 0.6))
    least = len(parts) if rng.random() < 0.45 else rng.randint(1, len(parts))
    return joined(parts, least)


def random_problem(rng: random.Random) -> Problem:
    count = rng.randint(1, 4)
    sinks = tuple(
        Sink(
            need=rng.randint(1, 2) if (whole := rng.random() < 0.15) else rng.randint(1, 3),
            pool=rng.choice("mmmab"),
            whole=whole,
            last=rng.random() < 0.2,
        )
        for _ in range(count)
    )
    limits = tuple(rng.randint(0, 2) for _ in range(rng.choice([0, 0, 0, 1, 2])))
    # A limit holds over some leaves, and of some supplies in a part of them only.
    over = [frozenset(rng.sample(range(count), rng.randint(1, count))) for _ in limits]
    supplies = []
    for _ in range(rng.randint(0, 4)):
        arcs = {
            leaf: SURE if rng.random() < 0.75 else UNSURE
            for leaf in sorted(rng.sample(range(count), rng.randint(0, count)))
        }
        supplies.append(
            Supply(
                amount=rng.randint(1, 2),
                stage=rng.randint(0, 2),
                arcs=arcs,
                pins=frozenset(leaf for leaf, kind in arcs.items() if kind == SURE and rng.random() < 0.08),
                limits=tuple(
                    (i, leaves if rng.random() < 0.7 else frozenset(rng.sample(sorted(leaves), 1)))
                    for i, leaves in enumerate(over)
                    if rng.random() < 0.6
                ),
                across=rng.random() < 0.08 and not any(sinks[leaf].whole for leaf in arcs),
            )
        )
    leaves = list(range(count))
    cuts = sorted({0, count, *(rng.randint(0, count) for _ in range(2))})
    trees = tuple(random_tree(rng, leaves[a:b]) for a, b in pairwise(cuts))
    return Problem(tuple(supplies), sinks, limits, trees, unit=2)


def allocations(problem: Problem, supply: Supply, unsure: bool) -> list[dict[int, int]]:
    """Every way to spread one supply."""
    groups: dict[str, list[int]] = {}
    for leaf, kind in supply.arcs.items():
        if kind == SURE or unsure:
            groups.setdefault("" if supply.across else problem.sinks[leaf].pool, []).append(leaf)
    found: list[dict[int, int]] = [{}]
    for leaves in groups.values():
        ways = list(spread(problem, leaves, supply.amount, supply.amount))
        found = [one | way for one in found for way in ways]
    return found


def spread(problem: Problem, leaves: list[int], left: int, whole: int) -> Iterator[dict[int, int]]:
    if not leaves:
        yield {}
        return
    leaf, rest = leaves[0], leaves[1:]
    if problem.sinks[leaf].whole:
        yield from spread(problem, rest, left, whole)
        if left == whole:
            yield from ({leaf: 1, **way} for way in spread(problem, rest, 0, whole))
        return
    for much in range(left + 1):
        for way in spread(problem, rest, left - much, whole):
            yield {leaf: much, **way} if much else way


def satisfied(tree: Tree, full: set[int]) -> bool:
    if tree.leaf is not None:
        return tree.leaf in full
    if tree.holds is not None:
        return tree.holds
    return sum(satisfied(part, full) for part in tree.below) >= tree.least


def inside(tree: Tree) -> set[int]:
    return {tree.leaf} if tree.leaf is not None else {leaf for part in tree.below for leaf in inside(part)}


def allowed(tree: Tree, fills: Fills, full: set[int]) -> bool:
    """Whether only branches that may take credit hold some."""
    if tree.least < len(tree.below):
        least = tree.least - sum(part.holds is True for part in tree.below)
        taking = [part for part in tree.below if any(fills[leaf] for leaf in inside(part))]
        if len(taking) > max(0, least):
            return False
        unfinished = sum(not satisfied(part, full) for part in taking)
        if unfinished > max(0, least - sum(part.open for part in tree.below)):
            return False
    return all(allowed(part, fills, full) for part in tree.below)


def parts_of(problem: Problem, flows: list[Flow], kept: set[int] | None) -> tuple[int, int, int, int, list[int]]:
    """What flows add up to: pinned, unsure in kept trees, sure where not every course counts, unsure, and by stage."""
    pinned = unsure_kept = named = unsure = 0
    stages = [0, 0, 0]
    for supply, flow in zip(problem.supplies, flows, strict=True):
        for leaf, much in flow.items():
            size = much * (problem.unit if problem.sinks[leaf].whole else 1)
            pinned += size if leaf in supply.pins else 0
            if supply.arcs[leaf] == UNSURE:
                unsure += size
                unsure_kept += size if kept and leaf in kept else 0
            elif not problem.sinks[leaf].last:
                named += size
            stages[supply.stage] += size
    return pinned, unsure_kept, named, unsure, stages


def value(problem: Problem, flows: list[Flow], keep: Placing | None, *, guard: bool = False) -> tuple[int, ...] | None:
    """The published objective of a full assignment; None where it breaks a rule."""
    fills = [0] * len(problem.sinks)
    for flow in flows:
        for leaf, much in flow.items():
            fills[leaf] += much
    if any(much > sink.need for much, sink in zip(fills, problem.sinks, strict=True)):
        return None
    known = {leaf for tree in problem.trees for leaf in inside(tree)}
    if any(much and leaf not in known for leaf, much in enumerate(fills)):
        return None
    full = {leaf for leaf, sink in enumerate(problem.sinks) if fills[leaf] >= sink.need}
    if not all(allowed(tree, tuple(fills), full) for tree in problem.trees):
        return None
    holds = [satisfied(tree, full) for tree in problem.trees]
    kept: set[int] | None = None
    if keep is not None:
        if any(before and not now for before, now in zip(keep.satisfied, holds, strict=True)):
            return None
        kept = {
            leaf for tree, before in zip(problem.trees, keep.satisfied, strict=True) if before for leaf in inside(tree)
        }
    last = {leaf for leaf, sink in enumerate(problem.sinks) if sink.last}
    rests = [bool(inside(tree)) and inside(tree) <= last for tree in problem.trees]
    pinned, unsure_kept, named, unsure, stages = parts_of(problem, flows, kept)
    return (
        pinned,
        named if guard else 0,
        sum(there for there, rest in zip(holds, rests, strict=True) if not rest),
        -unsure_kept,
        len(full - last),
        named if last else 0,
        sum(there for there, rest in zip(holds, rests, strict=True) if rest),
        len(full & last),
        -unsure,
        sum(stages),
        stages[0],
        stages[0] + stages[1],
        sum(len(problem.sinks) - leaf for leaf in full),
    )


def best(problem: Problem, keep: Placing | None, *, guard: bool = False) -> tuple[int, ...]:
    """The best value over all assignments: supplies one by one, keeping the best sums for each fill of the leaves."""
    kept = None
    if keep is not None:
        kept = {
            leaf for tree, before in zip(problem.trees, keep.satisfied, strict=True) if before for leaf in inside(tree)
        }
    states: dict[tuple[Fills, Fills], tuple[tuple[int, ...], list[Flow]]] = {
        ((0,) * len(problem.sinks), (0,) * len(problem.limits)): ((), [])
    }
    for index, supply in enumerate(problem.supplies):
        following: dict[tuple[Fills, Fills], tuple[tuple[int, ...], list[Flow]]] = {}
        for (fills, used), (_, flows) in states.items():
            for way in allocations(problem, supply, keep is not None):
                now = tuple(much + way.get(leaf, 0) for leaf, much in enumerate(fills))
                if any(much > sink.need for much, sink in zip(now, problem.sinks, strict=True)):
                    continue
                spent = list(used)
                for i, within in supply.limits:
                    spent[i] += sum(
                        much * (supply.amount if problem.sinks[leaf].whole else 1)
                        for leaf, much in way.items()
                        if leaf in within
                    )
                if any(much > most for much, most in zip(spent, problem.limits, strict=True)):
                    continue
                more = [*flows, way]
                part = Problem(problem.supplies[: index + 1], problem.sinks, problem.limits, (), problem.unit)
                pinned, unsure_kept, named, unsure, stages = parts_of(part, more, kept)
                # Fills settle the other values, and sums in this order stay in order when more is added to both.
                rank = (
                    pinned,
                    named if guard else 0,
                    -unsure_kept,
                    named,
                    -unsure,
                    sum(stages),
                    stages[0],
                    stages[0] + stages[1],
                )
                key = (now, tuple(spent))
                if key not in following or rank > following[key][0]:
                    following[key] = (rank, more)
        states = following
    values = (value(problem, flows, keep, guard=guard) for _, flows in states.values())
    return max(one for one in values if one is not None)


def breaks(problem: Problem, placing: Placing, unsure: bool) -> str | None:
    """What rule an assignment breaks, if any."""
    for supply, flow in zip(problem.supplies, placing.flows, strict=True):
        spent: dict[str, int] = {}
        for leaf, much in flow.items():
            if leaf not in supply.arcs or (supply.arcs[leaf] == UNSURE and not unsure) or much < 1:
                return "a flow without an arc"
            sink = problem.sinks[leaf]
            pool = "" if supply.across else sink.pool
            spent[pool] = spent.get(pool, 0) + (supply.amount * much if sink.whole else much)
        if any(much > supply.amount for much in spent.values()):
            return "more than there is"
    for i, most in enumerate(problem.limits):
        used = sum(
            much * (supply.amount if problem.sinks[leaf].whole else 1)
            for supply, flow in zip(problem.supplies, placing.flows, strict=True)
            for j, leaves in supply.limits
            if i == j
            for leaf, much in flow.items()
            if leaf in leaves
        )
        if used > most:
            return "over a limit"
    return None


@pytest.mark.parametrize("block", range(5))
def test_equals_brute_force(block: int) -> None:
    for seed in range(block * 500, block * 500 + 500):
        problem = random_problem(random.Random(seed))
        sure = place(problem)
        assert breaks(problem, sure, unsure=False) is None, seed
        assert value(problem, list(sure.flows), None) == best(problem, None), seed
        if seed % 3 and not all(sure.satisfied):
            guard = seed % 3 == 2
            more = place(problem, keep=sure, guard=guard)
            assert breaks(problem, more, unsure=True) is None, seed
            found = value(problem, list(more.flows), sure, guard=guard)
            assert found == best(problem, sure, guard=guard), seed


@pytest.mark.parametrize("most", [2**12, 2**16, 2**20, 2**24])
def test_large_numbers(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Rewards too large for the flow solver are coarse until all leaves are decided, or go to the other solver."""
    monkeypatch.setattr("requirements.branching.MOST", most)
    for seed in range(200):
        problem = random_problem(random.Random(seed))
        sure = place(problem)
        assert value(problem, list(sure.flows), None) == best(problem, None), seed
        if not all(sure.satisfied):
            assert value(problem, list(place(problem, keep=sure).flows), sure) == best(problem, sure), seed


def test_both_solvers_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CP-SAT model alone finds what the search finds."""
    monkeypatch.setattr("requirements.branching.MOST", 1)
    for seed in range(250):
        problem = random_problem(random.Random(seed))
        sure = place(problem)
        assert value(problem, list(sure.flows), None) == best(problem, None), seed
        if not all(sure.satisfied):
            assert value(problem, list(place(problem, keep=sure).flows), sure) == best(problem, sure), seed


def test_tiers_one_by_one_agree_with_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where amounts are too fine to weigh all tiers in one number, they are solved in turn."""
    monkeypatch.setattr("requirements.branching.MOST", 1)
    monkeypatch.setattr("requirements.placing_model.BIG", 100)
    for seed in range(150):
        problem = random_problem(random.Random(seed))
        assert value(problem, list(place(problem).flows), None) == best(problem, None), seed


def test_nothing_to_place() -> None:
    problem = Problem((), (Sink(2, "main"),), (), (Tree(leaf=0),), 1)
    assert place(problem) == Placing((), (False,), frozenset())
    assert place(Problem((), (), (), (), 1)) == Placing((), (), frozenset())


def test_earned_credit_goes_to_the_earlier_leaf() -> None:
    planned, earned = Supply(1, 2, {0: SURE, 1: SURE}), Supply(1, 0, {0: SURE, 1: SURE})
    problem = Problem((planned, earned), (Sink(1, "m"), Sink(1, "m")), (), (Tree(leaf=0), Tree(leaf=1)), 1)
    assert place(problem).flows == ({1: 1}, {0: 1})


def test_electives_get_what_is_left() -> None:
    """One credit that could fill an elective, or begin mathematics without filling it, begins mathematics."""
    algebra = Supply(1, 0, {0: SURE, 1: SURE})
    problem = Problem((algebra,), (Sink(2, "m"), Sink(1, "m", last=True)), (), (Tree(leaf=0), Tree(leaf=1)), 1)
    assert place(problem).flows == ({0: 1},)


def test_a_search_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requirements.branching.MOST_VISITS", 1)
    monkeypatch.setattr("requirements.placing_model.MOST_EFFORT", 0.0)
    told = set()
    for seed in range(100):
        problem = random_problem(random.Random(seed))
        found = place(problem)
        assert breaks(problem, found, unsure=False) is None, seed
        reached, most = value(problem, list(found.flows), None), best(problem, None)
        assert reached == most or (not found.proven and reached is not None and reached < most), seed
        told.add(found.proven)
    assert told == {True, False}


def test_what_holds_is_kept_although_more_could_hold_without_it() -> None:
    credit = Supply(2, 0, {0: SURE, 1: SURE, 2: SURE})
    doubtful = Supply(1, 0, {1: UNSURE}), Supply(1, 0, {2: UNSURE})
    sinks, trees = tuple(Sink(2, "m") for _ in range(3)), tuple(Tree(leaf=leaf) for leaf in range(3))
    problem = Problem((credit, *doubtful), sinks, (), trees, 1)
    sure = place(problem)
    assert sure.satisfied == (True, False, False)
    assert place(problem, keep=sure).satisfied[0]


def test_overlapping_limits_on_one_leaf() -> None:
    """Caps that are not nested fit no flow; nested ones do."""
    for limits in ([(0,), (0, 1), (1,)], [(0, 1), (0, 1), (1,)], [(0,), (0, 1), (0, 1)]):
        supplies = tuple(
            Supply(2, 0, {0: SURE, 1: SURE}, limits=tuple((i, frozenset({0})) for i in one)) for one in limits
        )
        for most in (0, 1, 2, 3):
            problem = Problem(supplies, (Sink(5, "m"), Sink(1, "m")), (most, 2), (Tree(leaf=0), Tree(leaf=1)), unit=1)
            found = place(problem)
            assert breaks(problem, found, unsure=False) is None
            assert value(problem, list(found.flows), None) == best(problem, None)
