"""What can be said before any search: windows of periods, and bounds that no assignment can beat."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter

from pathways.balance.problem import Balance, Curriculum

EXACT_TOTAL = 200_000
"""Credits of a curriculum up to which the loads it can have are listed one by one."""
MUCH = 2**60


@dataclass(frozen=True, slots=True)
class Order:
    """Prerequisites, with what follows from others left out, and the window of each course.

    ``first[c] > last[c]`` for some course says that a chain is longer than there are periods.
    """

    sequence: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    last: tuple[int, ...]

    @property
    def pairs(self) -> Iterator[tuple[int, int]]:
        return ((a, b) for b, earlier in enumerate(self.before) for a in earlier)

    def around(self, periods: Sequence[int], free: Set[int]) -> Order:
        """The same order where only some courses may leave the periods they have."""
        first = tuple(a if c in free else periods[c] for c, a in enumerate(self.first))
        last = tuple(b if c in free else periods[c] for c, b in enumerate(self.last))
        return replace(self, first=first, last=last)


def find_order(size: int, periods: int, prerequisites: Sequence[tuple[int, int]]) -> Order:
    """Order of courses by their prerequisites, which must not go in a circle."""
    direct: list[set[int]] = [set() for _ in range(size)]
    for a, b in prerequisites:
        direct[b].add(a)
    sequence = tuple(TopologicalSorter(dict(enumerate(direct))).static_order())
    above = [0] * size  # bits of all courses that must come before
    before: list[tuple[int, ...]] = [()] * size
    first, last = [0] * size, [periods - 1] * size
    for course in sequence:
        implied = 0
        for a in direct[course]:
            implied |= above[a]
            first[course] = max(first[course], first[a] + 1)
        before[course] = tuple(a for a in sorted(direct[course]) if not implied >> a & 1)
        above[course] = implied | sum(1 << a for a in direct[course])
    after: list[list[int]] = [[] for _ in range(size)]
    for course in reversed(sequence):
        for a in before[course]:
            last[a] = min(last[a], last[course] - 1)
            after[a].append(course)
    return Order(sequence, tuple(before), tuple(map(tuple, after)), tuple(first), tuple(last))


def least_peak(problem: Balance, order: Order) -> int:
    """A load that some curriculum must have in some period.

    Courses whose windows lie within some periods bring their credits there, whatever is done with the others.
    """
    peak = problem.load.least or 0
    for curriculum in problem.curricula:
        inside = [[0] * problem.periods for _ in range(problem.periods)]
        for course in curriculum.courses:
            peak = max(peak, problem.credits[course])
            inside[order.first[course]][order.last[course]] += problem.credits[course]
        ends = [0] * problem.periods  # credits of windows that begin at `begin` or later, by their end
        for begin in reversed(range(problem.periods)):
            within = 0
            for end in range(begin, problem.periods):
                ends[end] += inside[begin][end]
                within += ends[end]
                peak = max(peak, -(-within // (end - begin + 1)))
    return peak


@dataclass(frozen=True, slots=True)
class Hull:
    """Squared distance from the mean over the loads that a curriculum can have at all, as a convex function.

    With courses of 6 credits only, a mean of 27 is never met: 24 and 30 both cost 9, and so does everything between
    them on the lower hull. That is what makes the bound strong.
    """

    curriculum: Curriculum
    total: int
    periods: int
    loads: tuple[int, ...] | None

    def cost(self, load: int) -> int:
        low, rest = divmod(self.total, self.periods)
        high = low + (rest > 0)
        return max(load - high, low - load, 0) ** 2

    def least(self, total: int, periods: int) -> int:
        """Least cost of so many credits in so many periods (rounded up): on the hull all loads alike are best."""
        if self.loads is None or not periods:
            return 0
        at = total / periods
        above = bisect_left(self.loads, at)
        if above == len(self.loads) or (above == 0 and self.loads[0] > at):
            return MUCH
        high = self.loads[above]
        low = high if high == at else self.loads[above - 1]
        if low == high:
            return periods * self.cost(low)
        whole = self.cost(low) * (high * periods - total) + self.cost(high) * (total - low * periods)
        return -(-whole // (high - low))

    @property
    def bound(self) -> int:
        """Least cost of the curriculum by itself."""
        return self.least(self.total, self.periods)

    def within(self, most: int) -> tuple[int, ...] | None:
        """Loads a period may have when the curriculum is to cost no more than ``most``; None where unknown."""
        if self.loads is None:
            return None
        return tuple(
            load
            for load in self.loads
            if load <= self.total and self.cost(load) + self.least(self.total - load, self.periods - 1) <= most
        )


def find_hull(problem: Balance, curriculum: Curriculum) -> Hull:
    """Loads that a curriculum can have in a period: sums of its credits within the limits."""
    total = problem.total(curriculum)
    if total > EXACT_TOTAL:
        return Hull(curriculum, total, problem.periods, None)
    sums = 1
    for course in curriculum.courses:
        sums |= sums << problem.credits[course]
    least, most = problem.load.least or 0, min(total, total if problem.load.most is None else problem.load.most)
    return Hull(curriculum, total, problem.periods, tuple(n for n in range(least, most + 1) if sums >> n & 1))
