"""The register of jurisdictions on the site is the one that the rule files give."""

from __future__ import annotations

from pathlib import Path

from catalogs.typical import states
from requirements.register import as_markdown

PAGE = Path(__file__).parents[2] / "docs/jurisdictions.md"


def test_up_to_date() -> None:
    assert PAGE.is_file(), "run python -m requirements.register > docs/jurisdictions.md"
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), (
        "run python -m requirements.register > docs/jurisdictions.md"
    )


def test_every_jurisdiction_is_there() -> None:
    """In the register and in the table of learning plans, each once."""
    rows = [line.split("|")[1].strip() for line in as_markdown().splitlines() if line.startswith("|")]
    names = [row.removeprefix("[").partition("]")[0] for row in rows]
    assert {state.name: names.count(state.name) for state in states().values()} == {
        state.name: 2 for state in states().values()
    }
