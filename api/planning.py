"""Plan off the event loop: a few at a time, within the server's time limit, and only while the client waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from threading import Event, Timer
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Query, Request

from api import known
from api.settings import Settings
from pathways.moves import Elsewhere, audit_everywhere
from pathways.plan import Plan
from pathways.planner import plan
from pathways.replan import Events, Replan, replan
from pathways.resilience import Resilience, resilience
from pathways.solver import Limits
from pathways.student import Student

Answer = TypeVar("Answer")

POLL = 0.1
"""Seconds between two looks whether the client is still there."""

Seconds = Annotated[float | None, Query(gt=0, le=3600, description="shorter time limit than the server's")]


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
        return await self._search(request, partial(plan, student, known.catalog_of(student)), seconds)

    async def replan(self, request: Request, in_force: Plan, events: Events, seconds: float | None = None) -> Replan:
        """Plan again from a plan in force."""
        catalog = known.catalog_of_plan(in_force)
        if events.student is not None:
            known.catalog_of(events.student)
        new = known.catalog(events.catalog) if events.catalog else None
        return await self._search(request, partial(replan, in_force, events, catalog, new), seconds)

    async def resilience(self, request: Request, in_force: Plan, fallbacks: bool, seconds: float | None) -> Resilience:
        """Try every single failure of a plan."""
        catalog = known.catalog_of_plan(in_force)

        def work(limits: Limits, stop: Event) -> Resilience:
            # One limit for many searches: what is left when it is over stays open.
            timer = Timer(limits.seconds or 0, stop.set)
            timer.start()
            try:
                return resilience(in_force, catalog, fallbacks=fallbacks, stop=stop)
            finally:
                timer.cancel()

        return await self._search(request, work, seconds)

    async def _search(self, request: Request, task: Callable[..., Answer], seconds: float | None) -> Answer:
        stop = Event()
        limits = Limits(seconds=min(seconds or self.settings.seconds, self.settings.seconds))
        watcher = asyncio.create_task(_stop_when_gone(request, stop))
        try:
            return await to_thread.run_sync(partial(task, limits=limits, stop=stop), limiter=self._room)
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
