"""The facts about careers: whole, consistent with each other, and found by code or by name."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs import InputError
from catalogs.sced import codes
from pathways.careers import tables
from pathways.careers.goals import KINDS, find, search


def test_the_tables_are_as_long_as_their_sources() -> None:
    occupations = tables.occupations().values()
    assert len(occupations) == 1016
    assert sum(one.zone is not None for one in occupations) == 923
    assert sum(one.interests is not None for one in occupations) == 923
    assert sum(tables.importances("knowledge", one.id) is not None for one in occupations) == 879
    frameworks = [one.framework for one in tables.clusters().values()]
    assert (frameworks.count(2024), frameworks.count(2002)) == (14, 16)
    parts = [one.framework for one in tables.pathways().values()]
    assert (parts.count(2024), parts.count(2002)) == (72, 79)
    assert len(tables.majors()) == 2142


def test_every_key_leads_somewhere() -> None:
    occupations, pathways, socs = tables.occupations(), tables.pathways(), tables.of_soc()
    for one in occupations.values():
        assert set(one.related) <= set(occupations)
        assert {pathways[id].framework for id in one.pathways} == {2002}
        assert one.place is not None and pathways[one.place].framework == 2024
        assert tables.outlook(one) is not None or one.id.startswith("55-")  # the military has no figures
    for pathway in pathways.values():
        assert (pathway.near is None) == (pathway.framework == 2024)
        assert pathway.near is None or pathways[pathway.near].framework == 2024
    for major in tables.majors().values():
        assert all(soc in socs for soc in major.socs)
    for code, now in tables.outdated().items():
        assert code not in socs and set(now) <= set(socs)


def test_every_exception_changes_something() -> None:
    """A row that says what would hold without it is a row that nobody will keep right."""
    rows = tables.rows(tables.DATA / "placements.csv")
    for row in rows:
        hit = [
            one
            for one in tables.occupations().values()
            if one.pathways[0] == row["pathway"] and one.id.startswith(row["code"]) and one.place == row["place"]
        ]
        assert hit, row
    named = {row["sced"]: row["knowledge"] for row in tables.rows(tables.DATA / "subjects.csv")}
    for code, knowledge in named.items():
        shorter = next((named[code[:n]] for n in range(len(code) - 1, 1, -1) if code[:n] in named), None)
        assert shorter != knowledge, code
        assert any(one.startswith(code) for one in codes()), code


def test_figures_of_an_occupation() -> None:
    engineer = tables.occupations()["17-2141.00"]
    assert (engineer.zone, engineer.soc) == (4, "17-2141")
    assert engineer.interests == (6.6, 5.3, 2.2, 1.1, 1.76, 4.65)
    figures = tables.outlook(engineer)
    assert figures is not None and figures.wage == 102320
    buyer = tables.outlook(tables.occupations()["13-1022.00"])
    assert buyer is not None and buyer.code == "13-1020", "figures are published for all buyers together"
    surgeon = tables.outlook(tables.occupations()["29-1242.00"])
    assert surgeon is not None and surgeon.wage_or_more


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("mechanical enginer", "17-2141.00"),
        ("sofware developr", "15-1252.00"),
        ("Registered nurse", "29-1141.00"),
        ("helth informatics", "health-science/health-informatics"),
        ("agricultre", "agriculture"),
        ("graphic desgn", "50.0409"),
        ("lawyer", "23-1011.00"),
        ("cop", "33-3051.00"),
    ],
)
def test_search_forgives_typing_errors(asked: str, first: str) -> None:
    assert first in [one.id for one in search(asked)][:3]


def test_search_stays_within_the_kinds_asked_for() -> None:
    assert {one.kind for one in search("engineering", ["major"])} == {"major"}
    assert {one.kind for one in search("engineering", limit=60)} >= {"occupation", "pathway", "major"}


@given(st.sampled_from(sorted(tables.occupations())))
def test_every_occupation_is_found_by_its_code_and_its_title(id: str) -> None:
    one = tables.occupations()[id]
    assert find(id) is one
    assert id in [found.id for found in search(one.name.upper(), ["occupation"]) if found.likeness == 1.0]


@given(st.text(max_size=40))
def test_any_text_is_answered_or_refused_with_a_mend(text: str) -> None:
    search(text)
    try:
        goal = find(text)
    except InputError as error:
        assert error.mend
    else:
        assert any(goal.id in goals() for goals in KINDS.values())


def test_a_code_of_2010_names_what_took_its_place() -> None:
    with pytest.raises(InputError, match=r"SOC 2010.*15-1252\.00 Software Developers or 15-1253\.00") as caught:
        find("15-1132.00")
    assert "no longer used" in caught.value.message


def test_a_code_of_2010_with_one_successor_stands_for_it() -> None:
    """Computer and information research scientists; veterinary medicine."""
    assert find("15-1111").id == find("15-1111.00").id == "15-1221.00"
    assert find("51.2401").id == "01.8001"
    for kind, old, goals in (
        ("occupation", tables.outdated(), tables.occupations()),
        ("major", tables.moved_majors(), tables.majors()),
    ):
        assert not set(old) & set(goals), kind
    assert set(tables.moved_majors().values()) <= set(tables.majors())


def test_outdated_codes_as_the_bureau_of_labor_statistics_has_them() -> None:
    """A few of them, read in its crosswalk."""
    now = {
        "15-1131": "15-1251",
        "15-1134": "15-1254 15-1255",
        "19-4091": "19-4042",
        "23-2091": "27-3092",
        "25-1191": "25-9044",
        "29-1062": "29-1215",
        "29-2021": "29-1292",
        "29-2041": "29-2042 29-2043",
        "51-9122": "51-9124",
        "53-3041": "53-3053 53-3054",
    }
    assert {code: " ".join(tables.outdated()[code]) for code in now} == now


@pytest.mark.parametrize(
    ("asked", "near"),
    [("17-2149", "17-2141.00"), ("14.1999", "14.1901"), ("mechanical enginer", "17-2141.00")],
)
def test_an_unknown_code_or_name_offers_near_ones(asked: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        find(asked)
    assert near in (caught.value.mend or "")


def test_equal_names_go_to_the_newer_framework() -> None:
    assert find("Animal Systems").id == "agriculture/animal-systems"


@pytest.mark.parametrize("module", ["pathways.careers", "pathways.cli.app"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print({{'pandas', 'rapidfuzz', 'ortools'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
