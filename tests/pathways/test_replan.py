"""Planning again from a plan in force: what moves, what stays, and the reasons given."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogs import Catalog, InputError
from catalogs.bundled import bundled, load
from pathways.changes import Change
from pathways.files import load_example
from pathways.plan import Plan
from pathways.planner import plan
from pathways.replan import Events, Grade, Replan, record_after, replan
from pathways.solver import solve
from pathways.student import Cancelled, Student
from pathways.verify import verify
from requirements.language import Program
from tests.pathways.school import (
    compiled,
    course,
    credits,
    half,
    known,
    person,
    places,
    planned,
    program,
    school,
    versions,
)
from tests.pathways.test_laws import drawn
from tests.students import student


def again(catalog: Catalog, made: Plan, /, *programs: Program, new: Catalog | None = None, **events: Any) -> Replan:
    """Plan again, verified."""
    with known(*programs):
        found = replan(made, Events.model_validate(events), catalog, new)
    assert found.plan.verified, found.plan.problems
    return found


def fates(found: Replan) -> dict[str, str]:
    return {change.course: change.fate for change in found.changes}


def of(found: Replan, code: str, fate: str) -> Change:
    return next(c for c in found.changes if (c.course, c.fate) == (code, fate))


CHAIN = school(
    course("B", title="Biology", sced="03051"),
    course("C", title="Chemistry", needs="B", sced="03101"),
    course("P", title="Physics", needs="C", sced="03151"),
    course("A", title="Art"),
    course("M", title="Music"),
    most=2,
    summer=1,
)
RULES = program(credits("science", 2, "B", "C", "P"), credits("arts", 1, "A", "M"))


class TestFailed:
    def plan(self, **more: Any) -> Plan:
        return planned(CHAIN, person(**more), RULES)

    def test_the_chain_shifts_and_says_why(self) -> None:
        made = self.plan()
        assert places(made)["C"] == ["2027-S1"]
        found = again(CHAIN, made, RULES, grades=[{"course": "B", "mark": "F"}])
        assert places(found.plan)["B"] == ["2027-S1"]
        [later] = places(found.plan)["C"]  # with or without a pause: the loads make both as good
        assert later in ("2028-S1", "2029-S1")
        assert fates(found) | {"B": "failed"} == fates(found) | {"C": "moved"} | {"B": "failed"}
        moved = of(found, "C", "moved")
        assert (moved.was, moved.now) == ("2027-S1", later)
        assert moved.why == "it needs Biology first, which was not passed in 2026–27 and comes back in 2027-S1"
        assert of(found, "B", "added").why == "Biology was not passed in 2026–27 and comes back"
        assert of(found, "B", "failed").why == "not passed (F)"

    def test_a_failed_course_comes_back_in_summer(self) -> None:
        made = self.plan(summer={"allowed": True}, graduate="2028-S2")
        found = again(CHAIN, made, RULES, grades=[{"course": "B", "mark": "F"}])
        assert places(found.plan)["B"] == ["2026-Summer"]
        assert places(found.plan)["C"] == places(made)["C"]
        assert of(found, "C", "kept").why is None

    def test_passing_marks_change_nothing(self) -> None:
        made = self.plan()
        marks = [{"course": p.course, "mark": "B"} for p in made.placements if p.year == 2026]
        found = again(CHAIN, made, RULES, grades=marks)
        assert {c.fate for c in found.changes} == {"done", "kept"}
        assert found.plan.request.now == "2027-S1"
        assert not found.notes
        assert of(found, "B", "done").why == "passed (B)"

    def test_without_their_marks_other_courses_count_as_passed(self) -> None:
        catalog = school(course("B"), course("C"), course("A"), most=2)
        rules = program(credits("x", 3))
        pins = [{"course": code, "term": "2026-S1"} for code in "BC"]
        made = planned(catalog, person(grade=11, pins=pins), rules)
        first, other = "B", "C"
        found = again(catalog, made, rules, grades=[{"course": first, "mark": "F"}])
        assert found.plan.request.now == "2026-S2"
        assert found.notes[0] == f"1 course that has no mark yet by 2026-S2 counted as passed: Course {other} ({other})"
        assert fates(found)[other] == "done"

    def test_a_course_withdrawn_from_while_it_goes_on(self) -> None:
        made = self.plan()
        found = again(CHAIN, made, RULES, grades=[{"course": "B", "mark": "W"}], now="2026-S1")
        assert of(found, "B", "failed").why == "not passed (W)"
        assert found.plan.request.now in ("2026-S1", "2026-S2")
        assert places(found.plan)["C"] in (["2028-S1"], ["2029-S1"])

    def test_a_course_that_was_in_progress(self) -> None:
        line = {"course": "B", "year": 2026, "term": "S1", "grade": 9, "in_progress": True}
        made = planned(CHAIN, person(transcript=[line]), RULES)
        found = again(CHAIN, made, RULES, grades=[{"course": "B", "mark": "F"}])
        change = of(found, "B", "failed")
        assert (change.was, change.why) == ("2026-S1", "not passed (F)")
        assert of(found, "C", "moved").why is not None
        assert found.words.startswith("1 not passed, ")

    def test_news_upon_news(self) -> None:
        """A plan that came of news is itself a plan in force."""
        first = again(CHAIN, self.plan(), RULES, grades=[{"course": "B", "mark": "F"}]).plan
        second = again(CHAIN, first, RULES, grades=[{"course": "B", "mark": "C"}])
        assert fates(second)["C"] == "kept"
        assert second.plan.request.now >= "2027-S2"


class TestCancelled:
    catalog = school(course("A", title="Art"), course("M", title="Music"), half("H"), half("K"), most=2)

    def test_in_one_term_it_moves(self) -> None:
        rules = program(credits("a", 1, "A"))
        made = planned(self.catalog, person(grade=10), rules)
        (was,) = places(made)["A"]
        found = again(self.catalog, made, rules, cancelled=[{"course": "A", "term": was}])
        moved = of(found, "A", "moved")
        assert moved.now != was
        assert moved.why == f"it is not offered in {was} after all"

    def test_altogether_another_takes_its_place(self) -> None:
        rules = program(credits("arts", 1, "A", "M", name="Arts"))
        made = planned(self.catalog, person(wishes=[{"course": "A"}]), rules)
        found = again(self.catalog, made, rules, cancelled=[{"course": "A"}])
        assert of(found, "A", "dropped").why == "it is not offered any more"
        assert of(found, "M", "added").why == "it counts for Arts in place of Art"
        with known(rules):
            assert verify(found.plan, self.catalog) == ()
            back = found.plan.as_json()
            back["placements"][0] |= {"course": "A", "title": "Art"}
            assert any("cancelled" in wrong for wrong in verify(Plan.model_validate(back), self.catalog))

    def test_a_version_stands_for_it(self) -> None:
        catalog = school(*versions(course("E"), course("EH", level="honors")), course("X"))
        rules = program(credits("e", 1, "E", "EH"))
        made = planned(catalog, person(), rules)
        assert list(places(made)) == ["E"]
        found = again(catalog, made, rules, cancelled=[{"course": "E"}])
        change = of(found, "E", "replaced")
        assert (change.instead, change.now) == ("EH", places(found.plan)["EH"][0])


class TestReasons:
    def test_room_is_made(self) -> None:
        catalog = school(course("A"), course("B", title="Bees", grades=(12,)), course("C", title="Cats"), most=1)
        rules = program(credits("b", 1, "B", "C"))
        made = planned(catalog, person(grade=12, wishes=[{"course": "C"}]), rules)
        assert list(places(made)) == ["C"]
        edited = made.request.model_copy(update={"pins": person(pins=[{"course": "B", "by_grade": 12}]).pins})
        found = again(catalog, made, rules, student=edited.model_dump())
        assert of(found, "C", "dropped").why == "to make room for Bees: 2026-S1 has no room left"
        assert of(found, "B", "added").why == "it is pinned now"

    def test_the_solver_is_asked_what_keeping_it_would_cost(self) -> None:
        """Only one of the two earns credit: the wish for the other now weighs more."""
        catalog = school(course("A", tags=("excludes:B",)), course("B"), most=3)
        rules = program(credits("x", 1, "A", "B"))
        made = planned(catalog, person(grade=12, wishes=[{"course": "A"}]), rules)
        wishes = person(wishes=[{"course": "A"}, {"course": "B", "weight": 3}]).wishes
        found = again(catalog, made, rules, student=made.request.model_copy(update={"wishes": wishes}).model_dump())
        assert of(found, "A", "dropped").why == "kept in 2026-S1, it would cost a wish that counts"
        assert of(found, "B", "added").why == "it is wished for now"

    def test_nothing_is_called_kept_that_moved(self) -> None:
        catalog = school(course("J", repeatable=8), course("B"), most=1)
        rules = program(credits("j", 2, "J"), credits("b", 1, "B"))
        made = planned(catalog, person(grade=10), rules)
        found = again(catalog, made, rules)
        assert [c.fate for c in found.changes] == ["kept"] * 3


class TestNearness:
    """The degrees: a course in its term, in another term, another version."""

    def points(self, catalog: Catalog, rules: Program, **more: Any) -> int:
        problem = compiled(catalog, person(grade=12, nearness="before_quality", **more), rules).problem
        return {tier.name: tier.value for tier in solve(problem).tiers}["nearness"]

    def test_degrees(self) -> None:
        catalog = school(*versions(half("E"), half("EH", level="honors")))
        rules = program(credits("e", "0.5", "E", "EH"))
        force = [{"course": "E", "term": "2026-S1"}]
        assert self.points(catalog, rules, plan_in_force=force) == 3
        off = [{"course": "E", "term": "2026-S1"}]
        assert self.points(catalog, rules, plan_in_force=force, cancelled=off) == 2
        assert self.points(catalog, rules, plan_in_force=force, cancelled=[{"course": "E"}]) == 1

    def test_repeats_beyond_those_in_force_are_worth_nothing(self) -> None:
        catalog = school(half("J", repeatable=4))
        rules = program(credits("j", "0.5", "J"))
        assert self.points(catalog, rules, plan_in_force=[{"course": "J", "term": "2026-S2"}]) == 3

    def test_it_goes_before_quality_only_where_said(self) -> None:
        catalog = school(course("P", level="ap"), course("R"))
        rules = program(credits("x", 1))
        force = [{"course": "P", "term": "2026-S1"}]
        for nearness, best in (("before_quality", "P"), ("after_quality", "R")):
            found = planned(catalog, person(grade=12, plan_in_force=force, nearness=nearness), rules)
            assert list(places(found)) == [best]


class TestOtherCatalogs:
    def test_a_new_edition_without_a_course(self) -> None:
        old = school(course("A", title="Art", sced="05154"), course("M", title="Music", sced="05101"))
        new = replace(old, courses=old.courses[1:], edition="2027")
        rules = program(credits("arts", 1, "A", "M", name="Arts"))
        made = planned(old, person(wishes=[{"course": "A"}]), rules)
        found = again(old, made, rules, new=new, catalog="new")
        assert of(found, "A", "dropped").why == "Small High School does not offer it any more"
        assert list(places(found.plan)) == ["M"]
        assert any("does not have it" in note for note in found.notes)

    def test_what_was_earned_stays_earned(self) -> None:
        old = school(course("A", sced="01001"), course("B", sced="01002", needs="A"))
        new = replace(old, courses=(course("B", sced="01002"),), edition="2027")
        rules = program(credits("x", 2, selector={"any_course": True}))
        made = planned(old, person(), rules)
        marks = [{"course": "A", "mark": "B"}]
        found = again(old, made, rules, new=new, catalog="new", grades=marks)
        assert found.plan.status == "optimal"
        assert places(found.plan) == {"B": places(made)["B"]}

    def test_a_catalog_without_national_codes(self) -> None:
        old, new = school(course("A", sced="01001")), replace(school(course("X")), name="Other", district="Other")
        made = planned(old, person(), program(credits("x", 1)))
        with pytest.raises(InputError, match="bear no national codes") as error, known(program(credits("x", 1))):
            replan(made, Events(catalog="other"), old, new)
        assert "sced propose" in str(error.value)

    @pytest.mark.parametrize("other", ["woodinville-hs-wa", "montclair-hs-nj", "typical-us-ny"])
    def test_to_another_school(self, other: str) -> None:
        made = plan(load_example("katy-fresh"))
        found = replan(made, Events(catalog=other, now="2026-S2"))
        assert found.plan.verified, found.plan.problems
        assert found.plan.catalog == load(other).id
        earned = [line for line in found.plan.record if line.stage == "in_progress"]
        assert len(earned) == sum(place.year == 2026 for place in made.placements)
        kept = [change for change in found.changes if change.fate == "kept"]
        assert len(kept) >= 8
        for change in kept:
            before = load("katy-isd-tx").by_code[change.course].sced
            assert load(other).by_code[change.instead or change.course].sced == before


@pytest.fixture(scope="module")
def made() -> Plan:
    return planned(CHAIN, person(), RULES)


class TestMistakes:
    @pytest.mark.parametrize(
        ("events", "said"),
        [
            ({"grades": [{"course": "Q", "mark": "A"}]}, "no course 'Q'"),
            ({"grades": [{"course": "P", "mark": "A"}]}, "Physics (P), which is neither planned nor in progress"),
            ({"grades": [{"course": "B", "mark": "A", "term": "2029-S1"}]}, "planned in 2026-S1"),
            ({"grades": [{"course": "B", "mark": "A"}] * 2}, "so often"),
            ({"grades": [{"course": "B", "mark": "excellent"}]}, "'excellent' cannot be read"),
            ({"grades": [{"course": "C", "mark": "A"}], "now": "2026-S2"}, "a term still to come"),
            ({"grades": [{"course": "B", "mark": "A"}], "now": "2026-S1"}, "a term still to come"),
            ({"now": "2050-S1"}, "no term of the plan"),
            ({"cancelled": [{"course": "Q"}]}, "no course 'Q'"),
            ({"cancelled": [{"course": "C", "term": "2026-S1"}], "now": "2026-S2"}, "not a term to come"),
        ],
    )
    def test_each_names_the_mend(self, made: Plan, events: dict[str, Any], said: str) -> None:
        with pytest.raises(InputError) as error:
            again(CHAIN, made, RULES, **events)
        assert said in str(error.value)
        assert error.value.mend

    def test_the_record_of_somebody_else(self, made: Plan) -> None:
        other = made.request.model_copy(update={"id": "other"})
        with pytest.raises(InputError, match="the record is that of other"):
            again(CHAIN, made, RULES, student=other.model_dump())

    def test_an_edited_record_of_another_catalog(self, made: Plan) -> None:
        other = made.request.model_copy(update={"catalog": "katy-isd-tx"})
        with pytest.raises(InputError, match="as catalog of the news"):
            again(CHAIN, made, RULES, student=other.model_dump())

    def test_a_later_graduation_after_the_last_term(self) -> None:
        made = planned(CHAIN, person(grade=12), program(credits("a", 1, "A")))
        later = made.request.model_copy(update={"graduate": "2027-S2"})
        found = again(
            CHAIN,
            made,
            program(credits("a", 1, "A")),
            grades=[{"course": "A", "mark": "F"}],
            student=later.model_dump(),
        )
        assert places(found.plan) == {"A": ["2027-S1"]}
        assert of(found, "A", "added").why == "Art was not passed in 2026–27 and comes back"

    def test_nothing_is_left_to_plan(self) -> None:
        made = planned(CHAIN, person(grade=12), program(credits("a", 1, "A")))
        with pytest.raises(InputError, match="the last term of the plan, is over"):
            again(CHAIN, made, RULES, grades=[{"course": "A", "mark": "F"}])


# --------------------------------------------------------------------------------------------------------------- laws


def in_force(seed: int) -> tuple[Catalog, list[Program], Plan]:
    catalog, who, rules = drawn(seed)
    return catalog, rules, planned(catalog, who, *rules)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_without_news_nothing_changes(seed: int) -> None:
    catalog, rules, made = in_force(seed)
    found = again(catalog, made, *rules)
    assert {change.fate for change in found.changes} <= {"kept"}
    assert places(found.plan) == places(made)


@given(seed=st.integers(0, 10_000), pick=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_pins_and_completed_terms_never_move(seed: int, pick: Random) -> None:
    catalog, who, rules = drawn(seed)
    free = planned(catalog, who, *rules)
    if not free.placements:
        return
    pinned = pick.choice(free.placements)
    where = {"course": pinned.course, "term": f"{pinned.year}-{pinned.term}"}
    made = planned(catalog, who.model_copy(update={"pins": person(pins=[where]).pins}), *rules)
    failed = pick.choice(made.placements)
    try:
        found = again(catalog, made, *rules, grades=[{"course": failed.course, "mark": "F"}])
    except InputError as error:
        # The pinned course needs the one that failed, or nothing is left: the pin is not moved for that.
        assert error.place in ("pins", "grades")
        return
    record, _ = record_after(made, catalog, [Grade(course=failed.course, mark="F")])
    ahead = {(place.course, place.term) for place in record.plan_in_force}
    assert found.plan.request.transcript[: len(who.transcript)] == made.request.transcript
    over = {(p.course, f"{p.year}-{p.term}") for p in made.placements} - ahead
    lines = {(line.course, f"{line.year}-{line.term}") for line in found.plan.request.transcript}
    assert over <= lines
    if (pinned.course, where["term"]) in ahead and found.plan.tiers:
        assert where["term"] in places(found.plan).get(pinned.course, [])


@given(seed=st.integers(0, 10_000), pick=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_nearness_never_costs_graduation_goals_or_wishes(seed: int, pick: Random) -> None:
    catalog, rules, made = in_force(seed)
    if not made.placements:
        return
    gone = pick.choice(made.placements).course
    found = again(catalog, made, *rules, cancelled=[{"course": gone}])
    fresh = planned(catalog, found.plan.request.model_copy(update={"plan_in_force": ()}), *rules)
    plain = {t.name: t.value for t in fresh.tiers if t.name != "quality"}
    assert plain == {t.name: t.value for t in found.plan.tiers if t.name not in ("quality", "nearness")}


@pytest.mark.parametrize("catalog_id", bundled())
@pytest.mark.parametrize("seed", range(2))
def test_real_schools(catalog_id: str, seed: int) -> None:
    made = plan(student(catalog_id, seed))
    if not made.placements:
        pytest.skip("nothing is planned")
    found = replan(made, Events(grades=(Grade(course=made.placements[0].course, mark="F"),)))
    assert found.plan.verified, found.plan.problems
    assert all(change.why for change in found.changes if change.fate not in ("kept", "done"))
    ahead = {"kept", "moved", "replaced"}
    assert sum(c.fate in (*ahead, "added") for c in found.changes) == len(found.plan.placements)
    assert sum(c.fate != "added" for c in found.changes) == len(made.placements)
    assert Student.model_validate(found.plan.request.model_dump()) == found.plan.request
    assert replan(made, Events(cancelled=(Cancelled(course=made.placements[-1].course),))).plan.verified
