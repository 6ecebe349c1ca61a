"""Pages to choose or enter a student, and to see the plan."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.comparing import this_year
from api.pages import pins
from api.pages import record as records
from api.pages.again import Again, usable
from api.pages.audit import decisions, program_views
from api.pages.goals import edited
from api.pages.grid import grid
from api.pages.pins import Changed
from api.pages.proof import steps
from api.pages.record import Record
from api.pages.shell import page, term_words
from api.planning import Planners, planners
from api.problems import from_input
from catalogs import Catalog, InputError
from catalogs.bundled import bundled
from pathways import files
from pathways.alternatives import DIRECTIONS
from pathways.explore import crowded, goal_name
from pathways.moves import moved
from pathways.plan import Plan
from pathways.planner import Made
from pathways.student import Student, split_term

router = APIRouter(include_in_schema=False)

MEASURES = {
    "wishes": "wishes that come true",
    "quality": "quality of the plan",
    "load": "periods in the fullest term",
    "rigor": "rigor of the courses",
    "courses": "number of courses",
    "finish": "when the last course ends",
}
"""Measures that the pages offer; goals come from the student."""


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
def record(request: Request, catalog: str = "", example: str = "", goal: str = "") -> Response:
    """The form, filled with an example, or for a school with at most a goal."""
    if example:
        student = known.example(example)
        return form_page(request, records.of_student(student), about=student.about)
    school = known.catalog(catalog)
    empty = records.empty(school, this_year())
    return form_page(request, edited(empty, f"add:{goal}", school) if goal else empty)


@router.post("/record/goals")
async def goals(request: Request) -> Response:
    """The form again after a goal was looked up, added, moved or taken out."""
    data = await request.form()
    entered = records.of_form(data)
    return form_page(request, edited(entered, str(data.get("do") or ""), known.catalog(entered.catalog)))


@router.post("/plan")
async def plan(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The plan for what was entered; the form again, with what is wrong, where it cannot be planned."""
    entered = records.entered(await request.form())
    with usable(form_of(entered)):
        student = records.to_student(entered)
        there = moved(student, known.catalog_of(student), entered.to) if entered.to else student
        made = await planners.plan(request, there)
    return plan_page(request, made, replace(records.of_student(student), to=entered.to))


def measures(student: Student) -> dict[str, str]:
    """Measures to trade against each other, by name, with the student's own goals."""
    goals = [known.program(goal.program) for goal in student.goals if goal.program]
    missing = {f"goal:{one.id}": f"credit missing of {one.name}" for one in goals if one.kind != "diploma"}
    return {**MEASURES, **missing}


def form_of(entered: Record) -> Again:
    """The form as it was sent."""

    def again(request: Request, error: InputError) -> Response:
        return form_page(request, entered, error=error)

    return again


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


def plan_page(
    request: Request,
    made: Made,
    entered: Record | None = None,
    *,
    changed: Changed | None = None,
    error: InputError | None = None,
) -> Response:
    """A plan, with the form of its record.

    Parameters
    ----------
    entered
        The record as the form shows it, where that is not the plan's own.
    changed
        What a move by hand did to the plan before.
    error
        Why a move by hand cannot be.
    """
    plan = made.plan
    catalog = known.catalog(plan.catalog)
    entered = entered or records.of_student(plan.request)
    there = {placement.course for placement in plan.placements}
    titles = {line.course: line.title for line in plan.record if line.course}
    titles |= {placement.course: placement.title for placement in plan.placements}
    programs = program_views(plan, catalog)
    return page(
        request,
        "plan.html",
        status_code=422 if error else 200,
        plan=plan,
        catalog=catalog,
        grid=grid(plan, catalog),
        programs=programs,
        decisions=decisions(plan),
        titles=titles,
        outside=[course for course in catalog.courses if course.code not in there],
        ends=_end(plan),
        steps=steps(plan),
        tiers_open=[tier for tier in plan.tiers if tier.value != tier.bound],
        ways=pins.ways(made),
        refused=pins.refused(plan, catalog),
        changed=changed,
        problem=from_input(error, request.url.path) if error else None,
        download=download(plan),
        record=entered,
        choices=records.choices(entered),
        directions=DIRECTIONS,
        measures=measures(plan.request),
        crowded=[(plan.request.goals.index(one), goal_name(one, catalog)) for one in crowded(plan)],
    )


def download(plan: Plan) -> str:
    """A plan's JSON as the address of a link."""
    data = json.dumps(plan.as_json(), ensure_ascii=False, indent=2).encode()
    return f"data:application/json;base64,{base64.b64encode(data).decode()}"


def _end(plan: Plan) -> str | None:
    """When the diploma is complete: the term and the calendar year in which it ends."""
    if plan.graduates is None:
        return None
    year, term = split_term(plan.graduates)
    return f"{term_words(term)} of {year}–{year + 1}"
