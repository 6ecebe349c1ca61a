"""Findings about a catalog, in words that a registrar understands."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from catalogs.catalog import Catalog
from catalogs.course import Course
from catalogs.exact import decimal_text
from catalogs.prerequisite import Need, codes, leaves, nameable, render
from catalogs.reach import NEVER, earliest_starts, slots

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

# Numbers from 9 on are mostly grade levels (Health 9, English 10).
HALF = re.compile(r"(?P<stem>.*\S)\s+(?P<half>[1-8]|[AB]|I{1,2})")
SHORTEST_PIECE = 8
"""A year course is counted in eighths at the finest, unless several courses earn a value of their own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in a catalog.

    Parameters
    ----------
    severity
        ``error``: a course cannot be planned as it stands; ``warning``: probably a slip; ``note``: good to know.
    rule
        Id of the rule, such as ``prerequisite-unknown``.
    code
        The course, or empty where the finding is about the whole catalog.
    message
        What was found.
    mend
        What to do about it.
    """

    severity: Severity
    rule: str
    code: str
    message: str
    mend: str


def lint(catalog: Catalog) -> tuple[Finding, ...]:
    """All findings about a catalog, errors first, then in the order of rules and courses."""
    found = [finding for rule in RULES for finding in rule(catalog)]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Number of findings by severity."""
    number = Counter(finding.severity for finding in findings)
    return {severity: number[severity] for severity in SEVERITIES}


def _prerequisites(catalog: Catalog) -> Iterator[Finding]:
    for course in catalog.courses:
        if course.prerequisite is None:
            continue
        for code in codes(course.prerequisite):
            if code == course.code:
                yield Finding(
                    "error",
                    "prerequisite-self",
                    code,
                    f"{_named(course)} asks for itself",
                    "Take it out of its prerequisite",
                )
            elif code not in catalog.by_code:
                yield Finding(
                    "error",
                    "prerequisite-unknown",
                    course.code,
                    f"the prerequisite of {_named(course)} names {code}, which is not in the catalog",
                    'Correct the code, add the course, or put it in quotes as "text"',
                )
        for leaf in leaves(course.prerequisite):
            if isinstance(leaf, Need) and leaf.minimum is not None and catalog.grading.rank(leaf.minimum) is None:
                yield Finding(
                    "warning",
                    "minimum-unknown",
                    course.code,
                    f"{_named(course)} asks for the mark {leaf.minimum} in {leaf.code}, which the scale does not have",
                    "Write a letter from A+ to F or a number up to 100",
                )


def _cycles(catalog: Catalog) -> Iterator[Finding]:
    from catalogs.graph import build_graph

    starts = earliest_starts(catalog)
    for cycle in build_graph(catalog).cycles:
        dead = all(starts[code] == NEVER for code in cycle)
        yield Finding(
            "error" if dead else "warning",
            "prerequisite-cycle",
            cycle[0],
            f"prerequisites go in a circle: {' before '.join([*cycle, cycle[0]])}",
            "Take one of them out of the prerequisites",
        )


def _reach(catalog: Catalog) -> Iterator[Finding]:
    starts = earliest_starts(catalog)
    lowest = catalog.grade_levels[0]
    early = earliest_starts(catalog, {course.code for course in catalog.courses if lowest in course.grades})
    for course in catalog.courses:
        if starts[course.code] < NEVER:
            continue
        times = slots(catalog, course)
        if early[course.code] < NEVER:
            yield Finding(
                "note",
                "early-credit",
                course.code,
                f"{_named(course)} can be reached only with credit from before grade {lowest}",
                "Nothing, if students bring such credit; else check its grades and prerequisite",
            )
        elif not times:
            levels = ", ".join(str(grade) for grade in course.grades)
            yield Finding(
                "error",
                "no-start",
                course.code,
                f"{_named(course)} can never start: grades {levels}, terms {', '.join(course.offered) or 'any'}, "
                f"{course.terms} of {catalog.calendar.terms_per_year} terms long",
                "Correct the columns grades, offered and terms",
            )
        else:
            assert course.prerequisite is not None
            yield Finding(
                "error",
                "unreachable",
                course.code,
                f"nobody can ever take {_named(course)}: {render(course.prerequisite)} is not done in time for "
                f"grades {course.grades[0]} to {course.grades[-1]}",
                "Correct its grades, its prerequisite, or those of the courses before it",
            )


def _calendar(catalog: Catalog) -> Iterator[Finding]:
    calendar = catalog.calendar
    for course in catalog.courses:
        late = [
            name
            for index, name in enumerate(calendar.term_names)
            if name in course.offered and index + course.terms > calendar.terms_per_year
        ]
        if late:
            yield Finding(
                "warning",
                "past-year-end",
                course.code,
                f"{_named(course)} lasts {course.terms} terms and would not end in the year if it starts in "
                f"{' or '.join(late)}",
                "Correct the columns terms and offered",
            )
        if course.periods > calendar.max_courses_per_term:
            yield Finding(
                "error",
                "too-many-periods",
                course.code,
                f"{_named(course)} takes {course.periods} periods, a term has {calendar.max_courses_per_term}",
                "Correct the column periods",
            )


