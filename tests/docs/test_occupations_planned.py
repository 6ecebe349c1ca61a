"""The page of planned occupations says of a school what its plans prove, and the plans are what a counselor would expect."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from catalogs import load
from catalogs.bundled import bundled
from pathways.careers.pattern import CAREER_TECHNICAL
from pathways.careers.planned import ALGEBRA, ENGINEER, OCCUPATIONS, Planned, planned

PAGE = Path(__file__).parents[2] / "docs/reference/occupations-planned.md"
NURSE, WELDER = "29-1141.00", "51-4121.00"
ALL = "woodinville-hs-wa"
BIOLOGY, CHEMISTRY, PHYSICS = {"03051", "03052", "03056"}, {"03101", "03102", "03106"}, {"03151", "03152", "03155", "03165"}
CALCULUS = {"02121", "02122", "02124", "02125"}
SCHOOLS = tuple(ALGEBRA)


@cache
def sharp(school: str) -> dict[tuple[str, bool], Planned]:
    """Nurse, welder and engineer at one school, the engineer also ahead in mathematics."""
    found = planned(school, (NURSE, WELDER, ENGINEER))
    return {(one.goal.goal.partition(":")[2], one.ahead): one for one in found}


@cache
def whole() -> tuple[Planned, ...]:
    return tuple(planned(ALL))


def codes(one: Planned) -> set[str]:
    return {place.sced or "" for place in one.plan.placements}


def teaches(school: str, fits: Callable[[str], bool]) -> bool:
    return any(fits(course.sced or "") for course in load(school).courses)


def test_every_bundled_school_is_there() -> None:
    assert sorted(SCHOOLS) == sorted(bundled())


@pytest.mark.parametrize("school", SCHOOLS)
def test_plans_are_sound_and_differ(school: str) -> None:
    found = sharp(school)
    assert all(one.sound for one in found.values())
    assert all(one.new for one in found.values())
    held = [frozenset(codes(one)) for (_, ahead), one in found.items() if not ahead]
    assert len(set(held)) == 3


@pytest.mark.parametrize("school", SCHOOLS)
def test_a_nurse_has_biology_chemistry_and_health(school: str) -> None:
    nurse = sharp(school)[NURSE, False]
    assert BIOLOGY & codes(nurse) and CHEMISTRY & codes(nurse)
    health = any(code.startswith("14") for code in codes(nurse))
    assert health == teaches(school, lambda code: code.startswith("14"))
    assert nurse.goal.share == 1


@pytest.mark.parametrize("school", SCHOOLS)
def test_a_welder_welds_or_has_what_comes_nearest(school: str) -> None:
    welder = sharp(school)[WELDER, False]
    assert ("13207" in codes(welder)) == teaches(school, lambda code: code == "13207")
    steps = welder.courses(CAREER_TECHNICAL)
    assert bool(steps) == teaches(school, lambda code: code[:3] in ("130", "131", "132"))
    asked = [part for part in welder.untaught if part.subject == CAREER_TECHNICAL]
    assert all("online or as dual enrollment" in part.words for part in asked)
    assert welder.note == ("" if len(steps) == 4 else welder.note) and (welder.note == "no sequence here") != bool(steps)


@pytest.mark.parametrize("school", SCHOOLS)
def test_an_engineer_has_physics_and_calculus_once_ahead(school: str) -> None:
    for ahead in (False, True):
        engineer = sharp(school)[ENGINEER, ahead]
        assert PHYSICS & codes(engineer)
        reached = bool(CALCULUS & codes(engineer))
        calculus = [part for part in engineer.missing if part.name.startswith("mathematics, 5")]
        assert reached != bool(calculus)
        assert reached or not ahead
        assert all("cannot be taken in the terms that are left" in part.words for part in calculus)


def test_twenty_occupations_from_all_clusters_at_one_school() -> None:
    found = whole()
    assert [one.goal.goal for one in found[:-1]] == [f"career:{code}" for code in OCCUPATIONS] and len(OCCUPATIONS) == 20
    assert len({one.field for one in found}) == 14
    assert all(one.sound for one in found)
    plans = {frozenset(place.course for place in one.plan.placements) for one in found}
    assert len(plans) >= 18, "hardly any two occupations lead to the same courses"
    assert all(one.goal.share >= 0.95 for one in found)


def test_the_page_says_what_is_proven() -> None:
    """Shares of one school are proven, whichever of several equal plans is found; the titles beside them may differ."""
    text = PAGE.read_text(encoding="utf-8")
    assert all(load(school).name in text for school in SCHOOLS)
    section = text[text.index(load(ALL).name) :]
    section = section[: section.index("\n\n##")]
    told = "run python -m pathways.careers.planned > docs/reference/occupations-planned.md"
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in section.splitlines() if line.startswith("| ")][1:]
    words = {False: "", True: ", ahead in mathematics"}
    assert rows == [[f"{one.goal.name}{words[one.ahead]}", f"{float(one.goal.share):.1%}"] for one in whole()], told
    assert "105 plans 105 complete" in " ".join(text.split())
