"""The shared vocabulary of the rules: which national course codes a word of a graduation rule means.

Rules speak of "Algebra I", of "science" or of "a laboratory science", never of one district's course numbers. This
package joins those words to SCED codes (version 12, bundled in :mod:`catalogs.sced`), so that one rule file serves
every catalog that carries SCED codes.

All of it is data, kept by hand in ``data/*.csv`` and read once, when first asked for. A cell that holds codes is a list
of selectors with spaces between, each as :func:`expand` reads it.

============== ==================================================================================================
terms.csv      named courses and kinds of courses, each with its codes, its look-alikes and how sure the reading is
aliases.csv    phrases that rules use, each with the term it means (under some subjects only, where that is said)
sets.csv       named sets of codes
subjects.csv   the subjects of requirements
ladders.csv    courses in order, and the courses beside that order
languages.csv  the world languages, each code at its level
series.csv     what "in the same series" means outside languages
============== ==================================================================================================

Examples
--------
>>> sorted(term("algebra-1").sure)
['02052']
>>> "02051" in term("algebra-1").traps  # Pre-Algebra looks like it and is not
True
>>> series("24052") == series("24064") == "spanish"
True
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from catalogs import sced
from catalogs.errors import InputError

__all__ = [
    "Ladder",
    "Side",
    "Subject",
    "Term",
    "expand",
    "ladder",
    "ladders",
    "language_level",
    "resolve",
    "series",
    "set_",
    "set_title",
    "sets",
    "subject",
    "subjects",
    "term",
    "terms",
]

_DATA = Path(__file__).parent / "data"
_NOTHING: frozenset[str] = frozenset()
_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True)
class Term:
    """A named course, or a named kind of courses, of the rules.

    Attributes
    ----------
    id : str
        Key, for example ``algebra-1``.
    name : str
        Name for people.
    subject : str or None
        Subject it belongs to.
    kind : str
        ``course``, ``kind``, ``area`` (a whole subject), ``floor`` (a rung and all above it), ``sequence`` (several of
        one series), ``composite`` (made of other terms), ``judgement`` (a person or a state's list decides: nothing is
        sure) or ``non_course`` (no course at all: it has no codes).
    sure : frozenset of str
        Codes that satisfy it by themselves.
    maybe : frozenset of str
        Codes that some states or districts accept: a person must confirm.
    together : tuple of frozenset of str
        Groups that satisfy it once every code of the group is earned.
    why : str or None
        Why its reading is not sure; None where it is.
    note : str or None
        What the codes cannot say.
    confidence : str
        ``sure``, ``likely`` or ``doubtful`` (nothing of it is in `sure`).
    parts : tuple of str
        Ids of terms that satisfy it when a course is earned for each of them.
    traps : frozenset of str
        Codes that look like it and do not satisfy it.
    """

    id: str
    name: str
    subject: str | None
    kind: str
    sure: frozenset[str]
    maybe: frozenset[str]
    together: tuple[frozenset[str], ...]
    why: str | None
    note: str | None
    confidence: str
    parts: tuple[str, ...]
    traps: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of requirements: `codes` belong to it everywhere, `maybe` in part of the states or districts."""

    name: str
    codes: frozenset[str]
    maybe: frozenset[str]


