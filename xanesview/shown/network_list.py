"""What the window says of each network it offers: one line on what it gives, how good it is, what it is for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.inference.shelf import short_name, suits
from xanesview.networks.card import GIVES, BundleInfo, Card
from xanesview.networks.kinds import find_kind
from xanesview.shown.computed_edges import with_presets
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.shelf import Networks
    from xanesview.shown.shown import Shown

_GIVES = {
    "tensor": "polarised, all directions at once",
    "directional": "polarised, asked anew for each direction",
    "isotropic": "isotropic",
}
COMPUTED_HERE = "computed here: scattering within {radius} Å"
_IN_PLACE = "in place of your own, which can't be used"


@dataclass(frozen=True)
class NetworkEntry:
    """One network of the list; with a problem it is shown and can't be chosen. `short` fits where there is no room."""

    name: str
    title: str
    line: str
    problem: str = ""
    notice: str = ""
    short: str = ""


def fitting(networks: Networks, shown: Shown) -> list[NetworkEntry]:
    """Networks for the chosen edge: first what was trained on structures like the open one, broken ones at the end."""
    current, structure = shown.card, shown.structure
    usable, broken = [], []
    for bundle in networks.bundles():
        if bundle.card is None or bundle.problem:
            broken.append(_broken(bundle))
        elif bundle.card.gives in _GIVES and (current is None or bundle.card.label == current.label):
            usable.append((bundle.name, bundle.card, bundle.notice))
    chosen = shown.session.network
    is_own = current is not None and current.gives in _GIVES and chosen not in with_presets(current, structure)
    if is_own and chosen not in [name for name, _, _ in usable]:
        usable.append((chosen, current, ""))  # named by its path
    usable.sort(key=lambda one: (not suits(one[1], structure), GIVES.index(one[1].gives), one[0]))
    titles = Counter(card.title for _, card, _ in usable)
    shorts = {name: short_name(card).removesuffix(" network") for name, card, _ in usable}
    alike = Counter(shorts.values())
    entries = []
    for name, card, notice in usable:
        title = card.title if titles[card.title] == 1 else f"{card.title} · {name}"
        told = line(card, structure) + (f" · {_IN_PLACE}" if notice else "")
        short = shorts[name] if alike[shorts[name]] == 1 else f"{shorts[name]} · {Path(name).name}"
        entries.append(NetworkEntry(name, title, told, notice=notice, short=short))
    return entries + broken


def computed_entries(shown: Shown) -> list[NetworkEntry]:
    """Presets of the engine that computes the chosen edge, quickest first; none where it has none."""
    card, structure = shown.card, shown.structure
    if card is None or structure is None or not shown.absorbers:
        return []
    entries = []
    for name, engine in with_presets(card, structure).items():
        title = f"{engine.title}, {engine.preset}"
        told = tr(COMPUTED_HERE).format(radius=f"{engine.settings.scattering_angstrom:g}")
        entries.append(NetworkEntry(name, title, told, short=title))
    return entries


def line(card: Card, structure: Structure | None = None) -> str:
    """What a network gives, its median error, what it is for."""
    kind = find_kind(card.kind)
    parts = [card.kind if kind is None else kind.title, _GIVES[card.gives]]
    error = median_error(card)
    if error is not None:
        parts.append(f"median error {error:.2g}")
    if not suits(card, structure):
        parts.append("trained on crystals and slabs" if card.is_of_crystals else "trained on molecules")
    elif kind is not None and kind.purpose:
        parts.append(kind.purpose)
    return " · ".join(parts)


def median_error(card: Card) -> float | None:
    """Median of the mean square error of the spectra of the test split (else validation), as the card has it."""
    for split in ("test", "val"):
        measured = card.metrics.get(split, {})
        keys = ("mse_median", "isotropic_mse_median") if card.gives != "isotropic" else ("isotropic_mse_median",)
        for key in (*keys, "spectrum_mse_median"):
            if isinstance(measured.get(key), int | float):
                return float(measured[key])
    return None


def _broken(bundle: BundleInfo) -> NetworkEntry:
    return NetworkEntry(bundle.name, f"{bundle.name} (can't be read)", bundle.problem or "", bundle.problem or "broken")
