"""Training that begins with the weights of a network of the same kind, edge and energies."""

from __future__ import annotations

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.kinds import kind_named
from xanesview.training.data.labelled import SpectraDataset

_TAUGHT = " predicts them"
"""How a card's words for spectra that another network gave end, see `SpectraDataset`."""


def started_from(name: str, kind: str) -> Card:
    """Return the card of the network to go on from.

    Parameters
    ----------
    name : of a network on the shelf, or its folder
    kind : that it must be of, as cards say it

    Raises
    ------
    XanesviewError
        for one that is missing, or of another kind.
    """
    card = Card.from_json(find_bundle(name) / CARD)
    if card.kind != kind:
        raise XanesviewError(
            f"Training can't go on from {card.name}: it is a {card.kind} network.",
            f"Start from a network of {kind_named(kind).title}.",
        )
    return card


def begun_with(name: str) -> str:
    """Return what the card says of the network that a training began with, its version, weights and teacher."""
    card = Card.from_json(find_bundle(name) / CARD)
    which = " ".join(filter(None, (card.name, card.version, f"({card.weights_hash})")))
    parts = [part.rpartition("taught by ")[2] for part in str(card.data.get("method", "")).split("; ")]
    taught = "".join(f", taught by {part}" for part in parts if part.endswith(_TAUGHT))
    return f"begun with the weights of {which}{taught}"


def check_same_data(card: Card, dataset: SpectraDataset, beside: str = "") -> None:
    """Refuse data of another edge or on other energies than a network's.

    Parameters
    ----------
    beside : what else is wrong, in words; empty where nothing is

    Raises
    ------
    XanesviewError
        with the first that doesn't fit.
    """
    told = beside
    if card.label != f"{dataset.element} {dataset.edge}":
        told = f"it is of the {card.label} edge, the data of {dataset.element} {dataset.edge}"
    elif card.axis != dataset.axis:
        told = f"its energies are {card.axis}, those of the data {dataset.axis}"
    elif len(card.energy_ev) != len(dataset.energy_ev) or np.abs(card.energy_ev - dataset.energy_ev).max() > 1e-3:
        told = "the data have other energies"
    if told:
        raise XanesviewError(f"Training can't go on from {card.name}: {told}.", "Start from another network, or none.")
