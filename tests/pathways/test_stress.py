"""The stress run: it goes on where it was, tells every plan by what it promises, and fails on a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogs.bundled import bundled
from pathways.files import load_example
from pathways.planner import plan
from pathways.student import SAYS
from tests.stress import judged, main, read
from tests.varied import varied

DRAWN = 40


def arguments(out: Path, students: int) -> list[str]:
    return ["--students", str(students), "--catalog", "woodinville-hs-wa", "--out", str(out)]


def test_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "stress.jsonl"
    assert main(arguments(out, 2)) == 0
    first = out.read_text()
    out.write_text(first + '{"catalog": "woodinv')  # cut off in the middle of a line
    assert main(arguments(out, 3)) == 0
    assert out.read_text().startswith(first)
    assert [line["seed"] for line in read(out)] == [0, 1, 2]
    assert "| woodinville-hs-wa | 3 |" in capsys.readouterr().out


@pytest.mark.parametrize("came", ["crashed", "unverified", "unsaid"])
def test_fails_on_a_fault(tmp_path: Path, came: str) -> None:
    out = tmp_path / "stress.jsonl"
    line = {"catalog": "woodinville-hs-wa", "seed": 0, "came": came, "words": "", "seconds": 0.1}
    out.write_text(json.dumps(line) + "\n")
    assert main(arguments(out, 1)) == 1


def test_what_a_plan_promises() -> None:
    made = plan(load_example("woodinville-early"))
    assert judged(made)["came"] == "optimal"
    *upper, last = made.tiers
    open_ = (*upper, last.model_copy(update={"bound": last.bound - 1}))
    assert judged(made.model_copy(update={"tiers": open_}))["came"] == "unsaid"
    unproven = made.certificate.model_copy(update={"proven": False})
    said = {"tiers": open_, "status": "feasible", "certificate": unproven}
    assert judged(made.model_copy(update=said))["came"] == "unproven, said"
    assert judged(made.model_copy(update={"verified": False, "problems": ("no",)}))["came"] == "unverified"
    assert judged(made.model_copy(update={"status": "infeasible"}))["came"] == "unsaid"


def test_students_say_all_that_a_record_can_say() -> None:
    people = [varied(catalog_id, seed) for catalog_id in bundled() for seed in range(DRAWN)]
    assert varied(bundled()[0], 0) == people[0]
    wishes = [wish for who in people for wish in who.wishes]
    assert {wish.says for wish in wishes} == set(SAYS)
    assert any(wish.must for wish in wishes)
    assert {next(iter(goal.model_dump(exclude_none=True))) for who in people for goal in who.goals} == {
        "program", "career", "cluster", "pathway", "major", "study", "after",
    }  # fmt: skip
    for name in ("pins", "refusals", "permissions", "approvals", "waivers", "substitutions", "counts", "achievements"):
        assert any(getattr(who, name) for who in people), name
    assert any(who.plan_in_force for who in people) and any(who.cancelled for who in people)
    assert any(line.origin == "transfer" for who in people for line in who.transcript)
    assert any(who.load.max for who in people) and any(int(who.now[:4]) < who.entering for who in people)
