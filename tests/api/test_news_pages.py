"""The pages that plan again: after news, and after a decision on one course. No script runs here."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pathways import files
from pathways.student import Load, Pin, Student
from tests.api.forms import Fields, forms, with_fields

DEVON = "katy-recovery"


def ok(text: str) -> str:
    assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=|javascript:", text)
    assert len(re.findall(r"<h1[ >]", text)) == 1
    return html.unescape(text)


def carried(page: str) -> Student:
    """The record of the plan that a page shows."""
    (fields,) = [own for own in forms(page, "/plan") if own and own[0][0] == "record"]
    return Student.model_validate_json(dict(fields)["record"])


def planned(client: TestClient, **form: str) -> str:
    answer = client.post("/plan", data=form or {"example": DEVON})
    assert answer.status_code == 200
    return answer.text


def cards(page: str) -> dict[str, str]:
    """The term of each course of the plan on a page."""
    keys = re.findall(r'data-key="(\d{4}-[^-"]+)-([^"]+)"', page)
    return {html.unescape(course): term for term, course in keys}


class TestNews:
    def form(self, client: TestClient, student: str | None = None) -> Fields:
        record = student or files.load_example(DEVON).model_dump_json(by_alias=True)
        answer = client.post("/plan/news", data={"record": record})
        assert answer.status_code == 200
        ok(answer.text)
        (fields,) = forms(answer.text, "/plan/news")
        return fields

    def told(self, client: TestClient, status: int = 200, /, student: str | None = None, **changed: str) -> str:
        answer = client.post("/plan/news", data=with_fields(self.form(client, student), **changed))
        assert answer.status_code == status
        ok(answer.text)
        return answer.text

    def test_every_course_to_come_can_have_a_mark(self, client: TestClient) -> None:
        page = planned(client)
        fields = dict(self.form(client))
        assert {f"mark:{course}@{term}" for course, term in cards(page).items()} <= fields.keys()

    def test_several_pieces_of_news_at_once(self, client: TestClient) -> None:
        was = cards(planned(client))
        news = {"mark:0223@2026-S1": "B", "failed:0102@2026-S1": "1", "cancelled": "0321VIRID", "when": ""}
        text = self.told(client, **news)
        said = html.unescape(text)
        assert "What becomes of the plan for Devon" in said
        assert "not passed (F)" in said
        assert "English 2 was not passed in 2026–27 and comes back" in said
        assert "passed (B)" in said
        record = carried(text)
        assert {line.course: line.mark for line in record.transcript if line.year == 2026}["0223"] == "B"
        assert [one.course for one in record.cancelled] == ["0321VIRID"]
        # The new plan is the one of the record that goes along, and what was not touched stays.
        now = cards(planned(client, record=record.model_dump_json(by_alias=True)))
        assert "0321VIRID" not in now and "0102" in now
        ahead = {course for course, term in was.items() if term >= "2027"} - {"0321VIRID"}
        assert {course: now[course] for course in ahead} == {course: was[course] for course in ahead}
        kept = re.search(r"(\d+) of (\d+) courses to come stay in their terms", said)
        assert kept and (int(kept[1]), int(kept[2])) == (len(ahead), len(ahead) + 1)

    def test_what_it_costs_is_said(self, client: TestClient) -> None:
        assert "Nothing: the diploma is complete in" in html.unescape(self.told(client, cancelled="0321VIRID", when=""))
        text = html.unescape(self.told(client, school="typical-us-ny"))
        assert "Regents diploma is what counts there" in text

    def test_another_school_says_how_sure_each_course_is(self, client: TestClient) -> None:
        text = self.told(client, school="typical-us-ny")
        table = html.unescape(text).partition('id="match-h"')[2].partition("</table>")[0]
        row = table.partition("English 1 ")[2].partition("</tr>")[0]
        assert "English I" in row and "The same" in row
        row = table.partition("Academic Decathlon 2 ")[2].partition("</tr>")[0]
        assert "No course there has its national code" in row
        assert carried(text).catalog == "typical-us-ny"

    @pytest.mark.parametrize(
        ("wrong", "label", "said"),
        [
            ({"cancelled": "Chemistri", "when": ""}, "Cancelled course 1", "there is no course 'Chemistri'"),
            ({"cancelled": "0421", "when": ""}, "Cancelled course 1", "Chemistry (0421) is not in the plan"),
            ({"cancelled": "0103", "when": "2025-S1"}, "Cancelled course 1", "2025-S1 is no term to come"),
            ({"mark:0102@2026-S1": "Q"}, "Mark of English 2 in 2026-S1", "cannot be read on the scale"),
            ({"mark:0102@2026-S1": "B", "failed:0102@2026-S1": "1"}, "Mark of English 2 in 2026-S1", "earns credit"),
            ({"mark:0102@2026-S1": "B", "now": "2026-S1"}, "Mark of English 2 in 2026-S1", "a term still to come"),
            ({"now": "2025-S1"}, "The last term that has begun", "2025-S1 is no term to come"),
            ({"school": "/etc"}, "The school from now on", "there is no school '/etc'"),
            ({"mark:0421@2026-S1": "B"}, "Marks", "neither planned nor in progress"),
            ({}, "", "there is no news yet"),
        ],
    )
    def test_what_does_not_fit_comes_back_at_its_field(
        self, client: TestClient, wrong: dict[str, str], label: str, said: str
    ) -> None:
        entered = {"mark:0223@2026-S1": "C+"} | wrong if wrong else {}
        text = self.told(client, 422, **entered)
        spoken = html.unescape(text)
        assert "What you entered is still here" in spoken
        assert said in spoken.lower() or said in spoken
        if label:
            assert f"<b>{label}:</b>" in spoken
        if label not in ("", "Marks"):
            assert spoken.count('class="error"') == 1
            assert spoken.count('aria-invalid="true"') == 1
        (fields,) = forms(text, "/plan/news")
        again = {name: values[0] for name, values in with_fields(fields).items()}
        for name, value in entered.items():
            if label != "Marks" or name != "mark:0421@2026-S1":
                assert again[name].startswith(value)

    def test_several_faults_are_said_together(self, client: TestClient) -> None:
        text = html.unescape(self.told(client, 422, **{"mark:0102@2026-S1": "Q", "now": "2025-S1"}))
        assert text.count('class="error"') == 2

    def test_a_record_that_was_tampered_with(self, client: TestClient) -> None:
        for path in ("/plan/news", "/plan/move"):
            answer = client.post(path, data={"record": "{}"})
            assert answer.status_code == 422
            assert "begin again" in answer.text


class TestDecisions:
    def decide(self, client: TestClient, page: str, course: str, choice: str, status: int = 200) -> str:
        term = cards(page)[course]
        fields = next(own for own in forms(page, "/plan") if own and own[0][0] == "record")
        key = f"{term}-{course}"
        changed: dict[str, Any] = {f"move:{key}": choice, "course": key}
        answer = client.post("/plan/move", data=with_fields(fields, **changed))
        assert answer.status_code == status
        ok(answer.text)
        return answer.text

    def options(self, page: str, course: str) -> list[str]:
        select = page.partition(f'name="move:{cards(page)[course]}-{course}"')[2].partition("</select>")[0]
        return re.findall(r'<option value="([^"]*)"', select)

    def test_a_course_moves_and_all_else_stays_near(self, client: TestClient) -> None:
        page = planned(client)
        was = cards(page)
        assert was["0073"] == "2027-S1"
        assert "2026-S1" in self.options(page, "0073")
        after = self.decide(client, page, "0073", "2026-S1")
        now = cards(after)
        assert now["0073"] == "2026-S1"
        stayed = sum(now.get(course) == term for course, term in was.items() if course != "0073")
        assert f"{stayed} of {len(was) - 1} other courses stay in their terms" in html.unescape(after)
        assert "to make room for Academic Decathlon 2" in after
        (pin,) = carried(after).pins
        assert (pin.course, pin.term) == ("0073", "2026-S1")

    def test_pin_unpin_leave_out_and_allow(self, client: TestClient) -> None:
        page = planned(client)
        was = cards(page)
        pinned = self.decide(client, page, "0223", was["0223"])
        assert "All other courses stay in their terms" in pinned
        assert cards(pinned) == was
        # A pinned course may still be moved anywhere it could go before.
        assert set(self.options(page, "0223")) - {"never"} <= {*self.options(pinned, "0223"), was["0223"]}
        free = self.decide(client, pinned, "0223", "free")
        assert cards(free) == was
        assert not carried(free).pins
        without = self.decide(client, free, "0073", "never")
        assert "0073" not in cards(without)
        assert "Left out by a person’s decision" in without
        fields = next(own for own in forms(without, "/plan") if own and own[0][0] == "record")
        allowed = client.post("/plan/move", data=with_fields(fields, allow="0073"))
        assert not carried(allowed.text).pins
        assert "may be planned again" in allowed.text

    def test_undo_brings_the_plan_back(self, client: TestClient) -> None:
        page = planned(client)
        after = self.decide(client, page, "0073", "2026-S1")
        before = re.search(r'<button [^>]*name="record" value="([^"]*)">Undo', after)
        assert before
        assert cards(planned(client, record=html.unescape(before[1]))) == cards(page)

    def test_a_load_that_a_decision_breaks_leaves_the_plan_as_it_was(self, client: TestClient) -> None:
        pins = tuple(Pin(course=code, term="2026-S1") for code in ("0223", "0404", "0311", "1840", "8616", "0102"))
        student = files.load_example(DEVON).model_copy(update={"pins": pins, "load": Load(max=6)})
        page = planned(client, record=student.model_dump_json(by_alias=True))
        ahead = [code for code, term in cards(page).items() if term > "2027"]
        course = next(code for code in ahead if "2026-S1" in self.options(page, code))
        after = self.decide(client, page, course, "2026-S1")
        assert cards(after) == cards(page)
        assert "The plan stays as it was" in after
        assert 'class="conflict"' in after

    @pytest.mark.parametrize(("choice", "said"), [("", "nothing was decided"), ("soon", "nothing was decided")])
    def test_without_a_decision_the_plan_stays(self, client: TestClient, choice: str, said: str) -> None:
        page = planned(client)
        after = self.decide(client, page, "0073", choice, 422)
        assert cards(after) == cards(page)
        assert said in after

    def test_a_term_that_the_course_cannot_take(self, client: TestClient) -> None:
        page = planned(client)
        assert "2026-Summer" not in self.options(page, "0103")
        after = self.decide(client, page, "0103", "2026-Summer", 422)
        assert "may begin" in after
        assert cards(after) == cards(page)

    def test_a_course_that_is_not_in_the_plan(self, client: TestClient) -> None:
        record = files.load_example(DEVON).model_dump_json(by_alias=True)
        answer = client.post("/plan/move", data={"record": record, "course": "2026-S1-X", "move:2026-S1-X": "never"})
        assert answer.status_code == 422
        assert "is no course of this plan" in html.unescape(answer.text)


def test_the_record_stands_twice_on_the_page_of_a_plan(client: TestClient) -> None:
    """Once for all that is asked about the plan, once as what the form of the record began with."""
    record = html.escape(files.load_example(DEVON).model_dump_json(by_alias=True), quote=True).replace(
        "&quot;", "&#34;"
    )
    assert planned(client).count(record.replace("&#x27;", "&#39;")) == 2
