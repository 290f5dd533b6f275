"""A molecule put on a surface: which of its atoms stands on which site, how high, upright or lying, how turned."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from xanesview.domain.editing.atoms import EDITED, PUT_TOGETHER, check_apart, edited
from xanesview.domain.editing.surface_sites import SurfaceSite, along_surface
from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Structure
from xanesview.errors import UsageError, XanesviewError
from xanesview.limits import LARGEST_HEIGHT_ANGSTROM

#: Times the sum of the covalent radii: what touches without a bond, beyond the 1.25 up to which bonds are drawn.
APART_FACTOR = 1.3
#: Times the same: closer than any bond of the two. Carbon monoxide on copper is at 0.89.
PRESSED_FACTOR = 0.85
LEAST_HEIGHT_ANGSTROM = 0.3
_LEAST_USUAL_ANGSTROM = 0.8  # over a hollow through which the anchor would fall


def usual_height(
    slab: Structure,
    site: SurfaceSite | Sequence[int],
    molecule: Structure,
    anchor: int = 0,
    *,
    beside_angstrom: Sequence[float] = (0.0, 0.0, 0.0),
    turn_deg: float = 0.0,
    lies: bool = False,
) -> float:
    """Return how high the anchor stands over a site where the molecule, let down from above, first touches the slab, Å.

    The anchor touches at the sum of the covalent radii, a bond; the other atoms at 1.3 times that, where nothing counts
    as bonded any more, so that no hydrogen of an upright molecule ends up in the surface. See `adsorbed` for the rest.
    """
    _, _, foot, normal = _footing(slab, site)
    beside = np.asarray(beside_angstrom, float)
    own = foot + beside - (beside @ normal) * normal + _turned(slab, normal, molecule, anchor, turn_deg, lies)
    factor = np.full(molecule.n_atoms, APART_FACTOR)
    factor[anchor] = 1.0
    radii = COVALENT_RADII_ANGSTROM
    reach = factor[:, None] * (radii[molecule.numbers][:, None] + radii[slab.numbers][None])
    # Along the surface only: the slab's own image across the vacuum is the lower face, not what it is let down on.
    along = slab.cell_angstrom[along_surface(slab, normal).astype(bool)]
    away = _images(along, slab.positions_angstrom[None] - own[:, None], float(reach.max()))
    up = away @ normal
    aside = np.linalg.norm(away - up[..., None] * normal, axis=-1)
    with np.errstate(invalid="ignore"):
        touches = up + np.sqrt(reach[None] ** 2 - aside**2)  # not a number where one passes the other
    return float(np.nanmax(touches, initial=_LEAST_USUAL_ANGSTROM))


def pressed_contact(after: Structure, n_slab: int) -> tuple[int, int, float] | None:
    """Return the atom of a molecule behind `n_slab` atoms that is pressed closest into the slab, that of the slab and
    their distance, Å; None where no two are closer than 0.85 times the sum of their covalent radii."""
    radii = COVALENT_RADII_ANGSTROM[after.numbers]
    reach = PRESSED_FACTOR * (radii[n_slab:][:, None] + radii[:n_slab][None])
    positions = after.positions_angstrom
    away = positions[None, :n_slab] - positions[n_slab:, None]
    away = np.linalg.norm(_images(after.cell_angstrom[after.pbc], away, float(reach.max())), axis=-1)
    nearest = away.min(axis=0)
    if not (nearest < reach).any():
        return None
    own, other = np.unravel_index(np.argmin(nearest / reach), reach.shape)
    return int(own) + n_slab, int(other), float(nearest[own, other])


def _images(cell: np.ndarray, vectors: np.ndarray, reach_angstrom: float) -> np.ndarray:
    """Return vectors (..., 3) to atoms as vectors (I, ..., 3) to all their images by a cell (K, 3) within a reach."""
    inverse = np.linalg.pinv(cell)
    nearest = vectors - np.rint(vectors @ inverse) @ cell
    many = np.ceil(reach_angstrom * np.linalg.norm(inverse, axis=0) + 0.5).astype(int)
    shifts = np.array(list(product(*(range(-n, n + 1) for n in many.tolist()))))
    by = shifts.reshape(len(shifts), -1) @ cell
    return nearest[None] + by.reshape(-1, *([1] * (vectors.ndim - 1)), 3)


def _turned(
    slab: Structure, normal: np.ndarray, molecule: Structure, anchor: int, turn_deg: float, lies: bool
) -> np.ndarray:
    """Return a molecule's atoms (N, 3) as they stand or lie around its anchor."""
    own = molecule.positions_angstrom - molecule.positions_angstrom[anchor]
    own = own @ _standing(own, lies).T
    angle = np.radians(turn_deg)
    spin = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    return own @ spin.T @ _frame(slab, normal)


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
    beside = np.asarray(beside_angstrom, float)
    foot = foot + beside + (height_angstrom - beside @ normal) * normal
    positions = foot + _turned(slab, normal, molecule, anchor, turn_deg, lies)
    after = edited(
        slab,
        numbers=np.concatenate([slab.numbers, molecule.numbers]),
        positions_angstrom=np.vstack([slab.positions_angstrom, positions]),
    )
    after = after.replace(
        name=f"{molecule.name or molecule.formula} on {slab.name or slab.formula}",
        geometry_origin=after.geometry_origin.replace(EDITED, PUT_TOGETHER, 1),
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
