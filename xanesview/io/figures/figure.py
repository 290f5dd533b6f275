"""Figures for papers and talks, drawn by matplotlib from the numbers of the curves; `figure_file` saves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.outline import outline
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.stacking import stacked_offsets
from xanesview.errors import XanesviewError, printable
from xanesview.io.figures.additions import (
    draw_colour_bar,
    draw_sticks,
    letter_foot,
    letter_panel,
    lower_title,
    names_beside_bar,
    place_inset,
    title_beside_letter,
)
from xanesview.io.figures.angle_title import angle_title
from xanesview.io.figures.breaks import break_axes, fix_ticks, mark_breaks, without_breaks
from xanesview.io.figures.curve_looks import WIDTH_PT, FigureCurve, angle_range, with_roles
from xanesview.io.figures.foot import foot_of, write_foot
from xanesview.io.figures.legend import name_curves
from xanesview.io.figures.lower_panel import Below, fit_below, without_rounding
from xanesview.io.figures.names_outside import SMALLEST_PT
from xanesview.io.figures.site_names import sites_together
from xanesview.io.figures.spec import FigureSpec, check_title
from xanesview.io.figures.style import energy_title, fit_title, lay_out, new_figure, quantity, set_numbers
from xanesview.io.text_file import LARGEST
from xanesview.limits import LONGEST_TITLE, MOST_CURVES, check_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_OPEN_MARKS = ("x", "+")
_LEADING = ("current", "isotropic", "site", "compared")
#: Of curves with more points the lowest and highest of each run are drawn: no journal prints a million.
MOST_POINTS = 30_000


@dataclass(frozen=True, eq=False)
class FigureContent:
    """What a figure shows; how it looks is a `FigureSpec`.

    Attributes
    ----------
    curves : sequence of Spectrum or FigureCurve
    title : str
        Above the plot, in several lines where it is long.
    below : Below or None
        A panel below the plot, with the same energies.
    scene : (H, W, 4) uint8 array or None
        A picture for the inset.
    """

    curves: Sequence[Spectrum | FigureCurve]
    title: str = ""
    below: Below | None = None
    scene: np.ndarray | None = None

    @property
    def texts(self) -> list[str]:
        """The words in it that a user has written, or may have."""
        return [self.title, *(getattr(one, "spectrum", one).label for one in self.curves)]


def draw_spectra(
    spectra: Sequence[Spectrum | FigureCurve],
    spec: FigureSpec | None = None,
    title: str = "",
    below: Below | None = None,
    scene: np.ndarray | None = None,
) -> Figure:
    """Return a figure of the spectra on white, laid out for good: it is the same at any resolution, in any format.

    Parameters
    ----------
    spec : FigureSpec, optional
    spectra, title, below, scene : see `FigureContent`

    Raises
    ------
    XanesviewError
        If there is no spectrum to draw or there are too many, or the title is endless.
    """
    check_title(title)
    check_count(len(spectra), MOST_CURVES, "curves of one figure", "Draw fewer of them, or several figures.")
    if not spectra:
        raise XanesviewError("There is no curve to draw.", "Predict a spectrum or load one first.")
    spec = spec or FigureSpec()
    curves = [
        replace(curve, spectrum=curve.spectrum.replace(label=printable(_shortened(curve.spectrum.label))))
        for curve in arranged(with_roles(spectra), spec)
    ]
    _check_numbers(curves)
    with new_figure(spec) as figure:
        if below is None or not spec.below:
            lowest = axes = figure.add_subplot()
        else:
            axes, lowest = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        if spec.foot:
            write_foot(figure, foot_of(curves), spec)
        _set_ranges(axes, curves, spec)
        for number, curve in enumerate(curves):
            _draw_curve(axes, curve, spec, f"{curve.role}-{number}")
        if lowest is not axes:
            _draw_below(lowest, below, spec, axes.get_ylim())
        if spec.sticks:
            for number, curve in enumerate(curves):
                draw_sticks(axes, curve, spec, f"{curve.role}-{number}")
        break_axes(axes, spec.energy_breaks, spec.intensity_breaks)
        set_numbers(figure)
        _write_titles(axes, lowest, curves, spec, title)
        if spec.panel_letter:
            letter_panel(figure, spec.panel_letter, spec)
        series = angle_range(curves) if spec.colour_bar else None
        if series is not None:
            draw_colour_bar(figure, figure.axes, series, angle_title(curves))
        has_inset = spec.inset and scene is not None
        if has_inset and spec.inset_place != "auto":
            lay_out(figure)
            place_inset(axes, scene, curves, spec)
        named = sites_together(curves if series is None else names_beside_bar(curves))
        place = name_curves(
            axes, named, spec.legend, spec.font_pt - 1, stacked=spec.arrangement == "stacked", bar=series is not None,
            smaller_title=partial(_make_smaller, axes, title, spec),
        )  # fmt: skip
        if title:
            _break_title(figure, axes, title, beside_legend=place == "right")
        if spec.intensity_title is None:
            fit_title(figure, axes, _intensity_titles(curves, spec)[1:], letter_foot(figure, spec))
        if has_inset and spec.inset_place == "auto":
            lay_out(figure)
            place_inset(axes, scene, curves, spec)
        _settle(figure, (axes, lowest), spec)
    return figure


def arranged(curves: Sequence[FigureCurve], spec: FigureSpec) -> list[FigureCurve]:
    """Return the curves with the offsets that they are drawn with."""
    if spec.arrangement == "as shown":
        return list(curves)
    offsets = [0.0] * len(curves)
    if spec.arrangement == "stacked":
        low, high = spec.energies_ev or (-np.inf, np.inf)
        lines = []
        for curve in curves:
            energy_ev, values, _ = replace(curve, offset=0.0).line()  # as drawn: smooth lines swing wider
            seen = (energy_ev >= low) & (energy_ev <= high)
            lines.append((energy_ev[seen], values[seen]))
        lines = [line if line[0].size else (np.zeros(1), np.zeros(1)) for line in lines]
        offsets = stacked_offsets(lines, spec.spacing)
    return [replace(curve, offset=offset) for curve, offset in zip(curves, offsets, strict=True)]


def _shortened(label: str) -> str:
    """Return the name of a curve, which may be a file's, no longer than a title."""
    return label if len(label) <= LONGEST_TITLE else f"{label[: LONGEST_TITLE - 1]}…"


