"""Conformers of one molecule as one candidate: their spectra weighted by their energies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.conformer import ROOM_K
from xanesview.domain.ranking.candidate import Candidate
from xanesview.errors import XanesviewError

_K_EV = 8.617333262e-5  # Boltzmann's constant, eV/K (CODATA 2018)


def boltzmann_shares(
    energies_ev: Sequence[float], temperature_k: float = ROOM_K, counts: Sequence[float] | None = None
) -> np.ndarray:
    """Return the shares (N,) of conformers at a temperature, g exp(−E/kT) over their sum.

    Energies (N,), eV, count from any origin; each conformer counts g times (N,), by default once, without the entropy
    of its vibrations.

    Raises
    ------
    XanesviewError
        For a temperature that is not positive, or energies that are no numbers.
    """
    energies = np.asarray(energies_ev, dtype=np.float64)
    if not temperature_k > 0.0 or not np.isfinite(temperature_k):
        raise XanesviewError(f"A temperature can't be {temperature_k:g} K.", "Give a positive one, such as 298.")
    if not len(energies) or not np.isfinite(energies).all():
        raise XanesviewError("Energies of conformers must be finite numbers.")
    weights = np.exp(-(energies - energies.min()) / (_K_EV * temperature_k))
    if counts is not None:
        weights = weights * np.asarray(counts, dtype=np.float64)
    return weights / weights.sum()


def check_one_molecule(formulas: Sequence[str], charges: Sequence[int]) -> None:
    """Raise where energies of structures can't be compared, since their atoms or electrons differ in number.

    Raises
    ------
    XanesviewError
    """
    different = sorted({f"{one}, charge {charge:+d}" if charge else one for one, charge in zip(
        formulas, charges, strict=True
    )})  # fmt: skip
    if len(different) > 1:
        raise XanesviewError(
            f"Energies give no shares of {' and '.join(different[:3])}: they are not one molecule.",
            "Select conformers of one molecule, or type the weights.",
        )


def averaged(name: str, conformers: Sequence[Candidate], shares: Sequence[float]) -> Candidate:
    """Return the weighted mean of candidates as one, on the energies of the first.

    Bands are averaged too: what a network does wrong in one conformer it does wrong in the others. All have equally
    many absorbing atoms.

    Raises
    ------
    XanesviewError
        Where there are no conformers, or their numbers of spectra differ.
    """
    counts = {len(one.spectra) for one in conformers}
    if len(counts) != 1 or len(shares) != len(conformers):
        raise XanesviewError(f"The conformers of {name} can't be averaged: their spectra differ in number.")
    weights = np.asarray(shares, dtype=np.float64) / np.sum(shares)
    spectra = []
    for alike in zip(*(one.spectra for one in conformers), strict=True):
        grid = alike[0].energy_ev
        rows = [np.interp(grid, one.energy_ev, one.intensity) for one in alike]
        bands = [one.band for one in alike]
        band = None
        if all(one is not None for one in bands):
            band = weights @ [np.interp(grid, s.energy_ev, b) for s, b in zip(alike, bands, strict=True)]
        spectra.append(alike[0].replace(intensity=weights @ rows, band=band, label=name))
    known = [one.e0_ev for one in conformers]
    e0_ev = None if None in known else float(weights @ known)
    largest = int(np.argmax(weights))
    facts = {
        **conformers[largest].facts, "conformers": str(len(conformers)),
        "shares": ", ".join(f"{one.name} {100 * w:.1f} %" for one, w in zip(conformers, weights, strict=True)),
    }  # fmt: skip
    return Candidate(name, tuple(spectra), e0_ev, facts)
