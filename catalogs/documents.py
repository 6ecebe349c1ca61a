"""Read YAML and JSON with line numbers, and refuse what is unsafe or ambiguous.

Plain words stay text unless they are surely a value: ``0101``, ``1_000``, ``12:30``, ``yes``, ``no`` and ``1e5`` are
text, only ``true`` and ``false`` are booleans. A course code never turns into another number.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from catalogs.errors import InputError

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
EMPTY = "Was it saved? Write its content, or name another file"

Place: TypeAlias = tuple[Hashable, ...]

INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})")
DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d*)\.\d*(?:[eE][-+]\d+)?|\.\d+")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
JSON_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

_NO_KEY: Any = object()

# The C parser is some ten times faster; both give the same events.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """What a file says, and on which line.

    Parameters
    ----------
    data
        Mappings, lists and values.
    file
        Name for messages.
    find_lines
        Finds `lines`; asked only when a line is wanted, for that takes longer than to read the data.
    """

    data: Any
    file: str
    find_lines: Callable[[], Mapping[Place, int]]

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Place (keys and list positions from the root) to line."""
        return self.find_lines()

    def line(self, place: Place) -> int:
        """Line of a place, counted from 1; of the nearest place around it where the file does not have it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, place: Place, message: str, mend: str | None = None) -> InputError:
        """An error that points at a place of this file."""
        name = ".".join(str(part) for part in place)
        where = f"line {self.line(place)}" + (f", {name}" if name else "")
        return InputError(message, file=self.file, place=where, mend=mend)


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a text file's bytes, unless it is too large, a folder, an Excel or zip file or another binary.

    Raises
    ------
    InputError
        If it cannot or must not be read.
    """
    file = path.name
    try:
        size = path.stat().st_size
        if size > limit:
            mend = "Is it the right one? Leave out what is not needed"
            raise InputError(f"the file has {size:,} bytes, more than the {limit:,} allowed", file=file, mend=mend)
        raw = path.read_bytes()
    except InputError:  # a ValueError like those below
        raise
    except FileNotFoundError:
        raise InputError("there is no such file", file=str(path)) from None
    except IsADirectoryError:
        raise InputError("this is a folder, not a file", file=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"the file cannot be read ({reason})", file=str(path)) from None
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise InputError(
            "this is an Excel or zip file, not text", file=file, mend="Save it from the spreadsheet as CSV UTF-8"
        )
    if b"\x00" in raw:
        raise InputError(
            f"this is no plain text: byte {raw.index(0) + 1} is zero", file=file, mend="Save it as UTF-8 text"
        )
    if not raw.strip():
        raise InputError("the file is empty", file=file, mend=EMPTY)
    return raw


def read_yaml(path: Path | str) -> Document:
    """Read a YAML file, or a JSON one if its name ends in ``.json``.

    Raises
    ------
    InputError
        With the line, for anything that is not plain data: syntax errors, tabs, anchors and aliases, tags, duplicate
        keys, nesting deeper than 40, more than 5 MB, text that is not UTF-8, binary files.
    """
    path = Path(path)
    file = path.name
    raw = read_bytes(path, MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"the byte 0x{raw[error.start]:02x} is not UTF-8",
            file=file,
            place=f"line {line}",
            mend="Save the file as UTF-8",
        ) from None
    return parse_json(text, file) if path.suffix.lower() == ".json" else parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> Document:
    """Like `read_yaml`, from a text."""
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line[: len(line) - len(line.lstrip())] and line.strip():
            raise InputError(
                "a tab stands in the indentation", file=file, place=f"line {number}", mend="Indent with spaces"
            )
    return _Builder(file).build(text)


