"""A planning problem as pure data: integers and tuples, built once from catalog, rules and student.

The model is made from this and from nothing else; equal problems have equal answers. Credit is counted in ``1 /
scale`` of a year-course, so that every amount is an integer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Slot:
    """A term to plan: most and fewest periods for new courses, the even load, and what a period above it costs."""

    term: str
    grade: int
    summer: bool
    most: int
    least: int
    even: int
    uneven: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A course that may be placed.

    Parameters
    ----------
    group : int
        Courses of one group earn credit once together (versions of one course).
    starts : tuple of int
        Slots in which it may begin.
    spans : tuple of tuple of int
        For each start, the slots it then fills.
    costs : tuple of int
        For each start, the quality points it costs.
    """

    code: str
    group: int
    periods: int
    amount: int
    starts: tuple[int, ...]
    spans: tuple[tuple[int, ...], ...]
    costs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """For ``course`` to begin before slot ``until``, an alternative must be done (or, if concurrent, begun)."""

    course: int
    until: int
    alternatives: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """Credit of one class: courses that may count in exactly the same leaves of one pool.

    Parameters
    ----------
    leaves : tuple of int
    limits : tuple of (int, tuple of int)
        Limits under which credit of this class falls, each with the leaves in which it does.
    have : int
        Credit from the record.
    columns : tuple of (candidate, start position, amount)
    """

    leaves: tuple[int, ...]
    limits: tuple[tuple[int, tuple[int, ...]], ...]
    have: int
    columns: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class LeafNeed:
    """A leaf: the requirement's path and the credit it needs."""

    path: str
    need: int


@dataclass(frozen=True, slots=True)
class Tree:
    """What must hold: a leaf, a total, or at least ``least`` of the trees below.

    A total is reached by what the record has of it (``have``) and by ``columns``, each with its amount, and by what is
    ``capped``: for each set of limits what the record has under them, and columns (``caps`` is what limits allow).
    ``tasks`` counts what is no course (a test, a form) and still to be done for it: a way of a choice may consist of
    nothing else, and where courses do as well they are preferred.
    """

    path: str
    leaf: int | None = None
    total: int | None = None
    have: int = 0
    columns: tuple[tuple[int, int, int], ...] = ()
    caps: tuple[int, ...] = ()
    capped: tuple[tuple[tuple[int, ...], int, tuple[tuple[int, int, int], ...]], ...] = ()
    least: int = 0
    below: tuple[Tree, ...] = ()
    tasks: int = 0

    @property
    def courses(self) -> bool:
        """Whether courses can fill any of it."""
        return self.leaf is not None or self.total is not None or bool(self.below)


@dataclass(frozen=True, slots=True)
class Demand:
    """One program of the student's goals: where its credit can come from, what must hold, what each limit allows."""

    program: str
    leaves: tuple[LeafNeed, ...]
    limits: tuple[int, ...]
    supplies: tuple[Supply, ...]
    trees: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class WishItem:
    """A wish: at least one of these columns, so much worth; negative worth counts for each one taken."""

    what: str
    weight: int
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Amounts of columns, no less than ``least`` and no more than ``most`` together.

    ``columns`` are (candidate, start position, amount); ``upper`` is the most that their amounts can come to in any
    plan.
    """

    columns: tuple[tuple[int, int, int], ...]
    least: int
    most: int
    upper: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a column before and one after it are taken, one between them must be; None before: the record has one."""

    before: tuple[tuple[int, int], ...] | None
    between: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class GrantItem:
    """One part of a wish: granted where all sums and gaps hold.

    Parameters
    ----------
    fact : str
        ``wish:N`` for the Nth wish of the record.
    weight : int
        What it is worth; 0 for a part that must hold unless its fact is given up.
    complete : bool
        Granted only where the diploma (the first program) lacks nothing, too.
    """

    fact: str
    weight: int
    sums: tuple[Sum, ...] = ()
    gaps: tuple[Gap, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class PeakItem:
    """The largest of several sums, each with what the record has of it: every unit of it costs quality points."""

    what: str
    cost: int
    sums: tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]


