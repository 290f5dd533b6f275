"""Edges that no network predicts: chosen like a network, filled by a first-principles engine alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.domain.sticks import NATIVE_WIDTHS
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError
from xanesview.inference.shelf import suits
from xanesview.networks.card import AS_COMPUTED, BundleInfo, Card
from xanesview.reference.engine.limits import EDGES, ELEMENTS
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engines import MOLECULES, SCATTERING, computable_edges, engine_for, scattering
from xanesview.reference.kept import GRID_EV, UNIT
from xanesview.reference.multiple_scattering.offsets import edge_offset_ev
from xanesview.reference.multiple_scattering.settings import PRESETS, SHELLS, STANDARD, broadening_ev, parse_edge

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction, Predictor
    from xanesview.inference.shelf import Networks
    from xanesview.reference.engines import Engine, Scattering

KIND = "first-principles"
_HEAVIEST_AT_K = SYMBOLS.index("Ba")
_METALS_3D = range(SYMBOLS.index("Sc"), SYMBOLS.index("Zn") + 1)
_PREFIX = "computed:"
_SCATTERING = f"{_PREFIX}{SCATTERING.name}:"
"""What a name begins with where FEFF10 computes; without it the engine for molecules does."""


def computed_name(
    element: str, structure: Structure | None = None, shell: str = "K", preset: str = STANDARD.name
) -> str:
    """What stands in the place of a network's name for an edge of a structure: engine, edge and, if not usual, preset.

    The preset counts where the engine has any.
    """
    if engine_for(structure, element, shell) is MOLECULES:
        return f"{_PREFIX}{element}"
    edge = element if shell == "K" else f"{element}-{shell}"
    return f"{_SCATTERING}{edge}" + ("" if preset == STANDARD.name else f":{preset}")


def with_presets(card: Card, structure: Structure | None) -> dict[str, Scattering]:
    """Return the computed edge of each preset by its name, quickest first; none where no engine has presets."""
    engine = engine_of(card, structure)
    if not engine.preset or card.edge not in SHELLS:
        return {}
    return {computed_name(card.element, structure, card.edge, one): scattering(one, card.edge) for one in PRESETS}


def preset_of(card: Card | None) -> str:
    """The preset that a card is computed with; the usual one where it is not."""
    found = card is not None and card.name.startswith(_SCATTERING)
    return _parsed(card.name)[2] if found else STANDARD.name


@cache
def _parsed(name: str) -> tuple[str, str, str]:
    """Element, shell and preset of the name of an edge that FEFF10 computes; XanesviewError where it is none."""
    edge, _, preset = name.removeprefix(_SCATTERING).partition(":")
    if preset and preset not in PRESETS:
        raise XanesviewError(f"FEFF10 has no preset “{preset}”.", f"There are {', '.join(PRESETS)}.")
    return *parse_edge(edge), preset or STANDARD.name


def is_computed(name: str) -> bool:
    """Whether no network predicts here."""
    return name.startswith(_PREFIX)


def engine_of(card: Card, structure: Structure | None) -> Engine:
    """The engine that computes sites beside a network, or in the place of one."""
    if card.name.startswith(_SCATTERING):
        _, shell, preset = _parsed(card.name)
        return scattering(preset, shell)
    return MOLECULES if is_computed(card.name) else engine_for(structure, card.element)


@cache
def computed_card(name: str) -> Card:
    """The card of an edge without a network."""
    if name.startswith(_SCATTERING):
        return _scattering_card(name)
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


def _scattering_card(name: str) -> Card:
    element, shell, preset = _parsed(name)
    engine = scattering(preset, shell)
    return Card(
        name=name,
        title=f"First principles ({engine.title}, {preset})",
        kind=KIND,
        gives="tensor",
        element=element,
        edge=shell,
        energy_ev=engine.grid_ev(element),
        unit=engine.unit,
        native_fwhm_ev=broadening_ev(element, shell)[1],
        elements=(),
        licence="",
        path=Path(name.replace(":", "_")),
        energy_offset_ev=edge_offset_ev(element, shell),
        data={"periodic": True},
        raw={"native_shape": AS_COMPUTED},
        axis="relative",
    )


def edges_without_network(networks: Networks, structure: Structure | None) -> list[tuple[str, str]]:
    """Element and shell of edges that can be computed and for which no network is meant for such a structure."""
    if structure is None:
        return []
    cards = [
        b.card for b in networks.bundles() if b.card is not None and not b.problem and b.card.gives != "properties"
    ]
    # networks for crystals read molecules, too
    predicted = {(one.element, one.edge) for one in cards if is_meant(one, structure) or not structure.is_periodic}
    return [edge for edge in computable_edges(structure) if edge not in predicted]


def why_empty(networks: Networks, structure: Structure | None, card: Card) -> str:
    """Return a sentence on an edge that is computed here, and of which nothing is there yet."""
    label, edge = card.label, (card.element, card.edge)
    cards = [one.card for one in networks.bundles() if one.card is not None and not one.problem]
    if edge not in {(one.element, one.edge) for one in cards if one.gives != "properties"}:
        return f"There is no network for the {label}-edge."
    if edge in edges_without_network(networks, structure):
        return f"No network of the {label}-edge is meant for such a structure."
    return f"The {label}-edge is not computed yet."


def is_meant(card: Card, structure: Structure) -> bool:
    """Whether a network was trained on structures of this sort, and crystals hold no element that it has not seen."""
    seen = not structure.is_periodic or set(structure.symbols) <= set(card.elements)
    return seen and suits(card, structure)


def first_edge(edges: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return which of some edges a structure is shown at before anyone has chosen.

    The K edge of its heaviest 3d metal, else the edge of its heaviest element that is mostly measured: L3 beyond
    barium, whose K edge lies above 37 keV, K up to there.
    """
    usual = [edge for edge in edges if (edge[1] == "L3") == (SYMBOLS.index(edge[0]) > _HEAVIEST_AT_K)] or list(edges)
    metals = [edge for edge in usual if edge[1] == "K" and SYMBOLS.index(edge[0]) in _METALS_3D]
    return max(metals or usual, key=lambda edge: SYMBOLS.index(edge[0]))


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
