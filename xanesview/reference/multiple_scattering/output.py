"""What FEFF10 writes: xmu.dat of a direction, whether self-consistency was reached; the tensor of six directions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from xanesview.domain.site_spectra import quadratic_design
from xanesview.errors import XanesviewError

_HALF = 0.5**0.5
DIRECTIONS = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, _HALF, _HALF], [_HALF, 0, _HALF], [_HALF, _HALF, 0]], dtype=float
)
"""Six polarisations (6, 3) that fix a tensor."""
CHECK_DIRECTION = np.array([1.0, 2.0, -2.0]) / 3.0
"""A seventh, which the tensor must give, too."""
MOST_MISSED = 0.01
"""How far the seventh may be from what the tensor gives, edge steps, before the calculation counts as broken."""
_CONVERGED = re.compile(r"Convergence reached in\s+\d+")
_HINT = "Try another preset; the structure may be unphysical."


@dataclass(frozen=True, eq=False)
class Xmu:
    """xmu.dat: ``energy_ev`` (E,) absolute as FEFF gives it, ``mu`` (E,) in edge steps, ``e0_ev`` the Fermi level."""

    energy_ev: np.ndarray
    mu: np.ndarray
    e0_ev: float


@dataclass(frozen=True, eq=False)
class SiteTensor:
    """One site: ``energy_ev`` (E,) from ``e0_ev``, the absolute Fermi level; ``components`` (6, E) in edge steps.

    The components are in the order of `xanesview.domain.absorption.COMPONENTS`; ``missed`` is what the seventh
    direction misses at most.
    """

    energy_ev: np.ndarray
    components: np.ndarray
    e0_ev: float
    missed: float


def parse_xmu(text: str) -> Xmu:
    """Read xmu.dat: columns omega, e, k, mu, mu0, chi after lines that begin with #.

    Raises
    ------
    XanesviewError
        If it is cut off, or holds numbers that are none.
    """
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    try:
        table = np.array([[float(word) for word in row[:6]] for row in rows])
    except ValueError as error:  # **** where Fortran's columns are too narrow
        raise XanesviewError("FEFF wrote a spectrum with numbers that are none.", _HINT) from error
    if table.ndim != 2 or table.shape[1] != 6 or len(table) < 2 or not np.isfinite(table).all():
        raise XanesviewError("FEFF wrote no whole spectrum.", _HINT)
    energy, wave = table[:, 0], table[:, 2]
    kept = np.concatenate([[True], np.diff(energy) > 1e-6])
    e0 = float(energy[np.abs(wave).argmin()])
    return Xmu(energy[kept], table[kept, 3], e0)


def is_converged(log: str) -> bool:
    """Tell of log1.dat whether the potentials are self-consistent."""
    return _CONVERGED.search(log) is not None


def tensor_of(spectra: list[Xmu], check: Xmu | None = None) -> SiteTensor:
    """Return the tensor of six spectra, along `DIRECTIONS`; the seventh, along `CHECK_DIRECTION`, tests it.

    Raises
    ------
    XanesviewError
        If the directions have different energies, or the seventh is not what the tensor gives.
    """
    first = spectra[0]
    for other in (*spectra[1:], *([check] if check else ())):
        if other.energy_ev.shape != first.energy_ev.shape or np.abs(other.energy_ev - first.energy_ev).max() > 1e-3:
            raise XanesviewError("FEFF computed the directions on different energies.", "Compute the site again.")
    components = np.linalg.solve(quadratic_design(DIRECTIONS), np.array([one.mu for one in spectra]))
    missed = 0.0
    if check is not None:
        given = (quadratic_design(CHECK_DIRECTION[None]) @ components)[0]
        missed = float(np.abs(given - check.mu).max())
        if missed > MOST_MISSED:
            raise XanesviewError(
                f"A seventh direction misses the tensor by {missed:.3f} edge steps: the calculation is broken.",
                "Compute the site again.",
            )
    from_e0 = np.round(first.energy_ev - first.e0_ev, 4)  # as they were asked for: FEFF writes single precision
    return SiteTensor(from_e0, components, first.e0_ev, missed)
