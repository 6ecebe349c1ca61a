"""Interests: profiles, the ranking by correlation, and where it must say that it cannot tell."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from catalogs import InputError
from pathways.careers.interests import AREAS, BEST, QUESTIONS, Profile, match, read_answers, read_scores

scores = st.tuples(*[st.integers(0, 40)] * 6)


@pytest.mark.parametrize(
    ("given_scores", "zone", "close", "of", "first"),
    [
        (
            "10,32,6,9,8,18",
            None,
            89,
            923,
            {
                "15-2041.01": 0.9760,
                "19-1029.04": 0.9609,
                "15-1221.00": 0.9440,
                "15-2051.00": 0.9394,
                "19-1041.00": 0.9302,
            },
        ),
        (
            "10,32,6,9,8,18",
            4,
            40,
            224,
            {
                "15-2051.00": 0.9394,
                "19-2041.00": 0.9143,
                "19-3099.01": 0.9130,
                "19-4061.00": 0.9053,
                "19-2021.00": 0.8730,
            },
        ),
        (
            "5,12,35,22,20,4",
            None,
            12,
            923,
            {
                "27-2011.00": 0.9682,
                "27-2041.00": 0.8899,
                "27-2032.00": 0.8660,
                "27-2042.00": 0.8589,
                "27-3011.00": 0.8468,
            },
        ),
        (
            "4,20,10,36,14,12",
            3,
            7,
            219,
            {
                "29-2099.08": 0.9569,
                "25-3041.00": 0.8599,
                "25-9043.00": 0.8527,
                "25-3021.00": 0.8468,
                "25-2011.00": 0.8040,
            },
        ),
    ],
)
def test_check_vectors(given_scores: str, zone: int | None, close: int, of: int, first: dict[str, float]) -> None:
    """Computed independently from the interest scores of O*NET 29.3."""
    found = match(read_scores(given_scores), zone)
    assert len(found.occupations) == of
    assert sum(one.r >= BEST for one in found.occupations) == close
    assert {one.occupation.id: round(one.r, 4) for one in found.occupations[:5]} == first


def test_several_fields_are_shown_and_a_zone_does_not_lower_the_sight() -> None:
    found = match(Profile((10, 32, 6, 9, 8, 18)), zone=4)
    assert len(found.fields) == 14
    assert [one.r for one in found.fields] == sorted((one.r for one in found.fields), reverse=True)
    assert found.zones == {1: 0, 2: 0, 3: 7, 4: 40, 5: 42}, "the close ones of the other zones are counted"
    assert "rules nothing out" in found.remark


def test_a_reason_names_what_both_have_and_what_differs() -> None:
    found = match(Profile((5, 12, 35, 22, 20, 4)))
    by_id = {one.occupation.id: one for one in found.occupations}
    assert by_id["27-2011.00"].why.startswith("Both are high in artistic")
    engineer = by_id["17-2141.00"]
    assert engineer.closeness == "not close"
    assert engineer.why.endswith("it asks for more of what is realistic.")


@pytest.mark.parametrize("flat", [(20,) * 6, (0,) * 6, (20, 21, 20, 22, 20, 21)])
def test_equal_scores_are_not_compared(flat: tuple[float, ...]) -> None:
    found = match(Profile(flat))
    assert (found.fields, found.occupations) == ((), ())
    assert "no clear pattern" in found.remark
    assert found.profile.by_area["R"] == flat[0], "the areas are still shown"


def test_where_nothing_is_close_the_nearest_are_shown_and_it_says_so() -> None:
    found = match(Profile((40, 0, 0, 40, 40, 0)), zone=5)
    assert found.occupations[0].r < BEST
    assert found.remark.startswith("No occupation here is close")


def test_ties_are_all_named() -> None:
    tied = Profile((9, 30, 4, 30, 12, 9))
    assert tied.strongest == ("I", "S")
    assert tied.next_strongest == ("E", "R", "C"), "the second of the next two is shared"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("10,32,6,9,8", "six scores, not 5"),
        ("10,32,6,9,8,41", "C .conventional. is 41"),
        ("-1,32,6,9,8,4", "R .realistic. is -1"),
        ("nan,32,6,9,8,4", "R .realistic. is nan"),
        ("10,32,6,nine,8,4", "'nine' is no number"),
        ("", "'' is no number"),
    ],
)
def test_scores_out_of_range_are_refused(text: str, wrong: str) -> None:
    with pytest.raises(InputError, match=wrong) as caught:
        read_scores(text)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("4" * 23, "24 questions and 23 answers"),
        ("4" * 23 + "5", "question 24 .conventional. is '5'"),
        (",".join(["2"] * 5 + [""] + ["2"] * 18), "question 6 .conventional. is missing"),
    ],
)
def test_answers_are_whole_or_refused(text: str, wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        read_answers(text)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no job zone 6"):
        match(Profile((10, 32, 6, 9, 8, 18)), zone=6)


@pytest.mark.parametrize("area", AREAS)
def test_liking_one_area_only_makes_it_the_strongest(area: str) -> None:
    answers = "".join("4" if one == area else "1" for one, _ in QUESTIONS)
    profile = read_answers(answers)
    assert profile.strongest == (area,)
    assert profile.by_area[area] == 40
    assert [one for one, _ in QUESTIONS].count(area) == 4


@given(scores, st.floats(0.2, 1.0), st.integers(0, 30))
def test_only_the_shape_counts(raw: tuple[int, ...], scale: float, lift: int) -> None:
    """A profile lifted or stretched as a whole resembles what it resembled before."""
    before = Profile(tuple(map(float, raw)))
    moved = tuple(score * scale + lift for score in raw)
    assume(before.clear and max(moved) <= 40)
    after = Profile(moved)
    assume(after.clear)
    there = {one.occupation.id: one.r for one in match(after).occupations}
    assert all(math.isclose(one.r, there[one.occupation.id], abs_tol=1e-9) for one in match(before).occupations)


@given(scores)
def test_an_opposite_profile_resembles_the_opposite(raw: tuple[int, ...]) -> None:
    profile = Profile(tuple(map(float, raw)))
    assume(profile.clear)
    opposite = match(Profile(tuple(40 - score for score in profile.scores)))
    there = {one.occupation.id: one.r for one in opposite.occupations}
    assert all(math.isclose(one.r, -there[one.occupation.id], abs_tol=1e-9) for one in match(profile).occupations)
