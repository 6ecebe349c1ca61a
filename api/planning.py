"""Plan off the event loop: a few at a time, within the server's time limit, and only while the client waits."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Event

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from api import known
from api.settings import Settings
from pathways.plan import Plan
from pathways.planner import plan
from pathways.solver import Limits
from pathways.student import Student

POLL = 0.1
"""Seconds between two looks whether the client is still there."""


class Planners:
    """The threads that make plans.

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
        stop = Event()
        limits = Limits(seconds=min(seconds or self.settings.seconds, self.settings.seconds))
        work = partial(plan, student, catalog, limits=limits, stop=stop)
        watcher = asyncio.create_task(_stop_when_gone(request, stop))
        try:
            return await to_thread.run_sync(work, limiter=self._room)
        finally:
            watcher.cancel()


async def _stop_when_gone(request: Request, stop: Event) -> None:
    while not await request.is_disconnected():
        await asyncio.sleep(POLL)
    stop.set()


def planners(request: Request) -> Planners:
    """The planners of the app that a request came to."""
    found: Planners = request.app.state.planners
    return found
