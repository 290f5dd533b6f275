"""Bands from ensembles, bootstrap members or dropout samples, and their calibration on validation data. Numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.bands import LEVELS, UNSCALED, BandScales
from xanesview.errors import XanesviewError
from xanesview.networks.card import Card


def spread(members: np.ndarray) -> np.ndarray:
    """Return the standard deviation over members (M, ...), of the population, as the published programs take it."""
    return np.asarray(members, float).std(axis=0)


def bootstrap_rows(groups: np.ndarray, seed: int) -> np.ndarray:
    """Return rows drawn with replacement, whole groups at a time.

    Sites of one molecule resemble each other; drawing them apart would make members too much alike.

    Parameters
    ----------
    groups : (n,) label of each row
    """
    labels, first = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(first, kind="stable")
    bounds = np.searchsorted(first[order], np.arange(len(labels) + 1))
    drawn = np.random.default_rng(seed).integers(len(labels), size=len(labels))
    return np.concatenate([order[bounds[k] : bounds[k + 1]] for k in drawn])


def interval_score(error: np.ndarray, half_width: np.ndarray, level: float) -> float:
    """Return the mean interval score of symmetric bands: small where they are narrow and yet hold the truth.

    Source: T. Gneiting and A. E. Raftery, J. Am. Stat. Assoc. 102 (2007) 359, equation 43.
    """
    beyond = np.maximum(np.abs(error) - half_width, 0.0)
    return float(np.mean(2.0 * half_width + 2.0 / (1.0 - level) * beyond))


@dataclass(frozen=True)
class BandCalibration:
    """By which factor a spread is multiplied so that a band holds the truth as often as it says.

    ``floor`` is added in quadrature: members that agree by chance do not promise an exact curve.
    """

    factors: tuple[float, ...]
    floor: float
    levels: tuple[float, ...] = LEVELS

    @classmethod
    def fit(cls, error: np.ndarray, spread_: np.ndarray, levels: Sequence[float] = LEVELS) -> BandCalibration:
        """Learn from validation errors and spreads of any one shape.

        Raises
        ------
        XanesviewError
            when there is nothing to learn from.
        """
        error, width = np.abs(np.asarray(error, float)).ravel(), np.asarray(spread_, float).ravel()
        if not len(error) or len(error) != len(width) or not width.max(initial=0.0) > 0.0:
            raise XanesviewError("The bands cannot be calibrated: there is no spread.", "Use two or more members.")
        floor = float(np.quantile(error[width <= np.quantile(width, 0.05)], 0.5))
        ratio = error / np.maximum(np.sqrt(width**2 + floor**2), 1e-6 * width.max())  # where nothing varies at all
        return cls(tuple(float(np.quantile(ratio, level)) for level in levels), floor, tuple(levels))

    def half_width(self, spread_: np.ndarray, level: float = LEVELS[0]) -> np.ndarray:
        """Return half the width of the band of a level, of the spread's shape."""
        return self.factors[self.levels.index(level)] * np.sqrt(np.asarray(spread_, float) ** 2 + self.floor**2)

    def coverage(self, error: np.ndarray, spread_: np.ndarray) -> dict[float, float]:
        """Return for each level which share of errors its band holds; on test data, near the level itself."""
        error = np.abs(np.asarray(error, float))
        return {level: float(np.mean(error <= self.half_width(spread_, level))) for level in self.levels}

    def as_dict(self) -> dict:
        """Return what a card keeps."""
        return {"factors": list(self.factors), "floor": self.floor, "levels": list(self.levels)}

    @classmethod
    def from_dict(cls, values: dict) -> BandCalibration:
        """Return what a card keeps."""
        return cls(tuple(values["factors"]), float(values["floor"]), tuple(values["levels"]))


def band_scales(card: Card) -> BandScales:
    """Return by what the spread of a network's members is multiplied for what is drawn; older cards say nothing."""
    told = card.raw.get("uncertainty", {}).get("bands")
    return UNSCALED if told is None else BandScales.from_dict(told)
