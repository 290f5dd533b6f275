"""The slim panel below a plot in a figure: residuals, or the difference to the isotropic curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import printable
from xanesview.io.figures.curve_looks import FAINT, FigureCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUNDING = 1e-6
"""Of the height of the plot above: what is less is rounding of single-precision numbers, not a difference."""
_LEAST_SHARE = 0.02
"""Of the height of the plot above: a panel that reached less far would show nothing as something."""


@dataclass(frozen=True, eq=False)
class Below:
    """Curves about zero with the energies of the plot above, and what their intensities are called."""

    curves: tuple[FigureCurve, ...]
    title: str = "residual"


def without_rounding(below: Below, height: float) -> Below:
    """Return the panel with what is mere rounding, beside a plot of some height above, as zero."""
    curves = []
    for curve in below.curves:
        values = curve.spectrum.intensity
        kept = np.where(np.abs(values) < ROUNDING * height, 0.0, values)
        curves.append(replace(curve, spectrum=curve.spectrum.replace(intensity=kept)))
    return replace(below, curves=tuple(curves))


def fit_below(axes: Axes, below: Below, height: float) -> float:
    """Prepare the axes of the panel, whose energies are chosen; return how far its intensities reach either way.

    Parameters
    ----------
    height : of the plot above, in units of its intensities
    """
    axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=0)
    axes.set_ylabel(printable(below.title))
    low, high = axes.get_xlim()
    largest = _LEAST_SHARE * height
    for curve in below.curves:
        energy, values = curve.spectrum.energy_ev, curve.spectrum.intensity
        seen = values[(energy >= low) & (energy <= high) & np.isfinite(values)]
        largest = max(largest, float(np.abs(seen).max(initial=0.0)))
    return 1.15 * largest if largest > 0.0 else 1.0