def _check_numbers(curves: Sequence[FigureCurve]) -> None:
    """Refuse numbers whose differences overflow."""
    for curve in curves:
        drawn = (curve.spectrum.energy_ev, curve.spectrum.intensity, np.array(curve.offset))
        if any((np.abs(values) > LARGEST).any() for values in drawn):
            raise XanesviewError(
                f"{curve.spectrum.label or 'A curve'} holds numbers above {LARGEST:g}, which can't be drawn.",
                "The program that wrote them has failed.",
            )


# ---- titles ----


def own_titles(curves: Sequence[FigureCurve], spec: FigureSpec | None = None) -> tuple[str, str]:
    """Return the titles that the axes of energy and intensity have by themselves."""
    return energy_title([one.spectrum for one in curves]), _intensity_titles(curves, spec or FigureSpec())[0]


def _intensity_titles(curves: Sequence[FigureCurve], spec: FigureSpec) -> list[str]:
    """Return titles of the intensity axis, in one line, in two, and the shortest."""
    unit, what = _unit(curves), quantity([one.spectrum for one in curves])
    if spec.arrangement == "stacked":
        return [f"{what}, offset ({unit})", f"{what}, offset\n({unit})", f"{what}, offset"]
    return [f"{what} ({unit})", f"{what}\n({unit})", unit]


def _write_titles(axes: Axes, lowest: Axes, curves: Sequence[FigureCurve], spec: FigureSpec, title: str) -> None:
    energy, intensity = own_titles(curves, spec)
    if spec.energy_title is None:
        lowest.set_xlabel(energy)
    else:
        lowest.set_xlabel(printable(spec.energy_title))
    axes.set_ylabel(intensity if spec.intensity_title is None else printable(spec.intensity_title))
    if spec.arrangement == "stacked":
        # numbers would hold for the lowest curve alone
        axes.tick_params(axis="y", which="both", left=False, right=False, labelleft=False)
    if title:
        _set_title(axes, title, spec.font_pt)
    elif spec.panel_letter:
        axes.set_title(" ", loc="left")  # the letter's line


def _set_title(axes: Axes, title: str, font_pt: float) -> None:
    letters = int(axes.figure.get_figwidth() * 72 / (0.6 * font_pt))
    axes.set_title("\n".join(wrap(printable(title), max(letters, 8))), loc="left", fontsize=font_pt)


def _make_smaller(axes: Axes, title: str, spec: FigureSpec) -> float:
    """Set a title of several lines in smaller letters; return the share of the height above the plot, else 0."""
    heading = axes._left_title
    if "\n" not in heading.get_text():
        return 0.0
    _set_title(axes, title, min(max(0.8 * spec.font_pt, SMALLEST_PT), spec.font_pt))
    lay_out(axes.figure)
    return (axes.figure.bbox.height - axes.get_window_extent().y1) / axes.figure.bbox.height


def _break_title(figure: Figure, axes: Axes, title: str, *, beside_legend: bool) -> None:
    """Break a title that reaches over the edge of the figure, or into names on the right."""
    lay_out(figure)
    title_beside_letter(axes)
    heading, box = axes._left_title, axes.get_window_extent()
    room = (box.x1 if beside_legend else figure.bbox.width - 2) - heading.get_window_extent().x0
    letters = max(map(len, heading.get_text().split("\n")))
    while letters > 8 and (width := heading.get_window_extent().width) > room:
        letters = max(min(int(letters * room / width), letters - 1), 8)  # letters differ in width: again, if need be
        axes.set_title("\n".join(wrap(printable(title), letters)), loc="left", fontsize=heading.get_fontsize())


