"""Figures for papers and talks, drawn by matplotlib from the numbers of the curves; `figure_file` saves them.

matplotlib is imported when a figure is drawn, not before; pyplot is never touched, so no window system is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, printable
from xanesview.io.figures.curve_looks import COLOURS, FAINT, MUTED, TEXT, WIDTH_PT, FigureCurve, with_roles
from xanesview.io.figures.legend import PLACES, name_curves
from xanesview.io.figures.lower_panel import Below, fit_below
from xanesview.io.text_file import LARGEST
from xanesview.limits import LONGEST_TITLE, MOST_PIXELS, check_count, check_range_ev

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENERGY_TITLES = {"absolute": "Photon energy (eV)", "relative": "Energy from E$_0$ (eV)"}
"""Our own words, in which alone dollars stand for mathematics."""
INK = {"text": TEXT, "muted": MUTED, "faint": FAINT, "first": COLOURS[0], "second": COLOURS[1]}
"""Colours of other figures on white."""
HEIGHT_WITH_PANEL_MM = 82.0
"""Height of a figure of one column that has a panel below the plot."""
_OPEN_MARKS = ("x", "+")
_MM_PER_INCH = 25.4
_MOST_TICKS = 30
#: Settings of matplotlib hold for the whole process, so one thread draws at a time.
_drawing = threading.RLock()


@dataclass(frozen=True)
class FigureSpec:
    """How a figure is to look.

    Attributes
    ----------
    width_mm, height_mm : float
        Outer size; 85 mm is one column of most journals.
    dpi : int
        Dots per inch of a PNG.
    font_pt : float
        Size of the axis titles and labels; ticks are one point smaller.
    energies_ev : (float, float) or None
        Energies shown; all predicted ones by default.
    intensities : (float, float) or None
        Intensities shown; fitted by default.
    legend : str
        Where curves are named, one of `legend.PLACES`: where there is room by default.
    energy_title, intensity_title : str or None
        Titles of the axes; quantity and unit by default.
    bands : bool
        Draw the bands of curves that have one.
    """

    width_mm: float = 85.0
    height_mm: float = 62.0
    dpi: int = 300
    font_pt: float = 8.0
    energies_ev: tuple[float, float] | None = None
    intensities: tuple[float, float] | None = None
    legend: str = "auto"
    energy_title: str | None = None
    intensity_title: str | None = None
    bands: bool = True

    def __post_init__(self) -> None:
        for axis_title in (self.energy_title, self.intensity_title):
            check_title(axis_title or "")
        if not (20 <= self.width_mm <= 1000 and 15 <= self.height_mm <= 1000):
            raise XanesviewError(
                f"A figure of {self.width_mm:g} × {self.height_mm:g} mm can't be drawn.",
                "Give a width from 20 to 1000 mm and a height from 15 to 1000 mm.",
            )
        if self.legend not in PLACES:
            raise XanesviewError(f"A legend can't stand “{self.legend}”.", f"Give one of {', '.join(PLACES)}.")
        if not 36 <= self.dpi <= 2400:
            raise XanesviewError(f"{self.dpi} dots per inch can't be drawn.", "Give 36 to 2400 dpi.")
        if self.energies_ev is not None:
            check_range_ev(*self.energies_ev, "Give the lower energy first, such as 280 to 305 eV.")
        if self.intensities is not None and not (-LARGEST < self.intensities[0] < self.intensities[1] < LARGEST):
            raise XanesviewError(
                "No intensities lie between {:g} and {:g}.".format(*self.intensities), "Give the lower one first."
            )
        width, height = self.size_px
        check_count(width * height, MOST_PIXELS, "pixels", "Make the figure smaller, or give fewer dots per inch.")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a PNG, in pixels."""
        return int(self.width_mm / _MM_PER_INCH * self.dpi), int(self.height_mm / _MM_PER_INCH * self.dpi)


