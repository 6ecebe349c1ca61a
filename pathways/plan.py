"""A finished plan, as people and scripts receive it: placements, audit, certificate, what is missing and why."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pathways.student import Student
from requirements.language import Number, Rule
from requirements.report import AuditReport

Status = Literal["optimal", "feasible", "infeasible"]
"""optimal: every tier proven best; feasible: a limit cut the proof short, or another plan is better (alternatives);
infeasible: no diploma in time."""


class CountsToward(Rule):
    """A requirement that a course counts for, and with how much credit (in the program's unit)."""

    program: str
    requirement: str = Field(description="path of the requirement in its program")
    name: str
    credits: Number


class Placement(Rule):
    """One planned course.

    ``year`` is the fall of the school year, ``term`` the term in which it begins, ``terms`` all that it fills.
    """

    course: str
    title: str
    subject: str
    credits: Number
    year: int
    term: str
    grade: int
    terms: tuple[str, ...]
    periods: int
    level: str = "regular"
    sced: str | None = None
    pinned: bool = False
    pinned_by: str | None = None
    wished: bool = False
    counts_for: tuple[CountsToward, ...] = ()
    needs: tuple[str, ...] = Field(
        default=(), description="courses of the record or plan that its prerequisite leans on"
    )
    opens: tuple[str, ...] = Field(default=(), description="planned courses that need it first")
    assumptions: tuple[str, ...] = ()


class RecordLine(Rule):
    """One line of the record, as the grid shows it."""

    course: str | None
    title: str
    credits: Number
    year: int | None
    term: str | None
    grade: int | None
    terms: tuple[str, ...] = ()
    periods: int = 1
    mark: str | None = None
    stage: Literal["earned", "in_progress", "none"]
    origin: str = "school"
    counts_for: tuple[CountsToward, ...] = ()
    remark: str | None = None


class TierResult(Rule):
    """One tier of the objective with its proof: equal value and bound means that no plan does better."""

    name: str
    value: Number
    bound: Number
    unit: str
    sense: Literal["least", "most"]
    words: str


class Unmet(Rule):
    """What a goal still lacks in this plan."""

    program: str
    requirement: str
    name: str
    missing: Number
    unit: str
    words: str


FactKind = Literal["requirement", "load", "pin", "grade", "term", "prerequisite", "wish"]


class Fact(Rule):
    """One fact that a person knows: a rule, a limit, a pin, what a course asks for, a wish."""

    kind: FactKind
    what: str
    words: str
    reference: str | None = None


class Change(Rule):
    """One change that a person could make, with its documented cost (`pathways.explain.ways.COSTS`)."""

    kind: str
    what: str
    words: str
    cost: int


class Correction(Rule):
    """Changes that together make it possible, with none to spare; ``record`` is the student's record with them."""

    words: str
    cost: int
    changes: tuple[Change, ...]
    record: Student


class Conflict(Rule):
    """A smallest set of facts that cannot hold together: any one of them given up, the rest of them can.

    ``further`` are such sets about other requirements. ``corrections`` are what would help, the cheapest first, each
    verified by solving with it.
    """

    words: str
    facts: tuple[Fact, ...]
    minimal: bool = True
    further: tuple[tuple[Fact, ...], ...] = ()
    corrections: tuple[Correction, ...] = ()


class WishResult(Rule):
    """Whether a wish came true, and if not, why."""

    wish: str
    granted: bool
    words: str


class FallbackPlacement(Rule):
    """A course of a fallback, in the term in which it begins."""

    course: str
    term: str
    assumptions: tuple[str, ...] = ()


class Fallback(Rule):
    """What follows if one course is failed: the plan with the fewest changes that still graduates in time."""

    course: str
    term: str = Field(description="term in which the failed course begins, as YEAR-TERM")
    placements: tuple[FallbackPlacement, ...] = Field(description="all of it, without the failed attempt")


class RobustResult(Rule):
    """Whether the plan survives the failure of any one of its core courses, and what that costs."""

    survives: bool | None = Field(
        description="false where it is proven that no plan does: this is then the best plan without it; none where a "
        "limit left it open"
    )
    words: str
    price: dict[str, Number] = Field(
        default_factory=dict, description="by tier, how much worse this plan is than the best without it"
    )
    fatal: tuple[str, ...] = Field(
        default=(),
        description="where no plan survives: courses of which every plan that graduates has one that must not fail",
    )
    fallbacks: tuple[Fallback, ...] = ()


PartStatus = Literal["on_record", "in_progress", "planned", "missing", "out_of_reach", "not_offered"]
"""Missing is what has to stand back; out of reach, what the terms that are left do not allow at all."""


class GoalPart(Rule):
    """One part of a goal, with the course that fills it, or why none does."""

    name: str
    subject: str
    weight: int
    status: PartStatus
    course: str | None = None
    title: str | None = None
    term: str | None = None
    words: str


class NextStep(Rule):
    """What a school year of the plan holds toward a goal."""

    year: int
    grade: int
    courses: tuple[str, ...]
    words: str


class GoalResult(Rule):
    """How far a plan goes toward a goal that is no program; no verdict on anyone.

    ``reached``, ``offered`` and ``asked`` are sums of weights: of the parts filled, of those for which the school has a
    course or the record has one, and of all; ``share`` is the first of the second.
    """

    goal: str = Field(description="kind and id, such as career:29-1141.00")
    name: str
    way: str = Field(default="", description="the pathway that is followed, where there are several")
    unit: str
    reached: int
    offered: int
    asked: int
    share: Number
    words: str
    parts: tuple[GoalPart, ...]
    next_steps: tuple[NextStep, ...]


class Certificate(Rule):
    """How the plan was proven: solver, parameters that matter, effort."""

    solver: str
    seed: int
    workers: int
    solves: int
    effort: Number = Field(description="deterministic effort, equal on every machine")
    proven: bool


class Inputs(Rule):
    """Hashes (SHA-256) of everything the plan was made from."""

    student: str
    catalog: str
    programs: dict[str, str]
    problem: str
    engine: str


class PlanAudit(Rule):
    """The audits of all goals, the diploma first."""

    status: str
    programs: tuple[AuditReport, ...]


class Plan(Rule):
    """The answer to a planning request; ``pathways verify`` takes its JSON back."""

    student: str
    name: str
    catalog: str
    catalog_name: str
    edition: str
    status: Status
    verified: bool
    problems: tuple[str, ...] = Field(default=(), description="what the independent check found; empty when verified")
    tiers: tuple[TierResult, ...]
    placements: tuple[Placement, ...]
    record: tuple[RecordLine, ...]
    terms: tuple[str, ...] = Field(description="all terms of the student's years in order, as YEAR-TERM")
    free: dict[str, int] = Field(description="open periods of each term that is still to come")
    graduates: str | None = Field(description="term in which the diploma is complete, None where it is not")
    audit: PlanAudit
    unmet: tuple[Unmet, ...]
    conflict: Conflict | None
    wishes: tuple[WishResult, ...] = ()
    robust: RobustResult | None = Field(default=None, description="where the record asks for it")
    goals: tuple[GoalResult, ...] = Field(default=(), description="goals that are no programs, in their order")
    notes: tuple[str, ...] = ()
    certificate: Certificate
    inputs: Inputs
    request: Student
    seconds: Number

    def as_json(self) -> dict[str, Any]:
        """The plan as plain JSON data, in the published field order."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=False)
