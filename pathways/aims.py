"""Goals that are no programs, put into columns, and read back: what fills each part, what is missing and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from catalogs import Catalog, Course
from catalogs.sced.titles import read
from pathways.careers.pattern import LIKE, NEAR, national
from pathways.careers.values import course_values
from pathways.choices import Choice
from pathways.plan import GoalPart, GoalResult, NextStep, PartStatus, Plan
from pathways.problem import AimItem, AimPart, AimShared, AimWay
from pathways.student import Student, split_term
from pathways.targets import Asked, Target, Way, targets, usual_title
from pathways.timeline import Timeline
from requirements import reader
from requirements.crediting import credit_entries
from requirements.describe import join_words
from requirements.language import Program
from requirements.record import Entry, subject_of, subjects
from requirements.selector import Subject

NAMED = 3
"""So many courses of the school are named for a part."""


@dataclass(frozen=True, slots=True)
class Held:
    """A course of record or plan, as goals see it; of the plan, its term and where the plan has it."""

    subject: Subject
    title: str
    grade: int | None = None
    year: int | None = None
    term: str | None = None
    in_progress: bool = False


@dataclass(frozen=True, slots=True)
class Aimed:
    """One goal of the record: what it asks, as rows of the problem."""

    target: Target
    item: AimItem


class Aims:
    """Puts the goals of one student that are no programs into columns."""

    def __init__(
        self,
        student: Student,
        catalog: Catalog,
        line: Timeline,
        programs: Sequence[Program],
        kept: Sequence[Choice],
        entries: Sequence[Entry],
    ) -> None:
        self.student, self.catalog, self.line, self.programs, self.kept = student, catalog, line, programs, kept
        self.entries = [entry for entry in entries if entry.amount]
        year, _ = split_term(student.now)
        now = next(term.grade for term in line.terms if term.year == year)
        self.targets = targets(student.goals, catalog, now)
        self.subjects = subjects(catalog)

    def values(self) -> Mapping[str, int]:
        """What each course is worth, per mille, for the first goal for which single courses have a worth."""
        first = next((one.values for _, one in self.targets if one.values is not None), None)
        return course_values(first, self.catalog) if first is not None else {}

    def grades(self) -> Mapping[str, int]:
        """The usual grade of courses that are steps of a sequence toward a goal; an earlier goal goes before.

        Where a national course may be one of several steps, the number in the title says which: I before II.
        """
        found: dict[str, int] = {}
        for _, one in reversed(self.targets):
            steps = [part for way in one.ways for part in way.parts if part.grade is not None]
            for code, subject in self.subjects.items():
                grades = [part.grade for part in steps if part.grade is not None and part.filled_by(subject)]
                if grades:
                    number = read(self.catalog.by_code[code].title).number or 1
                    first = grades[0]
                    later = sorted({grade for grade in grades if grade >= first})
                    found[code] = later[min(number, len(later)) - 1]
        return found

    def read(self) -> tuple[Aimed, ...]:
        """Every goal in the student's order."""
        return tuple(
            Aimed(one, AimItem(one.key, self.after(place), _leading(map(self.way, one.ways))))
            for place, one in self.targets
        )

    def after(self, place: int) -> int:
        """How many programs come before a goal: every diploma, and the others that the student names before it."""
        diplomas = sum(program.kind == "diploma" for program in self.programs)
        named = [reader.load(goal.program) for goal in self.student.goals[:place] if goal.program]
        return min(diplomas + sum(one.kind != "diploma" for one in named), len(self.programs))

    def way(self, way: Way) -> AimWay:
        """Settle what the record fills, and put the rest into columns."""
        fits: list[set[int]] = []
        settled: set[int] = set()
        for entry in self.entries:
            alone = {n for n, part in enumerate(way.parts) if part.alone and part.filled_by(entry.subject)}
            if alone:
                fits.append(alone)
        for n, part in enumerate(way.parts):
            if not part.alone and all(need in self.met(part) for need in range(_count(part))):
                settled.add(n)
        # A course on record that fits a single open part fills it; that may leave another with a single one.
        while single := next((one for one in fits if len(one - settled) == 1), None):
            fits.remove(single)
            settled |= single
        return AimWay(
            sum(way.parts[n].weight for n in settled),
            *self.rows(way, settled, [one - settled for one in fits if one - settled]),
        )

    def met(self, part: Asked) -> set[int]:
        """Needs of a part that the record meets."""
        return {need for entry in self.entries for need in part.filled_by(entry.subject)}

    def rows(
        self, way: Way, settled: Collection[int], fits: Sequence[set[int]]
    ) -> tuple[tuple[AimPart, ...], tuple[AimShared, ...]]:
        columns: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        shared: list[tuple[set[int], int, list[tuple[int, int]]]] = [(one, 1, []) for one in fits]
        for i, choice in enumerate(self.kept):
            starts = [(k, self.line.terms[s].grade) for k, s in enumerate(sorted(choice.starts))]
            subject = self.subjects[choice.course.code]
            alone = set()
            for n, part in enumerate(way.parts):
                if n in settled:
                    continue
                for need in part.filled_by(subject):
                    if part.alone:
                        alone.add(n)
                    else:
                        here = [(i, k) for k, grade in starts if part.by_grade is None or grade <= part.by_grade]
                        columns[n, need] += here
            if len(alone) == 1:
                columns[alone.pop(), 0] += [(i, k) for k, _ in starts]
            elif alone:
                shared.append((alone, 0, [(i, k) for k, _ in starts]))
        possible = [
            n
            for n, part in enumerate(way.parts)
            if n not in settled
            and (
                any(n in parts for parts, _, _ in shared)
                or all(columns.get((n, need)) or need in self.met(part) for need in range(_count(part)))
            )
        ]
        position = {n: at for at, n in enumerate(possible)}
        parts = tuple(
            AimPart(
                way.parts[n].weight,
                tuple(
                    tuple(columns.get((n, need), ()))
                    for need in range(_count(way.parts[n]))
                    if way.parts[n].alone or need not in self.met(way.parts[n])
                ),
            )
            for n in possible
        )
        return parts, tuple(
            AimShared(tuple(sorted(position[n] for n in fit)), have, tuple(found)) for fit, have, found in shared
        )


