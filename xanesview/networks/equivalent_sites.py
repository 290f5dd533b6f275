"""Sites that see the same surroundings in the same orientation: a network on graphs says the same of them."""

from __future__ import annotations

import numpy as np

Edges = tuple[np.ndarray, np.ndarray, np.ndarray]

#: Edges are the same where their ends lie this near, Å. No round number: coordinates are, and would lie on its limits.
TOLERANCE_ANGSTROM = 1.0327e-3
_EDGES_A_BLOCK = 1_000_000
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64)


def equivalent_sites(
    numbers: np.ndarray,
    edges: Edges,
    sites: np.ndarray,
    layers: int,
    cutoff_angstrom: float,
    site_cutoff_angstrom: float,
    tolerance_angstrom: float = TOLERANCE_ANGSTROM,
) -> tuple[np.ndarray, np.ndarray]:
    """Return which sites stand for all, and for each site the one that stands for it.

    Two sites are equivalent where a network that passes messages along the edges can't tell them apart: their element
    is the same and, layer by layer, so are the elements at the far ends of their edges and the edges themselves, in
    direction and length (colour refinement). Molecules of a crystal or a film that repeat without a turn are; where
    positions are off by more than the tolerance, or an edge is about as long as a cutoff, sites stay apart.

    Parameters
    ----------
    numbers : (N,) atomic numbers
    edges : receiver (P,), sender (P,), vector (P, 3) in Å, at least as far as the longer cutoff
    sites : (S,) atom indices
    layers : how often atoms hear of their neighbours within the shorter cutoff
    cutoff_angstrom, site_cutoff_angstrom : of these, and of the edges that a site hears along in the end

    Returns
    -------
    first (U,), places in `sites`; of_first (S,), places in `first`
    """
    receiver, sender, vector = edges
    length = np.linalg.norm(vector, axis=1)
    step = edge_words(vector, tolerance_angstrom)
    inner = length < cutoff_angstrom
    is_site = np.zeros(len(numbers), bool)
    is_site[sites] = True
    outer = (length < site_cutoff_angstrom) & is_site[receiver]
    colour = np.unique(numbers, return_inverse=True)[1]
    near = receiver[inner], sender[inner], step[inner]
    for _ in range(layers):
        colour = refined(colour, *near)
    colour = refined(colour, receiver[outer], sender[outer], step[outer])
    _, first, of_first = np.unique(colour[sites], return_index=True, return_inverse=True)
    return first, of_first


def edge_words(vector: np.ndarray, tolerance_angstrom: float = TOLERANCE_ANGSTROM) -> np.ndarray:
    """Return a 64-bit word (P,) of each edge's direction and length."""
    return _mixed(np.rint(vector / tolerance_angstrom).astype(np.int64))


def refined(colour: np.ndarray, receiver: np.ndarray, sender: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return colours (N,) that tell apart what differs in the set of edges and of colours at their far ends."""
    sums = np.zeros((2, len(colour)), np.uint64)
    for begin in range(0, len(step), _EDGES_A_BLOCK):
        some = slice(begin, begin + _EDGES_A_BLOCK)
        seen = _mixed(np.stack([step[some].view(np.int64), colour[sender[some]]], axis=1))
        # Sums of two independent words of each edge: a set has no order, and two that differ agree once in 2^128.
        for total, word in zip(sums, (seen, _scrambled(seen)), strict=True):
            total += _summed(receiver[some], word, len(colour))
    told = np.stack([colour.astype(np.uint64), *sums], axis=1)
    return np.unique(told, axis=0, return_inverse=True)[1].reshape(-1)


def _summed(receiver: np.ndarray, words: np.ndarray, n: int) -> np.ndarray:
    """Return sums of 64-bit words by receiver, modulo 2^64; in halves, which doubles add without a loss."""
    low = np.bincount(receiver, (words & np.uint64(0xFFFFFFFF)).astype(float), n).astype(np.uint64)
    high = np.bincount(receiver, (words >> np.uint64(32)).astype(float), n).astype(np.uint64)
    return low + (high << np.uint64(32))


def _mixed(values: np.ndarray) -> np.ndarray:
    """Return one 64-bit word for each row of whole numbers (P, K)."""
    words = np.zeros(len(values), np.uint64)
    for k in range(values.shape[1]):
        words = _scrambled(words ^ (values[:, k].view(np.uint64) * _MIX[k % len(_MIX)] + _MIX[(k + 1) % len(_MIX)]))
    return words


def _scrambled(words: np.ndarray) -> np.ndarray:
    """Return words of which every bit depends on every bit of the old ones (the finaliser of splitmix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
