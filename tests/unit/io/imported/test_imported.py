"""Site spectra of others: what is read of each layout, and what is said about broken files."""

from __future__ import annotations

import shutil

import ase.db
import h5py
import numpy as np
import pytest
from ase import Atoms

from tests.imported_spectra import DATA, SIX, fdmnes_folder, feff_folder, write_isdpainn
from xanesview.errors import XanesviewError
from xanesview.io.imported import ase_database, fdmnes, feff, isdpainn
from xanesview.io.imported.ase_database import read_ase_database
from xanesview.io.imported.fdmnes import read_fdmnes
from xanesview.io.imported.feff import read_feff, read_feff_folder
from xanesview.io.imported.isdpainn import read_isdpainn
from xanesview.io.imported.qm9 import Qm9Geometries
from xanesview.networks.card_fields import CARD
from xanesview.networks.card_fields import DATA as DATA_FIELDS


class Told(list):
    """Collects what readers warn of."""

    def __call__(self, error: XanesviewError, about: str) -> None:
        assert error.hint
        self.append((about, error.message))


@pytest.mark.parametrize("geometries", ["qm9", "gdb9_two.sdf"])
def test_isdpainn_site_has_its_molecule_and_absolute_energies(tmp_path, geometries):
    told = Told()
    found = list(read_isdpainn(write_isdpainn(tmp_path / "s.hdf5"), DATA / geometries, told))
    assert not told
    methane, acetylene = found
    assert (methane.structure.formula, acetylene.structure.formula) == ("CH4", "C2H2")
    assert acetylene.structure.name == "gdb_5"
    assert acetylene.structure.smiles == "C#C"
    assert methane.structure.positions_angstrom[0] == pytest.approx([0, 0, 0], abs=2e-6)
    site = acetylene.sites[0]
    assert (site.kind, site.atom, site.multiplicity) == ("diagonal", 0, 2)
    assert site.energy_ev[site.spectra[2].argmax()] == pytest.approx(290.0)
    assert site.spectra.max(axis=1) == pytest.approx([1, 2, 3], rel=1e-3)
    assert site.average().max() == pytest.approx(2.0, rel=1e-3)


def test_isdpainn_without_average_column(tmp_path):
    found = list(read_isdpainn(write_isdpainn(tmp_path / "s.hdf5", columns=3), DATA / "qm9", Told()))
    assert found[0].sites[0].average().max() == pytest.approx(2.0, rel=1e-3)


def test_isdpainn_tells_each_broken_molecule(tmp_path):
    path = write_isdpainn(tmp_path / "s.hdf5", sites=((1, 0), (1, 2), (5, 0), (7, 0)))
    with h5py.File(path, "a") as f:
        f["5/0/spectrum"][:, 0] += 1.0
    told = Told()
    assert not list(read_isdpainn(path, DATA / "qm9", told))
    assert [about for about, _ in told] == ["molecule 1", "molecule 5", "molecule 7"]
    assert "should be a carbon but is H" in told[0][1]
    assert "not the mean" in told[1][1]
    assert "no geometry of molecule 7" in told[2][1]


def test_isdpainn_lacking_energy_is_told(tmp_path):
    path = write_isdpainn(tmp_path / "s.hdf5", sites=((1, 0),))
    with h5py.File(path, "a") as f:
        del f["1/0"].attrs["excitation_energy"]
    told = Told()
    assert not list(read_isdpainn(path, DATA / "qm9", told))
    assert "lacks energies, spectrum or excitation_energy" in told[0][1]


def test_what_is_no_isdpainn_file(tmp_path):
    broken, empty = tmp_path / "broken.hdf5", tmp_path / "empty.hdf5"
    broken.write_bytes(b"nothing")
    h5py.File(empty, "w").close()
    with pytest.raises(XanesviewError, match="cannot be read as HDF5"):
        list(read_isdpainn(broken, DATA / "qm9", Told()))
    with pytest.raises(XanesviewError, match="holds no molecules"):
        list(read_isdpainn(empty, DATA / "qm9", Told()))
    with pytest.raises(XanesviewError, match="There is no file"):
        list(read_isdpainn(tmp_path / "none.hdf5", DATA / "qm9", Told()))


