"""A typical catalog for every state, for a student whose school has given none.

The courses that a comprehensive high school commonly offers, those that the state's rules name besides, and the
state's unit of credit. It is marked as typical everywhere: no school's print.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from catalogs.catalog import Catalog, CreditUnit
from catalogs.exact import decimal_text
from catalogs.native import read_catalog, version_keys
from catalogs.rows import read_courses

FOLDER = Path(__file__).parent / "data" / "typical-us"
PREFIX = "typical-us-"


@dataclass(frozen=True, slots=True)
class State:
    """A state or the District of Columbia, and the unit in which its schools count credit.

    Parameters
    ----------
    code
        Two letters.
    year_course
        Units that a year-long course earns.
    """

    code: str
    name: str
    unit: str
    year_course: Fraction


@cache
def states() -> dict[str, State]:
    """All states, by their two letters.

    Examples
    --------
    >>> states()["IN"].year_course
    Fraction(2, 1)
    """
    with (FOLDER / "states.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["state"]: State(row["state"], row["name"], row["unit"], Fraction(row["year_course"]))
            for row in csv.DictReader(file)
        }


def typical_id(state: str) -> str:
    """Id of a state's typical catalog."""
    return f"{PREFIX}{state.lower()}"


def typical_ids() -> tuple[str, ...]:
    """Ids of the typical catalogs of all states."""
    return tuple(map(typical_id, states()))


@lru_cache(maxsize=64)
def typical(state: str) -> Catalog:
    """The typical catalog of a state.

    Parameters
    ----------
    state
        Two letters, in capitals.

    Examples
    --------
    >>> typical("NJ").unit.year_course, typical("NJ").get("ENG1").credits
    (Fraction(5, 1), Fraction(5, 1))
    """
    about = states()[state]
    base = read_catalog(FOLDER)
    courses = base.courses
    own = FOLDER / "states" / f"us-{state.lower()}.csv"
    if own.exists():
        courses += read_courses(own, base.calendar, (9, 10, 11, 12))[0]
    keys = version_keys(courses, ())
    year = about.year_course
    return replace(
        base,
        id=typical_id(state),
        name=f"Typical high school, {about.name}",
        state=state,
        unit=CreditUnit(f"{about.unit} ({decimal_text(year)} for a year course)", year),
        courses=tuple(replace(one, credits=one.credits * year, version=keys.get(one.code)) for one in courses),
        path=None,
    )
