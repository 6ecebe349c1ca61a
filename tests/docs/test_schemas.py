"""The JSON schemas of conformance cases, for editors and other auditors: up to date, and true of every case.

``python tests/docs/test_schemas.py`` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from catalogs.documents import read_yaml
from requirements.conformance import Case, CaseFile, read_cases

ROOT = Path(__file__).parents[2]
SCHEMAS = {"conformance": CaseFile, "conformance-case": Case}
FILES = sorted((ROOT / "tests/requirements/cases").rglob("*.yaml"))


def path(name: str) -> Path:
    return ROOT / f"docs/schema/{name}.schema.json"


def schema(name: str) -> dict[str, Any]:
    found = SCHEMAS[name].model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


@pytest.mark.parametrize("name", SCHEMAS)
def test_up_to_date(name: str) -> None:
    assert json.loads(path(name).read_text(encoding="utf-8")) == schema(name), "run python tests/docs/test_schemas.py"


def test_every_case_file_is_valid() -> None:
    validator = jsonschema.Draft202012Validator(schema("conformance"))
    for file in FILES:
        validator.validate(json.loads(json.dumps(read_yaml(file).data, default=str)))


def test_cases_in_full_are_valid() -> None:
    validator = jsonschema.Draft202012Validator(schema("conformance-case"))
    for file in FILES[::20]:
        case = read_cases(file)[-1]
        validator.validate(json.loads(case.model_dump_json(by_alias=True, exclude_defaults=True)))


if __name__ == "__main__":
    for each in SCHEMAS:
        path(each).write_text(json.dumps(schema(each), indent=2) + "\n", encoding="utf-8")