@pytest.mark.parametrize(
    ("text", "said"),
    [("methane\n", "begin with a number"), ("5\ngdb 1\nC 0 0 0\n", "cut off"), ("1\nx\nC 0 0\n", "three coordinates"),
     ("1\nx\nC 0 0 abc\n", "not a number"), ("1\nx\nQq 0 0 0\n", "Line 3")],
)  # fmt: skip
def test_broken_qm9_file(tmp_path, text, said):
    (tmp_path / "dsgdb9nsd_000003.xyz").write_text(text, encoding="utf-8")
    with pytest.raises(XanesviewError, match=said):
        Qm9Geometries(tmp_path, frozenset([3])).read(3)


def test_folder_of_qm9_as_it_comes(tmp_path):
    shutil.copy(DATA / "gdb9_two.sdf", tmp_path / "gdb9.sdf")
    (tmp_path / "gdb9.sdf.csv").write_text("mol_id,A\n", encoding="utf-8")
    geometries = Qm9Geometries(tmp_path, frozenset([5]))
    assert geometries.read(5).formula == "C2H2"
    with pytest.raises(XanesviewError, match="no geometry of molecule 9"):
        geometries.read(9)


def test_qm9_file_of_another_molecule(tmp_path):
    shutil.copy(DATA / "qm9" / "dsgdb9nsd_000005.xyz", tmp_path / "dsgdb9nsd_000006.xyz")
    with pytest.raises(XanesviewError, match="holds gdb_5, not gdb_6"):
        Qm9Geometries(tmp_path, frozenset([6])).read(6)


def test_no_geometries_at_all(tmp_path):
    with pytest.raises(XanesviewError, match="holds no geometries"):
        Qm9Geometries(tmp_path, frozenset([1]))
    with pytest.raises(XanesviewError, match="no file or folder"):
        Qm9Geometries(tmp_path / "none", frozenset([1]))


def test_six_polarisations_of_feff_are_one_site(tmp_path):
    for k, direction in enumerate(SIX):
        feff_folder(tmp_path / "bulk" / f"pol{k}", direction, height=1.0 + k)
    feff_folder(tmp_path / "bulk" / "average", None, height=2.0)
    told = Told()
    [(edge, record)] = read_feff(tmp_path, told)
    assert not told
    assert (edge, record.parent, record.structure.formula) == ("Fe K", "bulk", "FeO6")
    [site] = record.sites
    assert (site.kind, site.atom, len(site.directions)) == ("tensor", 0, 6)
    assert site.energy_ev[[0, -1]] == pytest.approx([7105, 7130])
    assert site.isotropic[3] == pytest.approx(3.0)
    z = int(np.flatnonzero(np.abs(site.directions[:, 2]) > 0.99)[0])
    assert site.spectra[z, 3] == pytest.approx(3 * 1.5)


def test_feff_without_polarisation_is_an_average(tmp_path):
    feff_folder(tmp_path / "a", None)
    [(_, record)] = read_feff(tmp_path, Told())
    assert record.sites[0].kind == "isotropic"
    assert len(record.sites[0].directions) == 0


def test_lines_that_feff_passes_over(tmp_path):
    path = feff_folder(tmp_path / "a", None) / "feff.inp"
    text = path.read_text(encoding="utf-8")
    [(_, plain)] = read_feff(tmp_path, Told())
    lines = [line for row in text.splitlines() for line in (row, "# kept by hand", "; 1 2 3 1", "% 4")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = Told()
    [(_, commented)] = read_feff(tmp_path, told)
    assert not told
    assert commented.structure.positions_angstrom == pytest.approx(plain.structure.positions_angstrom)


def test_energies_that_rounding_made_equal(tmp_path):
    path = feff_folder(tmp_path / "a", None) / "xmu.dat"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*rows, rows[-1]]) + "\n", encoding="utf-8")
    assert len(read_feff_folder(tmp_path / "a").energy_ev) == 6


