"""Local search: courses move, or trade places, within what their prerequisites allow.

The state is the load and the number of courses of every curriculum in every period, packed into one whole number each,
so that what a move changes is a handful of look-ups. Limits are not walls but cost much, since the way to a good
assignment may lead through a bad one.
"""

from __future__ import annotations

import heapq
import math
import random
import time
from collections.abc import Callable, Sequence
from threading import Event

from pathways.balance.bounds import Order
from pathways.balance.problem import Balance

LOOK = 512
"""Moves between two looks at the clock."""
TRADE = 0.8
"""Share of the moves that would be for the worse, and are tried as a trade instead."""
PASSES = ((1, 0.4, 0.01, 0.6), (10, 0.08, 0.01, 0.4))
"""Cost of a limit and temperatures, in what a usual course does to the cost of a load; share of the moves."""


class _Costs(dict[int, int]):
    """Cost of a packed state of one curriculum in one period, reckoned when first asked for."""

    def __init__(self, cost: Callable[[int], int]) -> None:
        self.cost = cost

    def __missing__(self, state: int) -> int:
        value = self[state] = self.cost(state)
        return value


class Search:
    """A local search that can be run again and again; it keeps the best assignment that holds all limits.

    Parameters
    ----------
    cap
        For ``max-load``: the largest load that is wanted. The value is then how far loads lie above it.
    """

    def __init__(self, problem: Balance, order: Order, seed: int, cap: int | None = None) -> None:
        self.problem, self.order, self.cap = problem, order, cap
        self.random = random.Random(seed)
        size, self.periods = len(problem.ids), problem.periods
        merged: dict[frozenset[int], int] = {}
        for one in problem.curricula:
            key = frozenset(one.courses)
            merged[key] = merged.get(key, 0) + 1
        self.unit = 1 + max((len(members) for members in merged), default=0)  # states are load * unit + count
        self.step = [credits * self.unit + 1 for credits in problem.credits]
        totals = [sum(problem.credits[course] for course in members) for members in merged]
        self.sums = list(zip(totals, merged.values(), strict=True))
        usual = sorted(problem.credits)[len(problem.credits) // 2] or 1
        self.usual = usual * usual * max(problem.balance_weight, 1)  # what a usual course does to the cost of a load
        self.limit_cost = 1 if cap is not None else self.usual
        self.costs = [self._costs(total, times) for total, times in self.sums]
        self.groups: list[list[int]] = [[] for _ in range(size)]
        for number, members in enumerate(merged):
            for course in members:
                self.groups[course].append(number)
        self.unwanted = [dict[int, int]() for _ in range(size)]
        if cap is None:
            for course, period in problem.undesired:
                self.unwanted[course][period] = problem.undesired_weight
        self.movable = [course for course in range(size) if order.first[course] < order.last[course]]
        self.members: list[list[int]] = [[] for _ in merged]
        for course in self.movable:
            for k in self.groups[course]:
                self.members[k].append(course)
        self.best: tuple[int, ...] | None = None
        self.best_value = 0
        self.place = self._greedy()

    def _costs(self, total: int, times: int) -> _Costs:
        p, unit, limit_cost, cap = self.problem, self.unit, self.limit_cost, self.cap
        low, rest = divmod(total, p.periods)
        high = low + (rest > 0)
        weight = p.balance_weight * times
        least, most = p.load.least or 0, p.load.most if p.load.most is not None else total
        fewest, fullest = p.courses.least or 0, p.courses.most if p.courses.most is not None else unit

        def cost(state: int) -> int:
            load, count = divmod(state, unit)
            beyond = max(load - most, least - load, 0) + max(count - fullest, fewest - count, 0)
            if cap is not None:
                return max(load - cap, 0) + beyond
            return weight * max(load - high, low - load, 0) ** 2 + limit_cost * beyond

        return _Costs(cost)

    # ---------------------------------------------------------------------------------------------------------- state

    def _greedy(self) -> list[int]:
        """Courses in the order of their prerequisites, each where it costs least now."""
        order = self.order
        self.states = [[0] * self.periods for _ in self.costs]
        place = [-1] * len(order.sequence)
        # The tightest first, then the largest, as far as prerequisites let them.
        waits = [len(before) for before in order.before]
        ready: list[tuple[int, int, int]] = []

        def free(course: int) -> None:
            heapq.heappush(ready, (order.last[course], -self.problem.credits[course], course))

        for course, number in enumerate(waits):
            if not number:
                free(course)
        while ready:
            course = heapq.heappop(ready)[2]
            begin = max((place[a] + 1 for a in order.before[course]), default=0)
            place[course] = min(
                range(begin, order.last[course] + 1), key=lambda period: (self._gain(course, period), period)
            )
            self._put(course, place[course], 1)
            for b in order.after[course]:
                waits[b] -= 1
                if not waits[b]:
                    free(b)
        self.value = self._whole(place)
        self._keep(place)
        return place

    def _gain(self, course: int, period: int) -> int:
        step = self.step[course]
        more = sum(
            costs[state + step] - costs[state]
            for k in self.groups[course]
            for costs, state in ((self.costs[k], self.states[k][period]),)
        )
        return more + self.unwanted[course].get(period, 0)

    def _put(self, course: int, period: int, sign: int) -> None:
        for k in self.groups[course]:
            self.states[k][period] += sign * self.step[course]

    def _whole(self, place: Sequence[int]) -> int:
        squares = sum(costs[state] for costs, states in zip(self.costs, self.states, strict=True) for state in states)
        return squares + sum(self.unwanted[course].get(period, 0) for course, period in enumerate(place))

    def _holds(self) -> bool:
        load, courses = self.problem.load, self.problem.courses
        return all(
            (load.least or 0) <= state // self.unit <= (math.inf if load.most is None else load.most)
            and (courses.least or 0) <= state % self.unit <= (math.inf if courses.most is None else courses.most)
            for states in self.states
            for state in states
        )

    def _keep(self, place: Sequence[int]) -> None:
        if (self.best is None or self.value < self.best_value) and self._holds():
            self.best, self.best_value = tuple(place), self.value

    def start_from(self, place: Sequence[int]) -> None:
        """Go on from another assignment, such as one the solver found."""
        self.place = list(place)
        self.states = [[0] * self.periods for _ in self.costs]
        for course, period in enumerate(place):
            self._put(course, period, 1)
        self.value = self._whole(place)
        self._keep(place)

    # --------------------------------------------------------------------------------------------------------- moving

    def anneal(self, moves: int, goal: int, until: float, stop: Event | None = None) -> bool:
        """Anneal the squares in two passes: limits give way in the first, and hardly in the second."""
        for limit_cost, hot, cold, share in PASSES:
            self.limit_cost = int(limit_cost * self.usual)
            self.costs = [self._costs(total, times) for total, times in self.sums]
            self.value = self._whole(self.place)
            if self.run(int(moves * share), hot * self.usual, cold * self.usual, goal, until, stop):
                return True
        return False

    def run(self, moves: int, hot: float, cold: float, goal: int, until: float, stop: Event | None = None) -> bool:
        """Simulated annealing from the present assignment.

        Parameters
        ----------
        moves
            How many are tried; the temperature falls from ``hot`` to ``cold`` over them.
        goal
            Value at which to end.
        until
            Time (`time.monotonic`) at which to end.

        Returns
        -------
        Whether the goal is reached.
        """
        if self.best is not None and self.best_value <= goal:
            return True
        if not self.movable or self.periods < 2:
            return False
        place, states, costs, groups, step = self.place, self.states, self.costs, self.groups, self.step
        before, after, unwanted = self.order.before, self.order.after, self.unwanted
        members, movable, rand, last = self.members, self.movable, self.random.random, self.periods - 1
        number = len(movable)
        cooling = (cold / hot) ** (LOOK / max(moves, LOOK))
        heat, value, best = hot, self.value, self.best_value if self.best is not None else 2**62
        for done in range(moves):
            if not done % LOOK and done:
                heat *= cooling
                if time.monotonic() > until or (stop is not None and stop.is_set()):
                    break
            course = movable[int(rand() * number)]
            now = place[course]
            begin, end = 0, last
            for a in before[course]:
                if place[a] >= begin:
                    begin = place[a] + 1
            for b in after[course]:
                if place[b] <= end:
                    end = place[b] - 1
            if begin == end:
                continue
            then = begin + int(rand() * (end - begin))
            if then >= now:
                then += 1
            own, size = groups[course], step[course]
            change = unwanted[course].get(then, 0) - unwanted[course].get(now, 0) if unwanted[course] else 0
            for k in own:
                cost, state = costs[k], states[k]
                here, there = state[now], state[then]
                change += cost[here - size] - cost[here] + cost[there + size] - cost[there]
            other = -1
            if change > 0 and own and rand() < TRADE:
                # Not good alone: maybe in a trade with a course of the same curriculum that lies there.
                peers = members[own[int(rand() * len(own))]]
                other = peers[int(rand() * len(peers))]
                if place[other] != then or (step[other] == size and groups[other] == own and not unwanted[other]):
                    other = -1
                else:
                    for a in before[other]:
                        if place[a] >= now:
                            other = -1
                            break
                    else:
                        for b in after[other]:
                            if place[b] <= now:
                                other = -1
                                break
                if other >= 0:
                    for k in own:
                        states[k][now] -= size
                        states[k][then] += size
                    width = step[other]
                    change += unwanted[other].get(now, 0) - unwanted[other].get(then, 0) if unwanted[other] else 0
                    for k in groups[other]:
                        cost, state = costs[k], states[k]
                        here, there = state[then], state[now]
                        change += cost[here - width] - cost[here] + cost[there + width] - cost[there]
                    if change > 0 and rand() >= math.exp(-change / heat):
                        for k in own:
                            states[k][now] += size
                            states[k][then] -= size
                        continue
                    for k in groups[other]:
                        states[k][then] -= width
                        states[k][now] += width
                    place[other], place[course] = now, then
            if other < 0:
                if change > 0 and rand() >= math.exp(-change / heat):
                    continue
                for k in own:
                    states[k][now] -= size
                    states[k][then] += size
                place[course] = then
            if change:
                value += change
                if value < best and self._holds():
                    best = self.best_value = value
                    self.best = tuple(place)
                    if best <= goal:
                        break
        self.value = value
        return self.best is not None and self.best_value <= goal
