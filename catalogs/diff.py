"""What changed between two editions of a catalog."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from catalogs.catalog import Catalog
from catalogs.course import Course


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed, before and after, in the types of JSON."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class CourseChange:
    """A course that is in both editions and differs."""

    code: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """The difference of two editions, all in order of code or field.

    Parameters
    ----------
    added, removed
        Courses in only one of them.
    changed
        Courses in both, field by field.
    settings
        What changed outside of the courses: calendar, unit, marks, local rules, ...
    """

    added: tuple[Course, ...]
    removed: tuple[Course, ...]
    changed: tuple[CourseChange, ...]
    settings: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.settings)

    @property
    def prerequisites(self) -> tuple[CourseChange, ...]:
        """The courses whose prerequisite changed, with that change alone."""
        picked = ((course.code, [c for c in course.changes if c.field == "prerequisite"]) for course in self.changed)
        return tuple(CourseChange(code, tuple(changes)) for code, changes in picked if changes)


def diff(old: Catalog, new: Catalog) -> CatalogDiff:
    """Compare two editions; the answer is empty (false) exactly if their content hashes are equal."""
    before, after = old.content(), new.content()
    courses, later = before.pop("courses"), after.pop("courses")
    both = sorted(courses.keys() & later.keys())
    changed = ((code, _changes(courses[code], later[code])) for code in both)
    return CatalogDiff(
        added=tuple(new.by_code[code] for code in sorted(later.keys() - courses.keys())),
        removed=tuple(old.by_code[code] for code in sorted(courses.keys() - later.keys())),
        changed=tuple(CourseChange(code, changes) for code, changes in changed if changes),
        settings=_changes(before, after),
    )


def _changes(old: dict[str, Any], new: dict[str, Any]) -> tuple[Change, ...]:
    # Compared as JSON, as the content hash does: 1 and 1.0 and true are three values there.
    return tuple(
        Change(name, old[name], new[name])
        for name in sorted(old)
        if json.dumps(old[name], sort_keys=True) != json.dumps(new[name], sort_keys=True)
    )
