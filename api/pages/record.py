"""The form of a student's record: what it shows, and how it is read back into a `Student`.

The form carries the record that it began with along, so that what it does not show (pins, permissions, waivers) is
still there when it comes back.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from api import known
from api.pages.goals import Shown, goal_of, groups, proposals, shown, text_of
from catalogs import Catalog, InputError, InputErrors
from catalogs.exact import decimal_text
from pathways.student import Student, Wish, split_term
from pathways.targets import read_goal
from requirements import listing
from requirements.listing import ProgramSummary
from requirements.record import TranscriptLine

STRONGEST = 9
"""The weight of a wish that outweighs others."""

GOAL_MEND = "Choose one from the list, or look one up by its name"
LINE_MEND = "Write the course, the mark and the year, such as 0101, A, 2025; or now instead of the mark"


@dataclass(slots=True)
class Record:
    """The fields of the form as text, so that what was entered is shown again when it cannot be used."""

    catalog: str
    base: Student | None = None
    """The record that the form began with."""
    name: str = "New student"
    entering: str = ""
    year: str = ""
    term: str = ""
    diploma: str = ""
    goals: list[str] = field(default_factory=list)
    """Kind and id or name of each but the diploma, such as ``career:29-1141.00``, in the student's order."""
    add: str = ""
    """Words for a goal to be added."""
    pick: str = ""
    """A goal chosen from the list, to be added."""
    told: str = ""
    """What the last change of the goals did."""
    summer: bool = False
    load_min: str = ""
    load_max: str = ""
    wishes: list[str] = field(default_factory=list)
    taken: str = ""
    to: str = ""
    """State that the student moves to, where the rest is planned there."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers at one school to one cohort."""

    catalog: Catalog
    diplomas: tuple[ProgramSummary, ...]
    goals: tuple[Shown, ...]
    groups: tuple[tuple[str, list[tuple[str, str]]], ...]
    proposed: tuple[Shown, ...]
    kept: tuple[str, ...]


def empty(catalog: Catalog, year: int) -> Record:
    """The record of someone who enters grade 9 of a school this fall."""
    first = catalog.calendar.term_names[0]
    return Record(catalog=catalog.id, entering=str(year), year=str(year), term=first)


def of_student(student: Student) -> Record:
    """The form that shows a student."""
    year, term = split_term(student.now)
    goals = [text_of(goal) for goal in student.goals]
    programs = [goal.program for goal in student.goals if goal.program]
    diploma = next((one for one in programs if known.program(one).kind == "diploma"), "")
    return Record(
        catalog=student.catalog,
        base=student,
        name=student.name,
        entering=str(student.entering),
        year=str(year),
        term=term,
        diploma=diploma,
        goals=[one for one in goals if one != f"program:{diploma}"],
        summer=student.summer.allowed,
        load_min="" if student.load.min is None else str(student.load.min),
        load_max="" if student.load.max is None else str(student.load.max),
        wishes=list(dict.fromkeys(wish.course for wish in student.wishes if wish.course and wish.plain)),
        taken="\n".join(_line(line) for line in student.transcript if line.course),
    )


def _line(line: TranscriptLine) -> str:
    when = "-".join(str(part) for part in (line.year, line.term) if part is not None)
    amount = f"{decimal_text(line.credits)} credits" if line.credits is not None else ""
    return ", ".join(part for part in (line.course, "now" if line.in_progress else line.mark, when, amount) if part)


def of_form(data: FormData) -> Record:
    """What was entered, as text."""

    def text(name: str) -> str:
        value = data.get(name, "")
        # Browsers send the lines of a text with a carriage return.
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def texts(name: str) -> list[str]:
        return [value.strip() for value in data.getlist(name) if isinstance(value, str) and value.strip()]

    base = carried(text("base")) if text("base") else None
    return Record(
        catalog=base.catalog if base else text("catalog"),
        base=base,
        name=text("name"),
        entering=text("entering"),
        year=text("year"),
        term=text("term"),
        diploma=text("diploma"),
        goals=list(dict.fromkeys(texts("goal"))),
        add=text("add"),
        pick=text("pick"),
        summer=bool(text("summer")),
        load_min=text("load_min"),
        load_max=text("load_max"),
        wishes=list(dict.fromkeys(texts("wish"))),
        taken=text("taken"),
        to=text("to"),
    )


def entered(data: FormData) -> Record:
    """What was entered in the form; or a whole record (``record``) or an example (``example``) as it is."""
    to, whole, example = (str(data.get(name, "")) for name in ("to", "record", "example"))
    if whole:
        return replace(of_student(carried(whole)), to=to)
    if example:
        return replace(of_student(known.example(example)), to=to)
    return of_form(data)


