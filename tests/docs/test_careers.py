"""The figures on the page about careers are those of the data."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from pathways.careers import tables
from pathways.careers.pattern import CAREER_TECHNICAL, pattern
from pathways.careers.tables import ATTRIBUTION
from pathways.careers.values import knowledge, taught, why

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
    assert f"exception ({sum(tables.home(one) == one.place for one in tables.occupations().values())} are)" in page
    assert f"no occupation for {sum(not one.socs for one in tables.majors().values())} of 2,142 majors" in page


def test_examples_of_sentences() -> None:
    page = text("explanation/careers.md")
    assert why("17-2141.00", "03151") in page
    assert why("17-2141.00", "21009") in page


def test_knowledge_alone_tells_a_pathways_own_courses() -> None:
    """Ratings and patterns come from different hands; how far they agree is a measure of both."""
    own = {one.id: technical(one.id) for one in tables.pathways().values() if one.framework == 2002}
    every = set().union(*own.values())
    shares = {}
    for id, codes in own.items():
        if tables.members(id):
            importances = knowledge(tables.pathways()[id])
            rated = {code: mean(float(importances[field]) for field in taught(code)) for code in every if taught(code)}
            pairs = [(rated[mine], rated[other]) for mine in codes for other in every - codes if {mine, other} <= set(rated)]
            shares[id] = mean((mine > other) + (mine == other) / 2 for mine, other in pairs)
    page = text("explanation/careers.md")
    assert f"in {mean(shares.values()):.2f} of all pairs (mean over the {len(shares)} former pathways" in page
    first, second = sorted(shares.values())[:2]
    assert f"Environmental Service Systems ({first:.2f}) and Natural Resources Systems ({second:.2f})" in page


def technical(pathway: str) -> set[str]:
    """Codes of a pathway's career-technical sequence."""
    return {code for part in pattern(pathway).parts if part.subject == CAREER_TECHNICAL for code in part.codes}


def test_attribution_is_shown() -> None:
    for page in ("explanation/careers.md", "reference/careers.md", "../NOTICE", "../pathways/careers/data/README.md"):
        assert ATTRIBUTION[:120] in text(page)
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications." in text(page)
