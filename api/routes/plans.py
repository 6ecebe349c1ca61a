"""Plans: make one, check one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import known, schemas
from api.planning import Planners, Seconds, planners
from api.problems import responses
from pathways.plan import Plan
from pathways.replan import Replan
from pathways.resilience import Resilience
from pathways.student import Student
from pathways.verify import verify

router = APIRouter(prefix="/plans", tags=["plans"])


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
    return await planners.plan(request, student, seconds)


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
