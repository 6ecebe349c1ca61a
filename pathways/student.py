"""A student's record as the planner needs it: where they are, what they have, what they aim at, what people decided."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from catalogs.typical import typical_id
from requirements.decisions import Achievement, CountsFor, Decisions, PersonalSubstitution, Waiver
from requirements.language import Number, Rule, Selector, Strings
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
    """Something the student aims at, in their own order; it names exactly one of these.

    A program is met by credit; every other goal is reached by parts (`pathways.targets`).
    """

    program: str | None = Field(default=None, description="a diploma, endorsement or admission pattern, by its id")
    career: str | None = Field(default=None, description="an occupation: O*NET-SOC or SOC code, or title")
    cluster: str | None = Field(default=None, description="a career cluster: its id or name")
    pathway: str | None = Field(default=None, description="a career pathway: its id or name")
    major: str | None = Field(default=None, description="a college major: CIP code or name")
    study: str | None = Field(default=None, description="a program of study of the school, by its name")
    after: Literal["military", "apprenticeship", "work", "undecided"] | None = Field(
        default=None, description="what comes after school; undecided: as many clusters as can be stay open"
    )

    @property
    def says(self) -> tuple[str, str]:
        """Which of the things that a goal may name it names, and what of it."""
        return next((kind, text) for kind in GOALS if (text := getattr(self, kind)) is not None)

    @model_validator(mode="after")
    def _one(self) -> Goal:
        named = [kind for kind in GOALS if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(
                f"a goal names exactly one of {', '.join(GOALS)}; this one {' and '.join(named) or 'none'}"
            )
        return self


GOALS = ("program", "career", "cluster", "pathway", "major", "study", "after")
"""What a goal may name."""

COUNTED = ("course", "any_of")
BY_TERM = ("periods", "homework")
"""Figures of a week: they are counted term by term."""
SAYS = {
    "course": ("at_least", "at_most", "count", "each", "terms", "grades"),
    "any_of": ("at_least", "at_most", "count", "each", "terms", "grades"),
    "free": ("terms", "grades"),
    "no_gap": ("at_most",),
    "even": ("terms", "grades"),
    "finish_by": (),
}
"""What a wish may name, and what each may be narrowed by."""


class Wish(Rule):
    """What the student would like: courses (or, under ``refusals``, none of them), or a shape of the years.

    A wish names one of ``course``, ``any_of``, ``free``, ``no_gap``, ``even`` and ``finish_by``. Courses may be
    counted: how many at least or at most, in which terms or grades, in each of them or altogether. With ``must`` it is
    no wish but a decision, which every plan keeps as it keeps pins.
    """

    course: str | None = None
    any_of: Selector | None = Field(default=None, description="at least one course of this kind, if not counted")
    free: int | None = Field(default=None, ge=1, le=20, description="so many periods open, in every term meant")
    no_gap: Selector | None = Field(
        default=None, description="between courses of this kind no more terms without one than at_most says (one)"
    )
    even: Literal["rigor", "homework", "periods"] | None = Field(
        default=None, description="the heaviest term as light as can be"
    )
    finish_by: TermText | None = Field(default=None, description="diploma complete, and nothing planned after")
    at_least: Annotated[Number, Field(ge=0)] | None = None
    at_most: Annotated[Number, Field(ge=0)] | None = Field(default=None, description="0 for none")
    count: Literal["courses", "credits", "periods", "rigor", "homework"] | None = Field(
        default=None, description="what is counted: courses, if not said"
    )
    each: Literal["term", "year"] | None = Field(
        default=None, description="counted in each term or school year by itself; altogether, if not said"
    )
    terms: Strings = Field(default=(), description="only in these terms: 2028-S1, or S1 for that of every year")
    grades: tuple[int, ...] = Field(default=(), description="only in these grades")
    weight: int = Field(default=1, ge=1, le=9)
    must: bool = Field(default=False, description="a decision, no wish: every plan keeps it")
    by: str | None = None

    @property
    def plain(self) -> bool:
        """Whether it only asks that a course, or one of a kind, be planned at all."""
        return self.says in COUNTED and not self.must and not any(map(self._said, SAYS["course"]))

    @property
    def asks(self) -> bool:
        """Whether it asks for courses, rather than for fewer of them or for a shape of the years."""
        return self.says in COUNTED and (self.at_most is None or bool(self.at_least))

    @property
    def says(self) -> str:
        """Which of the things that a wish may name it names."""
        return next(name for name in SAYS if self._said(name))

    @property
    def altogether(self) -> bool:
        """Whether courses are counted over all the terms meant, and not in each term or year by itself."""
        return self.says in COUNTED and self.each is None and self.count not in BY_TERM

    @property
    def limits(self) -> tuple[Fraction, Fraction | None]:
        """Least and most of what is counted: one at least, where nothing is said."""
        return Fraction(self.at_most is None) if self.at_least is None else self.at_least, self.at_most

    def _said(self, name: str) -> bool:
        return getattr(self, name) not in (None, ())

    @model_validator(mode="after")
    def _one(self) -> Wish:
        named = [name for name in SAYS if self._said(name)]
        if len(named) != 1:
            raise ValueError(f"a wish names exactly one of {', '.join(SAYS)}; this one {' and '.join(named) or 'none'}")
        for name in SAYS["course"]:
            if self._said(name) and name not in SAYS[named[0]]:
                raise ValueError(f"{name} says nothing about {named[0]}: take it out")
        return self

    @model_validator(mode="after")
    def _countable(self) -> Wish:
        for name in ("at_least", "at_most"):
            value = getattr(self, name)
            if value is not None and value.denominator != 1 and self.count not in ("credits", "homework"):
                raise ValueError(f"{name} is {value}, but {self.count or 'courses'} are counted in whole numbers")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"at_least {self.at_least} is more than at_most {self.at_most}")
        if self.count in BY_TERM and self.each == "year":
            raise ValueError(f"{self.count} are figures of a week, counted in each term: write each: term")
        if self.count == "credits" and self.each == "term":
            raise ValueError("credits are earned over a whole course: write each: year, or leave each out")
        if self.must and self.even is not None:
            raise ValueError(
                "even loads cannot be a must: write a limit, such as count: rigor with at_most, each: term"
            )
        if self.must and self.weight != 1:
            raise ValueError("a must has no weight: it holds always")
        return self


class Pin(Rule):
    """A person's decision on one course: in this term, by this grade, or not at all."""

    course: str
    term: TermText | None = None
    by_grade: int | None = Field(default=None, ge=6, le=13)
    never: bool = False
    by: str | None = Field(default=None, description="who decided")

    @model_validator(mode="after")
    def _one(self) -> Pin:
        if (self.term is not None) + (self.by_grade is not None) + self.never != 1:
            raise ValueError("a pin says exactly one of term, by_grade or never: true")
        return self


