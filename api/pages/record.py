"""The form of a student's record: what it shows, and how it is read back into a `Student`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData

from api import known
from catalogs import Catalog, InputError, InputErrors
from catalogs.exact import decimal_text
from pathways.student import Student, Wish, split_term
from requirements import listing
from requirements.language import Kind
from requirements.listing import ProgramSummary

SPARE = 3
"""Empty rows that lists of wishes and goals end with."""

KIND_WORDS: dict[Kind, str] = {
    "diploma": "Diplomas",
    "endorsement": "Endorsements",
    "admission": "College admission",
    "program_of_study": "Programs of study",
    "recognition": "Honors and seals",
}
LINE_MEND = "Write the course, the mark and the year, such as 0101, A, 2025; or now instead of the mark"


@dataclass(slots=True)
class Record:
    """The fields of the form as text, so that what was entered is shown again when it cannot be used."""

    catalog: str
    example: str = ""
    name: str = "New student"
    entering: str = ""
    year: str = ""
    term: str = ""
    diploma: str = ""
    goals: list[str] = field(default_factory=list)
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
    goals: tuple[tuple[str, tuple[ProgramSummary, ...]], ...]
    kept: tuple[str, ...]


def empty(catalog: Catalog, year: int) -> Record:
    """The record of someone who enters grade 9 of a school this fall."""
    first = catalog.calendar.term_names[0]
    return Record(catalog=catalog.id, entering=str(year), year=str(year), term=first)


def of_student(student: Student, example: str = "") -> Record:
    """The form that shows a student."""
    year, term = split_term(student.now)
    goals = [goal.program for goal in student.goals if goal.program]
    diploma = next((one for one in goals if known.program(one).kind == "diploma"), "")
    return Record(
        catalog=student.catalog,
        example=example,
        name=student.name,
        entering=str(student.entering),
        year=str(year),
        term=term,
        diploma=diploma,
        goals=[one for one in goals if one != diploma],
        summer=student.summer.allowed,
        load_min="" if student.load.min is None else str(student.load.min),
        load_max="" if student.load.max is None else str(student.load.max),
        wishes=[wish.course for wish in student.wishes if wish.course and wish.plain],
        taken="\n".join(_line(line) for line in student.transcript if line.course),
    )


def _line(line: Any) -> str:
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

    return Record(
        catalog=text("catalog"),
        example=text("example"),
        name=text("name"),
        entering=text("entering"),
        year=text("year"),
        term=text("term"),
        diploma=text("diploma"),
        goals=list(dict.fromkeys(texts("goal"))),
        summer=bool(text("summer")),
        load_min=text("load_min"),
        load_max=text("load_max"),
        wishes=list(dict.fromkeys(texts("wish"))),
        taken=text("taken"),
        to=text("to"),
    )


def entered(data: FormData) -> Record:
    """What was entered, or an example as it is."""
    record = of_form(data)
    if not data.get("unchanged"):
        return record
    return replace(of_student(known.example(record.example), record.example), to=record.to)


def fields(record: Record) -> Iterator[tuple[str, str]]:
    """The record as fields of another form, but for the state moved to; an example as it is in a word."""
    if record.example and _unchanged(record, known.example(record.example)):
        yield from (("example", record.example), ("unchanged", "1"))
        return
    single = ("catalog", "example", "name", "entering", "year", "term", "diploma", "load_min", "load_max", "taken")
    yield from ((name, getattr(record, name)) for name in single)
    yield from (("goal", one) for one in record.goals)
    yield from (("wish", one) for one in record.wishes)
    if record.summer:
        yield "summer", "1"


def _unchanged(record: Record, example: Student) -> bool:
    return replace(record, to="") == of_student(example, record.example)


def choices(record: Record) -> Choices:
    """Programs that fit the school's state and the year of entry, and what an example keeps beside the form."""
    catalog = known.catalog(record.catalog)
    entering = int(record.entering) if record.entering.isdigit() else None
    found = [one for one in listing.programs(entering=entering) if _fits(one, catalog)]
    goals = {kind: tuple(one for one in found if one.kind == kind) for kind in KIND_WORDS if kind != "diploma"}
    return Choices(
        catalog=catalog,
        diplomas=tuple(one for one in found if one.kind == "diploma"),
        goals=tuple((KIND_WORDS[kind], programs) for kind, programs in goals.items() if programs),
        kept=tuple(_kept(known.example(record.example))) if record.example else (),
    )


def _fits(program: ProgramSummary, catalog: Catalog) -> bool:
    state = program.jurisdiction.partition("/")[0]
    return not catalog.state or not state.startswith("US-") or state == f"US-{catalog.state}"


