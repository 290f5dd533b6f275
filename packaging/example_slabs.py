"""Makes the bundled slabs of oxides and graphite from published lattice parameters, with their thumbnails.

    python packaging/example_slabs.py [FOLDER]

Bulk crystals are cut without relaxing them. Of all heights where a slab can be cut, the one is taken that breaks the
fewest bonds; each slab keeps the formula of its crystal, has two equal faces, and a vacuum of 12 Å along z.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.build import surface
from ase.spacegroup import crystal

from xanesview.domain.neighbour_list import pairs_within
from xanesview.domain.structure import SYMBOLS, Structure, bonds
from xanesview.io.structures.registry import write_structure

VACUUM_ANGSTROM = 12.0
SIZE = (160, 120)
_COLOURS = {"O": "#d9534a", "C": "#6b6b6b", "Ti": "#9aa3ad", "Cu": "#c77c42", "Zn": "#7d80b0"}
_RADII = {"O": 3.0, "C": 3.0}


@dataclass(frozen=True)
class Recipe:
    """One slab: the bulk, the plane, how many repeats thick and wide, and how long bonds may be, Å."""

    name: str
    title: str
    bulk: Atoms
    plane: tuple[int, int, int]
    layers: int
    wide: tuple[int, int]
    bond_angstrom: float


def recipes() -> list[Recipe]:
    """Return what is made; the sources of the lattice parameters stand beside them."""
    # C. J. Howard, T. M. Sabine, F. Dickson, Acta Cryst. B 47 (1991) 462
    rutile = crystal(
        ["Ti", "O"], [(0, 0, 0), (0.3057, 0.3057, 0)], spacegroup=136, cellpar=[4.5937, 4.5937, 2.9587, 90, 90, 90]
    )
    anatase = crystal(
        ["Ti", "O"], [(0, 0, 0), (0, 0, 0.2081)], spacegroup=141, cellpar=[3.7845, 3.7845, 9.5143, 90, 90, 90]
    )
    # S. Åsbrink, L.-J. Norrby, Acta Cryst. B 26 (1970) 8
    tenorite = crystal(
        ["Cu", "O"], [(0.25, 0.25, 0), (0, 0.4184, 0.25)], spacegroup=15,
        cellpar=[4.6837, 3.4226, 5.1288, 90, 99.54, 90],
    )  # fmt: skip
    # E. H. Kisi, M. M. Elcombe, Acta Cryst. C 45 (1989) 1867
    zincite = crystal(
        ["Zn", "O"], [(1 / 3, 2 / 3, 0), (1 / 3, 2 / 3, 0.3817)], spacegroup=186,
        cellpar=[3.2501, 3.2501, 5.2071, 90, 90, 120],
    )  # fmt: skip
    # P. Trucano, R. Chen, Nature 258 (1975) 136
    graphite = crystal(
        ["C", "C"], [(0, 0, 0.25), (1 / 3, 2 / 3, 0.25)], spacegroup=194,
        cellpar=[2.464, 2.464, 6.711, 90, 90, 120],
    )  # fmt: skip
    return [
        Recipe("rutile_110", "Rutile (110) slab", rutile, (1, 1, 0), 4, (1, 2), 2.2),
        Recipe("anatase_101", "Anatase (101) slab", anatase, (1, 0, 1), 3, (2, 1), 2.2),
        Recipe("cuo_111", "Tenorite (111) slab", tenorite, (1, 1, 1), 4, (1, 1), 2.1),
        Recipe("zno_1010", "Zinc oxide (10-10) slab", zincite, (1, 0, 0), 4, (2, 2), 2.2),
        Recipe("graphite_0001", "Graphite (0001) slab", graphite, (0, 0, 1), 2, (3, 3), 1.6),
    ]


def slab(recipe: Recipe) -> Structure:
    """Return a slab whose surface normal is z, standing on z = 0.

    Raises
    ------
    ValueError
        If no cut leaves two faces that can be turned into one another.
    """
    block = surface(recipe.bulk, recipe.plane, recipe.layers + 2, periodic=True).repeat((*recipe.wide, 1))
    spacing = float(block.cell[2, 2]) / (recipe.layers + 2)
    heights = block.positions[:, 2] - block.positions[:, 2].min()
    planes = np.unique(np.round(heights, 3))
    middles = 0.5 * (planes[1:] + planes[:-1])
    cuts = middles[(middles > 0.4 * spacing) & (middles < 1.4 * spacing)]
    for cut in sorted(cuts, key=lambda cut: _broken(block, heights, float(cut), recipe.bond_angstrom)):
        made = block[(heights > cut) & (heights < cut + recipe.layers * spacing)]
        if _has_equal_faces(made):
            return _standing(made, recipe.title)
    raise ValueError(f"{recipe.name}: the faces of every cut differ")


def _broken(block: Atoms, heights: np.ndarray, cut: float, reach: float) -> int:
    """Return how many bonds cross a height."""
    i, j, _, _ = pairs_within(block.positions, block.cell[:], np.array([True, True, False]), reach)
    return int(((heights[i] > cut) != (heights[j] > cut)).sum())


def _has_equal_faces(made: Atoms) -> bool:
    """Whether the planes from above are those from below: then no charge builds up across the slab."""
    z, numbers = made.positions[:, 2], made.numbers
    up = sorted(zip(np.round(z - z.min(), 2).tolist(), numbers.tolist(), strict=True))
    down = sorted(zip(np.round(z.max() - z, 2).tolist(), numbers.tolist(), strict=True))
    return up == down


def _standing(made: Atoms, title: str) -> Structure:
    positions = made.positions - [0.0, 0.0, made.positions[:, 2].min()]
    cell = np.array(made.cell)
    cell[2] = 0.0, 0.0, positions[:, 2].max() + VACUUM_ANGSTROM
    order = np.lexsort((np.round(positions[:, 0], 3), -np.round(positions[:, 2], 3), -made.numbers))
    return Structure(made.numbers[order], positions[order], cell, np.array([True, True, False]), name=title)


def thumbnail(structure: Structure) -> str:
    """Return a drawing of a slab, seen from the side and a little from above, as SVG."""
    turn, lean = np.deg2rad(25.0), np.deg2rad(14.0)
    x, y, z = structure.positions_angstrom.T
    across, depth = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
    seen = np.column_stack([across, -(np.cos(lean) * z + np.sin(lean) * depth)])
    far = (depth - depth.min()) / max(float(np.ptp(depth)), 1e-6)
    scale = min((size - 24.0) / max(float(extent), 1e-6) for size, extent in zip(SIZE, np.ptp(seen, axis=0)))
    points = (seen - 0.5 * (seen.max(axis=0) + seen.min(axis=0))) * scale + np.array(SIZE) / 2.0
    shade = 1.0 - 0.55 * far
    things = []
    i, j, shift = bonds(structure)
    for one, two, image in zip(i, j, shift, strict=True):
        oxygens = (structure.numbers[[one, two]] == 8).sum()
        if image.any() or (oxygens != 1 and set(structure.symbols) != {"C"}):
            continue
        (x1, y1), (x2, y2), pale = points[one], points[two], min(shade[one], shade[two])
        ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        line = f'<line {ends} stroke="#7f7f7f" stroke-width="1.2" stroke-opacity="{pale:.2f}"/>'
        things.append((max(far[one], far[two]) + 0.01, line))
    for atom, symbol in enumerate(structure.symbols):
        place = f'cx="{points[atom][0]:.1f}" cy="{points[atom][1]:.1f}" r="{_RADII.get(symbol, 4.4)}"'
        things.append((far[atom], f'<circle {place} fill="{_COLOURS[symbol]}" fill-opacity="{shade[atom]:.2f}"/>'))
    drawn = [text for _, text in sorted(things, key=lambda thing: -thing[0])]
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">'.format(*SIZE)
    return "\n".join([head, *drawn, "</svg>"]) + "\n"


def main(folder: Path) -> None:
    """Write all slabs and their thumbnails."""
    for recipe in recipes():
        made = slab(recipe)
        write_structure(folder / f"{recipe.name}.extxyz", made)
        (folder / "thumbnails" / f"{recipe.name}.svg").write_text(thumbnail(made), encoding="utf-8")
        thick = np.ptp(made.positions_angstrom[:, 2])
        counts = ", ".join(f"{len(made.sites_of(SYMBOLS[z]))} {SYMBOLS[z]}" for z in made.elements)
        print(f"{recipe.name}: {counts}, {thick:.1f} Å thick")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "resources" / "examples")
