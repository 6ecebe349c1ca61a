"""The commands about careers: what they print, their JSON, their exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from pathways.careers.interests import QUESTIONS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["careers", *arguments])


def answer(*arguments: str, code: int = 0) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout if code == 0 else result.stderr)


def test_search() -> None:
    found = answer("search", "mechanical enginer", "--limit", "3")
    assert (found[0]["kind"], found[0]["id"], found[0]["name"]) == ("occupation", "17-2141.00", "Mechanical Engineers")
    assert 0.9 < found[0]["likeness"] < 1
    assert len(found) == 3
    assert {one["kind"] for one in answer("search", "nursing", "--kind", "major")} == {"major"}
    assert "Mechanical Engineers" in run("search", "mechanical enginer").stdout
    assert run("search", "qqqqqq").stdout.strip() == "No name has a word like these."


def test_show_with_and_without_a_catalog() -> None:
    told = answer("show", "mechanical engineer", "--catalog", "katy-isd-tx")
    assert (told["kind"], told["id"], told["zone"], told["cluster"]["id"]) == (
        "occupation",
        "17-2141.00",
        4,
        "advanced-manufacturing",
    )
    assert told["outlook"]["wage"] == 102320
    assert told["attribution"].startswith("This product includes information from the O*NET 29.3 Database")
    physics = next(part for part in told["patterns"][0]["parts"] if part["name"] == "science, 3: Physics")
    assert physics["courses"][0] == {"code": "0431", "title": "Physics", "college_credit": False, "value": 595}
    assert [one["value"] for one in told["worth"]] == sorted((one["value"] for one in told["worth"]), reverse=True)
    without = answer("show", "17-2141")
    assert without["worth"] == [] and without["patterns"][0]["parts"][0]["courses"] == []
    text = run("show", "17-2141", "--catalog", "katy-isd-tx").stdout
    assert "COURSE PATTERN of Engineering and Technology" in text
    assert "none; of the same kind" in text
    assert "O*NET is a trademark of USDOL/ETA" in text


@pytest.mark.parametrize(
    "goal", ["construction", "advanced-manufacturing/engineering", "14.1901", "01.0508", "55-3016"]
)
def test_every_kind_of_goal_is_shown(goal: str) -> None:
    for arguments in (("show", goal), ("show", goal, "--catalog", "typical-us")):
        assert run(*arguments).exit_code == 0
        answer(*arguments)


def test_match_by_scores_and_by_answers() -> None:
    told = answer("match", "--scores", "10,32,6,9,8,18", "--zone", "4", "--limit", "2")
    assert [one["id"] for one in told["occupations"]] == ["15-2051.00", "19-2041.00"]
    assert (told["total"], len(told["fields"]), told["zones"]["5"]) == (224, 14, 42)
    by_answers = answer("match", "--answers", "".join("4" if area == "I" else "1" for area, _ in QUESTIONS))
    assert by_answers["strongest"] == ["investigative"]
    assert "no clear pattern" in run("match", "--answers", "2" * 24).stdout


def test_match_alone_asks_the_questions() -> None:
    asked = answer("match")
    assert [one["number"] for one in asked["questions"]] == list(range(1, 25))
    assert "--answers" in run("match").stdout


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("show", "mechanical enginer"), "Mechanical Engineers (17-2141.00)"),
        (("show", "15-1132"), "15-1252.00 Software Developers"),
        (("show", "17-2141", "--catalog", "nowhere"), "nowhere"),
        (("search", "x", "--kind", "job"), "there is no kind 'job'"),
        (("match", "--scores", "1,2,3"), "six scores, not 3"),
        (("match", "--scores", "10,32,6,9,8,18", "--zone", "9"), "no job zone 9"),
        (("match", "--scores", "10,32,6,9,8,18", "--answers", "2" * 24), "either --scores or --answers"),
    ],
)
def test_bad_input_is_told_with_its_mend(arguments: tuple[str, ...], wrong: str) -> None:
    error = answer(*arguments, code=2)["error"]
    assert wrong in f"{error['message']} {error['mend']}"
    assert "error: " in run(*arguments).stderr
