"""What a student may aim at: an occupation, a cluster, a pathway, a college major; found by code, or by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from catalogs.errors import InputError
from catalogs.sced.titles import stem
from pathways.careers import tables
from pathways.careers.tables import Cluster, Major, Occupation, Pathway

Goal: TypeAlias = Occupation | Cluster | Pathway | Major
Kind = Literal["occupation", "cluster", "pathway", "major"]

KINDS: Mapping[Kind, Callable[[], Mapping[str, Goal]]] = {
    "occupation": tables.occupations,
    "cluster": tables.clusters,
    "pathway": tables.pathways,
    "major": tables.majors,
}
"""Kinds of goal in the order in which equal names are preferred."""

NEAR = 5
"""Names offered where none is the one asked for."""
LONGEST = 200
"""Characters of a question that are read."""

ALIKE = 75.0
"""Least likeness (percent, of Levenshtein's kind) of a word to one that it may misspell."""
BEGINS = 0.9
"""Likeness of a word that was not written to its end."""

_SILENT = frozenset("a all an and except for general in of or other the to with".split())
_CODE = re.compile(r"(\d\d)-?(\d{4})(?:\.(\d\d))?")
_CIP = re.compile(r"(\d\d)\.(\d\d)(\d\d)?")


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a search's answer.

    Attributes
    ----------
    kind : str
        occupation, cluster, pathway or major.
    id, name : str
        Code or id, and name.
    likeness : float
        1 for the same words, less the more of them are missing, added or misspelt.
    """

    kind: Kind
    id: str
    name: str
    likeness: float


def kind_of(goal: Goal) -> Kind:
    """The kind of a goal.

    Examples
    --------
    >>> kind_of(find("17-2141.00"))
    'occupation'
    """
    match goal:
        case Occupation():
            return "occupation"
        case Cluster():
            return "cluster"
        case Pathway():
            return "pathway"
        case Major():
            return "major"


# ------------------------------------------------------------------------------------------------------------ search


def search(text: str, kinds: Collection[Kind] = tuple(KINDS), *, limit: int = 10) -> tuple[Found, ...]:
    """Find goals by the words of their names, misspelt or cut short as they may be.

    Parameters
    ----------
    text : str
        A few words; everyday ones, such as *doctor*, stand for those of the titles.
    kinds : collection of str
        Kinds of goal looked for.
    limit : int
        Most lines of the answer.

    Returns
    -------
    tuple of Found
        The likest first; of equally like ones the occupation with more jobs. Empty where no word is like any.

    Examples
    --------
    >>> [one.name for one in search("mechanical enginer", limit=2)]
    ['Mechanical Engineers', 'Mechanical Engineering']
    """
    asked = _words(text[:LONGEST])
    index = _index()
    likeness: dict[int, float] = defaultdict(float)
    for word in asked:
        nearest: dict[int, float] = {}
        for known, like in _alike(word).items():
            for place in index.places[known]:
                nearest[place] = max(like, nearest.get(place, 0.0))
        for place, like in nearest.items():
            likeness[place] += like
    found = []
    for place, like in likeness.items():
        entry = index.entries[place]
        if entry.kind in kinds and 2 * like >= len(asked):
            found.append((round(2 * like / (len(asked) + entry.words), 6), entry))
    found.sort(key=lambda one: (-one[0], one[1].rank, one[1].id))
    return tuple(Found(entry.kind, entry.id, entry.name, score) for score, entry in found[:limit])


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: Kind
    id: str
    name: str
    words: int
    rank: tuple[int, float]  # of equally like names the one to show first


@dataclass(frozen=True, slots=True)
class _Index:
    entries: tuple[_Entry, ...]
    places: Mapping[str, tuple[int, ...]]


@cache
def _index() -> _Index:
    entries: list[_Entry] = []
    places: dict[str, list[int]] = defaultdict(list)
    for order, (kind, goals) in enumerate(KINDS.items()):
        for goal in goals().values():
            words = _words(goal.name)
            rank = (order, -_weight(goal))
            for word in words:
                places[word].append(len(entries))
            entries.append(_Entry(kind, goal.id, goal.name, len(words), rank))
    return _Index(tuple(entries), {word: tuple(at) for word, at in places.items()})


def _weight(goal: Goal) -> float:
    """What puts a goal before equally like ones: more jobs, the newer framework."""
    match goal:
        case Occupation():
            figures = tables.outlook(goal)
            return figures.employment if figures else 0.0
        case Cluster() | Pathway():
            return goal.framework
        case Major():
            return 0.0


def _words(text: str) -> frozenset[str]:
    every = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    meant = [part for word in every for part in _meanings().get(word, _meanings().get(stem(word), word)).split()]
    return frozenset(stem(word) for word in meant if word not in _SILENT)


@cache
def _meanings() -> Mapping[str, str]:
    return {row["word"]: row["meaning"] for row in tables.rows(tables.DATA / "words.csv")}


def _alike(word: str) -> Mapping[str, float]:
    """Known words that a word may mean, each with its likeness from 0 to 1."""
    from rapidfuzz import fuzz, process

    known = _index().places
    if word in known:
        return {word: 1.0}
    close = {
        str(one): like / 100
        for one, like, _ in process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    }
    if len(word) >= 3:
        close |= {one: BEGINS for one in known if one.startswith(word) and close.get(one, 0.0) < BEGINS}
    return close


# -------------------------------------------------------------------------------------------------------------- find


def find(text: str, kinds: Collection[Kind] = tuple(KINDS)) -> Goal:
    """The goal of a code, an id or a name.

    Codes of SOC 2010 and CIP 2010 that have one successor stand for it. Case, plural endings and punctuation of a name
    do not matter. Where several goals have the name, an occupation comes before a cluster, a pathway and a major, and
    the clusters of 2024 come before the former ones.

    Parameters
    ----------
    text : str
        An O*NET-SOC or SOC code, a CIP code, the id of a cluster or pathway, or a name.
    kinds : collection of str
        Kinds of goal looked for.

    Raises
    ------
    InputError
        For a code that does not exist or was split into several, and for a name that no goal has; the error offers
        near ones.

    Examples
    --------
    >>> find("mechanical engineer").id, find("17-2141").id, find("14.1901").name
    ('17-2141.00', '17-2141.00', 'Mechanical Engineering')
    """
    asked = text.strip()
    for kind in kinds:
        goal = KINDS[kind]().get(asked) or KINDS[kind]().get(asked.lower())
        if goal is not None:
            return goal
    if "occupation" in kinds and (code := _CODE.fullmatch(asked)):
        return _by_soc(f"{code[1]}-{code[2]}", code[3])
    if "major" in kinds and (code := _CIP.fullmatch(asked)):
        return _by_cip(asked)
    likely = search(asked, kinds, limit=NEAR)
    if likely and likely[0].likeness == 1.0:
        return KINDS[likely[0].kind]()[likely[0].id]
    *others, last = kinds
    raise InputError(
        f"there is no {' or '.join((', '.join(others), last)) if others else last} {asked[:80]!r}",
        mend=f"Near it are {'; '.join(f'{one.name} ({one.id})' for one in likely)}"
        if likely
        else "Write a code, or other words for it",
    )


def _by_soc(soc: str, detail: str | None) -> Occupation:
    """The occupation of a code written without dash or detail; the whole SOC group where no detail is given."""
    occupations, own = tables.occupations(), tables.of_soc().get(soc, ())
    if f"{soc}.{detail or '00'}" in occupations:
        return occupations[f"{soc}.{detail or '00'}"]
    code = f"{soc}.{detail}" if detail else soc
    now = [id for one in tables.outdated().get(soc, ()) for id in tables.of_soc()[one] if id.endswith(".00")]
    if len(now) == 1:
        return occupations[now[0]]
    if now:
        raise InputError(
            f"{code} is a code of SOC 2010 that is no longer used",
            mend=f"Today it is {' or '.join(f'{id} {occupations[id].name}' for id in now)}",
        )
    alike = ([id for id in occupations if id.startswith(soc[:length])] for length in (6, 5, 4, 3))
    near = list(own) or next((found for found in alike if found), [])
    raise InputError(f"there is no occupation {code}", mend=_offer([occupations[id] for id in near]))


def _by_cip(code: str) -> Major:
    """The major that a code of CIP 2010 became."""
    if code in tables.moved_majors():
        return tables.majors()[tables.moved_majors()[code]]
    majors = [one for one in tables.majors().values() if one.socs]
    near = [one for one in majors if one.id.startswith(code[:5])] or [one for one in majors if one.id[:3] == code[:3]]
    raise InputError(f"CIP 2020 has no code {code}; it may be one of an earlier edition", mend=_offer(near))


def _offer(near: list[Occupation] | list[Major]) -> str:
    named = "; ".join(f"{one.id} {one.name}" for one in near[:NEAR])
    return f"Codes near it are {named}" if near else "Search by a name instead"
