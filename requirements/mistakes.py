"""What is wrong in a rule file, said with its line and with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from catalogs.documents import Document, Place
from catalogs.errors import InputError, InputErrors
from catalogs.grading import Grading
from requirements import vocabulary
from requirements.language import (
    AllOf,
    AnyOf,
    Cap,
    Cohorts,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    LadderFloor,
    Limit,
    Program,
    Reference,
    Selector,
    Substitution,
    Task,
    Total,
    Unit,
    walk,
)

MOST_ERRORS = 100  # of one sort in one file; more are not worth the time it takes to look for near misses
PARTS = ("parts", "all_of", "any_of")
_LISTS = {"requirements", *PARTS}  # lists of requirements: pydantic puts a tag after each position
_MODELS: Mapping[str, type[BaseModel]] = {
    "credits": CreditRequirement,
    "courses": CourseRequirement,
    "all_of": AllOf,
    "any_of": AnyOf,
    "task": Task,
    "gpa": Gpa,
    "total": Total,
}
_PARTS: Mapping[str, type[BaseModel]] = {
    **dict.fromkeys(("from", "any", "all", "exclude", "maybe", "allowed"), Selector),
    "ladder": LadderFloor,
    "caps": Cap,
    "substitutions": Substitution,
    "limits": Limit,
    "references": Reference,
    "unit": Unit,
    "cohorts": Cohorts,
}


def together(errors: Sequence[InputError], document: Document) -> InputError:
    """Several errors as one, in the order of their lines."""
    if len(errors) == 1:
        return errors[0]
    places = sorted(errors, key=lambda e: int("".join(c for c in (e.place or "0").split(",")[0] if c.isdigit()) or 0))
    return InputErrors(places, file=document.file)


def error_at(document: Document, place: Place, message: str, mend: str | None = None) -> InputError:
    """An error at the nearest place around that has a line."""
    while place and place not in document.lines:
        place = place[:-1]
    return document.error(place, message, mend)


def near(word: str, known: Iterable[str]) -> str | None:
    """A sentence that proposes the known words nearest to a wrong one, or None."""
    close = get_close_matches(word, list(known), n=3)
    return f"Did you mean {' or '.join(close)}?" if close else None


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping with " + (", ".join(str(key)[:30] for key in list(value)[:5]) or "no key")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


_PYDANTIC = re.compile(r"^Input should be|^(?:String|Tuple|List|Dictionary) should have")
_GRADES = ("during", "each_grade")


def explained(document: Document, wrong: ErrorDetails) -> InputError:
    """One of pydantic's errors in words, at its place in the file."""
    place: Place = ()
    model: type[BaseModel] = Program
    tagged = False
    for step in wrong["loc"]:
        if tagged and step in _MODELS:
            model, tagged = _MODELS[str(step)], False
            continue
        tagged = isinstance(step, int) and bool(place) and place[-1] in _LISTS
        if isinstance(step, str) and step in _PARTS and step in _keys(model):
            model = _PARTS[step]
        place = (*place, step)
    kind, found = wrong["type"], wrong["input"]
    key = str(place[-1]) if place else ""
    expected = _PYDANTIC.sub("expected", wrong["msg"].removeprefix("Value error, "))
    if kind == "missing":
        return error_at(document, place, f"the key {key!r} is missing")
    if kind == "extra_forbidden":
        return error_at(
            document, place, f"unknown key {_short(key)}", near(key, _keys(model)) or f"Known are {_and(_keys(model))}"
        )
    if kind == "requirement_kind":
        names = [str(name) for name in found] if isinstance(found, dict) else []
        mend = next((hint for name in names if name not in _MODELS and (hint := near(name, _MODELS))), None)
        return error_at(document, place, f"{expected}; found {_short(found)}", mend)
    if kind == "literal_error":
        choices = wrong.get("ctx", {}).get("expected", "").replace(" or ", ", ").split(", ")
        mend = near(found, [choice.strip("'") for choice in choices]) if isinstance(found, str) else None
        return error_at(document, place, f"{expected}, found {_short(found)}", mend)
    if kind == "string_pattern_mismatch":
        return error_at(
            document, place, f"expected an id of small letters, digits, '-', '_' and '.', found {_short(found)}"
        )
    if kind == "tuple_type" and key in _GRADES:
        return error_at(document, place, f"expected a list of grades such as [11, 12], found {_short(found)}")
    if kind in ("string_type", "tuple_type") and isinstance(found, (int, float)) and not isinstance(found, bool):
        what = "text" if kind == "string_type" else "text or a list"
        return error_at(document, place, f"expected {what}, found the number {_short(found)}", "Put it in quotes")
    if kind == "tuple_type":
        expected = "expected a list"
    elif kind in ("model_type", "dict_type", "model_attributes_type"):
        expected = "expected a mapping of keys and values"
    elif kind == "value_error":
        return error_at(document, place, expected)
    return error_at(document, place, f"{expected}, found {_short(found)}")


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + "".join(words[-1:])


