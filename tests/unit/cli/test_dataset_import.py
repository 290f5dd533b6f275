"""``xanesview dataset import``: the file that results, what is told of it, what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.imported_spectra import DATA, SIX, fdmnes_folder, feff_folder, write_isdpainn
from xanesview.cli.main import main
from xanesview.io.spectra.tensor_file import read_tensor


def test_feff_folders_become_tensors(tmp_path, capsys):
    sigma = np.array([[1.0, 0.1, 0.0], [0.1, 1.2, -0.2], [0.0, -0.2, 1.5]])
    for k, direction in enumerate((*SIX, (1, -1, 1))):
        n = np.array(direction) / np.linalg.norm(direction)
        feff_folder(tmp_path / "feff" / f"p{k}", direction, height=n @ sigma @ n)
    out = tmp_path / "fe.h5"
    # one cluster, so one structure, although each polarisation has its own folder
    assert main(["dataset", "import", str(tmp_path / "feff"), "--out", str(out)]) == 0
    assert "1 site (1 tensor)" in capsys.readouterr().out
    tensor = read_tensor(out).tensor
    assert tensor.edge == "Fe K"
    peak = tensor.matrix()[0, 3]
    assert peak == pytest.approx(1.5 * sigma, abs=1e-5)
    with h5py.File(out) as f:
        assert f["site/tensor_residual"][0] < 1e-5
        assert "direction" not in f
        assert f["site/isotropic"][0, 3] == pytest.approx(1.5 * np.trace(sigma) / 3, abs=1e-5)
    assert main(["dataset", "info", str(out)]) == 0
    told = capsys.readouterr().out
    assert "1 site: as tensors" in told
    assert "grid: 6 energies from 7105 to 7130 eV" in told
    assert "layout: spectra on a grid" in told


def test_isdpainn_is_diagonal_on_the_authors_grid(tmp_path, capsys):
    source = write_isdpainn(tmp_path / "site_spectra_0.5eV.hdf5")
    out = tmp_path / "c.h5"
    command = ["dataset", "import", str(source), "--structures", str(DATA / "qm9"), "--out", str(out)]
    assert main(command) == 0
    with h5py.File(out) as f:
        energy = f["energy_ev"][:]
        assert (len(energy), energy[0], energy[-1]) == (256, 288, 310)
        assert list(f["site/kind"].asstr()[:]) == ["diagonal", "diagonal"]
        assert "tensor" not in f["site"]
        assert f["direction/vector"][:3] == pytest.approx(np.eye(3))
        assert f["direction/spectrum"].shape == (6, 256)
        assert energy[f["direction/spectrum"][5].argmax()] == pytest.approx(290.0, abs=0.1)
        assert list(f["structure/smiles"].asstr()[:]) == ["C", "C#C"]
        assert list(f["site/multiplicity"][:]) == [1, 2]
    capsys.readouterr()
    assert main(["dataset", "info", str(out)]) == 0
    told = capsys.readouterr().out
    assert "2 sites: x, y and z only (diagonal of the tensor" in told
    assert "absorbers: 2 C" in told


def test_spectra_that_end_early_are_told(tmp_path, capsys):
    source = write_isdpainn(tmp_path / "s.hdf5")
    command = ["dataset", "import", str(source), "--structures", str(DATA / "qm9"), "--out", str(tmp_path / "c.h5")]
    assert main([*command, "--energy", "285:330:46"]) == 0
    assert "2 sites were computed to less than 330 eV" in capsys.readouterr().err
    with h5py.File(tmp_path / "c.h5") as f:
        assert f["direction/spectrum"][0, -1] == 0


def test_tensors_and_averages_in_one_file(tmp_path, capsys):
    place = tmp_path / "feff"
    feff_folder(place / "average" / "1", None)
    moved = place / "average" / "1" / "feff.inp"
    moved.write_text(moved.read_text(encoding="utf-8").replace("2.20000", "2.30000"), encoding="utf-8")
    for k, direction in enumerate(SIX):
        feff_folder(place / "full" / str(k), direction)
    out = tmp_path / "fe.h5"
    assert main(["dataset", "import", str(place), "--out", str(out)]) == 0
    with h5py.File(out) as f:
        assert list(f["site/kind"].asstr()[:]) == ["isotropic", "tensor"]
        assert np.isnan(f["site/tensor"][0]).all()
        assert np.isfinite(f["site/tensor"][1]).all()
        assert f["site/isotropic"][0] == pytest.approx(f["site/isotropic"][1], abs=1e-5)
        assert list(f["structure/parent"].asstr()[:]) == ["average", "full"]
    capsys.readouterr()
    assert main(["dataset", "info", str(out)]) == 0
    assert "1 site: the average over all directions only" in capsys.readouterr().out


def test_fdmnes_on_the_command_line(tmp_path, capsys):
    fdmnes_folder(tmp_path / "in" / "nio")
    assert main(["dataset", "import", str(tmp_path / "in"), "--out", str(tmp_path / "ni.h5")]) == 0
    with h5py.File(tmp_path / "ni.h5") as f:
        assert f.attrs["element"] == "Ni"
        assert f["energy_ev"][0] == pytest.approx(8323.0)
        assert f["structure/pbc"][0].all()
        assert f["site/e0_ev"][:].tolist() == [8333.0]  # E_edge of the head


def test_several_edges_need_a_choice(tmp_path, capsys):
    feff_folder(tmp_path / "in" / "k", None)
    other = feff_folder(tmp_path / "in" / "l3", None) / "feff.inp"
    other.write_text(other.read_text(encoding="utf-8").replace("EDGE   K", "EDGE   L3"), encoding="utf-8")
    command = ["dataset", "import", str(tmp_path / "in"), "--out", str(tmp_path / "fe.h5")]
    assert main(command) == 2
    assert "Fe K (1), Fe L3 (1)" in capsys.readouterr().err
    assert main([*command, "--edge", "Fe L3"]) == 0
    with h5py.File(tmp_path / "fe.h5") as f:
        assert f.attrs["edge"] == "L3"


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (["--energy", "7000:7130:20"], 1, "reaches from 7105.0 to 7130.0"),
        (["--energy", "7130:7105:20"], 2, "is empty"),
        (["--energy", "all"], 2, "no range of energies"),
        (["--format", "ase"], 1, "is a folder"),
    ],
)
def test_refused(tmp_path, capsys, extra, code, said):
    feff_folder(tmp_path / "in" / "k", None)
    out = tmp_path / "fe.h5"
    assert main(["dataset", "import", str(tmp_path / "in"), "--out", str(out), *extra]) == code
    told = capsys.readouterr().err
    assert said in told
    assert "hint:" in told
    assert not out.exists()


def test_what_is_there_is_never_rewritten(tmp_path, capsys):
    feff_folder(tmp_path / "in" / "k", None)
    out = tmp_path / "fe.h5"
    out.write_bytes(b"mine")
    assert main(["dataset", "import", str(tmp_path / "in"), "--out", str(out)]) == 1
    assert "never rewritten" in capsys.readouterr().err
    assert out.read_bytes() == b"mine"


def test_source_that_is_nothing(tmp_path, capsys):
    assert main(["dataset", "import", str(tmp_path / "none"), "--out", str(tmp_path / "o.h5")]) == 2
    assert "no file or folder" in capsys.readouterr().err
    assert main(["dataset", "import", str(write_isdpainn(tmp_path / "s.h5")), "--out", str(tmp_path / "o.h5")]) == 2
    assert "--structures" in capsys.readouterr().err


def test_left_out_parts_give_an_exit_code(tmp_path, capsys):
    feff_folder(tmp_path / "in" / "a", None)
    (feff_folder(tmp_path / "in" / "b", None) / "xmu.dat").unlink()
    assert main(["dataset", "import", str(tmp_path / "in"), "--out", str(tmp_path / "fe.h5")]) == 1
    assert "no xmu.dat" in capsys.readouterr().err
    with h5py.File(tmp_path / "fe.h5") as f:
        assert f.attrs["n_isotropic"] == 1


@pytest.mark.parametrize("beside", [(), ("readme.txt",), ("notes.inp", "table.csv")], ids=len)
def test_a_folder_without_calculations_is_told_all_that_could_be_there(tmp_path, capsys, beside):
    for name in beside:
        (tmp_path / name).write_text("to be computed\n")
    assert main(["dataset", "import", str(tmp_path), "--out", str(tmp_path / "x.h5")]) == 1
    told = capsys.readouterr().err
    assert "FEFF" in told
    assert "FDMNES" in told


def test_of_forty_damaged_parts_a_few_are_told_and_all_stand_in_a_file(tmp_path, capsys):
    feff_folder(tmp_path / "feff" / "good", None)
    for k in range(40):
        feff_folder(tmp_path / "feff" / f"p{k:02}", None)
        (tmp_path / "feff" / f"p{k:02}" / "xmu.dat").unlink()
    assert main(["dataset", "import", str(tmp_path / "feff"), "--out", str(tmp_path / "fe.h5")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 7
    assert "40 parts were left out; the first 3 are told above" in lines[-1]
    all_told = Path(re.search(r"\((.*) names all of them\)", lines[-1])[1]).read_text(encoding="utf-8")
    assert len(all_told.splitlines()) == 40
    assert "p39" in all_told
