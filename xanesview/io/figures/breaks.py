"""Axes of a figure with parts left out, and ticks that stay as they are at any resolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

Pair = tuple[float, float]

_GAP = 0.025  # of the axis, in place of each part that is left out
_FAR = 1e3  # axes go on beyond their ends, where nothing is seen
_MARK_PT = 3.0
OVER_CURVES = 20.0
"""Depth at which gaps cover what is drawn below them."""
_MINOR = {1: 5, 2: 4, 2.5: 5, 5: 5}  # parts between two ticks, by the first digits of their step


def seen_breaks(breaks: Sequence[Pair], low: float, high: float) -> list[Pair]:
    """Return the parts to leave out that lie between the ends of an axis; the others have nothing to leave out."""
    return [(first, last) for first, last in breaks if low < first < last < high]


def kept_parts(breaks: Sequence[Pair], low: float, high: float) -> list[Pair]:
    """Return the parts of an axis that are shown between those left out."""
    ends = [low, *(end for pair in breaks for end in pair), high]
    return list(zip(ends[::2], ends[1::2], strict=True))


def places(breaks: Sequence[Pair], low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Return values (K,) and where they stand on an axis (K,), straight lines between: gaps are narrow, parts to scale.
    """
    parts = kept_parts(breaks, low, high)
    gap = _GAP * sum(last - first for first, last in parts) / (1.0 - _GAP * len(breaks))
    values, at = [low], [low]
    for number, (first, last) in enumerate(parts):
        if number:
            values.append(first)
            at.append(at[-1] + gap)
        values.append(last)
        at.append(at[-1] + last - first)
    beyond = _FAR * (high - low)
    return np.array([low - beyond, *values, high + beyond]), np.array([low - beyond, *at, at[-1] + beyond])


