"""When a course can be taken at the earliest: its grades, terms and prerequisites, one course at a time.

No load limit, every mark good enough, every text condition granted, courses of odd or even years taken as yearly:
what cannot be reached even so cannot be reached at all.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from catalogs.catalog import Catalog
from catalogs.course import Course
from catalogs.prerequisite import AllOf, AnyOf, GradeAtLeast, Need, Prerequisite

NEVER = math.inf


def slots(catalog: Catalog, course: Course) -> tuple[int, ...]:
    """Terms in which a course may start, counted from 0 in the first term of the lowest grade level."""
    terms = catalog.calendar.term_names
    allowed = [
        index
        for index, name in enumerate(terms)
        if (not course.offered or name in course.offered) and index + course.terms <= len(terms)
    ]
    summer = catalog.calendar.summer
    if summer and not allowed and summer.name in course.offered:
        allowed = [len(terms) - 1]  # the summer after the year: as if in its last term
    return tuple(
        year * len(terms) + index
        for year, grade in enumerate(catalog.grade_levels)
        if grade in course.grades
        for index in allowed
    )


def earliest_starts(catalog: Catalog, held: Collection[str] = ()) -> Mapping[str, float]:
    """Earliest term of every course, `NEVER` where there is none.

    Parameters
    ----------
    catalog
        The catalog.
    held
        Courses with credit from before the lowest grade level.

    Notes
    -----
    The least solution of "starts in its first slot from which its prerequisite holds", grown from below. So two
    courses that only go together (each ``concurrent:`` of the other) reach each other, and a circle never does.
    """
    levels, per_year = catalog.grade_levels, catalog.calendar.terms_per_year
    by_code = catalog.by_code
    possible = {course.code: slots(catalog, course) for course in catalog.courses}
    start: dict[str, float] = {code: times[0] if times else NEVER for code, times in possible.items()}

    def ready(ast: Prerequisite) -> float:
        """The term from which a prerequisite holds."""
        match ast:
            case Need(code, _, concurrent):
                versions = [version for version in catalog.versions(code) if version in by_code]
                if any(version in held for version in versions):
                    return 0
                ends = (start[v] if concurrent else start[v] + by_code[v].terms for v in versions)
                return min(ends, default=NEVER)
            case GradeAtLeast(grade):
                return next((year * per_year for year, level in enumerate(levels) if level >= grade), NEVER)
            case AllOf(parts):
                return max(ready(part) for part in parts)
            case AnyOf(parts):
                return min(ready(part) for part in parts)
            case _:
                return 0

    waiting = [course for course in catalog.courses if course.prerequisite is not None]
    changed = True
    while changed:
        changed = False
        for course in waiting:
            assert course.prerequisite is not None
            now = start[course.code]
            if now < NEVER and (since := ready(course.prerequisite)) > now:
                start[course.code] = next((time for time in possible[course.code] if time >= since), NEVER)
                changed = True
    return start
