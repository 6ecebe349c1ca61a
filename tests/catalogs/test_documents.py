from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs import documents
from catalogs.documents import parse_json, parse_yaml, read_yaml, write_yaml
from catalogs.errors import InputError


def yaml_of(text: str) -> Any:
    return parse_yaml(text, "x.yaml").data


def test_words_stay_words() -> None:
    words = "[0101, 001302, 001308, 0o17, 0x1F, 1_000, 12:30, yes, no, on, off, y, N, 1e5, 1E5, 00.5, <<, =]"
    assert yaml_of(words) == words.strip("[]").split(", ")


def test_values_are_values() -> None:
    data = yaml_of("[1, -2, 2.5, .5, true, False, null, ~, '', 2026-01-05, '2026-01-05', \"1\", 'true']")
    assert data == [1, -2, 2.5, 0.5, True, False, None, None, "", datetime.date(2026, 1, 5), "2026-01-05", "1", "true"]
    assert yaml_of("9: [a]\na: |\n  two\n  lines\n") == {9: ["a"], "a": "two\nlines\n"}


def test_every_place_knows_its_line() -> None:
    document = parse_yaml("a: 1\nb:\n- x\n- c: 2\n  d: [3,\n   4]\n", "x.yaml")
    assert document.line(("a",)) == 1
    assert document.line(("b", 0)) == 3
    assert document.line(("b", 1, "d")) == 5
    assert document.line(("b", 1, "d", 1)) == 6
    assert document.line(("b", 1, "missing", 7)) == 4
    assert document.line(()) == 1
    error = document.error(("b", 1, "d"), "wrong", "mend it")
    assert str(error) == "x.yaml, line 5, b.1.d: wrong. mend it"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\n\tb: 2\n", "line 2: a tab"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("a: *x\n", "aliases"),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' stands twice"),
        ("{9: 1, 9: 2}", "stands twice"),
        ("a: !!python/object/apply:os.system ['true']\n", "tags"),
        ("a: !x 1\n", "tags"),
        ("? [1, 2]\n: 3\n", "a key must be"),
        ("null: 3\n", "a key must be"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("a: [1\n", "not valid YAML"),
        ("a: b: c\n", "line 1"),
        ("a: .nan\n", "no number"),
        ("a: -.inf\n", "no number"),
        ("a: 2026-13-01\n", "no day"),
        ("a: 1" + "0" * 400 + ".0\n", "too large"),
        ("[" * 5_000, "more than 40 levels"),
        ("# only a comment\n", "empty"),
        ("a: \x07\n", "not valid YAML"),
    ],
)
def test_what_is_unsafe_or_unclear_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        yaml_of(text)
    assert says in str(caught.value) and str(caught.value).startswith("x.yaml")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"PK\x03\x04rest", "Excel or zip"),
        (b"\xd0\xcf\x11\xe0rest", "Excel or zip"),
        (b"a: 1\nb: caf\xe9\n", "line 2: the byte 0xe9 is not UTF-8"),
        (b"a: \x00", "zero"),
        ("a: 1".encode("utf-16"), "zero"),
        (b"a" * 5_000_001, "more than the 5,000,000 allowed"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, raw: bytes, says: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"x\.yaml") as caught:
        read_yaml(path)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_a_file_too_large_or_empty_says_so_and_nothing_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b" " * 5_000_001)
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    assert caught.value.message == "the file has 5,000,001 bytes, more than the 5,000,000 allowed"
    assert caught.value.file == name and caught.value.mend and "Split" not in caught.value.mend
    for content in ("", "\n", "# nothing here\n"):
        if content.startswith("#") and name.endswith(".json"):
            continue
        path.write_text(content, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_yaml(path)
        assert caught.value.message == "the file is empty" and caught.value.mend


def test_missing_files_folders_and_impossible_names(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, Path("a\0b"), tmp_path / ("x" * 5_000)):
        with pytest.raises(InputError):
            read_yaml(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_yaml(path).data == {"a": 1, "b": 2}


def test_json_with_tabs_lines_and_escapes(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{\n\t"a": [1, 2.5, "\\/\\ud83d\\ude00", 1e2, "0101"],\n\t"b": {"c": null}\n}', encoding="utf-8")
    document = read_yaml(path)
    assert document.data == {"a": [1, 2.5, "/\U0001f600", 100.0, "0101"], "b": {"c": None}}
    assert document.line(("a",)) == 2 and document.line(("b", "c")) == 3


def test_lines_of_json_are_looked_for_once_and_only_when_one_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    find = documents._json_lines

    def watched(text: str) -> dict[documents.Place, int]:
        found.append(text)
        return find(text)

    monkeypatch.setattr(documents, "_json_lines", watched)
    document = parse_json('{"a": 1,\n"b": [2,\n3]}', "x.json")
    assert document.data == {"a": 1, "b": [2, 3]} and not found
    assert str(document.error(("b", 1), "no")).startswith("x.json, line 3, b.1")
    assert document.line(("b",)) == 2 and len(found) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "1e999"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": 1,}', "line 1, column"),
        ("[" * 100_000, "levels"),
        ("[" * 41 + "]" * 41, "levels"),
        ("1" * 5_000, "not valid JSON"),
        ("", "not valid JSON"),
    ],
)
def test_json_that_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_json(text, "x.json")
    assert says in str(caught.value)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]))
    | st.sampled_from(["0101", "yes", "1e5", ".5", "1.5e5", "2026-01-05", "~", "null", "<<", "=", "1_0", "a: b", "- "])
    | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc01:. ") | st.integers(0, 20), inner),
    max_leaves=10,
)


@given(values)
def test_written_yaml_reads_back_equal(value: Any) -> None:
    assert yaml_of(write_yaml(value)) == value


@given(st.dictionaries(st.text('ab"\\/é\n', max_size=4), values.filter(lambda v: "date" not in repr(v)), max_size=4))
def test_json_reads_as_json_does(value: Any) -> None:
    # Twice, since the keys 1 and "1" become one.
    text = json.dumps(json.loads(json.dumps(value)), indent="\t")
    assert parse_json(text, "x.json").data == json.loads(text)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200) | st.text("{}[]:,-?!&*|>'\"%@`# \n\tab01.", max_size=60).map(str.encode),
    st.sampled_from(["x.yaml", "x.json"]),
)
def test_bytes_never_raise_anything_but_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(raw)
    try:
        read_yaml(path)
    except InputError as error:
        assert str(error)


def test_mangled_real_files_never_raise_anything_but_an_input_error() -> None:
    text = (Path(__file__).parents[2] / "catalogs/data/woodinville-hs-wa/catalog.yaml").read_text(encoding="utf-8")
    generator = random.Random(1)
    for _ in range(60):
        chars = list(text)
        for _ in range(3):
            chars[generator.randrange(len(chars))] = generator.choice("{}[]:-\"'\n\t#&*")
        try:
            yaml_of("".join(chars))
        except InputError as error:
            assert "x.yaml" in str(error)
