"""Find courses by words of their code and title, narrowed by what they are."""

from __future__ import annotations

import re

from catalogs import Catalog, Course


def search(
    catalog: Catalog,
    words: str = "",
    *,
    subject: str | None = None,
    level: str | None = None,
    grade: int | None = None,
    tag: str | None = None,
) -> list[Course]:
    """Courses with all the words, or words that begin so, in code and title; titles that begin with them come first.

    Examples
    --------
    >>> from catalogs import load
    >>> [course.title for course in search(load("katy-isd-tx"), "ap chem")]
    ['AP Chemistry']
    """
    wanted = _words(words)
    found = [
        course
        for course in catalog.courses
        if (subject is None or course.subject == subject)
        and (level is None or course.level == level)
        and (grade is None or grade in course.grades)
        and (tag is None or course.has_tag(tag))
        and all(any(word.startswith(one) for word in _words(f"{course.code} {course.title}")) for one in wanted)
    ]
    # The sort is stable: of those that begin alike, and of the rest, each keeps the catalog's order.
    return sorted(found, key=lambda course: wanted not in (_words(course.code), _words(course.title)[: len(wanted)]))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
