"""Pages of schools, their courses and prerequisite maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import known
from api.pages.maps import Words, course_map, prerequisite_words, subject_map
from api.pages.shell import page, term_words
from api.search import search
from catalogs import Catalog, Course
from catalogs.bundled import bundled
from catalogs.graph import build_graph

router = APIRouter(prefix="/catalogs", include_in_schema=False)

PAGE = 60
"""Courses on one page of a list."""


@dataclass(frozen=True, slots=True)
class Find:
    """What the search form shows."""

    q: str = ""
    subject: str | None = None
    level: str | None = None
    grade: int | None = None
    subjects: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()

    @classmethod
    def of(cls, catalog: Catalog, q: str = "", subject: str = "", level: str = "", grade: str = "") -> Find:
        """The form of a catalog; an open field, or a grade that is no number, narrows nothing."""
        return cls(
            q=q[:100],
            subject=subject or None,
            level=level or None,
            grade=int(grade) if grade.isdecimal() and len(grade) < 3 else None,
            subjects=tuple(dict.fromkeys(course.subject for course in catalog.courses)),
            levels=tuple(dict.fromkeys(course.level for course in catalog.courses)),
        )

    @property
    def query(self) -> str:
        """The form's fields for an address."""
        fields = {"q": self.q, "subject": self.subject, "level": self.level, "grade": self.grade}
        return urlencode({name: value for name, value in fields.items() if value})


@dataclass(frozen=True, slots=True)
class Line:
    """A course with its prerequisite and what it opens, in the list below a map."""

    course: Course
    words: Words | None
    opens: tuple[Course, ...]


@router.get("")
def schools(request: Request, catalog: str = "") -> Response:
    """All schools; one that was chosen is shown."""
    if catalog:
        return RedirectResponse(f"/catalogs/{known.catalog(catalog).id}", status_code=303)
    return page(request, "catalogs.html", catalogs=[known.catalog(name) for name in bundled()])


@router.get("/{catalog_id}")
def courses(
    request: Request,
    catalog_id: str,
    q: str = "",
    subject: str = "",
    level: str = "",
    grade: str = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Search the courses of a school."""
    catalog = known.catalog(catalog_id)
    find = Find.of(catalog, q, subject, level, grade)
    found = search(catalog, find.q, subject=find.subject, level=find.level, grade=find.grade)
    return page(
        request,
        "courses.html",
        catalog=catalog,
        find=find,
        query=find.query,
        found=found,
        shown=found[offset : offset + PAGE],
        first=offset,
        size=PAGE,
    )


@router.get("/{catalog_id}/map")
def subject(request: Request, catalog_id: str, subject: str = "") -> Response:
    """The prerequisite map of a subject."""
    catalog = known.catalog(catalog_id)
    subjects = tuple(dict.fromkeys(course.subject for course in catalog.courses))
    chosen = subject if subject in subjects else subjects[0]
    own = [course for course in catalog.courses if course.subject == chosen]
    return page(
        request,
        "map.html",
        catalog=catalog,
        subject=chosen,
        subjects=subjects,
        map=subject_map(catalog, own),
        rows=[_line(catalog, course) for course in own],
    )


@router.get("/{catalog_id}/courses/{code:path}")
def course(request: Request, catalog_id: str, code: str) -> Response:
    """What one course needs and opens."""
    catalog = known.catalog(catalog_id)
    course = known.course(catalog, code)
    line = _line(catalog, course)
    return page(
        request,
        "course.html",
        catalog=catalog,
        course=course,
        length=_length(catalog, course),
        versions=[catalog.by_code[one] for one in catalog.versions(code) if one != code],
        map=course_map(catalog, course),
        words=line.words,
        opens=[_line(catalog, one) for one in line.opens],
        chain=[catalog.by_code[one] for one in build_graph(catalog).chain(code)],
    )


def _line(catalog: Catalog, course: Course) -> Line:
    return Line(
        course,
        prerequisite_words(catalog, course.prerequisite) if course.prerequisite else None,
        tuple(catalog.by_code[code] for code in build_graph(catalog).unlocks(course.code)),
    )


def _length(catalog: Catalog, course: Course) -> str:
    terms = catalog.calendar.term_names
    if course.terms == len(terms):
        return "all year"
    unit = term_words(terms[0]).partition(" ")[0].lower()
    return f"{course.terms} {unit}{'s' if course.terms > 1 else ''}"
