"""Check the claims of an audit by plain arithmetic, from the rules themselves.

A witness that shares no code with the audit: it neither knows the normal form nor solves anything. It takes the
credit that a report says counts for each requirement and verifies that the rule accepts it, that none is counted
twice where it counts once, and that every figure and status follows. Which courses a selector matches is the one
thing it asks of the house (`requirements.selector`). It proves a report sound; that no better assignment exists is
the solver's own proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from catalogs.exact import decimal_text
from catalogs.grading import Grading
from requirements.decisions import Achievement, Decisions, Waiver
from requirements.figure import rule_hash
from requirements.language import (
    AllOf,
    AnyOf,
    AnyRequirement,
    Cap,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    Limit,
    Program,
    Substitution,
    Task,
    Total,
)
from requirements.record import STAGES, Entry
from requirements.report import AuditReport, RequirementResult, Use
from requirements.selector import matches, series_of

PARTS = ("parts", "all_of", "any_of")
ORDER = ("met", "in_progress", "planned", "ask", "not_met")
ZERO = Fraction(0)


def check(
    program: Program,
    entries: Sequence[Entry],
    report: AuditReport,
    decisions: Decisions | None = None,
    achievements: Sequence[Achievement] = (),
    grading: Grading | None = None,
) -> tuple[str, ...]:
    """Verify a report; the other arguments are those the audit had.

    Returns
    -------
    tuple of str
        A sentence for each claim that does not hold; empty where all do.
    """
    return tuple(
        dict.fromkeys(
            _Check(program, entries, report, decisions or Decisions(), achievements, grading or Grading()).run()
        )
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for a rule because of the rules around it."""

    pool: str = "main"
    minimum_mark: str | None = None
    during: tuple[int, ...] | None = None
    status: str | None = None
    reference: str | None = None
    choice: bool = False
    caps: tuple[tuple[str, Cap], ...] = ()


@dataclass(slots=True)
class _Sums:
    """Credit (or courses) by what it is; in the program's unit."""

    need: Fraction = ZERO
    earned: Fraction = ZERO
    in_progress: Fraction = ZERO
    planned: Fraction = ZERO
    asked: Fraction = ZERO
    courses: bool = False

    def take(self, other: _Sums | None) -> None:
        if other is not None and other.courses == self.courses:
            for name in ("need", "earned", "in_progress", "planned", "asked"):
                setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def short(self) -> Fraction:
        return self.need - self.earned - self.in_progress - self.planned - self.asked

    @property
    def status(self) -> str:
        if self.short > 0:
            return "not_met"
        if self.asked:
            return "ask"
        return "planned" if self.planned else "in_progress" if self.in_progress else "met"


