"""Middleware: no body larger than allowed, and headers that keep pages to themselves."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class BodyLimit:
    """Refuses bodies over a number of bytes, by what is announced and by what really arrives."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"")
        arrived = 0

        async def limited() -> Message:
            # Raised here, inside the app, so that it becomes a problem like any other.
            nonlocal arrived
            self._check(int(announced) if announced.isdigit() else 0)
            message = await receive()
            arrived += len(message.get("body", b""))
            self._check(arrived)
            return message

        await self.app(scope, limited, send)

    def _check(self, size: int) -> None:
        if size > self.most:
            raise HTTPException(413, f"The body is larger than {self.most} bytes.")


class SafeHeaders:
    """Puts the security headers on every answer, and keeps answers that may hold a student's record out of caches."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["method"] == "POST":
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
