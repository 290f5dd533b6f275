"""Names of curves outside the plot: on its right, or below it in columns; what a list of names looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.name_fitting import (
    CurveNames,
    breaks_number,
    broken,
    columns_that_fit,
    shortened_to,
    width_of,
    wrapped,
)
from xanesview.io.figures.style import lay_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

LEAST_HEIGHT = 0.6
"""Share of the figure's height that the axes keep."""
LEAST_WIDTH = 0.6
"""Share of the figure's width that they keep."""
SMALLEST_PT = 6.0
"""Size down to which names are made smaller before they are shortened."""
LETTER = 0.48
"""Mean width of a letter in units of the text size."""
LINE = 1.25
"""Height of a line of names in units of the text size."""
_LEFT_OUT = "names-left-out"
"""Identity of a list of names that counts its last ones."""
_WIDEST_RIGHT = 0.36  # share of the figure's width
_FEWEST_LETTERS, _FEWEST_BELOW, _COUNTED_LETTERS = 6, 5, 8
_WIDE_LETTER = 0.65
_HANDLE = 3.2  # line of a legend and the space beside it, in units of the text size
_COLUMN = 3.9  # the same with the space before the next column


def sizes_from(font_pt: float) -> list[float]:
    """Return the sizes, in points, that names are tried in as they are, the largest first."""
    smallest = min(font_pt, SMALLEST_PT)
    return sorted({max(share * font_pt, smallest) for share in (1.0, 0.9, 0.8, 0.0)}, reverse=True)


def right(
    axes: Axes, curves: Sequence[FigureCurve], names: CurveNames, size: float, lines: int, *, share: float,
    shorten: bool = False,
) -> bool:  # fmt: skip
    """Put the names right of the plot, each in so many lines at most; False (and nothing) where they have no room.

    Short names stand in columns where they are many; only with `shorten` is a name shortened, in its middle. `share` is
    the width of the plot without names, see `shares`.
    """
    figure = axes.figure
    above_foot = figure.get_layout_engine().get()["rect"][3]
    width_pt, height_pt = 72.0 * figure.get_figwidth(), 72.0 * above_foot * figure.get_figheight() - 4.0
    free_pt = min(_WIDEST_RIGHT, share - LEAST_WIDTH) * width_pt - 4.0
    tried: tuple = ()
    while free_pt > (_HANDLE + _FEWEST_LETTERS * LETTER) * size:
        title = _title(names.title, size, free_pt)
        most = int((height_pt - LINE * size * _rows(title)) / (LINE * size))
        found = _beside(names.labels, size, free_pt, most, lines, shorten=shorten) if most > 0 else None
        if found is None or (title, *found) == tried:
            return False
        tried = (title, *found)
        labels, columns = found
        told = names.told(title, labels)
        legend = add_names(figure, curves, told, size, loc="outside right upper", ncols=columns, labelspacing=0.2)
        lacking_pt = (LEAST_WIDTH - shares(axes)[0]) * width_pt
        if lacking_pt <= 0.0 and legend.get_window_extent().height <= above_foot * figure.bbox.height:
            return True
        legend.remove()
        free_pt -= max(lacking_pt, 0.0) + 0.5
    return False


