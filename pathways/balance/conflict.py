"""Why a problem has no assignment, in words: by counting where that suffices, else the fewest facts that clash."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import product
from threading import Event
from typing import TypeAlias

from pathways.balance.bounds import find_order
from pathways.balance.problem import Balance, Range

SECONDS = 20.0
"""For the whole search for a conflict; what is not settled by then is told as part of it."""
ONE_SOLVE = 1.0

Fact: TypeAlias = tuple[str, int]
"""A prerequisite (``before``, its number) or a limit of a curriculum (such as ``most credits``, its number)."""

LIMITS = ("least credits", "most credits", "least courses", "most courses")


def plain_conflict(problem: Balance) -> tuple[str, ...]:
    """Conflicts that counting finds: a chain too long, credits or courses that cannot fit; () if there is none such."""
    order = find_order(len(problem.ids), problem.periods, problem.prerequisites)
    late = max(order.sequence, key=lambda course: order.first[course])
    found: list[str] = []
    if order.first[late] >= problem.periods:
        chain = [late]
        while order.before[chain[-1]]:
            chain.append(max(order.before[chain[-1]], key=lambda course: order.first[course]))
        names = " → ".join(problem.ids[course] for course in reversed(chain))
        found.append(f"{names} must be taken one after another: {len(chain)} courses in {_periods(problem.periods)}")
    for one in problem.curricula:
        sums = (
            ("credits", problem.total(one), problem.load),
            ("courses", len(one.courses), problem.courses),
        )
        for words, total, limits in sums:
            if limits.most is not None and total > limits.most * problem.periods:
                most = f"at most {limits.most} in each of {_periods(problem.periods)}"
                found.append(f"curriculum {one.id} has {total} {words}, but {most}")
            if (limits.least or 0) * problem.periods > total:
                least = f"at least {limits.least} in each of {_periods(problem.periods)}"
                found.append(f"curriculum {one.id} has {total} {words}, but {least}")
        for course in one.courses:
            if problem.load.most is not None and problem.credits[course] > problem.load.most:
                id, credits = problem.ids[course], problem.credits[course]
                found.append(f"course {id} has {credits} credits, more than the {problem.load.most} a period may have")
    return tuple(dict.fromkeys(found))


def find_conflict(problem: Balance, stop: Event | None = None) -> tuple[str, ...]:
    """Facts of a problem without answer that cannot hold together; none can be spared, unless time ran out."""
    until = time.monotonic() + SECONDS
    core: list[Fact] = [
        *product(LIMITS, range(len(problem.curricula))),
        *(("before", number) for number in range(len(problem.prerequisites))),
    ]
    size = max(1, len(core) // 2)
    while True:
        at = 0
        while at < len(core) and time.monotonic() < until and not (stop is not None and stop.is_set()):
            trial = core[:at] + core[at + size :]
            if _clash(problem, trial, stop):
                core = trial
            else:
                at += size
        if size == 1:
            return tuple(_words(problem, fact) for fact in core)
        size //= 2


def _clash(problem: Balance, facts: Sequence[Fact], stop: Event | None) -> bool:
    """Whether facts are proven not to hold together."""
    from pathways.balance.model import Model

    held = set(facts)
    order = find_order(
        len(problem.ids),
        problem.periods,
        [pair for number, pair in enumerate(problem.prerequisites) if ("before", number) in held],
    )
    if any(first > last for first, last in zip(order.first, order.last, strict=True)):
        return True
    limits = [
        (
            Range(
                problem.load.least if ("least credits", number) in held else None,
                problem.load.most if ("most credits", number) in held else None,
            ),
            Range(
                problem.courses.least if ("least courses", number) in held else None,
                problem.courses.most if ("most courses", number) in held else None,
            ),
        )
        for number in range(len(problem.curricula))
    ]
    model = Model(problem, order, limits, prefix=True)
    return model.solve(seconds=ONE_SOLVE, workers=1, seed=1, way="whole", stop=stop).status == "infeasible"


def _words(problem: Balance, fact: Fact) -> str:
    kind, number = fact
    if kind == "before":
        first, second = problem.prerequisites[number]
        return f"{problem.ids[first]} before {problem.ids[second]}"
    bound, what = kind.split()
    limits = problem.load if what == "credits" else problem.courses
    value = limits.least if bound == "least" else limits.most
    return f"at {bound} {value} {what} of curriculum {problem.curricula[number].id} in a period"


def _periods(number: int) -> str:
    return f"{number} period{'' if number == 1 else 's'}"
