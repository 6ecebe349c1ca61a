"""The one door to the solver: a `Problem` goes in, placements with proven tier values come out."""

from pathways.solver.facts import Facts, Open
from pathways.solver.model import Model
from pathways.solver.run import SEED, Limits, Run
from pathways.solver.tiers import Answer, Tier, solve
from pathways.solver.within import Figure, Part, Within

__all__ = ["SEED", "Answer", "Facts", "Figure", "Limits", "Model", "Open", "Part", "Run", "Tier", "Within", "solve"]
