"""A typical catalog for every state: complete, in the state's unit, and marked as no school's."""

from __future__ import annotations

from fractions import Fraction

import pytest

from catalogs import InputError, sced
from catalogs.bundled import is_bundled, load
from catalogs.lint import lint
from catalogs.typical import FOLDER, states, typical, typical_ids


def test_every_state_has_one() -> None:
    assert len(states()) == 51
    assert all(is_bundled(one) for one in typical_ids())


@pytest.mark.parametrize("state", states())
def test_it_is_the_common_list_and_more(state: str) -> None:
    base, own = load("typical-us"), typical(state)
    year = own.unit.year_course
    assert {one.code for one in base.courses} <= set(own.by_code)
    more = [one for one in own.courses if one.code not in base.by_code]
    assert all(one.code.startswith(f"{state}-") for one in more)
    assert own.state == state
    assert own.meta["typical"] is True
    assert "no real school" in own.meta["note"]
    assert own.by_code["ENG1"].credits == year
    assert all(one.sced in sced.codes() for one in own.courses)
    assert {one.status for one in own.courses} == {"typical"}


@pytest.mark.parametrize("state", [path.stem[3:].upper() for path in sorted((FOLDER / "states").glob("*.csv"))])
def test_courses_of_a_state_fit_in(state: str) -> None:
    assert state in states()
    assert [one for one in lint(typical(state)) if one.severity == "error"] == []


def test_units() -> None:
    assert load("typical-us-ca").unit.year_course == 10
    assert load("typical-us-in").by_code["ENG1"].credits == Fraction(2)


def test_a_state_that_is_none() -> None:
    with pytest.raises(InputError, match="no catalog 'typical-us-xx'"):
        load("typical-us-xx")
