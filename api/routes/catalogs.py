"""Catalogs and their courses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import known, schemas
from api.problems import responses
from api.search import search
from catalogs.bundled import bundled

router = APIRouter(prefix="/catalogs", tags=["catalogs"])

CatalogId = Annotated[str, Path(description="id of a bundled catalog", examples=["katy-isd-tx"])]


@router.get("", summary="List the catalogs")
def catalogs() -> list[schemas.CatalogSummary]:
    """Every bundled catalog."""
    return [schemas.catalog_summary(known.catalog(name)) for name in bundled()]


@router.get("/{catalog_id}", summary="Show one catalog", responses=responses(404))
def catalog(catalog_id: CatalogId) -> schemas.CatalogDetail:
    """One catalog with its subjects, levels and school year."""
    return schemas.catalog_detail(known.catalog(catalog_id))


@router.get("/{catalog_id}/courses", summary="Find courses", responses=responses(404, 422))
def courses(
    catalog_id: CatalogId,
    q: Annotated[str, Query(max_length=100, description="words of the code or title", examples=["chem"])] = "",
    subject: Annotated[str | None, Query(max_length=100)] = None,
    level: Annotated[str | None, Query(max_length=40, examples=["ap"])] = None,
    grade: Annotated[int | None, Query(ge=6, le=13)] = None,
    tag: Annotated[str | None, Query(max_length=100, examples=["grad:science"])] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> schemas.CoursePage:
    """Courses by words of their code and title, narrowed by subject, level, grade or tag."""
    found = search(known.catalog(catalog_id), q, subject=subject, level=level, grade=grade, tag=tag)
    page = tuple(schemas.course_summary(course) for course in found[offset : offset + limit])
    return schemas.CoursePage(total=len(found), limit=limit, offset=offset, courses=page)


@router.get("/{catalog_id}/courses/{code:path}", summary="Show one course", responses=responses(404))
def course(
    catalog_id: CatalogId, code: Annotated[str, Path(description="the course's code", examples=["0421"])]
) -> schemas.CourseDetail:
    """One course with what it needs and what it opens."""
    catalog = known.catalog(catalog_id)
    return schemas.course_detail(catalog, known.course(catalog, code))
