"""The national course codes (SCED version 12) and the codes that earlier versions used.

Source: School Courses for the Exchange of Data, National Center for Education Statistics (public domain). A code is
five digits, two for the subject area and three for the course; it names content only, never level, credit or
prerequisite.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ScedCode:
    """One course of the SCED list.

    Attributes
    ----------
    code : str
        Five digits.
    title : str
        Title as NCES prints it.
    area, area_title : str
        Two-digit subject area and its name.
    """

    code: str
    title: str
    area: str
    area_title: str


def rows(name: str) -> Iterator[list[str]]:
    """Rows of one of the package's own CSV files, without the head line."""
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


@lru_cache(maxsize=1)
def areas() -> Mapping[str, str]:
    """Names of the subject areas, by two-digit area."""
    return MappingProxyType(dict(rows("areas.csv")))


@lru_cache(maxsize=1)
def codes() -> Mapping[str, ScedCode]:
    """All courses of SCED version 12, by code."""
    names = areas()
    return MappingProxyType(
        {code: ScedCode(code, title, code[:2], names[code[:2]]) for code, title in rows("courses.csv")}
    )


@lru_cache(maxsize=1)
def retired() -> Mapping[str, tuple[str, str | None]]:
    """Codes of earlier versions that records still carry: title, and the current code where one is sure."""
    return MappingProxyType({code: (title, now or None) for code, title, now in rows("retired.csv")})


def current(text: str) -> str | None:
    """Current code for a code or a longer SCED identifier.

    Parameters
    ----------
    text : str
        Five digits, or a SCED identifier that starts with them (``02052G1.0011``).

    Returns
    -------
    str or None
        The version 12 code; None for text that is no SCED code and for a retired code without a sure successor.
    """
    code = text.strip()[:5]
    if code in codes():
        return code
    return retired()[code][1] if code in retired() else None
