"""What can be said before any search: windows of periods, and bounds that no assignment can beat."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from itertools import pairwise

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

    Parameters
    ----------
    loads
        None where they are too many to list.
    mixed
        Whether the commonest number of credits of a course does not divide all others: a load can then be made up in
        ways that differ.
    """

    curriculum: Curriculum
    total: int
    periods: int
    loads: tuple[int, ...] | None
    mixed: bool

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
        return Hull(curriculum, total, problem.periods, None, False)
    sums = 1
    for course in curriculum.courses:
        sums |= sums << problem.credits[course]
    least, most = problem.load.least or 0, min(total, total if problem.load.most is None else problem.load.most)
    loads = tuple(n for n in range(least, most + 1) if sums >> n & 1)
    sizes = Counter(problem.credits[course] for course in curriculum.courses if problem.credits[course])
    usual = sizes.most_common(1)[0][0] if sizes else 1
    return Hull(curriculum, total, problem.periods, loads, any(size % usual for size in sizes))


@dataclass(slots=True, eq=False)
class Group:
    """Curricula that are bounded together: equal ones, or all of the groups inside.

    Parameters
    ----------
    floor
        What they cost at least, undesired placements of the courses that are at home there included (`find_homes`); in
        the group of all curricula also those of courses that have no home.
    settled
        Whether they cost no more where they are alone.
    above
        The group that this one is inside of.
    """

    curricula: tuple[int, ...]
    floor: int
    inside: tuple[Group, ...] = ()
    settled: bool = False
    above: Group | None = None

    def rise(self, floor: int) -> None:
        """Take a higher floor, and hand it on."""
        self.floor = max(self.floor, floor)
        if self.above is not None:
            self.above.rise(sum(group.floor for group in self.above.inside))

    def numbered(self, curricula: Sequence[int]) -> Group:
        """The same where only some curricula are there, by their new numbers."""
        new = tuple(curricula.index(number) for number in self.curricula)
        return Group(new, self.floor, tuple(group.numbered(curricula) for group in self.inside))


def leaves(problem: Balance, hulls: Sequence[Hull]) -> list[Group]:
    """Each curriculum by itself, with those that equal it; a group of none where there are no curricula."""
    equals: dict[frozenset[int], list[int]] = {}
    for number, one in enumerate(problem.curricula):
        equals.setdefault(frozenset(one.courses), []).append(number)
    return [
        Group(tuple(numbers), problem.balance_weight * sum(hulls[number].bound for number in numbers))
        for numbers in equals.values()
    ] or [Group((), 0)]


def join(groups: Sequence[Group]) -> Group:
    """One group of several that have no curriculum in common: it costs at least what they cost together."""
    curricula = tuple(sorted(number for group in groups for number in group.curricula))
    return Group(curricula, sum(group.floor for group in groups), tuple(groups))


def find_homes(problem: Balance) -> dict[int, int]:
    """The first curriculum of each course that has one: there its undesired placement counts, and nowhere else."""
    homes: dict[int, int] = {}
    for number, one in enumerate(problem.curricula):
        for course in one.courses:
            homes.setdefault(course, number)
    return homes


def keep(
    problem: Balance, courses: Sequence[int], curricula: Sequence[int], counted: Iterable[int]
) -> tuple[Balance, Sequence[int]]:
    """Some courses and curricula of a problem, both in rising order, and the courses again.

    Undesired placements remain for the courses that are ``counted``.
    """
    at = {course: number for number, course in enumerate(courses)}
    wanted = set(counted)
    kept = replace(
        problem,
        ids=tuple(problem.ids[course] for course in courses),
        credits=tuple(problem.credits[course] for course in courses),
        prerequisites=tuple((at[a], at[b]) for a, b in problem.prerequisites if a in at and b in at),
        curricula=tuple(
            replace(problem.curricula[n], courses=tuple(at[course] for course in problem.curricula[n].courses))
            for n in curricula
        ),
        undesired=tuple(
            (at[course], period) for course, period in problem.undesired if course in at and course in wanted
        ),
    )
    return kept, courses


def narrow(problem: Balance, order: Order, curricula: Sequence[int]) -> tuple[Balance, Sequence[int]]:
    """The problem of some curricula alone: their courses, and all that must come before or after those.

    Whatever the rest does, these curricula cost as much as here at least.
    """
    homes, inside = find_homes(problem), set(curricula)
    above = {course for number in curricula for course in problem.curricula[number].courses}
    below = set(above)
    for course in reversed(order.sequence):
        if course in above:
            above.update(order.before[course])
    for course in order.sequence:
        if course in below:
            below.update(order.after[course])
    counted = {course for course, home in homes.items() if home in inside}
    return keep(problem, sorted(above | below), curricula, counted)


def independent(problem: Balance) -> list[tuple[Balance, Sequence[int]]]:
    """Parts of a problem that share neither curricula nor prerequisites, with their courses; the smallest first.

    Courses that nothing ties to a curriculum are one part together.
    """
    root = list(range(len(problem.ids)))

    def find(course: int) -> int:
        while root[course] != course:
            root[course] = root[root[course]]
            course = root[course]
        return course

    for a, b in (*problem.prerequisites, *(pair for one in problem.curricula for pair in pairwise(one.courses))):
        root[find(a)] = find(b)
    curricula: dict[int, list[int]] = {}
    for number, one in enumerate(problem.curricula):
        if one.courses:
            curricula.setdefault(find(one.courses[0]), []).append(number)
    part = [at if at in curricula else -1 for at in map(find, range(len(root)))]
    courses: dict[int, list[int]] = {}
    for course, at in enumerate(part):
        courses.setdefault(at, []).append(course)
    prerequisites: dict[int, list[tuple[int, int]]] = {}
    for pair in problem.prerequisites:
        prerequisites.setdefault(part[pair[0]], []).append(pair)
    undesired: dict[int, list[tuple[int, int]]] = {}
    for course, period in problem.undesired:
        undesired.setdefault(part[course], []).append((course, period))
    parts = []
    for at, inside in courses.items():
        own = replace(problem, prerequisites=tuple(prerequisites.get(at, ())), undesired=tuple(undesired.get(at, ())))
        parts.append(keep(own, inside, curricula.get(at, []), inside))
    return sorted(parts, key=lambda part: len(part[1]))
