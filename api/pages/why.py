"""The page about one course: why it is in a plan and what would be lost without it, or why it is not there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.pages import record as records
from api.pages.shell import in_words, page
from api.planning import Planners, planners
from api.problems import from_input
from catalogs import InputError
from pathways.explain.difference import Difference
from pathways.student import Student

router = APIRouter(include_in_schema=False)


@router.post("/why")
async def why(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """Why the course that was named is in the plan of the record that the page carried along, or is not."""
    data = await request.form()
    student = records.carried(str(data.get("record", "")))
    catalog = known.catalog(student.catalog)
    reason = absence = problem = None
    try:
        code = records.find_course(str(data.get("course") or data.get("asked", "")).strip(), catalog, "Course")
        found = await planners.why(request, student, (code,))
        reason, absence = next(iter(found.present), None), next(iter(found.absent), None)
    except InputError as error:
        problem = from_input(error, request.url.path)
    return page(
        request,
        "why.html",
        status_code=problem.status if problem else 200,
        student=student,
        catalog=catalog,
        reason=reason,
        when=in_words(reason.term) if reason else "",
        absence=absence,
        # What would help allows the course; only a wish brings it.
        records=[records.wishing(one.record, code) for one in absence.corrections] if absence else [],
        wished=records.wishing(student, code) if absence and _wish_brings(student, code, absence.difference) else None,
        problem=problem,
    )


def _wish_brings(student: Student, code: str, price: Difference | None) -> bool:
    """Whether the strongest wish for a course outweighs what the course costs; goals come before all wishes."""
    if price is None or price.tier not in (None, "wishes", "quality"):
        return False
    own = sum(wish.weight for wish in student.wishes if wish.course == code and wish.plain)
    lost = price.worse + own if price.tier == "wishes" else 0
    return lost < records.STRONGEST
