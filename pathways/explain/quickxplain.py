"""A preferred minimal conflict by divide and conquer.

Junker (2004), "QuickXplain: preferred explanations and relaxations for over-constrained problems", AAAI, 167-172. It
asks about k log(n / k) + k questions for a conflict of k out of n facts, and of all minimal conflicts it finds the one
whose last fact comes earliest in the order, then its last but one, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence

from pathways.explain.deletion import Core


def preferred_conflict(facts: Sequence[str], core: Core) -> tuple[str, ...] | None:
    """The minimal conflict made of the facts named first, as far as can be; None where all facts hold.

    Examples
    --------
    >>> cores = [{"a", "c"}, {"b", "d"}]
    >>> preferred_conflict("abcd", lambda kept: next((frozenset(c) for c in cores if c <= set(kept)), None))
    ('a', 'c')
    """
    if core(tuple(facts)) is None:
        return None

    def explain(background: tuple[str, ...], changed: bool, rest: tuple[str, ...]) -> tuple[str, ...]:
        if changed and core(background) is not None:
            return ()
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        late = explain(background + first, True, second)
        early = explain(background + late, bool(late), first)
        return early + late

    return explain((), False, tuple(facts)) if facts and core(()) is None else ()
