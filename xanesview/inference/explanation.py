"""Why a network gives this spectrum: which neighbours, at which distances, matter in which window of energies.

What can be asked depends on the kind of network. Descriptor networks are opened up feature by feature, by exchange with
other sites ("permutation") or by SHAP values, and each feature is shared among the neighbours that it sees;
"population" asks the training sites instead of the picked one. XANE(3) tells its attention weights. Of every network
atoms can be taken away in turn ("occlusion").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.networks.card import CARD, Card, find_bundle

Window = tuple[float, float]

BIN_ANGSTROM = 0.25
REACH_ANGSTROM = 6.0
EXCHANGED_SITES = 32
METHODS = {
    "permutation": "Exchange of features",
    "shap": "SHAP values",
    "population": "All training sites",
    "attention": "Attention weights",
    "occlusion": "Atoms taken away",
}
MEANINGS = {
    "permutation": "How much the intensity of the window changes when features of this site are exchanged for those of "
    "other sites; each feature is shared among the neighbours that it sees.",
    "shap": "By how much features lift or lower the window's intensity against the usual site (SHAP values); each "
    "feature is shared among the neighbours that it sees.",
    "population": "How much the intensity of the window changes when features are exchanged among training sites, at "
    "the radius of each G2 feature; behind it how many neighbours a training site has on average.",
    "attention": "How strongly the absorber listens to each atom. The same for all energies: attention is part of the "
    "network's inside, not a measure of what an atom does to the spectrum.",
    "occlusion": "How much the isotropic spectrum changes in the window when an atom is taken away. The network has "
    "not seen such torn structures, so read it as where it looks, not as chemistry.",
}
_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "xanesnet": ("permutation", "shap", "population", "occlusion"),
    "xane3": ("attention", "occlusion"),
}


@dataclass(frozen=True, eq=False)
class Explanation:
    """Importance of surroundings in W windows of energies; all numbers are zero or more.

    Attributes
    ----------
    method : str
        One of METHODS.
    site : int
    windows_ev : W pairs (low, high), on the axis of the network
    edges_angstrom : (B + 1,) bins of distances
    neighbours : (B,)
        How many atoms, periodic images included, stand in each bin.
    by_radius : (W, B)
        Of descriptor networks including what is missing where other sites have atoms.
    by_atom : (W, N)
        0 for the absorber and for atoms out of reach.
    distance_angstrom : (N,)
        To the nearest image; inf out of reach, 0 for the absorber.
    missing : (W,)
        Share of the importance, 0 to 1, that lies where no atom stands.
    """

    method: str
    site: int
    windows_ev: tuple[Window, ...]
    edges_angstrom: np.ndarray
    neighbours: np.ndarray
    by_radius: np.ndarray
    by_atom: np.ndarray
    distance_angstrom: np.ndarray
    missing: np.ndarray

    def radius_percent(self) -> np.ndarray:
        """Return the importance by radius (W, B) in % of each window's sum."""
        return _percent(self.by_radius)

    def atom_percent(self) -> np.ndarray:
        """Return the importance by atom (W, N) in % of each window's sum."""
        return _percent(self.by_atom)


def _percent(values: np.ndarray) -> np.ndarray:
    total = values.sum(axis=1, keepdims=True)
    return 100.0 * values / np.where(total > 0, total, 1.0)


def methods_of(card: Card) -> tuple[str, ...]:
    """Return what can be asked of a network, the best first; none of those that give no spectra."""
    if card.gives == "properties":
        return ()
    return _OF_KIND.get(card.kind, ("occlusion",))


def default_windows(card: Card) -> tuple[Window, Window]:
    """Return two windows worth comparing: π* and σ* of C, N and O, the edge and the region beyond of others."""
    pi_sigma = {"C": ((284.0, 287.0), (290.0, 300.0)), "N": ((398.0, 402.0), (404.0, 415.0)),
                "O": ((530.0, 534.0), (536.0, 547.0))}.get(card.element)  # fmt: skip
    low, high = float(card.energy_ev[0]), float(card.energy_ev[-1])
    wanted = [((-3.0, 3.0), (50.0, 56.0)), ((-7.0, -3.0), (0.0, 10.0))]
    if card.axis == "absolute":
        wanted = [pi_sigma] if pi_sigma and card.edge == "K" else []
    elif pi_sigma:
        wanted = wanted[::-1]
    for first, second in wanted:
        if low <= first[0] and second[1] <= high:
            return first, second
    span = high - low
    return (round(low + 0.2 * span, 1), round(low + 0.35 * span, 1)), (
        round(low + 0.6 * span, 1), round(low + 0.8 * span, 1))  # fmt: skip