def parse_json(text: str, file: str) -> Document:
    """Like `read_yaml` for JSON, from a text."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"the key {twice[:60]!r} stands twice in one object", file=file)
        return result

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise InputError(f"{text[:40]} is no number that JSON allows", file=file)
        return value

    try:
        data = json.loads(text, object_pairs_hook=unique, parse_float=number, parse_constant=number)
    except RecursionError:
        raise InputError(f"more than {MAX_DEPTH} levels inside each other", file=file) from None
    except InputError:
        raise
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        mend = "Write JSON here: names and texts in double quotes, { } and [ ] closed, no comments; YAML is not read"
        raise InputError(f"this is not valid JSON: {error.msg}", file=file, place=place, mend=mend) from None
    except ValueError as error:
        raise InputError(f"this is not valid JSON: {error}", file=file) from None
    if _too_deep(data):
        raise InputError(f"more than {MAX_DEPTH} levels inside each other", file=file)
    return Document(data, file, partial(_json_lines, text))


def _too_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in level)


def _json_lines(text: str) -> dict[Place, int]:
    """Place to line of a text that is known to be valid JSON."""
    lines: dict[Place, int] = {}
    place: list[Any] = []  # a key or position for each open object or list; _NO_KEY before an object's next key
    line, end = 1, 0
    for match in JSON_TOKEN.finditer(text):
        line, end = line + text.count("\n", end, match.start()), match.start()
        token = match.group()
        if token in "]}":
            place.pop()
        elif token == ",":
            place[-1] = place[-1] + 1 if isinstance(place[-1], int) else _NO_KEY
        elif place and place[-1] is _NO_KEY:
            place[-1] = json.loads(token)
            lines[tuple(place)] = line
        elif token != ":":
            lines.setdefault(tuple(place), line)
            if token in "[{":
                place.append(0 if token == "[" else _NO_KEY)
    return lines


def write_yaml(data: Any) -> str:
    """Text that `read_yaml` reads back to equal data."""

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True, width=110)


class _Builder:
    """Builds data from parser events with a stack of its own, so that no input can exhaust Python's."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}

    def fail(self, mark: Any, message: str, mend: str | None = None) -> InputError:
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else None
        return InputError(message, file=self.file, place=place, mend=mend)

    def events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            problem = " ".join(part for part in (error.context, error.problem) if part)
            raise self.fail(error.problem_mark, f"this is not valid YAML: {problem}") from None
        except yaml.YAMLError as error:
            reason = getattr(error, "reason", None) or "a character that is not allowed"
            raise InputError(f"this is not valid YAML: {reason}", file=self.file) from None
        except (ValueError, UnicodeError, IndexError, OverflowError) as error:  # rare slips inside the parser
            raise InputError(f"this is not valid YAML: {error}", file=self.file) from None

    def build(self, text: str) -> Document:
        stack: list[dict[Any, Any] | list[Any]] = []
        keys: list[Any] = []  # per open collection: the pending key of a mapping, or _NO_KEY
        place: list[Any] = []
        root: Any = None
        documents = 0

        def add(value: Any, mark: Any) -> None:
            """Put a finished scalar or a new collection where it belongs."""
            nonlocal root
            if not stack:
                root = value
                self.lines[()] = mark.line + 1
                return
            parent = stack[-1]
            if isinstance(parent, list):
                here = (*place, len(parent))
                self.lines[here] = mark.line + 1
                parent.append(value)
            else:
                parent[keys[-1]] = value

        for event in self.events(text):
            mark = event.start_mark
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise self.fail(mark, "anchors (&) and aliases (*) are not allowed", "Write the value out")
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.fail(mark, "the file holds more than one document")
            elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
                if event.tag is not None:
                    raise self.fail(mark, f"tags ({event.tag[:40]}) are not allowed")
                parent = stack[-1] if stack else None
                wants_key = isinstance(parent, dict) and keys[-1] is _NO_KEY
                if isinstance(event, yaml.ScalarEvent):
                    value = self.scalar(event)
                    if wants_key:
                        if value is None or isinstance(value, float):
                            raise self.fail(mark, "a key must be a word or a whole number")
                        if value in parent:  # type: ignore[operator]
                            raise self.fail(mark, f"the key {str(value)[:60]!r} stands twice", "Keep one of them")
                        keys[-1] = value
                        self.lines[(*place, value)] = mark.line + 1
                        continue
                    add(value, mark)
                    if isinstance(parent, dict):
                        keys[-1] = _NO_KEY
                else:
                    if wants_key:
                        raise self.fail(mark, "a key must be a word or a whole number")
                    if len(stack) >= MAX_DEPTH:
                        raise self.fail(mark, f"more than {MAX_DEPTH} levels inside each other")
                    new: dict[Any, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
                    add(new, mark)
                    if isinstance(parent, dict):
                        place.append(keys[-1])
                        keys[-1] = _NO_KEY
                    elif isinstance(parent, list):
                        place.append(len(parent) - 1)
                    stack.append(new)
                    keys.append(_NO_KEY)
            elif isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
                keys.pop()
                if stack:
                    place.pop()
        if documents == 0:
            raise InputError("the file is empty", file=self.file, mend=EMPTY)
        return Document(root, self.file, lambda: self.lines)

    def scalar(self, event: Any) -> Any:
        """Value of a scalar; quoted ones are text as they are."""
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in CONSTANTS:
            return CONSTANTS[text]
        if INTEGER.fullmatch(text):
            return int(text)
        if NO_NUMBER.fullmatch(text):
            raise self.fail(event.start_mark, f"{text} is no number", "Put it in quotes if it is a word")
        if DECIMAL.fullmatch(text):
            value = float(text)
            if not math.isfinite(value):
                raise self.fail(event.start_mark, f"the number {text[:40]} is too large")
            return value
        if DATE.fullmatch(text):
            try:
                return datetime.date.fromisoformat(text)
            except ValueError:
                raise self.fail(event.start_mark, f"{text} is no day of the calendar") from None
        return text
