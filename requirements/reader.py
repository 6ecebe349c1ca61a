"""Read rule files: one layer as written, or a program resolved with the layers below it.

Bundled files are ``data/<jurisdiction>/<id>.yaml``: the name of a file is the id of its program. Run
``python -m requirements.reader`` to print the JSON schema of a rule file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from catalogs.documents import Document, Place, read_yaml
from catalogs.errors import InputError, InputErrors
from catalogs.exact import decimal_text
from catalogs.grading import Grading
from requirements import vocabulary
from requirements.language import (
    MAIN,
    AllOf,
    AnyOf,
    AnyRequirement,
    Cap,
    Cohorts,
    CourseRequirement,
    CreditRequirement,
    Gpa,
    Kind,
    LadderFloor,
    Limit,
    PlanPolicy,
    Program,
    Reference,
    Route,
    Rule,
    Selector,
    Sourced,
    Substitution,
    Task,
    Total,
    Unit,
    Verified,
    children,
    walk,
)
from requirements.normal import size_of

DATA = Path(__file__).parent / "data"
MOST_ERRORS = 100  # of one sort in one file; more are not worth the time it takes to look for near misses
SUFFIXES = (".yaml", ".yml", ".json")
JURISDICTION = "jurisdiction"  # stem of the file that tells of a jurisdiction, not of a program

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
    "plan_policy": PlanPolicy,
}

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
    errors = list(islice(_word_errors(document, document.data, ()), MOST_ERRORS))
    if not document.data.get("extends"):
        errors += _name_errors(document, ())
    program = None
    try:
        program = Program.model_validate(document.data)
    except ValidationError as wrong:
        found = wrong.errors(include_url=False)
        below = {one["loc"][:i] for one in found for i in range(len(one["loc"]))}
        # A list is also called too short once one of its items is wrong; problems of the whole (loc is empty) repeat
        # what was already said with its line.
        own = [one for one in found if one["loc"] not in below and (one["loc"] or not errors)]
        errors += [_explain(document, one) for one in own[:MOST_ERRORS]]
    except RecursionError:
        errors.append(document.error((), "requirements or selectors are nested too deeply"))
    if errors or program is None:
        raise _together(errors, document)
    return program


def _together(errors: Sequence[InputError], document: Document) -> InputError:
    if len(errors) == 1:
        return errors[0]
    places = sorted(errors, key=lambda e: int("".join(c for c in (e.place or "0").split(",")[0] if c.isdigit()) or 0))
    return InputErrors(places, file=document.file)


def _error(document: Document, place: Place, message: str, mend: str | None = None) -> InputError:
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


def _explain(document: Document, wrong: ErrorDetails) -> InputError:
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
        return _error(document, place, f"the key {key!r} is missing")
    if kind == "extra_forbidden":
        return _error(
            document, place, f"unknown key {_short(key)}", near(key, _keys(model)) or f"Known are {_and(_keys(model))}"
        )
    if kind == "requirement_kind":
        names = [str(name) for name in found] if isinstance(found, dict) else []
        mend = next((hint for name in names if name not in _MODELS and (hint := near(name, _MODELS))), None)
        return _error(document, place, f"{expected}; found {_short(found)}", mend)
    if kind == "literal_error":
        choices = wrong.get("ctx", {}).get("expected", "").replace(" or ", ", ").split(", ")
        mend = near(found, [choice.strip("'") for choice in choices]) if isinstance(found, str) else None
        return _error(document, place, f"{expected}, found {_short(found)}", mend)
    if kind == "string_pattern_mismatch":
        return _error(
            document, place, f"expected an id of small letters, digits, '-', '_' and '.', found {_short(found)}"
        )
    if kind == "tuple_type" and key in _GRADES:
        return _error(document, place, f"expected a list of grades such as [11, 12], found {_short(found)}")
    if kind in ("string_type", "tuple_type") and isinstance(found, (int, float)) and not isinstance(found, bool):
        what = "text" if kind == "string_type" else "text or a list"
        return _error(document, place, f"expected {what}, found the number {_short(found)}", "Put it in quotes")
    if kind == "tuple_type":
        expected = "expected a list"
    elif kind in ("model_type", "dict_type", "model_attributes_type"):
        expected = "expected a mapping of keys and values"
    elif kind == "value_error":
        return _error(document, place, expected)
    return _error(document, place, f"{expected}, found {_short(found)}")


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + "".join(words[-1:])


def _word_errors(document: Document, data: Any, place: Place) -> Iterator[InputError]:
    """Words that the vocabulary does not have, wherever a selector names them; marks that are none."""
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from _word_errors(document, item, (*place, i))
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
            yield _error(
                document, here, f"{_short(value)} is no mark", "Write a letter (C, B-) or a number from 0 to 100"
            )
        else:
            yield from _word_errors(document, value, here)


_LOOKUP: Mapping[str, Callable[[str], object]] = {
    "term": vocabulary.term,
    "subject": vocabulary.subject,
    "set": vocabulary.set_,
    "sced": vocabulary.expand,
}


def _unknown(document: Document, place: Place, key: str, word: str) -> Iterator[InputError]:
    if len(word) > 80:
        yield _error(document, place, f"unknown {key} {_short(word)}")
        return
    try:
        _LOOKUP[key](word)
    except InputError as wrong:
        mend = wrong.mend
        meant = vocabulary.resolve(word) if key == "term" else None
        if meant is not None:
            mend = f"Did you mean {meant.id}?"
        yield _error(document, place, wrong.message, mend)


def _ladder_errors(document: Document, value: Mapping[Any, Any], place: Place) -> Iterator[InputError]:
    name, rung = value.get("name"), value.get("at_least")
    if not isinstance(name, str):
        return
    try:
        found = vocabulary.ladder(name)
        if type(rung) is int:
            found.at_or_above(rung)
    except InputError as wrong:
        yield _error(document, place, wrong.message, wrong.mend)


def _name_errors(document: Document, below: Sequence[Program]) -> list[InputError]:
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
                _error(document, place, f"two requirements are called {_short(path)}", f"The first is on line {first}")
            )
        paths.setdefault(path, place)
    known = set(paths)
    for program in below:
        references |= {one.id for one in program.references}
        known |= {path for path, _ in walk(program.requirements)}
    for place, name in _mentions(data, ()):
        if name not in references and len(errors) < MOST_ERRORS:
            errors.append(_error(document, place, f"reference {_short(name)} is not listed", near(name, references)))
    for where, target in _targets(data):
        if target not in known and len(errors) < MOST_ERRORS:
            what = "to stand in for" if where[0] == "substitutions" else "to limit"
            errors.append(
                _error(document, where, f"there is no requirement {_short(target)} {what}", near(target, known))
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


# --------------------------------------------------------------------------------------------------------- layers


def program_files(folders: Iterable[Path | str] = ()) -> dict[str, Path]:
    """Rule files by the id of their program: the bundled ones, and those of further folders, which go first.

    Raises
    ------
    InputError
        If one folder holds two files of the same name.
    """
    found: dict[str, Path] = {}
    for folder in (DATA, *map(Path, folders)):
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


def load(id_or_path: Path | str, folders: Iterable[Path | str] = ()) -> Program:
    """Load a program with all its layers joined.

    A layer's requirements, substitutions and references replace those of the same id below and the rest is added after
    them; `drop` takes requirements away, and substitutions for them fall with them. Credits of a lower layer are
    converted to the layer's unit. What the layer does not say (cohorts, unit, route, plan policy ...) holds as below.
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
    return _join(_chain(path, files))


