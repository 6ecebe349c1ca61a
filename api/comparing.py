"""The comparison of all states, made once for each class: the bundled rules do not change while the service runs."""

from __future__ import annotations

import datetime
from functools import lru_cache
from threading import Lock
from typing import Annotated, Any

from fastapi import Query

from api.schemas import Comparison, Mover
from requirements import comparison
from requirements.picture import comparison_picture

FIRST, LAST = 2010, 2050
"""Classes that can be compared."""
KEPT = LAST - FIRST + 1

Entering = Annotated[
    int | None, Query(ge=FIRST, le=LAST, description="fall of entering grade 9; this year's when left out")
]

drawing = Lock()  # matplotlib's settings belong to the process


def this_year() -> int:
    """The fall in which someone enters grade 9 this year."""
    return datetime.date.today().year


@lru_cache(maxsize=KEPT)
def compared(entering: int) -> Comparison:
    """What the standard diplomas of all states ask of those who enter grade 9 in a fall."""
    credits = comparison.credits_by_subject(entering).to_dict("index")
    asked = comparison.demands(entering).to_dict("index")
    return Comparison(
        entering=entering,
        credits={
            str(state): {str(name): _number(value) for name, value in row.items()} for state, row in credits.items()
        },
        demands={str(state): {str(name): how for name, how in row.items() if how} for state, row in asked.items()},
        movers=_movers(),
    )


def picture(entering: int) -> bytes:
    """The comparison as SVG."""
    with drawing:
        return _drawn(entering)


@lru_cache(maxsize=KEPT)
def _drawn(entering: int) -> bytes:
    return comparison_picture(entering)


@lru_cache(maxsize=1)
def _movers() -> tuple[Mover, ...]:
    rows = comparison.early_movers().to_dict("records")
    return tuple(Mover.model_validate({**row, "first": _number(row["first"])}) for row in rows)


def _number(value: Any) -> Any:
    """A number of a data frame, None where it is missing."""
    import pandas as pd

    return None if pd.isna(value) else value
