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
from xanesview.networks.weights_file import check_weights, hash_of_content


def save_bundle(folder: Path, card: Mapping, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write a bundle; weights first, so that a card never announces weights that are not there.

    The card gets the hash of the weights, ``weights_hash``.
    """
    content = save({k: v.contiguous() for k, v in tensors.items()}, metadata={"name": str(card["name"])})
    write_bytes(made_folder(folder) / WEIGHTS, content)
    save_card(folder, {**card, "weights_hash": hash_of_content(content)})


def save_card(folder: Path, card: Mapping) -> None:
    """Write the card of a bundle."""
    write_text(folder / CARD, json_text(card, indent=1) + "\n")


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """Return all tensors of a bundle, on the CPU.

    Raises
    ------
    XanesviewError
        for a file that is damaged or too large.
    """
    check_weights(folder / WEIGHTS)
    try:
        return load_file(str(folder / WEIGHTS))
    except (SafetensorError, OSError, ValueError) as error:
        raise XanesviewError(
            f"The weights of {folder.name} cannot be read ({in_plain_words(error)}).", "Fetch the bundle again."
        ) from error


def with_prefix(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Return the tensors whose names begin with a prefix, without it, float32."""
    return {k[len(prefix) :]: v.float() for k, v in tensors.items() if k.startswith(prefix)}
