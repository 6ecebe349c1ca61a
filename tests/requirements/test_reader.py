"""Rule files: reading, errors with their line, layers, lists, hashes and the schema."""

import copy
import json
import os
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogs.catalog import plain
from catalogs.documents import Document, parse_yaml, read_yaml, write_yaml
from catalogs.errors import InputError, InputErrors
from requirements.figure import figures, rule_hash, total_credits
from requirements.language import CreditRequirement, Program, Total, walk
from requirements.listing import programs, standard_diploma
from requirements.reader import json_schema, load, parse_program, program_files, read_program

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "program.schema.json"

BASE = """\
id: base
name: State diploma
jurisdiction: US-XX
kind: diploma
route: standard
cohorts: {from: 2020, to: 2030}
reference: law
status: verified
references:
  - {id: law, title: Law, status: verified}
  - {id: page, title: Web page}
requirements:
  - id: english
    credits: 3
    from: {subject: english}
    parts:
      - {id: first, credits: 1, from: {term: english-1}}
    caps:
      - {credits: 0.5, from: {term: speech}, reference: page}
  - {id: language, credits: 2, from: {subject: world_language}, same: series, status: unverified}
  - id: choice
    any_of:
      - {id: art, credits: 1, from: {subject: arts}}
      - {id: music, credits: 1, from: {term: music}}
  - {id: two-ap, courses: 2, from: {level: ap}}
  - {id: average, gpa: 2.5}
  - {id: total, total: 22}
  - {id: service, task: service, amount: 40, unit: hours}
substitutions:
  - {id: asl, instead_of: language, allowed: {term: american-sign-language}, credits: 1}
doubts:
  - one
"""

LAYER = """\
id: layer
name: District diploma
jurisdiction: US-XX/here
kind: diploma
unit: {name: credit, year_course: 10}
extends: base
drop: [language]
reference: policy
references:
  - {id: policy, title: Policy}
requirements:
  - {id: total, total: 230}
  - {id: finance, credits: 5, from: {term: personal-finance}}
substitutions:
  - {id: debate, instead_of: english/first, allowed: {term: debate}, credits: 5, reference: law}
doubts:
  - two
"""


def parse(text: str) -> Program:
    return parse_program(parse_yaml(text, "x.yaml"))


def error(text: str) -> InputError:
    with pytest.raises(InputError) as found:
        parse(text)
    return found.value


def with_rule(text: str) -> str:
    return BASE.replace("requirements:\n", f"requirements:\n  - {text}\n", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "layer.yaml").write_text(LAYER)
    return tmp_path


