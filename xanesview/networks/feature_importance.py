"""Which distances a descriptor network looks at: permutation importance of features, gathered by radius. Numpy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.networks.wacsf import Feature

_ROWS_AT_ONCE = 2048


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
    masks = window_masks(energy_ev, windows_ev)
    rng = np.random.default_rng(seed)
    usual, total = predict(x), np.zeros((len(masks), x.shape[1]))
    for _ in range(rounds):
        order = rng.permutation(len(x))
        for some in _chunks(np.flatnonzero(np.ptp(x, axis=0) > 0), len(x)):
            changed = np.tile(x, (len(some), 1, 1))
            changed[np.arange(len(some)), :, some] = x[order][:, some].T
            difference = predict(changed.reshape(-1, x.shape[1])).reshape(len(some), *usual.shape) - usual
            total[:, some] += [(difference[..., mask].mean(axis=2) ** 2).mean(axis=1) for mask in masks]
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


def window_means(spectra: np.ndarray, energy_ev: np.ndarray, windows_ev: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return the mean intensity (..., W) of spectra (..., E) in windows.

    Raises
    ------
    XanesviewError
        for a window without an energy of the grid.
    """
    return np.stack([spectra[..., mask].mean(axis=-1) for mask in window_masks(energy_ev, windows_ev)], axis=-1)


def window_masks(energy_ev: np.ndarray, windows_ev: Sequence[tuple[float, float]]) -> list[np.ndarray]:
    """Return which energies (E,) each window holds.

    Raises
    ------
    XanesviewError
        for a window without one.
    """
    masks = [(np.asarray(energy_ev) >= low) & (np.asarray(energy_ev) <= high) for low, high in windows_ev]
    for mask, (low, high) in zip(masks, windows_ev, strict=True):
        if not mask.any():
            raise XanesviewError(f"The network has no energies from {low:g} to {high:g} eV.", "Choose other windows.")
    return masks


def exchange_importance(
    answer: Callable[[np.ndarray], np.ndarray], descriptor: np.ndarray, background: np.ndarray
) -> np.ndarray:
    """Return how much the answer for one site changes when a feature takes the values of other sites.

    Parameters
    ----------
    answer : maps descriptors (n, F) to what is explained (n, W)
    descriptor : (F,) of the site
    background : (B, F) of other sites

    Returns
    -------
    (W, F): rms change over the background; features that the background does not vary give none
    """
    usual = answer(descriptor[None])
    varied = np.flatnonzero((background != descriptor).any(axis=0))
    out = np.zeros((usual.shape[1], len(descriptor)))
    for some in _chunks(varied, len(background)):
        changed = np.tile(descriptor, (len(some), len(background), 1))
        changed[np.arange(len(some)), :, some] = background[:, some].T
        answers = answer(changed.reshape(-1, len(descriptor))).reshape(len(some), len(background), -1)
        out[:, some] = np.sqrt(((answers - usual) ** 2).mean(axis=1)).T
    return out


def _chunks(features: np.ndarray, n_rows: int) -> list[np.ndarray]:
    """Cut features into groups whose rows together make one good matrix product."""
    return np.array_split(features, max(1, -(-len(features) * n_rows // _ROWS_AT_ONCE))) if len(features) else []


def by_neighbour(contributions: np.ndarray, terms: np.ndarray, usual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share what features contribute among the neighbours that they see.

    A neighbour has the share of a feature that its term has in the larger of the feature's value here and its usual
    one. What is left, where a feature is smaller than usual, is the work of atoms that are not there.

    Parameters
    ----------
    contributions : (W, F)
    terms : (M, F) of `xanesview.networks.wacsf.neighbour_terms`
    usual : (F,) mean of the features over other sites

    Returns
    -------
    (W, M), (W, F)
        of neighbours, and of what is missing at each feature; together they add up to the sum of the contributions
    """
    share = terms / np.maximum(np.maximum(terms.sum(axis=0), usual), 1e-300)
    return contributions @ share.T, contributions * (1.0 - share.sum(axis=0))
