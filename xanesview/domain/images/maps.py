"""Maps over the pixels of an image, or curves over a series: what its spectra are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.images.spectrum_image import PixelAxis


@dataclass(frozen=True, eq=False)
class ImageMap:
    """One number a pixel.

    Attributes
    ----------
    key : str
        Short and in letters that any file takes, such as “fraction_1”; one a set of maps.
    title, unit : str
        As it is shown; the unit is empty for pure numbers.
    values : (rows, columns) or (N,) float
        NaN where there is none.
    kind : str
        “fraction”, “amount”, “error”, “extra”, “quality” or “property”.
    """

    key: str
    title: str
    values: np.ndarray
    unit: str = ""
    kind: str = "extra"

    @property
    def label(self) -> str:
        """Title and unit as at an axis."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def mean(self) -> float:
        """Return the mean over the pixels that have a value; NaN where none has."""
        good = np.isfinite(self.values)
        return float(self.values[good].mean()) if good.any() else float("nan")


@dataclass(frozen=True, eq=False)
class Maps:
    """All maps of one image.

    Attributes
    ----------
    axes : tuple of PixelAxis
    maps : tuple of ImageMap
    facts : mapping of str to str
        How they were made.
    notices : tuple of str
        What a reader should know of them.
    """

    axes: tuple[PixelAxis, ...]
    maps: tuple[ImageMap, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> ImageMap:
        """Return the map of a key."""
        return next(one for one in self.maps if one.key == key)

    def of_kind(self, *kinds: str) -> tuple[ImageMap, ...]:
        """Return the maps of some kinds."""
        return tuple(one for one in self.maps if one.kind in kinds)

    def with_maps(self, other: Maps) -> Maps:
        """Return these and others of the same image."""
        return dataclasses.replace(
            self, maps=(*self.maps, *other.maps), facts={**self.facts, **other.facts},
            notices=(*self.notices, *other.notices),
        )  # fmt: skip

    def replace(self, **changes: Any) -> Maps:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)


def told_of_missing(n_missing: int) -> tuple[str, ...]:
    """Return what to say of pixels that have no map."""
    if not n_missing:
        return ()
    pixels = counted(n_missing, "pixel has", "pixels have")
    return (f"{pixels} no value, or one beyond 1e30, at some energy and no result.",)
