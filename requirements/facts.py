"""Requirements that no placing of credit changes: tasks, averages and totals."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from catalogs.exact import decimal_text
from catalogs.grading import Grading
from requirements.decisions import Achievement, Waiver
from requirements.language import AnyRequirement, Gpa, Limit, Task, Total, in_time
from requirements.record import STAGES, Entry
from requirements.report import Ask, Lifted, Status
from requirements.selector import Subject, matches

NOTHING = Fraction(0)
SHOWN = 1000  # averages are shown in thousandths


@dataclass(slots=True)
class Fact:
    """What became of a task, an average or a total; figures in its own unit."""

    status: Status
    need: Fraction
    unit: str | None = None
    earned: Fraction = NOTHING
    in_progress: Fraction = NOTHING
    planned: Fraction = NOTHING
    asked: Fraction = NOTHING
    missing: Fraction = NOTHING
    waived: Fraction = NOTHING
    ask: tuple[Ask, ...] = ()
    waivers: tuple[Lifted, ...] = ()
    date: datetime.date | None = None
    detail: str | None = None

    @property
    def holds(self) -> bool:
        return self.status in ("met", "in_progress", "planned")


def assign(
    achievements: Sequence[Achievement], rules: Mapping[str, AnyRequirement]
) -> tuple[dict[str, list[Achievement]], list[str]]:
    """Give each achievement to its task: by path, else by id, else by kind where only one task is of that kind.

    Returns
    -------
    tuple
        Achievements by path of the task, and a sentence for each that could be for several tasks.
    """
    tasks = {path: rule for path, rule in rules.items() if isinstance(rule, Task)}
    done: dict[str, list[Achievement]] = {}
    notes = []
    for one in sorted(achievements, key=lambda achievement: achievement.model_dump_json()):
        if one.requirement is None:
            found = [path for path, rule in tasks.items() if rule.task == one.task]
        elif one.requirement in tasks:
            found = [one.requirement]
        else:
            found = [path for path, rule in tasks.items() if rule.id == one.requirement]
            if not found and one.requirement in rules:
                notes.append(f"{_called(one)}: {one.requirement!r} is no task; name the task that it settles")
        if len(found) == 1:
            done.setdefault(found[0], []).append(one)
        elif found:
            notes.append(f"{_called(one)} could be for several tasks: name one of {', '.join(found)}")
    return done, notes


def task(rule: Task, achievements: Sequence[Achievement], waivers: Sequence[Waiver]) -> Fact:
    """A task is met by an achievement; amounts add up, and one without an amount does the whole."""
    cut = min(rule.amount or NOTHING, _lifted(waivers))
    need = rule.amount - cut if rule.amount is not None else NOTHING
    settled = [one for one in achievements if one.status in ("done", "waived")]
    going = [one for one in achievements if one.status == "in_progress"]
    earned = min(need, sum((_much(one, need) for one in settled), NOTHING))
    coming = min(need - earned, sum((_much(one, need) for one in going), NOTHING))
    missing = need - earned - coming
    status: Status = "not_met"
    if earned == need and (settled or cut):
        status = "met"
    elif not missing and (settled or going):
        status = "in_progress"
    ask: tuple[Ask, ...] = ()
    if status == "not_met" and rule.judged:
        status, ask = "ask", (Ask(who=rule.who, why=rule.detail or "whether it is done is for a person to judge"),)
    words = [rule.detail] if rule.detail else []
    words += [f"not passed: {_called(one)}" for one in achievements if one.status == "failed"]
    words += [f"waived: {_called(one)}" for one in achievements if one.status == "waived"]
    dates = [one.date for one in settled if one.date is not None] + [
        one.date for one in waivers if one.date is not None
    ]
    return Fact(
        status,
        need,
        unit=(rule.unit or "") if rule.amount is not None else "",
        earned=earned,
        in_progress=coming,
        missing=missing,
        waived=cut,
        ask=ask,
        waivers=lifts(waivers),
        date=max(dates) if dates and status == "met" else None,
        detail="; ".join(words) or None,
    )


def gpa(rule: Gpa, entries: Iterable[Entry], grading: Grading) -> Fact:
    """An average of the marks earned.

    It is asked where marks without points, failed or repeated courses (whose weight a record does not tell: one
    year-course is taken), or courses that a selector leaves in doubt could tip it.
    """

    def reached(value: Fraction | None) -> bool:
        return value is not None and (value > rule.gpa if rule.above else value >= rule.gpa)

    weight = points = NOTHING
    doubtful: list[str] = []
    pulls: list[tuple[Fraction, Fraction]] = []
    lifts: list[tuple[Fraction, Fraction]] = []
    for entry in entries:
        counts = matches(rule.from_, entry.subject)
        if counts is False or entry.stage != "earned":
            continue
        value = _value(rule, entry.mark, grading)
        if counts and value is not None and entry.amount:
            weight += entry.amount
            points += value * entry.amount
            continue
        doubtful.append(entry.id)
        size = entry.amount or Fraction(1)
        low, high = (NOTHING, Fraction(rule.scale)) if value is None else (value, value)
        # At worst it counts where it pulls the average down, at best where it lifts it; else it may not count at all.
        pulls += [] if reached(low) else [(size, low)]
        lifts += [(size, high)] if reached(high) else []
    worst, average, best = (_average(points, weight, more) for more in (pulls, [], lifts))
    status: Status = "not_met"
    ask: tuple[Ask, ...] = ()
    if average is not None and reached(worst):
        status = "met"
    elif reached(best):
        why = "the average depends on marks without points, on failed or repeated courses, or on courses in doubt"
        status, ask = "ask", (Ask(who=rule.who, why=why, entries=tuple(doubtful)),)
    shown = Fraction(round(average * SHOWN), SHOWN) if average is not None else NOTHING
    return Fact(
        status,
        rule.gpa,
        unit="points" if rule.scale == 4 else "percent",
        earned=shown,
        missing=max(NOTHING, rule.gpa - shown) if status != "met" else NOTHING,
        ask=ask,
        detail=f"average {decimal_text(shown)}" if average is not None else "no marks on record",
    )


def _value(rule: Gpa, mark: str | None, grading: Grading) -> Fraction | None:
    """What a mark counts in an average; None for one that the scale cannot express."""
    if mark is None:
        return None
    return grading.points(mark) if rule.scale == 4 else grading.percent(mark)


def total(
    rule: Total, entries: Iterable[Entry], year: Fraction, waivers: Sequence[Waiver], limits: Sequence[Limit] = ()
) -> Fact:
    """Credit of all entries, each once; ``year`` is what a year-course counts in the program's unit.

    Of the courses of a limit over the whole program no more counts than it allows, earned credit first. Where limits
    overlap without being nested, this may count less than the most that they allow together.
    """
    cut = min(rule.total, _lifted(waivers))
    fact = Fact("not_met", rule.total - cut, waived=cut, waivers=lifts(waivers))
    rooms = {limit.id: limit.credits for limit in limits}
    possible = NOTHING
    unsure: list[str] = []
    ranked = sorted(entries, key=lambda entry: (matches(rule.from_, entry.subject) is None, STAGES.index(entry.stage)))
    for entry in ranked:
        counts = matches(rule.from_, entry.subject)
        if counts is False:
            continue
        under = limits_over(limits, entry.subject, entry.grade)
        much = min(entry.amount * year, *(rooms[one.id] for one in under)) if under else entry.amount * year
        for one in under:
            rooms[one.id] -= much
        if counts is None:
            possible += much
            unsure.append(entry.id)
        else:
            setattr(fact, entry.stage, getattr(fact, entry.stage) + much)
    short = max(NOTHING, fact.need - fact.earned - fact.in_progress - fact.planned)
    if fact.earned >= fact.need:
        fact.status = "met"
    elif fact.earned + fact.in_progress >= fact.need:
        fact.status = "in_progress"
    elif not short:
        fact.status = "planned"
    elif possible >= short:
        fact.status, fact.asked = "ask", short
        fact.ask = (Ask(who="counselor", why="whether these courses count", entries=tuple(unsure)),)
    else:
        fact.missing = short
    return fact


def limits_over(limits: Sequence[Limit], subject: Subject, grade: int | None) -> tuple[Limit, ...]:
    """The limits over the whole program that a course of some grade falls under."""
    return tuple(
        limit
        for limit in limits
        if not limit.over and in_time(limit.during, grade) and matches(limit.from_, subject) is not False
    )


def lifts(waivers: Sequence[Waiver]) -> tuple[Lifted, ...]:
    """Waivers as a report names them."""
    return tuple(Lifted(credits=one.credits, reason=one.reason, by=one.by, date=one.date) for one in waivers)


def _lifted(waivers: Sequence[Waiver]) -> Fraction:
    return sum((one.credits or NOTHING for one in waivers), NOTHING)


def _much(one: Achievement, need: Fraction) -> Fraction:
    return need if one.amount is None or one.status == "waived" else one.amount


def _called(one: Achievement) -> str:
    return one.name or one.result or (one.task or "achievement").replace("_", " ")


def _average(points: Fraction, weight: Fraction, more: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    weight += sum((size for size, _ in more), NOTHING)
    points += sum((size * value for size, value in more), NOTHING)
    return points / weight if weight else None
