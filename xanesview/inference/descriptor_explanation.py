"""Explanations of descriptor networks (XANESNET): features by exchange or SHAP, shared among the atoms they see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.inference.explained import Explanation, Question, Surroundings, Window, members_of
from xanesview.networks.feature_importance import (
    by_neighbour,
    by_radius,
    exchange_importance,
    permutation_importance,
    window_masks,
    window_means,
)
from xanesview.networks.wacsf import features, neighbour_terms

EXCHANGED_SITES, POPULATION_SITES = 32, 96
BACKGROUND, NEIGHBOURS = "explain.descriptors", "explain.neighbours"


def of_descriptors(asked: Question) -> Explanation:
    """Explain a site by "permutation" or "shap", or the training sites by "population".

    Raises
    ------
    XanesviewError
        for a bundle without descriptors to compare with.
    Cancelled
        when the question is given up.
    """
    structure, site, windows = asked.structure, asked.site, asked.windows_ev
    networks, others = members_of(asked.bundle)
    if BACKGROUND not in others:
        raise XanesviewError(
            f"{asked.bundle.name} carries no descriptors of training sites to compare with.",
            "Train it with this version.",
        )
    background = others[BACKGROUND].double().numpy()
    config = networks[0].config.descriptor
    if asked.method == "population":
        counts = others.get(NEIGHBOURS)
        return _of_population(asked, networks, background, None if counts is None else counts.numpy())
    near = neighbour_terms(
        structure.numbers, structure.positions_angstrom, site, config, structure.cell_angstrom, structure.pbc
    )
    descriptor = near.terms.sum(axis=0)
    if asked.method == "shap":
        contributions = shap_values(networks, descriptor, background, windows)
    else:
        contributions = _exchanged(asked, networks, descriptor, background[:EXCHANGED_SITES])
    neighbours, gaps = by_neighbour(contributions, near.terms, background.mean(axis=0))
    around = Surroundings(structure.n_atoms, site, near.atom, near.distance_angstrom, config.r_max)
    # Of what is missing only G2 says at which distance; G4's functions are wide.
    radial = np.array([f.kind == "G2" for f in features(config)])
    radii = np.array([f.radius_angstrom for f in features(config)])[radial]
    n_bins = len(around.edges) - 1
    radial_sum = _gathered(neighbours, around.place(near.distance_angstrom), n_bins)
    radial_sum += _gathered(gaps[:, radial], around.place(radii), n_bins)
    by_atom = _gathered(neighbours, near.atom, structure.n_atoms)
    present, absent = np.abs(by_atom).sum(axis=1), np.abs(gaps).sum(axis=1)
    missing = absent / np.maximum(present + absent, 1e-300)
    return around.explanation(asked, np.abs(radial_sum), np.abs(by_atom), missing)


def neighbour_histogram(distances_angstrom: Sequence[np.ndarray], reach_angstrom: float) -> np.ndarray:
    """Return how many neighbours a site has on average in each bin of distances, (B,).

    Parameters
    ----------
    distances_angstrom : of each site to its neighbours, (M,) each
    """
    around = Surroundings(0, 0, np.zeros(0, int), np.zeros(0), reach_angstrom)
    place = around.place(np.concatenate(distances_angstrom))
    return np.bincount(place, minlength=len(around.edges) - 1) / len(distances_angstrom)


def _of_population(
    asked: Question, networks: Sequence, background: np.ndarray, counts: np.ndarray | None
) -> Explanation:
    """Exchange features among the background sites; a site and its atoms say nothing here."""
    config, windows, n_atoms = networks[0].config.descriptor, asked.windows_ev, asked.structure.n_atoms
    chosen = background[:POPULATION_SITES]
    importance = permutation_importance(
        _mean_spectra(asked, networks), chosen, networks[0].config.grid_ev, windows, rounds=1
    )
    edges = Surroundings(n_atoms, asked.site, np.zeros(0, int), np.zeros(0), config.r_max).edges
    return Explanation(
        asked.method, asked.site, windows, edges, np.zeros(len(edges) - 1) if counts is None else counts,
        by_radius(importance, features(config), edges), np.zeros((len(windows), n_atoms)),
        np.full(n_atoms, np.inf), np.zeros(len(windows)),
    )  # fmt: skip


def _gathered(values: np.ndarray, place: np.ndarray, n: int) -> np.ndarray:
    """Add values (W, M) up by place (M,) and return (W, n)."""
    out = np.zeros((len(values), n))
    for row, one in zip(out, values, strict=True):
        np.add.at(row, place, one)
    return out


def _exchanged(asked: Question, networks: Sequence, descriptor: np.ndarray, background: np.ndarray) -> np.ndarray:
    grid, spectra = networks[0].config.grid_ev, _mean_spectra(asked, networks)
    return exchange_importance(lambda x: window_means(spectra(x), grid, asked.windows_ev), descriptor, background)


def _mean_spectra(asked: Question, networks: Sequence) -> Callable[[np.ndarray], np.ndarray]:
    """Return the networks' mean as a function of descriptors (n, F), giving spectra (n, E) unless it is given up."""
    import torch

    def answer(x: np.ndarray) -> np.ndarray:
        asked.check()
        with torch.inference_mode():
            rows = torch.as_tensor(x, dtype=torch.float32)
            return (sum(network(rows) for network in networks) / len(networks)).double().numpy()

    return answer


