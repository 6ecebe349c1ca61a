"""The facts, read once: occupations, clusters and their pathways, college majors, and how important each knowledge is.

Source: O*NET 29.3 (occupations, interests, knowledge, skills, education, related occupations, and the pathways of the
16 former clusters), Bureau of Labor Statistics projections 2024-2034, the CIP 2020 to SOC 2018 crosswalk of NCES and
BLS. ``data/README.md`` says which file comes from where and under which licence.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

DATA = Path(__file__).parent / "data"

ATTRIBUTION = (
    "This product includes information from the O*NET 29.3 Database by the U.S. Department of Labor, Employment and "
    "Training Administration (USDOL/ETA). Used under the CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. "
    "Pathways has modified all or some of this information. USDOL/ETA has not approved, endorsed, or tested these "
    "modifications."
)

ZONES = {
    1: "little or no preparation",
    2: "some preparation",
    3: "medium preparation",
    4: "considerable preparation",
    5: "extensive preparation",
}
"""Job zones: how much education, training and experience an occupation takes."""

Framework = Literal[2024, 2002]
"""The national clusters: 14 since 2024, 16 before."""

Importances = Literal["knowledge", "skills"]


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation of O*NET-SOC 2019.

    Attributes
    ----------
    id, name : str
        Eight-digit code (``17-2141.00``) and title.
    zone : int or None
        Job zone, 1 to 5; none for groups of other occupations and for the military.
    interests : tuple of float or None
        How well each area of interest describes the occupation, in the order R, I, A, S, E, C, from 1 to 7.
    education : str or None
        Level of education that most people in the occupation called required.
    bachelor : float or None
        Percent of them who called a bachelor's degree or more required.
    pathways : tuple of str
        Ids of its pathways in the 16 former clusters, the main one first.
    place : str or None
        Id of its pathway in the 14 clusters of 2024, by a table of our own.
    outlook : str or None
        Code under which the Bureau of Labor Statistics publishes figures for it.
    related : tuple of str
        Ids of the occupations most like it, the nearest first.
    """

    id: str
    name: str
    zone: int | None
    interests: tuple[float, ...] | None
    education: str | None
    bachelor: float | None
    pathways: tuple[str, ...]
    place: str | None
    outlook: str | None
    related: tuple[str, ...]

    @property
    def soc(self) -> str:
        """The SOC 2018 code it belongs to."""
        return self.id[:7]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A career cluster with the ids of its pathways."""

    id: str
    name: str
    framework: Framework
    pathways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pathway:
    """A career pathway (in the framework of 2024: a sub-cluster).

    Attributes
    ----------
    id, name : str
        Its cluster's id, a slash and its own; its name.
    cluster : str
        Id of its cluster.
    framework : int
        2024 or 2002.
    near : str or None
        For a pathway of the former clusters, the pathway of 2024 nearest to it, by a table of our own.
    """

    id: str
    name: str
    cluster: str
    framework: Framework
    near: str | None


@dataclass(frozen=True, slots=True)
class Major:
    """A college major: CIP 2020 code and title, and the SOC 2018 codes it prepares for."""

    id: str
    name: str
    socs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """National employment figures, those of a wider group where only that is published.

    Attributes
    ----------
    code, title : str
        SOC code the figures belong to, and its title.
    employment : float
        Thousands of jobs in 2024.
    change : float
        Percent by which jobs are projected to change until 2034.
    openings : float
        Thousands of openings a year, averaged over the ten years.
    wage : int or None
        Median annual wage in 2024, in dollars.
    wage_or_more : bool
        The wage is the highest that is published: the true median may be above it.
    education, experience, training : str
        What people typically need to enter the occupation.
    """

    code: str
    title: str
    employment: float
    change: float
    openings: float
    wage: int | None
    wage_or_more: bool
    education: str
    experience: str
    training: str


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of one of the room's own CSV files, every cell as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def occupations() -> Mapping[str, Occupation]:
    """All occupations, by id."""
    found = {}
    for row in rows(DATA / "occupations.csv"):
        pathways = tuple(row["pathways"].split())
        found[row["code"]] = Occupation(
            id=row["code"],
            name=row["title"],
            zone=int(row["job_zone"]) if row["job_zone"] else None,
            interests=tuple(float(row[area]) for area in "RIASEC") if row["R"] else None,
            education=row["education"] or None,
            bachelor=float(row["bachelor_percent"]) if row["bachelor_percent"] else None,
            pathways=pathways,
            place=_place(row["code"], pathways[0]),
            outlook=row["outlook"] or None,
            related=tuple(row["related"].split()),
        )
    return MappingProxyType(found)


def _place(code: str, pathway: str) -> str | None:
    """The pathway of 2024 for an occupation: the longest code that our table names, else the pathway's nearest."""
    named = _placements().get(pathway, {})
    for length in range(len(code), 0, -1):
        if code[:length] in named:
            return named[code[:length]]
    return pathways()[pathway].near