def _kept(student: Student) -> Iterable[str]:
    """What the form does not show and takes over from the example."""
    elsewhere = sum(1 for line in student.transcript if not line.course)
    kinds = sum(1 for wish in student.wishes if wish.any_of and wish.plain)
    counts = {
        "line of credit from elsewhere": elsewhere,
        "wish for a kind of course": kinds,
        "wish for the shape of the years": sum(1 for wish in student.wishes if not wish.plain),
        "goal for later on": sum(1 for goal in student.goals if not goal.program),
        "course to avoid": len(student.refusals),
        "pin": len(student.pins),
        "test or task done": len(student.achievements),
        "approval": len(student.approvals),
        "waiver": len(student.waivers),
        "substitution": len(student.substitutions),
        "decision on where a course counts": len(student.counts),
        "course of the plan in force": len(student.plan_in_force),
        "term with a load of its own": len(student.load.terms),
    }
    for what, count in counts.items():
        if count:
            head, _, tail = what.partition(" ")
            noun = what if count == 1 else f"{head}{'es' if head.endswith('h') else 's'}{' ' if tail else ''}{tail}"
            yield f"{count} {noun}"
    if student.graduate:
        yield f"graduation in {student.graduate}"


def to_student(record: Record) -> Student:
    """The student of a form; what the form does not show comes from the example it began with.

    Raises
    ------
    InputError
        Naming the field; `InputErrors` for several.
    """
    catalog = known.catalog(record.catalog)
    base = known.example(record.example) if record.example else None
    if base is not None and base.catalog != catalog.id:
        raise InputError(f"the example {base.name} goes to {base.catalog}", place="School", mend="Start at that school")
    if base is not None and _unchanged(record, base):
        return base
    errors: list[InputError] = []
    lines = [*_read_lines(record.taken, catalog, errors, _lines_of(base))]
    wishes = [{"course": code} for entered in record.wishes if (code := _course(entered, catalog, "Wishes", errors))]
    values: dict[str, Any] = base.model_dump(by_alias=True, exclude_unset=True) if base else {"id": "student"}
    load = {key: text for key, text in (("min", record.load_min), ("max", record.load_max)) if text}
    programs = [one for one in (record.diploma, *record.goals) if one]
    values |= {
        "name": record.name or "Student",
        "catalog": catalog.id,
        "entering": record.entering,
        "now": f"{record.year}-{record.term}",
        "transcript": [*lines, *(one for one in values.get("transcript", ()) if not one.get("course"))],
        "goals": _goals(programs, values.get("goals", ())),
        "wishes": [*_keep_weights(wishes, base), *_other_wishes(base)],
        "load": {**{k: v for k, v in values.get("load", {}).items() if k == "terms"}, **load},
        "summer": {**values.get("summer", {}), "allowed": record.summer},
    }
    try:
        student = Student.model_validate(values)
    except ValidationError as wrong:
        errors += [_explain(one) for one in wrong.errors(include_url=False)]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    return student


def _goals(programs: Sequence[str], before: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The programs entered; goals that the form does not show stay after as many programs as before."""
    goals: list[dict[str, Any]] = [{"program": one} for one in programs]
    for place, goal in reversed(list(enumerate(before))):
        if not goal.get("program"):
            goals.insert(sum("program" in one for one in before[:place]), goal)
    return goals


def _keep_weights(wishes: list[dict[str, Any]], base: Student | None) -> list[dict[str, Any]]:
    """Wishes of the example keep their weight."""
    before = {one.course: one for one in base.wishes if one.course and one.plain} if base else {}
    return [_as_written(before[one["course"]]) if one["course"] in before else one for one in wishes]


def _other_wishes(base: Student | None) -> list[dict[str, Any]]:
    """Wishes of the example that the form does not show."""
    return [_as_written(one) for one in base.wishes if not (one.course and one.plain)] if base else []


def _as_written(wish: Wish) -> dict[str, Any]:
    return wish.model_dump(by_alias=True, exclude_unset=True)


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


def _lines_of(base: Student | None) -> Mapping[str, dict[str, Any]]:
    """Lines of an example by their text: one that was not touched keeps all that it says."""
    lines = base.transcript if base else ()
    return {_line(line): line.model_dump(exclude_unset=True) for line in lines if line.course}


def _read_lines(
    text: str, catalog: Catalog, errors: list[InputError], before: Mapping[str, dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    """Lines ``course, mark or now, year or year-term, amount credits`` in any order after the course."""
    for number, line in enumerate(text.splitlines(), 1):
        place = f"Courses so far, line {number}"
        if line.strip() in before:
            yield before[line.strip()]
            continue
        first, *rest = (part.strip() for part in re.split(r"[,;\t]", line.strip()))
        if not first:
            continue
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
        if code:
            yield found


def _course(entered: str, catalog: Catalog, place: str, errors: list[InputError]) -> str | None:
    """The code of a course named by its code, its title, or both (``0101 English 1``)."""
    for code in (entered, entered.partition(" ")[0]):
        if code in catalog.by_code:
            return code
    same = [course.code for course in catalog.courses if course.title.casefold() == entered.casefold()]
    if len(same) == 1:
        return same[0]
    from api.search import search

    near = [f"{course.code} ({course.title})" for course in search(catalog, entered)[:3]]
    mend = f"Did you mean {' or '.join(near)}?" if near else "Look it up in the list of courses"
    errors.append(InputError(f"there is no course {entered[:60]!r} at {catalog.name}", place=place, mend=mend))
    return None