def _leading(ways: Iterable[AimWay]) -> tuple[AimWay, ...]:
    """The ways but those that another one holds whole: what they could give, that one gives as well."""
    kept: list[AimWay] = []
    for way in sorted(ways, key=lambda one: (-len(one.parts), -one.have)):
        parts = Counter(way.parts)
        if way.shared or not any(way.have <= one.have and parts <= Counter(one.parts) for one in kept):
            kept.append(way)
    return tuple(kept)


def _count(part: Asked) -> int:
    return 1 if part.courses else len(part.needs)


# ------------------------------------------------------------------------------------------------------ reading back


def held_by(plan: Plan, catalog: Catalog) -> tuple[Held, ...]:
    """Courses of a plan's record, then those planned in the order of time."""
    entries, _ = credit_entries(plan.request.transcript, catalog, entering=plan.request.entering)
    record = (Held(e.subject, e.title, in_progress=e.stage == "in_progress") for e in entries if e.amount)
    planned = (
        Held(subject_of(catalog.by_code[p.course]), p.title, p.grade, p.year, f"{p.year}-{p.term}")
        for p in plan.placements
    )
    return (*record, *planned)


def goal_result(target: Target, catalog: Catalog, held: Sequence[Held], possible: Sequence[Course]) -> GoalResult:
    """How far record and plan go toward a goal, part by part.

    Parameters
    ----------
    held
        Courses of the record, then those of the plan in the order of time.
    possible
        Courses that can still be taken at all.
    """
    ways = [(way, fill(way, held)) for way in target.ways]
    way, filled = max(ways, key=lambda one: sum(one[0].parts[n].weight for n in one[1]))
    most = fill(way, [*(replace(one, grade=None) for one in held), *_taught(catalog, held)], filled)
    parts = tuple(
        _filled(part, [held[h] for h in filled[n]])
        if n in filled
        else _missing(part, held, catalog, possible)
        if n in most
        else _not_offered(part, held, catalog)
        for n, part in enumerate(way.parts)
    )
    reached = sum(part.weight for n, part in enumerate(way.parts) if n in filled)
    offered = sum(part.weight for part in parts if part.status != "not_offered")
    share = Fraction(reached, offered) if offered else Fraction(0)
    return GoalResult(
        goal=target.key,
        name=target.name,
        way=way.name if len(target.ways) > 1 else "",
        unit=target.unit,
        reached=reached,
        offered=offered,
        asked=sum(part.weight for part in way.parts),
        share=Fraction(round(share * 1000), 1000),
        words=_words(target, way, parts, share),
        parts=parts,
        next_steps=_steps([held[h] for found in filled.values() for h in found]),
    )


def _taught(catalog: Catalog, held: Sequence[Held]) -> tuple[Held, ...]:
    """What the school offers beside the courses held; versions of a course that fill the same count once."""
    there = {one.subject.code for one in held}
    every = {(catalog.credit_key(c.code), national(c)): c for c in catalog.courses if c.code not in there}
    return tuple(Held(subject_of(course), course.title) for course in every.values())


def fill(way: Way, held: Sequence[Held], first: Collection[int] = ()) -> dict[int, tuple[int, ...]]:
    """Which courses fill which parts, by number, at the greatest weight.

    A course that fits several parts fills one of them. Parts are tried by weight, those of ``first`` before all, and
    an earlier course moves to another part where that makes room; the sets of parts that can be filled are a matroid,
    so this is exact.
    """
    filled: dict[int, tuple[int, ...]] = {}
    given: dict[int, int] = {}
    fits = {
        n: [h for h, one in enumerate(held) if part.filled_by(one.subject)]
        for n, part in enumerate(way.parts)
        if part.alone
    }

    def make_room(n: int, tried: set[int]) -> bool:
        for h in fits[n]:
            if h not in tried:
                tried.add(h)
                if h not in given or make_room(given[h], tried):
                    given[h] = n
                    return True
        return False

    for n in sorted(fits, key=lambda n: (n not in first, -way.parts[n].weight)):
        make_room(n, set())
    for h, n in given.items():
        filled[n] = (h,)
    for n, part in enumerate(way.parts):
        if not part.alone:
            found = [_first(part, need, held) for need in range(_count(part))]
            if None not in found:
                filled[n] = tuple(dict.fromkeys(h for h in found if h is not None))
    return filled