@dataclass(slots=True)
class _Check:
    program: Program
    entries: Sequence[Entry]
    report: AuditReport
    decisions: Decisions
    achievements: Sequence[Achievement]
    grading: Grading

    wrong: list[str] = field(default_factory=list)
    by_id: dict[str, Entry] = field(default_factory=dict)
    year: Fraction = ZERO
    placed: defaultdict[tuple[str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    capped: defaultdict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    limits: dict[str, Fraction] = field(default_factory=dict)
    lifted: defaultdict[tuple[str, str, str], Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    at: dict[str, list[Use]] = field(default_factory=dict)
    open: list[tuple[str, str, Callable[[Entry], bool]]] = field(default_factory=list)
    pools: dict[str, None] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)

    def say(self, path: str, sentence: str) -> None:
        self.wrong.append(f"{path}: {sentence}")

    def run(self) -> list[str]:
        report, program = self.report, self.program
        self.by_id = {entry.id: entry for entry in self.entries}
        self.year = program.unit.year_course
        self.tasks = dict(_tasks(program.requirements, ""))
        own = (None, program.id)
        self.decisions = Decisions(
            waivers=tuple(one for one in self.decisions.waivers if one.program in own),
            substitutions=tuple(one for one in self.decisions.substitutions if one.program in own),
            counts=tuple(one for one in self.decisions.counts if one.program in own),
        )
        if (report.program, report.kind, report.unit) != (program.id, program.kind, program.unit.name):
            self.wrong.append(f"the report is about {report.program!r}, not about {program.id!r}")
        if report.rule_hash != rule_hash(program):
            self.wrong.append("the report was made with other rules")
        statuses = self.pairs(program.requirements, report.requirements, "", _Around())
        self.equal("the program", "status", report.status, max(statuses, key=ORDER.index, default="not_met"))
        answer = report.status if report.status in ("met", "ask") else "not_met"
        self.equal("the program", "answer", report.answer, answer)
        self.equal("the program", "on_track", report.on_track, report.status in ("met", "in_progress", "planned"))
        self.conservation()
        self.limits_hold()
        self.waivers_hold()
        self.pins_hold()
        self.nothing_lost()
        return self.wrong

    def equal(self, path: str, what: str, said: object, found: object) -> None:
        if said != found:
            self.say(path, f"{what} is {_shown(said)}, but by the rules and the record it is {_shown(found)}")

    # -- the tree --------------------------------------------------------------------------------------------------

    def pairs(
        self, rules: Sequence[AnyRequirement], results: Sequence[RequirementResult], prefix: str, around: _Around
    ) -> list[str]:
        """Check results against their rules, one for one; statuses of those that stand for something."""
        if [prefix + rule.id for rule in rules] != [one.path for one in results]:
            self.say(
                prefix.rstrip("/") or "the program", "the results are not those of its requirements, in their order"
            )
            return []
        return [self.result(rule, one, around)[0] for rule, one in zip(rules, results, strict=True)]

    def result(self, rule: AnyRequirement, one: RequirementResult, outer: _Around) -> tuple[str, _Sums | None]:
        """Check one result; its status and figures by the rules."""
        path = one.path
        around = self.inside(rule, path, outer)
        self.equal(path, "kind", one.kind, _kind(rule))
        sourced = next((r for r in self.program.references if r.id == around.reference), None)
        sure = around.status == "verified" and sourced is not None and sourced.status == "verified"
        self.equal(path, "verified", one.verified, sure)
        waiver = self.waiver(path)
        if waiver is not None:
            self.equal(path, "status of a waived requirement", one.status, "met")
            self.equal(path, "waived_by", one.waived_by, waiver.by)
            if one.need or one.uses or one.parts or one.missing:
                self.say(path, "it is waived as a whole, yet needs or holds credit")
            return one.status, None
        if one.waived_by is not None:
            self.say(path, f"no waiver by {one.waived_by} is on record")
        if isinstance(rule, Task):
            return self.task(rule, one), None
        if isinstance(rule, Gpa):
            return self.gpa(rule, one), None
        if isinstance(rule, Total):
            return self.total(rule, one), None
        if isinstance(rule, AnyOf):
            return self.any_of(rule, one, around)
        sums = _Sums(courses=isinstance(rule, CourseRequirement))
        statuses = []
        if isinstance(rule, (CreditRequirement, CourseRequirement)):
            own = self.own(rule, one, around)
            sums.take(own)
            if (
                own.need
                or own.earned
                or own.in_progress
                or own.planned
                or own.asked
                or isinstance(rule, CourseRequirement)
            ):
                statuses.append(self.own_status(rule, one, own))
        elif one.uses:
            self.say(path, "only its parts can hold credit")
        parts = rule.all_of if isinstance(rule, AllOf) else rule.parts if isinstance(rule, CreditRequirement) else ()
        if [f"{path}/{part.id}" for part in parts] != [part.path for part in one.parts]:
            self.say(path, "its parts are not those of the rule, in their order")
            return one.status, sums
        for part, result in zip(parts, one.parts, strict=True):
            if not result.counted:
                self.say(result.path, "a part that must hold is called one that does not count")
            status, figures = self.result(part, result, around)
            statuses.append(status)
            if isinstance(rule, AllOf) or part.pool == "main":
                sums.take(figures)
        status = max(statuses, key=ORDER.index) if statuses else "met"
        self.figures(one, sums)
        self.equal(path, "status", one.status, status)
        return status, sums

    def inside(self, rule: AnyRequirement, path: str, outer: _Around) -> _Around:
        pool = {"main": outer.pool, "again": f"only {path}"}.get(rule.pool, f"named {rule.pool}")
        mark, during, caps = outer.minimum_mark, outer.during, outer.caps
        if isinstance(rule, (CreditRequirement, CourseRequirement)):
            mark = rule.minimum_mark if rule.minimum_mark is not None else mark
            during = rule.during if rule.during is not None else during
        if pool != outer.pool:
            caps = ()
        if isinstance(rule, CreditRequirement):
            caps += tuple((f"{path}, cap {i}", cap) for i, cap in enumerate(rule.caps, 1))
        return _Around(
            pool,
            mark,
            during,
            rule.status or outer.status or self.program.status,
            rule.reference or outer.reference or self.program.reference,
            outer.choice or isinstance(rule, AnyOf),
            caps,
        )

    def any_of(self, rule: AnyOf, one: RequirementResult, around: _Around) -> tuple[str, _Sums]:
        path = one.path
        sums = _Sums()
        if one.uses:
            self.say(path, "only its branches can hold credit")
        if [f"{path}/{part.id}" for part in rule.any_of] != [part.path for part in one.parts]:
            self.say(path, "its branches are not those of the rule, in their order")
            return one.status, sums
        counted: list[str] = []
        every: list[str] = []
        for part, result in zip(rule.any_of, one.parts, strict=True):
            status, figures = self.result(part, result, around)
            every.append(status)
            if result.counted:
                counted.append(status)
                sums.take(figures)
            elif _holds_credit(result):
                self.say(result.path, "it holds credit, although another way is taken")
        self.equal(path, "number of ways taken", len(counted), rule.at_least)
        status = sorted(every, key=ORDER.index)[rule.at_least - 1]
        self.figures(one, sums)
        self.equal(path, "status", one.status, status)
        if counted:
            self.equal(path, "status of the ways taken", max(counted, key=ORDER.index), status)
        return status, sums

    def figures(self, one: RequirementResult, sums: _Sums) -> None:
        for name in ("need", "earned", "in_progress", "planned", "asked"):
            self.equal(one.path, name, getattr(one, name), getattr(sums, name))
        self.equal(one.path, "missing", one.missing, max(ZERO, sums.short))
        if sums.short < 0:
            self.say(one.path, f"it holds {decimal_text(-sums.short)} more than it needs")

    # -- credit ----------------------------------------------------------------------------------------------------

    def own(self, rule: CreditRequirement | CourseRequirement, one: RequirementResult, around: _Around) -> _Sums:
        """Figures of the credit that a requirement holds itself, beside its parts."""
        path = one.path
        courses = isinstance(rule, CourseRequirement)
        sums = _Sums(courses=courses)
        if isinstance(rule, CourseRequirement):
            size = Fraction(rule.courses)
        else:
            size = max(ZERO, _size(rule, whole=True) - sum((_size(part) for part in rule.parts), ZERO))
        waived = sum((lift.credits or ZERO for lift in one.waivers), ZERO)
        for lift in one.waivers:
            self.lifted[lift.by, lift.reason, str(lift.date)] += lift.credits or ZERO
            if lift.credits is None or not any(
                w.by == lift.by and w.reason == lift.reason and w.date == lift.date and _below(path, w.requirement)
                for w in self.decisions.waivers
                if w.credits is not None
            ):
                self.say(path, f"no such waiver by {lift.by} is on record")
        if waived > size:
            self.say(path, "more is waived than it asks")
        sums.need = size - waived
        self.at[path] = list(one.uses)
        self.pools[around.pool] = None
        for use in one.uses:
            entry = self.by_id.get(use.entry)
            if entry is None:
                self.say(path, f"the record has no entry {use.entry!r}")
                continue
            self.use(rule, one, use, entry, around)
            much = Fraction(1) if courses else use.credits
            name = "asked" if use.asked else entry.stage
            setattr(sums, name, getattr(sums, name) + much)
        if rule.same == "series":
            self.one_series(one)
        for sub in self.stand_ins(path):
            if sub.credits is not None:
                key = f"substitution {sub.id}"
                self.limits[key] = sub.credits
                for use in one.uses:
                    entry = self.by_id.get(use.entry)
                    if (
                        entry
                        and matches(sub.allowed, entry.subject) is not False
                        and not matches(rule.from_, entry.subject)
                    ):
                        self.capped[key] += use.credits
        if not around.choice and sums.short > 0 and not around.caps and not self.limited(path):
            self.expect_full(rule, path, around)
        return sums

    def own_status(self, rule: CreditRequirement | CourseRequirement, one: RequirementResult, own: _Sums) -> str:
        """Status of that credit; where it is asked in each of several grades, each of them must have its own."""
        if not isinstance(rule, CreditRequirement) or rule.each_grade is None:
            return own.status
        for grade in rule.each_grade:
            uses = [use for use in one.uses if (e := self.by_id.get(use.entry)) is not None and e.grade == grade]
            if sum((use.credits for use in uses), ZERO) > rule.credits:
                self.say(one.path, f"grade {grade} is given more than {decimal_text(rule.credits)}")
        return own.status

    def use(
        self,
        rule: CreditRequirement | CourseRequirement,
        one: RequirementResult,
        use: Use,
        entry: Entry,
        around: _Around,
    ) -> None:
        path = one.path
        if (use.course, use.title, use.stage) != (entry.subject.code, entry.title, entry.stage):
            self.say(path, f"{use.entry} is not described as the record has it")
        if entry.stage not in self.report.priority:
            self.say(path, f"{use.entry} is {entry.stage}, which this audit does not count")
        whole = entry.amount * self.year
        if use.credits <= 0 or use.credits > whole:
            self.say(path, f"{use.entry} counts {decimal_text(use.credits)}, but has {decimal_text(whole)}")
        if isinstance(rule, CourseRequirement) and use.credits != whole:
            self.say(path, f"{use.entry} is to count as a whole course")
        self.placed[around.pool, entry.id] += use.credits
        caps = [(f"limit {one.id}", one) for one in self.program.limits if self.over(one, path, around)]
        for name, cap in (*around.caps, *caps):
            self.limits[name] = cap.credits
            in_time = cap.during is None or entry.grade is None or entry.grade in cap.during
            if in_time and matches(cap.from_, entry.subject) is not False:
                self.capped[name] += use.credits
        verdict, decider = self.accepts(rule, path, entry, around)
        if verdict is False:
            self.say(path, f"it does not accept {use.entry}")
        elif verdict is None and not use.asked:
            self.say(path, f"{use.entry} counts only if a person says so, but is counted as sure")
        elif verdict and use.asked and not self.of_another_series(rule, path, entry):
            self.say(path, f"{use.entry} surely counts, but is called a question")
        personal = self.personal(path, entry)
        if personal is not None and rule.same and use.decided:
            decider = personal  # its course may be of another series, which takes the decision
        self.equal(path, f"decided of {use.entry}", (use.decided, use.by), (decider is not None, decider))
        pinned = any(_about(pin.course, entry) and _below(path, pin.requirement) for pin in self.decisions.counts)
        self.equal(path, f"pinned of {use.entry}", use.pinned, pinned)
        if use.asked and not any(use.entry in ask.entries for ask in one.ask):
            self.say(path, f"nobody is asked about {use.entry}")
        mark = around.minimum_mark
        assumed = None if mark is None or entry.mark is not None or entry.stage == "earned" else f"{mark} or better"
        if decider is None or use.assumes is not None:
            self.equal(path, f"assumption about {use.entry}", use.assumes, assumed)

    def over(self, limit: Limit, path: str, around: _Around) -> bool:
        """Whether a limit of the program holds for the credit of a requirement."""
        return any(_below(path, one) for one in limit.over) if limit.over else around.pool == "main"

    def accepts(
        self, rule: CreditRequirement | CourseRequirement, path: str, entry: Entry, around: _Around
    ) -> tuple[bool | None, str | None]:
        """Whether a rule takes an entry, and the person by whose decision it does."""
        answers = [matches(rule.from_, entry.subject)]
        if answers[0] and rule.same and entry.subject.sced is None:
            answers = [None]
        for sub in self.stand_ins(path):
            answer = matches(sub.allowed, entry.subject)
            answers.append(answer if sub.condition is None or answer is False else None)
        verdict: bool | None = True if True in answers else None if None in answers else False
        decider = None
        if not verdict:
            decider = self.personal(path, entry)
            verdict = True if decider is not None else verdict
        if verdict is False:
            return False, None
        during = around.during
        if isinstance(rule, CreditRequirement) and rule.each_grade is not None:
            during = rule.each_grade
        if during is not None and entry.grade is not None and entry.grade not in during:
            return False, None
        if during is not None and entry.grade is None:
            verdict = None
        if around.minimum_mark is not None:
            if entry.mark is None:
                verdict = None if entry.stage == "earned" else verdict
            else:
                enough = self.grading.meets(entry.mark, around.minimum_mark)
                if enough is False:
                    return False, None
                verdict = None if enough is None else verdict
        if verdict is None:
            for pin in self.decisions.counts:
                if pin.by is not None and _about(pin.course, entry) and _below(path, pin.requirement):
                    return True, pin.by
            return None, None
        return verdict, decider

    def personal(self, path: str, entry: Entry) -> str | None:
        """Who accepted a course for a requirement for this one student."""
        for sub in self.decisions.substitutions:
            if _about(sub.course, entry) and _below(path, sub.requirement):
                return sub.by
        return None

    def one_series(self, one: RequirementResult) -> None:
        found = set()
        for use in one.uses:
            entry = self.by_id.get(use.entry)
            if entry is None or entry.subject.sced is None:
                continue
            # What stands in may be of any series, and what a person is asked about need not be of this one.
            stands_in = any(
                matches(sub.allowed, entry.subject) for sub in self.stand_ins(one.path) if not sub.condition
            )
            if stands_in or use.asked or self.personal(one.path, entry) is not None:
                continue
            found.add(series_of(entry.subject))
        if len(found) > 1 or None in found:
            self.say(one.path, f"its courses are of several series: {', '.join(sorted(map(str, found)))}")

    def of_another_series(self, rule: CreditRequirement | CourseRequirement, path: str, entry: Entry) -> bool:
        """Whether a course may count beside those of one series because a person may let it stand in."""
        subs = self.stand_ins(path) if rule.same else []
        return any(matches(sub.allowed, entry.subject) is not False for sub in subs)

    def limited(self, path: str) -> bool:
        return bool(self.program.limits or self.stand_ins(path))

    def stand_ins(self, path: str) -> list[Substitution]:
        """Substitutions for the credit of a requirement: named themselves, or by one around them without its own."""
        return [
            sub
            for sub in self.program.substitutions
            if any(path == one or (_below(path, one) and not self.own_credit(one)) for one in sub.instead_of)
        ]

    def own_credit(self, path: str) -> bool:
        """Whether a requirement asks credit beside its parts."""
        rules: Sequence[AnyRequirement] = self.program.requirements
        rule: AnyRequirement | None = None
        for step in path.split("/"):
            rule = next(one for one in rules if one.id == step)
            rules = next((found for name in PARTS if (found := getattr(rule, name, ()))), ())
        if isinstance(rule, CreditRequirement):
            return _size(rule, whole=True) > sum((_size(part) for part in rule.parts), ZERO)
        return isinstance(rule, CourseRequirement)

    def expect_full(self, rule: CreditRequirement | CourseRequirement, path: str, around: _Around) -> None:
        """Remember a requirement that is short, to see that no credit it surely takes lies idle."""
        if rule.same or (isinstance(rule, CreditRequirement) and rule.each_grade is not None):
            return

        def takes(entry: Entry) -> bool:
            return self.accepts(rule, path, entry, around)[0] is True

        self.open.append((path, around.pool, takes))

    # -- what is no course -----------------------------------------------------------------------------------------

    def task(self, rule: Task, one: RequirementResult) -> str:
        tasks = self.tasks
        done = going = ZERO
        settled = started = False
        need = rule.amount or ZERO
        waived = sum((w.credits or ZERO for w in self.decisions.waivers if w.requirement == one.path), ZERO)
        need -= min(need, waived)
        dates = [w.date for w in self.decisions.waivers if w.requirement == one.path and w.credits is not None]
        for achievement in self.achievements:
            named = achievement.requirement
            if named is None:
                homes = [path for path, task in tasks.items() if task.task == achievement.task]
            elif named in tasks:
                homes = [named]
            else:
                homes = [path for path in tasks if path.rpartition("/")[2] == named]
            if homes != [one.path]:
                continue
            amount = achievement.amount if achievement.amount is not None else need
            if achievement.status == "done" or achievement.status == "waived":
                settled, done = True, done + (need if achievement.status == "waived" else amount)
                dates.append(achievement.date)
            elif achievement.status == "in_progress":
                started, going = True, going + amount
        settled = settled or (rule.amount is not None and waived > 0)
        if settled and done >= need:
            status = "met"
        elif (settled or started) and done + going >= need:
            status = "in_progress"
        else:
            status = "ask" if rule.judged else "not_met"
        self.equal(one.path, "status", one.status, status)
        self.equal(one.path, "need", one.need, need)
        self.equal(one.path, "earned", one.earned, min(done, need))
        self.equal(one.path, "in_progress", one.in_progress, min(going, need - min(done, need)))
        self.equal(one.path, "missing", one.missing, max(ZERO, need - done - going))
        known = [date for date in dates if date is not None]
        self.equal(one.path, "date", one.date, max(known).isoformat() if known and status == "met" else None)
        return status

    def gpa(self, rule: Gpa, one: RequirementResult) -> str:
        """The average again; what it cannot tell is weighed for and against."""
        sure: list[tuple[Fraction, Fraction]] = []
        doubt: list[tuple[Fraction, Fraction, Fraction]] = []
        for entry in self.entries:
            if entry.stage != "earned" or "earned" not in self.report.priority:
                continue
            counts = matches(rule.from_, entry.subject)
            points = None
            if entry.mark:
                points = self.grading.percent(entry.mark) if rule.scale == 100 else self.grading.points(entry.mark)
            if counts and points is not None and entry.amount:
                sure.append((entry.amount, points))
            elif counts is not False:
                low, high = (ZERO, Fraction(rule.scale)) if points is None else (points, points)
                doubt.append((entry.amount or Fraction(1), low, high))
        mean = _mean(sure)

        def enough(average: Fraction | None) -> bool:
            return average is not None and (average > rule.gpa if rule.above else average >= rule.gpa)

        lowest = _mean(sure + [(w, p) for w, p, _ in doubt if not enough(p)])
        highest = _mean(sure + [(w, p) for w, _, p in doubt if enough(p)])
        status = "not_met"

        if mean is not None and enough(lowest):
            status = "met"
        elif enough(highest):
            status = "ask"
        self.equal(one.path, "status", one.status, status)
        self.equal(one.path, "need", one.need, rule.gpa)
        if mean is not None and abs(one.earned - mean) > Fraction(1, 1000):
            self.say(one.path, f"the average is {float(mean):.3f}, not {decimal_text(one.earned)}")
        return status

    def total(self, rule: Total, one: RequirementResult) -> str:
        sums = _Sums(need=rule.total)
        sums.need -= min(rule.total, sum((w.credits or ZERO for w in self.waivers_at(one.path)), ZERO))
        maybe = ZERO
        held: defaultdict[str, Fraction] = defaultdict(Fraction)  # by limit
        # What surely counts goes before what may, and of it what is earned first.
        for sure, stage in [(True, stage) for stage in STAGES] + [(None, stage) for stage in STAGES]:
            for entry in self.entries:
                if entry.stage != stage or stage not in self.report.priority:
                    continue
                if matches(rule.from_, entry.subject) is not sure:
                    continue
                much = entry.amount * self.year
                limits = [limit for limit in self.program.limits if self.under_all(limit, entry)]
                for limit in limits:
                    much = min(much, limit.credits - held[limit.id])
                for limit in limits:
                    held[limit.id] += much
                if sure:
                    setattr(sums, stage, getattr(sums, stage) + much)
                else:
                    maybe += much
        if sums.earned >= sums.need:
            status = "met"
        elif sums.earned + sums.in_progress >= sums.need:
            status = "in_progress"
        elif sums.short <= 0:
            status = "planned"
        elif maybe >= sums.short:
            status, sums.asked = "ask", sums.short
        else:
            status = "not_met"
        self.equal(one.path, "status", one.status, status)
        for name in ("need", "earned", "in_progress", "planned", "asked"):
            self.equal(one.path, name, getattr(one, name), getattr(sums, name))
        self.equal(one.path, "missing", one.missing, max(ZERO, sums.short))
        return status

    def under_all(self, limit: Limit, entry: Entry) -> bool:
        """Whether a limit holds over the whole program, and credit falls under it."""
        in_time = limit.during is None or entry.grade is None or entry.grade in limit.during
        return not limit.over and in_time and matches(limit.from_, entry.subject) is not False

    # -- across requirements ---------------------------------------------------------------------------------------

    def conservation(self) -> None:
        """No credit counts twice inside a pool."""
        for (pool, id), much in self.placed.items():
            have = self.by_id[id].amount * self.year
            if much > have:
                where = "once" if pool == "main" else f"once among those of pool {pool}"
                self.wrong.append(
                    f"{id} counts {decimal_text(much)} in all, but has {decimal_text(have)} and counts {where}"
                )

    def limits_hold(self) -> None:
        for name, most in self.limits.items():
            if self.capped[name] > most:
                self.say(name, f"{decimal_text(self.capped[name])} counted, at most {decimal_text(most)} may")

    def waivers_hold(self) -> None:
        for (by, reason, date), much in self.lifted.items():
            granted = sum(
                (
                    w.credits or ZERO
                    for w in self.decisions.waivers
                    if (w.by, w.reason, str(w.date)) == (by, reason, date)
                ),
                ZERO,
            )
            if much > granted:
                self.wrong.append(f"{by} waived {decimal_text(granted)}, but {decimal_text(much)} is lifted")

    def pins_hold(self) -> None:
        """Every pin is answered, and as the uses tell."""
        said = [(pin.course, pin.requirement, pin.by) for pin in self.report.pins]
        if said != [(pin.course, pin.requirement, pin.by) for pin in self.decisions.counts]:
            self.wrong.append("the pins answered are not those on record")
            return
        for pin in self.report.pins:
            found = sum(
                (
                    use.credits
                    for path, uses in self.at.items()
                    if _below(path, pin.requirement)
                    for use in uses
                    if (entry := self.by_id.get(use.entry)) is not None and _about(pin.course, entry)
                ),
                ZERO,
            )
            # A pin that a person must settle first is refused, even where its credit would land there anyway.
            if pin.obeyed:
                self.equal(f"pin of {pin.course} to {pin.requirement}", "credits", pin.credits, found)
            if pin.obeyed != (pin.credits > 0) or (not pin.obeyed and not pin.words):
                self.wrong.append(
                    f"pin of {pin.course} to {pin.requirement}: refused without a reason, or obeyed with no credit"
                )

    def nothing_lost(self) -> None:
        """Unused credit is all named, and none lies idle that a short requirement surely takes."""
        used = {id for _, id in self.placed}
        unused = [entry.id for entry in sorted(self.entries, key=lambda e: e.id) if entry.id not in used]
        if [one.entry for one in self.report.unused] != unused:
            self.wrong.append("the credit that counts nowhere is not told as it is")
        for path, pool, takes in self.open:
            for entry in self.entries:
                idle = entry.amount * self.year - self.placed.get((pool, entry.id), ZERO)
                if idle > 0 and entry.stage in self.report.priority and takes(entry):
                    self.say(path, f"it is short, although {entry.id} could fill it")

    def waiver(self, path: str) -> Waiver | None:
        """The waiver that lifts a requirement as a whole."""
        for waiver in self.decisions.waivers:
            if waiver.credits is None and _below(path, waiver.requirement):
                return waiver
        return None

    def waivers_at(self, path: str) -> Iterable[Waiver]:
        return (waiver for waiver in self.decisions.waivers if waiver.requirement == path)


def _below(path: str, requirement: str) -> bool:
    return (path + "/").startswith(requirement + "/")


def _about(course: str, entry: Entry) -> bool:
    return course == entry.id or (entry.subject.code is not None and course == entry.subject.code)


def _kind(rule: AnyRequirement) -> str:
    names: dict[type, str] = {
        CreditRequirement: "credits",
        CourseRequirement: "courses",
        AllOf: "all_of",
        AnyOf: "any_of",
        Task: "task",
        Gpa: "gpa",
        Total: "total",
    }
    return names[type(rule)]


def _size(rule: AnyRequirement, *, whole: bool = False) -> Fraction:
    """Credits that a rule takes of the one around it; nothing where it counts in a pool of its own."""
    if rule.pool != "main" and not whole:
        return ZERO
    if isinstance(rule, CreditRequirement):
        return rule.credits * len(rule.each_grade or (0,))
    if isinstance(rule, AllOf):
        return sum((_size(part) for part in rule.all_of), ZERO)
    if isinstance(rule, AnyOf):
        return sum(sorted((_size(part) for part in rule.any_of), reverse=True)[: rule.at_least], ZERO)
    return ZERO


def _tasks(rules: Sequence[AnyRequirement], prefix: str) -> Iterable[tuple[str, Task]]:
    for rule in rules:
        if isinstance(rule, Task):
            yield prefix + rule.id, rule
        for name in PARTS:
            yield from _tasks(getattr(rule, name, ()), f"{prefix}{rule.id}/")


def _mean(weighed: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    weight = sum((w for w, _ in weighed), ZERO)
    return sum((w * p for w, p in weighed), ZERO) / weight if weight else None


def _holds_credit(result: RequirementResult) -> bool:
    return bool(result.uses) or any(_holds_credit(part) for part in result.parts)


def _shown(value: object) -> str:
    return decimal_text(value) if isinstance(value, Fraction) else repr(value)
