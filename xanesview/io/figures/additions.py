"""What stands in a figure beside curves and names: sticks, a bar of angles' colours, an inset, the panel's letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.io.figures.angle_ramp import angle_colour
from xanesview.io.figures.breaks import OVER_CURVES, gaps
from xanesview.io.figures.curve_looks import MUTED, FigureCurve
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import lay_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STICK_SHARE = 0.3  # of the height of its curve: the tallest stick
_LEAST_STICK = 0.004  # of the tallest one
_EDGE = 0.02  # of the plot, between an inset and the axes
_STEPS = 64
_TILES = 5
_HIGHEST = 0.55  # of the plot's height: an inset that finds its place itself
_WAYS = {"compared": "predicted", "current": "predicted", "site": "predicted"}
_LETTER_PT = 2.0  # between the edges of the figure and a panel's letter
_LETTER = "panel-letter"
_LETTER_GAP = 0.6  # between it and a title, in units of its size
INSET_ROOM = "inset-room"
"""Identity of what keeps the room of an inset."""


def draw_sticks(axes: Axes, curve: FigureCurve, spec: FigureSpec, name: str) -> None:
    """Draw the lines that a curve is made of, upwards from its zero, in its colour; energies are chosen."""
    if curve.sticks is None:
        return
    sticks = np.asarray(curve.sticks, dtype=float).reshape(-1, 2)
    low, high = axes.get_xlim()
    seen = sticks[np.isfinite(sticks).all(axis=1) & (sticks[:, 0] >= low) & (sticks[:, 0] <= high) & (sticks[:, 1] > 0)]
    values = curve.spectrum.intensity[np.isfinite(curve.spectrum.intensity)]
    if not seen.size or not values.size:
        return
    heights = seen[:, 1] / seen[:, 1].max()
    there = heights > _LEAST_STICK
    tallest = _STICK_SHARE * float(np.abs(values).max())
    drawn = axes.vlines(
        seen[there, 0], curve.offset, curve.offset + tallest * heights[there], colors=curve.shade,
        linewidth=0.5 * spec.line_pt, zorder=curve.height - 0.4,
    )  # fmt: skip
    drawn.set_gid(f"sticks-{name}")


def draw_colour_bar(figure: Figure, axes: Sequence[Axes], angles: tuple[float, float], title: str) -> None:
    """Draw beside the plot which colour is which angle; `title` is what that is called."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    colours = ListedColormap([angle_colour(share, dark=False) for share in np.linspace(0.0, 1.0, _STEPS)])
    # its numbers stand on the right, where matplotlib's own formatter would write them as mathematics
    bar = figure.colorbar(
        ScalarMappable(Normalize(*angles), colours), ax=list(axes), label=title, pad=0.02, aspect=28,
        fraction=0.05, format="{x:g}",
    )  # fmt: skip
    low, high = angles
    bar.set_ticks([0, 30, 60, 90] if (low, high) == (0.0, 90.0) else np.linspace(low, high, 4).round(1))
    bar.ax.minorticks_off()
    bar.ax.set_gid("angle-bar")
    bar.outline.set_visible(False)
    bar.solids.set_edgecolor("face")  # else viewers show seams between the steps


def names_beside_bar(curves: Sequence[FigureCurve]) -> list[FigureCurve]:
    """Return the curves to be named where a bar tells angles by their colours.

    Those of angles have no name each, unless one was given; where they are drawn in several ways, measured and
    predicted, or others in another way, each way has one.
    """
    ways: dict[str, FigureCurve] = {}
    for curve in curves:
        if _is_told_by_bar(curve):
            ways.setdefault(curve.role, curve)
    words = {role: _WAYS.get(role, role) for role in ways}
    if "frozen" in ways and "predicted" not in words.values():
        words["frozen"] = "predicted"
    told = [replace(one, colour=MUTED).named(words[role]) for role, one in ways.items()]
    first = next((at for at, curve in enumerate(curves) if _is_told_by_bar(curve)), len(curves))
    rest = [curve for curve in curves[first:] if not _is_told_by_bar(curve)]
    others = {curve.role for curve in (*curves[:first], *rest)} - ways.keys()
    return [*curves[:first], *(told if others or len(ways) > 1 else []), *rest]


