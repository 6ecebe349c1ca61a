"""The normal form of a program: leaves that credit flows into, and a tree of what must hold.

Audit and planner both work on this form; the checker of a finished answer does not (it reads the rules themselves).
Amounts are exact and in *year-courses*: one year-long course is 1, whatever the units of catalog and program.
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
    in_time,
    walk,
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

    @property
    def takes_all(self) -> bool:
        """Whether it takes every course that carries credit: electives, which get what other requirements leave."""
        return takes_all(self.accepts[0])

    def takes(self, subject: Subject) -> bool | None:
        """Whether a course counts here in its own right: the rule's selector and series."""
        answer = matches(self.accepts[0], subject)
        if answer is not False and self.series is not None and (found := series_of(subject)) != self.series:
            # Credit known by its subject only: a person must say which language it is.
            answer = None if found is None and subject.sced is None else False
        return answer

    def match(self, subject: Subject) -> bool | None:
        """Whether a course counts here, leaving aside mark and grade: True, False or None (a person must decide).

        What stands in by a substitution may be of any series.
        """
        best = self.takes(subject)
        for selector in self.accepts[1:] if not best else ():
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
    """At most ``most`` year-courses of the courses of ``selector`` in the leaves together.

    Where it is of a substitution (``own`` holds the leaves themselves), courses that a leaf takes in their own right
    are not limited there. With ``during``, only credit of those grades is limited, and credit of an unknown grade.
    """

    leaves: tuple[int, ...]
    most: Fraction
    selector: Selector
    own: tuple[Leaf, ...] = ()
    during: tuple[int, ...] | None = None

    def binding(self, subject: Subject) -> frozenset[int]:
        """The leaves in which the credit of a course falls under it, leaving aside when it was taken."""
        if matches(self.selector, subject) is False:
            return frozenset()
        free = (i for i, leaf in zip(self.leaves, self.own, strict=False) if leaf.takes(subject))
        return frozenset(self.leaves).difference(free)

    def binds(self, grade: int | None) -> bool:
        """Whether it holds for credit of a grade."""
        return in_time(self.during, grade)


@dataclass(frozen=True, slots=True)
class Node:
    """Something that must hold: a leaf, ``least`` of the nodes ``below``, a total, a GPA or a task."""

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
        pool = self.pool if rule.pool == MAIN else f"again:{path}" if rule.pool == AGAIN else rule.pool
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
        for path in reached(program, sub):
            build.subs.setdefault(path, []).append(sub)
    build.out.nodes = [build.node(rule, rule.id, _Scope()) for rule in program.requirements]
    build.substitution_limits()
    build.program_limits()
    return build.out


def reached(program: Program, sub: Substitution) -> tuple[str, ...]:
    """Paths of the credits that a substitution stands in for: those of its requirements, else all those inside them."""
    holders = [path for path, rule in walk(program.requirements) if _holds_credit(rule)]
    found: dict[str, None] = {}
    for path in sub.instead_of:
        found |= dict.fromkeys([path] if path in holders else [one for one in holders if under(one, path)])
    return tuple(found)


def _holds_credit(rule: AnyRequirement) -> bool:
    """Whether credit counts for a requirement itself, beside its parts."""
    if isinstance(rule, CreditRequirement):
        return size_of(rule, alone=True) > sum((size_of(part) for part in rule.parts), Fraction(0))
    return isinstance(rule, CourseRequirement)


@dataclass(slots=True)
class _Builder:
    out: Normal
    subs: dict[str, list[Substitution]]
    subjects: Sequence[Subject]
    own: dict[str, list[int]] = field(default_factory=dict)

    def node(self, rule: AnyRequirement, path: str, outer: _Scope) -> Node:
        scope = outer.inside(rule, path)
        if isinstance(rule, CreditRequirement):
            return self.credits(rule, path, scope)
        if isinstance(rule, CourseRequirement):
            need = Fraction(rule.courses)
            if rule.same == "series":
                return self.one_series(rule, path, need, scope)
            return Node(path, rule, leaf=self.leaf(rule, path, need, scope))
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
        # A part that counts again in a pool of its own takes nothing from this requirement, nor from its caps.
        inside = tuple(i for i in range(first, len(self.out.leaves)) if self.out.leaves[i].pool == scope.pool)
        for cap in rule.caps:
            self.out.limits.append(Limit(inside, cap.credits / unit, cap.from_, during=cap.during))
        if len(below) == 1 and below[0].path == path:
            return below[0]
        return Node(path, rule, below=tuple(below), least=len(below))

    def one_series(self, rule: CreditRequirement | CourseRequirement, path: str, need: Fraction, scope: _Scope) -> Node:
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
        self.own.setdefault(path, []).append(index)
        return index

    def substitution_limits(self) -> None:
        """One limit for a substitution, over all the leaves that it reaches."""
        for sub in self.out.program.substitutions:
            if sub.credits is not None:
                leaves = tuple(leaf for path in reached(self.out.program, sub) for leaf in self.own[path])
                own = tuple(self.out.leaves[leaf] for leaf in leaves)
                most = sub.credits / self.out.program.unit.year_course
                self.out.limits.append(Limit(leaves, most, sub.allowed, own=own))

    def program_limits(self) -> None:
        for limit in self.out.program.limits:
            inside = tuple(
                i
                for i, leaf in enumerate(self.out.leaves)
                if (any(under(leaf.path, path) for path in limit.over) if limit.over else leaf.pool == MAIN)
            )
            most = limit.credits / self.out.program.unit.year_course
            self.out.limits.append(Limit(inside, most, limit.from_, during=limit.during))


def under(path: str, requirement: str) -> bool:
    """Whether a path is that requirement's or lies inside it."""
    return path == requirement or path.startswith(requirement + "/")


def size_of(rule: AnyRequirement, *, alone: bool = False, least: bool = False) -> Fraction:
    """Credits a part takes of the requirement around it, in the program's unit; 0 where it has a pool of its own.

    With ``alone`` the credits that it asks whatever its pool; with ``least`` those of the smallest ways of a choice
    that hold any.
    """
    if rule.pool != MAIN and not alone:
        return Fraction(0)
    if isinstance(rule, CreditRequirement):
        return rule.credits * (len(rule.each_grade) if rule.each_grade is not None else 1)
    if isinstance(rule, AllOf):
        return sum((size_of(part, least=least) for part in rule.all_of), Fraction(0))
    if isinstance(rule, AnyOf):
        sizes = sorted((size_of(part, least=least) for part in rule.any_of), reverse=not least)
        sizes = [size for size in sizes if size]
        return sum(sizes[: rule.at_least], Fraction(0))
    return Fraction(0)


def takes_all(selector: Selector) -> bool:
    """Whether a selector takes every course that carries credit."""
    if selector.all or selector.level or selector.code:
        return False
    return selector.any_course or "electives" in selector.subject or any(map(takes_all, selector.any))
