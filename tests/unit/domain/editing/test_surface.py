"""Slabs by Miller index: spacings by formula, ASE's atoms, the bulk's formula and bonds, terminations by hand."""

from __future__ import annotations

import numpy as np
import pytest
import spglib
from ase import Atoms
from ase.build import bcc100, bcc110, bcc111, diamond111, fcc100, fcc110, fcc111, fcc211, hcp0001
from ase.build import bulk as ase_bulk
from ase.build import surface as ase_surface
from ase.spacegroup import crystal

from xanesview.domain.editing.surface import conventional, parse_miller, surface, terminations
from xanesview.domain.editing.surface_cell import surface_cell
from xanesview.domain.neighbour_list import pairs_within
from xanesview.domain.structure import Structure
from xanesview.errors import UsageError, XanesviewError

RUTILE = crystal(
    ["Ti", "O"], [(0, 0, 0), (0.3057, 0.3057, 0)], spacegroup=136, cellpar=[4.5937, 4.5937, 2.9587, 90, 90, 90]
)
MGO = ase_bulk("MgO", "rocksalt", a=4.212, cubic=True)


def of_ase(atoms: Atoms, name: str = "") -> Structure:
    return Structure(atoms.numbers, atoms.positions, np.array(atoms.cell), np.ones(3, bool), name=name)


def shortest(slab: Structure) -> np.ndarray:
    """Return the distances within 3 Å, sorted."""
    _, _, _, far = pairs_within(slab.positions_angstrom, slab.cell_angstrom, slab.pbc, 3.0)
    return np.sort(far)


@pytest.mark.parametrize("miller", [(1, 0, 0), (1, 1, 0), (2, 1, 0), (1, 1, 1)])
def test_a_cubic_repeat_is_as_thick_as_its_formula_says(miller):
    one, more = (surface(of_ase(MGO), miller, layers) for layers in (2, 5))
    # a slab of so many repeats: their planes are a/√(h²+k²+l²) apart, or half of that where the lattice is centred
    rise = np.ptp(more.positions_angstrom[:, 2]) - np.ptp(one.positions_angstrom[:, 2])
    spacing = 4.212 / np.sqrt(np.dot(miller, miller))
    assert (rise / 3) % (spacing / 2) == pytest.approx(0.0, abs=1e-6) or rise / 3 == pytest.approx(spacing)


@pytest.mark.parametrize(("miller", "bulk"), [((1, 1, 0), RUTILE), ((1, 0, 1), RUTILE), ((2, 1, 1), MGO)])
def test_it_holds_the_atoms_of_ase(miller, bulk):
    """Some termination is the cut that ASE makes, atom by atom, up to a shift."""
    structure = of_ase(bulk)
    expected = ase_surface(bulk, miller, 3, vacuum=6.0)
    shapes = []
    for one in terminations(structure, miller):
        slab = surface(structure, miller, 3, 12.0, one.number)
        assert slab.n_atoms == len(expected)
        assert sorted(slab.numbers) == sorted(expected.numbers)
        sides, theirs = slab.cell_angstrom[:2], np.array(expected.cell)[:2]
        one = sides[:, :2] @ np.linalg.inv(theirs[:, :2])  # both span one lattice, up to a turn of the slab
        if miller[2] == 0:
            np.testing.assert_allclose(one, np.rint(one), atol=1e-9)
        assert abs(np.linalg.det(one)) == pytest.approx(1.0)
        assert np.linalg.norm(sides, axis=1).sum() <= np.linalg.norm(theirs, axis=1).sum() + 1e-9
        z = np.sort(slab.positions_angstrom[:, 2])
        shapes.append(np.abs(z - np.sort(expected.positions[:, 2] - expected.positions[:, 2].min())).max())
    assert min(shapes) < 1e-6


