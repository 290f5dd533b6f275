"""What to look at first: a sensible absorber and a polarisation that shows something."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xanesview.domain.structure import Structure, bonds

#: Beyond so many sites the one to look at first is predicted alone: a first curve must not wait for all.
AT_ONCE = 12
#: Finding equivalent sites in a larger structure takes longer than opening a window should.
LARGEST_CLASSIFIED = 400
#: A set of atoms is flat if it deviates from its plane by less than this (root mean square).
FLAT_ANGSTROM = 0.25


@dataclass(frozen=True)
class FirstView:
    """Sites to pick and polarisation to show on opening: atoms (S,), unit vector (3,)."""

    picked: tuple[int, ...]
    direction: np.ndarray


def first_view(structure: Structure, element: str) -> FirstView:
    """Choose the sites and the direction a structure opens with.

    All absorbers, since their sum is what is measured, in the order of the file. Where they are more than `AT_ONCE` the
    most interesting one stands first, for whoever predicts them one after the other: of the class that is unsaturated
    before saturated, since it has a π* resonance whose dichroism is what the arrow shows; then of the larger class.
    The arrow stands along the surface normal of a slab, else along the normal of a flat molecule or of that site's own
    neighbours, else along z.
    """
    sites = structure.sites_of(element)
    if len(sites) == 0:
        return FirstView((), normal_direction(structure, ()))
    first, every = _most_interesting(structure, sites), tuple(sites.tolist())
    picked = every if len(every) <= AT_ONCE else (first, *(site for site in every if site != first))
    return FirstView(picked, normal_direction(structure, (first,)))


def _most_interesting(structure: Structure, sites: np.ndarray) -> int:
    """First site of the class to look at first."""
    neighbours = bonded_neighbours(structure, sites[:LARGEST_CLASSIFIED])
    if len(sites) > LARGEST_CLASSIFIED:
        return next((i for i in neighbours if 1 <= len(neighbours[i]) <= 3), int(sites[0]))
    from xanesview.domain.symmetry import site_classes  # brings scipy.spatial, which the first painting does without

    labels = site_classes(structure, sites)
    classes: dict[int, list[int]] = {}
    for site, label in zip(sites.tolist(), labels.tolist(), strict=True):
        classes.setdefault(label, []).append(site)
    return max(classes.values(), key=lambda group: (1 <= len(neighbours[group[0]]) <= 3, len(group)))[0]


def bonded_neighbours(structure: Structure, atoms) -> dict[int, list[tuple[int, np.ndarray]]]:
    """Bonded neighbours of each of `atoms` with the vectors (3,) in Å to them, periodic images included."""
    i, j, shift = bonds(structure)
    positions = structure.positions_angstrom
    result: dict[int, list[tuple[int, np.ndarray]]] = {int(atom): [] for atom in atoms}
    touched = np.nonzero(np.isin(i, list(result)) | np.isin(j, list(result)))[0]
    vectors = positions[j[touched]] + shift[touched] @ structure.cell_angstrom - positions[i[touched]]
    for a, b, vector in zip(i[touched].tolist(), j[touched].tolist(), vectors, strict=True):
        if a in result:
            result[a].append((b, vector))
        if b in result:
            result[b].append((a, -vector))
    return result


def normal_direction(structure: Structure, picked: tuple[int, ...]) -> np.ndarray:
    """Unit vector (3,): surface normal, else normal of the flat molecule, else π direction of the site, else z."""
    if structure.surface_normal is not None:
        return np.asarray(structure.surface_normal, dtype=float)
    if not structure.is_periodic:
        heavy = structure.positions_angstrom[structure.numbers > 1]
        normal = plane_normal(heavy if len(heavy) > 2 else structure.positions_angstrom)
        if normal is not None:
            return normal
    if picked:
        own = pi_direction(structure, picked[0])
        if own is not None:
            return own
    return np.array([0.0, 0.0, 1.0])


def pi_direction(structure: Structure, site: int) -> np.ndarray | None:
    """Normal (3,) of the plane of a site's neighbours, or None where they span no plane or it isn't flat."""
    vectors = [vector for _, vector in bonded_neighbours(structure, [site])[site]]
    return None if len(vectors) not in (2, 3) else plane_normal(np.vstack([np.zeros(3), vectors]))


def plane_normal(points: np.ndarray) -> np.ndarray | None:
    """Unit normal (3,) of points (N, 3) that lie in a plane but not on a line, else None; it points up."""
    if len(points) < 3:
        return None
    centred = points - points.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    root_n = np.sqrt(len(points))
    if spread[2] / root_n > FLAT_ANGSTROM or spread[1] / root_n < 0.1:
        return None
    normal = axes[2] + 0.0
    largest = int(np.argmax(np.abs(normal)))
    return normal if normal[2] > 1e-6 or (abs(normal[2]) <= 1e-6 and normal[largest] > 0) else -normal
