"""The OpenAPI document: what FastAPI knows of the routes, the problems they answer, real examples of every body."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi

from api import known, schemas
from api.comparing import compared
from api.problems import Problem, documented
from catalogs.bundled import bundled
from pathways import files
from pathways.alternatives import Slack, alternatives
from pathways.audits import audit_record
from pathways.careers import cards, goals, interests
from pathways.explain.answers import answers
from pathways.explore import serves
from pathways.front import front
from pathways.moves import audit_everywhere
from pathways.planner import Task
from pathways.replan import Events, replan
from pathways.resilience import resilience
from pathways.student import Cancelled
from requirements import listing, reader
from requirements.register import registered

CATALOG, COURSE, PROGRAM, STUDENT = "katy-isd-tx", "0421", "us-tx-fhsp-2026", "woodinville-senior"
ABSENT = "TEC107A"
SERVING = "VMA211"  # a course of the student's school
STATE, COHORT = "TX", 2026
OCCUPATION, SCORES = "17-2141.00", (10.0, 32.0, 6.0, 9.0, 8.0, 18.0)
"""What the examples show; the student has one semester left, so that the plan is short."""

PREFIX = "/api/v1"


def install(app: FastAPI) -> None:
    """Let the app serve this document; it is built when first asked for."""
    app.openapi = cache(lambda: document(app))  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """Build the document.

    Notes
    -----
    FastAPI announces its own kind of error for every route with parameters; this service answers with problems instead.
    """
    found = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.1.0"
    )
    shared = found["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        shared["schemas"].pop(name, None)
    shared["schemas"]["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shared["schemas"] |= shared["schemas"]["Problem"].pop("$defs", {})
    shared["examples"] = {name: {"value": jsonable_encoder(value, by_alias=True)} for name, value in examples().items()}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            if "422" in answers:
                answers["422"] = documented(422)
            if content := answers["200"]["content"].get("application/json"):
                content["examples"] = _refs(ANSWERS[method, path.removeprefix(PREFIX)])
            if "requestBody" in operation:
                content = operation["requestBody"]["content"]["application/json"]
                content["examples"] = _refs(REQUESTS[path.removeprefix(PREFIX)])
    return found


def _refs(name: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/examples/{name}"}}


ANSWERS = {
    ("get", "/health"): "health",
    ("get", "/catalogs"): "catalogs",
    ("get", "/catalogs/{catalog_id}"): "catalog",
    ("get", "/catalogs/{catalog_id}/courses"): "courses",
    ("get", "/catalogs/{catalog_id}/courses/{code}"): "course",
    ("get", "/programs"): "programs",
    ("get", "/jurisdictions"): "jurisdictions",
    ("get", "/jurisdictions/{jurisdiction_id}"): "jurisdiction",
    ("get", "/programs/compare"): "comparison",
    ("get", "/programs/{program_id}"): "program",
    ("get", "/careers"): "careers",
    ("get", "/careers/questions"): "questions",
    ("get", "/careers/match"): "match",
    ("get", "/careers/{goal_id}"): "career",
    ("get", "/examples"): "students",
    ("get", "/examples/{example_id}"): "student",
    ("post", "/audits"): "audit",
    ("post", "/students/explore"): "explored",
    ("post", "/students/moves"): "moves",
    ("post", "/students/why"): "answers",
    ("post", "/plans"): "plan",
    ("post", "/plans/alternatives"): "alternatives",
    ("post", "/plans/front"): "front",
    ("post", "/plans/replan"): "replan",
    ("post", "/plans/resilience"): "resilience",
    ("post", "/plans/verify"): "verification",
}
REQUESTS = {
    "/audits": "record",
    "/students/explore": "explore",
    "/students/moves": "move",
    "/students/why": "question",
    "/plans": "student",
    "/plans/alternatives": "student",
    "/plans/front": "student",
    "/plans/front.svg": "student",
    "/plans/replan": "news",
    "/plans/resilience": "plan",
    "/plans/verify": "plan",
}


def examples() -> dict[str, Any]:
    """Real answers, by name."""
    catalog, student = known.catalog(CATALOG), known.example(STUDENT)
    line = next(one for one in listing.programs() if one.id == PROGRAM)
    shown = schemas.course_summary(known.course(catalog, COURSE))
    reports, remarks = audit_record(student, known.catalog_of(student), None)
    home = registered(STATE)
    there = audit_everywhere(student, known.catalog_of(student), only=(STATE,))
    made = Task.of(student, known.catalog_of(student)).best()
    asked = (made.plan.placements[0].course, ABSENT)
    news = schemas.ReplanRequest(
        plan=made.plan, events=Events(cancelled=(Cancelled(course=made.plan.placements[0].course),))
    )
    return {
        "health": schemas.Health(version="0.1.0", catalogs=len(bundled()), programs=len(reader.program_files())),
        "catalogs": [schemas.catalog_summary(catalog)],
        "catalog": schemas.catalog_detail(catalog),
        "courses": schemas.CoursePage(total=1, limit=50, offset=0, courses=(shown,)),
        "course": schemas.course_detail(catalog, known.course(catalog, COURSE)),
        "programs": [schemas.program_line(line)],
        "program": schemas.program_detail(known.program(PROGRAM)),
        "jurisdictions": [schemas.jurisdiction_line(home)],
        "jurisdiction": schemas.jurisdiction_detail(home),
        "comparison": _first_lines(compared(COHORT)),
        "careers": goals.search("mechanical enginer", limit=3),
        "questions": cards.questionnaire(),
        "match": cards.match_card(interests.match(interests.Profile(SCORES)), limit=2),
        "career": cards.card(known.goal(OCCUPATION), catalog),
        "students": [schemas.example_line(files.load_example(STUDENT))],
        "student": student,
        "record": schemas.AuditRequest(student=student),
        "audit": schemas.AuditOut(student=student.id, programs=reports, remarks=remarks),
        "explore": schemas.ExploreRequest(student=student, course=SERVING),
        "explored": schemas.ExploreOut(course=serves(SERVING, known.catalog_of(student))),
        "move": schemas.MovesRequest(student=student, to=(STATE,)),
        "moves": schemas.MovesOut(student=student.id, states=there, plan=None),
        "question": schemas.WhyRequest(student=student, courses=asked),
        "answers": answers(made, asked),
        "plan": made.plan,
        "alternatives": alternatives(student, known.catalog_of(student), count=1, slack=Slack(apart=Fraction(1, 2))),
        "front": front(student, known.catalog_of(student), of="quality", against="courses"),
        "news": news,
        "replan": replan(made.plan, news.events, known.catalog_of(student)),
        "resilience": resilience(made.plan, known.catalog_of(student)),
        "verification": schemas.Verification(holds=True, problems=()),
    }


def _first_lines(whole: schemas.Comparison) -> schemas.Comparison:
    """A comparison cut short."""
    home = f"US-{STATE}"
    cut = {"credits": {home: whole.credits[home]}, "demands": {home: whole.demands[home]}, "movers": whole.movers[:1]}
    return whole.model_copy(update=cut)
