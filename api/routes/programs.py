"""Programs: diplomas, endorsements, admission patterns."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import known, schemas
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


@router.get("/{program_id}", summary="Show one program", responses=responses(404))
def program(
    program_id: Annotated[str, Path(description="id of a bundled program", examples=["us-tx-fhsp-2026"])],
) -> schemas.ProgramDetail:
    """The rule as data, each figure with its reference and whether it was verified, and all of it in plain words."""
    return schemas.program_detail(known.program(program_id))
