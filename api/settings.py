"""Settings of the service, read from environment variables."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from catalogs import InputError

PREFIX = "PATHWAYS_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may change; each is the environment variable of its name in capitals after ``PATHWAYS_``.

    Parameters
    ----------
    seconds : float
        Longest wall-clock time of one planning request. A plan that is cut off says that it is not proven.
    body_bytes : int
        Largest body of a request.
    planners : int
        How many plans are made at the same time; further requests wait.
    """

    seconds: float = 20.0
    body_bytes: int = 1_000_000
    planners: int = os.cpu_count() or 1

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from the environment; what is not set there keeps its default.

        Raises
        ------
        InputError
            If a value is no number above zero.

        Examples
        --------
        >>> Settings.from_environment({"PATHWAYS_SECONDS": "5"}).seconds
        5.0
        """
        values: dict[str, float] = {}
        for field in fields(cls):
            name = PREFIX + field.name.upper()
            if name in environment:
                values[field.name] = _number(name, environment[name], whole=field.type == "int")
        return cls(**values)  # type: ignore[arg-type]


def _number(name: str, text: str, *, whole: bool) -> float:
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        number = 0
    if not (number > 0 and math.isfinite(number)):
        raise InputError(
            f"{name} is {text[:40]!r}", mend=f"Set it to a {'whole ' if whole else ''}number above zero, or take it out"
        )
    return number
