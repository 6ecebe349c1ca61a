"""Plan a student: compile, solve, read the answer back, audit it, check it independently, and only then return it."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Event

from catalogs import Catalog, Course, InputError
from catalogs.prerequisite import Need, leaves
from catalogs.version import engine_version
from pathways.aims import goal_result, held_by
from pathways.compile import Compiled, compile_problem, wanted
from pathways.explain.why_not import explain
from pathways.plan import (
    Certificate,
    Conflict,
    CountsToward,
    Inputs,
    Placement,
    Plan,
    PlanAudit,
    RecordLine,
    RobustResult,
    Status,
    TierResult,
    Unmet,
    WishResult,
)
from pathways.robust import core_courses, survive
from pathways.solver import SEED, Answer, Limits, Tier, solve
from pathways.student import Student
from pathways.verify import verify
from pathways.wish_words import outcome
from pathways.wishes import Asked
from requirements import figure, listing, reader
from requirements.audit import audit
from requirements.crediting import credit_entries, planned_entry
from requirements.language import Program, Unit
from requirements.record import Entry, subject_of
from requirements.report import WORST, AuditReport, RequirementResult
from requirements.selector import Subject


def plan(
    student: Student,
    catalog: Catalog | None = None,
    *,
    limits: Limits | None = None,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Plan:
    """Write the best plan for a student, proven tier by tier and independently verified.

    Parameters
    ----------
    catalog
        The school's catalog; loaded by the student's ``catalog`` when left out.
    limits
        Effort and time limits of the solver.
    stop
        Setting it ends the search early; the plan is then not marked as proven.
    folder
        Folder that a relative catalog path is meant from.

    Returns
    -------
    Plan
        Where the diploma cannot be reached in time, the best partial plan, with what is missing and the conflict.

    Raises
    ------
    InputError
        When the record names what does not exist or contradicts itself.

    Examples
    --------
    >>> from pathways.files import load_example
    >>> plan(load_example("katy-fresh")).status
    'optimal'
    """
    return Task.of(student, catalog, folder).best(limits, stop).plan


@dataclass(frozen=True, slots=True)
class Made:
    """A plan with the problem that it answers, for what is asked about it next."""

    plan: Plan
    compiled: Compiled
    answer: Answer


@dataclass(frozen=True, slots=True)
class Task:
    """A planning request compiled, and how any answer of the solver to it is read back."""

    student: Student
    catalog: Catalog
    compiled: Compiled
    remarks: tuple[str, ...]
    began: float

    @classmethod
    def of(cls, student: Student, catalog: Catalog | None = None, folder: Path | None = None) -> Task:
        """Compile a request; see `plan`."""
        began = time.monotonic()
        catalog = catalog or load_catalog(student, folder)
        programs = goal_programs(student, catalog)
        entries, remarks = credit_entries(student.transcript, catalog, entering=student.entering)
        may_fail = core_courses(catalog) if student.robust else ()
        compiled = compile_problem(student, catalog, programs, entries, may_fail=may_fail)
        return cls(student, catalog, compiled, tuple(remark.message for remark in remarks), began)

    def best(self, limits: Limits | None = None, stop: Event | None = None) -> Made:
        """The best plan."""
        answer = solve(self.compiled.problem, limits, stop)
        robust = None
        if self.student.robust:
            answer, robust = survive(self.compiled, answer, limits, stop)
        conflict = None
        if answer.status == "INFEASIBLE" or (answer.tiers and answer.tiers[0].bound > 0):
            conflict = explain(self.compiled, answer, stop)
        _settle(self.catalog.id)
        return Made(self.plan(answer, conflict, robust, since=self.began), self.compiled, answer)

    def plan(
        self, answer: Answer, conflict: Conflict | None = None, robust: RobustResult | None = None, *, since: float
    ) -> Plan:
        """An answer as a plan, verified; ``since`` is when work on it began (``time.monotonic()``)."""
        draft = _Reading(self.student, self.compiled, answer, self.remarks).plan(conflict)
        held = held_by(draft, self.catalog)
        courses = self.compiled.courses
        goals = tuple(goal_result(one.target, self.catalog, held, courses) for one in self.compiled.aims)
        draft = draft.model_copy(update={"goals": goals, "robust": robust})
        problems = verify(draft, self.catalog)
        return draft.model_copy(
            update={
                "verified": not problems,
                "problems": problems,
                "seconds": Fraction(round((time.monotonic() - since) * 1000), 1000),
            }
        )


@lru_cache(maxsize=64)
def _settle(catalog: str) -> None:
    """Take what stays (modules, catalogs, rules) out of the garbage collector's sight.

    Else it walks all of that every few plans, which takes as long as a plan.
    """
    gc.freeze()


def load_catalog(student: Student, folder: Path | None = None) -> Catalog:
    """The student's catalog: a bundled one by its id, or a folder."""
    from catalogs import bundled

    if bundled.is_bundled(student.catalog):
        return bundled.load(student.catalog)
    path = (folder or Path()) / student.catalog
    if not path.is_dir():
        raise InputError(
            f"there is no catalog {student.catalog!r}",
            place="catalog",
            mend=f"use one of {', '.join(bundled.bundled())}, typical-us- with the letters of a state, or the path "
            "of a catalog folder",
        )
    return bundled.load(path)


