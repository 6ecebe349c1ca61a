"""News and decisions by hand in a browser: for all, at every width, with and without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.test_pages import plan_of, sideways


def settle(page: Any) -> None:
    page.locator("body:not([aria-busy])").wait_for(timeout=60_000)


def head(page: Any, name: str) -> None:
    page.get_by_role("heading", level=1, name=name).wait_for(timeout=60_000)
    settle(page)


def decide(page: Any, course: str, choice: str) -> None:
    """Open the explanation of a course by key, choose, and plan."""
    card = page.locator(f"table.plan [data-key$='-{course}']")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    card.get_by_label("Decide on").select_option(label=choice)
    card.get_by_role("button", name="Plan with this").click()
    settle(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_every_step_is_for_all(window: Any, planned: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    planned(page)
    found = {}
    page.locator("[data-key$='-0073'] summary").click()
    found["choices"] = (axe(page), sideways(page))
    page.keyboard.press("Escape")
    decide(page, "0073", "Move to Semester 1 of 2026–2027")
    page.get_by_role("heading", name="Academic Decathlon 2 is pinned").wait_for()
    found["moved"] = (axe(page), sideways(page))
    page.get_by_role("button", name="Something changed").click()
    head(page, "Something changed for Devon")
    found["news"] = (axe(page), sideways(page))
    page.get_by_role("checkbox", name="not passed in English 2").check()
    page.get_by_label("Cancelled course 1").fill("nothing like this")
    page.get_by_role("button", name="Plan again").click()
    page.get_by_role("alert").wait_for()
    settle(page)
    found["refused"] = (axe(page), sideways(page))
    assert page.get_by_role("checkbox", name="not passed in English 2").is_checked()
    page.get_by_label("Cancelled course 1").fill("")
    page.get_by_label("The school from now on").select_option("typical-us-ny")
    page.get_by_role("button", name="Plan again").click()
    head(page, "What becomes of the plan for Devon")
    for more in page.locator("main .card summary").all()[:2]:
        more.click()
    found["renewed"] = (axe(page), sideways(page))
    assert found == dict.fromkeys(found, ([], 0))


@pytest.mark.parametrize("script", [True, False])
def test_a_course_is_failed_and_life_goes_on(window: Any, planned: Any, script: bool) -> None:
    page = window(script=script)
    planned(page)
    page.get_by_role("button", name="Something changed").click()
    head(page, "Something changed for Devon")
    assert page.locator(".mainnav [aria-current]").inner_text() == "Plan"
    page.get_by_label("Geometry Semester 1, grade 11", exact=True).fill("B")
    page.get_by_role("checkbox", name="not passed in English 2").check()
    page.get_by_role("button", name="Plan again").click()
    head(page, "What becomes of the plan for Devon")
    told = page.get_by_role("region", name="What changes, and why").inner_text()
    assert "English 2 was not passed in 2026–27 and comes back" in told
    assert "stay in their terms" in page.locator(".lede").inner_text()
    years = page.locator("table.cmp tbody tr")
    assert years.count() == 2
    assert "passed (B)" in years.first.inner_text()
    page.get_by_role("button", name="Go on with the new plan").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    settle(page)
    assert "F" in page.locator("[data-key^='record-']", has_text="0102").last.inner_text()
    if script:
        plan = plan_of(page)
        assert plan["verified"] and plan["request"]["nearness"] == "before_quality"
    # The plan that was is not lost: news may be told otherwise, or taken back.
    page.get_by_role("button", name="What does it survive?").click()
    head(page, "What the plan for Devon survives")


def test_the_plan_that_was_can_be_kept(window: Any, planned: Any) -> None:
    page = window(script=False)
    planned(page)
    before = page.locator("table.plan").inner_text()
    page.get_by_role("button", name="Something changed").click()
    page.get_by_label("Cancelled course 1").fill("0103")
    page.get_by_role("button", name="Plan again").click()
    head(page, "What becomes of the plan for Devon")
    assert page.get_by_label("Cancelled course 1").input_value() == "0103 English 3"
    page.get_by_role("button", name="Keep the plan as it was").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    assert page.locator("table.plan").inner_text() == before


@pytest.mark.parametrize("script", [True, False])
def test_a_course_is_moved_pinned_left_out_and_all_undone(window: Any, planned: Any, script: bool) -> None:
    page = window(script=script)
    planned(page)
    place = page.locator("table.plan [data-key$='-0073']")
    first = place.get_attribute("data-key")
    decide(page, "0073", "Move to Semester 1 of 2026–2027")
    page.get_by_role("heading", name="Academic Decathlon 2 is pinned to Semester 1 of 2026–2027").wait_for()
    if script:
        assert page.evaluate("document.activeElement.id") == "result"
    assert place.get_attribute("data-key") == "2026-S1-0073"
    assert "Pinned" in place.inner_text()
    region = page.get_by_role("region", name="Academic Decathlon 2 is pinned").inner_text()
    assert re.search(r"\d+ of \d+ other courses stay in their terms", region)
    assert "to make room for Academic Decathlon 2" in region
    decide(page, "0073", "Leave it out")
    page.get_by_role("heading", name="Academic Decathlon 2 is left out").wait_for()
    assert place.count() == 0
    page.get_by_role("button", name="Allow again Academic Decathlon 2").click()
    page.get_by_role("heading", name="Academic Decathlon 2 may be planned again").wait_for()
    settle(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Allow again Academic Decathlon 2").wait_for()
    page.goto("/")
    planned(page)
    assert place.get_attribute("data-key") == first


def test_enter_in_the_field_for_a_course_asks(window: Any, planned: Any) -> None:
    for script in (True, False):
        page = window(script=script)
        planned(page)
        page.get_by_label("Course of Katy").fill("7011")
        page.get_by_label("Course of Katy").press("Enter")
        page.get_by_role("heading", level=1, name="Why is Band I not in the plan?").wait_for(timeout=60_000)
