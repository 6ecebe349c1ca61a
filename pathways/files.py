"""Students and plans from files, and the bundled examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from catalogs import InputError, InputErrors
from catalogs.documents import Document, read_yaml
from pathways.student import Student

Model = TypeVar("Model", bound=BaseModel)
EXAMPLES = files("pathways") / "examples"


def read_student(path: str | Path) -> Student:
    """A student's record from a YAML or JSON file.

    Raises
    ------
    InputError
        Naming file, line and mend.
    """
    return read_model(Student, path)


def read_model(model: type[Model], path: str | Path) -> Model:
    """A published model (a plan, say) from a JSON or YAML file, with errors that name the line."""
    document = read_yaml(Path(path))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise input_errors(error, document) from None


@contextmanager
def naming(name_or_path: str) -> Iterator[None]:
    """Errors inside name the student's file, and the line that their place stands on."""
    try:
        yield
    except InputError as error:
        path = Path(name_or_path)
        document = read_yaml(path) if path.exists() else None
        for one in (error, *getattr(error, "errors", ())):
            if one.file is None and document is not None:
                one.file = document.file
                one.place = _with_line(one.place or "", document)
        raise


def _with_line(place: str, document: Document) -> str:
    """``transcript line 3`` or ``pins`` with the line of the file it stands on."""
    found = re.match(r"(\w+)(?: line (\d+))?", place)
    if found is None or found[1] not in document.data:
        return place
    inside = (found[1], int(found[2]) - 1) if found[2] else (found[1],)
    return f"line {document.line(inside)}, {place}"


def input_errors(error: ValidationError, document: Document) -> InputError:
    """A model's validation error as input errors that name line, place and what was expected."""
    found = []
    for wrong in error.errors(include_url=False):
        place = tuple(part for part in wrong["loc"] if isinstance(part, int) or not str(part).startswith("function-"))
        words = wrong["msg"].removeprefix("Value error, ")
        where = ".".join(str(part) for part in place)
        mend: str | None
        if wrong["type"] == "extra_forbidden":
            words, mend = f"the key {place[-1]!r} is not known here", "check its spelling, or take it out"
        elif wrong["type"] == "missing":
            words, mend = f"{where} is missing", "add it"
            place = place[:-1]
        else:
            shown = str(wrong["input"])
            mend = f"found {shown[:60]!r} under {where}" if where else None
        found.append(document.error(place, words, mend))
    return found[0] if len(found) == 1 else InputErrors(found, file=document.file)


@cache
def examples() -> tuple[str, ...]:
    """Ids of the bundled example students."""
    return tuple(sorted(p.name.removesuffix(".yaml") for p in EXAMPLES.iterdir() if p.name.endswith(".yaml")))


@cache
def load_example(name: str) -> Student:
    """A bundled example student."""
    if name not in examples():
        raise InputError(f"there is no example {name!r}", mend=f"the examples are {', '.join(examples())}")
    return read_student(Path(str(EXAMPLES / f"{name}.yaml")))


def find_student(name_or_path: str) -> tuple[Student, Path | None]:
    """A student by the id of an example, or from a file; with the folder that relative catalog paths are meant from."""
    path = Path(name_or_path)
    if not path.exists() and name_or_path in examples():
        return load_example(name_or_path), None
    if not path.exists():
        raise InputError(
            f"there is no file {name_or_path!r} and no example of that name",
            mend=f"give the path of a student's YAML or JSON file, or one of {', '.join(examples())}",
        )
    return read_student(path), path.parent
