"""A client for the service, a student, and a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings

SENIOR = "woodinville-senior"  # one semester left, so its plan is quick to make


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return create_app(Settings())


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def student() -> dict[str, Any]:
    """A student of the smallest kind."""
    return {
        "id": "amara",
        "name": "Amara",
        "catalog": "katy-isd-tx",
        "entering": 2026,
        "now": "2026-S1",
    }


@pytest.fixture(scope="session")
def senior(client: TestClient) -> dict[str, Any]:
    """An example student as JSON."""
    found: dict[str, Any] = client.get(f"/api/v1/examples/{SENIOR}").json()
    return found


@pytest.fixture(scope="session")
def plan(client: TestClient, senior: dict[str, Any]) -> dict[str, Any]:
    """The plan of a quick example, as JSON."""
    answer = client.post("/api/v1/plans", json=senior)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
