"""The states and the District of Columbia: what is on file for each, how sure it is, what it asks of the plan."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from api import known, schemas
from api.problems import responses
from requirements.register import register, registered

router = APIRouter(prefix="/jurisdictions", tags=["programs"])


@router.get("", summary="List the jurisdictions")
def jurisdictions() -> list[schemas.JurisdictionLine]:
    """Every state with its plan policy, its number of programs, and how many of their figures are verified."""
    return [schemas.jurisdiction_line(one) for one in register()]


@router.get("/{jurisdiction_id}", summary="Show one jurisdiction", responses=responses(404))
def jurisdiction(
    jurisdiction_id: Annotated[str, Path(description="TX or US-TX", examples=["US-TX"])],
) -> schemas.JurisdictionDetail:
    """One state with its programs, its references, what is in doubt, and what no audit checks."""
    return schemas.jurisdiction_detail(registered(known.jurisdiction(jurisdiction_id).id))
