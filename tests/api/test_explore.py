"""What a plan leads to, what a course serves, and changing one's mind, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

PATH = "/api/v1/students/explore"
TO_NURSING = {"before": {"after": "work"}, "after": {"career": "29-1141"}}


def test_fields_of_a_plan(client: TestClient, senior: dict[str, Any]) -> None:
    found = client.post(PATH, json={"student": senior}).json()
    assert len(found["fields"]["fields"]) == 14
    assert found["course"] is found["switch"] is None


def test_a_course(client: TestClient, senior: dict[str, Any]) -> None:
    found = client.post(PATH, json={"student": senior, "course": "VMA211"}).json()
    assert found["course"]["serves"][0]["why"].startswith("Sports Medicine")


def test_a_change_of_mind(client: TestClient, senior: dict[str, Any]) -> None:
    found = client.post(PATH, json={"student": senior, **TO_NURSING}).json()["switch"]
    assert found["before"]["verified"] and found["after"]["verified"]
    assert [goal["goal"] for goal in found["after"]["goals"]] == ["career:29-1141.00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"course": "nothing"},
        {"before": {"after": "work"}},
        {"course": "VMA211", **TO_NURSING},
        {"in_grade": 11},
        {"before": {"career": "nurze"}, "after": {"after": "work"}},
        {"before": {"program": "/etc/passwd"}, "after": {"after": "work"}},
    ],
)
def test_what_cannot_be_asked(client: TestClient, senior: dict[str, Any], wrong: dict[str, Any]) -> None:
    answer = client.post(PATH, json={"student": senior, **wrong})
    assert answer.status_code == 422, answer.text
