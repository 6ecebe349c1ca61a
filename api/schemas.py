"""What the JSON interface answers with, beside the models of the lower floors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from catalogs import Catalog, Course
from catalogs.graph import build_graph
from catalogs.prerequisite import render
from catalogs.typical import states, typical_id
from pathways.explore import CourseServes, Exploration, Switch
from pathways.moves import Elsewhere
from pathways.plan import Plan
from pathways.replan import Events
from pathways.student import Goal, Student
from requirements.comparison import Asked
from requirements.describe import describe, policy_words
from requirements.figure import figures, rule_hash, total_credits
from requirements.jurisdictions import PlanPolicy
from requirements.language import Cohorts, Kind, Number, Program, Reference, Route, Rule, Unit, Verified
from requirements.listing import ProgramSummary
from requirements.register import Registered
from requirements.report import AuditReport


class Health(Rule):
    """The service is up."""

    status: Literal["ok"] = "ok"
    version: str
    catalogs: int
    programs: int


class CalendarOut(Rule):
    """The school year."""

    terms: tuple[str, ...]
    periods: int = Field(description="most courses in a term")
    summer: bool


class CatalogSummary(Rule):
    """One bundled catalog."""

    id: str
    name: str
    district: str
    state: str = Field(description="two letters; empty for the made-up school")
    edition: str
    courses: int
    credit_unit: str
    credits_per_year_course: Number
    calendar: CalendarOut


class CatalogDetail(CatalogSummary):
    """One bundled catalog with what can be asked of its courses."""

    subjects: tuple[str, ...]
    levels: tuple[str, ...]
    grades: tuple[int, ...]
    grading: str
    content_hash: str = Field(description="SHA-256 of all that matters for planning")


class CourseRef(Rule):
    """A course by its code."""

    code: str
    title: str


class CourseSummary(Rule):
    """One course of a catalog."""

    code: str
    title: str
    subject: str
    credits: Number
    terms: int = Field(description="how many terms of the school year it lasts")
    periods: int
    offered: tuple[str, ...] = Field(description="terms it may start in; empty for any")
    years: str
    grades: tuple[int, ...]
    level: str
    prerequisite: str | None = Field(description="in the prerequisite language: 0101 or 0141")
    tags: tuple[str, ...]
    sced: str | None
    sced_status: str | None
    repeatable: int
    homework: Number | None = Field(description="hours a week, where the school says")


class CoursePage(Rule):
    """Some of the courses that were found."""

    total: int
    limit: int
    offset: int
    courses: tuple[CourseSummary, ...]


class CourseDetail(CourseSummary):
    """One course with its place in the course graph."""

    needs: tuple[CourseRef, ...] = Field(description="all courses that may come before it, through any alternative")
    unlocks: tuple[CourseRef, ...] = Field(description="courses whose prerequisite names it")
    chain: tuple[CourseRef, ...] = Field(description="the longest chain of courses that ends in it")
    versions: tuple[CourseRef, ...] = Field(description="other versions of the same course")


class ProgramLine(Rule):
    """One program, in a list."""

    id: str
    name: str
    jurisdiction: str
    kind: Kind
    route: Route | None
    cohorts: Cohorts
    unit: Unit
    total: Number | None = Field(description="credits in all, in the program's unit")
    figures: int
    verified: int = Field(description="how many of its figures are verified against a reference")
    doubts: int


class FigureOut(Rule):
    """One thing that a program asks, and where that was read."""

    path: str
    text: str
    status: Verified
    reference: Reference | None


class ProgramDetail(Rule):
    """One program in full: the rule as data, every figure with its source, and the same in plain words."""

    program: Program
    total: Number | None
    figures: tuple[FigureOut, ...]
    text: str
    hash: str = Field(description="SHA-256 of the rule")


class JurisdictionFacts(Rule):
    """What is said of a jurisdiction in a list and alone."""

    id: str
    name: str
    authority: str = Field(description="the body that publishes the rules")
    control: Literal["state", "local", "mixed"] = Field(description="who sets what a diploma asks")
    unit: Unit
    typical_catalog: str = Field(description="id of the catalog of courses that its schools commonly offer")
    kinds: Mapping[Kind, int] = Field(description="number of its programs by kind, those of its districts among them")
    figures: int
    verified: int = Field(description="how many of the figures are verified against a reference")
    verified_share: Number = Field(description="of the figures, from 0 to 1")
    newest: str | None = Field(description="latest date that a reference of its programs bears")
    plan_policy: PlanPolicy
    plan_policy_status: Verified


class JurisdictionLine(JurisdictionFacts):
    """One jurisdiction, in a list."""

    programs: int
    doubts: int = Field(description="number of open questions about its programs")
    unchecked: int = Field(description="number of things that its rules say and no audit checks")


class JurisdictionDetail(JurisdictionFacts):
    """One jurisdiction with its programs, and what is open about them in words."""

    programs: tuple[ProgramLine, ...]
    doubts: tuple[str, ...]
    unchecked: tuple[str, ...] = Field(description="what its rules say and no audit checks")
    plan_policy_text: str
    references: tuple[Reference, ...]


class Mover(Rule):
    """The first class that a state asked for something."""

    demand: str
    jurisdiction: str
    first: int | None = Field(description="fall of entering grade 9, none where it is not known")
    or_earlier: bool = Field(description="true where the first class on file was asked already")


class Comparison(Rule):
    """The standard diplomas of all states side by side; credits in year-long courses."""

    entering: int = Field(description="fall of entering grade 9")
    credits: Mapping[str, Mapping[str, Number | None]] = Field(
        description="by jurisdiction and subject; no total where the state sets none"
    )
    demands: Mapping[str, Mapping[str, Asked]] = Field(
        description="courses and tasks asked by name, by jurisdiction: of everyone, or as one way among several"
    )
    movers: tuple[Mover, ...] = Field(description="who asked first, of all classes on file")


class ExampleLine(Rule):
    """One bundled example student."""

    id: str
    name: str
    catalog: str
    about: str | None


class AuditRequest(Rule):
    """A record to audit."""

    student: Student
    programs: tuple[str, ...] | None = Field(
        default=None, max_length=50, description="ids of programs; the student's diploma and goals when left out"
    )


class AuditOut(Rule):
    """The record against each program: what is met, in progress, short, or for a person to decide."""

    student: str
    programs: tuple[AuditReport, ...]
    remarks: tuple[str, ...] = Field(description="what reading the transcript had to settle")


class MovesRequest(Rule):
    """A record to hold against the diplomas of other states."""

    student: Student
    to: tuple[Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["NY"])], ...] = Field(
        default=(), max_length=len(states()), description="states by their two letters; all when left out"
    )
    entering: int | None = Field(
        default=None, ge=1990, le=2100, description="the class whose rules are asked about; the student's when left out"
    )
    plan: bool = Field(default=False, description="plan the rest on the typical catalog of the one state in to")

    @model_validator(mode="after")
    def _one_plan(self) -> Self:
        if self.plan and len(self.to) != 1:
            raise ValueError("a plan is made for one state: name it, and no other, in to")
        return self


class MovesOut(Rule):
    """The record under the standard diploma of each state, the one with the least missing first."""

    student: str
    states: tuple[Elsewhere, ...]
    plan: Plan | None = Field(description="the rest on the typical catalog of the state, if it was asked for")


class WhyRequest(Rule):
    """A record, and the courses that are asked about."""

    student: Student
    courses: tuple[str, ...] = Field(
        default=(),
        max_length=12,
        description="codes of courses, in the plan or not, or ids of programs that the student aims at; all courses of "
        "the plan when left out",
    )


class ReplanRequest(Rule):
    """A plan in force, and what has happened since it was made."""

    plan: Plan
    events: Events


class ExploreRequest(Rule):
    """What to tell of a student: what the plan leads to, what a course serves, or what it costs to aim otherwise."""

    student: Student
    course: str | None = Field(default=None, max_length=80, description="a course of the school: what it serves")
    before: Goal | None = Field(default=None, description="with after: a goal, and the one in its place")
    after: Goal | None = None
    in_grade: int | None = Field(default=None, ge=7, le=12, description="the grade in which the student changes")
    first: Goal | None = Field(default=None, description="a goal of the student's: also plan with it before all others")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.before is None) != (self.after is None):
            raise ValueError("a change of mind has a goal before and a goal after: name both")
        if sum(asked is not None for asked in (self.course, self.before, self.first)) > 1:
            raise ValueError("there are several questions: name a course, or goals before and after, or a goal first")
        if self.in_grade is not None and self.before is None:
            raise ValueError("in_grade is about a change of mind: name goals before and after")
        return self


class ExploreOut(Rule):
    """The one answer that was asked for."""

    fields: Exploration | None = None
    course: CourseServes | None = None
    switch: Switch | None = None


class Verification(Rule):
    """Whether a plan holds, replayed term by term without the planner."""

    holds: bool
    problems: tuple[str, ...]


def catalog_summary(catalog: Catalog) -> CatalogSummary:
    """A catalog in a line."""
    return CatalogSummary(**_catalog(catalog))


def catalog_detail(catalog: Catalog) -> CatalogDetail:
    """A catalog with its subjects and levels, in the order of its courses."""
    return CatalogDetail(
        **_catalog(catalog),
        subjects=tuple(dict.fromkeys(course.subject for course in catalog.courses)),
        levels=tuple(dict.fromkeys(course.level for course in catalog.courses)),
        grades=catalog.grade_levels,
        grading=catalog.grading.scale,
        content_hash=catalog.content_hash,
    )


def _catalog(catalog: Catalog) -> dict[str, Any]:
    return {
        "id": catalog.id,
        "name": catalog.name,
        "district": catalog.district,
        "state": catalog.state,
        "edition": catalog.edition,
        "courses": len(catalog.courses),
        "credit_unit": catalog.unit.text,
        "credits_per_year_course": catalog.year_credits,
        "calendar": CalendarOut(
            terms=catalog.calendar.term_names,
            periods=catalog.calendar.max_courses_per_term,
            summer=catalog.calendar.summer is not None,
        ),
    }


def course_summary(course: Course) -> CourseSummary:
    """A course as its row says."""
    return CourseSummary(**_course(course))


def course_detail(catalog: Catalog, course: Course) -> CourseDetail:
    """A course with what it needs and opens."""
    graph = build_graph(catalog)

    def refs(codes: tuple[str, ...]) -> tuple[CourseRef, ...]:
        return tuple(CourseRef(code=code, title=catalog.by_code[code].title) for code in codes)

    return CourseDetail(
        **_course(course),
        needs=refs(graph.needs(course.code)),
        unlocks=refs(graph.unlocks(course.code)),
        chain=refs(graph.chain(course.code)),
        versions=refs(tuple(code for code in catalog.versions(course.code) if code != course.code)),
    )


def _course(course: Course) -> dict[str, Any]:
    same = ("code", "title", "subject", "credits", "terms", "periods", "offered", "years", "grades", "level")
    also = ("tags", "sced", "sced_status", "repeatable", "homework")
    return {
        **{name: getattr(course, name) for name in (*same, *also)},
        "prerequisite": render(course.prerequisite) if course.prerequisite else None,
    }


def example_line(student: Student) -> ExampleLine:
    """An example student in a line."""
    return ExampleLine(id=student.id, name=student.name, catalog=student.catalog, about=student.about)


def program_line(summary: ProgramSummary) -> ProgramLine:
    """A program in a line."""
    return ProgramLine(**{name: getattr(summary, name) for name in ProgramLine.model_fields})


def program_detail(program: Program) -> ProgramDetail:
    """A program with its figures and words."""
    return ProgramDetail(
        program=program,
        total=total_credits(program),
        figures=tuple(
            FigureOut(path=one.path, text=one.text, status=one.status, reference=one.reference)
            for one in figures(program)
        ),
        text=describe(program),
        hash=rule_hash(program),
    )


def jurisdiction_line(one: Registered) -> JurisdictionLine:
    """A jurisdiction in a line."""
    return JurisdictionLine(
        **_jurisdiction(one), programs=len(one.programs), doubts=len(one.doubts), unchecked=len(one.unchecked)
    )


def jurisdiction_detail(one: Registered) -> JurisdictionDetail:
    """A jurisdiction with its programs and what is open about them."""
    return JurisdictionDetail(
        **_jurisdiction(one),
        programs=tuple(map(program_line, one.programs)),
        doubts=one.doubts,
        unchecked=one.unchecked,
        plan_policy_text=policy_words(one.jurisdiction.plan_policy),
        references=one.jurisdiction.references,
    )


def _jurisdiction(one: Registered) -> dict[str, Any]:
    about = one.jurisdiction
    return {
        **{name: getattr(about, name) for name in ("id", "name", "authority", "control", "unit", "plan_policy")},
        **{name: getattr(one, name) for name in ("figures", "verified", "verified_share", "newest")},
        "kinds": dict(one.kinds),
        "typical_catalog": typical_id(about.id.removeprefix("US-")),
        "plan_policy_status": about.policy_status,
    }
