"""Programs: diplomas, endorsements, admission patterns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api import comparing, known, schemas
from api.comparing import Entering, this_year
from api.problems import responses
from requirements import listing
from requirements.language import Kind

router = APIRouter(prefix="/programs", tags=["programs"])


@router.get("", summary="List the programs", responses=responses(422))
def programs(
    state: Annotated[str | None, Query(max_length=10, description="TX or US-TX", examples=["TX"])] = None,
    entering: Annotated[int | None, Query(ge=1980, le=2100, description="fall of entering grade 9")] = None,
    kind: Kind | None = None,
) -> list[schemas.ProgramLine]:
    """Programs of a state and its districts, of a cohort, of a kind; all of them without a filter."""
    return [schemas.program_line(one) for one in listing.programs(state, entering, kind)]


@router.get("/compare", summary="Compare the states", responses=responses(422))
def compare(entering: Entering = None) -> schemas.Comparison:
    """The standard diplomas of all states: credits by subject, what else is asked by name, and who asked first."""
    return comparing.compared(entering or this_year())


class Svg(Response):
    """A picture that may be shown alone: its own styles are let through, and nothing else."""

    media_type = "image/svg+xml"


SVG_ALONE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
}
SVG_HEADERS = {**SVG_ALONE, "Cache-Control": "public, max-age=3600"}
SVG_ANSWER = {"content": {Svg.media_type: {"schema": {"type": "string"}, "example": "<svg>...</svg>"}}}


@router.get(
    "/compare.svg",
    summary="Draw the comparison",
    response_class=Svg,
    responses={200: {"description": "The picture", **SVG_ANSWER}, **responses(422)},
)
def picture(entering: Entering = None) -> Svg:
    """The comparison as a picture: credits by subject, and dots for what else is asked."""
    return Svg(comparing.picture(entering or this_year()), headers=SVG_HEADERS)


@router.get("/{program_id}", summary="Show one program", responses=responses(404))
def program(
    program_id: Annotated[str, Path(description="id of a bundled program", examples=["us-tx-fhsp-2026"])],
) -> schemas.ProgramDetail:
    """The rule as data, each figure with its reference and whether it was verified, and all of it in plain words."""
    return schemas.program_detail(known.program(program_id))
