"""Why and why not over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

PATH = "/api/v1/students/why"


def ask(client: TestClient, student: str, *courses: str, **parameters: float) -> dict[str, Any]:
    record = client.get(f"/api/v1/examples/{student}").json()
    answer = client.post(PATH, json={"student": record, "courses": courses}, params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_all_courses_of_the_plan_when_none_is_named(
    client: TestClient, senior: dict[str, Any], plan: dict[str, Any]
) -> None:
    found = client.post(PATH, json={"student": senior}).json()
    assert [one["course"] for one in found["present"]] == [one["course"] for one in plan["placements"]]
    assert found["absent"] == []
    assert found["settled"]
    assert all(one["without"].startswith("Without it, ") for one in found["present"])


def test_why_it_is_there_and_what_it_opens(client: TestClient) -> None:
    (reason,) = ask(client, "katy-recovery", "0102")["present"]
    assert reason["title"] == "English 2"
    assert reason["counts"].startswith("It counts for ")
    assert reason["opens"].endswith("needs it first.")
    assert reason["difference"]["gone"] == ["0102"]
    assert len(reason["difference"]["new"]) == 1


def test_why_not_and_each_way_out_can_be_planned(client: TestClient) -> None:
    found = ask(client, "katy-impossible-wish", "6711")
    (absence,) = found["absent"]
    assert found["present"] == []
    assert {fact["kind"] for fact in absence["facts"]} == {"prerequisite"}
    costs = [one["cost"] for one in absence["corrections"]]
    assert costs and costs == sorted(costs)
    wish = {"course": "6711", "weight": 9}
    for one in absence["corrections"]:
        record = {**one["record"], "wishes": [*one["record"]["wishes"], wish]}
        plan = client.post("/api/v1/plans", json=record).json()
        assert plan["verified"]
        assert "6711" in {place["course"] for place in plan["placements"]}, one["words"]


def test_a_course_that_would_fit_has_its_price(client: TestClient) -> None:
    (absence,) = ask(client, "katy-recovery", "7011")["absent"]
    assert absence["facts"] == absence["corrections"] == []
    assert absence["difference"]["new"] == ["7011"]
    assert absence["difference"]["tier"] == "quality"


def test_what_the_time_limit_leaves_open_says_so(client: TestClient) -> None:
    found = ask(client, "katy-fresh", "1622", seconds=0.001)
    assert not found["settled"]
    assert [one["open"] for one in found["absent"]] == [True]
    assert found["absent"][0]["words"].startswith("There was no time")


@pytest.mark.parametrize(
    ("courses", "said"),
    [(["NONE"], "no course"), (["x"] * 13, "at most 12"), ("0101", "tuple")],
)
def test_what_cannot_be_asked_is_said(client: TestClient, senior: dict[str, Any], courses: Any, said: str) -> None:
    answer = client.post(PATH, json={"student": senior, "courses": courses})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


def test_no_path_of_the_server_is_opened(client: TestClient, senior: dict[str, Any]) -> None:
    answer = client.post(PATH, json={"student": {**senior, "catalog": "/etc"}})
    assert answer.status_code == 422
    assert "on this server" in answer.text
