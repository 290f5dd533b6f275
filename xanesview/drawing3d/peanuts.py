"""The anisotropy of sites at one energy: surfaces r(n̂) = |n̂ᵀσn̂| about each atom, of one topology.

A peak of a vector orbital is a peanut of two lobes along it, that of a plane orbital a cushion, an isotropic one a
ball. Where n̂ᵀσn̂ is negative, which no true absorption is, the surface has the other colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from xanesview.domain.geometry.weight_tensor import from_voigt
from xanesview.domain.site_spectra import quadratic_design
from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.sphere import icosphere

LARGEST_ANGSTROM = 1.6
"""How far the largest intensity of all sites and energies reaches."""
_LEVELS = ((6, 4), (60, 3), (300, 2))  # up to so many sites the sphere is divided so often
_NO_LENGTH = np.float32(1e-7)


@dataclass(frozen=True, eq=False)
class Peanuts:
    """Sites and their tensors at one energy.

    Attributes
    ----------
    sites : tuple of int
        Atoms (S).
    components : (S, 6) float
        σ in Voigt order, any unit.
    angstrom_per_unit : float
        From that unit to the length that is drawn.
    colours : tuple of str
        ``#rrggbb`` of each site.
    negative : str
        ``#rrggbb`` of negative intensities.
    words : str
        At which energy, for captions.
    coarse : bool
        Draw with few facets.
    """

    sites: tuple[int, ...]
    components: np.ndarray
    angstrom_per_unit: float
    colours: tuple[str, ...]
    negative: str
    words: str = ""
    coarse: bool = False

    @property
    def level(self) -> int:
        """How finely the sphere is divided: the same for all sites, coarser where they are many."""
        fine = next((level for most, level in _LEVELS if len(self.sites) <= most), 1)
        return min(fine, 2) if self.coarse else fine


@dataclass(frozen=True, eq=False)
class PeanutShapes:
    """Points of all surfaces one after the other; the triangles depend on the number of sites alone.

    Attributes
    ----------
    points, normals : (S·V, 3) float32, Å
    colours : (S·V, 3) uint8
    """

    points: np.ndarray
    normals: np.ndarray
    colours: np.ndarray

    @classmethod
    def of(cls, peanuts: Peanuts, positions_angstrom: np.ndarray) -> PeanutShapes:
        """Return the surfaces about the atoms of a structure at their positions (N, 3)."""
        directions, design = _directions(peanuts.level)
        scaled = (peanuts.angstrom_per_unit * peanuts.components).astype(np.float32)
        radii = scaled @ design.T  # (S, V)
        size, sign = np.abs(radii)[..., None], np.where(radii < 0.0, np.float32(-1), np.float32(1))[..., None]
        centres = positions_angstrom[list(peanuts.sites)][:, None, :].astype(np.float32)
        # The surface is |x|³ = ± xᵀσx; its normal is the gradient of the difference.
        normals = 3.0 * size * directions - 2.0 * sign * (directions @ from_voigt(scaled))
        lengths = np.sqrt((normals**2).sum(axis=-1, keepdims=True))
        normals = np.where(lengths > _NO_LENGTH, normals / np.maximum(lengths, _NO_LENGTH), directions)
        own = np.array([rgb_bytes(colour) for colour in peanuts.colours], np.uint8).reshape(-1, 1, 3)
        colours = np.where(sign < 0.0, np.array(rgb_bytes(peanuts.negative), np.uint8), own)
        found = (centres + size * directions, normals, colours)
        return cls(*(array.reshape(-1, 3) for array in found))


def peanut_triangles(n_sites: int, level: int) -> np.ndarray:
    """Return the triangles (S·T, 3) of so many sites, counter-clockwise seen from outside."""
    directions, faces = icosphere(level)
    return (faces + len(directions) * np.arange(n_sites)[:, None, None]).reshape(-1, 3)


def largest_intensity(components: np.ndarray) -> float:
    """Return the largest |n̂ᵀσn̂| of tensors (..., 6) over all of them and all directions."""
    return float(np.abs(np.linalg.eigvalsh(from_voigt(np.asarray(components, float)))).max(initial=0.0))


def angstrom_per_unit(components: np.ndarray, largest: float) -> float:
    """Return the scale of tensors (S, 6) at one energy.

    All shapes are true, and true to one another. The largest of them grows with the square root of its intensity, so
    that weak peaks aren't lost inside their atoms; at the `largest` intensity of all energies it is `LARGEST_ANGSTROM`.
    """
    here = largest_intensity(components)
    return LARGEST_ANGSTROM / (here * largest) ** 0.5 if here > 0.0 and largest > 0.0 else 0.0


@lru_cache(maxsize=8)
def _directions(level: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions (V, 3), and what takes six components to the intensities along them, (V, 6); float32."""
    directions, _ = icosphere(level)
    return directions.astype(np.float32), quadratic_design(directions).astype(np.float32)
