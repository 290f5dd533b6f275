"""Names of curves in a figure, where there is room for them: at the curves' ends, inside, on the right or below.

The plot comes first: whatever the names are, the axes keep at least `LEAST_HEIGHT` of the figure's height and
`LEAST_WIDTH` of its width wherever a figure without names would. Then every curve is named: what all names share is
said once, above them; smaller letters come before shorter names. A title of several lines is smaller, and the plot
lower by it, before names are shortened or lose the place that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xanesview.io.figures.additions import INSET_ROOM
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.name_fitting import CurveNames, breaks_number, shortened, spread, wrapped
from xanesview.io.figures.names_outside import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    LETTER,
    LINE,
    SMALLEST_PT,
    add_names,
    below,
    count_names,
    right,
    shares,
    sizes_from,
)
from xanesview.io.figures.style import lay_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

__all__ = ["LEAST_HEIGHT", "LEAST_WIDTH", "name_curves"]

_MOST_BESIDE = 5
_LONGEST_BESIDE = 24
_GAP_PT = 5.0
_FEWEST_LETTERS = 6
_OVER_BREAKS = 30
_HIGHEST_INSIDE = 0.5  # of the figure's height: a longer list finds no empty place
_NARROW = (0.6, 0.45)  # of the plot's width: long names inside are broken to it
_LOWEST = 0.45  # of the figure's height: the plot under a title of several lines
_BESIDE_LINES, _MOST_LINES = 2, 4  # of one name on the right: by itself, and where it was asked for


def name_curves(
    axes: Axes, curves: Sequence[FigureCurve], place: str, font_pt: float, *, stacked: bool = False, bar: bool = False,
    smaller_title: Callable[[], float] | None = None,
) -> str:  # fmt: skip
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
        Size of the names; where they have no room as large, they are as small as `SMALLEST_PT`.
    stacked : bool
        The curves stand one above the other: a list inside would lie on them.
    bar : bool
        A bar of colours stands where names at the ends of curves would.
    smaller_title : callable, optional
        Makes a title of several lines smaller and returns which share of the figure's height it takes then, with the
        space around it; 0 for one of a single line, which gives no room.
    """
    named = [curve for curve in curves if curve.spectrum.label]
    if not named or place == "none":
        return "none"
    names = CurveNames.of([curve.spectrum.label for curve in named])
    there = _Places(axes, named, names, font_pt, stacked=stacked, bar=bar, smaller_title=smaller_title)
    ways = there.by_room() if place == "auto" else there.as_asked(place)
    return next(where for where, way in ways if way())


_Ways = Iterator[tuple[str, Callable[[], bool]]]


