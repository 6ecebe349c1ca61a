from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs.bundled import bundled, load
from catalogs.prerequisite import (
    AllOf,
    AnyOf,
    GradeAtLeast,
    Leaf,
    Need,
    Prerequisite,
    PrerequisiteError,
    Text,
    codes,
    evaluate,
    nameable,
    parse,
    render,
    texts,
)

course_codes = st.text("ABCXabc0123456789-._/é", min_size=1, max_size=9).filter(nameable)
minimums = st.sampled_from(["A", "A-", "B+", "C", "D", "85", "92.5", "P"])
needs = st.builds(Need, course_codes, st.none() | minimums, st.booleans())
conditions = st.builds(Text, st.text(min_size=1).filter(str.strip))
leaf = needs | conditions | st.builds(GradeAtLeast, st.integers(0, 20))
trees: st.SearchStrategy[Prerequisite] = st.recursive(
    leaf,
    lambda inner: (
        st.builds(AllOf, st.lists(inner, min_size=2, max_size=4).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=2, max_size=4).map(tuple))
    ),
    max_leaves=12,
)


@given(trees)
def test_parse_gives_back_what_render_wrote(tree: Prerequisite) -> None:
    assert parse(render(tree)) == tree


@given(st.text(max_size=60) | st.text('AB1 ()[]":andorconcurrentgrade>=\n', max_size=40))
def test_any_text_parses_or_says_where_it_fails(text: str) -> None:
    try:
        tree = parse(text)
    except PrerequisiteError as error:
        assert error.line >= 1 and error.column >= 1
        assert f"line {error.line}, column {error.column}" in str(error)
    else:
        canonical = render(tree)
        assert parse(canonical) == tree and render(parse(canonical)) == canonical


@pytest.mark.parametrize("name", bundled())
def test_every_bundled_prerequisite_parses(name: str) -> None:
    for course in load(name).courses:
        if course.prerequisite:
            assert parse(render(course.prerequisite)) == course.prerequisite


@pytest.mark.parametrize(
    "text",
    [
        "0321VIRID",
        "HPE-10 or PBLL",
        "0001 and 1002[B+]",
        "4003H[85] or 4003TRH[75]",
        "concurrent:001060",
        "concurrent:A[C] and grade >= 11",
        '(A and B) or "grade 10, recommendations of two teachers"',
        'A or (B and (C or "x \\"y\\" \\\\ z"))',
        "android or order and ANDY",
    ],
)
def test_canonical_text_prints_back_the_same(text: str) -> None:
    tree = parse(text)
    assert render(tree) == text if "order and" not in text else isinstance(tree, AnyOf)


def test_and_binds_tighter_than_or_and_case_and_spaces_do_not_matter() -> None:
    assert parse("A or B AND C") == parse("A Or (B and C)") == AnyOf((Need("A"), AllOf((Need("B"), Need("C")))))
    assert parse("  Grade>=11\n") == GradeAtLeast(11)
    assert parse("CONCURRENT: A [b+]") == Need("A", "B+", True)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("A and", 1, 6, "too early"),
        ("A B", 1, 3, "and"),
        ("A and\n(B or )", 2, 7, "a course code"),
        ("(A", 1, 3, ")"),
        ("A[", 1, 3, "minimum grade"),
        ("A[B", 1, 4, "]"),
        ("A[*]", 1, 3, "minimum grade"),
        ("grade 11", 1, 7, ">="),
        ("grade >= X", 1, 10, "grade level"),
        ('A or "audition', 1, 6, "never closed"),
        ("“audition”", 1, 1, "straight"),
        ('""', 1, 1, "no text"),
        ("", 1, 1, "nothing"),
        ("A, B", 1, 2, "','"),
        ("and", 1, 1, "course code"),
        ("concurrent:", 1, 12, "course code"),
    ],
)
def test_errors_name_line_column_and_what_was_expected(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(PrerequisiteError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)
    assert says in str(caught.value)


def test_deep_nesting_is_refused_clearly_and_breadth_is_not() -> None:
    assert parse("(" * 50 + "A" + ")" * 50) == Need("A")
    with pytest.raises(PrerequisiteError, match="more than 50 parentheses"):
        parse("(" * 100_000 + "A" + ")" * 100_000)
    assert len(codes(parse(" or ".join(f"C{n}" for n in range(5_000))))) == 5_000
    assert parse('"((((" and A') == AllOf((Text("(((("), Need("A")))


def test_codes_and_texts_come_once_in_order() -> None:
    tree = parse('B and (A or "x") and B[C] and ("x" or "y")')
    assert codes(tree) == ("B", "A")
    assert texts(tree) == ("x", "y")


def test_a_group_of_one_is_no_tree() -> None:
    with pytest.raises(ValueError, match="two or more"):
        AllOf((Need("A"),))
    with pytest.raises(ValueError, match="two or more"):
        AnyOf(())


def test_evaluation_has_three_values() -> None:
    values: dict[str, bool | None] = {"T": True, "F": False, "U": None}

    def holds(leaf: Leaf) -> bool | None:
        assert isinstance(leaf, Need)
        return values[leaf.code]

    def known(text: str) -> bool | None:
        return evaluate(parse(text), holds)

    order = [False, None, True]
    for (a, va), (b, vb) in itertools.product(values.items(), repeat=2):
        assert known(f"{a} and {b}") is min(va, vb, key=order.index)
        assert known(f"{a} or {b}") is max(va, vb, key=order.index)


@given(trees)
def test_what_is_known_stays_when_more_becomes_known(tree: Prerequisite) -> None:
    def partly(leaf: Leaf) -> bool | None:
        return None if isinstance(leaf, Text) else len(render(leaf)) % 2 == 0

    before = evaluate(tree, partly)
    for value in (True, False):
        after = evaluate(tree, lambda leaf, value=value: value if partly(leaf) is None else partly(leaf))  # type: ignore[misc]
        assert before is None or after is before
