"""The app: routes, pages, guards and settings put together.

Run it with ``uvicorn --factory api.app:create_app``.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from api import documentation, pages, problems, routes
from api.documentation import PREFIX
from api.guards import BodyLimit, SafeHeaders
from api.pages.shell import STATIC
from api.planning import Planners
from api.settings import Settings
from catalogs.version import engine_version

ABOUT = (
    "Course plans for students: catalogs, graduation programs, audits of a record, and plans that carry their proof. "
    "Nothing that is sent is stored. Every error is a problem document (RFC 9457)."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the app.

    Parameters
    ----------
    settings
        Read from the environment when left out.

    Raises
    ------
    InputError
        If a setting of the environment cannot be used.

    Examples
    --------
    >>> create_app(Settings(seconds=5)).state.settings.seconds
    5
    """
    settings = settings or Settings.from_environment()
    # The documentation pages of FastAPI load scripts from other hosts, so only the document itself is served.
    app = FastAPI(
        title="Pathways",
        version=engine_version(),
        description=ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.settings = settings
    app.state.planners = Planners(settings)
    app.add_middleware(BodyLimit, most=settings.body_bytes)
    app.add_middleware(SafeHeaders)
    problems.install(app)
    api = APIRouter(prefix=PREFIX)
    for resource in routes.ALL:
        api.include_router(resource)
    app.include_router(api)
    for view in pages.ALL:
        app.include_router(view)
    app.add_exception_handler(pages.Unusable, pages.form_again)
    documentation.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
