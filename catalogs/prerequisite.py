"""The prerequisite language: parse, print, evaluate.

``0101 or 0141``, ``(1002[B] or 1002H) and "teacher recommendation"``, ``concurrent:4003H and grade >= 11``.
Codes are any run of letters, digits and ``- . _ /``; ``and`` binds tighter than ``or``; text in quotes is what is
no course (an approval, an audition).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from catalogs.errors import InputError

if TYPE_CHECKING:
    from lark import Lark

MAX_DEPTH = 50
"""Deepest nesting of parentheses."""

GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: atom (_AND atom)*
?atom: need | grade | text | "(" either ")"
need: [CONCURRENT] CODE ["[" MINIMUM "]"]
grade: _GRADE _ATLEAST INT
text: QUOTED

_AND.3: /and(?![\w\-.\/])/i
_OR.3: /or(?![\w\-.\/])/i
_GRADE.3: /grade(?![\w\-.\/])/i
CONCURRENT.3: /concurrent\s*:/i
_ATLEAST: ">="
INT: /\d{1,2}(?![\w\-.\/])/
MINIMUM: /[A-Za-z]{1,3}[+-]?|\d{1,3}(\.\d{1,2})?/
CODE: /(?!(and|or|grade)(?![\w\-.\/]))[\w\-.\/]+/i
QUOTED: /"(\\.|[^"\\])*"/s
%ignore /\s+/
"""

SPOKEN = {
    "CODE": "a course code",
    "QUOTED": "text in quotes",
    "LPAR": "(",
    "RPAR": ")",
    "LSQB": "[minimum grade]",
    "RSQB": "]",
    "_AND": "and",
    "_OR": "or",
    "_GRADE": "grade >= n",
    "_ATLEAST": ">=",
    "CONCURRENT": "concurrent:code",
    "INT": "a grade level such as 11",
    "MINIMUM": "a minimum grade such as C, B+ or 85",
    "$END": "the end",
}
CODE = re.compile(r"[\w\-./]+")
RESERVED = {"and", "or", "grade"}


class PrerequisiteError(InputError):
    """A prerequisite that cannot be read.

    Parameters
    ----------
    message
        What is wrong.
    line, column
        Where, counted from 1 within the text.
    expected
        What could have stood there.
    """

    def __init__(self, message: str, *, line: int, column: int, expected: tuple[str, ...] = ()) -> None:
        mend = f"Expected {', '.join(expected[:-1])} or {expected[-1]}" if len(expected) > 1 else None
        if len(expected) == 1:
            mend = f"Expected {expected[0]}"
        super().__init__(message, place=f"line {line}, column {column}", mend=mend)
        self.line = line
        self.column = column
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Need:
    """A course, passed before (with at least `minimum`) or, if `concurrent`, before or in the same term."""

    code: str
    minimum: str | None = None
    concurrent: bool = False


@dataclass(frozen=True, slots=True)
class GradeAtLeast:
    """The student is in this grade level or a higher one."""

    grade: int


@dataclass(frozen=True, slots=True)
class Text:
    """A condition that is no course, for a person to confirm."""

    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two or more conditions."""

    parts: tuple[Prerequisite, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ValueError("AllOf takes two or more parts")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of two or more conditions."""

    parts: tuple[Prerequisite, ...]

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            raise ValueError("AnyOf takes two or more parts")


Leaf: TypeAlias = Need | GradeAtLeast | Text
Prerequisite: TypeAlias = Leaf | AllOf | AnyOf


def nameable(code: str) -> bool:
    """Whether a prerequisite can name this course code."""
    return CODE.fullmatch(code) is not None and code.lower() not in RESERVED


@lru_cache(maxsize=1)
def _parser() -> Lark:
    # Lark is imported here, once, so that `import catalogs` stays light.
    from lark import Lark, Token, Transformer

    class Build(Transformer[Token, Prerequisite]):
        def either(self, parts: list[Prerequisite]) -> Prerequisite:
            return AnyOf(tuple(parts))

        def both(self, parts: list[Prerequisite]) -> Prerequisite:
            return AllOf(tuple(parts))

        def need(self, parts: list[Any]) -> Prerequisite:
            concurrent, code, minimum = parts
            return Need(str(code), str(minimum).upper() if minimum is not None else None, concurrent is not None)

        def grade(self, parts: list[Any]) -> Prerequisite:
            return GradeAtLeast(int(parts[0]))

        def text(self, parts: list[Any]) -> Prerequisite:
            return Text(re.sub(r'\\(["\\])', r"\1", str(parts[0])[1:-1]))

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=True, transformer=Build())


