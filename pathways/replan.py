"""Plan again from a plan in force: news comes in, and the new plan keeps as much of the old as it can.

Nearness to the plan in force goes before quality here: what people have agreed on moves only where graduation, a goal
or a wish demands it. That is the minimal perturbation problem (El Sakkout and Wallace 2000, "Probe backtrack search for
minimal perturbation in dynamic scheduling", Constraints 5(4); for timetables Barták, Müller and Rudová 2004, "A new
approach to modeling and solving minimal perturbation problems", LNCS 3010); planners call it plan stability (Fox,
Gerevini, Long and Serina 2006, ICAPS).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Literal

from pydantic import Field

from catalogs import Catalog, InputError
from pathways.changes import Change, Fate, changes
from pathways.choices import unknown_course
from pathways.cost import cost
from pathways.history import History
from pathways.moves import Match, carried, match, transferred
from pathways.plan import Placement, Plan
from pathways.planner import Made, Task, load_catalog
from pathways.solver import Limits
from pathways.student import Cancelled, PlacementInForce, Student, TermText
from pathways.timeline import Timeline, timeline
from requirements.crediting import credit_entries
from requirements.language import Rule
from requirements.record import TranscriptLine


class Grade(Rule):
    """The mark of a course that was planned or in progress; F, W and the like where it earned no credit."""

    course: str
    mark: str
    term: TermText | None = Field(
        default=None, description="the term it began in, where the course is planned more than once"
    )


class Events(Rule):
    """What has happened since the plan was made."""

    grades: tuple[Grade, ...] = ()
    now: TermText | None = Field(
        default=None,
        description="the last term that has begun; that of the last grade when left out. What began by then and bears "
        "no mark is in progress",
    )
    cancelled: tuple[Cancelled, ...] = ()
    catalog: str | None = Field(
        default=None, description="id or folder of a catalog: another edition of the school's, or another school's"
    )
    student: Student | None = Field(default=None, description="the record as people have edited it: pins, wishes, ...")


class Replan(Rule):
    """The new plan, and what became of every course of the old one; of none where no plan was found.

    Courses in progress that were graded come first, then those of the old plan in its order, then what is new.
    """

    plan: Plan
    changes: tuple[Change, ...]
    words: str = Field(description="the changes in a sentence")
    cost: tuple[str, ...] = Field(
        default=(), description="what the news cost or gained in graduation, goals and wishes; empty where nothing"
    )
    matches: tuple[Match, ...] = Field(
        default=(), description="at another school: what stands there for each course of record and plan"
    )
    notes: tuple[str, ...] = Field(default=(), description="what was taken for granted about the news")


def replan(
    plan: Plan,
    events: Events,
    catalog: Catalog | None = None,
    new_catalog: Catalog | None = None,
    *,
    nearness: Literal["before_quality", "after_quality"] = "before_quality",
    limits: Limits | None = None,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Replan:
    """Plan again after news, and stay as near to the plan in force as graduation, goals and wishes allow.

    Parameters
    ----------
    plan
        The plan in force.
    catalog, new_catalog
        The catalog of the plan in force, and the one that ``events.catalog`` names; loaded when left out.
    nearness
        Whether staying near to the plan in force goes before quality or after it.

    Raises
    ------
    InputError
        When the news does not fit the plan: a grade for a course that is not planned, a term that is still to come,
        a catalog without national codes.
    """
    return remade(plan, events, catalog, new_catalog, nearness=nearness, limits=limits, stop=stop, folder=folder).replan


@dataclass(frozen=True, slots=True)
class Remade:
    """What became of a plan, and the new one with its problem, for what is asked about it next."""

    replan: Replan
    made: Made


def remade(
    plan: Plan,
    events: Events,
    catalog: Catalog | None = None,
    new_catalog: Catalog | None = None,
    *,
    nearness: Literal["before_quality", "after_quality"] = "before_quality",
    limits: Limits | None = None,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Remade:
    """Plan again, see `replan`, and keep what the new plan answers."""
    catalog = catalog or load_catalog(plan.request, folder)
    if events.student is not None and events.student.id != plan.student:
        raise InputError(
            f"the record is that of {events.student.id}, the plan that of {plan.student}",
            place="student",
            mend="give the edited record of the same student",
        )
    if events.student is not None and events.student.catalog != plan.request.catalog:
        raise InputError(
            f"the edited record names the catalog {events.student.catalog}, the plan is one of {plan.request.catalog}",
            place="student",
            mend="leave the record's catalog as it was, and name the other one as catalog of the news",
        )
    record, notes = record_after(plan, catalog, events.grades, events.now, events.student)
    graded = _graded_lines(events.student or plan.request, record, catalog)
    ahead = [(place.course, place.term) for place in record.plan_in_force]
    there = dict(zip(ahead, record.plan_in_force, strict=True))
    to_come: list[PlacementInForce | None] = list(record.plan_in_force)
    new = catalog
    if events.catalog is not None:
        new = new_catalog or load_catalog(record.model_copy(update={"catalog": events.catalog}), folder)
        to_come = [_carried(place, catalog, new) for place in record.plan_in_force]
        there = {key: place for key, place in zip(ahead, to_come, strict=True) if place is not None}
        record, more = _at(record, catalog, new, events.catalog, tuple(there.values()))
        notes += more
    record = record.model_copy(
        update={"nearness": nearness, "cancelled": (*record.cancelled, *_cancelled(events.cancelled, record, new))}
    )
    answer = Task.of(record, new).best(limits, stop)
    made = answer.plan
    if not made.tiers:
        words = (
            made.conflict.words
            if made.conflict
            else "the search was cut short before it found a plan, or that there is none"
        )
        return Remade(Replan(plan=made, changes=(), words=words, notes=tuple(notes)), answer)
    old = [
        (place, (place.course, _start(place)) in ahead, there.get((place.course, _start(place))))
        for place in plan.placements
    ]
    told = (*graded, *changes(plan, made, old, new))
    courses = [*(line.course for line in plan.record), *(place.course for place in plan.placements)]
    found = Replan(
        plan=made,
        changes=told,
        words=_summary(told),
        cost=cost(plan, made),
        matches=() if _same_school(catalog, new) else _matches(courses, catalog, new),
        notes=tuple(notes),
    )
    return Remade(found, answer)


def _graded_lines(before: Student, after: Student, catalog: Catalog) -> list[Change]:
    """What became of courses that were in progress on the record, and are over now."""
    told = []
    for old, new in zip(before.transcript, after.transcript, strict=False):
        if old.in_progress and not new.in_progress and old.course is not None:
            (entry,), _ = credit_entries([new], catalog)
            passed = bool(entry.amount)
            told.append(
                Change(
                    course=old.course,
                    title=entry.title,
                    fate="done" if passed else "failed",
                    was=f"{old.year}-{old.term}" if old.year is not None and old.term is not None else None,
                    why=f"{'passed' if passed else 'not passed'} ({new.mark})",
                )
            )
    return told


def _start(place: Placement) -> str:
    return f"{place.year}-{place.term}"


def _summary(told: Sequence[Change]) -> str:
    fates = Counter(change.fate for change in told)
    parts = [f"{fates[fate]} {words}" for fate, words in FATES.items() if fates[fate]]
    return ", ".join(parts) or "nothing was planned, and nothing is"


FATES: dict[Fate, str] = {
    "done": "done",
    "failed": "not passed",
    "kept": "as planned",
    "moved": "in another term",
    "replaced": "in another version",
    "dropped": "dropped",
    "added": "new",
}
"""What may become of a course, in the words of a summary."""


# ------------------------------------------------------------------------------------------------- the record by then


@dataclass(slots=True)
class _Running:
    """A course that a grade may speak of: a line in progress or a placement, from its first term to its last."""

    line: TranscriptLine
    begin: int
    end: int
    mark: str | None = None


def record_after(
    plan: Plan,
    catalog: Catalog,
    grades: Sequence[Grade] = (),
    now: str | None = None,
    student: Student | None = None,
) -> tuple[Student, list[str]]:
    """The student's record once the plan was followed up to a term; what is still to come is the plan in force.

    What began by then and has no mark is in progress, so that it is taken to be passed. Pins of courses that have begun
    are fulfilled and leave the record.

    Parameters
    ----------
    now
        The last term that has begun; where left out, the one in which the last graded course ends.
    student
        The record as people have edited it, in place of the plan's own.

    Returns
    -------
    tuple
        The record, and what was taken for granted.
    """
    base = student or plan.request
    line = timeline(base, catalog.calendar)
    running = _running(plan, base, catalog, line)
    graded = [_graded(grade, running, catalog, line) for grade in grades]
    last = line.first - 1
    if now is not None:
        last = max(last, _begun(now, line))
    elif graded:
        last = max(last, *(one.end for one in graded))
    for one in graded:
        _in_time(one, last, catalog, line)
    known = sum(one.in_progress for one in base.transcript)
    lines = [*base.transcript]
    places = [n for n, one in enumerate(lines) if one.in_progress]
    for place, one in zip(places, running[:known], strict=True):
        lines[place] = _line(one)
    begun = [one for one in running[known:] if one.begin <= last]
    lines += [_line(one) for one in begun]
    ahead = [one for one in running[known:] if one.begin > last]
    notes = []
    waiting = [one.line.course or "" for one in (*begun, *running[:known]) if one.mark is None and one.end <= last]
    if waiting and (grades or now):
        count = "1 course that has" if len(waiting) == 1 else f"{len(waiting)} courses that have"
        titles = (f"{catalog.by_code[code].title} ({code})" if code in catalog.by_code else code for code in waiting)
        notes.append(f"{count} no mark yet by {line.terms[last].text} counted as passed: {', '.join(titles)}")
    taken = {one.line.course for one in begun}
    pins = tuple(pin for pin in base.pins if pin.never or pin.course not in taken)
    failed = {one.line.course for one in graded if not _earns(one, catalog)}
    notes += [
        f"the pin of {catalog.by_code[pin.course].title} ({pin.course}) is fulfilled: its return may lie elsewhere"
        for pin in base.pins
        if not pin.never and pin.course in taken & failed
    ]
    when = _now(base, lines, last, line)
    years = int(when[:4]) - int(base.now[:4])
    return (
        base.model_copy(
            update={
                "transcript": tuple(lines),
                "now": when,
                "grade": base.grade and min(base.grade + years, 13),
                "pins": pins,
                "plan_in_force": tuple(
                    PlacementInForce(course=one.line.course or "", term=f"{one.line.year}-{one.line.term}")
                    for one in ahead
                ),
            }
        ),
        notes,
    )


def _running(plan: Plan, base: Student, catalog: Catalog, line: Timeline) -> list[_Running]:
    """Lines in progress, then the placements that the record does not hold yet."""
    entries, _ = credit_entries(base.transcript, catalog, entering=base.entering)
    history = History(catalog, line, entries)
    index = {term.text: i for i, term in enumerate(line.terms)}
    found = []
    for one, entry in zip(base.transcript, entries, strict=True):
        if one.in_progress:
            course = catalog.get(one.course or "")
            done, begun = history.when(entry, course) if course else (line.first, line.first - 1)
            found.append(_Running(one, begun, done - 1))
    held = {(one.course, one.year, one.term) for one in base.transcript}
    for place in plan.placements:
        begin = index.get(_start(place))
        if begin is None or begin < line.first or (place.course, place.year, place.term) in held:
            continue
        course = catalog.get(place.course)
        if course is None:
            raise unknown_course(place.course, catalog, "placements")
        written = TranscriptLine(
            course=place.course,
            credits=place.credits,
            year=place.year,
            term=place.term,
            grade=place.grade,
            in_progress=True,
        )
        found.append(_Running(written, begin, line.last(course, begin)))
    return found


def _graded(grade: Grade, running: Sequence[_Running], catalog: Catalog, line: Timeline) -> _Running:
    """Give the mark to the first course that it may speak of."""
    own = [one for one in running if one.line.course == grade.course]
    for one in own:
        if one.mark is None and grade.term in (None, f"{one.line.year}-{one.line.term}"):
            one.mark = grade.mark
            return one
    if not own and grade.course not in catalog.by_code:
        raise unknown_course(grade.course, catalog, "grades")
    title = catalog.by_code[grade.course].title
    when = ", ".join(line.terms[one.begin].text for one in own)
    raise InputError(
        f"there is a grade for {title} ({grade.course}), which is neither planned nor in progress"
        + (f" in {grade.term}" if grade.term else " so often" if own else ""),
        place=f"grades, {grade.course}",
        mend=f"it is planned in {when}"
        if own
        else "write the course into the transcript of the record, and plan again",
    )


def _begun(now: str, line: Timeline) -> int:
    for i, term in enumerate(line.terms):
        if term.text == now:
            return i
    raise InputError(
        f"{now} is no term of the plan",
        place="now",
        mend=f"use one of {', '.join(term.text for term in line.terms[line.first :])}",
    )


def _in_time(one: _Running, last: int, catalog: Catalog, line: Timeline) -> None:
    """A mark that earns credit belongs to a course that is over; one may be withdrawn from while it goes on."""
    if one.end <= last or (one.begin <= last and not _earns(one, catalog)):
        return
    raise InputError(
        f"there is a grade for {one.line.course}, which ends in {line.terms[one.end].text}, a term still to come",
        place=f"grades, {one.line.course}",
        mend=f"leave the grade out, or say that {line.terms[one.end].text} has begun (now)",
    )


def _earns(one: _Running, catalog: Catalog) -> bool:
    try:
        (entry,), _ = credit_entries([_line(one)], catalog)
    except InputError as error:
        error.place = f"grades, {one.line.course}"
        raise
    return bool(entry.amount)


def _line(one: _Running) -> TranscriptLine:
    return one.line if one.mark is None else one.line.model_copy(update={"mark": one.mark, "in_progress": False})


def _now(base: Student, lines: Sequence[TranscriptLine], last: int, line: Timeline) -> str:
    """The term that the record is written in: the last that has begun while courses go on, else the next one."""
    if any(one.in_progress for one in lines):
        return line.terms[last].text if last >= 0 else base.now
    for term in line.terms[last + 1 :]:
        if not term.summer or base.summer.allowed:
            return term.text
    raise InputError(
        f"{line.terms[-1].text}, the last term of the plan, is over",
        place="grades",
        mend="set graduate to a later term in the student's record, and give the record with the grades",
    )


# ------------------------------------------------------------------------------------------------- another catalog


def _same_school(old: Catalog, new: Catalog) -> bool:
    return (old.district, old.name) == (new.district, new.name)


def _carried(place: PlacementInForce, old: Catalog, new: Catalog) -> PlacementInForce | None:
    if _same_school(old, new) and place.course in new.by_code:
        return place
    return carried(place, old, new)


def _matches(courses: Iterable[str | None], old: Catalog, new: Catalog) -> tuple[Match, ...]:
    found = dict.fromkeys(old.get(code or "") for code in courses)
    return tuple(match(course, old, new) for course in found if course)


def _at(
    record: Student, old: Catalog, new: Catalog, name: str, force: tuple[PlacementInForce, ...]
) -> tuple[Student, list[str]]:
    """The record as another catalog reads it: the same school's new edition, or another school."""
    for catalog in (old, new):
        if not _same_school(old, new) and not any(course.sced for course in catalog.courses):
            raise InputError(
                f"the courses of {catalog.name} bear no national codes (SCED), so that those of two schools "
                "cannot be matched",
                place="catalog",
                mend="fill the column sced of its courses.csv; pathways sced propose TITLE names likely codes",
            )
    if not _same_school(old, new):
        return transferred(record, old, new, name), []
    entries, _ = credit_entries(record.transcript, old, entering=record.entering)
    lines = []
    for one, entry in zip(record.transcript, entries, strict=True):
        before, after = old.get(one.course or ""), new.get(one.course or "")
        changed: dict[str, object] = {}
        if before is not None and (after is None or after.credits != before.credits):
            # What was earned stays earned, whatever the new edition says of the course.
            changed = {"title": one.title or before.title, "credits": entry.amount * new.year_credits}
        if before is not None and after is None:
            changed |= {"course": None, "sced": before.sced, "subject": None if before.sced else "electives"}
        lines.append(one.model_copy(update=changed))
    gone = [w for w in (*record.wishes, *record.refusals) if w.course and w.course not in new.by_code]
    notes = [f"{w.course} was wished for or refused, but {new.name}, {new.edition}, does not have it" for w in gone]
    return record.model_copy(
        update={
            "catalog": name,
            "transcript": tuple(lines),
            "wishes": tuple(w for w in record.wishes if w not in gone),
            "refusals": tuple(w for w in record.refusals if w not in gone),
            "plan_in_force": tuple(dict.fromkeys(force)),
        }
    ), notes


def _cancelled(cancelled: Sequence[Cancelled], record: Student, catalog: Catalog) -> Sequence[Cancelled]:
    """What is cancelled lies in a term that can still be planned."""
    line = timeline(record, catalog.calendar)
    known = [term.text for term in line.terms[line.first :]]
    for one in cancelled:
        if one.course not in catalog.by_code:
            raise unknown_course(one.course, catalog, "cancelled")
        if one.term is not None and one.term not in known:
            raise InputError(
                f"{one.course} is cancelled in {one.term}, which is not a term to come",
                place=f"cancelled, {one.course}",
                mend=f"the terms to come are {', '.join(known) or 'none'}",
            )
    return cancelled
