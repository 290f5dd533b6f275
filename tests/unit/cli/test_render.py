"""``xanesview render``: pictures and scenes from the command line, without a window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xanesview.cli.main import main
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.io.examples import find_example

ROOT = Path(__file__).resolve().parents[3]
BENZENE = str(find_example("benzene").path)
SIZE = ["--size", "240x180"]


def rendered(out: Path, *words: str) -> np.ndarray:
    assert main(["render", *words, *SIZE, "--out", str(out)]) == 0
    with Image.open(out) as picture:
        return np.asarray(picture)


def count_near(picture: np.ndarray, colour: str, tolerance: int = 90) -> int:
    rgb = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return int((np.abs(picture[..., :3].astype(int) - rgb).sum(axis=-1) < tolerance).sum())


def nodes(out: Path) -> dict[str, dict]:
    return {node["name"]: node for node in json.loads(out.read_text(encoding="utf-8"))["nodes"]}


def test_a_structure_file_becomes_a_picture_with_the_arrow_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = rendered(tmp_path / "plain.png", BENZENE)
    assert plain.shape == (180, 240, 4)
    assert count_near(plain, LIGHT.accent) == 0
    arrow = rendered(tmp_path / "arrow.png", BENZENE, "--theta", "30", "--phi", "-90", "--sites", "0,3")
    assert count_near(arrow, LIGHT.accent) > 80
    assert count_near(arrow, LIGHT.curves[0], 60) > 20
    assert count_near(arrow, LIGHT.curves[1], 60) > 20
    captured = capsys.readouterr()
    assert "arrow.png: Benzene, C6H6, ε = (0.00, −0.50, 0.87), 240 × 180 pixels" in captured.out
    assert captured.err == ""


def test_background_and_look(tmp_path: Path) -> None:
    dark = rendered(tmp_path / "dark.png", "--example", "benzene", "--background", "dark", "--powder")
    assert count_near(dark, DARK.accent) > 10
    assert dark[0, 120, :3].tolist() == [int(DARK.background_top[k : k + 2], 16) for k in (1, 3, 5)]
    clear = rendered(tmp_path / "clear.png", "--smiles", "O", "--background", "transparent", "--quiet")
    assert clear[2, 2, 3] == 0
    assert clear[..., 3].max() == 255
    flat = rendered(tmp_path / "flat.png", BENZENE, "--look", "-y", "--background", "transparent")
    above = rendered(tmp_path / "above.png", BENZENE, "--look", "0,0,1", "--background", "transparent")
    heights = [np.ptp(np.nonzero(one[:, 70:, 3])[0]) for one in (flat, above)]
    assert heights[0] < 0.5 * heights[1]


def test_scenes_hold_the_structure_and_a_page_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "slab.gltf"
    words = ["--example", "hematite_001", "--polarisation", "-1,0,0", "--sites", "Fe", "--quiet"]
    assert main(["render", *words, "--out", str(out)]) == 0
    found = nodes(out)
    assert sum(name.startswith("ring of Fe") for name in found) == 48
    assert {"cell edges", "surface normal", "shaft", "head", "tail", "view"} <= found.keys()
    assert main(["render", BENZENE, "--out", str(tmp_path / "page.html"), "--quiet"]) == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([BENZENE, "--out", "a.stl"], "can't be written as “a.stl”"),
        (["--out", "a.png"], "Nothing to draw"),
        ([BENZENE, "--example", "benzene", "--out", "a.png"], "More than one"),
        ([BENZENE, "--out", "a.jpg", "--background", "transparent"], "can't be transparent"),
        ([BENZENE, "--out", "a.html", "--background", "transparent"], "can't be transparent"),
        ([BENZENE, "--out", "a.png", "--size", "9x9"], "“9x9” is not a size"),
        ([BENZENE, "--out", "a.png", "--size", "big"], "“big” is not a size"),
        ([BENZENE, "--out", "a.png", "--look", "up"], "“up” is no direction"),
        ([BENZENE, "--out", "a.png", "--look", "a"], "Benzene has no cell, so no cell vector a to look along"),
        ([BENZENE, "--out", "a.png", "--look", "normal"], "Benzene has no surface, so no normal"),
        ([BENZENE, "--out", "a.png", "--sites", "the first"], "names no sites"),
        ([BENZENE, "--out", "a.png", "--theta", "3", "--powder"], "exclude each other"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_drawn(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["render", *words]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "hint: " in error
    assert list(tmp_path.iterdir()) == []


def test_atoms_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", BENZENE, "--sites", "12", "--out", str(tmp_path / "a.png")]) == 1
    assert "There is no atom 12" in capsys.readouterr().err
    assert main(["render", BENZENE, "--sites", "Fe", "--out", str(tmp_path / "a.png")]) == 1
    assert "There is no Fe in C6H6" in capsys.readouterr().err


def test_a_bare_machine_without_display_or_driver_gets_a_sentence_not_a_crash(tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    bare |= {"PYTHONPATH": str(ROOT), "__EGL_VENDOR_LIBRARY_DIRS": "/nowhere", "LIBGL_DRIVERS_PATH": "/nowhere"}
    out = tmp_path / "a.png"
    command = [sys.executable, "-m", "xanesview", "render", BENZENE, "--out", str(out)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: This machine can't draw pictures without a window")
    assert len(done.stderr.splitlines()) == 2
    assert not out.exists()
    for name in ("__EGL_VENDOR_LIBRARY_DIRS", "LIBGL_DRIVERS_PATH"):
        del bare[name]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG")


def test_cut_molecules_are_whole_unless_they_are_asked_for_as_the_file_has_them(tmp_path: Path) -> None:
    source = tmp_path / "water.xyz"
    source.write_text(
        '3\nLattice="6 0 0 0 6 0 0 0 6" pbc="T T T"\nO 0.1 3 3\nH 0.7 3.76 3\nH 5.5 3.76 3\n', encoding="utf-8"
    )
    widths = []
    for words in ([], ["--cut-molecules"]):
        out = tmp_path / "water.gltf"
        assert main(["render", str(source), *words, *SIZE, "--out", str(out), "--quiet"]) == 0
        found = nodes(out)
        places = np.array([found[name]["translation"] for name in ("O0", "H1", "H2")])
        widths.append(np.linalg.norm(places[:, None] - places, axis=2).max())
    assert widths[0] == pytest.approx(1.2, abs=0.01)
    assert widths[1] > 4.0
