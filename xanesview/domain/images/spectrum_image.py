"""A spectrum image (a spectrum a pixel) or a series of spectra (one a time, say), read a piece at a time."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError

_BLOCK_BYTES = 128_000_000


@dataclass(frozen=True, eq=False)
class PixelAxis:
    """One axis of an image beside the energies, or the one of a series.

    Attributes
    ----------
    name, unit : str
        Such as “y” and “µm”, or “time” and “s”; empty where the file doesn't say.
    values : (N,) float
    """

    name: str
    unit: str
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def label(self) -> str:
        """Name and unit as at an axis of a plot."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def ends(self) -> tuple[float, float]:
        """Where the first pixel begins and the last one ends, of evenly spaced ones."""
        first, last = float(self.values[0]), float(self.values[-1])
        half = 0.5 * (last - first) / max(len(self) - 1, 1) or 0.5
        return first - half, last + half


@dataclass(frozen=True, eq=False)
class SpectrumImage:
    """Spectra on one energy grid, along one axis or over two.

    Attributes
    ----------
    energy_ev : (E,) float, eV
        Strictly ascending.
    axes : tuple of one or two PixelAxis
        Rows before columns.
    read : function (first, last) -> (last − first, …, E) float array
        Spectra of some rows; NaN where there is no value.
    label, unit : str
        What it is called, and the unit of its intensity.
    facts : mapping of str to str
        Where it comes from.
    rows_at_once : int
        So many rows are best read together; 1 where it doesn't matter.
    notices : tuple of Notice
        What was done to it, and what was left open.
    datasets : tuple of str
        Of its file that are images or series, this one first, where none was asked for.
    """

    energy_ev: np.ndarray
    axes: tuple[PixelAxis, ...]
    read: Callable[[int, int], np.ndarray]
    label: str = ""
    unit: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    rows_at_once: int = 1
    notices: tuple[Notice, ...] = ()
    datasets: tuple[str, ...] = ()

    @classmethod
    def of_array(cls, energy_ev: np.ndarray, values: np.ndarray, **known: Any) -> SpectrumImage:
        """Return an image of spectra that are in memory (…, E), of one or two axes beside the energies."""
        known.setdefault("axes", tuple(
            PixelAxis(name, "", np.arange(n, dtype=float))
            for name, n in zip(("y", "x") if values.ndim == 3 else ("number",), values.shape)
        ))  # fmt: skip
        return cls(np.asarray(energy_ev, float), read=lambda first, last: values[first:last], **known)

    def replace(self, **changes: Any) -> SpectrumImage:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns; of a series the number of its spectra."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def n_pixels(self) -> int:
        """How many spectra there are."""
        return math.prod(self.shape)

    @property
    def is_series(self) -> bool:
        """Whether the spectra lie along one axis."""
        return len(self.axes) == 1

    @property
    def n_bytes(self) -> int:
        """What it takes in memory with four bytes a number."""
        return 4 * self.n_pixels * len(self.energy_ev)

    def blocks(self, most_bytes: int = _BLOCK_BYTES) -> Iterator[tuple[int, int]]:
        """Yield first and last row (behind it) of pieces that fit into so much memory."""
        n_rows = self.shape[0]
        rows = max(1, most_bytes // max(1, self.n_bytes // n_rows))
        if rows > self.rows_at_once:
            rows -= rows % self.rows_at_once
        for first in range(0, n_rows, rows):
            yield first, min(first + rows, n_rows)

    def spectra(self, first: int, last: int) -> np.ndarray:
        """Return the spectra of some rows, (pixels, E)."""
        return self.read(first, last).reshape(-1, len(self.energy_ev))

    def loaded(
        self, progress: Callable[[int, int], None] | None = None, cancelled: Callable[[], bool] = lambda: False
    ) -> SpectrumImage:
        """Return the same image with all of it in memory, four bytes a number.

        Raises
        ------
        Cancelled
        """
        from xanesview.errors import Cancelled

        values = np.empty((*self.shape, len(self.energy_ev)), np.float32)
        for first, last in self.blocks(self.n_bytes // 8 + 1):
            if cancelled():
                raise Cancelled
            values[first:last] = self.read(first, last)
            if progress is not None:
                progress(last, self.shape[0])
        return self.replace(read=lambda first, last: values[first:last], rows_at_once=1)

    def mean_spectrum(self, rows: slice = slice(None), columns: slice = slice(None), label: str = "") -> Spectrum:
        """Return the mean spectrum of a rectangle of pixels, or of all, as a measured curve.

        Raises
        ------
        XanesviewError
            If there is no pixel in it, or none with a value.
        """
        first, last, _ = rows.indices(self.shape[0])
        total, count = np.zeros(len(self.energy_ev)), np.zeros(len(self.energy_ev))
        for begin, end in self.blocks():
            begin, end = max(begin, first), min(end, last)
            if begin >= end:
                continue
            values = self.read(begin, end)
            part = (values if self.is_series else values[:, columns]).reshape(-1, len(self.energy_ev))
            good = np.isfinite(part)
            total += np.where(good, part, 0.0).sum(axis=0, dtype=np.float64)
            count += good.sum(axis=0)
        if not count.any():
            raise XanesviewError(f"{self.label or 'The image'} has no spectrum there.", "Choose other pixels.")
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(count > 0, total / count, np.nan)
        return Spectrum(
            self.energy_ev, mean, self.unit or "arb. u.", label or self.label, "measured", provenance=self.facts
        )

    def picture(self, low_ev: float | None = None, high_ev: float | None = None) -> np.ndarray:
        """Return the mean of each pixel (rows, columns) over a range of energies: all, or the one nearest to `low_ev`.

        Without `high_ev` it is the picture of one energy.
        """
        if low_ev is None:
            chosen = slice(None)
        elif high_ev is None:
            near = int(np.argmin(np.abs(self.energy_ev - low_ev)))
            chosen = slice(near, near + 1)
        else:
            chosen = slice(*np.searchsorted(self.energy_ev, (low_ev, high_ev)))
        parts = []
        for first, last in self.blocks():
            values = self.read(first, last)[..., chosen]
            good = np.isfinite(values)
            with np.errstate(invalid="ignore", divide="ignore"):
                parts.append(np.where(good, values, 0.0).sum(axis=-1) / good.sum(axis=-1))
        return np.concatenate(parts)
