"""The catalogs that come with the package."""

from __future__ import annotations

import difflib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from catalogs.catalog import Catalog
from catalogs.course import Course
from catalogs.errors import InputError
from catalogs.native import read_catalog
from catalogs.typical import PREFIX, typical, typical_ids

DATA = Path(__file__).parent / "data"


def bundled() -> tuple[str, ...]:
    """Ids of the bundled catalogs, in alphabetical order.

    Examples
    --------
    >>> "katy-isd-tx" in bundled()
    True
    """
    return tuple(sorted(path.parent.name for path in DATA.glob("*/catalog.yaml")))


def is_bundled(catalog_id: str) -> bool:
    """Whether a catalog comes with the package: a bundled one, or the typical one of a state.

    Examples
    --------
    >>> is_bundled("katy-isd-tx"), is_bundled("typical-us-la"), is_bundled("typical-us-xx")
    (True, True, False)
    """
    return catalog_id in bundled() or catalog_id in typical_ids()


@lru_cache(maxsize=32)
def _bundled(catalog_id: str) -> Catalog:
    return read_catalog(DATA / catalog_id)


def with_proposed_codes(catalog: Catalog) -> Catalog:
    """The catalog with a national course code proposed, and marked so, for every course that has none.

    State rules speak national course codes: without one a course would count for nothing but electives.
    """
    if all(course.sced for course in catalog.courses):
        return catalog
    from catalogs.sced import half_numbered, propose

    halves = half_numbered([course.title for course in catalog.courses])

    def coded(course: Course) -> Course:
        if course.sced:
            return course
        found = propose(
            course.title, course.subject, level=course.level, terms=course.terms, tags=course.tags, halves=halves
        )
        return replace(course, sced=found[0].code, sced_status="proposed") if found else course

    return replace(catalog, courses=tuple(map(coded, catalog.courses)))


def load(id_or_path: str | Path) -> Catalog:
    """Load a bundled catalog by its id (read once, then shared), or read one from a folder.

    ``typical-us-la`` is the typical catalog of Louisiana, and so for every state.

    Courses of a folder that carry no national course code get a proposed one (`with_proposed_codes`).

    Raises
    ------
    InputError
        If there is no such catalog, or it cannot be read.
    """
    if isinstance(id_or_path, str) and id_or_path in bundled():
        return _bundled(id_or_path)
    if isinstance(id_or_path, str) and id_or_path in typical_ids():
        return typical(id_or_path.removeprefix(PREFIX).upper())
    path = Path(id_or_path)
    try:
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    if exists:
        return with_proposed_codes(read_catalog(path))
    near = difflib.get_close_matches(str(id_or_path), (*bundled(), *typical_ids()), n=1)
    mend = f"Did you mean {near[0]}?" if near else f"Give a folder, or one of {', '.join(bundled())}"
    raise InputError(f"there is no catalog {str(id_or_path)[:100]!r}", mend=mend)
