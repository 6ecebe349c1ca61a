"""The one door to the solver: a `Problem` goes in, placements with proven tier values come out."""

from pathways.solver.facts import Facts, Open
from pathways.solver.failures import Failures, delay
from pathways.solver.model import Model
from pathways.solver.robust import Robust, solve_robust
from pathways.solver.run import SEED, Limits, Run
from pathways.solver.tiers import Answer, Tier, gains, solve
from pathways.solver.within import Figure, Part, Within

__all__ = [
    "SEED",
    "Answer",
    "Facts",
    "Failures",
    "Figure",
    "Limits",
    "Model",
    "Open",
    "Part",
    "Robust",
    "Run",
    "Tier",
    "Within",
    "delay",
    "gains",
    "solve",
    "solve_robust",
]
