"""Answers for people: why a course is in a plan or not, what cannot hold together, and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from pathways.cli.tables import bullets, hanging, heading

if TYPE_CHECKING:
    from pathways.explain.answers import Answers
    from pathways.explain.why import Reason
    from pathways.explain.why_not import Absence
    from pathways.plan import Conflict, Correction, Fact


def print_answers(answers: Answers, console: Console) -> None:
    """Courses of the plan, then those that are not in it."""
    for reason in answers.present:
        print_reason(reason, console)
    for absence in answers.absent:
        print_absence(absence, console)
    for goal in answers.goals:
        heading(goal.name, console)
        if goal.conflict is not None:
            print_conflict(goal.conflict, console)
        else:
            hanging(goal.words, console)


def print_conflicts(conflicts: Sequence[tuple[Fact, ...]], console: Console) -> None:
    """Smallest sets of facts that cannot hold together."""
    for facts in conflicts:
        heading("Cannot hold together" if len(facts) > 1 else "Cannot hold", console)
        bullets([fact.words for fact in facts], console)
    if not conflicts:
        print("Nothing rules the diploma out.")


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
