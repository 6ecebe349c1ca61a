"""A front as a picture: its points with their values, and words under it."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from catalogs.exact import decimal_text
from requirements.picture import FULL, INK, LINE, QUIET, STYLE, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pathways.front import Axis, Front

WIDTH = 105
"""Characters of a line under the picture."""


def front_picture(front: Front, form: str = "svg") -> bytes:
    """Draw a front.

    Parameters
    ----------
    form : str
        ``svg``, ``png`` or ``pdf``.

    Returns
    -------
    bytes
        Equal for equal fronts and library versions.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 5.6), layout="constrained")
        axes = figure.subplots()
        _frame(axes, front)
        if front.points:
            _points(axes, front)
        title = f"{front.name}: {front.of.title} against {front.against.title}"
        figure.suptitle(fill(title, 80), fontsize=13, color=INK, x=0.02, ha="left", weight="bold")
        words = f"{front.words} A full dot is as good as the best plan."
        figure.supxlabel(fill(words, WIDTH), fontsize=9, color=QUIET, x=0.02, ha="left")
        return drawn(figure, form)


def _frame(axes: Axes, front: Front) -> None:
    axes.set_xlabel(_named(front.of), fontsize=10, color=INK)
    axes.set_ylabel(_named(front.against), fontsize=10, color=INK)
    axes.tick_params(length=0, labelsize=9, labelcolor=QUIET)
    axes.locator_params(integer=True)
    axes.grid(color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.margins(0.12)
    for side in axes.spines.values():
        side.set_visible(False)


def _named(axis: Axis) -> str:
    return f"{axis.title} ({axis.unit}, {axis.sense} is best)"


def _points(axes: Axes, front: Front) -> None:
    """Dots at the points, steps between them: who wants better in one has to go to the next in the other."""
    xs, ys = ([float(getattr(point, name)) for point in front.points] for name in ("of", "against"))
    # From a point on, nothing better in the second measure is had before the first one gives way to the next point.
    axes.step(xs, ys, where="post", color=LINE, linewidth=1.6, zorder=1)
    colors = [FULL if point.best else "white" for point in front.points]
    axes.scatter(xs, ys, s=64, c=colors, edgecolors=FULL, linewidths=1.6, zorder=2)
    for x, y, point in zip(xs, ys, front.points, strict=True):
        text = f"{decimal_text(point.of)}, {decimal_text(point.against)}"
        axes.annotate(text, (x, y), xytext=(7, 7), textcoords="offset points", fontsize=9, color=INK)
