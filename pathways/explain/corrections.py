"""Minimal corrections, the cheapest first: what to give up so that all the rest holds.

After Liffiton and Sakallah (2008), "Algorithms for computing minimal unsatisfiable subsets of constraints", Journal of
Automated Reasoning 40(1), 1-33, which finds corrections by size and blocks each; here the solver finds them by cost.
With costs above zero the cheapest is minimal, and so is every later one, since nothing that holds a known one whole
is looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from pathways.solver import Facts


def cheapest_corrections(
    facts: Facts, costs: Mapping[str, int], kind: Callable[[str], str] = str
) -> Iterator[tuple[frozenset[str], tuple[tuple[int, int], ...]]]:
    """Facts to give up, cheapest first, each with the placements of a plan that shows it.

    Parameters
    ----------
    costs
        Of each fact that may be given up at all, more than 0.
    kind
        Facts of one kind are as good as one another to people: a correction that needs all kinds of an earlier one is
        left out. By default each fact is a kind of its own, and all minimal corrections are found.

    Raises
    ------
    pathways.solver.Open
        Where a limit left open whether there is another.
    """
    kinds = defaultdict(list)
    for fact in costs:
        kinds[kind(fact)].append(fact)
    while (found := facts.cheapest(costs)) is not None:
        yield found
        if not found[0]:
            return
        facts.forbid([kinds[name] for name in sorted({kind(fact) for fact in found[0]})])
