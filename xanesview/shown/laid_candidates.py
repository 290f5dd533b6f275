"""Candidates on the plot: as they are predicted, or as the ranking has laid them over a measured curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.steps.step import clean_points
from xanesview.shown.curve import Curve

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.predicted_structure import PredictedStructure
    from xanesview.shown.shown import Shown, ShownReference


def compared_spectrum(reference: ReferenceCurve, placed: ShownReference) -> Spectrum:
    """Return the measured curve that candidates are compared with.

    It is as its file has it, also where steps were done by themselves or by a fit, so that window and command line
    give the same numbers; where the user has chosen steps by hand it is what they make of it.
    """
    by_hand = bool(reference.steps) and not reference.statement
    if by_hand and placed.outcome is not None:
        return placed.outcome.spectrum.replace(label=reference.label)
    return reference.spectrum.replace(label=reference.label)


def plain_curve(shown: Shown, one: PredictedStructure, spectrum: Spectrum, key: str) -> Curve:
    """Return a candidate as it is predicted, in the measure and on the axis of the plot.

    Parameters
    ----------
    spectrum : per absorbing atom, on absolute energies
    key : of the curve
    """
    energy, intensity = spectrum.energy_ev, spectrum.intensity
    steps = shown.steps
    if shown.axis == "relative" and one.look.e0_ev is not None:
        energy = energy - one.look.e0_ev
    if steps:
        from xanesview.shown.display_map import display_map

        mean = spectrum.replace(energy_ev=energy, intensity=one.look.isotropic / len(one.sites), band=None)
        done = display_map(mean, steps).spectrum(spectrum.replace(energy_ev=energy, band=None))
        energy, intensity = done.energy_ev, done.intensity
    if not (shown.look is not None and shown.look.is_normalised) and not shown.session.per_atom:
        intensity = intensity * (shown.n_atoms or 1.0)  # as high as the sum beside it
    return Curve(key, energy, intensity, one.name, "compared", tooltip=f"{one.name}: predicted, mean of its atoms")


def laid_curve(placed: ShownReference, compared: Spectrum, fitted: Spectrum, key: str, name: str) -> Curve | None:
    """Return a candidate where the ranking has laid it, over the measured curve as that is drawn.

    What the steps of the measured curve have done to it (a factor, a background, a shift) is done to the candidate
    too, so that the two differ on the plot by what they differ by in the ranking.

    Parameters
    ----------
    placed : the measured curve as it is drawn
    compared : the same as it was compared
    fitted : the candidate at energies of `compared`
    """
    drawn = placed.spectrum
    if drawn is None:
        return None
    raw = clean_points(compared.energy_ev, compared.intensity)
    if len(drawn.energy_ev) != len(raw.energy_ev):
        return None
    moved_ev = float(drawn.energy_ev[0] - raw.energy_ev[0])
    away = fitted.intensity - np.interp(fitted.energy_ev, raw.energy_ev, raw.intensity)
    energy = fitted.energy_ev + moved_ev
    values = np.interp(energy, drawn.energy_ev, drawn.intensity) + _factor(raw.intensity, drawn.intensity) * away
    return Curve(key, energy, values, name, "compared", tooltip=f"{name}: laid over {placed.label}")


def is_of_edge_shown(shown: Shown, curve: Curve) -> bool:
    """Tell whether a curve has energies with the prediction that is shown; another edge would only widen the axis."""
    if shown.look is None:
        return True
    energy = shown.look.summed.energy_ev
    return bool(curve.energy_ev[0] < energy[-1] and curve.energy_ev[-1] > energy[0])


def _factor(before: np.ndarray, after: np.ndarray) -> float:
    """Return by what a curve was multiplied, whatever smooth background was taken away beside."""
    one, two = np.diff(before, 2), np.diff(after, 2)
    strong = np.abs(one) >= np.quantile(np.abs(one), 0.7)
    ratios = two[strong & (one != 0.0)] / one[strong & (one != 0.0)]
    return float(np.median(ratios)) if len(ratios) else 1.0
