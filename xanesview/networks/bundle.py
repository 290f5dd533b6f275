"""Bundles on disk: ``card.json`` + ``weights.safetensors``, written atomically, read without running code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write
from xanesview.networks.card import CARD, WEIGHTS


def save_bundle(folder: Path, card: Mapping, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write a bundle; weights first, so that a card never announces weights that are not there."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / WEIGHTS) as temporary:
        save_file({k: v.contiguous() for k, v in tensors.items()}, str(temporary), metadata={"name": str(card["name"])})
    save_card(folder, card)


def save_card(folder: Path, card: Mapping) -> None:
    """Write the card of a bundle."""
    with atomic_write(folder / CARD) as temporary:
        Path(temporary).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """Return all tensors of a bundle, on the CPU.

    Raises
    ------
    XanesviewError
        for a damaged file.
    """
    try:
        return load_file(str(folder / WEIGHTS))
    except (SafetensorError, OSError, ValueError) as error:
        raise XanesviewError(
            f"The weights of {folder.name} cannot be read ({error}).", "Fetch the bundle again."
        ) from error


def with_prefix(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Return the tensors whose names begin with a prefix, without it, float32."""
    return {k[len(prefix) :]: v.float() for k, v in tensors.items() if k.startswith(prefix)}
