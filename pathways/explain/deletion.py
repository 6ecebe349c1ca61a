"""A minimal conflict by deletion: drop a fact for good when the rest still cannot hold.

Chinneck and Dravnieks (1991), "Locating minimal infeasible constraint sets in linear programs", ORSA Journal on
Computing 3(2), 157-168. Whatever the oracle's own answer leaves out is dropped with it (refinement: Marques-Silva
(2010), "Minimal unsatisfiability: models, algorithms and applications", ISMVL, 9-14).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

Core = Callable[[Collection[str]], frozenset[str] | None]
"""Of the facts given some that cannot hold together, or None where all of them can."""


def minimal_conflict(facts: Iterable[str], core: Core) -> tuple[str, ...] | None:
    """Facts that cannot hold together, any one of them given up the others can; None where all hold.

    Parameters
    ----------
    facts
        Those named first are given up first, where there is a choice.
    core
        The oracle. One question for every fact of its first answer, one more before.

    Examples
    --------
    >>> minimal_conflict("abcd", lambda kept: frozenset("bd") if {"b", "d"} <= set(kept) else None)
    ('b', 'd')
    """
    order = {fact: n for n, fact in enumerate(facts)}
    found = core(tuple(order))
    if found is None:
        return None
    needed: list[str] = []
    left = sorted(found, key=order.__getitem__)
    while left:
        fact = left.pop(0)
        smaller = core((*needed, *left))
        if smaller is None:
            needed.append(fact)
        else:
            left = [other for other in left if other in smaller]
    return tuple(needed)
