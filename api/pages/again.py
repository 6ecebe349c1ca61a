"""What was entered and cannot be used brings its page back, filled as it was sent, with what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from fastapi import Request
from starlette.responses import Response

from api.problems import NotFound
from catalogs import InputError

Again: TypeAlias = Callable[[Request, InputError], Response]
"""A page as it was sent, with what is wrong."""


class Unusable(Exception):
    """What was entered cannot be used."""

    def __init__(self, again: Again, error: InputError) -> None:
        super().__init__(str(error))
        self.again, self.error = again, error


@contextmanager
def usable(again: Again) -> Iterator[None]:
    """Where what was entered turns out to be wrong inside, its page comes back with it."""
    try:
        yield
    except NotFound:
        raise
    except InputError as error:
        raise Unusable(again, error) from error


def form_again(request: Request, wrong: Exception) -> Response:
    """The answer to what cannot be used."""
    assert isinstance(wrong, Unusable)
    return wrong.again(request, wrong.error)
