"""Jurisdictions, their register and their comparison: complete, coherent, told from the rule files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from catalogs import InputError
from catalogs.typical import states
from requirements import comparison, jurisdictions, reader
from requirements.comparison import CHOICE, ELECTIVES, SUBJECTS, TOTAL, credits_by_subject, demands, early_movers
from requirements.jurisdictions import jurisdiction
from requirements.language import walk
from requirements.lint import lint_all
from requirements.listing import programs, standard_diploma, standard_diplomas
from requirements.picture import comparison_picture, write_picture
from requirements.reader import load
from requirements.register import register, unchecked


def test_all_of_them() -> None:
    assert set(jurisdictions.jurisdictions()) == {f"US-{state}" for state in states()}


@pytest.mark.parametrize("name", [f"US-{state}" for state in states()])
def test_one(name: str) -> None:
    found, state = jurisdiction(name), states()[name[3:]]
    assert found.name == state.name
    # California's law counts courses, its schools count ten credits for each.
    assert found.unit.year_course == (1 if name == "US-CA" else state.year_course)
    policy = found.plan_policy
    if policy.required:
        assert policy.name or policy.detail
    if found.policy_status == "verified":
        assert found.policy_reference is not None


def test_by_letters() -> None:
    assert jurisdiction("tx").id == jurisdiction("US-TX").id == jurisdiction("texas").id == "US-TX"
    with pytest.raises(InputError, match="no jurisdiction 'tex'"):
        jurisdiction("tex")
    with pytest.raises(InputError, match=r"no jurisdiction 'Missisippi'.*Did you mean Mississippi"):
        jurisdiction("Missisippi")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: US-YY", "US-YY stands in the folder us-xx"),
        ("control: federal", "control: Input should be"),
        ("reference: nothing", "reference 'nothing' is not listed"),
        ("plan_policy: {signed_by: [dog]}", "plan_policy.signed_by.0"),
    ],
)
def test_bad_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str) -> None:
    data = {
        "id": "US-XX",
        "name": "X",
        "authority": "X",
        "control": "state",
        "references": "[{id: act, title: Act}]",
    }
    key, _, value = text.partition(": ")
    (tmp_path / "us-xx").mkdir()
    lines = "\n".join(f"{k}: {v}" for k, v in {**data, key: value}.items())
    (tmp_path / "us-xx" / "jurisdiction.yaml").write_text(lines)
    monkeypatch.setattr(jurisdictions, "DATA", tmp_path)
    with pytest.raises(InputError, match=message):
        jurisdictions.jurisdictions.__wrapped__()


# ------------------------------------------------------------------------------------------------------- the programs


def test_no_errors_and_no_warnings_in_all_rules() -> None:
    """References, sums, selectors, cohorts that overlap or leave a hole, programs earned on top of none."""
    assert [str(one) for one in lint_all() if one.severity != "note"] == []


@pytest.mark.parametrize("state", states())
def test_every_state_has_a_standard_diploma_of_this_and_the_next_classes(state: str) -> None:
    for entering in (2024, 2025, 2026, 2030):
        found = standard_diploma(state, entering)
        assert found is not None
        assert entering in found.cohorts
        assert found.references


@pytest.mark.parametrize("entering", [2018, 2024, 2026, 2030])
def test_standard_diplomas_are_found_without_reading_others(entering: int) -> None:
    listed = programs(entering=entering, kind="diploma")
    expected = {one.jurisdiction: one.id for one in listed if one.route == "standard" and "/" not in one.jurisdiction}
    assert {name: program.id for name, program in standard_diplomas(entering).items()} == expected


def test_units_of_diplomas_are_those_of_their_state() -> None:
    for name, program in standard_diplomas(2026).items():
        if any(getattr(rule, "credits", None) or getattr(rule, "total", None) for rule in program.requirements):
            assert program.unit.year_course == jurisdiction(name).unit.year_course, name


def test_files_stand_with_their_jurisdiction() -> None:
    for one in programs():
        folder = one.path.parent.name
        assert folder == one.jurisdiction.partition("/")[0].lower() or folder == "admissions", one.id


def test_verified_needs_a_verified_reference() -> None:
    for one in programs():
        program = load(one.id)
        known = {reference.id: reference for reference in program.references}
        for path, rule in walk(program.requirements):
            if rule.status == "verified":
                source = rule.reference or program.reference
                assert source in known, f"{one.id}: {path} is verified, but by no reference"


def test_a_states_programs_are_found_without_reading_others(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [one for one in programs() if one.jurisdiction.partition("/")[0] == "US-TX"]
    read: list[str] = []
    plain = reader.chain_of
    monkeypatch.setattr(
        "requirements.listing.chain_of", lambda path, files: read.append(path.parent.name) or plain(path, files)
    )
    assert programs("TX") == every
    assert set(read) == {"us-tx", "admissions"}


def test_rules_of_ones_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "id: us-tx-own\nname: Own\njurisdiction: US-TX/own\nkind: diploma\nextends: us-tx-fhsp-2026\n"
    (tmp_path / "us-tx-own.yaml").write_text(text)
    with pytest.raises(InputError, match="no program 'us-tx-own'"):
        load("us-tx-own")
    monkeypatch.setenv("PATHWAYS_RULES", str(tmp_path))
    assert load("us-tx-own").name == "Own"
    assert "us-tx-own" in {one.id for one in programs("TX")}


# -------------------------------------------------------------------------------------------------------- the register


def test_register() -> None:
    found = {one.jurisdiction.id: one for one in register()}
    assert len(found) == 51
    assert sum(len(one.programs) for one in found.values()) >= 350
    texas = found["US-TX"]
    assert texas.figures == sum(one.figures for one in texas.programs)
    assert Fraction(1, 2) < texas.verified_share <= 1
    assert texas.kinds["diploma"] >= 4
    assert all(one.doubts or one.verified_share == 1 for one in found.values())


def test_what_no_audit_checks_is_told() -> None:
    notes = [note for one in register() for note in one.unchecked]
    assert all("Not checked:" in note for note in notes)
    assert len(notes) < 60
    assert sum(len(list(unchecked(load(one.id)))) for one in programs()) >= len(notes)


# ------------------------------------------------------------------------------------------------------ the comparison


@pytest.fixture(scope="module")
def credits() -> pd.DataFrame:
    return credits_by_subject(2026)


def test_credits_add_up(credits: pd.DataFrame) -> None:
    """Subjects, choices and electives are all that a diploma asks; a total may ask more than its parts."""
    assert list(credits.index) == [f"US-{state}" for state in sorted(states())]
    parts = credits[[*SUBJECTS, CHOICE, ELECTIVES]].sum(axis=1)
    stated = credits[TOTAL].dropna()
    assert (parts[stated.index] <= stated + 1e-9).all()


@pytest.mark.parametrize(
    ("state", "subject", "expected"),
    [
        ("US-TX", "English", 4.0),
        ("US-TX", "Science", 4.0),
        ("US-NY", "Social studies", 4.0),
        ("US-CA", "Mathematics", 2.0),
        ("US-IN", "English", 4.0),
        ("US-NJ", "World language", 1.0),
        ("US-TX", TOTAL, 26.0),
        ("US-NJ", TOTAL, 24.0),
    ],
)
def test_credits_of_some_states(credits: pd.DataFrame, state: str, subject: str, expected: float) -> None:
    assert credits.loc[state, subject] == expected


def test_no_total_where_the_state_sets_none(credits: pd.DataFrame) -> None:
    assert credits[TOTAL].isna()[["US-CA", "US-PA", "US-VT", "US-CO"]].all()


def test_demands() -> None:
    found = demands(2026)
    assert set(found.to_numpy().ravel()) == {"", "required", "choice"}
    assert found.loc["US-TX", "Financial aid form"] == "required"
    assert found.loc["US-MD", "Service"] in ("required", "choice")
    assert found.loc["US-NY", "Tests"] == "required"
    assert found.loc["US-CA", "Civics test"] == ""


def test_movers() -> None:
    found = early_movers()
    finance = found[found["demand"] == "Personal finance"].set_index("jurisdiction")
    assert finance.loc["US-TX", "first"] == 2026
    assert not finance.loc["US-TX", "or_earlier"]
    assert (found.groupby("demand")["first"].apply(lambda years: years.dropna().is_monotonic_increasing)).all()


def test_picture(tmp_path: Path) -> None:
    first = comparison_picture(2026)
    assert first == comparison_picture(2026)
    text = first.decode()
    assert all(f">{state}<" in text for state in states())
    assert comparison.ELECTIVES in text
    write_picture(tmp_path / "all.png", 2026)
    assert (tmp_path / "all.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match=r"'all\.txt' is no picture"):
        write_picture(tmp_path / "all.txt", 2026)
