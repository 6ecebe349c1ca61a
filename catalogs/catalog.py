"""A catalog: one edition of the courses of a school, as a value."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from catalogs.calendar import Calendar
from catalogs.course import Course
from catalogs.exact import decimal_text
from catalogs.grading import Grading
from catalogs.prerequisite import render

__all__ = ["Catalog", "CreditUnit", "Grading"]

# Words of a title that say no more than its level. AP, IB and dual credit are courses of their own.
LEVEL_WORDS = re.compile(r"\bhigh honors\b|\b(?:honors|hon|h|hh|kap|resource|sheltered|regular)\b")


@dataclass(frozen=True, slots=True)
class CreditUnit:
    """What a credit is in one catalog.

    Parameters
    ----------
    text
        As the catalog words it.
    year_course
        Credits of one period in every term of a school year (1 in Texas, 5 in New Jersey, 10 in California).
    inferred
        Whether that number was guessed from the courses.
    """

    text: str
    year_course: Fraction
    inferred: bool = False


@dataclass(frozen=True)
class Catalog:
    """One edition of a catalog.

    Parameters
    ----------
    id
        Short name, that of its folder unless it says otherwise.
    name, district, state, edition
        As printed; the state by its two letters.
    unit
        What a credit is.
    calendar
        The school year.
    courses
        All courses, in the order of the file.
    grading
        The marks.
    local_rules
        Local graduation rules, as raw as they were read.
    programs_of_study
        Sequences that the school recommends, as raw as they were read.
    meta
        Everything else that its file says, at the same place as in the file.
    path
        The folder it was read from, if any; no part of equality.
    reading_notes
        What reading it had to overlook, for `lint`; no part of equality.
    """

    id: str
    name: str
    district: str
    state: str
    edition: str
    unit: CreditUnit
    calendar: Calendar
    courses: tuple[Course, ...]
    grading: Grading = field(default_factory=Grading)
    local_rules: Mapping[str, Any] = field(default_factory=dict)
    programs_of_study: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = field(default=None, compare=False)
    reading_notes: tuple[str, ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @cached_property
    def by_code(self) -> Mapping[str, Course]:
        """The courses by their code."""
        return MappingProxyType({course.code: course for course in self.courses})

    def get(self, code: str) -> Course | None:
        """The course of this code, or None."""
        return self.by_code.get(code)

    @property
    def year_credits(self) -> Fraction:
        """Credits of what other schools call one year-long course."""
        return self.unit.year_course

    @cached_property
    def grade_levels(self) -> tuple[int, ...]:
        """The grade levels of the school, lowest first."""
        levels = self.meta.get("grade_levels")
        whole = [level for level in levels if type(level) is int] if isinstance(levels, list) else []
        return tuple(sorted(set(whole))) or (9, 10, 11, 12)

    @cached_property
    def _version_groups(self) -> Mapping[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = {}
        for course in self.courses:
            if course.version is not None:
                groups.setdefault(course.version, []).append(course.code)
        return {code: tuple(codes) for codes in groups.values() for code in codes}

    def versions(self, code: str) -> tuple[str, ...]:
        """Codes of the same version group, itself among them; any of them serves where a prerequisite names one."""
        return self._version_groups.get(code, (code,))

    @cached_property
    def _credit_keys(self) -> Mapping[str, str]:
        """Code to credit key: version groups, joined with groups of titles that differ by a level word only."""
        groups = Groups()
        by_stem: dict[tuple[str, int, str], list[str]] = {}
        for course in self.courses:
            groups.join(self.versions(course.code))
            stem = title_stem(course.title)
            if stem:
                by_stem.setdefault((course.subject, course.terms, stem), []).append(course.code)
        for codes in by_stem.values():
            groups.join(sorted(codes))
        versions = {course.code: course.version for course in self.courses}
        keys = {}
        for members in groups.all():
            # An explicit key wins; else the smallest code, so that the order of rows does not matter.
            explicit = sorted(key for code in members if (key := versions[code]) is not None)
            for code in members:
                keys[code] = explicit[0] if explicit else min(members)
        return keys

    @cached_property
    def _credit_groups(self) -> Mapping[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = {}
        for course in self.courses:
            groups.setdefault(self._credit_keys[course.code], []).append(course.code)
        return {key: tuple(codes) for key, codes in groups.items()}

    def credit_key(self, code: str) -> str:
        """Key under which credit counts once: courses of an equal key earn credit only once among them."""
        return self._credit_keys.get(code, code)

    @cached_property
    def year_courses(self) -> Mapping[str, Fraction]:
        """The credit of each course, by its code, in year-long courses."""
        return {course.code: course.credits / self.year_credits for course in self.courses}

    def credit_group(self, code: str) -> tuple[str, ...]:
        """Codes that share its credit key, itself among them."""
        return self._credit_groups.get(self.credit_key(code), (code,))

    def content(self) -> dict[str, Any]:
        """All that matters for planning as plain JSON values; the basis of `content_hash` and of `diff`.

        The id, the folder, notes and sources are left out, and the order of rows and keys does not show.
        """
        parts: dict[str, Any] = {
            name: plain(getattr(self, name))
            for name in ("name", "district", "state", "edition", "calendar", "local_rules", "programs_of_study")
        }
        parts["unit"] = plain(self.unit)
        parts["grading"] = {**plain(self.meta.get("grading", {})), "scale": self.grading.scale}
        parts["grade_levels"] = list(self.grade_levels)
        parts["courses"] = {course.code: course_content(course) for course in self.courses}
        return parts

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hexadecimal) of `content` in canonical JSON, the same on every machine."""
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def title_stem(title: str) -> str:
    """A title without case, punctuation and the words that only say a level.

    Examples
    --------
    >>> title_stem("Honors High School English 1") == title_stem("High School English 1")
    True
    """
    words = " ".join(re.findall(r"[^\W_]+", title.casefold()))
    return " ".join(LEVEL_WORDS.sub(" ", words).split())


def course_content(course: Course) -> dict[str, Any]:
    """All fields of a course as plain JSON values; tags in sorted order."""
    values = {f.name: plain(getattr(course, f.name)) for f in fields(course) if f.compare}
    values["prerequisite"] = render(course.prerequisite) if course.prerequisite else None
    values["tags"] = sorted(course.tags)
    if course.homework is None:
        del values["homework"]  # most catalogs do not say, and what is not said changes no hash
    return values


def plain(value: Any) -> Any:
    """A value in the types of JSON; fractions and dates become text."""
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value


class Groups:
    """Sets of names that grow together (union-find); members and groups keep the order in which they came."""

    def __init__(self) -> None:
        self._group: dict[str, list[str]] = {}

    def join(self, names: Iterable[str]) -> None:
        """Make one group of these names and of the groups that they were in."""
        groups: list[list[str]] = []
        for name in names:
            group = self._group.setdefault(name, [name])
            if not any(group is other for other in groups):
                groups.append(group)
        for group in groups[1:]:
            groups[0].extend(group)
            for name in group:
                self._group[name] = groups[0]

    def all(self) -> list[tuple[str, ...]]:
        """All groups, each once."""
        return [tuple(group) for name, group in self._group.items() if group[0] == name]
