"""Cases that any auditor can be held against: a record, a program and the verdict that its rules demand.

A case file stands in a tree that mirrors the rule files, ``<jurisdiction>/<program>.yaml``: one record that just
meets the program, and cases that change it. `read_cases` writes each of them out in full, in a form that names no
catalog: courses by national code, credits in the program's own unit. ``python -m requirements.conformance FOLDER``
holds the audit of this package against them; with ``--json`` it prints the cases, one in a line, for another auditor.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from catalogs.documents import Document, read_yaml
from catalogs.errors import InputError
from catalogs.grading import Grading
from requirements.audit import audit
from requirements.check import check
from requirements.decisions import Achievement
from requirements.language import Number, Rule, Slug
from requirements.mistakes import near
from requirements.reader import load
from requirements.record import Entry
from requirements.report import Answer, AuditReport, RequirementResult
from requirements.selector import Subject


class CaseLine(Rule):
    """One course of a record."""

    id: Slug
    title: str
    sced: str = Field(pattern=r"^\d{5}$", description="national course code (SCED)")
    credits: Annotated[Number, Field(ge=0)] = Field(description="in the program's unit")
    level: Literal["regular", "honors", "ap", "ib", "dual", "cte"] = "regular"
    mark: str | None = Field(default=None, description="passed where left out")
    grade: int | None = Field(default=None, ge=6, le=13, description="of the student when the course was taken")


class Base(Rule):
    """The record that the cases of a file change; ``like`` takes that of another program of the jurisdiction."""

    like: str | None = None
    without: tuple[str, ...] = ()
    with_: tuple[CaseLine, ...] = Field(default=(), alias="with")
    transcript: tuple[CaseLine, ...] = ()
    achievements: tuple[Achievement, ...] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Base:
        if (self.like is None) != bool(self.transcript):
            raise ValueError("a base has a transcript, or names another program with like")
        return self


class Change(Rule):
    """One case: what differs from the base, and the verdict."""

    id: Slug
    why: str | None = None
    without: tuple[str, ...] = Field(default=(), description="ids of lines taken away")
    with_: tuple[CaseLine, ...] = Field(default=(), alias="with", description="lines added")
    without_achievements: tuple[str, ...] = Field(default=(), description="by requirement")
    with_achievements: tuple[Achievement, ...] = ()
    verdict: Answer
    broken: tuple[str, ...] = Field(default=(), description="the requirements not met, exactly")
    asked: tuple[str, ...] | None = Field(default=None, description="the requirements that a person must decide")

    @model_validator(mode="after")
    def _named(self) -> Change:
        if (self.verdict == "not_met") != bool(self.broken):
            raise ValueError("broken names the requirements not met: give it where the verdict is not_met, only there")
        return self


class CaseFile(Rule):
    """A case file as written."""

    program: str
    base: Base
    cases: tuple[Change, ...] = Field(min_length=1)


class Case(Rule):
    """One case in full.

    ``broken`` are the paths of the requirements that are not met, the innermost of them (a choice is named itself,
    not its branches); ``asked`` are those that wait for a person, where the case says.
    """

    id: str
    program: str
    why: str | None
    transcript: tuple[CaseLine, ...]
    achievements: tuple[Achievement, ...]
    verdict: Answer
    broken: tuple[str, ...]
    asked: tuple[str, ...] | None


def read_cases(folder: Path | str) -> tuple[Case, ...]:
    """All cases below a folder (or of one file), in the order of their files.

    Raises
    ------
    InputError
        Naming file and place of the first thing wrong.
    """
    root = Path(folder)
    files = [root] if root.is_file() else sorted(root.rglob("*.yaml"))
    if not files:
        raise InputError(f"there are no case files (*.yaml) in {root}")
    return tuple(case for file in files for case in _cases(file))


@lru_cache(maxsize=512)
def _read(path: Path) -> tuple[CaseFile, Document]:
    document = read_yaml(path)
    try:
        return CaseFile.model_validate(document.data), document
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = tuple(step for step in first["loc"] if isinstance(step, int) or not step.startswith("function"))
        while place and place not in document.lines:
            place = place[:-1]
        at = ".".join(map(str, first["loc"]))
        raise document.error(place, f"{at}: {first['msg'].removeprefix('Value error, ')}") from None


def _base(path: Path) -> tuple[tuple[CaseLine, ...], tuple[Achievement, ...]]:
    file, document = _read(path)
    base = file.base
    if base.like is None:
        return base.transcript, base.achievements or ()
    other = path.with_name(f"{base.like}.yaml")
    if other == path or not other.is_file():
        known = [one.stem for one in path.parent.glob("*.yaml") if one != path]
        raise document.error(
            ("base", "like"), f"there are no cases of {base.like!r} to build on", near(base.like, known)
        )
    lines, done = _base(other)
    kept = _changed(lines, base.without, base.with_, document, ("base",))
    return kept, done if base.achievements is None else base.achievements


def _cases(path: Path) -> Iterator[Case]:
    file, document = _read(path)
    lines, done = _base(path)
    for i, case in enumerate(file.cases):
        place = ("cases", i)
        left = [one for one in done if one.requirement not in case.without_achievements]
        missing = set(case.without_achievements) - {one.requirement for one in done}
        if missing:
            raise document.error(place, f"the base has no achievement for {min(missing)!r} to take away")
        yield Case(
            id=f"{file.program}/{case.id}",
            program=file.program,
            why=case.why,
            transcript=_changed(lines, case.without, case.with_, document, place),
            achievements=(*left, *case.with_achievements),
            verdict=case.verdict,
            broken=case.broken,
            asked=case.asked,
        )


def _changed(
    lines: Sequence[CaseLine],
    without: Sequence[str],
    more: Sequence[CaseLine],
    document: Document,
    place: tuple[str | int, ...],
) -> tuple[CaseLine, ...]:
    known = [one.id for one in lines]
    for id in without:
        if id not in known:
            raise document.error(place, f"the base has no line {id!r} to take away", near(id, known))
    kept = (*(one for one in lines if one.id not in without), *more)
    ids = [one.id for one in kept]
    twice = next((id for id in ids if ids.count(id) > 1), None)
    if twice is not None:
        raise document.error(place, f"two lines of the record are called {twice!r}", "Give each an id of its own")
    return kept


# --------------------------------------------------------------------------------------------------------- the audit


def entries_of(case: Case) -> tuple[Entry, ...]:
    """The record of a case as the audit takes it."""
    year, grading = load(case.program).unit.year_course, Grading()
    return tuple(
        Entry(
            id=line.id,
            title=line.title,
            subject=Subject(sced=line.sced, level=line.level),
            amount=line.credits / year * (line.mark is None or grading.passes(line.mark)),
            stage="earned",
            mark=line.mark,
            grade=line.grade,
        )
        for line in case.transcript
    )


def report_of(case: Case) -> AuditReport:
    """What this package's audit says of a case."""
    return audit(load(case.program), entries_of(case), achievements=case.achievements)


