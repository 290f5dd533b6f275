"""Predictions kept for the structures and networks met in this session."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor

if TYPE_CHECKING:
    from xanesview.inference.loaded_network import Prediction
    from xanesview.inference.shelf import Networks

#: Structures whose tensors are kept; undoing an "open" within this many needs no network.
KEPT = 12

_Key = tuple[str, str, float | None]  # hash of the structure, network, tolerance of orbits


class PredictionStore:
    """Latest predictions by (structure hash, network name); sites predicted one after the other are joined.

    Predictions of one site an orbit are told from others by the tolerance of their symmetry (Å), and go with the
    session.
    """

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._predictions: OrderedDict[_Key, Prediction] = OrderedDict()
        self._given: set[_Key] = set()  # by a session file: they stay, since their network may be gone
        self._unknown: set[_Key] = set()  # looked for among those of earlier sessions, in vain

    def get(self, structure_hash: str, network: str, orbit_tolerance: float | None = None) -> Prediction | None:
        """All sites known for this structure and network, from this session or an earlier one, or None."""
        key = (structure_hash, network, orbit_tolerance)
        if orbit_tolerance is None and key not in self._predictions and key not in self._unknown:
            kept = self._networks.recall(structure_hash, network)
            if kept is None:
                self._unknown.add(key)
            else:
                self._put(key, kept)
        return self._predictions.get(key)

    def held(self, structure_hash: str, network: str, orbit_tolerance: float | None = None) -> Prediction | None:
        """All sites that are held in memory for this structure and network, or None; the disk is not looked at."""
        return self._predictions.get((structure_hash, network, orbit_tolerance))

    def take_back(
        self, structure_hash: str, network: str, prediction: Prediction, orbit_tolerance: float | None = None
    ) -> None:
        """Hold what a session file has kept, in the place of what is known; the disk keeps what was predicted here."""
        key = (structure_hash, network, orbit_tolerance)
        self._predictions.pop(key, None)
        self._given.add(key)
        self._put(key, prediction)

    def give_up(self) -> None:
        """Keep what session files have given no longer than what was predicted here."""
        self._given.clear()

    def forget(self, structure_hash: str, network: str) -> None:
        """Know nothing of a structure by a network any more; what the disk has is looked for again."""
        for known in (*self._predictions, *self._given, *self._unknown):
            if known[:2] == (structure_hash, network):
                self._predictions.pop(known, None)
                self._given.discard(known)
                self._unknown.discard(known)

    def add(
        self, structure_hash: str, network: str, prediction: Prediction, orbit_tolerance: float | None = None
    ) -> None:
        """Keep `prediction`, beside the sites already known."""
        key = (structure_hash, network, orbit_tolerance)
        old = self._predictions.pop(key, None)
        joined = prediction if old is None or old.bundle != prediction.bundle else join(old, prediction)
        self._put(key, joined)
        if orbit_tolerance is None:
            self._networks.keep(structure_hash, network, self._predictions[key])

    def _put(self, key: _Key, prediction: Prediction) -> None:
        self._predictions[key] = prediction
        passing = [one for one in self._predictions if one not in self._given]
        for old in passing[: max(0, len(passing) - KEPT)]:
            del self._predictions[old]


def join(old: Prediction, new: Prediction) -> Prediction:
    """One prediction with the sites of both; where a site is in both, the newer counts."""
    keep = ~np.isin(old.tensor.sites, new.tensor.sites)
    a, b = old.tensor, new.tensor
    members = None
    if a.members is not None and b.members is not None and len(a.members) == len(b.members):
        members = np.concatenate([a.members[:, keep], b.members], axis=1)
    ip_ev = None
    if a.ip_ev is not None and b.ip_ev is not None:
        ip_ev = np.concatenate([np.asarray(a.ip_ev)[keep], b.ip_ev])
    tensor = AbsorptionTensor(
        energy_ev=b.energy_ev,
        components=np.concatenate([a.components[keep], b.components]),
        sites=np.concatenate([a.sites[keep], b.sites]),
        unit=b.unit,
        edge=b.edge,
        native_fwhm_ev=b.native_fwhm_ev,
        ip_ev=ip_ev,
        members=members,
        axis=b.axis,
        bands=b.bands,
    )
    fresh = {verdict.atom for verdict in new.verdicts}
    verdicts = tuple(v for v in old.verdicts if v.atom not in fresh) + tuple(new.verdicts)
    notices = tuple(dict.fromkeys((*old.notices, *new.notices)))
    return replace(new, tensor=tensor, verdicts=verdicts, notices=notices, features=None)