def _chain(path: Path, files: Mapping[str, Path]) -> tuple[Stamp, ...]:
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
def _join(chain: tuple[Stamp, ...]) -> Program:
    """The program of a chain of files, the topmost layer first."""
    layer, document = _read(chain[0])
    if len(chain) == 1:
        return layer
    base = _join(chain[1:])
    unit = layer.unit if "unit" in layer.model_fields_set else base.unit
    scale = unit.year_course / base.unit.year_course
    lower = tuple(_sourced(_scaled(rule, scale), base) for rule in base.requirements)
    known = [path for path, _ in walk(lower)]
    for i, name in enumerate(layer.drop):
        if name not in known:
            raise _error(
                document,
                ("drop", i),
                f"{base.id} has no requirement {name!r} that could fall away",
                near(name, known),
            )
    rules = _over(_without(lower, layer.drop, ""), layer.requirements)
    paths = {path for path, _ in walk(rules)}
    subs = [_kept(one, "instead_of", paths, scale, base) for one in base.substitutions]
    limits = [_kept(one, "over", paths, scale, base) for one in base.limits]
    inherited = ("cohorts", "route", "alongside", "double_counting", "plan_policy")
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
    errors = _name_errors(document, (joined,))
    if errors:
        raise _together(errors, document)
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


