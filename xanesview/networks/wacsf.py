"""Weighted atom-centred symmetry functions of absorbing sites: the descriptors of XANESNET. Numpy, double precision.

Functions: M. Gastegger et al., J. Chem. Phys. 148 (2018) 241709; for XANES: C. D. Rankine and the Newcastle group.
Three programs compute them in three ways; ``variant`` names whose numbers to give. ``corrected`` is ours and the
default: every distance is cut at r_max, G4's radii span the whole range, and periodic images are neighbours. With
``elements``, functions G2 of each element alone stand behind the published ones, as J. Behler and M. Parrinello, Phys.
Rev. Lett. 98 (2007) 146401, have them: weights alone hardly tell C, N and O apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.networks.configuration import Configuration
from xanesview.networks.neighbours import neighbour_edges

VARIANTS = ("corrected", "newcastle_main", "rankine", "gnn_extension")
PARAMETERISATIONS = ("shifted", "centred")


@dataclass(frozen=True)
class WacsfConfig(Configuration):
    """Sizes of the descriptor; radii in Å.

    G2 has ``n_g2`` radii; G4 has ``n_g4`` functions, each λ and ζ at n_g4 / (n_λ n_ζ) radii. Each atomic number in
    ``elements`` has ``n_g2_by_element`` functions G2 of its own, shifted ones without weights.
    """

    r_min: float = 1.0
    r_max: float = 6.0
    n_g2: int = 16
    n_g4: int = 32
    lambdas: tuple[float, ...] = (1.0, -1.0)
    zetas: tuple[float, ...] = (1.0,)
    g2_parameterisation: str = "shifted"
    g4_parameterisation: str = "centred"
    variant: str = "corrected"
    elements: tuple[int, ...] = ()
    n_g2_by_element: int = 0

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise XanesviewError(
                f"There is no variant “{self.variant}” of the descriptors.", f"Variants: {', '.join(VARIANTS)}."
            )
        for kind in (self.g2_parameterisation, self.g4_parameterisation):
            if kind not in PARAMETERISATIONS:
                raise XanesviewError(f"“{kind}” is no parameterisation.", f"Known: {', '.join(PARAMETERISATIONS)}.")
        if not 0 <= self.r_min < self.r_max - 1.5:
            raise XanesviewError("r_max must lie at least 1.5 Å above r_min.", "Give other radii.")
        if self.n_g2 < 2 or self.n_g4 % (len(self.lambdas) * len(self.zetas)) or self.n_g4_radii == 1:
            raise XanesviewError(
                f"{self.n_g4} functions of G4 cannot be shared by {len(self.lambdas)} λ and {len(self.zetas)} ζ.",
                "Give a multiple of their product, at two radii or more, and two or more functions of G2.",
            )
        if self.n_g2_by_element == 1 or bool(self.elements) != bool(self.n_g2_by_element):
            raise XanesviewError(
                f"{self.n_g2_by_element} functions of G2 make no sense for {counted(len(self.elements), 'element')}.",
                "Give elements and two functions or more, or neither.",
            )

    @property
    def n_g4_radii(self) -> int:
        """Radii of G4."""
        return self.n_g4 // (len(self.lambdas) * len(self.zetas))

    @property
    def n_features(self) -> int:
        """Length of the descriptor."""
        return 1 + self.n_g2 + self.n_g4 + len(self.elements) * self.n_g2_by_element


@dataclass(frozen=True)
class Feature:
    """What one number of a descriptor sees: ``radius_angstrom`` is where its Gaussian sits (shifted) or its width
    (centred); G1 sees everything up to r_max; ``element`` is the only one that it sees, where it sees but one."""

    kind: str
    radius_angstrom: float
    lambda_: float | None = None
    zeta: float | None = None
    element: int | None = None


def features(config: WacsfConfig) -> list[Feature]:
    """Return what each number of a descriptor is, in order."""
    found = [Feature("G1", config.r_max)]
    found += [Feature("G2", float(r)) for r in _grid(config, 2)[0]]
    for r in _grid(config, 4)[0]:
        found += [Feature("G4", float(r), a, z) for a in config.lambdas for z in config.zetas]
    radii = _element_radii(config)
    return found + [Feature("G2", float(r), element=z) for z in config.elements for r in radii]


def wacsf(
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    sites: Sequence[int] | np.ndarray,
    config: WacsfConfig | None = None,
    cell_angstrom: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
) -> np.ndarray:
    """Return the descriptors of some sites.

    Parameters
    ----------
    numbers, positions_angstrom : (N,), (N, 3)
    sites : atom indices of the absorbers
    cell_angstrom, pbc : (3, 3) and (3,), or None; only the variants ``corrected`` and ``gnn_extension`` know images

    Returns
    -------
    (S, F): G1, G2 by radius, G4 by radius, then λ, then ζ, and G2 by element, then radius
    """
    config = config or WacsfConfig()
    if config.variant in ("newcastle_main", "rankine"):
        cell_angstrom = pbc = None
    numbers, sites = np.asarray(numbers), np.asarray(sites, int)
    i, j, vector = neighbour_edges(positions_angstrom, cell_angstrom, pbc, config.r_max)
    order = np.argsort(i, kind="stable")
    bounds = np.searchsorted(i[order], np.stack([sites, sites + 1]))
    weights = _weights(numbers, config)
    rows = []
    for begin, end in bounds.T:
        near = order[begin:end]
        rows.append(_descriptor(vector[near], weights[j[near]], numbers[j[near]], config))
    return np.array(rows).reshape(len(sites), config.n_features)


@dataclass(frozen=True, eq=False)
class NeighbourTerms:
    """What each neighbour brings to the descriptor of one absorber.

    ``atom`` (M,) index of each neighbour (an atom may come several times, as its images), ``distance_angstrom`` (M,),
    ``terms`` (M, F): their sum over neighbours is the descriptor. A pair's term in G4 belongs to both by halves.
    """

    atom: np.ndarray
    distance_angstrom: np.ndarray
    terms: np.ndarray


def neighbour_terms(
    numbers: np.ndarray,
    positions_angstrom: np.ndarray,
    site: int,
    config: WacsfConfig | None = None,
    cell_angstrom: np.ndarray | None = None,
    pbc: np.ndarray | None = None,
) -> NeighbourTerms:
    """Return the descriptor of one site as a sum over its neighbours; arguments as in `wacsf`."""
    config = config or WacsfConfig()
    if config.variant in ("newcastle_main", "rankine"):
        cell_angstrom = pbc = None
    numbers = np.asarray(numbers)
    i, j, vector = neighbour_edges(positions_angstrom, cell_angstrom, pbc, config.r_max)
    near = np.flatnonzero(i == site)
    one = _Factors.of(vector[near], _weights(numbers, config)[j[near]], numbers[j[near]], config)
    n, g4 = len(near), one.angular.shape[1] * one.pair_radial.shape[1]
    terms = np.zeros((n, config.n_features))
    terms[:, 0] = one.cut
    terms[:, 1 : 1 + config.n_g2] = one.radial * one.strength[:, None]
    pairs = 0.5 * (one.pair_radial[:, :, None] * one.angular[:, None, :]).reshape(-1, g4)
    behind = 1 + config.n_g2 + g4
    np.add.at(terms[:, 1 + config.n_g2 : behind], one.j, pairs)
    np.add.at(terms[:, 1 + config.n_g2 : behind], one.k, pairs)
    terms[:, behind:] = one.by_element
    return NeighbourTerms(j[near], np.linalg.norm(vector[near], axis=1), terms)


@dataclass(frozen=True, eq=False)
class _Factors:
    """What the functions of an absorber with M neighbours and P pairs of them are made of.

    ``cut``, ``strength`` (M,), ``radial`` (M, n_g2); ``j``, ``k`` (P,), ``pair_radial`` (P, radii of G4), ``angular``
    (P, λ and ζ) with weights and cutoffs; ``by_element`` (M, elements and radii) with cutoffs.
    """

    cut: np.ndarray
    strength: np.ndarray
    radial: np.ndarray
    j: np.ndarray
    k: np.ndarray
    pair_radial: np.ndarray
    angular: np.ndarray
    by_element: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, weights: np.ndarray, numbers: np.ndarray, config: WacsfConfig) -> _Factors:
        """Work them out for neighbours of some weights and atomic numbers (M,) at ``vectors`` (M, 3)."""
        r = np.linalg.norm(vectors, axis=1)
        cut = _cutoff(r, config)
        _, mu, eta = _grid(config, 2)
        radial = np.exp(-eta * (r[:, None] - mu) ** 2)
        j, k = np.triu_indices(len(r), 1)
        apart = np.linalg.norm(vectors[j] - vectors[k], axis=1)
        strength = weights[j] * weights[k] * cut[j] * cut[k] * _cutoff(apart, config, beyond=not _cuts_pairs(config))
        cosine = np.clip(np.einsum("pa,pa->p", vectors[j], vectors[k]) / (r[j] * r[k]), -1.0, 1.0)
        _, mu, eta = _grid(config, 4)
        away = sum((d[:, None] - mu) ** 2 for d in (r[j], r[k], apart))
        angular = np.stack(
            [2.0 ** (1.0 - z) * np.maximum(1.0 + a * cosine, 0.0) ** z for a in config.lambdas for z in config.zetas],
            1,
        )
        by_element = _by_element(r, cut, numbers, config)
        return cls(cut, weights * cut, radial, j, k, np.exp(-eta * away), strength[:, None] * angular, by_element)


def _weights(numbers: np.ndarray, config: WacsfConfig) -> np.ndarray:
    return numbers * (1.0 if config.variant == "rankine" else 0.1)


def _descriptor(vectors: np.ndarray, weights: np.ndarray, numbers: np.ndarray, config: WacsfConfig) -> np.ndarray:
    """Return the descriptor (F,) of an absorber with neighbours at ``vectors`` (M, 3)."""
    one = _Factors.of(vectors, weights, numbers, config)
    g2, g4 = one.radial.T @ one.strength, one.pair_radial.T @ one.angular
    return np.concatenate([[one.cut.sum()], g2, g4.ravel(), one.by_element.sum(axis=0)])


def _by_element(r: np.ndarray, cut: np.ndarray, numbers: np.ndarray, config: WacsfConfig) -> np.ndarray:
    """Return what neighbours at distances (M,) add to G2 of each element alone, (M, elements and radii)."""
    if not config.elements:
        return np.zeros((len(r), 0))
    radii = _element_radii(config)
    radial = np.exp(-0.5 * ((r[:, None] - radii) / (radii[1] - radii[0])) ** 2) * cut[:, None]
    is_it = numbers[:, None] == np.array(config.elements)
    return (is_it[:, :, None] * radial[:, None]).reshape(len(r), -1)


def _element_radii(config: WacsfConfig) -> np.ndarray:
    """Return the centres of G2 of each element alone; they lie as far apart as they are wide."""
    return np.linspace(config.r_min + 0.5, config.r_max - 0.5, config.n_g2_by_element)


def _cuts_pairs(config: WacsfConfig) -> bool:
    """Whether pairs of neighbours further apart than r_max count nothing."""
    return config.variant in ("corrected", "gnn_extension")


def _cutoff(r: np.ndarray, config: WacsfConfig, beyond: bool = False) -> np.ndarray:
    """Return (cos(πr/r_max) + 1)/2; ``beyond`` r_max it rises again, as in two of the programs."""
    value = 0.5 * (np.cos(np.pi * r / config.r_max) + 1.0)
    return value if beyond else np.where(r < config.r_max, value, 0.0)


def _grid(config: WacsfConfig, order: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return radii, centres μ and exponents η of G2 or G4."""
    kind = config.g2_parameterisation if order == 2 else config.g4_parameterisation
    used = config.n_g2 if order == 2 else config.n_g4_radii
    # The other programs build G4's grid with n_g4 points and use its first ones, so that it ends far too near.
    n = used if order == 2 or config.variant == "corrected" else config.n_g4
    if used == 0:
        return np.zeros(0), np.zeros(0), np.zeros(0)
    if kind == "shifted":
        radii = np.linspace(config.r_min + 0.5, config.r_max - 0.5, n)
        spacing = radii[1] - radii[0]
        return radii[:used], radii[:used], np.full(used, 0.5 / spacing**2)
    radii = np.linspace(config.r_min + 1.0, config.r_max - 0.5, n)[:used]
    return radii, np.zeros(used), 0.5 / radii**2
