"""Which courses may be taken, and when: terms, grades, prerequisites, pins.

Where history or the catalog is unsure, a course is not forbidden: what is taken for granted is kept with it as an
assumption.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property

from catalogs import Catalog, Course, InputError
from catalogs.prerequisite import GradeAtLeast, Need, Text
from pathways.history import Held, History
from pathways.offering import SERVICE_LEVELS, offering
from pathways.student import Pin, Student
from pathways.timeline import Term, Timeline

MEANT_FOR = "it is meant for grade"
FOREVER = 10**6
"""A term that never comes: until then a condition holds on."""
LIFTED = ("any_grade", "any_term")
"""Limits of a course on when it may begin that a school may lift."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One of these must hold before the course begins in a term before ``until``.

    Parameters
    ----------
    alternatives
        Course codes; True where it is enough that the course has begun.
    texts
        What only a person can confirm.
    """

    until: int
    alternatives: tuple[tuple[str, bool], ...]
    texts: tuple[str, ...]


@dataclass(slots=True)
class Choice:
    """A course under consideration.

    Parameters
    ----------
    amount
        Year-courses it would earn.
    starts
        Terms in which it may begin, each with what is taken for granted then.
    asked
        A person named it: conditions in words are then taken to be settled.
    since
        School year in which the record holds the course before it in its sequence.
    breaks
        For each start, what must be given up for it: of every group, one fact. Nothing for those that are open as it
        is; a failure is such a fact too (``failed:CODE``; ``behind:CODE``, where what the course builds on was failed).
    """

    course: Course
    amount: Fraction
    starts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    asked: bool = False
    since: int | None = None
    breaks: dict[int, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def is_open(self, start: int) -> bool:
        """Whether it may begin there as it is, with nothing given up."""
        return not self.breaks.get(start)


@dataclass(frozen=True, slots=True)
class Wide:
    """Limits that may be given up, so that explanations can ask which of them bind.

    Starts beyond a limit are then kept, each with the facts it breaks (``Choice.breaks``).

    Parameters
    ----------
    last
        Last term in which the student is to graduate; the timeline goes on after it.
    summer
        Whether the student takes summer terms as it is.
    left
        Conditions that are left to people as it is.
    courses
        Courses whose grades, terms and prerequisites are in question.
    """

    last: int
    summer: bool
    left: frozenset[tuple[str, Condition]]
    courses: frozenset[str]


class Choices:
    """All choices of a student, by course code, in the order of the catalog.

    Parameters
    ----------
    may_fail
        Courses that are also looked at as if they had been failed: what that opens is kept apart (``Choice.breaks``).
    """

    def __init__(
        self,
        student: Student,
        catalog: Catalog,
        line: Timeline,
        history: History,
        may_fail: Collection[str] = (),
        wide: Wide | None = None,
    ) -> None:
        self.student, self.catalog, self.line, self.history = student, catalog, line, history
        self.offering = offering(catalog)
        self.may_fail, self.wide = frozenset(may_fail), wide
        self.permissions = {(permission.course, permission.lifts) for permission in student.permissions}
        self.named_apart = {code for code, _ in self.permissions}
        self.named_apart |= {one.course for one in student.cancelled} | {pin.course for pin in student.pins}
        self._starts: dict[tuple[object, ...], Mapping[int, tuple[str, ...]]] = {}
        self.open = tuple(
            i for i in range(line.first, len(line.terms)) if not line.terms[i].summer or student.summer.allowed
        )
        self.summers_listed = any(
            term.name in course.offered for term in line.terms if term.summer for course in catalog.courses
        )
        self.notes: list[str] = []
        self.left: set[tuple[str, Condition]] = set()
        check_names(student, catalog)
        self.by_code = self.eligible()
        if wide is not None:
            self.left |= wide.left
            self.widen(wide)
        else:
            self.prune()
            if student.pins:
                self.apply_pins()
                self.prune()
            self.refuse_impossible_pins()
        self.by_code = {code: choice for code, choice in self.by_code.items() if choice.starts}

    def assumed(self, choice: Choice, condition: Condition) -> bool:
        """Whether a condition is left to people: it has words, and no course could fulfil it (or somebody asked)."""
        return bool(condition.texts) and (choice.asked or (choice.course.code, condition) in self.left)

    def assumptions(self, choice: Choice, start: int) -> tuple[str, ...]:
        """Everything that placing the course there takes for granted."""
        said = [
            "needs " + " or ".join(c.texts) for c in choice.conditions if start < c.until and self.assumed(choice, c)
        ]
        return (*choice.starts[start], *said)

    def certain(self, choice: Choice, start: int) -> bool:
        """Whether placing the course there takes nothing for granted."""
        return not choice.starts[start] and not any(
            start < condition.until and self.assumed(choice, condition) for condition in choice.conditions
        )

    def eligible(self) -> dict[str, Choice]:
        """Courses that can still earn credit, in the terms in which they are offered to the student's grades."""
        held = self.history.held()
        asked = {p.course for p in self.student.pins if not p.never}
        asked |= {w.course for w in self.student.wishes if w.course and w.asks}
        never = {p.course for p in self.student.pins if p.never and self.wide is None}
        found: dict[str, Choice] = {}
        for course in self.catalog.courses:
            whole, amount = self.history.whole(course), self.history.to_go(course)
            spent = amount.numerator <= 0
            service = SERVICE_LEVELS.get(course.level)
            barred = service and service not in self.student.services and course.code not in asked
            retake = spent and self.too_low(course, held.get(course.code))
            if (spent and not retake) or course.code in never or barred:
                continue
            choice = Choice(course, Fraction(0) if spent else amount, asked=course.code in asked)
            again = ("taken again for a better mark, without new credit: ask whether it may be",) if retake else ()
            for fact, failed, behind, lifted in self.circumstances(course.code):
                for index, why in self.starts(course, failed, behind, lifted).items():
                    if index not in choice.starts:
                        choice.starts[index] = (*why, *again)
                        choice.breaks[index] = ((fact,),) if fact else ()
            if choice.starts:
                self.add_conditions(choice, held)
                found[course.code] = choice
                if not spent and amount is not whole and amount < whole:
                    self.notes.append(
                        f"{course.title} ({course.code}) counts for the credit that is still missing of it"
                    )
        return found

    def circumstances(self, code: str) -> Iterator[tuple[str | None, bool, bool, str | None]]:
        """In which a course is looked at, as it is first: the fact given up, and what `may_start` then takes."""
        failed, behind = code in self.history.failed, code in self.behind
        yield None, failed, behind, None
        if code in self.may_be_behind:
            yield f"behind:{code}", failed, True, None
        if code in self.may_fail:
            yield f"failed:{code}", True, True, None
        if self.wide is not None and code in self.wide.courses:
            for lifted in LIFTED:
                yield f"{lifted}:{code}", failed, behind, lifted

    def too_low(self, course: Course, held: Held | None) -> bool:
        """Whether the mark on record is below one that another course asks for, so that taking it again may help."""
        if held is None or held.mark is None:
            return False
        meets = self.catalog.grading.meets
        return any(meets(held.mark, least) is False for least in self.offering.marks_asked.get(course.code, ()))

    @cached_property
    def behind(self) -> frozenset[str]:
        """Courses that build on one that was failed."""
        return self.building_on(self.history.failed)

    @cached_property
    def may_be_behind(self) -> frozenset[str]:
        """Courses that build on one that may fail."""
        return self.building_on(self.may_fail)

    def building_on(self, codes: Collection[str | None]) -> frozenset[str]:
        """Courses whose prerequisites name one of these, or name a course that builds on one."""
        found: set[str] = set()
        new = {v for code in codes if code in self.catalog.by_code for v in self.catalog.versions(code or "")}
        while new:
            found |= new
            new = {code for named in new for code in self.offering.named_by.get(named, ())} - found
        return frozenset(found)

    def permitted(self, course: str, lifts: str) -> bool:
        """Whether the school has agreed to lift a limit of a course."""
        return (course, lifts) in self.permissions

    def starts(self, course: Course, again: bool, behind: bool, lifted: str | None) -> Mapping[int, tuple[str, ...]]:
        """Open terms in which a course may begin, each with its assumptions (see `may_start`).

        Most courses differ in nothing that matters here from many others: those share one answer.
        """
        when = course.grades, course.offered, course.years, course.terms, course.periods, course.status
        key = (course.code if course.code in self.named_apart else "", *when, again, behind, lifted)
        if key not in self._starts:
            found = ((i, self.may_start(course, i, again, behind, lifted)) for i in self.open)
            self._starts[key] = {i: why for i, why in found if why is not None}
        return self._starts[key]

    def may_start(
        self, course: Course, index: int, again: bool, behind: bool, lifted: str | None = None
    ) -> tuple[str, ...] | None:
        """Assumptions under which the course may begin in a term, or None where it may not.

        Parameters
        ----------
        again
            It was failed before.
        behind
            A course that it builds on was failed, so that it comes later than usual.
        lifted
            A limit that is taken not to bind (see `Permission`).
        """
        term = self.line.terms[index]
        if any(c.course == course.code and c.term in (None, term.text) for c in self.student.cancelled):
            return None
        # Who stays longer than the school's grades takes what the last grade may; a summer lies between two grades.
        grade = min(term.grade, self.catalog.grade_levels[-1])
        grades = {grade, grade + 1} if term.summer else {grade}
        assumed = []
        any_grade = lifted == "any_grade" or self.permitted(course.code, "any_grade")
        if not grades & set(course.grades) and not any_grade:
            # What the student's own years have passed by can still be needed; only a person can open it again.
            missed = self.line.terms[self.open[0]].grade > max(course.grades)
            if self.opened(course, term):
                meant = ", ".join(map(str, course.grades))
                assumed.append(f"{MEANT_FOR} {meant}: ask whether the school opens it to grade {grade}")
            elif grade < max(course.grades) or not (again or behind or missed):
                return None
            elif not again:
                assumed.append(
                    f"{MEANT_FOR} {', '.join(map(str, course.grades))}: ask whether an older student may take it"
                )
        if course.status == "inferred":
            assumed.append("this course's entry in the catalog is inferred, not printed")
        any_term = lifted == "any_term" or self.permitted(course.code, "any_term")
        if not self.line.fits(course, index, any_term=any_term):
            short = (again or course.terms == 1) and course.periods == 1
            if not term.summer or self.summers_listed or not short:
                return None
            assumed.append("the catalog does not say what is taught in summer: ask whether this course is")
        return tuple(assumed)

    def opened(self, course: Course, term: Term) -> bool:
        """Whether a person's pin asks that a course be taken in middle school, which only the school can allow."""
        return term.grade < 9 and any(
            pin.course == course.code and (pin.term == term.text or (pin.by_grade or 13) in range(term.grade, 9))
            for pin in self.student.pins
        )

    def add_conditions(self, choice: Choice, held: dict[str, Held]) -> None:
        for clause in self.offering.clauses.get(choice.course.code, ()):
            until = FOREVER
            alternatives: list[tuple[str, bool]] = []
            texts: list[str] = []
            for atom in clause:
                if isinstance(atom, GradeAtLeast):
                    reached = (i for i, t in enumerate(self.line.terms) if t.grade >= atom.grade)
                    until = min(until, next(reached, until))
                elif isinstance(atom, Text):
                    if atom.text in self.student.approvals:
                        until = -1
                    texts.append(f"“{atom.text}”")
                else:
                    until = min(until, self.need(atom, held, choice, alternatives, texts))
            if until > self.line.first:
                choice.conditions.append(Condition(until, tuple(alternatives), tuple(texts)))

    def need(
        self,
        atom: Need,
        held: dict[str, Held],
        choice: Choice,
        alternatives: list[tuple[str, bool]],
        texts: list[str],
    ) -> int:
        """From which term a needed course is held; else it joins the alternatives (or what must be assumed)."""
        have = held.get(atom.code)
        beside = atom.concurrent or self.permitted(choice.course.code, "beside_prerequisite")
        until = FOREVER
        if have is not None:
            enough = (
                True
                if atom.minimum is None or have.mark is None
                else self.catalog.grading.meets(have.mark, atom.minimum)
            )
            if enough is not False:
                until = have.begun if beside else have.done
                if have.year is not None and self.catalog.by_code[atom.code].subject == choice.course.subject:
                    choice.since = max(choice.since or 0, have.year)
        if atom.code not in self.catalog.by_code:
            texts.append(f"{atom.code} (not in this catalog)")
        # A course that is itself a version of what it needs does not fulfil that.
        own = choice.course.code
        alternatives += [(code, beside) for code in sorted(self.catalog.versions(atom.code)) if code != own]
        return until

    def prune(self) -> None:
        """Drop starts that no chain of prerequisites can reach; what no course can fulfil is left to people first.

        Conditions are left to people all at once and for good, so that the order of courses does not matter.
        """
        before = {code: dict(choice.starts) for code, choice in self.by_code.items()}
        while True:
            self.drop_unreachable()
            live = {code for code, choice in self.by_code.items() if choice.starts}
            more = {
                (code, condition)
                for code, choice in self.by_code.items()
                for condition in choice.conditions
                if condition.texts and live.isdisjoint(other for other, _ in condition.alternatives)
            }
            if more <= self.left:
                return
            self.left |= more
            for code, starts in before.items():
                self.by_code[code].starts = dict(starts)

    def drop_unreachable(self) -> None:
        """Drop starts that no chain of prerequisites can reach, to a fixpoint."""
        binding = {
            code: found
            for code, choice in self.by_code.items()
            if (found := [condition for condition in choice.conditions if not self.assumed(choice, condition)])
        }
        begins = {code: min(choice.starts) for code, choice in self.by_code.items() if choice.starts}
        ends = {code: self.line.last(self.by_code[code].course, start) for code, start in begins.items()}
        changed = True
        while changed:
            changed = False
            for code, conditions in binding.items():
                for condition in conditions if code in begins else ():
                    earliest = condition.until
                    for other, together in condition.alternatives:
                        if other in begins:
                            earliest = min(earliest, begins[other] if together else ends[other] + 1)
                    if begins[code] >= earliest:
                        continue
                    choice, changed = self.by_code[code], True
                    choice.starts = {start: why for start, why in choice.starts.items() if start >= earliest}
                    if not choice.starts:
                        del begins[code]
                        break
                    begins[code] = min(choice.starts)
                    ends[code] = self.line.last(choice.course, begins[code])

    def widen(self, wide: Wide) -> None:
        """Say what each start breaks beyond its course's own limits: summers, the date of graduation, pins."""
        after = [term.text for term in self.line.terms[wide.last + 1 :]]
        for choice in self.by_code.values():
            for start in choice.starts:
                end = self.line.last(choice.course, start)
                if end > wide.last:
                    # Any later date gives this one up too.
                    choice.breaks[start] += (tuple(f"later:{text}" for text in after[end - wide.last - 1 :]),)
                if self.line.terms[start].summer and not wide.summer:
                    choice.breaks[start] += ((f"summer:{self.line.terms[start].text}",),)
        for pin in self.student.pins:
            choice_of = self.by_code.get(pin.course)
            if choice_of is not None:
                kept = self.pinned(pin, choice_of)
                for start in choice_of.starts:
                    if start not in kept:
                        choice_of.breaks[start] += ((f"pin:{pin.course}",),)

    def pinned(self, pin: Pin, choice: Choice) -> list[int]:
        """Starts of a choice that a pin leaves."""
        if pin.never:
            return []
        if pin.term is not None:
            index = self.line.index(pin.term, what=f"the pin of {pin.course}")
            return [index] if index in choice.starts else []
        return [s for s in choice.starts if self.grade_at_end(choice, s) <= (pin.by_grade or 0)]

    def apply_pins(self) -> None:
        for pin in self.student.pins:
            choice = self.by_code.get(pin.course)
            if pin.never or choice is None:
                continue
            keep = self.pinned(pin, choice)
            keep = [s for s in keep if choice.is_open(s)]
            self.require_start(choice, keep, says(pin))
            if pin.course in self.may_fail:
                for start in choice.starts.keys() - set(keep):
                    choice.breaks[start] += ((f"failed:{pin.course}",),)
            else:
                choice.starts = {s: choice.starts[s] for s in keep}

    def grade_at_end(self, choice: Choice, start: int) -> int:
        return self.line.terms[self.line.last(choice.course, start)].grade

    def require_start(self, choice: Choice, keep: list[int], when: str) -> None:
        if keep:
            return
        possible = ", ".join(self.line.terms[s].text for s in sorted(choice.starts)) or "never"
        raise InputError(
            f"{choice.course.title} ({choice.course.code}) is pinned to {when}, but it may begin {possible}",
            place="pins",
            mend="it depends on the terms and grades in which the course is offered and on its prerequisites; "
            "move the pin to one of these terms or drop it",
        )

    def refuse_impossible_pins(self) -> None:
        for pin in self.student.pins:
            choice = self.by_code.get(pin.course)
            if pin.never or pin.course in self.history.done or (choice and choice.starts):
                continue
            course = self.catalog.by_code[pin.course]
            raise InputError(
                f"{course.title} ({pin.course}) is pinned, but it cannot be taken in the terms that are left",
                place="pins",
                mend=f"it is offered in grades {', '.join(map(str, course.grades))}, and what it needs must fit before "
                "it; drop the pin",
            )


