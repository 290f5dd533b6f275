"""Which networks the window offers; the one place through which it reaches cards and predictors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from xanesview.errors import XanesviewError
from xanesview.networks.card import DEFAULT_NETWORK, GIVES, BundleInfo, Card, find_bundle, list_bundles
from xanesview.networks.kinds import find_kind

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction, Predictor


class Networks(Protocol):
    """What the window needs to know of networks. `load` is called in the worker thread only."""

    def bundles(self) -> list[BundleInfo]:
        """All networks, broken ones with their problem."""

    def card(self, name: str) -> Card:
        """The card of a network (XanesviewError where it can't be read)."""

    def load(self, name: str) -> Predictor:
        """A predictor, ready to use; slow the first time."""

    def recall(self, structure_hash: str, name: str) -> Prediction | None:
        """What an earlier session predicted for a structure, or None."""

    def keep(self, structure_hash: str, name: str, prediction: Prediction) -> None:
        """Keep a prediction for later sessions."""


class InstalledNetworks:
    """The networks that come with the program and those in the user's own folder."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}

    def bundles(self) -> list[BundleInfo]:
        """All networks, broken ones with their problem."""
        return list_bundles()

    def card(self, name: str) -> Card:
        """The card of a network, read once."""
        if name not in self._cards:
            path = find_bundle(name)
            self._cards[name] = Card.from_json(path / "card.json" if path.is_dir() else path)
        return self._cards[name]

    def load(self, name: str) -> Predictor:
        """Load the network. Imports torch, so only the worker thread calls this."""
        from xanesview.inference.predictor import load_predictor

        return load_predictor(name)

    def recall(self, structure_hash: str, name: str) -> Prediction | None:
        """What an earlier session predicted for a structure, or None."""
        from xanesview.inference.kept import read_kept

        return read_kept(structure_hash, name)

    def keep(self, structure_hash: str, name: str, prediction: Prediction) -> None:
        """Keep a prediction for later sessions."""
        from xanesview.inference.kept import keep

        keep(structure_hash, name, prediction)


def short_name(card: Card) -> str:
    """A network's name where there is little room: its kind's, as the literature calls it."""
    kind = find_kind(card.kind)
    return card.title if kind is None else kind.title


def short_names(networks: Networks, names: Sequence[str]) -> dict[str, str]:
    """Short names of several networks, told apart by the names of their bundles where two are of one kind."""
    shorts = {}
    for name in dict.fromkeys(names):
        try:
            shorts[name] = short_name(networks.card(name))
        except XanesviewError:
            shorts[name] = Path(name).name
    twice = {short for short, count in Counter(shorts.values()).items() if count > 1}
    return {name: f"{short} ({Path(name).name})" if short in twice else short for name, short in shorts.items()}


def default_network(networks: Networks) -> str:
    """Name of the network a new window begins with.

    The program's own C K-edge network where it is installed, else the first one that can be read.
    """
    try:
        usable = [bundle.name for bundle in networks.bundles() if bundle.problem is None]
    except XanesviewError:
        usable = []
    return DEFAULT_NETWORK if DEFAULT_NETWORK in usable or not usable else usable[0]


def suits(card: Card, structure: Structure | None) -> bool:
    """Whether a network was trained on structures of this sort: crystals and slabs, or molecules."""
    return structure is None or card.is_of_crystals == structure.is_periodic


def unseen(card: Card, structure: Structure | None) -> list[str]:
    """Return the elements of a structure for which a network refuses it, since it has never seen them."""
    kind = find_kind(card.kind)
    if structure is None or (kind is not None and kind.takes_any_element):
        return []
    return sorted(set(structure.symbols) - set(card.elements))


def _preference(bundle: BundleInfo, structure: Structure | None) -> tuple[bool, bool, int]:
    """What comes first among networks that fit."""
    card = bundle.card
    return not suits(card, structure), bundle.name != DEFAULT_NETWORK, GIVES.index(card.gives)


def fitting_network(networks: Networks, structure: Structure, current: str, picked: Sequence[int] = ()) -> str:
    """Name of the network to show a structure with: the current one where it predicts the picked sites.

    Else one that was trained on such structures: the program's default where that fits, else the first that gives
    tensors, then directions, then averages; the current one where none fits, so that the message says what is missing.
    Without picked sites every element of the structure will do.
    """
    present = {structure.symbols[i] for i in picked if 0 <= i < structure.n_atoms} or set(structure.symbols)
    try:
        if networks.card(current).element in present:
            return current
    except XanesviewError:
        pass  # a broken network fits nothing
    usable = [b for b in networks.bundles() if b.card is not None and not b.problem and b.card.gives != "properties"]
    fitting = [b for b in usable if b.card.element in present]
    fitting.sort(key=lambda b: _preference(b, structure))
    return fitting[0].name if fitting else current


def best_of_edge(networks: Networks, element: str, edge: str, structure: Structure | None) -> str:
    """Name of the network for an edge; empty without any.

    One that takes all elements of the structure, trained on such structures, the one that gives most.
    """
    usable = [b for b in networks.bundles() if b.card is not None and not b.problem and b.card.gives != "properties"]
    usable = [b for b in usable if (b.card.element, b.card.edge) == (element, edge)]
    best = min(usable, key=lambda b: (bool(unseen(b.card, structure)), *_preference(b, structure)), default=None)
    return "" if best is None else best.name
