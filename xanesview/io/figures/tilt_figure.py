"""Figures of a fitted tilt: intensity against cos²θ with the fitted line, and spectra beside their fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.orientation.tilt_fit import TiltFit
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import printable
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.style import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from xanesview.domain.orientation.orientation_fit import OrientationFit


def draw_tilt(
    fit: TiltFit,
    spec: FigureSpec | None = None,
    title: str = "",
    unit: str = "arb. u.",
    spectra: Sequence[Spectrum] = (),
    orientation: OrientationFit | None = None,
) -> Figure:
    """Return a figure of a tilt on white.

    Parameters
    ----------
    fit : TiltFit
    spec : FigureSpec, optional
    title : above it
    unit : of the intensities
    spectra : measured ones, drawn beside what an orientation says of them
    orientation : of the whole tensor; without one only intensities are drawn
    """
    beside = orientation is not None and len(spectra) > 0
    spec = spec or FigureSpec(width_mm=150.0 if beside else 85.0, height_mm=68.0)
    with new_figure(spec) as figure:
        _intensities(figure.add_subplot(1, 2 if beside else 1, 1), fit, unit, title)
        if beside:
            _spectra(figure.add_subplot(1, 2, 2), spectra, orientation)
    return figure


def _intensities(axes: Axes, fit: TiltFit, unit: str, title: str) -> None:
    at = np.cos(np.deg2rad(fit.theta_deg)) ** 2
    line = np.linspace(0.0, 1.0, 50)
    theta = np.rad2deg(np.arccos(np.sqrt(line)))
    axes.plot(line, fit.curve(theta), color=INK["first"], linewidth=1.1, gid="fitted")
    error = np.where(np.isfinite(fit.intensity_error), fit.intensity_error, 0.0)
    axes.errorbar(
        at, fit.intensity, yerr=error, fmt="o", markersize=3.2, color=INK["text"], elinewidth=0.8, capsize=2.0
    )
    for x, y, angle in zip(at, fit.intensity, fit.theta_deg):
        axes.annotate(f"{angle:g}°", (x, y), textcoords="offset points", xytext=(4, 4), fontsize=6.5,
                      color=INK["muted"])  # fmt: skip
    axes.set_xlim(-0.04, 1.04)
    axes.set_xlabel("cos² θ")
    axes.set_ylabel(f"Intensity ({printable(unit)})")
    words = f"{fit.orbital} orbital, tilt {fit.text()}, P = {fit.degree:g}"
    axes.set_title(printable(f"{title}\n{words}" if title else words), loc="left", fontsize=7)


def _spectra(axes: Axes, spectra: Sequence[Spectrum], orientation: OrientationFit) -> None:
    step = 0.25 * max(float(np.nanmax(spectrum.intensity)) for spectrum in orientation.fitted)
    for k, (spectrum, fitted) in enumerate(zip(spectra, orientation.fitted)):
        axes.plot(spectrum.energy_ev, spectrum.intensity + k * step, color=INK["text"], linewidth=0.8)
        axes.plot(fitted.energy_ev, fitted.intensity + k * step, color=INK["second"], linewidth=1.1, linestyle="--")
    axes.set_xlim(*orientation.window_ev)
    axes.set_xlabel("Photon energy (eV)")
    axes.set_ylabel("Absorption, moved apart")
    axes.set_title(f"whole tensor (dashed): tilt {orientation.text()}", loc="left", fontsize=7)
