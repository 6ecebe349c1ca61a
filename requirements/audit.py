"""Audit a record against a program: what is met, which credit counts where, what is missing, what a person must decide.

Where credit counts is an assignment solved to the optimum (`requirements.placing`): first with the courses that surely count, then,
for what stays short, with those that count if a person says so. The second answer is given only where it fills more.
"""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from fractions import Fraction
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import lcm

from catalogs.errors import InputError
from catalogs.exact import decimal_text
from catalogs.grading import Grading
from requirements.decisions import Achievement, Decisions, PersonalSubstitution, Waiver
from requirements.language import (
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    Program,
    Reference,
    Sourced,
    Task,
    Total,
    children,
    walk,
)
from requirements.normal import Leaf, Node, Normal, normalize, under
from requirements.placing import SURE, UNSURE, Placing, Problem, Sink, Supply, Tree, place
from requirements.reader import rule_hash
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
from requirements.selector import Subject, matches, series_of

__all__ = ["AuditReport", "RequirementResult", "audit", "engine_version"]

NOTHING = Fraction(0)
COUNSELOR = "counselor"
PRESENT: dict[Stage, str] = {"earned": "earned", "in_progress": "in progress", "planned": "planned"}


def audit(
    program: Program,
    entries: Sequence[Entry],
    *,
    decisions: Decisions | None = None,
    achievements: Sequence[Achievement] = (),
    grading: Grading | None = None,
    priority: tuple[Stage, ...] = STAGES,
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
        Of the school, for minimum marks and averages.
    priority : tuple of Stage
        Which credit is placed first. Stages left out do not count at all: ``("earned",)`` asks what is met today.

    Returns
    -------
    AuditReport
        The same, byte for byte, for equal input in any order of the entries.

    Raises
    ------
    InputError
        When two entries have the same id.

    Examples
    --------
    >>> from requirements.language import Program
    >>> program = Program.model_validate(
    ...     {"id": "p", "name": "P", "jurisdiction": "US-XX", "kind": "diploma",
    ...      "requirements": [{"id": "credits", "credits": 2, "from": {"any_course": True}}]})
    >>> from requirements.record import Entry
    >>> from requirements.selector import Subject
    >>> report = audit(program, [Entry("A@1", "Art", Subject(code="A"), Fraction(1), "earned")])
    >>> report.status, report.requirements[0].missing
    ('not_met', Fraction(1, 1))
    """
    if not priority or len(set(priority)) != len(priority):
        raise ValueError(f"priority names each stage once at most, not {priority}")
    return _Audit(
        shape=_shape(program),
        entries=_in_order(entries),
        decisions=_for(program, decisions or Decisions()),
        achievements=tuple(achievements),
        grading=grading or Grading(),
        priority=priority,
    ).report()


@cache
def engine_version() -> str:
    """Version of this package, which every report names."""
    try:
        return version("pathways")
    except PackageNotFoundError:
        return "0+unknown"


def _in_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    ordered = tuple(sorted(entries, key=lambda entry: entry.id))
    for one, other in zip(ordered, ordered[1:], strict=False):
        if one.id == other.id:
            raise InputError(
                f"two entries of the record have the id {one.id!r}", mend="give each line an id of its own"
            )
    return ordered


def _for(program: Program, decisions: Decisions) -> Decisions:
    """The decisions that are about a program."""

    def own(one: object) -> bool:
        return getattr(one, "program", None) in (None, program.id)

    return Decisions(
        waivers=tuple(filter(own, decisions.waivers)),
        substitutions=tuple(filter(own, decisions.substitutions)),
        counts=tuple(filter(own, decisions.counts)),
    )


# ------------------------------------------------------------------------------------------------- what a program gives


class _Shape:
    """What is the same for every audit of a program: sources, hash, and which course matches which leaf."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.hash = rule_hash(program)
        self.rules: dict[str, AnyRequirement] = dict(walk(program.requirements))
        self.sources: dict[str, tuple[bool, Reference | None]] = {}
        self.read_sources(program.requirements, "", program)
        self.series = [path for path, rule in self.rules.items() if isinstance(rule, CreditRequirement) and rule.same]
        base = normalize(program, ())
        self.leaves = {leaf.path: leaf for leaf in base.leaves}
        self.normals: dict[tuple[tuple[str, ...], ...], Normal] = {}
        self.rows: dict[Subject, dict[tuple[str, str | None], bool | None]] = {}
        self.limits: dict[Subject, tuple[bool, ...]] = {}
        self.base = base

    def read_sources(self, rules: Iterable[AnyRequirement], prefix: str, outer: Sourced) -> None:
        references = {one.id: one for one in self.program.references}
        for rule in rules:
            own = Sourced(reference=rule.reference or outer.reference, status=rule.status or outer.status)
            found = references.get(own.reference or "")
            sure = own.status == "verified" and found is not None and found.status == "verified"
            self.sources[prefix + rule.id] = (sure, found)
            self.read_sources(children(rule), f"{prefix}{rule.id}/", own)

    def normal(self, subjects: Sequence[Subject]) -> Normal:
        """The normal form for a record: it depends on the series that occur in it."""
        if not self.series:
            return self.base
        key = tuple(
            tuple(sorted({s for one in subjects if self.accepts(path, one) and (s := series_of(one))}))
            for path in self.series
        )
        if key not in self.normals:
            if len(self.normals) > 200:
                self.normals.clear()
            self.normals[key] = normalize(self.program, subjects)
        return self.normals[key]

    def accepts(self, path: str, subject: Subject) -> bool:
        """Whether a course may count for a requirement, leaving aside its series."""
        row = self.row(subject)
        key = (path, "?")
        if key not in row:
            leaf = self.leaves[path]
            row[key] = any(matches(s, subject) is not False for s in (*leaf.accepts, *leaf.by_decision))
        return row[key] is True

    def row(self, subject: Subject) -> dict[tuple[str, str | None], bool | None]:
        if subject not in self.rows:
            if len(self.rows) > 20_000:
                self.rows.clear()
                self.limits.clear()
            self.rows[subject] = {}
        return self.rows[subject]

    def limited(self, subject: Subject) -> tuple[bool, ...]:
        """Which limits a course counts toward; they are the same in every normal form of the program."""
        if subject not in self.limits:
            self.limits[subject] = tuple(limit.match(subject) for limit in self.base.limits)
        return self.limits[subject]


_shapes: dict[int, tuple[weakref.ref[Program], _Shape]] = {}


def _shape(program: Program) -> _Shape:
    """The shape of a program, kept by its identity: hashing the whole program would cost more than an audit."""
    found = _shapes.get(id(program))
    if found is not None and found[0]() is program:
        return found[1]
    if len(_shapes) > 500:
        _shapes.clear()
    shape = _Shape(program)
    _shapes[id(program)] = (weakref.ref(program), shape)
    return shape


# ---------------------------------------------------------------------------------------------------------- one audit


@dataclass(frozen=True, slots=True)
class _Way:
    """How an entry may count in a leaf."""

    sure: bool
    decided: bool = False
    by: str | None = None
    who: str = COUNSELOR
    why: str = ""
    assumes: str | None = None


@dataclass(slots=True)
class _Sum:
    """Figures of a result, in the program's unit."""

    need: Fraction = NOTHING
    earned: Fraction = NOTHING
    in_progress: Fraction = NOTHING
    planned: Fraction = NOTHING
    asked: Fraction = NOTHING
    waived: Fraction = NOTHING

    @property
    def missing(self) -> Fraction:
        return max(NOTHING, self.need - self.earned - self.in_progress - self.planned - self.asked)

    @property
    def status(self) -> Status:
        if self.missing:
            return "not_met"
        if self.asked:
            return "ask"
        return "planned" if self.planned else "in_progress" if self.in_progress else "met"

    def add(self, other: _Sum | RequirementResult) -> None:
        self.need += other.need
        self.earned += other.earned
        self.in_progress += other.in_progress
        self.planned += other.planned
        self.asked += other.asked
        self.waived += other.waived


@dataclass(slots=True)
class _Audit:
    shape: _Shape
    entries: tuple[Entry, ...]
    decisions: Decisions
    achievements: tuple[Achievement, ...]
    grading: Grading
    priority: tuple[Stage, ...]
    notes: list[str] = field(default_factory=list)

    program: Program = field(init=False)
    year: Fraction = field(init=False)
    normal: Normal = field(init=False)
    counting: list[Entry] = field(init=False)
    ways: list[dict[int, _Way]] = field(init=False)
    refused: list[dict[int, str]] = field(init=False)
    facts: dict[str, RequirementResult] = field(init=False)
    whole: dict[str, Waiver] = field(init=False)
    part: list[tuple[Waiver, tuple[int, ...], Fraction]] = field(init=False)
    placing: Placing = field(init=False)
    unit: int = field(init=False)
    uses: list[list[tuple[int, Fraction]]] = field(init=False)
    lifted: list[list[tuple[Waiver, Fraction]]] = field(init=False)
    done: dict[str, list[Achievement]] = field(init=False)

    def report(self) -> AuditReport:
        self.program = self.shape.program
        self.year = self.program.unit.year_course
        # Credit of a stage that was not asked about does not exist for this audit.
        self.counting = [e for e in self.entries if e.amount > 0 and e.stage in self.priority]
        self.normal = self.shape.normal([e.subject for e in self.counting])
        self.read_waivers()
        self.read_achievements()
        self.check_substitutions()
        self.ways, self.refused = [], []
        for entry in self.counting:
            self.read_ways(entry)
        self.facts = {
            path: self.fact(path, rule)
            for path, rule in self.shape.rules.items()
            if isinstance(rule, (Task, Gpa, Total)) and not self.waiver_of(path)
        }
        self.solve()
        results = tuple(self.result(node) for node in self.normal.nodes)
        status: Status = max((r.status for r in results), key=WORST.index, default="not_met")
        return AuditReport(
            program=self.program.id,
            name=self.program.name,
            kind=self.program.kind,
            unit=self.program.unit.name,
            engine=engine_version(),
            rule_hash=self.shape.hash,
            record_hash=self.record_hash(),
            priority=self.priority,
            status=status,
            answer=answer_of(status),
            on_track=status in ("met", "in_progress", "planned"),
            requirements=results,
            unused=tuple(self.unused()),
            pins=tuple(self.pins()),
            assumptions=tuple(self.assumptions()),
            notes=tuple(self.notes),
            doubts=self.program.doubts,
        )

    def record_hash(self) -> str:
        """SHA-256 of everything about the student that the audit saw."""
        lines = [
            [
                e.id,
                e.title,
                [e.subject.code, e.subject.sced, e.subject.area, e.subject.level, sorted(e.subject.tags)],
                str(e.amount),
                e.stage,
                e.mark,
                e.grade,
                e.year,
                e.term,
                e.origin,
                e.reason,
            ]
            for e in self.entries
        ]
        achievements = sorted(a.model_dump_json() for a in self.achievements)
        text = json.dumps([lines, achievements, self.decisions.model_dump_json(), self.grading.scale])
        return hashlib.sha256(text.encode()).hexdigest()

    # -- decisions -------------------------------------------------------------------------------------------------

    def read_waivers(self) -> None:
        self.whole, self.part = {}, []
        for waiver in self.decisions.waivers:
            rule = self.shape.rules.get(waiver.requirement)
            if rule is None:
                if waiver.program is not None:
                    self.notes.append(f"waiver by {waiver.by}: the program has no requirement {waiver.requirement!r}")
            elif waiver.credits is None:
                self.whole.setdefault(waiver.requirement, waiver)
            elif isinstance(rule, Gpa):
                self.notes.append(f"waiver by {waiver.by}: an average cannot be waived in part")
            elif not isinstance(rule, (Task, Total)):
                below = [i for i, leaf in enumerate(self.normal.leaves) if under(leaf.path, waiver.requirement)]
                credits = tuple(i for i in below if self.normal.leaves[i].counts == "credits")
                if credits:
                    self.part.append((waiver, credits, waiver.credits / self.year))
                elif below:
                    self.part.append((waiver, tuple(below), Fraction(int(waiver.credits))))

    def waiver_of(self, path: str) -> Waiver | None:
        """The waiver that lifts a requirement as a whole, its own or that of a requirement around it."""
        return next((w for at, w in self.whole.items() if under(path, at)), None)

    def partly(self, path: str) -> list[Waiver]:
        return [w for w in self.decisions.waivers if w.requirement == path and w.credits is not None]

    def check_substitutions(self) -> None:
        for sub in self.decisions.substitutions:
            if sub.requirement not in self.shape.rules and sub.program is not None:
                self.notes.append(f"substitution by {sub.by}: the program has no requirement {sub.requirement!r}")

    def substituted(self, entry: Entry, leaf: Leaf) -> PersonalSubstitution | None:
        for sub in self.decisions.substitutions:
            if sub.course in (entry.subject.code, entry.id) and under(leaf.path, sub.requirement):
                return sub
        return None

    # -- where each entry may count --------------------------------------------------------------------------------

    def read_ways(self, entry: Entry) -> None:
        """Leaves in which an entry may count, and why it may not in others that would take its course."""
        ways: dict[int, _Way] = {}
        refused: dict[int, str] = {}
        row = self.shape.row(entry.subject)
        named = (entry.subject.code, entry.id)
        subs = [s for s in self.decisions.substitutions if s.course in named]
        pins = [p for p in self.decisions.counts if p.course in named and p.by is not None]
        for i, leaf in enumerate(self.normal.leaves):
            key = (leaf.path, leaf.series)
            if key in row:
                answer = row[key]
            else:
                answer = row[key] = leaf.match(entry.subject)
            if answer is False and not subs:
                continue
            way = self.way(entry, leaf, answer, bool(subs))
            if isinstance(way, str):
                if way:
                    refused[i] = way
                continue
            if not way.sure:
                pin = next((p for p in pins if under(leaf.path, p.requirement)), None)
                if pin is not None:
                    way = _Way(sure=True, decided=True, by=pin.by)
            ways[i] = way
        self.ways.append(ways)
        self.refused.append(refused)

    def way(self, entry: Entry, leaf: Leaf, answer: bool | None, special: bool) -> _Way | str:
        """How an entry counts in a leaf, or why it does not (empty where its course has no business there)."""
        decided = self.substituted(entry, leaf) if special and not answer else None
        if not answer and answer is not None and decided is None:
            return ""
        doubts: list[tuple[str, str]] = []
        assumes = None
        if answer is None and decided is None:
            doubts.append(self.doubt(entry, leaf))
        if leaf.minimum_mark is not None:
            if entry.mark is not None:
                enough = self.grading.meets(entry.mark, leaf.minimum_mark)
                if enough is False:
                    return f"the mark {entry.mark} is below {leaf.minimum_mark}"
                if enough is None:
                    doubts.append(
                        (COUNSELOR, f"whether the mark {entry.mark} stands for {leaf.minimum_mark} or better")
                    )
            elif entry.stage == "earned":
                doubts.append(
                    (COUNSELOR, f"whether it was passed with {leaf.minimum_mark} or better: no mark is on record")
                )
            else:
                assumes = f"{leaf.minimum_mark} or better"
        if leaf.during is not None:
            if entry.grade is None:
                doubts.append((COUNSELOR, f"whether it was taken in {_grades(leaf.during)}"))
            elif entry.grade not in leaf.during:
                return f"it was not taken in {_grades(leaf.during)}"
        if doubts:
            return _Way(sure=False, who=doubts[0][0], why="; ".join(why for _, why in doubts))
        return _Way(sure=True, decided=decided is not None, by=decided.by if decided else None, assumes=assumes)

    def doubt(self, entry: Entry, leaf: Leaf) -> tuple[str, str]:
        """Who must say whether a course counts, and why."""
        if all(matches(selector, entry.subject) is False for selector in leaf.accepts):
            for sub in self.program.substitutions:
                if sub.instead_of == leaf.path and sub.condition and matches(sub.allowed, entry.subject) is not False:
                    return COUNSELOR, f"it may stand in where {sub.condition}"
        if leaf.series is not None and entry.subject.sced is None:
            return COUNSELOR, "whether it belongs to the same series"
        return COUNSELOR, "whether the course counts here"

    # -- facts that no course can change ---------------------------------------------------------------------------

    def read_achievements(self) -> None:
        """Give each achievement to its task: by path, else by id, else by kind where only one task is of that kind."""
        self.done = {}
        tasks = {path: rule for path, rule in self.shape.rules.items() if isinstance(rule, Task)}
        for one in sorted(self.achievements, key=lambda a: a.model_dump_json()):
            if one.requirement is not None:
                found = [one.requirement] if one.requirement in tasks else []
                found = found or [path for path, rule in tasks.items() if rule.id == one.requirement]
                if not found and one.requirement in self.shape.rules:
                    self.notes.append(f"{_name_of(one)}: {one.requirement!r} is no task; name the task that it settles")
            else:
                found = [path for path, rule in tasks.items() if rule.task == one.task]
            if len(found) == 1:
                self.done.setdefault(found[0], []).append(one)
            elif found:
                self.notes.append(f"{_name_of(one)} could be for several tasks: name one of {', '.join(found)}")

    def fact(self, path: str, rule: Task | Gpa | Total) -> RequirementResult:
        if isinstance(rule, Task):
            return self.task(path, rule)
        return self.gpa(path, rule) if isinstance(rule, Gpa) else self.total(path, rule)

    def task(self, path: str, rule: Task) -> RequirementResult:
        found = self.done.get(path, [])
        lifted = [Lifted(credits=w.credits, reason=w.reason, by=w.by, date=w.date) for w in self.partly(path)]
        cut = min(rule.amount or NOTHING, sum((w.credits or NOTHING for w in lifted), NOTHING))
        need = rule.amount - cut if rule.amount is not None else NOTHING
        settled = [one for one in found if one.status in ("done", "waived")]
        going = [one for one in found if one.status == "in_progress"]
        earned = min(need, sum((_much(one, need) for one in settled), NOTHING))
        coming = min(need - earned, sum((_much(one, need) for one in going), NOTHING))
        missing = need - earned - coming
        status: Status = "not_met"
        if settled and earned == need:
            status = "met"
        elif (settled or going) and not missing:
            status = "in_progress"
        ask: tuple[Ask, ...] = ()
        words = [rule.detail] if rule.detail else []
        if status == "not_met" and rule.judged:
            status, ask = "ask", (Ask(who=rule.who, why=rule.detail or "a person judges whether it is done"),)
        for one in found:
            if one.status == "failed":
                words.append(f"not passed: {_name_of(one)}")
            elif one.status == "waived":
                words.append(f"waived: {_name_of(one)}")
        dates = [one.date for one in settled if one.date is not None]
        return self.make(
            path,
            rule,
            "task",
            status,
            _Sum(need, earned, coming, waived=cut),
            unit=(rule.unit or "") if rule.amount is not None else "",
            missing=missing,
            ask=ask,
            date=max(dates) if dates and status == "met" else None,
            waivers=tuple(lifted),
            detail=". ".join(words) or None,
        )

    def gpa(self, path: str, rule: Gpa) -> RequirementResult:
        """An average of the marks earned; asked where marks without points, or failed courses, could tip it."""
        weight = points = NOTHING
        doubtful: list[tuple[Entry, Fraction, Fraction, bool]] = []
        for entry in self.entries:
            if entry.stage != "earned" or "earned" not in self.priority:
                continue
            counts = matches(rule.from_, entry.subject)
            if counts is False:
                continue
            value = self.grading.points(entry.mark) if entry.mark is not None else None
            if counts is None or value is None or not entry.amount:
                # At worst it counts with its own points (none where they are unknown), at best with four or not at all.
                low = value if value is not None else NOTHING
                doubtful.append((entry, entry.amount or Fraction(1), low, value is None))
            else:
                weight += entry.amount
                points += value * entry.amount
        pulls = [(w, low) for _, w, low, _ in doubtful if low < rule.gpa]
        lifts = [
            (w, Fraction(4) if unknown else low)
            for _, w, low, unknown in doubtful
            if (Fraction(4) if unknown else low) > rule.gpa
        ]
        worst = _average(points, weight, pulls)
        best = _average(points, weight, lifts)
        average = points / weight if weight else None
        status: Status = "not_met"
        ask: tuple[Ask, ...] = ()
        if worst is not None and worst >= rule.gpa:
            status = "met"
        elif best is not None and best >= rule.gpa:
            names = tuple(entry.id for entry, *_ in doubtful)
            why = "the average depends on marks without points, on repeated or failed courses, or on courses in doubt"
            status, ask = "ask", (Ask(who=rule.who, why=why, entries=names),)
        shown = Fraction(round(average * 1000), 1000) if average is not None else NOTHING
        words = f"average {decimal_text(shown)}" if average is not None else "no marks on record"
        missing = max(NOTHING, rule.gpa - shown) if status != "met" else NOTHING
        return self.make(
            path, rule, "gpa", status, _Sum(rule.gpa, shown), unit="points", missing=missing, ask=ask, detail=words
        )

    def total(self, path: str, rule: Total) -> RequirementResult:
        lifted = [Lifted(credits=w.credits, reason=w.reason, by=w.by, date=w.date) for w in self.partly(path)]
        cut = min(rule.total, sum((w.credits or NOTHING for w in lifted), NOTHING))
        sums = _Sum(need=rule.total - cut, waived=cut)
        unsure: list[str] = []
        possible = NOTHING
        for entry in self.counting:
            counts = matches(rule.from_, entry.subject)
            if counts:
                setattr(sums, entry.stage, getattr(sums, entry.stage) + entry.amount * self.year)
            elif counts is None:
                unsure.append(entry.id)
                possible += entry.amount * self.year
        short = sums.missing
        ask: tuple[Ask, ...] = ()
        if sums.earned >= sums.need:
            status: Status = "met"
        elif sums.earned + sums.in_progress >= sums.need:
            status = "in_progress"
        elif not short:
            status = "planned"
        elif possible >= short:
            sums.asked = short
            status, ask = "ask", (Ask(who=COUNSELOR, why="whether these courses count", entries=tuple(unsure)),)
        else:
            status = "not_met"
        return self.make(path, rule, "total", status, sums, ask=ask, waivers=tuple(lifted))

    # -- the assignment --------------------------------------------------------------------------------------------

    def solve(self) -> None:
        leaves = self.normal.leaves
        amounts = [e.amount for e in self.counting]
        amounts += [leaf.need for leaf in leaves if leaf.counts == "credits"]
        amounts += [limit.most for limit in self.normal.limits] + [credits for _, _, credits in self.part]
        self.unit = lcm(*(amount.denominator for amount in amounts))
        sinks = tuple(
            Sink(
                0 if self.waiver_of(leaf.path) else int(leaf.need * (1 if leaf.counts == "courses" else self.unit)),
                leaf.pool,
                leaf.counts == "courses",
            )
            for leaf in leaves
        )
        supplies = [self.supply(i, entry) for i, entry in enumerate(self.counting)]
        for _, below, credits in self.part:
            if leaves[below[0]].counts == "courses":
                one = Supply(self.unit, -1, dict.fromkeys(below, SURE), across=True)
                supplies += [one] * int(credits)
            else:
                supplies.append(Supply(int(credits * self.unit), -1, dict.fromkeys(below, SURE), across=True))
        problem = Problem(
            tuple(supplies),
            sinks,
            tuple((frozenset(limit.leaves), int(limit.most * self.unit)) for limit in self.normal.limits),
            tuple(self.tree(node) for node in self.normal.nodes),
            self.unit,
        )
        self.placing = place(problem)
        if not all(self.placing.satisfied) and any(UNSURE in s.arcs.values() for s in supplies):
            more = place(problem, keep=self.placing.satisfied)
            if (sum(more.satisfied), more.filled) > (sum(self.placing.satisfied), self.placing.filled):
                self.placing = more
        self.uses = [[] for _ in leaves]
        self.lifted = [[] for _ in leaves]
        order = sorted(range(len(self.counting)), key=lambda i: (self.priority.index(self.counting[i].stage), i))
        for i in order:
            for leaf, amount in self.placing.flows[i].items():
                much = Fraction(amount) if sinks[leaf].whole else Fraction(amount, self.unit)
                self.uses[leaf].append((i, much))
        at = len(self.counting)
        for waiver, below, credits in self.part:
            courses = leaves[below[0]].counts == "courses"
            for _ in range(int(credits) if courses else 1):
                for leaf, amount in self.placing.flows[at].items():
                    self.lifted[leaf].append((waiver, Fraction(amount, 1 if courses else self.unit)))
                at += 1

    def supply(self, index: int, entry: Entry) -> Supply:
        limited = self.shape.limited(entry.subject)
        ways = self.ways[index]
        pinned = [p for p in self.decisions.counts if p.course in (entry.subject.code, entry.id)]
        leaves = self.normal.leaves
        return Supply(
            amount=int(entry.amount * self.unit),
            stage=self.priority.index(entry.stage),
            arcs={i: SURE if way.sure else UNSURE for i, way in ways.items()},
            pins=frozenset(i for i in ways if any(under(leaves[i].path, pin.requirement) for pin in pinned)),
            limits=tuple(
                j
                for j, (limit, counts) in enumerate(zip(self.normal.limits, limited, strict=True))
                if counts and any(i in ways for i in limit.leaves)
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
            holds = fact.status in ("met", "in_progress", "planned")
            return Tree(holds=holds, open=not holds and fact.kind != "total")
        parts = tuple(self.tree(part) for part in node.below)
        if all(part.holds is not None for part in parts):
            true = sum(part.holds is True for part in parts)
            unsettled = sum(part.open for part in parts)
            return Tree(holds=true >= node.least, open=true < node.least <= true + unsettled)
        return Tree(below=parts, least=node.least)

    # -- results ---------------------------------------------------------------------------------------------------

    def make(
        self,
        path: str,
        rule: AnyRequirement,
        kind: ResultKind,
        status: Status,
        sums: _Sum,
        *,
        unit: str | None = None,
        missing: Fraction | None = None,
        uses: tuple[Use, ...] = (),
        ask: tuple[Ask, ...] = (),
        parts: tuple[RequirementResult, ...] = (),
        waivers: tuple[Lifted, ...] = (),
        date: Date | None = None,
        waived_by: str | None = None,
        detail: str | None = None,
    ) -> RequirementResult:
        verified, source = self.shape.sources[path]
        return RequirementResult.model_construct(
            path=path,
            name=rule.name or rule.id.replace("-", " ").capitalize(),
            kind=kind,
            status=status,
            unit=self.program.unit.name if unit is None else unit,
            need=sums.need,
            earned=sums.earned,
            in_progress=sums.in_progress,
            planned=sums.planned,
            asked=sums.asked,
            missing=sums.missing if missing is None else missing,
            waived=sums.waived,
            counted=True,
            verified=verified,
            reference=source,
            uses=uses,
            ask=ask,
            waivers=waivers,
            parts=parts,
            waived_by=waived_by,
            date=date.isoformat() if date else None,
            note=rule.note,
            detail=detail,
        )

    def result(self, node: Node) -> RequirementResult:
        rule = node.rule
        waiver = self.waiver_of(node.path)
        if waiver is not None:
            return self.waived(node.path, rule, waiver)
        if isinstance(rule, (Task, Gpa, Total)):
            return self.facts[node.path]
        own = self.own_leaves(node)
        parts = [self.result(part) for part in node.below if part.path != node.path]
        if isinstance(rule, AnyOf):
            return self.choice(node, rule, parts)
        kind: ResultKind = (
            "all_of" if isinstance(rule, AllOf) else "courses" if isinstance(rule, CourseRequirement) else "credits"
        )
        sums = _Sum()
        statuses: list[Status] = [part.status for part in parts]
        uses: list[Use] = []
        asks: list[Ask] = []
        lifted: list[Lifted] = []
        words: list[str] = []
        for leaf in own:
            figures = self.figures(leaf)
            sums.add(figures)
            statuses.append(figures.status)
            uses += self.leaf_uses(leaf)
            asks += self.leaf_asks(leaf, figures)
            lifted += self.leaf_waivers(leaf)
            words += self.leaf_words(rule, leaf, figures)
        for part, inner in zip(parts, (n for n in node.below if n.path != node.path), strict=True):
            if part.unit == self.program.unit.name and (
                not isinstance(rule, CreditRequirement) or inner.rule.pool == MAIN
            ):
                if part.kind not in ("task", "gpa", "total"):
                    sums.add(part)
        return self.make(
            node.path,
            rule,
            kind,
            max(statuses, key=WORST.index),
            sums,
            unit="courses" if kind == "courses" else None,
            uses=tuple(uses),
            ask=tuple(asks),
            parts=tuple(parts),
            waivers=tuple(lifted),
            detail="; ".join(words) or None,
        )

    def waived(self, path: str, rule: AnyRequirement, waiver: Waiver) -> RequirementResult:
        """Met because a person lifted it."""
        amount = NOTHING
        unit: str | None = ""
        kind: ResultKind = "all_of"
        if isinstance(rule, CreditRequirement):
            kind, unit = "credits", None
            amount = rule.credits * (len(rule.each_grade) if rule.each_grade is not None else 1)
        elif isinstance(rule, CourseRequirement):
            kind, unit, amount = "courses", "courses", Fraction(rule.courses)
        elif isinstance(rule, Total):
            kind, unit, amount = "total", None, rule.total
        elif isinstance(rule, Task):
            kind, unit, amount = "task", rule.unit or "", rule.amount or NOTHING
        elif isinstance(rule, Gpa):
            kind, unit, amount = "gpa", "points", rule.gpa
        elif isinstance(rule, AnyOf):
            kind = "any_of"
        lifted = Lifted(credits=None, reason=waiver.reason, by=waiver.by, date=waiver.date)
        return self.make(
            path,
            rule,
            kind,
            "met",
            _Sum(waived=amount),
            unit=unit,
            waivers=(lifted,),
            date=waiver.date,
            waived_by=waiver.by,
            detail=waiver.reason,
        )

    def choice(self, node: Node, rule: AnyOf, parts: list[RequirementResult]) -> RequirementResult:
        """The branches that stand for the requirement: those satisfied, else those nearest to it."""
        ranked = sorted(range(len(parts)), key=lambda i: (WORST.index(parts[i].status), *_distance(parts[i]), i))
        chosen = set(ranked[: node.least])
        sums = _Sum()
        for i in sorted(chosen):
            if parts[i].unit == self.program.unit.name and parts[i].kind not in ("task", "gpa", "total"):
                sums.add(parts[i])
        shown = tuple(
            part if i in chosen else part.model_copy(update={"counted": False}) for i, part in enumerate(parts)
        )
        status = max((parts[i].status for i in chosen), key=WORST.index)
        words = f"{node.least} of {len(parts)}" if node.least > 1 else None
        return self.make(node.path, rule, "any_of", status, sums, parts=shown, detail=words)

    def own_leaves(self, node: Node) -> list[int]:
        """The leaves of a requirement itself, beside its parts; of the series it may be in, the one that is taken."""
        if node.leaf is not None:
            return [node.leaf]
        own: list[int] = []
        for part in node.below:
            if part.path != node.path:
                continue
            if part.leaf is not None:
                own.append(part.leaf)
            else:
                series = [one.leaf for one in part.below if one.leaf is not None]
                own.append(max(series, key=lambda leaf: (sum(much for _, much in self.uses[leaf]), -leaf)))
        if isinstance(node.rule, CreditRequirement) and node.rule.same and node.below and node.least == 1:
            series = [one.leaf for one in node.below if one.leaf is not None]
            return [max(series, key=lambda leaf: (sum(much for _, much in self.uses[leaf]), -leaf))]
        return own

    def scale(self, leaf: int) -> Fraction:
        return Fraction(1) if self.normal.leaves[leaf].counts == "courses" else self.year

    def figures(self, leaf: int) -> _Sum:
        scale = self.scale(leaf)
        waived = sum((much for _, much in self.lifted[leaf]), NOTHING)
        sums = _Sum(need=(self.normal.leaves[leaf].need - waived) * scale, waived=waived * scale)
        for i, much in self.uses[leaf]:
            name = self.counting[i].stage if self.ways[i][leaf].sure else "asked"
            setattr(sums, name, getattr(sums, name) + much * scale)
        return sums

    def leaf_uses(self, leaf: int) -> list[Use]:
        path = self.normal.leaves[leaf].path
        uses = []
        for i, much in self.uses[leaf]:
            entry, way = self.counting[i], self.ways[i][leaf]
            named = (entry.subject.code, entry.id)
            uses.append(
                Use.model_construct(
                    entry=entry.id,
                    course=entry.subject.code,
                    title=entry.title,
                    credits=(entry.amount if self.normal.leaves[leaf].counts == "courses" else much) * self.year,
                    stage=entry.stage,
                    decided=way.decided,
                    by=way.by,
                    pinned=any(p.course in named and under(path, p.requirement) for p in self.decisions.counts),
                    asked=not way.sure,
                    assumes=way.assumes,
                )
            )
        return uses

    def leaf_asks(self, leaf: int, figures: _Sum) -> list[Ask]:
        """Questions about credit that counts here only by a person's word, and, where it is short, about what might."""
        questions: dict[tuple[str, str], list[str]] = {}
        for i, _ in self.uses[leaf]:
            way = self.ways[i][leaf]
            if not way.sure:
                questions.setdefault((way.who, way.why), []).append(self.counting[i].id)
        if figures.missing:
            for i, ways in enumerate(self.ways):
                if leaf in ways and not ways[leaf].sure and not self.placing.flows[i]:
                    questions.setdefault((ways[leaf].who, ways[leaf].why), []).append(self.counting[i].id)
        return [Ask(who=who, why=why, entries=tuple(ids)) for (who, why), ids in questions.items()]

    def leaf_waivers(self, leaf: int) -> list[Lifted]:
        return [
            Lifted(credits=much * self.scale(leaf), reason=w.reason, by=w.by, date=w.date)
            for w, much in self.lifted[leaf]
        ]

    def leaf_words(self, rule: AnyRequirement, leaf: int, figures: _Sum) -> list[str]:
        place = self.normal.leaves[leaf]
        if isinstance(rule, CreditRequirement) and rule.each_grade is not None and place.during and figures.missing:
            return [f"{decimal_text(figures.missing)} missing in grade {place.during[0]}"]
        if place.series is not None and self.uses[leaf]:
            return [f"series: {place.series.replace('_', ' ')}"]
        return []

    # -- what counts nowhere, and pins -----------------------------------------------------------------------------

    def names(self, leaves: Iterable[int]) -> str:
        paths = dict.fromkeys(self.normal.leaves[i].path for i in leaves)
        named = [self.shape.rules[path].name or self.shape.rules[path].id.replace("-", " ") for path in paths]
        return ", ".join(named[:3]) + (" and others" if len(named) > 3 else "")

    def unused(self) -> Iterable[Unused]:
        index = {entry.id: i for i, entry in enumerate(self.counting)}
        for entry in self.entries:
            i = index.get(entry.id)
            if i is None:
                why = entry.reason or "no credit"
                if entry.amount > 0:
                    why = f"{PRESENT[entry.stage]}: this audit does not look at it"
            elif self.placing.flows[i]:
                continue
            elif sure := [leaf for leaf, way in self.ways[i].items() if way.sure]:
                why = f"what it could count for is full or better served: {self.names(sure)}"
            elif self.ways[i]:
                why = f"it would count only by a person's word: {self.names(self.ways[i])}"
            elif self.refused[i]:
                leaf, reason = next(iter(self.refused[i].items()))
                why = f"{reason} ({self.names([leaf])})"
            else:
                why = "no requirement of the program accepts it"
            yield Unused(
                entry=entry.id, course=entry.subject.code, title=entry.title, credits=entry.amount * self.year, why=why
            )

    def assumptions(self) -> Iterable[str]:
        taken: dict[str, None] = {}
        for leaf, uses in enumerate(self.uses):
            for i, _ in uses:
                if (assumed := self.ways[i][leaf].assumes) is not None:
                    taken[f"{self.counting[i].title} ({self.counting[i].id}) ends with {assumed}"] = None
        return taken

    def pins(self) -> Iterable[Pin]:
        for pin in self.decisions.counts:
            named = [i for i, e in enumerate(self.counting) if pin.course in (e.subject.code, e.id)]
            credits, why = NOTHING, self.pin_refusal(pin.requirement, pin.course, named)
            if why is None:
                below = {i for i, leaf in enumerate(self.normal.leaves) if under(leaf.path, pin.requirement)}
                for leaf in sorted(below):
                    for i, much in self.uses[leaf]:
                        if i in named:
                            whole = self.normal.leaves[leaf].counts == "courses"
                            credits += (self.counting[i].amount if whole else much) * self.year
                have = sum((self.counting[i].amount for i in named), NOTHING) * self.year
                if not credits:
                    why = "the requirement is filled by other pins, waived, capped, or another way is taken"
                elif credits < have:
                    why = "the requirement needs no more of it"
            yield Pin(
                course=pin.course, requirement=pin.requirement, by=pin.by, obeyed=credits > 0, credits=credits, words=why or ""
            )

    def pin_refusal(self, requirement: str, course: str, named: Sequence[int]) -> str | None:
        """Why a pin cannot be obeyed at all."""
        if requirement not in self.shape.rules:
            return f"the program has no requirement {requirement!r}"
        if not named:
            lost = next((e for e in self.entries if course in (e.subject.code, e.id)), None)
            return (
                f"it earned no credit: {lost.reason}"
                if lost and lost.reason
                else "the record has no credit of this course"
            )
        below = [i for i, leaf in enumerate(self.normal.leaves) if under(leaf.path, requirement)]
        if not below:
            return "no credit counts for this requirement"
        ways = [self.ways[i][leaf] for i in named for leaf in below if leaf in self.ways[i]]
        if any(way.sure for way in ways):
            return None
        if ways:
            return f"a person must decide first: {ways[0].why}"
        reasons = [self.refused[i][leaf] for i in named for leaf in below if leaf in self.refused[i]]
        return reasons[0] if reasons else "the requirement does not accept this course"


def _grades(during: tuple[int, ...]) -> str:
    return f"grade {during[0]}" if len(during) == 1 else f"grades {', '.join(map(str, during))}"


def _name_of(one: Achievement) -> str:
    return one.name or one.result or (one.task or "achievement").replace("_", " ")


def _much(one: Achievement, need: Fraction) -> Fraction:
    """How much of a task an achievement does: all of it where it says nothing or was waived."""
    return need if one.amount is None or one.status == "waived" else one.amount


def _average(points: Fraction, weight: Fraction, more: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    for w, value in more:
        weight += w
        points += w * value
    return points / weight if weight else None


def _distance(result: RequirementResult) -> tuple[bool, Fraction]:
    """How far a branch is from being satisfied: one that holds credit first, then the least missing credit."""
    credit = result.kind not in ("task", "gpa")
    placed = result.earned + result.in_progress + result.planned + result.asked
    return not (credit and placed > 0), result.missing if credit else NOTHING
