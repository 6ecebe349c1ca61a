"""Catalogs and courses over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from catalogs.bundled import bundled

KATY = "/api/v1/catalogs/katy-isd-tx"


def test_health(client: TestClient) -> None:
    found = client.get("/api/v1/health").json()
    assert found["status"] == "ok"
    assert found["catalogs"] == len(bundled())
    assert found["programs"] > 10


def test_every_bundled_catalog_is_listed_and_shown(client: TestClient) -> None:
    listed = client.get("/api/v1/catalogs").json()
    assert [one["id"] for one in listed] == list(bundled())
    for one in listed:
        detail = client.get(f"/api/v1/catalogs/{one['id']}").json()
        assert detail["courses"] == one["courses"] > 0
        assert len(detail["content_hash"]) == 64
        assert detail["subjects"] and detail["grades"]


def test_credits_keep_their_unit(client: TestClient) -> None:
    assert client.get(KATY).json()["credits_per_year_course"] == 1
    assert client.get("/api/v1/catalogs/montclair-hs-nj").json()["credits_per_year_course"] == 5
    course = client.get("/api/v1/catalogs/montclair-hs-nj/courses?limit=500").json()["courses"]
    assert 1.25 in {one["credits"] for one in course}


def test_search_by_words_of_title_and_code(client: TestClient) -> None:
    titles = [one["title"] for one in client.get(f"{KATY}/courses", params={"q": "chem ap"}).json()["courses"]]
    assert titles == ["AP Chemistry"]
    codes = [one["code"] for one in client.get(f"{KATY}/courses", params={"q": "0421"}).json()["courses"]]
    assert codes[0] == "0421"


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("subject", "Science", lambda one: one["subject"] == "Science"),
        ("level", "ap", lambda one: one["level"] == "ap"),
        ("grade", 9, lambda one: 9 in one["grades"]),
        ("tag", "grad:english", lambda one: "grad:english" in one["tags"]),
    ],
)
def test_filters_narrow_to_what_they_say(client: TestClient, name: str, value: object, holds) -> None:  # type: ignore[no-untyped-def]
    everything = client.get(f"{KATY}/courses", params={"limit": 500}).json()
    found = client.get(f"{KATY}/courses", params={"limit": 500, name: value}).json()
    assert found["courses"] == [one for one in everything["courses"] if holds(one)]
    assert 0 < found["total"] < everything["total"]


def test_pages_of_a_list_join_to_the_whole(client: TestClient) -> None:
    whole = client.get(f"{KATY}/courses", params={"limit": 500}).json()
    pages = [
        one["code"]
        for offset in range(0, whole["total"], 100)
        for one in client.get(f"{KATY}/courses", params={"limit": 100, "offset": offset}).json()["courses"]
    ]
    assert pages == [one["code"] for one in whole["courses"]]


def test_a_course_names_what_it_needs_and_opens(client: TestClient) -> None:
    chemistry = client.get(f"{KATY}/courses/0421").json()
    assert {"0411", "0211"} <= {one["code"] for one in chemistry["needs"]}
    assert "AP Chemistry" in {one["title"] for one in chemistry["unlocks"]}
    assert chemistry["chain"][-1]["code"] == "0421"
    for one in chemistry["unlocks"]:
        needs = client.get(f"{KATY}/courses/{one['code']}").json()["needs"]
        assert "0421" in {need["code"] for need in needs}
