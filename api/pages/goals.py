"""Goals in the form of a record: what each is called, what typed words may mean, and how their order changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api import known
from catalogs import Catalog, InputError
from pathways.careers import tables
from pathways.careers.goals import LONGEST, search
from pathways.explore import goal_name
from pathways.student import GOALS, Goal
from pathways.targets import CLUSTERS, KINDS, read_goal
from requirements.language import Kind
from requirements.listing import ProgramSummary

if TYPE_CHECKING:
    from api.pages.record import Record

PROPOSED = 8
"""Careers offered for words that name none."""
KIND_WORDS: dict[Kind, str] = {
    "diploma": "Diplomas",
    "endorsement": "Endorsements",
    "admission": "College admission",
    "program_of_study": "Programs of study",
    "recognition": "Honors and seals",
}
KIND_NAMES = {
    "career": "occupation",
    "cluster": "career cluster",
    "pathway": "career pathway",
    "major": "college major",
    "study": "program of study of the school",
    "after": "plan after school",
}
AFTER = {
    "work": "Work",
    "apprenticeship": "An apprenticeship",
    "military": "The military",
    "undecided": "Undecided: keep many fields open",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A goal as the form carries it (``text``), in words; ``wrong`` says why it cannot be used."""

    text: str
    name: str
    kind: str
    wrong: str = ""


def goal_of(text: str) -> Goal:
    """The goal that the form carries as kind and id; an id alone is that of a program."""
    kind, _, value = text.partition(":")
    return Goal.model_validate({kind: value} if kind in GOALS else {"program": text})


def text_of(goal: Goal) -> str:
    """A goal as the form carries it."""
    return ":".join(goal.says)


def shown(text: str, catalog: Catalog) -> Shown:
    """A goal of the form in words."""
    goal = goal_of(text)
    kind, value = goal.says
    try:
        if kind == "program":
            program = known.program(value)
            return Shown(text, program.name, program.kind.replace("_", " "))
        name = AFTER[value] if kind == "after" else goal_name(goal, catalog)
        return Shown(text, name, KIND_NAMES[kind])
    except InputError as error:
        return Shown(text, value, KIND_NAMES.get(kind, "program"), f"{error.message}. {error.mend or ''}".strip())


def groups(programs: Iterable[ProgramSummary], catalog: Catalog) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What may be chosen from a list, by kind: text and name of each goal."""
    every = tuple(programs)
    for kind, words in KIND_WORDS.items():
        own = [(f"program:{one.id}", one.name) for one in every if one.kind == kind]
        if kind != "diploma" and own:
            yield words, own
    studies = [str(one["pathway"]) for one in catalog.programs_of_study.get("programs", ())]
    if studies:
        yield "Programs of study of this school", [(f"study:{name}", name) for name in studies]
    clusters = [one for one in tables.clusters().values() if one.framework == CLUSTERS]
    yield "Career clusters", [(f"cluster:{one.id}", one.name) for one in clusters]
    yield "After school", [(f"after:{value}", name) for value, name in AFTER.items()]


def proposals(words: str, catalog: Catalog) -> tuple[Shown, ...]:
    """Goals that typed words may mean, the likest first."""
    kinds = {own: kind for kind, own in KINDS.items()}
    found = [f"{kinds[one.kind]}:{one.id}" for one in search(words[:LONGEST], limit=PROPOSED)]
    return tuple(shown(text, catalog) for text in found)


def edited(record: Record, do: str, catalog: Catalog) -> Record:
    """The form after a button of its goals was pressed; ``told`` says what happened.

    Parameters
    ----------
    do
        ``find``, ``pick``, ``add:GOAL``, or ``up:N``, ``down:N``, ``remove:N`` with the place of a goal.
    """
    what, _, value = do.partition(":")
    if what == "find":
        return _found(record, catalog)
    if what == "pick":
        return _added(replace(record, pick=""), record.pick, catalog)
    if what == "add":
        return _added(replace(record, add=""), value, catalog)
    place = int(value) if value.isdecimal() else -1
    other = {"up": place - 1, "down": place + 1, "remove": place}.get(what, -1)
    if not (0 <= place < len(record.goals) and 0 <= other < len(record.goals)):
        return record
    goals = list(record.goals)
    text = goals.pop(place)
    name = shown(text, catalog).name
    if what == "remove":
        return replace(record, goals=goals, told=f"{name} is no goal any more.")
    goals.insert(other, text)
    return replace(record, goals=goals, told=f"{name} is goal {other + 1} now.")


def _found(record: Record, catalog: Catalog) -> Record:
    """Typed words that name a goal add it; others bring what they may mean."""
    if not record.add:
        return replace(record, told="Write a name or a code to look up.")
    try:
        goal = read_goal(record.add[:LONGEST], catalog)
    except InputError as error:
        if search(record.add[:LONGEST], limit=1):
            return replace(record, told=f"“{record.add[:60]}” may mean one of these.")
        words = f"{error.message}. {error.mend or ''}".strip()
        return replace(record, told=words[:1].upper() + words[1:])
    return _added(replace(record, add=""), text_of(goal), catalog)


def _added(record: Record, text: str, catalog: Catalog) -> Record:
    try:
        one = shown(text, catalog) if text else None
    except ValueError:
        one = None
    if one is None or one.wrong:
        return replace(record, told="Choose a goal first." if one is None else one.wrong)
    if text in record.goals:
        return replace(record, told=f"{one.name} is goal {record.goals.index(text) + 1} already.")
    return replace(
        record, goals=[*record.goals, text], told=f"{one.name} ({one.kind}) is goal {len(record.goals) + 1} now."
    )
