"""From catalog, programs and student to a `Problem`: everything that does not depend on choice is settled here.

Four rooms do the work: `history` reads the record, `choices` says what may be taken when, `counting` what it may
count for, `quality` what it costs; this module puts their answers into integers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from catalogs import Calendar, Catalog, Course
from pathways.aims import Aimed, Aims
from pathways.choices import Choice, Choices, Condition, Wide
from pathways.counting import Counting
from pathways.history import History
from pathways.offering import offering
from pathways.problem import Breach, Candidate, Clause, Near, PinItem, Problem, Slot, WishItem, scaled
from pathways.quality import Points, Quality
from pathways.student import Student, TermLoad, Wish
from pathways.timeline import Term, Timeline, timeline
from pathways.wishes import Asked, Wishes
from requirements.language import Program
from requirements.normal import Node
from requirements.record import Entry, subjects
from requirements.selector import Subject, matches


@dataclass(slots=True)
class Compiled:
    """A problem, and what is needed to read its answer.

    ``choices`` says what each course needs where; ``left`` holds the conditions of courses that are left to people.
    """

    problem: Problem
    student: Student
    line: Timeline
    catalog: Catalog
    programs: tuple[Program, ...]
    entries: tuple[Entry, ...]
    courses: tuple[Course, ...]
    slot_terms: tuple[int, ...]
    choices: Choices
    left: frozenset[tuple[str, Condition]]
    wishes: tuple[Asked, ...]
    aims: tuple[Aimed, ...]
    notes: tuple[str, ...]

    def term(self, slot: int) -> Term:
        """The term of a slot."""
        return self.line.terms[self.slot_terms[slot]]

    def assumptions(self, course: Course, slot: int) -> tuple[str, ...]:
        """What placing a course in a slot takes for granted."""
        return self.choices.assumptions(self.choices.by_code[course.code], self.slot_terms[slot])


def compile_problem(
    student: Student,
    catalog: Catalog,
    programs: Sequence[Program],
    entries: Sequence[Entry],
    *,
    points: Points | None = None,
    may_fail: Collection[str] = (),
    wide: Wide | None = None,
) -> Compiled:
    """Compile a student's planning problem.

    Parameters
    ----------
    programs
        The student's goals in order, the diploma first, resolved.
    entries
        Credit of the transcript, from `requirements.crediting.credit_entries`.
    may_fail
        Courses whose failure is to be asked about: starts that only their return may use, or only what builds on them,
        are breaches of facts ``failed:CODE`` and ``behind:CODE``.
    wide
        Limits that may be given up, for explanations.

    Raises
    ------
    InputError
        For pins, wishes or terms that name what the catalog or calendar does not have, or that contradict each other.
    """
    return _Compiler(student, catalog, programs, entries, points or Points(), may_fail, wide).run()


class _Compiler:
    """Puts the answers of the four rooms into integers. Courses are numbered by code, terms that are open by slot."""

    def __init__(
        self,
        student: Student,
        catalog: Catalog,
        programs: Sequence[Program],
        entries: Sequence[Entry],
        points: Points,
        may_fail: Collection[str],
        wide: Wide | None,
    ) -> None:
        self.student, self.catalog, self.points = student, catalog, points
        self.programs, self.entries = tuple(programs), tuple(entries)
        self.line = timeline(student, catalog.calendar)
        self.history = History(catalog, self.line, entries)
        self.choices = Choices(student, catalog, self.line, self.history, may_fail, wide)
        self.kept = sorted(self.choices.by_code.values(), key=lambda choice: choice.course.code)
        self.starts = [sorted(choice.starts) for choice in self.kept]
        self.position = {choice.course.code: i for i, choice in enumerate(self.kept)}
        self.slot_of = {index: slot for slot, index in enumerate(self.choices.open)}
        self.counting = Counting(student, catalog, self.line, self.entries, self.kept, programs)
        self.aims = Aims(student, catalog, self.line, self.programs, self.kept, self.entries)
        second_choices = self.counting.second_choices()
        self.quality = Quality(catalog, self.line, self.choices, points, second_choices, self.aims)
        self.subjects = subjects(catalog)

    def run(self) -> Compiled:
        scale = self.scale()
        clauses = [clause for i, choice in enumerate(self.kept) for clause in self.clauses(i, choice)]
        groups, candidates = self.candidates(scale)
        slots = self.slots()
        asked = Wishes(
            self.student,
            self.catalog,
            self.line,
            self.choices.open,
            self.kept,
            self.entries,
            candidates,
            groups,
            slots,
            self.points.peak,
            self.line.terms[self.choices.wide.last if self.choices.wide else -1],
        ).read()
        aims = self.aims.read()
        problem = Problem(
            scale=scale,
            slots=slots,
            candidates=candidates,
            groups=groups,
            clauses=tuple(clauses),
            exclusions=tuple(self.exclusions()),
            demands=tuple(self.counting.demand(rules, scale) for rules in self.counting.rules),
            pins=tuple(self.pins()),
            breaches=tuple(self.breaches()),
            wishes=tuple(self.wishes()),
            spreads=tuple(self.quality.spreads(self.kept, self.entries)),
            pauses=tuple(self.quality.pauses(self.kept, clauses)),
            halves=tuple(self.quality.halves(self.kept, clauses)),
            near=tuple(self.near()),
            near_first=self.student.nearness == "before_quality",
            task_costs=(self.points.task, self.points.task_beside),
            grants=tuple(p.item for one in asked for p in one.parts if one.wish.must or p.possible),
            peaks=tuple(one.peak for one in asked if one.peak is not None),
            aims=tuple(one.item for one in aims),
        )
        return Compiled(
            problem=problem,
            student=self.student,
            line=self.line,
            catalog=self.catalog,
            programs=self.programs,
            entries=self.entries,
            courses=tuple(choice.course for choice in self.kept),
            slot_terms=self.choices.open,
            choices=self.choices,
            left=frozenset(self.choices.left),
            wishes=asked,
            aims=aims,
            notes=tuple(self.choices.notes),
        )

    def scale(self) -> int:
        """The least number that makes every amount of credit an integer."""
        rules = [r.normal for r in self.counting.rules]
        return lcm(
            *(c.amount.denominator for c in self.kept),
            *(e.amount.denominator for e in self.entries),
            *(leaf.need.denominator for normal in rules for leaf in normal.leaves),
            *(limit.most.denominator for normal in rules for limit in normal.limits),
            *(total.denominator for normal in rules for total in _totals(normal.nodes)),
            *(
                (w.credits / p.unit.year_course).denominator
                for w in self.student.waivers
                for p in self.programs
                if w.credits is not None
            ),
        )

    def candidates(self, scale: int) -> tuple[tuple[tuple[int, int], ...], tuple[Candidate, ...]]:
        """Credit groups and candidates."""
        spans: dict[tuple[int, int], tuple[int, ...]] = {}

        def span(course: Course, start: int) -> tuple[int, ...]:
            key = course.terms, start
            if key not in spans:
                spans[key] = tuple(self.slot_of[t] for t in range(start, self.line.last(course, start) + 1))
            return spans[key]

        number: dict[str, int] = {}
        groups: dict[int, tuple[int, int]] = {}
        candidates = []
        for choice, starts in zip(self.kept, self.starts, strict=True):
            course = choice.course
            key = self.catalog.credit_key(course.code)
            group = number.setdefault(key, len(number))
            again = (course.repeatable - self.history.times[key], self.points.again)
            groups[group] = max(groups.get(group, (1, 0)), again if course.repeatable > 1 else (1, 0))
            costs = self.quality.costs(choice)
            candidates.append(
                Candidate(
                    code=course.code,
                    group=group,
                    periods=course.periods,
                    amount=scaled(choice.amount, scale),
                    starts=tuple(self.slot_of[s] for s in starts),
                    spans=tuple(span(course, s) for s in starts),
                    costs=tuple(costs[s] for s in starts),
                )
            )
        return tuple(groups[g] for g in range(len(groups))), tuple(candidates)

    def clauses(self, i: int, choice: Choice) -> list[Clause]:
        """Prerequisites that courses of the plan must fulfil."""
        found = []
        for condition in choice.conditions:
            if self.choices.assumed(choice, condition):
                continue
            last = next(
                (slot for slot, t in enumerate(self.choices.open) if t >= condition.until), len(self.choices.open)
            )
            able = ((self.position[code], t) for code, t in condition.alternatives if code in self.position)
            if any(self.slot_of[s] < last for s in choice.starts):
                found.append(Clause(i, last, tuple(dict.fromkeys(able))))
        return found

    def exclusions(self) -> list[tuple[int, int]]:
        """Pairs that earn no credit beside each other; a course with itself where the record holds the other."""
        excludes = offering(self.catalog).excludes
        barred = (self.position.get(other) for code in self.history.done for other in excludes.get(code or "", ()))
        pairs = {(i, i) for i in barred if i is not None}
        for code in excludes.keys() & self.position.keys():
            i = self.position[code]
            for other in excludes[code]:
                j = self.position.get(other)
                if other in self.history.done:
                    pairs.add((i, i))
                elif j is not None and j != i:
                    pairs.add((min(i, j), max(i, j)))
        return sorted(pairs)

    def pins(self) -> Iterator[PinItem]:
        """Pinned courses with the columns that keep the pin."""
        wide = self.choices.wide
        for pin in self.student.pins:
            i = self.position.get(pin.course)
            if i is not None and not pin.never:
                choice = self.kept[i]
                kept = filter(choice.is_open, self.starts[i]) if wide is None else self.choices.pinned(pin, choice)
                yield PinItem(pin.course, tuple((i, self.starts[i].index(s)) for s in kept))

    def breaches(self) -> Iterator[Breach]:
        """Columns that are not open as it is, by the facts that they break."""
        columns: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        for i, choice in enumerate(self.kept):
            for k, start in enumerate(self.starts[i]):
                for facts in choice.breaks.get(start, ()):
                    columns[facts].append((i, k))
        return (Breach(facts, tuple(found)) for facts, found in columns.items())

    def slots(self) -> tuple[Slot, ...]:
        """Room in every open term, and the even load: what the diploma still asks for, spread over the terms left."""
        used = self.history.occupied()
        per_year = self.catalog.calendar.terms_per_year
        regular = sum(self.regular(self.line.terms[i]) for i in self.choices.open)
        finish = min(
            (
                self.line.index(w.finish_by, what="finish_by", place="wishes")
                for w in self.student.wishes
                if w.finish_by
            ),
            default=len(self.line.terms),
        )
        rates = Counter(c.amount / (c.course.terms * c.course.periods) for c in self.kept if c.amount)
        usual = rates.most_common(1)[0][0] if rates else Fraction(1, per_year)
        periods = self.credits_to_go() / usual / max(regular, 1)
        even = -(-periods.numerator // periods.denominator)
        slots = []
        for i in self.choices.open:
            term = self.line.terms[i]
            fewest, most = load(self.student, self.catalog.calendar, term)
            fewest = fewest if i <= finish else 0  # who has finished need not fill the terms after
            room = max(most - used[i], 0)
            if self.choices.wide is not None and i > self.choices.wide.last:
                fewest = 0  # who has graduated by then need not be there
            slots.append(
                Slot(
                    term=term.text,
                    grade=term.grade,
                    summer=term.summer,
                    most=room,
                    least=min(max(fewest - used[i], 0), room),
                    even=min(even, room) if self.regular(term) else 0 if term.summer else room,
                    uneven=self.points.uneven // per_year,
                )
            )
        return tuple(slots)

    def regular(self, term: Term) -> bool:
        """Whether a term is one of those over which the load is spread: of high school, and no summer."""
        return not term.summer and term.grade >= 9

    def credits_to_go(self) -> Fraction:
        """Year-courses that the diploma still asks for: its total, or the sum of its leaves, less what is on record."""
        have = sum((e.amount for e in self.entries), Fraction(0))
        diploma = self.counting.rules[0].normal
        totals = [node.total for node in diploma.nodes if node.total is not None]
        main = sum((leaf.need for leaf in diploma.leaves if leaf.pool == "main"), Fraction(0))
        return max(*totals, main, have) - have

    def near(self) -> Iterator[Near]:
        """Points for staying near to the plan in force: 3 for a course in its term, 2 in another, 1 for a version."""
        courses: Counter[str] = Counter()
        versions: Counter[str] = Counter()
        for place in self.student.plan_in_force:
            courses[place.course] += 1
            versions[self.catalog.credit_key(place.course)] += 1
            i = self.position.get(place.course)
            for k, s in enumerate(self.starts[i]) if i is not None else ():
                if i is not None and self.line.terms[s].text == place.term:
                    yield Near(((i, k),), 1)
        for keys, key_of in ((courses, str), (versions, self.catalog.credit_key)):
            columns: dict[str, list[tuple[int, int]]] = {key: [] for key in keys}
            for code, i in self.position.items():
                if key_of(code) in columns:
                    columns[key_of(code)] += [(i, k) for k in range(len(self.starts[i]))]
            yield from (Near(tuple(found), keys[key]) for key, found in sorted(columns.items()) if found)

    def wishes(self) -> list[WishItem]:
        items = []
        plain = [(w, 1) for w in self.student.wishes if w.plain]
        for wish, sign in plain + [(w, -1) for w in self.student.refusals]:
            columns = tuple(
                (i, k)
                for i, choice in enumerate(self.kept)
                if wanted(wish, self.subjects[choice.course.code])
                for k in range(len(self.starts[i]))
            )
            if columns:
                items.append(WishItem(wish.course or "any_of", sign * wish.weight, columns))
        return items


def load(student: Student, calendar: Calendar, term: Term) -> tuple[int, int]:
    """Fewest and most periods of a term: said for that term, else for the student, else by the calendar."""
    own = student.load
    if term.summer:
        return 0, student.summer.max or (calendar.summer.max_courses if calendar.summer else 2)
    special = own.terms.get(term.text, TermLoad())
    if term.grade < 9:
        return special.min or 0, own.middle_school if special.max is None else special.max
    fewest = next((n for n in (special.min, own.min, calendar.min_courses_per_term) if n is not None), 0)
    most = next(n for n in (special.max, own.max, calendar.max_courses_per_term) if n is not None)
    return fewest, most


def _totals(nodes: Sequence[Node]) -> Iterator[Fraction]:
    for node in nodes:
        if node.total is not None:
            yield node.total
        yield from _totals(node.below)


def wanted(wish: Wish, subject: Subject) -> bool:
    """Whether a course is what a wish names."""
    if wish.course is not None:
        return subject.code == wish.course
    return wish.any_of is not None and matches(wish.any_of, subject) is True
