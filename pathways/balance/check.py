"""Hold an assignment against the problem by plain arithmetic; shares nothing with the search."""

from __future__ import annotations

from collections.abc import Sequence

from pathways.balance.problem import Balance, Curriculum


def loads(problem: Balance, curriculum: Curriculum, periods: Sequence[int]) -> list[int]:
    """Credits of a curriculum in each period."""
    found = [0] * problem.periods
    for course in curriculum.courses:
        found[periods[course]] += problem.credits[course]
    return found


def measure(problem: Balance, periods: Sequence[int]) -> int:
    """Value of the objective for the period of each course."""
    if problem.objective == "max-load":
        return max(max(loads(problem, one, periods)) for one in problem.curricula)
    squares = 0
    for one in problem.curricula:
        low, rest = divmod(problem.total(one), problem.periods)
        high = low + (rest > 0)
        squares += sum(max(load - high, low - load, 0) ** 2 for load in loads(problem, one, periods))
    undesired = sum(periods[course] == period for course, period in problem.undesired)
    return problem.balance_weight * squares + problem.undesired_weight * undesired


def faults(problem: Balance, periods: Sequence[int]) -> tuple[str, ...]:
    """What an assignment does that the problem forbids, in words."""
    if len(periods) != len(problem.ids):
        return (f"{len(periods)} of {len(problem.ids)} courses have a period",)
    found = [
        f"{id} lies in period {period + 1} of {problem.periods}"
        for id, period in zip(problem.ids, periods, strict=True)
        if not 0 <= period < problem.periods
    ]
    if found:
        return tuple(found)
    for first, second in problem.prerequisites:
        if periods[first] >= periods[second]:
            found.append(f"{problem.ids[first]} is not before {problem.ids[second]}")
    for one in problem.curricula:
        counts = [0] * problem.periods
        for course in one.courses:
            counts[periods[course]] += 1
        for words, sums, limits in (
            ("credits", loads(problem, one, periods), problem.load),
            ("courses", counts, problem.courses),
        ):
            for period, value in enumerate(sums, 1):
                if value < (limits.least or 0) or (limits.most is not None and value > limits.most):
                    found.append(f"curriculum {one.id} has {value} {words} in period {period}")
    return tuple(found)
