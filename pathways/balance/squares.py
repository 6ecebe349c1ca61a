"""Search and proof for ``gbac`` in a part of a problem that nothing ties to the rest.

The search frees the courses of some curricula that share many, keeps all others, and asks the solver for something
better. The proof bounds each curriculum by itself, then joins those that share the most, step by step, until one group
is left: what all others cost at least, a group cannot spend, and so every step is small. As long as the search gets on,
all workers search; then one of them proves.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from pathways.balance.bounds import Group, find_hull, find_order, join, keep, leaves, narrow
from pathways.balance.check import faults, loads, measure
from pathways.balance.problem import Balance
from pathways.balance.search import Search

MOVES = 8
"""Moves of the first annealing for each pair of courses, up to `MOST_MOVES`."""
FEWEST_MOVES = 20_000
MOST_MOVES = 500_000
WHOLE = 150
"""Courses, up to which the whole is tried before it is taken apart; that settles most such problems."""
WHOLE_WORK = 4.0
"""Work on that; see `Model.solve`."""
GROUP_WORK = 3.0
"""Work on a group of curricula before it is joined with another."""
PLAIN_SHARE = 0.4
"""Share of that work that goes first to the model without listed ways to make up a load."""
SMALL = 60
"""Courses, up to which a proof takes no longer than a few neighbourhoods."""
NEAR_WORK = 0.7
"""Work on a neighbourhood."""
IDLE = 6
"""Neighbourhoods without anything better, after which one worker turns to the proof."""
SEARCH_SHARE = 0.3
"""Share of the time, after which it does so in any case."""
NEAR_WAYS = 8_000
"""Ways to make up a load that are listed in a neighbourhood; few for each load, where many curricula share courses."""
NEAR_COST = 4
"""What a curriculum may cost more than before in a neighbourhood, so that others cost less."""
MIXED = 0.2
"""Share of the neighbourhoods whose courses are drawn from everywhere."""


class Squares:
    """What is known of one part: the best assignment so far, and what no assignment can beat."""

    def __init__(self, problem: Balance, until: float, seed: int, stop: Event | None) -> None:
        self.problem, self.until, self.seed, self.stop = problem, until, seed, stop
        self.order = find_order(len(problem.ids), problem.periods, problem.prerequisites)
        self.hulls = [find_hull(problem, one) for one in problem.curricula]
        self.search = Search(problem, self.order, seed)
        self.groups = leaves(problem, self.hulls)
        self.bound = sum(group.floor for group in self.groups)
        self.best: tuple[int, ...] | None = None
        self.value = 2**62
        self.impossible = False
        self.members = [frozenset(one.courses) for one in problem.curricula]
        self.random = random.Random(seed)
        self.free = min(40.0, len(problem.ids))  # courses that are free in a neighbourhood
        # Neighbourhoods since the last one that had something better.
        self.idle = 0 if len(problem.ids) > SMALL else IDLE
        self.lock = Lock()

    @property
    def left(self) -> float:
        """Seconds left; none once stopped."""
        return 0.0 if self.stop is not None and self.stop.is_set() else self.until - time.monotonic()

    @property
    def proven(self) -> bool:
        return self.best is not None and self.bound >= self.value

    @property
    def over(self) -> bool:
        return self.proven or self.impossible or self.left <= 0

    def found(self, periods: tuple[int, ...] | None) -> None:
        """Take an assignment if it holds and is better."""
        if periods is None or faults(self.problem, periods):
            return
        value = measure(self.problem, periods)
        with self.lock:
            if value < self.value:
                self.best, self.value = periods, value

    def anneal(self) -> None:
        """Look for an assignment without the solver."""
        moves = min(max(MOVES * len(self.problem.ids) ** 2, FEWEST_MOVES), MOST_MOVES)
        self.search.anneal(moves, self.bound, self.until, self.stop)
        self.found(self.search.best)

    def pursue(self, workers: int) -> None:
        """Search and prove until the matter is settled or the time is over."""
        if self.best is None and not self.over:
            self.settle(workers)
        if self.over:
            return
        steps = self.proof()
        latest = self.until - (1 - SEARCH_SHARE) * self.left  # the time when the proof begins in any case
        if workers == 1:
            while not self.over:
                self.improve()
                if (self.idle >= IDLE or time.monotonic() > latest) and not self.over:
                    next(steps)
            return

        def search() -> None:
            while not self.over:
                self.improve()

        def prove() -> None:
            # The better the best, the smaller the steps of the proof: as long as the search gets on, all search.
            while not self.over and self.idle < IDLE and time.monotonic() < latest:
                self.improve()
            while not self.over:
                next(steps)

        with ThreadPoolExecutor(workers) as pool:
            for work in [pool.submit(act) for act in (prove, *(workers - 1) * [search])]:
                work.result()

    def settle(self, workers: int) -> None:
        """Any assignment, or the proof that there is none."""
        from pathways.balance.model import Model

        model = Model(self.problem, self.order, prefix=False)
        solved = model.solve(seconds=self.left, workers=workers, seed=self.seed, way="core", stop=self.stop)
        self.impossible = solved.status == "infeasible"
        self.found(solved.periods)
        if self.best is not None and not self.proven:
            self.search.start_from(self.best)
            self.anneal()

    # --------------------------------------------------------------------------------------------------------- search

    def improve(self) -> None:
        """Search one neighbourhood of the best assignment to its end, or for a while."""
        from pathways.balance.model import Model

        with self.lock:
            best, free, seed = self.best, self.pick(), self.random.randrange(2**30)
        assert best is not None
        touched = [number for number, members in enumerate(self.members) if members & free]
        courses = free.union(*(self.members[number] for number in touched))
        courses.update(a for course in free for a in (*self.order.before[course], *self.order.after[course]))
        near, kept = keep(self.problem, sorted(courses), touched, free)
        places = [best[course] for course in kept]
        order = find_order(len(kept), near.periods, near.prerequisites)
        order = order.around(places, {n for n, course in enumerate(kept) if course in free})
        hulls = [self.hulls[number] for number in touched]
        costs = [sum(map(hull.cost, loads(self.problem, hull.curriculum, best))) for hull in hulls]
        model = Model(near, order, prefix=True)
        model.ways = min(model.ways, NEAR_WAYS // (near.periods * len(touched) or 1))
        model.minimise_squares(
            hulls, join(leaves(near, hulls)), measure(near, places) - 1, ceilings=[cost + NEAR_COST for cost in costs]
        )
        solved = model.solve(seconds=self.left, workers=1, seed=seed, way="whole", stop=self.stop, work=NEAR_WORK)
        if solved.periods is not None:
            then = dict(zip(kept, solved.periods, strict=True))
            self.found(tuple(then.get(course, period) for course, period in enumerate(best)))
        self.idle = 0 if solved.periods is not None else self.idle + 1
        # Larger neighbourhoods after one that was searched to its end, smaller ones after one that was not.
        settled = solved.status in ("optimal", "infeasible")
        self.free = min(max(self.free * (1.05 if settled else 0.9), 10.0), float(len(self.problem.ids)))

    def pick(self) -> set[int]:
        """Courses of a curriculum and of those that share the most with it, or of any."""
        rng, number = self.random, int(self.free)
        every = range(len(self.problem.ids))
        if rng.random() < MIXED:
            return set(rng.sample(every, number))
        free: set[int] = set()
        left = list(self.members)
        while left and len(free) < number:
            nearest = max(left, key=lambda members: _shared(members, free) + 0.3 * rng.random())
            left.remove(nearest)
            more = sorted(nearest - free)
            free.update(rng.sample(more, min(number - len(free), len(more))))
        return free or {rng.choice(every)}

    # ---------------------------------------------------------------------------------------------------------- proof

    def proof(self) -> Iterator[None]:
        """Bound the whole, each group, then two joined ones, until all are; then again with more work."""
        if len(self.problem.ids) <= WHOLE:
            self.prove(join(self.groups), WHOLE_WORK)
        else:
            self.attempt(join(self.groups), PLAIN_SHARE * WHOLE_WORK, ways=0)
        yield
        tree, at, work = list(self.groups), 0, GROUP_WORK
        while True:
            if at == len(tree) and len(self.groups) > 1:
                tree.append(self.join_nearest())
            elif at == len(tree):
                at, work = 0, 2 * work
            if not tree[at].settled:
                self.prove(tree[at], work)
                yield
            at += 1

    def join_nearest(self) -> Group:
        """Join the two groups that share the most courses."""
        courses = [frozenset[int]().union(*(self.members[n] for n in group.curricula)) for group in self.groups]
        pairs = ((a, b) for b in range(len(courses)) for a in range(b))
        nearest = max(pairs, key=lambda pair: _shared(courses[pair[0]], courses[pair[1]]))
        joined = join([self.groups[n] for n in nearest])
        for group in joined.inside:
            group.above = joined
        self.groups = [group for n, group in enumerate(self.groups) if n not in nearest] + [joined]
        return joined

    def prove(self, group: Group, work: float) -> None:
        """Bound a group without listed ways to make up a load, then with them.

        Many a group is settled at once without. Where courses have many numbers of credits and curricula share nearly
        all of them, the lists are long and say little: only the model without them gets anywhere.
        """
        from pathways.balance.model import PATTERNS

        if any(self.hulls[number].mixed for number in group.curricula):
            self.attempt(group, PLAIN_SHARE * work, ways=0)
        if not group.settled and not self.over:
            self.attempt(group, work, ways=PATTERNS)

    def attempt(self, group: Group, work: float, ways: int) -> None:
        """Raise the floor of a group, or find that what the others leave for it does not suffice."""
        from pathways.balance.model import Model

        with self.lock:
            best, value = self.best, self.value
        assert best is not None
        whole = len(group.curricula) == len(self.problem.curricula)
        rest = 0 if whole else self.rest(group)
        part, kept = (self.problem, range(len(best))) if whole else narrow(self.problem, self.order, group.curricula)
        model = Model(part, find_order(len(kept), part.periods, part.prerequisites), prefix=True)
        model.ways = ways
        hulls = [self.hulls[number] for number in group.curricula]
        most = value - 1 - rest
        if whole:
            group.rise(self.bound)
        model.minimise_squares(hulls, group.numbered(group.curricula), most)
        model.hint([best[course] for course in kept])
        solved = model.solve(seconds=self.left, workers=1, seed=self.seed, way="whole", stop=self.stop, work=work)
        if solved.status == "infeasible":
            self.bound = value  # no assignment is better than the best one was
            return
        group.settled = solved.status == "optimal"
        group.rise(min(solved.bound, most + 1))
        self.bound = max(self.bound, group.floor + rest, sum(one.floor for one in self.groups))
        if whole:
            self.found(solved.periods)

    def rest(self, group: Group) -> int:
        """What all curricula cost at least that are not in a group."""
        beside = self.groups if group.above is None else group.above.inside
        floors = sum(one.floor for one in beside if one is not group)
        return floors if group.above is None else floors + self.rest(group.above)


def _shared(a: Set[int], b: Set[int]) -> float:
    """Share of the courses that both have; all where there are none."""
    return len(a & b) / len(a | b) if a or b else 1.0
