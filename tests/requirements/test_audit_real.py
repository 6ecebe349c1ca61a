"""The audit on the bundled rules: nothing is met by nothing, the checker agrees, no order shows, JSON is whole."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from catalogs.bundled import bundled, load
from requirements import listing, reader
from requirements.audit import audit
from requirements.check import check
from requirements.crediting import credit_entries
from requirements.decisions import Achievement, CountsFor, Decisions, PersonalSubstitution, Waiver
from requirements.language import Program, Task, walk
from requirements.record import STAGES, Entry, subject_of
from requirements.report import AuditReport
from requirements.selector import Subject
from tests.students import student

PROGRAMS = [one.id for one in listing.programs()]


def wild_record(rng: random.Random, size: int) -> tuple[list[Entry], str]:
    """Random courses of a random catalog, in parts, some without mark or grade, some known by their subject only."""
    name = rng.choice(bundled())
    catalog = load(name)
    entries = []
    for i, course in enumerate(rng.sample(list(catalog.courses), size)):
        whole = course.credits / catalog.year_credits
        entries.append(
            Entry(
                f"{course.code}@{i}",
                course.title,
                subject_of(course),
                rng.choice([whole, whole, whole / 2, Fraction(0)]),
                rng.choice(STAGES),
                mark=rng.choice(["A", "B", "C", "D", "P", None]),
                grade=rng.choice([9, 10, 11, 12, None]),
            )
        )
    areas = ["mathematics", "world_language", "arts", "electives"]
    return [replace(e, subject=Subject(area=rng.choice(areas))) if rng.random() < 0.1 else e for e in entries], name


def wild_decisions(rng: random.Random, program: Program, entries: list[Entry]) -> Decisions:
    paths = [path for path, _ in walk(program.requirements)]

    def course() -> str:
        entry = rng.choice(entries)
        return entry.subject.code or entry.id

    return Decisions(
        waivers=tuple(
            Waiver(
                requirement=rng.choice(paths),
                credits=rng.choice([None, Fraction(1), Fraction(1, 2)]),
                reason=f"reason {i}",
                by="principal",
            )
            for i in range(rng.choice([0, 0, 1, 2]))
        ),
        substitutions=tuple(
            PersonalSubstitution(requirement=rng.choice(paths), course=course(), reason="alike", by="principal")
            for _ in range(rng.choice([0, 0, 1, 2]))
        ),
        counts=tuple(
            CountsFor(requirement=rng.choice(paths), course=course(), by=rng.choice([None, "counselor"]))
            for _ in range(rng.choice([0, 0, 1, 3]))
        ),
    )


def wild_achievements(rng: random.Random, program: Program) -> tuple[Achievement, ...]:
    return tuple(
        Achievement(
            requirement=rng.choice([path, None]),
            task=rule.task,
            amount=rng.choice([None, Fraction(3), Fraction(20)]),
            status=rng.choice(["done", "done", "in_progress", "failed", "waived"]),
        )
        for path, rule in walk(program.requirements)
        if isinstance(rule, Task) and rng.random() < 0.5
    )


@pytest.mark.parametrize("program_id", PROGRAMS)
def test_an_empty_record_meets_nothing(program_id: str) -> None:
    program = reader.load(program_id)
    report = audit(program, ())
    assert report.status != "met"
    assert {one.status for one in report.requirements} <= {"not_met", "ask"}
    assert check(program, (), report) == ()


@pytest.mark.parametrize("seed", range(60))
def test_wild_records_and_decisions(seed: int) -> None:
    rng = random.Random(seed)
    program = reader.load(rng.choice(PROGRAMS))
    entries, name = wild_record(rng, rng.choice([3, 12, 30]))
    decisions, done = wild_decisions(rng, program, entries), wild_achievements(rng, program)
    grading = load(name).grading
    report = audit(program, entries, decisions=decisions, achievements=done, grading=grading)
    assert check(program, entries, report, decisions, done, grading) == ()

    shuffled = rng.sample(entries, len(entries)), rng.sample(done, len(done))
    other = audit(program, shuffled[0], decisions=decisions, achievements=shuffled[1], grading=grading)
    assert other.model_dump_json() == report.model_dump_json()

    back = AuditReport.model_validate_json(report.model_dump_json())
    assert back == report


@pytest.mark.parametrize("seed", range(20))
def test_more_credit_is_never_worse(seed: int) -> None:
    """What is met stays met when earned credit is added."""
    rng = random.Random(1000 + seed)
    program = reader.load(rng.choice(PROGRAMS))
    entries, name = wild_record(rng, 25)
    earned = [replace(entry, stage="earned") for entry in entries]
    grading = load(name).grading
    fewer = audit(program, earned[:15], grading=grading)
    more = audit(program, earned, grading=grading)
    credits = {"credits", "courses", "all_of", "any_of"}
    met = [sum(one.status == "met" for one in report.requirements if one.kind in credits) for report in (fewer, more)]
    assert met[0] <= met[1]


@pytest.mark.parametrize(
    ("seed", "program"),
    [
        (1010, "us-ut-standard-2022"),
        (1010, "us-nc-early-2024"),
        (1013, "us-ut-standard"),
        (1028, "us-ut-standard-2026"),
        (2084, "us-va-advanced-2018"),
    ],
)
def test_a_full_record_where_no_flow_can_say_it(seed: int, program: str) -> None:
    """Limits over several places go to the small model; it must prove its answer, tier after tier."""
    made, catalog, rules = student("montclair-hs-nj", seed), load("montclair-hs-nj"), reader.load(program)
    entries, _ = credit_entries(made.transcript, catalog, entering=made.entering)
    report = audit(rules, entries, achievements=made.achievements, grading=catalog.grading)
    assert not any("not proven" in note for note in report.notes)
    assert check(rules, entries, report, achievements=made.achievements, grading=catalog.grading) == ()


def test_an_answer_although_the_search_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requirements.placing_model.MOST_EFFORT", 0.0)
    made, catalog, rules = student("montclair-hs-nj", 1010), load("montclair-hs-nj"), reader.load("us-ut-standard-2022")
    entries, _ = credit_entries(made.transcript, catalog, entering=made.entering)
    report = audit(rules, entries, achievements=made.achievements, grading=catalog.grading)
    assert any("not proven" in note for note in report.notes)
