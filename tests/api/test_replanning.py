"""Planning again over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

PATH = "/api/v1/plans/replan"


def test_a_cancelled_course_and_why(client: TestClient, plan: dict[str, Any]) -> None:
    gone = plan["placements"][0]["course"]
    found = client.post(PATH, json={"plan": plan, "events": {"cancelled": [{"course": gone}]}}).json()
    assert found["plan"]["verified"]
    assert gone not in {place["course"] for place in found["plan"]["placements"]}
    (change,) = (one for one in found["changes"] if one["course"] == gone)
    assert (change["fate"], change["why"]) == ("dropped", "it is not offered any more")


def test_another_school(client: TestClient, plan: dict[str, Any]) -> None:
    found = client.post(PATH, json={"plan": plan, "events": {"catalog": "typical-us-wa"}}).json()
    assert found["plan"]["catalog"] == "typical-us-wa"
    assert found["plan"]["verified"]


@pytest.mark.parametrize(
    ("events", "status", "said"),
    [
        ({"grades": [{"course": "NONE", "mark": "A"}]}, 422, "no course 'NONE'"),
        ({"catalog": "/etc"}, 404, "no catalog '/etc'"),
        ({"now": "tomorrow"}, 422, "YEAR-TERM"),
        ({"cancelled": [{"course": "ENG452A", "term": "2020-S1"}]}, 422, "not a term to come"),
    ],
)
def test_news_that_does_not_fit(
    client: TestClient, plan: dict[str, Any], events: dict[str, Any], status: int, said: str
) -> None:
    answer = client.post(PATH, json={"plan": plan, "events": events})
    assert answer.status_code == status, answer.text
    assert said in answer.text


def test_an_edited_record_opens_no_file(client: TestClient, plan: dict[str, Any]) -> None:
    student = {**plan["request"], "catalog": "/etc"}
    answer = client.post(PATH, json={"plan": plan, "events": {"student": student}})
    assert answer.status_code == 422, answer.text
