"""The mean of what a network says of several geometries of one molecule or solid, as one prediction."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Prediction


def mean_prediction(predictions: Sequence[Prediction], shares: Sequence[float] | None = None) -> Prediction:
    """Return the mean of predictions of the same sites, weighted by shares (N,) or all alike.

    What counts from each site's own E0 is brought to that of the first. What is to be mistrusted is that of the first,
    and notices of all are told once.

    Raises
    ------
    XanesviewError
        Where the sites differ, or shares are no weights.
    """
    first = predictions[0]
    weights = np.full(len(predictions), 1.0) if shares is None else np.asarray(shares, float)
    if weights.shape != (len(predictions),) or not np.isfinite(weights).all() or (weights < 0).any():
        raise XanesviewError("Shares must be positive numbers, one for each geometry.")
    if not weights.sum() > 0.0 or any(not np.array_equal(p.tensor.sites, first.tensor.sites) for p in predictions):
        raise XanesviewError("A mean needs the same sites in each geometry.", "Give frames of one molecule.")
    weights = weights / weights.sum()
    tensors = [one.tensor for one in predictions]
    components = sum(w * _on(t, first.tensor, t.components) for w, t in zip(weights, tensors, strict=True))
    members = None
    if all(t.members is not None for t in tensors) and len({len(t.members) for t in tensors}) == 1:
        members = sum(w * _on(t, first.tensor, t.members) for w, t in zip(weights, tensors, strict=True))
    tensor = dataclasses.replace(first.tensor, components=components, members=members)
    notices = tuple(dict.fromkeys(notice for one in predictions for notice in one.notices))
    return dataclasses.replace(
        first, tensor=tensor, notices=notices, elapsed_s=sum(one.elapsed_s for one in predictions), features=None
    )


def _on(tensor: AbsorptionTensor, first: AbsorptionTensor, values: np.ndarray) -> np.ndarray:
    """Return values (..., S, 6, E) of a tensor on the energies of the first one."""
    shifts = np.zeros(tensor.n_sites)
    if tensor.axis == "relative" and tensor.ip_ev is not None and first.ip_ev is not None:
        shifts = first.ip_ev - tensor.ip_ev
    if not shifts.any() and np.array_equal(tensor.energy_ev, first.energy_ev):
        return np.asarray(values)
    result = np.empty((*values.shape[:-1], len(first.energy_ev)))
    for place in np.ndindex(values.shape[:-1]):
        wanted = first.energy_ev + shifts[place[-2]]
        result[place] = np.interp(wanted, tensor.energy_ev, values[place])
    return result
