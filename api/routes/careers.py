"""Careers: search, one goal with a school's courses, the fields that resemble a profile of interests."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import known
from api.problems import responses
from catalogs import InputError
from pathways.careers import cards, goals, interests

router = APIRouter(prefix="/careers", tags=["careers"])

MOST_TEXT = 200


@router.get("", summary="Search goals", responses=responses(422))
def search(
    q: Annotated[str, Query(max_length=MOST_TEXT, description="words of a name", examples=["mechanical enginer"])] = "",
    kind: goals.Kind | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> tuple[goals.Found, ...]:
    """Occupations, clusters, pathways and college majors by the words of their names; typing errors are forgiven."""
    return goals.search(q, [kind] if kind else tuple(goals.KINDS), limit=limit)


@router.get("/questions", summary="Show the questionnaire")
def questions() -> cards.Questionnaire:
    """Activities to answer with 0 to 4; the answers go to ``/careers/match``."""
    return cards.questionnaire()


@router.get("/match", summary="Match interests", responses=responses(422))
def match(
    scores: Annotated[
        str | None,
        Query(max_length=MOST_TEXT, description="R,I,A,S,E,C, each 0 to 40", examples=["10,32,6,9,8,18"]),
    ] = None,
    answers: Annotated[
        str | None, Query(max_length=MOST_TEXT, description="answers to the questions in order, 0 to 4 each")
    ] = None,
    zone: Annotated[int | None, Query(ge=1, le=5, description="only occupations of this job zone")] = None,
    limit: Annotated[int, Query(ge=1, le=923, description="most occupations")] = 20,
) -> cards.MatchCard:
    """Fields and occupations whose interests resemble a profile, given by scores or by answers."""
    if (scores is None) == (answers is None):
        raise InputError("a profile is six scores or 24 answers", mend="Give either scores or answers")
    profile = interests.read_scores(scores) if scores is not None else interests.read_answers(answers or "")
    return cards.match_card(interests.match(profile, zone), limit)


@router.get("/{goal_id:path}", summary="Show one goal", responses=responses(404))
def goal(
    goal_id: Annotated[
        str, Path(description="O*NET, SOC or CIP code, or the id of a cluster or pathway", examples=["17-2141.00"])
    ],
    catalog: Annotated[str | None, Query(max_length=100, description="with the courses of this catalog")] = None,
) -> cards.GoalCard:
    """What an occupation, cluster, pathway or major is, its course patterns, and what a school's courses are worth."""
    return cards.card(known.goal(goal_id), known.catalog(catalog) if catalog else None)