def draw_spectra(
    spectra: Sequence[Spectrum | FigureCurve],
    spec: FigureSpec | None = None,
    title: str = "",
    below: Below | None = None,
) -> Figure:
    """Return a figure of the spectra on white.

    Parameters
    ----------
    spectra : sequence of Spectrum or FigureCurve
    spec : FigureSpec, optional
    title : str, optional
        Above the plot, in several lines where it is long.
    below : Below, optional
        A panel below the plot, with the same energies.

    Raises
    ------
    XanesviewError
        If there is no spectrum to draw, or the title is endless.
    """
    check_title(title)
    if not spectra:
        raise XanesviewError("There is no curve to draw.", "Predict a spectrum or load one first.")
    spec = spec or FigureSpec()
    curves = [
        replace(curve, spectrum=curve.spectrum.replace(label=printable(_shortened(curve.spectrum.label))))
        for curve in with_roles(spectra)
    ]
    _check_numbers(curves)
    with new_figure(spec) as figure:
        if below is None:
            lowest = axes = figure.add_subplot()
        else:
            axes, lowest = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        for number, curve in enumerate(curves):
            _draw_curve(axes, curve, spec, f"{curve.role}-{number}")
        _set_ranges(axes, curves, spec)
        if below is not None:
            largest = fit_below(lowest, below)
            for number, curve in enumerate(below.curves):
                _draw_curve(lowest, replace(curve, offset=0.0), spec, f"below-{number}")
            lowest.set_ylim(-largest, largest)
        _set_mathematical_ticks(figure)
        energy, intensity = own_titles(curves)
        if spec.energy_title is None:
            lowest.set_xlabel(energy, parse_math=True)
        else:
            lowest.set_xlabel(printable(spec.energy_title))
        axes.set_ylabel(intensity if spec.intensity_title is None else printable(spec.intensity_title))
        if title:
            letters = int(spec.width_mm / _MM_PER_INCH * 72 / (0.6 * spec.font_pt))
            axes.set_title("\n".join(wrap(printable(title), max(letters, 8))), loc="left")
        place = name_curves(axes, curves, spec.legend, spec.font_pt - 1)
        if title:
            _break_title(figure, axes, title, beside_legend=place == "right")
        if spec.intensity_title is None:
            _fit_axis_title(figure, axes, _unit(curves))
    return figure


def check_title(title: str) -> None:
    """Refuse a title that would take minutes to be broken into lines.

    Raises
    ------
    XanesviewError
    """
    if len(title) > LONGEST_TITLE:
        raise XanesviewError(
            f"A title of {len(title):,} characters is too long; up to {LONGEST_TITLE} are drawn.", "Give a shorter one."
        )


def _shortened(label: str) -> str:
    """Return the name of a curve, which may be a file's, no longer than a title."""
    return label if len(label) <= LONGEST_TITLE else f"{label[: LONGEST_TITLE - 1]}…"


@contextmanager
def new_figure(spec: FigureSpec) -> Iterator[Figure]:
    """Give an empty figure on white in our style, to be drawn on inside the block and saved with `save_figure`.

    Dollars in a text that is set inside are dollars, since names and titles are a user's; a text of our own that holds
    mathematics is set with ``parse_math=True``.
    """
    size = (spec.width_mm / _MM_PER_INCH, spec.height_mm / _MM_PER_INCH)
    with style(spec):
        from matplotlib import rc_context
        from matplotlib.figure import Figure

        figure = Figure(figsize=size, dpi=spec.dpi, layout="constrained", facecolor="white")
        with rc_context({"text.parse_math": False}):
            yield figure
        _set_mathematical_ticks(figure)


def _set_mathematical_ticks(figure: Figure) -> None:
    """Let the numbers beside axes be mathematics, as matplotlib writes them, also those that aren't shown yet."""
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        axis.get_major_ticks(_MOST_TICKS)
        for text in (axis.get_offset_text(), *(tick.label1 for tick in (*axis.majorTicks, *axis.minorTicks))):
            text.set_parse_math(True)


def _check_numbers(curves: Sequence[FigureCurve]) -> None:
    """Refuse numbers whose differences overflow."""
    for curve in curves:
        drawn = (curve.spectrum.energy_ev, curve.spectrum.intensity, np.array(curve.offset))
        if any((np.abs(values) > LARGEST).any() for values in drawn):
            raise XanesviewError(
                f"{curve.spectrum.label or 'A curve'} holds numbers above {LARGEST:g}, which can't be drawn.",
                "The program that wrote them has failed.",
            )


