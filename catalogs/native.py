"""The native format: a folder with catalog.yaml, courses.csv and, if there are any, programs_of_study.yaml.

Reading and writing lose nothing: keys and columns that are not known here are kept, and a cell is written back as it
was typed unless its course was changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from catalogs.calendar import Calendar, Summer
from catalogs.catalog import Catalog, CreditUnit, Groups
from catalogs.course import Course
from catalogs.documents import Document, read_yaml, write_yaml
from catalogs.errors import InputError
from catalogs.exact import decimal_text, exact
from catalogs.grading import Grading
from catalogs.rows import MAX_GRADE, courses_text, read_courses

CATALOG, COURSES, PROGRAMS = "catalog.yaml", "courses.csv", "programs_of_study.yaml"
USUAL_TERMS = {1: ("Year",), 2: ("S1", "S2"), 3: ("T1", "T2", "T3"), 4: ("Q1", "Q2", "Q3", "Q4")}
YEAR_COURSE = (
    re.compile(r"([\d.]+)\s+(?:credits?\s+)?per\s+(?:full[- ])?year(?:[- ]long)?\s+(?:course|class)"),
    re.compile(
        r"([\d.]+)\s+for\s+(?:what other schools call\s+)?a\s+(?:full[- ])?year(?:[- ]long)?\s+(?:course|class)"
    ),
)


def read_catalog(folder: Path | str) -> Catalog:
    """Read a catalog from its folder.

    Parameters
    ----------
    folder
        Holds catalog.yaml, courses.csv and, if there are any, programs_of_study.yaml.

    Raises
    ------
    InputError
        With file, line, column and what to do about it; `InputErrors` for several rows at once.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError("this is not a folder", file=str(folder), mend=f"Give a folder with {CATALOG} and {COURSES}")
    document = read_yaml(folder / CATALOG)
    if not isinstance(document.data, dict):
        raise document.error((), "it must hold keys such as name, calendar and credit_unit")
    meta = {str(key): value for key, value in document.data.items()}
    calendar = _calendar(document, meta)
    grading_raw = _mapping(document, meta, "grading")
    grading = Grading(str(grading_raw.pop("scale", "A-F")))
    meta = {**meta, "grading": grading_raw} if grading_raw else {k: v for k, v in meta.items() if k != "grading"}
    local_rules = _mapping(document, meta, "local_graduation")
    meta.pop("local_graduation", None)
    courses, notes = read_courses(folder / COURSES, calendar, _grade_levels(document, meta))
    keys = version_keys(courses, _equivalents(document, meta))
    courses = tuple(replace(course, version=keys.get(course.code)) for course in courses)
    programs: Mapping[str, Any] = {}
    if (folder / PROGRAMS).exists():
        programs_document = read_yaml(folder / PROGRAMS)
        if not isinstance(programs_document.data, dict):
            raise programs_document.error((), "it must hold keys such as programs")
        programs = programs_document.data
    catalog_id = str(meta.pop("id", None) or folder.resolve().name)
    return Catalog(
        id=catalog_id,
        name=str(meta.pop("name", None) or catalog_id),
        district=str(meta.pop("district", None) or ""),
        state=str(meta.pop("state", None) or ""),
        edition=str(meta.pop("edition", None) or ""),
        unit=_unit(document, meta, courses, calendar),
        calendar=calendar,
        courses=courses,
        grading=grading,
        local_rules=local_rules,
        programs_of_study=programs,
        meta=meta,
        path=folder,
        reading_notes=notes,
    )


# catalog.yaml