def goal_programs(student: Student, catalog: Catalog) -> tuple[Program, ...]:
    """The programs the student aims at, in order, the diploma first.

    Where the goals name no diploma, it is the district's own for the student's cohort (``diplomas`` of the
    catalog), else the state's standard diploma.
    """
    named = [reader.load(goal.program) for goal in student.goals if goal.program]
    for program in named:
        if student.entering not in program.cohorts:
            raise InputError(
                f"{program.name} ({program.id}) binds students who entered grade 9 in {_cohort_words(program)}, "
                f"not in {student.entering}",
                place="goals",
                mend="choose the program of the student's own cohort (pathways programs --entering YEAR)",
            )
    if any(program.kind == "diploma" for program in named):
        named.sort(key=lambda program: program.kind != "diploma")
        return tuple(named)
    diploma = next(
        (p for id in catalog.meta.get("diplomas", ()) if student.entering in (p := reader.load(id)).cohorts), None
    )
    state = student.state or catalog.state
    diploma = diploma or (listing.standard_diploma(state, student.entering) if state else None)
    if diploma is None:
        raise InputError(
            f"no diploma is known for {state or 'a catalog without a state'}, entering grade 9 in {student.entering}",
            place="goals",
            mend="name the diploma under goals (pathways programs lists them), or give the student a state",
        )
    return (diploma, *named)


def _cohort_words(program: Program) -> str:
    first, last = program.cohorts.from_, program.cohorts.to
    return f"{first or 'any year'} to {last}" if last else f"{first or 'any year'} or later"


