"""Computed sites of the structures met in this session, and how they take the place of predicted ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Structure
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engines import MOLECULES, Engine
from xanesview.shown.computed_edges import engine_of

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction
    from xanesview.networks.card import Card

#: Structures and edges whose computed sites are held in memory; the others are on disk.
HELD = 12


class ComputedSites:
    """Sites by structure, edge and engine, those of earlier sessions included."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, str, str], dict[int, Any]] = OrderedDict()
        self._aside: dict[tuple[str, int, str, str], dict[int, Any]] = {}  # computed, and not shown at present
        self._blended: tuple | None = None

    def of(self, structure: Structure, element: str, engine: Engine = MOLECULES) -> Mapping[int, Any]:
        """Sites known for a structure and edge; another mapping after each `add`."""
        key = (structure.content_hash, structure.charge, element, engine.key)
        if key not in self._known:
            self._put(key, engine.read_kept(structure, element))
        return self._known[key]

    def add(self, structure: Structure, element: str, sites: Mapping[int, Any], engine: Engine = MOLECULES) -> None:
        """Keep sites, here and on disk."""
        key = (structure.content_hash, structure.charge, element, engine.key)
        together = {**self.of(structure, element, engine), **sites}
        self._put(key, together)
        engine.keep(structure, element, {**self._aside.get(key, {}), **together})

    def set_aside(self, structure: Structure, element: str, engine: Engine, atoms: Collection[int]) -> None:
        """Show some sites no more, as if they had not been computed."""
        key = (structure.content_hash, structure.charge, element, engine.name)
        sites = self.of(structure, element, engine)
        self._aside.setdefault(key, {}).update({atom: sites[atom] for atom in atoms if atom in sites})
        self._put(key, {atom: site for atom, site in sites.items() if atom not in atoms})

    def bring_back(self, structure: Structure, element: str, engine: Engine, atoms: Collection[int]) -> bool:
        """Show sites again that were set aside; False where there are none of them."""
        key = (structure.content_hash, structure.charge, element, engine.name)
        aside = self._aside.get(key, {})
        found = {atom: aside.pop(atom) for atom in atoms if atom in aside}
        if found:
            self._put(key, {**self.of(structure, element, engine), **found})
        return bool(found)

    def held(self, structure: Structure) -> dict[tuple[str, str], Mapping[int, Any]]:
        """Return the sites of a structure that are held in memory, by element and key of the engine."""
        own = (structure.content_hash, structure.charge)
        return {key[2:]: sites for key, sites in self._known.items() if key[:2] == own and sites}

    def take_back(
        self, structure_hash: str, charge: int, element: str, sites: dict[int, Any], engine: Engine = MOLECULES
    ) -> None:
        """Hold the sites that a session file has kept; the disk keeps what was computed here only."""
        self._put((structure_hash, charge, element, engine.key), sites)

    def _put(self, key: tuple[str, int, str, str], sites: dict[int, Any]) -> None:
        self._known[key] = sites
        self._known.move_to_end(key)
        while len(self._known) > HELD:
            self._known.popitem(last=False)

    def blended(self, structure: Structure, card: Card, prediction: Prediction | None) -> Prediction | None:
        """The prediction with every computed site in the place of the predicted one.

        The same object as long as nothing has changed: it is asked for at every move of a drag.
        """
        engine = engine_of(card, structure)
        sites = self.of(structure, card.element, engine)
        if not sites or not replaces(card, engine):
            return prediction
        if self._blended is None or self._blended[:3] != (id(prediction), id(sites), card.name):
            # prediction and sites are kept, too: their ids stay taken as long as they are compared
            key = (id(prediction), id(sites), card.name)
            self._blended = (*key, prediction, sites, blend(card, prediction, sites, engine))
        return self._blended[-1]


def replaces(card: Card, engine: Engine = MOLECULES) -> bool:
    """Whether computed spectra mean the same as those of a network: same unit, a value a direction."""
    return card.unit == engine.unit and card.gives in ("tensor", "directional") and card.edge == engine.shell


def _on_grid_of(card: Card, energy_ev: np.ndarray, sites: Mapping[int, Any], engine: Engine) -> AbsorptionTensor:
    """Computed sites on a grid of the card's axis."""
    if engine is not MOLECULES:
        return engine.tensor_on(sites, card.element, energy_ev, card.axis, card.energy_offset_ev)
    offset = ENERGY_OFFSET_EV[card.element]
    return engine.tensor_on(sites, card.element, energy_ev, card.axis, offset, card.stick_widths)


def blend(
    card: Card, prediction: Prediction | None, sites: Mapping[int, Any], engine: Engine = MOLECULES
) -> Prediction:
    """One prediction on the card's grid; a computed site counts before a predicted one and has no band."""
    from xanesview.inference.domain_check import SiteVerdict
    from xanesview.inference.loaded_network import Prediction

    energy_ev = card.energy_ev if prediction is None else prediction.tensor.energy_ev
    computed = _on_grid_of(card, energy_ev, sites, engine)
    verdicts = tuple(SiteVerdict(atom, True, ()) for atom in sites)
    if prediction is None:
        seconds = sum(site.seconds for site in sites.values())
        return Prediction(computed, verdicts, seconds, "CPU", card.name)
    old = prediction.tensor
    left = ~np.isin(old.sites, computed.sites)
    members = None
    if old.members is not None:
        certain = np.broadcast_to(computed.components, (len(old.members), *computed.components.shape))
        members = np.concatenate([old.members[:, left], certain.astype(old.members.dtype)], axis=1)
    known_ip = old.ip_ev is not None
    tensor = AbsorptionTensor(
        energy_ev=old.energy_ev,
        components=np.concatenate([old.components[left], computed.components]),
        sites=np.concatenate([old.sites[left], computed.sites]),
        unit=old.unit,
        edge=old.edge,
        native_fwhm_ev=old.native_fwhm_ev,
        ip_ev=np.concatenate([old.ip_ev[left], computed.ip_ev]) if known_ip else None,
        members=members,
        axis=old.axis,
        bands=old.bands,
    )
    others = tuple(v for v in prediction.verdicts if v.atom not in sites)
    return replace(prediction, tensor=tensor, verdicts=(*others, *verdicts), features=None)
