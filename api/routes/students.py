"""Example students, and the audit of a record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from api import known, schemas
from api.planning import Planners, Seconds, planners
from api.problems import responses
from pathways import files
from pathways.audits import audit_record
from pathways.explain.answers import Answers
from pathways.moves import moved
from pathways.student import Student

router = APIRouter(tags=["students"])


@router.get("/examples", summary="List the example students")
def examples() -> list[schemas.ExampleLine]:
    """The bundled example students: made-up people at real schools."""
    return [schemas.example_line(files.load_example(name)) for name in files.examples()]


@router.get("/examples/{example_id}", summary="Show one example student", responses=responses(404))
def example(example_id: Annotated[str, Path(description="id of an example")]) -> Student:
    """The record of an example student, as the planner takes it."""
    return known.example(example_id)


@router.post("/audits", summary="Audit a record", responses=responses(400, 413, 422))
def audits(body: schemas.AuditRequest) -> schemas.AuditOut:
    """The student's record, without any plan, against the programs named or else the diploma and goals."""
    catalog = known.catalog_of(body.student)
    known.check_programs(body.programs or (), place="programs")
    reports, remarks = audit_record(body.student, catalog, body.programs)
    return schemas.AuditOut(student=body.student.id, programs=reports, remarks=remarks)


@router.post("/students/explore", summary="Explore what a plan leads to", responses=responses(400, 413, 422))
async def explore(
    request: Request,
    body: schemas.ExploreRequest,
    planners: Annotated[Planners, Depends(planners)],
    seconds: Seconds = None,
) -> schemas.ExploreOut:
    """What the student's plan leads to, what a ``course`` serves, or what it costs to change one's mind.

    With the goals ``before`` and ``after`` two plans stand side by side, both verified.
    """
    return await planners.explore(request, body, seconds)


@router.post("/students/moves", summary="Hold a record against all states", responses=responses(400, 413, 422))
async def moves(
    request: Request,
    body: schemas.MovesRequest,
    planners: Annotated[Planners, Depends(planners)],
    seconds: Seconds = None,
) -> schemas.MovesOut:
    """What the record is worth under the standard diploma of each state, as if the student moved there.

    With ``plan`` and one state in ``to``, the rest is planned on that state's typical catalog.
    """
    found = await planners.everywhere(body.student, only=body.to, entering=body.entering)
    plan = None
    if body.plan:
        there = moved(body.student, known.catalog_of(body.student), body.to[0])
        plan = (await planners.plan(request, there, seconds)).plan
    return schemas.MovesOut(student=body.student.id, states=found, plan=plan)


@router.post("/students/why", summary="Ask why courses are planned or not", responses=responses(400, 413, 422))
async def why(
    request: Request,
    body: schemas.WhyRequest,
    planners: Annotated[Planners, Depends(planners)],
    seconds: Seconds = None,
) -> Answers:
    """Why courses are in a student's plan, and what is lost without them; why others are not, and what would help.

    The plan is made first, as by ``POST /plans``; each way out is a changed record that can be sent there. What the
    time limit left open says so.
    """
    return await planners.why(request, body.student, body.courses, seconds)
