"""Names of curves in a figure, where there is room for them: at the curves' ends, inside, below or on the right.

The plot comes first: whatever the names are, the axes keep at least `LEAST_HEIGHT` of the figure's height wherever a
figure without names would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from xanesview.io.figures.curve_looks import FigureCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLACES = ("auto", "direct", "inside", "right", "below", "none")
"""Where names can stand; "auto" is the first of them that leaves enough room."""
LEAST_HEIGHT = 0.6
"""Share of the figure's height that the axes keep."""
_LEAST_WIDTH = 0.55
_MOST_BESIDE = 5
_LONGEST_BESIDE = 24
_WIDEST_RIGHT = 0.36  # share of the figure's width
_SMALLEST_PT = 5.0
_LETTER = 0.48  # mean width of a letter in units of the text size
_LINE = 1.25
_GAP_PT = 5.0


def name_curves(axes: Axes, curves: Sequence[FigureCurve], place: str, font_pt: float) -> str:
    """Name the curves of a plot; return where the names stand.

    Parameters
    ----------
    axes : matplotlib Axes
        Drawn, with its ranges and titles.
    curves : sequence of FigureCurve
        Those with a label are named, in their order.
    place : str
        One of `PLACES`.
    font_pt : float
        Size of the names.
    """
    named = [curve for curve in curves if curve.spectrum.label]
    if not named or place == "none":
        return "none"
    ways: dict[str, Callable[[], bool]] = {
        "direct": lambda: _direct(axes, named, font_pt, strict=place == "auto"),
        "inside": lambda: _inside(axes, named, font_pt),
        "below": lambda: _below(axes, named, font_pt, strict=place == "auto"),
        "right": lambda: _right(axes, named, font_pt),
    }
    if place != "auto":
        ways[place]()
        return place
    few = len(named) <= _MOST_BESIDE and max(len(curve.spectrum.label) for curve in named) <= _LONGEST_BESIDE
    return next(way for way in (("direct", "inside") if few else ("below", "right")) if ways[way]())


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
    box = _laid_out(axes)
    height_pt = box.height * 72.0 / axes.figure.dpi
    per_unit = height_pt / (top - bottom)
    places = spread([end * per_unit for end in ends], _LINE * font_pt)
    moved = [place - end * per_unit for place, end in zip(places, ends, strict=True)]
    far = max(map(abs, moved)) > 2.5 * _LINE * font_pt
    narrow = box.width < _LEAST_WIDTH * axes.figure.bbox.width
    if strict and (far or narrow):
        for text in texts:
            text.remove()
        return False
    for text, way in zip(texts, moved, strict=True):
        text.set_position((_GAP_PT + (4.0 if abs(way) > 1.0 else 0.0), way))
        if abs(way) <= 1.0:
            text.arrow_patch.set_visible(False)
    return True


def spread(wanted: Sequence[float], distance: float) -> list[float]:
    """Return places at least so far from each other, in the order of the wanted ones and as near to them as can be."""
    order = np.argsort(wanted, kind="stable")
    groups: list[list[float]] = []  # centre of a run of neighbours that touch, and how many they are
    for place in (float(wanted[k]) for k in order):
        groups.append([place, 1.0])
        while len(groups) > 1:
            (lower, n_lower), (upper, n_upper) = groups[-2:]
            if upper - lower >= 0.5 * (n_lower + n_upper) * distance:
                break
            groups[-2:] = [[(n_lower * lower + n_upper * upper) / (n_lower + n_upper), n_lower + n_upper]]
    placed = [centre + (k - 0.5 * (n - 1)) * distance for centre, n in groups for k in range(int(n))]
    result = [0.0] * len(placed)
    for k, place in zip(order, placed, strict=True):
        result[int(k)] = place
    return result


# ---- legends ----


def _inside(axes: Axes, curves: Sequence[FigureCurve], font_pt: float) -> bool:
    axes.legend(_handles(curves), [curve.spectrum.label for curve in curves], loc="best", **_look(font_pt))
    return True


