"""Which network exactly made a file: its version and the hash of its weights, as the file tells them."""

from __future__ import annotations

from collections.abc import Mapping

from xanesview.networks.card import Card, look_up

_HASH, _NAME = "network_hash", "network"


def network_facts(card: Card | None) -> dict[str, str]:
    """Return what a file says of the network beside its name: ``network_version`` and ``network_hash``, where known."""
    if card is None:
        return {}
    facts = {"network_version": card.version, _HASH: card.weights_hash}
    return {key: value for key, value in facts.items() if value}


def changed_networks(header: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each network that a file was made with and that is another one by now.

    Parameters
    ----------
    header : what a file says of itself; of several curves each has entries of its own, such as ``curve 2 network``

    Returns
    -------
    tuple of str
        nothing of networks that aren't here, and of files that don't say which weights they were made with
    """
    told = []
    for key, theirs in header.items():
        if key != _HASH and not key.endswith(f" {_HASH}"):
            continue
        before = key.removesuffix(_HASH)
        name = header.get(f"{before}{_NAME}", "")
        info = look_up(name) if name else None
        own = "" if info is None or info.card is None else info.card.weights_hash
        if own and own != theirs:
            there = _in_words(header.get(f"{before}network_version", ""), theirs)
            here = _in_words(info.card.version, own)
            told.append(f"It was made with another {name} ({there}) than the one here ({here}): predict anew.")
    return tuple(dict.fromkeys(told))


def _in_words(version: str, weights: str) -> str:
    return ", ".join(filter(None, (version, f"weights {weights}")))
