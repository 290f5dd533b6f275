"""Computed sites kept on disk by structure: transitions as sticks, so that any grid can be drawn from them later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths, stick_tensor
from xanesview.domain.structure import Structure
from xanesview.io import kept_arrays
from xanesview.paths import cache_dir
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV

UNIT = "hartree bohr²/eV"
METHOD = "transition-potential DFT (half a 1s core hole, PBE)"
_LAYOUT = "2"  # counts up when the method's numbers or the file's layout change

GRID_EV: dict[str, np.ndarray] = {
    element: np.round(np.arange(341) * 0.1 + start, 10)
    for element, start in {"C": 278.0, "N": 392.0, "O": 524.0, "F": 677.0}.items()
}
"""Energies that spectra of an edge are drawn on, eV: from below the first π* to the continuum's broad features."""


@dataclass(frozen=True, eq=False)
class ComputedSite:
    """Transitions of one atom in the frame of its structure, on the engine's scale (no offset).

    ``energy_ev`` (T,), ``dipole_bohr`` (T, 3), ``ip_ev``; ``seconds`` is the time it took, 0 where symmetry gave it.
    """

    atom: int
    energy_ev: np.ndarray
    dipole_bohr: np.ndarray
    ip_ev: float
    seconds: float

    def moved(self, atom: int, rotation: np.ndarray) -> ComputedSite:
        """Return the equivalent site that a symmetry operation (3, 3) maps this one to: d' = R d."""
        return ComputedSite(atom, self.energy_ev, self.dipole_bohr @ np.asarray(rotation).T, self.ip_ev, 0.0)


def computed_tensor(
    sites: Mapping[int, ComputedSite], element: str, energy_ev: np.ndarray, widths: StickWidths = NATIVE_WIDTHS
) -> AbsorptionTensor:
    """Return the sites' tensors on a grid, on the scale of experiment.

    Parameters
    ----------
    sites : computed sites by atom
    energy_ev : (E,) grid, eV
    widths : of the transitions
    """
    offset = ENERGY_OFFSET_EV[element]
    found = list(sites.values())
    return AbsorptionTensor(
        energy_ev=energy_ev,
        components=np.array(
            [stick_tensor(energy_ev, s.energy_ev, s.dipole_bohr, s.ip_ev, offset, widths) for s in found]
        ),
        sites=np.array([s.atom for s in found], dtype=int),
        unit=UNIT,
        edge=f"{element} K",
        native_fwhm_ev=widths.fwhm_ev,
        ip_ev=np.array([s.ip_ev + offset for s in found]),
    )


def read_kept(structure: Structure, element: str) -> dict[int, ComputedSite]:
    """Return the sites of a structure that were computed before, by atom; empty where there are none."""
    return kept_arrays.recall(_path(structure, element), unpacked) or {}


def unpacked(arrays: Mapping[str, np.ndarray]) -> dict[int, ComputedSite]:
    """Return the sites of arrays as `packed` makes them, by atom; ValueError or KeyError where they are none."""
    ends = np.cumsum(arrays["count"])
    if arrays["dipole_bohr"].shape != (ends[-1], 3) or arrays["energy_ev"].shape != (ends[-1],):
        raise ValueError("transitions without a site")
    return {
        int(atom): ComputedSite(
            int(atom), arrays["energy_ev"][end - n : end], arrays["dipole_bohr"][end - n : end], float(ip), float(s)
        )
        for atom, n, end, ip, s in zip(
            arrays["atom"], arrays["count"], ends, arrays["ip_ev"], arrays["seconds"], strict=True
        )
    }


def keep(structure: Structure, element: str, sites: Mapping[int, ComputedSite]) -> None:
    """Keep all computed sites of a structure and edge in one file; a full disk is logged, not raised."""
    kept_arrays.keep(_path(structure, element), packed(sites))


def packed(sites: Mapping[int, ComputedSite]) -> dict[str, np.ndarray]:
    """Return sites as named arrays, which `unpacked` reads."""
    found = list(sites.values())
    return {
        "atom": np.array([s.atom for s in found]),
        "count": np.array([len(s.energy_ev) for s in found]),
        "energy_ev": np.concatenate([s.energy_ev for s in found]),
        "dipole_bohr": np.concatenate([s.dipole_bohr for s in found]),
        "ip_ev": np.array([s.ip_ev for s in found]),
        "seconds": np.array([s.seconds for s in found]),
    }


def _path(structure: Structure, element: str) -> Path:
    text = f"{_LAYOUT} {structure.content_hash} {structure.charge}"
    return cache_dir() / "reference" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}_{element}.npz"
