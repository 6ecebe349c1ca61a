"""Plan off the event loop: a few at a time, within the server's time limit, and only while the client waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from threading import Event
from typing import Annotated, TypeAlias, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Query, Request

from api import known, schemas
from api.settings import Settings
from catalogs import Catalog
from pathways import explore
from pathways.moves import Elsewhere, audit_everywhere
from pathways.plan import Plan
from pathways.planner import plan
from pathways.solver import Limits
from pathways.student import Student

POLL = 0.1
"""Seconds between two looks whether the client is still there."""

Seconds = Annotated[float | None, Query(gt=0, le=3600, description="shorter time limit than the server's")]


Make: TypeAlias = Callable[[Student, Catalog], Plan]
T = TypeVar("T")


class Planners:
    """The threads that make plans, and hold records against all states.

    Parameters
    ----------
    settings
        How many at a time, and how long each may take.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._room = CapacityLimiter(settings.planners)

    async def plan(self, request: Request, student: Student, seconds: float | None = None) -> Plan:
        """Make the plan of a request; when its client leaves, the search is stopped.

        Parameters
        ----------
        seconds
            Shorter time limit, if the client asked for one.
        """
        catalog = known.catalog_of(student)
        return await self._while_there(request, lambda make: make(student, catalog), seconds)

    async def explore(
        self, request: Request, body: schemas.ExploreRequest, seconds: float | None = None
    ) -> schemas.ExploreOut:
        """What a plan leads to, what a course serves, or two plans side by side, each with half of the time."""
        student, catalog = body.student, known.catalog_of(body.student)
        known.check_programs((g.program for g in (body.before, body.after) if g and g.program), place="before, after")

        def work(make: Make) -> schemas.ExploreOut:
            if body.course is not None:
                return schemas.ExploreOut(course=explore.serves(body.course, catalog))
            if body.before is None or body.after is None:
                return schemas.ExploreOut(fields=explore.fields(make(student, catalog), catalog))
            asked = (body.before, body.after)
            found = explore.switch(student, catalog, *asked, lambda one: make(one, catalog), in_grade=body.in_grade)
            return schemas.ExploreOut(switch=found)

        return await self._while_there(request, work, seconds, plans=1 if body.before is None else 2)

    async def _while_there(
        self, request: Request, work: Callable[[Make], T], seconds: float | None, *, plans: int = 1
    ) -> T:
        """Do work that makes so many plans, within the limit for all of them, and only while the client waits."""
        stop = Event()
        limits = Limits(seconds=min(seconds or self.settings.seconds, self.settings.seconds) / plans)
        make = partial(plan, limits=limits, stop=stop)
        watcher = asyncio.create_task(_stop_when_gone(request, stop))
        try:
            return await to_thread.run_sync(partial(work, make), limiter=self._room)
        finally:
            watcher.cancel()

    async def everywhere(
        self, student: Student, *, only: Collection[str] = (), entering: int | None = None
    ) -> tuple[Elsewhere, ...]:
        """Hold a record against the diplomas of all states, in the room that plans are made in."""
        work = partial(audit_everywhere, student, known.catalog_of(student), entering=entering, only=only)
        return await to_thread.run_sync(work, limiter=self._room)


async def _stop_when_gone(request: Request, stop: Event) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(POLL)
    stop.set()


def planners(request: Request) -> Planners:
    """The planners of the app that a request came to."""
    found: Planners = request.app.state.planners
    return found
