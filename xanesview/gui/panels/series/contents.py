"""What the Series panel draws and says, from numbers; nothing of the window is touched here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.geometry import direction_text
from xanesview.domain.orientation.angle_series import ends_before
from xanesview.domain.orientation.varied import polar_deg
from xanesview.gui.plot.polar_plot import Polar
from xanesview.shown.angles import surface_normal

if TYPE_CHECKING:
    from xanesview.domain.orientation.angle_series import AngleSeries, PeakAnisotropy
    from xanesview.domain.orientation.varied import Varied
    from xanesview.shown.angles import MeasuredSeries, WholeTurn
    from xanesview.shown.shown import Shown

Measured = Sequence[tuple[float, np.ndarray, np.ndarray]]
"""Angle, energies and intensities of each measured curve."""
FROM_NORMAL = ("theta", "grazing")
"""Angles of the field from the surface normal, as films are measured."""
_ZERO_IS = {
    "theta": "0° along the normal", "grazing": "0° along the surface", "phi": "0° is x in the surface",
    "azimuth": "0° is x in the surface", "field": "0° is p",
}  # fmt: skip


def measured_curves(measured: MeasuredSeries | None) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Return the curves of a measured series, nothing without one."""
    if measured is None:
        return []
    pairs = zip(measured.angles_deg, measured.spectra, strict=True)
    return [(float(angle), one.energy_ev, one.intensity) for angle, one in pairs]


def polar_at(
    shown: Shown,
    varied: Varied,
    turn: WholeTurn,
    series: AngleSeries,
    measured: Measured,
    ends: tuple[float, float],
    energy_ev: float,
) -> Polar:
    """Return the polar plot at an energy; `ends` are the angles at the ends of the scale of colours."""
    low, high = ends
    whole = turn.at(shown, energy_ev)
    points = list(zip(series.angles, series.at(energy_ev), (series.angles - low) / (high - low), strict=True))
    squares = []
    for angle, energy, intensity in measured:
        good = np.isfinite(intensity)
        if good.any() and energy[0] <= energy_ev <= energy[-1]:
            value = float(np.interp(energy_ev, energy[good], intensity[good]))
            squares.append((angle, value, (angle - low) / (high - low)))
    values = np.abs([*whole, *(value for _, value, _ in (*points, *squares))])
    words = f"{energy_ev:.2f} eV, {_ZERO_IS.get(varied.key, '')}".replace("-", "−")
    return Polar(turn.angles, whole, points, squares, varied.key in FROM_NORMAL, words, float(values.max()) or 1.0)


def axes_text(found: PeakAnisotropy) -> str:
    """Return principal axes and anisotropy in words."""
    axis = found.axes[:, 0]
    axis = axis if axis[int(np.argmax(np.abs(axis)))] > 0 else -axis
    values = ", ".join(f"{value:.3g}" for value in found.values)
    return (
        f"anisotropy {found.anisotropy:+.3f}; asymmetry {found.asymmetry:.2f}; unique axis ({direction_text(axis)}); "
        f"along the axes {values}"
    )


def remarks(shown: Shown, varied: Varied, step: int) -> list[str]:
    """Return what is to be known of a series besides; `step` tells every how many angles a curve is drawn."""
    short = ends_before(shown.session.angles.angles)
    found = [short[:1].lower() + short[1:].rstrip(".")] if short else []
    if step > 1:
        found.append(f"one of {step} curves drawn")
    if varied.key == "phi" and _lies_along_normal(shown):
        found.append(f"φ goes at θ = {polar_deg(shown.session.geometry):.0f}°: the arrow lies along the normal")
    if shown.gives == "directional":
        found.append("of the tensor fitted to the network")
    return found


def _lies_along_normal(shown: Shown) -> bool:
    normal = surface_normal(shown)
    up = np.array([0.0, 0.0, 1.0]) if normal is None else np.asarray(normal)
    return abs(float(np.dot(shown.session.geometry.direction, up))) > 1.0 - 1e-9
