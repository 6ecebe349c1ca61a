"""How long an audit takes, Python and all, once a program's rules are known."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from catalogs import Catalog
from catalogs.bundled import load
from requirements import reader
from requirements.audit import audit
from requirements.check import check
from requirements.record import STAGES, Entry, subject_of

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

PAIRS = [
    ("us-tx-katy", "katy-isd-tx"),
    ("us-wa-diploma-24", "woodinville-hs-wa"),
    ("us-ca-poway-del-norte", "del-norte-hs-ca"),
    ("uc-ag", "del-norte-hs-ca"),
    ("us-nj-montclair", "montclair-hs-nj"),
    ("us-in-core40-2024", "typical-us"),
]


def record(catalog: Catalog, size: int) -> list[Entry]:
    """Random courses: harder than a planned record, as much of it fits nowhere and little is complete."""
    rng = random.Random(1)
    return [
        Entry(
            f"{course.code}@{i}",
            course.title,
            subject_of(course),
            course.credits / catalog.year_credits,
            rng.choice(STAGES),
            mark=rng.choice(["A", "B", "C"]),
            grade=rng.choice([9, 10, 11, 12]),
        )
        for i, course in enumerate(rng.sample(list(catalog.courses), size))
    ]


@pytest.mark.parametrize("size", [15, 30, 60])
@pytest.mark.parametrize(("program_id", "catalog_id"), PAIRS)
def test_audit(benchmark: BenchmarkFixture, program_id: str, catalog_id: str, size: int) -> None:
    catalog, program = load(catalog_id), reader.load(program_id)
    entries = record(catalog, size)
    report = benchmark.pedantic(audit, (program, entries), {"grading": catalog.grading}, rounds=20, warmup_rounds=2)
    assert check(program, entries, report, grading=catalog.grading) == ()


@pytest.mark.parametrize(("program_id", "catalog_id"), PAIRS[:2])
def test_check(benchmark: BenchmarkFixture, program_id: str, catalog_id: str) -> None:
    catalog, program = load(catalog_id), reader.load(program_id)
    entries = record(catalog, 30)
    report = audit(program, entries, grading=catalog.grading)
    wrong = benchmark(check, program, entries, report, grading=catalog.grading)
    assert wrong == ()
