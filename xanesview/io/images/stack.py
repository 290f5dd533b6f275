"""A dataset of two or three dimensions, one of them energies, as an image that is read from its file in pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from xanesview.domain.images.spectrum_image import PixelAxis, SpectrumImage
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.io.hdf5 import check_dataset
from xanesview.io.spectra.energy_axis import in_order, is_plausible
from xanesview.io.spectra.energy_units import ANGLES, known_unit, to_ev
from xanesview.io.spectra.hdf5_tree import opened_tree, refuse_elsewhere
from xanesview.io.text_file import LARGEST
from xanesview.limits import LARGEST_IMAGE, MOST_ENERGIES, MOST_IMAGE_PIXELS, check_count


@dataclass(frozen=True, eq=False)
class Axis:
    """One dimension of a dataset as its file describes it; no values where it only counts."""

    name: str = ""
    unit: str = ""
    values: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Stack:
    """What a file says of a dataset of spectra.

    Attributes
    ----------
    dataset : str
        Its path in the file.
    shape : tuple of int
    axes : tuple of Axis
        One a dimension.
    energy : int
        Which of them is the energy.
    """

    dataset: str
    shape: tuple[int, ...]
    axes: tuple[Axis, ...]
    energy: int
    label: str = ""
    unit: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def longer(self) -> list[int]:
        """The dimensions of more than one point, besides energy."""
        return [k for k, n in enumerate(self.shape) if n > 1 and k != self.energy]

    @property
    def n_spectra(self) -> int:
        """How many spectra there are."""
        return int(np.prod([self.shape[k] for k in self.longer], dtype=object)) if self.longer else 1


def is_stack(one: object) -> bool:
    """Tell whether a dataset of a file may be one of spectra: numbers in two or three dimensions."""
    if not isinstance(one, h5py.Dataset) or one.dtype.kind not in "iuf":
        return False
    return bool(one.size) and 2 <= sum(n > 1 for n in one.shape or ()) <= 3 and len(one.shape) <= 6


def shape_of(one: h5py.Dataset) -> str:
    """Return “4 × 5 × 100”, as the shape of a dataset stands in a sentence."""
    return " × ".join(map(str, one.shape or ())) or "a single value"


def image_of(path: Path, stack: Stack, unit: str = "") -> SpectrumImage:
    """Return an image whose spectra are read when they are wanted.

    Parameters
    ----------
    path : file
    stack : what it says of the dataset
    unit : of the energies, where the user says it

    Raises
    ------
    XanesviewError
        If it is too large, lies in another file, or its energies are none.
    """
    energy = stack.axes[stack.energy]
    values = np.arange(float(stack.shape[stack.energy])) if energy.values is None else energy.values
    check_count(len(values), MOST_ENERGIES, "energies", "Bin them first.")
    check_count(stack.n_spectra, MOST_IMAGE_PIXELS, "pixels", "Bin or cut the image first.")
    with opened_tree(path) as file:
        refuse_elsewhere(file, stack.dataset, path)
        dataset = file[stack.dataset]
        check_dataset(dataset, path, LARGEST_IMAGE)
        chunks = dataset.chunks
    energies_ev = to_ev(np.asarray(values, float), _unit(path, energy, values, unit))
    order = in_order(energies_ev, stack.label or path.name)
    dims = stack.longer or [next(k for k in range(len(stack.shape)) if k != stack.energy)]
    axes = tuple(_pixel_axis(stack, k, number, len(dims)) for number, k in enumerate(dims))
    reader = _Reader(path, stack.dataset, len(stack.shape), (*dims, stack.energy), order)
    notices = tuple(Notice(one.kind, one.message, one.hint) for one in order.notices)
    return SpectrumImage(
        order.energy_ev, axes, reader, label=stack.label or path.stem, unit=stack.unit,
        facts={"file": path.name, "dataset": stack.dataset, **stack.facts},
        rows_at_once=int(chunks[dims[0]]) if chunks else 1, notices=notices,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads rows of a dataset, in the order row, column, energy."""

    path: Path
    dataset: str
    n_dimensions: int
    dimensions: tuple[int, ...]
    order: object

    def __call__(self, first: int, last: int) -> np.ndarray:
        where: list[slice | int] = [0] * self.n_dimensions
        for k in self.dimensions[1:]:
            where[k] = slice(None)
        where[self.dimensions[0]] = slice(first, last)
        with opened_tree(self.path) as file:
            values = file[self.dataset][tuple(where)]
        kept = sorted(self.dimensions)
        values = values.transpose([kept.index(k) for k in self.dimensions])
        if values.dtype not in (np.float32, np.float64):
            values = values.astype(np.float64 if values.dtype.itemsize > 2 else np.float32)
        return _sound(self._ordered(values))

    def _ordered(self, values: np.ndarray) -> np.ndarray:
        rows, where = self.order.rows, self.order.where
        if not np.array_equal(rows, np.arange(values.shape[-1])):
            values = values[..., rows]
        if where is None:
            return values
        starts = np.flatnonzero(np.diff(where, prepend=-1))
        with np.errstate(invalid="ignore", over="ignore"):  # of absurd numbers, which become none
            return np.add.reduceat(values, starts, axis=-1) / np.diff([*starts, len(where)])


def _sound(values: np.ndarray) -> np.ndarray:
    """Return values with NaN for what can't be measured."""
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(values) < LARGEST)
    return np.where(bad, np.nan, values) if bad.any() else values


def _unit(path: Path, energy: Axis, values: np.ndarray, asked: str) -> str:
    told = known_unit(asked or energy.unit)
    if told in ANGLES or (asked and not told):
        raise XanesviewError(
            f"Energies of an image in “{asked or energy.unit}” are not understood.", "Give --unit eV or --unit keV."
        )
    found = told or next((unit for unit in ("eV", "keV") if is_plausible(np.asarray(values, float), unit)), "")
    if not found:
        raise XanesviewError(
            f"{path.name} doesn't say in which unit its energies are.", "Give --unit, such as --unit eV."
        )
    return found


def _pixel_axis(stack: Stack, dimension: int, number: int, n_axes: int) -> PixelAxis:
    axis, n = stack.axes[dimension], stack.shape[dimension]
    usual = ("number",) if n_axes == 1 else ("y", "x")
    name = axis.name or usual[number]
    values = axis.values
    if values is None or len(values) != n or not np.isfinite(values).all():
        return PixelAxis(name, "", np.arange(n, dtype=float))
    return PixelAxis(name, axis.unit, np.asarray(values, float))


def described(axes: Sequence[PixelAxis]) -> str:
    """Return “256 × 256 pixels” or “60 spectra”."""
    sizes = " × ".join(str(len(axis)) for axis in axes)
    return f"{sizes} {'pixels' if len(axes) > 1 else 'spectra'}"