def _first(part: Asked, need: int, held: Sequence[Held]) -> int | None:
    for h, one in enumerate(held):
        late = part.by_grade is not None and one.grade is not None and one.grade > part.by_grade
        if not late and need in part.filled_by(one.subject):
            return h
    return None


def _filled(part: Asked, by: Sequence[Held]) -> GoalPart:
    planned = any(one.term is not None for one in by)
    last = by[-1] if by else None
    titles = join_words([f"{one.title}{f', {one.term}' if one.term else ''}" for one in by], "and")
    return GoalPart(
        name=part.name,
        subject=part.subject,
        weight=part.weight,
        status="planned" if planned else "in_progress" if any(one.in_progress for one in by) else "on_record",
        course=last.subject.code if last else None,
        title=last.title if last else None,
        term=last.term if last else None,
        words=titles or "nothing is needed for it yet",
    )


def _missing(part: Asked, held: Sequence[Held], catalog: Catalog, possible: Sequence[Course]) -> GoalPart:
    """A part that nothing fills though the school has courses for it: which, and why none of them does."""
    in_time = [c for c in possible if part.by_grade is None or not c.grades or min(c.grades) <= part.by_grade]
    able = [
        (_teaching(part, need, catalog.courses), _teaching(part, need, in_time))
        for need in range(_count(part))
        if part.alone or _first(part, need, held) is None
    ]
    late = f" by the end of grade {part.by_grade}" if part.by_grade else ""
    out_of_reach = next((courses for courses, left in able if not left), None)
    status: PartStatus = "out_of_reach" if out_of_reach else "missing"
    if out_of_reach:
        name = _named(course.title for course in out_of_reach)
        words = f"{name} cannot be taken in the terms that are left{late}: grades, terms or prerequisites rule it out"
    else:
        joined = join_words([_named(course.title for course in left) for _, left in able], "and")
        words = f"{joined}{late}: not beside graduation, the goals before it and what counts more for this one"
    return GoalPart(name=part.name, subject=part.subject, weight=part.weight, status=status, words=words)


def _teaching(part: Asked, need: int, courses: Iterable[Course]) -> list[Course]:
    return [course for course in courses if need in part.filled_by(subject_of(course))]


def _not_offered(part: Asked, held: Sequence[Held], catalog: Catalog) -> GoalPart:
    """A part for which the school has no course, or none beside those that fill other parts."""
    fitting = [one.title for one in held if part.filled_by(one.subject)]
    fitting += [course.title for course in _teaching(part, 0, catalog.courses)]
    if part.alone and fitting:
        words = f"{_named(fitting)} fills another part, and the school has no other course for it"
        usual = usual_title(part)
        words += f"; ask about {usual} online or as dual enrollment" if usual else ""
    else:
        words = _elsewhere(part, catalog)
    return GoalPart(name=part.name, subject=part.subject, weight=part.weight, status="not_offered", words=words)


def _named(every: Iterable[str]) -> str:
    titles = list(dict.fromkeys(every))
    titles = titles if len(titles) <= NAMED + 1 else [*titles[:NAMED], f"{len(titles) - NAMED} others"]
    return join_words(titles, "or")


def _elsewhere(part: Asked, catalog: Catalog) -> str:
    """That the school has no course for a part, what comes near, and what to ask for elsewhere."""
    kinds = {code[:LIKE] for need in part.needs for code in need}
    near = [c for c in catalog.courses if (sced := national(c)) is not None and sced[:LIKE] in kinds][:NEAR]
    words = "the school has no course for it"
    if near:
        words += f"; of the same kind are {join_words([f'{c.title} ({c.code})' for c in near], 'and')}"
    usual = usual_title(part)
    return f"{words}; ask about {usual} online or as dual enrollment" if usual else words


def _words(target: Target, way: Way, parts: Sequence[GoalPart], share: Fraction) -> str:
    there = sum(part.status in ("on_record", "in_progress", "planned") for part in parts)
    offered = sum(part.status != "not_offered" for part in parts)
    if not offered:
        return f"{target.name}: the school has no course toward it"
    by = f" by way of {way.name}" if len(target.ways) > 1 else ""
    text = f"{target.name}{by}: {there} of {offered} parts, {round(share * 100)} % of what the school offers toward it"
    gone = len(parts) - offered
    return f"{text}; for {gone} more it has no course" if gone else text


def _steps(held: Sequence[Held]) -> tuple[NextStep, ...]:
    years: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for one in held:
        if one.term is not None and one.year is not None and one.grade is not None and one.subject.code:
            years[one.year, one.grade][one.subject.code] = one.title
    return tuple(
        NextStep(year=year, grade=grade, courses=tuple(titles), words=join_words(list(titles.values()), "and"))
        for (year, grade), titles in sorted(years.items())
    )
