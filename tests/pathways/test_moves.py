"""A student who moves: one record under the rules of every state, and the plan that finishes there."""

from __future__ import annotations

from fractions import Fraction

import pytest

from catalogs import InputError
from catalogs.typical import states
from pathways.files import load_example
from pathways.moves import audit_everywhere, moved
from pathways.planner import load_catalog, plan
from pathways.student import Goal
from requirements.check import check
from requirements.crediting import credit_entries
from requirements.normal import size_of
from requirements.reader import load


@pytest.mark.parametrize("name", ["katy-recovery", "woodinville-senior", "montclair-transfer", "typical-new-york"])
def test_every_state_is_told_soundly(name: str) -> None:
    student = load_example(name)
    catalog = load_catalog(student)
    found = audit_everywhere(student, catalog)
    assert {one.state for one in found} == set(states())
    entries, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    earned = sum((entry.amount for entry in entries), Fraction(0))
    for one in found:
        program = load(one.program)
        args = (student.decisions, student.achievements, catalog.grading)
        assert check(program, entries, one.report, *args) == ()
        assert one.counted <= earned
        assert not one.missing or one.short or one.report.requirements[-1].missing
        # Ways of a choice differ in size, so that the one nearest to the student may ask more than another.
        most = sum((size_of(rule) for rule in program.requirements), Fraction(0)) / program.unit.year_course
        assert one.counted + one.asked + one.missing <= max(one.need, most)
        assert one.doubts == program.doubts
    order = [(not one.need, one.missing) for one in found]
    assert order == sorted(order)


def test_some_states_or_another_class() -> None:
    student = load_example("woodinville-senior")
    catalog = load_catalog(student)
    texas, york = audit_everywhere(student, catalog, only=["NY", "TX"])[::-1]
    assert {texas.state, york.state} == {"TX", "NY"}
    (later,) = audit_everywhere(student, catalog, only=["TX"], entering=2030)
    assert later.program == "us-tx-fhsp-endorsement-2026"
    with pytest.raises(InputError, match="no state 'TEXAS'"):
        audit_everywhere(student, catalog, only=["TEXAS"])


def test_goals_of_the_old_school_stay_behind() -> None:
    student = load_example("katy-fresh")
    goals = (*student.goals, Goal(study="Graphic Design"), Goal(career="29-1141.00"))
    there = moved(student.model_copy(update={"goals": goals}), load_catalog(student), "NY")
    assert there.goals == (Goal(career="29-1141.00"),)


def test_the_record_moves_whole() -> None:
    student = load_example("katy-recovery")
    catalog = load_catalog(student)
    there = moved(student, catalog, "CA")
    new = load_catalog(there)
    before, _ = credit_entries(student.transcript, catalog, entering=student.entering)
    after, _ = credit_entries(there.transcript, new, entering=there.entering)
    assert [(e.title, e.amount, e.mark, e.grade, e.stage) for e in after] == [
        (e.title, e.amount, e.mark, e.grade, e.stage) for e in before
    ]
    assert [e.subject.sced for e in after] == [e.subject.sced for e in before]
    assert (there.state, there.catalog, there.entering) == ("CA", "typical-us-ca", student.entering)
    assert there.achievements == student.achievements
    assert not any(goal.program and goal.program.startswith("us-tx") for goal in there.goals)


def test_goals_of_no_state_come_along() -> None:
    student = load_example("del-norte-uc")
    there = moved(student, load_catalog(student), "NV")
    kept = {goal.program for goal in there.goals}
    assert kept <= {goal.program for goal in student.goals}
    assert not any(program and load(program).jurisdiction.startswith("US-CA") for program in kept)


def test_terms_of_another_calendar() -> None:
    """The second of three trimesters is past half the year's start: the second semester is the next to begin."""
    student = load_example("del-norte-uc")
    catalog = load_catalog(student)
    year = student.now.partition("-")[0]
    names = catalog.calendar.term_names
    at = {name: moved(student.model_copy(update={"now": f"{year}-{name}"}), catalog, "TX").now for name in names}
    assert at[names[0]] == f"{year}-S1"
    assert at[names[1]] == at[names[2]] == f"{year}-S2"


@pytest.mark.parametrize("state", ["TX", "CA", "IN", "WA"])
def test_the_rest_is_planned_there(state: str) -> None:
    student = load_example("montclair-transfer")
    made = plan(moved(student, load_catalog(student), state))
    assert made.verified, made.problems
    assert made.certificate.proven
