"""Which network a command line means: the one it names, else one for the edge it names, else one for the structure."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from xanesview.cli.telling import tell_notice, tell_of_network
from xanesview.errors import UsageError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure


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
    from xanesview.inference.edge_networks import edge_named

    edge_named(arguments.edge)


def network_for(structure: Structure, arguments: argparse.Namespace, *, quiet: bool = False) -> str:
    """Return the name of the network to predict a structure with where none is named, see `edge_networks.network_for`.

    Which one is said on stderr, unless it is that of the program.
    """
    from xanesview.inference import edge_networks
    from xanesview.inference.shelf import InstalledNetworks
    from xanesview.networks.card import DEFAULT_NETWORK

    name = edge_networks.network_for(structure, arguments.edge)
    tell_of_network(name)
    if not quiet and name != DEFAULT_NETWORK:
        label = InstalledNetworks().card(name).label
        tell_notice(f"{structure.name or structure.formula}: {label}-edge, network {name}.")
    return name
