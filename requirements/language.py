"""The rule language: what a program (a diploma, an endorsement, an admission pattern) asks, as data.

A program is one YAML file. Its models are below; ``docs/reference/rule-language.md`` explains each key with an
example and ``docs/schema/program.schema.json`` is generated from them. Credits are written in the program's own
unit and converted through ``unit.year_course`` (how many units one year-long course earns): 1 where a state counts
Carnegie units, 10 in most Californian districts, 5 in New Jersey, 2 in Indiana.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from catalogs.exact import exact

Verified = Literal["verified", "unverified"]
Kind = Literal["diploma", "endorsement", "admission", "recognition", "program_of_study"]
Route = Literal["standard", "advanced", "alternate", "career", "early", "certificate"]
TaskKind = Literal[
    "assessment",
    "civics_test",
    "service",
    "financial_aid",
    "portfolio",
    "plan",
    "training",
    "experience",
    "proficiency",
    "pathway",
    "approval",
    "credential",
    "residency",
    "attendance",
    "other",
]
MAIN = "main"
AGAIN = "again"


FINEST = 10_000
LARGEST = 1e9


def _fraction(value: Any) -> Any:
    """Exact number from YAML: floats are read through their decimal text, so 0.1 is one tenth."""
    if isinstance(value, bool):
        raise ValueError("expected a number, found true or false")
    if isinstance(value, float) and abs(value) < LARGEST:
        # A third of a credit is written 0.333... in JSON: the fraction comes back whole, as no credit is cut finer.
        near = Fraction(value).limit_denominator(FINEST)
        if float(near) == value:
            return near
    try:
        return exact(value)
    except ValueError:
        raise ValueError(f"expected a number such as 4, 0.5 or 1/3, found {str(value)[:40]!r}") from None


def json_number(value: Fraction) -> int | float:
    """JSON number of an exact credit amount."""
    return value.numerator if value.denominator == 1 else float(value)


Number = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(json_number, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
Credits = Annotated[Number, Field(gt=0)]
# One word may stand without its list.
Strings = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda v: (v,) if isinstance(v, str) else v),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]


class Rule(BaseModel):
    """Base of every model: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class LadderFloor(Rule):
    """A rung of a ladder and everything above it: Algebra I or higher."""

    name: str
    at_least: int = Field(ge=1)


