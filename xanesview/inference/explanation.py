"""Why a network gives this spectrum: which neighbours, at which distances, matter in which window of energies.

What can be asked depends on the kind of network. Descriptor networks are opened up feature by feature, by exchange with
other sites ("permutation") or by SHAP values, and each feature is shared among the neighbours that it sees;
"population" asks the training sites instead of the picked one. XANE(3) tells its attention weights. Of every network
atoms can be taken away in turn ("occlusion").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.inference.explained import Explanation, Question, Window
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.kinds import find_kind, loaded

OCCLUSION = "occlusion"
METHODS = {
    "permutation": "Exchange of features",
    "shap": "SHAP values",
    "population": "All training sites",
    "attention": "Attention weights",
    OCCLUSION: "Atoms taken away",
}
MEANINGS = {
    "permutation": "How much the intensity of the window changes when features of this site are exchanged for those of "
    "other sites; each feature is shared among the neighbours that it sees.",
    "shap": "By how much features lift or lower the window's intensity against the usual site (SHAP values); each "
    "feature is shared among the neighbours that it sees.",
    "population": "How much the intensity of the window changes when features are exchanged among training sites, at "
    "the radius of each G2 feature; behind it how many neighbours a training site has on average.",
    "attention": "How strongly the absorber listens to each atom. The same for all energies: attention is part of the "
    "network's inside, not a measure of what an atom does to the spectrum.",
    OCCLUSION: "How much the isotropic spectrum changes in the window when an atom is taken away. The network has "
    "not seen such torn structures, so read it as where it looks, not as chemistry.",
}


def methods_of(card: Card) -> tuple[str, ...]:
    """Return what can be asked of a network, the best first; none of those that give no spectra."""
    return tuple(_explanations(card))


def default_windows(card: Card) -> tuple[Window, Window]:
    """Return two windows worth comparing: π* and σ* of C, N and O, the edge and the region beyond of others."""
    pi_sigma = {"C": ((284.0, 287.0), (290.0, 300.0)), "N": ((398.0, 402.0), (404.0, 415.0)),
                "O": ((530.0, 534.0), (536.0, 547.0))}.get(card.element)  # fmt: skip
    low, high = float(card.energy_ev[0]), float(card.energy_ev[-1])
    wanted = [((-3.0, 3.0), (50.0, 56.0)), ((-7.0, -3.0), (0.0, 10.0))]
    if card.axis == "absolute":
        wanted = [pi_sigma] if pi_sigma and card.edge == "K" else []
    elif pi_sigma:
        wanted = wanted[::-1]
    for first, second in wanted:
        if low <= first[0] and second[1] <= high:
            return first, second
    span = high - low
    return (round(low + 0.2 * span, 1), round(low + 0.35 * span, 1)), (
        round(low + 0.6 * span, 1), round(low + 0.8 * span, 1))  # fmt: skip


def explain(
    structure: Structure,
    site: int,
    network: str | Path,
    windows_ev: Sequence[Window] | None = None,
    method: str | None = None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Explanation:
    """Explain the spectrum of one site.

    Parameters
    ----------
    site : atom index of the absorber
    network : name or path of a bundle
    windows_ev : on the network's axis; `default_windows` by default
    method : one of `methods_of` the network, the first by default
    cancelled : asked between steps

    Raises
    ------
    XanesviewError
        for a method the network does not have, a window beyond its energies, a wrong site, or a missing package.
    Cancelled
        when ``cancelled`` says so.
    """
    from xanesview.inference.loaded_network import checked_sites
    from xanesview.networks.torch_access import need_torch

    path = find_bundle(network)
    card = Card.from_json(path / CARD)
    known = _explanations(card)
    method = method or next(iter(known), "")
    if method not in known:
        offered = ", ".join(known) or "none: it gives no spectra of sites"
        raise XanesviewError(f"{card.name} can't be explained by “{method}”.", f"Methods: {offered}.")
    checked_sites(structure, [site], card)
    windows = tuple((float(low), float(high)) for low, high in (windows_ev or default_windows(card)))
    asked = Question(structure, site, path, windows, method, cancelled or (lambda: False))
    need_torch()
    return loaded(known[method])(asked)


def _explanations(card: Card) -> dict[str, str]:
    """Return {method: function}: what the kind of a network has of its own, then atoms taken away."""
    if card.gives == "properties":
        return {}
    kind = find_kind(card.kind)
    own = {} if kind is None else kind.explanations
    return {**own, OCCLUSION: "xanesview.inference.occlusion_explanation:of_occlusion"}
