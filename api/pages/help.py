"""The help page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.shell import page
from api.planning import KEPT
from api.problems import KINDS

router = APIRouter(include_in_schema=False)


@router.get("/help")
def help(request: Request) -> Response:
    """How to read a plan, what the words mean, what problems there are."""
    return page(request, "help.html", kinds=KINDS, kept=KEPT, seconds=request.app.state.settings.seconds)
