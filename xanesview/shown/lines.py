"""The lines that a spectrum is made of: computed transitions of its sites, else E0 of each site, as sticks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.sticks import HARTREE_EV

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.reference.kept import ComputedSite
    from xanesview.shown.curve import Subject
    from xanesview.shown.shown import Shown


def lines_of(
    tensor: AbsorptionTensor,
    weights: Sequence[float] | np.ndarray,
    weight: WeightTensor,
    computed: Mapping[int, ComputedSite] | None = None,
) -> np.ndarray | None:
    """Return the lines of the sites of a tensor where it is drawn.

    Parameters
    ----------
    tensor : AbsorptionTensor
        Of S sites, with their E0 on its axis.
    weights : (S,)
        Of the sites in their sum.
    weight : WeightTensor
        The experiment: a transition with the dipole d is ω Σ W_ij d_i d_j high.
    computed : mapping of atom to ComputedSite, optional
        Transitions of those sites that were computed.

    Returns
    -------
    (N, 2) array or None
        Energies in eV and heights, hartree bohr² where transitions are known, else the weights of the sites; None
        where neither is known.
    """
    if tensor.ip_ev is None or tensor.axis != "absolute":
        return None
    found = []
    for atom, factor, ip_ev in zip(tensor.sites.tolist(), weights, tensor.ip_ev, strict=True):
        site = (computed or {}).get(int(atom))
        if site is None:
            continue
        strength = np.einsum("ti,ij,tj->t", site.dipole_bohr, weight.matrix, site.dipole_bohr)
        heights = factor * site.energy_ev / HARTREE_EV * strength
        found.append(np.column_stack([site.energy_ev - site.ip_ev + ip_ev, heights]))
    if found:
        return np.concatenate(found)
    lines = np.column_stack([tensor.ip_ev, np.asarray(weights, dtype=float)])
    return lines if np.isfinite(lines).all() else None


def shown_lines(shown: Shown, subject: Subject | None) -> np.ndarray | None:
    """Return the lines (N, 2) of a curve of the plot, None where none are known; see `lines_of`."""
    weight = shown.session.geometry.weight()
    if subject is None or shown.structure is None:
        return None
    if subject.kind == "reference":
        placed = shown.references[subject.which]
        tensor = placed.reference.tensor
        if tensor is None or placed.summed is None or shown.axis != tensor.axis:
            return None
        tensor = tensor.select(placed.sites)
        lines = lines_of(tensor, np.ones(len(placed.sites)), weight, _computed(shown, tensor))
        return None if lines is None else lines + np.array([placed.reference.shift_ev, 0.0])
    if subject.kind not in ("prediction", "site") or shown.drawn is None or subject.which == "isotropic":
        return None
    native = shown.drawn.unprocessed.native
    there = np.isin(native.sites, [subject.which]) if subject.kind == "site" else np.ones(len(native.sites), bool)
    sites = tuple(native.sites[there].tolist())
    weights = np.asarray(shown.drawn.weights)[there]
    known = {atom: site for atom, site in _computed(shown, native).items() if atom in shown.computed_sites}
    return lines_of(native.select(sites), weights, weight, known) if sites else None


def _computed(shown: Shown, tensor: AbsorptionTensor) -> Mapping[int, ComputedSite]:
    """Sites of the structure that were computed here as molecules are, with their transitions."""
    from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
    from xanesview.reference.kept import read_kept

    element = tensor.edge.split()[0] if tensor.edge else ""
    return read_kept(shown.structure, element) if element in ENERGY_OFFSET_EV else {}
