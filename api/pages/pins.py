"""Decisions by hand: where each course of a plan may go, and the record with a person's decision on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from api import known
from api.pages.shell import in_words
from catalogs import Catalog, Course, InputError
from pathways.changes import Change
from pathways.plan import Conflict, Placement, Plan
from pathways.planner import Made, Task
from pathways.student import Pin, Student

FREE, NEVER = "free", "never"
"""Instead of a term: no decision any more, and not at all."""


@dataclass(frozen=True, slots=True)
class Way:
    """Something that a person may decide on a course of the plan."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a decision did to the plan; ``before`` is the record without it, and a conflict says why it cannot hold."""

    words: str
    before: Student
    near: str = ""
    told: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    cost: tuple[str, ...] = ()
    conflict: Conflict | None = None


def ways(made: Made) -> dict[str, tuple[Way, ...]]:
    """What may be decided on each course of a plan, by the key of its card."""
    starts = _starts(made)
    return {key(place): tuple(_ways(place, starts.get(place.course, ()))) for place in made.plan.placements}


def _ways(place: Placement, terms: tuple[str, ...]) -> list[Way]:
    here = f"{place.year}-{place.term}"
    found = [Way(here, "Pin it where it is")] if not place.pinned else [Way(FREE, "Unpin it")]
    found += [Way(term, f"Move to {in_words(term)}") for term in terms if term != here]
    return [*found, Way(NEVER, "Leave it out")]


def _starts(made: Made) -> dict[str, tuple[str, ...]]:
    """The terms in which each course may begin; a pin holds it in one, so that is set aside."""
    student, compiled = made.plan.request, made.compiled
    if any(not pin.never for pin in student.pins):
        pins = tuple(pin for pin in student.pins if pin.never)
        compiled = Task.of(student.model_copy(update={"pins": pins}), compiled.catalog).compiled
    return {
        candidate.code: tuple(compiled.term(slot).text for slot in candidate.starts)
        for candidate in compiled.problem.candidates
    }


def key(place: Placement) -> str:
    """What names one course of a plan in a form, as on its card."""
    return f"{place.year}-{place.term}-{place.course}"


def refused(plan: Plan, catalog: Catalog) -> tuple[Course, ...]:
    """Courses that a person ruled out."""
    return tuple(catalog.by_code[pin.course] for pin in plan.request.pins if pin.never)


def decided(plan: Plan, name: str, choice: str) -> tuple[Student, str, str]:
    """The record with a decision on a course, the course's code, and the decision in words.

    Parameters
    ----------
    name
        The key of a course of the plan, or the code of one that was ruled out.
    choice
        A term, ``free`` or ``never``.

    Raises
    ------
    InputError
        Where no such course is there, or nothing was decided.
    """
    student, catalog = plan.request, known.catalog(plan.catalog)
    place = next((one for one in plan.placements if key(one) == name), None)
    code = place.course if place else name
    out = {course.code for course in refused(plan, catalog)}
    if place is None and not (choice == FREE and code in out):
        raise InputError(f"{name[:80]!r} is no course of this plan", mend="Choose one of the courses below")
    title = catalog.by_code[code].title
    others = tuple(pin for pin in student.pins if pin.course != code)
    if choice == FREE:
        words = f"{title} may be planned again" if code in out else f"{title} is not pinned any more"
    elif choice == NEVER:
        others, words = (*others, Pin(course=code, never=True)), f"{title} is left out"
    elif choice in plan.terms:
        others, words = (*others, Pin(course=code, term=choice)), f"{title} is pinned to {in_words(choice)}"
    else:
        raise InputError(f"for {title} nothing was decided", mend="Choose first what is to become of it")
    return student.model_copy(update={"pins": others}), code, words
