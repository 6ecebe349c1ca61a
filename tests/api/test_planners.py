"""Plans are kept for what is asked about them: by their content, so many, and never instead of a better search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import known, planning
from api.app import create_app
from api.planning import Planners
from api.settings import Settings
from pathways import files
from pathways.planner import Task
from pathways.solver import Limits
from pathways.student import Student

LIMITS = Limits(seconds=20.0)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The students for whom a plan was begun from the record."""
    begun: list[str] = []
    of = Task.of

    def counted(student: Student, *more: Any) -> Task:
        begun.append(student.id)
        return of(student, *more)

    monkeypatch.setattr(planning.Task, "of", counted)
    return begun


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    with TestClient(create_app(Settings())) as client:
        yield client


def test_a_question_costs_no_plan_again(fresh: TestClient, compiled: list[str]) -> None:
    student = files.load_example("katy-recovery").model_dump_json(by_alias=True)
    assert fresh.post("/plan", data={"example": "katy-recovery"}).status_code == 200
    assert len(compiled) == 1
    for course in ("0102", "7011", "0102"):
        assert fresh.post("/why", data={"record": student, "asked": course}).status_code == 200
    assert fresh.post("/plan/news", data={"record": student}).status_code == 200
    assert fresh.post("/resilience", data={"record": student}).status_code == 200
    assert len(compiled) == 1


def test_another_record_is_another_plan(compiled: list[str]) -> None:
    planners = Planners(Settings())
    student = files.load_example("woodinville-senior")
    catalog = known.catalog_of(student)
    for other in (student, student.model_copy(update={"name": "Else"}), student):
        made = planners._make(other, catalog, limits=LIMITS, stop=Event())
        assert made.plan.request == other
    changed = replace(catalog, edition="another")
    assert planners._make(student, changed, limits=LIMITS, stop=Event()).plan.edition == "another"
    assert len(compiled) == 3


def test_so_many_are_kept(monkeypatch: pytest.MonkeyPatch, compiled: list[str]) -> None:
    monkeypatch.setattr(planning, "KEPT", 2)
    planners = Planners(Settings())
    student = files.load_example("woodinville-senior")
    catalog = known.catalog_of(student)
    records = [student.model_copy(update={"name": name}) for name in "ABC"]
    for record in (*records, records[2], records[1], records[0]):
        planners._make(record, catalog, limits=LIMITS, stop=Event())
    assert len(compiled) == 4  # only the first had to go


def test_what_was_not_proven_is_searched_again_for_a_plan_but_not_for_a_question(compiled: list[str]) -> None:
    planners = Planners(Settings())
    student = files.load_example("woodinville-senior")
    catalog = known.catalog_of(student)
    made = planners._make(student, catalog, limits=LIMITS, stop=Event())
    open_tiers = tuple(replace(tier, bound=tier.bound - 1) for tier in made.answer.tiers)
    planners._keep(replace(made, answer=replace(made.answer, tiers=open_tiers)))
    asked = planners._make(student, catalog, limits=LIMITS, stop=Event())
    assert not asked.answer.proven
    assert len(compiled) == 1
    assert planners._make(student, catalog, anew=True, limits=LIMITS, stop=Event()).answer.proven
    assert len(compiled) == 2


def test_a_search_that_was_stopped_is_not_kept(compiled: list[str]) -> None:
    planners = Planners(Settings())
    student = files.load_example("woodinville-senior")
    catalog = known.catalog_of(student)
    stopped = Event()
    stopped.set()
    planners._make(student, catalog, limits=LIMITS, stop=stopped)
    assert planners._make(student, catalog, limits=LIMITS, stop=Event()).answer.proven
    assert len(compiled) == 2
