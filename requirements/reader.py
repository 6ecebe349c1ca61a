"""Read rule files: one layer as written, or a program resolved with the layers below it.

Bundled files are ``data/<jurisdiction>/<id>.yaml``: the name of a file is the id of its program. Run
``python -m requirements.reader`` to print the JSON schema of a rule file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from catalogs.documents import Document, read_yaml
from catalogs.errors import InputError
from requirements.language import (
    AllOf,
    AnyOf,
    AnyRequirement,
    CreditRequirement,
    Limit,
    Program,
    Rule,
    Substitution,
    Total,
    children,
    walk,
)
from requirements.mistakes import MOST_ERRORS, PARTS, error_at, explained, name_errors, near, together, word_errors

DATA = Path(__file__).parent / "data"
SUFFIXES = (".yaml", ".yml", ".json")
RULES = "PATHWAYS_RULES"  # folders of a district's own rules
JURISDICTION = "jurisdiction"  # stem of the file that tells of a jurisdiction, not of a program

Stamp = tuple[Path, int, int]
_Named = TypeVar("_Named", bound=Rule)


# ----------------------------------------------------------------------------------------------------- one file


def read_program(path: Path | str) -> Program:
    """Read one rule file as written, without the layers below it.

    Raises
    ------
    InputError
        Naming file and line, with near misses for unknown words; `InputErrors` where there are several.

    Examples
    --------
    >>> read_program(program_files()["us-tx-fhsp-2026"]).cohorts.from_
    2026
    """
    return _read(_stamp(Path(path)))[0]


def _stamp(path: Path) -> Stamp:
    """What tells one state of a file from another, so that an edited file is read again."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return (path, 0, 0)
    return (path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1024)
def _read(stamp: Stamp) -> tuple[Program, Document]:
    document = read_yaml(stamp[0])
    return parse_program(document), document


def parse_program(document: Document) -> Program:
    """Like `read_program`, from a document already read."""
    if not isinstance(document.data, dict):
        raise document.error(
            (), "a rule file is a mapping with the keys id, name, jurisdiction, kind, requirements ..."
        )
    errors = list(islice(word_errors(document, document.data, ()), MOST_ERRORS))
    if not document.data.get("extends"):
        errors += name_errors(document, ())
    program = None
    try:
        program = Program.model_validate(document.data)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False)
        below = {one["loc"][:i] for one in found for i in range(len(one["loc"]))}
        # A list is also called too short once one of its items is wrong; problems of the whole (loc is empty) repeat
        # what was already said with its line.
        own = [one for one in found if one["loc"] not in below and (one["loc"] or not errors)]
        errors += [explained(document, one) for one in own[:MOST_ERRORS]]
    except RecursionError:
        errors.append(document.error((), "requirements or selectors are nested too deeply"))
    if errors or program is None:
        raise together(errors, document)
    return program


# --------------------------------------------------------------------------------------------------------- layers


def program_files(folders: Iterable[Path | str] = ()) -> dict[str, Path]:
    """Rule files by the id of their program: the bundled ones, and those of further folders, which go before those.

    The environment variable ``PATHWAYS_RULES`` names folders of a district's own rules, ``:`` between them (``;`` on
    Windows).

    Raises
    ------
    InputError
        If one folder holds two files of the same name.
    """
    found: dict[str, Path] = {}
    own = [Path(one) for one in os.environ.get(RULES, "").split(os.pathsep) if one]
    for folder in own:
        if not folder.is_dir():
            raise InputError(f"{RULES} names {str(folder)!r}, which is no folder", mend="Name folders of rule files")
    found |= _bundled_files(tuple(folder.stat().st_mtime_ns for folder in (DATA, *_bundled_folders())))
    for folder in (*own, *map(Path, folders)):
        here: dict[str, Path] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.stem != JURISDICTION:
                if path.stem in here:
                    raise InputError(
                        f"two rule files are called {path.stem}: {here[path.stem].name} and {path}", mend="Rename one"
                    )
                here[path.stem] = path
        found |= here
    return dict(sorted(found.items()))