@lru_cache(maxsize=8192)
def parse(text: str) -> Prerequisite:
    """Read a prerequisite.

    Raises
    ------
    PrerequisiteError
        With line, column and what was expected there.

    Examples
    --------
    >>> parse('0101[B] and "audition"')
    AllOf(parts=(Need(code='0101', minimum='B', concurrent=False), Text(text='audition')))
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

    _check_text(text)
    try:
        return _parser().parse(text)  # type: ignore[return-value]  # the transformer makes it a Prerequisite
    except UnexpectedToken as error:
        at_end = error.token.type == "$END"
        line, column = _position(text, len(text.rstrip())) if at_end else (error.line, error.column)
        found = "it ends too early" if at_end else f"{str(error.token)[:40]!r} cannot stand here"
        raise PrerequisiteError(found, line=line, column=column, expected=_spoken(error.accepts)) from None
    except UnexpectedCharacters as error:
        char = text[error.pos_in_stream or 0]
        found = "curly quotes: use straight ones" if char in "“”„" else f"{char!r} cannot stand here"
        if char == '"':
            found = "the quotation mark is never closed"
        raise PrerequisiteError(
            found, line=error.line, column=error.column, expected=_spoken(error.allowed or set())
        ) from None
    except UnexpectedInput as error:  # pragma: no cover - lark's remaining kinds do not arise with LALR
        raise PrerequisiteError("it cannot be read", line=error.line, column=error.column) from None


def _check_text(text: str) -> None:
    """Refuse what the grammar cannot say well: nothing at all, empty quotes, too many parentheses."""
    if not text.strip():
        raise PrerequisiteError("nothing is written", line=1, column=1, expected=("a course code", "text in quotes"))
    depth = 0
    for match in re.finditer(r'"((?:\\.|[^"\\])*)"|[()]', text, re.DOTALL):
        mark = match.group()
        line, column = _position(text, match.start())
        if mark == "(":
            depth += 1
            if depth > MAX_DEPTH:
                raise PrerequisiteError(
                    f"more than {MAX_DEPTH} parentheses inside each other", line=line, column=column
                )
        elif mark == ")":
            depth -= 1
        elif not match.group(1).strip():
            raise PrerequisiteError("the quotation marks hold no text", line=line, column=column)


def _position(text: str, index: int) -> tuple[int, int]:
    before = text[:index]
    return before.count("\n") + 1, index - before.rfind("\n")


def _spoken(terminals: set[str]) -> tuple[str, ...]:
    return tuple(words for name, words in SPOKEN.items() if name in terminals)


def render(ast: Prerequisite) -> str:
    """Write a prerequisite in its canonical form; `parse` of it gives an equal tree.

    Examples
    --------
    >>> render(parse('0101 AND (0102 or  "x")'))
    '0101 and (0102 or "x")'
    """
    match ast:
        case Need(code, minimum, concurrent):
            return f"{'concurrent:' if concurrent else ''}{code}{f'[{minimum}]' if minimum is not None else ''}"
        case GradeAtLeast(grade):
            return f"grade >= {grade}"
        case Text(text):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case AllOf(parts):
            return " and ".join(_inner(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_inner(part) for part in parts)


def _inner(part: Prerequisite) -> str:
    # Parentheses even where `and` binds tighter anyway: people read them more safely.
    return f"({render(part)})" if isinstance(part, AllOf | AnyOf) else render(part)


def in_words(ast: Prerequisite, title: Callable[[str], str]) -> str:
    """Write a prerequisite for people.

    Parameters
    ----------
    title
        Says what a course code stands for.

    Examples
    --------
    >>> in_words(parse('0101[C] and (0102 or grade >= 11)'), {"0101": "Algebra I", "0102": "Geometry"}.__getitem__)
    'Algebra I with C or better and (Geometry or grade 11)'
    """
    match ast:
        case Need(code, minimum, concurrent):
            mark = f" with {minimum} or better" if minimum is not None else ""
            return f"{title(code)}{mark}{' (may be taken beside it)' if concurrent else ''}"
        case GradeAtLeast(grade):
            return f"grade {grade}"
        case Text(text):
            return f"“{text}”"
        case AllOf(parts) | AnyOf(parts):
            inner = [
                f"({words})" if isinstance(part, AllOf | AnyOf) else words
                for part, words in zip(parts, (in_words(part, title) for part in parts), strict=True)
            ]
            return (" and " if isinstance(ast, AllOf) else " or ").join(inner)


def leaves(ast: Prerequisite) -> Iterator[Leaf]:
    """All conditions of a prerequisite, from left to right."""
    if isinstance(ast, AllOf | AnyOf):
        for part in ast.parts:
            yield from leaves(part)
    else:
        yield ast


def codes(ast: Prerequisite) -> tuple[str, ...]:
    """The course codes that it names, each once, from left to right."""
    return tuple(dict.fromkeys(leaf.code for leaf in leaves(ast) if isinstance(leaf, Need)))


def texts(ast: Prerequisite) -> tuple[str, ...]:
    """The text conditions that it names, each once, from left to right."""
    return tuple(dict.fromkeys(leaf.text for leaf in leaves(ast) if isinstance(leaf, Text)))


def evaluate(ast: Prerequisite, holds: Callable[[Leaf], bool | None]) -> bool | None:
    """Evaluate in three values: True, False and None for what cannot be told (Kleene's strong logic).

    Parameters
    ----------
    ast
        The prerequisite.
    holds
        Says of a single condition whether it holds.
    """
    if isinstance(ast, AllOf | AnyOf):
        decides = isinstance(ast, AnyOf)  # one True decides an `or`, one False an `and`
        unknown = False
        for part in ast.parts:
            value = evaluate(part, holds)
            if value is decides:
                return decides
            unknown = unknown or value is None
        return None if unknown else not decides
    return holds(ast)
