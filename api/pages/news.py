"""The form in which a person says what happened: what it shows, and how it is read back into `Events`.

Each field has a label that no other field has; an error names it as its place, and is shown there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from api.pages.grid import school_year
from api.pages.record import find_course
from api.pages.shell import term_words
from catalogs import Catalog, InputError, InputErrors
from catalogs.bundled import bundled
from catalogs.typical import typical_ids
from pathways.plan import Plan
from pathways.replan import Events, Grade
from pathways.student import Cancelled, split_term
from requirements.crediting import credit_entries
from requirements.record import TranscriptLine

NOW = "The last term that has begun"
SCHOOL = "The school from now on"
FAILING = "F"
SHORTEST, SPARE = 2, 1
"""Lines for cancelled courses: at least so many, and so many more than are filled."""


@dataclass(slots=True)
class News:
    """The fields of the form as text: marks by row, rows that were not passed, courses with a term or for good."""

    marks: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    cancelled: list[tuple[str, str]] = field(default_factory=list)
    now: str = ""
    school: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was entered."""
        return not (self.marks or self.failed or self.cancelled or self.now or self.school)


@dataclass(frozen=True, slots=True)
class Row:
    """A course that a mark may come in for: in progress or planned, and when it begins."""

    key: str
    course: str
    title: str
    term: str | None
    when: str
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that stand together, the next ones open."""

    title: str
    rows: tuple[Row, ...]
    open: bool


def of_form(data: FormData) -> News:
    """What was entered, as text."""
    texts = [(name, value.strip()) for name, value in data.multi_items() if isinstance(value, str)]
    courses, terms = ([value for name, value in texts if name == wanted] for wanted in ("cancelled", "when"))
    return News(
        marks={name.removeprefix("mark:"): value for name, value in texts if name.startswith("mark:") and value},
        failed={name.removeprefix("failed:") for name, _ in texts if name.startswith("failed:")},
        cancelled=[(course, term) for course, term in zip(courses, terms, strict=False) if course],
        now=str(data.get("now", "")),
        school=str(data.get("school", "")),
    )


def to_come(plan: Plan) -> tuple[str, ...]:
    """The terms of a plan that have not begun."""
    first = next(iter(plan.free), None)
    ahead = plan.terms[plan.terms.index(first) :] if first else ()
    return tuple(term for term in ahead if term in plan.free or plan.request.summer.allowed)


def groups(plan: Plan, entered: News) -> list[Group]:
    """Courses in progress, then those of each school year; open are the first two groups, and what was filled."""
    found: dict[str, list[Row]] = {}
    for row in rows(plan):
        title = "In progress" if row.term is None else school_year(split_term(row.term)[0])
        found.setdefault(title, []).append(row)
    told = {*entered.marks, *entered.failed}
    return [
        Group(title, tuple(own), open=n == 0 or any(row.key in told for row in own))
        for n, (title, own) in enumerate(found.items())
    ]


def rows(plan: Plan) -> list[Row]:
    """What a mark may come in for."""
    found = [
        _row(line.course, line.title, None, "In progress")
        for line in plan.record
        if line.stage == "in_progress" and line.course
    ]
    for place in plan.placements:
        term = f"{place.year}-{place.term}"
        found.append(_row(place.course, place.title, term, f"{term_words(place.term)}, grade {place.grade}"))
    return found


def _row(course: str, title: str, term: str | None, when: str) -> Row:
    key = f"{course}@{term}" if term else course
    return Row(key, course, title, term, when, f"Mark of {title}" + (f" in {term}" if term else ""))


def events(entered: News, plan: Plan, catalog: Catalog) -> Events:
    """What happened.

    Raises
    ------
    InputError
        Naming the field; `InputErrors` for several.
    """
    errors: list[InputError] = []
    if entered.empty:
        raise InputError("there is no news yet", mend="Fill in what has changed, at least one thing")
    grades = _grades(entered, plan, catalog, errors)
    cancelled = _cancelled(entered, plan, catalog, errors)
    if entered.now and entered.now not in to_come(plan):
        errors.append(InputError(f"{entered.now[:40]} is no term to come", place=NOW, mend=_terms(plan)))
    if entered.school and entered.school not in (*bundled(), *typical_ids()):
        errors.append(InputError(f"there is no school {entered.school[:40]!r} here", place=SCHOOL))
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return Events(grades=grades, now=entered.now or None, cancelled=cancelled, catalog=entered.school or None)


def _grades(entered: News, plan: Plan, catalog: Catalog, errors: list[InputError]) -> tuple[Grade, ...]:
    found = []
    known = {row.key: row for row in rows(plan)}
    for key in {**dict.fromkeys(known), **entered.marks, **dict.fromkeys(sorted(entered.failed))}:
        mark = entered.marks.get(key, FAILING if key in entered.failed else "")
        if not mark:
            continue
        if key not in known:
            errors.append(InputError(f"{key[:60]!r} is neither planned nor in progress", place="Marks"))
            continue
        row = known[key]
        try:
            (entry,), _ = credit_entries([TranscriptLine(course=row.course, mark=mark)], catalog)
        except InputError as error:
            errors.append(InputError(error.message, place=row.label, mend=error.mend))
            continue
        if entry.amount and key in entered.failed:
            message = f"{mark} earns credit, but the course is ticked as not passed"
            errors.append(InputError(message, place=row.label, mend="Take out the one that is wrong"))
        found.append(Grade(course=row.course, mark=mark, term=row.term))
    return tuple(found)


def _cancelled(entered: News, plan: Plan, catalog: Catalog, errors: list[InputError]) -> tuple[Cancelled, ...]:
    planned = {place.course for place in plan.placements}
    found = []
    for number, (text, term) in enumerate(entered.cancelled, 1):
        label = cancelled_label(number)
        try:
            code = find_course(text, catalog, label)
        except InputError as error:
            errors.append(error)
            continue
        if code not in planned:
            title = catalog.by_code[code].title
            mend = "Only a course of the plan can be cancelled; take it out"
            errors.append(InputError(f"{title} ({code}) is not in the plan", place=label, mend=mend))
        elif term and term not in to_come(plan):
            errors.append(InputError(f"{term[:40]} is no term to come", place=label, mend=_terms(plan)))
        else:
            found.append(Cancelled(course=code, term=term or None))
    return tuple(found)


def _terms(plan: Plan) -> str:
    return f"The terms to come are {', '.join(to_come(plan)) or 'none'}"


def cancelled_label(number: int) -> str:
    """What a line for a cancelled course is called."""
    return f"Cancelled course {number}"


def at_field(error: InputError, entered: News, plan: Plan, catalog: Catalog) -> InputError:
    """An error of planning again, placed at the field that it is about."""
    about, _, code = (error.place or "").partition(", ")
    label = {"now": NOW, "catalog": SCHOOL}.get(about)
    if about == "grades":
        told = {*entered.marks, *entered.failed}
        label = next((row.label for row in rows(plan) if row.key in told and row.course == code), None)
    elif about == "cancelled":
        codes = [find_course(text, catalog, "") for text, _ in entered.cancelled]
        label = cancelled_label(codes.index(code) + 1) if code in codes else None
    return InputError(error.message, place=label, mend=error.mend) if label else error


def lines(entered: News) -> Sequence[tuple[str, str]]:
    """Cancelled courses as the form shows them, with room for more."""
    room = max(SHORTEST - len(entered.cancelled), SPARE)
    return [*entered.cancelled, *[("", "")] * room]
