"""Pages of programs: those of a state, one of them with its sources, and all states side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import known
from api.comparing import FIRST, LAST, compared, this_year
from api.pages.goals import KIND_WORDS
from api.pages.shell import BODIES, page, place, plural
from api.schemas import Comparison
from requirements import listing
from requirements.comparison import CHOICE, COURSES, ELECTIVES, SUBJECTS, TASKS, TOTAL
from requirements.describe import cap_words, cohort_words, policy_words, requirement_words, substitution_words, title_of
from requirements.figure import Figure, figures, total_credits
from requirements.jurisdictions import jurisdictions
from requirements.language import AnyRequirement, CreditRequirement, Kind, Program, Reference, Route, children
from requirements.listing import ProgramSummary
from requirements.register import Registered, register, registered

router = APIRouter(prefix="/programs", include_in_schema=False)

ROUTE_WORDS: dict[Route, str] = {
    "standard": "Standard",
    "advanced": "Advanced",
    "alternate": "Other routes",
    "career": "Career",
    "early": "Early completion",
    "certificate": "Certificates that are no diploma",
}
OTHERS: dict[Kind, tuple[str, str]] = {
    "endorsement": ("endorsement", "endorsements"),
    "admission": ("admission pattern", "admission patterns"),
    "program_of_study": ("program of study", "programs of study"),
    "recognition": ("honor or seal", "honors and seals"),
}
NEAR = 5
"""Years before and after this one that a comparison offers."""


@dataclass(frozen=True, slots=True)
class Group:
    """Programs of one kind, of one route where they are diplomas."""

    name: str
    programs: tuple[ProgramSummary, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Programs of a state or body in a line."""

    id: str
    programs: int
    figures: int
    verified: int
    doubts: int

    @property
    def share(self) -> Fraction:
        """Share of verified figures."""
        return Fraction(self.verified, self.figures) if self.figures else Fraction(0)


@dataclass(frozen=True, slots=True)
class Asking:
    """The states that ask for something by name, by the first class that they asked."""

    demand: str
    states: int
    classes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Sourced:
    """Something in words, with its source."""

    text: str
    note: str | None
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A requirement in words; its source is named where it differs from that of the one around it."""

    title: str
    text: str
    note: str | None
    figure: Figure | None
    caps: tuple[Sourced, ...]
    parts: tuple[RuleLine, ...]


@router.get("")
def programs(request: Request, state: str = "", entering: str | None = None, kind: str = "") -> Response:
    """Programs of a state for a class, this year's unless another or any is asked for; all states where none is."""
    year = this_year() if entering is None else _year(entering)
    chosen = next((one for one in get_args(Kind) if one == kind), None)
    found = listing.programs(entering=year, kind=chosen)
    sums = {name: _sum(name, tuple(group)) for name, group in groupby(found, _home)}
    state = _known(state)
    own = tuple(one for one in found if _home(one) == state)
    home = registered(state) if state in jurisdictions() else None
    return page(
        request,
        "programs.html",
        state=state,
        groups=list(_groups(own)),
        own=_sum(state, own),
        home=home,
        policy=policy_words(home.jurisdiction.plan_policy) if home else "",
        states=[sums.get(name) or _sum(name, ()) for name in sorted(jurisdictions(), key=place)],
        bodies=[sums.get(name) or _sum(name, ()) for name in BODIES],
        total=_sum("", found),
        kinds=KIND_WORDS,
        kind=chosen,
        entering=year,
    )


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _home(one: ProgramSummary) -> str:
    return one.jurisdiction.partition("/")[0]


def _known(state: str) -> str:
    """The id of a state or body; nothing for one that does not exist."""
    state = state.upper()
    return next((one for one in (state, f"US-{state}") if one in jurisdictions() or one in BODIES), "")


def _sum(name: str, found: Sequence[ProgramSummary]) -> Sum:
    return Sum(
        name,
        len(found),
        sum(one.figures for one in found),
        sum(one.verified for one in found),
        sum(one.doubts for one in found),
    )


def _groups(found: Sequence[ProgramSummary]) -> Iterator[Group]:
    for kind, words in KIND_WORDS.items():
        own = [one for one in found if one.kind == kind]
        if kind == "diploma":
            for route, name in ROUTE_WORDS.items():
                if programs := tuple(one for one in own if (one.route or "standard") == route):
                    yield Group(f"{words}: {name.lower()}", programs)
        elif own:
            yield Group(words, tuple(own))


