"""The wheel is complete: installed in a fresh environment and used from an empty folder, it does the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from xanesview.io.session_mark import MIME
from xanesview.io.structures.registry import FORMATS

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.wheel, pytest.mark.slow]


def _run(command: list[str | Path], **options) -> subprocess.CompletedProcess[str]:
    """Run a command without the checkout on Python's path; fail with its output if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Build the wheel with the build tools that are installed, so without a download."""
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT])
    (path,) = folder.glob("xanesview-*.whl")
    return path


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory) -> Path:
    """Install the wheel in a fresh environment; return its folder of programs.

    The dependencies are borrowed from the running environment through a .pth file: installing 2 GB again would
    test pip. Such a file's folders are not searched for further .pth files, so an editable install stays unseen.
    """
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    _run([sys.executable, "-m", "venv", "--without-pip", venv])
    folder = venv / ("Scripts" if os.name == "nt" else "bin")
    python = folder / ("python.exe" if os.name == "nt" else "python")
    _run([sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel])
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = Path(_run([python, "-c", ask]).stdout.strip())
    borrowed = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site_packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_holds_every_resource(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    shipped = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    assert shipped
    names = {"xanesview/" + path.relative_to(ROOT).as_posix() for path in shipped if not path.name.endswith(".pyc")}
    assert names - held == set()
    assert not any(name.startswith(("tests/", "packaging/", "resources/")) for name in held)


def test_the_wheel_brings_a_desktop_entry_with_its_icon(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name.partition(".data/data/")[2] for name in archive.namelist()}
    assert "share/applications/xanesview.desktop" in held
    assert "share/mime/packages/xanesview.xml" in held
    assert "share/icons/hicolor/scalable/apps/xanesview.svg" in held


def test_a_desktop_offers_the_program_for_every_media_type_of_the_registry(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("applications/xanesview.desktop"))
        entry = archive.read(name).decode("utf-8")
    (line,) = (line for line in entry.splitlines() if line.startswith("MimeType="))
    known = [mime for format in FORMATS for mime in format.mime]
    assert line == "MimeType=" + "".join(f"{mime};" for mime in (*known, MIME))


def test_from_an_empty_folder_the_resources_are_the_wheels(programs, tmp_path):
    code = "import xanesview.paths as p; print(p.__file__); print(p.resources())"
    module, resources = _run([programs / "python", "-c", code], cwd=tmp_path).stdout.splitlines()
    assert Path(module).is_relative_to(programs.parent)
    assert Path(resources) == Path(module).parent / "resources"
    assert (Path(resources) / "examples").is_dir()


def test_from_an_empty_folder_the_program_explains_itself(programs, tmp_path):
    assert "predict" in _run([programs / "xanesview", "--help"], cwd=tmp_path).stdout
    assert "predict" in _run([programs / "python", "-m", "xanesview", "--help"], cwd=tmp_path).stdout


def test_from_an_empty_folder_the_bundled_example_is_predicted_and_drawn(programs, tmp_path):
    ask = "import xanesview.paths as p; print(p.resource('examples', 'benzene.extxyz'))"
    example = _run([programs / "python", "-c", ask], cwd=tmp_path).stdout.strip()
    _run([programs / "xanesview", "predict", example, "--out", "benzene.csv"], cwd=tmp_path)
    lines = (tmp_path / "benzene.csv").read_text(encoding="utf-8").splitlines()
    header, *rows = [line for line in lines if not line.startswith("#")]
    columns = header.split(",")
    assert columns[0] == "energy_ev"
    assert columns[-1] == "sum"
    assert sum(name.startswith("site_") for name in columns) == 6
    assert len(rows) > 100
    peak = max(float(row.split(",")[-1]) for row in rows)
    assert peak > 0
    _run([programs / "xanesview", "plot", "benzene.csv", "--out", "benzene.svg"], cwd=tmp_path)
    assert "<svg" in (tmp_path / "benzene.svg").read_text(encoding="utf-8")
