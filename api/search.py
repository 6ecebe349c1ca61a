"""Find courses by words of their code and title, narrowed by what they are."""

from __future__ import annotations

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
    """Courses whose code or title has all the words, those that begin with them first, else as in the catalog.

    Examples
    --------
    >>> from catalogs import load
    >>> [course.title for course in search(load("katy-isd-tx"), "ap chem")]
    ['AP Chemistry']
    """
    wanted = words.casefold().split()
    found = [
        course
        for course in catalog.courses
        if (subject is None or course.subject == subject)
        and (level is None or course.level == level)
        and (grade is None or grade in course.grades)
        and (tag is None or course.has_tag(tag))
        and all(word in f"{course.code} {course.title}".casefold() for word in wanted)
    ]
    start = " ".join(wanted)
    begins = (
        [c for c in found if c.code.casefold().startswith(start) or c.title.casefold().startswith(start)]
        if start
        else found
    )
    rest = {course.code for course in found} - {course.code for course in begins}
    return [*begins, *(course for course in found if course.code in rest)]
