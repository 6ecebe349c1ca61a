"""Audit a record against a program: what is met, which credit counts where, what is missing, what a person must decide.

Where credit counts is an assignment solved to the optimum (`requirements.assignment`): first with the courses that
surely count, then, for what stays short, with those that count if a person says so. The second answer is given only
where it fills more.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import lcm

from catalogs.errors import InputError
from catalogs.exact import decimal_text
from catalogs.grading import Grading
from catalogs.version import engine_version
from requirements import facts
from requirements.assignment import SURE, UNSURE, Placing, Problem, Sink, Supply, Tree, conjuncts, joined, spared
from requirements.decisions import Achievement, CountsFor, Decisions, PersonalSubstitution, Waiver
from requirements.facts import Fact
from requirements.language import (
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    Program,
    Task,
    Total,
)
from requirements.normal import Leaf, Node, under
from requirements.placing import place
from requirements.record import STAGES, Entry, Stage
from requirements.report import (
    WORST,
    Ask,
    AuditReport,
    Lifted,
    Pin,
    RequirementResult,
    ResultKind,
    Status,
    Unused,
    Use,
    answer_of,
)
from requirements.selector import matches
from requirements.shape import Prepared, Shape, shape_of

__all__ = ["AuditReport", "RequirementResult", "audit"]

NOTHING = Fraction(0)
COUNSELOR = "counselor"


def audit(
    program: Program,
    entries: Sequence[Entry],
    *,
    decisions: Decisions | None = None,
    achievements: Sequence[Achievement] = (),
    grading: Grading | None = None,
    priority: tuple[Stage, ...] = STAGES,
    sparing: bool = False,
) -> AuditReport:
    """Audit a record against a program.

    Parameters
    ----------
    program : Program
        Resolved, its layers joined.
    entries : sequence of Entry
        Credit of the record, in any order; amounts in year-courses.
    decisions : Decisions, optional
        Waivers, substitutions and pins. Those of other programs are left aside.
    achievements : sequence of Achievement
        What is no course.
    grading : Grading, optional
        Of the school, for minimum marks and averages; letters A to F when left out.
    priority : tuple of Stage
        Which credit is placed first. Stages left out do not count at all: ``("earned",)`` asks what is met today.
    sparing : bool
        Where credit is short only because it fills what could hold without credit (a test may stand in for it), it goes
        where nothing else helps: nothing is then short that credit must fill. Plans are told so.

    Returns
    -------
    AuditReport
        The same, byte for byte, for equal input in any order of the entries.

    Raises
    ------
    InputError
        When two entries have the same id.
    ValueError
        When ``priority`` is empty or names a stage twice.

    Examples
    --------
    >>> from requirements.selector import Subject
    >>> program = Program.model_validate(
    ...     {"id": "p", "name": "P", "jurisdiction": "US-XX", "kind": "diploma",
    ...      "requirements": [{"id": "credits", "credits": 2, "from": {"any_course": True}}]})
    >>> report = audit(program, [Entry("A@1", "Art", Subject(code="A"), Fraction(1), "earned")])
    >>> report.status, report.requirements[0].missing
    ('not_met', Fraction(1, 1))
    """
    if not priority or len(set(priority)) != len(priority):
        raise ValueError(f"priority names one stage or more, each once, not {priority}")
    return _Audit(
        shape_of(program),
        _in_order(entries),
        _for(program, decisions or Decisions()),
        tuple(achievements),
        grading or Grading(),
        priority,
        sparing,
    ).report()


def _in_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    ordered = tuple(sorted(entries, key=lambda entry: entry.id))
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise InputError(f"two entries of the record have the id {one.id!r}", mend="give each an id of its own")
    return ordered


def _for(program: Program, decisions: Decisions) -> Decisions:
    """The decisions that are about a program."""
    own = (None, program.id)
    return Decisions(
        waivers=tuple(one for one in decisions.waivers if one.program in own),
        substitutions=tuple(one for one in decisions.substitutions if one.program in own),
        counts=tuple(one for one in decisions.counts if one.program in own),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """How an entry may count in a leaf: surely, or only if ``who`` says so."""

    sure: bool
    decided: bool = False
    by: str | None = None
    who: str = COUNSELOR
    why: str = ""
    assumes: str | None = None


PLAIN = _Way(sure=True)


@dataclass(slots=True)
class _Sum:
    """Figures of a requirement as integers; ``scale`` turns one into the program's unit (1 for a number of courses)."""

    scale: Fraction
    courses: bool = False
    need: int = 0
    earned: int = 0
    in_progress: int = 0
    planned: int = 0
    asked: int = 0
    waived: int = 0

    @property
    def missing(self) -> int:
        return max(0, self.need - self.earned - self.in_progress - self.planned - self.asked)

    @property
    def status(self) -> Status:
        if self.missing:
            return "not_met"
        if self.asked:
            return "ask"
        return "planned" if self.planned else "in_progress" if self.in_progress else "met"

    def add(self, other: _Sum) -> None:
        if other.courses == self.courses:
            self.need += other.need
            self.earned += other.earned
            self.in_progress += other.in_progress
            self.planned += other.planned
            self.asked += other.asked
            self.waived += other.waived