class Selector(Rule):
    """Which courses count. Keys given together must all hold; several values of one key are alternatives.

    Speaks national course codes (SCED) first, so that one file serves every catalog of a state; ``tag`` and
    ``code`` are for a district's own rules.
    """

    term: Strings = Field(default=(), description="named courses of the vocabulary, e.g. algebra-1")
    subject: Strings = Field(default=(), description="subjects of the vocabulary, e.g. mathematics")
    set: Strings = Field(default=(), description="named sets of the vocabulary, e.g. science_lab")
    sced: Strings = Field(default=(), description="SCED codes and ranges, e.g. 02052 or 02101-02126")
    ladder: LadderFloor | None = None
    level: Strings = Field(default=(), description="levels of the catalog: regular, honors, ap, ib, dual, cte ...")
    tag: Strings = Field(default=(), description="tags of the catalog, e.g. grad:english; grad:* for any value")
    code: Strings = Field(default=(), description="course codes of one catalog")
    any_course: bool = Field(default=False, description="every course that carries credit")
    any: tuple[Selector, ...] = ()
    all: tuple[Selector, ...] = ()
    exclude: Selector | None = Field(default=None, description="courses that do not count although the rest holds")
    maybe: Selector | None = Field(
        default=None,
        description="courses that count only when a person says so, besides those of the other keys",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Selector:
        if not self.model_fields_set - {"exclude"}:
            raise ValueError("a selector must name something; write any_course: true for every course")
        return self


class Sourced(Rule):
    """A figure with its reference. Both are inherited from the enclosing requirement or program when left out."""

    reference: str | None = Field(default=None, description="id of an entry of the program's references")
    status: Verified | None = None
    note: str | None = None


class Requirement(Sourced):
    """What all kinds of requirement share."""

    id: Slug
    name: str | None = None
    pool: str = Field(
        default=MAIN,
        description="credit counts once inside a pool: 'main' by default; 'again' lets the same credit count here too; "
        "any other name makes a pool that several requirements share",
    )


class Cap(Sourced):
    """At most so much of the enclosing requirement may come from these courses."""

    credits: Annotated[Number, Field(ge=0)]
    from_: Selector = Field(alias="from")
    during: tuple[int, ...] | None = Field(
        default=None, min_length=1, description="only credit of courses taken in these grades is capped"
    )


class Limit(Cap):
    """At most so much of these courses over several requirements together, or over the whole program."""

    id: Slug
    over: Strings = Field(
        default=(), description="paths of requirements; all that credit counts for once, and totals, when left out"
    )


def in_time(during: tuple[int, ...] | None, grade: int | None) -> bool:
    """Whether a cap on credit of some grades holds for credit of one; for credit of an unknown grade it does."""
    return during is None or grade is None or grade in during


class CreditRequirement(Requirement):
    """Credits from a selector, with named parts, caps, a minimum mark, a time, or one series.

    Examples
    --------
    Three credits of mathematics, Algebra I and Geometry among them, at least a C in each::

        id: mathematics
        credits: 3
        from: {subject: mathematics}
        minimum_mark: C
        parts:
          - {id: algebra-1, credits: 1, from: {term: algebra-1-or-equivalent}}
          - {id: geometry, credits: 1, from: {term: geometry-or-equivalent}}
    """

    credits: Credits
    from_: Selector = Field(alias="from")
    parts: tuple[AnyRequirement, ...] = Field(default=(), description="what must be among the credits")
    caps: tuple[Cap, ...] = ()
    minimum_mark: str | None = Field(default=None, description="lowest mark that counts, e.g. C")
    same: Literal["series"] | None = Field(
        default=None, description="all from one series: one language, one career area"
    )
    during: tuple[int, ...] | None = Field(
        default=None, min_length=1, description="only courses taken in these grades count"
    )
    each_grade: tuple[int, ...] | None = Field(
        default=None, min_length=1, description="so much in every one of these grades"
    )

    @model_validator(mode="after")
    def _each_grade_alone(self) -> CreditRequirement:
        if self.each_grade is not None and (self.parts or self.same):
            raise ValueError("each_grade goes with neither parts nor same: write them as requirements of their own")
        if self.same is not None and self.parts:
            raise ValueError("same goes without parts: write each part as a requirement of its own")
        return self


class CourseRequirement(Requirement):
    """A number of courses, whatever their credits: two AP courses. Counts in a pool of its own by default."""

    courses: int = Field(ge=1)
    from_: Selector = Field(alias="from")
    minimum_mark: str | None = None
    same: Literal["series"] | None = Field(default=None, description="all from one series, as for credits")
    during: tuple[int, ...] | None = Field(default=None, min_length=1)
    pool: str = AGAIN

    @model_validator(mode="after")
    def _not_main(self) -> CourseRequirement:
        if self.pool == MAIN:
            raise ValueError("a number of courses is counted beside the credits: give it pool: again, or a pool name")
        return self


class AllOf(Requirement):
    """Every one of the requirements below."""

    all_of: tuple[AnyRequirement, ...] = Field(min_length=1)


class AnyOf(Requirement):
    """At least ``at_least`` of the requirements below (one by default): 3 of 5 seals."""

    any_of: tuple[AnyRequirement, ...] = Field(min_length=1)
    at_least: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _enough(self) -> AnyOf:
        if self.at_least > len(self.any_of):
            raise ValueError(f"at_least is {self.at_least} but any_of lists only {len(self.any_of)}")
        return self


class Task(Requirement):
    """What is no course: an examination, a civics test, service hours, a FAFSA, a portfolio, a signed plan."""

    task: TaskKind
    detail: str | None = None
    amount: Annotated[Number, Field(gt=0)] | None = Field(default=None, description="how much, e.g. 40 hours")
    unit: str | None = Field(default=None, description="of the amount, e.g. hours")
    by_grade: int | None = Field(default=None, description="the grade in which it is due")
    who: str = Field(default="counselor", description="who confirms it")
    judged: bool = Field(
        default=False,
        description="true where a person's judgement decides, so that it is asked, not merely outstanding",
    )


class Gpa(Requirement):
    """A minimum average of marks, over the courses of a selector or over all."""

    gpa: Annotated[Number, Field(gt=0)]
    scale: Literal[4, 100] = Field(default=4, description="grade points (4), or marks in percent (100)")
    above: bool = Field(default=False, description="true where the average must be above the figure, not just reach it")
    from_: Selector = Field(alias="from", default_factory=lambda: Selector(any_course=True))
    who: str = "registrar"


class Total(Requirement):
    """A minimum of credits in all, whatever they count for."""

    total: Credits
    from_: Selector = Field(alias="from", default_factory=lambda: Selector(any_course=True))


_KEYS = {
    "credits": "credits",
    "courses": "courses",
    "all_of": "all_of",
    "any_of": "any_of",
    "task": "task",
    "gpa": "gpa",
}
_KEYS["total"] = "total"


def _which(value: Any) -> str | None:
    keys = value if isinstance(value, dict) else getattr(value, "model_fields_set", ())
    found = [tag for key, tag in _KEYS.items() if key in keys]
    return found[0] if len(found) == 1 else None


AnyRequirement = Annotated[
    Annotated[CreditRequirement, Tag("credits")]
    | Annotated[CourseRequirement, Tag("courses")]
    | Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[Task, Tag("task")]
    | Annotated[Gpa, Tag("gpa")]
    | Annotated[Total, Tag("total")],
    Discriminator(
        _which,
        custom_error_type="requirement_kind",
        custom_error_message="a requirement has exactly one of the keys " + ", ".join(_KEYS),
    ),
]


class Substitution(Sourced):
    """Courses that may stand in for a requirement: computer science for the fourth mathematics credit.

    They stand for the credits that a requirement asks beside its named parts; where it has none of its own (parts
    fill it all, or it only joins others) for any of the credits inside it.
    """

    id: Slug
    instead_of: Annotated[Strings, Field(min_length=1)] = Field(
        description="requirements by id (path with / for a part); credits then limits all together"
    )
    allowed: Selector
    credits: Credits | None = Field(default=None, description="at most so many credits; no limit when left out")
    condition: str | None = Field(default=None, description="who or what must agree: then a person decides")


class Reference(Rule):
    """Where a figure was read."""

    id: Slug
    title: str
    url: str | None = None
    date: str | None = Field(default=None, description="the date or edition the page itself bears, or 'unknown'")
    status: Verified = "unverified"


class Unit(Rule):
    """The unit a program counts in."""

    name: str = "credit"
    year_course: Credits = Field(default=Fraction(1), description="units that one year-long course earns")


class Cohorts(Rule):
    """The students a program binds, by the fall in which they entered grade 9; open where null."""

    from_: int | None = Field(alias="from", default=None, ge=1980, le=2100)
    to: int | None = Field(default=None, ge=1980, le=2100)

    def __contains__(self, entering: object) -> bool:
        return isinstance(entering, int) and (self.from_ or 0) <= entering <= (self.to or 9999)

    @model_validator(mode="after")
    def _in_order(self) -> Cohorts:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"cohorts run from {self.from_} to {self.to}: the first is after the last")
        return self


