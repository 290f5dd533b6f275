"""A molecule put on a surface: which of its atoms stands on which site, how high, upright or lying, how turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xanesview.domain.editing.atoms import check_apart, edited
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_HEIGHT_ANGSTROM


def usual_height(slab: Structure, site: Sequence[int], molecule: Structure, anchor: int = 0) -> float:
    """Return how high the anchor stands over a site for its bonds to have the sum of the covalent radii, Å.

    Parameters
    ----------
    slab : Structure
    site : atoms of the surface (K,); over the middle of several the anchor touches all of them
    molecule : Structure
    anchor : the atom of the molecule that stands on the site
    """
    normal = _normal(slab, site)
    places = slab.positions_angstrom[list(site)]
    away = places - places.mean(axis=0)
    aside = np.linalg.norm(away - np.outer(away @ normal, normal), axis=1)
    radii = COVALENT_RADII_ANGSTROM
    lengths = radii[slab.numbers[list(site)]] + radii[molecule.numbers[anchor]]
    return float(max(np.sqrt(np.maximum(lengths**2 - aside**2, 0.25)).max(), 0.8))


def adsorbed(
    slab: Structure,
    molecule: Structure,
    site: Sequence[int],
    height_angstrom: float,
    *,
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
    site : (K,) int
        Surface atoms, over whose middle the anchor stands; on the side of the slab on which they are.
    height_angstrom : float
        Of the anchor over that middle, along the normal.
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
    normal = _normal(slab, site)
    own = molecule.positions_angstrom - molecule.positions_angstrom[anchor]
    own = own @ _standing(own, lies).T
    angle = np.radians(turn_deg)
    spin = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    frame = _frame(slab, normal)
    foot = slab.positions_angstrom[list(site)].mean(axis=0) + height_angstrom * normal
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


def _normal(slab: Structure, site: Sequence[int]) -> np.ndarray:
    """Return the outward normal (3,) on the side of the slab where the site is."""
    if slab.surface_normal is None:
        raise XanesviewError(
            f"{slab.name or slab.formula} has no surface to put a molecule on.",
            "Open a slab, or cut one from a crystal.",
        )
    if not len(site) or any(not 0 <= k < slab.n_atoms for k in site):
        raise UsageError("There is no such surface atom.", f"Indices run from 0 to {slab.n_atoms - 1}.")
    heights = slab.positions_angstrom @ slab.surface_normal
    below = heights[list(site)].mean() < 0.5 * (heights.min() + heights.max())
    return -slab.surface_normal if below else np.array(slab.surface_normal)


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