def _is_told_by_bar(curve: FigureCurve) -> bool:
    return curve.angle_deg is not None and not curve.is_named


def place_inset(axes: Axes, picture: np.ndarray, curves: Sequence[FigureCurve], spec: FigureSpec) -> None:
    """Put a picture (H, W, 4) uint8 into the plot, which is laid out, and keep its room from names that come later."""
    from matplotlib.patches import Rectangle

    box = axes.get_window_extent()
    width = spec.inset_width
    height = width * picture.shape[0] / picture.shape[1] * box.width / box.height
    most = _HIGHEST if spec.inset_place == "auto" else 1.0 - 2 * _EDGE
    if height > most:
        width, height = width * most / height, most
    left, bottom = _corner(axes, curves, spec, width, height)
    is_cut = _lies_on(_gaps(axes, spec), (left, bottom), width, height)
    inset = axes.inset_axes((left, bottom, width, height), zorder=OVER_CURVES + 2 if is_cut else 1.5)
    inset.imshow(picture, interpolation="antialiased", aspect="auto")
    inset.set_axis_off()
    inset.set_gid("inset")
    inset.set_in_layout(False)
    for across, up in np.ndindex(_TILES, _TILES):  # the more a list of names covers, the less it likes to
        corner = (left + across * width / _TILES, bottom + up * height / _TILES)
        room = Rectangle(corner, width / _TILES, height / _TILES, transform=axes.transAxes, fill=False, linewidth=0)
        room.set_gid(INSET_ROOM)
        axes.add_patch(room)


def inset_box(axes: Axes) -> tuple[np.ndarray, np.ndarray] | None:
    """Return where plot and inset stand, each left, bottom, width and height in shares of the figure; None without one.
    """
    inset = next((one for one in axes.child_axes if one.get_gid() == "inset"), None)
    if inset is None:
        return None
    figure = axes.figure
    lay_out(figure)
    inset.apply_aspect(inset.get_axes_locator()(inset, None))  # it follows the plot when it is drawn
    boxes = (one.get_window_extent().transformed(figure.transFigure.inverted()) for one in (axes, inset))
    plot, own = (np.array(box.bounds) for box in boxes)
    return plot, own


def _gaps(axes: Axes, spec: FigureSpec) -> list[tuple[float, float, float, float]]:
    """Return left, right, lower and upper end of each gap of the axes, in shares of the plot."""
    across = [(*gap, 0.0, 1.0) for gap in gaps(axes, "x", spec.energy_breaks)]
    return across + [(0.0, 1.0, *gap) for gap in gaps(axes, "y", spec.intensity_breaks)]


def _lies_on(
    found: Sequence[tuple[float, float, float, float]], corner: tuple[float, float], width: float, height: float
) -> bool:
    (left, bottom), right, top = corner, corner[0] + width, corner[1] + height
    return any(left < x1 and x0 < right and bottom < y1 and y0 < top for x0, x1, y0, y1 in found)