def shap_values(
    networks: Sequence, descriptor: np.ndarray, background: np.ndarray, windows: Sequence[Window]
) -> np.ndarray:
    """Return SHAP values (W, F) of the window intensities of one site, averaged over the members.

    Their sum is what the networks give for the site minus their mean over the background (DeepLIFT's rescale rule, as
    S. M. Lundberg and S.-I. Lee, NeurIPS 2017, use it).

    Parameters
    ----------
    networks : members, `xanesview.networks.xanesnet.network.Xanesnet`
    descriptor, background : (F,) and (B, F)

    Raises
    ------
    XanesviewError
        where the package shap is not installed, or for an activation that it does not know.
    """
    try:
        import shap
    except ImportError as error:
        raise XanesviewError(
            "SHAP values need the package shap.", 'Install it with: pip install "xanesview[explain]"'
        ) from error
    import torch

    if networks[0].config.activation not in ("relu", "tanh"):
        raise XanesviewError(
            f"SHAP values are not known for the activation “{networks[0].config.activation}”.",
            "Choose the exchange of features.",
        )
    site = torch.as_tensor(descriptor[None], dtype=torch.float32)
    others = torch.as_tensor(background, dtype=torch.float32)
    values = 0.0
    for network in networks:
        explainer = shap.DeepExplainer(_plain(network, windows), others)
        values = values + np.asarray(explainer.shap_values(site, check_additivity=False), float)[0].T
    return values / len(networks)


def _plain(network, windows: Sequence[Window]):
    """Return a network from descriptors to window intensities (n, W), all in layers that shap knows: scaling before and
    after the perceptron, and the mean over a window, are linear."""
    import torch

    inputs, outputs, decoding = network.features, network.coefficients, network.transform.decoding
    first = torch.nn.Linear(len(inputs.scale), len(inputs.scale))
    factor = torch.where(inputs.kept, 1.0 / inputs.scale, 0.0)
    first.weight.data, first.bias.data = torch.diag(factor), -inputs.mean * factor
    masks = [torch.from_numpy(mask).to(decoding.dtype) for mask in window_masks(network.config.grid_ev, windows)]
    average = decoding @ torch.stack([mask / mask.sum() for mask in masks], dim=1)
    last = torch.nn.Linear(*average.shape)
    scale = torch.where(outputs.kept, outputs.scale, 0.0)
    last.weight.data, last.bias.data = (scale[:, None] * average).T.contiguous(), outputs.mean @ average
    return torch.nn.Sequential(first, *network.mlp, last).float().eval()