def _below(axes: Axes, curves: Sequence[FigureCurve], font_pt: float, *, strict: bool) -> bool:
    """Put the names below the plot in as many columns as the width holds; False where the plot would be too low.

    They are made a little smaller for that; where they must stand there, then shortened, and the last ones counted.
    """
    figure = axes.figure
    width_pt = 72.0 * figure.get_figwidth()
    most_pt = (1.0 - LEAST_HEIGHT) * 72.0 * figure.get_figheight() - 2.5 * font_pt  # the energy axis keeps its numbers
    names = [curve.spectrum.label for curve in curves]
    for size in sorted({max(share * font_pt, min(font_pt, _SMALLEST_PT)) for share in (1.0, 0.9, 0.8)}, reverse=True):
        labels = [_wrapped(name, size, width_pt - 4.0 * size) for name in names]
        columns = columns_that_fit([width_of(label, size) + 3.9 * size for label in labels], width_pt + 0.2 * size)
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
    labels = [_shortened_to(name, size, width_pt - 4.0 * size) for name in names]
    columns = columns_that_fit([width_of(label, size) + 3.9 * size for label in labels], width_pt + 0.2 * size)
    for rows in range(max(int(most_pt / (_LINE * size)), 1), 0, -1):
        handles, told = _counted(curves, labels, columns * rows)
        legend = figure.legend(handles, told, loc="outside lower left", ncols=columns, **_look(size))
        if rows == 1 or _height_share(axes) >= LEAST_HEIGHT:
            return True
        legend.remove()
    return True


def _right(axes: Axes, curves: Sequence[FigureCurve], font_pt: float) -> bool:
    """Put the names right of the plot: broken, small, shortened in their middle as need be; the last ones counted."""
    figure = axes.figure
    width_pt, height_pt = 72.0 * figure.get_figwidth(), 72.0 * figure.get_figheight()
    size = min(font_pt, max(_SMALLEST_PT, (height_pt - 4.0) / (_LINE * len(curves))))
    most = max(int((height_pt - size) / (_LINE * size)), 1)
    lines = max(int(most / len(curves) - 0.25), 1)
    room_pt = _WIDEST_RIGHT * width_pt - 3.2 * size
    names = [curve.spectrum.label for curve in curves]
    letters = max(int(room_pt / (_LETTER * size)), 6)
    while True:
        labels = [broken(name, letters, lines) for name in names]
        widest = max(width_of(label, size) for label in labels)
        if widest <= room_pt or letters == 6:
            break
        letters = max(min(letters - 1, int(letters * room_pt / widest)), 6)
    handles, labels = _counted(curves, labels, most)
    figure.legend(handles, labels, loc="outside right upper", **_look(size) | {"labelspacing": 0.2})
    return True


def _counted(curves: Sequence[FigureCurve], labels: list[str], most: int) -> tuple[list, list[str]]:
    """Return handles and labels of so many curves at most, the last one telling how many more there are."""
    if len(curves) <= most:
        return _handles(curves), labels
    from matplotlib.lines import Line2D

    count = max(most - 1, 1)
    return [*_handles(curves[:count]), Line2D([], [], linestyle="none")], [
        *labels[:count], f"and {len(curves) - count} more"
    ]  # fmt: skip


def width_of(label: str, font_pt: float) -> float:
    """Return the width of a label's longest line as it is drawn, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=font_pt)
    return max(text_to_path.get_text_width_height_descent(line, font, False)[0] for line in label.split("\n"))


def _wrapped(label: str, font_pt: float, room_pt: float) -> str:
    """Return a label in as many lines as a width asks for."""
    width = width_of(label, font_pt)
    return label if width <= room_pt else "\n".join(wrap(label, max(int(0.9 * len(label) * room_pt / width), 12)))


def _shortened_to(label: str, font_pt: float, room_pt: float) -> str:
    width = width_of(label, font_pt)
    return label if width <= room_pt else shortened(label, max(int(0.9 * len(label) * room_pt / width), 6))


def broken(label: str, letters: int, lines: int) -> str:
    """Return a label in so many lines at most, of so many letters each, shortened where it is longer still."""
    parts = wrap(label, letters)
    if len(parts) > lines:
        parts = wrap(shortened(label, lines * letters), letters)
    return shortened(label, letters) if len(parts) > lines else "\n".join(parts)


def shortened(label: str, most: int) -> str:
    """Return a label of so many letters at most: names of a series differ at their ends, so the middle goes."""
    if len(label) <= most:
        return label
    end = (most - 1) // 2
    return f"{label[: most - 1 - end].rstrip()}…{label[len(label) - end :].lstrip()}"


def columns_that_fit(widths: Sequence[float], room: float) -> int:
    """Return how many columns of a legend, of entries so wide, fit beside each other in a room of the same unit."""
    for columns in range(len(widths), 1, -1):  # the first ones have one more, as matplotlib does it
        parts = np.array_split(np.asarray(widths), columns)
        if sum(float(part.max()) for part in parts) <= room:
            return columns
    return 1


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


def _laid_out(axes: Axes):
    """Return the axes' box in pixels after all has found its place."""
    figure: Figure = axes.figure
    figure.draw_without_rendering()
    return axes.get_window_extent()
