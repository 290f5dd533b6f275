"""Sites computed with FEFF10 kept on disk by structure, edge and preset."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import EDGE_STEP, AbsorptionTensor, rotation_voigt
from xanesview.domain.structure import Structure
from xanesview.io import kept_arrays
from xanesview.paths import cache_dir
from xanesview.reference.multiple_scattering.output import SiteTensor
from xanesview.reference.multiple_scattering.settings import broadening_ev

METHOD = "FEFF10 (full multiple scattering, self-consistent potentials, RPA core hole, dipole)"
_LAYOUT = "1"  # counts up when the method's numbers or the file's layout change


@dataclass(frozen=True, eq=False)
class ScatteringSite:
    """The tensor of one atom in the frame of its structure.

    ``energy_ev`` (E,) from ``e0_ev``, the Fermi level on FEFF's absolute scale, eV; ``components`` (6, E) in edge
    steps; ``seconds`` is the time it took, 0 where symmetry gave it.
    """

    atom: int
    energy_ev: np.ndarray
    components: np.ndarray
    e0_ev: float
    seconds: float

    @classmethod
    def of(cls, atom: int, found: SiteTensor, seconds: float) -> ScatteringSite:
        """Return a computed tensor as the site of an atom."""
        return cls(atom, found.energy_ev, found.components, found.e0_ev, seconds)

    def moved(self, atom: int, rotation: np.ndarray) -> ScatteringSite:
        """Return the equivalent site that a symmetry operation (3, 3) maps this one to: σ' = R σ Rᵀ."""
        turned = rotation_voigt(rotation) @ self.components
        return ScatteringSite(atom, self.energy_ev, turned, self.e0_ev, 0.0)


def scattering_tensor(
    sites: Mapping[int, ScatteringSite],
    element: str,
    shell: str = "K",
    axis: str = "absolute",
    grid_ev: np.ndarray | None = None,
) -> AbsorptionTensor:
    """Return the sites' tensors on one grid: energies as FEFF gives them, or from each site's Fermi level.

    Sites are interpolated between their own points with cubic splines; where absolute energies are asked for, sites of
    different E0 keep the range that all cover.

    Parameters
    ----------
    sites : by atom
    element, shell : of the edge
    axis : "absolute" or "relative"
    grid_ev : (E,) energies from E0; by default the first site's own
    """
    found = list(sites.values())
    grid = found[0].energy_ev if grid_ev is None else grid_ev
    rows = [one.components if _same(one.energy_ev, grid) else _at(one, grid) for one in found]
    tensor = AbsorptionTensor(
        energy_ev=grid,
        components=np.array(rows),
        sites=np.array([one.atom for one in found], dtype=int),
        unit=EDGE_STEP,
        edge=f"{element} {shell}",
        native_fwhm_ev=broadening_ev(element, shell)[1],
        ip_ev=np.array([one.e0_ev for one in found]),
        axis="relative",
    )
    return tensor.on_axis(axis)


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    return len(first) == len(second) and bool(np.abs(first - second).max() < 1e-3)


def _at(site: ScatteringSite, grid: np.ndarray) -> np.ndarray:
    from scipy.interpolate import CubicSpline  # takes long to load

    inside = np.clip(grid, site.energy_ev[0], site.energy_ev[-1])
    return CubicSpline(site.energy_ev, site.components, axis=1)(inside)


def read_kept(structure: Structure, element: str, shell: str, preset: str) -> dict[int, ScatteringSite]:
    """Return the sites of a structure that were computed before, by atom; empty where there are none."""
    return kept_arrays.recall(_path(structure, element, shell, preset), unpacked) or {}


def keep(structure: Structure, element: str, shell: str, preset: str, sites: Mapping[int, ScatteringSite]) -> None:
    """Keep all computed sites of a structure and edge in one file; a full disk is logged, not raised."""
    arrays = packed(sites)
    arrays["components"] = arrays["components"].astype("f4")
    kept_arrays.keep(_path(structure, element, shell, preset), arrays)


def packed(sites: Mapping[int, ScatteringSite]) -> dict[str, np.ndarray]:
    """Return sites as arrays by name."""
    found = list(sites.values())
    return {
        "atom": np.array([one.atom for one in found]),
        "count": np.array([len(one.energy_ev) for one in found]),
        "energy_ev": np.concatenate([one.energy_ev for one in found]),
        "components": np.concatenate([one.components for one in found], axis=1),
        "e0_ev": np.array([one.e0_ev for one in found]),
        "seconds": np.array([one.seconds for one in found]),
    }


def unpacked(arrays: dict[str, np.ndarray]) -> dict[int, ScatteringSite]:
    """Return the sites by atom of what `packed` made.

    Raises
    ------
    ValueError, KeyError
        If they don't fit together.
    """
    ends = np.cumsum(arrays["count"])
    if arrays["components"].shape != (6, ends[-1]) or arrays["energy_ev"].shape != (ends[-1],):
        raise ValueError("energies without a site")
    if not np.isfinite(arrays["components"]).all() or not np.isfinite(arrays["e0_ev"]).all():
        raise ValueError("numbers that are none")
    columns = (arrays[key] for key in ("atom", "count", "e0_ev", "seconds"))
    return {
        int(atom): ScatteringSite(
            int(atom),
            arrays["energy_ev"][end - n : end],
            arrays["components"][:, end - n : end].astype(float),
            float(e0),
            float(seconds),
        )
        for end, atom, n, e0, seconds in zip(ends, *columns, strict=True)
    }


def _path(structure: Structure, element: str, shell: str, preset: str) -> Path:
    text = f"{_LAYOUT} {structure.content_hash}"
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:32]}_{element}_{shell}_{preset}.npz"
    return cache_dir() / "multiple_scattering" / name