class _Reading:
    """Reads a solver's answer back into words and figures."""

    def __init__(self, student: Student, compiled: Compiled, answer: Answer, remarks: Sequence[str]) -> None:
        self.student, self.compiled, self.answer = student, compiled, answer
        self.catalog, self.problem = compiled.catalog, compiled.problem
        self.remarks = remarks
        self.placed = sorted(
            ((self.compiled.courses[i], self.problem.candidates[i].starts[k]) for i, k in answer.placed or ()),
            key=lambda pair: (pair[1], pair[0].subject, pair[0].code),
        )

    def plan(self, conflict: Conflict | None) -> Plan:
        student, catalog = self.student, self.catalog
        entries = [*self.compiled.entries]
        ids = []
        for course, slot in self.placed:
            term = self.compiled.term(slot)
            amount = next(c.amount for c in self.problem.candidates if c.code == course.code)
            entry = planned_entry(course, catalog, year=term.year, term=term.name, grade=term.grade)
            entry = replace(entry, amount=Fraction(amount, self.problem.scale))
            ids.append(entry.id)
            entries.append(entry)
        reports = tuple(
            audit(
                program,
                entries,
                decisions=student.decisions,
                achievements=student.achievements,
                grading=catalog.grading,
                sparing=True,
            )
            for program in self.compiled.programs
        )
        counts = _counts(reports)
        unmet = tuple(
            unmet
            for report, program in zip(reports, self.compiled.programs, strict=True)
            for unmet in _unmet(report, program.unit)
        )
        graduation = self.answer.tiers[0] if self.answer.tiers else None
        proven = bool(self.answer.tiers) and all(t.proven for t in self.answer.tiers)
        # Out of reach only where that is proven; a search cut short may merely not have found the way.
        out_of_reach = graduation.bound > 0 if graduation else self.answer.status == "INFEASIBLE"
        graduates = None if graduation is None or graduation.value > 0 else self.graduates()
        status: Status = "infeasible" if out_of_reach else "optimal" if proven else "feasible"
        return Plan(
            student=student.id,
            name=student.name,
            catalog=catalog.id,
            catalog_name=catalog.name,
            edition=catalog.edition,
            status=status,
            verified=False,
            tiers=tuple(self.tier(t) for t in self.answer.tiers),
            placements=tuple(
                self.placement(course, slot, counts[id]) for (course, slot), id in zip(self.placed, ids, strict=True)
            ),
            record=tuple(self.record_line(e, counts[e.id]) for e in self.compiled.entries),
            terms=tuple(t.text for t in self.compiled.line.terms),
            free=self.free(),
            graduates=graduates,
            audit=PlanAudit(
                status=max((r.status for r in reports), key=WORST.index, default="not_met"), programs=reports
            ),
            unmet=unmet,
            conflict=conflict,
            wishes=tuple(self.wish(one, graduates) for one in self.compiled.wishes),
            notes=(*self.remarks, *self.compiled.notes),
            certificate=Certificate(
                solver=_solver_version(),
                seed=SEED,
                workers=1,
                solves=self.answer.solves,
                effort=Fraction(round(self.answer.effort * 10**4), 10**4),
                proven=proven,
            ),
            inputs=Inputs(
                student=student.digest,
                catalog=catalog.content_hash,
                programs={p.id: figure.rule_hash(p) for p in self.compiled.programs},
                problem=self.problem.hash,
                engine=engine_version(),
            ),
            request=student,
            seconds=Fraction(0),
        )

    def tier(self, tier: Tier) -> TierResult:
        scale = self.problem.scale
        for aim in self.compiled.aims:
            if tier.name == f"goal:{aim.item.name}":
                return TierResult(
                    name=tier.name,
                    value=Fraction(tier.value),
                    bound=Fraction(tier.bound),
                    unit=aim.target.unit,
                    sense="most",
                    words=f"{aim.target.name}: {tier.value} {aim.target.unit} reached",
                )
        if tier.name == "graduation" or tier.name.startswith("goal:"):
            program = self.compiled.programs[
                0 if tier.name == "graduation" else [p.id for p in self.compiled.programs].index(tier.name[5:])
            ]
            factor = program.unit.year_course / scale
            value = tier.value * factor
            name = "on-time graduation" if tier.name == "graduation" else program.name
            words = (
                f"{name}: nothing missing"
                if not value
                else f"{name}: {figure.amount(value, program.unit)} short in all"
            )
            return TierResult(
                name=tier.name,
                value=value,
                bound=tier.bound * factor,
                unit=program.unit.name,
                sense="least",
                words=words,
            )
        if tier.name in ("wishes", "nearness"):
            words = (
                f"nearness: {tier.value} of {3 * len(self.student.plan_in_force)} points "
                "(a course of the plan in force in its term 3, in another term 2, another version of it 1)"
                if tier.name == "nearness"
                else f"wishes: {tier.value} points granted"
            )
            return TierResult(
                name=tier.name,
                value=Fraction(tier.value),
                bound=Fraction(tier.bound),
                unit="points",
                sense="most",
                words=words,
            )
        return TierResult(
            name=tier.name,
            value=Fraction(tier.value),
            bound=Fraction(tier.bound),
            unit="points",
            sense="least",
            words=f"quality: {tier.value} points (even load, no gaps, few assumptions; lower is better)",
        )

    def placement(self, course: Course, slot: int, counts: Sequence[CountsToward]) -> Placement:
        compiled = self.compiled
        term = compiled.term(slot)
        index = compiled.slot_terms[slot]
        pin = next((p for p in self.student.pins if p.course == course.code and not p.never), None)
        candidate = next(c for c in self.problem.candidates if c.code == course.code)
        credit = Fraction(candidate.amount, self.problem.scale) * self.catalog.year_credits
        return Placement(
            course=course.code,
            title=course.title,
            subject=course.subject,
            credits=credit,
            year=term.year,
            term=term.name,
            grade=term.grade,
            terms=tuple(compiled.line.terms[i].name for i in range(index, compiled.line.last(course, index) + 1)),
            periods=course.periods,
            level=course.level,
            sced=course.sced,
            pinned=pin is not None,
            pinned_by=pin.by if pin else None,
            wished=any(w.asks and wanted(w, subject_of(course)) for w in self.student.wishes),
            counts_for=tuple(counts),
            needs=tuple(c for c in self.named[course.code] if c in self.taken),
            opens=tuple(
                other.code for other, _ in self.placed if course.code in self.named[other.code] and other is not course
            ),
            assumptions=compiled.assumptions(course, slot),
        )

    @cached_property
    def taken(self) -> set[str]:
        """Codes of all courses on record that earned credit, and of all that are planned."""
        entries = self.compiled.entries
        return {c.code for c, _ in self.placed} | {e.subject.code for e in entries if e.amount and e.subject.code}

    @cached_property
    def named(self) -> dict[str, tuple[str, ...]]:
        """For each planned course the codes that its prerequisite names, versions included."""
        return {
            course.code: tuple(
                dict.fromkeys(
                    version
                    for leaf in (leaves(course.prerequisite) if course.prerequisite else ())
                    if isinstance(leaf, Need)
                    for version in self.catalog.versions(leaf.code)
                )
            )
            for course, _ in self.placed
        }

    def record_line(self, entry: Entry, counts: Sequence[CountsToward]) -> RecordLine:
        course = self.catalog.get(entry.subject.code or "")
        terms: tuple[str, ...] = (entry.term,) if entry.term else ()
        names = self.catalog.calendar.term_names
        if course is not None and entry.term in names:
            first = names.index(entry.term or "")
            terms = names[first : first + course.terms]
        elif course is not None and entry.term is None and course.terms == len(names):
            terms = names
        return RecordLine(
            course=entry.subject.code,
            title=entry.title,
            credits=entry.amount * self.catalog.year_credits,
            year=entry.year,
            term=entry.term,
            grade=entry.grade,
            terms=terms,
            periods=course.periods if course else 1,
            mark=entry.mark,
            stage="none" if not entry.amount else "in_progress" if entry.stage == "in_progress" else "earned",
            origin=entry.origin,
            counts_for=tuple(counts),
            remark=entry.reason,
        )

    def free(self) -> dict[str, int]:
        """Periods still open in each term to come."""
        used: dict[int, int] = defaultdict(int)
        for i, k in self.answer.placed or ():
            candidate = self.problem.candidates[i]
            for slot in candidate.spans[k]:
                used[slot] += candidate.periods
        return {slot.term: slot.most - used[n] for n, slot in enumerate(self.problem.slots) if not slot.summer}

    def graduates(self) -> str:
        """The last term in which something is placed, never before the terms on record."""
        ends = [self.problem.candidates[i].spans[k][-1] for i, k in self.answer.placed or ()]
        if not ends:
            return self.compiled.line.terms[min(self.compiled.line.first, len(self.compiled.line.terms) - 1)].text
        return self.problem.slots[max(ends)].term

    def wish(self, asked: Asked, graduates: str | None) -> WishResult:
        wish, words = asked.wish, asked.words
        if not wish.plain:
            return outcome(asked, self.columns(), graduates)
        found = next(((c, s) for c, s in self.placed if wanted(wish, subject_of(c))), None)
        if found:
            return WishResult(
                wish=words, granted=True, words=f"planned: {found[0].title}, {self.compiled.term(found[1]).text}"
            )
        if any(
            e.amount and e.subject.code and wanted(wish, e.subject)
            for e in self.compiled.entries
            if e.subject.code in self.catalog.by_code
        ):
            return WishResult(wish=words, granted=True, words="already on the record")
        possible = any(wanted(wish, subject_of(c)) for c in self.compiled.courses)
        why = (
            "it does not fit together with graduation, goals and the wishes that count more"
            if possible
            else "it cannot be taken in the terms that are left: grades, terms or prerequisites rule it out"
        )
        return WishResult(wish=words, granted=False, words=why)

    def columns(self) -> dict[tuple[int, int], tuple[Subject, str]]:
        """The columns taken, in the order of time: what selectors see of the course, its title and its term."""
        courses, candidates = self.compiled.courses, self.problem.candidates
        order = sorted(self.answer.placed or (), key=lambda c: (candidates[c[0]].starts[c[1]], courses[c[0]].title))
        terms = {(i, k): self.compiled.term(candidates[i].starts[k]).text for i, k in order}
        return {(i, k): (subject_of(courses[i]), f"{courses[i].title}, {terms[i, k]}") for i, k in order}


