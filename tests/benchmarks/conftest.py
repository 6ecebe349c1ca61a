"""Benchmarks run when they are asked for: ``python -m pytest tests/benchmarks --benchmark-only``."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("benchmark_only", default=False):
        return
    here = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]
    for item in here:
        item.add_marker(pytest.mark.skip(reason="a benchmark: run with --benchmark-only"))
