"""The page about one course, and the conflict on the page of a plan."""

from __future__ import annotations

import html
import re
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages.shell import environment
from api.pages.why import _wish_brings
from api.settings import Settings
from pathways import files
from pathways.explain.difference import Difference
from pathways.plan import FactKind
from pathways.student import Student, Wish
from tests.api.forms import forms


def carried(student: str) -> str:
    return files.load_example(student).model_dump_json(by_alias=True)


def why(client: TestClient, student: str, course: str, status: int = 200) -> str:
    answer = client.post("/why", data={"record": carried(student), "course": course})
    assert answer.status_code == status
    assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=|javascript:", answer.text)
    assert len(re.findall(r"<h1[ >]", answer.text)) == 1
    return html.unescape(answer.text)


def test_three_sentences_and_the_way_back(client: TestClient) -> None:
    text = why(client, "katy-recovery", "0102 English 2")
    assert "What if not English 2?" in text
    assert "Why it is in Semester 1 of 2026–2027" in text
    for begin in ("It counts for ", "English 3", "Without it, "):
        assert f"<li>{begin}" in text or f"<li><b>{begin}" in text
    answer = client.post("/why", data={"record": carried("katy-recovery"), "course": "0102"})
    back = dict(forms(answer.text, "/plan")[0])
    assert back == {"record": carried("katy-recovery"), "asked": ""}


def test_facts_and_ways_out_that_ask_for_the_course(client: TestClient) -> None:
    answer = client.post("/why", data={"record": carried("katy-recovery"), "course": "1622"})
    found = [
        Student.model_validate_json(html.unescape(value))
        for value in re.findall(r'<button [^>]*name="record" value="([^"]*)"', answer.text)
    ]
    assert "Yearbook 2 (1622) needs Yearbook 1 first" in answer.text
    assert "What a course asks for first" in answer.text
    assert len(found) >= 2
    assert all(one.wishes[-1] == Wish(course="1622", weight=9) for one in found)
    assert {permission.course for permission in found[0].permissions} <= {"1621", "1622"}
    assert found[0].permissions


def test_on_the_record_there_is_nothing_to_do(client: TestClient) -> None:
    text = why(client, "woodinville-senior", "SSC445")
    assert "Civics (SSC445) is on the record." in text
    assert "Plan with" not in text


def test_what_no_time_was_left_for(client: TestClient) -> None:
    hasty = TestClient(create_app(Settings(seconds=0.001)))
    text = why(hasty, "katy-fresh", "1622")
    assert "There was no time to find why" in text


@pytest.mark.parametrize(("course", "said"), [("Yearbook", "Did you mean"), ("", "there is no course")])
def test_a_course_that_is_not_there(client: TestClient, course: str, said: str) -> None:
    text = why(client, "katy-recovery", course, 422)
    assert said in text
    assert "Back to the plan" in text


def test_a_record_that_was_tampered_with(client: TestClient) -> None:
    for record in ("", "{}", '{"id": 1}'):
        answer = client.post("/why", data={"record": record, "course": "0102"})
        assert answer.status_code == 422
        assert "begin again" in answer.text


def test_a_plan_offers_only_courses_that_are_not_in_it(client: TestClient) -> None:
    text = client.post("/plan", data={"example": "katy-recovery"}).text
    offered = set(
        re.findall(r'<option value="(\S+) ', text.partition('id="ask-courses"')[2].partition("</datalist>")[0])
    )
    there = set(re.findall(r'formaction="/why" name="course" value="([^"]+)"', text))
    assert "1622" in offered
    assert "0102" in there
    assert not offered & there


def test_every_kind_of_fact_has_its_words() -> None:
    kinds = environment().get_template("parts/conflict.html").module.kinds  # type: ignore[attr-defined]
    assert set(kinds) == set(get_args(FactKind))


@pytest.mark.parametrize(
    ("tier", "worse", "own", "brings"),
    [
        (None, 0, 0, True),
        ("quality", 500, 0, True),
        ("wishes", 8, 0, True),
        ("wishes", 9, 0, False),
        ("wishes", 6, 3, False),
        ("goal:uc-ag", 1, 0, False),
        ("graduation", 1, 0, False),
    ],
)
def test_a_wish_is_offered_only_where_it_brings_the_course(
    tier: str | None, worse: int, own: int, brings: bool
) -> None:
    wishes = (Wish(course="7011", weight=own),) if own else ()
    student = files.load_example("katy-recovery").model_copy(update={"wishes": wishes})
    price = Difference(tier=tier, worse=worse, words="", gone=(), new=(), moved=())
    assert _wish_brings(student, "7011", price) is brings
    assert not _wish_brings(student, "7011", None)
