"""What a prediction has to say of itself: how far the structure is from the training data, and what is missing."""

from __future__ import annotations

import numpy as np

from xanesview.domain.structure import Notice, Structure
from xanesview.networks.card import Card

NEGATIVE = "not-positive"
"""Kind of the notice on tensors that fall below zero."""
_SITES_AT_A_TIME = 512  # thirteen curves of each are held at once
NEGATIVE_SHARE = 0.05  # of the highest peak: what a reader would see in the curve


def structure_notices(card: Card, structure: Structure, *, has_domain: bool) -> tuple[Notice, ...]:
    """Return what sets a structure as a whole apart from the training data of a network.

    Parameters
    ----------
    card : of the network
    structure : to be predicted
    has_domain : whether the bundle carries training environments to compare sites with
    """
    notices = []
    if not card.is_of_crystals and (structure.charge or structure.multiplicity != 1):
        notices.append(
            Notice(
                "outside-domain",
                "charged or open-shell structure",
                "The network was trained on closed-shell molecules; most of them neutral.",
            )
        )
    if structure.is_periodic and not card.is_of_crystals:
        notices.append(
            Notice(
                "outside-domain",
                "trained on molecules",
                "This structure repeats; the training data hold single molecules. Molecular crystals and films are "
                "a small step, extended solids such as graphite a large one.",
            )
        )
    if card.is_of_crystals and not structure.is_periodic:
        notices.append(
            Notice(
                "outside-domain",
                "trained on crystals and slabs",
                "This structure does not repeat; the training data do. Atoms at the rim of a cluster are unlike any "
                "that the network has learnt from.",
            )
        )
    if not has_domain and "grade" in card.domain:
        notices.append(
            Notice(
                "damaged",
                f"the training environments of {card.name} are missing",
                "No site can be told to be outside the training domain, though the card says that sites were graded "
                "by it. Fetch the bundle again.",
            )
        )
    elif not has_domain:
        notices.append(
            Notice("no-domain", "no domain check", f"{card.name} carries no training environments to compare with.")
        )
    return tuple(notices)


def band_notices(n_sites: int, most: int) -> tuple[Notice, ...]:
    """Return a notice where so many sites are predicted that the members of the ensemble aren't kept."""
    if n_sites <= most:
        return ()
    return (Notice("no-band", "no ensemble band", f"With more than {most} sites only the mean is kept."),)


def negative_notices(components: np.ndarray) -> tuple[Notice, ...]:
    """Return a notice where a tensor (S, 6, E) falls clearly below zero along one of thirteen directions.

    l = 0 and l = 2 do not make σ positive; curves are drawn as the network gives them.
    """
    n = np.array([v for v in np.ndindex(3, 3, 3) if v > (1, 1, 1)]) - 1.0
    x, y, z = (n / np.linalg.norm(n, axis=1, keepdims=True)).T
    weights = np.stack([x * x, y * y, z * z, 2 * y * z, 2 * x * z, 2 * x * y], axis=1)
    share = 0.0
    for begin in range(0, len(components), _SITES_AT_A_TIME):
        curves = np.einsum("dv,sve->sde", weights, components[begin : begin + _SITES_AT_A_TIME])
        low = curves.min(axis=(1, 2)) / np.maximum(curves.max(axis=(1, 2)), 1e-12)
        share = min(share, float(low.min(initial=0.0)))
    if share > -NEGATIVE_SHARE:
        return ()
    return (
        Notice(
            NEGATIVE,
            "falls below zero for some directions",
            f"Absorption can't be negative, but the network's tensor is not positive everywhere: along some direction "
            f"a site falls to {100 * share:.0f} % of its highest peak. Curves are drawn as they are.",
        ),
    )
