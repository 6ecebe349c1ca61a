"""Curriculum balancing: spread fixed courses over periods so that the load is even.

`read_balance` reads and checks a file, `pathways.balance.solve.balance` finds the assignment and proves it,
`pathways.balance.check` holds any assignment against the problem by plain arithmetic. The kinds of problem are BACP and
GBACP (CSPLib prob030 and prob064); `docs/reference/balance.md` describes the file.
"""

from pathways.balance.problem import Balance, Curriculum, Range
from pathways.balance.reading import parse_balance, read_balance

__all__ = ["Balance", "Curriculum", "Range", "parse_balance", "read_balance"]
