"""Pages that plan again from the plan at hand: after news, and after a decision on one course."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import known
from api.pages import news, pins
from api.pages import record as records
from api.pages.again import usable
from api.pages.grid import school_year
from api.pages.news import News
from api.pages.pins import Changed
from api.pages.plans import download, plan_page, schools
from api.pages.shell import in_words, page, term_words
from api.planning import Planners, planners
from api.problems import Part, from_input
from catalogs import InputError
from pathways.changes import Change, Fate
from pathways.plan import Placement, Plan
from pathways.planner import Made
from pathways.replan import Events, Replan
from pathways.student import split_term

router = APIRouter(prefix="/plan", include_in_schema=False)

TOLD: dict[Fate, str] = {
    "failed": "Not passed",
    "moved": "In another term",
    "replaced": "Another version of the course",
    "dropped": "No longer planned",
    "added": "New",
    "done": "Done, or under way",
    "kept": "As planned",
}
"""What may become of a course, what matters most first."""


@dataclass(frozen=True, slots=True)
class Item:
    """A course in one of the two plans."""

    title: str
    when: str
    fate: Fate
    also: str = ""


@dataclass(slots=True)
class Year:
    """A school year in the plan that was and in the new one."""

    label: str
    before: list[Item] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)


@router.post("/news")
async def tell(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The form for what happened; once it is filled, what becomes of the plan, or the form with what does not fit."""
    data = await request.form()
    made = await planners.at_hand(request, records.carried(str(data.get("record", ""))))
    entered, catalog = news.of_form(data), known.catalog(made.plan.catalog)

    def form(request: Request, error: InputError | None = None) -> Response:
        placed = news.at_field(error, entered, made.plan, catalog) if error else None
        return page(request, "news.html", status_code=422 if error else 200, **_form(request, made, entered, placed))

    if "told" not in data:
        return form(request)
    with usable(form):
        found = await planners.replan(request, made.plan, news.events(entered, made.plan, catalog))
    return page(
        request,
        "renewed.html",
        found=found,
        new=known.catalog(found.plan.catalog),
        years=years(made.plan, found),
        tiers_open=[tier for tier in found.plan.tiers if tier.value != tier.bound],
        near=nearness(found.changes),
        told=by_fate(found.changes),
        download=download(found.plan),
        **_form(request, made, entered),
    )


def _form(request: Request, made: Made, entered: News, error: InputError | None = None) -> dict[str, Any]:
    """What the form for news shows."""
    problem = from_input(error, request.url.path) if error else None
    wrong: dict[str, list[Part]] = {}
    for part in problem.errors if problem else ():
        wrong.setdefault(part.place or "", []).append(part)
    return {
        "plan": made.plan,
        "catalog": known.catalog(made.plan.catalog),
        "news": entered,
        "groups": news.groups(made.plan, entered),
        "lines": news.lines(entered),
        "terms": news.to_come(made.plan),
        "schools": schools(),
        "labels": {"now": news.NOW, "school": news.SCHOOL},
        "problem": problem,
        "wrong": wrong,
    }


@router.post("/move")
async def move(request: Request, planners: Annotated[Planners, Depends(planners)]) -> Response:
    """The plan with a person's decision on one course, and everything else as near to what it was as it can be."""
    data = await request.form()
    made = await planners.at_hand(request, records.carried(str(data.get("record", ""))))

    def as_it_was(request: Request, error: InputError) -> Response:
        return plan_page(request, made, error=error)

    with usable(as_it_was):
        allowed, name = str(data.get("allow", "")), str(data.get("course", ""))
        choice = pins.FREE if allowed else str(data.get(f"move:{name}", ""))
        student, course, words = pins.decided(made.plan, allowed or name, choice)
        found = await planners.replan(request, made.plan, Events(student=student))
    before = made.plan.request
    if not found.plan.tiers:
        return plan_page(request, made, changed=Changed(words, before, conflict=found.plan.conflict))
    others = tuple(change for change in found.changes if change.course != course)
    changed = Changed(words, before, nearness(others, "other courses"), by_fate(others), found.cost)
    return plan_page(request, await planners.at_hand(request, found.plan.request), changed=changed)


def by_fate(changes: tuple[Change, ...]) -> dict[str, list[Change]]:
    """The changes under what became of the courses, what matters most first."""
    found = {TOLD[fate]: [change for change in changes if change.fate == fate] for fate in TOLD}
    return {title: some for title, some in found.items() if some}


def nearness(changes: tuple[Change, ...], what: str = "courses to come") -> str:
    """How much of what was to come stays."""
    ahead = [change.fate for change in changes if change.fate in ("kept", "moved", "replaced", "dropped")]
    kept = ahead.count("kept")
    if kept == len(ahead):
        return f"All {what} stay in their terms"
    return f"{kept} of {len(ahead)} {what} stay in their terms"


def years(old: Plan, found: Replan) -> list[Year]:
    """Both plans by school year."""
    before = {(one.course, _start(one)): one for one in old.placements}
    after = {(one.course, _start(one)): one for one in found.plan.placements}
    made: dict[int, Year] = {}

    def year(term: str) -> Year:
        fall, _ = split_term(term)
        return made.setdefault(fall, Year(school_year(fall)))

    for change in found.changes:
        was, now, fate = change.was, change.now, change.fate
        if was:
            year(was).before.append(Item(change.title, _length(before.get((change.course, was)), was), fate))
        if now:
            place = after.get((change.instead or change.course, now))
            also = f"from {in_words(was)}" if fate == "moved" and was else ""
            also = f"for {change.title}" if change.instead else also
            year(now).after.append(Item(place.title if place else change.title, _length(place, now), fate, also))
        elif was and fate in ("done", "failed"):
            year(was).after.append(Item(change.title, "", fate, change.why or ""))
    return [made[fall] for fall in sorted(made)]


def _start(place: Placement) -> str:
    return f"{place.year}-{place.term}"


def _length(place: Placement | None, term: str) -> str:
    """When a course is taken within its year."""
    name = split_term(term)[1]
    return "" if place and len(place.terms) > 1 and place.term == name and name.endswith("1") else term_words(name)