def word_errors(document: Document, data: Any, place: Place) -> Iterator[InputError]:
    """Words that the vocabulary does not have, wherever a selector names them; marks that are none."""
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from word_errors(document, item, (*place, i))
    if not isinstance(data, dict):
        return
    for key, value in data.items():
        here = (*place, key)
        if key in _LOOKUP:
            for i, word in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(word, str):
                    yield from _unknown(document, (*here, i), key, word)
        elif key == "ladder" and isinstance(value, dict):
            yield from _ladder_errors(document, value, here)
        elif key == "minimum_mark" and isinstance(value, str) and Grading().rank(value) is None:
            yield error_at(
                document, here, f"{_short(value)} is no mark", "Write a letter (C, B-) or a number from 0 to 100"
            )
        else:
            yield from word_errors(document, value, here)


_LOOKUP: Mapping[str, Callable[[str], object]] = {
    "term": vocabulary.term,
    "subject": vocabulary.subject,
    "set": vocabulary.set_,
    "sced": vocabulary.expand,
}


def _unknown(document: Document, place: Place, key: str, word: str) -> Iterator[InputError]:
    if len(word) > 80:
        yield error_at(document, place, f"unknown {key} {_short(word)}")
        return
    try:
        _LOOKUP[key](word)
    except InputError as wrong:
        mend = wrong.mend
        meant = vocabulary.resolve(word) if key == "term" else None
        if meant is not None:
            mend = f"Did you mean {meant.id}?"
        yield error_at(document, place, wrong.message, mend)


def _ladder_errors(document: Document, value: Mapping[Any, Any], place: Place) -> Iterator[InputError]:
    name, rung = value.get("name"), value.get("at_least")
    if not isinstance(name, str):
        return
    try:
        found = vocabulary.ladder(name)
        if type(rung) is int:
            found.at_or_above(rung)
    except InputError as wrong:
        yield error_at(document, place, wrong.message, wrong.mend)


def name_errors(document: Document, below: Sequence[Program]) -> list[InputError]:
    """References that are not listed, two requirements of one name, substitutions for what is not there.

    `below` holds the resolved program of the layer under this one, if there is one, and what both give together.
    """
    data = document.data
    listed = data.get("references")
    references = (
        {str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one}
        if isinstance(listed, list)
        else set()
    )
    paths: dict[str, Place] = {}
    errors: list[InputError] = []
    for path, place in _paths(data.get("requirements"), ("requirements",), ""):
        if path in paths and len(errors) < MOST_ERRORS:
            first = document.line(paths[path])
            errors.append(
                error_at(
                    document, place, f"two requirements are called {_short(path)}", f"The first is on line {first}"
                )
            )
        paths.setdefault(path, place)
    known = set(paths)
    for program in below:
        references |= {one.id for one in program.references}
        known |= {path for path, _ in walk(program.requirements)}
    for place, name in _mentions(data, ()):
        if name not in references and len(errors) < MOST_ERRORS:
            errors.append(error_at(document, place, f"reference {_short(name)} is not listed", near(name, references)))
    for where, target in _targets(data):
        if target not in known and len(errors) < MOST_ERRORS:
            what = "to stand in for" if where[0] == "substitutions" else "to limit"
            errors.append(
                error_at(document, where, f"there is no requirement {_short(target)} {what}", near(target, known))
            )
    return errors


def _targets(data: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Requirements that substitutions and limits name."""
    for section, key in (("substitutions", "instead_of"), ("limits", "over")):
        items = data.get(section)
        for i, item in enumerate(items if isinstance(items, list) else ()):
            named = item.get(key) if isinstance(item, dict) else None
            if isinstance(named, str):
                yield (section, i, key), named
            for j, one in enumerate(named if isinstance(named, list) else ()):
                if isinstance(one, str):
                    yield (section, i, key, j), one


def _paths(items: Any, place: Place, prefix: str) -> Iterator[tuple[str, Place]]:
    for i, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            path = prefix + item["id"]
            yield path, (*place, i)
            for key in PARTS:
                yield from _paths(item.get(key), (*place, i, key), path + "/")


def _mentions(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from _mentions(item, (*place, i))
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "reference" and isinstance(value, str):
                yield (*place, key), value
            else:
                yield from _mentions(value, (*place, key))