def test_two_absorbers_of_one_cluster_are_two_sites(tmp_path):
    feff_folder(tmp_path / "a", None)
    other = feff_folder(tmp_path / "b", None)
    text = (other / "feff.inp").read_text(encoding="utf-8")
    text = text.replace("     1    8  O\n", "     1    8  O\n     2   26  Fe\n     3   26  Fe\n")
    for place in ("a", "b"):
        ipot = (0, 2) if place == "a" else (2, 0)
        extra = f"   0.0 0.0 0.0 {ipot[0]} Fe\n   4.0 0.0 0.0 {ipot[1]} Fe\n"
        changed = text.replace("   0.00000  0.00000  0.00000  0  Fe\n", extra)
        (tmp_path / place / "feff.inp").write_text(changed, encoding="utf-8")
    [(_, record)] = read_feff(tmp_path, Told())
    assert [site.atom for site in record.sites] == [0, 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("     0   26  Fe\n", "", "Potential 0 is used"),
        ("0.00000  0  Fe", "0.00000  1  Fe", "0 atoms of potential 0"),
        ("EDGE   K", "EDGE   Q", "edge Q"),
        ("SCF    4.0", "ELNES 4.0 0.05 0.1", "uses ELNES"),
        ("XANES  4.0 0.05 0.1", "EXAFS 20", "uses EXAFS"),
        ("SCF    4.0", "ELLIPTICITY 1.0 0 0 1", "elliptical"),
        ("2.20000  1  O", "2.2O000  1  O", "not a number"),
        ("ATOMS", "OVERLAP 0", "lacks ATOMS"),
    ],
)
def test_broken_feff_input(tmp_path, old, new, said):
    folder = feff_folder(tmp_path / "a", (1, 0, 0))
    text = (folder / "feff.inp").read_text(encoding="utf-8")
    assert old in text
    (folder / "feff.inp").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(XanesviewError, match=said) as caught:
        read_feff_folder(folder)
    assert caught.value.hint


def test_unfinished_feff_folder_is_told_and_the_rest_read(tmp_path):
    feff_folder(tmp_path / "a", (0, 0, 1))
    (feff_folder(tmp_path / "b", (1, 0, 0)) / "xmu.dat").unlink()
    cut = feff_folder(tmp_path / "c", (0, 1, 0)) / "xmu.dat"
    cut.write_text(cut.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    told = Told()
    [(_, record)] = read_feff(tmp_path, told)
    assert len(record.sites[0].directions) == 1
    assert record.sites[0].kind == "directional"
    assert record.sites[0].average() is None
    assert "no xmu.dat" in told[0][1]
    assert "columns instead of 6" in told[1][1]


def test_folder_without_calculations(tmp_path):
    with pytest.raises(XanesviewError, match="no FEFF calculation"):
        list(read_feff(tmp_path, Told()))
    with pytest.raises(XanesviewError, match="no FDMNES calculation"):
        list(read_fdmnes(tmp_path, Told()))


def test_fdmnes_crystal_with_absolute_energies(tmp_path):
    told = Told()
    [(edge, record)] = read_fdmnes(fdmnes_folder(tmp_path / "nio"), told)
    assert not told
    assert (edge, record.structure.formula) == ("Ni K", "Ni4O4")
    assert record.structure.pbc.all()
    assert record.structure.positions_angstrom[1] == pytest.approx([2.0885, 2.0885, 0])
    [site] = record.sites
    assert (site.kind, site.atom) == ("isotropic", 0)
    assert site.energy_ev[0] == pytest.approx(8323.0)
    assert site.energy_ev[site.isotropic.argmax()] == pytest.approx(8338.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" Absorber\n   1\n", " Absorber\n   9\n", "does not name one absorbing atom"),
        (" Radius\n", " Polarise\n 1. 0. 0.\n Radius\n", "polarisations are not read"),
        (" Crystal\n", " Spgroup\n Fm-3m\n Crystal\n", "space group"),
        ("Sim/nio", "Sim/other", "There is no other_conv.txt"),
        ("   8  0.0  0.0  0.5", "   8  0.0  0.0", "columns instead of 4"),
        (" Crystal\n", " Surface\n", "surfaces are not read"),
        (" Crystal\n", " Nothing\n", "no Crystal, Molecule"),
        (" Edge\n   K\n", " Edge\n   L23\n", "edge L23"),
    ],
)
def test_broken_fdmnes_input(tmp_path, old, new, said):
    told = Told()
    assert not list(read_fdmnes(fdmnes_folder(tmp_path / "nio", **{old: new}), told))
    assert said in told[0][1]