def _credits(catalog: Catalog) -> Iterator[Finding]:
    year = catalog.year_credits
    common = Counter(course.credits for course in catalog.courses)
    for course in catalog.courses:
        worth = decimal_text(course.credits)
        if (course.credits * SHORTEST_PIECE / year).denominator != 1 and common[course.credits] < 3:
            yield Finding(
                "warning",
                "credits-odd",
                course.code,
                f"{_named(course)} earns {worth} credits, which no usual part of a year course "
                f"({decimal_text(year)}) comes to",
                "Check the credits and the unit",
            )
            continue
        usual = year * course.terms * course.periods / catalog.calendar.terms_per_year
        if not usual / 2 < course.credits < usual * 2:
            yield Finding(
                "note",
                "credits-for-length",
                course.code,
                f"{_named(course)} earns {worth} credits; courses of its length ({course.terms} terms, "
                f"{course.periods} periods) usually earn {decimal_text(usual)}",
                "Check the columns credits, terms and periods",
            )


def _titles(catalog: Catalog) -> Iterator[Finding]:
    same: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for course in catalog.courses:
        same[course.title.casefold(), course.level, course.subject].append(course.code)
    for group in same.values():
        if len(group) > 1:
            yield Finding(
                "note",
                "title-twice",
                group[0],
                f"{', '.join(group)} have the same title and level: {catalog.by_code[group[0]].title}",
                "Nothing, if they are one course at several places; else tell the titles apart",
            )


def _halves(catalog: Catalog) -> Iterator[Finding]:
    """Halves of year courses whose other half is missing.

    Only where it is sure enough: a second half (2, 4, ..., B or II) of less than a year with no first half of any
    length, or the first half of a title whose other pairs are complete.
    """
    parts: dict[tuple[str, str], dict[str, list[Course]]] = defaultdict(lambda: defaultdict(list))
    for course in catalog.courses:
        if match := HALF.fullmatch(course.title):
            parts[course.subject, match["stem"].casefold()][match["half"]].append(course)
    other = {"B": "A", "II": "I"}
    for halves in parts.values():
        for half, courses in halves.items():
            if half.isdigit():
                first = int(half) % 2 == 1
                partner = str(int(half) + (1 if first else -1))
            elif half in other:
                first, partner = False, other[half]
            else:
                first, partner = half == "A", "B"
            complete = any(h.isdigit() and int(h) % 2 == 1 and str(int(h) + 1) in halves for h in halves)
            if partner in halves or (first and half.isdigit() and not complete) or half == "I":
                continue
            for course in courses:
                if course.terms < catalog.calendar.terms_per_year:
                    yield Finding(
                        "warning",
                        "half-missing",
                        course.code,
                        f"{_named(course)} looks like one half of a course whose other half ({partner}) is missing",
                        "Add the other half, or nothing if there is none",
                    )


def _references(catalog: Catalog) -> Iterator[Finding]:
    for course in catalog.courses:
        for tag in ("rec", "excludes", "version"):
            for value in course.tag_values(tag):
                for code in value.removeprefix("concurrent:").split("|"):
                    if code.strip() not in catalog.by_code:
                        yield Finding(
                            "warning",
                            f"{tag}-unknown",
                            course.code,
                            f"the tag {tag}:{value} of {_named(course)} names {code.strip()}, "
                            "which is not in the catalog",
                            "Correct the code or take the tag out",
                        )
        if not nameable(course.code):
            yield Finding(
                "warning",
                "code-unusable",
                course.code,
                f"no prerequisite can name the code {course.code!r} of {course.title}",
                "Use letters, digits, - . _ and / only, and not and, or, grade",
            )
    groups = (catalog.meta.get("equivalents") or {}).get("groups") or []
    for code in dict.fromkeys(str(code) for group in groups for code in group):
        if code not in catalog.by_code:
            yield Finding(
                "warning",
                "equivalents-unknown",
                code,
                f"a group of equivalents names {code}, which is not in the catalog",
                "Correct the code or take it out of the group",
            )


def _sced(catalog: Catalog) -> Iterator[Finding]:
    from catalogs import sced

    for course in catalog.courses:
        if course.sced is None:
            continue
        current = sced.current(course.sced)
        if current is None:
            yield Finding(
                "warning",
                "sced-unknown",
                course.code,
                f"{_named(course)} has {course.sced}, which is no SCED code in use",
                "Choose a code of the SCED list, or leave it empty",
            )
        elif not course.sced.startswith(current):
            yield Finding(
                "note",
                "sced-retired",
                course.code,
                f"{_named(course)} has the retired SCED code {course.sced}, which is now {current}",
                f"Write {current}",
            )
    missing = sum(course.sced is None for course in catalog.courses)
    if missing:
        yield Finding(
            "note",
            "sced-missing",
            "",
            f"{missing} of {len(catalog.courses)} courses have no SCED code: rules that go by it pass them by",
            "Confirm the proposed codes",
        )


def _reading(catalog: Catalog) -> Iterator[Finding]:
    for note in catalog.reading_notes:
        yield Finding("note", "encoding", "", note, "Save the file as UTF-8")
    if catalog.unit.inferred:
        yield Finding(
            "note",
            "unit-inferred",
            "",
            f"the catalog does not say how many credits a year course earns; {decimal_text(catalog.year_credits)} "
            "was taken from its courses",
            "Write credits_per_year_course in catalog.yaml",
        )


def _named(course: Course) -> str:
    return f"{course.code} {course.title}"


RULES: tuple[Callable[[Catalog], Iterator[Finding]], ...] = (
    _prerequisites,
    _cycles,
    _reach,
    _calendar,
    _credits,
    _titles,
    _halves,
    _references,
    _sced,
    _reading,
)
