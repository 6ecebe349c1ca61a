"""The command `pathways why`: why a course is in a plan, or why it is not and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import HOLDS, Json, at_work, emit, screen
from pathways.cli.tables import bullets, hanging, heading

if TYPE_CHECKING:
    from rich.console import Console

    from pathways.explain.answers import Answers
    from pathways.explain.why import Reason
    from pathways.explain.why_not import Absence
    from pathways.plan import Conflict, Correction


def why(
    student: Annotated[
        str,
        typer.Argument(
            metavar="STUDENT", help="A student's YAML or JSON file, or the id of an example.", show_default=False
        ),
    ],
    courses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COURSE]...", help="Codes of courses, in the plan or not; all of the plan when left out."
        ),
    ] = None,
    json: Json = False,
) -> int:
    """Tell why courses are in a student's plan, and what would be lost without them; or why they are not."""
    from pathways.files import find_student, naming

    record, folder = find_student(student)

    def work(stop: Event) -> Answers:
        from pathways.explain.answers import answers
        from pathways.planner import make

        return answers(make(record, stop=stop, folder=folder), courses or (), stop=stop)

    with naming(student):
        found = at_work(f"asking about the plan of {record.id}", work)
    if json:
        emit(found)
        return HOLDS
    console = screen()
    for reason in found.present:
        print_reason(reason, console)
    for absence in found.absent:
        print_absence(absence, console)
    return HOLDS


def print_reason(reason: Reason, console: Console) -> None:
    """One course of a plan and its three sentences."""
    heading(f"{reason.title} ({reason.course}), {reason.term}", console)
    for sentence in (reason.counts, reason.opens, reason.without):
        hanging(sentence, console)


def print_absence(absence: Absence, console: Console) -> None:
    """One course that is not in the plan."""
    heading(f"{absence.title} ({absence.course})", console)
    hanging(absence.words, console)
    bullets([fact.words for fact in absence.facts], console)
    print_corrections(absence.corrections, console)


def print_conflict(conflict: Conflict, console: Console) -> None:
    """What cannot hold together, and what would help."""
    hanging(conflict.words, console)
    bullets([fact.words for fact in conflict.facts], console)
    for facts in conflict.further:
        hanging("Nor can these:" if len(facts) > 1 else "Nor can this:", console)
        bullets([fact.words for fact in facts], console)
    print_corrections(conflict.corrections, console)


def print_corrections(corrections: Sequence[Correction], console: Console) -> None:
    """Ways out, the cheapest first."""
    if corrections:
        console.print("What would help, the least first; each was tried:", style="bold")
        bullets([one.words for one in corrections], console)