@cache
def _bundled_folders() -> tuple[Path, ...]:
    return tuple(sorted(path for path in DATA.iterdir() if path.is_dir()))


@lru_cache(maxsize=4)
def _bundled_files(stamps: tuple[int, ...]) -> dict[str, Path]:
    """The bundled rule files, listed anew once a folder has changed."""
    return {
        path.stem: path
        for folder in _bundled_folders()
        for path in sorted(folder.iterdir())
        if path.suffix in SUFFIXES and path.stem != JURISDICTION
    }


def load(id_or_path: Path | str, folders: Iterable[Path | str] = ()) -> Program:
    """Load a program with all its layers joined.

    A layer's requirements, substitutions and references replace those of the same id below and the rest is added after
    them; `drop` takes requirements away, and substitutions for them fall with them. Credits of a lower layer are
    converted to the layer's unit. What the layer does not say (cohorts, unit, route, note ...) holds as below.
    The result extends nothing.

    Parameters
    ----------
    id_or_path : str or Path
        Id of a program, or a rule file. The layers below a file are looked up in its own folder first.
    folders : iterable of Path, optional
        Folders with further rule files.

    Raises
    ------
    InputError
        If there is no such program, a layer is missing or extends itself, or a file has errors.

    Examples
    --------
    >>> load("us-tx-fhsp-2026").name
    'Foundation High School Program without endorsement'
    """
    folders = tuple(map(Path, folders))
    is_file = isinstance(id_or_path, Path) or id_or_path.endswith(SUFFIXES) or os.sep in id_or_path
    if is_file:
        path = Path(id_or_path)
        if path.parent not in (DATA, *DATA.iterdir()):
            folders = (*folders, path.parent)
        files = program_files(folders) if read_program(path).extends else {}
    else:
        files = program_files(folders)
        if id_or_path not in files:
            raise InputError(f"there is no program {str(id_or_path)[:80]!r}", mend=near(str(id_or_path), files))
        path = files[str(id_or_path)]
    return join(chain_of(path, files))


def chain_of(path: Path, files: Mapping[str, Path]) -> tuple[Stamp, ...]:
    """The file and those of the layers below it, the topmost first."""
    chain = [_stamp(path)]
    ids: list[str] = []
    while True:
        program, document = _read(chain[-1])
        stem = chain[-1][0].stem
        if program.id != stem and files.get(stem) == chain[-1][0]:
            raise document.error(
                ("id",), f"the id is {program.id!r} but the file is called {stem!r}", "Call both alike"
            )
        ids.append(program.id)
        if not program.extends:
            return tuple(chain)
        if program.extends in ids:
            raise document.error(("extends",), f"layers run in a circle: {' -> '.join([*ids, program.extends])}")
        if program.extends not in files:
            raise document.error(
                ("extends",), f"there is no program {program.extends!r} to extend", near(program.extends, files)
            )
        chain.append(_stamp(files[program.extends]))


@lru_cache(maxsize=1024)
def join(chain: tuple[Stamp, ...]) -> Program:
    """The program of a chain of files, the topmost layer first."""
    layer, document = _read(chain[0])
    if len(chain) == 1:
        return layer
    base = join(chain[1:])
    unit = layer.unit if "unit" in layer.model_fields_set else base.unit
    scale = unit.year_course / base.unit.year_course
    lower = tuple(_sourced(_scaled(rule, scale), base) for rule in base.requirements)
    known = [path for path, _ in walk(lower)]
    for i, name in enumerate(layer.drop):
        if name not in known:
            raise error_at(
                document,
                ("drop", i),
                f"{base.id} has no requirement {name!r} that could fall away",
                near(name, known),
            )
    rules = _over(_without(lower, layer.drop, ""), layer.requirements)
    paths = {path for path, _ in walk(rules)}
    subs = [_kept(one, "instead_of", paths, scale, base) for one in base.substitutions]
    limits = [_kept(one, "over", paths, scale, base) for one in base.limits]
    inherited = ("cohorts", "route", "alongside", "double_counting", "note")
    values = {
        **{name: getattr(layer, name) for name in Program.model_fields},
        **{name: getattr(base, name) for name in inherited if name not in layer.model_fields_set},
        "unit": unit,
        "extends": None,
        "drop": (),
        "references": _over(base.references, layer.references),
        "requirements": rules,
        "substitutions": _over([one for one in subs if one is not None], layer.substitutions),
        "limits": _over([one for one in limits if one is not None], layer.limits),
        "doubts": (*base.doubts, *(doubt for doubt in layer.doubts if doubt not in base.doubts)),
    }
    joined = Program.model_construct(**values)
    errors = name_errors(document, (joined,))
    if errors:
        raise together(errors, document)
    return Program(**values)


