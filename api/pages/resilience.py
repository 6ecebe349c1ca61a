"""The page that tells what a plan survives."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.pages import record as records
from api.pages.again import usable
from api.pages.plans import form_of
from api.pages.shell import page
from api.planning import Planners, planners

router = APIRouter(prefix="/resilience", include_in_schema=False)


@router.post("")
async def resilience(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """What every single failure would do to the plan for what was entered."""
    entered = records.entered(await request.form())
    with usable(form_of(entered)):
        student = records.to_student(entered)
        made = await planners.at_hand(request, student)
        found = await planners.resilience(request, made.plan, False, None)
    return page(
        request,
        "resilience.html",
        student=student,
        catalog=known.catalog(student.catalog),
        found=found,
        saved=sum(one.survived is True for one in found.courses),
    )
