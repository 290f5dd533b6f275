"""Names of files, curves and signals that hold what a terminal obeys: it is seen, and stays on its line."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import numpy as np
import pytest

import xanesview.cli
from xanesview.cli.main import main
from xanesview.errors import visible

ROOT = Path(__file__).parents[3]
_ODD = "a\nerror: b\x1b[31m\r\x9b2J\u202e"
_SEEN = r"a\nerror: b\x1b[31m\r\x9b2J\u202e"


def _told(capsys: pytest.CaptureFixture[str], name: str = _SEEN) -> str:
    """What was written, which has the name as it is seen."""
    said = capsys.readouterr()
    text = said.out + said.err
    assert not set("\x1b\r\x9b\u202e") & set(text), text
    assert not any(line.startswith("error: b") for line in text.splitlines()), text
    assert name in text, text
    return text


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of an odd name, with a spectrum and a structure of such names in it."""
    folder = tmp_path / _ODD
    folder.mkdir()
    energy = np.linspace(281.0, 312.0, 90)
    np.savetxt(folder / f"{_ODD}.dat", np.c_[energy, 1 + np.exp(-((energy - 286) ** 2))], header="energy_eV mu")
    shutil.copy(ROOT / "resources" / "examples" / "benzene.extxyz", folder / f"{_ODD}.xyz")
    return folder


def test_what_a_terminal_obeys_is_seen() -> None:
    assert visible(_ODD) == _SEEN
    assert visible("µ 1 ²é\udcff") == r"µ 1 ²é\xff"


@pytest.mark.parametrize(
    "words",
    [
        ["convert", ".", "--out", "out"], ["convert", "{}.dat", "--out", "{}.csv"],
        ["plot", "{}.dat", "--out", "{}.svg"],
        ["info", "{}.dat"], ["info", "{}.none"],
        ["edit", "{}.xyz", "--rattle", "0.01", "--out", "{}_.xyz"],
        ["render", "{}.xyz", "--out", "{}.none"], ["map", "{}.dat", "--components", "{}.dat", "--out", "a.csv"],
        ["rank", "{}.none", "{}.xyz"], ["networks", "{}"], ["predict", "{}.xyz", "--network", "{}", "--out", "a.csv"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_commands_show_names_as_they_are(odd: Path, words: list[str], capsys, monkeypatch) -> None:
    monkeypatch.chdir(odd)
    main([_ODD.join(word.split("{}")) for word in words])
    text = _told(capsys, "") if words[1] == "." else _told(capsys)
    assert "unexpected" not in text


def test_nothing_but_the_door_prints() -> None:
    for path in Path(xanesview.cli.__file__).parent.glob("*.py"):
        calls = [one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Call)]
        printing = [one.lineno for one in calls if isinstance(one.func, ast.Name) and one.func.id == "print"]
        assert path.name == "telling.py" or not printing, f"{path.name}: {printing}"
