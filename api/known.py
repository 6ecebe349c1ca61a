"""Requests name only what the package brings along: no path, no file of the server is ever opened for them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from api.problems import NotFound
from catalogs import Catalog, Course, InputError
from catalogs.bundled import bundled, is_bundled, load
from catalogs.typical import typical_ids
from pathways import files
from pathways.careers.goals import Goal, find
from pathways.plan import Plan
from pathways.student import Student
from requirements import jurisdictions, reader
from requirements.jurisdictions import Jurisdiction
from requirements.language import Program


def catalog(catalog_id: str) -> Catalog:
    """A bundled catalog, or a state's typical one, or 404."""
    if not is_bundled(catalog_id):
        raise NotFound(f"there is no catalog {catalog_id[:80]!r}", mend=_near(catalog_id, _catalogs()))
    return load(catalog_id)


def course(catalog: Catalog, code: str) -> Course:
    """A course of a catalog, or 404."""
    found = catalog.get(code)
    if found is None:
        message = f"there is no course {code[:80]!r} in the catalog {catalog.id}"
        raise NotFound(message, mend=_near(code, catalog.by_code))
    return found


def program(program_id: str) -> Program:
    """A bundled program with its layers joined, or 404."""
    known = reader.program_files()
    if program_id not in known:
        raise NotFound(f"there is no program {program_id[:80]!r}", mend=_near(program_id, known))
    return reader.load(program_id)


def jurisdiction(state: str) -> Jurisdiction:
    """A state or the District of Columbia by its letters, ``TX`` or ``US-TX``, or 404."""
    try:
        return jurisdictions.jurisdiction(state)
    except InputError as wrong:
        raise NotFound(wrong.message, mend=wrong.mend) from None


def goal(goal_id: str) -> Goal:
    """An occupation, cluster, pathway or major by its code or id, or 404."""
    try:
        return find(goal_id)
    except InputError as wrong:
        raise NotFound(wrong.message, mend=wrong.mend) from None


def example(name: str) -> Student:
    """A bundled example student, or 404."""
    if name not in files.examples():
        raise NotFound(f"there is no example {name[:80]!r}", mend=_near(name, files.examples()))
    return files.load_example(name)


def catalog_of(student: Student) -> Catalog:
    """The bundled catalog of a student from a request, once all that the record names is known to be bundled.

    Raises
    ------
    InputError
        If the catalog or a goal is no bundled one.
    """
    if not is_bundled(student.catalog):
        message = f"there is no catalog {student.catalog[:80]!r} on this server"
        raise InputError(message, place="catalog", mend=_near(student.catalog, _catalogs()))
    check_programs((goal.program for goal in student.goals if goal.program), place="goals")
    return load(student.catalog)


def catalog_of_plan(plan: Plan) -> Catalog:
    """Like `catalog_of`, for a plan that comes back."""
    check_programs(plan.inputs.programs, place="inputs.programs")
    check_programs((report.program for report in plan.audit.programs), place="audit.programs")
    return catalog_of(plan.request)


def check_programs(ids: Iterable[str], *, place: str) -> None:
    """Raise `InputError` where an id is not that of a bundled program."""
    known = reader.program_files()
    for one in ids:
        if one not in known:
            message = f"there is no program {one[:80]!r} on this server"
            raise InputError(message, place=place, mend=_near(one, known))


def _catalogs() -> tuple[str, ...]:
    return (*bundled(), *typical_ids())


def _near(name: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(name[:80], list(known), n=2)
    return f"Did you mean {' or '.join(close)}?" if close else None
