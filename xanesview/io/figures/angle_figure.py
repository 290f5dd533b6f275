"""A figure of spectra over an angle: curves coloured by it with a colour bar, a map, and the dichroism."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.orientation.angle_series import AngleSeries
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, printable
from xanesview.io.figures.additions import letter_panel
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import INK, energy_title, fit_title, new_figure, quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

PARTS = ("curves", "map", "dichroism")
NOT_IN_SERIES = (
    "energy_breaks", "intensity_breaks", "legend", "bands", "below", "sticks", "colour_bar", "foot", "arrangement",
    "spacing", "inset",
)  # fmt: skip
"""Settings of figures that a series does not have."""
COLOUR_MAP = "viridis"  # its steps can be told apart by the colour-blind, and in grey
_SERIES_SHARE, _DIFFERENCE_SHARE = 0.6, 2 / 3  # of the width of a leading curve: many stand beside each other
_HEIGHTS = {"curves": 3.0, "map": 2.2, "dichroism": 1.6}


def draw_series(
    series: AngleSeries,
    spec: FigureSpec | None = None,
    title: str = "",
    dichroism: Spectrum | None = None,
    parts: Sequence[str] = PARTS,
) -> Figure:
    """Return a figure of a series on white.

    Parameters
    ----------
    series : AngleSeries
    spec : FigureSpec, optional
        All of it but `NOT_IN_SERIES`; range and title of the intensities are those of the curves.
    title : above it
    dichroism : I∥ − I⊥, left out without one
    parts : out of PARTS, from top to bottom

    Raises
    ------
    XanesviewError
        If there is nothing to draw.
    """
    shown = [part for part in parts if part != "dichroism" or dichroism is not None]
    if not shown or not set(shown) <= set(PARTS):
        raise XanesviewError("There is no part of the series to draw.", f"Choose among: {', '.join(PARTS)}.")
    spec = spec or FigureSpec(height_mm=30.0 + 30.0 * len(shown))
    with new_figure(spec) as figure:
        rows = figure.add_gridspec(len(shown), 1, height_ratios=[_HEIGHTS[part] for part in shown])
        first: Axes | None = None
        for row, part in enumerate(shown):
            axes = figure.add_subplot(rows[row], sharex=first)
            first = first or axes
            {"curves": _curves, "map": _map}.get(part, _difference)(figure, axes, series, dichroism, spec)
            if row < len(shown) - 1:
                axes.tick_params(labelbottom=False)
            else:
                own = energy_title(series.spectra, series.geometries)
                axes.set_xlabel(own if spec.energy_title is None else printable(spec.energy_title))
        energies = spec.energies_ev or (series.energy_ev[0], series.energy_ev[-1])
        first.set_xlim(*map(float, energies))
        if title:
            first.set_title(printable(title), loc="left")
        if shown[0] == "curves" and spec.intensity_title is None:
            fit_title(figure, first, _intensity_titles(series)[1:])
        if spec.panel_letter:
            letter_panel(figure, spec.panel_letter, spec)
    return figure


def _range(series: AngleSeries) -> tuple[float, float]:
    low, high = float(series.angles.min()), float(series.angles.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _intensity_titles(series: AngleSeries) -> list[str]:
    """Return titles of the intensity axis, in one line, and broken as often as its unit allows."""
    what, unit = quantity(series.spectra, series.geometries), printable(series.spectra[0].unit) or "arb. u."
    parts = unit.replace(", ", ",\n")
    return list(dict.fromkeys([f"{what} ({unit})", f"{what}\n({unit})", f"{what}\n({parts})", parts]))


def _angle_title(series: AngleSeries) -> str:
    return f"{series.name} ({series.unit})"


def without_effect(spec: FigureSpec) -> list[str]:
    """Return the settings of a look that were chosen and that a figure of a series does not have."""
    usual = FigureSpec()
    return [name for name in NOT_IN_SERIES if getattr(spec, name) != getattr(usual, name)]


def _curves(figure: Figure, axes: Axes, series: AngleSeries, _: Spectrum | None, spec: FigureSpec) -> None:
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = Normalize(*_range(series))
    colours = colormaps[COLOUR_MAP]
    for number, (angle, row) in enumerate(zip(series.angles, series.intensities)):
        axes.plot(
            series.energy_ev, row, color=colours(float(scale(angle))), linewidth=_SERIES_SHARE * spec.line_pt,
            solid_joinstyle="round", gid=f"angle-{number}",
        )  # fmt: skip
    own = _intensity_titles(series)[0]
    axes.set_ylabel(own if spec.intensity_title is None else printable(spec.intensity_title))
    if spec.intensities is not None:
        axes.set_ylim(*spec.intensities)
    _colour_bar(figure, axes, ScalarMappable(scale, colours), _angle_title(series))


def _map(figure: Figure, axes: Axes, series: AngleSeries, _: Spectrum | None, _spec: FigureSpec) -> None:
    order = np.argsort(series.angles)
    angles, rows = series.angles[order], series.intensities[order]
    if len(angles) == 1:  # a map needs two rows
        angles, rows = np.array([angles[0] - 0.5, angles[0] + 0.5]), np.repeat(rows, 2, axis=0)
    drawn = axes.pcolormesh(series.energy_ev, angles, rows, cmap="magma", shading="gouraud", rasterized=True)
    axes.set_ylabel(_angle_title(series))
    _colour_bar(figure, axes, drawn, quantity(series.spectra, series.geometries))


def _colour_bar(figure: Figure, axes: Axes, drawn: ScalarMappable, title: str) -> None:
    # its numbers stand on the right, where matplotlib's own formatter would write them as mathematics
    figure.colorbar(drawn, ax=axes, label=title, pad=0.02, format="{x:g}")


def _difference(
    _figure: Figure, axes: Axes, _: AngleSeries, dichroism: Spectrum | None, spec: FigureSpec
) -> None:
    axes.axhline(0.0, color=INK["faint"], linewidth=spec.axis_pt)
    width = _DIFFERENCE_SHARE * spec.line_pt
    axes.plot(dichroism.energy_ev, dichroism.intensity, color=INK["first"], linewidth=width, gid="dichroism")
    axes.set_ylabel("I∥ − I⊥")
