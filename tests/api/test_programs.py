"""Programs over HTTP."""

from __future__ import annotations

from fastapi.testclient import TestClient


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