def _corner(
    axes: Axes, curves: Sequence[FigureCurve], spec: FigureSpec, width: float, height: float
) -> tuple[float, float]:
    """Return where an inset begins, in shares of the plot."""
    if spec.inset_place == "free":
        return min(spec.inset_x, 1.0 - width), min(spec.inset_y, 1.0 - height)
    ways = {
        f"{v} {h}": (_EDGE if h == "left" else 1.0 - width - _EDGE, _EDGE if v == "bottom" else 1.0 - height - _EDGE)
        for v in ("top", "bottom") for h in ("right", "left")
    }  # fmt: skip
    if spec.inset_place != "auto":
        return ways[spec.inset_place]
    points = np.concatenate([_drawn_points(axes, curve) for curve in curves])
    legend = axes.get_legend()
    names = None if legend is None else legend.get_window_extent().transformed(axes.transAxes.inverted())
    corners = list(ways.values())
    cuts = _gaps(axes, spec)
    beside = [place for x0, x1, *_ in cuts for place in (x0 - width - _EDGE, x1 + _EDGE)]
    beside = [place for place in beside if _EDGE <= place <= 1.0 - width - _EDGE]
    for up in np.linspace(1.0 - height - _EDGE, _EDGE, 25):  # else where it covers the least, beside the names
        corners += [(across, up) for across in [*np.linspace(1.0 - width - _EDGE, _EDGE, 9), *beside]]

    def covered(corner: tuple[float, float]) -> int:
        left, bottom = corner
        right, top = left + width, bottom + height
        inside = (points >= corner) & (points <= (right, top))
        over = names is not None and left < names.x1 and names.x0 < right and bottom < names.y1 and names.y0 < top
        return int(inside.all(axis=1).sum()) + len(points) * (over + _lies_on(cuts, corner, width, height))

    return min(corners, key=covered)


def _drawn_points(axes: Axes, curve: FigureCurve) -> np.ndarray:
    """Return points of a curve in shares of the plot (200, 2), evenly along what is drawn: a steep flank is long."""
    energy, values, _ = curve.line()
    low, high = axes.get_xlim()
    known = np.isfinite(values)
    if not known.any():
        return np.empty((0, 2))
    first, last = max(low, energy[0]), min(high, energy[-1])
    at = np.linspace(first, last, 2000) if first < last else energy[:1]
    there = np.column_stack([at, np.interp(at, energy[known], values[known])])
    drawn = axes.transAxes.inverted().transform(axes.transData.transform(there))
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(drawn, axis=0), axis=1))])
    evenly = np.linspace(0.0, along[-1], 200)
    return np.column_stack([np.interp(evenly, along, drawn[:, axis]) for axis in (0, 1)])


def letter_foot(figure: Figure, spec: FigureSpec) -> float:
    """Return the height, in pixels from below, above which a panel's letter stands."""
    letter_pt = _LETTER_PT + 1.1 * (spec.font_pt + 1.0) if spec.panel_letter else 0.0
    return figure.bbox.height - letter_pt * figure.dpi / 72.0


def lower_title(axes: Axes, spec: FigureSpec) -> None:
    """Move the title of the intensity axis down as far as a panel's letter asks for; the layout stands."""
    label = axes.yaxis.label
    box = label.get_window_extent()
    down = min(box.y1 - letter_foot(axes.figure, spec), box.y0)
    if down > 0.0:
        label.set_y(label.get_position()[1] - down / axes.get_window_extent().height)


def letter_panel(figure: Figure, letter: str, spec: FigureSpec) -> None:
    """Write the panel's letter, bold, at the top left of a figure whose layout stands."""
    size = spec.font_pt + 1.0
    across, up = (_LETTER_PT / 72.0 / inches for inches in spec.size_inches)
    text = figure.text(
        across, 1.0 - up, letter, fontsize=size, fontweight="bold", ha="left", va="top", gid=_LETTER
    )
    text.set_in_layout(False)


def title_beside_letter(axes: Axes) -> None:
    """Let a title that a panel's letter would run into begin behind the letter; the layout stands."""
    figure, heading = axes.figure, axes._left_title
    letter = next((one for one in figure.texts if one.get_gid() == _LETTER), None)
    if letter is None or not heading.get_text().strip():
        return
    box = axes.get_window_extent()
    first = letter.get_window_extent().x1 + _LETTER_GAP * letter.get_fontsize() * figure.dpi / 72.0
    heading.set_x(max(first - box.x0, 0.0) / box.width)
