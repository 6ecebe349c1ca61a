"""A plan's way toward a goal as a picture: courses by subject and year, and what they lead to."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from catalogs import InputError
from pathways.plan import GoalPart, GoalResult, Plan
from requirements.picture import FULL, HALF, INK, LINE, QUIET, STYLE, drawn, form_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 24
"""Characters of a line in a box."""
MISSING = "not in this plan"
SO_FAR = "so far"


def goal_picture(plan: Plan, goal: GoalResult, form: str = "svg") -> bytes:
    """Draw how a plan leads to a goal that is no program.

    Parameters
    ----------
    form : str
        ``svg``, ``png`` or ``pdf``.

    Returns
    -------
    bytes
        Equal for equal plans and library versions.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    cells = _cells(goal)
    rows = list(dict.fromkeys(row for row, _ in cells))
    heights = {row: max(len(found) for (own, _), found in cells.items() if own == row) for row in rows}
    columns = _columns(plan, goal)
    tall = sum(heights.values())
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(2.3 * (len(columns) + 1), 0.62 * tall + 1.9), layout="constrained")
        axes = figure.subplots()
        axes.set(xlim=(-1, len(columns)), ylim=(tall, -0.6))
        axes.set_axis_off()
        for x, name in enumerate(columns):
            axes.text(x + 0.5, -0.3, name, ha="center", va="center", color=INK, weight="bold", fontsize=10)
        y = 0
        for row in rows:
            axes.plot([-1, len(columns)], [y, y], color=LINE, linewidth=1)
            name = "\n".join(textwrap.wrap(row, WIDE))
            axes.text(-0.95, y + heights[row] / 2, name, ha="left", va="center", color=INK, fontsize=10)
            for x, name in enumerate(columns):
                for n, part in enumerate(cells.get((row, name), ())):
                    _box(axes, x, y + n, part)
            y += heights[row]
        figure.suptitle(f"Toward {goal.name}", fontsize=14, color=INK, x=0.01, ha="left", weight="bold")
        words = (
            f"{goal.words}. Plan for {plan.name}, {plan.catalog_name}.\n"
            "Full boxes are on the record, pale ones planned, open ones missing or not taught here. "
            "A share is no verdict on anyone."
        )
        figure.supxlabel(words, fontsize=9, color=QUIET, x=0.01, ha="left")
        return drawn(figure, form)


def write_goal_picture(path: Path, plan: Plan) -> None:
    """Write the picture of a plan's first goal that is no program, in the format that the file's name ends on.

    Raises
    ------
    InputError
        For another ending than svg, png or pdf, and for a plan without such a goal.
    """
    form = form_of(path)
    if not plan.goals:
        raise InputError("the record has no goal to draw the way to", place="goals", mend="Give it one, or --goal")
    path.write_bytes(goal_picture(plan, plan.goals[0], form))


def _columns(plan: Plan, goal: GoalResult) -> list[str]:
    years = dict.fromkeys(f"grade {place.grade}" for place in sorted(plan.placements, key=lambda one: one.year))
    found = {name for _, name in _cells(goal)}
    return [name for name in (SO_FAR, *years, MISSING) if name in years or name in found]


def _cells(goal: GoalResult) -> dict[tuple[str, str], list[GoalPart]]:
    """Parts by subject and column."""
    grades = {str(step.year): f"grade {step.grade}" for step in goal.next_steps}
    cells: dict[tuple[str, str], list[GoalPart]] = defaultdict(list)
    for part in goal.parts:
        if part.term is not None:
            column = grades[part.term.partition("-")[0]]
        else:
            column = MISSING if part.status in ("missing", "out_of_reach", "not_offered") else SO_FAR
        cells[part.subject, column].append(part)
    return dict(cells)


def _box(axes: Axes, x: int, y: int, part: GoalPart) -> None:
    from matplotlib.patches import FancyBboxPatch

    there = part.status in ("on_record", "in_progress")
    face = FULL if there else HALF if part.status == "planned" else "none"
    style = "round,pad=0,rounding_size=0.06"
    edge = QUIET if face == "none" else face
    axes.add_patch(FancyBboxPatch((x + 0.04, y + 0.08), 0.92, 0.84, boxstyle=style, facecolor=face, edgecolor=edge))
    words = part.title or part.name.partition(": ")[2] or part.name
    text = "\n".join(textwrap.wrap(words, WIDE, max_lines=2, placeholder=" …"))
    ink = "#ffffff" if there else INK
    axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=8, color=ink, linespacing=1.05)
