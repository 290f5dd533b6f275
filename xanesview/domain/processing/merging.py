"""Several scans of one sample: mean, spread, and which of them are unlike the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.errors import XanesviewError

_USUAL = 1.4826
"""From the median of absolute deviations to a standard deviation."""


@dataclass(frozen=True, eq=False)
class Merged:
    """The mean of scans.

    Attributes
    ----------
    energy_ev : (E,) float
        Those of the first scan where all scans reach.
    mean, spread : (E,) float
        The spread is the standard deviation of one scan, 0 of a single scan.
    n_scans : int
        In the mean.
    deviations : mapping
        Root mean square deviation of each scan from the median of all, by name.
    outliers : tuple[str, ...]
        Names of scans that deviate far more than the others.
    """

    energy_ev: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    n_scans: int
    deviations: Mapping[str, float]
    outliers: tuple[str, ...]


def merged(
    scans: Mapping[str, tuple[np.ndarray, np.ndarray]], outlier_limit: float = 4.0, leave_out: bool = False
) -> Merged:
    """Return the mean of scans with its spread; outliers are named.

    A scan is an outlier where its deviation from the median of all scans is beyond `outlier_limit` times the median of
    the scans' deviations. Of two scans nobody can say which one is.

    Parameters
    ----------
    scans : energies (E,), eV, ascending, and intensities (E,), by name; the first one's energies are taken
    outlier_limit : times the median deviation
    leave_out : whether outliers are left out of the mean

    Raises
    ------
    XanesviewError
        If there is no scan, or they have fewer than three energies in common.
    """
    if not scans:
        raise XanesviewError("There is no scan to merge.", "Name at least one.")
    low = max(float(energy[0]) for energy, _ in scans.values())
    high = min(float(energy[-1]) for energy, _ in scans.values())
    first = next(iter(scans.values()))[0]
    grid = first[(first >= low) & (first <= high)]
    if len(grid) < 3:
        raise XanesviewError("The scans have no energies in common.", "Merge scans of one edge.")
    rows = np.stack([np.interp(grid, energy, intensity) for energy, intensity in scans.values()])
    off = np.sqrt(np.mean((rows - np.median(rows, axis=0)) ** 2, axis=1))
    unlike = np.zeros(len(rows), dtype=bool)
    if len(rows) > 2:
        unlike = off > outlier_limit * max(float(np.median(off)), 1e-9 * float(np.ptp(rows)))
    kept = rows[~unlike] if leave_out else rows
    spread = kept.std(axis=0, ddof=1) if len(kept) > 1 else np.zeros(len(grid))
    names = list(scans)
    return Merged(
        energy_ev=grid.copy(),
        mean=kept.mean(axis=0),
        spread=spread,
        n_scans=len(kept),
        deviations=dict(zip(names, off.tolist())),
        outliers=tuple(name for name, bad in zip(names, unlike) if bad),
    )
