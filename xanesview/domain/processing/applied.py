"""Steps applied to a curve, in their order; the curve itself stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xanesview.domain.processing.steps.step import Curves, Points, Step, clean_points
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


def apply(
    steps: Sequence[Step], energies_ev: np.ndarray, intensities: np.ndarray, curves: Curves | None = None
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Return energies, intensities and facts after all steps that are on.

    Parameters
    ----------
    steps : in the order in which they are applied
    energies_ev : (E,) array, eV
    intensities : (E,) array; points without a finite number are left out, repeated energies averaged
    curves : other curves that steps name, (energies, intensities) by name

    Returns
    -------
    energies_ev, intensities : (F,) arrays
        New ones; those given are never changed.
    facts : dict
        ``lines``: one line a step, what it is and what it found; ``e0_ev``, ``edge_step``, ``edge_ranges``, ``unit``,
        ``shift_ev``, ``added_gaussian_fwhm_ev``, ``glitches``, ``outliers``, ``points_left_out`` where steps set them.

    Raises
    ------
    XanesviewError
        Naming the step that can't be done; nothing is ever returned as if it were.
    """
    points = applied(steps, clean_points(energies_ev, intensities), curves)
    return points.energy_ev, points.intensity, dict(points.facts)


def applied(steps: Sequence[Step], points: Points, curves: Curves | None = None) -> Points:
    """Return points after all steps that are on; see `apply`."""
    lines: list[str] = list(points.facts.get("lines", ()))
    for number, step in enumerate(steps, start=1):
        if not step.on:
            continue
        try:
            points = step.changed(points.replace(notes=()), {} if curves is None else curves)
            if not np.isfinite(points.intensity).all():
                raise XanesviewError("The result is no finite number.", "Check what is divided by what.")
        except XanesviewError as error:
            raise XanesviewError(f"Step {number}, {step.title.lower()}: {error.message}", error.hint) from error
        lines.append(": ".join([step.describe(), *(["; ".join(points.notes)] if points.notes else [])]))
    return points.replace(facts={**points.facts, "lines": tuple(lines)})


def processed(spectrum: Spectrum, steps: Sequence[Step], curves: Curves | None = None) -> Spectrum:
    """Return a spectrum after all steps that are on, with each in its provenance; see `apply`.

    Without a step that is on the spectrum itself is returned. A Gaussian that was added is part of the native width.
    """
    if not any(step.on for step in steps):
        return spectrum
    points = applied(steps, clean_points(spectrum.energy_ev, spectrum.intensity, spectrum.band), curves)
    width = float(np.hypot(spectrum.native_fwhm_ev, points.facts.get("added_gaussian_fwhm_ev", 0.0)))
    return spectrum.replace(
        energy_ev=points.energy_ev,
        intensity=points.intensity,
        band=points.band,
        unit=points.facts.get("unit", spectrum.unit),
        native_fwhm_ev=width,
        provenance={**spectrum.provenance, **provenance_of(points.facts)},
    )


def provenance_of(facts: dict[str, Any]) -> dict[str, str]:
    """Return what steps did as texts for a file's header: ``step 1`` … in their order, E0 and the edge step."""
    told = {f"step {k}": line for k, line in enumerate(facts.get("lines", ()), start=1)}
    for key in ("e0_ev", "edge_step", "shift_ev"):
        if key in facts:
            told[f"processed {key}"] = f"{facts[key]:.8g}"
    if facts.get("points_left_out"):
        told["points left out"] = f"{facts['points_left_out']} without a finite number"
    return told
