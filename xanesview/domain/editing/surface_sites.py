"""Where on a surface a molecule can stand: on top of an atom, on a bridge of two, over a hollow between several.

Found by geometry alone. Of the atoms that are exposed, laid flat, the sites are the extremes of the distance to the
nearest one: its minima are the atoms, its saddles the bridges (an edge of the Delaunay triangulation whose circle holds
no other atom), its maxima the hollows (a polygon of the triangulation that holds the centre of its circle). On a
periodic surface there are therefore as many top sites and hollows as bridges (Morse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xanesview.domain.structure import COVALENT_RADII_ANGSTROM, Structure
from xanesview.errors import XanesviewError

TOP, BRIDGE, HOLLOW = "top", "bridge", "hollow"
#: Of the ball that is let down on the surface: an atom that it can't touch first is not exposed, Å.
PROBE_ANGSTROM = 1.3
#: Images of atoms as far as this beyond the cell take part, Å.
_MARGIN_ANGSTROM = 8.0
_SAME_ANGSTROM = 0.05
_STRAIGHT = np.pi - 0.02  # a centre that sees its atoms within less than a half circle lies outside of them
_BENEATH_ANGSTROM = 0.4


@dataclass(frozen=True, eq=False)
class SurfaceSite:
    """One place on a surface.

    Attributes
    ----------
    kind : str
        ``"top"``, ``"bridge"`` or ``"hollow"``.
    atoms : tuple of int
        The atoms that it lies on or between.
    shifts : (K, 3) int
        By how many cell vectors each of them is moved.
    place_angstrom : (3,) float
        Equally far from all of them along the surface, at their mean height.
    normal : (3,) float
        Outwards, unit vector.
    beneath : int
        The atom straight below a hollow, -1 without one.
    stacking : str
        ``"fcc"`` or ``"hcp"`` of a hollow of three like atoms in a close-packed layer with others below, else empty.
    """

    kind: str
    atoms: tuple[int, ...]
    shifts: np.ndarray
    place_angstrom: np.ndarray
    normal: np.ndarray
    beneath: int = -1
    stacking: str = ""

    def moved(self, shift: Sequence[int], cell_angstrom: np.ndarray) -> SurfaceSite:
        """Return its image by so many cell vectors (3,)."""
        by = np.asarray(shift, int)
        return replace(self, shifts=self.shifts + by, place_angstrom=self.place_angstrom + by @ cell_angstrom)

    def atoms_angstrom(self, slab: Structure) -> np.ndarray:
        """Return where its atoms are, (K, 3)."""
        return slab.positions_angstrom[list(self.atoms)] + self.shifts @ slab.cell_angstrom


def surface_sites(slab: Structure, below: bool = False) -> tuple[SurfaceSite, ...]:
    """Return the sites of a slab's upper face, or of its lower one: top sites first, then bridges, then hollows.

    Each is listed once, not its images in neighbouring cells.

    Raises
    ------
    XanesviewError
        Without a surface.
    """
    if slab.surface_normal is None:
        raise XanesviewError(
            f"{slab.name or slab.formula} has no surface to put a molecule on.",
            "Open a slab, or cut one from a crystal.",
        )
    normal = -slab.surface_normal if below else np.array(slab.surface_normal)
    images = _with_images(slab, normal)
    atoms, shifts, flat, along = images
    heights = slab.positions_angstrom @ normal
    outer = exposed(slab, normal)
    stays = np.isin(atoms, outer)
    atoms, shifts, flat = atoms[stays], shifts[stays], flat[stays]
    found = [
        SurfaceSite(TOP, (k,), np.zeros((1, 3), int), slab.positions_angstrom[k], normal) for k in outer.tolist()
    ]
    if len(atoms) < 3 or np.linalg.matrix_rank(flat - flat[0], tol=_SAME_ANGSTROM) < 2:
        return tuple(found)
    bridges, hollows = _passes_and_peaks(flat)
    for kind, groups in ((BRIDGE, bridges), (HOLLOW, hollows)):
        for members, centre in groups:
            order = sorted(members, key=lambda m: (int(atoms[m]), *shifts[m].tolist()))
            if shifts[order[0]].any():
                continue  # an image of another one
            own = atoms[order]
            place = centre @ along + heights[own].mean() * normal
            site = SurfaceSite(kind, tuple(own.tolist()), shifts[order], place, normal)
            if kind == HOLLOW:
                aside = np.linalg.norm(images[2] - centre, axis=1)
                site = _over(slab, site, images[0][aside < _BENEATH_ANGSTROM], heights)
            found.append(site)
    return tuple(found)


def exposed(slab: Structure, normal: np.ndarray) -> np.ndarray:
    """Return the atoms (K,) that a ball let down from outside along the normal (3,) right above them touches first."""
    atoms, _, flat, along = _with_images(slab, normal, 4.0)
    heights = slab.positions_angstrom @ normal
    reach = COVALENT_RADII_ANGSTROM[slab.numbers] + PROBE_ANGSTROM
    own = slab.positions_angstrom @ along.T
    aside = np.sum((flat[None] - own[:, None]) ** 2, axis=2)  # (N, images)
    above = reach[atoms] ** 2 - aside
    touch = np.where(above > 0.0, heights[atoms] + np.sqrt(np.maximum(above, 0.0)), -np.inf)
    return np.flatnonzero(touch.max(axis=1) <= heights + reach + 1e-6)


def nearest_site(
    sites: Sequence[SurfaceSite], slab: Structure, point_angstrom: np.ndarray
) -> tuple[SurfaceSite, float]:
    """Return the site, as the image of it, that is nearest along the surface to a point (3,), and how far it is, Å."""
    if not sites:
        raise XanesviewError(f"{slab.name or slab.formula} has no sites to stand on.")
    normal = sites[0].normal
    places = np.array([site.place_angstrom for site in sites])
    shifts = _neighbouring(slab)
    cell = slab.cell_angstrom * slab.pbc[:, None]
    away = np.asarray(point_angstrom, float) - places
    home = np.rint(away @ np.linalg.pinv(cell)).astype(int) * along_surface(slab, normal)
    left = (away - home @ cell)[:, None] - (shifts @ cell)[None]
    left = left - (left @ normal)[..., None] * normal
    lengths = np.linalg.norm(left, axis=2)
    which, image = np.unravel_index(int(np.argmin(lengths)), lengths.shape)
    by = home[which] + shifts[image]
    site = sites[which] if not by.any() else sites[which].moved(by, slab.cell_angstrom)
    return site, float(lengths[which, image])


def _over(slab: Structure, site: SurfaceSite, aligned: np.ndarray, heights: np.ndarray) -> SurfaceSite:
    """Return a hollow with what is known of the atoms straight below it, given those on its line (K,)."""
    level = float(site.place_angstrom @ site.normal)
    below = aligned[heights[aligned] < level - 0.3]
    beneath = int(below[np.argmax(heights[below])]) if len(below) else -1
    site = replace(site, beneath=beneath)
    places = site.atoms_angstrom(slab)
    edges = np.linalg.norm(places - np.roll(places, 1, axis=0), axis=1)
    mean = float(edges.mean())
    alike = len(site.atoms) == 3 and len(set(slab.numbers[list(site.atoms)].tolist())) == 1
    if not alike or np.ptp(edges) > 0.05 * mean or heights.min() > level - 0.5 * mean:
        return site
    is_second = beneath >= 0 and level - heights[beneath] < 1.2 * mean
    return replace(site, stacking="hcp" if is_second else "fcc")


def along_surface(slab: Structure, normal: np.ndarray) -> np.ndarray:
    """Return for each cell vector whether it lies in the surface and repeats, (3,) of 0 and 1."""
    lengths = np.linalg.norm(slab.cell_angstrom, axis=1)
    flat = np.abs(slab.cell_angstrom @ normal) < 1e-3 * np.maximum(lengths, 1e-9)
    return (flat & slab.pbc & (lengths > 0)).astype(int)


def _neighbouring(slab: Structure) -> np.ndarray:
    """Return the shifts (9, 3) to the neighbouring cells along the surface."""
    one, two = np.flatnonzero(along_surface(slab, slab.surface_normal))[:2]
    shifts = np.zeros((9, 3), int)
    shifts[:, one], shifts[:, two] = np.repeat([0, -1, 1], 3), np.tile([0, -1, 1], 3)
    return shifts


def _with_images(
    slab: Structure, normal: np.ndarray, margin_angstrom: float = _MARGIN_ANGSTROM
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return atoms with their images beyond the cell: index (M,), shift (M, 3), place along the surface (M, 2), axes.

    The axes (2, 3) span the surface.
    """
    repeats = np.flatnonzero(along_surface(slab, normal))
    first = slab.cell_angstrom[repeats[0]] / np.linalg.norm(slab.cell_angstrom[repeats[0]])
    along = np.array([first, np.cross(normal, first)])
    cell = slab.cell_angstrom[repeats] @ along.T  # (2, 2)
    area = abs(float(np.linalg.det(cell)))
    thick = area / np.linalg.norm(cell, axis=1)[::-1]  # from edge to edge of the cell, along each vector
    counts = np.ceil(margin_angstrom / thick).astype(int) + 1
    steps = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in counts), indexing="ij"), -1).reshape(-1, 2)
    own = slab.positions_angstrom @ along.T
    flat = own[None] + (steps @ cell)[:, None]
    share = np.linalg.solve(cell.T, (flat - own.mean(axis=0)).reshape(-1, 2).T).T
    spread = np.linalg.solve(cell.T, (own - own.mean(axis=0)).T).T
    margin = margin_angstrom / thick
    near = (share > spread.min(axis=0) - margin) & (share < spread.max(axis=0) + margin)
    keep = np.flatnonzero(near.all(axis=1))
    shifts = np.zeros((len(steps), 3), int)
    shifts[:, repeats] = steps
    n = slab.n_atoms
    return keep % n, shifts[keep // n], flat.reshape(-1, 2)[keep], along


def _passes_and_peaks(flat: np.ndarray) -> tuple[list, list]:
    """Return saddles and maxima of the distance to the nearest of points (M, 2), each as (indices, centre (2,))."""
    from scipy.spatial import Delaunay  # loaded when a surface is looked at

    mesh = Delaunay(flat)
    corners = mesh.simplices
    centres = _circle_centres(flat[corners])
    group = _like_circles(mesh.neighbors, centres)
    peaks = []
    for members in group.values():
        atoms = np.unique(corners[members])
        centre = centres[members[0]]
        angles = np.sort(np.arctan2(*(flat[atoms] - centre).T[::-1]))
        gap = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
        if gap < _STRAIGHT:
            peaks.append((atoms, centre))
    which = np.empty(len(corners), int)
    for label, members in group.items():
        which[members] = label
    passes = []
    for k, neighbours in enumerate(mesh.neighbors):
        for corner, other in enumerate(neighbours):
            if other <= k or which[k] == which[other]:
                continue
            edge = np.delete(corners[k], corner)
            beside = corners[k][corner], next(atom for atom in corners[other] if atom not in edge)
            if all(_sees_within_half(flat[atom], *flat[edge]) for atom in beside):
                passes.append((edge, flat[edge].mean(axis=0)))
    return passes, peaks


def _sees_within_half(point: np.ndarray, one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the centre of the circle through three points (2,) lies on the first one's side of the other two.

    By the measure that decides of hollows: each that is none takes one bridge with it, the edge beyond which its
    centre lies.
    """
    a, b = one - point, other - point
    angle = np.arctan2(abs(a[0] * b[1] - a[1] * b[0]), a @ b)
    return 2.0 * angle < _STRAIGHT


def _circle_centres(triangles: np.ndarray) -> np.ndarray:
    """Return the centres (T, 2) of the circles through triangles (T, 3, 2); far away for flat ones."""
    a, b = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    cross = 2.0 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    cross = np.where(np.abs(cross) < 1e-9, 1e-9, cross)
    aa, bb = (a * a).sum(axis=1), (b * b).sum(axis=1)
    x = (b[:, 1] * aa - a[:, 1] * bb) / cross
    y = (a[:, 0] * bb - b[:, 0] * aa) / cross
    return triangles[:, 0] + np.stack([x, y], axis=1)


def _like_circles(neighbours: np.ndarray, centres: np.ndarray) -> dict[int, list[int]]:
    """Return triangles by polygon: neighbours whose corners lie on one circle belong together, as in a square."""
    label = np.arange(len(centres))

    def root(k: int) -> int:
        while label[k] != k:
            label[k] = label[label[k]]
            k = int(label[k])
        return k

    close = np.linalg.norm(centres[:, None] - centres[neighbours], axis=2) < _SAME_ANGSTROM
    for k, other in zip(*np.nonzero(close & (neighbours >= 0)), strict=True):
        label[root(int(k))] = root(int(neighbours[k, other]))
    groups: dict[int, list[int]] = {}
    for k in range(len(centres)):
        groups.setdefault(root(k), []).append(k)
    return groups
