"""Tensors of all sites from those of one site an orbit: σ' = R σ Rᵀ."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor, rotation_voigt
from xanesview.domain.symmetry import Orbit


def over_orbits(tensor: AbsorptionTensor, orbits: Sequence[Orbit]) -> AbsorptionTensor:
    """Return the tensors of all members of orbits, turned from those of the representatives.

    Multiplying by the multiplicity instead is right for isotropic spectra only.

    Parameters
    ----------
    tensor : with the representatives of all orbits among its sites
    orbits : of `xanesview.domain.symmetry.orbits`

    Returns
    -------
    AbsorptionTensor of the members (S,), orbit by orbit. E0 and the members of an ensemble are turned alike.
    """
    own = tensor.select([orbit.representative for orbit in orbits])
    rows = np.repeat(np.arange(len(orbits)), [orbit.multiplicity for orbit in orbits])
    turns = np.stack([rotation_voigt(r) for orbit in orbits for r in orbit.rotations])
    members = None
    if own.members is not None:
        members = np.einsum("sab,msbe->msae", turns.astype(own.members.dtype), own.members[:, rows])
    return dataclasses.replace(
        own,
        components=np.einsum("sab,sbe->sae", turns, own.components[rows]),
        sites=np.array([member for orbit in orbits for member in orbit.members]),
        ip_ev=None if own.ip_ev is None else own.ip_ev[rows],
        members=members,
    )
