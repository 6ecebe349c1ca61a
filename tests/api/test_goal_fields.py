"""Goals in the form of a record: found by forgiving words, added, ordered, taken out; all by plain form posts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.forms import Fields, forms, with_fields

HERE = "/record/goals"


@pytest.fixture
def fields(client: TestClient) -> Fields:
    """The empty form of a school with programs of study."""
    (found,) = forms(client.get("/record?catalog=katy-isd-tx").text, "/plan")
    return found


def press(client: TestClient, fields: Fields, do: str, **changed: str) -> tuple[str, Fields]:
    """The page after a button of the goals was pressed, and its form."""
    answer = client.post(HERE, data={**with_fields(fields, **changed), "do": do})
    assert answer.status_code == 200, answer.text
    (found,) = forms(answer.text, "/plan")
    return answer.text, found


def goals(fields: Fields) -> list[str]:
    return [value for name, value in fields if name == "goal"]


def told(page: str) -> str:
    return re.sub(r"\s+", " ", page.partition('role="status"')[2].partition(">")[2].partition("</p>")[0])


@pytest.mark.parametrize(
    ("words", "proposed"),
    [("nurs", "career:29-1141.00"), ("mechanical enginer", "career:17-2141.00"), ("teach", "career:25-")],
)
def test_words_propose(client: TestClient, fields: Fields, words: str, proposed: str) -> None:
    page, after = press(client, fields, "find", add=words)
    assert "may mean one of these" in told(page) and f'value="add:{proposed}' in page
    assert goals(after) == [] and dict(after)["add"] == words


@pytest.mark.parametrize(
    ("words", "goal"),
    [
        ("Registered Nurses", "career:29-1141.00"),
        ("29-1141", "career:29-1141.00"),
        ("14.1901", "major:14.1901"),
        ("51.2401", "major:01.8001"),
        ("15-1111", "career:15-1221.00"),
        ("graphic design", "study:graphic design"),
        ("Construction", "cluster:construction"),
        ("military", "after:military"),
        ("us-tx-endorsement-stem", "program:us-tx-endorsement-stem"),
    ],
)
def test_a_name_or_code_adds(client: TestClient, fields: Fields, words: str, goal: str) -> None:
    page, after = press(client, fields, "find", add=words)
    assert goals(after) == [goal] and dict(after)["add"] == ""
    assert "is goal 1 now" in told(page)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("15-1132", "no longer used. Today it is 15-1252.00"),
        ("99.1234", "CIP 2020 has no code 99.1234"),
        ("29-9999", "There is no occupation 29-9999. Codes near it are 29-9"),
        ("xqzzv", "There is no occupation, cluster, pathway or major"),
        ("", "Write a name or a code"),
    ],
)
def test_what_names_nothing_is_told(client: TestClient, fields: Fields, words: str, said: str) -> None:
    page, after = press(client, fields, "find", add=words)
    assert said in told(page) and goals(after) == [] and dict(after)["add"] == words


def test_added_ordered_and_taken_out(client: TestClient, fields: Fields) -> None:
    _, fields = press(client, fields, "add:career:29-1141.00", add="nurs")
    _, fields = press(client, fields, "pick", pick="after:work")
    _, fields = press(client, fields, "find", add="17-2141")
    assert goals(fields) == ["career:29-1141.00", "after:work", "career:17-2141.00"]
    again, fields = press(client, fields, "add:after:work")
    assert "is goal 2 already" in told(again)
    page, fields = press(client, fields, "up:2")
    assert "Mechanical Engineers is goal 2 now" in told(page)
    _, fields = press(client, fields, "down:0")
    assert goals(fields) == ["career:17-2141.00", "career:29-1141.00", "after:work"]
    page, fields = press(client, fields, "remove:1")
    assert "Registered Nurses is no goal any more" in told(page)
    assert goals(fields) == ["career:17-2141.00", "after:work"]
    plan = client.post("/plan", data=with_fields(fields)).text
    assert "Toward the goals" in plan and "Mechanical Engineers" in plan and "Work after school" in plan


@pytest.mark.parametrize(
    "do", ["", "up:0", "down:9", "remove:x", "add:", "add:career", "pick", "add:program:/etc/passwd", "up:²"]
)
def test_what_no_button_sends_changes_nothing(client: TestClient, fields: Fields, do: str) -> None:
    answer = client.post(HERE, data={**with_fields(fields), "goal": "career:29-1141.00", "do": do})
    assert answer.status_code in (200, 404)
    if answer.status_code == 200:
        assert goals(forms(answer.text, "/plan")[0]) == ["career:29-1141.00"]


def test_words_that_name_nothing_bring_the_form_back_with_near_ones(client: TestClient, fields: Fields) -> None:
    """Plan was pressed without looking them up."""
    answer = client.post("/plan", data=with_fields(fields, add="nurze", name="Ada"))
    assert answer.status_code == 422
    (found,) = forms(answer.text, "/plan")
    assert dict(found)["add"] == "nurze" and dict(found)["name"] == "Ada"
    assert "<b>Goals:</b>" in answer.text and "Registered Nurses (29-1141.00)" in answer.text
    assert 'value="add:career:29-1141.00"' in answer.text


def test_a_record_with_an_outdated_goal_says_so_and_lets_go_of_it(client: TestClient) -> None:
    record: dict[str, Any] = {"id": "a", "name": "Ada", "catalog": "katy-isd-tx", "entering": 2026, "now": "2026-S1"}
    answer = client.post(
        "/plan", data={"record": json.dumps({**record, "goals": [{"career": "15-1132"}, {"after": "work"}]})}
    )
    assert answer.status_code == 422
    (found,) = forms(answer.text, "/plan")
    assert goals(found) == ["career:15-1132", "after:work"]
    assert answer.text.count("is a code of SOC 2010 that is no longer used") == 2, "above the form, and beside the goal"
    _, mended = press(client, found, "remove:0")
    assert goals(mended) == ["after:work"]
    assert client.post("/plan", data=with_fields(mended)).status_code == 200


def test_goals_are_escaped(client: TestClient, fields: Fields) -> None:
    page, _ = press(client, fields, "find", add="<script>alert(1)</script>")
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("career", "goal"),
    [
        ("29-1141", "career:29-1141.00"),
        ("construction", "cluster:construction"),
        ("advanced-manufacturing/engineering", "pathway:advanced-manufacturing/engineering"),
        ("14.1901", "major:14.1901"),
    ],
)
def test_the_page_of_a_career_leads_to_a_record_with_it(client: TestClient, career: str, goal: str) -> None:
    page = client.get(f"/careers/{career}?catalog=katy-isd-tx").text
    (link,) = re.findall(r'href="(/record[^"]*)">Plan toward it', page)
    (found,) = forms(client.get(link.replace("&amp;", "&")).text, "/plan")
    assert goals(found) == [goal]
    (found,) = forms(client.get("/record?catalog=katy-isd-tx&goal=career:nothing").text, "/plan")
    assert goals(found) == []


def test_a_school_without_any_course_for_a_goal_says_what_to_ask_for(client: TestClient) -> None:
    record = {"id": "a", "name": "Ada", "catalog": "del-norte-hs-ca", "entering": 2026, "now": "2026-T1"}
    page = client.post("/plan", data={"record": json.dumps({**record, "goals": [{"after": "apprenticeship"}]})}).text
    section = page.partition("Toward the goals")[2].partition("</section>")[0]
    assert "The school has no course toward it" in section and "online or as dual enrollment" in section
    assert "0 %" not in section and "What is there" not in section
