"""Errors as problem details (RFC 9457), made in one place; pages show the same facts as HTML."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.guards import HEADERS
from catalogs import InputError, InputErrors

MEDIA_TYPE = "application/problem+json"
SHOWN = 50

KINDS = {
    400: ("malformed", "The body cannot be decoded"),
    404: ("not-found", "There is no such thing"),
    405: ("method-not-allowed", "This address does not answer that method"),
    413: ("too-large", "The body is too large"),
    422: ("invalid-input", "The input cannot be used"),
    500: ("unexpected", "Something went wrong here"),
}
"""Status to the name and title of its problem type; the help page explains each under that name."""


class Part(BaseModel):
    """One thing that is wrong."""

    message: str = Field(description="What is wrong, in plain words.")
    place: str | None = Field(default=None, description="Where: a field's path such as student.transcript.3.mark.")
    mend: str | None = Field(default=None, description="What to do about it.")


class Problem(BaseModel):
    """Problem details, as RFC 9457 defines them, with every single error listed."""

    type: str = Field(description="Address of the explanation of this type of problem.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="Path of the request.")
    errors: list[Part] = Field(default_factory=list)


class NotFound(InputError):
    """The path names a catalog, course, program, jurisdiction or example that does not exist."""


def problem(status: int, detail: str, instance: str, errors: list[Part] | None = None) -> Problem:
    """Problem details of a status."""
    name, title = KINDS.get(status, ("other", HTTPStatus(status).phrase))
    return Problem(
        type=f"/help#{name}", title=title, status=status, detail=detail, instance=instance, errors=errors or []
    )


def parts(error: InputError) -> list[Part]:
    """The single errors of an input error."""
    single = error.errors if isinstance(error, InputErrors) else (error,)
    return [
        Part(message=one.message, place=", ".join(p for p in (one.file, one.place) if p) or None, mend=one.mend)
        for one in single[:SHOWN]
    ]


def from_input(error: InputError, instance: str) -> Problem:
    """Problem details of a bad input: 404 where the path named it, else 422."""
    return problem(404 if isinstance(error, NotFound) else 422, str(error), instance, parts(error))


def from_validation(error: RequestValidationError, instance: str) -> Problem:
    """Problem details of a request that does not fit its model."""
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        where = found[0]["loc"][-1] if found[0]["loc"] else 0
        reason = found[0].get("ctx", {}).get("error", "not JSON")
        return problem(400, f"The body is not JSON: {reason}, at character {where}", instance)
    listed = [
        Part(
            message=str(one["msg"]).removeprefix("Value error, "),
            place=".".join(str(step) for step in one["loc"]),
        )
        for one in found[:SHOWN]
    ]
    count = len(found)
    detail = f"{listed[0].place}: {listed[0].message}" if count == 1 else f"{count} values cannot be used"
    return problem(422, detail, instance, listed)


def install(app: FastAPI) -> None:
    """Answer every error of the app with problem details, or with an error page outside of ``/api``."""

    @app.exception_handler(InputError)
    async def _input(request: Request, error: InputError) -> Response:
        return respond(request, from_input(error, request.url.path))

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        return respond(request, from_validation(error, request.url.path))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        detail = DETAILS.get(error.status_code) or str(error.detail)
        return respond(request, problem(error.status_code, detail, request.url.path), headers=error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        # This answer is sent from outside of the middleware, so it brings its headers along.
        return respond(request, problem(500, DETAILS[500], request.url.path), headers=HEADERS)


DETAILS = {
    404: "Nothing is at this address.",
    405: "This address exists, but not for this method; the header Allow names those that work.",
    500: "This is a fault of the service, not of your input. Nothing you entered was kept.",
}


def respond(request: Request, found: Problem, headers: Any = None) -> Response:
    """The problem as JSON for programs, as a page for people."""
    if request.url.path.startswith("/api/"):
        return JSONResponse(found.model_dump(), found.status, media_type=MEDIA_TYPE, headers=headers)
    from api.pages.shell import page

    return page(request, "error.html", status_code=found.status, headers=headers, problem=found)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI documentation of the problems that a route may answer with, each with an example."""
    return {status: documented(status) for status in statuses}


def documented(status: int) -> dict[str, Any]:
    """OpenAPI documentation of one problem."""
    shown = problem(status, EXAMPLE_DETAILS[status], "/api/v1/plans", EXAMPLE_PARTS.get(status))
    return {
        "description": KINDS[status][1],
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": shown.model_dump(mode="json")}
        },
    }


EXAMPLE_DETAILS = {
    400: "The body is not JSON: Expecting value, at character 12",
    404: "there is no catalog 'katy'. Did you mean katy-isd-tx?",
    413: "The body is larger than 1000000 bytes.",
    422: "transcript line 3: there is no course '0199' in the catalog katy-isd-tx. Did you mean 0101 (English 1)?",
}
EXAMPLE_PARTS = {
    404: [Part(message="there is no catalog 'katy'", mend="Did you mean katy-isd-tx?")],
    422: [
        Part(
            message="there is no course '0199' in the catalog katy-isd-tx",
            place="transcript line 3",
            mend="Did you mean 0101 (English 1)?",
        )
    ],
}
