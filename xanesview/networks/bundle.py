"""Bundles on disk: ``card.json`` + ``weights.safetensors``, written atomically, read without running code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.atomic import made_folder, write_bytes, write_text
from xanesview.io.json_text import json_text
from xanesview.networks.card import CARD, WEIGHTS
from xanesview.networks.card_text import read_card
from xanesview.networks.weights_file import check_weights, weights_hash


def save_bundle(folder: Path, card: Mapping, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write a bundle; weights first, so that a card never announces weights that are not there.

    The card gets the hash of the weights, ``weights_hash``.
    """
    content = save({k: v.contiguous() for k, v in tensors.items()}, metadata={"name": str(card["name"])})
    write_bytes(made_folder(folder) / WEIGHTS, content)
    save_card(folder, {**card, "weights_hash": ""})


def save_card(folder: Path, card: Mapping) -> None:
    """Write the card of a bundle; its hash of the weights, where it has one, becomes that of the weights beside it."""
    if "weights_hash" in card:
        card = {**card, "weights_hash": weights_hash(folder / WEIGHTS)}
    write_text(folder / CARD, json_text(card, indent=1) + "\n")


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """Return all tensors of a bundle, on the CPU.

    Raises
    ------
    XanesviewError
        for a file that is damaged, too large, or another than the card tells of.
    """
    check_weights(folder / WEIGHTS)
    _check_same(folder)
    try:
        return load_file(str(folder / WEIGHTS))
    except (SafetensorError, OSError, ValueError) as error:
        raise XanesviewError(
            f"The weights of {folder.name} cannot be read ({in_plain_words(error)}).", "Fetch the bundle again."
        ) from error


def _check_same(folder: Path) -> None:
    """Refuse weights that are not those the card was written for; older cards don't say which those are."""
    try:
        told = read_card(folder / CARD).get("weights_hash", "")
    except XanesviewError:  # told by whoever reads the card itself
        return
    found = weights_hash(folder / WEIGHTS)
    if told and found and told[: len(found)] != found:
        raise XanesviewError(
            f"The weights of {folder.name} are not those its card was written for ({found}, not {told}).",
            "The file was changed or damaged, or one of the two is from another version: fetch both again.",
        )


def with_prefix(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Return the tensors whose names begin with a prefix, without it, float32."""
    return {k[len(prefix) :]: v.float() for k, v in tensors.items() if k.startswith(prefix)}
