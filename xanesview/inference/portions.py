"""Large structures a portion at a time: sites that see the same once, and what no portion sees is not in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from concurrent.futures import Future

    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction, Predictor
    from xanesview.networks.absorption_tensor.network import AbsorptionTensorConfig

#: As many as the members of an ensemble are kept of: sites of a large structure are judged by their spread, too.
SITES_A_PORTION = 1500
_ATOMS_A_BOX = 6000


@dataclass(frozen=True, eq=False)
class Portions:
    """How the sites (S,) of a structure are predicted: places in `sites` of those that stand for all, in portions that
    lie together, and for each site the place among all portions, end to end, of the one that stands for it."""

    first: tuple[np.ndarray, ...]
    of_first: np.ndarray

    @property
    def count(self) -> int:
        """How many sites are predicted."""
        return sum(map(len, self.first))


def portions_of(structure: Structure, sites: np.ndarray, config: AbsorptionTensorConfig) -> Portions:
    """Return the portions of the sites (S,) of a molecule, cluster or film that does not repeat itself by a cell."""
    from xanesview.networks.equivalent_sites import refined

    positions = structure.positions_angstrom
    inner, outer = config.cutoff_angstrom, config.absorber_cutoff_angstrom
    is_site = np.zeros(structure.n_atoms, bool)
    is_site[sites] = True
    near, far = _words(positions, is_site, inner, outer)
    colour = np.unique(structure.numbers, return_inverse=True)[1]
    for _ in range(config.layers):
        colour = refined(colour, *near)
    colour = refined(colour, *far)
    _, first, of_first = np.unique(colour[sites], return_index=True, return_inverse=True)
    boxes = list(_boxes(positions[sites[first]], SITES_A_PORTION))
    place = np.empty(len(first), int)
    place[np.concatenate(boxes)] = np.arange(len(first))
    return Portions(tuple(first[box] for box in boxes), place[of_first])


def _words(positions: np.ndarray, is_site: np.ndarray, inner: float, outer: float) -> tuple[tuple, tuple]:
    """Return receivers, senders and words of the edges of all atoms, and of the longer ones of sites, box by box."""
    from xanesview.networks.equivalent_sites import edge_words
    from xanesview.networks.neighbours import neighbour_edges

    near, far = [], []
    reach = max(inner, outer)
    for box in _boxes(positions, _ATOMS_A_BOX):
        low, high = positions[box].min(0) - reach, positions[box].max(0) + reach
        around = np.flatnonzero(((positions >= low) & (positions <= high)).all(1))
        receiver, sender, vector = neighbour_edges(positions[around], None, None, reach)
        own = np.zeros(len(positions), bool)
        own[box] = True
        mine = own[around][receiver]
        receiver, sender, vector = around[receiver[mine]], around[sender[mine]], vector[mine]
        length, word = np.linalg.norm(vector, axis=1), edge_words(vector)
        for found, chosen in ((near, length < inner), (far, (length < outer) & is_site[receiver])):
            found.append((receiver[chosen].astype(np.int32), sender[chosen].astype(np.int32), word[chosen]))
    return tuple(tuple(map(np.concatenate, zip(*found, strict=True))) for found in (near, far))


def _boxes(positions: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """Yield places in groups of at most so many that lie together: halves of the longest side, again and again."""
    waiting = [np.arange(len(positions))]
    while waiting:
        group = waiting.pop()
        if len(group) <= most:
            yield group
            continue
        longest = int(np.argmax(np.ptp(positions[group], axis=0)))
        order = group[np.argsort(positions[group, longest], kind="stable")]
        waiting += [order[len(order) // 2 :], order[: len(order) // 2]]


def predicted_portions(
    predictor: Predictor, structure: Structure, sites: np.ndarray, portions: Sequence[np.ndarray], workers: int
) -> Iterator[tuple[int, Prediction]]:
    """Yield the number of each portion and what is predicted of it, as they are ready.

    So many are worked at side by side; where the caller is given up, so are they.
    """
    from concurrent.futures import ThreadPoolExecutor, as_completed

    stop = Event()

    def predicted(number: int) -> tuple[int, Prediction]:
        return number, predictor.predict(structure, sites[portions[number]], cancelled=stop.is_set)

    pool = ThreadPoolExecutor(workers)
    waiting: set[Future] = set()
    numbers = iter([number for number, portion in enumerate(portions) if len(portion)])
    try:
        for number in numbers:
            waiting.add(pool.submit(predicted, number))
            if len(waiting) <= workers:
                continue
            done = next(as_completed(waiting))
            waiting.remove(done)
            yield done.result()
        for done in as_completed(waiting):
            yield done.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
