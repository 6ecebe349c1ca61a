"""What all tests share: skipping that can be forbidden, and apps that really listen."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Require = Callable[[object, str], None]
Listening = Callable[..., contextlib.AbstractContextManager[int]]


def require(condition: object, reason: str) -> None:
    """Skip a test that needs what is not there; with ``PATHWAYS_REQUIRE_ALL=1`` that is a failure."""
    if condition:
        return
    if os.environ.get("PATHWAYS_REQUIRE_ALL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", name="require")
def require_fixture() -> Require:
    """`require`, for tests, which cannot import it by its name."""
    return require


@pytest.fixture(scope="session")
def listening() -> Listening:
    """Serve an app on a free port of this machine, in a thread: ``with listening(app) as port``."""
    import uvicorn

    @contextlib.contextmanager
    def serve(app: Any) -> Iterator[int]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.02)
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(10)

    return serve
