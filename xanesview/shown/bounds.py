"""How high and low the curves can go for any direction of the arrow, so that a drag never moves the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.geometry.polarisation import linear

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown


def upper_bound(shown: Shown) -> float:
    """Return the largest intensity that any direction of the arrow can give."""
    tensor = None if shown.look is None else shown.look.summed
    bounds = [0.0] if tensor is None else [0.0, _highest_with_band(tensor)]
    if tensor is not None and shown.session.per_atom and shown.draws_single_sites:  # a site rises above the mean
        peaks = shown.look.selected.largest_eigenvalue().max(axis=1)
        bounds += (peaks * shown.site_scales() * shown.look.weights).tolist()
    for placed in shown.references:
        if not placed.reference.is_seen_with(shown.structure):
            continue
        if placed.summed is not None:
            bounds.append(float(placed.summed.largest_eigenvalue().max()))
        elif placed.spectrum is not None:
            bounds.append(highest(placed.spectrum, tensor))
    seen = [one.spectrum for one in shown.frozen if one.frozen.visible and one.spectrum is not None]
    bounds += [highest(spectrum, tensor) for spectrum in seen]
    bounds += [float(np.max(one.look.summed.largest_eigenvalue())) * one.factor for one in shown.compared]
    return max(bounds)


def lower_bound(shown: Shown) -> float:
    """Return the smallest predicted intensity that any direction of the arrow can give; 0 where none is negative."""
    bounds = [0.0]
    if shown.look is not None:
        tensor = shown.look.summed
        lowest = tensor.smallest_eigenvalue()
        band = tensor.band(shown.session.geometry.weight()) if shown.look.is_isotropic else None
        bounds.append(float(np.min(lowest if band is None else lowest - band)))
        if shown.session.per_atom and shown.draws_single_sites:
            lows = shown.look.selected.smallest_eigenvalue().min(axis=1)
            bounds += (lows * shown.site_scales() * shown.look.weights).tolist()
    bounds += [float(np.min(one.look.summed.smallest_eigenvalue())) * one.factor for one in shown.compared]
    return min(bounds)


def highest(spectrum: Spectrum, tensor: AbsorptionTensor | None) -> float:
    """Return the largest intensity of a curve where the prediction is, 0 where they have no energy in common."""
    inside = np.isfinite(spectrum.intensity)
    if tensor is not None:
        energy = spectrum.energy_ev
        inside &= (energy >= tensor.energy_ev[0]) & (energy <= tensor.energy_ev[-1])
    return float(np.max(spectrum.intensity[inside], initial=0.0))


def _highest_with_band(tensor: AbsorptionTensor) -> float:
    """Top of the band at the highest peak that any direction of a summed tensor can give."""
    peaks = tensor.largest_eigenvalue()[0]
    highest_peak = int(np.argmax(peaks))
    _, axes = tensor.principal_axes(0, float(tensor.energy_ev[highest_peak]))
    bands = [tensor.band(linear(axis), {}) for axis in np.asarray(axes).T]
    return float(peaks[highest_peak] + max((band[highest_peak] for band in bands if band is not None), default=0.0))