def carried(text: str) -> Student:
    """The record that a page carried along as JSON.

    Raises
    ------
    InputError
        If it was changed on its way so that it is no record any more.
    """
    try:
        student = Student.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise InputError(
            f"the record that the page carried along has been changed, and {where} cannot be read: {first['msg']}",
            mend="Go back and send the page as it was, or begin again from the start",
        ) from None
    known.catalog_of(student)
    return student


def choices(record: Record) -> Choices:
    """Programs that fit the school's state and the year of entry, and what the record keeps beside the form."""
    catalog = known.catalog(record.catalog)
    entering = int(record.entering) if record.entering.isdigit() else None
    found = [one for one in listing.programs(entering=entering) if _fits(one, catalog)]
    return Choices(
        catalog=catalog,
        diplomas=tuple(one for one in found if one.kind == "diploma"),
        goals=tuple(shown(text, catalog) for text in record.goals),
        groups=tuple(groups(found, catalog)),
        proposed=proposals(record.add, catalog) if record.add else (),
        kept=tuple(_kept(record.base)) if record.base else (),
    )


def _fits(program: ProgramSummary, catalog: Catalog) -> bool:
    state = program.jurisdiction.partition("/")[0]
    return not catalog.state or not state.startswith("US-") or state == f"US-{catalog.state}"


def _kept(student: Student) -> Iterable[str]:
    """What the form does not show of a record."""
    counts = {
        "line of credit from elsewhere": sum(not line.course for line in student.transcript),
        "wish for a kind of course": sum(wish.plain and not wish.course for wish in student.wishes),
        "wish for the shape of the years": sum(not wish.plain for wish in student.wishes),
        "course to avoid": len(student.refusals),
        "pin": len(student.pins),
        "permission": len(student.permissions),
        "achievement": len(student.achievements),
        "approval": len(student.approvals),
        "waiver": len(student.waivers),
        "substitution": len(student.substitutions),
        "decision on where a course counts": len(student.counts),
        "course of the plan in force": len(student.plan_in_force),
        "cancelled course": len(student.cancelled),
        "term with a load of its own": len(student.load.terms),
    }
    for what, count in counts.items():
        if count:
            yield f"{count} {what if count == 1 else _several(what)}"
    yield from (service.replace("_", " ") for service in student.services)
    if student.grade:
        yield f"grade {student.grade} now"
    if student.graduate:
        yield f"graduation in {student.graduate}"


def _several(what: str) -> str:
    """The plural of words of which the first one counts, or the last where no preposition follows.

    Examples
    --------
    >>> _several("wish for a kind of course"), _several("career goal")
    ('wishes for a kind of course', 'career goals')
    """
    found = re.match(r"(.*?)( (?:of|for|to|on|with) .*)?$", what)
    assert found
    return f"{found[1]}{'es' if found[1].endswith('h') else 's'}{found[2] or ''}"


def to_student(record: Record) -> Student:
    """The student of a form; what the form does not show, and what was not touched, stays as it was.

    Raises
    ------
    InputError
        Naming the field; `InputErrors` for several.
    """
    catalog = known.catalog(record.catalog)
    before = of_student(record.base) if record.base else Record(record.catalog)
    values: dict[str, Any] = record.base.model_dump(by_alias=True) if record.base else {"id": "student"}
    errors: list[InputError] = []
    wishes = [code for text in record.wishes if (code := _course(text, catalog, "Wishes", errors))]
    values |= {
        "name": record.name or "Student",
        "catalog": catalog.id,
        "entering": record.entering,
        "now": f"{record.year}-{record.term}",
        "load": {**values.get("load", {}), "min": record.load_min or None, "max": record.load_max or None},
        "summer": {**values.get("summer", {}), "allowed": record.summer},
    }
    if record.taken != before.taken:
        lines = _read_lines(record.taken, catalog, errors, record.base.transcript if record.base else ())
        values["transcript"] = _beside(lines, values.get("transcript", ()), lambda line: not line["course"])
    goals = _goals(record, catalog, errors)
    if (record.diploma, goals) != (before.diploma, before.goals):
        diploma = [f"program:{record.diploma}"] if record.diploma else []
        values["goals"] = [goal_of(text) for text in dict.fromkeys([*diploma, *goals])]
    if wishes != before.wishes:
        own = record.base.wishes if record.base else ()
        kept = (wish for wish in own if not (wish.course and wish.plain) or wish.course in wishes)
        new = dict.fromkeys(code for code in wishes if code not in before.wishes)
        values["wishes"] = [*kept, *(Wish(course=code) for code in new)]
    try:
        student = Student.model_validate(values)
    except ValidationError as wrong:
        errors += [_explain(one) for one in wrong.errors(include_url=False)]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return student


