"""The table of programs of study on the site is the one that patterns and catalogs give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalogs.bundled import bundled, load
from pathways.careers import tables
from pathways.careers.pattern import PATTERNS
from pathways.careers.studies import compare, page

PAGE = Path(__file__).parents[2] / "docs/reference/programs-of-study.md"


def test_up_to_date() -> None:
    told = "run python -m pathways.careers.studies > docs/reference/programs-of-study.md"
    assert PAGE.is_file(), told
    assert PAGE.read_text(encoding="utf-8") == page(), told


def test_every_sequence_chosen_is_compared() -> None:
    rows = tables.rows(PATTERNS / "studies.csv")
    found = [(one.catalog, one.name, one.pattern.pathway.id) for name in bundled() for one in compare(load(name))]
    assert sorted(found) == sorted((row["catalog"], row["sequence"], row["pathway"]) for row in rows)


def test_counts_by_hand() -> None:
    katy = {one.name: one for one in compare(load("katy-isd-tx"))}
    teaching = katy["Teaching"]
    assert (teaching.courses, len(teaching.shared), teaching.steps) == (4, 4, 4)
    graphic = katy["Graphic Design"]  # Graphic Design I and II are one national course
    assert (graphic.courses, len(graphic.shared)) == (3, 2)
    assert graphic.other == ("Principles of Arts, Audio/Video Technology and Communications",)
    assert (graphic.agreed, graphic.pairs) == (0, 1), "Katy has animation before graphic design, the pattern after it"


@pytest.mark.parametrize("turn", [False, True])
def test_order_is_lost_when_a_sequence_is_turned_round(turn: bool) -> None:
    catalog = load("katy-isd-tx")
    programs = []
    for one in catalog.programs_of_study["programs"]:
        grades = one["courses_by_grade"]
        turned = {21 - grade: codes for grade, codes in grades.items()} if turn else grades
        programs.append({**one, "courses_by_grade": turned})
    found = {one.name: one for one in compare(replace(catalog, programs_of_study={"programs": programs}))}
    naval = found["Naval Science"]
    assert (naval.agreed, naval.pairs) == ((0, 6) if turn else (6, 6))
    assert len(naval.shared) == 4
