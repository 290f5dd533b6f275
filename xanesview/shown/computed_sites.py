"""Computed sites of the structures met in this session, and how they take the place of predicted ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Structure
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.kept import UNIT, ComputedSite, computed_tensor, keep, read_kept

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction
    from xanesview.networks.card import Card

#: Structures and edges whose computed sites are held in memory; the others are on disk.
HELD = 12


class ComputedSites:
    """Sites by structure and edge, those of earlier sessions included."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int, str], dict[int, ComputedSite]] = OrderedDict()
        self._blended: tuple | None = None

    def of(self, structure: Structure, element: str) -> Mapping[int, ComputedSite]:
        """Sites known for a structure and edge; another mapping after each `add`."""
        key = (structure.content_hash, structure.charge, element)
        if key not in self._known:
            self._put(key, read_kept(structure, element))
        return self._known[key]

    def add(self, structure: Structure, element: str, sites: Mapping[int, ComputedSite]) -> None:
        """Keep sites, here and on disk."""
        key = (structure.content_hash, structure.charge, element)
        together = {**self.of(structure, element), **sites}
        self._put(key, together)
        keep(structure, element, together)

    def held(self, structure: Structure) -> dict[str, Mapping[int, ComputedSite]]:
        """Return the sites of a structure that are held in memory, by element; none is looked for on the disk."""
        own = (structure.content_hash, structure.charge)
        return {key[2]: sites for key, sites in self._known.items() if key[:2] == own and sites}

    def take_back(self, structure_hash: str, charge: int, element: str, sites: dict[int, ComputedSite]) -> None:
        """Hold the sites that a session file has kept; the disk keeps what was computed here only."""
        self._put((structure_hash, charge, element), sites)

    def _put(self, key: tuple[str, int, str], sites: dict[int, ComputedSite]) -> None:
        self._known[key] = sites
        self._known.move_to_end(key)
        while len(self._known) > HELD:
            self._known.popitem(last=False)

    def blended(self, structure: Structure, card: Card, prediction: Prediction | None) -> Prediction | None:
        """The prediction with every computed site in the place of the predicted one.

        The same object as long as nothing has changed: it is asked for at every move of a drag.
        """
        sites = self.of(structure, card.element)
        if not sites or not replaces(card):
            return prediction
        if self._blended is None or self._blended[:3] != (id(prediction), id(sites), card.name):
            # prediction and sites are kept, too: their ids stay taken as long as they are compared
            key = (id(prediction), id(sites), card.name)
            self._blended = (*key, prediction, sites, blend(card, prediction, sites))
        return self._blended[-1]


def replaces(card: Card) -> bool:
    """Whether computed spectra mean the same as those of a network: same unit, absolute, a value a direction."""
    return card.unit == UNIT and card.gives in ("tensor", "directional") and card.edge == "K"


def _on_grid_of(card: Card, energy_ev: np.ndarray, sites: Mapping[int, ComputedSite]) -> AbsorptionTensor:
    """Computed sites on a grid of the card's axis; for energies from E0 each is made on its own absolute grid."""
    widths = card.stick_widths
    if card.axis == "absolute":
        return computed_tensor(sites, card.element, energy_ev, widths)
    offset = ENERGY_OFFSET_EV[card.element]
    each = [
        computed_tensor({atom: site}, card.element, energy_ev + site.ip_ev + offset, widths)
        for atom, site in sites.items()
    ]
    return replace(
        each[0],
        energy_ev=energy_ev,
        components=np.concatenate([one.components for one in each]),
        sites=np.concatenate([one.sites for one in each]),
        ip_ev=np.concatenate([one.ip_ev for one in each]),
        axis="relative",
    )


def blend(card: Card, prediction: Prediction | None, sites: Mapping[int, ComputedSite]) -> Prediction:
    """Computed sites on a grid of the card's axis; for energies from E0 each is made on an absolute grid of its own."""
    from xanesview.inference.domain_check import SiteVerdict
    from xanesview.inference.loaded_network import Prediction

    computed = _on_grid_of(card, card.energy_ev if prediction is None else prediction.tensor.energy_ev, sites)
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
