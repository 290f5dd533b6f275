"""Pairs of atoms within a cutoff, across periodic images: few outright, many by a k-d tree.

Not vesin, which the networks use: importing it imports torch where torch is installed, two seconds that the window
can't spare before its first picture.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from xanesview.errors import XanesviewError

MOST_IMAGES = 50_000
"""Each is moved and looked through; a reduced cell has some hundreds within the reach of a bond."""
_FEW_PAIRS = 100_000
"""Up to so many distances are computed outright: that takes milliseconds, importing the tree 0.3 s."""


def pairs_within(
    positions_angstrom: np.ndarray, cell_angstrom: np.ndarray, pbc: np.ndarray, cutoff_angstrom: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return all pairs within a cutoff, each from both its sides.

    Parameters
    ----------
    positions_angstrom : (N, 3) float
    cell_angstrom : (3, 3) float
        Not singular; vectors that don't repeat may be any.
    pbc : (3,) bool
    cutoff_angstrom : float

    Returns
    -------
    i, j : (P,) int
    shift : (P, 3) int
        The pair goes from atom i to the image of atom j moved by `shift @ cell_angstrom`.
    distance_angstrom : (P,) float
        An atom is no neighbour of itself, but of its own images.

    Raises
    ------
    XanesviewError
        For a cell so flat or skewed that more than `MOST_IMAGES` of it lie within the cutoff.
    """
    inverse = np.linalg.inv(cell_angstrom)
    pbc = np.asarray(pbc, bool)
    wrap = np.where(pbc, np.floor(positions_angstrom @ inverse), 0.0).astype(np.int64)
    inside = positions_angstrom - wrap @ cell_angstrom
    fractional = inside @ inverse
    # A plane of the cell that is `cutoff` away is this far in fractional coordinates.
    reach = np.where(pbc, cutoff_angstrom * np.linalg.norm(inverse, axis=0), 0.0) + 1e-9
    images = np.ceil(np.where(pbc, reach, 0.0))
    if np.prod(2.0 * images + 1.0) > MOST_IMAGES:
        raise XanesviewError(
            "The unit cell is so flat or skewed that no atom's neighbours can be searched.",
            "Write the reduced cell with a crystal program.",
        )
    ghosts, owners, shifts = [], [], []
    for image in product(*(range(-n, n + 1) for n in images.astype(int))):
        moved = fractional + image
        near = ((moved >= -reach) & (moved <= 1.0 + reach) | ~pbc).all(axis=1)
        owners.append(np.flatnonzero(near))
        ghosts.append(inside[near] + np.asarray(image, float) @ cell_angstrom)
        shifts.append(np.broadcast_to(np.asarray(image, np.int64), (int(near.sum()), 3)))
    owner, shift = np.concatenate(owners), np.concatenate(shifts)
    i, ghost, distance = _near(inside, np.concatenate(ghosts), cutoff_angstrom)
    j = owner[ghost]
    total = shift[ghost] - wrap[j] + wrap[i]
    itself = (i == j) & (total == 0).all(axis=1)
    return i[~itself], j[~itself], total[~itself], distance[~itself]


def distances_to_nearest(points: np.ndarray, others: np.ndarray, most: int) -> np.ndarray:
    """Return the distances of points (N, 3) to the nearest of others (M, 3), ascending, `most` or M of them."""
    count = min(most, len(others))
    if len(points) * len(others) <= _FEW_PAIRS:
        return np.sort(np.linalg.norm(points[:, None] - others[None], axis=2), axis=1)[:, :count]
    from scipy.spatial import cKDTree

    return cKDTree(others).query(points, k=np.arange(1, count + 1))[0]


def _near(first: np.ndarray, second: np.ndarray, cutoff: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return indices into two sets of points (N, 3), (M, 3) of all pairs within a cutoff, and their distances."""
    if len(first) * len(second) <= _FEW_PAIRS:
        distances = np.linalg.norm(first[:, None] - second[None], axis=2)
        i, j = np.nonzero(distances <= cutoff)
        return i, j, distances[i, j]
    from scipy.spatial import cKDTree

    found = cKDTree(first).sparse_distance_matrix(cKDTree(second), cutoff, output_type="ndarray")
    return found["i"].astype(np.int64), found["j"].astype(np.int64), found["v"]
