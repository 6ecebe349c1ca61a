"""Read a balancing file, and say what is wrong with it: file, place, mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from catalogs.documents import MAX_BYTES, Document, Place, parse_json, read_bytes
from catalogs.errors import InputError, InputErrors
from pathways.balance.problem import Balance, Curriculum, Objective, Range

KEYS = (
    *("name", "objective", "periods", "load", "courses", "course", "prerequisite", "curriculum", "undesired"),
    "weights",
)
MAX_CELLS = 1_000_000
"""Courses times periods, above which a file is taken for a mistake."""
MAX_NUMBER = 1_000_000_000
MAX_COST = 2**53


def read_balance(path: Path | str) -> Balance:
    """Read and check a balancing file (JSON, whatever its name ends in).

    Raises
    ------
    InputError
        If it is no such file: wrong types, unknown or repeated ids, a cycle of prerequisites, limits that cannot be.
    """
    path = Path(path)
    raw = read_bytes(path, MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"the byte 0x{raw[error.start]:02x} is not UTF-8",
            file=path.name,
            place=f"line {line}",
            mend="Save the file as UTF-8",
        ) from None
    return parse_balance(text, path.name)


def parse_balance(text: str, file: str) -> Balance:
    """Like `read_balance`, from a text."""
    return _Reader(parse_json(text, file)).read()


class _Reader:
    """Collects the errors of a document, so that all of them are told at once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.errors: list[InputError] = []

    def wrong(self, place: Place, message: str, mend: str | None = None) -> None:
        self.errors.append(self.document.error(place, message, mend))

    def stop_if_wrong(self) -> None:
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InputErrors(self.errors, file=self.document.file)

    def read(self) -> Balance:
        data = self.document.data
        if not isinstance(data, dict):
            self.wrong(
                (), "this is no object", 'Begin the file with { "objective": ..., "periods": ..., "course": ... }'
            )
            self.stop_if_wrong()
        self.keys((), data, KEYS, ("objective", "periods", "course"))
        name = self.text(("name",), data.get("name", ""), empty=True)
        objective: Objective = "gbac" if data.get("objective") == "gbac" else "max-load"
        if "objective" in data and data["objective"] not in ("max-load", "gbac"):
            self.wrong(("objective",), f"there is no objective {_show(data['objective'])}", "Write max-load or gbac")
        periods = self.number(("periods",), data.get("periods", 1), least=1)
        load, courses = (self.limits(key, data.get(key, {})) for key in ("load", "courses"))
        ids, credits = self.courses(data.get("course", []))
        known = {id: number for number, id in enumerate(ids)}
        self.stop_if_wrong()
        if periods * len(ids) > MAX_CELLS:
            self.wrong(
                ("periods",), f"{len(ids)} courses over {periods:,} periods are too many", "Is the number right?"
            )
            self.stop_if_wrong()
        prerequisites = self.pairs("prerequisite", data.get("prerequisite", []), known, None)
        undesired = self.pairs("undesired", data.get("undesired", []), known, periods)
        if "curriculum" in data:
            curricula = self.curricula(data["curriculum"], known)
        else:
            curricula = (Curriculum("all", tuple(range(len(ids)))),)
        weights = data.get("weights", {})
        if self.is_a(("weights",), weights, dict, "an object"):
            self.keys(("weights",), weights, ("balance", "undesired"))
        else:
            weights = {}
        balance_weight, undesired_weight = (
            self.number(("weights", key), weights.get(key, 1)) for key in ("balance", "undesired")
        )
        self.stop_if_wrong()
        self.no_cycle(ids, prerequisites)
        made = Balance(
            *(name, objective, periods, ids, credits, load, courses),
            *(prerequisites, curricula, undesired, balance_weight, undesired_weight),
        )
        worst = balance_weight * sum(periods * made.total(one) ** 2 for one in curricula)
        if max(worst, sum(credits)) + undesired_weight * len(undesired) > MAX_COST:
            self.wrong(("course",), "credits and weights are too large to reckon with", "Use smaller units")
        self.stop_if_wrong()
        return made

    # ------------------------------------------------------------------------------------------------------- values

    def is_a(self, place: Place, value: object, kind: type, words: str) -> bool:
        if isinstance(value, kind):
            return True
        self.wrong(place, f"{_show(value)} is not {words}", f"Write {words}")
        return False

    def keys(self, place: Place, data: Mapping[str, Any], known: Sequence[str], needed: Sequence[str] = ()) -> None:
        for key in data:
            if key not in known:
                self.wrong((*place, key), f"there is no key {_show(key)} here", f"The keys are {', '.join(known)}")
        for key in needed:
            if key not in data:
                self.wrong(place, f"the key {key!r} is missing", f"Add {key!r}")

    def text(self, place: Place, value: object, *, empty: bool = False) -> str:
        if not self.is_a(place, value, str, "a text in quotes"):
            return ""
        if not value and not empty:
            self.wrong(place, "the text is empty", "Write an id")
        return str(value)

    def number(self, place: Place, value: object, least: int = 0) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            mend = "Write a whole number; with half credits, count every number of credits in halves"
            self.wrong(place, f"{_show(value)} is no whole number", mend)
            return least
        if not least <= value <= MAX_NUMBER:
            self.wrong(place, f"{_show(value)} is out of range", f"Write a number from {least} to {MAX_NUMBER:,}")
            return least
        return value

    def limits(self, key: str, value: object) -> Range:
        if not self.is_a((key,), value, dict, "an object"):
            return Range()
        assert isinstance(value, dict)
        self.keys((key,), value, ("min", "max"))
        least, most = (self.number((key, end), value[end]) if end in value else None for end in ("min", "max"))
        if least is not None and most is not None and least > most:
            self.wrong((key,), f"at least {least} and at most {most} cannot be", "Lower min or raise max")
        return Range(least, most)

    def courses(self, value: object) -> tuple[tuple[str, ...], tuple[int, ...]]:
        credits: dict[str, int] = {}
        if self.is_a(("course",), value, list, "a list"):
            assert isinstance(value, list)
            if not value:
                self.wrong(("course",), "there are no courses", 'Add courses, such as {"id": "c1", "credits": 3}')
            for at, one in enumerate(value):
                place = ("course", at)
                if not self.is_a(place, one, dict, "an object"):
                    continue
                self.keys(place, one, ("id", "credits"), ("id", "credits"))
                id = self.text((*place, "id"), one.get("id", "?"))
                if id in credits and "id" in one:
                    self.wrong((*place, "id"), f"the course {_show(id)} stands twice", "Keep one of them")
                credits[id] = self.number((*place, "credits"), one.get("credits", 0))
        return tuple(credits), tuple(credits.values())

    def known(self, place: Place, value: object, known: Mapping[str, int]) -> int | None:
        if isinstance(value, str) and value in known:
            return known[value]
        self.wrong(place, f"there is no course {_show(value)}", "Name a course of the list 'course'")
        return None

    def pairs(
        self, key: str, value: object, known: Mapping[str, int], periods: int | None
    ) -> tuple[tuple[int, int], ...]:
        """Pairs of courses, or of a course and a period; a pair that is repeated says nothing new."""
        found: dict[tuple[int, int], None] = {}
        if not self.is_a((key,), value, list, "a list"):
            return ()
        assert isinstance(value, list)
        for at, pair in enumerate(value):
            place = (key, at)
            if not isinstance(pair, list) or len(pair) != 2:
                example = '["c1", "c2"]' if periods is None else '["c1", 3]'
                self.wrong(place, f"{_show(pair)} is no pair", f"Write a list of two, such as {example}")
                continue
            first = self.known((*place, 0), pair[0], known)
            if periods is None:
                second = self.known((*place, 1), pair[1], known)
            else:
                second = self.number((*place, 1), pair[1], least=1) - 1
                if second >= periods:
                    self.wrong((*place, 1), f"there is no period {pair[1]}", f"The periods are 1 to {periods}")
            if first is not None and second is not None:
                found[first, second] = None
        return tuple(found)

    def curricula(self, value: object, known: Mapping[str, int]) -> tuple[Curriculum, ...]:
        found: dict[str, Curriculum] = {}
        if not self.is_a(("curriculum",), value, list, "a list"):
            return ()
        assert isinstance(value, list)
        if not value:
            self.wrong(("curriculum",), "there are no curricula", "Leave the key out for one with every course")
        for at, one in enumerate(value):
            place = ("curriculum", at)
            if not self.is_a(place, one, dict, "an object"):
                continue
            self.keys(place, one, ("id", "courses"), ("id", "courses"))
            id = self.text((*place, "id"), one.get("id", "?"))
            if id in found and "id" in one:
                self.wrong((*place, "id"), f"the curriculum {_show(id)} stands twice", "Keep one of them")
            members: dict[int, None] = {}
            listed = one.get("courses", [])
            if self.is_a((*place, "courses"), listed, list, "a list"):
                for n, course in enumerate(listed):
                    number = self.known((*place, "courses", n), course, known)
                    if number in members:
                        self.wrong((*place, "courses", n), f"the course {_show(course)} stands twice", "Name it once")
                    if number is not None:
                        members[number] = None
            found[id] = Curriculum(id, tuple(members))
        return tuple(found.values())

    def no_cycle(self, ids: Sequence[str], prerequisites: Sequence[tuple[int, int]]) -> None:
        cycle = find_cycle(prerequisites)
        if cycle:
            place = ("prerequisite", prerequisites.index((cycle[-1], cycle[0])))
            round_trip = " → ".join(ids[course] for course in (*cycle, cycle[0]))
            self.wrong(place, f"prerequisites go in a circle: {round_trip}", "Take one of these prerequisites out")


def find_cycle(pairs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Courses of a cycle of prerequisites, each before the next, or () where there is none."""
    sorter = TopologicalSorter[int]()
    for first, second in pairs:
        sorter.add(second, first)
    try:
        sorter.prepare()
    except CycleError as error:
        return tuple(error.args[1][:-1])
    return ()


def _show(value: object) -> str:
    words = repr(value)
    return words if len(words) <= 60 else words[:57] + "..."
