"""The normal form of a program: leaves that credit flows into, and a tree of what must hold.

Audit and planner both work on this form; the checker of a finished answer does not (it reads the rules themselves). Amounts are exact and in
*year-courses*: one year-long course is 1, whatever the units of catalog and program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from requirements.language import (
    AGAIN,
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    CourseRequirement,
    CreditRequirement,
    Program,
    Selector,
    Substitution,
    Total,
)
from requirements.selector import Subject, matches, series_of


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place that credit flows into.

    Parameters
    ----------
    path : str
        Path of the requirement; the rest beside named parts has the path of the requirement itself.
    need : Fraction
        Year-courses (or a number of courses when ``counts`` is "courses").
    accepts : tuple of Selector
        A course is accepted when one of them matches (the rule's own and those of substitutions).
    by_decision : tuple of Selector
        Courses accepted here only by a person's decision.
    series : str or None
        Only courses of this series.
    """

    path: str
    need: Fraction
    counts: str
    pool: str
    accepts: tuple[Selector, ...]
    by_decision: tuple[Selector, ...] = ()
    minimum_mark: str | None = None
    during: tuple[int, ...] | None = None
    series: str | None = None

    def match(self, subject: Subject) -> bool | None:
        """Whether a course counts here, leaving aside mark and grade: True, False or None (a person must decide)."""
        if self.series is not None and series_of(subject) != self.series:
            return False
        best: bool | None = False
        for selector in self.accepts:
            answer = matches(selector, subject)
            if answer:
                return True
            if answer is None:
                best = None
        if best is False and any(matches(selector, subject) is not False for selector in self.by_decision):
            best = None
        return best


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` year-courses of the courses of ``selectors`` (less those of ``exclude``) in the leaves, together."""

    leaves: tuple[int, ...]
    most: Fraction
    selectors: tuple[Selector, ...]
    exclude: tuple[Selector, ...] = ()

    def match(self, subject: Subject) -> bool:
        return any(matches(s, subject) is not False for s in self.selectors) and not any(
            matches(s, subject) for s in self.exclude
        )


@dataclass(frozen=True, slots=True)
class Node:
    """Something that must hold: a leaf, a number of the nodes below (``least`` of ``below``), a total, a GPA or a task."""

    path: str
    rule: AnyRequirement
    leaf: int | None = None
    below: tuple[Node, ...] = ()
    least: int = 0
    total: Fraction | None = None


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a requirement hands down to its parts."""

    pool: str = MAIN
    minimum_mark: str | None = None
    during: tuple[int, ...] | None = None

    def inside(self, rule: AnyRequirement, path: str) -> _Scope:
        pool = self.pool if rule.pool == MAIN else path if rule.pool == AGAIN else rule.pool
        mark, during = self.minimum_mark, self.during
        if isinstance(rule, (CreditRequirement, CourseRequirement)):
            mark, during = rule.minimum_mark or mark, rule.during or during
        return _Scope(pool, mark, during)


@dataclass(slots=True)
class Normal:
    """A program in normal form, for one set of courses (they tell which series can occur)."""

    program: Program
    leaves: list[Leaf] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)


def normalize(program: Program, subjects: Sequence[Subject]) -> Normal:
    """Normal form of a resolved program (layers already joined).

    Parameters
    ----------
    program : Program
    subjects : sequence of Subject
        The courses and transcript lines that may count; a requirement "in the same series" becomes a choice
        between the series found among them.
    """
    build = _Builder(Normal(program), {}, subjects)
    for sub in program.substitutions:
        build.subs.setdefault(sub.instead_of, []).append(sub)
    build.out.nodes = [build.node(rule, rule.id, _Scope()) for rule in program.requirements]
    return build.out


@dataclass(slots=True)
class _Builder:
    out: Normal
    subs: dict[str, list[Substitution]]
    subjects: Sequence[Subject]

    def node(self, rule: AnyRequirement, path: str, outer: _Scope) -> Node:
        scope = outer.inside(rule, path)
        if isinstance(rule, CreditRequirement):
            return self.credits(rule, path, scope)
        if isinstance(rule, CourseRequirement):
            return Node(path, rule, leaf=self.leaf(rule, path, Fraction(rule.courses), scope))
        if isinstance(rule, (AllOf, AnyOf)):
            parts = rule.all_of if isinstance(rule, AllOf) else rule.any_of
            below = tuple(self.node(part, f"{path}/{part.id}", scope) for part in parts)
            return Node(path, rule, below=below, least=len(below) if isinstance(rule, AllOf) else rule.at_least)
        if isinstance(rule, Total):
            return Node(path, rule, total=rule.total / self.out.program.unit.year_course)
        return Node(path, rule)

    def credits(self, rule: CreditRequirement, path: str, scope: _Scope) -> Node:
        unit = self.out.program.unit.year_course
        need = rule.credits / unit
        first = len(self.out.leaves)
        if rule.each_grade is not None:
            below = [
                Node(path, rule, leaf=self.leaf(rule, path, need, replace(scope, during=(grade,))))
                for grade in rule.each_grade
            ]
        else:
            below = [self.node(part, f"{path}/{part.id}", scope) for part in rule.parts]
            rest = need - sum((size_of(part) for part in rule.parts), Fraction(0)) / unit
            if rest > 0 and rule.same == "series":
                below.append(self.one_series(rule, path, rest, scope))
            elif rest > 0:
                below.append(Node(path, rule, leaf=self.leaf(rule, path, rest, scope)))
        inside = tuple(range(first, len(self.out.leaves)))
        for cap in rule.caps:
            self.out.limits.append(Limit(inside, cap.credits / unit, (cap.from_,)))
        return below[0] if len(below) == 1 else Node(path, rule, below=tuple(below), least=len(below))

    def one_series(self, rule: CreditRequirement, path: str, need: Fraction, scope: _Scope) -> Node:
        counted = (x for x in self.subjects if matches(rule.from_, x) is not False)
        found = sorted({key for key in map(series_of, counted) if key}) or ["none"]
        choices = tuple(Node(path, rule, leaf=self.leaf(rule, path, need, scope, series=key)) for key in found)
        return Node(path, rule, below=choices, least=1)

    def leaf(
        self,
        rule: CreditRequirement | CourseRequirement,
        path: str,
        need: Fraction,
        scope: _Scope,
        *,
        series: str | None = None,
    ) -> int:
        subs = self.subs.get(path, [])
        index = len(self.out.leaves)
        self.out.leaves.append(
            Leaf(
                path=path,
                need=need,
                counts="courses" if isinstance(rule, CourseRequirement) else "credits",
                pool=scope.pool,
                accepts=(rule.from_, *(s.allowed for s in subs if s.condition is None)),
                by_decision=tuple(s.allowed for s in subs if s.condition is not None),
                minimum_mark=scope.minimum_mark,
                during=scope.during,
                series=series,
            )
        )
        for sub in subs:
            if sub.credits is not None:
                most = sub.credits / self.out.program.unit.year_course
                self.out.limits.append(Limit((index,), most, (sub.allowed,), exclude=(rule.from_,)))
        return index


def size_of(rule: AnyRequirement) -> Fraction:
    """Credits a part takes of the requirement around it, in the program's unit; 0 for what is counted in a pool of its own."""
    if isinstance(rule, CreditRequirement):
        return rule.credits if rule.pool == "main" else Fraction(0)
    if isinstance(rule, AllOf):
        return sum((size_of(part) for part in rule.all_of), Fraction(0))
    if isinstance(rule, AnyOf):
        sizes = sorted((size_of(part) for part in rule.any_of), reverse=True)
        return sum(sizes[: rule.at_least], Fraction(0))
    return Fraction(0)
