"""Goals that are no programs, for people: how far the plan goes toward each, what is missing and why, and the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from pathways.cli.tables import hanging, heading, table

if TYPE_CHECKING:
    from pathways.plan import GoalResult

MARKS = {
    "on_record": ("✓", "green"),
    "in_progress": ("▸", "yellow"),
    "planned": ("·", ""),
    "missing": ("✗", "red"),
    "out_of_reach": ("✗", "red"),
    "not_offered": ("○", "magenta"),
}


def print_goal(goal: GoalResult, console: Console) -> None:
    """Share, parts and the steps of each school year."""
    heading(f"Toward {goal.words}", console)
    made = table(console, "", "part", f"#{goal.unit}", "by")
    for part in goal.parts:
        mark, style = MARKS[part.status]
        made.add_row(Text(mark, style=style), Text(part.name), str(part.weight), Text(part.words))
    console.print(made)
    for step in goal.next_steps:
        hanging(f"- {step.year}–{(step.year + 1) % 100:02d}, grade {step.grade}: {step.words}", console)
