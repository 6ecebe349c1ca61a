"""The OpenAPI document is valid, complete and true: its examples fit its schemas, and answers fit what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body that an operation takes or gives."""
    if "requestBody" in operation:
        for kind, content in operation["requestBody"]["content"].items():
            yield f"request {kind}", content
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            yield f"{status} {kind}", content


def value(document: dict[str, Any], example: dict[str, Any]) -> Any:
    return document["components"]["examples"][example["$ref"].rpartition("/")[2]]["value"]


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def test_the_document_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_is_explained(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert operation["description"], path
        for parameter in operation.get("parameters", []):
            assert "schema" in parameter, (path, method)


def test_every_body_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    count = 0
    for path, method, operation in operations(document):
        for name, content in contents(operation):
            examples = [value(document, one) for one in content.get("examples", {}).values()]
            examples += [content["example"]] if "example" in content else []
            assert examples, (path, method, name)
            for example in examples:
                validator(document, content["schema"]).validate(example)
                count += 1
    assert count > 20


def test_problems_are_documented(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        documented = set(operation["responses"])
        if method == "post":
            assert {"400", "413", "422"} <= documented, path
        if "{" in path:
            assert "404" in documented, path
        for status in documented - {"200"}:
            assert list(operation["responses"][status]["content"]) == ["application/problem+json"], (path, status)


def test_the_examples_of_requests_are_answered(document: dict[str, Any], client: TestClient) -> None:
    for path, method, operation in operations(document):
        if method != "post":
            continue
        for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
            needed = [one for one in operation.get("parameters", ()) if one["required"]]
            params = {one["name"]: one["schema"]["examples"][0] for one in needed}
            answer = client.post(path, params=params, json=value(document, example))
            assert answer.status_code == 200, (path, answer.text)
            content = operation["responses"]["200"]["content"]
            if "application/json" in content:
                validator(document, content["application/json"]["schema"]).validate(answer.json())
