"""Edges that no network predicts: chosen like a network, filled by a first-principles engine alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.sticks import NATIVE_WIDTHS
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import suits
from xanesview.networks.card import AS_COMPUTED, BundleInfo, Card
from xanesview.reference.engine.limits import EDGES, ELEMENTS
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engines import MOLECULES, SCATTERING, computable_elements, engine_for
from xanesview.reference.kept import GRID_EV, UNIT
from xanesview.reference.multiple_scattering.offsets import edge_offset_ev
from xanesview.reference.multiple_scattering.settings import broadening_ev, parse_edge

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction, Predictor
    from xanesview.inference.shelf import Networks
    from xanesview.reference.engines import Engine

KIND = "first-principles"
_PREFIX = "computed:"
_SCATTERING = f"{_PREFIX}{SCATTERING.name}:"
"""What a name begins with where FEFF10 computes; without it the engine for molecules does."""


def computed_name(element: str, structure: Structure | None = None) -> str:
    """What stands in the place of a network's name for the K edge of an element in a structure."""
    return f"{_SCATTERING if engine_for(structure, element) is SCATTERING else _PREFIX}{element}"


def is_computed(name: str) -> bool:
    """Whether no network predicts here."""
    return name.startswith(_PREFIX)


def engine_of(card: Card, structure: Structure | None) -> Engine:
    """The engine that computes sites beside a network, or in the place of one."""
    if is_computed(card.name):
        return SCATTERING if card.name.startswith(_SCATTERING) else MOLECULES
    return engine_for(structure, card.element)


@cache
def computed_card(name: str) -> Card:
    """The card of an edge without a network."""
    if name.startswith(_SCATTERING):
        return _scattering_card(name, name.removeprefix(_SCATTERING))
    element = name.removeprefix(_PREFIX)
    if element not in EDGES:
        raise XanesviewError(f"The engine has no {element} K-edge.", f"It computes {', '.join(EDGES)} K-edges.")
    return Card(
        name=name,
        title=f"First principles ({MOLECULES.title})",
        kind=KIND,
        gives="tensor",
        element=element,
        edge="K",
        energy_ev=GRID_EV[element],
        unit=UNIT,
        native_fwhm_ev=NATIVE_WIDTHS.fwhm_ev,
        elements=ELEMENTS,
        licence="",
        path=Path(name),
        energy_offset_ev=ENERGY_OFFSET_EV[element],
        raw={"stick_widths": NATIVE_WIDTHS.as_dict()},
    )


def _scattering_card(name: str, told: str) -> Card:
    element, shell = parse_edge(told)
    return Card(
        name=name,
        title=f"First principles ({SCATTERING.title})",
        kind=KIND,
        gives="tensor",
        element=element,
        edge=shell,
        energy_ev=SCATTERING.grid_ev(element),
        unit=SCATTERING.unit,
        native_fwhm_ev=broadening_ev(element, shell)[1],
        elements=(),
        licence="",
        path=Path(name.replace(":", "_")),
        energy_offset_ev=edge_offset_ev(element),
        data={"periodic": True},
        raw={"native_shape": AS_COMPUTED},
        axis="relative",
    )


def edges_without_network(networks: Networks, structure: Structure | None) -> list[str]:
    """Elements of the structure whose K edge can be computed and for which no network is meant for such a structure."""
    if structure is None:
        return []
    cards = [
        b.card for b in networks.bundles() if b.card is not None and not b.problem and b.card.gives != "properties"
    ]
    predicted = {card.element for card in cards if card.edge == "K" and suits(card, structure)}
    if not structure.is_periodic:  # networks for crystals read molecules, too
        predicted |= {card.element for card in cards if card.edge == "K"}
    return [element for element in computable_elements(structure) if element not in predicted]


class WithComputedEdges:
    """The networks there are, a card for each edge that can be computed without one, and cards of absent networks.

    The latter are those of networks whose predictions a session file has kept: they can be shown, and not be asked.
    """

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._absent: dict[str, Card] = {}

    def know_absent(self, cards: Mapping[str, Card]) -> None:
        """Know the cards of networks that may not be here, instead of those known before."""
        self._absent = dict(cards)

    def is_here(self, name: str) -> bool:
        """Whether a network can be asked."""
        try:
            self._networks.card(name)
        except XanesviewError:
            return False
        return True

    def bundles(self) -> list[BundleInfo]:
        """The networks there are."""
        return self._networks.bundles()

    def card(self, name: str) -> Card:
        """The card of a network or of an edge that is computed."""
        if is_computed(name):
            return computed_card(name)
        try:
            return self._networks.card(name)
        except XanesviewError:
            if name not in self._absent:
                raise
            return self._absent[name]

    def load(self, name: str) -> Predictor:
        """A predictor; there is none for an edge that is computed."""
        if is_computed(name):
            raise XanesviewError(f"There is no network for the {computed_card(name).label}-edge.", "Compute it.")
        return self._networks.load(name)

    def recall(self, structure_hash: str, name: str) -> Prediction | None:
        """What an earlier session predicted; computed sites are kept elsewhere."""
        return None if is_computed(name) else self._networks.recall(structure_hash, name)

    def keep(self, structure_hash: str, name: str, prediction: Prediction) -> None:
        """Keep a prediction for later sessions."""
        self._networks.keep(structure_hash, name, prediction)