class Permission(Rule):
    """What a school has agreed to for one course of one student.

    ``any_grade``: in any grade. ``beside_prerequisite``: with its prerequisite in the same term at the latest, not
    before it. ``any_term``: in any term of any year, as an online course or at another school may be.
    """

    course: str
    lifts: Literal["any_grade", "beside_prerequisite", "any_term"]
    by: str | None = Field(default=None, description="who agreed")


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
    """Load limits of every term, with exceptions for single terms; elsewhere the calendar's own limits hold.

    Before grade 9 only courses for high-school credit are planned: ``middle_school`` is the most of them in a term.
    """

    middle_school: int = Field(default=2, ge=0, le=20)
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

    ``entering`` is the fall in which the student entered, or will enter, grade 9 (it fixes the rules that bind them);
    ``now`` the current term. Where lines of the transcript are in progress, planning starts with the next term, else
    with this one.
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
        default=None, ge=6, le=13, description="grade now, where it does not follow from entering"
    )
    graduate: TermText | None = Field(default=None, description="last term of the plan; the end of grade 12 by default")
    services: tuple[Literal["english_learner", "special_education"], ...] = ()
    transcript: tuple[TranscriptLine, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    approvals: tuple[str, ...] = Field(
        default=(), description="conditions in words that prerequisites ask for and that the student holds"
    )
    permissions: tuple[Permission, ...] = ()
    goals: tuple[Goal, ...] = Field(default=(), max_length=24)
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

    @field_validator("refusals")
    @classmethod
    def _refused(cls, refusals: tuple[Wish, ...]) -> tuple[Wish, ...]:
        for wish in refusals:
            if not wish.plain:
                raise ValueError(
                    "a refusal says course or any_of, weight and by; write limits as wishes, such as at_most: 0"
                )
        return refusals

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
