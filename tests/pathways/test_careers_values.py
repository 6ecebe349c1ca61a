"""From a goal to courses: the patterns, the school's courses that fill them, and what each course is worth."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs import Catalog, InputError
from catalogs.bundled import bundled, load
from catalogs.sced import codes
from pathways.careers import course_values, find, pattern_courses, tables, value, why
from pathways.careers.pattern import CAREER_TECHNICAL, LEVELS, college, pattern, patterns_of
from pathways.careers.values import taught

GOALS = sorted([*tables.occupations(), *tables.clusters(), *tables.pathways()])
CODES = sorted(codes())


@pytest.fixture(scope="module")
def katy() -> Catalog:
    return load("katy-isd-tx")


# ----------------------------------------------------------------------------------------------------------- patterns


def test_every_pathway_has_a_pattern_of_current_codes() -> None:
    for id in tables.pathways():
        found = pattern(id)
        assert found.codes <= set(codes())
        assert [part.step for part in found.parts if part.subject == CAREER_TECHNICAL] == list(LEVELS)
        assert all(part.codes for part in found.parts)
        assert (found.mark == "seen") == bool(found.sources), "what was seen names where"


def test_mathematics_goes_further_for_some() -> None:
    def ladder(id: str) -> list[tuple[str, bool]]:
        return [(part.codes[0], part.further) for part in pattern(id).parts if part.subject == "mathematics"]

    assert [code for code, _ in ladder("advanced-manufacturing/engineering")][-1] == "02124"
    technical = ladder("construction/skilled-trades")
    assert [further for _, further in technical] == [False, False, False, True], (
        "Technical Mathematics is asked by name"
    )


def test_a_course_asked_by_name_leads_its_step_and_is_no_part_of_its_own() -> None:
    parts = pattern("advanced-manufacturing/engineering").parts
    assert [part.codes[0] for part in parts if part.subject == "science"][-1] == "03164"
    assert not [part for part in parts if part.subject == "academic"]


def test_a_former_pathway_takes_what_it_does_not_say_from_the_nearest_one() -> None:
    own = pattern("health-science/diagnostic-services")
    near = pattern("healthcare-and-human-services/physical-health")
    academic = [part for part in near.parts if part.subject != CAREER_TECHNICAL]
    assert [part for part in own.parts if part.subject != CAREER_TECHNICAL] == academic
    assert own.parts[-2].codes == ("14102", "14103", "14104")
    assert (own.mark, near.mark) == ("recalled", "seen")


def test_the_same_content_for_college_credit_fills_a_part_too() -> None:
    assert [codes()[one].title for one in college("03151")] == ["IB Physics", "AP Physics 1", "AP Physics 2"]
    assert college("01003") == ("01005",), "AP English Language is titled otherwise"
    assert college("24052") == (), "Spanish II is no other version of Spanish I"


def test_the_schools_own_courses_in_order(katy: Catalog) -> None:
    (laid,) = pattern_courses("mechanical engineer", katy)
    titles = [[course.title for course in part.courses] for part in laid.parts if part.part.subject == "mathematics"]
    assert [one[0] for one in titles] == ["Algebra 1", "Geometry", "Algebra 2 KAP", "Precalculus", "AP Calculus AB"]
    assert [course.title for course in laid.parts[4].college] == ["AP Calculus AB", "AP Calculus BC"]


def test_a_part_without_a_course_names_what_is_near(katy: Catalog) -> None:
    (laid,) = pattern_courses("advanced-manufacturing/engineering", katy)
    first = next(one for one in laid.parts if one.part.step == "introductory")
    assert first.courses == () and first.part in laid.missing
    assert first.near and all(course.sced and course.sced.startswith("210") for course in first.near)


def test_a_cluster_has_the_patterns_of_its_pathways_and_a_major_those_of_its_occupations() -> None:
    assert [one.pathway.id for one in patterns_of(find("construction"))] == list(find("construction").pathways)  # type: ignore[union-attr]
    engineering = patterns_of(find("14.1901"))
    assert engineering[0].pathway.name == "Engineering and Technology"


# -------------------------------------------------------------------------------------------------------------- value


def test_the_formula_by_hand() -> None:
    """Physics 59.5 of 100 in the pattern; Sociology 20.75 outside it; two fields of knowledge count by their mean."""
    assert value("03151", "17-2141.00").value == 595
    assert value("04258", "17-2141.00").value == 104  # 20.75 / 2 = 10.375 of 100
    assert taught("21009") == ("Engineering and Technology", "Mechanical")
    assert value("21009", "17-2141.00").value == 418  # (86.5 + 80.75) / 2 / 2 = 41.8125 of 100


def test_every_value_is_said_in_a_sentence() -> None:
    assert why("17-2141.00", "03151") == (
        "Physics counts 0.60 for Mechanical Engineers: Physics is rated 60 of 100 in importance."
    )
    assert why("17-2141.00", "21009") == (
        "Robotics counts 0.42 for Mechanical Engineers: Engineering and Technology and Mechanical are together rated "
        "84 of 100 in importance, halved because its pattern does not name it."
    )
    assert "5 of its 6 patterns name it" in why("healthcare-and-human-services", "04256")
    assert "in related occupations" in why("15-1252.00", "10157")
    assert why("17-2141.00", "08001").endswith("no field of knowledge that stands for it.")


@given(st.sampled_from(GOALS), st.sampled_from(CODES))
def test_values_are_per_mille_and_being_named_never_lowers_one(goal: str, sced: str) -> None:
    found = value(sced, goal)
    assert 0 <= found.value <= 1000
    assert found.words.endswith(".")
    named = any(sced in one.codes for one in patterns_of(find(goal)))
    assert ("does not name it" in found.words or "no pattern of it names it" in found.words) == (
        not named and bool(taught(sced))
    )


@given(st.sampled_from(sorted(tables.clusters())), st.sampled_from(CODES))
def test_a_clusters_knowledge_lies_between_its_occupations(cluster: str, sced: str) -> None:
    from pathways.careers.pattern import occupations_of
    from pathways.careers.values import knowledge

    for field in taught(sced):
        each = [knowledge(tables.occupations()[id])[field] for id in occupations_of(find(cluster))]
        assert min(each) <= knowledge(find(cluster))[field] <= max(each)
        assert isinstance(knowledge(find(cluster))[field], Fraction)


@pytest.mark.parametrize("catalog_id", bundled())
def test_the_planner_gets_an_integer_for_every_course(catalog_id: str) -> None:
    catalog = load(catalog_id)
    worth = course_values("29-1141.00", catalog)
    assert set(worth) == set(catalog.by_code)
    assert all(type(one) is int for one in worth.values())
    best = max(worth.values())
    assert best > 700
    for code in sorted(worth)[::25]:
        assert value(catalog.by_code[code], "29-1141.00").value == worth[code]


def test_every_goal_has_values_but_a_major_without_occupations() -> None:
    for goal in GOALS:
        assert value("02052", goal).value > 0, goal
    with pytest.raises(InputError, match="no occupation is on record for Taxidermy"):
        value("02052", "01.0508")


def test_what_is_no_national_code_is_refused() -> None:
    with pytest.raises(InputError, match="no code of SCED 12"):
        value("physics", "17-2141.00")
