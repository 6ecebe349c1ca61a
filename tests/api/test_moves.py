"""A record against the diplomas of other states over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from catalogs.bundled import load
from catalogs.typical import states
from pathways import files
from pathways.moves import audit_everywhere

PATH = "/api/v1/students/moves"


def test_all_states_answer_and_the_least_missing_comes_first(client: TestClient) -> None:
    student = client.get("/api/v1/examples/katy-recovery").json()
    found = client.post(PATH, json={"student": student}).json()
    assert found["student"] == "katy-recovery"
    assert found["plan"] is None
    assert {one["state"] for one in found["states"]} == set(states())
    # States that leave credits to their districts come last.
    order = [(not one["need"], one["missing"]) for one in found["states"]]
    assert order == sorted(order)
    known = audit_everywhere(files.load_example("katy-recovery"), load("katy-isd-tx"))
    assert found["states"] == [one.model_dump(mode="json", by_alias=True) for one in known]


def test_only_the_states_named(client: TestClient, senior: dict[str, Any]) -> None:
    found = client.post(PATH, json={"student": senior, "to": ["NY", "TX"]}).json()
    assert {one["state"] for one in found["states"]} == {"NY", "TX"}


def test_rules_of_another_class(client: TestClient, senior: dict[str, Any]) -> None:
    body = {"student": senior, "to": ["TX"]}
    found = [client.post(PATH, json={**body, "entering": year}).json() for year in (2020, 2026)]
    assert found[0]["states"][0]["program"] != found[1]["states"][0]["program"]


def test_the_rest_is_planned_on_typical_courses(client: TestClient, senior: dict[str, Any]) -> None:
    found = client.post(PATH, params={"seconds": 5}, json={"student": senior, "to": ["OR"], "plan": True}).json()
    assert found["plan"]["catalog"] == "typical-us-or"
    assert found["plan"]["verified"]
    assert client.post("/api/v1/plans/verify", json=found["plan"]).json()["holds"]


@pytest.mark.parametrize("example", files.examples())
def test_every_example_can_move(client: TestClient, example: str) -> None:
    student = client.get(f"/api/v1/examples/{example}").json()
    answer = client.post(PATH, params={"seconds": 1}, json={"student": student, "to": ["NJ"], "plan": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["plan"]["verified"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"to": ["ny"]}, "body.to.0"),
        ({"to": ["NY"] * 52}, "body.to"),
        ({"plan": True}, "body"),
        ({"plan": True, "to": ["NY", "TX"]}, "body"),
        ({"entering": 1492}, "body.entering"),
        ({"to": ["ZZ"]}, None),
    ],
)
def test_what_cannot_be_asked_is_said(
    client: TestClient, senior: dict[str, Any], change: dict[str, Any], place: str | None
) -> None:
    answer = client.post(PATH, json={"student": senior, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["place"] for one in answer.json()["errors"]] == [place]
