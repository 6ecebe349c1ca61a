"""Careers: occupations, clusters and majors, what interests lead to, and which courses lead there.

`find` reads a code or a name, `search` forgives typing errors, `match` ranks occupations by an interest profile,
`course_values` says what a catalog's courses are worth for a goal, `why` says it of one course in a sentence, and
`pattern_courses` lays a pathway's course pattern over a school's own courses.

Importing the package loads nothing heavy: pandas and rapidfuzz come with the first question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathways.careers.goals import Goal, find, search
    from pathways.careers.interests import match
    from pathways.careers.pattern import pattern_courses
    from pathways.careers.values import Value, course_values, value, why

_HOMES = {
    "Goal": "goals",
    "find": "goals",
    "search": "goals",
    "match": "interests",
    "pattern_courses": "pattern",
    "Value": "values",
    "course_values": "values",
    "value": "values",
    "why": "values",
}

__all__ = ["Goal", "Value", "course_values", "find", "match", "pattern_courses", "search", "value", "why"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
