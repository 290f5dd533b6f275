"""What training data are once they are read: structures with the absorption tensors of their sites, on one grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.sticks import StickWidths
from xanesview.domain.structure import Structure


@dataclass(frozen=True, eq=False)
class LabelledStructure:
    """One structure with the sites that have a spectrum.

    ``numbers`` (N,), ``positions_angstrom`` (N, 3), ``cell_angstrom`` (3, 3) and ``pbc`` (3,) (zeros for a molecule),
    ``rank`` (N,) equivalence class of each atom, ``sites`` (S,) atom indices, ``e0_ev`` (S,) ionisation potential or
    Fermi level on the scale of experiment (NaN where unknown), ``tensors`` (S, 6, E) on the data set's grid, NaN at
    energies that the file doesn't reach where absolute ones are read as counted from E0; a site of which only the
    average is known has ``polarised`` (S,) False and a tensor that is the average along every direction; ``taught``:
    the spectra are what another network predicts.
    """

    name: str
    smiles: str
    parent: str
    split: str
    sigma_angstrom: float
    numbers: np.ndarray
    positions_angstrom: np.ndarray
    cell_angstrom: np.ndarray
    pbc: np.ndarray
    rank: np.ndarray
    sites: np.ndarray
    e0_ev: np.ndarray
    tensors: np.ndarray
    polarised: np.ndarray
    taught: bool = False

    @property
    def isotropic(self) -> np.ndarray:
        """Average over all directions, (S, E)."""
        return self.tensors[:, :3].mean(1)

    @property
    def structure(self) -> Structure:
        """The atoms alone."""
        return Structure(
            numbers=self.numbers,
            positions_angstrom=self.positions_angstrom,
            cell_angstrom=self.cell_angstrom,
            pbc=self.pbc,
            name=self.name,
            smiles=self.smiles or None,
        )


@dataclass(frozen=True, eq=False)
class SpectraDataset:
    """Structures of one or several files on one energy grid.

    ``axis`` "relative": ``energy_ev`` (E,) counts from each site's E0. ``widths`` that sticks were drawn with; None for
    spectra on a grid. ``taught``: how many structures have the spectra of which network, in words, where some do.
    ``licence`` in words, with what is to be cited, where a file tells it.
    """

    element: str
    edge: str
    axis: str
    energy_ev: np.ndarray
    energy_offset_ev: float
    structures: tuple[LabelledStructure, ...]
    sources: tuple[str, ...]
    method: str
    unit: str
    widths: StickWidths | None = None
    licence: str = ""
    taught: str = ""

    def subset(self, split: str) -> list[LabelledStructure]:
        """Return the structures of one split."""
        return [m for m in self.structures if m.split == split]

    def splits(self) -> list[str]:
        """Return the names of the splits, sorted."""
        return sorted({m.split for m in self.structures})

    @property
    def is_periodic(self) -> bool:
        """Tell whether any structure repeats."""
        return any(m.pbc.any() for m in self.structures)
