"""One spectrum of the user's collection, with what is known of it."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass

import numpy as np

from xanesview.domain.processing.edge import find_e0
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

THUMBNAIL_POINTS = 64
_LONG_EV, _BELOW_EV, _ABOVE_EV = 150.0, 25.0, 75.0
EDITABLE = ("name", "compound", "element", "edge", "angle_deg", "tags", "citation")
"""What the user may change; what was changed stays when the file is read again."""


@dataclass(frozen=True)
class Description:
    """What is known of a spectrum.

    Parameters
    ----------
    name : str
        Of the sample, or of the curve.
    compound : str
        Formula, SMILES or words.
    element, edge : str
        Such as "C" and "K"; empty where nobody knows.
    angle_deg : float or None
        Of the field from the surface normal, degrees.
    tags : tuple of str
        The user's own words.
    citation : str
        Who measured it and where it is published, as its file says.
    """

    name: str
    compound: str = ""
    element: str = ""
    edge: str = ""
    angle_deg: float | None = None
    tags: tuple[str, ...] = ()
    citation: str = ""

    def replace(self, **changes: object) -> Description:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)

    @property
    def edge_label(self) -> str:
        """The edge with its element, such as "C K"; empty where neither is known."""
        return f"{self.element} {self.edge}".strip()


@dataclass(frozen=True, eq=False)
class Record:
    """A spectrum that is to be kept, with where it lies in its file."""

    spectrum: Spectrum
    told: Description
    place: int = 0


@dataclass(frozen=True)
class Entry:
    """A spectrum of the collection as it is listed, without its numbers.

    Parameters
    ----------
    number : int
        By which it is found again.
    told : Description
    kind : str
        "measured", "computed", "predicted" or "frozen".
    source : str
        File it was read from; empty where it was kept from a plot.
    missing : bool
        Whether that file is gone; the numbers are kept all the same.
    thumbnail : bytes
        Heights of `THUMBNAIL_POINTS` points, 0 to 255, from its first to its last energy.
    first_ev, last_ev : float
    """

    number: int
    told: Description
    kind: str
    source: str
    missing: bool
    thumbnail: bytes
    first_ev: float
    last_ev: float


def thumbnail_of(spectrum: Spectrum) -> bytes:
    """Return the heights of a small picture of a spectrum; of a long scan that about the edge is shown."""
    finite = np.isfinite(spectrum.intensity)
    if finite.sum() < 2:
        return bytes(THUMBNAIL_POINTS)
    energy, values = spectrum.energy_ev[finite], spectrum.intensity[finite]
    first, last = float(energy[0]), float(energy[-1])
    if last - first > _LONG_EV and spectrum.axis == "absolute":
        with contextlib.suppress(XanesviewError, ValueError):
            e0 = find_e0(energy, values)
            first, last = max(first, e0 - _BELOW_EV), min(last, e0 + _ABOVE_EV)
    heights = np.interp(np.linspace(first, last, THUMBNAIL_POINTS), energy, values)
    low, high = float(heights.min()), float(heights.max())
    return np.round(255.0 * (heights - low) / max(high - low, 1e-300)).clip(0, 255).astype(np.uint8).tobytes()