def _beside(
    labels: Sequence[str], size: float, free_pt: float, most: int, lines: int, *, shorten: bool
) -> tuple[tuple[str, ...], int] | None:
    """Return names as they fit into a width beside the plot and so many lines, and in how many columns; else None."""
    columns = -(-len(labels) // most)
    if columns > 1:
        widest = max(width_of(label, size) for label in labels)
        return (tuple(labels), columns) if columns * (widest + _COLUMN * size) <= free_pt else None
    room_pt = free_pt - _HANDLE * size
    letters = max(_FEWEST_LETTERS, *map(len, labels))
    while True:
        for rows in range(lines, 0, -1):  # short names leave their lines to long ones
            told = [broken(label, letters, rows) for label in labels]
            if sum(1.0 + label.count("\n") for label in told) <= most:
                break
        if not shorten and any(map(_is_cut, told, labels)):
            return None
        widest = max(width_of(label, size) for label in told)
        if widest <= room_pt:
            return tuple(told), 1
        if letters == _FEWEST_LETTERS:
            return None
        letters = max(min(letters - 1, int(letters * room_pt / widest)), _FEWEST_LETTERS)


def _is_cut(told: str, label: str) -> bool:
    """Whether a name is shortened, or broken within an angle or a direction."""
    return told.count("…") > label.count("…") or breaks_number(told, label)


def below(
    axes: Axes, curves: Sequence[FigureCurve], names: CurveNames, size: float, *, share: float, shorten: bool = False,
    least: float = LEAST_HEIGHT,
) -> bool:  # fmt: skip
    """Put the names below the plot in as many columns as the width holds; False (and nothing) where they have no room.

    With `shorten` names are shortened, in their middle, to as many columns as they ask for. `share` is the height of
    the plot without names, see `shares`, and `least` what it keeps of it.
    """
    figure = axes.figure
    width_pt = 72.0 * figure.get_figwidth()
    title = _title(names.title, size, width_pt)
    most = _lines_below(figure, share, size, least) - _rows(title)
    one_line = most < 1 and shorten  # a title of several lines has taken the rest
    if one_line:
        most, title = 1, ""
    if most < 1:
        return False
    if shorten:
        labels, columns = _shortened_in(names.labels, most, size, width_pt)
        if not columns:
            return False
    else:
        labels = [wrapped(name, size, width_pt - 4.0 * size) for name in names.labels]
        columns = columns_that_fit([width_of(one, size) + _COLUMN * size for one in labels], width_pt + 0.2 * size)
    columns = -(-len(labels) // -(-len(labels) // columns))  # as many rows, all about as full
    if -(-len(labels) // columns) * max(map(_rows, labels)) > most:
        return False
    told = names.told(title, labels)
    legend = add_names(figure, curves, told, size, loc="outside lower left", ncols=columns)
    if one_line or shares(axes)[1] >= least:
        return True
    legend.remove()
    return False


def _shortened_in(labels: Sequence[str], most: int, size: float, width_pt: float) -> tuple[list[str], int]:
    """Return names, the long ones shortened, as they fit into so many lines, and in how many columns; 0 if in none."""
    columns = -(-len(labels) // most)
    limit_pt = max(width_of(label, size) for label in labels)
    while limit_pt >= _FEWEST_BELOW * LETTER * size:
        shorter = [shortened_to(label, size, limit_pt) for label in labels]
        widths = [width_of(one, size) + _COLUMN * size for one in shorter]
        if columns_that_fit(widths, width_pt + 0.2 * size) >= columns:
            return shorter, columns
        limit_pt *= 0.85
    return [], 0


def count_names(axes: Axes, curves: Sequence[FigureCurve], names: CurveNames, size: float) -> bool:
    """Put as many names below the plot as have room there, the last one telling how many more there are."""
    figure = axes.figure
    width_pt = 72.0 * figure.get_figwidth()
    columns = max(int(width_pt / ((_COLUMN + _COUNTED_LETTERS * _WIDE_LETTER) * size)), 1)
    for rows in range(max(_lines_below(figure, 1.0, size), 1), 0, -1):
        count = columns * rows - 1
        if count >= len(curves) and rows > 1:
            continue
        count = len(curves) if columns * rows >= len(curves) else max(count, 1)
        room_pt = width_pt / columns - _COLUMN * size
        labels = [shortened_to(name, size, room_pt) for name in names.whole[:count]]
        more = [f"and {len(curves) - count} more"] if count < len(curves) else []
        told = CurveNames("", (*labels, *more))
        legend = add_names(figure, curves[:count], told, size, loc="outside lower left", ncols=columns)
        if more:
            legend.set_gid(_LEFT_OUT)
        if rows == 1 or shares(axes)[1] >= LEAST_HEIGHT:
            return True
        legend.remove()
    return True


def unnamed_in(legend: Legend) -> int:
    """Return how many names a list says that it has left out."""
    return int(legend.get_texts()[-1].get_text().split()[1]) if legend.get_gid() == _LEFT_OUT else 0


def _lines_below(figure: Figure, share: float, size: float, least: float = LEAST_HEIGHT) -> int:
    """How many lines of names stand below a plot that keeps its height, of which it has a share without them."""
    return int((share - least) * 72.0 * figure.get_figheight() / (LINE * size))


def _title(title: str, size: float, room_pt: float) -> str:
    return wrapped(title, size, room_pt - size) if title else ""


def _rows(text: str) -> int:
    return 1 + text.count("\n") if text else 0


# ---- a list ----


def add_names(
    where: Axes | Figure, curves: Sequence[FigureCurve], names: CurveNames, size: float, **more: Any
) -> Legend:
    """Add a list of names, what they share above it, and return it; a name without a curve has no line."""
    from matplotlib.lines import Line2D

    own, nothing = iter(_handles(curves)), Line2D([], [], linestyle="none")
    handles = [nothing if at in names.headings else next(own, nothing) for at in range(len(names.labels))]
    look = {
        "frameon": False, "handlelength": 1.8, "borderaxespad": 0.2, "columnspacing": 1.2, "borderpad": 0.2,
        "labelspacing": 0.3 if size > SMALLEST_PT else 0.15,
        "fontsize": size, "title": names.title or None, "title_fontsize": size, "alignment": "left",
    }  # fmt: skip
    return where.legend(handles, names.labels, **look | more)


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


def shares(axes: Axes) -> tuple[float, float]:
    """Return which shares of the figure's width and height the plot takes, a panel below it included in the height."""
    figure = axes.figure
    lay_out(figure)
    boxes = np.array([one.get_window_extent().intervaly for one in figure.axes])
    height = float(boxes.max() - boxes.min()) / figure.bbox.height
    return axes.get_window_extent().width / figure.bbox.width, height