def says(pin: Pin) -> str:
    """A pin's demand in a few words."""
    return "never" if pin.never else pin.term or f"by grade {pin.by_grade}"


def check_names(student: Student, catalog: Catalog) -> None:
    """Pins and wishes name courses of this catalog, and pins do not contradict each other.

    Raises
    ------
    InputError
    """
    named = [(p.course, "pins") for p in student.pins]
    named += [(w.course, "wishes") for w in student.wishes if w.course]
    named += [(w.course, "refusals") for w in student.refusals if w.course]
    named += [(p.course, "permissions") for p in student.permissions]
    named += [(p.course, "plan_in_force") for p in student.plan_in_force]
    named += [(c.course, "cancelled") for c in student.cancelled]
    for code, place in named:
        if code not in catalog.by_code:
            raise unknown_course(code, catalog, place)
    for n, pin in enumerate(student.pins):
        for other in student.pins[:n]:
            both_terms = pin.term is not None and other.term is not None and pin.term != other.term
            if pin.course == other.course and (pin.never != other.never or both_terms):
                raise InputError(
                    f"two pins of {pin.course} contradict each other: {says(other)} and {says(pin)}",
                    place="pins",
                    mend="keep one of them",
                )


def unknown_course(code: str, catalog: Catalog, place: str) -> InputError:
    """The error for a course code that the catalog does not have, with the nearest ones."""
    near = get_close_matches(code, list(catalog.by_code), n=3)
    near += [c.code for c in catalog.courses if code.lower() in c.title.lower()][: 3 - len(near)]
    hint = "; ".join(f"{c} ({catalog.by_code[c].title})" for c in near)
    return InputError(
        f"there is no course {code!r} in {catalog.name}",
        place=place,
        mend=f"did you mean {hint}?" if near else "use a code of the catalog's courses",
    )
