"""The model of a film's spectra, and its least squares as a quadratic form of the orientation's weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.processing.broadening import gaussian
from xanesview.domain.site_spectra import quadratic_design
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

STEP_WIDTH_EV = 2.0
FEWEST = 10
ORDERS = np.linspace(0.0, 1.0, 26)
"""Order parameters that are tried where they are free."""


@dataclass(frozen=True, eq=False)
class FilmData:
    """Points of all spectra (M,), and the prediction on its own grid.

    The model of I(E, θ) stands at the head of `orientation_fit`.

    Attributes
    ----------
    energy_ev, intensity, q : (M,) float
        Points of all spectra one after the other, and q = (3P cos²θ − 1)/2 of each.
    rows : tuple of slice
        The points of each spectrum.
    spectra : tuple of Spectrum
        What was cut to the window.
    grid_ev, components : (G,), (6, G) float
        The prediction on an even grid.
    window_ev, step_ev, degree
        What was fitted, where the step is on the prediction's scale, and P.
    """

    energy_ev: np.ndarray
    intensity: np.ndarray
    q: np.ndarray
    rows: tuple[slice, ...]
    spectra: tuple[Spectrum, ...]
    grid_ev: np.ndarray
    components: np.ndarray
    window_ev: tuple[float, float]
    step_ev: float
    degree: float

    @classmethod
    def of(
        cls,
        tensor: AbsorptionTensor,
        spectra: Sequence[Spectrum],
        theta: np.ndarray,
        degree: float,
        window_ev: tuple[float, float] | None,
        step_ev: float | None,
        largest_shift_ev: float,
    ) -> FilmData:
        """Return the points of spectra (A) at angles (A,) and a tensor of one row; see `fit_orientation`."""
        if len(spectra) != len(theta) or len(np.unique(np.round(np.cos(np.deg2rad(theta)) ** 2, 6))) < 2:
            raise XanesviewError("An orientation needs spectra at two different angles at least, each with its angle.")
        if tensor.n_sites != 1:
            raise XanesviewError("The orientation is fitted with one tensor.", "Sum the sites first.")
        away = tensor.components[0] - tensor.isotropic()[0] * np.array([1, 1, 1, 0, 0, 0])[:, None]
        if np.abs(away).max() <= 1e-9 * np.abs(tensor.components).max():
            raise XanesviewError(
                "The prediction is the same along every direction, so it tells no orientation.",
                "Choose a network that gives tensors.",
            )
        low, high = (float(tensor.energy_ev[0]), float(tensor.energy_ev[-1]))
        if window_ev is not None:
            low, high = max(low - largest_shift_ev, min(window_ev)), min(high + largest_shift_ev, max(window_ev))
        parts = []
        for spectrum in spectra:
            good = np.isfinite(spectrum.intensity) & (spectrum.energy_ev >= low) & (spectrum.energy_ev <= high)
            if good.sum() < FEWEST:
                raise XanesviewError(
                    f"{spectrum.label or 'A spectrum'} has too few points between {low:g} and {high:g} eV.",
                    "Choose a range that spectra and prediction share.",
                )
            parts.append(spectrum.replace(
                energy_ev=spectrum.energy_ev[good], intensity=spectrum.intensity[good], band=None
            ))  # fmt: skip
        ends = np.cumsum([0, *(len(part) for part in parts)])
        w = degree * np.cos(np.deg2rad(theta)) ** 2
        # An even grid, fine enough for the splines that a shift reads off.
        steps = np.diff(tensor.energy_ev)
        even = np.arange(tensor.energy_ev[0], tensor.energy_ev[-1] + 1e-9, max(float(steps.min()), 0.05))
        return cls(
            np.concatenate([part.energy_ev for part in parts]),
            np.concatenate([part.intensity for part in parts]),
            np.concatenate([np.full(len(part), (3.0 * share - 1.0) / 2.0) for part, share in zip(parts, w)]),
            tuple(slice(a, b) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist())),
            tuple(parts),
            even,
            np.array([np.interp(even, tensor.energy_ev, row) for row in tensor.components[0]]),
            (low, high),
            low + (high - low) * 2.0 / 3.0 if step_ev is None else float(step_ev),
            degree,
        )

    def broadened(self, fwhm_ev: float) -> np.ndarray:
        """The six components on the grid with a Gaussian width added."""
        return gaussian(self.grid_ev, self.components, fwhm_ev) if fwhm_ev > 1e-3 else self.components

    def left_by(self, step: np.ndarray) -> float:
        """Return the sum of squares that a level and a step (M,) leave without the prediction; never zero."""
        columns = np.column_stack([np.ones_like(step), step])
        rest = self.intensity - columns @ np.linalg.lstsq(columns, self.intensity, rcond=None)[0]
        return max(float(rest @ rest), np.finfo(float).tiny)

    def design(self, shift_ev: float, curves: np.ndarray) -> np.ndarray:
        """Columns (M, 8): I_iso, q (σ_k − I_iso δ_k) of six components, the step; for weights 1, S v(n), h/s."""
        at = self.energy_ev - shift_ev
        sigma = np.array([np.interp(at, self.grid_ev, row) for row in curves])
        isotropic = sigma[:3].mean(axis=0)
        sigma[:3] -= isotropic
        step = 0.5 + np.arctan(2.0 * (at - self.step_ev) / STEP_WIDTH_EV) / np.pi
        return np.vstack([isotropic, self.q * sigma, step]).T


@dataclass(frozen=True, eq=False)
class Quadratic:
    """The squares of one shift and width, as a quadratic form of the columns' weights."""

    gram: np.ndarray
    right: np.ndarray
    square: float

    @classmethod
    def of(cls, design: np.ndarray, intensity: np.ndarray) -> Quadratic:
        """Return the form of columns (M, 8) and points (M,), over any level that all points share."""
        design, intensity = design - design.mean(axis=0), intensity - intensity.mean()
        return cls(design.T @ design, design.T @ intensity, float(intensity @ intensity))

    def loss(self, normals: np.ndarray, order: float | np.ndarray) -> np.ndarray:
        """Return the least squares (D,) of normals (D, 3) and orders; ∞ for a negative scale."""
        weights = np.empty((len(normals), 7))
        weights[:, 0] = 1.0
        weights[:, 1:] = np.asarray(order).reshape(-1, 1) * quadratic_design(normals)
        uu = np.einsum("da,ab,db->d", weights, self.gram[:7, :7], weights)
        us, uy = weights @ self.gram[:7, 7], weights @ self.right[:7]
        ss, sy = self.gram[7, 7], self.right[7]
        determinant = np.maximum(uu * ss - us**2, 1e-300)
        scale, step = (uy * ss - sy * us) / determinant, (sy * uu - uy * us) / determinant
        with_step = self.square - scale * uy - step * sy
        alone = self.square - uy**2 / np.maximum(uu, 1e-300)
        found = np.where(step >= 0.0, with_step, alone)
        return np.where(np.where(step >= 0.0, scale, uy) > 0.0, found, np.inf)

    def best(self, normals: np.ndarray, order: float, is_free: bool) -> tuple[np.ndarray, np.ndarray]:
        """Least squares (D,), and the order parameter (D,) of each, the best of some where it is free."""
        if not is_free:
            return self.loss(normals, order), np.full(len(normals), order)
        losses = np.stack([self.loss(normals, one) for one in (*ORDERS, order)])
        which = np.argmin(losses, axis=0)
        return losses[which, np.arange(len(normals))], np.array([*ORDERS, order])[which]


def half_sphere(n: int) -> np.ndarray:
    """Return directions (n, 3) spread evenly over the upper half of the sphere (Fibonacci's spiral)."""
    k = np.arange(n) + 0.5
    z, turn = 1.0 - k / n, np.pi * (1.0 + 5.0**0.5) * k
    r = np.sqrt(1.0 - z**2)
    return np.column_stack([r * np.cos(turn), r * np.sin(turn), z])