def _over(lower: Sequence[_Named], upper: Sequence[_Named]) -> tuple[_Named, ...]:
    """Things of a layer in place of those of the same id below, new ones after them."""
    by_id = {one.id: one for one in (*lower, *upper)}  # type: ignore[attr-defined]
    return tuple(by_id.values())


def _sourced(rule: Any, base: Program) -> Any:
    """A rule that carries the reference and status which it inherited from its program."""
    update = {name: getattr(base, name) for name in ("reference", "status") if getattr(rule, name) is None}
    return rule.model_copy(update={name: value for name, value in update.items() if value is not None})


def _without(rules: Sequence[AnyRequirement], drop: Sequence[str], prefix: str) -> tuple[AnyRequirement, ...]:
    """Requirements less those that fall away, at any depth."""

    def less(rule: AnyRequirement) -> AnyRequirement:
        below = f"{prefix}{rule.id}/"
        if not any(one.startswith(below) for one in drop):
            return rule
        key = next(key for key in PARTS if hasattr(rule, key))
        return rule.model_copy(update={key: _without(children(rule), drop, below)})

    return tuple(less(rule) for rule in rules if prefix + rule.id not in drop)


_Across = TypeVar("_Across", Substitution, Limit)


def _kept(one: _Across, key: str, paths: Collection[str], scale: Fraction, base: Program) -> _Across | None:
    """A substitution or limit of a lower layer in another unit; None once all that it names has fallen away."""
    named = getattr(one, key)
    left = tuple(path for path in named if path in paths)
    if named and not left:
        return None
    credits = one.credits * scale if one.credits is not None else None
    kept: _Across = _sourced(one.model_copy(update={key: left, "credits": credits}), base)
    return kept


def _scaled(rule: AnyRequirement, scale: Fraction) -> AnyRequirement:
    """A requirement with its credits, and those of all its parts, in another unit."""
    if scale == 1:
        return rule
    update: dict[str, Any] = {}
    if isinstance(rule, CreditRequirement):
        caps = tuple(cap.model_copy(update={"credits": cap.credits * scale}) for cap in rule.caps)
        update = {
            "credits": rule.credits * scale,
            "caps": caps,
            "parts": tuple(_scaled(one, scale) for one in rule.parts),
        }
    elif isinstance(rule, Total):
        update = {"total": rule.total * scale}
    elif isinstance(rule, AllOf):
        update = {"all_of": tuple(_scaled(one, scale) for one in rule.all_of)}
    elif isinstance(rule, AnyOf):
        update = {"any_of": tuple(_scaled(one, scale) for one in rule.any_of)}
    return rule.model_copy(update=update)


# --------------------------------------------------------------------------------------------------------- schema


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a rule file, for editors and other programs.

    It says what the models say; unknown words of the vocabulary and references that are not listed are found by
    `read_program` only.
    """
    schema = Program.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_with_exact_numbers(schema)}


def _with_exact_numbers(schema: Any) -> Any:
    """Numbers may be written as text too: "1/3"."""
    if isinstance(schema, list):
        return [_with_exact_numbers(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        return {**schema, "type": ["number", "string"], "pattern": r"^[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$"}
    return {key: _with_exact_numbers(one) for key, one in schema.items()}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))
