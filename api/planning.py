"""Plan off the event loop: a few at a time, within the server's time limit, and only while the client waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Event, Timer
from typing import Annotated, Any, TypeAlias, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Query, Request

from api import known, schemas
from api.comparing import drawing
from api.settings import Settings
from catalogs import Catalog
from pathways import explore
from pathways.alternatives import Alternatives, alternatives
from pathways.explain.answers import Answers, answers
from pathways.front import Front, front
from pathways.front_picture import front_picture
from pathways.memory import Memory
from pathways.moves import Elsewhere, audit_everywhere
from pathways.plan import Plan
from pathways.planner import Made, Task, goal_programs, plan
from pathways.replan import Events, Remade, Replan, remade
from pathways.resilience import Resilience, resilience
from pathways.solver import Limits
from pathways.student import Student
from requirements.figure import rule_hash

POLL = 0.1
"""Seconds between two looks whether the client is still there."""

KEPT = 32
"""Plans kept in memory for what is asked about them next, a megabyte or two each; the one longest unused goes first."""

Seconds = Annotated[float | None, Query(gt=0, le=3600, description="shorter time limit than the server's")]

Answer = TypeVar("Answer")

Key: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...]]
"""Hashes of a record, its catalog and the rules that it is planned for."""


class Planners:
    """The threads that make plans, and hold records against all states.

    The last plans are kept in memory, each with the problem that it answers, so that a question about a plan costs only
    the question, and is about that very plan even where a time limit left its proof open. They are found by the content
    of record, catalog and rules alone: who asks sends the whole record along.

    Parameters
    ----------
    settings
        How many at a time, and how long each may take.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._room = CapacityLimiter(settings.planners)
        self._made: Memory[Key, Made] = Memory(KEPT)

    async def plan(self, request: Request, student: Student, seconds: float | None = None) -> Made:
        """Make the plan of a request; when its client leaves, the search is stopped.

        Parameters
        ----------
        seconds
            Shorter time limit, if the client asked for one.
        """
        return await self._search(request, student, seconds, partial(self._make, anew=True))

    async def at_hand(self, request: Request, student: Student) -> Made:
        """The plan that a page showed for a record; made again where it is not kept any more."""
        return await self._search(request, student, None, self._make)

    async def alternatives(
        self, request: Request, student: Student, seconds: float | None = None, **asked: Any
    ) -> Alternatives:
        """The plan of a request and others worth a look; ``asked`` goes to `pathways.alternatives.alternatives`."""
        return await self._search(request, student, seconds, partial(alternatives, **asked))

    async def front(
        self, request: Request, student: Student, of: str, against: str, seconds: float | None = None
    ) -> Front:
        """The front of two measures for the student of a request."""
        return await self._search(request, student, seconds, partial(front, of=of, against=against))

    async def why(
        self, request: Request, student: Student, courses: Sequence[str], seconds: float | None = None
    ) -> Answers:
        """Why courses are in the student's plan or not; the time limit holds for the plan and all answers together."""
        return await self._search(request, student, seconds, partial(self._answers, courses=courses))

    async def replan(self, request: Request, in_force: Plan, events: Events, seconds: float | None = None) -> Replan:
        """Plan again from a plan in force."""
        catalog = known.catalog_of_plan(in_force)
        if events.student is not None:
            known.catalog_of(events.student)
        new = known.catalog(events.catalog) if events.catalog else None
        found: Remade = await self._work(request, seconds, partial(remade, in_force, events, catalog, new))
        self._keep(found.made)
        return found.replan

    async def resilience(self, request: Request, in_force: Plan, fallbacks: bool, seconds: float | None) -> Resilience:
        """Try every single failure of a plan; one time limit for many searches: what is left then stays open."""
        work = partial(_failures, in_force, known.catalog_of_plan(in_force), fallbacks=fallbacks)
        return await self._work(request, seconds, work)

    async def explore(
        self, request: Request, body: schemas.ExploreRequest, seconds: float | None = None
    ) -> schemas.ExploreOut:
        """What a plan leads to, what a course serves, or two plans side by side, each with half of the time."""
        known.check_programs(
            (g.program for g in (body.before, body.after, body.first) if g and g.program), place="goals"
        )
        return await self._search(request, body.student, seconds, partial(_explored, body))

    async def picture(self, found: Front) -> bytes:
        """A front as SVG."""

        def draw() -> bytes:
            with drawing:
                return front_picture(found)

        return await to_thread.run_sync(draw, limiter=self._room)

    async def _search(
        self, request: Request, student: Student, seconds: float | None, make: Callable[..., Answer]
    ) -> Answer:
        return await self._work(request, seconds, partial(make, student, known.catalog_of(student)))

    async def _work(self, request: Request, seconds: float | None, task: Callable[..., Answer]) -> Answer:
        stop = Event()
        limits = Limits(seconds=min(seconds or self.settings.seconds, self.settings.seconds))
        watcher = asyncio.create_task(_stop_when_gone(request, stop))
        try:
            return await to_thread.run_sync(partial(task, limits=limits, stop=stop), limiter=self._room)
        finally:
            watcher.cancel()

    def _make(self, student: Student, catalog: Catalog, *, anew: bool = False, limits: Limits, stop: Event) -> Made:
        """The plan of a record; ``anew`` searches again where an earlier one could not prove it the best."""
        made = self._made.get(_key(student, catalog))
        if made is None or (anew and not _settled(made)):
            made = make(student, catalog, limits=limits, stop=stop)
            if not stop.is_set():
                self._keep(made)
        return made

    def _keep(self, made: Made) -> None:
        if made.plan.tiers:
            inputs = made.plan.inputs
            self._made.keep((inputs.student, inputs.catalog, tuple(inputs.programs.items())), made)

    def _answers(
        self, student: Student, catalog: Catalog, *, courses: Sequence[str], limits: Limits, stop: Event
    ) -> Answers:
        with _alarm(limits, stop):
            made = self._make(student, catalog, limits=limits, stop=stop)
            return answers(made, courses, limits=limits, stop=stop)

    async def everywhere(
        self, student: Student, *, only: Collection[str] = (), entering: int | None = None
    ) -> tuple[Elsewhere, ...]:
        """Hold a record against the diplomas of all states, in the room that plans are made in."""
        work = partial(audit_everywhere, student, known.catalog_of(student), entering=entering, only=only)
        return await to_thread.run_sync(work, limiter=self._room)


