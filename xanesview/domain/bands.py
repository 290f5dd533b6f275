"""How wide the band of a curve has to be drawn: by what the spread of an ensemble is multiplied, for what is drawn.

Members differ less along one direction than they err, less still in a sum, since what they share does not cancel. The
factors are found on validation data, one set for isotropic spectra and one for single directions, each for one site
and for sums over many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xanesview.domain.geometry.weight_tensor import WeightTensor

LEVELS = (0.68, 0.95)
"""Shares of the truth that bands are calibrated for; the first is drawn."""

_ISOTROPIC = np.eye(3) / 3.0


@dataclass(frozen=True)
class BandScales:
    """Factors of the spread, each at the levels of LEVELS.

    Parameters
    ----------
    site_isotropic, site_direction : of one site, averaged over directions or along one
    sum_isotropic, sum_direction : what they tend to in a sum over many sites
    """

    site_isotropic: tuple[float, float] = (1.0, 1.0)
    site_direction: tuple[float, float] = (1.0, 1.0)
    sum_isotropic: tuple[float, float] = (1.0, 1.0)
    sum_direction: tuple[float, float] = (1.0, 1.0)

    def factor(self, weight: WeightTensor, n_sites: float = 1.0, level: float = LEVELS[0]) -> float:
        """Return the factor for an experiment and a sum over sites.

        Parameters
        ----------
        weight : of the experiment; between one direction and the average, squares of factors are mixed in proportion
        n_sites : effective number, see `effective_number`; from one site to many the factor follows 1/n
        level : one of LEVELS
        """
        k = LEVELS.index(level)
        share = anisotropy(weight)
        isotropic = _towards(self.site_isotropic[k], self.sum_isotropic[k], n_sites)
        direction = _towards(self.site_direction[k], self.sum_direction[k], n_sites)
        return float(np.sqrt((1.0 - share) * isotropic**2 + share * direction**2))

    def words(self, weight: WeightTensor, n_sites: float = 1.0) -> str:
        """Return what the drawn band promises, such as “holds 68 % of computed intensities (one direction, one site);
        2.6 × as wide, 95 %”; without factors it is the members' spread and promises nothing."""
        share = anisotropy(weight)
        light = "isotropic average" if share < 1e-9 else "one direction" if share > 1.0 - 1e-9 else "mixed directions"
        sites = "one site" if n_sites < 1.0 + 1e-9 else f"sum worth {n_sites:.3g} sites"
        usual, wide = (self.factor(weight, n_sites, level) for level in LEVELS)
        if self == UNSCALED or not usual > 0.0:
            return f"spread of the networks ({light}, {sites})"
        low, high = (f"{100 * level:.0f} %" for level in LEVELS)
        return f"holds {low} of computed intensities ({light}, {sites}); {wide / usual:.2g} × as wide, {high}"

    @classmethod
    def from_dict(cls, values: Mapping[str, Mapping]) -> BandScales:
        """Return what a card keeps: ``site`` and ``sum``, each with ``isotropic`` and ``direction``."""
        return cls(
            *(tuple(values[of][light]) for of, light in (
                ("site", "isotropic"), ("site", "direction"), ("sum", "isotropic"), ("sum", "direction"),
            ))
        )  # fmt: skip

    def as_dict(self) -> dict[str, dict[str, list[float]]]:
        """Return what a card keeps."""
        return {
            "site": {"isotropic": list(self.site_isotropic), "direction": list(self.site_direction)},
            "sum": {"isotropic": list(self.sum_isotropic), "direction": list(self.sum_direction)},
        }


UNSCALED = BandScales()
"""Where nothing is known, a band is the spread itself."""


def anisotropy(weight: WeightTensor) -> float:
    """Return how much of an experiment is one direction: 0 of the isotropic average, 1 of linear light."""
    return float(min(1.5 * ((weight.matrix - _ISOTROPIC) ** 2).sum(), 1.0))


def effective_number(weights: np.ndarray) -> float:
    """Return how many equal sites a weighted sum over sites (S,) is worth, (Σw)²/Σw²; at least 1."""
    w = np.asarray(weights, float)
    square = float((w**2).sum())
    return max(float(w.sum()) ** 2 / square, 1.0) if square > 0.0 else 1.0


def _towards(one: float, many: float, n: float) -> float:
    return many + (one - many) / max(n, 1.0)
