"""What a header, or a provenance, tells of the energies: on which axis they are, and E0 of the sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor

#: Per site, so that an axis can still be changed in a table of spectra.
E0_KEY = "e0_ev"
#: Of a sum of sites.
MEAN_E0_KEY = "mean_e0_ev"
AXIS_KEY = "energies"
RELATIVE = "relative to E0"


def axis_facts(tensor: AbsorptionTensor) -> dict[str, str]:
    """Return for a file's header on which axis its energies are, and E0 of each site in the order of the sites."""
    return {**({AXIS_KEY: RELATIVE} if tensor.axis == "relative" else {}), **e0_facts(tensor)}


def e0_facts(tensor: AbsorptionTensor) -> dict[str, str]:
    """Return E0 of each site alone, for a header that tells of the axis elsewhere; nothing where it isn't known."""
    if tensor.ip_ev is None or not np.isfinite(tensor.ip_ev).all():
        return {}
    return {E0_KEY: " ".join(f"{value:.4f}" for value in tensor.ip_ev)}


def mean_e0_ev(header: Mapping[str, str]) -> float | None:
    """Return E0 of a curve, eV: that of the sum where it is told, else the mean of its sites.

    None where neither is, or is no number: headers are read of any file.
    """
    words = told_e0(header)
    try:
        value = float(np.mean([float(word) for word in words])) if words else np.nan
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def told_e0(header: Mapping[str, str]) -> list[str]:
    """Return the words that tell E0 of a curve, whatever they are."""
    return (header.get(MEAN_E0_KEY) or header.get(E0_KEY, "")).split()


def axis_of(header: Mapping[str, str]) -> str:
    """Return the axis that a header tells of."""
    return "relative" if header.get(AXIS_KEY, "").startswith("relative") else "absolute"


def e0_of(header: Mapping[str, str], sites: list[int]) -> np.ndarray | None:
    """Return E0 of some sites (S,) from a header, in eV, or None."""
    written = dict(zip(_words(header, "sites"), _words(header, E0_KEY), strict=False))
    try:
        return np.array([float(written[str(site)]) for site in sites]) if sites else None
    except (KeyError, ValueError):
        return None


def lines_of_sites(header: Mapping[str, str]) -> np.ndarray | None:
    """Return E0 of each site that a header tells of as lines of one height (S, 2), on the absolute axis; else None."""
    try:
        energies = [float(word) for word in _words(header, E0_KEY)]
    except ValueError:
        return None
    if not energies or axis_of(header) == "relative" or not np.isfinite(energies).all():
        return None
    return np.column_stack([energies, np.ones(len(energies))])


def _words(header: Mapping[str, str], key: str) -> list[str]:
    return str(header.get(key, "")).split()
