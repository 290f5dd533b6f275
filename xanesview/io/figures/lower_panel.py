"""The slim panel below a plot in a figure: residuals, or the difference to the isotropic curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import printable
from xanesview.io.figures.curve_looks import FAINT, FigureCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class Below:
    """Curves about zero with the energies of the plot above, and what their intensities are called."""

    curves: tuple[FigureCurve, ...]
    title: str = "residual"


def fit_below(axes: Axes, below: Below) -> float:
    """Prepare the axes of the panel, whose energies are chosen; return how far its intensities reach either way."""
    axes.axhline(0.0, color=FAINT, linewidth=0.6, zorder=0)
    axes.set_ylabel(printable(below.title))
    low, high = axes.get_xlim()
    largest = 0.0
    for curve in below.curves:
        energy, values = curve.spectrum.energy_ev, curve.spectrum.intensity
        seen = values[(energy >= low) & (energy <= high) & np.isfinite(values)]
        largest = max(largest, float(np.abs(seen).max(initial=0.0)))
    return 1.15 * largest if largest > 0.0 else 1.0