@router.get("/states")
def states(request: Request) -> Response:
    """The register: what is on file for each state, and how sure it is."""
    found = sorted(register(), key=lambda one: one.jurisdiction.name)
    return page(
        request,
        "states.html",
        found=found,
        total=sum(len(one.programs) for one in found),
        share=Fraction(sum(one.verified for one in found), max(1, sum(one.figures for one in found))),
        others=_others,
    )


def _others(one: Registered) -> str:
    """Programs beside the diplomas, by kind."""
    return ", ".join(plural(one.kinds[kind], *nouns) for kind, nouns in OTHERS.items() if one.kinds[kind])


@router.get("/compare")
def compare(request: Request, entering: str = "") -> Response:
    """The standard diplomas of all states: a picture, and the same figures as tables."""
    now = this_year()
    year = _year(entering) or now
    year = year if FIRST <= year <= LAST else now
    found = compared(year)
    return page(
        request,
        "compare.html",
        found=found,
        entering=year,
        years=sorted({year, *range(now - NEAR, now + NEAR + 1)}),
        subjects=(*SUBJECTS, CHOICE, ELECTIVES, TOTAL),
        courses=tuple(COURSES),
        tasks=tuple(TASKS),
        states=sorted(found.credits, key=place),
        asking=list(_asking(found)),
        shade=_shade,
    )


def _shade(subject: str, credits: Fraction | None) -> str:
    """Class of a cell: the more credits the darker; totals and nothing have none."""
    return f"h{min(5, int(credits) + 1)}" if credits and subject != TOTAL else ""


def _asking(found: Comparison) -> Iterator[Asking]:
    for demand in (*COURSES, *TASKS):
        own = [one for one in found.movers if one.demand == demand]
        classes: dict[str, list[str]] = {}
        for one in own:
            when = "class not known" if one.first is None else f"{one.first}{' or earlier' if one.or_earlier else ''}"
            classes.setdefault(when, []).append(jurisdictions()[one.jurisdiction].name)
        yield Asking(demand, len(own), tuple((when, tuple(names)) for when, names in classes.items()))


@router.get("/{program_id}")
def program(request: Request, program_id: str) -> Response:
    """One program."""
    program = known.program(program_id)
    found = tuple(figures(program))
    by_path = {one.path: one for one in found}
    home = jurisdictions().get(program.jurisdiction.partition("/")[0])
    return page(
        request,
        "program.html",
        program=program,
        cohort=cohort_words(program.cohorts),
        total=total_credits(program),
        figures=found,
        sure=sum(one.status == "verified" for one in found),
        rules=rule_lines(program, found),
        substitutions=[
            Sourced(substitution_words(program, one), one.note, by_path.get(f"substitutions/{one.id}"))
            for one in program.substitutions
        ],
        limits=[Sourced(cap_words(program, one), one.note, by_path.get(f"limits/{one.id}")) for one in program.limits],
        number=_numbers(program),
        home=home,
        policy=policy_words(home.plan_policy) if home else "",
    )


def _numbers(program: Program) -> dict[Reference, int]:
    return {one: number for number, one in enumerate(program.references, 1)}


def rule_lines(program: Program, found: tuple[Figure, ...]) -> tuple[RuleLine, ...]:
    """The requirements of a program for its page."""
    by_path = {one.path: one for one in found}

    def line(rule: AnyRequirement, path: str, outer: Figure | None) -> RuleLine:
        figure = by_path.get(path)
        same = figure is None or (
            outer is not None and (figure.status, figure.reference) == (outer.status, outer.reference)
        )
        caps = rule.caps if isinstance(rule, CreditRequirement) else ()
        return RuleLine(
            title=title_of(rule),
            text=requirement_words(program, rule),
            note=rule.note,
            figure=None if same else figure,
            caps=tuple(
                Sourced(cap_words(program, cap), cap.note, by_path.get(f"{path}#cap-{n}"))
                for n, cap in enumerate(caps, 1)
            ),
            parts=tuple(line(one, f"{path}/{one.id}", figure or outer) for one in children(rule)),
        )

    return tuple(line(rule, rule.id, None) for rule in program.requirements)
