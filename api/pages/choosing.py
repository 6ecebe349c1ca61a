"""Pages that help to choose: plans side by side, and what one measure costs in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.pages import record as records
from api.pages.again import usable
from api.pages.plans import download, form_of, measures
from api.pages.shell import exact, page, plural
from api.planning import Planners, planners
from api.schemas import ExploreRequest
from catalogs import InputError
from pathways.alternatives import DIRECTIONS, Alternatives
from pathways.explore import Switch, goal_name, percent
from pathways.front import Front
from pathways.plan import Placement, Plan
from pathways.student import Goal, Student

router = APIRouter(prefix="/plan", include_in_schema=False)

COUNT = 3
WIDTH, HEIGHT, EDGE = 440, 290, 34
"""The drawing of a front, and its margin, in its own units."""


@dataclass(frozen=True, slots=True)
class Way:
    """One plan beside the others.

    Parameters
    ----------
    figures
        Points of wishes and quality.
    years
        Titles by grade, each with whether another of the plans lacks that course.
    """

    name: str
    plan: Plan
    facts: dict[str, str]
    figures: dict[str, str]
    changes: tuple[str, ...]
    words: str
    years: dict[int, list[tuple[str, bool]]]
    download: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a front in the drawing; ``right`` tells one whose label goes to the left."""

    x: float
    y: float
    label: str
    right: bool
    best: bool


@router.post("/alternatives")
async def other(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """Plans side by side; the form, where the record cannot be planned."""
    data = await request.form()
    entered = records.entered(data)
    toward = str(data.get("toward") or "")
    with usable(form_of(entered)):
        student = records.to_student(entered)
        found = await planners.alternatives(request, student, count=COUNT, toward=[toward] if toward else [])
    return page(
        request,
        "alternatives.html",
        found=found,
        ways=ways(found),
        catalog=known.catalog(found.first.catalog),
        grades_shown=sorted({place.grade for one in plans(found) for place in one.placements}),
        directions=DIRECTIONS,
        toward=toward,
    )


@router.post("/front")
async def trade(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The front of two measures; the form, where the record cannot be planned or a measure is not known."""
    data = await request.form()
    entered = records.entered(data)
    of, against = str(data.get("of") or "wishes"), str(data.get("against") or "quality")
    with usable(form_of(entered)):
        student = records.to_student(entered)
        found = await planners.front(request, student, of, against)
    return page(
        request,
        "front.html",
        found=found,
        dots=dots(found),
        size=(WIDTH, HEIGHT, EDGE),
        catalog=known.catalog(student.catalog),
        measures=measures(student),
        student=student,
    )


@router.post("/first")
async def first(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The plan as it is, beside the one in which a goal of the record stands before all others."""
    data = await request.form()
    entered = records.entered(data)
    with usable(form_of(entered)):
        student = records.to_student(entered)
        goal = _goal(student, str(data.get("first") or ""))
        found = (await planners.explore(request, ExploreRequest(student=student, first=goal))).switch
    assert found is not None
    return page(
        request,
        "first.html",
        found=found,
        name=goal_name(goal, known.catalog_of(student)),
        ways=beside(found),
        catalog=known.catalog(found.before.catalog),
        grades_shown=sorted({place.grade for one in (found.before, found.after) for place in one.placements}),
    )


def _goal(student: Student, place: str) -> Goal:
    """The goal at a place of the record."""
    if place.isdecimal() and int(place) < len(student.goals):
        return student.goals[int(place)]
    raise InputError(f"there is no goal {place[:20]!r} in the record", place="Goals", mend="Go back to the plan")


def plans(found: Alternatives) -> list[Plan]:
    """The best plan and the others."""
    return [found.first, *(one.plan for one in found.alternatives)]


def ways(found: Alternatives) -> list[Way]:
    """The best plan and the others, each with what sets it apart."""
    counts = [Counter(place.course for place in plan.placements) for plan in plans(found)]
    shared = counts[0].copy()
    for taken in counts[1:]:
        shared &= taken
    made = [_way("The best plan", found.first, shared, ("What the others are compared with",), "", None)]
    for number, one in enumerate(found.alternatives, 1):
        title = DIRECTIONS[one.toward].title if one.toward else "Different"
        changes = one.trade_offs or ("The same courses in other terms",)
        made.append(_way(f"{number}. {title}", one.plan, shared, changes, one.words, one.apart))
    return made


def beside(found: Switch) -> list[Way]:
    """Two plans, each with how far it goes toward each goal."""
    shared = Counter(place.course for place in found.before.placements)
    shared &= Counter(place.course for place in found.after.placements)
    made = []
    for n, (name, plan) in enumerate((("As it is", found.before), ("With it first", found.after))):
        far = [f"{toward[:1].upper()}{toward[1:]}: {percent(shares[n])}" for toward, *shares in found.toward]
        far += [f"{program}: {exact(missing[n])} credits missing" for program, *missing in found.short]
        made.append(_way(name, plan, shared, tuple(far), "", None))
    return made


def _way(
    name: str, plan: Plan, shared: Counter[str], changes: tuple[str, ...], words: str, apart: Fraction | None
) -> Way:
    granted = sum(wish.granted for wish in plan.wishes)
    credits = sum((place.credits for place in plan.placements), Fraction(0))
    facts = {
        "Differs by": f"{float(apart):g} year-long courses" if apart is not None else "",
        "Courses": f"{len(plan.placements)}, {float(credits):g} credits",
        "Wishes": f"{granted} of {len(plan.wishes)} come true" if plan.wishes else "",
    }
    figures = {tier.name: plural(tier.value, tier.unit) for tier in plan.tiers if tier.name in ("wishes", "quality")}
    return Way(name, plan, facts, figures, changes, words, _years(plan.placements, shared), download(plan))


def _years(placements: Sequence[Placement], shared: Counter[str]) -> dict[int, list[tuple[str, bool]]]:
    years: dict[int, list[tuple[str, bool]]] = {}
    for place in sorted(placements, key=lambda one: (one.grade, one.title)):
        years.setdefault(place.grade, []).append((place.title, not shared[place.course]))
    return years


def dots(front: Front) -> list[Dot]:
    """The points of a front in the units of the drawing."""
    points = [(float(point.of), float(point.against)) for point in front.points]
    lows = [min((p[n] for p in points), default=0) for n in (0, 1)]
    spans = [max((p[n] for p in points), default=0) - lows[n] or 1 for n in (0, 1)]
    made = []
    for point, values in zip(front.points, points, strict=True):
        share = [(value - low) / span for value, low, span in zip(values, lows, spans, strict=True)]
        made.append(
            Dot(
                x=round(EDGE + share[0] * (WIDTH - 2 * EDGE), 1),
                y=round(HEIGHT - EDGE - share[1] * (HEIGHT - 2 * EDGE), 1),
                label=f"{values[0]:g}, {values[1]:g}",
                right=share[0] > 0.8,
                best=point.best,
            )
        )
    return made
