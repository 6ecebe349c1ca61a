"""A fresh ninth grader in every state, on its typical catalog: each diploma is planned, proven and verified."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from catalogs.typical import typical_id
from pathways.plan import Plan
from pathways.planner import plan
from pathways.student import Student
from requirements.listing import ProgramSummary, programs

DIPLOMAS = [one for one in programs(kind="diploma") if "/" not in one.jurisdiction]
# What an ordinary school does not offer: occupational and life-skills courses for students with disabilities.
NOT_OFFERED = {"us-ms-alternate-2018", "us-nc-occupational-2021"}


def fresh(program: ProgramSummary) -> Plan:
    cohorts = program.cohorts
    entering = 2026 if 2026 in cohorts else cohorts.from_ or cohorts.to
    state = program.jurisdiction.removeprefix("US-")
    record = {
        "id": "fresh",
        "name": "Fresh",
        "catalog": typical_id(state),
        "state": state,
        "entering": entering,
        "now": f"{entering}-S1",
        "goals": [{"program": program.id}],
    }
    return plan(Student.model_validate(record))


@pytest.mark.parametrize("program", [one for one in DIPLOMAS if one.id not in NOT_OFFERED], ids=lambda one: one.id)
def test_planned(program: ProgramSummary) -> None:
    made = fresh(program)
    assert made.status == "optimal"
    assert made.certificate.proven
    assert made.verified, made.problems
    assert made.unmet == ()


def test_a_student_who_names_only_a_state() -> None:
    made = plan(Student.model_validate({"id": "a", "name": "A", "state": "ME", "entering": 2026, "now": "2026-S1"}))
    assert (made.catalog, made.status) == ("typical-us-me", "optimal")
    with pytest.raises(ValidationError, match="catalog"):
        Student.model_validate({"id": "a", "name": "A", "entering": 2026, "now": "2026-S1"})


@pytest.mark.parametrize("program", [one for one in DIPLOMAS if one.id in NOT_OFFERED], ids=lambda one: one.id)
def test_not_offered(program: ProgramSummary) -> None:
    made = fresh(program)
    assert made.status == "infeasible"
    assert made.verified, made.problems
    assert made.conflict is not None
