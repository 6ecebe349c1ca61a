"""What lint finds in rule files."""

from pathlib import Path

import pytest

from catalogs.documents import parse_yaml
from requirements.lint import Finding, lint, lint_all
from requirements.reader import parse_program

HEAD = """\
id: x
name: X
jurisdiction: US-XX
kind: diploma
route: standard
status: verified
reference: law
references: [{id: law, title: Law, status: verified}]
"""
GOOD = (
    HEAD
    + """\
requirements:
  - {id: english, credits: 4, from: {subject: english}}
  - {id: total, total: 4}
"""
)


def found(text: str) -> list[tuple[str, str, str]]:
    return [(one.severity, one.rule, one.path) for one in lint(parse_program(parse_yaml(text, "x.yaml")))]


def test_nothing_to_find() -> None:
    assert found(GOOD) == []
    assert found(GOOD.replace("credits: 4,", "credits: 1, each_grade: [9, 10, 11, 12],")) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("reference: law\n", "", ("warning", "reference", "english")),
        ("status: verified\n", "", ("note", "unverified", "")),
        ("total: 4", "total: 6", ("note", "total", "total")),
        ("total: 4", "total: 3", ("warning", "total", "total")),
        ("{subject: english}", "{term: proficiency}", ("error", "selector", "english")),
        ("{subject: english}", "{any_course: false}", ("error", "selector", "english")),
        ("credits: 4,", "credits: 4, during: [2],", ("error", "grades", "english")),
        (
            "credits: 4,",
            "credits: 4, parts: [{id: a, credits: 5, from: {subject: english}}],",
            ("error", "parts", "english"),
        ),
        ("credits: 4,", "credits: 4, caps: [{credits: 5, from: {subject: english}}],", ("note", "cap", "english")),
    ],
)
def test_one_finding(old: str, new: str, finding: tuple[str, str, str]) -> None:
    assert finding in found(GOOD.replace(old, new, 1))


def test_a_note_explains_the_total() -> None:
    assert found(GOOD.replace("total: 4", "total: 6, note: the total includes 2 of choice")) == []


def of(folder: Path) -> list[Finding]:
    return [one for one in lint_all([folder]) if one.program in {path.stem for path in folder.iterdir()}]


@pytest.mark.parametrize(
    ("cohorts", "rules"),
    [
        (("{from: 2020, to: 2023}", "{from: 2024}"), []),
        (("{from: 2020, to: 2024}", "{from: 2024}"), ["overlap"]),
        (("{from: 2020}", "{from: 2024}"), ["overlap"]),
        (("{}", "{}"), ["overlap"]),
        (("{from: 2020, to: 2022}", "{from: 2024}"), ["hole"]),
    ],
)
def test_cohorts(tmp_path: Path, cohorts: tuple[str, str], rules: list[str]) -> None:
    for name, bound in zip(("xa", "xb"), cohorts, strict=True):
        (tmp_path / f"{name}.yaml").write_text(GOOD.replace("id: x", f"id: {name}") + f"cohorts: {bound}\n")
    assert [one.rule for one in of(tmp_path)] == rules


def test_editions_of_one_program(tmp_path: Path) -> None:
    for name, bound in (("xs-2020", "{from: 2020, to: 2022}"), ("xs-2024", "{from: 2024}"), ("xs", "{}")):
        text = GOOD.replace("id: x", f"id: {name}").replace("kind: diploma", "kind: endorsement")
        (tmp_path / f"{name}.yaml").write_text(text + f"cohorts: {bound}\n")
    assert [(one.program, one.rule) for one in of(tmp_path) if one.severity == "warning"] == [("xs-2024", "hole")]


def test_a_condition_that_does_not_bind() -> None:
    sub = "substitutions: [{id: s, instead_of: english, allowed: {term: english-1}, condition: someone agrees}]\n"
    assert found(GOOD + sub) == [("note", "condition", "substitutions/s")]
    assert found(GOOD + sub.replace("english-1", "algebra-1")) == []


def test_alongside_what(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(GOOD + "alongside: [us-tx-fhsp-2027]\n")
    (one,) = of(tmp_path)
    assert (one.rule, one.severity) == ("alongside", "error")
    assert "us-tx-fhsp-2026" in one.mend


def test_no_errors_in_the_bundled_files() -> None:
    assert [one for one in lint_all() if one.severity == "error"] == []
