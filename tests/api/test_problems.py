"""Every error is a problem document (RFC 9457) that says where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.guards import HEADERS
from api.settings import Settings
from catalogs import InputError


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "instance", "errors"}
    assert found["status"] == status
    assert found["instance"] == answer.request.url.path
    assert "Traceback" not in answer.text
    return found


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/catalogs/katy",
        "/api/v1/catalogs/katy-isd-tx/courses/9999",
        "/api/v1/catalogs/katy/courses",
        "/api/v1/programs/us-tx",
        "/api/v1/examples/nobody",
        "/api/v1/nothing",
        "/api/v1/catalogs/..%2f..%2fetc",
        "/api/v1/programs/..%2f..%2fetc%2fpasswd.yaml",
    ],
)
def test_unknown_things_are_404(client: TestClient, path: str) -> None:
    problem(client.get(path), 404)


def test_near_misses_are_named(client: TestClient) -> None:
    found = problem(client.get("/api/v1/catalogs/katy-isd-t"), 404)
    assert found["errors"][0]["mend"] == "Did you mean katy-isd-tx?"


def test_wrong_method_is_405(client: TestClient) -> None:
    answer = client.put("/api/v1/plans", json={})
    problem(answer, 405)
    assert "POST" in answer.headers["allow"]


def test_undecodable_body_is_400(client: TestClient) -> None:
    for body in (b"{", b"\xff\xfe", b"not json"):
        problem(client.post("/api/v1/plans", content=body, headers={"content-type": "application/json"}), 400)


def test_fields_that_do_not_fit_are_422_with_their_path(client: TestClient, student: dict[str, Any]) -> None:
    student = {**student, "entering": "soon", "transcript": [{"course": "0101", "marks": "A"}]}
    found = problem(client.post("/api/v1/plans", json=student), 422)
    assert {one["place"] for one in found["errors"]} == {"body.entering", "body.transcript.0.marks"}
    assert (
        problem(client.get("/api/v1/catalogs/katy-isd-tx/courses?limit=0"), 422)["errors"][0]["place"] == "query.limit"
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"transcript": [{"course": "0199", "mark": "A"}]}, "0199"),
        ({"now": "2026-S9"}, "S9"),
        ({"goals": [{"program": "us-tx-nothing"}]}, "us-tx-nothing"),
        ({"wishes": [{"course": "99999"}]}, "99999"),
        ({"pins": [{"course": "99999", "never": True}]}, "99999"),
        ({"transcript": [{"course": "0101", "mark": "Z"}]}, "'Z'"),
    ],
)
def test_records_that_cannot_be_used_are_422_in_words(
    client: TestClient, student: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    found = problem(client.post("/api/v1/plans", json={**student, **change}), 422)
    assert says in found["detail"]
    assert found["errors"]


@pytest.mark.parametrize("catalog", ["/etc", "../catalogs/data/katy-isd-tx", "katy-isd-tx/", "", "a" * 10_000])
def test_no_path_is_opened_for_a_request(client: TestClient, catalog: str, student: dict[str, Any]) -> None:
    for path, body in (("/api/v1/plans", student | {"catalog": catalog}), ("/api/v1/audits", None)):
        found = problem(client.post(path, json=body or {"student": student | {"catalog": catalog}}), 422)
        assert found["errors"][0]["place"] == "catalog"


def test_no_rule_file_is_opened_for_a_request(
    client: TestClient, tmp_path: Path, plan: dict[str, Any], student: dict[str, Any]
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("id: secret\n")
    record = student | {"goals": [{"program": str(secret)}]}
    problem(client.post("/api/v1/plans", json=record), 422)
    problem(client.post("/api/v1/audits", json={"student": student, "programs": [str(secret)]}), 422)
    inputs = plan["inputs"] | {"programs": {str(secret): "0"}}
    found = problem(client.post("/api/v1/plans/verify", json=plan | {"inputs": inputs}), 422)
    assert found["errors"][0]["place"] == "inputs.programs"


def test_a_body_over_the_limit_is_413_by_its_announced_length(client: TestClient) -> None:
    found = problem(client.post("/api/v1/plans", content=b" " * 1_000_001), 413)
    assert "1000000 bytes" in found["detail"]


def test_a_body_over_the_limit_is_413_by_what_arrives(client: TestClient) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 100_000
            yield b" " * 100_000

    problem(client.post("/api/v1/plans", content=chunks(), headers={"content-type": "application/json"}), 413)


def test_a_form_over_the_limit_is_413_as_a_page(client: TestClient) -> None:
    answer = client.post("/plan", data={"taken": "x" * 1_000_001})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_a_fault_is_500_without_a_trace() -> None:
    broken = create_app(Settings())

    @broken.get("/api/v1/broken")
    def fails() -> None:
        raise RuntimeError("the secret of the server")

    answer = TestClient(broken, raise_server_exceptions=False).get("/api/v1/broken")
    problem(answer, 500)
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/help", "/api/v1/health", "/static/tokens.css", "/api/v1/nothing", "/nothing"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_answers_with_a_record_are_not_cached(client: TestClient, student: dict[str, Any]) -> None:
    answer = client.post("/api/v1/audits", json={"student": student})
    assert answer.headers["cache-control"] == "no-store"


def test_settings_come_from_the_environment() -> None:
    found = Settings.from_environment(
        {"PATHWAYS_SECONDS": "2.5", "PATHWAYS_BODY_BYTES": "10", "PATHWAYS_PLANNERS": "3"}
    )
    assert found == Settings(seconds=2.5, body_bytes=10, planners=3)


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "nan", "inf"])
def test_settings_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="PATHWAYS_SECONDS"):
        Settings.from_environment({"PATHWAYS_SECONDS": text})
