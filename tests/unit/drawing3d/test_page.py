"""The page that a browser turns: one file that needs nothing else, and whose script can be read."""

from __future__ import annotations

import base64
import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from xanesview.domain.structure import Structure
from xanesview.drawing3d.drawing import Drawing, drawing_of
from xanesview.drawing3d.gltf import glb
from xanesview.drawing3d.page import page, write_page
from xanesview.gui.appearance.palette import DARK

_PARSE = """
import sys
from PySide6.QtCore import QCoreApplication
from PySide6.QtQml import QJSEngine
app = QCoreApplication([])
found = QJSEngine().evaluate("(function () {" + sys.stdin.read() + "})")
print(found.toString() if found.isError() else "read")
"""


def test_everything_is_in_the_file(drawing: Drawing, tmp_path: Path) -> None:
    write_page(drawing, tmp_path / "benzene.html")
    text = (tmp_path / "benzene.html").read_text(encoding="utf-8")
    assert "{{" not in text
    assert re.findall(r"https?://|src=|@import|<link|fetch\(|import\(", text) == []
    assert "<title>Benzene</title>" in text
    assert "Benzene, C6H6, ε = (0.36, 0.48, 0.80)" in text
    held = re.search(r'<script id="glb"[^>]*>([^<]*)</script>', text)[1]
    assert base64.b64decode(held) == glb(drawing)


def test_names_cannot_break_out_of_the_page(benzene: Structure) -> None:
    name = '</script><script>alert("x")</script>'
    wicked = Structure(
        numbers=benzene.numbers, positions_angstrom=benzene.positions_angstrom, cell_angstrom=benzene.cell_angstrom,
        pbc=benzene.pbc, name=name,
    )  # fmt: skip
    text = page(drawing_of(wicked, DARK, (400, 300)))
    assert name not in text
    assert html.escape(name) in text
    assert text.count("</script>") == 2


def test_the_colours_are_those_of_the_palette(benzene: Structure) -> None:
    text = page(drawing_of(benzene, DARK, (400, 300)))
    assert f"linear-gradient({DARK.background_top}, {DARK.background_bottom})" in text


def test_the_script_can_be_read(drawing: Drawing) -> None:
    script = re.search(r"<script>\n(.*)</script>", page(drawing), re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", _PARSE], input=script, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "read", done.stdout + done.stderr


@pytest.mark.parametrize("name", ["target", "haze_rgb"])
def test_numbers_stand_where_the_script_needs_them(drawing: Drawing, name: str) -> None:
    line = {"target": r"centre = (\[[^\]]*\])", "haze_rgb": r"background = (\[[^\]]*\])"}[name]
    numbers = [float(word) for word in re.search(line, page(drawing))[1].strip("[]").split(",")]
    assert len(numbers) == 3
    if name == "target":
        assert numbers == pytest.approx(drawing.camera.target_angstrom, rel=1e-4, abs=1e-4)
