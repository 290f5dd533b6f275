"""Cells that a small file fills with very many atoms, or with heaps of them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from ase.geometry import cellpar_to_cell

from xanesview.errors import XanesviewError
from xanesview.io.structures import cif
from xanesview.io.structures.crystal import Composition, DeclaredSymmetry, cell_contents
from xanesview.io.structures.disorder import CrystalSite
from xanesview.io.structures.labels import labelled_elements

CUBIC = DeclaredSymmetry(names=("F m -3 m",))
"""It has 192 operations."""
LISTED = DeclaredSymmetry(triplets=("x,y,z",), names=("F m -3 m",))


def cell_of(length: float) -> np.ndarray:
    return np.array(cellpar_to_cell((length, length, length, 90, 90, 90)))


def random_sites(n: int, occupancy: float = 1.0) -> list[CrystalSite]:
    places = np.random.default_rng(3).random((n, 3))
    return [CrystalSite(f"C{k}", 6, tuple(place), occupancy) for k, place in enumerate(places.tolist())]


def filled(sites: list[CrystalSite], declared: DeclaredSymmetry, length: float) -> tuple[list[int], list[str], float]:
    """Return numbers, kinds of notices, and the processor time it took, s."""
    start = time.process_time()
    numbers, fractional, _labels, notices = cell_contents(sites, declared, cell_of(length), Composition(), "x.cif")
    assert fractional.shape == (len(numbers), 3)
    return numbers, [notice.kind for notice in notices], time.process_time() - start


@pytest.mark.parametrize("occupancy", [1.0, 0.5])
def test_hundreds_of_atoms_with_all_operations_take_no_time(occupancy: float) -> None:
    numbers, _, seconds = filled(random_sites(60, occupancy), CUBIC, 400.0)
    assert 0.95 * 11_520 < len(numbers) <= 11_520  # a few lie beside a mirror plane or one another
    assert seconds < (1.0 if occupancy == 1.0 else 6.0)


def test_atoms_beyond_the_limit_are_refused_before_they_are_made() -> None:
    start = time.process_time()
    with pytest.raises(XanesviewError, match="20,000 listed atoms and 192 symmetry operations make more atoms than"):
        filled(random_sites(20_000), CUBIC, 400.0)
    assert time.process_time() - start < 5.0


def test_a_whole_cell_that_names_a_group_is_not_taken_for_too_many_atoms() -> None:
    """Operations would make 192 times as many atoms, but each of these is the copy of another one already."""
    steps = np.arange(12) / 12.0 + 0.005
    places = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    sites = [CrystalSite(f"Cu{k}", 29, tuple(place)) for k, place in enumerate(places.tolist())]
    for declared in (CUBIC, LISTED):
        assert len(filled(sites, declared, 30.0)[0]) == 12**3


def test_a_heap_of_equal_atoms_is_refused_before_its_pairs_are_looked_at() -> None:
    sites = [CrystalSite("F7", 9, (0.02, 0.515, 0.0))] * 3000
    start = time.process_time()
    with pytest.raises(XanesviewError, match="Atoms of the crystal overlap: 3,000"):
        filled(sites, LISTED, 6.0)
    assert time.process_time() - start < 2.0


def test_equal_rows_of_a_crystal_are_one_atom() -> None:
    numbers, kinds, seconds = filled([CrystalSite("Cu1", 29, (0.0, 0.0, 0.0))] * 3000, CUBIC, 3.615)
    assert numbers == [29] * 4
    assert kinds == ["copies"]
    assert seconds < 2.0


def test_a_file_of_too_many_atoms_is_refused_before_they_are_looked_at(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cif, "MOST_ATOMS", 1000)
    monkeypatch.setattr(cif, "_coordinate", lambda *_: pytest.fail("an atom was looked at"))
    rows = "".join(f"C{k} C 0.{k:04} 0.5 0.5\n" for k in range(1001))
    head = "".join(f"_cell_length_{axis} 150\n" for axis in "abc")
    head += "".join(f"_cell_angle_{name} 90\n" for name in ("alpha", "beta", "gamma"))
    tags = "loop_\n" + "".join(
        f"_atom_site_{tag}\n" for tag in ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
    )
    (tmp_path / "large.cif").write_text(f"data_x\n{head}{tags}{rows}")
    with pytest.raises(XanesviewError, match=r"1,001 atoms of large.cif are too many; up to 1,000 are taken."):
        cif.read_cif(tmp_path / "large.cif", (tmp_path / "large.cif").read_text())


def test_thousands_of_labels_that_can_mean_several_elements_are_refused_at_once() -> None:
    labels = [f"CA{k}" for k in range(10_000)]
    with pytest.raises(
        XanesviewError, match=r"Labels of 10,000 atoms of x\.cif, such as “CA\d+”, can mean several elements\."
    ):
        labelled_elements(labels, {}, {}, lambda _k: pytest.fail("a distance was asked for"), "x.cif")
