"""Which single failures a plan survives: each course failed, each term lost, and the way back from it.

Every answer is a solve. First the compiled problem is asked, as integers: what has begun when the failure is known
stays as planned, what follows is free, and the failed course may come back. Where that has no way to graduate on time,
the student's record as it would then stand is planned anew: with the exceptions that a person may grant then, then with
a summer term, then with two more years.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Literal

from pydantic import Field

from catalogs import Catalog, InputError
from pathways.compile import Compiled, compile_problem
from pathways.history import History
from pathways.plan import Plan
from pathways.planner import goal_programs, load_catalog
from pathways.replan import Events, Grade, Replan, record_after, replan
from pathways.solver import Facts, Failures, Open, delay
from pathways.student import Student, SummerChoice, TermText
from pathways.timeline import MOST_YEARS
from requirements.crediting import credit_entries
from requirements.language import Number, Rule

MORE_YEARS = 2
"""Years beyond the deadline in which a later graduation is looked for."""


class Failure(Rule):
    """One failure: a course without credit, or a term in which nothing earns any."""

    kind: Literal["course", "term"]
    course: str | None = Field(default=None, description="code of the course; none where a whole term is lost")
    title: str
    term: TermText = Field(description="term in which the course begins, or that is lost")
    known: TermText = Field(description="term at whose end the failure is known")
    credits: Number = Field(description="credit that is lost, in the catalog's unit")
    survived: bool | None = Field(
        description="whether the diploma can still be complete in time; none where a limit of the solver left it open"
    )
    later: int | None = Field(
        default=0,
        description="terms after the deadline until it can be, 0 in time; none where two more years do not do, or that "
        "is open",
    )
    graduates: TermText | None = Field(default=None, description="the term it can be complete in, where that is later")
    moved: int | None = Field(
        default=None,
        description="how many courses still to come leave their place in the way with the fewest changes; none where "
        "there is no way in time, or only one by an exception that a person would have to grant",
    )
    summer: bool = Field(
        default=False, description="whether a summer term, which the record does not allow, would save the deadline"
    )
    words: str
    fallback: Replan | None = Field(
        default=None,
        description="the plan nearest to this one that graduates in time, or at the earliest; where it was asked for",
    )


class Resilience(Rule):
    """What single failures do to a plan."""

    student: str
    catalog: str
    deadline: TermText = Field(description="the last term in time")
    score: Number = Field(
        description="share of single failed courses after which the diploma can still be complete in time, by credit"
    )
    courses: tuple[Failure, ...]
    terms: tuple[Failure, ...]
    notes: tuple[str, ...] = ()


def resilience(
    plan: Plan,
    catalog: Catalog | None = None,
    *,
    fallbacks: bool = False,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Resilience:
    """Find out which single failures break graduation on time.

    Parameters
    ----------
    catalog
        The catalog of the plan; loaded when left out.
    fallbacks
        Make the whole plan that follows each failure, verified, and not only the proof that there is one.

    Raises
    ------
    InputError
        When the plan does not reach the diploma, or is not one of its record.
    """
    catalog = catalog or load_catalog(plan.request, folder)
    if plan.graduates is None:
        raise InputError(
            "this plan does not reach the diploma, so that no failure is needed to miss it",
            place="status",
            mend="make a plan that does: more time, a summer term, a higher load",
        )
    return _Trials(plan, catalog, fallbacks, stop).run()


class _Trials:
    """All failures of one plan."""

    def __init__(self, plan: Plan, catalog: Catalog, fallbacks: bool, stop: Event | None) -> None:
        self.plan, self.catalog, self.fallbacks, self.stop = plan, catalog, fallbacks, stop
        self.compiled = compiled_to_fail(plan.request, catalog, tuple(p.course for p in plan.placements))
        self.placed = columns(plan, self.compiled)
        self.failures = Failures(self.compiled.problem, stop)
        self.line = self.compiled.line

    def run(self) -> Resilience:
        courses = (*self.under_way(), *self.planned())
        whole = sum((one.credits for one in courses), Fraction(0))
        saved = sum((one.credits for one in courses if one.survived), Fraction(0))
        unknown = [line.title for line in self.plan.record if line.stage == "in_progress" and line.course is None]
        return Resilience(
            student=self.plan.student,
            catalog=self.plan.catalog,
            deadline=self.line.terms[-1].text,
            score=saved / whole if whole else Fraction(1),
            courses=courses,
            terms=tuple(self.terms()),
            notes=tuple(f"{title} is no course of this school: it is taken to be passed" for title in unknown),
        )

    def under_way(self) -> Iterator[Failure]:
        """Courses of the record that are in progress; they are no choice of the plan, so that the record is asked."""
        for line in self.running:
            grades = [Grade(course=line.course, mark="F")]
            begun = self.line.terms[line.begun].text
            yield self.failure("course", line.course, line.title, line.credits, begun, line.end, grades, None)

    @cached_property
    def running(self) -> tuple[_Line, ...]:
        """Courses in progress that can be graded."""
        request = self.plan.request
        entries, _ = credit_entries(request.transcript, self.catalog, entering=request.entering)
        history = History(self.catalog, self.line, entries)
        found = []
        for entry in entries:
            course = self.catalog.get(entry.subject.code or "")
            if entry.stage == "in_progress" and course is not None:
                done, begun = history.when(entry, course)
                credits = entry.amount * self.catalog.year_credits
                found.append(_Line(course.code, entry.title, credits, begun, done - 1))
        return tuple(found)

    def planned(self) -> Iterator[Failure]:
        """Every placement, failed when it ends."""
        for place, (i, k) in zip(self.plan.placements, self.placed, strict=True):
            last = self.compiled.problem.candidates[i].spans[k][-1]
            term = f"{place.year}-{place.term}"
            moved = self.moved({(i, k)}, last)
            end = self.compiled.slot_terms[last]
            grades = [Grade(course=place.course, mark="F", term=term)]
            yield self.failure("course", place.course, place.title, place.credits, term, end, grades, moved)

    def terms(self) -> Iterator[Failure]:
        """Every term in which something runs, lost as a whole."""
        problem = self.compiled.problem
        for index, term in enumerate(self.line.terms):
            slot = next((n for n, t in enumerate(self.compiled.slot_terms) if t == index), None)
            lost = {(i, k) for i, k in self.placed if slot is not None and slot in problem.candidates[i].spans[k]}
            under_way = [line for line in self.running if line.begun <= index <= line.end]
            if index < self.line.first - 1 or not (lost or under_way):
                continue
            places = [p for p, column in zip(self.plan.placements, self.placed, strict=True) if column in lost]
            grades = [Grade(course=p.course, mark="W", term=f"{p.year}-{p.term}") for p in places]
            grades += [Grade(course=line.course, mark="W") for line in under_way]
            credits = sum((p.credits for p in places), sum((line.credits for line in under_way), Fraction(0)))
            moved = self.moved(lost, slot) if slot is not None and not under_way else None
            yield self.failure("term", None, f"all of {term.text}", credits, term.text, index, grades, moved)

    def failure(
        self,
        kind: Literal["course", "term"],
        course: str | None,
        title: str,
        credits: Fraction,
        term: str,
        end: int,
        grades: Sequence[Grade],
        moved: int | None,
    ) -> Failure:
        """Tell what a failure does; where the compiled problem has no way (no ``moved``), plan the record by then."""
        known = self.line.terms[end].text
        lost = f"{title} ({course}) not passed in {known}" if course else f"{title} lost"
        deadline = self.line.terms[-1].text
        made = Failure(
            kind=kind,
            course=course,
            title=title,
            term=term,
            known=known,
            credits=credits,
            survived=True,
            moved=moved,
            words="",
        )
        pinned = None
        survived: bool | None = moved is not None
        if not survived:
            try:
                survived = self.on_time(grades, known)
            except InputError as error:
                # A pin, say, that cannot hold any more; where nothing is left to plan, the quick answer stands.
                survived, pinned = False, error if error.place == "pins" else None
        if survived:
            shift = {None: "", 0: ", with nothing moved", 1: ", with 1 course moved"}
            words = f"{lost}: the diploma can still be complete by {deadline}" + shift.get(
                moved, f", with {moved} courses moved"
            )
            return made.model_copy(update={"words": words, "fallback": self.fallback(grades, known)})
        if survived is None:
            words = f"{lost}: the search was cut short before it found a way, or proved that there is none"
            return made.model_copy(update={"words": words, "survived": None, "later": None})
        words = f"{lost}: no plan completes the diploma by {deadline}"
        if pinned is not None:
            said = f"{words} ({pinned.message})"
            return made.model_copy(update={"words": said, "survived": False, "later": None})
        later, when = self.later(grades, known)
        summer = self.in_summer(grades, known, end)
        words += f"; the earliest is {when}" if when else f", nor {MORE_YEARS} years later" if later == 0 else ""
        words += "; with a summer term it can be in time" if summer else ""
        return made.model_copy(
            update={
                "survived": False,
                "later": later or None,
                "graduates": when,
                "summer": summer,
                "words": words,
                "fallback": self.fallback(grades, known, when) if when else None,
            }
        )

    def moved(self, lost: AbstractSet[tuple[int, int]], last: int) -> int | None:
        """How many placements leave their place after a failure, at least; None where the problem has no way."""
        way = self.failures.fallback(self.placed, lost, last)
        return None if way is None else len({*self.placed} - lost - {*way})

    # ------------------------------------------------------------------------------------- the record as it would be

    def record(self, grades: Sequence[Grade], known: str, **changed: object) -> Student:
        student = self.plan.request.model_copy(update=changed)
        return record_after(self.plan, self.catalog, grades, known, student)[0]

    def on_time(self, grades: Sequence[Grade], known: str, **changed: object) -> bool | None:
        compiled = _compiled(self.record(grades, known, **changed), self.catalog)
        try:
            return Facts(compiled.problem, {}, stop=self.stop).core(()) is None
        except Open:
            return None

    def in_summer(self, grades: Sequence[Grade], known: str, end: int) -> bool:
        """Whether a summer term saves the deadline, where the record does not allow one and one is still to come."""
        if self.plan.request.summer.allowed or not any(term.summer for term in self.line.terms[end + 1 :]):
            return False
        try:
            return self.on_time(grades, known, summer=SummerChoice(allowed=True)) is True
        except InputError:
            return False

    def later(self, grades: Sequence[Grade], known: str) -> tuple[int | None, str | None]:
        """Terms after the deadline, and the term; 0 and none where two more years do not do."""
        end = self.line.terms[-1]
        now = int(self.plan.request.now[:4])
        names = self.catalog.calendar.term_names
        graduate = f"{min(end.year + MORE_YEARS, now + MOST_YEARS)}-{names[-1]}"
        compiled = _compiled(self.record(grades, known, graduate=graduate), self.catalog)
        index = next(i for i, term in enumerate(compiled.line.terms) if term.text == end.text)
        deadline = sum(t <= index for t in compiled.slot_terms) - 1
        late = delay(compiled.problem, deadline, self.stop)
        if late is None:
            return None, None
        if deadline + late >= len(compiled.problem.slots):
            return 0, None
        return late, compiled.term(deadline + late).text

    def fallback(self, grades: Sequence[Grade], known: str, graduate: str | None = None) -> Replan | None:
        """The whole plan that follows, with a later graduation where there is none in time."""
        if not self.fallbacks or (self.stop is not None and self.stop.is_set()):
            return None
        try:
            student = self.plan.request.model_copy(update={"graduate": graduate}) if graduate else None
            events = Events(grades=tuple(grades), now=known, student=student)
            return replan(self.plan, events, self.catalog, stop=self.stop)
        except InputError:
            return None  # the last term is over, so that nothing is left to plan, or a pin cannot hold


@dataclass(frozen=True, slots=True)
class _Line:
    """A course in progress, from its first term to its last."""

    course: str
    title: str
    credits: Fraction
    begun: int
    end: int


def _compiled(student: Student, catalog: Catalog) -> Compiled:
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    return compile_problem(student, catalog, goal_programs(student, catalog)[:1], entries)


def compiled_to_fail(student: Student, catalog: Catalog, may_fail: Sequence[str]) -> Compiled:
    """A student's problem in which these courses may fail and come back."""
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    return compile_problem(student, catalog, goal_programs(student, catalog), entries, may_fail=may_fail)


def columns(plan: Plan, compiled: Compiled) -> list[tuple[int, int]]:
    """The placements of a plan in a problem.

    Raises
    ------
    InputError
        Where one cannot be placed like this.
    """
    at = {candidate.code: i for i, candidate in enumerate(compiled.problem.candidates)}
    found = []
    for place in plan.placements:
        term = f"{place.year}-{place.term}"
        i = at.get(place.course, -1)
        starts = compiled.problem.candidates[i].starts if i >= 0 else ()
        k = next((k for k, slot in enumerate(starts) if compiled.term(slot).text == term), None)
        if k is None:
            raise InputError(
                f"{place.title} ({place.course}) cannot begin in {term} by the record and catalog as they are now",
                place="placements",
                mend="make the plan anew, or plan again from it (pathways replan)",
            )
        found.append((i, k))
    return found
