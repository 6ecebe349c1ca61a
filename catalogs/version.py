"""The version of this package, stamped on every answer."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def engine_version() -> str:
    """Version of the installed package; ``0+source`` where it runs from a checkout that is not installed."""
    try:
        return version("pathways")
    except PackageNotFoundError:
        return "0+source"
