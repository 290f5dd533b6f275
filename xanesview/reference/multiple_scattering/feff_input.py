"""The text of feff.inp."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.structure import SYMBOLS
from xanesview.reference.multiple_scattering.cluster import Cluster
from xanesview.reference.multiple_scattering.settings import MIXING, SCF_CYCLES, Settings, broadening_ev, energies_ev

ABSORBER_COUNT = 0.001
"""Stoichiometry of the absorber's own potential: as good as none, so that the others keep theirs."""


def feff_input(
    cluster: Cluster,
    shell: str,
    settings: Settings,
    polarisation: Sequence[float] | np.ndarray,
    mixing: tuple[float, int] = MIXING[0],
) -> str:
    """Return the text of feff.inp.

    Parameters
    ----------
    cluster : the absorber first
    shell : "K" or "L3"
    settings : radii
    polarisation : (3,) direction of the electric field
    mixing : convergence factor and number of mixed cycles, of `MIXING`
    """
    element = SYMBOLS[cluster.numbers[0]]
    added, width = broadening_ev(element, shell)
    factor, mixed = mixing
    lines = [
        f"TITLE {element} {shell}",
        f"EDGE {shell}",
        "S02 1.0",
        "COREHOLE RPA",
        f"EXCHANGE 0 0 {added:g}",
        "CHSHIFT 4",
        "CONTROL 1 1 1 1 1 1",
        "PRINT 0 0 0 0 0 0",
        f"SCF {settings.potential_angstrom:g} 0 {SCF_CYCLES} {factor:g} {mixed}",
        f"FMS {settings.scattering_angstrom:g}",
        "XANES 5.2 0.07 0.0",
        "EGRID",
        "user_grid",
        *(f"{energy:.4f}" for energy in energies_ev(width)),
        "POLARIZATION {:.8f} {:.8f} {:.8f}".format(*np.asarray(polarisation, float)),
        "POTENTIALS",
        f"0 {cluster.numbers[0]} {element} -1 -1 {ABSORBER_COUNT:g}",
        *(f"{k} {one.number} {SYMBOLS[one.number]} -1 -1 {one.count:g}" for k, one in enumerate(cluster.potentials, 1)),
        "ATOMS",
        *(
            f"{x:.6f} {y:.6f} {z:.6f} {potential}"
            for (x, y, z), potential in zip(cluster.positions_angstrom, cluster.potential, strict=True)
        ),
        "END",
    ]
    return "\n".join(lines) + "\n"
