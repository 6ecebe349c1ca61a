"""The command `pathways why`: why a course is in a plan, or why it is not and what would help."""

from __future__ import annotations

from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pathways.cli.shell import HOLDS, Json, StudentArgument, at_work, emit, screen

if TYPE_CHECKING:
    from pathways.explain.answers import Answers
    from pathways.plan import Fact

MOST = 10
"""So many conflicts are shown."""


def why(
    student: StudentArgument,
    courses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COURSE]...",
            help="Codes of courses, in the plan or not, or ids of the student's goals; all of the plan when left out.",
        ),
    ] = None,
    conflicts: Annotated[
        bool, typer.Option("--conflicts", help="Show all smallest sets of facts that rule the diploma out.")
    ] = False,
    json: Json = False,
) -> int:
    """Tell why courses are in a student's plan, and what would be lost without them; or why they are not."""
    from catalogs import InputError
    from pathways.files import find_student, naming

    if conflicts and courses:
        raise InputError("conflicts are about the whole plan", mend="Name courses, or give --conflicts, not both")
    record, folder = find_student(student)

    def work(stop: Event) -> tuple[Answers | None, list[tuple[Fact, ...]]]:
        from pathways.explain.answers import answers
        from pathways.explain.question import Question
        from pathways.planner import Task

        made = Task.of(record, folder=folder).best(stop=stop)
        if conflicts:
            question = Question(made.compiled, made.compiled.programs[:1], stop=stop)
            return None, list(islice(question.every_conflict(), MOST))
        return answers(made, courses or (), stop=stop), []

    with naming(student):
        found, sets = at_work(f"asking about the plan of {record.id}", work)
    if found is None:
        if json:
            emit({"student": record.id, "conflicts": sets})
        else:
            from pathways.cli.answers import print_conflicts

            print_conflicts(sets, screen())
        return HOLDS
    if json:
        emit(found)
        return HOLDS
    from pathways.cli.answers import print_answers

    print_answers(found, screen())
    return HOLDS
