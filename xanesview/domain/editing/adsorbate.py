"""A molecule put on a surface: which of its atoms stands on which site, how high, upright or lying, how turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.editing.atoms import check_apart, edited
from xanesview.domain.editing.surface_sites import SurfaceSite
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_HEIGHT_ANGSTROM


def usual_height(
    slab: Structure, site: SurfaceSite | Sequence[int], molecule: Structure, anchor: int = 0
) -> float:
    """Return how high the anchor stands over a site for its bonds to have the sum of the covalent radii, Å.

    Parameters
    ----------
    slab : Structure
    site : a site, or atoms of the surface (K,); over the middle of several the anchor touches all of them
    molecule : Structure
    anchor : the atom of the molecule that stands on the site
    """
    atoms, places, foot, normal = _footing(slab, site)
    away = places - foot
    up = away @ normal
    aside = np.linalg.norm(away - np.outer(up, normal), axis=1)
    radii = COVALENT_RADII_ANGSTROM
    lengths = radii[slab.numbers[atoms]] + radii[molecule.numbers[anchor]]
    return float(max((up + np.sqrt(np.maximum(lengths**2 - aside**2, 0.25))).max(), 0.8))


def adsorbed(
    slab: Structure,
    molecule: Structure,
    site: SurfaceSite | Sequence[int],
    height_angstrom: float,
    *,
    beside_angstrom: Sequence[float] = (0.0, 0.0, 0.0),
    turn_deg: float = 0.0,
    lies: bool = False,
    anchor: int = 0,
) -> Structure:
    """Return the slab with a molecule on it; the slab's atoms keep their numbers, those of the molecule follow.

    Parameters
    ----------
    slab : Structure
        With a surface normal.
    molecule : Structure
    site : SurfaceSite or (K,) int
        Where the anchor stands: a site, or surface atoms, over whose middle (of their images nearest to the first) and
        on whose side of the slab it stands.
    height_angstrom : float
        Of the anchor over that middle, along the normal.
    beside_angstrom : (3,) float
        By how much it stands beside the site; what of it is along the normal doesn't count.
    turn_deg : float
        By which the molecule is turned about the normal.
    lies : bool
        With its flattest side to the surface, else upright: its other atoms above the anchor.
    anchor : int
        The atom of the molecule that stands on the site.

    Raises
    ------
    XanesviewError
        Without a surface, for atoms that are not there, a height that makes no sense, or atoms on top of each other.
    """
    if not 0.0 < height_angstrom <= LARGEST_HEIGHT_ANGSTROM:
        raise UsageError(
            f"A height of {height_angstrom:g} Å can't be.",
            f"Give up to {LARGEST_HEIGHT_ANGSTROM:g} Å; 1.5 to 3 is usual.",
        )
    if not 0 <= anchor < molecule.n_atoms:
        raise UsageError(f"The molecule has no atom {anchor}.", f"They run from 0 to {molecule.n_atoms - 1}.")
    _, _, foot, normal = _footing(slab, site)
    own = molecule.positions_angstrom - molecule.positions_angstrom[anchor]
    own = own @ _standing(own, lies).T
    angle = np.radians(turn_deg)
    spin = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    frame = _frame(slab, normal)
    beside = np.asarray(beside_angstrom, float)
    foot = foot + beside + (height_angstrom - beside @ normal) * normal
    positions = foot + own @ spin.T @ frame
    after = edited(
        slab,
        numbers=np.concatenate([slab.numbers, molecule.numbers]),
        positions_angstrom=np.vstack([slab.positions_angstrom, positions]),
    ).replace(
        name=f"{molecule.name or molecule.formula} on {slab.name or slab.formula}",
        charge=slab.charge + molecule.charge, multiplicity=max(slab.multiplicity, molecule.multiplicity),
    )  # fmt: skip
    added = np.arange(slab.n_atoms, after.n_atoms)
    check_apart(after, added)
    return after


def _footing(
    slab: Structure, site: SurfaceSite | Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a site's atoms (K,), where they are (K, 3), its place (3,) and the outward normal (3,) on its side."""
    if slab.surface_normal is None:
        raise XanesviewError(
            f"{slab.name or slab.formula} has no surface to put a molecule on.",
            "Open a slab, or cut one from a crystal.",
        )
    atoms = list(site.atoms if isinstance(site, SurfaceSite) else site)
    if not atoms or any(not 0 <= k < slab.n_atoms for k in atoms):
        raise UsageError("There is no such surface atom.", f"Indices run from 0 to {slab.n_atoms - 1}.")
    if isinstance(site, SurfaceSite):
        return np.array(atoms), site.atoms_angstrom(slab), site.place_angstrom, site.normal
    heights = slab.positions_angstrom @ slab.surface_normal
    below = heights[atoms].mean() < 0.5 * (heights.min() + heights.max())
    normal = -slab.surface_normal if below else np.array(slab.surface_normal)
    cell = slab.cell_angstrom * slab.pbc[:, None]
    away = slab.positions_angstrom[atoms] - slab.positions_angstrom[atoms[0]]
    places = slab.positions_angstrom[atoms] - np.rint(away @ np.linalg.pinv(cell)) @ cell
    return np.array(atoms), places, places.mean(axis=0), normal


def _frame(slab: Structure, normal: np.ndarray) -> np.ndarray:
    """Return a right-handed frame (3, 3), an axis a row: along the first cell vector in the surface, across, normal."""
    offered = (*slab.cell_angstrom[slab.pbc], *np.eye(3))
    along = next(vector for vector in offered if np.linalg.norm(np.cross(vector, normal)) > 1e-6)
    first = along - (along @ normal) * normal
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(normal, first), normal])


def _standing(own: np.ndarray, lies: bool) -> np.ndarray:
    """Return the rotation (3, 3) that lets a molecule, its anchor at the origin, stand or lie on the plane z = 0."""
    centre = own.mean(axis=0)
    if lies:
        axes = np.linalg.svd(own - centre)[2]
        up = axes[2] if axes[2] @ centre >= 0 else -axes[2]
        ahead = axes[0]
    else:
        up = centre if np.linalg.norm(centre) > 1e-6 else np.array([0.0, 0.0, 1.0])
        spread = np.linalg.svd(own - centre)[2]
        ahead = spread[int(np.argmin(np.abs(spread @ up)))]
    up = up / np.linalg.norm(up)
    ahead = ahead - (ahead @ up) * up
    if np.linalg.norm(ahead) < 1e-6:
        ahead = np.cross(up, [1.0, 0.0, 0.0] if abs(up[0]) < 0.9 else [0.0, 1.0, 0.0])
    ahead = ahead / np.linalg.norm(ahead)
    return np.array([ahead, np.cross(up, ahead), up])