@dataclass(frozen=True, slots=True)
class Side:
    """Courses beside a ladder: they count for floors up to rung `counts_to` (0: for none)."""

    counts_to: int
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Courses in order.

    Attributes
    ----------
    name : str
        Key, for example ``mathematics``.
    rungs : tuple of frozenset of str
        From rung 1 up; a code stands on one rung only.
    foundation : frozenset of str
        Courses below rung 1.
    side : tuple of Side
        Courses beside the ladder, such as statistics.
    titles : tuple of str
        What stands on each rung, for people.
    """

    name: str
    rungs: tuple[frozenset[str], ...]
    foundation: frozenset[str]
    side: tuple[Side, ...]
    titles: tuple[str, ...] = ()

    def at_or_above(self, rung: int) -> frozenset[str]:
        """Codes at a rung or above it.

        Side courses are taken in where the data say that they count that far: Statistics counts as "Algebra II or
        higher", Consumer Mathematics not even as "Algebra I or higher".

        Parameters
        ----------
        rung : int
            From 1 to the number of rungs.

        Raises
        ------
        InputError
            If the ladder has no such rung.
        """
        if not 1 <= rung <= len(self.rungs):
            raise InputError(
                f"ladder {self.name} has no rung {rung}",
                mend=f"Write a rung from 1 to {len(self.rungs)}",
            )
        beside = (side.codes for side in self.side if side.counts_to >= rung)
        return _NOTHING.union(*self.rungs[rung - 1 :], *beside)


def terms() -> Mapping[str, Term]:
    """Every term by its id, in the order of the data."""
    return _terms()


def term(id: str) -> Term:
    """Return the term of an id.

    Raises
    ------
    InputError
        If there is none; the message names ids that look like it.
    """
    return _lookup(_terms(), id, "term")


def subjects() -> tuple[str, ...]:
    """Names of all subjects."""
    return tuple(_subjects())


def subject(name: str) -> Subject:
    """Return a subject by its name (``english``, ``mathematics``, ...); raises InputError if there is none."""
    return _lookup(_subjects(), name, "subject")


def sets() -> tuple[str, ...]:
    """Names of all sets."""
    return tuple(_sets())


def set_(name: str) -> frozenset[str]:
    """Return the codes of a named set (``science_lab``, ``ap``, ...); raises InputError if there is none."""
    return _lookup(_sets(), name, "set")


@cache
def set_title(name: str) -> str:
    """Return what a named set is called by people."""
    titles = {row["name"]: row["title"] for row in _rows("sets.csv")}
    return titles.get(name) or name.replace("_", " ") + " courses"


def ladders() -> tuple[str, ...]:
    """Return the names of all ladders."""
    return tuple(_ladders())


def ladder(name: str) -> Ladder:
    """Return a ladder by its name; raises InputError if there is none.

    ``world_language`` has the languages side by side: level 2 of every language is its rung 2.
    """
    return _lookup(_ladders(), name, "ladder")


@lru_cache(maxsize=1024)
def expand(spec: str) -> frozenset[str]:
    """Return the codes that a selector means.

    Parameters
    ----------
    spec : str
        One of

        - ``02052``: one code of the list;
        - ``02101-02126``: every code of the list from the first to the last, less the set ``never``;
        - ``set:NAME``: a named set;
        - ``area:NN``: a subject area of SCED, less the sets ``never``, ``aides`` and ``support``;
        - ``suffix:998``: every code that ends so, less the same sets;
        - ``ladder:NAME:RUNG``: a rung of a ladder and all above it, see :meth:`Ladder.at_or_above`.

    Raises
    ------
    InputError
        If the selector is none of these, or names no code.

    Examples
    --------
    >>> sorted(expand("02051-02054"))
    ['02051', '02052', '02053', '02054']
    """
    word, colon, rest = spec.partition(":")
    if not colon:
        return _codes(spec) - (_never() if "-" in spec else _NOTHING)
    if word == "set":
        return set_(rest)
    if word == "ladder":
        name, _, rung = rest.partition(":")
        if rung.isdecimal():
            return ladder(name).at_or_above(int(rung))
    if word in ("area", "suffix") and rest.isdecimal():
        found = frozenset(
            code for code in sced.codes() if (code[:2] == rest if word == "area" else code.endswith(rest))
        )
        if found:
            return found - _never() - set_("aides") - set_("support")
    raise InputError(
        f"no course codes for {spec!r}",
        mend="Write a code (02052), a range (02101-02126), set:NAME, area:NN, suffix:NNN or ladder:NAME:RUNG",
    )


def series(code: str) -> str | None:
    """Return the series a code belongs to, for rules such as "two credits of the same language".

    A world language is one series with its courses for native speakers, its AP and its IB courses (``spanish``).
    Languages that share the code "other language" cannot be told apart by it: they are all ``other_language``.
    A career course belongs to its SCED area (``cte-14`` is health care): a hint only, as the state or the district
    keeps the list of a pathway. JROTC has a series for each branch of service, the arts one for each discipline
    (``arts-music``). None for every other code.
    """
    return _series().get(code)


def language_level(code: str) -> int | None:
    """Return the level of a world-language code, from 1 to 6, or None where the code has none.

    Levels I to V are SCED's own titles. The rest is a low reading: an IB ab initio course stands at 1 (it begins from
    nothing), a course for native speakers at 2, conversation and culture at 3, a literature course and IB language B at
    4, AP language and IB language A at 5, AP literature at 6. Field experience, topics, "other" and Middle Years codes
    have no level.
    """
    return _language_levels().get(code)


def resolve(phrase: str, subject: str | None = None) -> Term | None:
    """Return the term that a phrase of a rule means, or None if it is not known.

    The phrase as written goes before the same phrase in other letter case, and a reading for the `subject` before one
    for every subject ("AP" under mathematics is AP mathematics). Names of terms resolve as well.
    """
    wanted = " ".join(phrase.split())
    known = _aliases().get(wanted.casefold(), ())
    exact = tuple(alias for alias in known if alias.phrase == wanted)
    fitting = [alias for alias in exact or known if not alias.subjects or subject in alias.subjects]
    narrow = {alias.term for alias in fitting if alias.subjects} or {alias.term for alias in fitting}
    return _terms()[narrow.pop()] if len(narrow) == 1 else None


@dataclass(frozen=True, slots=True)
class _Alias:
    phrase: str
    subjects: tuple[str, ...]
    term: str


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _lookup(known: Mapping[str, _Entry], name: str, what: str) -> _Entry:
    try:
        return known[name]
    except KeyError:
        raise InputError(f"unknown {what} {name!r}", mend=_near(name, known)) from None


def _near(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else None


def _codes(spec: str) -> frozenset[str]:
    """Codes of one code or of a range, with nothing left out."""
    codes = sced.codes()
    first, dash, last = spec.partition("-")
    if not dash:
        if spec in codes:
            return frozenset((spec,))
        newer = sced.current(spec)
        mend = f"Write {newer}, which took its place" if newer else _near(spec, codes)
        raise InputError(f"{spec!r} is no code of the national list (SCED version 12)", mend=mend)
    inside = frozenset(code for code in codes if first <= code <= last)
    if len(first) == len(last) == 5 and inside:
        return inside
    raise InputError(
        f"no course codes in the range {spec!r}",
        mend="Write two codes, the lower first: 02101-02126",
    )


def _expand_all(cell: str) -> frozenset[str]:
    return _NOTHING.union(*map(expand, cell.split()))


@cache
def _never() -> frozenset[str]:
    """Codes that ranges pass over; the ranges of this one set are taken whole."""
    cell = next(row["codes"] for row in _rows("sets.csv") if row["name"] == "never")
    return _NOTHING.union(*map(_codes, cell.split()))


@cache
def _sets() -> Mapping[str, frozenset[str]]:
    found = {
        row["name"]: _never() if row["name"] == "never" else _expand_all(row["codes"]) for row in _rows("sets.csv")
    }
    return MappingProxyType(found)


@cache
def _subjects() -> Mapping[str, Subject]:
    found = {}
    for row in _rows("subjects.csv"):
        codes = _expand_all(row["codes"])
        found[row["name"]] = Subject(row["name"], codes, _expand_all(row["maybe"]) - codes)
    return MappingProxyType(found)


@cache
def _ladders() -> Mapping[str, Ladder]:
    found: dict[str, Ladder] = {}
    for row in _rows("ladders.csv"):
        name, codes = row["ladder"], _expand_all(row["codes"])
        so_far = found.get(name) or Ladder(name, (), _NOTHING, ())
        rungs, foundation, side, titles = so_far.rungs, so_far.foundation, so_far.side, so_far.titles
        match row["rung"]:
            case "foundation":
                foundation = codes
            case "side":
                side = (*side, Side(int(row["counts_to"]), codes))
            case _:
                rungs, titles = (*rungs, codes), (*titles, row["what"].partition(";")[0])
        found[name] = Ladder(name, rungs, foundation, side, titles)
    levels = _language_levels()
    rungs = tuple(frozenset(code for code in levels if levels[code] == rung) for rung in range(1, 7))
    found["world_language"] = Ladder(
        "world_language", rungs, _NOTHING, (), tuple(f"level {rung}" for rung in range(1, 7))
    )
    return MappingProxyType(found)


@cache
def _language_levels() -> Mapping[str, int]:
    rows = _rows("languages.csv")
    return {code: level for row in rows for level in range(1, 7) for code in row[str(level)].split()}


@cache
def _series() -> Mapping[str, str]:
    columns = (*"123456", "no_level")
    found = {code: row["key"] for row in _rows("languages.csv") for column in columns for code in row[column].split()}
    for row in _rows("series.csv"):
        found.update(dict.fromkeys(_expand_all(row["codes"]), row["key"]))
    return found


@cache
def _terms() -> Mapping[str, Term]:
    rows = {row["id"]: row for row in _rows("terms.csv")}
    found = {id: _read_term(row, rows) for id, row in rows.items()}
    return MappingProxyType(found)


def _read_term(row: dict[str, str], rows: dict[str, dict[str, str]]) -> Term:
    choices = [_read_term(rows[id], rows) for id in row["any_of"].split()]
    sure = _expand_all(row["sure"]).union(*(choice.sure for choice in choices))
    own_groups = (frozenset(group.split("+")) for group in row["together"].split())
    return Term(
        id=row["id"],
        name=row["name"],
        subject=row["subject"] or None,
        kind=row["kind"],
        sure=sure,
        maybe=_expand_all(row["maybe"]).union(*(choice.maybe for choice in choices)) - sure,
        together=(
            *own_groups,
            *(group for choice in choices for group in choice.together),
        ),
        why=row["why"] or None,
        note=row["note"] or None,
        confidence=row["confidence"],
        parts=tuple(row["all_of"].split()),
        traps=_expand_all(row["traps"]),
    )


@cache
def _aliases() -> Mapping[str, tuple[_Alias, ...]]:
    found: dict[str, tuple[_Alias, ...]] = {}
    aliases = [_Alias(row["phrase"], tuple(row["subjects"].split()), row["term"]) for row in _rows("aliases.csv")]
    read = {alias.phrase.casefold() for alias in aliases}
    names = [_Alias(term.name, (), term.id) for term in _terms().values() if term.name.casefold() not in read]
    for alias in (*aliases, *names):
        key = alias.phrase.casefold()
        found[key] = (*found.get(key, ()), alias)
    return found
