"""The national comparison as a picture: credits by subject and what else is asked, state by state."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogs.errors import InputError
from requirements.comparison import CHOICE, COURSES, ELECTIVES, SUBJECTS, TASKS, TOTAL, credits_by_subject, demands

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, LINE = "#1c2733", "#5b6b7a", "#dfe5ea"
SHADES = "GnBu"
FULL, HALF = "#1f6f8b", "#9cc7d4"
MOST = 5.0  # credits: the darkest shade
FORMATS = ("svg", "png", "pdf")
STYLE: dict[Any, Any] = {"svg.hashsalt": "pathways", "svg.fonttype": "none", "font.family": "sans-serif"}


def comparison_picture(entering: int, form: str = "svg") -> bytes:
    """Draw the comparison of all states for students who entered grade 9 in a fall.

    Parameters
    ----------
    entering : int
    form : str
        ``svg``, ``png`` or ``pdf``.

    Returns
    -------
    bytes
        Equal for equal rules and library versions.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    credits, asked = credits_by_subject(entering), demands(entering)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(15, 0.26 * len(credits) + 2.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=[len(SUBJECTS) + 3, len(COURSES) + len(TASKS)])
        _credits(left, credits)
        _demands(right, asked)
        title = f"What the standard diploma asks of students who enter grade 9 in {entering}"
        figure.suptitle(title, fontsize=15, color=INK, x=0.01, ha="left", weight="bold")
        words = (
            "Left: year-long courses by subject (Choice: credit of several subjects). Right: full dots are required of "
            "everyone, pale dots are one way among several.\nA state without a total leaves credits to its districts. "
            "Every figure with its reference: pathways programs show."
        )
        figure.supxlabel(words, fontsize=9, color=QUIET, x=0.01, ha="left")
        return drawn(figure, form)


def write_picture(path: Path, entering: int) -> None:
    """Write the comparison to a file, in the format that its name ends on.

    Raises
    ------
    InputError
        For another ending than svg, png or pdf.
    """
    path.write_bytes(comparison_picture(entering, form_of(path)))


def form_of(path: Path) -> str:
    """The format that a picture's name ends on.

    Raises
    ------
    InputError
        For another ending than svg, png or pdf.
    """
    form = path.suffix.removeprefix(".").lower()
    if form not in FORMATS:
        raise InputError(f"{path.name!r} is no picture", mend=f"End its name on .{', .'.join(FORMATS)}")
    return form


def drawn(figure: Figure, form: str) -> bytes:
    """A figure in a format; equal for equal figures and library versions."""
    out = BytesIO()
    metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
    figure.savefig(out, format=form, metadata=metadata, dpi=110)
    return out.getvalue()


def _frame(axes: Axes, columns: list[str], rows: list[str]) -> None:
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="left", rotation_mode="anchor", fontsize=9, color=INK)
    axes.set_yticks(range(len(rows)), [row.removeprefix("US-") for row in rows], fontsize=8.5, color=INK)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)


def _credits(axes: Axes, credits: Any) -> None:
    shades = credits[[*SUBJECTS, CHOICE, ELECTIVES]]
    axes.imshow(shades.to_numpy(), cmap=SHADES, vmin=0, vmax=MOST, aspect="auto", extent=_extent(shades))
    _frame(axes, list(credits.columns), list(credits.index))
    axes.set_xlim(-0.5, len(credits.columns) - 0.5)
    for y, (_, row) in enumerate(credits.iterrows()):
        for x, (name, value) in enumerate(row.items()):
            if value == value and value:
                pale = name != TOTAL and value > 0.62 * MOST
                weight = "bold" if name == TOTAL else "normal"
                color = "white" if pale else INK
                axes.text(x, y, f"{value:g}", ha="center", va="center", fontsize=8, color=color, weight=weight)


def _extent(frame: Any) -> tuple[float, float, float, float]:
    rows, columns = frame.shape
    return (-0.5, columns - 0.5, rows - 0.5, -0.5)


def _demands(axes: Axes, asked: Any) -> None:
    _frame(axes, list(asked.columns), list(asked.index))
    axes.set_xlim(-0.5, len(asked.columns) - 0.5)
    axes.set_ylim(len(asked) - 0.5, -0.5)
    axes.hlines([i + 0.5 for i in range(len(asked))], -0.5, len(asked.columns) - 0.5, color=LINE, linewidth=0.6)
    for how, color in (("required", FULL), ("choice", HALF)):
        found = [(x, y) for y, row in enumerate(asked.to_numpy()) for x, cell in enumerate(row) if cell == how]
        if found:
            axes.scatter([x for x, _ in found], [y for _, y in found], s=34, color=color, linewidths=0)
