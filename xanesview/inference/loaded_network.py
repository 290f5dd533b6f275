"""What every loaded network has: its card, its members on a device, the check of sites, and how a prediction is made.

torch is imported when a network is loaded, not before.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.site_spectra import quadratic_design
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.inference.domain_check import (
    SiteVerdict,
    check_domain,
    check_sites,
    ensemble_spread,
    environment_distances,
    site_edges,
    squared_lengths,
)
from xanesview.inference.feature_distance import FeatureDistance
from xanesview.inference.finite import check_finite
from xanesview.inference.notices import structure_notices
from xanesview.networks.card import CARD, Card, bundle_identity
from xanesview.networks.quadratic_form import directions_of
from xanesview.networks.uncertainty import band_scales

if TYPE_CHECKING:
    import torch

Progress = Callable[[int, int], None]
Answer = TypeVar("Answer")
MOST_SITES_WITH_MEMBERS = 1500
LARGE_ATOMS = 5000
"""From so many atoms on, those that no site sees are left out first."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says of some sites of a structure, and how far to trust it.

    ``bundle`` is the identity of the files it was loaded from, see `xanesview.networks.card.bundle_identity`;
    ``features`` (S, F) the last features that a single network makes of the sites, where its kind gives them.
    """

    tensor: AbsorptionTensor
    verdicts: tuple[SiteVerdict, ...]
    elapsed_s: float
    device: str
    network: str
    notices: tuple[Notice, ...] = ()
    bundle: str = ""
    features: np.ndarray | None = None


class Predictor(Protocol):
    """A network ready to be asked, of any kind that gives spectra."""

    card: Card
    device: str

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict the absorption tensors of sites (atom indices)."""

    def along(
        self,
        structure: Structure,
        sites: Sequence[int],
        weight: WeightTensor,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Return the spectra (S, E) of sites for one experiment; of a network that takes the direction its own."""

    def along_directions(
        self,
        structure: Structure,
        sites: Sequence[int],
        directions: np.ndarray,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Return the spectra (D, S, E) of sites for linear light along directions (D, 3)."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a kind of network finds for S sites.

    Attributes
    ----------
    components : (S, 6, E)
    judged : what its members say, in the form that the kind's domain check takes; None where nothing is to be compared
    members : (M, S, 6, E) or None
        For the band: members as far from their mean as they err.
    ip_ev : (S,) or None
    notices : all that is to be told
    features : (S, F) or None
        The last features that a single network makes of the sites.
    """

    components: np.ndarray
    judged: np.ndarray | None
    members: np.ndarray | None
    ip_ev: np.ndarray | None
    notices: tuple[Notice, ...]
    features: np.ndarray | None = None


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


def near_sites(
    structure: Structure, sites: np.ndarray, reach_angstrom: float | None
) -> tuple[Structure, np.ndarray]:
    """Return what of a large structure its sites can see, and their places (S,) in it.

    A structure that repeats, that is small, or that is seen nearly whole is returned as it is.
    """
    if reach_angstrom is None or structure.is_periodic or structure.n_atoms < LARGE_ATOMS:
        return structure, sites
    from scipy.spatial import cKDTree

    positions = structure.positions_angstrom
    distance, _ = cKDTree(positions[sites]).query(positions, distance_upper_bound=reach_angstrom)
    seen = np.isfinite(distance)
    if seen.mean() > 0.7:
        return structure, sites
    place = np.cumsum(seen) - 1
    part = replace(
        structure, numbers=structure.numbers[seen], positions_angstrom=positions[seen], absorbers=(), notices=()
    )
    return part, place[sites]


def in_batches(
    n: int, size: int, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
) -> Iterator[slice]:
    """Yield slices of n rows, so many at a time.

    Parameters
    ----------
    progress : called after each batch with (rows done, rows in all)
    cancelled : asked before each batch

    Raises
    ------
    Cancelled
        when ``cancelled`` says so.
    """
    for begin in range(0, n, size):
        if cancelled is not None and cancelled():
            raise Cancelled()
        yield slice(begin, begin + size)
        if progress is not None:
            progress(min(begin + size, n), n)


class LoadedNetwork(ABC):
    """The members of one bundle on a device; each kind adds how they are evaluated.

    Raises
    ------
    XanesviewError
        for a broken bundle or a device that is not there.
    """

    def __init__(self, path: Path, device: str = "auto") -> None:
        from xanesview.inference.device import choose_device, device_label
        from xanesview.networks.bundle import load_weights
        from xanesview.networks.members import load_members

        self.card = Card.from_json(path / CARD)
        self._identity = bundle_identity(path)
        self._bands = band_scales(self.card)
        weights = load_weights(path)
        self._networks = load_members(self.card, weights)
        self._environments: np.ndarray | None = None
        self._environment_squares: np.ndarray | None = None
        self._features: FeatureDistance | None = None
        self._read_more(weights)
        self._device_name = choose_device(device)
        self.device = device_label(self._device_name)
        self._fallen_back: tuple[Notice, ...] = ()
        self._within_memory(self._move)

    @property
    def identity(self) -> str:
        """The identity of the files it was loaded from."""
        return self._identity

    def _read_more(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Take what a bundle holds beside its members: here the training environments of the domain check."""
        if "domain.environments" in weights:
            self._environments = weights["domain.environments"].float().numpy()
            check_domain(self.card.name, self.card.domain, self._environments)
            self._environment_squares = squared_lengths(self._environments)
        self._features = FeatureDistance.of_weights(self.card.name, weights)

    @abstractmethod
    def _evaluate(
        self, structure: Structure, sites: np.ndarray, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Evaluation:
        """Ask the members about sites (S,), in this order."""

    def predict(
        self,
        structure: Structure,
        sites: Sequence[int],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Prediction:
        """Predict the tensors of sites of a molecule, crystal or slab.

        Parameters
        ----------
        structure : Structure
        sites : atom indices (S,)
        progress : called with (sites done, sites in all)
        cancelled : asked between batches

        Raises
        ------
        XanesviewError
            for elements the network has no weights for, wrong sites, or values that are not finite.
        Cancelled
            when ``cancelled`` says so.
        """
        start = time.perf_counter()
        array = checked_sites(structure, sites, self.card)
        structure, asked = near_sites(structure, array, self._reach_angstrom())
        found = self._evaluate(structure, asked, progress, cancelled)
        self._check_finite(found.components)
        if found.ip_ev is not None:
            self._check_finite(found.ip_ev)
        verdicts = tuple(
            replace(verdict, atom=int(atom))
            for verdict, atom in zip(self._judge(structure, asked, found), array, strict=True)
        )
        tensor = AbsorptionTensor(
            energy_ev=self.card.energy_ev,
            components=found.components,
            sites=array,
            unit=self.card.unit,
            edge=self.card.label,
            native_fwhm_ev=self.card.gaussian_fwhm_ev,
            ip_ev=found.ip_ev,
            members=found.members,
            axis=self.card.axis,
            bands=self._bands,
        )
        return Prediction(
            tensor=tensor,
            verdicts=verdicts,
            elapsed_s=time.perf_counter() - start,
            device=self.device,
            network=self.card.name,
            notices=self._fallen_back + found.notices,
            bundle=self._identity,
            features=found.features,
        )

    def _reach_angstrom(self) -> float | None:
        """Return how far from a site an atom can lie and still matter, Å; None where that isn't known."""
        return None

    def along(
        self,
        structure: Structure,
        sites: Sequence[int],
        weight: WeightTensor,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Return the spectra (S, E) of sites for one experiment.

        An experiment is a sum over directions, see `xanesview.networks.quadratic_form.directions_of`; linear light
        takes one.

        Raises
        ------
        XanesviewError, Cancelled
            as `predict`.
        """
        directions, shares = directions_of(weight)
        return np.tensordot(shares, self.along_directions(structure, sites, directions, cancelled), axes=1)

    def along_directions(
        self,
        structure: Structure,
        sites: Sequence[int],
        directions: np.ndarray,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """Return the spectra (D, S, E) of sites for linear light along directions (D, 3) of any length but zero.

        Raises
        ------
        XanesviewError, Cancelled
            as `predict`.
        """
        n = np.asarray(directions, float)
        weights = quadratic_design(n / np.linalg.norm(n, axis=1, keepdims=True))
        components = self.predict(structure, sites, cancelled=cancelled).tensor.components
        return np.einsum("dv,sve->dse", weights, components)

    def _check_finite(self, values: np.ndarray) -> None:
        check_finite(values, self._modules(), "Look for atoms on top of each other.")

    def _modules(self) -> Sequence[torch.nn.Module]:
        """Return all that spectra are made by."""
        return self._networks

    def _told_of(self, structure: Structure) -> tuple[Notice, ...]:
        """Return what sets a structure as a whole apart from the training data."""
        return structure_notices(self.card, structure, has_domain=self._environments is not None)

    def _use_threads(self, n_edges: int) -> None:
        """Compute on as many processors as a graph with so many edges is worth."""
        if self._device_name == "cpu":
            import torch

            from xanesview.inference.device import processor_threads

            torch.set_num_threads(processor_threads(n_edges))

    def _within_memory(self, run: Callable[[], Answer]) -> Answer:
        """Compute on the device; where its memory runs out go on on the processor, from now on, and say so."""
        import torch

        from xanesview.inference.device import device_label, ran_out_of_memory

        try:
            return run()
        except RuntimeError as error:
            if not ran_out_of_memory(error):
                raise
            torch.cuda.empty_cache()
            self._device_name, self.device = "cpu", device_label("cpu")
            self._move()
            self._fallen_back = (
                Notice(
                    "device",
                    "CPU: GPU memory ran out",
                    "The prediction goes on, slower. Close other programs that use the GPU.",
                ),
            )
            return run()

    def _move(self) -> None:
        """Bring everything to the device."""
        self._networks = [n.to(self._device_name) for n in self._networks]

    def _judge(self, structure: Structure, sites: np.ndarray, found: Evaluation) -> tuple[SiteVerdict, ...]:
        """Judge sites by their surroundings, and by how far members disagree or how unusual their features are."""
        if self._environments is None:
            return tuple(SiteVerdict(int(s), True) for s in sites)
        domain = self.card.domain
        edges = site_edges(structure)
        known = self._environments, self._environment_squares
        measures = {"distance": environment_distances(structure, sites, edges, domain, *known)}
        if found.judged is not None and len(found.judged) > 1:
            measures["spread"] = ensemble_spread(found.judged, self.card.intensity_scale)
        if found.features is not None and self._features is not None:
            measures["features"] = self._features.distance(found.features)
        return check_sites(structure, sites, measures, domain, edges)