def _goals(record: Record, catalog: Catalog, errors: list[InputError]) -> list[str]:
    """The goals of the form, with those chosen or typed that were not added yet."""
    goals = [*record.goals, record.pick] if record.pick else list(record.goals)
    if record.add:
        try:
            goals.append(text_of(read_goal(record.add, catalog)))
        except InputError as error:
            errors.append(InputError(error.message, place=FIELDS["goals"], mend=error.mend))
    try:
        for text in goals:
            goal_of(text)
    except ValidationError:
        errors.append(InputError(f"the form has no goal {text[:80]!r}", place=FIELDS["goals"], mend=GOAL_MEND))
        return []
    return goals


def _beside(
    shown: Iterable[dict[str, Any]], before: Sequence[dict[str, Any]], hidden: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """What the form shows, with what it does not show at the places where that stood."""
    found = list(shown)
    for place, one in enumerate(before):
        if hidden(one):
            found.insert(place, one)
    return found


def wishing(student: Student, code: str) -> Student:
    """The record with the strongest wish for a course."""
    others = tuple(wish for wish in student.wishes if not (wish.course == code and wish.plain))
    return student.model_copy(update={"wishes": (*others, Wish(course=code, weight=STRONGEST))})


FIELDS = {
    "name": "Name",
    "entering": "Entered grade 9 in",
    "now": "This term",
    "load": "Courses a term",
    "goals": "Goals",
    "transcript": "Courses so far",
    "wishes": "Wishes",
}


def _explain(wrong: Mapping[str, Any]) -> InputError:
    step = str(wrong["loc"][0]) if wrong["loc"] else ""
    return InputError(str(wrong["msg"]).removeprefix("Value error, "), place=FIELDS.get(step, step))


SHOWN: Mapping[str, Any] = {"mark": None, "year": None, "term": None, "credits": None, "in_progress": False}
"""What the form shows of a line of the transcript, beside the course."""


def _read_lines(
    text: str, catalog: Catalog, errors: list[InputError], before: Sequence[TranscriptLine]
) -> list[dict[str, Any]]:
    """Lines ``course, mark or now, year or year-term, amount credits`` in any order after the course.

    A line that was not touched keeps all that it says; one that was keeps what the form does not show of it.
    """
    by_text: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in before:
        if one.course:
            by_text[_line(one)].append(one.model_dump())
    lines = [line.strip() for line in text.splitlines()]
    same = [by_text[line].pop(0) if by_text.get(line) else None for line in lines]
    by_course: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for left in by_text.values():
        for old in left:
            by_course[old["course"]].append(old)
    read = []
    for number, (line, untouched) in enumerate(zip(lines, same, strict=True), 1):
        if untouched:
            read.append(untouched)
        elif line and (found := _read_line(line, catalog, f"Courses so far, line {number}", errors)):
            old = by_course[found["course"]].pop(0) if by_course.get(found["course"]) else {}
            if old and old["year"] != found.get("year"):
                old = {**old, "grade": None}
            read.append({**old, **SHOWN, **found})
    return read


def _read_line(line: str, catalog: Catalog, place: str, errors: list[InputError]) -> dict[str, Any] | None:
    first, *rest = (part.strip() for part in re.split(r"[,;\t]", line))
    if not first:
        return None
    code = _course(first, catalog, place, errors)
    found: dict[str, Any] = {"course": code}
    for part in filter(None, rest):
        if part.casefold() == "now":
            found["in_progress"] = True
        elif when := re.fullmatch(r"(\d{4})(?:-(\S+))?", part):
            found |= {"year": int(when[1])} | ({"term": when[2]} if when[2] else {})
        elif much := re.fullmatch(r"([\d./]+) credits?", part):
            found["credits"] = much[1]
        elif "mark" not in found and len(part) <= 5:
            found["mark"] = part
        else:
            errors.append(InputError(f"cannot read {part[:40]!r}", place=place, mend=LINE_MEND))
    return found if code else None


def _course(entered: str, catalog: Catalog, place: str, errors: list[InputError]) -> str | None:
    try:
        return find_course(entered, catalog, place)
    except InputError as error:
        errors.append(error)
        return None


def find_course(entered: str, catalog: Catalog, place: str) -> str:
    """The code of a course named by its code, its title, or both (``0101 English 1``).

    Raises
    ------
    InputError
        With what is near, where there is none of that name.
    """
    for code in (entered, entered.partition(" ")[0]):
        if code in catalog.by_code:
            return code
    same = [course.code for course in catalog.courses if course.title.casefold() == entered.casefold()]
    if len(same) == 1:
        return same[0]
    from api.search import search

    near = [f"{course.code} ({course.title})" for course in search(catalog, entered)[:3]]
    mend = f"Did you mean {' or '.join(near)}?" if near else "Look it up in the list of courses"
    raise InputError(f"there is no course {entered[:60]!r} at {catalog.name}", place=place, mend=mend)
