"""How far a plan goes toward each goal, told anew from placements and transcript; shares nothing with the compiler.

What a goal asks is data (`pathways.targets`), as the rules of a program are.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from catalogs import Catalog
from catalogs.sced import current
from pathways.plan import GoalResult, Plan
from pathways.targets import Asked, Target, Way, targets
from requirements import reader
from requirements.crediting import credit_entries
from requirements.record import subject_of
from requirements.selector import Subject

Taken = tuple[Subject, int | None]
"""A course of the record, without grade, or of the plan, with the grade in which it is taken."""


def goal_targets(plan: Plan, catalog: Catalog) -> tuple[tuple[int, Target], ...]:
    """The goals of the record that are no programs, each with its place among all goals."""
    student, year = plan.request, int(plan.request.now.partition("-")[0])
    return targets(student.goals, catalog, student.grade or min(max(9 + year - student.entering, 6), 13))


def tier_names(plan: Plan, catalog: Catalog) -> list[str]:
    """Tiers of all goals in the student's order, diplomas first."""
    reports = plan.audit.programs
    names = ["graduation", *(f"goal:{one.program}" for one in reports[1:] if one.kind == "diploma")]
    others = [f"goal:{one.program}" for one in reports[1:] if one.kind != "diploma"]
    aims = {place: f"goal:{one.key}" for place, one in goal_targets(plan, catalog)}
    for place, goal in enumerate(plan.request.goals):
        if goal.program is None:
            names.append(aims[place])
        elif others and reader.load(goal.program).kind != "diploma":
            names.append(others.pop(0))
    return names


def reached(plan: Plan, catalog: Catalog) -> list[str]:
    """What is wrong with the tiers and results of goals that are no programs."""
    wrong: list[str] = []
    entries, _ = credit_entries(plan.request.transcript, catalog, entering=plan.request.entering)
    record: list[Taken] = [(entry.subject, None) for entry in entries if entry.amount]
    taken = [*record, *((subject_of(catalog.by_code[p.course]), p.grade) for p in plan.placements)]
    every = [one for _, one in goal_targets(plan, catalog)]
    if [one.key for one in every] != [one.goal for one in plan.goals]:
        return ["the goals shown are not those of the record"]
    tiers = {tier.name: tier for tier in plan.tiers}
    for target, shown in zip(every, plan.goals, strict=True):
        most = max(_worth(way, taken) for way in target.ways)
        tier = tiers.get(f"goal:{target.key}")
        # A search cut short need not have counted all that its plan holds.
        if tier is not None and (tier.value > most or (tier.value == tier.bound and tier.value != most)):
            wrong.append(f"the plan holds {most} {target.unit} toward {target.name}, not {tier.value}")
        wrong += _shown(target, shown, most, taken, catalog)
    return wrong


def _worth(way: Way, taken: Sequence[Taken]) -> int:
    """Weights of the parts that courses fill: those that a course may share anyway, and the best of the others."""
    worth = 0
    for part in way.parts:
        if not part.alone:
            early = [s for s, grade in taken if grade is None or part.by_grade is None or grade <= part.by_grade]
            held = {need for subject in early for need in part.filled_by(subject)}
            worth += part.weight * (len(held) == (1 if part.courses else len(part.needs)))
    alone = sorted((part for part in way.parts if part.alone), key=lambda part: part.weight)
    given: dict[int, Asked] = {}  # by number of the course, the part it fills

    def fits(part: Asked, seen: set[int]) -> bool:
        able = [n for n, (subject, _) in enumerate(taken) if n not in seen and part.filled_by(subject)]
        seen.update(able)
        free = next((n for n in able if n not in given), None)
        if free is None:
            free = next((n for n in able if fits(given[n], seen)), None)
        if free is not None:
            given[free] = part
        return free is not None

    while alone:
        worth += part.weight if fits(part := alone.pop(), set()) else 0
    return worth


def _shown(target: Target, shown: GoalResult, most: int, taken: Sequence[Taken], catalog: Catalog) -> list[str]:
    """Sums, share and courses of a result are those of the plan."""
    way = next((one for one in target.ways if len(target.ways) == 1 or one.name == shown.way), None)
    if way is None or [part.name for part in shown.parts] != [part.name for part in way.parts]:
        return [f"the parts shown toward {target.name} are not those of the goal"]
    wrong = []
    there = [part for part in shown.parts if part.status in ("on_record", "in_progress", "planned")]
    codes = {subject.code for subject, _ in taken}
    others = {
        (catalog.credit_key(one.code), one.sced and current(one.sced)): subject_of(one)
        for one in catalog.courses
        if one.code not in codes
    }
    offered = _worth(way, [*((subject, None) for subject, _ in taken), *((one, None) for one in others.values())])
    share = Fraction(round(Fraction(most, offered) * 1000), 1000) if offered else Fraction(0)
    if (shown.reached, sum(part.weight for part in there), shown.offered, shown.share) != (most, most, offered, share):
        wrong.append(f"{most} of {offered} is reached toward {target.name}, not {shown.reached} of {shown.offered}")
    for part, asked in zip(shown.parts, way.parts, strict=True):
        if part.status == "planned" and part.course is not None:
            course = catalog.get(part.course)
            if part.course not in codes or course is None or not asked.filled_by(subject_of(course)):
                wrong.append(f"{part.course} is said to fill {part.name} toward {target.name}, but does not")
    return wrong