# ---------------------------------------------------------------------------------------------------- about a program


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that a program asks, and where that was read.

    Parameters
    ----------
    path : str
        Path of the requirement; of a cap, with ``#cap-1``; ``substitutions/ID`` or ``limits/ID``.
    text : str
        The figure in words: "4 credits".
    status : str
        ``verified`` only where the rule says so, itself or by what encloses it, and its reference was verified too.
    reference : Reference or None
        The entry of the program's references, its own or that of what encloses it.
    """

    path: str
    text: str
    status: Verified
    reference: Reference | None


def figures(program: Program) -> Iterator[Figure]:
    """Every figure of a resolved program: credits, courses, totals, averages, tasks, caps, substitutions, limits."""
    references = {one.id: one for one in program.references}

    def figure(path: str, text: str, status: Verified | None, reference: str | None) -> Figure:
        source = references.get(reference) if reference else None
        sure = status == "verified" and source is not None and source.status == "verified"
        return Figure(path, text, "verified" if sure else "unverified", source)

    def below(rules: tuple[AnyRequirement, ...], prefix: str, outer: Sourced) -> Iterator[Figure]:
        for rule in rules:
            path = prefix + rule.id
            own = _within(rule, outer)
            text = figure_text(rule, program.unit)
            if text:
                yield figure(path, text, own.status, own.reference)
            for i, cap in enumerate(rule.caps if isinstance(rule, CreditRequirement) else (), 1):
                inner = _within(cap, own)
                yield figure(
                    f"{path}#cap-{i}", f"at most {amount(cap.credits, program.unit)}", inner.status, inner.reference
                )
            yield from below(children(rule), path + "/", own)

    yield from below(program.requirements, "", program)
    for sub in program.substitutions:
        own = _within(sub, program)
        most = f"up to {amount(sub.credits, program.unit)} " if sub.credits is not None else ""
        target = " or ".join(sub.instead_of)
        yield figure(f"substitutions/{sub.id}", f"{most}in place of {target}", own.status, own.reference)
    for limit in program.limits:
        own = _within(limit, program)
        yield figure(f"limits/{limit.id}", f"at most {amount(limit.credits, program.unit)}", own.status, own.reference)


def _within(rule: Sourced, outer: Sourced) -> Sourced:
    return Sourced(reference=rule.reference or outer.reference, status=rule.status or outer.status)


def figure_text(rule: AnyRequirement, unit: Unit) -> str:
    """The figure of a requirement in words; nothing for one that only joins others."""
    if isinstance(rule, CreditRequirement):
        return amount(rule.credits, unit)
    if isinstance(rule, CourseRequirement):
        return f"{rule.courses} course{'s' if rule.courses != 1 else ''}"
    if isinstance(rule, Total):
        return f"{amount(rule.total, unit)} in all"
    if isinstance(rule, Gpa):
        return f"{'a grade point' if rule.scale == 4 else 'an'} average of {decimal_text(rule.gpa)}" + (
            "" if rule.scale == 4 else " percent"
        )
    if isinstance(rule, Task):
        much = f", {decimal_text(rule.amount)} {rule.unit or ''}".rstrip() if rule.amount is not None else ""
        return rule.task.replace("_", " ") + much
    return ""


def amount(credits: Fraction, unit: Unit) -> str:
    """Credits with the name of their unit: "1 credit", "2.5 units"."""
    plural = "" if credits == 1 or unit.name.endswith("s") else "s"
    return f"{decimal_text(credits)} {unit.name}{plural}"


def total_credits(program: Program) -> Fraction | None:
    """Credits that a resolved program asks in all, in its own unit; None where it counts none.

    The largest total it names; without one, the sum of the requirements that credit counts for once.
    """
    totals = [rule.total for rule in program.requirements if isinstance(rule, Total)]
    if totals:
        return max(totals)
    return sum((size_of(rule) for rule in program.requirements if rule.pool == MAIN), Fraction(0)) or None


def rule_hash(program: Program) -> str:
    """SHA-256 (hexadecimal) of a resolved program in canonical JSON; 16 digits of it serve as a short form."""
    data = program.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class ProgramSummary:
    """A line of a list of programs.

    Parameters
    ----------
    total : Fraction or None
        Credits in all, in the program's unit.
    figures, verified : int
        Number of its figures, and how many of them are verified.
    doubts : int
        Number of open questions about the file.
    """

    id: str
    name: str
    jurisdiction: str
    kind: Kind
    route: Route | None
    cohorts: Cohorts
    unit: Unit
    total: Fraction | None
    figures: int
    verified: int
    doubts: int
    path: Path

    @property
    def verified_share(self) -> Fraction:
        """Share of verified figures, 0 where there are none."""
        return Fraction(self.verified, self.figures) if self.figures else Fraction(0)


def programs(
    state: str | None = None,
    entering: int | None = None,
    kind: Kind | None = None,
    folders: Iterable[Path | str] = (),
) -> list[ProgramSummary]:
    """List programs, sorted by jurisdiction, kind and id.

    Parameters
    ----------
    state : str, optional
        Only those of a state and its districts: ``TX`` or ``US-TX``.
    entering : int, optional
        Only those that bind students who entered grade 9 in that fall.
    kind : str, optional
        Only diplomas, endorsements, ...
    folders : iterable of Path, optional
        Folders with further rule files.

    Raises
    ------
    InputError
        If a rule file has errors.
    """
    files = program_files(folders)
    found = []
    for path in files.values():
        summary = _summary(_chain(path, files))
        if state is not None and summary.jurisdiction.partition("/")[0] != _jurisdiction(state):
            continue
        if (entering is None or entering in summary.cohorts) and (kind is None or summary.kind == kind):
            found.append(summary)
    return sorted(found, key=lambda one: (one.jurisdiction, one.kind, one.id))


def _jurisdiction(state: str) -> str:
    state = state.upper()
    return state if state.startswith("US-") else f"US-{state}"


@lru_cache(maxsize=1024)
def _summary(chain: tuple[Stamp, ...]) -> ProgramSummary:
    program = _join(chain)
    all_figures = [figure.status for figure in figures(program)]
    return ProgramSummary(
        id=program.id,
        name=program.name,
        jurisdiction=program.jurisdiction,
        kind=program.kind,
        route=program.route,
        cohorts=program.cohorts,
        unit=program.unit,
        total=total_credits(program),
        figures=len(all_figures),
        verified=all_figures.count("verified"),
        doubts=len(program.doubts),
        path=chain[0][0],
    )


def standard_diploma(state: str, entering: int, folders: Iterable[Path | str] = ()) -> Program | None:
    """The state's diploma of the standard route for students who entered grade 9 in a fall, or None.

    Examples
    --------
    >>> standard_diploma("TX", 2026).id
    'us-tx-fhsp-endorsement-2026'
    """
    folders = tuple(folders)
    for one in programs(state, entering, "diploma", folders):
        if one.route == "standard" and one.jurisdiction == _jurisdiction(state):
            return load(one.id, folders)
    return None


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
