"""What a calculation with FEFF10 is made with: radii, the grid of energies, the widths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.processing.core_widths import core_width_ev
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError

LIGHTEST = "C"
"""Lighter absorbers have too little inside their muffin tin for FEFF's potentials to mean much."""
HEAVIEST = "Cf"
"""FEFF's tables of free atoms and of edges reach up to here at least."""
LIGHTEST_L3 = "Sc"
"""Below, 2p electrons are valence-like or the edge is one of multiplets alone."""
_WITH_MULTIPLETS = ("Sc", "Zn")
"""From and to which element L3 edges are computed with a warning: the 3d metals."""
SHELLS = ("K", "L3")
LEAST_WIDTH_EV = 0.5
"""Edges whose core hole lives longer are broadened up to this FWHM: a cluster of some Å resolves nothing sharper."""
MIXING: tuple[tuple[float, int], ...] = ((0.1, 5), (0.05, 10), (0.03, 20), (0.2, 1))
"""Convergence factor and number of mixed cycles of self-consistency, tried one after the other until one converges."""
SCF_CYCLES = 40
LIST_MARGIN_ANGSTROM = 4.0
"""Atoms further out than the cluster that scatters; their tails overlap into it."""
LOWEST_EV, HIGHEST_EV = -30.0, 100.0
_HBAR2_2M = 3.80998  # ħ²/2m, eV Å²


@dataclass(frozen=True)
class Settings:
    """Radii of a calculation, Å: of full multiple scattering and of the self-consistent potentials."""

    name: str
    scattering_angstrom: float
    potential_angstrom: float


PRESETS: dict[str, Settings] = {
    one.name: one for one in (Settings("fast", 4.5, 3.5), Settings("standard", 5.5, 3.5), Settings("careful", 6.6, 4.0))
}
STANDARD = PRESETS["standard"]


def parse_edge(text: str) -> tuple[str, str]:
    """Return element and shell of an edge such as “Ti K”, “Ti”, “Pt L3” or “Pt-L3”.

    Raises
    ------
    XanesviewError
        If it is no K or L3 edge, or of an element whose edge is not computed.
    """
    words = text.replace("-", " ").replace("₃", "3").split()
    hint = "Write it as “Ti K” or “Pt L3”."
    if not 1 <= len(words) <= 2:
        raise XanesviewError(f"“{text}” is no edge.", hint)
    element, shell = words[0].capitalize(), (words[1].upper() if len(words) == 2 else "K")
    if element not in SYMBOLS[1:]:
        raise XanesviewError(f"“{text}” is no edge of an element.", hint)
    if shell not in SHELLS:
        raise XanesviewError(f"FEFF computes K and L3 edges here, not the {element} {shell} edge.", hint)
    if not is_computable(element, shell):
        lightest = LIGHTEST if shell == "K" else LIGHTEST_L3
        raise XanesviewError(
            f"FEFF computes {shell} edges from {lightest} to {HEAVIEST} here, not of {element}.", "Choose another edge."
        )
    return element, shell


def is_computable(element: str, shell: str) -> bool:
    """Whether FEFF computes an edge here, of `SHELLS`."""
    lightest = LIGHTEST if shell == "K" else LIGHTEST_L3
    return SYMBOLS.index(lightest) <= SYMBOLS.index(element) <= SYMBOLS.index(HEAVIEST)


def caution(element: str, shell: str) -> str:
    """Return what a computed edge must not be taken for, one sentence; empty where nothing is to be said."""
    first, last = map(SYMBOLS.index, _WITH_MULTIPLETS)
    if shell == "L3" and first <= SYMBOLS.index(element) <= last:
        return f"L3 of a 3d metal: multiplets, which shape the measured edge, and the {element} L2 edge are missing."
    return ""


def broadening_ev(element: str, shell: str = "K") -> tuple[float, float]:
    """Return the imaginary potential that is added, eV, and the FWHM that spectra have then, eV."""
    try:
        width = core_width_ev(element, shell)
    except XanesviewError:  # beyond uranium
        width = 100.0
    added = max(0.0, (LEAST_WIDTH_EV - width) / 2.0)
    return round(added, 3), width + 2.0 * round(added, 3)


def energies_ev(width_ev: float) -> np.ndarray:
    """Return the energies (E,) from the Fermi level, eV, at which spectra of a FWHM are computed.

    Steps of a third of the width (0.15 to 0.4 eV) from 10 eV below to 22 eV above, twice that to 32 eV, 0.07 Å⁻¹ of the
    photoelectron's wave number beyond, 2 eV far below, where nothing but the tail of the edge is.
    """
    step = float(np.clip(np.round(width_ev / 3.0, 2), 0.15, 0.4))
    far = np.arange(LOWEST_EV, -10.0, 2.0)
    near = -step * np.arange(int(10.0 / step), 0, -1)
    above = step * np.arange(int(22.0 / step) + 1)
    middle = above[-1] + 2.0 * step * np.arange(1, int(10.0 / (2.0 * step)) + 1)
    waves = np.sqrt(middle[-1] / _HBAR2_2M) + 0.07 * np.arange(1, 200)
    beyond = _HBAR2_2M * waves**2
    last = int(np.searchsorted(beyond, HIGHEST_EV)) + 1
    return np.round(np.concatenate([far, near, above, middle, beyond[:last]]), 4)
