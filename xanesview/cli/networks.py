"""``xanesview networks``: the shelf of networks, broken ones with what is wrong."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from xanesview.cli.telling import say, say_lines
from xanesview.domain.counts import counted
from xanesview.paths import network_dirs

if TYPE_CHECKING:
    from xanesview.networks.card import BundleInfo, Card

_GIVES = {
    "tensor": "polarised (full tensors)",
    "directional": "polarised (asked anew for each direction)",
    "isotropic": "isotropic only",
    "properties": "properties of molecules from a spectrum",
}
_MEASURES = (
    ("mse_median", "median MSE {:.3g}"),
    ("isotropic_mse_median", "isotropic {:.3g}"),
    ("ip_mae_ev", "E0 ± {:.2g} eV"),
    ("r2_molecule", "mean R² {:.2f} of molecules' spectra"),
    ("r2_molecule+composition", "{:.2f} with the composition"),
    ("r2_site", "{:.2f} of sites"),
    ("r2_site+composition", "{:.2f} with the composition"),
)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("--markdown", action="store_true", help="print what their cards say as a page in Markdown")


def run_networks(arguments: argparse.Namespace) -> int:
    """Print one block a network, or all cards as a page of the guide."""
    from xanesview.networks.card import list_bundles

    bundles = list_bundles()
    if arguments.markdown:
        from xanesview.cli.network_page import page

        say_lines(page(bundles), end="")
        return 0
    if not bundles:
        say("No network is installed.")
    for info in bundles:
        say_lines(description(info))
    say("Looked in: " + ", ".join(str(folder) for folder in network_dirs()))
    return 0


def description(info: BundleInfo) -> str:
    """Return what is known of a network, in a few lines."""
    from xanesview.cli.network_page import as_measured_told, symmetry_told
    from xanesview.networks.card import DEFAULT_NETWORK

    star = " (default)" if info.name == DEFAULT_NETWORK else ""
    if info.card is None or info.problem:
        return f"{info.name}{star}\n  cannot be used: {info.problem or 'its card cannot be read'}\n  {info.path}"
    card = info.card
    unit = "eV" if card.axis == "absolute" else f"eV from {card.e0_name}"
    lines = [
        info.notice,
        card.title,
        f"{card.element} {card.edge}-edge, {_GIVES.get(card.gives, card.gives)}, {card.energy_ev[0]:.1f}–"
        f"{card.energy_ev[-1]:.1f} {unit}, native width {card.native_fwhm_ev:.2f} eV, unit {card.unit}",
        _trained_on(card),
        _measured(card),
        symmetry_told(card),
        as_measured_told(card),
        f"elements {' '.join(card.elements)}; {_size(info, card)}; licence {card.licence}",
        f"{f'version {card.version}, ' if card.version else ''}weights {card.weights_hash}",
        f"licence of the data: {card.data['licence']}" if card.data.get("licence") else "",
        str(info.path),
    ]
    return "\n".join([f"{info.name}{star}", *(f"  {line}" for line in lines if line)])


def _trained_on(card: Card) -> str:
    """Return how many structures of which kind the network was trained on, and what its domain is."""
    kinds = ("crystal or slab", "crystals and slabs") if card.is_of_crystals else ("molecule", "molecules")
    structures = card.data.get("train_structures", card.data.get("train_molecules"))
    sites = card.data.get("train_sites")
    words = [f"trained on {kinds[1]}"]
    if structures and sites:
        words = [f"trained on {counted(structures, *kinds)}, {counted(sites, 'site')}"]
    if card.domain.get("description"):
        words.append(card.domain["description"])
    return "; ".join(words)


def _measured(card: Card) -> str:
    """Return the measures of the test split (else validation) that the card has."""
    for split in ("test", "val"):
        found = card.metrics.get(split, {})
        words = [form.format(found[key]) for key, form in _MEASURES if isinstance(found.get(key), int | float)]
        if words:
            return f"{split}: {', '.join(words)}"
    return ""


def _size(info: BundleInfo, card: Card) -> str:
    from xanesview.networks.card import WEIGHTS

    size = (info.path / WEIGHTS).stat().st_size / 1e6
    parameters = card.training.get("parameters_a_member")
    members = card.raw.get("members", 1)
    made = f"{members} × {parameters:,} parameters, " if parameters else ""
    if "kernel" in card.raw:
        made += f"a kernel regression for {100 * card.raw['kernel']['share']:.0f} %, "
    return f"{made}{size:.1f} MB"