@dataclass(slots=True)
class _Audit:
    """One audit, step by step: read decisions, see where each entry may count, place the credit, tell the result."""

    shape: Shape
    entries: tuple[Entry, ...]
    decisions: Decisions
    achievements: tuple[Achievement, ...]
    grading: Grading
    priority: tuple[Stage, ...]
    sparing: bool

    counting: list[Entry] = field(default_factory=list)
    whole: dict[str, Waiver] = field(default_factory=dict)
    partly: dict[str, list[Waiver]] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    ways: list[dict[int, _Way]] = field(default_factory=list)
    refused: list[dict[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unit: int = 1
    prepared: Prepared = field(init=False)
    leaves: list[Leaf] = field(init=False)
    placing: Placing = field(init=False)
    uses: list[list[tuple[int, int]]] = field(init=False)
    lifted: list[list[tuple[Waiver, int]]] = field(init=False)
    credit: Fraction = field(init=False)

    def report(self) -> AuditReport:
        program = self.shape.program
        # Credit of a stage that was not asked about does not exist for this audit.
        self.counting = [entry for entry in self.entries if entry.amount > 0 and entry.stage in self.priority]
        self.prepared = self.shape.prepared([entry.subject for entry in self.counting])
        self.leaves = self.prepared.normal.leaves
        self.read_decisions()
        self.read_facts()
        for entry in self.counting:
            self.read_ways(entry)
        self.solve()
        results = tuple(self.result(node)[0] for node in self.prepared.normal.nodes)
        status: Status = max((one.status for one in results), key=WORST.index, default="not_met")
        return AuditReport(
            program=program.id,
            name=program.name,
            kind=program.kind,
            unit=program.unit.name,
            engine=engine_version(),
            rule_hash=self.shape.hash,
            record_hash=self.record_hash(),
            priority=self.priority,
            status=status,
            answer=answer_of(status),
            on_track=status in ("met", "in_progress", "planned"),
            requirements=results,
            unused=tuple(self.unused()),
            pins=tuple(map(self.pin, self.decisions.counts)),
            assumptions=tuple(self.assumptions()),
            notes=tuple(self.notes),
            doubts=program.doubts,
        )

    def record_hash(self) -> str:
        """SHA-256 of everything about the student that the audit saw."""
        lines = [
            [
                e.id,
                e.title,
                [e.subject.code, e.subject.sced, e.subject.area, e.subject.level, sorted(e.subject.tags)],
                str(e.amount),
                *(e.stage, e.mark, e.grade, e.year, e.term, e.origin, e.reason),
            ]
            for e in self.entries
        ]
        achievements = sorted(one.model_dump_json() for one in self.achievements)
        text = json.dumps([lines, achievements, self.decisions.model_dump_json(), self.grading.scale])
        return hashlib.sha256(text.encode()).hexdigest()

    # -- decisions and facts ---------------------------------------------------------------------------------------

    def read_decisions(self) -> None:
        rules = self.shape.rules
        for waiver in self.decisions.waivers:
            rule = rules.get(waiver.requirement)
            if rule is None:
                self.unknown("waiver", waiver)
            elif waiver.credits is None:
                self.whole.setdefault(waiver.requirement, waiver)
            elif isinstance(rule, Gpa):
                self.notes.append(f"waiver by {waiver.by}: an average can only be waived as a whole")
            else:
                self.partly.setdefault(waiver.requirement, []).append(waiver)
        for sub in self.decisions.substitutions:
            if sub.requirement not in rules:
                self.unknown("substitution", sub)

    def unknown(self, what: str, decision: Waiver | PersonalSubstitution) -> None:
        """Note a decision about a requirement that is not here, unless it may be meant for another program."""
        if decision.program is not None:
            self.notes.append(f"{what} by {decision.by}: the program has no requirement {decision.requirement!r}")

    def waiver_of(self, path: str) -> Waiver | None:
        """The waiver that lifts a whole requirement, its own or that of a requirement around it."""
        return next((waiver for at, waiver in self.whole.items() if under(path, at)), None) if self.whole else None

    def read_facts(self) -> None:
        rules, year, limits = self.shape.rules, self.shape.program.unit.year_course, self.shape.program.limits
        done, notes = facts.assign(self.achievements, rules)
        self.notes += notes
        for path, rule in rules.items():
            if isinstance(rule, Task):
                self.facts[path] = facts.task(rule, done.get(path, ()), self.partly.get(path, ()))
            elif isinstance(rule, Gpa):
                seen = self.entries if "earned" in self.priority else ()
                self.facts[path] = facts.gpa(rule, seen, self.grading)
            elif isinstance(rule, Total):
                self.facts[path] = facts.total(rule, self.counting, year, self.partly.get(path, ()), limits)

    # -- where each entry may count --------------------------------------------------------------------------------

    def read_ways(self, entry: Entry) -> None:
        """Leaves in which an entry may count, and why not in others that would take its course."""
        ways: dict[int, _Way] = {}
        refused: dict[int, str] = {}
        self.ways.append(ways)
        self.refused.append(refused)
        answers = self.prepared.leaves(entry.subject)
        subs = [one for one in self.decisions.substitutions if _names(one, entry)]
        if subs:
            known = dict(answers)
            inside = {i for i, leaf in enumerate(self.leaves) if any(under(leaf.path, s.requirement) for s in subs)}
            answers = tuple((i, known.get(i, False)) for i in sorted({*known, *inside}))
        pins = [one for one in self.decisions.counts if one.by is not None and _names(one, entry)]
        for i, sure in answers:
            leaf = self.leaves[i]
            if sure and leaf.minimum_mark is None and leaf.during is None:
                ways[i] = PLAIN
                continue
            sub = None if sure else next((one for one in subs if under(leaf.path, one.requirement)), None)
            way = self.way(entry, leaf, sure, sub)
            if isinstance(way, str):
                refused[i] = way
                continue
            pin = None if way.sure else next((one for one in pins if under(leaf.path, one.requirement)), None)
            ways[i] = way if pin is None else _Way(sure=True, decided=True, by=pin.by)

    def way(self, entry: Entry, leaf: Leaf, sure: bool, sub: PersonalSubstitution | None) -> _Way | str:
        """How an entry counts in a leaf that its course matches, or why it does not."""
        doubts: list[str] = []
        assumes = None
        if not sure and sub is None:
            doubts.append(self.doubt(entry, leaf))
        if leaf.minimum_mark is not None:
            if entry.mark is not None:
                enough = self.grading.meets(entry.mark, leaf.minimum_mark)
                if enough is False:
                    return f"the mark {entry.mark} is below {leaf.minimum_mark}"
                if enough is None:
                    doubts.append(f"whether the mark {entry.mark} stands for {leaf.minimum_mark} or better")
            elif entry.stage == "earned":
                doubts.append(f"whether it was passed with {leaf.minimum_mark} or better: no mark is on record")
            else:
                assumes = f"{leaf.minimum_mark} or better"
        if leaf.during is not None:
            if entry.grade is None:
                doubts.append(f"whether it was taken in {_grades(leaf.during)}")
            elif entry.grade not in leaf.during:
                return f"it was not taken in {_grades(leaf.during)}"
        if doubts:
            return _Way(sure=False, why="; ".join(doubts), assumes=assumes)
        return _Way(sure=True, decided=sub is not None, by=sub.by if sub else None, assumes=assumes)

    def doubt(self, entry: Entry, leaf: Leaf) -> str:
        """What a person must say about a course that does not surely count."""
        if all(matches(selector, entry.subject) is False for selector in leaf.accepts):
            for sub in self.shape.program.substitutions:
                if sub.condition is None or matches(sub.allowed, entry.subject) is False:
                    continue
                if leaf.path in self.shape.reached[sub.id]:
                    return f"it may stand in if {sub.condition}"
        if leaf.series is not None and entry.subject.sced is None:
            return "whether it belongs to the same series"
        return "whether the course counts here"

    # -- the assignment --------------------------------------------------------------------------------------------

    def solve(self) -> None:
        leaves, limits = self.leaves, self.prepared.normal.limits
        year = self.shape.program.unit.year_course
        lifts = list(self.part_waivers())
        sizes = {entry.amount for entry in self.counting} | {limit.most for limit in limits}
        sizes |= {leaf.need for leaf in leaves} | {credits for _, _, credits in lifts}
        self.unit = lcm(*(size.denominator for size in sizes))
        self.credit = year / self.unit
        sinks = tuple(
            Sink(
                0 if self.waiver_of(leaf.path) else int(leaf.need * (1 if leaf.counts == "courses" else self.unit)),
                leaf.pool,
                leaf.counts == "courses",
                leaf.takes_all,
            )
            for leaf in leaves
        )
        supplies = [self.supply(i, entry) for i, entry in enumerate(self.counting)]
        given: list[Waiver] = []
        for waiver, below, credits in lifts:
            # A waiver is credit that fills where it helps most, before any other; of courses it lifts whole ones.
            pieces = [1] * int(credits) if sinks[below[0]].whole else [int(credits * self.unit)]
            given += [waiver] * len(pieces)
            supplies += [Supply(piece, -1, dict.fromkeys(below, SURE), across=True) for piece in pieces]
        problem = Problem(
            tuple(supplies),
            sinks,
            tuple(int(limit.most * self.unit) for limit in limits),
            tuple(part for node in self.prepared.normal.nodes for part in conjuncts(self.tree(node))),
            self.unit,
        )
        self.placing = place(problem)
        if self.sparing and self.may_spare(problem):
            other = place(problem, sparing=True)
            if all(held or spared(tree) for held, tree in zip(other.satisfied, problem.trees, strict=True)):
                self.placing = other
        if not all(self.placing.satisfied) and any(UNSURE in one.arcs.values() for one in supplies):
            more = place(problem, keep=self.placing)
            if not all(more.satisfied):
                # A person's word would not settle everything: then sure credit is not taken for a question.
                more = place(problem, keep=self.placing, guard=True)
            if (sum(more.satisfied), len(more.full)) > (sum(self.placing.satisfied), len(self.placing.full)):
                self.placing = more
        if not self.placing.proven:
            self.notes.append("where credit counts is the best way found; that there is no better one is not proven")
        self.uses = [[] for _ in leaves]
        self.lifted = [[] for _ in leaves]
        for i in sorted(range(len(self.counting)), key=lambda i: (supplies[i].stage, i)):
            for at, amount in self.placing.flows[i].items():
                self.uses[at].append((i, amount))
        for waiver, flow in zip(given, self.placing.flows[len(self.counting) :], strict=True):
            for at, amount in flow.items():
                self.lifted[at].append((waiver, amount))

    def may_spare(self, problem: Problem) -> bool:
        """Whether credit is short that some other requirement, which could do without credit, has taken."""
        told = list(zip(self.placing.satisfied, problem.trees, strict=True))
        short = [tree for held, tree in told if not held and not spared(tree)]
        return all(tree.below or tree.leaf is not None for tree in short) and any(
            held and tree.below and spared(tree) for held, tree in told if short
        )

    def part_waivers(self) -> Iterator[tuple[Waiver, tuple[int, ...], Fraction]]:
        """Waivers of some credit, with the leaves they may fill: those of credits, else those of courses."""
        for path, waivers in self.partly.items():
            below = [i for i, leaf in enumerate(self.leaves) if under(leaf.path, path)]
            credits = tuple(i for i in below if self.leaves[i].counts == "credits")
            for waiver in waivers:
                if waiver.credits is not None and credits:
                    yield waiver, credits, waiver.credits / self.shape.program.unit.year_course
                elif waiver.credits is not None and below:
                    yield waiver, tuple(below), Fraction(int(waiver.credits))

    def supply(self, index: int, entry: Entry) -> Supply:
        ways, limits = self.ways[index], self.prepared.normal.limits
        pinned = [pin.requirement for pin in self.decisions.counts if _names(pin, entry)]
        return Supply(
            amount=int(entry.amount * self.unit),
            stage=self.priority.index(entry.stage),
            arcs={i: SURE if way.sure else UNSURE for i, way in ways.items()},
            pins=frozenset(
                i for i, way in ways.items() if way.sure and any(under(self.leaves[i].path, at) for at in pinned)
            ),
            limits=tuple(
                (j, inside)
                for j, inside in self.prepared.limits(entry.subject)
                if limits[j].binds(entry.grade) and not inside.isdisjoint(ways)
            ),
        )

    def tree(self, node: Node) -> Tree:
        """What must hold, with everything decided that no credit can change."""
        if self.waiver_of(node.path):
            return Tree(holds=True)
        if node.leaf is not None:
            return Tree(leaf=node.leaf)
        if not node.below:
            fact = self.facts[node.path]
            return Tree(holds=fact.holds, open=not fact.holds and not isinstance(node.rule, Total))
        return joined([self.tree(part) for part in node.below], node.least)

    # -- results ---------------------------------------------------------------------------------------------------

    def result(self, node: Node) -> tuple[RequirementResult, _Sum | None]:
        """A requirement with those inside it, and its figures where they are credits or courses."""
        rule = node.rule
        waiver = self.waiver_of(node.path)
        if waiver is not None:
            return self.waived(node.path, rule, waiver), None
        if isinstance(rule, (Task, Gpa, Total)):
            return self.fact(node.path, rule), None
        inner = [part for part in node.below if part.path != node.path]
        parts = [self.result(part) for part in inner]
        if isinstance(rule, AnyOf):
            return self.choice(node.path, rule, parts)
        courses = isinstance(rule, CourseRequirement)
        sums = _Sum(Fraction(1) if courses else self.credit, courses)
        statuses: list[Status] = [part.status for part, _ in parts]
        uses: list[Use] = []
        asks: list[Ask] = []
        lifted: list[Lifted] = []
        words: list[str] = []
        for leaf in self.own_leaves(node):
            figures = self.figures(leaf)
            sums.add(figures)
            statuses.append(figures.status)
            uses += self.leaf_uses(leaf)
            asks += self.leaf_asks(leaf, figures)
            lifted += [
                Lifted(credits=amount * figures.scale, reason=one.reason, by=one.by, date=one.date)
                for one, amount in self.lifted[leaf]
            ]
            words += self.leaf_words(rule, leaf, figures)
        for below, (_, figures_below) in zip(inner, parts, strict=True):
            # A part that counts again in a pool of its own takes nothing from the credits around it.
            if figures_below is not None and (isinstance(rule, AllOf) or below.rule.pool == MAIN):
                sums.add(figures_below)
        kind: ResultKind = "all_of" if isinstance(rule, AllOf) else "courses" if courses else "credits"
        made = self.make(
            node.path,
            rule,
            kind,
            max(statuses, key=WORST.index),
            sums,
            uses=tuple(uses),
            ask=tuple(asks),
            parts=tuple(part for part, _ in parts),
            waivers=tuple(lifted),
            detail="; ".join(words) or None,
        )
        return made, sums

    def make(
        self,
        path: str,
        rule: AnyRequirement,
        kind: ResultKind,
        status: Status,
        sums: _Sum,
        *,
        uses: tuple[Use, ...] = (),
        ask: tuple[Ask, ...] = (),
        parts: tuple[RequirementResult, ...] = (),
        waivers: tuple[Lifted, ...] = (),
        detail: str | None = None,
    ) -> RequirementResult:
        """A result of credits or courses; built without validation, as every value is our own."""
        verified, source = self.shape.sources[path]
        scale = sums.scale
        return RequirementResult.model_construct(
            path=path,
            name=_name(rule),
            kind=kind,
            status=status,
            unit="courses" if kind == "courses" else self.shape.program.unit.name,
            need=sums.need * scale,
            earned=sums.earned * scale if sums.earned else NOTHING,
            in_progress=sums.in_progress * scale if sums.in_progress else NOTHING,
            planned=sums.planned * scale if sums.planned else NOTHING,
            asked=sums.asked * scale if sums.asked else NOTHING,
            missing=sums.missing * scale if sums.missing else NOTHING,
            waived=sums.waived * scale if sums.waived else NOTHING,
            verified=verified,
            reference=source,
            uses=uses,
            ask=ask,
            waivers=waivers,
            parts=parts,
            note=rule.note,
            detail=detail,
        )

    def waived(self, path: str, rule: AnyRequirement, waiver: Waiver) -> RequirementResult:
        """Met because a person lifted it."""
        verified, source = self.shape.sources[path]
        unit = self.shape.program.unit.name
        kind: ResultKind
        if isinstance(rule, CreditRequirement):
            kind, amount = "credits", rule.credits * (len(rule.each_grade) if rule.each_grade is not None else 1)
        elif isinstance(rule, CourseRequirement):
            kind, amount, unit = "courses", Fraction(rule.courses), "courses"
        elif isinstance(rule, Total):
            kind, amount = "total", rule.total
        elif isinstance(rule, Task):
            kind, amount, unit = "task", rule.amount or NOTHING, rule.unit or ""
        elif isinstance(rule, Gpa):
            kind, amount, unit = "gpa", rule.gpa, "points"
        else:
            kind, amount = "all_of" if isinstance(rule, AllOf) else "any_of", NOTHING
        return RequirementResult(
            path=path,
            name=_name(rule),
            kind=kind,
            status="met",
            unit=unit,
            need=NOTHING,
            waived=amount,
            verified=verified,
            reference=source,
            waivers=(Lifted(credits=None, reason=waiver.reason, by=waiver.by, date=waiver.date),),
            waived_by=waiver.by,
            date=_text(waiver.date),
            note=rule.note,
            detail=waiver.reason,
        )

    def fact(self, path: str, rule: Task | Gpa | Total) -> RequirementResult:
        fact = self.facts[path]
        verified, source = self.shape.sources[path]
        return RequirementResult.model_construct(
            path=path,
            name=_name(rule),
            kind="task" if isinstance(rule, Task) else "gpa" if isinstance(rule, Gpa) else "total",
            status=fact.status,
            unit=self.shape.program.unit.name if fact.unit is None else fact.unit,
            need=fact.need,
            earned=fact.earned,
            in_progress=fact.in_progress,
            planned=fact.planned,
            asked=fact.asked,
            missing=fact.missing,
            waived=fact.waived,
            verified=verified,
            reference=source,
            ask=fact.ask,
            waivers=fact.waivers,
            date=_text(fact.date),
            note=rule.note,
            detail=fact.detail,
        )

    def choice(
        self, path: str, rule: AnyOf, parts: Sequence[tuple[RequirementResult, _Sum | None]]
    ) -> tuple[RequirementResult, _Sum]:
        """The branches that stand for the requirement: those satisfied, else those nearest to it."""
        ranked = sorted(range(len(parts)), key=lambda i: (WORST.index(parts[i][0].status), *_distance(parts[i][1]), i))
        chosen = set(ranked[: rule.at_least])
        sums = _Sum(self.credit)
        for i in chosen:
            figures = parts[i][1]
            if figures is not None:
                sums.add(figures)
        made = self.make(
            path,
            rule,
            "any_of",
            parts[ranked[rule.at_least - 1]][0].status,
            sums,
            parts=tuple(
                part if i in chosen else part.model_copy(update={"counted": False}) for i, (part, _) in enumerate(parts)
            ),
            detail=f"{rule.at_least} of {len(parts)}" if rule.at_least > 1 else None,
        )
        return made, sums

    def own_leaves(self, node: Node) -> list[int]:
        """The leaves of a requirement itself, beside its parts; of several series the one that is taken."""
        if node.leaf is not None:
            return [node.leaf]
        own = [part.leaf for part in node.below if part.path == node.path and part.leaf is not None]
        if isinstance(node.rule, (CreditRequirement, CourseRequirement)) and node.rule.same:
            return [max(own, key=lambda leaf: (sum(amount for _, amount in self.uses[leaf]), -leaf))]
        return own

    def figures(self, leaf: int) -> _Sum:
        place = self.leaves[leaf]
        courses = place.counts == "courses"
        waived = sum(amount for _, amount in self.lifted[leaf])
        need = int(place.need * (1 if courses else self.unit))
        sums = _Sum(Fraction(1) if courses else self.credit, courses, need=need - waived, waived=waived)
        for i, amount in self.uses[leaf]:
            if not self.ways[i][leaf].sure:
                sums.asked += amount
            elif self.counting[i].stage == "earned":
                sums.earned += amount
            elif self.counting[i].stage == "in_progress":
                sums.in_progress += amount
            else:
                sums.planned += amount
        return sums

    def leaf_uses(self, leaf: int) -> Iterator[Use]:
        path = self.leaves[leaf].path
        whole = self.leaves[leaf].counts == "courses"
        for i, amount in self.uses[leaf]:
            entry, way = self.counting[i], self.ways[i][leaf]
            yield Use.model_construct(
                entry=entry.id,
                course=entry.subject.code,
                title=entry.title,
                credits=entry.amount * self.shape.program.unit.year_course if whole else amount * self.credit,
                stage=entry.stage,
                decided=way.decided,
                by=way.by,
                pinned=any(_names(pin, entry) and under(path, pin.requirement) for pin in self.decisions.counts),
                asked=not way.sure,
                assumes=way.assumes,
            )

    def leaf_asks(self, leaf: int, figures: _Sum) -> Iterator[Ask]:
        """Questions about credit that counts here only by a person's word, and, where it is short, about what might."""
        asked = [i for i, _ in self.uses[leaf]]
        if figures.missing:
            asked += [i for i, ways in enumerate(self.ways) if leaf in ways and not self.placing.flows[i]]
        questions: dict[tuple[str, str], list[str]] = {}
        for i in asked:
            way = self.ways[i][leaf]
            if not way.sure:
                questions.setdefault((way.who, way.why), []).append(self.counting[i].id)
        for (who, why), ids in questions.items():
            yield Ask(who=who, why=why, entries=tuple(ids))

    def leaf_words(self, rule: AnyRequirement, leaf: int, figures: _Sum) -> Iterator[str]:
        place = self.leaves[leaf]
        if isinstance(rule, CreditRequirement) and rule.each_grade is not None and place.during and figures.missing:
            yield f"{decimal_text(figures.missing * figures.scale)} missing in grade {place.during[0]}"
        if place.series is not None and self.uses[leaf]:
            yield f"series: {place.series.replace('_', ' ')}"

    # -- what counts nowhere, what is assumed, what became of pins ---------------------------------------------------

    def names(self, leaves: Iterable[int]) -> str:
        paths = list(dict.fromkeys(self.leaves[i].path for i in leaves))
        named = [_name(self.shape.rules[path]) for path in paths[:3]]
        return ", ".join(named) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")

    def unused(self) -> Iterator[Unused]:
        index = {entry.id: i for i, entry in enumerate(self.counting)}
        for entry in self.entries:
            i = index.get(entry.id)
            if i is not None and self.placing.flows[i]:
                continue
            if i is None:
                why = (entry.reason or "no credit") if not entry.amount else "this audit does not count such credit yet"
            elif sure := [leaf for leaf, way in self.ways[i].items() if way.sure]:
                why = f"other credit fills what it could count for, or serves it better: {self.names(sure)}"
            elif self.ways[i]:
                why = f"it would count only by a person's word: {self.names(self.ways[i])}"
            elif self.refused[i]:
                leaf, reason = next(iter(self.refused[i].items()))
                why = f"{self.names([leaf])}: {reason}"
            else:
                why = "no requirement of the program accepts it"
            credits = entry.amount * self.shape.program.unit.year_course
            yield Unused(entry=entry.id, course=entry.subject.code, title=entry.title, credits=credits, why=why)

    def assumptions(self) -> Iterable[str]:
        taken: dict[str, None] = {}
        for leaf, uses in enumerate(self.uses):
            for i, _ in uses:
                if (assumed := self.ways[i][leaf].assumes) is not None:
                    taken[f"{self.counting[i].title} ({self.counting[i].id}) ends with {assumed}"] = None
        return taken

    def pin(self, pin: CountsFor) -> Pin:
        """What became of a pin."""
        named = [i for i, entry in enumerate(self.counting) if _names(pin, entry)]
        below = [i for i, leaf in enumerate(self.leaves) if under(leaf.path, pin.requirement)]
        words = self.pin_refusal(pin, named, below)
        credits = NOTHING
        if not words:
            year = self.shape.program.unit.year_course
            for leaf in below:
                whole = self.leaves[leaf].counts == "courses"
                for i, amount in self.uses[leaf]:
                    if i in named:
                        credits += self.counting[i].amount * year if whole else amount * self.credit
            if not credits:
                words = "other pins, a waiver or a limit leave no room for it there, or another way is taken"
            elif credits < sum((self.counting[i].amount for i in named), NOTHING) * year:
                words = "the requirement takes no more of it"
        return Pin(
            course=pin.course,
            requirement=pin.requirement,
            by=pin.by,
            obeyed=credits > 0,
            credits=credits,
            words=words,
        )

    def pin_refusal(self, pin: CountsFor, named: Sequence[int], below: Sequence[int]) -> str:
        """Why a pin cannot be obeyed at all; empty where it can."""
        if pin.requirement not in self.shape.rules:
            return f"the program has no requirement {pin.requirement!r}"
        if not named:
            lost = next((entry for entry in self.entries if _names(pin, entry)), None)
            return "the record has no credit of it" + (f": {lost.reason}" if lost and lost.reason else "")
        if not below:
            return "this is no requirement of courses"
        ways = [self.ways[i][leaf] for i in named for leaf in below if leaf in self.ways[i]]
        if any(way.sure for way in ways):
            return ""
        if ways:
            return f"a person must decide first: {ways[0].why}"
        reasons = [self.refused[i][leaf] for i in named for leaf in below if leaf in self.refused[i]]
        return reasons[0] if reasons else "the requirement does not accept this course"


def _names(decision: CountsFor | PersonalSubstitution, entry: Entry) -> bool:
    return decision.course in (entry.subject.code, entry.id)


def _name(rule: AnyRequirement) -> str:
    return rule.name or rule.id.replace("-", " ").capitalize()


def _text(date: datetime.date | None) -> str | None:
    return date.isoformat() if date is not None else None


def _grades(during: tuple[int, ...]) -> str:
    return f"grade {during[0]}" if len(during) == 1 else f"grades {', '.join(map(str, during))}"


def _distance(figures: _Sum | None) -> tuple[bool, Fraction]:
    """How far a branch is from being satisfied: one that holds credit first, then the least missing credit."""
    if figures is None:
        return True, NOTHING
    return not (
        figures.earned or figures.in_progress or figures.planned or figures.asked
    ), figures.missing * figures.scale
