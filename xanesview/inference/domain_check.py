"""Is a site's surrounding like those a network was trained on, and how sure is the network of it?

A site is outside where its surroundings are too far from every training environment, or its elements, its bonds or
what it is bonded to are hardly known; it is uncertain where the error to be expected, by the disagreement of an
ensemble or by the distance to what was learnt, is among the largest. Thresholds come from validation data and are
kept in the bundle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from ase.data import chemical_symbols, covalent_radii

from xanesview.errors import XanesviewError
from xanesview.inference.site_grade import SiteGrade
from xanesview.networks.neighbours import neighbour_edges

REACH_ANGSTROM = 5.5
CENTRES_ANGSTROM = np.array([0.8, 1.05, 1.2, 1.35, 1.5, 1.75, 2.1, 2.5, 2.9, 3.4, 4.0, 4.7])
WIDTHS_ANGSTROM = np.array([0.12, 0.1, 0.1, 0.1, 0.12, 0.18, 0.25, 0.28, 0.32, 0.4, 0.5, 0.6])
MIN_MOLECULES = 5
"""Training molecules that must have an element near a site, and an atom bonded to the same elements."""
WARNINGS = ("none", "uncertain", "outside")
BOND_FACTOR = 1.25
CONTACT_FACTOR = 0.6
NEAR_ANGSTROM = 3.5


@dataclass(frozen=True)
class SiteVerdict:
    """Whether a site lies inside the training domain, whether the network is sure of it there, and why not.

    ``expected`` is the mean square error to be expected in units of the usual one, None where nothing is known;
    ``measures`` is what it follows from.
    """

    atom: int
    inside: bool
    reasons: tuple[str, ...] = ()
    uncertain: bool = False
    expected: float | None = None
    measures: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def warning(self) -> str:
        """One of WARNINGS."""
        if not self.inside:
            return "outside"
        return "uncertain" if self.uncertain else "none"


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Neighbours of some sites: edges (P,) from site index to atom, distances (P,) in Å, and bonds near each site."""

    site: np.ndarray
    atom: np.ndarray
    distance: np.ndarray


def surroundings(structure, sites: Sequence[int], edges=None) -> Surroundings:
    """Return the neighbours within 5.5 Å of the sites (periodic images included)."""
    i, j, d = site_edges(structure) if edges is None else edges
    index = np.full(structure.n_atoms, -1)
    index[np.asarray(sites, int)] = np.arange(len(sites))
    r = np.linalg.norm(d, axis=1)
    kept = (index[i] >= 0) & (r < REACH_ANGSTROM)
    return Surroundings(index[i[kept]], j[kept], r[kept])


def environments(numbers: np.ndarray, around: Surroundings, n_sites: int, elements: Sequence[int]) -> np.ndarray:
    """Return radial densities of each element around each site.

    A neighbour in the middle of a Gaussian counts 1, less further out; elements not in the list share the last block.

    Returns
    -------
    (S, (len(elements) + 1) × 12) float32
    """
    block = np.full(120, len(elements))
    block[list(elements)] = np.arange(len(elements))
    r = around.distance[:, None]
    weight = np.exp(-0.5 * ((r - CENTRES_ANGSTROM) / WIDTHS_ANGSTROM) ** 2) * (1.5 / np.maximum(r, 1.5))
    weight *= 0.5 * (1.0 + np.cos(np.pi * np.minimum(r / REACH_ANGSTROM, 1.0)))
    out = np.zeros((n_sites, len(elements) + 1, len(CENTRES_ANGSTROM)), np.float32)
    np.add.at(out, (around.site, block[numbers[around.atom]]), weight)
    return out.reshape(n_sites, -1)


