"""Which network is meant where an edge is named, or nothing but the structure."""

from __future__ import annotations

import re

from xanesview.domain.structure import Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.inference.shelf import InstalledNetworks, best_of_edge, fitting_network
from xanesview.networks.card import DEFAULT_NETWORK, list_bundles


def predicted_edges() -> list[tuple[str, str]]:
    """Return element and edge of all networks that predict spectra."""
    cards = [info.card for info in list_bundles() if info.card is not None and not info.problem]
    return sorted({(card.element, card.edge) for card in cards if card.gives != "properties"})


def edge_named(text: str) -> tuple[str, str]:
    """Return element and edge of “O K”, “O”, “o-k” or “O K-edge”.

    Raises
    ------
    UsageError
        for one that no network predicts, with those that there are.
    """
    edges = predicted_edges()
    words = [word for word in re.split(r"[\s_-]+", text.strip()) if word.lower() != "edge"]
    element, edge = (words[0].capitalize() if words else "", words[1].upper() if len(words) > 1 else "K")
    if len(words) > 2 or (element, edge) not in edges:
        known = ", ".join(" ".join(one) for one in edges)
        raise UsageError(f"There is no network for the edge “{text}”.", f"Edges: {known}. Write one as “O K”.")
    return element, edge


def network_for(structure: Structure, edge: str | None = None) -> str:
    """Return the name of the network that predicts a structure, of one edge where that is named.

    As in the window: the program's own C K-edge network where there is carbon, else the first that fits the elements
    and was trained on such structures.

    Raises
    ------
    XanesviewError
        where no network predicts the edge, or any atom of the structure.
    """
    networks = InstalledNetworks()
    if edge is not None:
        return best_of_edge(networks, *edge_named(edge), structure)
    name = fitting_network(networks, structure, DEFAULT_NETWORK, structure.absorbers)
    if networks.card(name).element not in structure.symbols:
        raise _none_fits(structure)
    return name


def _none_fits(structure: Structure) -> XanesviewError:
    return XanesviewError(
        f"No network predicts an atom of {structure.name or structure.formula}: there are some for "
        f"{_in_words(sorted({element for element, _ in predicted_edges()}))}.",
        "“xanesview networks” lists them; FEFF10 computes edges of other elements (xanesview compute --edge).",
    )


def _in_words(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
