"""Spectrum: one intensity on one energy grid, with its unit and where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xanesview.domain.file_names import writable
from xanesview.errors import XanesviewError

KINDS = ("predicted", "measured", "computed", "frozen")


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum:
    """One spectrum.

    Parameters
    ----------
    energy_ev : (E,) float, eV
        Sorted on construction; finite. On the axis "relative" counted from E0.
    intensity : (E,) float, in `unit`
        NaN where there is no value.
    unit : str
        Unit of the intensity.
    label : str
        Name in a legend.
    kind : str
        "predicted", "measured", "computed" or "frozen".
    native_fwhm_ev : float, eV
        Width the spectrum already has by its making; 0 where none is known.
    band : (E,) float or None
        Half width of the band around the intensity.
    provenance : mapping of str to str
        Where it comes from and what was done to it.
    axis : str
        "absolute" or "relative".
    """

    energy_ev: np.ndarray
    intensity: np.ndarray
    unit: str = "arb. u."
    label: str = ""
    kind: str = "predicted"
    native_fwhm_ev: float = 0.0
    band: np.ndarray | None = None
    provenance: Mapping[str, str] = dataclasses.field(default_factory=dict)
    axis: str = "absolute"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise XanesviewError(f"“{self.kind}” is no kind of spectrum.", f"Choose one of: {', '.join(KINDS)}.")
        energy = np.array(self.energy_ev, dtype=np.float64)
        arrays = {"energy_ev": energy, "intensity": np.array(self.intensity, dtype=np.float64)}
        if self.band is not None:
            arrays["band"] = np.array(self.band, dtype=np.float64)
        if energy.ndim != 1 or energy.size == 0:
            raise XanesviewError("The spectrum holds no points.")
        if any(array.shape != energy.shape for array in arrays.values()):
            raise XanesviewError("A spectrum needs as many intensities as energies.")
        if not np.isfinite(energy).all():
            raise XanesviewError("An energy of the spectrum is not a finite number.", "Remove such lines.")
        order = np.argsort(energy, kind="stable") if (np.diff(energy) < 0).any() else slice(None)
        for key, array in arrays.items():
            ordered = array[order]
            ordered.setflags(write=False)
            object.__setattr__(self, key, ordered)
        object.__setattr__(self, "label", writable(self.label))
        facts = {key: writable(value) if isinstance(value, str) else value for key, value in self.provenance.items()}
        object.__setattr__(self, "provenance", facts)

    def __repr__(self) -> str:
        """Say what it is, in one line."""
        name = f" {self.label}" if self.label else ""
        return (
            f"<Spectrum{name}: {self.kind}, {len(self)} points, "
            f"{self.energy_ev[0]:.1f} to {self.energy_ev[-1]:.1f} eV, in {self.unit}>"
        )

    def __len__(self) -> int:
        return len(self.energy_ev)

    def replace(self, **changes: Any) -> Spectrum:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)

    def shifted(self, shift_ev: float) -> Spectrum:
        """Return the spectrum moved to higher energy by `shift_ev`."""
        return self.replace(energy_ev=self.energy_ev + shift_ev)

    def on_axis(self, axis: str, e0_ev: float | None) -> Spectrum:
        """Return the spectrum on another energy axis, moved by one E0.

        Raises
        ------
        XanesviewError
            If E0 is needed and not known.
        """
        if axis == self.axis:
            return self
        if e0_ev is None:
            raise XanesviewError(f"E0 of {self.label or 'this curve'} is not known.", f"Stay on the {self.axis} axis.")
        return self.shifted(e0_ev if axis == "absolute" else -e0_ev).replace(axis=axis)

    def scaled(self, factor: float) -> Spectrum:
        """Return the spectrum with its intensity (and band) multiplied by a factor."""
        band = None if self.band is None else self.band * abs(factor)
        return self.replace(intensity=self.intensity * factor, band=band)

    def windowed(self, low_ev: float, high_ev: float) -> Spectrum:
        """Return the points between two energies, both included."""
        inside = (self.energy_ev >= low_ev) & (self.energy_ev <= high_ev)
        if not inside.any():
            raise XanesviewError(
                f"The spectrum has no point between {low_ev:g} and {high_ev:g} eV.",
                f"It reaches from {self.energy_ev[0]:g} to {self.energy_ev[-1]:g} eV.",
            )
        return self._mapped(lambda values: values[inside], self.energy_ev[inside])

    def interpolated(self, energy_ev: np.ndarray) -> Spectrum:
        """Return the spectrum on another grid (G,), linearly interpolated; NaN outside its own range."""
        grid = np.asarray(energy_ev, dtype=np.float64)
        return self._mapped(lambda values: np.interp(grid, self.energy_ev, values, left=np.nan, right=np.nan), grid)

    def peak(self) -> tuple[float, float]:
        """Return (energy in eV, intensity) of the highest point."""
        if np.isnan(self.intensity).all():
            raise XanesviewError("The spectrum holds no intensities.")
        k = int(np.nanargmax(self.intensity))
        return float(self.energy_ev[k]), float(self.intensity[k])

    def _mapped(self, change: Any, energy_ev: np.ndarray) -> Spectrum:
        band = None if self.band is None else change(self.band)
        return self.replace(energy_ev=energy_ev, intensity=change(self.intensity), band=band)
