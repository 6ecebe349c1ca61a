"""Pages that hold a record against the diplomas of all states, and show one of them in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.pages import record as records
from api.pages.again import usable
from api.pages.audit import elsewhere_view
from api.pages.plans import form_of, students_and_schools
from api.pages.shell import page
from api.planning import Planners, planners
from catalogs.typical import states

router = APIRouter(prefix="/moves", include_in_schema=False)

NAMED = 3
"""Requirements named in a line of the table; the others are counted."""


@router.get("")
def choose(request: Request) -> Response:
    """Choose an example, or a school."""
    return page(request, "moves.html", **students_and_schools())


@router.post("")
async def moves(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """What a record is worth in every state, or in the one chosen; the form, where the record cannot be read."""
    data = await request.form()
    entered = records.entered(data)
    state = "" if data.get("everywhere") else entered.to
    with usable(form_of(entered)):
        student = records.to_student(entered)
        found = await planners.everywhere(student, only=(state,) if state else ())
    missing = [one.name for code, one in states().items() if code not in {one.state for one in found}]
    return page(
        request,
        "elsewhere.html",
        student=student,
        catalog=known.catalog(student.catalog),
        # Where districts set the credits, nothing is missing and nothing counts: these stand last.
        found=sorted(found, key=lambda one: not one.need),
        state=states()[state] if state else None,
        states=dict(sorted(states().items(), key=lambda one: one[1].name)),
        audits=[elsewhere_view(one) for one in found] if state else [],
        missing=missing,
        named=NAMED,
    )