@pytest.mark.parametrize("miller", [(1, 1, 0), (1, 0, 0), (0, 0, 1), (1, 1, 1), (2, 1, -1)])
def test_every_cut_keeps_the_formula_and_makes_no_new_bond(miller):
    bulk = of_ase(RUTILE)
    inside = shortest(bulk)
    for one in terminations(bulk, miller):
        slab = surface(bulk, miller, 3, 15.0, one.number)
        assert np.count_nonzero(slab.numbers == 8) == 2 * np.count_nonzero(slab.numbers == 22)
        assert slab.pbc.tolist() == [True, True, False]
        np.testing.assert_allclose(slab.surface_normal, [0, 0, 1])
        assert slab.positions_angstrom[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        gap = slab.cell_angstrom[2, 2] - slab.positions_angstrom[:, 2].max()
        assert gap == pytest.approx(15.0)
        for distance in shortest(slab):
            assert np.abs(inside - distance).min() < 1e-4


def test_rutile_110_breaks_fewest_bonds_where_oxygen_bridges():
    """Rows of bridging oxygen on both faces: five- and sixfold Ti below; Diebold, Surf. Sci. Rep. 48 (2003) 53."""
    bulk = of_ase(RUTILE)
    first = terminations(bulk, (1, 1, 0))[0]
    assert (first.top, first.bottom, first.has_equal_faces) == ("O", "O", True)
    slab = surface(bulk, (1, 1, 0), 4)
    i, _, _, _ = pairs_within(slab.positions_angstrom, slab.cell_angstrom, slab.pbc, 2.2)
    around = np.bincount(i, minlength=slab.n_atoms)
    titanium = slab.numbers == 22
    top = titanium & (slab.positions_angstrom[:, 2] > slab.positions_angstrom[titanium, 2].max() - 0.1)
    assert sorted(around[top]) == [5, 6]
    assert not slab.notices


def test_rutile_110_cuts_so_many_bonds_as_counted_by_hand():
    """Of the cell 2.959 × 6.497 Å two bonds of fivefold Ti, or two of bridging oxygen and one of fivefold Ti."""
    area_nm2 = 0.29587 * np.sqrt(2) * 0.45937
    found = terminations(of_ase(RUTILE), (1, 1, 0))
    assert [one.broken_bonds * area_nm2 for one in found] == pytest.approx([2.0, 3.0, 3.0])
    assert [(one.top, one.bottom) for one in found] == [("O", "O"), ("OTi", "O"), ("O", "OTi")]


FCC_INDICES = [(1, 1, 1), (1, 0, 0), (1, 1, 0), (2, 1, 0), (3, 1, 1), (-2, 1, 3), (5, 3, 1), (7, 1, 1), (10, 9, 8)]


@pytest.mark.parametrize("miller", FCC_INDICES)
def test_a_metal_cuts_its_nearest_neighbours_by_the_closed_form(miller):
    """Σ |n·v| / 2 over the neighbours v, over the volume of an atom: Mackenzie, Moore, Nicholas (1962)."""
    normal = np.array(miller) / np.linalg.norm(miller)
    six = [(0, 1, 1), (0, 1, -1), (1, 0, 1), (1, 0, -1), (1, 1, 0), (1, -1, 0)]
    four = [(1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1)]
    cubes = {
        "fcc": (ase_bulk("Cu", a=3.6, cubic=True), six, 4),
        "bcc": (ase_bulk("Fe", a=2.87, cubic=True), four, 2),
    }  # fmt: skip
    for bulk, neighbours, n in cubes.values():
        a = bulk.cell[0, 0]
        expected = np.abs(0.5 * a * np.array(neighbours) @ normal).sum() * n / a**3 * 100.0
        (only,) = terminations(of_ase(bulk), miller)
        assert only.broken_bonds == pytest.approx(expected)
        assert only.has_equal_faces


@pytest.mark.parametrize(("miller", "per_atom"), [((1, 1, 1), 3), ((1, 0, 0), 4), ((1, 1, 0), 6)])
def test_so_many_neighbours_are_lost_by_an_atom_of_the_face(miller, per_atom):
    """Of (110) the atom of the first layer loses five, that of the second one."""
    a = 3.6
    area = {(1, 1, 1): np.sqrt(3) / 4, (1, 0, 0): 0.5, (1, 1, 0): np.sqrt(0.5)}[miller] * a**2
    (only,) = terminations(of_ase(ase_bulk("Cu", a=a, cubic=True)), miller)
    assert only.broken_bonds * area / 100.0 == pytest.approx(per_atom)


@pytest.mark.parametrize("miller", [(1, 0, 0), (1, 1, 0), (2, 1, 0), (1, 1, 1), (3, 1, 1)])
def test_rock_salt_cuts_bonds_of_unlike_atoms_by_the_closed_form(miller):
    normal = np.abs(np.array(miller)) / np.linalg.norm(miller)
    expected = 4 * normal.sum() / 4.212**2 * 100.0  # six bonds of a/2 of each of four ions
    for one in terminations(of_ase(MGO), miller):
        assert one.broken_bonds == pytest.approx(expected)


@pytest.mark.parametrize("miller", [(1, 1, 0), (1, 0, 1), (2, 1, -1), (0, 0, 1)])
def test_a_larger_cell_of_the_same_crystal_has_the_same_cuts(miller):
    one, larger = (terminations(of_ase(RUTILE.repeat(n)), tuple(miller)) for n in (1, 2))
    assert [str(cut) for cut in one] == [str(cut) for cut in larger]


def test_double_layers_hold_together():
    """Silicon (111): one bond an atom between double layers, three within them."""
    near, far = terminations(of_ase(ase_bulk("Si", cubic=True)), (1, 1, 1))
    assert far.broken_bonds == pytest.approx(3 * near.broken_bonds)


def test_the_index_names_the_side_and_no_crystal_is_mirrored():
    """Zinc above along the polar axis of wurtzite, oxygen along its opposite; quartz stays as left as it was."""
    oxide = of_ase(ase_bulk("ZnO", "wurtzite", a=3.25, c=5.2))
    up, down = (terminations(oxide, (0, 0, sign))[0] for sign in (1, -1))
    assert (up.top, up.bottom) == (down.bottom, down.top)
    quartz = of_ase(crystal(["Si", "O"], [(0.4697, 0, 0), (0.4135, 0.2669, 0.1191)], spacegroup=152,
                            cellpar=[4.916, 4.916, 5.405, 90, 90, 120]))  # fmt: skip
    for miller in ((1, 0, 1), (1, 0, -1), (-2, 1, 3), (0, 0, -1), (0, -1, 0)):
        cell = surface_cell(quartz, miller)
        scaled = np.linalg.solve(cell.vectors_angstrom.T, cell.positions_angstrom.T).T
        assert spglib.get_spacegroup((cell.vectors_angstrom, scaled, cell.numbers), symprec=1e-3) == "P3_121 (152)"


@pytest.mark.parametrize(
    ("bulk", "miller", "of", "layers"),
    [
        (ase_bulk("Cu", a=3.6, cubic=True), (1, 1, 1), fcc111("Cu", (1, 1, 6), a=3.6), 6),
        (ase_bulk("Cu", a=3.6, cubic=True), (1, -1, 1), fcc111("Cu", (1, 1, 5), a=3.6), 5),
        (ase_bulk("Cu", a=3.6, cubic=True), (1, 0, 0), fcc100("Cu", (1, 1, 5), a=3.6), 5),
        (ase_bulk("Cu", a=3.6, cubic=True), (1, 1, 0), fcc110("Cu", (1, 1, 5), a=3.6), 5),
        (ase_bulk("Cu", a=3.6, cubic=True), (2, 1, 1), fcc211("Cu", (3, 1, 4), a=3.6), 12),
        (ase_bulk("Fe", a=2.87, cubic=True), (1, 0, 0), bcc100("Fe", (1, 1, 4), a=2.87), 4),
        (ase_bulk("Fe", a=2.87, cubic=True), (1, 1, 0), bcc110("Fe", (1, 1, 4), a=2.87), 4),
        (ase_bulk("Fe", a=2.87, cubic=True), (1, 1, 1), bcc111("Fe", (1, 1, 4), a=2.87), 4),
        (ase_bulk("Ru", a=2.7, c=4.3), (0, 0, 1), hcp0001("Ru", (1, 1, 4), a=2.7, c=4.3), 2),
        (ase_bulk("Si", a=5.43, cubic=True), (1, 1, 1), diamond111("Si", (1, 1, 6), a=5.43), 3),
    ],
)
def test_the_smallest_cell_is_that_of_ases_named_surfaces(bulk, miller, of, layers):
    number = int(bulk.numbers[0] == 14)  # ASE's diamond (111) breaks three bonds an atom, not one
    slab = surface(of_ase(bulk), miller, layers, termination=number, primitive=True)
    assert slab.n_atoms == len(of)
    assert np.linalg.norm(np.cross(*slab.cell_angstrom[:2])) == pytest.approx(np.linalg.norm(np.cross(*of.cell[:2])))
    rising = [np.sort(z - z.min()) for z in (slab.positions_angstrom[:, 2], of.positions[:, 2])]
    np.testing.assert_allclose(*rising, atol=1e-6)
    tall = np.array(of.cell) + np.diag([0.0, 0.0, 90.0])
    both = (slab.positions_angstrom, slab.cell_angstrom), (of.positions, tall)
    around = [np.sort(pairs_within(*one, np.array([1, 1, 0], bool), 4.5)[3]) for one in both]
    np.testing.assert_allclose(*around, atol=1e-6)
    index = "".join(f"{'-' if one < 0 else ''}{abs(one)}" for one in miller)
    assert slab.name.endswith(f"({index})"), "counted on the conventional cell, as before"


@pytest.mark.parametrize("miller", [(1, 1, 0), (1, 0, 0), (2, 1, 0), (1, 1, 1), (0, 0, -1), (3, 1, -1)])
def test_the_smallest_cell_has_the_cuts_of_the_conventional_one(miller):
    for bulk in (of_ase(RUTILE), of_ase(MGO), of_ase(ase_bulk("Si", cubic=True)), of_ase(RUTILE.repeat((2, 1, 1)))):
        if bulk.n_atoms > 8 and any(miller[1:]) and miller[0]:
            continue  # of a supercell the index means another plane
        assert [str(one)[3:] for one in terminations(bulk, miller, primitive=True)] == [
            str(one)[3:] for one in terminations(bulk, miller)
        ]


def test_a_polar_surface_is_told_and_a_neutral_one_is_not():
    assert [one.kind for one in surface(of_ase(MGO), (1, 1, 1), 4).notices] == ["surface"]
    assert surface(of_ase(MGO), (1, 0, 0), 4).notices == ()
    polar = terminations(of_ase(MGO), (1, 1, 1))
    assert {one.top for one in polar} == {"Mg", "O"}


def test_a_primitive_cell_is_exchanged_for_the_conventional_one():
    primitive = of_ase(ase_bulk("MgO", "rocksalt", a=4.212), "MgO")
    cell = conventional(primitive)
    assert cell.n_atoms == 8
    assert "conventional cell of 8 atoms" in cell.notices[0].message
    # the same surface from both: planes of (001) are half of a apart
    heights = np.unique(np.round(surface(cell, (0, 0, 1), 2).positions_angstrom[:, 2], 3))
    np.testing.assert_allclose(np.diff(heights), 2.106, atol=1e-3)
    assert conventional(of_ase(RUTILE)).n_atoms == 6


@pytest.mark.parametrize(
    ("text", "index"),
    [("1,1,0", (1, 1, 0)), ("110", (1, 1, 0)), ("1-10", (1, -1, 0)), ("(1 0 -1 0)", (1, 0, 0)), ("2,2,0", (1, 1, 0)),
     ("0,0,-2", (0, 0, -1)), ("1,−1,2", (1, -1, 2))],
)  # fmt: skip
def test_miller_indices_are_read(text, index):
    assert parse_miller(text) == index


@pytest.mark.parametrize("text", ["", "0,0,0", "1,1", "1,1,1,1,1", "1,0,0,1", "a,b,c", "1.5,1,0", "99,1,0", "9" * 5000])
def test_what_is_no_index_is_refused(text):
    with pytest.raises(UsageError):
        parse_miller(text)


@pytest.mark.parametrize(
    "how", [{"layers": 0}, {"layers": 10**9}, {"vacuum_angstrom": float("nan")}, {"vacuum_angstrom": -1.0},
            {"termination": 99}, {"repeat": (0, 1)}, {"repeat": (100, 100), "layers": 200}],
)  # fmt: skip
def test_sizes_that_make_no_sense_are_refused(how):
    with pytest.raises(UsageError):
        surface(of_ase(MGO), (1, 0, 0), **{"layers": 2, **how})


def test_a_molecule_has_no_surface():
    with pytest.raises(XanesviewError, match="no crystal"):
        terminations(Structure([6, 8], [[0, 0, 0], [0, 0, 1.1]]), (1, 0, 0))


def test_four_indices_are_for_hexagonal_axes():
    cells = {
        "hexagonal": [[3.0, 0, 0], [-1.5, 1.5 * 3**0.5, 0], [0, 0, 5.0]],
        "monoclinic": [[4.7, 0, 0], [0, 3.4, 0], [-0.8, 0, 5.1]],
    }
    bulks = {name: Structure([29], [[0.1, 0.2, 0.3]], np.array(cell), np.ones(3, bool)) for name, cell in cells.items()}
    assert parse_miller("1,0,-1,2", bulks["hexagonal"]) == (1, 0, 2)
    assert parse_miller("1,0,2", bulks["monoclinic"]) == (1, 0, 2)
    with pytest.raises(XanesviewError, match="hexagonal"):
        parse_miller("1,0,-1,2", bulks["monoclinic"])
