"""Small catalogs to test with."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from catalogs import Calendar, Catalog, Course, CreditUnit, read_catalog
from catalogs.prerequisite import parse

SETTINGS = """\
name: Small High School
district: Small District
state: TX
edition: 2026-2027
credit_unit: credit (1 per year course, 0.5 per semester)
calendar:
  terms_per_year: 2
  term_names: [S1, S2]
  max_courses_per_term: 7
"""
HEAD = "code,title,subject,credits,terms,grades,offered,level,prerequisites,tags\n"


@pytest.fixture(scope="session")
def small() -> str:
    """The catalog.yaml of a small catalog."""
    return SETTINGS


@pytest.fixture(scope="session")
def head() -> str:
    """The header of its courses.csv."""
    return HEAD


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Make a catalog folder from the rows of courses.csv (or from a whole file, as text or bytes)."""

    def make(rows: str | bytes = "", *, head: str = HEAD, settings: str = SETTINGS) -> Path:
        path = tmp_path / "small"
        path.mkdir(exist_ok=True)
        (path / "catalog.yaml").write_text(settings, encoding="utf-8")
        data = rows if isinstance(rows, bytes) else (head + rows).encode()
        (path / "courses.csv").write_bytes(data)
        return path

    return make


@pytest.fixture
def read(folder: Callable[..., Path]) -> Callable[..., Catalog]:
    """Read a catalog made of such rows."""
    return lambda *args, **kwargs: read_catalog(folder(*args, **kwargs))


@pytest.fixture
def graph_of() -> Callable[..., Catalog]:
    """A catalog of year courses from code=prerequisite."""

    def make(groups: tuple[tuple[str, ...], ...] = (), **prerequisites: str) -> Catalog:
        keys = {code: group[0] for group in groups for code in group}
        courses = tuple(
            Course(
                code, f"Course {code}", "Any", Fraction(1), 2,
                prerequisite=parse(text) if text else None, version=keys.get(code),
            )
            for code, text in prerequisites.items()
        )  # fmt: skip
        return Catalog("g", "G", "", "TX", "", CreditUnit("", Fraction(1)), Calendar(("S1", "S2"), 7), courses)

    return make
