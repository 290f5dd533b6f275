"""Names of curves in a figure, where there is room for them: at the curves' ends, inside, below or on the right.

The plot comes first: whatever the names are, the axes keep at least `LEAST_HEIGHT` of the figure's height and
`LEAST_WIDTH` of its width wherever a figure without names would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.io.figures.additions import INSET_ROOM
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.name_fitting import (
    broken,
    columns_that_fit,
    shortened,
    shortened_to,
    spread,
    width_of,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

LEAST_HEIGHT = 0.6
"""Share of the figure's height that the axes keep."""
LEAST_WIDTH = 0.6
"""Share of the figure's width that they keep."""
_MOST_BESIDE = 5
_LONGEST_BESIDE = 24
_WIDEST_RIGHT = 0.36  # share of the figure's width
_SMALLEST_PT = 5.0
_LETTER = 0.48  # mean width of a letter in units of the text size
_LINE = 1.25
_GAP_PT = 5.0
_FEWEST_LETTERS = 6
_FEWEST_BELOW = 10
_OVER_BREAKS = 30
_MOST_LINES = 4  # of one name beside the plot
_HIGHEST_INSIDE = 0.5  # of the figure's height: a longer list finds no empty place
_HANDLE = 3.2  # line of a legend and the space beside it, in units of the text size


def name_curves(
    axes: Axes, curves: Sequence[FigureCurve], place: str, font_pt: float, *, stacked: bool = False, bar: bool = False
) -> str:
    """Name the curves of a plot; return where the names stand.

    Parameters
    ----------
    axes : matplotlib Axes
        Drawn, with its ranges and titles.
    curves : sequence of FigureCurve
        Those with a label are named, in their order.
    place : str
        One of `spec.PLACES`.
    font_pt : float
        Size of the names.
    stacked : bool
        The curves stand one above the other: a list inside would lie on them.
    bar : bool
        A bar of colours stands where names at the ends of curves would.
    """
    named = [curve for curve in curves if curve.spectrum.label]
    if not named or place == "none":
        return "none"
    strict = place == "auto"
    ways: dict[str, Callable[[], bool]] = {
        "direct": lambda: not bar and _direct(axes, named, font_pt, strict=strict),
        "inside": lambda: _inside(axes, named, font_pt, strict=False),
        "inside, clear": lambda: _inside(axes, named, font_pt, strict=True),
        "below": lambda: _below(axes, named, font_pt, strict=strict),
        "right": lambda: _right(axes, named, font_pt),
        "right, whole": lambda: _right(axes, named, font_pt, whole=True),
        "below, whole": lambda: _below(axes, named, font_pt, strict=True),
        "below, shortened": lambda: _below(axes, named, font_pt, strict=False),
    }
    if not strict:
        tried = [place, *{"direct": ["inside"], "right": ["below, shortened"]}.get(place, [])]
        tried = ["right, whole", "below, whole", *tried] if place == "right" else tried
    elif len(named) <= _MOST_BESIDE and max(len(curve.spectrum.label) for curve in named) <= _LONGEST_BESIDE:
        tried = ["direct", "below", "right", "below, shortened"] if stacked else ["direct", "inside"]
    else:
        tried = [*([] if stacked else ["inside, clear"]), "below", "right", "below, shortened"]
    return next(way for way in tried if ways[way]()).partition(",")[0]


# ---- at the ends of the curves ----


