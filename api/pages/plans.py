"""Pages to choose or enter a student, and to see the plan."""

from __future__ import annotations

import base64
import datetime
import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
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
    students = [files.load_example(name) for name in files.examples()]
    return page(
        request,
        "home.html",
        examples=[Example(one, known.catalog(one.catalog)) for one in students],
        catalogs=[known.catalog(name) for name in bundled()],
    )


@router.get("/record")
def record(request: Request, catalog: str = "", example: str = "") -> Response:
    """The form, filled with an example or empty for a school."""
    if example:
        student = known.example(example)
        return _form(request, records.of_student(student, example), about=student.about)
    return _form(request, records.empty(known.catalog(catalog), datetime.date.today().year))


@router.post("/plan")
async def plan(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The plan for what was entered; the form again, with what is wrong, where it cannot be planned."""
    data = await request.form()
    entered = records.of_form(data)
    if data.get("unchanged"):
        entered = records.of_student(known.example(entered.example), entered.example)
    try:
        made = await planners.plan(request, records.to_student(entered))
    except NotFound:
        raise
    except InputError as error:
        return _form(request, entered, error=error)
    return _plan(request, made, entered)


def _form(request: Request, entered: Record, *, about: str | None = None, error: InputError | None = None) -> Response:
    return page(
        request,
        "record.html",
        status_code=422 if error else 200,
        record=entered,
        choices=records.choices(entered),
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
    )


def _end(plan: Plan) -> str | None:
    """When the diploma is complete: the term and the calendar year in which it ends."""
    if plan.graduates is None:
        return None
    year, term = split_term(plan.graduates)
    return f"{term_words(term)} of {year}–{year + 1}"
