"""Where an absorption edge lies: E0."""

from __future__ import annotations

import numpy as np

from xanesview.domain.processing.binning import binned
from xanesview.domain.processing.deglitching import glitches
from xanesview.errors import XanesviewError

_AT_ENDS = 0.02
"""Share of the points at either end where no edge is looked for: first points are often bad."""
_SUPPORT = 0.3
"""Share of the highest derivative that the points beside it must have."""
_FEWEST = 5


def find_e0(energy_ev: np.ndarray, intensity: np.ndarray) -> float:
    """Return the energy of the steepest rise, eV.

    The derivative is taken between points (of dense data, between means over 1/80,000 of the energy, 0.025 to 0.25 eV),
    and lightly smoothed. So that a glitch is no edge, glitches of one or two points are left out, and the points on
    both sides of the maximum must rise as well; where no point has that, one side is enough. The maximum is refined
    with a parabola.

    Parameters
    ----------
    energy_ev : (E,) array, eV, strictly ascending
    intensity : (E,) array, finite

    Raises
    ------
    XanesviewError
        If there are fewer than five points, or nothing rises.
    """
    energy, values = np.asarray(energy_ev, dtype=np.float64), np.asarray(intensity, dtype=np.float64)
    cell = float(np.clip(abs(np.median(energy)) / 80_000.0, 0.025, 0.25)) if len(energy) else 1.0
    if len(energy) > _FEWEST:
        energy, values, _ = binned(energy, values, cell)
        good = ~glitches(energy, values, widest=2)
        energy, values = energy[good], values[good]
    if len(energy) < _FEWEST:
        raise XanesviewError(f"E0 needs at least {_FEWEST} points.", "Give E0 by hand.")
    slope = np.gradient(values, energy)
    smooth = np.convolve(np.pad(slope, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid")
    skipped = max(2, int(_AT_ENDS * len(energy))) if len(energy) > 10 else 1
    inner = np.arange(skipped, len(energy) - skipped)
    top = slope[inner]
    left, right = slope[inner - 1], slope[inner + 1]
    least = 1e-12 * float(np.abs(values).max()) / float(np.diff(energy).min())  # what rounding makes of a level
    for supported in (np.minimum(left, right), np.maximum(left, right), top):
        candidates = inner[(top > least) & (supported >= _SUPPORT * top)]
        if len(candidates):
            best = int(candidates[np.argmax(smooth[candidates])])
            return _refined(energy, smooth, best)
    raise XanesviewError("The intensity rises nowhere, so there is no E0.", "Give E0 by hand.")


def half_step(energy_ev: np.ndarray, normalised: np.ndarray, near_ev: float) -> float:
    """Return the energy where a curve normalised to its edge step rises through ½, eV: the crossing nearest to a guess.

    Raises
    ------
    XanesviewError
        If it never does.
    """
    below = np.asarray(normalised) < 0.5
    rising = np.flatnonzero(below[:-1] & ~below[1:])
    if not len(rising):
        raise XanesviewError("The curve never rises through half of its edge step.", "Give E0 by hand.")
    low, high = normalised[rising], normalised[rising + 1]
    crossings = energy_ev[rising] + (0.5 - low) / (high - low) * (energy_ev[rising + 1] - energy_ev[rising])
    return float(crossings[np.argmin(np.abs(crossings - near_ev))])


def _refined(energy: np.ndarray, slope: np.ndarray, best: int) -> float:
    """Return the top of the parabola through three points, within half a step of the middle one."""
    x, y = energy[best - 1 : best + 2] - energy[best], slope[best - 1 : best + 2]
    a, b = np.polyfit(x, y, 2)[:2]
    if not a < 0.0:
        return float(energy[best])
    return float(energy[best] + np.clip(-b / (2.0 * a), 0.5 * x[0], 0.5 * x[2]))
