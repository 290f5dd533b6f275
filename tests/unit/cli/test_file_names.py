"""Files may be called anything that the file system takes; what is said of them can always be printed and written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from xanesview.cli.main import main
from xanesview.io.spectra.measurement_file import read_measurement
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import read_structure
from xanesview.reference.collection.collection import Collection

WATER = b"3\nProperties=species:S:1:pos:R:3\nO 0 0 0\nH 0 .76 .59\nH 0 -.76 .59\n"
COLUMNS = b"\n".join(b"%.2f %.3f" % (530 + 0.2 * k, 0.01 * k) for k in range(100))
STEMS = (b"a\xff\xfeb", b"new\nline", b"x" * 251, b"100%s", b"a&b<c>", b"-dash", b"--help", b"$x_2$", "é“σ".encode())

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such names")


@pytest.fixture(params=STEMS, ids=ascii)
def named(request, tmp_path, monkeypatch):
    """Make a file of a strange name in the present folder; returns its path as a user would give it."""
    monkeypatch.chdir(tmp_path)

    def make(content: bytes, ending: bytes) -> str:
        name = request.param + ending
        (tmp_path / os.fsdecode(name)).write_bytes(content)
        return "./" + os.fsdecode(name)

    return make


def _run(*words: str) -> subprocess.CompletedProcess:
    """Run the program with output that takes UTF-8 only."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    command = [sys.executable, "-m", "xanesview", *words]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def test_structures_are_told_of_and_drawn(named, capsys):
    path = named(WATER, b".xyz")
    assert main(["info", path]) == 0
    assert "H2O" in capsys.readouterr().out
    read_structure(path).name.encode()


@pytest.mark.parametrize("ending", [".html", ".glb", ".gltf", ".png"])
def test_scenes_are_written(named, ending):
    out = Path(f"scene{ending}").absolute()
    assert main(["render", named(WATER, b".xyz"), "--out", str(out)]) == 0
    assert out.stat().st_size > 1000


@pytest.mark.parametrize("ending", [".csv", ".xdi", ".nxs", ".prj"])
def test_spectra_are_converted(named, ending):
    out = Path(f"converted{ending}").absolute()
    assert main(["convert", named(COLUMNS, b".dat"), "--out", str(out)]) == 0
    assert read_measurement(out).scans


@pytest.mark.parametrize("ending", [".svg", ".pdf", ".png"])
def test_spectra_are_drawn(named, ending):
    path = named(COLUMNS, b".dat")
    out = f"{path[:-4]}{ending}"
    assert main(["plot", path, "--out", out]) == 0
    assert Path(out).stat().st_size > 1000
    spectrum = read_spectrum(path)
    "".join([spectrum.label, *map(str, spectrum.provenance.values())]).encode()


@pytest.mark.parametrize("ending", [".csv", ".h5"])
def test_predictions_are_written_and_say_where_they_come_from(named, ending):
    path = named(WATER, b".xyz")
    out = f"{path[:-4]}{ending}"
    assert main(["predict", path, "--network", "o_k_edge_tensor", "--out", out]) == 0
    if ending == ".csv":
        assert "# source: " in Path(out).read_text(encoding="utf-8")
    else:
        with h5py.File(out) as file:
            file.attrs["source"].encode()


def test_what_cannot_be_encoded_is_printed_nevertheless(tmp_path):
    path = tmp_path / os.fsdecode(b"a\xff\xfeb.dat")
    path.write_bytes(COLUMNS)
    done = _run("plot", str(path), "--out", str(path.with_suffix(".svg")))
    assert done.returncode == 0
    assert rb"a\xff\xfeb.svg: 1 curve" in done.stdout
    path.write_bytes(b"prose")
    done = _run("plot", str(path), "--out", str(path.with_suffix(".svg")))
    assert done.returncode == 1
    assert done.stderr.count(b"error: ") == 1
    assert rb"a\xff\xfeb.dat" in done.stderr


def test_the_library_takes_them_and_gives_them_back(named, monkeypatch, tmp_path):
    """Files that are called so, and a folder, watched; none keeps another one from being read."""
    spectrum, structure = named(COLUMNS, b".dat"), named(WATER, b".xyz")
    Path("zz.dat").write_bytes(b"\n".join(b"%.2f %.3f" % (280 + 0.2 * k, 0.02 * k) for k in range(100)))
    folder = Path(Path(spectrum).stem)
    folder.mkdir()
    (folder / "in.dat").write_bytes(b"\n".join(b"%.2f %.3f" % (700 + 0.2 * k, 0.03 * k) for k in range(100)))
    monkeypatch.setenv("XANESVIEW_HOME", str(tmp_path.parent / f"{tmp_path.name}-home"))
    for words in (["add", "."], ["folders"], ["add", spectrum], ["search", "zz"], ["add", f"./{folder}"], ["folders"]):
        done = _run("library", *words)
        assert done.returncode == 0, (words, done.stderr)
        assert b"unexpected" not in done.stderr
    _run("library", "add", structure)
    kept = Collection()
    assert {Path(one.source).name for one in kept.search()} == {Path(spectrum).name, "zz.dat", "in.dat"}
    assert all(Path(one.source).exists() and not one.missing for one in kept.search())
    assert folder.absolute() in kept.folders()