class _Places:
    """Where the names of a plot can stand: each place with what puts them there, False where they have no room."""

    def __init__(
        self, axes: Axes, curves: Sequence[FigureCurve], names: CurveNames, font_pt: float, *, stacked: bool, bar: bool,
        smaller_title: Callable[[], float] | None,
    ) -> None:  # fmt: skip
        self._axes, self._curves, self._names, self._font_pt = axes, curves, names, font_pt
        self._stacked, self._bar, self._smaller_title = stacked, bar, smaller_title
        self._least = LEAST_HEIGHT

    @cached_property
    def _shares(self) -> tuple[float, float]:
        return shares(self._axes)

    def by_room(self) -> _Ways:
        """Yield them in the order in which they are tried: every place before the next smaller size."""
        names, sizes = self._names, sizes_from(self._font_pt)
        few = len(self._curves) <= _MOST_BESIDE and max(map(len, names.whole)) <= _LONGEST_BESIDE
        if few and not self._bar:
            yield "direct", lambda: _direct(self._axes, self._curves, self._font_pt, strict=True)
        for size in sizes:
            if not self._stacked and size in (sizes[0], sizes[-1]):
                yield "inside", lambda size=size: self._inside(size, strict=True)
                yield from (("inside", lambda s=size, w=w: self._inside(s, strict=True, width=w)) for w in _NARROW)
            outside = [
                ("right", lambda size=size: self._right(names, size, _BESIDE_LINES)),
                ("below", lambda size=size: self._below(names, size)),
            ]
            yield from reversed(outside) if self._bar else outside
        yield from self._below_title()
        yield from self._shortened(("below", "right"))

    def as_asked(self, place: str) -> _Ways:
        """Yield the place that was asked for, and what comes in its stead where the names have no room there."""
        if place == "direct" and not self._bar:
            yield "direct", lambda: _direct(self._axes, self._curves, self._font_pt, strict=False)
        if place in ("direct", "inside"):
            yield "inside", lambda: self._inside(self._font_pt, strict=False)
        for size in sizes_from(self._font_pt) if place == "right" else ():
            yield "right", lambda size=size: self._right(self._names, size, _MOST_LINES)
        for size in sizes_from(self._font_pt):
            yield "below", lambda size=size: self._below(self._names, size)
        yield from self._below_title()
        yield from self._shortened(("right", "below") if place == "right" else ("below", "right"))

    def _below_title(self) -> _Ways:
        """Yield places below a plot to whose names a long title gives way."""
        share = self._smaller_title() if self._smaller_title is not None else 0.0
        if not share:
            return
        self.__dict__.pop("_shares", None)  # measured under the larger title
        for self._least in (LEAST_HEIGHT, max(LEAST_HEIGHT - share, _LOWEST)):  # the lower one holds from then on
            for size in sizes_from(self._font_pt):
                yield "below", lambda size=size: self._below(self._names, size)

    def _shortened(self, places: Sequence[str]) -> _Ways:
        """Yield places of names that have no room as they are: without what is alike in them, shorter, smaller still.

        The last of them counts those that have no room even so.
        """
        smallest = min(self._font_pt, SMALLEST_PT)
        small, tiny = min(smallest, 5.0), min(smallest, 4.0)
        names = self._names.without_common_ends()
        tried = ((smallest, False), (small, False), (small, True), (tiny, False), (tiny, True))
        for size, cut in dict.fromkeys(tried):
            for place in places:
                if place == "right":
                    yield place, lambda s=size, c=cut: self._right(names, s, _MOST_LINES, shorten=c)
                else:
                    yield place, lambda s=size, c=cut: self._below(names, s, shorten=c)
        yield "below", lambda: count_names(self._axes, self._curves, self._names, tiny)

    def _right(self, names: CurveNames, size: float, lines: int, *, shorten: bool = False) -> bool:
        return right(self._axes, self._curves, names, size, lines, share=self._shares[0], shorten=shorten)

    def _below(self, names: CurveNames, size: float, *, shorten: bool = False) -> bool:
        share = self._shares[1]
        return below(self._axes, self._curves, names, size, share=share, shorten=shorten, least=self._least)

    def _inside(self, size: float, *, strict: bool, width: float | None = None) -> bool:
        """Put the names inside; with a width, in shares of the plot's, long ones are broken to it."""
        names = self._names
        if width is not None:
            room_pt = width * self._axes.get_window_extent().width * 72.0 / self._axes.figure.dpi
            title, *labels = (wrapped(one, size, room_pt) for one in (names.title, *names.labels))
            narrow = names.told(title, labels)
            pairs = zip((title, *labels), (names.title, *names.labels), strict=True)
            if narrow == names or any(breaks_number(told, label) for told, label in pairs):
                return False
            names = narrow
        return _inside(self._axes, self._curves, names, size, strict=strict)


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
    lay_out(axes.figure)
    at = [float(axes.transData.transform((high, end))[1]) / per_pt for end in ends]
    moved = [place - own for place, own in zip(spread(at, LINE * font_pt), at, strict=True)]
    far = max(map(abs, moved)) > 2.5 * LINE * font_pt
    if strict and (far or shares(axes)[0] < LEAST_WIDTH):
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
    while shares(axes)[0] < LEAST_WIDTH and letters > _FEWEST_LETTERS:
        lacking_pt = (LEAST_WIDTH - shares(axes)[0]) * 72.0 * axes.figure.get_figwidth()
        letters = max(letters - max(int(np.ceil(lacking_pt / (LETTER * font_pt))), 1), _FEWEST_LETTERS)
        for text, name in zip(texts, names, strict=True):
            text.set_text(shortened(name, letters))


# ---- in the plot ----


def _inside(
    axes: Axes, curves: Sequence[FigureCurve], names: CurveNames, font_pt: float, *, strict: bool
) -> bool:
    """Put the names where they lie on the least of the curves; False (and nothing) where (strict) on some."""
    lines = sum(1 + label.count("\n") for label in (*names.labels, names.title) if label)
    if strict and lines * LINE * font_pt > _HIGHEST_INSIDE * 72.0 * axes.figure.get_figheight():
        return False
    legend = add_names(axes, curves, names, font_pt, loc="best")
    legend.set_zorder(_OVER_BREAKS)
    if not strict:
        return True
    lay_out(axes.figure)
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
