"""Every page answers, says what it is about, and holds no script, style or handler of its own."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from catalogs.bundled import bundled, load
from pathways import files
from requirements.listing import programs


def page(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = answer.text
    assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=|javascript:", text), path
    assert len(re.findall(r"<h1[ >]", text)) == 1, path
    return text


def test_pages_without_a_name(client: TestClient) -> None:
    assert "Try an example student" in page(client, "/")
    assert "Which school?" in page(client, "/catalogs")
    assert "What does a program ask?" in page(client, "/programs")
    assert "Best possible, proven" in page(client, "/help")


@pytest.mark.parametrize("catalog_id", bundled())
def test_pages_of_a_school(client: TestClient, catalog_id: str) -> None:
    catalog = load(catalog_id)
    assert str(len(catalog.courses)) in page(client, f"/catalogs/{catalog_id}")
    for subject in {course.subject for course in catalog.courses}:
        answer = client.get(f"/catalogs/{catalog_id}/map", params={"subject": subject})
        assert answer.status_code == 200
    for course in catalog.courses[::20]:
        assert course.code in page(client, f"/catalogs/{catalog_id}/courses/{course.code}")
    assert "Courses so far" in page(client, f"/record?catalog={catalog_id}")


def test_pages_of_programs(client: TestClient) -> None:
    for one in programs():
        text = page(client, f"/programs/{one.id}")
        assert "How sure is this?" in text


def test_the_form_shows_and_reads_back_every_example(client: TestClient) -> None:
    from api.pages.record import of_student, to_student

    for name in files.examples():
        page(client, f"/record?example={name}")
        student = files.load_example(name)
        assert to_student(of_student(student, name)) == student


def test_unknown_pages_are_pages(client: TestClient) -> None:
    for path in ("/nothing", "/catalogs/katy", "/programs/x", "/record?example=nobody", "/record?catalog=x", "/record"):
        assert "There is no such thing" in page(client, path, 404)
    assert "Did you mean katy-isd-tx?" in page(client, "/catalogs/katy-isd", 404)


def test_what_cannot_be_reached_is_said_with_its_conflict(client: TestClient) -> None:
    form = {
        "catalog": "katy-isd-tx",
        "name": "Late",
        "entering": "2023",
        "year": "2026",
        "term": "S2",
        "taken": "0101, A, 2023-S1",
    }
    answer = client.post("/plan", data=form)
    assert answer.status_code == 200
    assert 'class="conflict"' in answer.text
    assert "What is still missing" in answer.text
    assert "complete after" not in answer.text


def test_text_of_a_record_is_shown_as_text(client: TestClient) -> None:
    form = {"catalog": "katy-isd-tx", "name": "<script>x</script>", "entering": "soon", "year": "2026", "term": "S1"}
    answer = client.post("/plan", data=form)
    assert answer.status_code == 422
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text
