"""Why, why not, and what would help: asked and followed in a real browser, with and without the script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.test_pages import plan_of, sideways

TAKEN = {
    2023: ("0101", "0211", "0411", "6319", "8540", "2004"),
    2024: ("0102", "0223", "0421", "0301", "6329", "5406"),
    2025: ("0103", "0261", "0311", "8616", "1840", "7011"),
}
LATE = {
    "entering": "2023",
    "year": "2026",
    "taken": "\n".join(f"{code}, B, {year}" for year, codes in TAKEN.items() for code in codes),
}
"""A senior at Katy who lacks more credits than a year has periods."""


def settle(page: Any) -> None:
    page.locator("body:not([aria-busy])").wait_for(timeout=60_000)


def ask(page: Any, course: str, title: str) -> None:
    page.get_by_label("Course of Katy").fill(course)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("heading", level=1, name=f"Why is {title} not in the plan?").wait_for(timeout=60_000)
    settle(page)


def what_if(page: Any, title: str) -> None:
    page.locator("details.why", has_text=title).first.locator("summary").click()
    page.get_by_role("button", name=f"What if not? {title}").click()
    page.get_by_role("heading", level=1, name=f"What if not {title}?").wait_for(timeout=60_000)
    settle(page)


def conflict(page: Any) -> None:
    page.goto("/record?catalog=katy-isd-tx")
    for name, value in LATE.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Plan", exact=True).click()
    page.locator("section.conflict").wait_for(timeout=60_000)
    settle(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_every_answer_is_for_all(window: Any, planned: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    planned(page)
    found = {}
    what_if(page, "English 2")
    found["what if not"] = (axe(page), sideways(page))
    ask(page, "7011", "Band I")
    found["would fit"] = (axe(page), sideways(page))
    ask(page, "1622 Yearbook 2", "Yearbook 2")
    found["ruled out"] = (axe(page), sideways(page))
    page.get_by_label("Course of Katy").fill("nothing like this")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("alert").wait_for()
    found["no such course"] = (axe(page), sideways(page))
    conflict(page)
    for more in page.locator("section.conflict summary").all():
        more.click()
    found["conflict"] = (axe(page), sideways(page))
    assert found == dict.fromkeys(found, ([], 0))


@pytest.mark.parametrize("script", [True, False])
def test_from_a_course_to_what_would_be_without_it_and_back(window: Any, planned: Any, script: bool) -> None:
    page = window(script=script)
    planned(page)
    before = page.locator("table.plan").inner_text()
    what_if(page, "English 2")
    assert page.locator(".mainnav [aria-current]").inner_text() == "Plan"
    told = page.locator("section[aria-labelledby=reason-h] li").all_inner_texts()
    assert [line.split()[0] for line in told] == ["It", "English", "Without"]
    assert page.get_by_role("region", name="Would go").locator("li").inner_text().endswith("0102")
    assert page.get_by_role("region", name="Would come").locator("li").count() == 1
    page.get_by_role("button", name="Back to the plan").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    settle(page)
    for one in page.locator("details.why[open] summary").all():
        one.click()
    assert page.locator("table.plan").inner_text() == before


@pytest.mark.parametrize("script", [True, False])
def test_a_course_that_would_fit_is_planned(window: Any, planned: Any, script: bool) -> None:
    page = window(script=script)
    planned(page)
    assert page.locator("[data-key$='-7011']").count() == 0
    ask(page, "Band I", "Band I")
    assert "would fit" in page.locator("main").inner_text()
    page.get_by_role("button", name="Plan with it").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    assert page.locator("[data-key$='-7011']").count() == 1
    assert page.get_by_label("Wish 1").input_value() == "7011 Band I"


@pytest.mark.parametrize("script", [True, False])
def test_what_would_help_a_course_is_planned(window: Any, planned: Any, script: bool) -> None:
    page = window(script=script)
    planned(page)
    ask(page, "1622 Yearbook 2", "Yearbook 2")
    assert page.locator("ol.holds > li").count() == 2
    way = page.get_by_role("button", name="Plan with this").first
    assert "approval" in way.inner_text()
    way.click()
    page.locator("table.plan").wait_for(timeout=60_000)
    assert page.locator("[data-key$='-1622']").count() == 1
    assert "1 permission" in page.locator("form[action='/plan']:has(#f-taken)").inner_text()
    if script:
        # The form shows no permission, and keeps it all the same.
        page.get_by_label("Most courses a term").fill("7")
        page.get_by_role("button", name="Plan again").click()
        settle(page)
        plan = plan_of(page)
        assert len(plan["request"]["permissions"]) == 1
        assert plan["request"]["load"]["max"] == 7
        assert "1622" in {one["course"] for one in plan["placements"]}


@pytest.mark.parametrize("script", [True, False])
def test_what_would_help_a_diploma_is_planned(window: Any, script: bool) -> None:
    page = window(script=script)
    conflict(page)
    assert page.locator("section.conflict > ol.holds > li").count() >= 1
    page.locator("section.conflict button").first.click()
    page.locator("table.plan").wait_for(timeout=60_000)
    settle(page)
    assert page.locator("section.conflict").count() == 0
    assert "complete after" in page.locator(".lede").inner_text()


def test_the_kind_of_every_fact_is_said(window: Any) -> None:
    page = window()
    conflict(page)
    kinds = page.locator("section.conflict ol.holds small").all_text_contents()
    assert kinds
    assert all(kinds)
