"""What is asked about a site's spectrum and what is answered, what stands around the site, and the networks opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import Cancelled
from xanesview.networks.card import CARD, Card

Window = tuple[float, float]

BIN_ANGSTROM = 0.25
REACH_ANGSTROM = 6.0


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be explained.

    Attributes
    ----------
    structure : Structure
    site : atom index of the absorber
    bundle : folder of the network
    windows_ev : W pairs (low, high), on the axis of the network
    method : one of `xanesview.inference.explanation.METHODS`
    cancelled : asked between steps
    """

    structure: Structure
    site: int
    bundle: Path
    windows_ev: tuple[Window, ...]
    method: str
    cancelled: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise Cancelled where nobody waits for the answer any more."""
        if self.cancelled():
            raise Cancelled()


@dataclass(frozen=True, eq=False)
class Explanation:
    """Importance of surroundings in W windows of energies; all numbers are zero or more.

    Attributes
    ----------
    method : str
        One of `xanesview.inference.explanation.METHODS`.
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
        self, asked: Question, by_radius: np.ndarray, by_atom: np.ndarray, missing: np.ndarray | None = None
    ) -> Explanation:
        """Return the whole answer from importance by radius (W, B), by atom (W, N), and where no atom stands (W,)."""
        by_atom = by_atom.copy()
        by_atom[:, self.site] = 0.0  # its own images may matter; the absorber's colour is not theirs
        counts = np.bincount(self.place(self.distance), minlength=len(self.edges) - 1)
        return Explanation(
            asked.method, self.site, asked.windows_ev, self.edges, counts, by_radius, by_atom, self.nearest(),
            np.zeros(len(asked.windows_ev)) if missing is None else missing,
        )  # fmt: skip