def _direct(axes: Axes, curves: Sequence[FigureCurve], font_pt: float, *, strict: bool) -> bool:
    """Write each name at the right end of its curve; False (and nothing) where they would be far from it."""
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    ends = []
    for curve in curves:
        energy, values = curve.spectrum.energy_ev, curve.spectrum.intensity + curve.offset
        known = np.isfinite(values)
        if strict and (not known.any() or energy[known][-1] < high - 0.05 * (high - low)):
            return False
        end = float(np.interp(high, energy[known], values[known])) if known.any() else bottom
        ends.append(min(max(end, bottom), top))
    texts = [
        axes.annotate(
            curve.spectrum.label, (1.0, end), xytext=(_GAP_PT, 0), xycoords=axes.get_yaxis_transform(),
            textcoords="offset points", va="center", ha="left", fontsize=font_pt, color=curve.shade,
            arrowprops={"arrowstyle": "-", "color": curve.shade, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )
        for curve, end in zip(curves, ends, strict=True)
    ]  # fmt: skip
    if not strict:
        _shorten(axes, texts, font_pt)
    per_pt = axes.figure.dpi / 72.0
    _laid_out(axes)
    at = [float(axes.transData.transform((high, end))[1]) / per_pt for end in ends]
    moved = [place - own for place, own in zip(spread(at, _LINE * font_pt), at, strict=True)]
    far = max(map(abs, moved)) > 2.5 * _LINE * font_pt
    if strict and (far or _width_share(axes) < LEAST_WIDTH):
        for text in texts:
            text.remove()
        return False
    gap = _GAP_PT + (4.0 if max(map(abs, moved)) > 1.0 else 0.0)
    for text, way in zip(texts, moved, strict=True):
        text.set_position((gap, way))
        if abs(way) <= 1.0:
            text.arrow_patch.set_visible(False)
    return True


def _shorten(axes: Axes, texts: Sequence[Text], font_pt: float) -> None:
    """Shorten names at the ends of curves until the plot has its width."""
    names = [text.get_text() for text in texts]
    letters = max(map(len, names))
    while _width_share(axes) < LEAST_WIDTH and letters > _FEWEST_LETTERS:
        lacking_pt = (LEAST_WIDTH - _width_share(axes)) * 72.0 * axes.figure.get_figwidth()
        letters = max(letters - max(int(np.ceil(lacking_pt / (_LETTER * font_pt))), 1), _FEWEST_LETTERS)
        for text, name in zip(texts, names, strict=True):
            text.set_text(shortened(name, letters))


# ---- legends ----


def _inside(axes: Axes, curves: Sequence[FigureCurve], font_pt: float, *, strict: bool) -> bool:
    """Put the names where they lie on the least of the curves; False (and nothing) where (strict) on some."""
    labels = [curve.spectrum.label for curve in curves]
    if strict and len(labels) * _LINE * font_pt > _HIGHEST_INSIDE * 72.0 * axes.figure.get_figheight():
        return False
    legend = axes.legend(_handles(curves), labels, loc="best", **_look(font_pt))
    legend.set_zorder(_OVER_BREAKS)
    if not strict:
        return True
    _laid_out(axes)
    box, plot = legend.get_window_extent(), axes.get_window_extent()
    clear = plot.x0 <= box.x0 and box.x1 <= plot.x1 and plot.y0 <= box.y0 and box.y1 <= plot.y1
    rooms = [patch.get_window_extent() for patch in axes.patches if patch.get_gid() == INSET_ROOM]
    clear = clear and not any(box.overlaps(room) for room in rooms)
    for curve in curves if clear else ():
        energy, values, _ = curve.line()
        known = np.isfinite(values)
        low, high = (float(axes.transData.inverted().transform((x, box.y0))[0]) for x in (box.x0, box.x1))
        at = np.linspace(max(low, energy[0]), min(high, energy[-1]), 100)
        if at[0] < at[-1] and known.any():
            lines = axes.transData.transform(np.column_stack([at, np.interp(at, energy[known], values[known])]))
            clear = clear and not ((lines[:, 1] > box.y0) & (lines[:, 1] < box.y1)).any()
    if not clear:
        legend.remove()
    return clear


def _below(axes: Axes, curves: Sequence[FigureCurve], font_pt: float, *, strict: bool) -> bool:
    """Put the names below the plot in as many columns as the width holds; False where the plot would be too low.

    They are made a little smaller for that; where they must stand there, then shortened, and the last ones counted.
    """
    figure = axes.figure
    width_pt = 72.0 * figure.get_figwidth()
    most_pt = (1.0 - LEAST_HEIGHT) * 72.0 * figure.get_figheight() - 2.5 * font_pt  # the energy axis keeps its numbers
    names = [curve.spectrum.label for curve in curves]
    for size in sorted({max(share * font_pt, min(font_pt, _SMALLEST_PT)) for share in (1.0, 0.9, 0.8)}, reverse=True):
        labels = [wrapped(name, size, width_pt - 4.0 * size) for name in names]
        columns = columns_that_fit([width_of(label, size) + 3.9 * size for label in labels], width_pt + 0.2 * size)
        columns = -(-len(labels) // -(-len(labels) // columns))  # as many rows, all about as full
        lines = -(-len(labels) // columns) * max(1 + label.count("\n") for label in labels)
        if lines * _LINE * size > most_pt:
            continue
        legend = figure.legend(_handles(curves), labels, loc="outside lower left", ncols=columns, **_look(size))
        if _height_share(axes) >= LEAST_HEIGHT:
            return True
        legend.remove()
    if strict:
        return False
    size = min(font_pt, _SMALLEST_PT)
    labels = [shortened_to(name, size, width_pt - 4.0 * size) for name in names]
    for rows in range(max(int(most_pt / (_LINE * size)), 1), 0, -1):
        shorter, columns = _in_rows(labels, rows, size, width_pt + 0.2 * size)
        handles, told = _counted(curves, shorter, columns * rows)
        legend = figure.legend(handles, told, loc="outside lower left", ncols=columns, **_look(size))
        if rows == 1 or _height_share(axes) >= LEAST_HEIGHT:
            return True
        legend.remove()
    return True


def _in_rows(labels: list[str], rows: int, size: float, room_pt: float) -> tuple[list[str], int]:
    """Return names as they fit into so many rows, and in how many columns; what has no place is to be counted.

    Where names have no place, long ones are shortened, so that there are more columns.
    """
    own_pt = max(width_of(label, size) for label in labels)
    least_pt = _FEWEST_BELOW * _LETTER * size
    for columns in range(-(-len(labels) // rows), 1, -1):
        shorter, limit_pt = labels, own_pt
        while limit_pt >= least_pt:
            told = shorter if len(shorter) <= columns * rows else [*shorter[: columns * rows - 1], "and 99 more"]
            widths = [width_of(label, size) + 3.9 * size for label in told]
            if columns_that_fit(widths, room_pt) >= columns:
                return shorter, columns
            limit_pt *= 0.85
            shorter = [shortened_to(label, size, limit_pt) for label in labels]
    return labels, 1


def _right(axes: Axes, curves: Sequence[FigureCurve], font_pt: float, *, whole: bool = False) -> bool:
    """Put the names right of the plot: broken, small, shortened in their middle as need be; the last ones counted.

    False (and nothing) where the plot would be too narrow even so, or a name would (`whole`) be shortened.
    """
    figure = axes.figure
    width_pt, height_pt = 72.0 * figure.get_figwidth(), 72.0 * figure.get_figheight()
    free_pt = min(_WIDEST_RIGHT, _width_share(axes) - LEAST_WIDTH) * width_pt - 4.0
    names = [curve.spectrum.label for curve in curves]
    largest = min(font_pt, max(_SMALLEST_PT, (height_pt - 4.0) / (_LINE * len(curves))))
    smallest = min(largest, _SMALLEST_PT)
    for size in sorted({largest, 0.5 * (largest + smallest), smallest}, reverse=True):
        room_pt, tried = free_pt - _HANDLE * size, [""]
        while True:
            labels, most = _beside(names, size, room_pt, height_pt)
            cut = any("…" in label for label in labels)
            if labels == tried or (cut and (whole or size > smallest)):
                break
            handles, told = _counted(curves, labels, most)
            legend = figure.legend(handles, told, loc="outside right upper", **_look(size) | {"labelspacing": 0.2})
            lacking_pt = (LEAST_WIDTH - _width_share(axes)) * width_pt
            if lacking_pt <= 0.0:
                return True
            legend.remove()
            tried, room_pt = labels, max(width_of(label, size) for label in labels) - lacking_pt - 0.5
    return False


def _beside(names: Sequence[str], size: float, room_pt: float, height_pt: float) -> tuple[list[str], int]:
    """Return names as they fit into a width beside the plot, and how many lines its height has."""
    most = max(int((height_pt - size) / (_LINE * size)), 1)
    letters = max(int(room_pt / (_LETTER * size)), _FEWEST_LETTERS)
    while True:
        for lines in range(_MOST_LINES, 0, -1):  # short names leave their lines to long ones
            labels = [broken(name, letters, lines) for name in names]
            if sum(1.25 + label.count("\n") for label in labels) <= most:
                break
        widest = max(width_of(label, size) for label in labels)
        if widest <= room_pt or letters == _FEWEST_LETTERS:
            return labels, most
        letters = max(min(letters - 1, int(letters * room_pt / widest)), _FEWEST_LETTERS)


def _counted(curves: Sequence[FigureCurve], labels: list[str], most: int) -> tuple[list, list[str]]:
    """Return handles and labels of so many curves at most, the last one telling how many more there are."""
    if len(curves) <= most:
        return _handles(curves), labels
    from matplotlib.lines import Line2D

    count = max(most - 1, 1)
    return [*_handles(curves[:count]), Line2D([], [], linestyle="none")], [
        *labels[:count], f"and {len(curves) - count} more"
    ]  # fmt: skip


def _look(font_pt: float) -> dict:
    return {
        "frameon": False, "handlelength": 1.8, "borderaxespad": 0.2, "labelspacing": 0.3, "columnspacing": 1.2,
        "fontsize": font_pt,
    }  # fmt: skip


def _handles(curves: Sequence[FigureCurve]) -> list:
    """Return one colour-matched line for each curve."""
    from matplotlib.lines import Line2D

    handles = []
    for curve in curves:
        handle = Line2D(
            [], [], color=curve.shade, linewidth=1.5 if curve.role == "current" else 1.0, marker=curve.mark or None,
            markersize=1.8, linestyle="none" if curve.mark else "-",
        )  # fmt: skip
        if curve.dash_pattern and not curve.mark:
            handle.set_dashes(tuple(0.75 * part for part in curve.dash_pattern))
        handles.append(handle)
    return handles


def _height_share(axes: Axes) -> float:
    """Return which share of the figure's height the plot takes, a panel below it included."""
    _laid_out(axes)
    boxes = [one.get_window_extent() for one in axes.figure.axes]
    return (max(box.y1 for box in boxes) - min(box.y0 for box in boxes)) / axes.figure.bbox.height


def _width_share(axes: Axes) -> float:
    """Return which share of the figure's width the plot takes."""
    _laid_out(axes)
    return axes.get_window_extent().width / axes.figure.bbox.width


def _laid_out(axes: Axes) -> None:
    """Let all find its place."""
    axes.figure.draw_without_rendering()
