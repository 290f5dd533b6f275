"""Which network a command line means: the one it names, else one for the edge it names, else one for the structure."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from xanesview.cli.telling import tell_notice, tell_of_network
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.networks.card import Card


def add_edge(p: argparse.ArgumentParser) -> None:
    """Add the option that names an edge instead of a network."""
    p.add_argument(
        "--edge", metavar="EDGE",
        help="edge whose network is taken, such as “O K” (default: C K where there is carbon, else one for the "
        "structure's elements)",
    )  # fmt: skip


def check_edge(arguments: argparse.Namespace) -> None:
    """Refuse an edge that no network predicts, and an edge beside a network.

    Raises
    ------
    UsageError
    """
    if arguments.edge is None:
        return
    if arguments.network:
        raise UsageError("--network and --edge exclude each other.", "A network is of one edge: name it, or the edge.")
    _edge(arguments.edge)


def network_for(structure: Structure, arguments: argparse.Namespace, *, quiet: bool = False) -> str:
    """Return the name of the network to predict a structure with where none is named.

    As in the window: the program's own C K-edge network where there is carbon, else the first that fits the elements
    and was trained on such structures; which one is said on stderr, unless it is that of the program.
    """
    from xanesview.inference.shelf import InstalledNetworks, best_of_edge, fitting_network
    from xanesview.networks.card import DEFAULT_NETWORK

    networks = InstalledNetworks()
    if arguments.edge is not None:
        name = best_of_edge(networks, *_edge(arguments.edge), structure)
    else:
        name = fitting_network(networks, structure, DEFAULT_NETWORK, structure.absorbers)
        if networks.card(name).element not in structure.symbols:
            raise _none_fits(structure)
    tell_of_network(name)
    if not quiet and name != DEFAULT_NETWORK:
        tell_notice(f"{structure.name or structure.formula}: {networks.card(name).label}-edge, network {name}.")
    return name


def _none_fits(structure: Structure) -> XanesviewError:
    return XanesviewError(
        f"No network predicts an atom of {structure.name or structure.formula}: there are some for "
        f"{_in_words(sorted({element for element, _ in _edges()}))}.",
        "“xanesview networks” lists them; FEFF10 computes edges of other elements (xanesview compute --edge).",
    )


def _in_words(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _edges() -> list[tuple[str, str]]:
    """Return element and edge of all networks that predict spectra."""
    from xanesview.networks.card import list_bundles

    cards: list[Card] = [info.card for info in list_bundles() if info.card is not None and not info.problem]
    return sorted({(card.element, card.edge) for card in cards if card.gives != "properties"})


def _edge(text: str) -> tuple[str, str]:
    """Return element and edge of “O K”, “O”, “o-k” or “O K-edge”."""
    edges = _edges()
    words = [word for word in re.split(r"[\s_-]+", text.strip()) if word.lower() != "edge"]
    element, edge = (words[0].capitalize() if words else "", words[1].upper() if len(words) > 1 else "K")
    if len(words) > 2 or (element, edge) not in edges:
        known = ", ".join(" ".join(one) for one in edges)
        raise UsageError(f"There is no network for the edge “{text}”.", f"Edges: {known}. Write one as “O K”.")
    return element, edge