def _mapping(document: Document, meta: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = meta.get(key)
    if value is not None and not isinstance(value, dict):
        raise document.error((key,), f"{key} must hold keys of its own")
    return dict(value or {})


def _whole(document: Document, place: tuple[str, ...], value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise document.error(place, f"{place[-1]} must be a whole number from {least} to {most}, not {value!r}")
    return value


def _calendar(document: Document, meta: dict[str, Any]) -> Calendar:
    """Take the calendar out of `meta`, leaving there what is not known here (such as its note)."""
    raw = _mapping(document, meta, "calendar")
    if not raw:
        raise document.error(
            (), "the calendar is missing", "Add calendar: with terms_per_year: 2 and max_courses_per_term: 7"
        )
    number, names = raw.pop("terms_per_year", None), raw.pop("term_names", None)
    if number is None and names is None:
        raise document.error(("calendar",), "terms_per_year is missing", "Add terms_per_year: 2")
    if number is not None:
        _whole(document, ("calendar", "terms_per_year"), number, 1, 12)
    if names is None:
        names = USUAL_TERMS.get(number) or [f"Term {term}" for term in range(1, number + 1)]
    elif not isinstance(names, list) or not names or not all(isinstance(name, str | int) for name in names):
        raise document.error(("calendar", "term_names"), "term_names must list names such as S1 and S2")
    names = tuple(str(name).strip() for name in names)
    if len(set(names)) < len(names) or any(not name or ";" in name or "," in name for name in names):
        raise document.error(("calendar", "term_names"), "term names must differ and hold no comma or semicolon")
    if number is not None and number != len(names):
        raise document.error(
            ("calendar", "term_names"), f"{len(names)} term names are listed, but terms_per_year says {number}"
        )
    if "max_courses_per_term" not in raw:
        raise document.error(("calendar",), "max_courses_per_term is missing", "Add max_courses_per_term: 7")
    most = _whole(document, ("calendar", "max_courses_per_term"), raw.pop("max_courses_per_term"), 1, 20)
    least = raw.pop("min_courses_per_term", None)
    if least is not None:
        least = _whole(document, ("calendar", "min_courses_per_term"), least, 0, most)
    summer = _summer(document, raw.pop("summer", None), names)
    if raw:
        meta["calendar"] = raw
    else:
        del meta["calendar"]
    return Calendar(names, most, least, summer)


def _summer(document: Document, raw: Any, names: tuple[str, ...]) -> Summer | None:
    place = ("calendar", "summer")
    if raw is None or raw is False:
        return None
    if raw is True:
        raw = {}
    if not isinstance(raw, dict) or set(raw) - {"name", "max_courses"}:
        raise document.error(place, "summer must hold name and max_courses, and nothing else")
    name = str(raw.get("name", Summer().name)).strip()
    if not name or name in names or ";" in name or "," in name:
        raise document.error((*place, "name"), f"the summer cannot be called {name!r}")
    return Summer(name, _whole(document, (*place, "max_courses"), raw.get("max_courses", Summer().max_courses), 1, 20))


def _grade_levels(document: Document, meta: Mapping[str, Any]) -> tuple[int, ...]:
    raw = meta.get("grade_levels")
    if raw is None:
        return (9, 10, 11, 12)
    if not isinstance(raw, list) or not raw or not all(type(g) is int and 0 <= g <= MAX_GRADE for g in raw):
        raise document.error(("grade_levels",), "grade_levels must list whole numbers such as 9, 10, 11, 12")
    return tuple(sorted(set(raw)))


def _equivalents(document: Document, meta: Mapping[str, Any]) -> list[list[str]]:
    groups = _mapping(document, meta, "equivalents").get("groups") or []
    place = ("equivalents", "groups")
    if not isinstance(groups, list):
        raise document.error(place, "groups must be a list of lists of course codes")
    for index, group in enumerate(groups):
        if not isinstance(group, list) or not all(isinstance(code, str) or type(code) is int for code in group):
            raise document.error((*place, index), "a group must be a list of course codes", "Put codes in quotes")
    return [[str(code) for code in group] for group in groups]


def _unit(document: Document, meta: dict[str, Any], courses: Sequence[Course], calendar: Calendar) -> CreditUnit:
    text = str(meta.pop("credit_unit", None) or "")
    given = meta.pop("credits_per_year_course", None)
    if given is not None:
        try:
            year = exact(given)
        except ValueError:
            year = Fraction(0)
        if year <= 0:
            raise document.error(
                ("credits_per_year_course",), "credits_per_year_course must be a number above zero", "Write 1, 5 or 10"
            )
        return CreditUnit(text, year)
    if (year_course := year_course_of(text)) is not None:
        return CreditUnit(text, year_course)
    common = Counter(course.credits for course in courses if course.terms == calendar.terms_per_year)
    most = min(common, key=lambda credits: (-common[credits], credits), default=Fraction(1))
    return CreditUnit(text, most, inferred=True)


def year_course_of(text: str) -> Fraction | None:
    """Credits of a year course as a unit's wording states them, or None.

    Examples
    --------
    >>> year_course_of("credit (5 per year course, 2.5 semester)")
    Fraction(5, 1)
    """
    for pattern in YEAR_COURSE:
        if match := pattern.search(text.lower()):
            try:
                value = exact(match.group(1).strip("."))
            except ValueError:
                continue
            if value > 0:
                return value
    return None


def version_keys(courses: Sequence[Course], equivalents: Sequence[Sequence[str]]) -> dict[str, str]:
    """Code to key of its version group; groups that share a code are one, and the key is its first known code."""
    groups = Groups()
    for listed in equivalents:
        groups.join(listed)
    for course in courses:
        for other in filter(None, (course.version, *course.tag_values("version"))):
            groups.join((other, course.code))
    known = {course.code for course in courses}
    keys = {}
    for group in groups.all():
        members = [code for code in group if code in known]
        if len(members) > 1:
            keys.update(dict.fromkeys(members, members[0]))
    return keys


# Writing


def write_catalog(catalog: Catalog, folder: Path | str) -> None:
    """Write a catalog to a folder (made if it is not there), so that `read_catalog` gives an equal one.

    Comments of a YAML file that it came from are not kept; everything else is.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if catalog.programs_of_study:
        (folder / PROGRAMS).write_text(write_yaml(dict(catalog.programs_of_study)), encoding="utf-8")
    text = courses_text(catalog.courses, catalog.calendar, catalog.grade_levels, versions=_versions_kept(catalog))
    (folder / COURSES).write_text(text, encoding="utf-8", newline="")
    (folder / CATALOG).write_text(write_yaml(_settings(catalog, folder)), encoding="utf-8")


def _settings(catalog: Catalog, folder: Path) -> dict[str, Any]:
    """The content of catalog.yaml."""
    meta = dict(catalog.meta)
    calendar = catalog.calendar
    terms: dict[str, Any] = {
        "terms_per_year": calendar.terms_per_year,
        "term_names": list(calendar.term_names),
        "max_courses_per_term": calendar.max_courses_per_term,
        "min_courses_per_term": calendar.min_courses_per_term,
    }
    if calendar.summer:
        terms["summer"] = {"name": calendar.summer.name, "max_courses": calendar.summer.max_courses}
    data: dict[str, Any] = {"id": catalog.id} if catalog.id != folder.resolve().name else {}
    data |= {key: getattr(catalog, key) for key in ("name", "district", "state", "edition")}
    data["credit_unit"] = catalog.unit.text
    year = catalog.unit.year_course
    if not catalog.unit.inferred and year_course_of(catalog.unit.text) != year:
        data["credits_per_year_course"] = year.numerator if year.denominator == 1 else decimal_text(year)
    data["calendar"] = terms | meta.pop("calendar", {})
    data["grading"] = {"scale": catalog.grading.scale} | meta.pop("grading", {})
    if catalog.local_rules:
        data["local_graduation"] = dict(catalog.local_rules)
    groups = {course.version: catalog.versions(course.code) for course in catalog.courses if course.version}
    if not _versions_kept(catalog):
        listed = [[key, *(code for code in codes if code != key)] for key, codes in groups.items()]
        meta["equivalents"] = {**meta.get("equivalents", {}), "groups": listed}
    return data | meta


def _versions_kept(catalog: Catalog) -> bool:
    """Whether version columns, tags and equivalents, as they were read, still give the versions of the courses."""
    groups = (catalog.meta.get("equivalents") or {}).get("groups") or []
    read = [
        replace(course, version=dict(course.cells).get("version", "").strip() or None) for course in catalog.courses
    ]
    keys = version_keys(read, [[str(code) for code in group] for group in groups])
    return all(keys.get(course.code) == course.version for course in catalog.courses)