def home(occupation: Occupation) -> str:
    """The pathway whose courses lead to an occupation: its place of 2024 where our table names it, else its former one.

    Examples
    --------
    >>> home(occupations()["53-2012.00"]), home(occupations()["29-1141.00"])
    ('supply-chain-and-transportation/air-and-space-transportation', 'health-science/therapeutic-services')
    """
    main = occupation.pathways[0]
    return occupation.place if occupation.place and occupation.place != pathways()[main].near else main


@cache
def _placements() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows(DATA / "placements.csv"):
        found.setdefault(row["pathway"], {})[row["code"]] = row["place"]
    return found


@cache
def pathways() -> Mapping[str, Pathway]:
    """The pathways of both frameworks, by id."""
    frameworks = {row["id"]: _framework(row["framework"]) for row in rows(DATA / "clusters.csv")}
    return MappingProxyType(
        {
            row["id"]: Pathway(row["id"], row["name"], row["cluster"], frameworks[row["cluster"]], row["near"] or None)
            for row in rows(DATA / "pathways.csv")
        }
    )


@cache
def clusters() -> Mapping[str, Cluster]:
    """The 14 clusters of 2024 and the 16 before them, by id."""
    return MappingProxyType(
        {
            row["id"]: Cluster(
                row["id"],
                row["name"],
                _framework(row["framework"]),
                tuple(one.id for one in pathways().values() if one.cluster == row["id"]),
            )
            for row in rows(DATA / "clusters.csv")
        }
    )


def _framework(year: str) -> Framework:
    return 2024 if year == "2024" else 2002


@cache
def majors() -> Mapping[str, Major]:
    """College majors, by CIP 2020 code."""
    return MappingProxyType(
        {
            row["code"]: Major(row["code"], row["title"], tuple(row["occupations"].split()))
            for row in rows(DATA / "majors.csv")
        }
    )


@cache
def members(pathway: str) -> tuple[str, ...]:
    """Ids of the occupations of a pathway of either framework."""
    return tuple(one.id for one in occupations().values() if pathway in (*one.pathways, one.place))


@cache
def of_soc() -> Mapping[str, tuple[str, ...]]:
    """Ids of the occupations under each SOC 2018 code."""
    found: dict[str, tuple[str, ...]] = {}
    for one in occupations().values():
        found[one.soc] = (*found.get(one.soc, ()), one.id)
    return MappingProxyType(found)


@cache
def outdated() -> Mapping[str, tuple[str, ...]]:
    """SOC 2010 codes that SOC 2018 gave up, with the codes that took their place."""
    return MappingProxyType({row["code"]: tuple(row["now"].split()) for row in rows(DATA / "soc2010.csv")})


@cache
def moved_majors() -> Mapping[str, str]:
    """CIP 2010 codes that CIP 2020 moved, with the codes of today."""
    return MappingProxyType({row["code"]: row["now"] for row in rows(DATA / "cip2010.csv")})


@cache
def _outlooks() -> Mapping[str, Outlook]:
    return {
        row["code"]: Outlook(
            code=row["code"],
            title=row["title"],
            employment=float(row["employment_2024_thousands"]),
            change=float(row["change_percent"]),
            openings=float(row["annual_openings_thousands"]),
            wage=int(row["median_annual_wage_2024"]) if row["median_annual_wage_2024"] else None,
            wage_or_more=row["wage_is_floor"] == "1",
            education=row["entry_education"],
            experience=row["work_experience"],
            training=row["training"],
        )
        for row in rows(DATA / "outlook.csv")
    }


def outlook(occupation: Occupation) -> Outlook | None:
    """Employment figures for an occupation, None for the military."""
    return _outlooks()[occupation.outlook] if occupation.outlook else None


@cache
def importances(what: Importances, occupation: str) -> Mapping[str, Fraction] | None:
    """How important each knowledge or skill is in an occupation, from 0 to 100; None where O*NET has no ratings.

    O*NET's ratings run from 1 (not important) to 5 (extremely important); like its own pages, this shows them as
    hundredths of the way from 1 to 5.

    Examples
    --------
    >>> float(importances("knowledge", "17-2141.00")["Mathematics"])
    72.0
    """
    ratings = _ratings(what).get(occupation)
    if ratings is None:
        return None
    return MappingProxyType({name: 25 * (Fraction(rating) - 1) for name, rating in ratings.items()})


@cache
def _ratings(what: Importances) -> Mapping[str, Mapping[str, str]]:
    return {row.pop("code"): row for row in rows(DATA / f"{what}.csv")}
