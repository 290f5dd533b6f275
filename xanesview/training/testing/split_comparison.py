"""Predicted beside reference spectra of all sites of a split, for networks of every kind that gives spectra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.bands import UNSCALED, BandScales
from xanesview.domain.quality import RANKINGS
from xanesview.domain.sticks import MEASURE_WIDTHS, StickWidths, rebroadened
from xanesview.errors import XanesviewError
from xanesview.inference.domain_check import SiteVerdict
from xanesview.inference.loaded_network import Prediction, Predictor
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.networks.members import configuration_of
from xanesview.networks.uncertainty import band_scales
from xanesview.training.data.dataset import holds_sticks, opened_data, read_datasets, read_element
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.measured_window import measure_grid
from xanesview.training.data.splits import as_trained, draws_own_split
from xanesview.training.testing.drawn_bands import N_DIRECTIONS, BandRatios
from xanesview.training.testing.metrics import (
    curve_errors,
    direction_weights,
    isotropic,
    random_directions,
)


@dataclass(frozen=True, eq=False)
class SplitComparison:
    """All sites of a split (S), divided by the intensity scale.

    Parameters
    ----------
    card : Card
    split : str
    sources : names of the data files
    energy_ev : (E,) on `axis`, "absolute" or "relative" to each site's E0
    structures : the structures, in order; each owns as many sites as it has
    predicted, reference : (S, 6, E); of a network that takes the direction as an input the fitted tensor
    directions : (S, D, 3) seeded random unit vectors
    predicted_along : (S, D, E) or None
        Direct answers of a network that takes the direction as an input. All sites of a structure share its directions.
    predicted_e0_ev, reference_e0_ev : (S,); NaN where unknown
    verdicts : of the sites, (S,)
    polarised : (S,) whether more than the isotropic reference is known
    ratios : errors in units of the spread of an ensemble, or None where there is none
    scales : by what that spread is multiplied for the bands that are drawn
    features : (S, F) or None, the last features of a single network
    n_left_out : structures with elements that the network has no weights for
    """

    card: Card
    split: str
    sources: tuple[str, ...]
    axis: str
    energy_ev: np.ndarray
    scale: float
    structures: tuple[LabelledStructure, ...]
    predicted: np.ndarray
    reference: np.ndarray
    directions: np.ndarray
    predicted_along: np.ndarray | None
    predicted_e0_ev: np.ndarray
    reference_e0_ev: np.ndarray
    verdicts: tuple[SiteVerdict, ...]
    polarised: np.ndarray
    ratios: BandRatios | None = None
    scales: BandScales = UNSCALED
    features: np.ndarray | None = None
    n_left_out: int = 0

    @property
    def is_isotropic(self) -> bool:
        """Whether the network says nothing of polarisation."""
        return self.card.gives == "isotropic"

    @cached_property
    def inside(self) -> np.ndarray:
        """Whether the domain check lets each site pass, (S,)."""
        return np.array([verdict.inside for verdict in self.verdicts])

    @cached_property
    def owner(self) -> np.ndarray:
        """Row of each site's structure, (S,)."""
        return np.repeat(np.arange(len(self.structures)), [len(m.sites) for m in self.structures])

    @cached_property
    def atoms(self) -> np.ndarray:
        """Atom index of each site, (S,)."""
        return np.concatenate([m.sites for m in self.structures])

    @cached_property
    def isotropic_errors(self) -> dict[str, np.ndarray]:
        """Errors of the isotropic spectra: each ranking's (S,)."""
        return curve_errors(isotropic(self.predicted) - isotropic(self.reference), self.energy_ev)

    @cached_property
    def directional_errors(self) -> dict[str, np.ndarray]:
        """Errors of each site's spectra along its random directions: each ranking's (S, D).

        A site of which only the average is known has its isotropic error along every direction.
        """
        found = [curve_errors(np.subtract(*self.along(s)), self.energy_ev) for s in range(len(self.atoms))]
        known = self.polarised[:, None]
        return {
            name: np.where(known, np.stack([one[name] for one in found]), self.isotropic_errors[name][:, None])
            for name in RANKINGS
        }

    def along(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a site's predicted and reference spectra along its directions, (D, E) each."""
        weights = direction_weights(self.directions[row])
        reference = weights @ self.reference[row]
        return (weights @ self.predicted[row] if self.predicted_along is None else self.predicted_along[row]), reference

    def site_errors(self) -> dict[str, np.ndarray]:
        """Return what sites are ranked by, each (S,): the mean over directions, or the isotropic error."""
        if self.is_isotropic:
            return self.isotropic_errors
        return {name: self.directional_errors[name].mean(1) for name in RANKINGS}

    def by_structure(self, values: np.ndarray) -> list[np.ndarray]:
        """Cut an array over sites into one a structure."""
        return np.split(values, np.cumsum([len(m.sites) for m in self.structures])[:-1])


def measured_at(card: Card) -> StickWidths:
    """Return the widths of the sticks that a network is compared with: our measure's, for older networks their own."""
    return MEASURE_WIDTHS if "stick_widths" in card.raw else card.stick_widths


def at_widths(
    card: Card, energy_ev: np.ndarray, curves: np.ndarray, e0_ev: np.ndarray, wanted: StickWidths
) -> np.ndarray:
    """Return a network's curves (S, ..., E) of sites with their E0 (S,) at the widths wanted, where these are broader.

    Those of sites without an E0 stay as they are.
    """
    if wanted == card.stick_widths:
        return curves
    zero = np.zeros(len(e0_ev)) if card.axis == "relative" else e0_ev
    return np.stack(
        [
            rebroadened(energy_ev, curve, float(ip), card.stick_widths, wanted) if np.isfinite(ip) else curve
            for curve, ip in zip(curves, zero, strict=True)
        ]
    )


def files_of(data: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return one or several data files as a list."""
    return [Path(p) for p in (data if isinstance(data, list | tuple) else [data])]


def splits_of(network: str | Path, data: str | Path | Sequence[str | Path]) -> list[str]:
    """Return the names of the splits that a network can be tested on, sorted: those of the files, or all three where
    the network's recipe drew its own from these files."""
    found: set[str] = set()
    for file in files_of(data):
        with opened_data(file) as f:
            key = "molecule/split" if "molecule" in f else "structure/split"
            found |= set(f[key].asstr()[:]) if key in f else set()
    card = Card.from_json(find_bundle(network) / CARD)
    if draws_own_split(card, [file.name for file in files_of(data)]):
        found = {"train", "val", "test"}
    return sorted(found - {""})


def read_for_card(card: Card, data: str | Path | Sequence[str | Path], split: str | None = None) -> SpectraDataset:
    """Read data on the grid that a network is measured on: its own, or the grid of our measure for absolute sticks.

    Raises
    ------
    XanesviewError
        where the data are of another edge or axis.
    """
    files = files_of(data)
    for path in files:
        element = read_element(path)
        if element != card.element:
            raise XanesviewError(
                f"{card.name} gives {card.gives} spectra at the {card.label} edge; {path.name} holds spectra of "
                f"{element}.",
                "Choose other data.",
            )
    sticks = holds_sticks(files[0])
    absolute = sticks and card.axis == "absolute"
    grid = measure_grid(card.element) if absolute else card.energy_ev
    splits = None if split is None else [split]
    offset, widths = card.energy_offset_ev, measured_at(card)
    dataset = read_datasets(files, grid, splits, axis=card.axis, offset_ev=offset, widths=widths)
    if (dataset.element, dataset.edge) != (card.element, card.edge):
        raise XanesviewError(
            f"{card.name} gives {card.gives} spectra at the {card.label} edge; the data are {dataset.element} "
            f"{dataset.edge}.",
            "Choose other data.",
        )
    return dataset


def structures_of_split(card: Card, data: str | Path | Sequence[str | Path], split: str) -> list[LabelledStructure]:
    """Return the structures of a split as the network was trained."""
    dataset = read_for_card(card, data)
    return [m for m in as_trained(dataset.structures, dataset.sources, card) if m.split == split]


def compare_split(
    predictor: Predictor, data: str | Path | Sequence[str | Path], split: str, direct: bool = True
) -> SplitComparison:
    """Predict every site of a split.

    Parameters
    ----------
    predictor : from `load_predictor`
    data : one or several data files
    split : name of the split
    direct : evaluate networks that take the direction as an input along every random direction, too

    Raises
    ------
    XanesviewError
        for a split that the data don't have, or data of another edge.
    """
    card = predictor.card
    dataset = read_for_card(card, data)
    asked = [m for m in as_trained(dataset.structures, dataset.sources, card) if m.split == split]
    known = configuration_of(card).known_elements
    structures = tuple(m for m in asked if known is None or known.issuperset(m.numbers.tolist()))
    if not structures:
        raise XanesviewError(f"The data have no split '{split}'.", f"Splits: {', '.join(dataset.splits())}.")
    along = predictor.along_directions if direct and card.gives == "directional" else None
    directions = random_directions(sum(len(m.sites) for m in structures))
    predicted, direct_values, e0, verdicts, ratios, row = [], [], [], [], [], 0
    features: list[np.ndarray] = []
    for labelled in structures:
        mine = slice(row, row + len(labelled.sites))
        row = mine.stop
        result: Prediction = predictor.predict(labelled.structure, labelled.sites)
        tensor = result.tensor
        components = at_widths(card, tensor.energy_ev, tensor.components, labelled.e0_ev, measured_at(card))
        predicted.append(on_grid(components, tensor.energy_ev, dataset.energy_ev) / card.intensity_scale)
        e0.append(np.full(len(labelled.sites), np.nan) if tensor.ip_ev is None else tensor.ip_ev)
        verdicts += result.verdicts
        features += [] if result.features is None else [result.features]
        if tensor.members is not None:
            ratios.append(_band_ratios(card, tensor, labelled, dataset.energy_ev, directions[mine.start]))
        if along is not None:
            directions[mine] = directions[mine.start]
            values = np.asarray(along(labelled.structure, labelled.sites, directions[mine.start]))
            values = np.swapaxes(values, 0, 1)
            values = at_widths(card, card.energy_ev, values, labelled.e0_ev, measured_at(card))
            direct_values.append(on_grid(values, card.energy_ev, dataset.energy_ev) / card.intensity_scale)
    return SplitComparison(
        card=card,
        split=split,
        sources=dataset.sources,
        axis=dataset.axis,
        energy_ev=dataset.energy_ev,
        scale=card.intensity_scale,
        structures=structures,
        predicted=np.concatenate(predicted),
        reference=np.concatenate([m.tensors for m in structures]).astype(float) / card.intensity_scale,
        directions=directions,
        predicted_along=np.concatenate(direct_values) if direct_values else None,
        predicted_e0_ev=np.concatenate(e0),
        reference_e0_ev=np.concatenate([m.e0_ev for m in structures]),
        verdicts=tuple(verdicts),
        polarised=np.concatenate([m.polarised for m in structures]),
        ratios=BandRatios.joined(ratios) if len(ratios) == len(structures) else None,
        scales=band_scales(card),
        features=np.concatenate(features) if features else None,
        n_left_out=len(asked) - len(structures),
    )


def within(comparison: SplitComparison, low_ev: float, high_ev: float) -> SplitComparison:
    """Return the same on the energies from ``low_ev`` to ``high_ev`` alone, on the comparison's own axis.

    Raises
    ------
    XanesviewError
        for a range with fewer than three of its energies, which have no curvature.
    """
    c = comparison
    kept = (c.energy_ev >= low_ev - 1e-6) & (c.energy_ev <= high_ev + 1e-6)
    if kept.sum() < 3:
        raise XanesviewError(
            f"Between {low_ev:g} and {high_ev:g} eV there are {int(kept.sum())} of the energies compared.",
            f"They reach from {c.energy_ev[0]:g} to {c.energy_ev[-1]:g} eV.",
        )
    return replace(
        c, energy_ev=c.energy_ev[kept], predicted=c.predicted[..., kept], reference=c.reference[..., kept],
        predicted_along=None if c.predicted_along is None else c.predicted_along[..., kept],
        ratios=None,
    )  # fmt: skip


def sum_weights(labelled: LabelledStructure) -> np.ndarray:
    """Return how many equivalent atoms each site (S,) stands for, or ones where not all sites are known."""
    ranks = labelled.rank[labelled.numbers == labelled.numbers[labelled.sites[0]]]
    weights = np.array([(ranks == labelled.rank[site]).sum() for site in labelled.sites])
    return weights.astype(float) if weights.sum() == len(ranks) else np.ones(len(weights))


def _band_ratios(
    card: Card, tensor: AbsorptionTensor, labelled: LabelledStructure, grid_ev: np.ndarray, directions: np.ndarray
) -> BandRatios:
    """Compare the members of an ensemble with a structure's reference, averaged and along some of its directions."""
    average = np.array([[1.0, 1.0, 1.0, 0.0, 0.0, 0.0]]) / 3.0
    weights = np.concatenate([average, direction_weights(directions[:N_DIRECTIONS])])
    curves = np.einsum("dc,msce->smde", weights, tensor.members)
    curves = at_widths(card, tensor.energy_ev, curves, labelled.e0_ev, measured_at(card))
    members = np.swapaxes(on_grid(curves, tensor.energy_ev, grid_ev), 0, 1)
    reference = np.einsum("dc,sce->sde", weights, labelled.tensors.astype(float))
    polarised = card.gives != "isotropic" and bool(labelled.polarised.all())
    return BandRatios.of_structure(members, reference, sum_weights(labelled), polarised)


def on_grid(values: np.ndarray, energy_ev: np.ndarray, grid_ev: np.ndarray) -> np.ndarray:
    """Return curves (..., E) on another grid (..., G), linearly between points and flat beyond them."""
    columns = np.clip(np.searchsorted(energy_ev, grid_ev - 1e-6), 0, len(energy_ev) - 1)
    if np.allclose(energy_ev[columns], grid_ev, atol=1e-6):
        return values[..., columns]
    position = np.clip(np.searchsorted(energy_ev, grid_ev) - 1, 0, len(energy_ev) - 2)
    t = np.clip((grid_ev - energy_ev[position]) / (energy_ev[position + 1] - energy_ev[position]), 0.0, 1.0)
    return values[..., position] * (1 - t) + values[..., position + 1] * t
