"""A client that leaves ends the search for its plan."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from api import planning
from api.app import create_app
from api.settings import Settings
from pathways import files


def request(student: str, path: str = "/api/v1/plans") -> bytes:
    """A request about a student, byte by byte."""
    body = files.load_example(student).model_dump_json(by_alias=True).encode()
    if path.endswith("why"):
        body = b'{"student": %b}' % body
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


def answers(port: int) -> bool:
    """Whether the server still answers others."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as other:
        other.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return other.recv(64).startswith(b"HTTP/1.1 200")


def test_a_client_that_leaves_stops_its_solve(monkeypatch: pytest.MonkeyPatch, listening: Any) -> None:
    began, ended = threading.Event(), threading.Event()
    seen: dict[str, threading.Event] = {}

    def slow(*_: Any, stop: threading.Event, **__: Any) -> None:
        """Stands in for a plan of twenty seconds: waits for the stop as the solver does."""
        seen["stop"] = stop
        began.set()
        stop.wait(20)
        ended.set()
        raise AssertionError("nobody waits for this answer")

    monkeypatch.setattr(planning, "make", slow)
    with listening(create_app(Settings(planners=1))) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(request("katy-fresh"))
            assert began.wait(10)
            assert not seen["stop"].is_set()
        assert ended.wait(5)
        assert seen["stop"].is_set()


def test_a_client_that_leaves_ends_its_questions(monkeypatch: pytest.MonkeyPatch, listening: Any) -> None:
    began, ended = threading.Event(), threading.Event()
    seen: dict[str, bool] = {}
    real = planning.answers

    def watched(*args: Any, stop: threading.Event, **kwargs: Any) -> Any:
        began.set()
        found = real(*args, stop=stop, **kwargs)
        seen.update(stopped=stop.is_set(), settled=found.settled)
        ended.set()
        return found

    monkeypatch.setattr(planning, "answers", watched)
    with listening(create_app(Settings(planners=1, seconds=600))) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            # All its courses, one by one, would take minutes.
            client.sendall(request("del-norte-ninth-grader", "/api/v1/students/why"))
            assert began.wait(60)
        assert ended.wait(15)
        assert seen == {"stopped": True, "settled": False}
        assert answers(port)


def test_a_real_solve_ends_early_when_its_client_leaves(monkeypatch: pytest.MonkeyPatch, listening: Any) -> None:
    done = threading.Event()
    stopped: list[bool] = []
    real = planning.make

    def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            return real(*args, **kwargs)
        finally:
            stopped.append(kwargs["stop"].is_set())
            done.set()

    monkeypatch.setattr(planning, "make", watched)
    with listening(create_app(Settings(planners=1))) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(request("katy-fresh"))
        assert done.wait(15)
        assert stopped == [True]
        assert answers(port)


def test_the_event_loop_answers_while_a_plan_is_made(monkeypatch: pytest.MonkeyPatch, listening: Any) -> None:
    began, let_go = threading.Event(), threading.Event()

    def slow(*_: Any, **__: Any) -> None:
        began.set()
        let_go.wait(20)
        raise ValueError

    monkeypatch.setattr(planning, "make", slow)
    with listening(create_app(Settings(planners=1))) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request("katy-fresh"))
        assert began.wait(10)
        assert answers(port)
        let_go.set()
