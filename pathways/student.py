"""A student's record as the planner needs it: where they are, what they have, what they aim at, what people decided."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from catalogs.typical import typical_id
from requirements.decisions import Achievement, CountsFor, Decisions, PersonalSubstitution, Waiver
from requirements.language import Rule, Selector
from requirements.record import TranscriptLine

_TERM = re.compile(r"^(\d{4})-(.+)$")


def _term_text(value: str) -> str:
    if not _TERM.match(value):
        raise ValueError(
            f"expected a term as YEAR-TERM, the fall of the school year first, such as 2027-S1; found {value!r}"
        )
    return value


TermText = Annotated[str, AfterValidator(_term_text)]


def split_term(text: str) -> tuple[int, str]:
    """``"2027-S1"`` as ``(2027, "S1")``: the fall of the school year and the term's name in the catalog."""
    found = _TERM.match(text)
    if not found:
        raise ValueError(f"not a term: {text!r}")
    return int(found[1]), found[2]


class Goal(Rule):
    """Something the student aims at, in order: a program (diploma, endorsement, admission pattern) or a career.

    Careers are kept with the record; plans toward them come with the career data.
    """

    program: str | None = None
    career: str | None = Field(default=None, description="occupation code, kept for career planning")

    @model_validator(mode="after")
    def _one(self) -> Goal:
        if (self.program is None) == (self.career is None):
            raise ValueError("a goal names either a program or a career")
        return self


class Wish(Rule):
    """A course, or a kind of course, that the student would like (or, under ``refusals``, would rather not take)."""

    course: str | None = None
    any_of: Selector | None = Field(default=None, description="at least one course of this kind")
    weight: int = Field(default=1, ge=1, le=9)
    by: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Wish:
        if (self.course is None) == (self.any_of is None):
            raise ValueError("a wish names either a course or, under any_of, a kind of course")
        return self


class Pin(Rule):
    """A person's decision on one course: in this term, by this grade, or not at all."""

    course: str
    term: TermText | None = None
    by_grade: int | None = Field(default=None, ge=9, le=13)
    never: bool = False
    by: str | None = Field(default=None, description="who decided")

    @model_validator(mode="after")
    def _one(self) -> Pin:
        if (self.term is not None) + (self.by_grade is not None) + self.never != 1:
            raise ValueError("a pin says exactly one of term, by_grade or never: true")
        return self


class TermLoad(Rule):
    """Fewest and most courses (periods) in a term."""

    min: int | None = Field(default=None, ge=0, le=20)
    max: int | None = Field(default=None, ge=0, le=20)

    @model_validator(mode="after")
    def _in_order(self) -> TermLoad:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self


class Load(TermLoad):
    """Load limits of every term, with exceptions for single terms; elsewhere the calendar's own limits hold."""

    terms: Mapping[TermText, TermLoad] = Field(default_factory=dict)


class SummerChoice(Rule):
    """Whether summer terms may be used, and for how many courses each."""

    allowed: bool = False
    max: int | None = Field(default=None, ge=1, le=6)


class PlacementInForce(Rule):
    """One course of the plan in force, that a new plan stays near to."""

    course: str
    term: TermText


class Cancelled(Rule):
    """A course that the school does not offer after all: in one term, or any more."""

    course: str
    term: TermText | None = Field(default=None, description="the term it would begin in; all when left out")


class Student(Rule):
    """A student's planning record.

    ``entering`` is the fall in which the student entered grade 9 (it fixes the rules that bind them); ``now`` the
    current term. Where lines of the transcript are in progress, planning starts with the next term, else with this one.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    name: str
    catalog: str = Field(
        description="id of a bundled catalog, or path of a catalog folder (relative to the student's file); "
        "where it is left out, the typical catalog of the student's state"
    )
    state: str | None = Field(default=None, description="postal code, where the catalog belongs to no state")
    entering: int = Field(ge=1990, le=2100)
    now: TermText
    grade: int | None = Field(
        default=None, ge=9, le=13, description="grade now, where it does not follow from entering"
    )
    graduate: TermText | None = Field(default=None, description="last term of the plan; the end of grade 12 by default")
    services: tuple[Literal["english_learner", "special_education"], ...] = ()
    transcript: tuple[TranscriptLine, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    approvals: tuple[str, ...] = Field(
        default=(), description="conditions in words that prerequisites ask for and that the student holds"
    )
    goals: tuple[Goal, ...] = ()
    wishes: tuple[Wish, ...] = ()
    refusals: tuple[Wish, ...] = ()
    pins: tuple[Pin, ...] = ()
    load: Load = Load()
    summer: SummerChoice = SummerChoice()
    waivers: tuple[Waiver, ...] = ()
    substitutions: tuple[PersonalSubstitution, ...] = ()
    counts: tuple[CountsFor, ...] = ()
    plan_in_force: tuple[PlacementInForce, ...] = ()
    nearness: Literal["before_quality", "after_quality"] = Field(
        default="after_quality",
        description="whether staying near to the plan in force goes before quality (a plan that people have agreed on "
        "stays put) or after it",
    )
    robust: Literal["core"] | None = Field(
        default=None,
        description="core: the plan must survive the failure of any one of its core courses (English, mathematics, "
        "science, social studies): the diploma can still be complete in time",
    )
    cancelled: tuple[Cancelled, ...] = Field(default=(), description="courses that are not offered after all")
    about: str | None = Field(default=None, description="a sentence on the student, for examples")

    @model_validator(mode="before")
    @classmethod
    def _without_a_catalog(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("catalog") is None and isinstance(data.get("state"), str):
            return {**data, "catalog": typical_id(data["state"])}
        return data

    @property
    def digest(self) -> str:
        """SHA-256 of the record's canonical JSON."""
        text = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def decisions(self) -> Decisions:
        """What people decided for this student, as the audit takes it."""
        return Decisions(waivers=self.waivers, substitutions=self.substitutions, counts=self.counts)
