"""Figures of several small plots in rows: sorted errors, overlays, known noise. Drawn through `io.figure`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLE_LETTERS = 30
_ROOM = 1.7
#: How a line of a panel looks: its colour in `INK`, width in points, dashes.
LOOKS = {
    "predicted": ("first", 1.3, ()),
    "reference": ("text", 0.9, (4, 2)),
    "plain": ("text", 1.0, ()),
    "noisy": ("second", 0.7, ()),
    "faint": ("faint", 0.6, ()),
}


@dataclass(frozen=True, eq=False)
class PanelLine:
    """One line: x and y of the same length, a look out of `LOOKS`, and a name for the legend where it has one."""

    x: np.ndarray
    y: np.ndarray
    look: str = "plain"
    label: str = ""


@dataclass(frozen=True, eq=False)
class PanelMark:
    """A point on a line with a word beside it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, eq=False)
class Panel:
    """One small plot."""

    lines: tuple[PanelLine, ...]
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    marks: tuple[PanelMark, ...] = ()
    logarithmic: bool = False


def page_of_plots(
    n_plots: int, columns: int, plot_mm: tuple[float, float], heading_mm: float = 0.0
) -> tuple[int, FigureSpec]:
    """Return how many rows small plots of one size take, and the figure that holds them.

    Raises
    ------
    XanesviewError
        If there is nothing to draw.
    """
    if not n_plots:
        raise XanesviewError("There is no plot to draw.", "Give at least one.")
    rows = -(-n_plots // columns)
    height = plot_mm[1] * rows + heading_mm
    return rows, FigureSpec(width_mm=plot_mm[0] * columns, height_mm=height, dpi=180, font_pt=7.5)


def draw_panels(panels: Sequence[Panel], columns: int, panel_mm: tuple[float, float] = (58.0, 46.0)) -> Figure:
    """Return a figure of small plots on white, row by row.

    Parameters
    ----------
    panels : sequence of Panel
    columns : how many stand beside each other
    panel_mm : width and height of one plot with its titles

    Raises
    ------
    XanesviewError
        If there is nothing to draw.
    """
    rows, spec = page_of_plots(len(panels), columns, panel_mm)
    with new_figure(spec) as figure:
        for number, panel in enumerate(panels):
            _draw(figure.add_subplot(rows, columns, number + 1), panel)
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    for depth, line in enumerate(panel.lines):
        colour, width, dashes = LOOKS[line.look]
        (drawn,) = axes.plot(
            line.x, line.y, color=INK[colour], linewidth=width, zorder=2 + depth, label=line.label or None,
            solid_joinstyle="round",
        )  # fmt: skip
        if dashes:
            drawn.set_dashes(dashes)
    if panel.logarithmic:
        axes.set_yscale("log")
        y = np.concatenate([line.y for line in panel.lines])
        axes.set_ylim(float(y.min()) / _ROOM, float(y.max()) * _ROOM)  # for the words beside marks
    x = np.concatenate([line.x for line in panel.lines])
    if x.max() > x.min():
        axes.set_xlim(float(x.min()), float(x.max()))
    for mark in panel.marks:
        axes.plot([mark.x], [mark.y], "o", markersize=3.2, color=INK["first"], zorder=9, clip_on=False)
        right = mark.x > 0.6 * x.max() + 0.4 * x.min()
        last = mark.x == x.max()
        offset = (-4, 6 if last else -1) if right else (5, -2)
        note = axes.annotate(
            mark.text, (mark.x, mark.y), textcoords="offset points", xytext=offset,
            ha="right" if right else "left", va="baseline" if right else "top", fontsize=6.5, color=INK["muted"],
        )  # fmt: skip
        note.set_in_layout(False)  # words beside a mark take no room from the plot
    if panel.title:
        title = "\n".join(part for line in panel.title.split("\n") for part in wrap(line, _TITLE_LETTERS))
        axes.set_title(title, loc="left", fontsize=7)
    axes.set_xlabel(panel.x_title)
    axes.set_ylabel(panel.y_title)
    if any(line.label for line in panel.lines):
        axes.legend(frameon=False, fontsize=6.5, handlelength=1.6, borderaxespad=0.2, labelspacing=0.2)
