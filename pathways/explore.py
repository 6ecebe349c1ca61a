"""What a plan leads to, what a course serves, and what it costs to change one's mind; never a verdict on anyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction

from catalogs import Catalog, InputError
from pathways.aims import Held, fill, held_by
from pathways.careers import tables
from pathways.careers.pattern import national
from pathways.careers.tables import Occupation
from pathways.careers.values import per_mille, why
from pathways.plan import Plan
from pathways.student import Goal, Student
from pathways.targets import CLUSTERS, LAST, Target, target
from requirements.language import Number, Rule
from requirements.record import TranscriptLine

NOTE = (
    "A share says how much of a course pattern record and plan hold, and nothing about a person. Most occupations ask "
    "much the same of high school, and none is closed to who has not taken these courses."
)
EACH = 3
"""Occupations named for each field."""
MISSING = 3
"""Parts named that are missing."""


class Reach(Rule):
    """How much of what a goal asks record and plan hold: ``share`` of the whole pattern, offered here or not."""

    id: str
    name: str
    share: Number
    missing: tuple[str, ...]


class FieldReach(Reach):
    """A field (career cluster) by the pathway of it that goes furthest, and the occupations of it that do."""

    by: str
    occupations: tuple[Reach, ...]


class Exploration(Rule):
    """Fields in the order of their share."""

    student: str
    fields: tuple[FieldReach, ...]
    note: str = NOTE


class Serves(Rule):
    """An occupation that a course serves, and why."""

    id: str
    name: str
    field: str
    value: int
    why: str


class CourseServes(Rule):
    """What a course is worth, per mille: the occupations of each field that it serves most."""

    course: str
    title: str
    serves: tuple[Serves, ...]
    note: str = NOTE


class Switch(Rule):
    """Two plans side by side: toward one goal, and toward another.

    ``only_before`` and ``only_after`` are courses of one plan and not of the other; ``toward`` says how far each plan
    goes toward each goal. ``in_grade`` is the grade in which the student changes their mind, None for now.
    """

    in_grade: int | None
    before: Plan
    after: Plan
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    toward: tuple[tuple[str, Number, Number], ...]
    words: str


def fields(plan: Plan, catalog: Catalog) -> Exploration:
    """What a plan leads to: all fields, each with the occupations of which it holds most.

    Examples
    --------
    >>> from catalogs import load
    >>> from pathways.files import load_example
    >>> from pathways.planner import plan
    >>> made = plan(load_example("woodinville-senior"))
    >>> len(fields(made, load(made.catalog)).fields)
    14
    """
    held = held_by(plan, catalog)
    occupations: dict[str, list[tuple[Reach, float]]] = defaultdict(list)
    for one in tables.occupations().values():
        near, _ = _reach(target(Goal(career=one.id), catalog, LAST), held)
        occupations[_cluster(one)].append((near, _jobs(one)))
    found = []
    for cluster in tables.clusters().values():
        if cluster.framework == CLUSTERS:
            reach, by = _reach(target(Goal(cluster=cluster.id), catalog, LAST), held)
            best = sorted(occupations[cluster.id], key=lambda pair: (-pair[0].share, -pair[1], pair[0].id))
            found.append(FieldReach(**dict(reach), by=by, occupations=tuple(one for one, _ in best[:EACH])))
    return Exploration(student=plan.student, fields=tuple(sorted(found, key=lambda one: (-one.share, one.id))))


def _reach(goal: Target, held: Sequence[Held]) -> tuple[Reach, str]:
    """The way that goes furthest, by its share of all that it asks."""
    best: tuple[Fraction, Reach, str] | None = None
    for way in goal.ways:
        filled = fill(way, held)
        share = Fraction(sum(way.parts[n].weight for n in filled), sum(part.weight for part in way.parts))
        if best is None or share > best[0]:
            missing = [part for n, part in enumerate(way.parts) if n not in filled]
            missing.sort(key=lambda part: -part.weight)
            names = tuple(part.name for part in missing[:MISSING])
            rounded = Fraction(round(share * 1000), 1000)
            best = share, Reach(id=goal.key.partition(":")[2], name=goal.name, share=rounded, missing=names), way.name
    assert best is not None
    return best[1], best[2]


def _cluster(one: Occupation) -> str:
    return tables.pathways()[one.place].cluster if one.place else ""


def _jobs(one: Occupation) -> float:
    figures = tables.outlook(one)
    return figures.employment if figures else 0.0


def serves(code: str, catalog: Catalog) -> CourseServes:
    """Which occupations a course of a catalog serves most, a few of every field.

    Raises
    ------
    InputError
        For a course that the catalog does not have.
    """
    course = catalog.get(code)
    if course is None:
        raise InputError(f"{catalog.name} has no course {code!r}", place="course", mend="Give a code of the catalog")
    sced = national(course)
    fields: dict[str, list[tuple[int, float, Occupation]]] = defaultdict(list)
    for one in tables.occupations().values() if sced is not None else ():
        if worth := per_mille(sced or "", one):
            fields[_cluster(one)].append((worth, _jobs(one), one))
    found = []
    for cluster, every in fields.items():
        for worth, _, one in sorted(every, key=lambda row: (-row[0], -row[1], row[2].id))[:EACH]:
            name = tables.clusters()[cluster].name if cluster else ""
            found.append(Serves(id=one.id, name=one.name, field=name, value=worth, why=why(one, course)))
    found.sort(key=lambda one: (-one.value, one.id))
    return CourseServes(course=code, title=course.title, serves=tuple(found))


# ------------------------------------------------------------------------------------------------------------ switch


def switch(
    student: Student,
    catalog: Catalog,
    before: Goal,
    after: Goal,
    make: Callable[[Student], Plan],
    *,
    in_grade: int | None = None,
) -> Switch:
    """The plan toward one goal and toward another, side by side.

    Parameters
    ----------
    before, after
        The goal given up, and the one in its place among the student's goals (after them, where it is not theirs).
    make
        Plans a student, such as `pathways.planner.plan`.
    in_grade
        The student follows the first plan until this grade begins, and only then changes their mind.

    Raises
    ------
    InputError
        Where the grade has begun, or the plan ends before it.
    """
    first = make(aiming(student, catalog, before, before))
    there = aiming(student, catalog, before, after)
    second = make(there if in_grade is None else later(there, first, catalog, in_grade))
    names = {p.course: p.title for plan in (first, second) for p in plan.placements}
    names |= {line.course: line.title for line in (*first.record, *second.record) if line.course}
    held = [_codes(first), _codes(second)]
    only = [tuple(code for code in one if code not in other) for one, other in (held, held[::-1])]
    aims = [target(goal, catalog, LAST) for goal in (before, after) if goal.program is None]
    toward = [(aim.name, _share(aim, first, catalog), _share(aim, second, catalog)) for aim in aims]
    gone, new = ([f"{names[code]} ({code})" for code in codes] for codes in only)
    when = f"in grade {in_grade}" if in_grade else "now"
    words = f"Changing one's mind {when}, {len(gone)} courses go and {len(new)} others come"
    for name, old_share, new_share in toward:
        words += f"; toward {name} from {float(old_share):.0%} to {float(new_share):.0%}"
    return Switch(
        in_grade=in_grade,
        before=first,
        after=second,
        only_before=tuple(gone),
        only_after=tuple(new),
        toward=tuple(toward),
        words=f"{words}. The diploma is {_diploma(first)} in the first plan and {_diploma(second)} in the second.",
    )


def _codes(plan: Plan) -> list[str]:
    """Courses with credit of record and plan, each once."""
    record = [line.course for line in plan.record if line.course and line.stage != "none"]
    return list(dict.fromkeys([*record, *(p.course for p in plan.placements)]))


def _share(aim: Target, plan: Plan, catalog: Catalog) -> Number:
    return _reach(aim, held_by(plan, catalog))[0].share


def _diploma(plan: Plan) -> str:
    return f"complete in {plan.graduates}" if plan.graduates else "not complete"


def aiming(student: Student, catalog: Catalog, old: Goal, new: Goal) -> Student:
    """The student with one goal in the place of another."""
    goals = list(student.goals)
    place = next((n for n, goal in enumerate(goals) if _same(goal, old, catalog)), len(goals))
    goals[place : place + 1] = [new]
    return student.model_copy(update={"goals": tuple(goals)})


def _same(one: Goal, other: Goal, catalog: Catalog) -> bool:
    if one.program is not None or other.program is not None:
        return one.program == other.program
    return target(one, catalog, LAST).key == target(other, catalog, LAST).key


def later(student: Student, plan: Plan, catalog: Catalog, grade: int) -> Student:
    """The student when a grade begins, having passed what a plan holds until then."""
    years = sorted({place.year for place in plan.placements if place.grade == grade})
    if not years or f"{years[0]}" <= student.now.partition("-")[0]:
        raise InputError(
            f"grade {grade} does not lie ahead in this plan", place="in-grade", mend="Give a later grade of the plan"
        )
    lines = [line.model_copy(update={"in_progress": False}) for line in student.transcript]
    done = [place for place in plan.placements if place.year < years[0]]
    lines += [TranscriptLine(course=p.course, year=p.year, term=p.term, grade=p.grade) for p in done]
    codes = {place.course for place in done}
    return student.model_copy(
        update={
            "now": f"{years[0]}-{catalog.calendar.term_names[0]}",
            "grade": grade,
            "transcript": tuple(lines),
            "pins": tuple(pin for pin in student.pins if pin.course not in codes),
            "plan_in_force": (),
        }
    )
