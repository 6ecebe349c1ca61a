"""Every page answers, says what it is about, and holds no script, style or handler of its own."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

from api.comparing import compared, this_year
from api.pages.record import of_student, to_student
from catalogs.bundled import bundled, load
from catalogs.typical import typical_id
from pathways import files
from pathways.files import load_example
from pathways.moves import audit_everywhere
from pathways.planner import plan
from pathways.resilience import resilience
from requirements.comparison import CHOICE, ELECTIVES, SUBJECTS, TOTAL
from requirements.jurisdictions import jurisdictions
from requirements.listing import programs
from requirements.reader import load as load_program


def page(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = answer.text
    assert not re.search(r"<style|\sstyle=|<script>|\son[a-z]+=|javascript:", text), path
    assert len(re.findall(r"<h1[ >]", text)) == 1, path
    return text


def test_pages_without_a_name(client: TestClient) -> None:
    assert "Try an example student" in page(client, "/")
    assert "Which school?" in page(client, "/catalogs")
    assert "What does a program ask?" in page(client, "/programs")
    assert "What is on file for each state?" in page(client, "/programs/states")
    assert "What do the states ask?" in page(client, "/programs/compare")
    assert "What would count in another state?" in page(client, "/moves")
    assert "Best possible, proven" in page(client, "/help")


@pytest.mark.parametrize("catalog_id", bundled())
def test_pages_of_a_school(client: TestClient, catalog_id: str) -> None:
    catalog = load(catalog_id)
    assert str(len(catalog.courses)) in page(client, f"/catalogs/{catalog_id}")
    for subject in {course.subject for course in catalog.courses}:
        answer = client.get(f"/catalogs/{catalog_id}/map", params={"subject": subject})
        assert answer.status_code == 200
    for course in catalog.courses[::20]:
        assert course.code in page(client, f"/catalogs/{catalog_id}/courses/{course.code}")
    assert "Courses so far" in page(client, f"/record?catalog={catalog_id}")


def test_a_plan_says_how_far_it_goes_toward_the_goals(client: TestClient) -> None:
    answer = client.post("/plan", data={"example": "katy-nurse", "unchanged": "1"})
    assert answer.status_code == 200
    section = answer.text.partition("Toward the goals")[2].partition("</section>")[0]
    for words in ("Registered Nurses", "99 %", "Medical Terminology", "missing", "not beside graduation"):
        assert words in section


def test_pages_of_programs(client: TestClient) -> None:
    for one in programs():
        text = page(client, f"/programs/{one.id}")
        assert "How sure is this?" in text
        assert f"{len(load_program(one.id).references)} source" in text


def test_every_state_lists_its_programs_of_a_class(client: TestClient) -> None:
    everything = page(client, "/programs")
    for state in jurisdictions():
        assert f"/programs?state={state}&amp;entering={this_year()}" in everything
        text = page(client, f"/programs?state={state}&entering=2024")
        shown = {one.id for one in programs(state, 2024)}
        assert set(re.findall(r'<th scope="row"><a href="/programs/([^"]+)"', text)) == shown
        assert f"{len(shown)} program" in text


def test_this_years_class_is_the_default_and_any_can_be_asked_for(client: TestClient) -> None:
    now = page(client, "/programs?state=US-TX")
    assert f'value="{this_year()}"' in now
    assert "us-tx-fhsp-endorsement-2026" in now
    assert "us-tx-fhsp-endorsement-2014" not in now
    assert "us-tx-fhsp-endorsement-2014" in page(client, "/programs?state=US-TX&entering=")


def test_what_makes_no_sense_narrows_nothing(client: TestClient) -> None:
    assert "Choose a state." in page(client, "/programs?state=US-ZZ&kind=x&entering=soon")
    assert "No program fits" in page(client, "/programs?state=NCAA&kind=diploma")
    assert f"<option selected>{this_year()}</option>" in page(client, "/programs/compare?entering=1492")


def test_the_register_says_what_the_plan_policy_is(client: TestClient) -> None:
    text = page(client, "/programs/states")
    for one in jurisdictions().values():
        assert f'href="/programs?state={one.id}">{one.name}</a>' in text
        if one.plan_policy.name:
            assert str(escape(one.plan_policy.name)) in text


def test_the_comparison_is_a_picture_and_the_same_figures(client: TestClient) -> None:
    text = page(client, "/programs/compare?entering=2026")
    assert 'src="/api/v1/programs/compare.svg?entering=2026"' in text
    texas = compared(2026).credits["US-TX"]
    row = text.partition('state=US-TX&amp;entering=2026">Texas</a></th>')[2].partition("</tr>")[0]
    cells = re.findall(r"<td[^>]*>(?:<b>)?([^<]*)", row)
    assert [Fraction(cell or 0) for cell in cells] == [texas[name] for name in (*SUBJECTS, CHOICE, ELECTIVES, TOTAL)]


@pytest.mark.parametrize("state", ["NY", "LA", "CA"])
def test_typical_courses_are_marked_as_typical(client: TestClient, state: str) -> None:
    school = typical_id(state)
    assert f'value="{school}"' in page(client, "/")
    assert "It is not the list of any one school" in page(client, f"/record?catalog={school}")
    text = page(client, f"/catalogs/{school}")
    assert "not those of any one school" in text
    assert "as printed by the school" not in text
    assert client.get(f"/catalogs?catalog={school}").url.path == f"/catalogs/{school}"
    form = {"catalog": school, "name": "Kim", "entering": "2026", "year": "2026", "term": "S1"}
    assert "It is not the list of any one school" in client.post("/plan", data=form).text


def test_a_record_is_shown_in_every_state(client: TestClient) -> None:
    answer = client.post("/moves", data={"example": "katy-recovery"})
    assert answer.status_code == 200
    student = files.load_example("katy-recovery")
    found = audit_everywhere(student, load(student.catalog))
    for one in found:
        assert f'<button class="btn btn--s" name="to" value="{one.state}">' in answer.text
        assert f'href="/programs/{one.program}"' in answer.text


def test_a_record_entered_by_hand_moves_as_it_is(client: TestClient) -> None:
    form = {"catalog": "katy-isd-tx", "name": "Kim", "entering": "2025", "year": "2026", "term": "S1"}
    form |= {"taken": "0101, A, 2025\r\n0211, B, 2025"}
    answer = client.post("/moves", data={**form, "to": "NY"})
    assert answer.status_code == 200
    assert "Kim in New York" in answer.text
    (carried,) = set(re.findall(r'name="record" value="([^"]+)"', answer.text))
    taken = json.loads(html.unescape(carried))["transcript"]
    assert [(one["course"], one["mark"], one["year"]) for one in taken] == [("0101", "A", 2025), ("0211", "B", 2025)]
    made = client.post("/plan", data={"record": html.unescape(carried), "to": "NY"})
    assert made.status_code == 200
    assert "Typical high school, New York" in made.text
    assert "English 1" in made.text
    assert '<input type="hidden" name="to" value="NY">' in made.text


def test_a_record_that_cannot_be_read_comes_back(client: TestClient) -> None:
    form = {"catalog": "katy-isd-tx", "name": "Kim", "entering": "2025", "year": "2026", "term": "S1"}
    for wrong in ({"taken": "nothing like this"}, {"to": "ZZ"}):
        answer = client.post("/moves", data={**form, **wrong})
        assert answer.status_code == 422
        assert "What you entered is still here" in answer.text


def test_wishes_that_the_form_does_not_show_are_kept(client: TestClient) -> None:
    from dataclasses import replace

    from api.pages.record import of_student, to_student

    for name in ("katy-grade-eight", "woodinville-balanced"):
        student = files.load_example(name)
        form = replace(of_student(student), name="Somebody else")
        assert to_student(form) == student.model_copy(update={"name": "Somebody else"})
        assert "for the shape of the years" in page(client, f"/record?example={name}")


def test_a_plan_says_what_became_of_each_wish(client: TestClient) -> None:
    answer = client.post("/plan", data={"example": "katy-grade-eight"})
    assert answer.status_code == 200
    assert "at least 1 course of mathematics in every school year" in answer.text
    assert "in each of the 4 school years" in answer.text
    assert "Grade 8" in answer.text
    missed = client.post("/plan", data={"example": "woodinville-balanced"}).text
    assert "not granted; the diploma is complete in 2029-S2" in missed


def test_a_plan_is_asked_what_it_survives(client: TestClient) -> None:
    form = {"example": "woodinville-senior", "unchanged": "1"}
    made = client.post("/plan", data=form).text
    assert "What does it survive?" in made
    text = client.post("/resilience", data=form).text
    found = resilience(plan(files.load_example("woodinville-senior")))
    for one in found.courses:
        assert str(escape(one.title)) in text
    assert text.count("Not in time") == sum(one.survived is False for one in (*found.courses, *found.terms))
    assert "complete 2 terms later, in Semester 2 of 2027–2028" in text
    late = {"catalog": "katy-isd-tx", "name": "Late", "entering": "2023", "year": "2026", "term": "S2"}
    assert "What does it survive?" not in client.post("/plan", data=late).text
    assert client.post("/resilience", data=late).status_code == 422


def test_unknown_pages_are_pages(client: TestClient) -> None:
    for path in ("/nothing", "/catalogs/katy", "/programs/x", "/record?example=nobody", "/record?catalog=x", "/record"):
        assert "There is no such thing" in page(client, path, 404)
    assert "Did you mean katy-isd-tx?" in page(client, "/catalogs/katy-isd", 404)


def test_what_cannot_be_reached_is_said_with_its_conflict(client: TestClient) -> None:
    form = {
        "catalog": "katy-isd-tx",
        "name": "Late",
        "entering": "2023",
        "year": "2026",
        "term": "S2",
        "taken": "0101, A, 2023-S1",
    }
    answer = client.post("/plan", data=form)
    assert answer.status_code == 200
    assert 'class="conflict"' in answer.text
    assert "What is still missing" in answer.text
    assert "complete after" not in answer.text


def test_text_of_a_record_is_shown_as_text(client: TestClient) -> None:
    form = {"catalog": "katy-isd-tx", "name": "<script>x</script>", "entering": "soon", "year": "2026", "term": "S1"}
    answer = client.post("/plan", data=form)
    assert answer.status_code == 422
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


def test_careers_are_searched_and_shown_with_a_schools_courses(client: TestClient) -> None:
    assert "Advanced Manufacturing" in page(client, "/careers")
    assert 'href="/careers/17-2141.00"' in page(client, "/careers?q=mechanical+enginer")
    assert "No name has a word like these" in page(client, "/careers?q=qqqqq")
    text = page(client, "/careers/17-2141.00?catalog=katy-isd-tx")
    assert "$102,320" in text
    assert 'href="/catalogs/katy-isd-tx/courses/0431"' in text
    assert "AP Physics 1 counts 0.60 for Mechanical Engineers" in text
    assert "None at this school." in text
    assert "O*NET is a trademark of USDOL/ETA" in text
    for goal in ("construction", "advanced-manufacturing/engineering", "14.1901", "01.0508", "55-3016.00"):
        page(client, f"/careers/{goal}")
    assert "15-1252.00 Software Developers" in page(client, "/careers/15-1132", 404)


def test_interests_are_matched_from_answers_and_from_scores(client: TestClient) -> None:
    empty = page(client, "/careers/interests")
    assert len(re.findall(r'type="radio"', empty)) == 24 * 5
    assert "What resembles this profile" not in empty
    scored = page(client, "/careers/interests?R=10&I=32&A=6&S=9&E=8&C=18&zone=4")
    assert 'href="/careers/15-2051.00"' in scored
    assert "rules nothing out" in scored
    answered = page(client, "/careers/interests?" + "&".join(f"a{n}={n % 5}" for n in range(1, 25)))
    assert len(re.findall(r" checked", answered)) == 24
    missing = page(client, "/careers/interests?a1=3", 422)
    assert "The answer to question 2 (investigative) is missing" in missing
    assert len(re.findall(r" checked", missing)) == 1, "what was answered is kept"


def test_goals_that_the_form_does_not_show_keep_their_place() -> None:
    student = load_example("katy-nurse")
    changed = to_student(replace(of_student(student), load_max="6"))
    assert changed.load.max == 6
    assert changed.goals == student.goals
