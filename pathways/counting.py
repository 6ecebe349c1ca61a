"""Where a student's credit may count: from the rules in normal form to the integers of a `Demand`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalogs import Catalog
from pathways.choices import Choice
from pathways.problem import Demand, LeafNeed, Supply, Tree, scaled
from pathways.student import Student
from pathways.timeline import Timeline
from requirements import facts
from requirements.decisions import Waiver
from requirements.language import Gpa, Program, Selector, Task, Total, walk
from requirements.normal import Node, Normal, needs_after, under
from requirements.record import Entry, subjects
from requirements.selector import Subject, matches
from requirements.shape import shape_of

Falls = tuple[tuple[int, tuple[int, ...]], ...]
"""Limits under which credit falls, each with the leaves in which it does."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A program in normal form; by course, the leaves in which it surely counts and the limits it falls under."""

    normal: Normal
    leaves: dict[str, tuple[int, ...]]
    limits: dict[str, tuple[tuple[int, frozenset[int]], ...]]


class Counting:
    """The goals of one student in normal form, against their record and the courses in question."""

    def __init__(
        self,
        student: Student,
        catalog: Catalog,
        line: Timeline,
        entries: Sequence[Entry],
        choices: Sequence[Choice],
        programs: Sequence[Program],
    ) -> None:
        self.student, self.catalog, self.line = student, catalog, line
        self.entries, self.choices = entries, choices
        self.rules = [self._rules(program) for program in programs]

    def _rules(self, program: Program) -> Rules:
        known = subjects(self.catalog)
        codes = [choice.course.code for choice in self.choices]
        prepared = shape_of(program).prepared([known[code] for code in codes] + [e.subject for e in self.entries])
        leaves = {code: tuple(leaf for leaf, sure in prepared.leaves(known[code]) if sure) for code in codes}
        for code in {*(s.course for s in self.student.substitutions), *(p.course for p in self.student.counts)}:
            if code in leaves:
                own = [s.requirement for s in self.student.substitutions if s.course == code and _meant(s, program)]
                pinned = [p.requirement for p in self.student.counts if p.course == code and _meant(p, program)]
                leaves[code] = tuple(
                    i
                    for i, leaf in enumerate(prepared.normal.leaves)
                    if (i in leaves[code] or any(under(leaf.path, path) for path in own))
                    and (not pinned or any(under(leaf.path, path) for path in pinned))
                )
        return Rules(prepared.normal, leaves, {code: prepared.limits(known[code]) for code in codes})

    def second_choices(self) -> frozenset[str]:
        """Courses that requirements name, but only after another kind of course: Creative Writing after English IV."""
        known = subjects(self.catalog)
        first: set[str] = set()
        second: set[str] = set()
        for rules in self.rules:
            for code, leaves in rules.leaves.items():
                for leaf in leaves:
                    named = rules.normal.leaves[leaf].accepts[0].term
                    if len(named) > 1:
                        ordinary = matches(Selector(term=named[:1]), known[code]) is True
                        (first if ordinary else second).add(code)
        return frozenset(second - first)

    def entry_leaves(self, normal: Normal, entry: Entry) -> tuple[int, ...]:
        """Leaves in which a line of the record surely counts."""
        own = [
            s.requirement
            for s in self.student.substitutions
            if s.course == entry.subject.code and _meant(s, normal.program)
        ]
        pinned = [
            p.requirement
            for p in self.student.counts
            if p.course in (entry.subject.code, entry.id) and _meant(p, normal.program)
        ]
        found = []
        for i, leaf in enumerate(normal.leaves):
            named = any(under(leaf.path, path) for path in pinned)
            if (leaf.during is not None and entry.grade not in leaf.during) or (pinned and not named):
                continue
            answer = True if any(under(leaf.path, path) for path in own) else leaf.match(entry.subject)
            if answer is False or (answer is None and not named):
                continue
            if leaf.minimum_mark and not self.reaches(entry, leaf.minimum_mark):
                continue
            found.append(i)
        return tuple(found)

    def reaches(self, entry: Entry, minimum: str) -> bool:
        """Whether a mark surely reaches a minimum; a mark still to come is taken to."""
        if entry.mark is None:
            return entry.stage != "earned"
        return self.catalog.grading.meets(entry.mark, minimum) is True

    def demand(self, rules: Rules, scale: int) -> Demand:
        """One program's demand, in ``1 / scale`` of a year-course."""
        normal = rules.normal
        waived = [w for w in self.student.waivers if _meant(w, normal.program)]
        needs = needs_after(normal, waived)
        supplies: list[Supply] = []
        for pool in dict.fromkeys((leaf.pool, leaf.counts) for leaf in normal.leaves):
            supplies += self.supplies(rules, pool, scale)
        settled = self.settled(normal.program)
        trees = (self.tree(normal.program, node, waived, scale, settled) for node in normal.nodes)
        return Demand(
            program=normal.program.id,
            leaves=tuple(
                LeafNeed(leaf.path, int(need * (scale if leaf.counts == "credits" else 1)))
                for leaf, need in zip(normal.leaves, needs, strict=True)
            ),
            limits=tuple(int(limit.most * scale) for limit in normal.limits),
            supplies=tuple(supplies),
            trees=tuple(tree for tree in trees if tree.courses),
        )

    def settled(self, program: Program) -> set[str]:
        """Paths of what is no course and needs no more doing."""
        rules = dict(walk(program.requirements))
        done, _ = facts.assign(self.student.achievements, rules)
        found = set()
        for path, rule in rules.items():
            if isinstance(rule, Task):
                fact = facts.task(rule, done.get(path, ()), ())
            elif isinstance(rule, Gpa):
                fact = facts.gpa(rule, self.entries, self.catalog.grading)
            else:
                continue
            if fact.holds:
                found.add(path)
        return found

    def supplies(self, rules: Rules, pool: tuple[str, str], scale: int) -> list[Supply]:
        """Classes of credit that may count in the same leaves of one pool."""
        normal = rules.normal
        inside = {i: leaf for i, leaf in enumerate(normal.leaves) if (leaf.pool, leaf.counts) == pool}
        by_class: dict[tuple[tuple[int, ...], Falls], tuple[list[int], list[tuple[int, int, int]]]] = {}

        def place(
            leaves: tuple[int, ...], grade: int | None, limits: Iterable[tuple[int, frozenset[int]]]
        ) -> tuple[list[int], list[tuple[int, int, int]]]:
            binding = ((j, inside) for j, inside in limits if normal.limits[j].binds(grade))
            shared = ((j, tuple(leaf for leaf in leaves if leaf in inside)) for j, inside in binding)
            return by_class.setdefault((leaves, tuple((j, inside) for j, inside in shared if inside)), ([], []))

        for entry in self.entries:
            leaves = tuple(i for i in self.entry_leaves(normal, entry) if i in inside) if entry.amount else ()
            if leaves:
                falls = ((j, limit.binding(entry.subject)) for j, limit in enumerate(normal.limits))
                place(leaves, entry.grade, falls)[0].append(1 if pool[1] == "courses" else scaled(entry.amount, scale))
        for i, c in enumerate(self.choices):
            able = [j for j in rules.leaves[c.course.code] if j in inside]
            amount = 1 if pool[1] == "courses" else scaled(c.amount, scale)
            by_grade: dict[int, list[tuple[int, int, int]] | None] = {}
            for k, start in enumerate(sorted(c.starts) if able else ()):
                grade = self.line.terms[start].grade
                if grade not in by_grade:
                    leaves = tuple(j for j in able if (during := inside[j].during) is None or grade in during)
                    by_grade[grade] = place(leaves, grade, rules.limits[c.course.code])[1] if leaves else None
                columns = by_grade[grade]
                if columns is not None:
                    columns.append((i, k, amount))
        return [Supply(leaves, limits, sum(have), tuple(taken)) for (leaves, limits), (have, taken) in by_class.items()]

    def tree(self, program: Program, node: Node, waived: Sequence[Waiver], scale: int, settled: set[str]) -> Tree:
        """What courses can fill of a requirement, and what else is still to be done for it."""
        if any(under(node.path, waiver.requirement) for waiver in waived if waiver.credits is None):
            return Tree(node.path)
        if node.leaf is not None:
            return Tree(node.path, leaf=node.leaf)
        if node.total is not None:
            return self.total(program, node, waived, scale)
        if not node.below:
            return Tree(node.path, tasks=int(node.path not in settled))
        below = [self.tree(program, child, waived, scale, settled) for child in node.below]
        if node.least == len(below):
            rest = tuple(t for t in below if t.courses)
            return Tree(node.path, least=len(rest), below=rest, tasks=sum(t.tasks for t in below))
        # Ways with nothing left to do serve first.
        open_ways = [t for t in below if t.courses or t.tasks]
        least = node.least - (len(below) - len(open_ways))
        if least <= 0:
            return Tree(node.path)
        if not any(t.courses for t in open_ways):
            return Tree(node.path, tasks=sum(sorted(t.tasks for t in open_ways)[:least]))
        return Tree(node.path, least=least, below=tuple(open_ways))

    def total(self, program: Program, node: Node, waived: Sequence[Waiver], scale: int) -> Tree:
        """A minimum of credits in all, from the courses that surely count for it."""
        rule = node.rule
        assert isinstance(rule, Total)
        lifted = sum((w.credits for w in waived if w.credits is not None and w.requirement == node.path), Fraction(0))
        need = max(rule.total - lifted, Fraction(0)) / rule.total * (node.total or 0)
        limits = [limit for limit in program.limits if not limit.over]
        known = subjects(self.catalog)
        have: dict[tuple[int, ...], Fraction] = defaultdict(Fraction)  # by the limits that it falls under
        columns: dict[tuple[int, ...], list[tuple[int, int, int]]] = defaultdict(list)

        def falls(subject: Subject, grade: int | None) -> tuple[int, ...]:
            if not limits:
                return ()
            return tuple(limits.index(limit) for limit in facts.limits_over(limits, subject, grade))

        for entry in self.entries:
            if matches(rule.from_, entry.subject):
                have[falls(entry.subject, entry.grade)] += entry.amount
        for i, c in enumerate(self.choices):
            subject = known[c.course.code]
            if matches(rule.from_, subject):
                amount = scaled(c.amount, scale)
                for k, start in enumerate(sorted(c.starts)):
                    columns[falls(subject, self.line.terms[start].grade)].append((i, k, amount))
        return Tree(
            node.path,
            total=int(need * scale),
            have=int(have[()] * scale),
            columns=tuple(columns[()]),
            caps=tuple(int(limit.credits / program.unit.year_course * scale) for limit in limits),
            capped=tuple(
                (key, int(have[key] * scale), tuple(columns[key])) for key in sorted({*have, *columns}) if key
            ),
        )


def _meant(decision: object, program: Program) -> bool:
    named = getattr(decision, "program", None)
    return named is None or named == program.id
