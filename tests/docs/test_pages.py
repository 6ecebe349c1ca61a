"""Pages worked through from top to bottom: files as titled, commands as shown, output as printed."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r'^( *)```(\w+)(?: title="([^"]+)")?\n(.*?)^\1```$', re.DOTALL | re.MULTILINE)
PAGES = (
    "how-to/ask-why.md",
    "how-to/district-rules.md",
    "how-to/moving-state.md",
    "how-to/plan-toward-a-career.md",
    "how-to/compare-states.md",
    "reference/conformance.md",
    "explanation/replanning.md",
    "explanation/resilience.md",
)

pytestmark = pytest.mark.skipif(
    os.name != "posix" or shutil.which("bash") is None, reason="pages speak to a POSIX shell"
)


def blocks(page: str) -> Iterator[tuple[str, str | None, str]]:
    """Language, title and text of every fenced block."""
    for indent, language, title, text in FENCE.findall((DOCS / page).read_text(encoding="utf-8")):
        yield language, title or None, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Commands of a console block, each with the output shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def fits(want: str, got: str) -> bool:
    """Whether an output is what a page shows: ``...`` on its own stands for lines, in a line for a part of it.

    Columns shift with the longest name in them, so blanks count as one, and so does a bar.
    """
    want, lines = re.sub("─+", "─", want), re.sub("─+", "─", got).splitlines()
    chunks: list[list[re.Pattern[str]]] = [[]]
    for line in want.splitlines():
        if line.strip() == "...":
            chunks.append([])
        else:
            words = (r"\s+".join(map(re.escape, part.split())) for part in line.split("..."))
            chunks[-1].append(re.compile(r"\s*" + r"\s*.*?\s*".join(words) + r"\s*"))

    def match(chunk: list[re.Pattern[str]], start: int) -> bool:
        here = lines[start : start + len(chunk)]
        return len(here) == len(chunk) and all(p.fullmatch(line) for p, line in zip(chunk, here, strict=True))

    head, *middle = chunks
    if not middle:
        return len(lines) == len(head) and match(head, 0)
    *middle, tail = middle
    at = len(head)
    for chunk in middle:
        found = next((start for start in range(at, len(lines)) if match(chunk, start)), None)
        if found is None:
            return False
        at = found + len(chunk)
    end = len(lines) - len(tail)
    return match(head, 0) and end >= at and match(tail, end)


@pytest.mark.parametrize(
    ("want", "got", "fit"),
    [
        ("a  b ──\n", "a b ───\n", True),
        ("a\n", "a\nb\n", False),
        ("a\nb\n", "a\n", False),
        ("a\n...\nb\n", "a\nb\n", True),
        ("a\n...\nb\n", "a\nc\nd\nb\n", True),
        ("a\n...\nb\n", "a\nb\nc\n", False),
        ("...\nb\n...\nb\n", "b\nb\n", True),
        ("...\nb\n...\nb\n", "a\nb\n", False),
        ("a 1/2 ...\n", "a 1/2 of 3\n", True),
        ("a ... c\n", "a b d\n", False),
        ("", "", True),
        ("", "error\n", False),
    ],
)
def test_output_is_compared(want: str, got: str, fit: bool) -> None:
    assert fits(want, got) is fit


@pytest.fixture
def shell(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A folder beside the checkout, and an environment in which the commands of the package are found."""
    (tmp_path / "pathways").symlink_to(ROOT)
    programs = tmp_path / "bin"
    programs.mkdir()
    python = shlex.quote(sys.executable)
    for name, call in {"pathways": f"{python} -m api.cli", "python": python}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {call} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    here = tmp_path / "work"
    here.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("PATHWAYS_") and name != "COLUMNS"}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return here, {**own, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_true(name: str, shell: tuple[Path, dict[str, str]]) -> None:
    folder, environment = shell
    for language, title, text in blocks(name):
        if title is not None:
            (folder / title).write_text(text, encoding="utf-8")
        for command, output in commands(text) if language == "console" else ():
            if command.startswith("export "):
                variable, _, value = command.removeprefix("export ").partition("=")
                environment[variable] = value
                continue
            done = subprocess.run(  # what the pages of this repository say, nothing else
                ["bash", "-c", command],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
            if not fits(output, done.stdout):
                pytest.fail(f"{name} says\n\n$ {command}\n{output}\nbut this came out:\n\n{done.stdout}")
