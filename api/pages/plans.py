"""Pages to choose or enter a student, and to see the plan."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.comparing import this_year
from api.pages import record as records
from api.pages.audit import decisions, program_views
from api.pages.grid import grid
from api.pages.record import Record
from api.pages.shell import page, term_words
from api.planning import Planners, planners
from api.problems import NotFound, from_input
from catalogs import Catalog, InputError
from catalogs.bundled import bundled
from pathways import files
from pathways.moves import moved
from pathways.plan import Plan
from pathways.student import Student, split_term

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Example:
    """An example student with the school."""

    student: Student
    catalog: Catalog


@router.get("/")
def home(request: Request) -> Response:
    """Choose an example, or a school."""
    return page(request, "home.html", **students_and_schools())


def students_and_schools() -> dict[str, Any]:
    """What a page offers that begins with a student."""
    students = [files.load_example(name) for name in files.examples()]
    return {
        "examples": [Example(one, known.catalog(one.catalog)) for one in students],
        "catalogs": schools(),
    }


def schools() -> list[Catalog]:
    """The catalogs of schools."""
    return [known.catalog(name) for name in bundled()]


@router.get("/record")
def record(request: Request, catalog: str = "", example: str = "") -> Response:
    """The form, filled with an example or empty for a school."""
    if example:
        student = known.example(example)
        return form_page(request, records.of_student(student, example), about=student.about)
    return form_page(request, records.empty(known.catalog(catalog), this_year()))


@router.post("/plan")
async def plan(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The plan for what was entered; the form again, with what is wrong, where it cannot be planned."""
    entered = records.entered(await request.form())
    try:
        student = records.to_student(entered)
        if entered.to:
            student = moved(student, known.catalog_of(student), entered.to)
        made = await planners.plan(request, student)
    except NotFound:
        raise
    except InputError as error:
        return form_page(request, entered, error=error)
    return _plan(request, made, entered)


def form_page(
    request: Request, entered: Record, *, about: str | None = None, error: InputError | None = None
) -> Response:
    """The form of a record, with what is wrong in it."""
    return page(
        request,
        "record.html",
        status_code=422 if error else 200,
        record=entered,
        choices=records.choices(entered),
        catalogs=schools(),
        about=about,
        problem=from_input(error, request.url.path) if error else None,
    )


def _plan(request: Request, plan: Plan, entered: Record) -> Response:
    catalog = known.catalog(plan.catalog)
    data = json.dumps(plan.as_json(), ensure_ascii=False, indent=2).encode()
    titles = {line.course: line.title for line in plan.record if line.course}
    titles |= {placement.course: placement.title for placement in plan.placements}
    programs = program_views(plan, catalog)
    return page(
        request,
        "plan.html",
        plan=plan,
        catalog=catalog,
        grid=grid(plan, catalog),
        programs=programs,
        decisions=decisions(plan),
        titles=titles,
        ends=_end(plan),
        tiers_open=[tier for tier in plan.tiers if tier.value != tier.bound],
        download=f"data:application/json;base64,{base64.b64encode(data).decode()}",
        record=entered,
        choices=records.choices(entered),
        fields=[*records.fields(entered), *((("to", entered.to),) if entered.to else ())],
    )


def _end(plan: Plan) -> str | None:
    """When the diploma is complete: the term and the calendar year in which it ends."""
    if plan.graduates is None:
        return None
    year, term = split_term(plan.graduates)
    return f"{term_words(term)} of {year}–{year + 1}"
