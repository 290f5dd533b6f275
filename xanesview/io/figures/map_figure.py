"""Figures of maps: a picture with a colour bar each, or curves over the axis of a series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.images.maps import ImageMap, Maps
from xanesview.errors import printable
from xanesview.io.figures.curve_looks import COLOURS
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ACROSS = 3
_PICTURE_MM, _LONGEST_TITLE = 58.0, 34
_VEIL = 0.75
"""So much of white lies over pixels that are outside the training domain."""
SHOWN = ("fraction", "property", "quality")
"""Kinds of maps that a figure has."""


def draw_maps(maps: Maps, title: str = "") -> Figure:
    """Return a figure on white: fractions, properties, residual and R-factor."""
    shown = maps.of_kind(*SHOWN) or maps.maps
    return _curves(maps, shown, title) if len(maps.axes) == 1 else _pictures(maps, shown, title)


def _pictures(maps: Maps, shown: tuple[ImageMap, ...], title: str) -> Figure:
    across = min(_ACROSS, len(shown))
    down = -(-len(shown) // across)
    left, right = maps.axes[1].ends
    bottom, top = maps.axes[0].ends
    slim = min(max(abs((top - bottom) / (right - left)), 0.4), 2.0)
    height = min(down * (_PICTURE_MM * 0.72 * slim + 16.0) + 6.0, 400.0)
    spec = FigureSpec(width_mm=max(across * _PICTURE_MM, 80.0), height_mm=max(height, 40.0))
    with new_figure(spec) as figure:
        figure.set_layout_engine("compressed")  # colour bars as high as the pictures
        for number, one in enumerate(shown):
            axes = figure.add_subplot(down, across, number + 1)
            low, high = limits(one)
            drawn = axes.imshow(
                one.values, origin="lower", extent=(left, right, bottom, top), cmap="magma", vmin=low, vmax=high,
                aspect="equal" if maps.axes[0].unit == maps.axes[1].unit else "auto", interpolation="nearest",
            )  # fmt: skip
            if (strange := outside(maps, one)) is not None:
                axes.imshow(
                    np.where(strange, _VEIL, 0.0)[..., None] * np.array([0, 0, 0, 1]) + np.array([1, 1, 1, 0]),
                    origin="lower", extent=(left, right, bottom, top), aspect=drawn.axes.get_aspect(),
                    interpolation="nearest",
                )  # fmt: skip
            axes.set_title(printable(_short(one.label)), loc="left", fontsize=7)
            figure.colorbar(drawn, ax=axes, pad=0.02, format="{x:g}")
            if number % across == 0:
                axes.set_ylabel(printable(maps.axes[0].label))
            if number + across >= len(shown):
                axes.set_xlabel(printable(maps.axes[1].label))
        if title:
            figure.suptitle(printable(title), fontsize=8)
    return figure


def _curves(maps: Maps, shown: tuple[ImageMap, ...], title: str) -> Figure:
    groups = [[one for one in shown if one.kind == "fraction"], *([one] for one in shown if one.kind != "fraction")]
    groups = [group for group in groups if group]
    spec = FigureSpec(width_mm=110.0, height_mm=min(40.0 + 26.0 * len(groups), 400.0))
    with new_figure(spec) as figure:
        shares = [2.0 if group[0].kind == "fraction" else 1.0 for group in groups]
        all_axes = figure.subplots(len(groups), 1, sharex=True, height_ratios=shares, squeeze=False)[:, 0]
        for axes, group in zip(all_axes, groups, strict=True):
            _group(axes, maps, group)
        all_axes[-1].set_xlabel(printable(maps.axes[0].label))
        if title:
            all_axes[0].set_title(printable(title), loc="left", fontsize=8)
    return figure


def _group(axes: Axes, maps: Maps, group: list[ImageMap]) -> None:
    marker = "o" if len(maps.axes[0]) <= 60 else None
    for number, one in enumerate(group):
        colour = COLOURS[number % len(COLOURS)] if one.kind == "fraction" else INK["text"]
        axes.plot(maps.axes[0].values, one.values, color=colour, linewidth=1.0, marker=marker, markersize=2.0,
                  label=printable(_short(one.title)), gid=one.key)  # fmt: skip
    if group[0].kind == "fraction":
        axes.set_ylabel("fraction")
        axes.set_ylim(-0.03, 1.03)
        axes.legend(frameon=False, fontsize=6.5)
    else:
        axes.set_ylabel(printable(_short(group[0].label)))


def limits(one: ImageMap) -> tuple[float, float]:
    """Return where the colours of a map begin and end: 0 to 1 of fractions, else all but the outermost hundredth."""
    if one.kind == "fraction":
        return 0.0, 1.0
    good = one.values[np.isfinite(one.values)]
    if not good.size:
        return 0.0, 1.0
    low, high = np.quantile(good, (0.005, 0.995))
    if one.kind == "quality":
        low = 0.0
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)


def outside(maps: Maps, one: ImageMap) -> np.ndarray | None:
    """Return which pixels of a map of a property are outside the training domain; None for other maps."""
    distance = next((other.values for other in maps.maps if other.key == "distance"), None)
    if one.kind != "property" or distance is None:
        return None
    with np.errstate(invalid="ignore"):
        return distance > 1.0


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
