"""Career goals in a real browser: found, ordered and planned with a script and without, and what two of them cost."""

from __future__ import annotations

from typing import Any

import pytest

SIZES = [(1280, "light"), (375, "dark")]


def look_up(page: Any, words: str, told: str) -> None:
    page.get_by_label("Add a career").fill(words)
    page.get_by_role("button", name="Look up").click()
    page.get_by_text(told).wait_for()


def names(page: Any) -> list[str]:
    return [one.inner_text().splitlines()[0] for one in page.locator("#goals ol b").all()]


@pytest.mark.parametrize("script", [True, False])
def test_goals_are_added_ordered_and_planned(window: Any, script: bool) -> None:
    page = window(script=script)
    page.goto("/record?catalog=katy-isd-tx")
    page.get_by_label("Name").fill("Tori")
    look_up(page, "nurs", "may mean one of these")
    page.get_by_role("button", name="Add Registered Nurses").click()
    page.get_by_text("Registered Nurses (occupation) is goal 1 now").wait_for()
    look_up(page, "mechanical engineers", "is goal 2 now")
    page.get_by_label("Or choose").select_option(label="Undecided: keep many fields open")
    page.get_by_role("button", name="Add the one chosen").click()
    page.get_by_text("is goal 3 now").wait_for()
    page.get_by_role("button", name="Up Mechanical Engineers").click()
    page.get_by_text("Mechanical Engineers is goal 1 now").wait_for()
    page.get_by_role("button", name="Remove Undecided").click()
    page.get_by_text("is no goal any more").wait_for()
    assert names(page) == ["1. Mechanical Engineers", "2. Registered Nurses"]
    assert page.get_by_label("Name").input_value() == "Tori"
    page.get_by_role("button", name="Plan", exact=True).click()
    page.locator("table.plan").wait_for(timeout=60_000)
    headings = page.locator("section[aria-labelledby=goals-h] h3").all_inner_texts()
    assert headings == ["Mechanical Engineers", "Registered Nurses"]


def test_the_place_is_kept_and_told(window: Any) -> None:
    """After a button of the goals the words that say what happened have the focus, in sight."""
    page = window(375)
    page.goto("/record?catalog=katy-isd-tx")
    look_up(page, "29-1141", "is goal 1 now")
    assert "is goal 1 now" in page.evaluate("document.activeElement.innerText")
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    assert 0 < top < 900


def test_enter_plans(window: Any) -> None:
    """The first button of the form is pressed, and that is not one of the goals."""
    page = window()
    page.goto("/record?catalog=woodinville-hs-wa")
    look_up(page, "29-1141", "is goal 1 now")
    look_up(page, "welder", "may mean")
    page.get_by_label("Add a career").fill("")
    page.get_by_label("Name").press("Enter")
    page.locator("table.plan").wait_for(timeout=60_000)


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_nothing_is_in_the_way(window: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    page.goto("/record?catalog=katy-isd-tx")
    look_up(page, "29-1141", "is goal 1 now")
    look_up(page, "17-2141", "is goal 2 now")
    look_up(page, "nurs", "may mean one of these")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Add a career").fill("")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("heading", name="Goals that stand back").wait_for(timeout=60_000)
    page.get_by_role("button", name="with Mechanical Engineers first").click()
    page.get_by_role("heading", name="before all other goals").wait_for(timeout=60_000)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Go on with Mechanical Engineers first").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    assert page.locator("section[aria-labelledby=goals-h] h3").first.inner_text() == "Mechanical Engineers"