def disagreements(case: Case) -> list[str]:
    """Sentences about where the audit of this package, or its checker, says otherwise than a case; empty if nowhere."""
    report = report_of(case)
    found = []
    if report.answer != case.verdict:
        found.append(f"the verdict is {report.answer}, not {case.verdict}")
    broken, asked = innermost(report.requirements, "not_met"), innermost(report.requirements, "ask")
    if set(broken) != set(case.broken):
        found.append(f"not met are {', '.join(broken) or 'none'}, not {', '.join(case.broken) or 'none'}")
    if case.asked is not None and set(asked) != set(case.asked):
        found.append(f"asked are {', '.join(asked) or 'none'}, not {', '.join(case.asked) or 'none'}")
    found += check(load(case.program), entries_of(case), report, achievements=case.achievements)
    return found


def innermost(results: Iterable[RequirementResult], status: str) -> list[str]:
    """Paths of the requirements of a status that none inside them explains.

    A choice stands for itself. A requirement of credits is named beside its parts where it lacks more than they do.
    """
    found = []
    for one in results:
        if one.status != status:
            continue
        inside = [] if one.kind == "any_of" else innermost(one.parts, status)
        own = one.missing - sum(part.missing for part in one.parts if part.kind != "courses")
        if not inside or (one.kind == "credits" and status == "not_met" and own > 0):
            found.append(one.path)
        found += inside
    return found


def main(arguments: Sequence[str]) -> int:
    """Hold the audit against the cases of folders or files; the exit code is 1 where it disagrees."""
    folders = [one for one in arguments if one != "--json"]
    cases = [case for folder in folders for case in read_cases(folder)]
    if "--json" in arguments:
        for case in cases:
            print(case.model_dump_json(by_alias=True, exclude_defaults=True))
        return 0
    wrong = 0
    for case in cases:
        for sentence in disagreements(case):
            wrong += 1
            print(f"{case.id}: {sentence}")
    programs = len({case.program for case in cases})
    print(f"{_number(len(cases), 'case')} of {_number(programs, 'program')}, {_number(wrong, 'disagreement')}")
    return 1 if wrong else 0


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as wrong_input:
        sys.exit(str(wrong_input))
