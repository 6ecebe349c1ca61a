"""Single failures over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from pathways.plan import Plan
from pathways.resilience import resilience

PATH = "/api/v1/plans/resilience"


def test_every_failure_of_a_plan(client: TestClient, plan: dict[str, Any]) -> None:
    found = client.post(PATH, json=plan).json()
    assert found == resilience(Plan.model_validate(plan)).model_dump(mode="json", by_alias=True)
    assert 0 <= found["score"] <= 1
    assert {one["course"] for one in found["courses"]} >= {place["course"] for place in plan["placements"]}


def test_with_the_plans_that_follow(client: TestClient, plan: dict[str, Any]) -> None:
    found = client.post(PATH, params={"fallbacks": True}, json=plan).json()
    fallbacks = [one["fallback"] for one in found["courses"] if one["graduates"]]
    assert fallbacks and all(one["plan"]["verified"] for one in fallbacks)


def test_a_limit_leaves_the_rest_open(client: TestClient, plan: dict[str, Any]) -> None:
    found = client.post(PATH, params={"seconds": 0.001}, json=plan).json()
    assert None in {one["survived"] for one in found["courses"]}


def test_a_robust_plan(client: TestClient) -> None:
    student = client.get("/api/v1/examples/katy-impossible-wish").json()
    made = client.post("/api/v1/plans", json={**student, "robust": "core"}).json()
    assert made["verified"] and made["robust"]["survives"]
    assert client.post("/api/v1/plans/verify", json=made).json()["holds"]