def _explored(
    body: schemas.ExploreRequest, student: Student, catalog: Catalog, *, limits: Limits, stop: Event
) -> schemas.ExploreOut:
    if body.course is not None:
        return schemas.ExploreOut(course=explore.serves(body.course, catalog))
    assert limits.seconds is not None
    make = partial(plan, catalog=catalog, limits=Limits(seconds=limits.seconds / 2), stop=stop)
    if body.first is not None:
        return schemas.ExploreOut(switch=explore.first(student, catalog, body.first, make))
    if body.before is None or body.after is None:
        return schemas.ExploreOut(fields=explore.fields(plan(student, catalog, limits=limits, stop=stop), catalog))
    return schemas.ExploreOut(
        switch=explore.switch(student, catalog, body.before, body.after, make, in_grade=body.in_grade)
    )


def _failures(plan: Plan, catalog: Catalog, *, fallbacks: bool, limits: Limits, stop: Event) -> Resilience:
    with _alarm(limits, stop):
        return resilience(plan, catalog, fallbacks=fallbacks, stop=stop)


def make(student: Student, catalog: Catalog, *, limits: Limits, stop: Event) -> Made:
    """The best plan of a record, with its problem."""
    return Task.of(student, catalog).best(limits, stop)


def _settled(made: Made) -> bool:
    """Whether another search could find no better plan."""
    robust = made.plan.robust
    return made.answer.proven and (robust is None or robust.survives is not None)


def _key(student: Student, catalog: Catalog) -> Key:
    programs = goal_programs(student, catalog)
    return student.digest, catalog.content_hash, tuple((one.id, rule_hash(one)) for one in programs)


@contextmanager
def _alarm(limits: Limits, stop: Event) -> Iterator[None]:
    """One time limit for many searches: what is left when it is over stays open."""
    assert limits.seconds is not None
    alarm = Timer(limits.seconds, stop.set)
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


async def _stop_when_gone(request: Request, stop: Event) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(POLL)
    stop.set()


def planners(request: Request) -> Planners:
    """The planners of the app that a request came to."""
    found: Planners = request.app.state.planners
    return found
