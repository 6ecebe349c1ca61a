"""Examples, audits, plans and their check over HTTP."""

from __future__ import annotations

import copy
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from pathways import files


def test_examples_are_students(client: TestClient) -> None:
    listed = client.get("/api/v1/examples").json()
    assert [one["id"] for one in listed] == list(files.examples())
    for one in listed:
        student = client.get(f"/api/v1/examples/{one['id']}").json()
        assert student["catalog"] == one["catalog"]


def test_a_plan_is_verified_and_carries_its_certificate(plan: dict[str, Any]) -> None:
    assert plan["status"] == "optimal"
    assert plan["verified"] and not plan["problems"]
    assert all(tier["value"] == tier["bound"] for tier in plan["tiers"])
    assert plan["certificate"]["proven"]
    assert len(plan["inputs"]["catalog"]) == 64
    assert plan["audit"]["programs"][0]["requirements"]


def test_equal_requests_get_equal_plans(client: TestClient, senior: dict[str, Any], plan: dict[str, Any]) -> None:
    again = client.post("/api/v1/plans", json=senior).json()
    assert {**again, "seconds": 0} == {**plan, "seconds": 0}


def test_a_plan_that_comes_back_holds(client: TestClient, plan: dict[str, Any]) -> None:
    assert client.post("/api/v1/plans/verify", json=plan).json() == {"holds": True, "problems": []}


def test_a_plan_that_was_changed_does_not_hold(client: TestClient, plan: dict[str, Any]) -> None:
    changed = copy.deepcopy(plan)
    changed["placements"][0]["year"] += 1
    found = client.post("/api/v1/plans/verify", json=changed).json()
    assert not found["holds"] and found["problems"]


def test_a_shorter_time_limit_is_obeyed_and_said(client: TestClient) -> None:
    student = client.get("/api/v1/examples/del-norte-ninth-grader").json()
    made = client.post("/api/v1/plans", params={"seconds": 0.02}, json=student)
    assert made.status_code == 200
    assert made.json()["status"] == "feasible"
    assert not made.json()["certificate"]["proven"]


def test_the_servers_limit_is_the_most() -> None:
    short = TestClient(create_app(Settings(seconds=0.02)))
    student = short.get("/api/v1/examples/del-norte-ninth-grader").json()
    made = short.post("/api/v1/plans", params={"seconds": 600}, json=student).json()
    assert made["status"] == "feasible"
    assert made["seconds"] < 10


def test_audit_of_the_record_alone(client: TestClient) -> None:
    student = client.get("/api/v1/examples/katy-recovery").json()
    found = client.post("/api/v1/audits", json={"student": student}).json()
    assert found["student"] == "katy-recovery"
    assert found["programs"][0]["status"] == "not_met"


def test_audit_against_a_named_program(client: TestClient, student: dict[str, Any]) -> None:
    body = {"student": student, "programs": ["us-tx-fhsp-2026"]}
    found = client.post("/api/v1/audits", json=body).json()
    assert [one["program"] for one in found["programs"]] == ["us-tx-fhsp-2026"]


def test_other_plans_differ_and_are_verified(client: TestClient) -> None:
    student = client.get("/api/v1/examples/katy-recovery").json()
    found = client.post("/api/v1/plans/alternatives", params={"count": 2, "apart": 1.5}, json=student).json()
    assert [one["proven"] for one in found["alternatives"]] == [True, True]
    for one in found["alternatives"]:
        assert one["nearest"] >= 1.5 and one["trade_offs"]
        assert client.post("/api/v1/plans/verify", json=one["plan"]).json()["holds"]


def test_other_plans_in_a_direction(client: TestClient, senior: dict[str, Any]) -> None:
    asked = {"count": 2, "toward": ["demanding", "sooner"]}
    found = client.post("/api/v1/plans/alternatives", params=asked, json=senior).json()
    assert len(found["alternatives"]) + len(found["words"]) == 2


def test_directions_and_counts_that_cannot_be(client: TestClient, senior: dict[str, Any]) -> None:
    for asked, said in (({"count": 0}, "count"), ({"count": 50}, "count"), ({"toward": "easy"}, "lighter")):
        answer = client.post("/api/v1/plans/alternatives", params=asked, json=senior)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.text


def test_a_front_as_data_and_as_a_picture(client: TestClient, senior: dict[str, Any]) -> None:
    asked = {"of": "quality", "against": "courses"}
    found = client.post("/api/v1/plans/front", params=asked, json=senior).json()
    assert found["complete"] and len(found["points"]) == 2
    drawn = client.post("/api/v1/plans/front.svg", params=asked, json=senior)
    assert drawn.headers["content-type"] == "image/svg+xml"
    for words in ("quality", "courses taken", "no point is missing"):
        assert words in drawn.text
    again = client.post("/api/v1/plans/front.svg", params=asked, json=senior)
    assert drawn.content == again.content


def test_a_measure_that_is_not_known(client: TestClient, senior: dict[str, Any]) -> None:
    answer = client.post("/api/v1/plans/front", params={"of": "fun", "against": "load"}, json=senior)
    assert answer.status_code == 422
    assert "wishes" in answer.text and "rigor" in answer.text
