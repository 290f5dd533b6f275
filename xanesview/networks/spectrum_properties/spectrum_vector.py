"""A spectrum as the 240 numbers that property networks read, and whether they resemble the training set. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.errors import OddContent, XanesviewError

THRESHOLD_SHARE = 0.1
#: A property of which spectra explain less than this share of the variance is not worth showing.
USABLE_R2 = 0.5
COUNTED = (1, 6, 7, 8, 9)
_PARTS = ("mean", "components", "spread", "limits")
COMPOSITION = ("H", "C", "N", "O", "F", "other")


@dataclass(frozen=True)
class SpectrumWindow:
    """An even grid that begins ``before_ev`` below the threshold."""

    n_points: int = 240
    step_ev: float = 0.1
    before_ev: float = 0.0

    @property
    def after_ev(self) -> float:
        """How far above the threshold a spectrum must reach."""
        return (self.n_points - 1) * self.step_ev - self.before_ev


def threshold_ev(energy_ev: np.ndarray, intensity: np.ndarray) -> float:
    """Return where a spectrum first reaches 10 % of its maximum, between points by interpolation.

    Raises
    ------
    XanesviewError
        when it begins above that, or has no intensity.
    """
    energy, values = _checked(energy_ev, intensity)
    level = THRESHOLD_SHARE * values.max()
    first = int(np.argmax(values >= level))
    if first == 0:
        raise XanesviewError(
            f"The spectrum begins at {energy[0]:.1f} eV above its threshold.",
            "Take a spectrum that begins before the edge, with the background subtracted.",
        )
    below, above = values[first - 1], values[first]
    share = (level - below) / (above - below)
    return float(energy[first - 1] + share * (energy[first] - energy[first - 1]))


def spectrum_vector(energy_ev: np.ndarray, intensity: np.ndarray, window: SpectrumWindow | None = None) -> np.ndarray:
    """Return a spectrum (n_points,) on the window's grid, with mean 1, whatever its unit and energy scale.

    Raises
    ------
    XanesviewError
        when the spectrum does not reach far enough, or has no threshold.
    """
    window = window or SpectrumWindow()
    energy, values = _checked(energy_ev, intensity)
    start = threshold_ev(energy, values)
    if energy[-1] < start + window.after_ev - 1e-6:
        raise XanesviewError(
            f"The spectrum ends {energy[-1] - start:.1f} eV above its threshold; {window.after_ev:.1f} eV are needed.",
            "Take a spectrum that reaches further.",
        )
    grid = start - window.before_ev + window.step_ev * np.arange(window.n_points)
    if grid[0] < energy[0] - 1e-6:
        raise XanesviewError(
            f"The spectrum begins {start - energy[0]:.1f} eV below its threshold; {window.before_ev:.1f} are needed.",
            "Take a spectrum that begins earlier.",
        )
    vector = np.interp(grid, energy, values)
    return vector / vector.mean()


def composition_counts(numbers: np.ndarray) -> np.ndarray:
    """Return how many atoms of H, C, N, O, F and others (6,) there are."""
    numbers = np.asarray(numbers)
    counts = [np.count_nonzero(numbers == z) for z in COUNTED]
    return np.array([*counts, len(numbers) - sum(counts)], float)


def _checked(energy_ev: np.ndarray, intensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    energy, values = np.asarray(energy_ev, float), np.asarray(intensity, float)
    good = np.isfinite(energy) & np.isfinite(values)
    energy, values = energy[good], values[good]
    order = np.argsort(energy, kind="stable")
    energy, values = energy[order], values[order]
    if len(energy) < 2 or not values.max(initial=0.0) > 0.0:
        raise XanesviewError("The spectrum has no intensity.", "Take a spectrum with an edge.")
    return energy, values


@dataclass(frozen=True, eq=False)
class SpectrumDomain:
    """What training spectra look like: principal components, their spread, and what they leave.

    mean (V,), components (K, V) orthonormal, spread (K,) standard deviations, residual_scale: rms of what the
    components leave; limit: the distance that ``quantile`` of held-out spectra stay below.
    """

    mean: np.ndarray
    components: np.ndarray
    spread: np.ndarray
    residual_scale: float
    limit: float

    @classmethod
    def fit(
        cls, training: np.ndarray, held_out: np.ndarray, n_components: int = 20, quantile: float = 0.99
    ) -> SpectrumDomain:
        """Learn from training vectors (n, V), and the limit from others (m, V) that were not used."""
        mean = training.mean(axis=0)
        _, singular, components = np.linalg.svd(training - mean, full_matrices=False)
        k = min(n_components, int(np.count_nonzero(singular > 1e-9 * singular[0])))
        left = np.sqrt(np.sum(singular[k:] ** 2) / training.size)
        spread = singular[:k] / np.sqrt(len(training))
        domain = cls(mean, components[:k], spread, float(max(left, 1e-9)), 0.0)
        limit = float(np.quantile(domain.distance(held_out), quantile))
        return cls(mean, components[:k], spread, domain.residual_scale, limit)

    def distance(self, vectors: np.ndarray) -> np.ndarray:
        """Return how far vectors (n, V) are from the training set (n,); about 1 for its own members."""
        centred = np.atleast_2d(vectors) - self.mean
        scores = centred @ self.components.T
        left = np.sqrt(np.mean((centred - scores @ self.components) ** 2, axis=1)) / self.residual_scale
        within = np.sqrt(np.mean((scores / self.spread) ** 2, axis=1))
        return np.maximum(within, left)

    def contains(self, vectors: np.ndarray) -> np.ndarray:
        """Tell for each of vectors (n, V) whether it resembles the training set."""
        return self.distance(vectors) <= self.limit

    def as_arrays(self) -> dict[str, np.ndarray]:
        """Return what a bundle keeps."""
        return {
            "domain.mean": self.mean,
            "domain.components": self.components,
            "domain.spread": self.spread,
            "domain.limits": np.array([self.residual_scale, self.limit]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], n_points: int) -> SpectrumDomain:
        """Return the domain that a bundle keeps for spectra of so many points.

        Raises
        ------
        ValueError
            naming the first part that is missing, has another shape or holds no numbers.
        """
        parts = {k: np.asarray(arrays.get(f"domain.{k}", np.zeros(0)), float) for k in _PARTS}
        n = len(parts["components"])
        shapes = {"mean": (n_points,), "components": (n, n_points), "spread": (n,), "limits": (2,)}
        for name, shape in shapes.items():
            if parts[name].shape != shape:
                raise OddContent(f"“domain.{name}” has the shape {parts[name].shape}, not {shape}")
            if not np.isfinite(parts[name]).all():
                raise OddContent(f"“domain.{name}” holds values that are not numbers")
        residual_scale, limit = map(float, parts.pop("limits"))
        return cls(**parts, residual_scale=residual_scale, limit=limit)
