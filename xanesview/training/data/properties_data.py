"""What property networks learn from: spectra of sites and molecules at several widths, composition, properties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.processing.broadening import additional_fwhm_ev, gaussian
from xanesview.domain.sticks import NATIVE_WIDTHS
from xanesview.errors import XanesviewError
from xanesview.networks.spectrum_properties.spectrum_vector import SpectrumWindow, composition_counts, spectrum_vector
from xanesview.reference.making.splits import constitution_key
from xanesview.training.data.dataset import holds_sticks, opened_data, read_datasets, read_element
from xanesview.training.data.labelled import LabelledStructure, SpectraDataset
from xanesview.training.data.measured_window import measure_grid

SITE, MOLECULE = "site", "molecule"
WIDTHS = NATIVE_WIDTHS
NATIVE_FWHM_EV = WIDTHS.fwhm_ev
#: Beyond both ends, so that broadening draws on the spectrum and not on its edge values.
MARGIN_EV = 4.0
_FINE = 2  # times finer than the grid of our measure


@dataclass(frozen=True, eq=False)
class PropertySamples:
    """Spectra of one kind as a network reads them.

    ``vectors`` (n, B, V) at B widths; ``composition`` (n, 6); ``values`` (n, P), NaN where unknown; ``owner`` (n,)
    index of the structure; ``n_left_out`` spectra that do not reach over the window.
    """

    kind: str
    vectors: np.ndarray
    composition: np.ndarray
    values: np.ndarray
    owner: np.ndarray
    n_left_out: int

    def __len__(self) -> int:
        return len(self.owner)

    def select(self, rows: np.ndarray) -> PropertySamples:
        """Return some of the samples."""
        parts = (self.vectors[rows], self.composition[rows], self.values[rows], self.owner[rows])
        return PropertySamples(self.kind, *parts, self.n_left_out)


def read_labelled(
    data: Sequence[Path], splits: Sequence[str] | None = None
) -> tuple[SpectraDataset, dict[str, dict[str, float]]]:
    """Return spectra on a fine grid with a margin, and the properties {name: {property: value}} of each structure.

    Raises
    ------
    XanesviewError
        for data without properties of molecules, or whose first file holds no sticks.
    """
    if not holds_sticks(data[0]):
        raise XanesviewError(
            f"{data[0].name} holds spectra on a grid.", "Give a data file of sticks with molecule/properties first."
        )
    coarse = measure_grid(read_element(data[0]), MARGIN_EV)
    n_fine = _FINE * (len(coarse) - 1) + 1
    dataset = read_datasets(data, np.linspace(coarse[0], coarse[-1], n_fine), splits, widths=WIDTHS, held=True)
    table: dict[str, dict[str, float]] = {}
    for path in data:
        table |= _properties(path)
    return dataset, table


def _properties(path: Path) -> dict[str, dict[str, float]]:
    with opened_data(path) as f:
        owner = "molecule" if "molecule" in f else "structure"
        if f"{owner}/properties" not in f:
            raise XanesviewError(
                f"{path.name} holds no properties of its molecules.", f"They are kept in {owner}/properties."
            )
        values, smiles = f[f"{owner}/properties"], f[f"{owner}/smiles"].asstr()[:]
        names = [str(n) for n in values.attrs["names"]]
        keys = [_key(n, s) for n, s in zip(f[f"{owner}/name"].asstr()[:], smiles, strict=True)]
        return {k: dict(zip(names, map(float, row), strict=True)) for k, row in zip(keys, values[:], strict=True)}


def _key(name: str, smiles: str) -> str:
    return f"{name} {smiles}"


def properties_of(structure: LabelledStructure, table: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    """Return a structure's properties from `read_labelled`, NaN where one is unknown; empty where none is kept."""
    return table.get(_key(structure.name, structure.smiles), {})


