"""What a student has: lines of a transcript, and the credit entries that they are read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from catalogs import Catalog, Course
from requirements.language import Number, Rule
from requirements.selector import Subject

Stage = Literal["earned", "in_progress", "planned"]
STAGES: tuple[Stage, ...] = ("earned", "in_progress", "planned")
Origin = Literal["school", "middle_school", "transfer", "exam", "college", "online"]


class TranscriptLine(Rule):
    """One line of a transcript: a course of the school, or credit from elsewhere by SCED code or by subject.

    ``credits`` are in the unit of the student's catalog and may be left out for a course of the school (then the
    course's own credits count; half of a year course is written as the credit earned). Without a mark the line counts
    as passed, unless it is in progress.
    """

    course: str | None = None
    title: str | None = None
    sced: str | None = Field(default=None, pattern=r"^\d{5}$")
    subject: str | None = Field(default=None, description="subject of the rule vocabulary, for credit without a course")
    level: str = ""
    credits: Annotated[Number, Field(ge=0)] | None = None
    mark: str | None = None
    year: int | None = Field(default=None, ge=1980, le=2100, description="fall of the school year")
    term: str | None = None
    grade: int | None = Field(default=None, ge=6, le=13, description="grade of the student when it was taken")
    origin: Origin = "school"
    in_progress: bool = False

    @model_validator(mode="after")
    def _names_something(self) -> TranscriptLine:
        if self.course is None and self.sced is None and self.subject is None:
            raise ValueError("a transcript line names a course, or an SCED code, or a subject")
        if self.course is None and self.credits is None:
            raise ValueError("credit from elsewhere needs its amount: credits")
        return self


@dataclass(frozen=True, slots=True)
class Entry:
    """Credit of one course or line, as the audit sees it.

    Parameters
    ----------
    id : str
        Unique in the record; stable between runs (``code@year-term`` or ``line:N``).
    amount : Fraction
        Year-courses: 1 for one year-long course.
    reason : str or None
        Why the amount is 0 or less than the course's credits (failed, repeated, no credit).
    """

    id: str
    title: str
    subject: Subject
    amount: Fraction
    stage: Stage
    mark: str | None = None
    grade: int | None = None
    year: int | None = None
    term: str | None = None
    origin: Origin = "school"
    reason: str | None = None


@lru_cache(maxsize=16)
def subjects(catalog: Catalog) -> Mapping[str, Subject]:
    """What selectors see of every course of a catalog, by code."""
    return {course.code: subject_of(course) for course in catalog.courses}


def subject_of(course: Course) -> Subject:
    """What selectors see of a course of a catalog."""
    return Subject(code=course.code, sced=course.sced, level=course.level, tags=frozenset(course.tags))
