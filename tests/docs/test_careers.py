"""The figures on the page about careers are those of the data."""

from __future__ import annotations

from pathlib import Path

from pathways.careers import tables
from pathways.careers.pattern import pattern
from pathways.careers.tables import ATTRIBUTION
from pathways.careers.values import why

DOCS = Path(__file__).parents[2] / "docs"


def text(page: str) -> str:
    return " ".join((DOCS / page).read_text(encoding="utf-8").split())


def test_figures() -> None:
    page = text("explanation/careers.md")
    pathways = tables.pathways()
    seen = sum(pattern(one).mark == "seen" for one in pathways)
    unrated = sum(tables.importances("knowledge", one) is None for one in tables.occupations())
    assert f"{len(tables.occupations()):,} of them" in page
    assert f"{seen} of the {len(pathways)} say where" in page
    assert f"{unrated} occupations have no ratings" in page
    assert sum(not tables.members(one) for one in pathways) == 8 and "Eight pathways have no occupation" in page
    assert f"{len(tables.rows(tables.DATA / 'placements.csv'))} exceptions" in page
    assert f"no occupation for {sum(not one.socs for one in tables.majors().values())} of 2,143 majors" in page


def test_examples_of_sentences() -> None:
    page = text("explanation/careers.md")
    assert why("17-2141.00", "03151") in page
    assert why("17-2141.00", "21009") in page


def test_attribution_is_shown() -> None:
    for page in ("explanation/careers.md", "reference/careers.md", "../NOTICE", "../pathways/careers/data/README.md"):
        assert ATTRIBUTION[:120] in text(page)
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications." in text(page)
