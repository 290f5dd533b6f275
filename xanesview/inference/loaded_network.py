"""What every loaded network has: its card, its members on a device, the check of sites, and how a prediction is made.

torch is imported when a network is loaded, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import SiteVerdict, check_sites, ensemble_spread
from xanesview.networks.card import CARD, Card

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says of some sites of a structure, and how far to trust it."""

    tensor: AbsorptionTensor
    verdicts: tuple[SiteVerdict, ...]
    elapsed_s: float
    device: str
    network: str
    notices: tuple[Notice, ...] = ()


def checked_sites(structure: Structure, sites: Sequence[int], card: Card) -> np.ndarray:
    """Return sites as an array after checking index and element.

    Raises
    ------
    XanesviewError
        naming the first site that can't be predicted.
    """
    array = np.asarray(list(sites), int)
    if not len(array):
        raise XanesviewError("No site was chosen.", "Pick at least one atom.")
    for site in array:
        if not 0 <= site < structure.n_atoms:
            raise XanesviewError(f"There is no atom {site}.", f"Indices run from 0 to {structure.n_atoms - 1}.")
        symbol = structure.symbols[site]
        if symbol != card.element:
            raise XanesviewError(
                f"Atom {site} is {symbol}, and {card.name} predicts {card.element} sites.",
                f"Pick {card.element} atoms.",
            )
    if len(np.unique(array)) != len(array):
        raise XanesviewError("A site was given twice.", "Give each atom once.")
    return array


def check_finite(values: np.ndarray) -> None:
    """Check what a network gave.

    Raises
    ------
    XanesviewError
        for values that are not finite.
    """
    if not np.isfinite(values).all():
        raise XanesviewError("The network gave values that are not numbers.", "Look for atoms on top of each other.")


class LoadedNetwork:
    """The members of one bundle on a device; each kind adds how it predicts.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        from xanesview.inference.device import choose_device, device_label
        from xanesview.networks.bundle import load_weights
        from xanesview.networks.members import load_kernel, load_members

        self.card = Card.from_json(path / CARD)
        weights = load_weights(path)
        self._environments = weights["domain.environments"].numpy() if "domain.environments" in weights else None
        self._device_name = choose_device(device)
        self._networks = [n.to(self._device_name) for n in load_members(self.card, weights)]
        kernel = load_kernel(self.card, weights)
        self._kernel = None if kernel is None else kernel.to(self._device_name)
        self.device = device_label(self._device_name)

    def _use_threads(self, n_edges: int) -> None:
        """Compute on as many processors as a graph with so many edges is worth."""
        if self._device_name == "cpu":
            import torch

            from xanesview.inference.device import processor_threads

            torch.set_num_threads(processor_threads(n_edges))

    def _tensor(
        self,
        sites: np.ndarray,
        components: np.ndarray,
        members: np.ndarray | None,
        ip_ev: np.ndarray | None = None,
    ) -> AbsorptionTensor:
        """Return components (S, 6, E), members (M, S, 6, E) and thresholds (S,) as the card describes them."""
        return AbsorptionTensor(
            energy_ev=self.card.energy_ev,
            components=components,
            sites=sites,
            unit=self.card.unit,
            edge=self.card.label,
            native_fwhm_ev=self.card.native_fwhm_ev,
            ip_ev=ip_ev,
            members=members,
            axis=self.card.axis,
        )

    def _judge(self, structure: Structure, sites: np.ndarray, members: np.ndarray | None) -> tuple[SiteVerdict, ...]:
        """Judge sites by their surroundings and by how far members (M, S, 6, E) disagree."""
        if self._environments is None:
            return tuple(SiteVerdict(int(s), True) for s in sites)
        spread = np.zeros(len(sites)) if members is None else ensemble_spread(members, self.card.intensity_scale)
        return check_sites(structure, sites, spread, self.card.domain, self._environments)
