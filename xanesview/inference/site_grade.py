"""How large an error is to be expected of a site, from what can be measured of it without knowing the truth.

The logarithm of the mean square error of validation sites is fitted as a sum of slopes times logarithms of measures:
how far the members of an ensemble disagree, how far the nearest training surroundings are, how unusual the network's
own features are. Networks of every kind have at least one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

WORDS = {
    "spread": "the networks disagree",
    "distance": "its surroundings are far from those of the training data",
    "features": "the network's features of it are unlike those of the training data",
}
"""What a high measure means."""

_LEAST = 1e-6
"""Measures below this share of the usual one say no more than it."""


@dataclass(frozen=True)
class SiteGrade:
    """The fit, as a card keeps it.

    Parameters
    ----------
    usual : median of each measure over validation sites
    slopes : power of each measure that the expected error grows with
    usual_mse : expected where all measures are usual, in units of the squared intensity scale
    limit : expected errors above this multiple of ``usual_mse`` make a site uncertain
    """

    usual: Mapping[str, float]
    slopes: Mapping[str, float]
    usual_mse: float
    limit: float

    @classmethod
    def from_dict(cls, values: Mapping) -> SiteGrade:
        """Return what a card keeps."""
        return cls(values["usual"], values["slopes"], float(values["usual_mse"]), float(values["limit"]))

    def as_dict(self) -> dict:
        """Return what a card keeps."""
        return {
            "usual": dict(self.usual), "slopes": dict(self.slopes), "usual_mse": self.usual_mse, "limit": self.limit,
        }  # fmt: skip

    def contributions(self, measures: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return by how much each measure (S,) raises the logarithm of the expected error; missing ones not at all."""
        return {
            name: slope * np.log(np.maximum(np.asarray(measures[name], float) / self.usual[name], _LEAST))
            for name, slope in self.slopes.items()
            if name in measures
        }

    def ratios(self, measures: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the expected mean square errors of sites (S,) in units of the usual one."""
        return np.exp(np.sum(list(self.contributions(measures).values()), axis=0))

    def reason(self, measures: Mapping[str, np.ndarray], site: int) -> str:
        """Return in words why the site of a row is uncertain: what raises its expected error most, and the error."""
        parts = {name: float(values[site]) for name, values in self.contributions(measures).items()}
        ratio = float(np.exp(sum(parts.values())))
        return f"{WORDS.get(max(parts, key=parts.get), 'it is unusual')}; error expected {ratio:.1f} × the usual"