def _break_title(figure: Figure, axes: Axes, title: str, *, beside_legend: bool) -> None:
    """Break a title that reaches over the edge of the figure, or into names on the right."""
    figure.draw_without_rendering()
    heading, box = axes._left_title, axes.get_window_extent()
    room = (box.x1 if beside_legend else figure.bbox.width - 2) - box.x0
    width = heading.get_window_extent().width
    if width > room:
        axes.set_title("\n".join(wrap(printable(title), max(int(0.95 * len(title) * room / width), 8))), loc="left")


def own_titles(curves: Sequence[FigureCurve]) -> tuple[str, str]:
    """Return the titles that the axes of energy and intensity have by themselves."""
    return ENERGY_TITLES[curves[0].spectrum.axis], f"Absorption ({_unit(curves)})"


def _fit_axis_title(figure: Figure, axes: Axes, unit: str) -> None:
    """Break the title of the intensity axis, then shorten it, where a legend below leaves less height than it needs."""
    for text in (f"Absorption\n({unit})", unit):
        figure.draw_without_rendering()  # lays everything out
        box = axes.yaxis.label.get_window_extent()
        if box.y0 >= 0 and box.y1 <= figure.bbox.height:
            return
        axes.set_ylabel(text)


@contextmanager
def style(spec: FigureSpec) -> Iterator[None]:
    """Draw, or save, in our style inside the block; one thread at a time."""
    settings = {
        "font.family": "sans-serif",
        "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
        "font.size": spec.font_pt,
        "axes.labelsize": spec.font_pt,
        "axes.titlesize": spec.font_pt,
        "xtick.labelsize": spec.font_pt - 1,
        "ytick.labelsize": spec.font_pt - 1,
        "legend.fontsize": spec.font_pt - 1,
        "axes.linewidth": 0.6,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": TEXT,
        "text.color": TEXT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "axes.formatter.use_mathtext": True,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.minor.visible": True,
        "path.simplify": False,  # every point of the data is in the file
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "svg.hashsalt": "xanesview",
    }
    from logging import ERROR, getLogger

    _drawing.acquire()
    # it reports each family that a computer lacks, and where its own folder can't be written; it works all the same
    logger = getLogger("matplotlib")
    level = logger.level
    logger.setLevel(ERROR)
    try:
        from matplotlib import rc_context

        with rc_context(settings):
            yield
    finally:
        logger.setLevel(level)
        _drawing.release()


def _draw_curve(axes: Axes, curve: FigureCurve, spec: FigureSpec, name: str) -> None:
    """Draw one curve; `name` becomes the identity of its line in an SVG."""
    x, y, band = curve.line()
    colour, depth = curve.shade, curve.height
    if spec.bands and band is not None:
        axes.fill_between(x, y - band, y + band, color=colour, alpha=0.18, linewidth=0, zorder=depth - 0.5)
    if curve.mark:
        edge = 0.6 if curve.mark in _OPEN_MARKS else 0
        axes.plot(
            x, y, color=colour, marker=curve.mark, markersize=1.8, markeredgewidth=edge, linewidth=0.4, zorder=depth,
            gid=name,
        )  # fmt: skip
        return
    width = WIDTH_PT.get(curve.role, 0.9)
    (line,) = axes.plot(x, y, color=colour, linewidth=width, zorder=depth, solid_joinstyle="round", gid=name)
    if curve.dash_pattern:
        line.set_dashes(curve.dash_pattern)


def _unit(curves: Sequence[FigureCurve]) -> str:
    """Return the unit of the leading curve; a measured one may be on another scale."""
    leading = next((curve for curve in curves if curve.role == "current"), curves[0])
    return printable(leading.spectrum.unit) or "arb. u."


def _set_ranges(axes: Axes, curves: Sequence[FigureCurve], spec: FigureSpec) -> None:
    if spec.energies_ev is not None:
        axes.set_xlim(*spec.energies_ev)
    else:
        leading = [c.spectrum.energy_ev for c in curves if c.role in ("current", "isotropic", "site", "compared")]
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
