from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs import Catalog, Grading, InputError, load
from catalogs.bundled import bundled
from catalogs.catalog import title_stem
from catalogs.exact import decimal_text, exact
from catalogs.grading import LETTERS

COUNTS = {"del-norte-hs-ca": 314, "katy-isd-tx": 451, "montclair-hs-nj": 263, "woodinville-hs-wa": 172}
YEAR = {"del-norte-hs-ca": 10, "katy-isd-tx": 1, "montclair-hs-nj": 5, "woodinville-hs-wa": 1}


@pytest.mark.parametrize("name", COUNTS)
def test_bundled_catalogs(name: str) -> None:
    catalog = load(name)
    assert catalog.id == name and len(catalog.courses) == COUNTS[name]
    assert catalog.year_credits == YEAR[name] and not catalog.unit.inferred
    assert load(name) is catalog


def test_an_unknown_catalog_is_named_with_a_near_one() -> None:
    assert set(COUNTS) <= set(bundled())
    with pytest.raises(InputError, match="Did you mean katy-isd-tx"):
        load("katy-isd")
    for name in ("zzz", "", "a\0b", "x" * 5_000):
        with pytest.raises(InputError):
            load(name)


def test_importing_is_light() -> None:
    code = "import sys, catalogs; print([m for m in ('pandas', 'networkx', 'lark') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_credit_counts_once_for_versions_and_for_levels_of_a_title() -> None:
    catalog = load("montclair-hs-nj")
    # 4003H and 4003TRH are equivalents, 4003 and 84003 other levels of 4003H's title.
    assert catalog.credit_group("4003") == ("4003TRH", "4003H", "4003", "84003")
    assert catalog.credit_key("84003") == "4003H"
    assert catalog.versions("4003") == ("4003",)
    # AP is a course of its own.
    assert catalog.credit_key("1003AP") == "1003AP" != catalog.credit_key("1003H")
    assert catalog.credit_key("no such code") == "no such code"


def test_title_stems_take_off_level_words_only() -> None:
    assert (
        title_stem("Honors High School English 1") == title_stem("High School English 1 (H)") == "high school english 1"
    )
    assert title_stem("U.S. History I HH") == title_stem("U.S. History I") != title_stem("AP U.S. History I")
    assert title_stem("Honors") == ""


def test_the_hash_does_not_depend_on_the_order_of_rows_and_keys() -> None:
    catalog = load("montclair-hs-nj")
    turned = replace(
        catalog,
        courses=tuple(reversed(catalog.courses)),
        local_rules=dict(reversed(list(catalog.local_rules.items()))),
        id="other",
        path=None,
    )
    assert turned.content_hash == catalog.content_hash
    assert {c.code: turned.credit_key(c.code) for c in catalog.courses} == {
        c.code: catalog.credit_key(c.code) for c in catalog.courses
    }
    assert replace(catalog, edition="other").content_hash != catalog.content_hash
    more = replace(catalog.courses[0], credits=Fraction(6))
    assert replace(catalog, courses=(more, *catalog.courses[1:])).content_hash != catalog.content_hash


def test_the_hash_is_the_same_on_every_machine(graph_of: Callable[..., Catalog]) -> None:
    catalog = graph_of(A="", B='A[C] and "approval"')
    assert catalog.content_hash == "c380df9a693b833e9ce560112b48cec4a44ef676eee1b041dc4bc65cfdae6b30"


# Marks


@given(st.text(max_size=5), st.text(max_size=5))
def test_any_mark_has_an_answer(grade: str, minimum: str) -> None:
    grading = Grading()
    grading.rank(grade), grading.passes(grade), grading.points(grade)
    assert grading.meets(grade, minimum) in (True, False, None)


def test_letters_and_numbers_have_an_order() -> None:
    grading = Grading("A-F")
    ranks = [grading.rank(letter) for letter in LETTERS]
    assert ranks == sorted(ranks, key=lambda rank: -1 if rank is None else rank) and None not in ranks
    assert [grading.rank(text) for text in ("b+", " B ", "85", "100", "101", "P", "", "E")] == [
        9,
        8,
        85,
        100,
        *[None] * 4,
    ]


@pytest.mark.parametrize(
    ("scale", "passing", "failing"),
    [
        (
            "A-F",
            ["A", "B-", "C", "D", "D-", "60", "100", "P", "CR", "S"],
            ["F", "NP", "NC", "U", "W", "I", "59", "59.9", "101"],
        ),
        ("A-F, D passes", ["D-", "60"], ["F", "59"]),
        ("A-F, C passes", ["C", "70"], ["C-", "D", "69"]),
        ("0-100, 70 passes", ["70", "100"], ["69"]),
    ],
)
def test_what_passes(scale: str, passing: list[str], failing: list[str]) -> None:
    assert [mark for mark in passing + failing if Grading(scale).passes(mark)] == passing
    assert not Grading(scale).passes("")


@pytest.mark.parametrize(
    ("grade", "minimum", "answer"),
    [
        ("B", "B", True), ("B+", "B", True), ("B-", "B", False), ("85", "85", True), ("84.9", "85", False),
        ("P", "B", None), ("P", "70", None), ("F", "C", False), ("NP", "C", False), ("W", "80", False),
        ("A", "?", None), ("A", "85", True), ("B", "85", None), ("B+", "85", True), ("C", "85", False),
        ("85", "B", True), ("81", "B", None), ("79", "B", False), ("87", "B+", True), ("86", "B+", False),
        ("80", "B-", True), ("B-", "85", False),
    ],
)  # fmt: skip
def test_minimum_marks(grade: str, minimum: str, answer: bool | None) -> None:
    assert Grading().meets(grade, minimum) is answer


def test_grade_points() -> None:
    points = {
        mark: Grading().points(mark)
        for mark in ("A+", "A", "A-", "B+", "C", "D-", "F", "95", "100", "72", "12", "P", "W")
    }
    assert points == {
        "A+": 4, "A": 4, "A-": Fraction(37, 10), "B+": Fraction(33, 10), "C": 2, "D-": Fraction(7, 10), "F": 0,
        "95": 4, "100": 4, "72": 2, "12": 0, "P": None, "W": None,
    }  # fmt: skip


# Exact numbers


@given(st.fractions(-1000, 1000, max_denominator=99))
def test_numbers_print_and_read_back_exactly(value: Fraction) -> None:
    if len(decimal_text(value)) < 10:
        assert exact(decimal_text(value)) == value


def test_numbers() -> None:
    texts = {"5": "5", "0.50": "0.5", "1.25": "1.25", "-0.05": "-0.05", "1/3": "1/3", "100": "100"}
    assert {text: decimal_text(exact(text)) for text in texts} == texts
    assert exact(2.5) == exact(" 2.50 ") == Fraction(5, 2)
    for bad in ("", "x", "1e9", "1/0", "nan", True, None, float("inf"), "1" * 50):
        with pytest.raises(ValueError, match="not a number"):
            exact(bad)