def _counts(reports: Sequence[AuditReport]) -> defaultdict[str, list[CountsToward]]:
    counts: defaultdict[str, list[CountsToward]] = defaultdict(list)

    def visit(report: AuditReport, result: RequirementResult) -> None:
        for use in result.uses:
            if use.asked:
                continue
            counts[use.entry].append(
                CountsToward(program=report.program, requirement=result.path, name=result.name, credits=use.credits)
            )
        for part in result.parts:
            visit(report, part)

    for report in reports:
        for result in report.requirements:
            visit(report, result)
    return counts


def _unmet(report: AuditReport, unit: Unit) -> list[Unmet]:
    """Requirements of courses that stay short, the deepest that say it."""
    out: list[Unmet] = []

    def visit(result: RequirementResult) -> None:
        missing = _lacking(result)
        if result.status != "not_met" or not missing:
            return
        parts = [p for p in result.parts if p.status == "not_met" and p.kind not in ("task", "gpa")]
        if result.kind == "any_of":
            parts = []  # one of several ways is missing, not all of them
        if not parts:
            words = f"{result.name}: {figure.amount(missing, unit)} missing"
            out.append(
                Unmet(
                    program=report.program,
                    requirement=result.path,
                    name=result.name,
                    missing=missing,
                    unit=report.unit,
                    words=words,
                )
            )
        for part in parts:
            visit(part)

    for result in report.requirements:
        visit(result)
    return out


def _lacking(result: RequirementResult) -> Fraction:
    """Credit that is missing; of a choice, what its nearest ways miss: a way without courses misses none."""
    if result.kind in ("task", "gpa"):
        return Fraction(0)
    if result.kind == "any_of":
        ways = sorted(map(_lacking, result.parts))
        return sum(ways[: sum(part.counted for part in result.parts)], Fraction(0))
    if result.kind == "all_of":
        return sum(map(_lacking, result.parts), Fraction(0))
    return result.missing


def _solver_version() -> str:
    from importlib.metadata import version

    return f"OR-Tools CP-SAT {version('ortools')}"
