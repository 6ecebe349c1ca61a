"""Pages of programs: what they ask, and where that was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import known
from api.pages.record import KIND_WORDS
from api.pages.shell import page
from requirements import listing
from requirements.describe import cap_words, cohort_words, policy_words, requirement_words, substitution_words, title_of
from requirements.figure import Figure, figures, total_credits
from requirements.jurisdictions import jurisdictions
from requirements.language import AnyRequirement, CreditRequirement, Kind, Program, children

router = APIRouter(prefix="/programs", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class CapLine:
    """A cap in words, with its source."""

    text: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A requirement in words; its source is named where it differs from that of the one around it."""

    title: str
    text: str
    note: str | None
    figure: Figure | None
    caps: tuple[CapLine, ...]
    parts: tuple[RuleLine, ...]


@router.get("")
def programs(request: Request, state: str = "", entering: str = "", kind: str = "") -> Response:
    """List programs; a filter that is left open, or makes no sense, narrows nothing."""
    everything = listing.programs()
    states = sorted({one.jurisdiction.partition("/")[0] for one in everything})
    year = int(entering) if entering.isdecimal() and len(entering) == 4 else None
    chosen = next((one for one in get_args(Kind) if one == kind), None)
    found = [
        one
        for one in everything
        if (not state or one.jurisdiction.partition("/")[0] == state)
        and (year is None or year in one.cohorts)
        and (chosen is None or one.kind == chosen)
    ]
    return page(
        request,
        "programs.html",
        programs=found,
        states=states,
        kinds=KIND_WORDS,
        state=state,
        kind=kind,
        entering=year,
    )


@router.get("/{program_id}")
def program(request: Request, program_id: str) -> Response:
    """One program."""
    program = known.program(program_id)
    found = tuple(figures(program))
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
        substitutions=[substitution_words(program, one) for one in program.substitutions],
        limits=[cap_words(program, one) for one in program.limits],
        home=home,
        policy=policy_words(home.plan_policy) if home else "",
    )


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
                CapLine(cap_words(program, cap) + (f". {cap.note}" if cap.note else ""), by_path.get(f"{path}#cap-{n}"))
                for n, cap in enumerate(caps, 1)
            ),
            parts=tuple(line(one, f"{path}/{one.id}", figure or outer) for one in children(rule)),
        )

    return tuple(line(rule, rule.id, None) for rule in program.requirements)
