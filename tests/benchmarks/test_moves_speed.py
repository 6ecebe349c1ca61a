"""One record under the rules of all states, beside one audit of it."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from pathways.audits import audit_record
from pathways.files import load_example
from pathways.moves import audit_everywhere
from pathways.planner import load_catalog
from requirements.listing import standard_diplomas

pytestmark = pytest.mark.benchmark(group="one record, all states")


@pytest.mark.parametrize("name", ["katy-recovery", "woodinville-senior"])
@pytest.mark.parametrize("where", ["home", "everywhere", "everywhere, rules read anew"])
def test_moves(benchmark: BenchmarkFixture, name: str, where: str) -> None:
    student = load_example(name)
    catalog = load_catalog(student)
    if where == "home":
        reports, _ = benchmark(audit_record, student, catalog, None)
        assert reports
        return
    if where == "everywhere":
        found = benchmark(audit_everywhere, student, catalog)
    else:
        from requirements import listing, reader

        def forget() -> None:
            for kept in (reader._read, reader.join, listing._summary):
                kept.cache_clear()

        found = benchmark.pedantic(audit_everywhere, (student, catalog), setup=forget, rounds=5)
    assert len(found) == len(standard_diplomas(student.entering)) == 51
