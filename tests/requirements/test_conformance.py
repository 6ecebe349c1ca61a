"""Every case file against the audit; and records that just pass, spoiled in one place, against what must break.

The verdicts of the cases were told from the sources, not by the audit. The spoiled records are generated: one course
at a time becomes one that no named requirement takes, one task at a time is undone, and the audit must name the
requirement that lost it (or one that could have lent to it).
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from catalogs import InputError
from catalogs.documents import parse_yaml
from requirements.audit import audit
from requirements.conformance import Case, disagreements, entries_of, innermost, main, read_cases, report_of
from requirements.language import AnyOf, Program
from requirements.listing import programs
from requirements.normal import under
from requirements.reader import load
from requirements.report import AuditReport, RequirementResult
from requirements.selector import Subject
from requirements.shape import shape_of

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(FOLDER.rglob("*.yaml"))
FILLER = "22106"  # Seminar: credit, and nothing that a subject asks for
STANDARD = [one for one in programs(kind="diploma") if one.route == "standard"]


@cache
def cases(path: Path) -> tuple[Case, ...]:
    return read_cases(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_cases(path: Path) -> None:
    found = cases(path)
    assert {case.program for case in found} == {path.stem}
    counts = Counter(case.id for case in found)
    assert max(counts.values()) == 1
    assert [f"{case.id}: {one}" for case in found for one in disagreements(case)] == []


def test_there_are_many() -> None:
    assert sum(len(cases(path)) for path in FILES) >= 3000


def test_the_tree_mirrors_the_rules() -> None:
    known = {one.id: one.path.parent.name for one in programs()}
    assert {path.stem: path.parent.name for path in FILES} == {path.stem: known[path.stem] for path in FILES}


@pytest.mark.parametrize("program", [one.id for one in STANDARD])
def test_every_standard_diploma_has_cases(program: str) -> None:
    (path,) = (path for path in FILES if path.stem == program)
    verdicts = Counter(case.verdict for case in cases(path))
    rules = load(program)
    assert verdicts["met"] >= 1 or any(getattr(one, "judged", False) for one in rules.requirements)
    assert verdicts["not_met"] >= 3
    near = [case for case in cases(path) if len(case.broken) == 1]
    assert len(near) >= 3, "near misses fail on exactly one named requirement"


# ---------------------------------------------------------------------------------------------------------- mutations


@pytest.mark.parametrize("program", [one.id for one in STANDARD])
def test_spoiled_records(program: str) -> None:
    """What a record that passes loses is missed where it counted, or where credit was lent to that place."""
    (path,) = (path for path in FILES if path.stem == program)
    base = next((case for case in cases(path) if case.verdict == "met"), None)
    if base is None:
        pytest.skip("the state leaves part of this diploma to a person's judgement")
    report, rules = report_of(base), load(program)
    lent = _lending(rules, base, report)
    tried = 0
    for position, line in enumerate(base.transcript):
        homes = _homes(report.requirements, line.id)
        if not homes or line.sced == FILLER:
            continue
        lines = list(base.transcript)
        lines[position] = line.model_copy(update={"sced": FILLER, "level": "regular"})
        spoiled = base.model_copy(update={"transcript": tuple(lines)})
        after = report_of(spoiled)
        broken = {*innermost(after.requirements, "not_met"), *innermost(after.requirements, "ask")}
        could = set().union(*(lent[home] for home in homes))
        if all(_takes(rules, home, Subject(sced=FILLER)) is not False for home in could):
            continue  # an elective lost for another one
        tried += 1
        allowed = {one for home in could for one in _around(home)} | _totals(report)
        assert broken <= allowed, f"{line.title} counted for {sorted(homes)}, but missing is {sorted(broken)}"
    assert tried or not any(_homes(report.requirements, line.id) for line in base.transcript)


@pytest.mark.parametrize("program", [one.id for one in STANDARD])
def test_undone_tasks(program: str) -> None:
    (path,) = (path for path in FILES if path.stem == program)
    base = next((case for case in cases(path) if case.verdict == "met"), None)
    if base is None or not base.achievements:
        pytest.skip("this diploma asks for nothing but courses, or leaves part to judgement")
    for position, done in enumerate(base.achievements):
        left = base.achievements[:position] + base.achievements[position + 1 :]
        after = report_of(base.model_copy(update={"achievements": left}))
        broken = {*innermost(after.requirements, "not_met"), *innermost(after.requirements, "ask")}
        if done.requirement is None or not broken:
            continue  # several ways were open, and another one holds
        paths = [one for one in shape_of(load(program)).rules if one.split("/")[-1] == done.requirement.split("/")[-1]]
        assert broken <= {one for path in paths for one in _around(path)}, done.requirement
        assert after.answer != "met"


def _homes(results: tuple[RequirementResult, ...], line: str) -> set[str]:
    """Where a line counts for credit or as a course."""
    found = set()
    for one in results:
        if any(use.entry == line for use in one.uses):
            found.add(one.path)
        found |= _homes(one.parts, line)
    return found


def _around(path: str) -> set[str]:
    """A requirement and those around it."""
    steps = path.split("/")
    return {"/".join(steps[: i + 1]) for i in range(len(steps))}


def _totals(report: AuditReport) -> set[str]:
    return {one.path for one in report.requirements if one.kind in ("total", "gpa")}


def _takes(rules: Program, path: str, subject: Subject) -> bool | None:
    answers = [leaf.match(subject) for leaf in shape_of(rules).prepared([subject]).normal.leaves if leaf.path == path]
    return True if True in answers else None if None in answers else False


def _lending(rules: Program, base: Case, report: AuditReport) -> dict[str, set[str]]:
    """For each place of credit those that it could have got credit from, directly or through others."""
    entries = {entry.id: entry for entry in entries_of(base)}
    held: dict[str, set[str]] = {}
    for id in entries:
        for home in _homes(report.requirements, id):
            held.setdefault(home, set()).add(id)
    paths = {leaf.path for leaf in shape_of(rules).prepared([e.subject for e in entries.values()]).normal.leaves}
    choices = [path for path, rule in shape_of(rules).rules.items() if isinstance(rule, AnyOf)]
    direct = {
        path: {
            other
            for other, ids in held.items()
            if any(_takes(rules, path, entries[id].subject) is not False for id in ids)
        }
        # Another way of a choice may step in.
        | {other for choice in choices for other in paths if under(path, choice) and under(other, choice)}
        for path in paths
    }
    found: dict[str, set[str]] = {}
    for path in paths:
        reach, todo = {path}, [path]
        while todo:
            for other in direct.get(todo.pop(), set()) - reach:
                reach.add(other)
                todo.append(other)
        found[path] = reach
    return found


# ------------------------------------------------------------------------------------------------------ the format

CASES = """
program: us-tx-fhsp-2026
base:
  transcript:
    - {id: eng1, title: English I, sced: "01001", credits: 1, mark: C, grade: 9}
  achievements:
    - {requirement: speech}
