"""A real browser, and the service on a free port of this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
EXAMPLE = "katy-recovery"  # has completed, failed and planned courses


@pytest.fixture(scope="session")
def base(listening: Any) -> Iterator[str]:
    """Address of the service."""
    from api.app import create_app
    from api.settings import Settings

    with listening(create_app(Settings())) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def chromium(require: Callable[[object, str], None]) -> Iterator[Any]:
    """A browser, or a plain reason why there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        require(False, "playwright is not installed (pip install playwright)")
        raise
    require(shutil.which(CHROMIUM), f"no Chromium at {CHROMIUM} (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def broken(message: Any) -> bool:
    """Whether a message of the console tells a fault; that a form was refused is none."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture
def window(chromium: Any, base: str) -> Iterator[Callable[..., Any]]:
    """Open a page; afterwards nothing may have failed in it, and no other host been asked."""
    contexts, wrong = [], []

    def opened(width: int = 1280, theme: str = "light", *, script: bool = True) -> Any:
        context = chromium.new_context(
            base_url=base, viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: broken(message) and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith((base, "data:", "blob:")) or wrong.append(f"asked {request.url}"),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def planned() -> Callable[..., None]:
    """Press Plan for an example, and wait for the plan."""

    def press(page: Any, example: str = EXAMPLE) -> None:
        page.goto("/")
        page.locator(f"form:has(input[value='{example}']) button").click()
        page.locator("table.plan").wait_for(timeout=60_000)

    return press


@pytest.fixture
def elsewhere() -> Callable[..., None]:
    """Hold an example's record against every state."""

    def press(page: Any, example: str = EXAMPLE) -> None:
        page.goto("/moves")
        page.locator(f"form:has(input[value='{example}']) button").click()
        page.get_by_role("heading", name="in every state").wait_for(timeout=60_000)

    return press


def violations(page: Any) -> list[str]:
    """What axe-core finds, WCAG 2.0 to 2.2 A and AA and best practices."""
    from axe_playwright_python.sync_playwright import Axe

    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.fixture
def axe(require: Any) -> Any:
    """The checker, or a plain reason why there is none."""
    try:
        import axe_playwright_python  # noqa: F401
    except ImportError:
        require(False, "axe-core is not installed (pip install axe-playwright-python)")
    return violations