def class_weights(structure: LabelledStructure) -> np.ndarray:
    """Return how many atoms each site stands for (S,): the size of its class among atoms of its element."""
    element = structure.numbers[structure.sites[0]]
    ranks = structure.rank[structure.numbers == element]
    return np.array([np.count_nonzero(ranks == structure.rank[s]) for s in structure.sites])


def is_complete(structure: LabelledStructure) -> bool:
    """Tell whether every class of absorbers has a spectrum, so that the molecule's mean is known."""
    element = structure.numbers[structure.sites[0]]
    return int(class_weights(structure).sum()) == np.count_nonzero(structure.numbers == element)


def spectra_of(structure: LabelledStructure, kind: str, isotropic: np.ndarray | None = None) -> np.ndarray:
    """Return the isotropic spectra (n, E) of all sites, or the molecule's mean (1, E; 0 rows where a class lacks)."""
    curves = structure.isotropic if isotropic is None else isotropic
    if kind == SITE:
        return curves
    if not is_complete(structure):
        return curves[:0]
    weights = class_weights(structure)
    return (weights[:, None] * curves).sum(0, keepdims=True) / weights.sum()


def collect(
    structures: Sequence[LabelledStructure],
    energy_ev: np.ndarray,
    table: Mapping[str, Mapping[str, float]],
    properties: Sequence[str],
    kind: str,
    window: SpectrumWindow,
    widths_ev: Sequence[float],
) -> PropertySamples:
    """Return the samples of structures: one a site, or one a molecule all of whose classes are known.

    Parameters
    ----------
    energy_ev : (E,) grid of the structures' spectra, with a margin on both sides
    table : properties by structure, from `read_labelled`
    widths_ev : total Gaussian widths below the ionisation potential; the first is drawn in tests
    """
    seen = _seen(energy_ev)
    vectors, composition, values, owner, left_out = [], [], [], [], 0
    for index, structure in enumerate(structures):
        known = properties_of(structure, table)
        wanted = [known.get(p, np.nan) for p in properties]
        for curve in spectra_of(structure, kind):
            try:
                vectors.append(_at_widths(energy_ev, curve, seen, window, widths_ev))
            except XanesviewError:  # begins too late for the window
                left_out += 1
                continue
            composition.append(composition_counts(structure.numbers))
            values.append(wanted)
            owner.append(index)
    shape = (-1, len(widths_ev), window.n_points)
    return PropertySamples(
        kind,
        np.array(vectors, np.float32).reshape(shape),
        np.array(composition, np.float32).reshape(-1, 6),
        np.array(values, np.float32).reshape(-1, len(properties)),
        np.array(owner, int),
        left_out,
    )


def _seen(energy_ev: np.ndarray) -> np.ndarray:
    return (energy_ev >= energy_ev[0] + MARGIN_EV - 1e-6) & (energy_ev <= energy_ev[-1] - MARGIN_EV + 1e-6)


def _at_widths(
    energy_ev: np.ndarray, curve: np.ndarray, seen: np.ndarray, window: SpectrumWindow, widths_ev: Sequence[float]
) -> np.ndarray:
    rows = []
    for width in widths_ev:
        extra = additional_fwhm_ev(NATIVE_FWHM_EV, max(width, NATIVE_FWHM_EV))
        broad = gaussian(energy_ev, curve, extra) if extra > 1e-6 else curve
        rows.append(spectrum_vector(energy_ev[seen], broad[seen], window))
    return np.stack(rows)


def folds_by_constitution(
    structures: Sequence[LabelledStructure], owner: np.ndarray, n_folds: int, seed: int
) -> np.ndarray:
    """Return the fold (n,) of each sample; no constitution is in two of them."""
    keys = [constitution_key(s.smiles) for s in structures]
    unique = sorted(set(keys))
    fold = dict(zip(unique, np.random.default_rng(seed).permutation(len(unique)) % n_folds, strict=True))
    return np.array([fold[keys[i]] for i in owner], int)