class Program(Sourced):
    """One diploma, endorsement, admission pattern, recognition or program of study, for the cohorts it binds."""

    id: Slug
    name: str
    jurisdiction: str = Field(description="US-TX, US-CA/poway, or a body such as NCAA")
    kind: Kind
    route: Route | None = None
    cohorts: Cohorts = Cohorts()
    unit: Unit = Unit()
    extends: str | None = Field(default=None, description="id of the program this layer adds to")
    drop: tuple[str, ...] = Field(
        default=(), description="requirements of the lower layer that fall away, by id (path with / for a part)"
    )
    alongside: tuple[str, ...] = Field(default=(), description="ids of diplomas that this is earned on top of")
    references: tuple[Reference, ...] = ()
    requirements: tuple[AnyRequirement, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    limits: tuple[Limit, ...] = ()
    double_counting: str | None = Field(default=None, description="what the source says of one course meeting two")
    doubts: tuple[str, ...] = ()
    checked: date | None = Field(default=None, description="when a person last compared the file with its references")

    @model_validator(mode="after")
    def _coherent(self) -> Program:
        known = {r.id for r in self.references}
        seen: dict[str, None] = {}
        for path, node in walk(self.requirements):
            if path in seen:
                raise ValueError(f"two requirements are called {path!r}")
            seen[path] = None
            if node.reference and node.reference not in known and not self.extends:
                raise ValueError(
                    f"requirement {path!r} names reference {node.reference!r}, which the file does not list"
                )
        if not self.extends:
            for sub in self.substitutions:
                for path in sub.instead_of:
                    if path not in seen:
                        raise ValueError(f"substitution {sub.id!r} is for {path!r}, which is no requirement here")
            for limit in self.limits:
                for path in limit.over:
                    if path not in seen:
                        raise ValueError(f"limit {limit.id!r} is over {path!r}, which is no requirement here")
        return self


def children(node: Requirement) -> tuple[AnyRequirement, ...]:
    """The requirements directly below one."""
    if isinstance(node, CreditRequirement):
        return node.parts
    if isinstance(node, AllOf):
        return node.all_of
    if isinstance(node, AnyOf):
        return node.any_of
    return ()


def walk(nodes: tuple[AnyRequirement, ...], prefix: str = "") -> Iterator[tuple[str, AnyRequirement]]:
    """Every requirement with its path (ids joined by ``/``), parents before children."""
    for node in nodes:
        path = f"{prefix}{node.id}"
        yield path, node
        yield from walk(children(node), path + "/")


for _model in (Selector, CreditRequirement, AllOf, AnyOf, Program):
    _model.model_rebuild()
