from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalogs import Catalog, load
from catalogs.diff import Change, CourseChange, diff
from catalogs.prerequisite import parse

BASE = load("woodinville-hs-wa")


def test_an_equal_edition_has_no_difference() -> None:
    again = replace(BASE, courses=tuple(reversed(BASE.courses)))
    assert not diff(BASE, again) and BASE.content_hash == again.content_hash


def test_every_kind_of_change_is_told() -> None:
    first, second, third, *rest = BASE.courses
    new_course = replace(first, code="NEW1")
    changed = replace(second, credits=Fraction(1, 2), prerequisite=parse("NEW1[C]"))
    new = replace(BASE, courses=(changed, third, new_course, *rest), edition="2030-31")
    found = diff(BASE, new)
    assert found
    assert [course.code for course in found.added] == ["NEW1"]
    assert [course.code for course in found.removed] == [first.code]
    prerequisite = Change("prerequisite", None, "NEW1[C]")
    assert found.changed == (CourseChange(second.code, (Change("credits", "1", "0.5"), prerequisite)),)
    assert found.prerequisites == (CourseChange(second.code, (prerequisite,)),)
    assert found.settings == (Change("edition", BASE.edition, "2030-31"),)
    back = diff(new, BASE)
    assert back.added == found.removed and back.removed == found.added
    assert back.settings == (Change("edition", "2030-31", BASE.edition),)


edits = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(
            [
                {"title": "X"},
                {"tags": ("b", "a")},
                {"tags": ("a", "b")},
                {"grades": (9,)},
                {"status": "seen"},
                {"sections": 2},
            ]
        ),
    ),
    max_size=4,
)


@given(edits, edits, st.sampled_from([1, 1.0, True]), st.sampled_from([1, 1.0, True]))
def test_no_difference_exactly_if_the_hashes_are_equal(
    one: list[tuple[int, dict[str, Any]]], two: list[tuple[int, dict[str, Any]]], a: object, b: object
) -> None:
    def edited(changes: list[tuple[int, dict[str, Any]]], rule: object) -> Catalog:
        courses = list(BASE.courses[:6])
        for index, values in changes:
            courses[index] = replace(courses[index], **values)
        return replace(BASE, courses=tuple(courses), local_rules={"total": rule})

    old, new = edited(one, a), edited(two, b)
    assert (not diff(old, new)) == (old.content_hash == new.content_hash)
