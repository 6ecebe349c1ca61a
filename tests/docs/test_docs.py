"""The documentation says what the code does: tables name every field, and what is shown as a file can be read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from pathways.plan import (
    Certificate,
    Conflict,
    CountsToward,
    Fact,
    Fallback,
    FallbackPlacement,
    GoalPart,
    GoalResult,
    Inputs,
    NextStep,
    Placement,
    Plan,
    PlanAudit,
    RecordLine,
    RobustResult,
    TierResult,
    Unmet,
    WishResult,
)
from pathways.student import Cancelled, Goal, Load, Pin, PlacementInForce, Student, SummerChoice, TermLoad, Wish
from requirements import report
from requirements.decisions import Achievement, CountsFor, PersonalSubstitution, Waiver
from requirements.record import TranscriptLine
from requirements.report import Ask, AuditReport, Lifted, RequirementResult, Unused, Use

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def fences(page: str, language: str) -> list[str]:
    """Blocks of a language on a page, indented ones too."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


@pytest.mark.parametrize(
    ("page", "models"),
    [
        (
            "student-file.md",
            (
                *(Student, TranscriptLine, Achievement, Goal, Wish, Pin, Load, TermLoad, SummerChoice),
                *(PlacementInForce, Cancelled, Waiver, PersonalSubstitution, CountsFor),
            ),
        ),
        (
            "plan-json.md",
            (
                *(Plan, TierResult, Placement, CountsToward, RecordLine, PlanAudit, Unmet, Conflict, Fact),
                *(
                    WishResult,
                    RobustResult,
                    Fallback,
                    FallbackPlacement,
                    GoalResult,
                    GoalPart,
                    NextStep,
                    Certificate,
                    Inputs,
                    AuditReport,
                    RequirementResult,
                    Use,
                    Ask,
                    Lifted,
                    Unused,
                    report.Pin,
                ),
            ),
        ),
    ],
)
def test_every_field_is_documented(page: str, models: tuple[type[BaseModel], ...]) -> None:
    text = (DOCS / "reference" / page).read_text(encoding="utf-8")
    words = {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"\w+", code)}
    missing = [f"{model.__name__}.{name}" for model in models for name in model.model_fields if name not in words]
    assert not missing


@pytest.mark.parametrize("page", ["tutorial/first-plan.md", "how-to/transfer-student.md", "how-to/wishes.md"])
def test_student_files_on_pages_are_valid(page: str) -> None:
    blocks = [yaml.safe_load(block) for block in fences(page, "yaml")]
    whole = next(block for block in blocks if "id" in block)
    Student.model_validate(whole)
    for block in blocks:
        Student.model_validate(whole | block)


def test_the_first_plan_comes_out_as_the_tutorial_says() -> None:
    from pathways.planner import plan

    student, pinned = (yaml.safe_load(block) for block in fences("tutorial/first-plan.md", "yaml"))
    for data in (student, student | pinned):
        made = plan(Student.model_validate(data))
        assert (made.status, made.verified, made.problems) == ("optimal", True, ())
        assert [wish.granted for wish in made.wishes] == [True]
        assert not made.unmet
    assert [f"{place.year}-{place.term}" for place in made.placements if place.course == "SCP100A"] == ["2027-S1"]


def test_wishes_on_the_page_can_be_granted() -> None:
    from pathways.planner import plan

    whole, *blocks = (yaml.safe_load(block) for block in fences("how-to/wishes.md", "yaml"))
    for block in blocks:
        made = plan(Student.model_validate(whole | block))
        assert (made.status, made.verified, made.problems) == ("optimal", True, ())
        assert all(wish.granted for wish in made.wishes), made.wishes


def test_catalog_on_the_page_is_valid(tmp_path: Path) -> None:
    from catalogs import read_catalog
    from catalogs.lint import counts, lint

    (tmp_path / "catalog.yaml").write_text(fences("how-to/own-catalog.md", "yaml")[0], encoding="utf-8")
    (tmp_path / "courses.csv").write_text(fences("how-to/own-catalog.md", "csv")[0], encoding="utf-8")
    catalog = read_catalog(tmp_path)
    assert len(catalog.courses) == 5
    assert not counts(lint(catalog)).get("error")


def test_readme_names_the_command_and_the_python_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert project["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in readme
    assert ".venv/bin/pathways demo" in readme
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").count("-m pytest -n 2") == readme.count("-m pytest -n 2") == 1
