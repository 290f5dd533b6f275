"""How often bands hold the truth, and how wide they have to be, for what is drawn: one site or a sum over sites,
averaged over directions or along one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.bands import LEVELS, BandScales

N_DIRECTIONS = 4
"""Random directions a structure that bands are calibrated with."""
FEWEST_SUMS = 5
_LEAST = 1e-12
_MOST = 1e4
"""Where members that agree err all the same, no factor helps; cards allow a million."""
_LEAST_SHARE = 1e-3
"""Of a curve's mean spread: where members agree to the last digit, as far below the edge, nothing is drawn either."""


@dataclass(frozen=True, eq=False)
class BandRatios:
    """Errors in units of the members' spread, of each curve at each of E energies.

    Attributes
    ----------
    site_isotropic : (S, E)
    site_direction : (S', E), of the sites and directions whose polarised reference is known
    sum_isotropic : (B, E), sums over the sites of structures with two or more
    sum_direction : (B', E)
    n_isotropic, n_direction : (B,), (B',) effective number of sites of each sum
    """

    site_isotropic: np.ndarray
    site_direction: np.ndarray
    sum_isotropic: np.ndarray
    sum_direction: np.ndarray
    n_isotropic: np.ndarray
    n_direction: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[BandRatios]) -> BandRatios:
        """Return the ratios of several structures as one."""
        return cls(*(np.concatenate([getattr(one, name) for one in parts]) for name in cls.__dataclass_fields__))

    @classmethod
    def of_structure(
        cls, members: np.ndarray, reference: np.ndarray, weights: np.ndarray, polarised: bool
    ) -> BandRatios:
        """Compare the curves of one structure.

        Parameters
        ----------
        members : (M, S, 1 + D, E) members' curves, averaged over directions first, then along D directions
        reference : (S, 1 + D, E)
        weights : (S,) of the sites in the sum over all
        polarised : whether the references along directions are known
        """
        n = float(weights.sum() ** 2 / (weights**2).sum())
        site = _ratio(members, reference)
        total = _ratio(np.einsum("s,msde->mde", weights, members), np.einsum("s,sde->de", weights, reference))
        n_points, directions = site.shape[-1], slice(1, None) if polarised else slice(0, 0)
        sums = slice(None) if len(weights) > 1 else slice(0, 0)
        along = total[directions][sums]
        return cls(
            site[:, 0], site[:, directions].reshape(-1, n_points), total[:1][sums], along,
            np.full(1, n)[sums], np.full(len(along), n),
        )  # fmt: skip

    def coverage(self, scales: BandScales) -> dict[str, float]:
        """Return the shares of the truth that drawn bands hold, in per cent of all (curve, energy) pairs."""
        found = {}
        for name, ratio, bounds in self._with_bounds(scales):
            for level, bound in zip(LEVELS, bounds, strict=True):
                if len(ratio):
                    at = "" if level == LEVELS[0] else f"_{100 * level:.0f}"
                    found[f"band{name}{at}_holds_percent"] = float(100.0 * (ratio <= bound).mean())
        return found

    def _with_bounds(self, scales: BandScales):
        one, along = np.ones(len(self.site_isotropic)), np.ones(len(self.site_direction))
        for name, ratio, n, site, total in (
            ("", self.site_isotropic, one, scales.site_isotropic, scales.sum_isotropic),
            ("_direction", self.site_direction, along, scales.site_direction, scales.sum_direction),
            ("_sum", self.sum_isotropic, self.n_isotropic, scales.site_isotropic, scales.sum_isotropic),
            ("_sum_direction", self.sum_direction, self.n_direction, scales.site_direction, scales.sum_direction),
        ):
            yield name, ratio, [(many + (first - many) / n)[:, None] for first, many in zip(site, total, strict=True)]

    def fitted(self) -> BandScales:
        """Return the factors at which bands hold what they promise; where a kind is missing, the next simpler one's.

        The factor of a sum over n sites is f∞ + (f₁ − f∞)/n: each curve of a sum tells which f∞ would just hold it.
        """
        site = _quantiles(self.site_isotropic)
        total = _limits(self.sum_isotropic, self.n_isotropic, site)
        if not len(self.site_direction):
            return BandScales(site, site, total, total)
        along = _quantiles(self.site_direction)
        return BandScales(site, along, total, _limits(self.sum_direction, self.n_direction, along))


def _ratio(members: np.ndarray, reference: np.ndarray) -> np.ndarray:
    spread = members.std(0)
    least = np.maximum(_LEAST_SHARE * spread.mean(axis=-1, keepdims=True), _LEAST)
    return np.minimum(np.abs(members.mean(0) - reference) / np.maximum(spread, least), _MOST)


def _quantiles(ratio: np.ndarray) -> tuple[float, float]:
    return tuple(float(np.quantile(ratio, level)) for level in LEVELS)


def _limits(ratio: np.ndarray, n: np.ndarray, site: tuple[float, float]) -> tuple[float, float]:
    """Return f∞ of sums (B, E) over n (B,) sites, where single sites have the factors `site`."""
    if len(ratio) < FEWEST_SUMS:
        return site
    share = (1.0 / n)[:, None]
    return tuple(
        max(float(np.quantile((ratio - first * share) / (1.0 - share), level)), 0.0)
        for first, level in zip(site, LEVELS, strict=True)
    )