cases:
  - {id: one, verdict: not_met, broken: [english]}
  - {id: two, without: [eng1], without_achievements: [speech], verdict: not_met, broken: [english]}
"""


def read(tmp_path: Path, text: str) -> tuple[Case, ...]:
    (tmp_path / "us-tx-fhsp-2026.yaml").write_text(text)
    return read_cases(tmp_path)


def test_changes_are_written_out(tmp_path: Path) -> None:
    one, two = read(tmp_path, CASES)
    assert [line.id for line in one.transcript] == ["eng1"]
    assert (two.transcript, two.achievements) == ((), ())


def test_a_base_of_another_program(tmp_path: Path) -> None:
    other = """
program: us-tx-dla-2026
base: {like: us-tx-fhsp-2026, without: [eng1], with: [{id: art, title: Art, sced: "05154", credits: 1}]}
cases: [{id: one, verdict: not_met, broken: [english]}]
"""
    (tmp_path / "us-tx-dla-2026.yaml").write_text(other)
    first = read(tmp_path, CASES)[0]
    assert [line.id for line in first.transcript] == ["art"]
    assert [one.requirement for one in first.achievements] == ["speech"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("without: [eng1]", "without: [eng2]", "no line 'eng2' to take away. Did you mean eng1"),
        ("without_achievements: [speech]", "without_achievements: [cpr]", "no achievement for 'cpr'"),
        (
            "verdict: not_met, broken: [english]}\n  - {id: two",
            "verdict: met, broken: [english]}\n  - {id: two",
            "broken",
        ),
        ('sced: "01001"', "sced: 1001", "line 5.*sced"),
        (
            "- {id: one, verdict",
            "- {id: one, with: [{id: eng1, title: E, sced: '01001', credits: 1}], verdict",
            "two lines",
        ),
        ("base:\n  transcript:", "base:\n  like: us-tx-nothing\n  transcript:", "transcript, or names another"),
    ],
)
def test_bad_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CASES
    with pytest.raises(InputError, match=rf"(?s)us-tx-fhsp-2026.yaml.*{message}"):
        read(tmp_path, CASES.replace(old, new, 1))


def test_no_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no case files"):
        read_cases(tmp_path)


def test_disagreement_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(tmp_path, CASES)
    assert main([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "us-tx-fhsp-2026/one: not met are" in out
    assert "2 cases of 1 program, 2 disagreements" in out


def test_cases_for_other_auditors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(tmp_path, CASES)
    assert main([str(tmp_path), "--json"]) == 0
    first: Any = parse_yaml(capsys.readouterr().out.splitlines()[0], "case").data
    assert first["transcript"] == [
        {"id": "eng1", "title": "English I", "sced": "01001", "credits": 1, "mark": "C", "grade": 9}
    ]
    assert (first["id"], first["verdict"]) == ("us-tx-fhsp-2026/one", "not_met")


def test_a_choice_is_named_itself() -> None:
    program = Program.model_validate(
        {
            "id": "p",
            "name": "P",
            "jurisdiction": "US-XX",
            "kind": "diploma",
            "requirements": [
                {"id": "c", "any_of": [{"id": "a", "task": "service"}, {"id": "b", "task": "portfolio"}]},
                {
                    "id": "m",
                    "credits": 3,
                    "from": {"any_course": True},
                    "parts": [{"id": "one", "credits": 1, "from": {"any_course": True}}],
                },
            ],
        }
    )
    assert innermost(audit(program, ()).requirements, "not_met") == ["c", "m", "m/one"]