def test_fdmnes_molecule_in_other_spelling(tmp_path):
    """A comment out of use, keywords in French, an absorber that is the only one of its element."""
    folder = fdmnes_folder(tmp_path / "nio")
    atoms = "\n".join([" 28 0 0 0", *(f"  8 {x} {y} {z}" for x, y, z in ((1, 0, 0), (0, 1, 0), (0, 0, 1)))])
    text = f"Filout\n Sim/nio\nJump\nPolarise\n 1 0 0\nEndjump\nSeuil\n K1\nMolecule\n 2.1 2.1 2.1\n{atoms}\nFin\n"
    (folder / "nio_inp.txt").write_text(text, encoding="utf-8")
    told = Told()
    [(edge, record)] = read_fdmnes(folder, told)
    assert not told
    assert edge == "Ni K"
    assert not record.structure.pbc.any()
    assert record.structure.positions_angstrom[3] == pytest.approx([0, 0, 2.1])


def test_fdmnes_sum_over_equivalent_atoms_is_told_as_multiplicity(tmp_path):
    folder = fdmnes_folder(tmp_path / "nio")
    head = "  8333.0 28 1 4 = E_edge, Z, n_edge, natomsym\n  Energy <xanes>\n"
    (folder / "nio.txt").write_text(head, encoding="utf-8")
    (folder / "nio_conv.txt").write_text("  Energy  (100) <xanes>\n -5 7. 0.1\n 5 8. 0.2\n", encoding="utf-8")
    [(_, record)] = read_fdmnes(folder, Told())
    assert record.sites[0].multiplicity == 4
    assert record.sites[0].isotropic == pytest.approx([0.1, 0.2])
    assert record.sites[0].energy_ev == pytest.approx([8328, 8338])


def test_fdmnes_head_as_the_program_writes_it(tmp_path):
    """For gnuplot it begins with #; several core states have an energy each; tiny numbers lose their E."""
    folder = fdmnes_folder(tmp_path / "nio")
    head = (
        "#   8333.000   28  1  1  9.5000000E-03 -6.2000000E+00  0.0000000E+00  2  1  8.2647000E+03  8.2651000E+03  "
        "1.2000000E+02  0.0000000E+00  2.6500000E+00   6 = E_edge, Z, n_edge, j_edge, Abs_before_edge, "
        "VO_interstitial, E_cut, ninitl, ninit1, Epsii(1..2), UnitCell_Volume, Surface_ref, f0_forward, natomsym\n"
    )
    (folder / "nio.txt").write_text(head + "    Energy    <xanes>\n", encoding="utf-8")
    columns = "    Energy    <xanes>    \n   -20.000  1.0483774-103\n     0.500  1.6542545E-03\n    10.000  2.1E-02\n"
    (folder / "nio_conv.txt").write_text(columns, encoding="utf-8")
    told = Told()
    [(_, record)] = read_fdmnes(folder, told)
    assert not told
    assert record.sites[0].multiplicity == 6
    assert record.sites[0].energy_ev == pytest.approx([8313, 8333.5, 8343])
    assert record.sites[0].isotropic == pytest.approx([0, 1.6542545e-3, 2.1e-2])


def test_fdmnes_without_the_energy_of_the_edge(tmp_path):
    folder = fdmnes_folder(tmp_path / "nio")
    (folder / "nio.txt").unlink()
    told = Told()
    assert not list(read_fdmnes(folder, told))
    assert "energy of the edge" in told[0][1]


