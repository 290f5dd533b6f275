"""How unusual what a network makes of a site is: the Mahalanobis distance of its own last features from those of its
training sites. It is what a single network has where an ensemble has its disagreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    import torch

MEAN, WHITENING = "domain.features.mean", "domain.features.whitening"
_RIDGE = 1e-3
"""Share of the mean variance that is added to all: features that hardly vary in training say little."""


@dataclass(frozen=True, eq=False)
class FeatureDistance:
    """Mean (F,) of training features, and the matrix (F, F) after which they have unit covariance."""

    mean: np.ndarray
    whitening: np.ndarray

    @classmethod
    def fit(cls, features: np.ndarray) -> FeatureDistance:
        """Learn from the features (T, F) of training sites."""
        x = np.asarray(features, float)
        scale = x.std(axis=0)
        scale = np.where(scale > 1e-6 * scale.max(initial=0.0), scale, np.inf)  # what never varies is left out
        standard = (x - x.mean(axis=0)) / scale
        covariance = standard.T @ standard / len(x)
        values, vectors = np.linalg.eigh(covariance)
        values += _RIDGE * max(values.mean(), 1e-12)
        whitening = (vectors / np.sqrt(values)).T / scale
        return cls(x.mean(axis=0).astype(np.float32), whitening.astype(np.float32))

    def distance(self, features: np.ndarray) -> np.ndarray:
        """Return the distance (S,) of features (S, F); about √F for training sites."""
        return np.linalg.norm((np.asarray(features) - self.mean) @ self.whitening.T, axis=1)

    @classmethod
    def of_weights(cls, name: str, weights: Mapping[str, torch.Tensor]) -> FeatureDistance | None:
        """Return what the weights of a bundle hold, None where they hold nothing.

        Raises
        ------
        XanesviewError
            for shapes that do not belong together, or values that are not numbers.
        """
        if MEAN not in weights and WHITENING not in weights:
            return None
        mean, whitening = (weights[key].float().numpy() if key in weights else np.zeros(0) for key in (MEAN, WHITENING))
        if mean.ndim != 1 or not len(mean) or whitening.shape != (len(mean), len(mean)):
            raise XanesviewError(
                f"The weights of {name} do not belong together: “{MEAN}” has the shape {mean.shape}, “{WHITENING}” "
                f"{whitening.shape}.",
                "Fetch the bundle again.",
            )
        if not (np.isfinite(mean).all() and np.isfinite(whitening).all()):
            raise XanesviewError(
                f"The weights of {name} are damaged: “domain.features” holds values that are not numbers.",
                "Fetch the bundle again.",
            )
        return cls(mean, whitening)

    def as_arrays(self) -> dict[str, np.ndarray]:
        """Return what a bundle keeps beside its weights."""
        return {MEAN: self.mean, WHITENING: self.whitening}
