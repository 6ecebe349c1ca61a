"""Good bodies with one value gone wrong: whatever it is, the answer is a plan or a problem in words, never a fault."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.settings import Settings

Place = tuple[Any, ...]

WRONG = st.sampled_from(
    [None, True, 0, -1, 13, 10**30, 0.1, 1e308, "", "x", "9999-S1", "0001-S2", "../..", "\x00", "é" * 300, [], {}, [[]]]
)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*at, key)
        yield from places(below, (*at, key))


def changed(body: Any, place: Place, value: Any) -> Any:
    """A copy of a JSON value with one place set to something else."""
    new = copy.deepcopy(body)
    here = new
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = value
    return new


@pytest.fixture(scope="module")
def quick() -> TestClient:
    """A service that plans for half a second at most; a fault in it fails the test with its trace."""
    return TestClient(create_app(Settings(seconds=0.5)))


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/plans",
        "/api/v1/audits",
        "/api/v1/plans/verify",
        "/api/v1/students/moves",
        "/api/v1/students/why",
        "/api/v1/students/explore",
    ],
)
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_one_wrong_value_is_never_a_fault(
    quick: TestClient, senior: dict[str, Any], plan: dict[str, Any], path: str, data: st.DataObject
) -> None:
    body: Any = {
        "/api/v1/plans": senior,
        "/api/v1/audits": {"student": senior},
        "/api/v1/plans/verify": plan,
        "/api/v1/students/moves": {"student": senior, "to": ["NY"], "plan": True},
        "/api/v1/students/why": {"student": senior, "courses": ["TEC107A", "SSC445"]},
        "/api/v1/students/explore": {"student": senior, "course": "VMA211"},
    }[path]
    place = data.draw(st.sampled_from(list(places(body))), label="place")
    answer = quick.post(path, json=changed(body, place, data.draw(WRONG, label="value")))
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["errors"]
