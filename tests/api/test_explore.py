"""What a plan leads to, what a course serves, and changing one's mind, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.forms import forms

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


COMPETING = [{"career": "29-1141"}, {"career": "17-2141"}]


@pytest.fixture(scope="module")
def torn() -> dict[str, Any]:
    """A ninth grader at Katy who wants to be a nurse, and an engineer."""
    record = {"id": "torn", "name": "Tori", "catalog": "katy-isd-tx", "entering": 2026, "now": "2026-S1"}
    return {**record, "goals": COMPETING}


def test_one_goal_before_all_others(client: TestClient, torn: dict[str, Any]) -> None:
    found = client.post(PATH, json={"student": torn, "first": {"career": "mechanical engineers"}}).json()["switch"]
    (nurse, *nursing), (engineer, *engineering) = found["toward"]
    assert (nurse, engineer) == ("Registered Nurses", "Mechanical Engineers")
    assert nursing[1] < nursing[0] and engineering[1] > engineering[0]
    assert found["further"] and found["of"] == "offers" and found["only_before"] and found["only_after"]
    assert found["before"]["verified"] and found["after"]["verified"]
    again = client.post(PATH, json={"student": torn, "first": {"career": "29-1141"}})
    assert again.status_code == 422 and "stands before all other goals already" in again.text


def test_the_page_offers_and_shows_both_plans(client: TestClient, torn: dict[str, Any]) -> None:
    text = client.post("/plan", data={"record": json.dumps(torn)}).text
    assert "Goals that stand back" in text and "with Mechanical Engineers first" in text
    (carried,) = (own for own in forms(text, "/plan") if own and own[0][0] == "record")
    page = client.post("/plan/first", data={**dict(carried), "first": "1"}).text
    assert "Mechanical Engineers before all other goals" in page
    assert page.count("Registered Nurses: ") == 2 and "Go on with Mechanical Engineers first" in page
    (turned,) = [dict(one)["record"] for one in forms(page, "/plan") if '"17-2141"' in dict(one)["record"][:2000]][-1:]
    assert [goal["career"] for goal in json.loads(turned)["goals"]] == ["17-2141", "29-1141"]


def test_a_plan_that_lacks_nothing_offers_nothing(client: TestClient, torn: dict[str, Any]) -> None:
    text = client.post("/plan", data={"record": json.dumps({**torn, "goals": COMPETING[:1]})}).text
    assert "Goals that stand back" not in text
    wrong = client.post("/plan/first", data={"record": json.dumps(torn), "first": "7"})
    assert wrong.status_code == 422 and "there is no goal &#39;7&#39;" in wrong.text
