"""What the window says of a session whose parts don't fit one another: sites, network, references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import SEVERAL_FRAMES, Notice, Structure
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.networks.card import Card


def not_an_absorber(structure: Structure, card: Card | None, atoms: Iterable[int]) -> Notice:
    """Atoms were picked that the network doesn't predict."""
    symbols = sorted({structure.symbols[i] for i in atoms})
    name = "This network" if card is None else f"The network “{card.title}”"
    element = "its element" if card is None else card.element
    return Notice("absorber", f"{name} predicts {element} atoms, not {', '.join(symbols)}.", f"Pick a {element} atom.")


def no_absorber(structure: Structure, card: Card) -> Notice:
    """The structure lacks the network's element."""
    return Notice(
        "absorber",
        f"{structure.name or structure.formula} holds no {card.element} atom.",
        f"The network “{card.title}” predicts the {card.element} {card.edge} edge; open a structure with "
        f"{card.element}, or choose another network.",
    )


def other_network(structure: Structure, before: Card | None, card: Card, *, from_another: bool) -> Notice:
    """Another network was chosen because the one before has no absorber in the structure that was opened.

    `from_another`: whether another structure was open before, to which undo goes back.
    """
    back = " Undo goes back to what was open before." if from_another else ""
    lacks = before is not None and before.element not in structure.symbols
    missing = f" holds no {before.element} atom, so it" if lacks else ""
    return Notice(
        "network-changed",
        f"{structure.name or structure.formula}{missing} is shown at the {card.label} edge.",
        f"Network: {card.title}.{back}",
    )


def marked_absorber_unknown(structure: Structure, atom: int) -> Notice:
    """No network predicts the atom that the structure's file marks as absorbing."""
    symbol = structure.symbols[atom]
    return Notice(
        "absorber",
        f"The file marks {symbol} {atom} as absorbing, but no network here predicts {symbol}.",
        f"Train a network for {symbol}, or look at the atoms that are picked instead.",
    )


def references_left(structure: Structure | None, references: Iterable[ReferenceCurve]) -> Notice:
    """Computed references left with their structure."""
    names = " and ".join(dict.fromkeys(f"“{reference.label}”" for reference in references))
    whose = "another structure" if structure is None else structure.name or structure.formula
    return Notice(
        "reference-left",
        f"The computed spectrum {names} belongs to {whose} and stays with it.",
        "Measured and frozen curves are shown here too; its tab above the 3D view goes back to both.",
    )


def check_reference_sites(structure: Structure, reference: ReferenceCurve) -> None:
    """Refuse a polarised reference whose sites are no atoms of its element in this structure.

    Raises
    ------
    XanesviewError
        naming the first such atom.
    """
    symbols = structure.symbols
    element = reference.tensor.edge.split()[0] if " " in reference.tensor.edge else ""
    foreign = [
        site
        for site in reference.tensor.sites.tolist()
        if not 0 <= site < len(symbols) or (element and symbols[site] != element)
    ]
    if foreign:
        raise XanesviewError(
            f"“{reference.label}” was computed for another structure: atom {foreign[0]} of "
            f"{structure.name or structure.formula} is "
            + (f"{symbols[foreign[0]]}, not {element}." if foreign[0] < len(symbols) else "missing."),
            "Open the structure it belongs to first (atoms count from 0).",
        )


def notices_of(structure: Structure) -> list[Notice]:
    """Return what has to be said of a structure in the window, where a row tells of frames that can be chosen."""
    return [one for one in structure.notices if structure.n_frames == 1 or one.kind != SEVERAL_FRAMES]
