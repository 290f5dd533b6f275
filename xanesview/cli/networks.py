"""``xanesview networks``: the shelf of networks, broken ones with what is wrong."""

from __future__ import annotations

import argparse

from xanesview.networks.card import DEFAULT_NETWORK, BundleInfo, list_bundles
from xanesview.paths import network_dirs


def run_networks(_arguments: argparse.Namespace) -> int:
    """Print one block a network."""
    bundles = list_bundles()
    if not bundles:
        print("No network is installed.")
    for info in bundles:
        print(description(info))
    print("Looked in: " + ", ".join(str(folder) for folder in network_dirs()))
    return 0


def description(info: BundleInfo) -> str:
    """Return what is known of a network, in a few lines."""
    star = " (default)" if info.name == DEFAULT_NETWORK else ""
    if info.card is None or info.problem:
        return f"{info.name}{star}\n  cannot be used: {info.problem or 'its card cannot be read'}\n  {info.path}"
    card = info.card
    gives = {
        "tensor": "polarised (full tensors)",
        "directional": "polarised (one direction at a time)",
        "isotropic": "isotropic only",
        "properties": "properties",
    }.get(card.gives, card.gives)
    return (
        f"{info.name}{star}\n"
        f"  {card.title}\n"
        f"  {card.element} {card.edge}-edge, {gives}, {card.energy_ev[0]:.1f}–{card.energy_ev[-1]:.1f} eV, "
        f"native width {card.native_fwhm_ev:.2f} eV, unit {card.unit}\n"
        f"  elements {' '.join(card.elements)}; licence {card.licence}\n"
        f"  {info.path}"
    )
