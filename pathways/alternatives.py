"""Other plans worth a look: each differs in what is taken, stays near the best plan, and is proven the best such plan.

An alternative keeps graduation and goals as the best plan has them, and wishes and quality within a slack. Plain ones
come in turn: the best plan that differs by a stated amount from every plan before it (a set of plans with a least
distance, Hebrard, Hnich, O'Sullivan and Walsh 2005, "Finding diverse and similar solutions in constraint programming",
AAAI; with their quality bound to that of the best, Petit and Trapp 2015, "Finding diverse solutions of high quality
to constraint optimization problems", IJCAI). Others lean in a direction that is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event

from pydantic import Field

from catalogs import Catalog, InputError
from catalogs.exact import decimal_text
from pathways.diversity import apart, parts, unit
from pathways.measures import Measure, finish, language, language_of, load, rigor
from pathways.plan import Plan
from pathways.planner import Task
from pathways.solver import Answer, Figure, Limits, Within
from pathways.student import Student
from pathways.tradeoffs import trade_offs
from requirements.language import Number, Rule

MOST = 9
"""Alternatives that can be asked for at once."""
EFFORT = 20.0
"""Deterministic effort of one solve, several times what alternatives of the bundled catalogs take."""


class Slack(Rule):
    """How much an alternative must differ, and how far it may fall behind the best plan.

    A year-long course weighs 24 quality points, and one that is given up for another of another kind is a difference
    of 1 (see `pathways.diversity`).
    """

    apart: Number = Field(default=Fraction(2), description="least difference of any two plans shown, in year-courses")
    wishes: int = Field(default=0, description="points of wishes that an alternative may give up")
    quality: int = Field(default=72, description="quality points by which an alternative may be worse")


class Alternative(Rule):
    """One other plan."""

    plan: Plan
    toward: str | None = Field(description="the direction that it leans toward, None for one that is only different")
    words: str = Field(description="what was proven of it")
    proven: bool
    apart: Number = Field(description="how much it differs from the first plan, in year-courses")
    nearest: Number = Field(description="how much it differs from the nearest of the plans before it")
    trade_offs: tuple[str, ...] = Field(description="what it costs and gains against the first plan")


class Alternatives(Rule):
    """The best plan, and others worth a look."""

    first: Plan
    slack: Slack
    alternatives: tuple[Alternative, ...]
    words: tuple[str, ...] = Field(description="why there are fewer than were asked for")


@dataclass(frozen=True, slots=True)
class Direction:
    """Something that people ask a plan to be.

    Parameters
    ----------
    name
        In a word, for commands and links.
    title
        For headings.
    asks
        The measures it is judged by in this order, for the task and the best plan; none where it makes no sense.
    more
        What a plan of this kind is more of, for sentences: ``lighter``.
    """

    name: str
    title: str
    asks: Callable[[Task, Answer], Sequence[Measure]]
    more: str


def _language(task: Task, first: Answer) -> Sequence[Measure]:
    planned = language(task.compiled, first)
    return [planned] if planned else []


DIRECTIONS: Mapping[str, Direction] = {
    one.name: one
    for one in (
        Direction(
            "lighter",
            "Lighter",
            lambda task, _: [load(task.compiled), rigor(task.compiled, "least")],
            "lighter (fewer periods in the fullest term, then less demanding courses)",
        ),
        Direction("demanding", "More demanding", lambda task, _: [rigor(task.compiled)], "more demanding"),
        Direction("sooner", "Done sooner", lambda task, _: [finish(task.compiled)], "done sooner"),
        Direction("language", "Another language", _language, "further from the language planned first"),
        Direction("different", "As different as can be", lambda *_: [], "more different from all above"),
    )
}


def alternatives(
    student: Student,
    catalog: Catalog | None = None,
    *,
    count: int = 3,
    toward: Iterable[str] = (),
    slack: Slack | None = None,
    limits: Limits | None = None,
    stop: Event | None = None,
    folder: Path | None = None,
) -> Alternatives:
    """Plan a student, and find other plans that differ in what matters.

    Parameters
    ----------
    count
        How many alternatives, those that lean in a direction included.
    toward
        Names of `DIRECTIONS`; these come first, the others are the best plans that differ enough from all before.
    slack
        How much they differ at least, and how far from the best plan they may be.
    limits
        Of each solve; ``EFFORT`` when left out.

    Raises
    ------
    InputError
        For a count, slack or direction that cannot be, and for what `pathways.planner.plan` refuses.

    Examples
    --------
    >>> from pathways.files import load_example
    >>> found = alternatives(load_example("katy-recovery"), count=1)
    >>> found.alternatives[0].nearest >= found.slack.apart
    True
    """
    slack, toward = slack or Slack(), tuple(dict.fromkeys(toward))
    _check(count, toward, slack)
    limits = limits or Limits(effort=EFFORT)
    task = Task.of(student, catalog, folder)
    made = task.best(limits, stop)
    answer, first = made.answer, made.plan
    if answer.placed is None:
        return Alternatives(first=first, slack=slack, alternatives=(), words=("There is no plan to begin with.",))
    search = _Search(task, answer, first, slack, limits, stop)
    for name in toward:
        search.lean(DIRECTIONS[name])
    for _ in range(count - len(toward)):
        if not search.differ():
            break
    return Alternatives(first=first, slack=slack, alternatives=tuple(search.found), words=tuple(search.words))


def _check(count: int, toward: Sequence[str], slack: Slack) -> None:
    unknown = [name for name in toward if name not in DIRECTIONS]
    if unknown:
        raise InputError(f"there is no direction {unknown[0]!r}", mend=f"The directions are {', '.join(DIRECTIONS)}")
    if not 1 <= count <= MOST:
        raise InputError(f"{count} alternatives cannot be made", mend=f"Ask for 1 to {MOST}")
    if len(toward) > count:
        raise InputError(
            f"{len(toward)} directions are more than {count} alternatives", mend="Ask for as many alternatives"
        )
    if slack.apart <= 0:
        raise InputError("alternatives must differ by more than 0", mend="Give the year-long courses that must differ")
    if slack.wishes < 0 or slack.quality < 0:
        raise InputError("a slack is never less than 0", mend="Give the points that may be lost, 0 for none")


class _Search:
    """Finds one alternative after the other; every plan found is one that the next plain ones must differ from."""

    def __init__(
        self, task: Task, answer: Answer, first: Plan, slack: Slack, limits: Limits, stop: Event | None
    ) -> None:
        self.task, self.answer, self.first, self.slack = task, answer, first, slack
        self.found: list[Alternative] = []
        self.words: list[str] = []
        self.room = Within(task.compiled.problem, answer, limits, stop, began=task.began)
        self.parts = parts(task.compiled)
        self.unit = unit(task.compiled)
        self.shown: list[tuple[tuple[int, int], ...]] = []
        self.differences: list[Figure] = []
        self.changes = self.room.kept(answer)
        self._hold_tiers()
        self._show(answer)

    def _hold_tiers(self) -> None:
        """Graduation and goals as in the first plan, wishes and quality within the slack."""
        for tier in self.answer.tiers:
            sign = -1 if tier.name in ("wishes", "nearness") else 1
            least, most = sign * tier.bound, sign * tier.value
            if tier.name == "wishes":
                most += self.slack.wishes
            if tier.name == "quality":
                # Its bound holds only where no wish is given up.
                least, most = (least if not self.slack.wishes else 0), most + self.slack.quality
            if tier.name != "nearness":
                self.room.hold(self.room.tiers[tier.name], least=least, most=most)

    def _show(self, answer: Answer) -> None:
        """A plan is shown: the next ones are held apart from it."""
        assert answer.placed is not None
        self.shown.append(answer.placed)
        self.differences.append(self.room.difference(self.parts, answer.placed))

    def _best(self, *figures: Figure) -> Answer:
        """The best plan in these figures, then in the tiers, changed no more than that takes."""
        tiers = (self.room.tiers[tier.name] for tier in self.answer.tiers)
        return self.room.best(*figures, *tiers, tidy=self.changes)

    def differ(self) -> bool:
        """The best plan that differs enough from all that are shown; whether there is one."""
        least = -(-self.slack.apart * self.unit // 1)
        if not all(self.room.hold(figure, least=int(least)) for figure in self.differences):
            answer = Answer(None, status="INFEASIBLE")
        else:
            answer = self._best()
        far = decimal_text(self.slack.apart)
        if answer.placed is None:
            within = f"differs by {far} year-long courses from those shown and stays within the slack"
            self.words.append(
                f"No further plan {within}; this is proven."
                if answer.status == "INFEASIBLE"
                else f"The search was cut short before it found a further plan that {within}."
            )
            return False
        self._add(answer, None, f"no plan within the slack that differs by {far} from all above is better")
        return True

    def lean(self, direction: Direction) -> None:
        """The best plan in a direction, where that is better in it than the first."""
        asks = direction.asks(self.task, self.answer)
        for figure in self.differences:
            self.room.hold(figure)
        if direction.name == "different":
            answer = self._best(self.room.least_of(self.differences))
        elif asks:
            answer = self._best(*(ask.figure(self.room) for ask in asks))
        else:
            self.words.append(f"{direction.title}: the best plan takes up none that could be another.")
            return
        if answer.placed is None:
            self.words.append(f"{direction.title}: the search was cut short before it found a plan.")
        elif answer.placed in self.shown[1:]:
            self.words.append(f"{direction.title}: this is a plan already shown.")
        elif not self._better(direction, asks, answer):
            sure = "" if answer.status == "OPTIMAL" else ", as far as the search went"
            self.words.append(f"{direction.title}: no plan within the slack is {direction.more}{sure}.")
        else:
            self._add(answer, direction.name, f"no plan within the slack is {direction.more}")

    def _better(self, direction: Direction, asks: Sequence[Measure], answer: Answer) -> bool:
        if direction.name == "different":
            return apart(self.task.compiled, self.answer.placed or (), answer.placed or ()) > 0
        if direction.name == "language" and not self._languages(answer) - self._languages(self.answer):
            return False
        return [ask.cost(answer) for ask in asks] < [ask.cost(self.answer) for ask in asks]

    def _languages(self, answer: Answer) -> set[str | None]:
        return {language_of(self.task.compiled.courses[i]) for i, _ in answer.placed or ()} - {None}

    def _add(self, answer: Answer, toward: str | None, proof: str) -> None:
        assert answer.placed is not None
        plan = self.task.plan(answer, self.first.conflict, since=time.monotonic() - answer.seconds["solve"])
        far = [apart(self.task.compiled, one, answer.placed) for one in self.shown]
        proven = answer.status == "OPTIMAL" and all(tier.proven for tier in self.answer.tiers)
        self.found.append(
            Alternative(
                plan=plan,
                toward=toward,
                words=f"Proven: {proof}." if proven else f"Not proven that {proof}.",
                proven=proven,
                apart=far[0],
                nearest=min(far),
                trade_offs=trade_offs(self.first, plan, self.task.catalog),
            )
        )
        self._show(answer)
