"""Parity plots: what was read against what is true, a small square plot a property. Drawn through `io.figure`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.io.figures.panels import page_of_plots
from xanesview.io.figures.style import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL_MM = (46.0, 48.0)
_HEADING_MM = 6.0


def draw_parity(
    panels: Sequence[tuple[str, str, np.ndarray, np.ndarray, str]], columns: int = 4, title: str = ""
) -> Figure:
    """Return a figure of parity plots on white, row by row.

    Parameters
    ----------
    panels : (what, its unit, true values (n,), read values (n,), a word in the corner) of each plot
    columns : how many stand beside each other
    title : above all

    Raises
    ------
    XanesviewError
        If there is nothing to draw.
    """
    rows, spec = page_of_plots(len(panels), columns, _PANEL_MM, _HEADING_MM)
    with new_figure(spec) as figure:
        if title:
            figure.suptitle(title, fontsize=8, x=0.01, ha="left")
        for number, (name, unit, true, read, word) in enumerate(panels):
            _draw(figure.add_subplot(rows, columns, number + 1), name, unit, true, read, word)
    return figure


def _draw(axes: Axes, name: str, unit: str, true: np.ndarray, read: np.ndarray, word: str) -> None:
    known = np.isfinite(true) & np.isfinite(read)
    true, read = true[known], read[known]
    both = np.concatenate([true, read])
    low, high = (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    edge = 0.05 * (high - low or 1.0)
    ends = (low - edge, high + edge)
    axes.plot(ends, ends, color=INK["faint"], linewidth=0.7, zorder=1)
    axes.plot(
        true, read, "o", color=INK["first"], markersize=2.2, markeredgewidth=0, alpha=0.6, zorder=2, linestyle="none"
    )
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_aspect("equal")
    axes.locator_params(axis="x", nbins=3)
    axes.locator_params(axis="y", nbins=4)
    axes.set_title(name, loc="left", fontsize=7)
    axes.set_xlabel(f"true ({unit})")
    axes.set_ylabel(f"read ({unit})")
    axes.text(0.04, 0.96, word, transform=axes.transAxes, ha="left", va="top", fontsize=7, color=INK["muted"])
