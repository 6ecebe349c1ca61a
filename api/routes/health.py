"""Whether the service is up."""

from __future__ import annotations

from fastapi import APIRouter

from api.schemas import Health
from catalogs.bundled import bundled
from catalogs.version import engine_version
from requirements.reader import program_files

router = APIRouter(tags=["health"])


@router.get("/health", summary="Is the service up?")
def health() -> Health:
    """A short answer for monitors."""
    return Health(version=engine_version(), catalogs=len(bundled()), programs=len(program_files()))
