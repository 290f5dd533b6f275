"""Which distances a descriptor network looks at: permutation importance of features, gathered by radius. Numpy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.networks.wacsf import Feature


def permutation_importance(
    predict: Callable[[np.ndarray], np.ndarray],
    descriptors: np.ndarray,
    energy_ev: np.ndarray,
    windows_ev: Sequence[tuple[float, float]],
    rounds: int = 5,
    seed: int = 0,
) -> np.ndarray:
    """Return how much the intensity in energy windows changes when a feature is exchanged between sites.

    Parameters
    ----------
    predict : maps descriptors (n, F) to spectra (n, E)
    descriptors : (n, F) of two or more sites
    energy_ev : (E,)
    windows_ev : W pairs (low, high)

    Returns
    -------
    (W, F): rms change of the mean intensity of a window, over sites and rounds
    """
    x = np.asarray(descriptors)
    if len(x) < 2:
        raise XanesviewError("Importance needs the sites of two or more surroundings.", "Choose more sites.")
    masks = [(np.asarray(energy_ev) >= low) & (np.asarray(energy_ev) <= high) for low, high in windows_ev]
    for mask, (low, high) in zip(masks, windows_ev, strict=True):
        if not mask.any():
            raise XanesviewError(f"The network has no energies from {low:g} to {high:g} eV.", "Choose other windows.")
    rng = np.random.default_rng(seed)
    usual, total = predict(x), np.zeros((len(masks), x.shape[1]))
    for _ in range(rounds):
        order = rng.permutation(len(x))
        for k in np.flatnonzero(np.ptp(x, axis=0) > 0):
            changed = x.copy()
            changed[:, k] = x[order, k]
            difference = predict(changed) - usual
            total[:, k] += [np.mean(difference[:, mask].mean(axis=1) ** 2) for mask in masks]
    return np.sqrt(total / rounds)


def by_radius(
    importance: np.ndarray, features: Sequence[Feature], edges_angstrom: np.ndarray, kinds: Sequence[str] = ("G2",)
) -> np.ndarray:
    """Gather importance (..., F) by the radii of features of some kinds into bins with edges (B + 1,).

    Returns
    -------
    (..., B); squares are added, since changes of single features are about independent
    """
    radii = np.array([f.radius_angstrom for f in features])
    chosen = np.array([f.kind in kinds for f in features])
    place = np.clip(np.searchsorted(edges_angstrom, radii, side="right") - 1, 0, len(edges_angstrom) - 2)
    out = np.zeros((*importance.shape[:-1], len(edges_angstrom) - 1))
    for k in np.flatnonzero(chosen):
        out[..., place[k]] += importance[..., k] ** 2
    return np.sqrt(out)
