"""Programs over HTTP."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from requirements import comparison
from requirements.register import register


def test_filters(client: TestClient) -> None:
    texan = client.get("/api/v1/programs", params={"state": "TX", "entering": 2026, "kind": "diploma"}).json()
    assert "us-tx-fhsp-endorsement-2026" in {one["id"] for one in texan}
    assert {one["jurisdiction"].partition("/")[0] for one in texan} == {"US-TX"}
    assert {one["kind"] for one in texan} == {"diploma"}
    assert all((one["cohorts"]["from"] or 0) <= 2026 <= (one["cohorts"]["to"] or 9999) for one in texan)
    assert len(client.get("/api/v1/programs").json()) > len(texan)


def test_every_figure_has_a_status_and_the_text_says_it_all(client: TestClient) -> None:
    detail = client.get("/api/v1/programs/us-tx-fhsp-2026").json()
    assert detail["program"]["id"] == "us-tx-fhsp-2026"
    assert detail["figures"]
    for figure in detail["figures"]:
        assert figure["status"] in ("verified", "unverified")
        assert figure["status"] == "unverified" or figure["reference"]["title"]
    assert detail["text"].startswith("Foundation High School Program without endorsement")
    assert detail["total"] == 22
    assert len(detail["hash"]) == 64


def test_every_program_can_be_shown(client: TestClient) -> None:
    for one in client.get("/api/v1/programs").json():
        detail = client.get(f"/api/v1/programs/{one['id']}").json()
        assert len(detail["figures"]) == one["figures"]
        assert len(detail["program"]["doubts"]) == one["doubts"]


def test_every_jurisdiction_is_listed_and_shown(client: TestClient) -> None:
    listed = client.get("/api/v1/jurisdictions").json()
    assert [one["id"] for one in listed] == [one.jurisdiction.id for one in register()]
    for one in listed:
        detail = client.get(f"/api/v1/jurisdictions/{one['id']}").json()
        assert len(detail["programs"]) == one["programs"] == sum(one["kinds"].values())
        assert len(detail["doubts"]) == one["doubts"]
        assert len(detail["unchecked"]) == one["unchecked"]
        assert 0 <= one["verified_share"] <= 1
        assert detail["plan_policy"] == one["plan_policy"]
        assert client.get(f"/api/v1/catalogs/{one['typical_catalog']}").json()["state"] == one["id"][-2:]


def test_a_jurisdiction_is_found_by_its_letters(client: TestClient) -> None:
    texas = client.get("/api/v1/jurisdictions/tx").json()
    assert texas["name"] == "Texas"
    assert "us-tx-katy" in {one["id"] for one in texas["programs"]}
    assert texas["plan_policy_text"].startswith("Required")
    answer = client.get("/api/v1/jurisdictions/TXX")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_comparison_is_that_of_the_library(client: TestClient) -> None:
    found = client.get("/api/v1/programs/compare", params={"entering": 2025}).json()
    assert found["entering"] == 2025
    frame = comparison.credits_by_subject(2025)
    assert list(found["credits"]) == list(frame.index)
    assert found["credits"]["US-TX"] == frame.loc["US-TX"].to_dict()
    assert found["credits"]["US-CO"]["Total"] is None
    asked = comparison.demands(2025)
    assert set(found["demands"]["US-TX"]) == {name for name in asked if asked.loc["US-TX", name]}
    movers = comparison.early_movers()
    assert len(found["movers"]) == len(movers)
    assert {one["first"] is None for one in found["movers"]} == {True, False}


def test_the_comparison_is_drawn_once_and_harmless_alone(client: TestClient) -> None:
    answer = client.get("/api/v1/programs/compare.svg", params={"entering": 2026})
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"].startswith("public")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.text
    assert "grade 9 in 2026" in answer.text
    assert client.get("/api/v1/programs/compare.svg", params={"entering": 2026}).content == answer.content


@pytest.mark.parametrize("path", ["/api/v1/programs/compare", "/api/v1/programs/compare.svg"])
def test_a_class_that_no_rule_knows_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"entering": 1492})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "query.entering"