class TestErrors:
    def test_a_program_reads(self) -> None:
        assert len(parse(BASE).requirements) == 7

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ("{id: a, credits: 1, form: {subject: arts}}", "unknown key 'form'. Did you mean from?"),
            ("{id: a, credits: 1}", "the key 'from' is missing"),
            ("{id: a, credits: four, from: {subject: arts}}", "expected a number such as 4, 0.5 or 1/3, found 'four'"),
            ("{id: a, credits: 0, from: {subject: arts}}", "expected greater than 0, found 0"),
            ("{id: a, credit: 1, from: {subject: arts}}", "exactly one of the keys credits, courses"),
            ("{id: a, credits: 1, total: 1, from: {subject: arts}}", "exactly one of the keys credits, courses"),
            ("{id: a, credits: 1, from: {subject: art}}", "unknown subject 'art'. Did you mean arts"),
            ("{id: a, credits: 1, from: {term: [music, algebra-11]}}", "unknown term 'algebra-11'. Did you mean"),
            ("{id: a, credits: 1, from: {term: Algebra I}}", "unknown term 'Algebra I'. Did you mean algebra-1?"),
            ("{id: a, credits: 1, from: {set: science_labs}}", "unknown set 'science_labs'. Did you mean science_lab"),
            ("{id: a, credits: 1, from: {sced: '02953'}}", "'02953' is no code of the national list"),
            ("{id: a, credits: 1, from: {sced: 24052}}", "found the number 24052. Put it in quotes"),
            ("{id: a, credits: 1, from: {ladder: {name: mathematic, at_least: 1}}}", "Did you mean mathematics?"),
            ("{id: a, credits: 1, from: {ladder: {name: mathematics, at_least: 9}}}", "Write a rung from 1 to 6"),
            ("{id: a, credits: 1, from: {exclude: {subject: arts}}}", "a selector must name something"),
            ("{id: a, credits: 1, from: arts}", "expected a mapping of keys and values, found 'arts'"),
            ("{id: a, credits: 1, from: {subject: arts}, during: 12}", "expected a list of grades such as [11, 12]"),
            ("{id: a, credits: 1, from: {subject: arts}, minimum_mark: Q}", "'Q' is no mark"),
            ("{id: a, credits: 1, from: {subject: arts}, reference: lew}", "'lew' is not listed. Did you mean law?"),
            ("{id: a, credits: 1, from: {subject: arts}, same: serie}", "Did you mean series?"),
            ("{id: a, task: exam}", "expected 'assessment', 'civics_test'"),
            ("{id: a, task: service, amount: lots}", "expected a number"),
            ("{id: a, any_of: [], at_least: 1}", "expected at least 1 item"),
            ("{id: A B, total: 3}", "expected an id of small letters"),
            ("{id: english, total: 3}", "two requirements are called 'english'. The first is on line 13"),
            ("hello", "found 'hello'"),
        ],
    )
    def test_the_line_and_the_mend(self, rule: str, message: str) -> None:
        found = error(with_rule(rule))
        line = 14 if "two requirements" in message else 13
        assert f"x.yaml, line {line}, requirements." in str(found)
        assert message in str(found)

    def test_the_head(self) -> None:
        assert "line 4, kind: expected 'diploma'" in str(error(BASE.replace("kind: diploma", "kind: diplom")))
        assert "the first is after the last" in str(error(BASE.replace("to: 2030", "to: 2010")))
        assert "line 1: the key 'name' is missing" in str(error(BASE.replace("name: State diploma\n", "")))
        assert "Did you mean reference" in str(error(BASE.replace("reference: law", "referense: law")))
        wrong = str(error(BASE.replace("instead_of: language", "instead_of: langage")))
        assert "there is no requirement 'langage' to stand in for. Did you mean language?" in wrong

    def test_several_at_once_in_the_order_of_the_file(self) -> None:
        found = error(with_rule("{id: a, credits: 1, from: {subject: art}}").replace("kind: diploma", "kind: x"))
        assert isinstance(found, InputErrors)
        assert [one.place for one in found.errors] == ["line 4, kind", "line 13, requirements.0.from.subject"]

    @pytest.mark.parametrize(
        "text",
        ["[]", "42", "a: &a 1\nb: *a\n", "a:\n\t- 1\n", "[" * 100 + "]" * 100, "x: 1\nx: 2\n", "id: {", "1: 2\n", "{}"],
    )
    def test_what_is_no_rule_file(self, text: str) -> None:
        error(text)

    def test_a_deep_selector(self) -> None:
        error(with_rule("{id: a, credits: 1, from: " + "{all: [" * 60 + "{subject: arts}" + "]}" * 60 + "}"))

    def test_many_errors_take_no_time(self) -> None:
        words = ", ".join(f"wrong-word-{i}" for i in range(20_000))
        start = time.perf_counter()
        error(with_rule(f"{{id: a, credits: 1, from: {{term: [{words}]}}}}"))
        assert time.perf_counter() - start < 5

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no such file"):
            read_program(tmp_path / "none.yaml")