def _unit(curves: Sequence[FigureCurve]) -> str:
    """Return the unit of the leading curve; a measured one may be on another scale."""
    leading = next((curve for curve in curves if curve.role == "current"), curves[0])
    return printable(leading.spectrum.unit) or "arb. u."


# ---- curves and ranges ----


def _draw_curve(axes: Axes, curve: FigureCurve, spec: FigureSpec, name: str) -> None:
    """Draw one curve; `name` becomes the identity of its line in an SVG."""
    x, y, band = curve.line()
    if band is None and y.size > MOST_POINTS and np.isfinite(y).all():
        kept = outline(y, 2 * -(-y.size // MOST_POINTS))
        x, y = x[kept], y[kept]
    x, columns, given = without_breaks(x, [y] if band is None else [y, band], spec.energy_breaks, axes.get_xlim())
    y, band = (*columns, None)[:2]
    colour, depth = curve.shade, curve.height
    thickness = spec.line_pt / WIDTH_PT["current"]
    if spec.bands and band is not None:
        axes.fill_between(x, y - band, y + band, color=colour, alpha=0.18, linewidth=0, zorder=depth - 0.5)
    if curve.mark:
        edge = 0.6 * thickness if curve.mark in _OPEN_MARKS else 0
        axes.plot(
            x, y, color=colour, marker=curve.mark, markersize=1.8 * thickness, markeredgewidth=edge,
            linewidth=0.4 * thickness, zorder=depth, gid=name, markevery=None if given.all() else given,
        )  # fmt: skip
        return
    width = thickness * WIDTH_PT.get(curve.role, 0.9)
    (line,) = axes.plot(x, y, color=colour, linewidth=width, zorder=depth, solid_joinstyle="round", gid=name)
    if curve.dash_pattern:
        line.set_dashes(curve.dash_pattern)


def _draw_below(axes: Axes, below: Below, spec: FigureSpec, above: tuple[float, float]) -> None:
    """Draw the panel below a plot whose intensities are chosen."""
    below = without_rounding(below, above[1] - above[0])
    largest = fit_below(axes, below, above[1] - above[0])
    for number, curve in enumerate(below.curves):
        _draw_curve(axes, replace(curve, offset=0.0), spec, f"below-{number}")
    axes.set_ylim(-largest, largest)


def _set_ranges(axes: Axes, curves: Sequence[FigureCurve], spec: FigureSpec) -> None:
    if spec.energies_ev is not None:
        axes.set_xlim(*spec.energies_ev)
    else:
        leading = [c.spectrum.energy_ev for c in curves if c.role in _LEADING]
        leading = leading or [c.spectrum.energy_ev for c in curves]
        axes.set_xlim(min(float(e[0]) for e in leading), max(float(e[-1]) for e in leading))
    if spec.intensities is not None:
        axes.set_ylim(*spec.intensities)
        return
    low, high = axes.get_xlim()
    seen = [
        c.spectrum.intensity[(c.spectrum.energy_ev >= low) & (c.spectrum.energy_ev <= high)] + c.offset for c in curves
    ]
    values = np.concatenate(seen)
    values = values[np.isfinite(values)]
    if values.size:
        bottom, top = min(0.0, float(values.min())), float(values.max())
        span = (top - bottom) or 1.0
        axes.set_ylim(bottom - 0.02 * span, top + 0.06 * span)


# ---- for good ----


def _settle(figure: Figure, plots: Sequence[Axes], spec: FigureSpec) -> None:
    """Let nothing move any more: places of the plots, ticks, and the list of names inside."""
    axes, lowest = plots
    lay_out(figure)
    minor = {"energies": (True, False), "both": (True, True)}.get(spec.minor_ticks, (False, False))
    fix_ticks(axes.xaxis, spec.energy_breaks, minor=minor[0])
    fix_ticks(axes.yaxis, spec.intensity_breaks, minor=minor[1])
    if lowest is not axes:
        fix_ticks(lowest.yaxis, (), minor=minor[1])
    if spec.energy_breaks or spec.intensity_breaks:
        lay_out(figure)  # there are other numbers between breaks
    legend = axes.get_legend()
    if legend is not None:
        box = legend.get_window_extent().transformed(axes.transAxes.inverted())
        legend.borderaxespad = 0.0
        legend.set_loc((box.x0, box.y0))
    room = figure.get_layout_engine().get()["rect"]
    figure.set_layout_engine("none")
    for outside in figure.legends:  # only now: matplotlib keeps no room for lists with a place of their own
        outside.set_bbox_to_anchor(room, figure.transFigure)
    for one in dict.fromkeys(plots):
        mark_breaks(one, "x", spec.energy_breaks)
    mark_breaks(axes, "y", spec.intensity_breaks)
    if spec.panel_letter:
        lower_title(axes, spec)
        title_beside_letter(axes)
