"""Several scans of one sample: mean, spread, and which of them are unlike the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.errors import XanesviewError

_USUAL = 1.4826
"""From the median of absolute deviations to a standard deviation."""
_FAR = 5.0
"""Standard deviations beyond which a point has no part in the scale of a scan."""
_LEAST_SHAPE = 1e-4
"""Of the height: nobody minds shapes that differ by less."""
_BESIDE = 3
"""Points beside one another whose mean deviation counts."""


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
        Names of scans that deviate far more than the others, as they are or in their shape.
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
    the scans' deviations: that of the scan as it is, that of its shape (after the scale and the offset that bring it
    nearest), or the largest of three points beside one another in its shape, such as a glitch. Of two scans nobody can
    say which one is.

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
    middle = np.median(rows, axis=0)
    off = np.sqrt(np.mean((rows - middle) ** 2, axis=1))
    unlike = np.zeros(len(rows), dtype=bool)
    if len(rows) > 2:
        for deviations, least in zip((off, *_of_shape(rows, middle)), (1e-9, _LEAST_SHAPE, _LEAST_SHAPE), strict=True):
            floor = least * float(np.ptp(rows))
            unlike |= deviations > outlier_limit * max(float(np.median(deviations)), floor)
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


def _of_shape(rows: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the shape of each scan (S, E) is from that of their median (E,): root mean square, and largest.

    The scale and the offset of a scan are those that deviate least, whatever single points do: a few of them, such as
    those of a glitch, must not move all others.
    """
    rest = np.empty_like(rows)
    for row, values in enumerate(rows):
        kept = np.ones(len(middle), dtype=bool)
        for _ in range(3):
            design = np.stack([values[kept], np.ones(int(kept.sum()))], axis=1)
            scale, offset = np.linalg.lstsq(design, middle[kept], rcond=None)[0]
            rest[row] = scale * values + offset - middle
            size = _USUAL * float(np.median(np.abs(rest[row])))
            kept = np.abs(rest[row]) <= _FAR * size if size > 0.0 else kept
            if kept.sum() < 3:
                break
    near = np.stack([np.convolve(one, np.full(_BESIDE, 1.0 / _BESIDE), mode="same") for one in rest])
    return np.sqrt(np.mean(rest**2, axis=1)), np.abs(near).max(axis=1)
