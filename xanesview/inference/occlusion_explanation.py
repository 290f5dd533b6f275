"""What happens to a spectrum when atoms are taken away in turn; of any network that gives spectra."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.inference.explained import REACH_ANGSTROM, Explanation, Question, Surroundings
from xanesview.inference.predictor import load_predictor
from xanesview.networks.feature_importance import window_masks


def of_occlusion(asked: Question) -> Explanation:
    """Explain a site by how much its isotropic spectrum changes without each neighbour.

    Raises
    ------
    Cancelled
        when the question is given up.
    """
    structure, site, windows = asked.structure, asked.site, asked.windows_ev
    predictor = load_predictor(asked.bundle)
    masks = window_masks(predictor.card.energy_ev, windows)
    around = Surroundings.of(structure, site, REACH_ANGSTROM)

    def spectrum(atoms: np.ndarray) -> np.ndarray:
        """Return the isotropic spectrum (E,) of the site with these atoms left."""
        asked.check()
        left = Structure(
            numbers=structure.numbers[atoms], positions_angstrom=structure.positions_angstrom[atoms],
            cell_angstrom=structure.cell_angstrom, pbc=structure.pbc,
        )  # fmt: skip
        place = int(np.flatnonzero(atoms == site)[0])
        return predictor.predict(left, [place]).tensor.components[0, :3].mean(axis=0)

    everything = np.arange(structure.n_atoms)
    usual = spectrum(everything)
    by_atom = np.zeros((len(windows), structure.n_atoms))
    for atom in np.unique(around.atom[around.atom != site]):
        change = spectrum(everything[everything != atom]) - usual
        by_atom[:, atom] = [np.sqrt(np.mean(change[mask] ** 2)) for mask in masks]
    nearest = around.nearest()
    seen = np.isfinite(nearest) & (everything != site)
    by_radius = np.zeros((len(windows), len(around.edges) - 1))
    for row, one in zip(by_radius, by_atom, strict=True):
        np.add.at(row, around.place(nearest[seen]), one[seen])
    return around.explanation(asked, by_radius, by_atom)