@dataclass(frozen=True, slots=True)
class AimPart:
    """One part of a goal: filled where of each of ``needs`` one column is taken (or a shared course given to it)."""

    weight: int
    needs: tuple[tuple[tuple[int, int], ...], ...]


@dataclass(frozen=True, slots=True)
class AimShared:
    """A course that fits several parts, and fills one of them; ``have`` is 1 where it is on the record."""

    parts: tuple[int, ...]
    have: int
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AimWay:
    """One way to a goal: what the record has of it, in weights, and the parts that courses could fill."""

    have: int
    parts: tuple[AimPart, ...]
    shared: tuple[AimShared, ...] = ()


@dataclass(frozen=True, slots=True)
class AimItem:
    """A goal reached by parts, on one of its ways; its tier comes after so many programs (``after``)."""

    name: str
    after: int
    ways: tuple[AimWay, ...]


@dataclass(frozen=True, slots=True)
class PinItem:
    """A pin: exactly one of these columns must be taken."""

    what: str
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """Columns that stay empty unless one of these facts is given up (a grade limit, a pin, the date of graduation)."""

    facts: tuple[str, ...]
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """One core subject in one school year: missing it costs ``cost`` quality points."""

    area: str
    year: int
    cost: int
    columns: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """A sequence that should not pause: a start costs points unless one of its columns is taken.

    ``starts`` pairs each start position with the columns (of the course before it) that leave no pause.
    """

    course: int
    cost: int
    starts: tuple[tuple[int, tuple[tuple[int, int], ...]], ...]


@dataclass(frozen=True, slots=True)
class Half:
    """The first half of a course: taking it without one of its second halves costs points."""

    first: int
    seconds: tuple[int, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Near:
    """Columns of which up to ``most`` each keep one point of nearness to the plan in force."""

    columns: tuple[tuple[int, int], ...]
    most: int


@dataclass(frozen=True)
class Problem:
    """Everything the model needs; see the module's head.

    ``near_first`` says that nearness goes before quality. ``groups`` holds, for each credit group, how often it may be
    taken and what every time after the first costs; ``task_costs`` is what each task costs, alone and beside courses,
    that is left to be done where courses would do as well.
    """

    scale: int
    slots: tuple[Slot, ...]
    candidates: tuple[Candidate, ...]
    groups: tuple[tuple[int, int], ...]
    clauses: tuple[Clause, ...]
    exclusions: tuple[tuple[int, int], ...]
    demands: tuple[Demand, ...]
    pins: tuple[PinItem, ...]
    breaches: tuple[Breach, ...]
    wishes: tuple[WishItem, ...]
    spreads: tuple[Spread, ...]
    pauses: tuple[Pause, ...]
    halves: tuple[Half, ...]
    near: tuple[Near, ...]
    near_first: bool
    task_costs: tuple[int, int]
    grants: tuple[GrantItem, ...] = ()
    peaks: tuple[PeakItem, ...] = ()
    aims: tuple[AimItem, ...] = ()

    def bare(self) -> Problem:
        """The same problem without quality and nearness: only what must hold, goals and wishes."""
        return replace(
            self,
            slots=tuple(replace(slot, even=slot.most) for slot in self.slots),
            candidates=tuple(replace(c, costs=(0,) * len(c.costs)) for c in self.candidates),
            groups=tuple((times, 0) for times, _ in self.groups),
            spreads=(),
            pauses=(),
            halves=(),
            near=(),
            peaks=(),
            task_costs=(0, 0),
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the problem's canonical JSON."""
        text = json.dumps(self, default=_fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def scaled(amount: Fraction, scale: int) -> int:
    """An amount of year-courses in ``1 / scale`` of one."""
    return amount.numerator * scale // amount.denominator


def _fields(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__dataclass_fields__}