def test_fdmnes_output_of_another_kind(tmp_path):
    folder = fdmnes_folder(tmp_path / "nio")
    (folder / "nio_conv.txt").write_text("  Energy  I(100)ss\n 1 2\n 2 3\n", encoding="utf-8")
    told = Told()
    assert not list(read_fdmnes(folder, told))
    assert "no columns Energy and <xanes>" in told[0][1]


def test_ase_rows_of_every_shape(tmp_path):
    water = Atoms("OH2", [[0, 0, 0], [0, 0.76, 0.59], [0, -0.76, 0.59]])
    energy = np.linspace(530, 545, 16)
    spectra = np.outer(1.0 + np.arange(6), np.exp(-((energy - 535) ** 2)))
    with ase.db.connect(tmp_path / "w.db") as database:
        database.write(water, data={"energy_ev": energy, "spectra": spectra[0], "absorber": 0})
        database.write(water, absorber=0, data={"energies": energy, "spectrum": spectra[:3]})
        database.write(water, data={"energy_ev": energy, "spectra": spectra[None], "sites": [0], "directions": SIX})
        database.write(water, parent="none")
        database.write(water, data={"energy_ev": energy, "spectra": spectra[0], "absorber": 3})
        database.write(water, data={"energy_ev": energy, "spectra": spectra[:4], "absorber": 0})
    told = Told()
    found = list(read_ase_database(tmp_path / "w.db", told))
    assert [edge for edge, _ in found] == ["O K"] * 3
    assert [record.sites[0].kind for _, record in found] == ["isotropic", "diagonal", "tensor"]
    assert found[1][1].sites[0].average().max() == pytest.approx(2.0)
    assert [about for about, _ in told] == ["row 4", "row 5", "row 6"]
    assert "no energy_ev" in told[0][1]
    assert "no atom 3" in told[1][1]
    assert "have no directions" in told[2][1]


def test_what_is_no_database(tmp_path):
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(XanesviewError, match="cannot be read as an ASE database"):
        list(read_ase_database(tmp_path / "x.db", Told()))


@pytest.mark.parametrize("source", [ase_database.SOURCE, fdmnes.SOURCE, feff.SOURCE, isdpainn.SOURCE])
def test_what_a_source_says_of_itself_fits_on_a_card(source) -> None:
    """Else a network would train for hours and its card be refused."""
    assert CARD.fields["unit"].problem(source.unit, "unit") == ""
    assert DATA_FIELDS.fields["method"].problem(source.method, "method") == ""


def test_an_output_of_fdmnes_since_2022_and_an_input_without_absorber(tmp_path):
    folder = fdmnes_folder(tmp_path / "nio", **{" Absorber\n   1\n": ""})
    told = Told()
    ((edge, plain),) = read_fdmnes(folder, told)
    assert (edge, plain.sites[0].atom) == ("Ni K", 0)
    head = "# FDMNES program, Revision 20th of January 2022\n#    Date = 01 01 2024\n#    Time = 10 h 00 mn 00 s\n"
    for path in folder.rglob("*.txt"):
        if path.name != "nio_inp.txt":
            lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
            twice = [*lines, lines[-1]]
            path.write_text(head + "\n".join(twice) + "\n", encoding="utf-8")
    ((_, again),) = read_fdmnes(folder, told)
    np.testing.assert_allclose(again.sites[0].energy_ev, plain.sites[0].energy_ev)
    assert not told


@pytest.mark.parametrize(
    ("card", "said"), [("DANES 8.0 0.07 0.0", "DANES"), ("FPRIME -20 50 1", "FPRIME"), ("", "no XANES card")]
)
def test_runs_of_feff_that_are_no_xanes_are_refused(tmp_path, card, said):
    folder = feff_folder(tmp_path / "run", None)
    text = (folder / "feff.inp").read_text(encoding="utf-8")
    lines = [card if line.startswith("XANES") else line for line in text.split("\n")]
    (folder / "feff.inp").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(XanesviewError, match=said):
        read_feff_folder(folder)
