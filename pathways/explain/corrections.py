"""Minimal corrections, the cheapest first: what to give up so that all the rest holds.

After Liffiton and Sakallah (2008), "Algorithms for computing minimal unsatisfiable subsets of constraints", Journal of
Automated Reasoning 40(1), 1-33, which finds corrections by size and blocks each; here the solver finds them by cost.
With costs above zero the cheapest is minimal, and so is every later one, since nothing that holds a known one whole
is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pathways.solver import Facts


def cheapest_corrections(
    facts: Facts, costs: Mapping[str, int]
) -> Iterator[tuple[frozenset[str], tuple[tuple[int, int], ...]]]:
    """Facts to give up, cheapest first, each with the placements of a plan that shows it.

    Parameters
    ----------
    costs
        Of each fact that may be given up at all, more than 0.

    Raises
    ------
    pathways.solver.Open
        Where a limit left open whether there is another.
    """
    while (found := facts.cheapest(costs)) is not None:
        yield found
        if not found[0]:
            return
        facts.forbid(found[0])