class TestLayers:
    def test_joined(self, folder: Path) -> None:
        program = load("layer", [folder])
        assert program.extends is None
        assert [rule.id for rule in program.requirements] == [
            *("english", "choice", "two-ap", "average", "total", "service", "finance"),
        ]
        assert (program.name, program.jurisdiction, program.route) == ("District diploma", "US-XX/here", "standard")
        assert 2025 in program.cohorts
        assert 2031 not in program.cohorts
        assert [one.id for one in program.references] == ["law", "page", "policy"]
        assert program.doubts == ("one", "two")

    def test_credits_below_are_converted(self, folder: Path) -> None:
        rules = dict(walk(load("layer", [folder]).requirements))
        english, first, total = rules["english"], rules["english/first"], rules["total"]
        assert isinstance(english, CreditRequirement)
        assert isinstance(first, CreditRequirement)
        assert isinstance(total, Total)
        assert [english.credits, english.caps[0].credits, first.credits, total.total] == [30, 5, 10, 230]

    def test_what_stays_keeps_its_source(self, folder: Path) -> None:
        found = {one.path: (one.status, one.reference and one.reference.id) for one in figures(load("layer", [folder]))}
        assert found["english"] == ("verified", "law")
        assert found["english/first"] == ("verified", "law")
        assert found["total"] == found["finance"] == ("unverified", "policy")

    def test_substitutions_fall_with_their_requirement(self, folder: Path) -> None:
        assert [one.id for one in load("layer", [folder]).substitutions] == ["debate"]

    def test_layers_on_layers(self, folder: Path) -> None:
        top = (
            LAYER.replace("id: layer", "id: top").replace("extends: base", "extends: layer").replace("[language]", "[]")
        )
        (folder / "top.yaml").write_text(top)
        rules = dict(walk(load("top", [folder]).requirements))
        assert isinstance(rules["english"], CreditRequirement)
        assert rules["english"].credits == 30

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                "extends: base",
                "extends: bass",
                "line 6, extends: there is no program 'bass' to extend. Did you mean base?",
            ),
            ("extends: base", "extends: layer", "layers run in a circle: layer -> layer"),
            ("[language]", "[langage]", "line 7, drop.0: base has no requirement 'langage'"),
            ("instead_of: english/first", "instead_of: english/second", "Did you mean english/first"),
            ("reference: law", "reference: lew", "Did you mean law?"),
            ("id: layer", "id: leyer", "the id is 'leyer' but the file is called 'layer'"),
        ],
    )
    def test_errors(self, folder: Path, old: str, new: str, message: str) -> None:
        (folder / "layer.yaml").write_text(LAYER.replace(old, new))
        with pytest.raises(InputError) as found:
            load("layer", [folder])
        assert message in str(found.value)

    def test_a_circle_of_two(self, folder: Path) -> None:
        (folder / "base.yaml").write_text(BASE + "extends: layer\n")
        with pytest.raises(InputError, match="layer -> base -> layer"):
            load("layer", [folder])

    def test_by_path_with_its_neighbours(self, folder: Path) -> None:
        assert load(folder / "layer.yaml") == load("layer", [folder])
        assert load(str(folder / "base.yaml")).id == "base"

    def test_an_edited_file_is_read_again(self, folder: Path) -> None:
        before = load("layer", [folder])
        assert load("layer", [folder]) is before
        (folder / "base.yaml").write_text(BASE.replace("credits: 3", "credits: 4"))
        os.utime(folder / "base.yaml", ns=(1, 1))
        assert rule_hash(load("layer", [folder])) != rule_hash(before)

    def test_unknown(self) -> None:
        with pytest.raises(InputError, match="Did you mean us-tx-fhsp-2026"):
            load("us-tx-fhsp-2027")


class TestFigures:
    def test_all_of_them(self) -> None:
        assert [
            (one.path, one.text, one.status, one.reference and one.reference.id) for one in figures(parse(BASE))
        ] == [
            ("english", "3 credits", "verified", "law"),
            ("english#cap-1", "at most 0.5 credits", "unverified", "page"),
            ("english/first", "1 credit", "verified", "law"),
            ("language", "2 credits", "unverified", "law"),
            ("choice/art", "1 credit", "verified", "law"),
            ("choice/music", "1 credit", "verified", "law"),
            ("two-ap", "2 courses", "verified", "law"),
            ("average", "a grade point average of 2.5", "verified", "law"),
            ("total", "22 credits in all", "verified", "law"),
            ("service", "service, 40 hours", "verified", "law"),
            ("substitutions/asl", "up to 1 credit in place of language", "verified", "law"),
        ]

    def test_total_credits(self) -> None:
        assert total_credits(parse(BASE)) == 22
        assert total_credits(parse(BASE.replace("  - {id: total, total: 22}\n", ""))) == 6


class TestHash:
    def test_canonical(self) -> None:
        program = parse(BASE)
        assert len(rule_hash(program)) == 64
        assert rule_hash(
            parse(BASE.replace("{id: law, title: Law, status: verified}", "{title: Law, status: verified, id: law}"))
        ) == rule_hash(program)
        assert rule_hash(parse(BASE.replace("credits: 0.5", "credits: 1/2"))) == rule_hash(program)
        assert rule_hash(parse(BASE.replace("credits: 3", "credits: 4"))) != rule_hash(program)

    def test_the_same_in_every_process(self) -> None:
        code = "from requirements import load, rule_hash; print(rule_hash(load('us-tx-fhsp-2026')))"
        environment = {**os.environ, "PYTHONHASHSEED": "7"}
        other = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
        )
        assert other.stdout.strip() == rule_hash(load("us-tx-fhsp-2026"))


