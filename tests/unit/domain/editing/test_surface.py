"""Slabs by Miller index: spacings by formula, ASE's atoms, the bulk's formula and bonds, terminations by hand."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk as ase_bulk
from ase.build import surface as ase_surface
from ase.spacegroup import crystal

from xanesview.domain.editing.surface import conventional, parse_miller, surface, terminations
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
        np.testing.assert_allclose(slab.cell_angstrom[:2], np.array(expected.cell)[:2], atol=1e-9)
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
