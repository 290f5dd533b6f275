"""Loading the network of a bundle, whatever its kind. torch is imported when one is loaded, not before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.loaded_network import Predictor
from xanesview.networks.card import CARD, DEFAULT_NETWORK, Card, find_bundle
from xanesview.networks.kinds import kind_named, loaded
from xanesview.networks.torch_access import need_torch


def default_sites(structure: Structure, card: Card) -> np.ndarray:
    """Return every atom of the network's element.

    Raises
    ------
    XanesviewError
        when there is none.
    """
    sites = structure.sites_of(card.element)
    if not len(sites):
        raise XanesviewError(
            f"{structure.name or structure.formula} has no {card.element} atom; {card.name} predicts {card.label}.",
            "Open a structure with this element, or choose a network for another edge.",
        )
    return sites


_loaded: dict[tuple[str, str], Predictor] = {}


def load_predictor(name_or_path: str | Path = DEFAULT_NETWORK, device: str = "auto") -> Predictor:
    """Return a predictor, loaded once a process.

    Raises
    ------
    XanesviewError
        when the network is unknown or broken, or gives no spectra, or PyTorch can't be loaded.
    """
    path = find_bundle(name_or_path)
    key = (str(path.resolve()), device)
    if key not in _loaded:
        need_torch()
        _loaded[key] = predictor_class(Card.from_json(path / CARD))(path, device)
    return _loaded[key]


def forget_predictors() -> None:
    """Load networks anew when they are next asked for, as after their cards were written."""
    _loaded.clear()


def predictor_class(card: Card) -> type[Predictor]:
    """Return what predicts with networks of a card's kind.

    Raises
    ------
    XanesviewError
        for a kind that is unknown or gives no spectra.
    """
    kind = kind_named(card.kind)
    if not kind.predictor:
        raise XanesviewError(
            f"{card.name} reads properties from a spectrum; it predicts no spectrum.",
            "Choose another network; the Properties panel uses this one.",
        )
    return loaded(kind.predictor)
