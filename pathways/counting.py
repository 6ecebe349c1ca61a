"""Where a student's credit may count: from the rules in normal form to the integers of a `Demand`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
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
from requirements.normal import Leaf, Node, Normal, under
from requirements.record import Entry, subjects
from requirements.selector import Subject, matches
from requirements.shape import shape_of

Falls = tuple[tuple[int, tuple[int, ...]], ...]
"""Limits under which credit falls, each with the leaves in which it does."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A program in normal form; by course, the leaves in which it surely counts and the limits it falls under.

    ``wanted`` has, for courses about which people decided so, those of the leaves in which they are to count.
    """

    normal: Normal
    leaves: dict[str, tuple[int, ...]]
    wanted: dict[str, frozenset[int]]
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
        wanted: dict[str, frozenset[int]] = {}
        named = {one.course for one in self.student.substitutions} | {one.course for one in self.student.counts}
        for code in leaves.keys() & named:
            decided = _decided(self.student, program, code)
            if decided:
                leaves[code] = tuple(
                    i
                    for i, leaf in enumerate(prepared.normal.leaves)
                    if i in leaves[code]
                    or decided.accept(leaf)
                    or (decided.vouch(leaf) and leaf.match(known[code]) is None)
                )
                wanted[code] = frozenset(i for i in leaves[code] if decided.want(prepared.normal.leaves[i]))
        return Rules(prepared.normal, leaves, wanted, {code: prepared.limits(known[code]) for code in codes})

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

    def entry_leaves(self, normal: Normal, entry: Entry) -> tuple[tuple[int, ...], frozenset[int]]:
        """Leaves in which a line of the record surely counts, and those of them in which a person wants it."""
        decided = _decided(self.student, normal.program, entry.subject.code, entry.id)
        found = []
        for i, leaf in enumerate(normal.leaves):
            sure = True if decided.accept(leaf) else leaf.match(entry.subject)
            if sure is False:
                continue
            if leaf.during is not None:
                if entry.grade is not None and entry.grade not in leaf.during:
                    continue
                sure = sure if entry.grade is not None else None
            if leaf.minimum_mark:
                reached = self.reaches(entry, leaf.minimum_mark)
                if reached is False:
                    continue
                sure = sure and reached
            if sure or decided.vouch(leaf):
                found.append(i)
        return tuple(found), frozenset(i for i in found if decided.want(normal.leaves[i]))

    def reaches(self, entry: Entry, minimum: str) -> bool | None:
        """Whether a mark reaches a minimum, where it says so; a mark still to come is taken to."""
        if entry.mark is None:
            return None if entry.stage == "earned" else True
        return self.catalog.grading.meets(entry.mark, minimum)

    def demand(self, rules: Rules, scale: int) -> Demand:
        """One program's demand, in ``1 / scale`` of a year-course."""
        normal = rules.normal
        waived = [w for w in self.student.waivers if _meant(w, normal.program)]
        supplies = list(_lifts(normal, waived, scale))
        for pool in dict.fromkeys((leaf.pool, leaf.counts) for leaf in normal.leaves):
            supplies += self.supplies(rules, pool, scale, waived)
        settled = self.settled(normal.program)
        trees = (self.tree(normal.program, node, waived, scale, settled) for node in normal.nodes)
        return Demand(
            program=normal.program.id,
            leaves=tuple(
                LeafNeed(
                    leaf.path,
                    0 if _lifted(leaf.path, waived) else int(leaf.need * (scale if leaf.counts == "credits" else 1)),
                )
                for leaf in normal.leaves
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

    def supplies(self, rules: Rules, pool: tuple[str, str], scale: int, waived: Sequence[Waiver]) -> list[Supply]:
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

        whole = pool[1] == "courses"
        unit = 1 if whole else scale
        # What is left to fill where a person wants particular courses to count.
        room = {i: 0 if _lifted(leaf.path, waived) else int(leaf.need * unit) for i, leaf in inside.items()}

        def shares(
            leaves: Iterable[int], wanted: Collection[int], amount: int
        ) -> Iterator[tuple[tuple[int, ...], int]]:
            """Credit goes where a person wants it, as far as it is needed there; the rest where else it may."""
            there, elsewhere = (
                tuple(i for i in leaves if i in inside and (i in wanted) == said) for said in (True, False)
            )
            taken = min(amount, sum(room[i] for i in there))
            yield from ((part, much) for part, much in ((there, taken), (elsewhere, amount - taken)) if part and much)

        for entry in self.entries:
            if not entry.amount:
                continue
            leaves, wanted = self.entry_leaves(normal, entry)
            falls = [(j, limit.binding(entry.subject)) for j, limit in enumerate(normal.limits)]
            for part, amount in shares(leaves, wanted, 1 if whole else scaled(entry.amount, scale)):
                place(part, entry.grade, falls)[0].append(amount)
                left = amount
                for i in wanted.intersection(part):
                    filled = min(room[i], left)
                    room[i], left = room[i] - filled, left - filled
        for i, c in enumerate(self.choices):
            code = c.course.code
            able = [j for j in rules.leaves[code] if j in inside]
            amount = int(c.amount.numerator > 0) if whole else scaled(c.amount, scale)
            by_grade: dict[int, list[tuple[list[tuple[int, int, int]], int]]] = {}
            for k, start in enumerate(sorted(c.starts) if able else ()):
                grade = self.line.terms[start].grade
                if grade not in by_grade:
                    leaves = tuple(j for j in able if (during := inside[j].during) is None or grade in during)
                    by_grade[grade] = [
                        (place(part, grade, rules.limits[code])[1], much)
                        for part, much in shares(leaves, rules.wanted.get(code, ()), amount)
                    ]
                for columns, much in by_grade[grade]:
                    columns.append((i, k, much))
        return [Supply(leaves, limits, sum(have), tuple(taken)) for (leaves, limits), (have, taken) in by_class.items()]

    def tree(self, program: Program, node: Node, waived: Sequence[Waiver], scale: int, settled: set[str]) -> Tree:
        """What courses can fill of a requirement, and what else is still to be done for it."""
        if _lifted(node.path, waived):
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


@dataclass(frozen=True, slots=True)
class _Decided:
    """Paths of one program in which people accept a course, want it to count, and (by name) vouch that it does."""

    accepted: tuple[str, ...]
    wanted: tuple[str, ...]
    vouched: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.accepted or self.wanted)

    def accept(self, leaf: Leaf) -> bool:
        return any(under(leaf.path, path) for path in self.accepted)

    def want(self, leaf: Leaf) -> bool:
        return any(under(leaf.path, path) for path in self.wanted)

    def vouch(self, leaf: Leaf) -> bool:
        return any(under(leaf.path, path) for path in self.vouched)


def _decided(student: Student, program: Program, *names: str | None) -> _Decided:
    counts = [one for one in student.counts if one.course in names and _meant(one, program)]
    return _Decided(
        tuple(one.requirement for one in student.substitutions if one.course in names and _meant(one, program)),
        tuple(one.requirement for one in counts),
        tuple(one.requirement for one in counts if one.by is not None),
    )


def _lifts(normal: Normal, waived: Iterable[Waiver], scale: int) -> Iterator[Supply]:
    """Waivers of some credit, as credit that fills where it helps most: leaves of credits, else those of courses."""
    for waiver in waived:
        if waiver.credits is not None:
            below = [(i, leaf.counts) for i, leaf in enumerate(normal.leaves) if under(leaf.path, waiver.requirement)]
            credits = tuple(i for i, counts in below if counts == "credits")
            year = normal.program.unit.year_course
            much = int(waiver.credits / year * scale) if credits else int(waiver.credits)
            if below and much:
                yield Supply(credits or tuple(i for i, _ in below), (), much, ())


def _lifted(path: str, waived: Iterable[Waiver]) -> bool:
    """Whether a waiver lifts all of a requirement."""
    return any(under(path, waiver.requirement) for waiver in waived if waiver.credits is None)


def _meant(decision: object, program: Program) -> bool:
    named = getattr(decision, "program", None)
    return named is None or named == program.id
