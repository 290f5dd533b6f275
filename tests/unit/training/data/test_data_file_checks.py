"""Data files that are damaged are refused when they are opened, naming the molecule."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.unit.training.data.test_dataset_writer import ATTRIBUTES, engine_result
from tests.unit.training.data.test_grid_training import write_crystals
from xanesview.cli.main import main
from xanesview.errors import XanesviewError
from xanesview.reference.library.library import isotropic_of, load_library
from xanesview.training.data.dataset import read_datasets
from xanesview.training.data.dataset_writer import read_site_spectra, write_block


def sticks(folder: Path) -> Path:
    records = [read_site_spectra(engine_result(folder / f"{k}.npz", f"m{k}"), "train") for k in range(3)]
    write_block(folder / "a.h5", records, ATTRIBUTES)
    return folder / "a.h5"


def grid(folder: Path) -> Path:
    return write_crystals(folder / "a.h5", e0=True)


def damage(path: Path, table: str, place: object, value: float) -> Path:
    with h5py.File(path, "r+") as f:
        values = f[table][:]
        values[place] = value
        f[table][...] = values
    return path


DAMAGES = [
    (sticks, "molecule/pos_angstrom", 5, np.nan, "molecule 1 .“m1”.*coordinate"),
    (sticks, "molecule/pos_angstrom", slice(None), 0.0, "molecule 0 .“m0”. has two atoms at one point"),
    (sticks, "molecule/pos_angstrom", 6, 1e5, "molecule 1 .*more than 1,000 Å apart"),
    (grid, "structure/pos_angstrom", slice(2, 4), 0.0, "structure 1 .*two atoms at one point"),
    (sticks, "molecule/pos_angstrom", 5, np.inf, "molecule 1 .*coordinate"),
    (sticks, "stick/energy_ev", 4, np.nan, "molecule 2 .*energy"),
    (sticks, "stick/dipole_bohr", 0, np.inf, "molecule 0 .*dipole"),
    (sticks, "site/ip_ev", 1, np.nan, "molecule 1 .*ionisation"),
    (sticks, "molecule/z", 4, 0, "molecule 1 .*no element"),
    (sticks, "molecule/z", 11, 119, "molecule 2 .*no element"),
    (sticks, "molecule/atom_ptr", 3, 10**6, "pointers"),
    (sticks, "molecule/atom_ptr", 1, 9, "pointers"),
    (sticks, "site/stick_ptr", 1, -1, "pointers"),
    (sticks, "site/atom", 2, 100, "molecule 2 .*none of its atoms"),
    (sticks, "site/atom", 0, -1, "molecule 0 .*none of its atoms"),
    (sticks, "site/molecule", 2, 7, "not there"),
    (sticks, "stick/dipole_bohr", 0, 1e29, "molecule 0 .*dipole"),
    (sticks, "molecule/sigma_angstrom", 1, np.nan, "molecule 1 .*displaced"),
    (sticks, "site/stick_ptr", slice(1, 2), 0, "molecule 0 .*without a transition"),
    (grid, "structure/pos_angstrom", 3, np.nan, "structure 1 .*coordinate"),
    (grid, "structure/cell_angstrom", 1, np.inf, "structure 1 .*cell"),
    (grid, "site/tensor", (2, 0, 0), np.inf, "structure 2 .*spectrum"),
    (grid, "site/isotropic", (2, 0), np.inf, "structure 2 .*spectrum"),
    (grid, "energy_ev", 3, np.nan, "energies"),
    (grid, "site/atom", 4, 2, "structure 4 .*none of its atoms"),
]


@pytest.mark.parametrize(("make", "table", "place", "value", "told"), DAMAGES)
def test_damaged_data_files_are_refused(
    tmp_path: Path, capsys, make: Callable[[Path], Path], table: str, place: object, value: float, told: str
):
    if table == "molecule/atom_ptr" and place == 1:
        place, value = slice(1, 3), [9, 8]
    path = make(tmp_path)
    read_datasets([path])
    assert main(["dataset", "info", str(path)]) == 0
    damage(path, table, place, value)
    with pytest.raises(XanesviewError, match=told) as caught:
        read_datasets([path])
    capsys.readouterr()
    assert main(["dataset", "info", str(path)]) == 1
    assert caught.value.message in capsys.readouterr().err


UNSHAPED = [
    (sticks, "molecule/atom_ptr", lambda v: v + 0.5, "atom_ptr .* no whole numbers"),
    (sticks, "site/atom", lambda v: v.astype(complex), "site/atom .* complex numbers"),
    (sticks, "site/ip_ev", lambda v: np.stack([v, v]), "site/ip_ev .* numbers, not 3"),
    (sticks, "stick/dipole_bohr", lambda v: v.ravel(), "stick/dipole_bohr .* numbers, not"),
    (sticks, "molecule/rank", lambda v: v[:-1], "molecule/rank .* numbers, not"),
    (sticks, "molecule/smiles", lambda v: v[:-1], "molecule/smiles .* 2 numbers, not 3"),
    (grid, "site/tensor", lambda v: v[:, :5], "site/tensor .* numbers, not"),
    (grid, "site/e0_ev", lambda v: v[:-1], "site/e0_ev .* numbers, not"),
    (grid, "structure/cell_angstrom", lambda v: v[:, 0], "structure/cell_angstrom .* numbers, not"),
]


@pytest.mark.parametrize(("make", "table", "change", "told"), UNSHAPED)
def test_tables_of_another_shape_or_kind_are_refused(tmp_path: Path, make, table: str, change, told: str):
    path = make(tmp_path)
    with h5py.File(path, "r+") as f:
        values = change(f[table][:])
        del f[table]
        f[table] = values
    with pytest.raises(XanesviewError, match=told):
        read_datasets([path])


@pytest.mark.parametrize("offset", [np.nan, 1e300, [1.0, 2.0]])
def test_an_offset_that_is_no_energy_is_refused(tmp_path: Path, offset):
    path = sticks(tmp_path)
    with h5py.File(path, "r+") as f:
        f.attrs["energy_offset_ev"] = offset
    with pytest.raises(XanesviewError, match=r"energy_offset_ev of a\.h5 is no energy"):
        read_datasets([path])


@pytest.mark.parametrize(("make", "table", "place", "value", "told"), [row for row in DAMAGES if row[0] is sticks])
def test_the_library_shows_nothing_of_a_damaged_block(tmp_path: Path, make, table, place, value, told):
    """What lies beside a molecule's spectra is looked at with the block, the spectra when they are shown."""
    if table == "molecule/atom_ptr" and place == 1:
        place, value = slice(1, 3), [9, 8]
    path = damage(make(tmp_path), table, place, value)
    library = load_library([tmp_path])
    if library.entries:
        faults = []
        for entry in library.entries:
            try:
                isotropic_of(entry)
            except XanesviewError as error:
                faults.append(error.message)
        assert len(faults) == 1
        assert re.search("transitions are no numbers|ionisation potential", faults[0])
    else:
        assert re.search(told, library.problems[0])
    assert path.name in (library.problems or ("a.h5",))[0]