class TestBundled:
    def test_all_resolve(self) -> None:
        assert [load(name).id for name in program_files()] == list(program_files())

    def test_listed_in_order_and_filtered(self, folder: Path) -> None:
        listed = programs()
        assert listed == sorted(listed, key=lambda one: (one.jurisdiction, one.kind, one.id))
        texan = programs("tx", kind="diploma", entering=2026)
        assert texan == programs("US-TX", kind="diploma", entering=2026)
        assert {one.jurisdiction.partition("/")[0] for one in texan} == {"US-TX"}
        (here,) = [one for one in programs("XX", folders=[folder]) if one.id == "layer"]
        assert here.total == 230
        assert (here.doubts, here.path) == (2, folder / "layer.yaml")
        assert here.verified_share == Fraction(7, 11)
        assert programs("XX", 2019, folders=[folder]) == []

    def test_the_list_is_fast(self) -> None:
        programs()
        start = time.perf_counter()
        programs()
        assert time.perf_counter() - start < 0.5

    def test_standard_diploma(self, folder: Path) -> None:
        found = standard_diploma("TX", 2026)
        assert found is not None
        assert found.id == "us-tx-fhsp-endorsement-2026"
        earlier = standard_diploma("US-TX", 2020)
        assert earlier is not None
        assert earlier.id == "us-tx-fhsp-endorsement-2014"
        assert standard_diploma("XX", 2026) is None
        assert standard_diploma("XX", 2026, [folder]) == load("base", [folder])

    def test_two_files_of_one_name(self, folder: Path) -> None:
        (folder / "more").mkdir()
        (folder / "more" / "base.yaml").write_text(BASE)
        with pytest.raises(InputError, match="two rule files are called base"):
            programs(folders=[folder])

    def test_light_import(self) -> None:
        code = "import sys, requirements; print(sorted({'pydantic', 'ortools', 'pandas'} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestSchema:
    def test_up_to_date(self) -> None:
        told = "python -m requirements.reader > docs/schema/program.schema.json"
        assert json.loads(SCHEMA.read_text()) == json_schema(), f"run {told}"

    @pytest.mark.parametrize("path", program_files().values(), ids=lambda path: path.stem)
    def test_every_bundled_file_is_valid(self, path: Path) -> None:
        jsonschema.Draft202012Validator(json_schema()).validate(plain(read_yaml(path).data))

    @pytest.mark.parametrize(
        "rule", ["{id: a, credits: 1}", "{id: a, task: exam}", "{id: a, total: x}", "{id: A, total: 1}", "{id: a}"]
    )
    def test_wrong_files_are_not(self, rule: str) -> None:
        data = parse_yaml(with_rule(rule), "x.yaml").data
        assert not jsonschema.Draft202012Validator(json_schema()).is_valid(plain(data))


SEEDS = [parse_yaml(BASE, "x.yaml").data, parse_yaml(LAYER, "x.yaml").data]
words = st.sampled_from(
    [*Program.model_fields, "from", "term", "subject", "credits", "parts", "any_of", "task", "x", "ü"]
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.integers(0, 3), inner, max_size=3),
    max_leaves=6,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, one in below for place in places(one, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    data = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([one for one in places(data) if one]))
        parent = data
        for key in place[:-1]:
            parent = parent[key]
        action = draw(st.sampled_from(["replace", "delete", "add", "number"]))
        if action == "delete" and len(data) > 1:
            del parent[place[-1]]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(words)] = draw(values)
        elif action == "number":
            parent[place[-1]] = draw(st.sampled_from([-1, 0, 0.1, 1e300, 10**30, "1/3", "1e999999", ""]))
        else:
            parent[place[-1]] = draw(values)
    return data


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mutated())
def test_mutated_rules_are_read_or_refused_in_words(data: Any) -> None:
    try:
        program = parse_program(Document(data, "x.yaml", lambda: {(): 1}))
        document = parse_yaml(write_yaml(data), "x.yaml")
        parse_program(document)
    except InputError as wrong:
        assert str(wrong).startswith("x.yaml")
    else:
        list(figures(program))
        rule_hash(program)
