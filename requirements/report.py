"""What an audit says: one result for each requirement, which credit counts where, what is missing, who must decide.

Amounts are in the program's own unit (``AuditReport.unit``), of a number of courses in courses, of a task in the
task's unit. In every result of credits or courses ``need = earned + in_progress + planned + asked + missing``.
"""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal

from pydantic import Field

from requirements.language import Kind, Number, Reference, Rule
from requirements.record import Stage

Status = Literal["met", "in_progress", "planned", "ask", "not_met"]
Answer = Literal["met", "not_met", "ask"]
WORST: tuple[Status, ...] = ("met", "in_progress", "planned", "ask", "not_met")
ResultKind = Literal["credits", "courses", "all_of", "any_of", "task", "gpa", "total"]


NOTHING = Fraction(0)


class Use(Rule):
    """Credit of one entry that counts for a requirement."""

    entry: str
    course: str | None
    title: str
    credits: Number = Field(description="of the entry that count here, in the program's unit")
    stage: Stage
    decided: bool = Field(default=False, description="accepted here by a person's decision")
    by: str | None = Field(default=None, description="the person who decided")
    pinned: bool = Field(default=False, description="a person wants it to count here")
    asked: bool = Field(default=False, description="counts only if a person says so")
    assumes: str | None = Field(default=None, description="what is taken for granted, e.g. the mark still to come")


class Ask(Rule):
    """A question that a person must answer."""

    who: str
    why: str
    entries: tuple[str, ...] = ()


class Lifted(Rule):
    """A waiver that was applied."""

    credits: Number | None = Field(description="how much of the need it lifted; the whole requirement where null")
    reason: str
    by: str
    date: datetime.date | None = None


class RequirementResult(Rule):
    """What became of one requirement."""

    path: str
    name: str
    kind: ResultKind
    status: Status
    unit: str
    need: Number = Field(description="after waivers")
    earned: Number = NOTHING
    in_progress: Number = NOTHING
    planned: Number = NOTHING
    asked: Number = Field(default=NOTHING, description="credit that counts only if a person says so")
    missing: Number = NOTHING
    waived: Number = NOTHING
    counted: bool = Field(default=True, description="false for a branch of any_of that another one stands for")
    verified: bool = Field(
        default=False, description="its figure was compared with a reference that was itself verified"
    )
    reference: Reference | None = None
    uses: tuple[Use, ...] = ()
    ask: tuple[Ask, ...] = ()
    waivers: tuple[Lifted, ...] = ()
    parts: tuple[RequirementResult, ...] = ()
    waived_by: str | None = Field(default=None, description="who lifted the whole requirement")
    date: str | None = Field(default=None, description="when a task was done or waived, as YYYY-MM-DD")
    note: str | None = None
    detail: str | None = None


class Unused(Rule):
    """Credit that counts for no requirement, except in a total."""

    entry: str
    course: str | None
    title: str
    credits: Number
    why: str


class Pin(Rule):
    """What became of a person's wish that a course count for a requirement."""

    course: str
    requirement: str
    by: str | None
    obeyed: bool
    credits: Number = NOTHING
    words: str = Field(default="", description="why not, or why not all of it")


class AuditReport(Rule):
    """The audit of one record against one program. Equal input gives byte-identical JSON."""

    program: str
    name: str
    kind: Kind
    unit: str
    engine: str
    rule_hash: str
    record_hash: str
    priority: tuple[Stage, ...]
    status: Status
    answer: Answer
    on_track: bool = Field(description="met, or will be once what is in progress and planned is earned")
    requirements: tuple[RequirementResult, ...]
    unused: tuple[Unused, ...] = ()
    pins: tuple[Pin, ...] = ()
    assumptions: tuple[str, ...] = Field(
        default=(), description="what is taken for granted, such as marks still to come"
    )
    notes: tuple[str, ...] = Field(default=(), description="what in the record could not be applied")
    doubts: tuple[str, ...] = Field(default=(), description="open questions about the rule file")


def answer_of(status: Status) -> Answer:
    """The three answers: met, not met (yet), a person must decide."""
    return status if status in ("met", "ask") else "not_met"


RequirementResult.model_rebuild()