DARK = [
    (sticks, "stick/dipole_bohr", 0.0, "a.h5 holds spectra without intensity: all its transition dipoles are 0"),
    (sticks, "stick/energy_ev", 0.0, "a.h5 holds spectra without intensity: none of its transitions lies near"),
    (grid, "site/tensor", 0.0, "a.h5 holds spectra without intensity: all of them are 0"),
]


@pytest.mark.parametrize(("make", "table", "value", "told"), DARK)
@pytest.mark.parametrize("kind", ["tensor", "xanesnet"])
def test_spectra_without_intensity_are_refused_before_anything_is_trained(
    tmp_path, capsys, make, table, value, told, kind
):
    path = damage(make(tmp_path), table, slice(None), value)
    if table == "site/tensor":
        damage(path, "site/isotropic", slice(None), value)
    out = tmp_path / "net"
    assert main(["train", kind, "--data", str(path), "--out", str(out)]) == 1
    assert told in capsys.readouterr().err
    assert not (out / "card.json").exists()


@pytest.mark.parametrize("window", [-5.0, 0.0, np.nan])
def test_a_range_of_transitions_that_is_none_is_refused(tmp_path, window):
    path = sticks(tmp_path)
    with h5py.File(path, "r+") as f:
        f.attrs["stick_window_ev"] = window
    with pytest.raises(XanesviewError, match=r"stick_window_ev of a\.h5"):
        read_datasets([path])