def without_breaks(
    x: np.ndarray, columns: Sequence[np.ndarray], breaks: Sequence[Pair], ends: Pair
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Return a curve that ends at each break of its energies: a stroke has a width, and the hidden part would show.

    Parameters
    ----------
    x : (F,) ascending energies
    columns : (F,) values each
    breaks : parts to leave out
    ends : of the axis

    Returns
    -------
    The energies, the columns, and which of the points were given, (G,) each; values at the ends of a break are
    interpolated, between them there is one NaN.
    """
    given = np.ones(x.size, dtype=bool)
    columns = list(columns)
    for first, last in seen_breaks(breaks, *ends):
        if x.size == 0 or not x[0] < last or not x[-1] > first:
            continue
        before, behind = x <= first, x >= last
        middle = np.array([first, 0.5 * (first + last), last])
        left = [np.interp(middle, x, y) for y in columns]
        own = np.array([x[0] <= first, True, x[-1] >= last])  # no end where the curve does not reach it
        columns = [
            np.concatenate([y[before], np.where([True, False, True], new, np.nan)[own], y[behind]])
            for y, new in zip(columns, left, strict=True)
        ]
        given = np.concatenate([given[before], np.zeros(int(own.sum()), dtype=bool), given[behind]])
        x = np.concatenate([x[before], middle[own], x[behind]])
    return x, columns, given


def break_axes(axes: Axes, energy_breaks: Sequence[Pair], intensity_breaks: Sequence[Pair]) -> None:
    """Leave parts of axes out, whose ranges are chosen; an axis that other axes share has them there, too."""
    for name, breaks in (("x", energy_breaks), ("y", intensity_breaks)):
        low, high = axes.get_xlim() if name == "x" else axes.get_ylim()
        found = seen_breaks(breaks, low, high)
        if not found:
            continue
        values, at = places(found, low, high)
        functions = (
            lambda x, values=values, at=at: np.interp(x, values, at),
            lambda x, values=values, at=at: np.interp(x, at, values),
        )
        getattr(axes, f"set_{name}scale")("function", functions=functions)
        getattr(axes, f"set_{name}lim")(low, high)


def gaps(axes: Axes, name: str, breaks: Sequence[Pair]) -> list[Pair]:
    """Return where the gaps of broken axes are, in shares of the plot."""
    low, high = axes.get_xlim() if name == "x" else axes.get_ylim()
    transform = axes.transData - axes.transAxes
    side = 0 if name == "x" else 1
    ends = np.array(seen_breaks(breaks, low, high)).reshape(-1, 2)
    corner = [axes.get_xlim()[0], axes.get_ylim()[0]]
    found = []
    for pair in ends:
        points = np.array([corner, corner], dtype=float)
        points[:, side] = pair
        found.append(tuple(transform.transform(points)[:, side]))
    return found


def mark_breaks(axes: Axes, name: str, breaks: Sequence[Pair]) -> None:
    """Cut the curves and the axis in each gap, with two strokes across the axis."""
    low, high = axes.get_xlim() if name == "x" else axes.get_ylim()
    slant = [(-0.5, -1.0), (0.5, 1.0)] if name == "x" else [(-1.0, -0.5), (1.0, 0.5)]
    look = {
        "marker": slant, "markersize": 2 * _MARK_PT, "linestyle": "none", "color": axes.spines["left"].get_edgecolor(),
        "markeredgewidth": axes.spines["left"].get_linewidth(), "clip_on": False, "zorder": OVER_CURVES + 1,
    }  # fmt: skip
    sides = [0.0, 1.0] if axes.spines["top"].get_visible() else [0.0]
    for first, last in seen_breaks(breaks, low, high):
        cover = axes.axvspan if name == "x" else axes.axhspan
        cover(first, last, -0.01, 1.01, facecolor="white", linewidth=0, clip_on=False, zorder=OVER_CURVES)
        for side in sides:
            both, across = [first, last], [side, side]
            transform = axes.get_xaxis_transform() if name == "x" else axes.get_yaxis_transform()
            strokes = axes.plot(*((both, across) if name == "x" else (across, both)), transform=transform, **look)
            strokes[0].set_in_layout(False)


def fix_ticks(axis: Axis, breaks: Sequence[Pair], *, minor: bool) -> None:
    """Put ticks where they are now, so that no other resolution moves them; between breaks where they are round."""
    from matplotlib.ticker import FixedLocator, NullFormatter

    low, high = sorted(axis.get_view_interval())
    found = seen_breaks(breaks, low, high)
    if found:
        major, small = _ticks_between(axis, kept_parts(found, low, high))
    else:
        major = np.asarray(axis.get_majorticklocs(), float)
        small = _minor_ticks(major) if minor else np.array([])
    slack = 1e-9 * (high - low)
    for ticks, set_locator in ((major, axis.set_major_locator), (small, axis.set_minor_locator)):
        seen = ticks[(ticks >= low - slack) & (ticks <= high + slack)]
        set_locator(FixedLocator(seen if minor or ticks is major else []))
    axis.set_minor_formatter(NullFormatter())


def _minor_ticks(major: np.ndarray) -> np.ndarray:
    if major.size < 2:
        return np.array([])
    step = float(np.diff(major).min())
    first = 10.0 ** (np.log10(step) % 1.0)
    parts = next((n for digits, n in _MINOR.items() if abs(first - digits) < 0.01 * digits), 5)
    fine = step / parts
    ticks = np.arange(np.floor((major[0] - step) / fine), np.ceil((major[-1] + step) / fine) + 1) * fine
    return ticks[np.abs(ticks[:, None] - major[None, :]).min(axis=1) > 0.1 * fine]


def _ticks_between(axis: Axis, parts: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    """Return ticks and minor ticks of the parts of an axis: one step for all, none whose number would reach into a gap.
    """
    from matplotlib.ticker import MaxNLocator

    total = sum(last - first for first, last in parts)
    locator = MaxNLocator(nbins=max(min(axis.get_tick_space(), 9), 2), steps=[1, 2, 5, 10])
    step = float(np.diff(locator.tick_values(0.0, total))[0])
    major, small = [], []
    margin = 0.035 * total
    for number, (first, last) in enumerate(parts):
        start = first + (margin if number else 0.0)
        stop = last - (margin if number < len(parts) - 1 else 0.0)
        own, fine = _multiples(step, start, stop), step
        while own.size == 0 and fine > step / 20:  # a narrow part has one number, as round as can be
            fine = _finer(fine)
            own = _multiples(fine, start, stop)[:1]
        major.append(own)
        small.append(_multiples(step / 5, first, last))
    ticks, fine_ticks = np.concatenate(major), np.concatenate(small)
    if ticks.size:
        fine_ticks = fine_ticks[np.abs(fine_ticks[:, None] - ticks[None, :]).min(axis=1) > 0.01 * step]
    return ticks, fine_ticks


def _finer(step: float) -> float:
    """Return the next smaller one of the steps 1, 2, 5, 10 …"""
    return step / (2.5 if round(step / 10.0 ** np.floor(np.log10(step) + 1e-9)) == 5 else 2.0)


def _multiples(step: float, low: float, high: float) -> np.ndarray:
    slack = 1e-9 * step
    return np.arange(np.ceil((low - slack) / step), np.floor((high + slack) / step) + 1) * step
