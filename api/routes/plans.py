"""Plans: make one, check one."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import known, schemas
from api.planning import Planners, Seconds, planners
from api.problems import responses
from api.routes.programs import SVG_ALONE, SVG_ANSWER, Svg
from pathways.alternatives import DIRECTIONS, MOST, Alternatives, Slack
from pathways.front import Front
from pathways.plan import Plan
from pathways.replan import Replan
from pathways.resilience import Resilience
from pathways.student import Student
from pathways.verify import verify

router = APIRouter(prefix="/plans", tags=["plans"])

MEASURED = "wishes, quality, rigor, load, courses, finish, graduation, or goal:PROGRAM"


@router.post("", summary="Make a plan", responses=responses(400, 413, 422))
async def make(
    request: Request,
    student: Student,
    planners: Annotated[Planners, Depends(planners)],
    seconds: Seconds = None,
) -> Plan:
    """The best plan for a student, with its certificate; ``feasible`` where the time limit cut the proof short.

    ``catalog`` must be the id of a bundled catalog. A client that leaves ends the search.
    """
    return (await planners.plan(request, student, seconds)).plan


@router.post("/alternatives", summary="Find other plans worth a look", responses=responses(400, 413, 422))
async def other(
    request: Request,
    student: Student,
    planners: Annotated[Planners, Depends(planners)],
    count: Annotated[int, Query(ge=1, le=MOST, description="how many other plans, directions included")] = 3,
    toward: Annotated[tuple[str, ...], Query(max_length=MOST, description=f"of {', '.join(DIRECTIONS)}")] = (),
    apart: Annotated[float, Query(gt=0, le=40, description="least difference, in year-long courses")] = 2,
    wishes: Annotated[int, Query(ge=0, le=1000, description="points of wishes that may be given up")] = 0,
    quality: Annotated[int, Query(ge=0, le=100_000, description="quality points by which one may be worse")] = 72,
    seconds: Seconds = None,
) -> Alternatives:
    """The best plan, and others that differ in what is taken and stay near it, each with what it costs and gains."""
    slack = Slack(apart=Fraction(str(apart)), wishes=wishes, quality=quality)
    return await planners.alternatives(request, student, seconds, count=count, toward=toward, slack=slack)


Of = Annotated[str, Query(max_length=100, description=MEASURED, examples=["wishes"])]
Against = Annotated[str, Query(max_length=100, description="another of these", examples=["quality"])]


@router.post("/front", summary="Trade two measures", responses=responses(400, 413, 422))
async def trade(
    request: Request,
    student: Student,
    planners: Annotated[Planners, Depends(planners)],
    of: Of,
    against: Against,
    seconds: Seconds = None,
) -> Front:
    """Every plan that is not worse in both measures than another, from the best of the first to the best of the second.

    What is not measured stays: graduation, goals and wishes keep the values of the best plan.
    """
    return await planners.front(request, student, of, against, seconds)


@router.post(
    "/front.svg",
    summary="Draw a trade of two measures",
    response_class=Svg,
    responses={200: {"description": "The picture", **SVG_ANSWER}, **responses(400, 413, 422)},
)
async def picture(
    request: Request,
    student: Student,
    planners: Annotated[Planners, Depends(planners)],
    of: Of,
    against: Against,
    seconds: Seconds = None,
) -> Svg:
    """The same as a picture, with its words under it."""
    found = await planners.front(request, student, of, against, seconds)
    return Svg(await planners.picture(found), headers=SVG_ALONE)


@router.post("/replan", summary="Plan again after news", responses=responses(400, 404, 413, 422))
async def again(
    request: Request,
    body: schemas.ReplanRequest,
    planners: Annotated[Planners, Depends(planners)],
    seconds: Seconds = None,
) -> Replan:
    """The plan nearest to the one in force that graduation, goals and wishes allow, and why each course moved.

    News are grades, courses that are cancelled, another catalog (a new edition, another school), an edited record.
    """
    return await planners.replan(request, body.plan, body.events, seconds)


@router.post("/resilience", summary="Try every single failure", responses=responses(400, 413, 422))
async def failures(
    request: Request,
    plan: Plan,
    planners: Annotated[Planners, Depends(planners)],
    fallbacks: Annotated[bool, Query(description="make the whole plan that follows each failure")] = False,
    seconds: Seconds = None,
) -> Resilience:
    """Which failures, of one course or of a whole term, break graduation on time, and how much later it is then.

    What the time limit leaves open has ``survived: null``.
    """
    return await planners.resilience(request, plan, fallbacks, seconds)


@router.post("/verify", summary="Check a plan", responses=responses(400, 413, 422))
def check(plan: Plan) -> schemas.Verification:
    """Replay a plan term by term with code that shares nothing with the planner, and check every claim in it."""
    problems = verify(plan, known.catalog_of_plan(plan))
    return schemas.Verification(holds=not problems, problems=problems)