def site_edges(structure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the edges of a structure up to REACH_ANGSTROM: atoms i, j (P,) and vectors (P, 3) in Å."""
    return neighbour_edges(structure.positions_angstrom, structure.cell_angstrom, structure.pbc, REACH_ANGSTROM)


def environment_distances(
    structure, sites: Sequence[int], edges, domain: Mapping, known: np.ndarray, squares: np.ndarray | None = None
) -> np.ndarray:
    """Return the distance (S,) of each site's surroundings to the nearest training environment of (T, F).

    Parameters
    ----------
    squares : `squared_lengths` of the training environments, where they are kept
    """
    described = [int(z) for z in domain["descriptor_elements"]]
    around = surroundings(structure, sites, edges)
    descriptors = environments(structure.numbers, around, len(sites), described)
    return nearest_distances(descriptors, known, squares=squares)


def squared_lengths(known: np.ndarray) -> np.ndarray:
    """Return the squared lengths (T,) of descriptors (T, F)."""
    return np.einsum("tf,tf->t", known, known)


def nearest_distances(
    descriptors: np.ndarray,
    known: np.ndarray,
    leave_out: np.ndarray | None = None,
    squares: np.ndarray | None = None,
) -> np.ndarray:
    """Return the Euclidean distance (S,) of each descriptor (S, F) to the nearest known one (T, F)."""
    known = np.asarray(known, np.float32)
    square = squared_lengths(known) if squares is None else squares
    out = np.empty(len(descriptors), np.float32)
    for start in range(0, len(descriptors), 256):
        block = descriptors[start : start + 256]
        distance = (-2.0 * block) @ known.T
        distance += square
        distance += (block**2).sum(1)[:, None]
        if leave_out is not None:
            distance[leave_out[start : start + 256, None] == leave_out[None, :]] = np.inf
        out[start : start + 256] = np.sqrt(np.maximum(distance.min(1), 0.0))
    return out


def ensemble_spread(members: np.ndarray, scale: float) -> np.ndarray:
    """Return the root mean square disagreement (S,) of members (M, S, 6, E), in units of the mean intensity."""
    if len(members) < 2:
        return np.zeros(members.shape[1], np.float32)
    weights = np.array([1, 1, 1, 2, 2, 2], np.float32)[:, None]
    return np.sqrt((members.var(axis=0, ddof=1) * weights).sum(1).mean(-1) / 3.0) / scale


def bond_pairs(numbers: np.ndarray, i: np.ndarray, j: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Return which pairs (P,) bool are bonded, by covalent radii."""
    return r < BOND_FACTOR * (covalent_radii[numbers[i]] + covalent_radii[numbers[j]])


def bond_imbalance(
    numbers: np.ndarray, i: np.ndarray, d: np.ndarray, bonded: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of bonds of each atom (N,) and the length (N,) of the sum of unit vectors along them.

    Bonds point in balanced directions (the sum is near zero, up to about 0.8 in small rings); where an atom is
    missing, a
    hydrogen left out by a crystallographer say, the sum is near one.
    """
    n = len(numbers)
    unit = d[bonded] / np.linalg.norm(d[bonded], axis=1, keepdims=True)
    total = np.zeros((n, 3))
    np.add.at(total, i[bonded], unit)
    return np.bincount(i[bonded], minlength=n), np.linalg.norm(total, axis=1)


def bonded_elements(numbers: np.ndarray, i: np.ndarray, j: np.ndarray, atoms: Sequence[int]) -> dict[int, str]:
    """Return the set of elements that atoms are bonded to, such as ``C: H H H C``, lightest first.

    Parameters
    ----------
    numbers : (N,) atomic numbers
    i, j : (P,) bonded pairs, each in both directions
    atoms : for which
    """
    order = np.lexsort((numbers[j], i))
    first, z = i[order], numbers[j[order]].tolist()
    begin, end = (np.searchsorted(first, atoms, side).tolist() for side in ("left", "right"))
    return {
        int(atom): f"{chemical_symbols[numbers[atom]]}: {' '.join(chemical_symbols[one] for one in z[b:e])}"
        for atom, b, e in zip(atoms, begin, end, strict=True)
    }


def bond_name(z1: int, z2: int) -> str:
    """Return a name such as ``C–N``, heavier element last."""
    a, b = sorted((int(z1), int(z2)))
    return f"{chemical_symbols[a]}–{chemical_symbols[b]}"


def check_domain(name: str, domain: Mapping, known: np.ndarray) -> None:
    """Check that what a card says of its domain, and the training environments (T, F) in its weights, fit each other.

    Raises
    ------
    XanesviewError
        for a card that says nothing, another number of features, or values that are not numbers.
    """
    if "descriptor_elements" not in domain:
        raise XanesviewError(
            f"The card of {name} says nothing of the training environments that its weights hold.",
            "Fetch the bundle again.",
        )
    n_features = (len(domain["descriptor_elements"]) + 1) * len(CENTRES_ANGSTROM)
    if known.ndim != 2 or not len(known) or known.shape[1] != n_features:
        raise XanesviewError(
            f"Card and weights of {name} do not belong together: “domain.environments” has the shape {known.shape}, "
            f"the card says (any, {n_features}).",
            "Fetch the bundle again.",
        )
    if not np.isfinite(known).all():
        raise XanesviewError(
            f"The weights of {name} are damaged: “domain.environments” holds values that are not numbers.",
            "Fetch the bundle again.",
        )


def check_sites(
    structure, sites: Sequence[int], measures: Mapping[str, np.ndarray], domain: Mapping, edges=None
) -> tuple[SiteVerdict, ...]:
    """Judge each site.

    Parameters
    ----------
    structure : Structure
    sites : atom indices (S,)
    measures : (S,) each; ``distance`` to the nearest training environment, ``spread`` from `ensemble_spread`,
        ``features`` from `FeatureDistance`
    domain : the card's ``domain``: ``elements`` {symbol: training molecules}, ``bonds`` {name: training molecules},
        ``bonded_elements`` {set: training molecules}, ``distance_threshold``, ``grade`` as `SiteGrade` keeps it;
        older cards have a ``spread_threshold`` instead of a grade
    edges : of the structure up to REACH_ANGSTROM, where they are known already
    """
    numbers = structure.numbers
    i, j, d = site_edges(structure) if edges is None else edges
    r = np.linalg.norm(d, axis=1)
    around = surroundings(structure, sites, (i, j, d))
    distance = measures["distance"]
    radii = covalent_radii[numbers[i]] + covalent_radii[numbers[j]]
    too_close, bonded = r < CONTACT_FACTOR * radii, bond_pairs(numbers, i, j, r)
    close_atoms = _per_atom(structure.n_atoms, i[too_close])
    strange = np.array(
        [
            domain["bonds"].get(bond_name(a, b), 0) == 0
            for a, b in zip(numbers[i[bonded]], numbers[j[bonded]], strict=True)
        ],
        bool,
    )
    strange_bond = {
        int(a): bond_name(numbers[a], numbers[b]) for a, b in zip(i[bonded][strange], j[bonded][strange], strict=True)
    }
    n_bonds, imbalance = bond_imbalance(numbers, i, d, bonded)
    rare = _rare_sets(numbers, i[bonded], j[bonded], sites, domain)
    uncertain, expected = _graded(measures, domain)
    verdicts = []
    order = np.argsort(around.site, kind="stable")
    begin = np.searchsorted(around.site[order], np.arange(len(sites) + 1))
    for s, atom in enumerate(sites):
        mine = order[begin[s] : begin[s + 1]]
        near = np.unique(np.append(around.atom[mine][around.distance[mine] < NEAR_ANGSTROM], atom))
        reasons = _element_reasons(numbers[np.unique(np.append(around.atom[mine], atom))], domain)
        if close_atoms[near].any():
            reasons.append("atoms too close together")
        if not n_bonds[atom]:
            reasons.append("no bonded neighbour")
        elif "imbalance" in domain:
            is_rare = int(atom) in rare
            reasons += _bond_reasons(int(n_bonds[atom]), float(imbalance[atom]), domain["imbalance"], is_rare)
        reasons += sorted(
            {f"{strange_bond[a]} bond, not in the training data" for a in near.tolist() if a in strange_bond}
        )
        reasons += rare.get(int(atom), [])
        if distance[s] > domain["distance_threshold"]:
            beyond = _beyond(float(distance[s]), domain["distance_threshold"])
            reasons.append(f"surroundings unlike the training data{beyond}")
        inside = not reasons
        if inside and uncertain[s]:
            reasons = [uncertain[s]]
        verdicts.append(
            SiteVerdict(
                int(atom), inside, tuple(reasons), inside and bool(uncertain[s]),
                None if expected is None else float(expected[s]), {k: float(v[s]) for k, v in measures.items()},
            )
        )  # fmt: skip
    return tuple(verdicts)


def _graded(measures: Mapping[str, np.ndarray], domain: Mapping) -> tuple[list[str], np.ndarray | None]:
    """Return why each site is uncertain, empty where it isn't, and the expected errors (S,) in units of the usual."""
    if "grade" in domain:
        grade = SiteGrade.from_dict(domain["grade"])
        ratios = grade.ratios(measures)
        return [grade.reason(measures, s) if ratio > grade.limit else "" for s, ratio in enumerate(ratios)], ratios
    limit = domain.get("spread_threshold", np.inf)
    spread = measures.get("spread", np.zeros(len(measures["distance"])))
    return [f"the networks disagree{_beyond(float(one), limit)}" if one > limit else "" for one in spread], None


def _rare_sets(
    numbers: np.ndarray, i: np.ndarray, j: np.ndarray, sites: Sequence[int], domain: Mapping
) -> dict[int, list[str]]:
    """Return for sites with a set of bonded elements that few training molecules have why they are strange.

    An atom with one bond is known by its neighbour: its own set tells O of CO from no carbonyl, its neighbour's does.
    """
    if "bonded_elements" not in domain:
        return {}
    n_bonds = np.bincount(i, minlength=len(numbers))
    only = {int(a): int(b) for a, b in zip(i, j, strict=True) if n_bonds[a] == 1}
    wanted = np.unique([*map(int, sites), *only.values()])
    sets = bonded_elements(numbers, i, j, wanted)
    found: dict[int, list[str]] = {}
    for site in map(int, sites):
        if not n_bonds[site]:
            continue
        for atom, whose in ((site, ""), (only.get(site), "its neighbour, ")):
            seen = domain["bonded_elements"].get(sets[atom], 0) if atom is not None else MIN_MOLECULES
            if seen < MIN_MOLECULES:
                found.setdefault(site, []).append(f"{whose}{_set_words(sets[atom])}: {_in_molecules(seen)}")
                break
    return found


def _set_words(name: str) -> str:
    """Return ``C: H H F`` as “C bonded to 2 H and F”."""
    centre, _, bonded = name.partition(": ")
    parts = [symbol if n == 1 else f"{n} {symbol}" for symbol, n in Counter(bonded.split()).items()]
    return f"{centre} bonded to {' and '.join([', '.join(parts[:-1]), parts[-1]] if parts[1:] else parts)}"


def _in_molecules(seen: int) -> str:
    if not seen:
        return "not in the training data"
    return f"in {seen} training molecule{'s' if seen > 1 else ''}"


def _beyond(value: float, limit: float) -> str:
    """Say by how much a limit is exceeded; nothing where it is zero but for rounding."""
    return f" ({value / limit:.1f} × the usual limit)" if limit > 1e-9 else ""


def _per_atom(n: int, atoms: np.ndarray) -> np.ndarray:
    flag = np.zeros(n, bool)
    flag[atoms] = True
    return flag


def _bond_reasons(n_bonds: int, imbalance: float, limits: Mapping[str, float], is_rare: bool) -> list[str]:
    """Judge a site's own bonds.

    Parameters
    ----------
    limits : by number of bonds, where ten training sites or more have so many
    is_rare : its set of bonded elements is told as rare already, which says more than their number
    """
    if str(n_bonds) not in limits:
        one = f"{n_bonds} bonded neighbour{'s' if n_bonds > 1 else ''}, as hardly any training site has"
        return [] if is_rare else [one]
    return ["an atom seems to be missing next to it"] if imbalance > limits[str(n_bonds)] else []


def _element_reasons(numbers: np.ndarray, domain: Mapping) -> list[str]:
    reasons = []
    for z in sorted({int(z) for z in numbers}):
        symbol = chemical_symbols[z]
        seen = int(domain["elements"].get(symbol, 0))
        if seen < MIN_MOLECULES:
            reasons.append(f"{symbol}: {_in_molecules(seen)}")
    return reasons
