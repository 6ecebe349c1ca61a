"""Answers remembered for an object itself: to hash or compare a whole program would cost more than most answers."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def once_each(most: int) -> Callable[[Callable[[K], V]], Callable[[K], V]]:
    """Make a function of one unchanging object remember its answers, for so many objects that are still alive."""

    def remembering(function: Callable[[K], V]) -> Callable[[K], V]:
        kept: dict[int, tuple[weakref.ref[K], V]] = {}

        def answer(of: K) -> V:
            found = kept.get(id(of))
            if found is not None and found[0]() is of:
                return found[1]
            if len(kept) >= most:
                kept.clear()
            value = function(of)
            kept[id(of)] = (weakref.ref(of), value)
            return value

        answer.__doc__ = function.__doc__
        answer.__name__ = function.__name__
        return answer

    return remembering
