"""Pages of careers: search, one goal with a school's courses, and the fields that resemble a profile of interests."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import known
from api.pages.shell import page
from catalogs import InputError
from catalogs.bundled import bundled
from pathways.careers import cards, goals, interests, tables
from pathways.targets import KINDS

router = APIRouter(prefix="/careers", include_in_schema=False)

FOUND = 30
"""Lines of a search."""
NEAREST = 30
"""Occupations beside a profile."""
COURSES = 4
"""Courses named for a part of a pattern."""


@router.get("")
def search(request: Request, q: str = "") -> Response:
    """Search by name; without words the clusters."""
    q = q[: goals.LONGEST]
    return page(
        request,
        "careers.html",
        q=q,
        found=goals.search(q, limit=FOUND) if q.strip() else None,
        clusters=[one for one in tables.clusters().values() if one.framework == 2024],
    )


@router.get("/interests")
def match(request: Request) -> Response:
    """The questionnaire, and what resembles the profile that its answers or six scores give."""
    asked = request.query_params
    answers = [asked.get(f"a{number}", "") for number in range(1, len(interests.QUESTIONS) + 1)]
    scores = [asked.get(area, "") for area in interests.AREAS]
    zone = asked.get("zone", "")
    found, error = None, None
    try:
        profile = _profile(answers, scores)
        if profile is not None:
            found = cards.match_card(interests.match(profile, int(zone) if zone.isdecimal() else None), NEAREST)
    except InputError as wrong:
        error = wrong
    return page(
        request,
        "interests.html",
        status_code=422 if error else 200,
        questions=cards.questionnaire(),
        areas=interests.AREAS,
        answers=answers,
        scores=scores,
        zones=tables.ZONES,
        zone=zone,
        found=found,
        error=error,
    )


def _profile(answers: list[str], scores: list[str]) -> interests.Profile | None:
    """The profile that was entered, None where nothing was."""
    if any(scores):
        return interests.read_scores(",".join(scores))
    return interests.read_answers(",".join(answers)) if any(answers) else None


@router.get("/{goal_id:path}")
def goal(request: Request, goal_id: str, catalog: str = "") -> Response:
    """One goal; with a school, its courses."""
    school = known.catalog(catalog) if catalog else None
    found = known.goal(goal_id)
    return page(
        request,
        "career.html",
        goal=cards.card(found, school),
        school=school,
        catalogs=[known.catalog(name) for name in bundled()],
        areas=interests.AREAS,
        field=next(field for field, kind in KINDS.items() if kind == goals.kind_of(found)),
        few=COURSES,
    )
