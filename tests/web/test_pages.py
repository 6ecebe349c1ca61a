"""Every page: usable by all (axe), at every width, without a script, and true to its JSON."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

PAGES = {
    "home": "/",
    "record": "/record?example=katy-recovery",
    "new record": "/record?catalog=montclair-hs-nj",
    "schools": "/catalogs",
    "courses": "/catalogs/katy-isd-tx?q=chem",
    "no courses": "/catalogs/katy-isd-tx?q=nothing+like+this",
    "course": "/catalogs/katy-isd-tx/courses/0421",
    "course alone": "/catalogs/katy-isd-tx/courses/0101",
    "map": "/catalogs/katy-isd-tx/map?subject=Science",
    "typical record": "/record?catalog=typical-us-ny",
    "typical course": "/catalogs/typical-us-ny?q=chem",
    "programs": "/programs",
    "programs of a state": "/programs?state=US-TX",
    "programs of a district's state, any class": "/programs?state=US-CA&entering=",
    "no programs": "/programs?state=NCAA&kind=diploma",
    "program": "/programs/us-tx-fhsp-endorsement-2026",
    "program with limits": "/programs/us-ar-standard-2023",
    "register": "/programs/states",
    "compare": "/programs/compare?entering=2026",
    "moving": "/moves",
    "careers": "/careers",
    "careers found": "/careers?q=enginer",
    "no careers": "/careers?q=qqqqq",
    "career": "/careers/17-2141.00?catalog=katy-isd-tx",
    "cluster": "/careers/construction",
    "interests": "/careers/interests",
    "interests matched": "/careers/interests?R=10&I=32&A=6&S=9&E=8&C=18",
    "help": "/help",
}


def sideways(page: Any) -> int:
    """Pixels by which a page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_pages_are_for_all(window: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    found = {}
    for name, path in PAGES.items():
        page.goto(path)
        found[name] = axe(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_a_plan_is_for_all(window: Any, planned: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    planned(page)
    assert axe(page) == []
    page.locator("details.why > summary").first.click()
    for more in page.locator(".req__more > summary").all()[:3]:
        more.click()
    assert axe(page) == []


@pytest.mark.parametrize("width", [1280, 640, 375, 320])
def test_nothing_scrolls_sideways(window: Any, planned: Any, width: int) -> None:
    page = window(width)
    for name, path in PAGES.items():
        page.goto(path)
        assert sideways(page) == 0, name
    for example in ("katy-recovery", "montclair-transfer"):
        planned(page, example)
        assert sideways(page) == 0, example


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_moving_is_for_all(window: Any, elsewhere: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    elsewhere(page)
    assert axe(page) == []
    assert sideways(page) == 0
    page.locator("button[name=to][value=NY]").click()
    page.get_by_role("heading", name="Devon in New York").wait_for()
    assert axe(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("script", [True, False])
def test_from_an_example_over_a_state_to_its_plan(window: Any, elsewhere: Any, script: bool) -> None:
    page = window(script=script)
    elsewhere(page)
    rows = page.locator("table.tbl tbody tr")
    assert rows.count() == 51
    assert "Short by" in rows.first.inner_text()
    assert page.locator(".mainnav [aria-current]").inner_text() == "Moving"
    page.get_by_role("button", name="Audit of New York").click()
    page.get_by_role("heading", name="Devon in New York").wait_for()
    assert "Regents diploma" in page.locator("main").inner_text()
    page.get_by_role("button", name="Plan the rest in New York").click()
    page.locator("table.plan").wait_for(timeout=60_000)
    assert "Typical high school, New York" in page.locator(".lede").inner_text()
    assert page.locator(".mainnav [aria-current]").inner_text() == "Plan"
    if script:
        plan = plan_of(page)
        assert plan["catalog"] == "typical-us-ny"
        assert "English 1" in {line["title"] for line in plan["record"]}
        assert not plan["problems"]
    page.get_by_label("Most courses a term").fill("6")
    page.get_by_role("button", name="Plan again").click()
    page.locator("body:not([aria-busy])").wait_for()
    assert "Typical high school, New York" in page.locator(".lede").inner_text()
    page.get_by_role("button", name="What would count in other states?").click()
    page.get_by_role("heading", name="Devon in every state").wait_for()


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_other_plans_stand_side_by_side(window: Any, planned: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    planned(page)
    page.get_by_role("button", name="Show other plans").click()
    page.get_by_role("heading", name="Other plans for").wait_for(timeout=60_000)
    table = page.locator("table.tbl--plans")
    assert table.locator("thead th").all_inner_texts()[1:] == ["1. Different", "2. Different", "3. Different"]
    assert sideways(page) == 0
    assert axe(page) == []
    saved = [link.get_attribute("href") or "" for link in table.locator("a[download]").all()]
    plans = [json.loads(base64.b64decode(link.partition(",")[2])) for link in saved]
    assert [one["verified"] for one in plans] == [True] * 4
    courses = [sorted(place["course"] for place in one["placements"]) for one in plans]
    assert len({tuple(one) for one in courses}) == 4
    page.get_by_role("button", name="Back to the plan").click()
    page.locator("table.plan").wait_for(timeout=60_000)


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_a_trade_is_drawn_and_told(window: Any, planned: Any, axe: Any, width: int, theme: str) -> None:
    page = window(width, theme)
    planned(page, "katy-impossible-wish")
    page.get_by_label("against").select_option("courses")
    page.get_by_role("button", name="Show the trade").click()
    page.get_by_role("heading", name="against").wait_for(timeout=60_000)
    rows = page.locator("main tbody tr")
    assert rows.count() == page.locator("svg.trade circle").count() == 2
    assert "no point is missing" in page.locator("main").inner_text()
    assert sideways(page) == 0
    assert axe(page) == []


def test_other_plans_and_trades_work_without_a_script(window: Any, planned: Any) -> None:
    page = window(script=False)
    planned(page, "katy-impossible-wish")
    for button, title in (("Show other plans", "Other plans for"), ("Show the trade", "against")):
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name=title).wait_for(timeout=60_000)
        page.get_by_role("button", name="Back to the plan").click()
        page.locator("table.plan").wait_for(timeout=60_000)


def test_the_picture_is_drawn_and_its_figures_are_below(window: Any) -> None:
    page = window()
    page.goto("/programs/compare?entering=2026")
    page.wait_for_function("document.querySelector('img.picture').naturalWidth > 500")
    assert page.locator("table.heat").count() == 3
    assert page.locator("table.heat").first.locator("tbody tr").count() == 51
    page.get_by_label("Enters grade 9 in").select_option("2024")
    page.get_by_role("button", name="Show").click()
    assert "enter grade 9 in 2024" in page.locator(".lede").inner_text()
    page.get_by_role("link", name="The picture alone (SVG)").click()
    page.wait_for_url("**/compare.svg?entering=2024")
    assert page.evaluate("getComputedStyle(document.querySelector('#patch_1 path')).fill") == "rgb(255, 255, 255)"


def test_a_state_is_chosen_and_its_programs_are_grouped(window: Any) -> None:
    page = window(script=False)
    page.goto("/programs")
    page.get_by_label("State or body").select_option("New York")
    page.get_by_label("Enters grade 9 in").fill("2026")
    page.get_by_role("button", name="Show").click()
    heads = page.locator("main h2").all_inner_texts()
    assert heads[0] == "Diplomas: standard"
    assert "Endorsements" in heads
    page.get_by_role("link", name="Regents diploma", exact=True).click()
    assert page.locator("h1").inner_text() == "Regents diploma"
    page.get_by_role("link", name="source 1").first.click()
    assert page.url.endswith("#source-1")


def plan_of(page: Any) -> dict[str, Any]:
    """The plan's JSON, by its download link."""
    with page.expect_download() as download:
        page.locator("a[download]").click()
    found: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("example", ["katy-recovery", "del-norte-uc", "montclair-transfer"])
def test_the_page_says_what_the_json_says(window: Any, planned: Any, width: int, example: str) -> None:
    page = window(width)
    planned(page, example)
    plan = plan_of(page)
    assert plan["student"] == example
    assert page.locator("h1").inner_text() == f"Plan for {plan['name']}"
    cards = {card.get_attribute("data-key"): card for card in page.locator("table.plan .course[data-key]").all()}
    keys = {f"{one['year']}-{one['term']}-{one['course']}" for one in plan["placements"]}
    assert {key for key in cards if not key.startswith("record-")} == keys
    for one in plan["placements"]:
        text = cards[f"{one['year']}-{one['term']}-{one['course']}"].inner_text()
        assert one["title"] in text
        assert ("Pinned" if one["pinned"] else "Planned") in text
        assert "Why here?" in text
    words = {"earned": "Completed", "in_progress": "In progress", "none": "No credit"}
    for number, line in enumerate(plan["record"]):
        text = page.locator(f"[data-key='record-{number}']").inner_text()
        assert line["title"] in text
        assert words[line["stage"]] in text
    proof = page.locator(".proof").first.inner_text()
    assert ("Best possible, proven" in proof) == (plan["status"] == "optimal")
    assert page.get_by_text("Checked again by separate code").count() == int(plan["verified"])
    page.get_by_text("Exact figures").click()
    for tier in plan["tiers"]:
        assert tier["words"][1:] in page.locator("table.tbl").first.inner_text()
    for report in plan["audit"]["programs"]:
        for requirement in report["requirements"]:
            assert page.locator(".req__n", has_text=requirement["name"]).count() >= 1
    for wish in plan["wishes"]:
        assert wish["wish"] in page.locator("main").inner_text()


def test_the_grid_is_a_true_table(window: Any, planned: Any) -> None:
    page = window()
    planned(page)
    plan = plan_of(page)
    rows = page.locator("table.plan tbody").count()
    assert rows == len({term.partition("-")[0] for term in plan["terms"]})
    widths = page.evaluate(
        """() => [...document.querySelectorAll('table.plan tbody')].map((body) => {
          const rows = [...body.rows].slice(1), filled = rows.map(() => 0);
          rows.forEach((row, r) => [...row.cells].forEach((cell) => {
            for (let i = 0; i < cell.rowSpan; i++) filled[r + i] += cell.colSpan;
          }));
          return filled;
        })"""
    )
    head = page.locator("table.plan thead th").count()
    assert {count for filled in widths for count in filled} == {head}


def test_free_periods_are_those_of_the_plan(window: Any, planned: Any) -> None:
    page = window()
    planned(page)
    plan = plan_of(page)
    spans = page.locator("table.plan td:has(.is-open)").evaluate_all("cells => cells.map((cell) => cell.rowSpan)")
    assert sum(spans) == sum(plan["free"].values())


def test_a_record_is_changed_and_planned_again(window: Any, planned: Any) -> None:
    page = window()
    planned(page)
    page.get_by_label("Most courses a term").fill("6")
    page.get_by_label("Wish 1").fill("7511")
    page.get_by_role("button", name="Plan again").click()
    page.locator("body:not([aria-busy])").wait_for()
    assert page.evaluate("document.activeElement.id") == "result"
    plan = plan_of(page)
    assert plan["request"]["load"]["max"] == 6
    assert [one["course"] for one in plan["request"]["wishes"]] == ["7511"]
    assert plan["request"]["transcript"][0]["mark"] == "C"


def test_what_cannot_be_read_is_said_and_kept(window: Any, base: str) -> None:
    page = window(script=False)
    page.goto("/record?catalog=katy-isd-tx")
    page.get_by_label("Courses so far").fill("0101, A, 2025\n0199, B, 2025\n0211, B, some day")
    page.get_by_label("Wish 1").fill("Chemistri")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Plan").click()
    told = page.get_by_role("alert").inner_text()
    assert "Courses so far, line 2" in told
    assert "0199" in told
    assert "line 3" in told
    assert "Chemistri" in told
    assert "0199, B, 2025" in page.get_by_label("Courses so far").input_value()


def test_all_works_without_a_script(window: Any) -> None:
    page = window(script=False)
    page.goto("/")
    page.get_by_role("link", name=re.compile("Woodinville High School Northshore")).click()
    page.get_by_label("Entered grade 9 in").fill("2025")
    page.get_by_label("School year now").fill("2026")
    page.get_by_label("Courses so far").fill("")
    page.get_by_role("button", name="Plan").click()
    assert page.locator("table.plan .is-plan").count() > 10
    why = page.locator("details.why").first
    why.locator("summary").click()
    assert "Counts for" in why.inner_text()
    page.locator("a.course__t").first.click()
    assert "/courses/" in page.url
    page.goto("/catalogs/katy-isd-tx")
    page.get_by_label("Course title or code").fill("chem")
    page.get_by_role("button", name="Search").click()
    assert "AP Chemistry" in page.locator(".deck").inner_text()


def test_an_explanation_opens_alone_and_closes_by_key(window: Any, planned: Any) -> None:
    page = window()
    planned(page)
    summaries = page.locator("details.why > summary")
    summaries.nth(0).focus()
    page.keyboard.press("Enter")
    assert page.locator("details.why[open]").count() == 1
    summaries.nth(1).evaluate("one => one.click()")
    page.locator("details.why:not([open])").first.wait_for()
    assert page.locator("details.why[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.why[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_theme_is_kept_in_the_browser(window: Any) -> None:
    page = window()
    page.goto("/")
    page.get_by_role("button", name="Theme: dark").click()
    page.goto("/help")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_every_box_of_a_map_is_in_the_list_below(window: Any) -> None:
    page = window()
    page.goto("/catalogs/katy-isd-tx/map?subject=Science")
    drawn = page.locator("svg.map a").evaluate_all("links => links.map((one) => one.getAttribute('href'))")
    listed = page.locator("table.tbl a").evaluate_all("links => links.map((one) => one.getAttribute('href'))")
    assert len(drawn) > 10
    assert set(drawn) <= set(listed)


@pytest.mark.parametrize("name", ["tokens.css", "components.css", "print.css", "theme.js", "pages.js"])
def test_no_style_or_script_names_another_host(name: str) -> None:
    from api.pages.shell import STATIC

    assert not re.search(r"https?://|@import|url\(", (STATIC / name).read_text(encoding="utf-8"))
