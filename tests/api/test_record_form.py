"""The form of a record keeps what it does not show: every record comes back as it was, but for what was changed."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import FormData

from api.pages.record import carried, choices, of_form, of_student, to_student
from catalogs import InputError
from pathways import files
from pathways.student import Student
from tests.api.forms import forms, with_fields
from tests.students import student

WHOLE = {
    "id": "maya",
    "name": 'Maya "May" <O’Neil>',
    "catalog": "katy-isd-tx",
    "entering": 2025,
    "now": "2026-S1",
    "grade": 10,
    "graduate": "2029-S2",
    "services": ["english_learner"],
    "transcript": [
        {"sced": "01001", "credits": 0.5, "origin": "transfer", "title": "English, first half", "mark": "B"},
        {"course": "0211", "mark": "A", "year": 2024, "grade": 8, "origin": "middle_school"},
        {"course": "0101", "mark": "F", "year": 2025, "term": "S1", "grade": 9, "title": "Eng 1"},
        {"subject": "fine_arts", "credits": 1, "origin": "transfer"},
        {"course": "0101", "mark": "C", "year": 2025, "term": "S1", "grade": 9, "origin": "online"},
    ],
    "achievements": [{"task": "service", "name": "Food bank", "amount": 12.5}],
    "approvals": ["instructor approval"],
    "permissions": [{"course": "6711", "lifts": "beside_prerequisite", "by": "the principal"}],
    "goals": [{"career": "29-1141"}, {"program": "us-tx-fhsp-2014"}, {"career": "17-2051"}],
    "wishes": [
        {"any_of": {"subject": "fine_arts"}, "weight": 2},
        {"course": "7511", "weight": 5, "by": "Maya"},
        {"course": "0278"},
        {"course": "0278", "at_most": 0, "grades": [9], "must": True, "by": "Ms. Lee"},
        {"free": 1, "terms": ["S1"], "weight": 3},
    ],
    "refusals": [{"course": "1621", "weight": 3}],
    "pins": [{"course": "0102", "term": "2026-S1", "by": "Ms. Lee"}, {"course": "5192", "never": True}],
    "load": {"min": 5, "middle_school": 1, "terms": {"2027-S1": {"max": 6}}},
    "summer": {"allowed": True, "max": 1},
    "counts": [{"course": "7511", "requirement": "electives", "program": "us-tx-fhsp-2014", "by": "Ms. Lee"}],
    "plan_in_force": [{"course": "0102", "term": "2026-S1"}],
    "about": "Knows what she wants.",
}
"""A record that says all that a record can say."""


@pytest.fixture
def whole() -> Student:
    return Student.model_validate(WHOLE)


def shown(client: TestClient, record: Student) -> list[tuple[str, str]]:
    """The fields of the form on a page for a student: one with what is wrong, which needs no plan."""
    impossible = record.model_copy(update={"pins": (), "graduate": "1900-S1"})
    page = client.post("/plan", data={"record": impossible.model_dump_json(by_alias=True)})
    assert page.status_code == 422
    return [
        (name, record.model_dump_json(by_alias=True) if name == "base" else value)
        for name, value in forms(page.text, "/plan")[0]
    ]


def sent(fields: list[tuple[str, str]], **changed: str) -> Student:
    form = with_fields(fields, **changed)
    return to_student(of_form(FormData([(name, value) for name, values in form.items() for value in values])))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("catalog", ["katy-isd-tx", "del-norte-hs-ca", "typical-us-ny"])
def test_any_record_comes_back_as_it_is(catalog: str, seed: int) -> None:
    record = student(catalog, seed)
    assert to_student(of_student(record)) == record


@pytest.mark.parametrize("name", files.examples())
def test_an_example_comes_back_as_it_is(client: TestClient, name: str) -> None:
    (fields,) = forms(client.get(f"/record?example={name}").text, "/plan")
    assert sent(fields) == files.load_example(name)


def test_a_record_with_everything_comes_back_as_it_is(client: TestClient, whole: Student) -> None:
    back = sent(shown(client, whole))
    assert back == whole
    assert back.digest == whole.digest


def test_only_what_was_changed_changes(client: TestClient, whole: Student) -> None:
    fields = shown(client, whole)
    taken = dict(fields)["taken"]
    cases: dict[str, tuple[str, Any]] = {
        "name": ("Ida", {"name": "Ida"}),
        "load_max": ("6", {"load": whole.load.model_copy(update={"max": 6})}),
        "wish": ("0278", {"wishes": (whole.wishes[0], *whole.wishes[2:])}),
        "taken": (
            taken.replace("0211, A", "0211, B"),
            {
                "transcript": tuple(
                    one.model_copy(update={"mark": "B"}) if one.course == "0211" else one for one in whole.transcript
                )
            },
        ),
    }
    for field, (value, update) in cases.items():
        assert sent(fields, **{field: value}) == whole.model_copy(update=update), field


def test_goals_are_shown_in_their_order_and_come_back_in_it(client: TestClient, whole: Student) -> None:
    fields = shown(client, whole)
    assert [value for name, value in fields if name == "goal"] == ["career:29-1141", "career:17-2051"]
    added = sent(fields, pick="program:uc-ag", add="marketing managers")
    assert [goal.says for goal in added.goals] == [
        ("program", "us-tx-fhsp-2014"),
        ("career", "29-1141"),
        ("career", "17-2051"),
        ("program", "uc-ag"),
        ("career", "11-2021.00"),
    ]
    assert added.model_copy(update={"goals": whole.goals}) == whole


def test_another_year_of_a_line_is_another_grade(client: TestClient, whole: Student) -> None:
    fields = shown(client, whole)
    back = sent(fields, taken=dict(fields)["taken"].replace("0101, C, 2025-S1", "0101, C, 2026-S1"))
    old, new = whole.transcript[4], back.transcript[4]
    assert (new.year, new.grade, new.origin, new.mark) == (2026, None, old.origin, old.mark)
    assert back.transcript[:4] == whole.transcript[:4]


def test_what_is_kept_is_listed(client: TestClient, whole: Student) -> None:
    text = client.get("/record?example=montclair-transfer").text
    assert "Kept as it is: " in text
    kept = choices(of_student(whole)).kept
    assert {
        "2 pins",
        "1 permission",
        "1 wish for a kind of course",
        "2 wishes for the shape of the years",
        "english learner",
    } <= set(kept)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "Invalid JSON"),
        (json.dumps({**WHOLE, "pins": [{"course": "0102"}]}), "pins.0"),
        (json.dumps({**WHOLE, "other": 1}), "other"),
        (json.dumps({**WHOLE, "catalog": "/etc"}), "on this server"),
        ("[" * 10_000, "cannot be read"),
        ('"\\ud800"', "cannot be read"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused(client: TestClient, text: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        carried(text)
    for field in ("record", "base"):
        answer = client.post("/plan", data={field: text})
        assert answer.status_code == 422
        assert "begin again" in answer.text or "on this server" in answer.text


def test_a_record_larger_than_a_body_may_be_is_refused(client: TestClient) -> None:
    many = {**WHOLE, "approvals": ["x" * 1000] * 1000}
    answer = client.post("/plan", data={"record": json.dumps(many)})
    assert answer.status_code == 413
    assert "larger than" in answer.text