def explain(
    structure: Structure,
    site: int,
    network: str | Path,
    windows_ev: Sequence[Window] | None = None,
    method: str | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Explanation:
    """Explain the spectrum of one site.

    Parameters
    ----------
    site : atom index of the absorber
    network : name or path of a bundle
    windows_ev : on the network's axis; `default_windows` by default
    method : one of `methods_of` the network, the first by default
    cancelled : asked between steps

    Raises
    ------
    XanesviewError
        for a method the network does not have, a window beyond its energies, a wrong site, or a missing package.
    Cancelled
        when ``cancelled`` says so.
    """
    from xanesview.inference.loaded_network import checked_sites

    path = find_bundle(network)
    card = Card.from_json(path / CARD)
    known = methods_of(card)
    method = method or (known[0] if known else "")
    if method not in known:
        offered = ", ".join(known) or "none: it gives no spectra of sites"
        raise XanesviewError(f"{card.name} can't be explained by “{method}”.", f"Methods: {offered}.")
    checked_sites(structure, [site], card)
    windows = tuple((float(low), float(high)) for low, high in (windows_ev or default_windows(card)))
    stop = cancelled or (lambda: False)
    if method in ("permutation", "shap", "population"):
        from xanesview.inference.descriptor_explanation import of_descriptors

        return of_descriptors(structure, site, path, windows, method, stop)
    if method == "attention":
        return _of_attention(structure, site, path, windows)
    return _of_occlusion(structure, site, path, windows, stop)


@lru_cache(maxsize=4)
def members_of(path: Path):
    """Return a bundle's networks and its other tensors."""
    from xanesview.networks.bundle import load_weights
    from xanesview.networks.members import load_members

    tensors = load_weights(path)
    others = {k: v for k, v in tensors.items() if not k.startswith("member")}
    return load_members(Card.from_json(path / CARD), tensors), others


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Neighbours of a site: atom (M,) and distance (M,), images one by one."""

    n_atoms: int
    site: int
    atom: np.ndarray
    distance: np.ndarray
    reach: float

    @classmethod
    def of(cls, structure: Structure, site: int, reach: float) -> Surroundings:
        """Find them within a reach in Å."""
        from xanesview.networks.neighbours import neighbour_edges

        i, j, d = neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, reach)
        mine = i == site
        return cls(structure.n_atoms, site, j[mine], np.linalg.norm(d[mine], axis=1), reach)

    @property
    def edges(self) -> np.ndarray:
        """Edges of the bins (B + 1,)."""
        return BIN_ANGSTROM * np.arange(round(self.reach / BIN_ANGSTROM) + 1)

    def place(self, radii: np.ndarray) -> np.ndarray:
        """Return the bin of each radius."""
        return np.clip((np.asarray(radii) / BIN_ANGSTROM).astype(int), 0, len(self.edges) - 2)

    def nearest(self) -> np.ndarray:
        """Return each atom's nearest distance (N,), inf out of reach."""
        out = np.full(self.n_atoms, np.inf)
        np.minimum.at(out, self.atom, self.distance)
        out[self.site] = 0.0
        return out

    def explanation(
        self, method: str, windows: tuple[Window, ...], by_radius: np.ndarray, by_atom: np.ndarray, missing: np.ndarray
    ) -> Explanation:
        """Return the whole answer from importance by radius (W, B) and by atom (W, N)."""
        by_atom = by_atom.copy()
        by_atom[:, self.site] = 0.0  # its own images may matter; the absorber's colour is not theirs
        counts = np.bincount(self.place(self.distance), minlength=len(self.edges) - 1)
        return Explanation(
            method, self.site, windows, self.edges, counts, by_radius, by_atom, self.nearest(), missing
        )  # fmt: skip


# ---- XANE(3) ----


def _of_attention(structure: Structure, site: int, path: Path, windows: tuple[Window, ...]) -> Explanation:
    import torch

    from xanesview.networks.atom_graphs import atom_graph
    from xanesview.networks.xane3 import attention_weights

    networks, _ = members_of(path)
    graph = atom_graph(
        structure.numbers, structure.positions_angstrom, networks[0].config.r_max, structure.cell_angstrom,
        structure.pbc, absorbers=np.array([site]), dtype=torch.float32,
    )  # fmt: skip
    with torch.inference_mode():
        weights = torch.stack([attention_weights(n, graph, site) for n in networks]).mean(dim=0).double().numpy()
    longest = float(np.linalg.norm(structure.positions_angstrom - structure.positions_angstrom[site], axis=1).max())
    reach = BIN_ANGSTROM * np.ceil(max(REACH_ANGSTROM, min(longest, 2 * REACH_ANGSTROM) + 0.01) / BIN_ANGSTROM)
    around = Surroundings.of(structure, site, float(reach))
    # one weight an atom, not an image: it stands where the nearest image stands
    nearest = around.nearest()
    seen = np.isfinite(nearest) & (np.arange(structure.n_atoms) != site)
    by_radius = np.zeros(len(around.edges) - 1)
    np.add.at(by_radius, around.place(nearest[seen]), weights[seen])
    by_atom = np.tile(weights, (len(windows), 1))
    return around.explanation(
        "attention", windows, np.tile(by_radius, (len(windows), 1)), by_atom, np.zeros(len(windows))
    )


# ---- any network ----


def _of_occlusion(
    structure: Structure, site: int, path: Path, windows: tuple[Window, ...], stop: Callable[[], bool]
) -> Explanation:
    from xanesview.inference.predictor import load_predictor
    from xanesview.networks.feature_importance import window_masks

    predictor = load_predictor(path)
    masks = window_masks(predictor.card.energy_ev, windows)
    around = Surroundings.of(structure, site, REACH_ANGSTROM)

    def spectrum(atoms: np.ndarray) -> np.ndarray:
        """Return the isotropic spectrum (E,) of the site with these atoms left."""
        if stop():
            raise Cancelled()
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
    return around.explanation("occlusion", windows, by_radius, by_atom, np.zeros(len(windows)))
