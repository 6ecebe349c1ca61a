"""The reference page of the rule language: its examples are read, and it names every key."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from catalogs.documents import parse_yaml
from catalogs.exact import decimal_text
from requirements import language
from requirements.jurisdictions import Jurisdiction, PlanPolicy
from requirements.language import Program, walk
from requirements.normal import normalize
from requirements.reader import parse_program

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "rule-language.md").read_text(encoding="utf-8")
HEAD = {"id": "us-xx-example", "name": "Example", "jurisdiction": "US-XX", "kind": "diploma"}
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLES = [text for text in BLOCKS if "authority:" not in text]


def example(text: str) -> Program:
    """The program of a block; one that is not whole gets a head."""
    head = "" if re.search(r"^id:", text, re.MULTILINE) else "".join(f"{key}: {value}\n" for key, value in HEAD.items())
    return parse_program(parse_yaml(head + text, "rule-language.md"))


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: re.sub(r"\W+", "-", text[:40]))
def test_every_example_is_read(text: str) -> None:
    program = example(text)
    if not program.extends:
        assert normalize(program, ()).nodes or not program.requirements


def test_the_example_of_a_jurisdiction() -> None:
    (text,) = (text for text in BLOCKS if text not in EXAMPLES)
    found = Jurisdiction.model_validate(parse_yaml(text, "rule-language.md").data)
    assert found.policy_status == "verified"
    words = set(re.findall(r"\w+", text))
    for model in (Jurisdiction, PlanPolicy):
        assert {field.alias or name for name, field in model.model_fields.items()} - {"note"} <= words


def test_every_kind_of_requirement_has_an_example() -> None:
    found = {type(rule).__name__ for text in EXAMPLES for _, rule in walk(example(text).requirements)}
    assert found == {"CreditRequirement", "CourseRequirement", "AllOf", "AnyOf", "Task", "Gpa", "Total"}


@pytest.mark.parametrize(
    "model",
    [language.Program, language.Selector, language.CreditRequirement, language.Task, language.Substitution],
)
def test_every_key_is_explained(model: Any) -> None:
    unexplained = {"name", "checked"}  # their names say it
    for name, field in model.model_fields.items():
        key = field.alias or name
        assert key in unexplained or re.search(rf"\b{key}\b", PAGE), key


@pytest.mark.parametrize(
    ("written", "shown"), [(4, "4"), (0.5, "0.5"), ("1/3", "1/3"), ("1.25", "1.25"), (0.1, "0.1"), (220, "220")]
)
def test_numbers_are_exact(written: Any, shown: str) -> None:
    program = Program(**HEAD, requirements=[{"id": "x", "total": written}])  # type: ignore[arg-type]
    (total,) = program.requirements
    assert isinstance(total, language.Total)
    assert decimal_text(total.total) == shown


@pytest.mark.parametrize("written", [True, "four", "1/0", 0, -1, "1e999999999", None, [], float("inf")])
def test_what_is_no_amount_is_refused(written: Any) -> None:
    with pytest.raises(ValueError, match="total"):
        Program(**HEAD, requirements=[{"id": "x", "total": written}])  # type: ignore[arg-type]


def test_cohorts() -> None:
    cohorts = language.Cohorts.model_validate({"from": 2020, "to": 2024})
    assert [year for year in range(2018, 2027) if year in cohorts] == [2020, 2021, 2022, 2023, 2024]
    assert 1990 in language.Cohorts()


def test_the_date_of_the_last_check() -> None:
    assert example("checked: 2026-03-01\n").checked == date(2026, 3, 1)


def test_thirds_come_back_whole_from_json() -> None:
    """A third of a credit is no decimal: what JSON makes of it is read back as the same fraction."""
    line = {"id": "a", "credits": "1/3", "from": {"any_course": True}}
    program = Program.model_validate(
        {"id": "p", "name": "P", "jurisdiction": "X", "kind": "diploma", "requirements": [line]}
    )
    again = Program.model_validate_json(program.model_dump_json(by_alias=True, exclude_unset=True))
    assert again.requirements[0].credits == Fraction(1, 3)  # type: ignore[union-attr]
