"""What people decided for one student, and what the student achieved that is no course."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from requirements.language import Credits, Number, Rule, TaskKind


class Achievement(Rule):
    """What is no course: a test passed, hours served, a form filed; matched by requirement id, else by kind."""

    requirement: str | None = None
    task: TaskKind | None = None
    name: str | None = None
    date: datetime.date | None = None
    amount: Annotated[Number, Field(ge=0)] | None = None
    result: str | None = None
    status: Literal["done", "in_progress", "failed", "waived"] = "done"


class Waiver(Rule):
    """A requirement, or some credits of it, lifted for this one student."""

    requirement: str
    program: str | None = None
    credits: Credits | None = Field(
        default=None, description="in the program's unit; the whole requirement when left out"
    )
    reason: str
    by: str
    date: datetime.date | None = None


class PersonalSubstitution(Rule):
    """A course accepted for a requirement for this one student."""

    requirement: str
    course: str
    program: str | None = None
    reason: str
    by: str
    date: datetime.date | None = None


class CountsFor(Rule):
    """A person's pin: this course counts toward that requirement."""

    course: str
    requirement: str
    program: str | None = None
    by: str | None = None


class Decisions(Rule):
    """What people decided for one student."""

    waivers: tuple[Waiver, ...] = ()
    substitutions: tuple[PersonalSubstitution, ...] = ()
    counts: tuple[CountsFor, ...] = ()
