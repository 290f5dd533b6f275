"""What one network says of molecules, as training data for another: distillation.

G. Hinton, O. Vinyals, J. Dean, arXiv:1503.02531 (2015). The teacher's spectra of many molecules stand beside the
computed ones of few; whoever trains on them learns the teacher's errors too, so that tests use computed spectra only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra
from xanesview.domain.structure import Structure
from xanesview.inference.loaded_network import Predictor


def taught(
    teacher: Predictor, structure: Structure, sites: Sequence[int]
) -> tuple[StructureSpectra, np.ndarray]:
    """Return the teacher's isotropic spectra of the sites that lie inside its domain, and their ionisation potentials.

    Parameters
    ----------
    teacher : network that gives spectra
    structure : molecule
    sites : atom indices

    Returns
    -------
    StructureSpectra
        of S of the sites
    (S,) float
        ionisation potentials, eV; NaN where the teacher gives none

    Raises
    ------
    XanesviewError
        as `Predictor.predict` does.
    """
    found = teacher.predict(structure, list(sites))
    tensor = found.tensor
    rows = [row for row, verdict in enumerate(found.verdicts) if verdict.inside]
    spectra = tuple(
        SiteSpectra(int(sites[row]), tensor.energy_ev, isotropic=tensor.components[row, :3].mean(axis=0))
        for row in rows
    )
    ip_ev = np.full(len(sites), np.nan) if tensor.ip_ev is None else np.asarray(tensor.ip_ev, float)
    return StructureSpectra(structure, spectra, parent=structure.smiles or structure.name), ip_ev[rows]
