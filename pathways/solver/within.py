"""A model with its tiers held within limits, and objectives of choice in the room that is left.

This is what alternatives and fronts ask of the solver. A quantity that is held or minimised is a `Figure`: a variable
of its own that a row ties to its terms, so that its limits can be moved between solves and the model is built once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event

from pathways.problem import Problem
from pathways.solver.model import Model
from pathways.solver.run import Limits, Run
from pathways.solver.tiers import Answer, Tier, gains, tiers_of

Columns = Sequence[tuple[int, int, int]]
"""A sum over columns: candidate, start position, weight."""
Placed = Sequence[tuple[int, int]]
Terms = list[tuple[int, int]]

TIDY = 0.5
"""Deterministic effort for what only makes a plan easier to compare."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the catalog in which the credit of two plans is compared: its candidates, and what a unit weighs."""

    weight: int
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity of the plan: a variable of the model plus ``low``, the least it can be; ``high`` is the most."""

    variable: int
    low: int
    high: int


class Within:
    """A problem's model, its first answer, and what may be asked beyond it.

    Parameters
    ----------
    first
        The answer of `solve`; its placements are the first hint, its bounds say how good other plans can be.
    limits
        Effort of each solve, and seconds of the whole since it ``began`` (``time.monotonic()``; now when left out).
    """

    def __init__(
        self,
        problem: Problem,
        first: Answer,
        limits: Limits | None = None,
        stop: Event | None = None,
        *,
        began: float | None = None,
    ) -> None:
        self.problem, self.first = problem, first
        self.model = Model(problem)
        limits = limits or Limits()
        self.run = Run(limits, stop, time.monotonic() if began is None else began)
        self.tidying = Run(Limits(min(TIDY, limits.effort), limits.seconds), stop, self.run.began)
        self.ranges: dict[int, tuple[int, int]] = {}
        self.latest: Sequence[int] = []
        self.terms = dict(tiers_of(self.model))
        self.tiers: Mapping[str, Figure] = {name: self.figure(terms) for name, terms in self.terms.items()}

    def figure(self, terms: Terms, constant: int = 0) -> Figure:
        """A sum of variables as a figure; in tiers whose most is best (wishes, nearness) the less of it the better."""
        weights: Counter[int] = Counter()
        for v, a in terms:
            weights[v] += a
        low = sum(min(a, 0) * self.model.high(v) for v, a in weights.items())
        high = sum(max(a, 0) * self.model.high(v) for v, a in weights.items())
        variable = self.model.var(high - low)
        self.model.row([*terms, (variable, -1)], low, low)
        return self._known(Figure(variable, low + constant, high + constant))

    def _known(self, figure: Figure) -> Figure:
        self.ranges[figure.variable] = (0, figure.high - figure.low)
        return figure

    def greatest(self, sums: Iterable[Columns]) -> Figure:
        """The greatest of several sums over columns, none of them below 0: exact where it is minimised or held."""
        rows = [[(self.model.x[i][k], a) for i, k, a in columns] for columns in sums]
        if len(rows) == 1:
            return self.figure(rows[0])
        high = max((sum(max(a, 0) for _, a in row) for row in rows), default=0)
        variable = self.model.var(high)
        for row in rows:
            self.model.row([*row, (variable, -1)], None, 0)
        return self._known(Figure(variable, 0, high))

    def kept(self, answer: Answer) -> Figure:
        """Minus the placements of a plan that are kept: what changes should be what has to."""
        return self.figure([(self.model.x[i][k], -1) for i, k in answer.placed or ()])

    def difference(self, parts: Iterable[Part], placed: Placed) -> Figure:
        """How much a plan differs from ``placed``: the weighted sum of differences of credit in each part."""
        terms: Terms = []
        constant = 0
        times = Counter(i for i, _ in placed)
        for part in parts:
            columns = [(v, self.problem.candidates[i].amount) for i in part.candidates for v in self.model.x[i]]
            credit = sum(self.problem.candidates[i].amount * times[i] for i in part.candidates)
            apart, more = self._apart(columns, credit, self._most(part))
            terms += [(v, a * part.weight) for v, a in apart]
            constant += more * part.weight
        return self.figure(terms, constant)

    def least_of(self, figures: Sequence[Figure]) -> Figure:
        """Minus the least of several figures: to minimise it is to raise them all."""
        high = min(figure.high for figure in figures)
        variable = self.model.var(high - min(figure.low for figure in figures))
        for figure in figures:
            self.model.row([(variable, 1), (figure.variable, 1)], high - figure.low, None)
        return self._known(Figure(variable, -high, -min(figure.low for figure in figures)))

    def _apart(self, terms: Terms, value: int, most: int) -> tuple[Terms, int]:
        """The amount by which a sum that is at most ``most`` differs from a value: terms and a constant."""
        if value == 0:
            return terms, 0
        if most <= value:
            return [(v, -a) for v, a in terms], value
        # Both ways are open: one variable says which, so that more and less cannot both be counted.
        more, less, which = self.model.var(most - value), self.model.var(value), self.model.var(1)
        self.model.row([*terms, (more, -1), (less, 1)], value, value)
        self.model.row([(more, 1), (which, value - most)], None, 0)
        self.model.row([(less, 1), (which, value)], None, value)
        return [(more, 1), (less, 1)], 0

    def _most(self, part: Part) -> int:
        """Most credit that a plan can have in a part."""
        by_group: dict[int, int] = {}
        for i in part.candidates:
            candidate = self.problem.candidates[i]
            by_group[candidate.group] = max(by_group.get(candidate.group, 0), candidate.amount)
        return sum(amount * self.problem.groups[group][0] for group, amount in by_group.items())

    def hold(self, figure: Figure, *, least: int | None = None, most: int | None = None) -> bool:
        """Hold a figure between two values, in place of what it was held to; False where it can never be there."""
        low = 0 if least is None else max(least - figure.low, 0)
        high = figure.high - figure.low if most is None else min(most, figure.high) - figure.low
        if low > high:
            return False
        self.ranges[figure.variable] = (low, high)
        self.model.bounds(figure.variable, low, high)
        return True

    def best(self, *figures: Figure, tidy: Figure | None = None) -> Answer:
        """The plan that is best in the first figure, then in the second, and so on, within all that is held.

        Parameters
        ----------
        tidy
            Of the plans that are equally good, one with little of this: as little as is soon found, without proof.

        Returns
        -------
        Answer
            ``OPTIMAL`` where each figure was proven; without placements where there is no such plan
            (``INFEASIBLE``) or a limit came first (``UNKNOWN``).
        """
        answer = Answer(None)
        solves, effort, began = self.solves, self.effort, time.monotonic()
        values: Sequence[int] = []
        for figure in figures:
            low, high = self.ranges[figure.variable]
            if (values and values[figure.variable] == low) or (low == high and figure is not figures[-1]):
                continue  # nothing can be gained
            self.model.minimise([(figure.variable, 1)])
            self._hint(values)
            found = self.run.solve(self.model)
            if found.status != "OPTIMAL":
                answer.status = "FEASIBLE" if values else found.status
            if not found.values:
                break
            values = found.values
            self.model.bounds(figure.variable, low, values[figure.variable])
        if tidy is not None and values and values[tidy.variable] > self.ranges[tidy.variable][0]:
            self.model.minimise([(tidy.variable, 1)])
            self._hint(values)
            values = self.tidying.solve(self.model).values or values
        for figure in figures:
            self.model.bounds(figure.variable, *self.ranges[figure.variable])
        if values:
            self.latest = values
            answer.placed = self.model.placed(values)
            answer.tiers = self._told(values)
        answer.solves, answer.effort = self.solves - solves, self.effort - effort
        answer.seconds = {"solve": time.monotonic() - began}
        return answer

    @property
    def solves(self) -> int:
        return self.run.solves + self.tidying.solves

    @property
    def effort(self) -> float:
        return self.run.effort + self.tidying.effort

    def _hint(self, values: Sequence[int]) -> None:
        """Start from what was found last: in this question, else in the one before, else in the first plan."""
        if values or self.latest:
            self.model.hint(values or self.latest)
        elif self.first.placed is not None:
            placed = set(self.first.placed)
            hinted = [0] * self.model.size
            for i, row in enumerate(self.model.x):
                for k, v in enumerate(row):
                    hinted[v] = int((i, k) in placed)
            self.model.hint(hinted[: max((v for row in self.model.x for v in row), default=-1) + 1])

    def _told(self, values: Sequence[int]) -> tuple[Tier, ...]:
        """The tiers of a plan, each with the bound that is proven for it.

        The first answer's bound holds as long as every tier above has the first answer's value. Once a tier is given
        up for another, nothing is proven of those below but what their terms allow.
        """
        told: list[Tier] = []
        alike = True
        gained = gains(self.problem)
        for known, (name, terms) in zip(self.first.tiers, self.terms.items(), strict=True):
            sign = -1 if name in gained else 1
            value = sign * sum(a * values[v] for v, a in terms)
            told.append(Tier(name, value, known.bound if alike else sign * sum(min(a, 0) for _, a in terms)))
            alike = alike and value == known.value
        return tuple(told)
