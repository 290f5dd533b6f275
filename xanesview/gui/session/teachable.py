"""Which networks can be taught, how a copy may be called, and where it stands until it is on the shelf."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.paths import data_dir, network_dirs
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.inference.shelf import Networks
    from xanesview.networks.card import Card

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")


def name_problem(name: str) -> str:
    """Why a copy can't be called so; empty where it can."""
    if not _NAME.fullmatch(name):
        return tr("Use letters, digits, _ and - only.")
    if any((folder / name).exists() for folder in network_dirs()):
        return tr("There is a network of this name.")
    return ""


def drafts() -> Path:
    """Folder of copies that are on no shelf yet."""
    return data_dir() / "taught"


def teachable(networks: Networks) -> list[tuple[str, Card]]:
    """Networks that can be taught, by name."""
    found = []
    for bundle in networks.bundles():
        card = bundle.card
        if card is not None and not bundle.problem and card.kind == "tensor" and "kernel" not in card.raw:
            found.append((bundle.name, card))
    return found


def free_name(network: str, taken: Callable[[str], str]) -> str:
    """A name for a copy that no network has."""
    base = Path(network).name
    base = re.sub(r"_taught(_\d+)?$", "", base)
    for number in range(1, 1000):
        name = f"{base}_taught" if number == 1 else f"{base}_taught_{number}"
        if not taken(name):
            return name
    return f"{base}_taught"
