"""The command line: what each command prints, its JSON, its exit codes, and how it meets bad input."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from api.cli import app
from catalogs import InputError, InputErrors
from catalogs.bundled import DATA
from pathways.cli import shell

QUICK = "woodinville-senior"  # one semester left to plan
IMPOSSIBLE = """\
id: too-late
name: Too Late
catalog: katy-isd-tx
entering: 2023
now: 2026-S2
goals:
  - {program: us-tx-fhsp-2014}
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def answer(*arguments: str | Path, code: int = 0) -> Any:
    """The JSON that a command prints on standard output, and nothing else there."""
    result = run(*arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def hear_ctrl_c() -> None:
    """Tests that run in the background have inherited that Ctrl-C is ignored; a person's command has not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def process(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    # A group of its own, so that a signal to it does not reach the tests.
    return subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        preexec_fn=None if sys.platform == "win32" else hear_ctrl_c,  # noqa: PLW1509  # it does nothing but this
        **options,
    )


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.json"
    assert run("plan", QUICK, "--out", path).exit_code == 0
    return path


@pytest.fixture
def student(tmp_path: Path) -> Path:
    path = tmp_path / "student.yaml"
    path.write_text(run("examples", "show", QUICK).stdout, encoding="utf-8")
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """A copy of a bundled catalog."""
    folder = tmp_path / "school"
    folder.mkdir()
    for file in (DATA / "woodinville-hs-wa").iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


# ------------------------------------------------------------------------------------------------------------ plans


def test_demo_promises_these_keys() -> None:
    (only,) = answer("demo", "--only", QUICK)
    assert list(only) == ["student", "catalog", "status", "verified", "tiers", "seconds"]
    assert (only["student"], only["catalog"], only["verified"]) == (QUICK, "woodinville-hs-wa", True)
    assert only["status"] in ("optimal", "feasible", "infeasible")
    assert only["tiers"]
    assert all(list(tier) == ["name", "value", "bound"] for tier in only["tiers"])
    assert only["seconds"] > 0


def test_demo_prints_grid_progress_and_certificate() -> None:
    result = run("demo", "--only", QUICK)
    assert result.exit_code == 0
    for words in ("2026–27", "grade 12", "▸ Civics", "Certificate", "graduation", "proven", "Verified", "All plans"):
        assert words in result.stdout
    assert result.stderr == ""


def test_demo_names_the_examples_there_are() -> None:
    result = run("demo", "--only", "nobody")
    assert result.exit_code == 2
    assert QUICK in result.stderr


def test_plan_prints_the_published_json(plan_file: Path) -> None:
    made = answer("plan", QUICK)
    assert set(made) >= {"student", "catalog", "status", "verified", "tiers", "seconds"}
    assert set(made) >= {"placements", "audit", "unmet", "conflict", "inputs", "certificate", "request"}
    assert set(made["placements"][0]) >= {"course", "title", "credits", "year", "term", "grade"}
    written = json.loads(plan_file.read_text(encoding="utf-8"))
    assert {**made, "seconds": 0} == {**written, "seconds": 0}


def test_plan_toward_further_goals(tmp_path: Path) -> None:
    made = answer("plan", QUICK, "--goal", "29-1141", "--goal", "undecided")
    assert [goal["goal"] for goal in made["goals"]] == ["career:29-1141.00", "after:undecided"]
    assert made["verified"] is True
    shown = run("plan", QUICK, "--goal", "registered nurses")
    assert "Toward Registered Nurses" in shown.stdout
    assert "science, 2: Chemistry" in shown.stdout
    way = tmp_path / "way.svg"
    assert run("plan", QUICK, "--goal", "29-1141", "--picture", way).exit_code == 0
    assert "Toward Registered Nurses" in way.read_text(encoding="utf-8")
    assert run("plan", QUICK, "--picture", way).exit_code == 2  # no goal to draw the way to
    unknown = run("plan", QUICK, "--goal", "nurze")
    assert (unknown.exit_code, "Registered Nurses (29-1141.00)" in unknown.stderr) == (2, True)


def test_explore() -> None:
    found = answer("explore", QUICK)
    assert len(found["fields"]) == 14
    assert "nothing about a person" in run("explore", QUICK).stdout
    assert answer("explore", QUICK, "--course", "VMA211")["serves"]
    assert "Sports Medicine Trng (VMA211)" in run("explore", QUICK, "--course", "VMA211").stdout
    both = answer("explore", QUICK, "--switch", "work", "29-1141")
    assert both["before"]["verified"] and both["after"]["verified"]
    assert "The difference" in run("explore", QUICK, "--switch", "work", "29-1141").stdout
    assert run("explore", QUICK, "--in-grade", "12").exit_code == 2
    assert run("explore", QUICK, "--course", "VMA211", "--switch", "work", "29-1141").exit_code == 2


def test_goals_that_compete() -> None:
    """The plan says what each gets if the later one stands first, and which command shows both plans."""
    aims = ("katy-fresh", "--goal", "29-1141", "--goal", "mechanical engineers")
    told = run("plan", *aims).stdout
    assert "These goals compete" in told and "Mechanical Engineers before all other goals" in " ".join(told.split())
    command = " ".join(told.split()).partition("Both plans side by side: pathways ")[2]
    assert command == "explore katy-fresh --goal 29-1141 --goal 'mechanical engineers' --first 17-2141.00"
    found = answer(*shlex.split(command))
    assert [goal["goal"] for goal in found["after"]["goals"]] == ["career:17-2141.00", "career:29-1141.00"]
    assert "only after: Civil Engineering" in run(*shlex.split(command)).stdout
    assert "These goals compete" not in run("plan", *aims[:3]).stdout
    assert run("explore", QUICK, "--first", "nurze").exit_code == 2
    assert run("explore", QUICK, "--first", "29-1141", "--course", "VMA211").exit_code == 2


def test_plan_of_an_own_file_and_catalog(student: Path, catalog: Path) -> None:
    student.write_text(
        student.read_text(encoding="utf-8").replace("catalog: woodinville-hs-wa", f"catalog: {catalog.name}"),
        encoding="utf-8",
    )
    out = student.with_name("plan.json")
    assert answer("plan", student, "--out", out)["verified"] is True
    assert run("verify", out).exit_code == 0  # the catalog is found from the plan's folder
    elsewhere = student.parent / "far" / "away.json"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(out.read_bytes())
    assert run("verify", elsewhere).exit_code == 2
    assert run("verify", elsewhere, "--catalog", catalog).exit_code == 0


def test_a_plan_that_cannot_be_ends_with_1_and_says_why(tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    path.write_text(IMPOSSIBLE, encoding="utf-8")
    made = answer("plan", path, code=1)
    assert made["status"] == "infeasible"
    assert made["verified"] is True
    result = run("plan", path)
    assert result.exit_code == 1
    assert "not reached in time" in result.stdout
    assert "Still missing" in result.stdout


# ----------------------------------------------------------------------------------------------------------- verify


def test_a_plan_that_holds(plan_file: Path) -> None:
    result = run("verify", plan_file)
    assert result.exit_code == 0
    assert "holds" in result.stdout
    assert answer("verify", plan_file) == {"student": QUICK, "holds": True, "problems": []}


def _later(plan: dict[str, Any]) -> None:
    plan["placements"][0]["year"] += 1


def _richer(plan: dict[str, Any]) -> None:
    plan["placements"][0]["credits"] += 1


def _better_mark(plan: dict[str, Any]) -> None:
    plan["request"]["transcript"][0]["mark"] = "A+"


def _other_course(plan: dict[str, Any]) -> None:
    plan["placements"][0]["course"] = "NONE"


@pytest.mark.parametrize(
    ("tamper", "words"),
    [(_later, "grade 13"), (_richer, "credits"), (_better_mark, "record"), (_other_course, "no course")],
)
def test_a_plan_that_was_changed(plan_file: Path, tmp_path: Path, tamper: Any, words: str) -> None:
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    tamper(plan)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    result = run("verify", path)
    assert result.exit_code == 1
    assert "does not hold" in result.stdout
    assert words in result.stdout
    found = answer("verify", path, code=1)
    assert found["holds"] is False
    assert found["problems"]


def test_what_is_no_plan_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text('{"student": "x",\n "status": "perfect"}', encoding="utf-8")
    result = run("verify", path)
    assert result.exit_code == 2
    assert re.search(r"error: plan\.json, line 2, status: ", result.stderr)


# ------------------------------------------------------------------------------------------------------------ audit


def test_plan_again_after_news(plan_file: Path, tmp_path: Path) -> None:
    gone = json.loads(plan_file.read_text(encoding="utf-8"))["placements"][0]["course"]
    out = tmp_path / "again.json"
    found = answer("replan", plan_file, "--cancel", gone, "--out", out)
    assert found["plan"]["verified"]
    assert [c["why"] for c in found["changes"] if c["course"] == gone] == ["it is not offered any more"]
    assert answer("verify", out)["holds"]
    said = run("replan", plan_file, "--cancel", gone).output
    assert "it is not offered any more" in said
    assert "nearness" in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--failed", "NONE"], "no course 'NONE'"),
        (["--grade", "ENG452A"], "names no mark"),
        (["--cancel", "ENG452A@soon"], "is no term"),
        (["--now", "2040-S1"], "no term of the plan"),
        (["--catalog", "nowhere"], "no catalog 'nowhere'"),
        (["--student", "nobody.yaml"], "no such file"),
    ],
)
def test_news_that_does_not_fit(plan_file: Path, options: list[str], words: str) -> None:
    result = run("replan", plan_file, *options)
    assert result.exit_code == 2
    assert words in result.output


def test_single_failures_of_a_plan_or_a_student(plan_file: Path) -> None:
    found = answer("resilience", plan_file)
    assert found == answer("resilience", QUICK)
    assert {one["survived"] for one in found["courses"]} <= {True, False}
    said = run("resilience", plan_file, "--fallbacks").output
    assert "single failures still graduate by 2026-S2" in said
    assert "A whole term lost" in said


def test_a_robust_plan_says_its_price() -> None:
    found = answer("plan", "katy-impossible-wish", "--robust")
    assert found["verified"] and found["robust"]["survives"]
    assert "quality points" in run("plan", "katy-impossible-wish", "--robust").output


def test_audit_of_a_record() -> None:
    found = answer("audit", QUICK)
    assert found["student"] == QUICK
    (report,) = found["programs"]
    result = run("audit", QUICK)
    assert result.exit_code == 0
    assert f"{report['name']}: not met" in result.stdout
    for requirement in report["requirements"]:
        assert requirement["name"].split()[0] in result.stdout


def test_audit_against_given_programs() -> None:
    found = answer("audit", "katy-fresh", "--program", "us-tx-fhsp-2026", "--program", "us-tx-endorsement-stem")
    assert [report["program"] for report in found["programs"]] == ["us-tx-fhsp-2026", "us-tx-endorsement-stem"]


def test_audit_of_an_unknown_program_proposes_near_ones() -> None:
    result = run("audit", "katy-fresh", "--program", "us-tx-fhsp-2062")
    assert result.exit_code == 2
    assert "us-tx-fhsp-2026" in result.stderr


# ------------------------------------------------------------------------------------------- catalogs and programs


def test_check_of_a_sound_catalog() -> None:
    found = answer("check", "katy-isd-tx")
    assert found["catalog"] == "katy-isd-tx"
    assert found["counts"]["error"] == 0
    assert sum(found["counts"].values()) == len(found["findings"])
    assert set(found["findings"][0]) == {"severity", "rule", "code", "message", "mend"}
    assert found["graph"]["courses"] == 451
    assert len(found["graph"]["longest_chain"]) >= 5
    assert found["graph"]["blocking"][0]["code"] == "0211"  # Algebra 1
    result = run("check", "katy-isd-tx")
    assert result.exit_code == 0
    assert "Longest chain" in result.stdout
    assert re.search(r"^0 errors, \d+ warnings?, \d+ notes?$", result.stdout, re.MULTILINE)


def test_check_of_a_catalog_with_errors(catalog: Path) -> None:
    courses = catalog / "courses.csv"
    text = courses.read_text(encoding="utf-8")
    assert text.count("MAL100A") > 2
    kept = [line for line in text.splitlines() if not line.startswith("MAL100A")]
    courses.write_text("\n".join(kept) + "\n", encoding="utf-8")
    result = run("check", catalog)
    assert result.exit_code == 1
    assert "ERRORS" in result.stdout
    assert "prerequisite-unknown" in result.stdout
    assert answer("check", catalog, code=1)["counts"]["error"] > 0


def test_check_of_prerequisites_in_a_circle(catalog: Path) -> None:
    (catalog / "courses.csv").write_text(
        "code,title,subject,credits,prerequisites\nA,Art,Arts,1,B\nB,Band,Arts,1,A\n", encoding="utf-8"
    )
    found = answer("check", catalog, code=1)
    assert "circle" in found["graph"]["problem"]
    assert "circle" in run("check", catalog).stdout


def test_programs_are_listed_and_filtered() -> None:
    found = answer("programs", "--state", "TX", "--entering", "2026", "--kind", "diploma")
    assert {one["kind"] for one in found} == {"diploma"}
    assert {one["jurisdiction"].partition("/")[0] for one in found} == {"US-TX"}
    assert "us-tx-fhsp-2026" in {one["id"] for one in found}
    assert "us-tx-fhsp-2014" not in {one["id"] for one in found}
    assert "us-tx-fhsp-2026" in run("programs", "--state", "TX").stdout
    assert answer("programs", "--state", "TX", "--entering", "1990") == []
    assert "No program" in run("programs", "--state", "TX", "--entering", "1990").stdout
    assert "no jurisdiction 'XX'" in run("programs", "--state", "XX").stderr


def test_programs_of_an_unknown_kind() -> None:
    result = run("programs", "--kind", "degree")
    assert result.exit_code == 2
    assert "endorsement" in result.stderr


def test_a_program_in_words() -> None:
    result = run("programs", "show", "us-tx-fhsp-2026")
    assert result.exit_code == 0
    assert "verified" in result.stdout
    assert "Where this was read" in result.stdout
    found = answer("programs", "show", "us-tx-fhsp-2026")
    assert found["program"]["id"] == "us-tx-fhsp-2026"
    assert found["figures"][0]["status"] in ("verified", "unverified")


def test_examples_can_be_copied(tmp_path: Path) -> None:
    listed = answer("examples")
    assert QUICK in {one["id"] for one in listed}
    assert QUICK in run("examples").stdout
    for one in listed:
        path = tmp_path / f"{one['id']}.yaml"
        path.write_text(run("examples", "show", one["id"]).stdout, encoding="utf-8")
        assert answer("examples", "show", one["id"])["id"] == one["id"]
    assert answer("audit", tmp_path / f"{QUICK}.yaml") == answer("audit", QUICK)


def test_diff_of_two_editions(catalog: Path) -> None:
    assert "No difference" in run("diff", catalog, "woodinville-hs-wa").stdout
    courses = catalog / "courses.csv"
    lines = courses.read_text(encoding="utf-8").splitlines()
    gone = lines.pop(1).split(",")[0]
    courses.write_text("\n".join(lines).replace("Algebra II", "Algebra Two") + "\n", encoding="utf-8")
    found = answer("diff", "woodinville-hs-wa", catalog)
    assert [course["code"] for course in found["removed"]] == [gone]
    assert found["added"] == []
    changed = {course["code"]: course["changes"] for course in found["changed"]}
    assert changed["MAL140A"][0] == {"field": "title", "old": "Algebra II", "new": "Algebra Two"}
    assert "Algebra Two" in run("diff", "woodinville-hs-wa", catalog).stdout


def test_sced_codes_are_proposed() -> None:
    assert answer("sced", "propose", "Hon Alg 2", "--subject", "Mathematics")[0]["code"] == "02056"
    assert "02056" in run("sced", "propose", "Hon Alg 2", "--subject", "Mathematics").stdout
    assert answer("sced", "propose", "?") == []
    assert run("sced", "propose", "?").exit_code == 0


# -------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (b"id: x\n\tname: y\n", "line 2: a tab"),
        (b"id: x\nname: y\n", "catalog"),
        (b"id: x\nid: y\n", "stands twice"),
        (b"# " + b"x" * 6_000_000, "6,000,002 bytes"),
        (b"PK\x03\x04", "Excel"),
        (b"id: \xff\n", "UTF-8"),
        (b"", "empty"),
        (b"- 1\n", "error: student.yaml"),
    ],
    ids=["tab", "keys missing", "key twice", "too large", "zip", "not UTF-8", "empty", "a list"],
)
@pytest.mark.parametrize("command", ["plan", "audit"])
def test_files_that_are_no_student(tmp_path: Path, command: str, write: bytes, words: str) -> None:
    path = tmp_path / "student.yaml"
    path.write_bytes(write)
    result = run(command, path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("goals:", "goals:\n  - {program: us-wa-nothing}", "us-wa-nothing"),
        ("transcript:", 'wishes: [{course: "NO-SUCH"}]\ntranscript:', "NO-SUCH"),
        (
            "transcript:",
            "wishes: [{any_of: {level: ap}, at_most: 1, terms: [2027-T1]}]\ntranscript:",
            "wishes line 1: ",
        ),
        (
            "transcript:",
            "wishes: [{any_of: {subject: magic}, at_most: 1}]\ntranscript:",
            "wishes line 1: unknown subject 'magic'",
        ),
        ("transcript:", 'pins: [{course: "NO-SUCH", by_grade: 12}]\ntranscript:', "NO-SUCH"),
        ("catalog: woodinville-hs-wa", "catalog: woodinvile", "woodinville-hs-wa"),
        ("entering:", "enterring:", "entering"),
    ],
    ids=["program", "wish", "term", "kind", "pin", "catalog", "key"],
)
def test_students_that_name_what_is_not_there(student: Path, old: str, new: str, words: str) -> None:
    text = student.read_text(encoding="utf-8")
    assert old in text
    student.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = run("plan", student)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("error: ")
    assert words in result.stderr


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    for command in ("plan", "audit"):
        assert "no example" in run(command, tmp_path / "none.yaml").stderr
        assert "folder" in run(command, tmp_path).stderr
    for path in (tmp_path / "none.json", tmp_path):
        assert run("verify", path).exit_code == 2
        assert run("check", path).exit_code == 2
    assert run("check", "no-such-catalog").exit_code == 2


def test_errors_as_json(tmp_path: Path) -> None:
    result = run("verify", tmp_path / "none.json", "--json")
    assert result.stdout == ""
    error = json.loads(result.stderr)["error"]
    assert error["message"] == "there is no such file"
    assert set(error) == {"message", "file", "place", "mend"}
    path = tmp_path / "student.yaml"
    path.write_text("id: x\n", encoding="utf-8")
    error = json.loads(run("plan", path, "--json").stderr)["error"]
    assert {one["file"] for one in error["errors"]} == {"student.yaml"}
    assert len(error["errors"]) > 1


@pytest.mark.parametrize("arguments", [["plan"], ["nothing"], ["plan", QUICK, "--seconds", "0"], ["check", "--bad"]])
def test_wrong_use(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


# ------------------------------------------------------------------------------------------- writing, all or nothing


def test_out_needs_a_place_before_the_work_begins(tmp_path: Path) -> None:
    for out in (tmp_path / "none" / "plan.json", tmp_path):
        result = run("plan", QUICK, "--out", out)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "folder" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    old = tmp_path / "plan.json"
    old.write_text("old", encoding="utf-8")

    def fail(_: int) -> None:
        raise failure

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises((InputError, KeyboardInterrupt)):
        shell.write_whole(old, "new")
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("plan.json", "old")]


def test_a_written_file_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    for text in ("old", "new"):
        shell.write_whole(path, text)
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("plan.json", "new")]


# ------------------------------------------------------------------------------------------------------- exit codes


def _failing(error: BaseException) -> typer.Typer:
    group = typer.Typer(pretty_exceptions_enable=False)

    @shell.command(group)
    def fail(json: shell.Json = False) -> int:
        raise error

    return group


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            InputError("it is wrong", file="a.csv", place="line 3", mend="Write 1"),
            2,
            "error: a.csv, line 3: it is wrong\n",
        ),
        (InputErrors([InputError(f"wrong {i}") for i in range(30)], file="a.csv"), 2, "error: and 10 more\n"),
        (ZeroDivisionError("no\nway"), 70, "error: ZeroDivisionError: no way\nmend: "),
        (KeyboardInterrupt(), 130, "stopped\n"),
        (typer.Exit(3), 3, ""),
    ],
)
def test_errors_end_in_a_line_and_a_code(error: BaseException, code: int, words: str) -> None:
    result = CliRunner().invoke(_failing(error), [])
    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_shows_its_traceback_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATHWAYS_DEBUG", "1")
    assert isinstance(CliRunner().invoke(_failing(ZeroDivisionError()), []).exception, ZeroDivisionError)


def test_a_fault_as_json() -> None:
    result = CliRunner().invoke(_failing(ZeroDivisionError("no")), ["--json"])
    assert json.loads(result.stderr)["error"]["message"] == "ZeroDivisionError: no"


# ------------------------------------------------------------------------------------------------------ as a process


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['pathways', '--help']\n"
        "from api.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'ortools', 'pandas', 'networkx', 'fastapi', 'lark', 'pydantic', 'yaml'}\n"
        "print('LOADED', *(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"
    for name in ("demo", "plan", "verify", "audit", "programs", "examples", "check", "diff", "sced", "serve"):
        assert re.search(rf"\b{name}\b", done.stdout)


def test_version() -> None:
    assert re.match(r"pathways \S+\n", run("--version").stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_stops_a_search_at_once() -> None:
    child = process("demo", "--json")
    time.sleep(1.2)  # on the way: the whole demo takes at least twice as long
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, "", "stopped\n")
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_goes_away() -> None:
    child = process("programs", "show", "us-tx-fhsp-2026")
    assert child.stdout is not None
    child.stdout.close()
    child.wait(timeout=30)
    assert child.stderr is not None
    assert (child.returncode, child.stderr.read()) == (141, "")
    child.stderr.close()


def test_a_screen_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["programs", "--state", "CA"], ["programs", "--state", "CA", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        done.stdout.decode("ascii")


@pytest.fixture
def terminal() -> Callable[..., str]:
    """Runs a command in a terminal of so many columns and returns what it shows."""
    pty = pytest.importorskip("pty")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")

    def show(columns: int, *arguments: str, **environment: str) -> str:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 48, columns, 0, 0))
        known = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
        child = subprocess.Popen(
            [sys.executable, "-m", "api.cli", *arguments],
            stdout=theirs,
            env={**known, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment},
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        assert child.wait(timeout=30) == 0
        return shown.decode().replace("\r\n", "\n")

    return show


COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


@pytest.mark.parametrize("columns", [60, 80, 200])
@pytest.mark.parametrize(
    "arguments", [["plan", "montclair-transfer"], ["programs", "--state", "TX"], ["programs", "show", "us-tx-dla-2026"]]
)
def test_nothing_is_wider_than_the_terminal(terminal: Any, columns: int, arguments: list[str]) -> None:
    lines = terminal(columns, *arguments, NO_COLOR="1").splitlines()
    assert max(len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line)) for line in lines) <= columns


def test_colours_and_rules_in_a_terminal_only(terminal: Any) -> None:
    shown = terminal(80, "plan", QUICK)
    assert COLOUR.search(shown)
    assert "╭" in shown
    assert not COLOUR.search(terminal(80, "plan", QUICK, NO_COLOR="1"))
    piped = run("plan", QUICK).stdout
    assert "\x1b" not in piped
    assert "╭" not in piped


# ---------------------------------------------------------------------------------------------- choosing among plans


def test_alternatives_in_words_and_as_json() -> None:
    asked = ("alternatives", QUICK, "--count", "1", "--apart", "0.5")
    words, data = run(*asked), json.loads(run(*asked, "--json").stdout)
    assert words.exit_code == 0
    assert list(data) == ["first", "slack", "alternatives", "words"]
    (one,) = data["alternatives"]
    assert one["proven"] and one["plan"]["verified"] and one["nearest"] >= data["slack"]["apart"] == 0.5
    for sentence in (*one["trade_offs"], one["words"]):
        assert sentence in words.stdout


def test_no_alternative_ends_with_1_and_says_why() -> None:
    found = run("alternatives", QUICK, "--apart", "9")
    assert found.exit_code == 1
    assert "No further plan differs by 9 year-long courses" in found.stdout


def test_a_front_is_printed_drawn_and_as_json(tmp_path: Path) -> None:
    picture = tmp_path / "front.svg"
    asked = ("front", QUICK, "--of", "quality", "--against", "courses")
    words, data = run(*asked, "--out", picture), json.loads(run(*asked, "--json").stdout)
    assert words.exit_code == 0
    assert [(point["of"], point["against"]) for point in data["points"]] == [(54, 2), (147, 1)]
    assert data["complete"] and data["words"] in words.stdout
    drawn = picture.read_text(encoding="utf-8")
    assert drawn.startswith("<?xml") and "54, 2" in drawn and "courses taken" in drawn


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["alternatives", QUICK, "--count", "0"], "Ask for 1 to 9"),
        (["alternatives", QUICK, "--count", "50"], "Ask for 1 to 9"),
        (["alternatives", QUICK, "--toward", "easy"], "lighter, demanding, sooner, language, different"),
        (["alternatives", QUICK, "--apart", "nan"], "such as 2 or 1.5"),
        (["alternatives", QUICK, "--apart", "0"], "more than 0"),
        (["alternatives", QUICK, "--slack", "-1"], "never less than 0"),
        (["front", QUICK, "--of", "fun", "--against", "load"], "wishes, quality, rigor, load, courses, finish"),
        (["front", QUICK, "--of", "load", "--against", "load"], "against itself"),
        (["front", QUICK, "--of", "load", "--against", "wishes", "--out", "front.gif"], "svg, .png, .pdf"),
    ],
)
def test_choices_that_cannot_be(arguments: list[str], words: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert words in found.stderr
