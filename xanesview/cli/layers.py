"""Which sites of a slab, and with which weights; and one prediction an orbit: ``--layers``, ``--escape-depth``."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from xanesview.cli.numbers_asked import NumberIn
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import HEAVIEST_SITE, LARGEST_TOLERANCE_ANGSTROM, SMALLEST_TOLERANCE_ANGSTROM

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from xanesview.domain.structure import Structure

_SITE_WEIGHT = NumberIn(0, HEAVIEST_SITE)


def add_layers(p: argparse.ArgumentParser) -> None:
    """Add the options for layers of a slab and for orbits."""
    group = p.add_argument_group("layers and symmetry")
    group.add_argument(
        "--layers", metavar="NAMES",
        help="layers of a slab, by name (surface, subsurface, bulk-like, underside) or number from 1, as surface,2",
    )  # fmt: skip
    group.add_argument(
        "--escape-depth", type=NumberIn(0, 1e6, "Å", above=True), metavar="Å",
        help="weigh sites by exp(−depth/Å), as electron yield does (about 25 for total, 5 to 10 for Auger yield)",
    )
    group.add_argument(
        "--site-weights", metavar="W,W,…",
        help=f"weight of each site in the sum, in the order of their numbers (default 1); {_SITE_WEIGHT.stated}",
    )
    group.add_argument(
        "--orbits", action="store_true", help="predict one site an orbit of the symmetry and turn it to the others"
    )
    group.add_argument(
        "--tolerance", type=NumberIn(SMALLEST_TOLERANCE_ANGSTROM, LARGEST_TOLERANCE_ANGSTROM, "Å"), metavar="Å",
        help="how far atoms may be off their places for --orbits (default 0.02)",
    )


def check_layers(arguments: argparse.Namespace) -> None:
    """Refuse a tolerance without orbits, and weights that are given twice or for nothing.

    Raises
    ------
    UsageError
    """
    if arguments.tolerance is not None and not arguments.orbits:
        raise UsageError("--tolerance belongs to --orbits.", "Give --orbits as well.")
    for name in ("escape_depth", "site_weights"):
        if getattr(arguments, name) is not None and arguments.tensor:
            option = f"--{name.replace('_', '-')}"
            raise UsageError("Tensors are written without weights.", f"Leave {option} or --tensor out.")
    if arguments.escape_depth is not None and arguments.site_weights is not None:
        raise UsageError("--escape-depth and --site-weights exclude each other.", "Give the weights once.")


def layered_sites(
    arguments: argparse.Namespace,
    structure: Structure,
    element: str,
    sites: np.ndarray | None,
    normal: Sequence[float] | None,
) -> np.ndarray | None:
    """Return those of the sites (S,) that lie in the layers asked for; all layers of the element count.

    Raises
    ------
    XanesviewError
        If none does, or there is no such layer.
    """
    if arguments.layers is None:
        return sites
    import numpy as np

    from xanesview.domain.layers import slab_layers

    words = [word for word in re.split(r"[,\s]+", arguments.layers.strip()) if word]
    inside = slab_layers(structure, structure.sites_of(element), normal).chosen(words)
    if sites is None:
        return inside
    chosen = sites[np.isin(sites, inside)]
    if not len(chosen):
        raise XanesviewError("None of the sites lies in these layers.", "Leave --sites or --layers out.")
    return chosen


def depth_weights(
    arguments: argparse.Namespace, structure: Structure, sites: np.ndarray, normal: Sequence[float] | None
) -> np.ndarray | None:
    """Return the weights (S,) of sites as they were given or by their depth, None where none were asked for.

    Raises
    ------
    UsageError
        for weights that are not as many as the sites, or no numbers.
    """
    if arguments.site_weights is not None:
        return _given_weights(arguments.site_weights, len(sites))
    if arguments.escape_depth is None:
        return None
    from xanesview.domain.layers import slab_layers

    return slab_layers(structure, sites, normal).escape_weights(arguments.escape_depth)


def _given_weights(text: str, n_sites: int) -> np.ndarray:
    import numpy as np

    try:
        weights = np.array([_SITE_WEIGHT(word) for word in text.split(",")])
    except argparse.ArgumentTypeError as error:
        hint = "Write one number a site, such as 1,2,0.5."
        raise UsageError(f"A weight of --site-weights {error}.", hint) from error
    if not weights.any():
        raise UsageError("The weights of --site-weights sum to zero.", "Give at least one site a weight above zero.")
    if len(weights) != n_sites:
        given = counted(len(weights), "weight")
        raise UsageError(f"{given} can't belong to {counted(n_sites, 'site')}.", "Give one a site, in their order.")
    return weights


def depth_facts(arguments: argparse.Namespace, weights: np.ndarray | None) -> dict[str, str]:
    """Return for a file's header what was done about layers and depth."""
    facts = {} if arguments.layers is None else {"layers": arguments.layers}
    if weights is not None:
        if arguments.escape_depth is not None:
            facts["escape_depth_angstrom"] = f"{arguments.escape_depth:g}"
        facts["site_weights"] = " ".join(f"{weight:.6g}" for weight in weights)
    return facts
