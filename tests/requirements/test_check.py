"""The independent checker: it agrees with every audit, and finds whatever is changed in one."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from catalogs import Grading
from catalogs.bundled import load
from requirements import listing, reader
from requirements.audit import audit
from requirements.check import check
from requirements.crediting import credit_entries
from requirements.decisions import Achievement, Decisions
from requirements.language import Program
from requirements.record import Entry, Stage, TranscriptLine
from requirements.report import AuditReport
from requirements.selector import Subject

PROGRAM = Program.model_validate(
    {
        "id": "p",
        "name": "P",
        "jurisdiction": "US-XX",
        "kind": "diploma",
        "requirements": [
            {
                "id": "m",
                "credits": 3,
                "from": {"code": ["A", "G", "X", "Y"]},
                "minimum_mark": "C",
                "caps": [{"credits": 1, "from": {"code": ["X", "Y"]}}],
                "parts": [{"id": "g", "credits": 1, "from": {"code": "G"}}],
            },
            {"id": "senior", "credits": 1, "from": {"any_course": True}, "during": [12], "pool": "again"},
            {"id": "rest", "credits": 2, "from": {"any_course": True}},
            {"id": "way", "any_of": [{"id": "t", "task": "assessment"}, {"id": "u", "task": "portfolio"}]},
            {"id": "hours", "task": "service", "amount": 40},
            {"id": "all", "total": 4},
        ],
    }
)
GRADING = Grading("A-F")
DONE = (Achievement(task="assessment"), Achievement(task="service", amount=Fraction(25)))


def entry(code: str, mark: str | None = "B", grade: int = 11, stage: Stage = "earned") -> Entry:
    return Entry(f"{code}@2025-S1", code, Subject(code=code), Fraction(1), stage, mark=mark, grade=grade)


ENTRIES = [entry("A"), entry("G"), entry("X"), entry("Z", grade=12), entry("W", mark=None, stage="planned")]


def problems(report: AuditReport, entries: list[Entry] | None = None) -> tuple[str, ...]:
    return check(PROGRAM, ENTRIES if entries is None else entries, report, Decisions(), DONE, GRADING)


def made() -> dict[str, Any]:
    report = audit(PROGRAM, ENTRIES, achievements=DONE, grading=GRADING)
    assert problems(report) == ()
    return report.model_dump()


def by_path(data: dict[str, Any], path: str) -> dict[str, Any]:
    first, *below = path.split("/")
    found: dict[str, Any] = next(one for one in data["requirements"] if one["path"] == first)
    for n in range(len(below)):
        found = next(one for one in found["parts"] if one["path"] == "/".join([first, *below[: n + 1]]))
    return found


def change(path: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: by_path(data, path).update(values)


def use(path: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: by_path(data, path)["uses"][0].update(values)


TAMPERINGS = {
    "the program's status": lambda data: data.update(status="met"),
    "the answer": lambda data: data.update(answer="met"),
    "on track": lambda data: data.update(on_track=True),
    "another program": lambda data: data.update(program="q"),
    "another edition of the rules": lambda data: data.update(rule_hash="0" * 64),
    "a requirement left out": lambda data: data["requirements"].__delitem__(0),
    "a requirement twice": lambda data: data["requirements"].append(data["requirements"][0]),
    "a smaller need": change("m", need=Fraction(2)),
    "more earned": change("m", earned=Fraction(4)),
    "less missing": change("all", missing=Fraction(-1)),
    "hours that nobody served": change("hours", earned=Fraction(40), missing=Fraction(0), status="met"),
    "a task not done": change("way/u", status="met"),
    "a met requirement called short": change("rest", status="not_met"),
    "a course that is not on the record": use("rest", entry="Q@2025-S1"),
    "another course": use("m/g", entry="A@2025-S1", course="A"),
    "more credit than it holds": use("rest", credits=Fraction(3)),
    "planned credit called earned": lambda data: [
        one.update(stage="earned") for each in data["requirements"] for one in each["uses"] if one["stage"] == "planned"
    ],
    "taken in another grade": use("senior", entry="A@2025-S1", course="A"),
    "a part left out": lambda data: by_path(data, "m").update(parts=()),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_change_is_found(name: str) -> None:
    data = made()
    listed = {**data, "requirements": [dict(one) for one in data["requirements"]]}
    TAMPERINGS[name](listed)
    after = AuditReport.model_validate(listed)
    assert problems(after), name


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("a mark below the minimum", [entry("A", mark="D"), *ENTRIES[1:]]),
        ("a course that failed", [Entry("A@2025-S1", "A", Subject(code="A"), Fraction(0), "earned"), *ENTRIES[1:]]),
        ("another course of that name", [entry("B"), *ENTRIES[1:]]),
        ("still in progress", [entry("A", mark=None, stage="in_progress"), *ENTRIES[1:]]),
    ],
)
def test_a_record_that_changed_is_found(name: str, entries: list[Entry]) -> None:
    assert problems(AuditReport.model_validate(made()), entries), name


def test_agrees_with_audits_of_real_rules() -> None:
    """Random transcripts of a real catalog, against every program of its state."""
    catalog = load("woodinville-hs-wa")
    programs = [reader.load(one.id) for one in listing.programs(state="WA")]
    rng = random.Random(3)
    for _ in range(15):
        courses = rng.sample(catalog.courses, 18)
        lines = [
            TranscriptLine(course=c.code, year=2023 + n % 3, grade=9 + n % 3, mark=rng.choice("ABCDF"))
            for n, c in enumerate(courses)
        ]
        entries, _ = credit_entries(lines, catalog)
        for program in programs:
            report = audit(program, entries, grading=catalog.grading)
            assert check(program, entries, report, grading=catalog.grading) == (), program.id
