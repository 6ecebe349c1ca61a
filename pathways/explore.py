"""What a plan leads to, what a course serves, and what it costs to change one's mind; never a verdict on anyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal

from pydantic import Field

from catalogs import Catalog, InputError
from catalogs.exact import decimal_text
from pathways.aims import Held, fill, held_by
from pathways.careers import tables
from pathways.careers.pattern import national
from pathways.careers.tables import Occupation
from pathways.careers.values import per_mille, why
from pathways.plan import Plan
from pathways.student import Goal, Student
from pathways.targets import CLUSTERS, LAST, Target, target
from requirements import reader
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
    goes toward each goal, and ``short`` what credit each lacks of a program. ``in_grade`` is the grade in which the
    student changes their mind, None for now.
    """

    in_grade: int | None = None
    before: Plan
    after: Plan
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    toward: tuple[tuple[str, Number, Number], ...]
    of: Literal["asks", "offers"] = Field(
        default="asks", description="whether a share is of all that the goal asks, or of what the school offers of it"
    )
    short: tuple[tuple[str, Number, Number], ...] = ()
    further: bool = Field(default=True, description="whether the second plan goes further toward its first goal")
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
    aims = [target(goal, catalog, LAST) for goal in (before, after) if goal.program is None]
    toward = tuple((aim.name, _share(aim, first, catalog), _share(aim, second, catalog)) for aim in aims)
    when = f"in grade {in_grade}" if in_grade else "now"
    return _beside(first, second, f"Changing one's mind {when}", toward).model_copy(update={"in_grade": in_grade})


def _beside(
    before: Plan,
    after: Plan,
    words: str,
    toward: tuple[tuple[str, Number, Number], ...],
    short: tuple[tuple[str, Number, Number], ...] = (),
) -> Switch:
    """Two plans with what one holds and the other does not, and how far each goes."""
    names = {p.course: p.title for plan in (before, after) for p in plan.placements}
    names |= {line.course: line.title for line in (*before.record, *after.record) if line.course}
    held = [_codes(before), _codes(after)]
    only = [tuple(code for code in one if code not in other) for one, other in (held, held[::-1])]
    gone, new = (tuple(f"{names[code]} ({code})" for code in codes) for codes in only)
    words += f", {len(gone)} {'course goes' if len(gone) == 1 else 'courses go'} and {len(new)} "
    words += "other comes" if len(new) == 1 else "others come"
    for name, old, now in toward:
        words += f"; toward {name} from {percent(old)} to {percent(now)}"
    for name, old, now in short:
        if old or now:
            words += (
                f"; of {name} credits are missing: {decimal_text(old)} in the first plan, {decimal_text(now)} after"
            )
    return Switch(
        before=before,
        after=after,
        only_before=gone,
        only_after=new,
        toward=toward,
        short=short,
        words=f"{words}. The diploma is {_diploma(before)} in the first plan and {_diploma(after)} in the second.",
    )


def percent(share: Number) -> str:
    r"""A share in percent, to a tenth.

    Examples
    --------
    >>> percent(Fraction(1)), percent(Fraction(996, 1000))
    ('100\xa0%', '99.6\xa0%')
    """
    return f"{decimal_text(Fraction(round(share * 1000), 10))}\xa0%"


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


# ----------------------------------------------------------------------------------------------------- competing goals


def crowded(plan: Plan) -> tuple[Goal, ...]:
    """Goals that stand after another and lack what the school and the terms that are left could give.

    If one of them stood first, the plan might go further toward it; `first` finds out. The diploma counts for none:
    it goes before all goals.
    """
    tiers = {tier.name: tier.value for tier in plan.tiers}
    results = iter(plan.goals)
    found, after_another = [], False
    for goal in plan.request.goals:
        if goal.program is None:
            lacks = any(part.status == "missing" for part in next(results).parts)
        elif reader.load(goal.program).kind == "diploma":
            continue
        else:
            lacks = bool(tiers.get(f"goal:{goal.program}"))
        if lacks and after_another:
            found.append(goal)
        after_another = True
    return tuple(found)


def first(student: Student, catalog: Catalog, goal: Goal, make: Callable[[Student], Plan]) -> Switch:
    """The plan as it is, beside the one in which a goal of the student's stands before all others.

    Parameters
    ----------
    goal
        One of the student's goals; it comes last in the first plan where it is none of theirs.
    make
        Plans a student, such as `pathways.planner.plan`.

    Raises
    ------
    InputError
        Where the goal stands first already.
    """
    others = [one for one in student.goals if not _same(one, goal, catalog)]
    own = student.goals if len(others) < len(student.goals) else (*student.goals, goal)
    diplomas = [one for one in others if one.program is not None and reader.load(one.program).kind == "diploma"]
    name = goal_name(goal, catalog)
    if len(diplomas) == len(others) or _same(next(one for one in own if one not in diplomas), goal, catalog):
        raise InputError(f"{name} stands before all other goals already", place="goals", mend="Name a later goal")
    before = make(student.model_copy(update={"goals": own}))
    after = make(student.model_copy(update={"goals": (goal, *others)}))
    shares = {one.goal: one.share for one in after.goals}
    toward = tuple((one.name, one.share, shares[one.goal]) for one in before.goals)
    programs = [one for one in own if one.program is not None and one not in diplomas]
    short = tuple((goal_name(one, catalog), _lacks(before, one), _lacks(after, one)) for one in programs)
    old, new = _standing(before, goal, catalog), _standing(after, goal, catalog)
    words = f"With {name} before all other goals" if new > old else f"{name} goes no further if it stands first"
    found = _beside(before, after, words, toward, short)
    return found.model_copy(update={"of": "offers", "further": new > old})


def _standing(plan: Plan, goal: Goal, catalog: Catalog) -> Fraction:
    """How far a plan goes toward a goal, the more the further."""
    if goal.program is not None:
        return -_lacks(plan, goal)
    key = target(goal, catalog, LAST).key
    return next(Fraction(one.reached) for one in plan.goals if one.goal == key)


def _lacks(plan: Plan, goal: Goal) -> Fraction:
    return next((Fraction(tier.value) for tier in plan.tiers if tier.name == f"goal:{goal.program}"), Fraction(0))


def goal_name(goal: Goal, catalog: Catalog) -> str:
    """A goal in words."""
    return reader.load(goal.program).name if goal.program is not None else target(goal, catalog, LAST).name
