"""What the guide's page on geometry shows can be typed as it stands."""

from __future__ import annotations

import re
import shlex
import shutil

import numpy as np
import pytest

from tests.unit.cli.conftest import ENERGY_EV, expected_components, formula
from xanesview.cli.main import main
from xanesview.domain.geometry.dichroism import vector_orbital_intensity
from xanesview.io.examples import find_example
from xanesview.paths import resource

PAGE = resource("docs", "geometry.md").read_text(encoding="utf-8")
__all__ = ["formula"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the page speaks of."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(find_example("benzene_film").path, "slab.extxyz")
    shutil.copy(find_example("benzene").path, "molecule.extxyz")
    from xanesview.io.structures.registry import read_structure, write_structure

    write_structure("molecule.xyz", read_structure("molecule.extxyz"))
    energy = np.arange(280.0, 300.0, 0.1)
    for name, angle in zip("abc", (20, 55, 90)):
        peak = vector_orbital_intensity(angle, 35.0, 0.9) * np.exp(-0.5 * ((energy - 285.2) / 0.4) ** 2)
        rest = 0.1 * np.exp(-0.5 * ((energy - 293.0) / 2.0) ** 2)
        for stem in (name, f"film_{angle}deg"):
            np.savetxt(f"{stem}.dat", np.column_stack([energy, peak + rest]))
    return tmp_path


def code() -> str:
    return "\n".join(line[4:] for line in PAGE.splitlines() if line.startswith("    "))


def commands() -> list[str]:
    text = code().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("xanesview ")]


@pytest.mark.usefixtures("formula")
@pytest.mark.parametrize("command", commands(), ids=lambda command: re.sub(r"\W+", "_", command)[:60])
def test_the_commands_of_the_page_run(folder, command, capsys):
    assert main(shlex.split(command)[1:]) == 0
    out = capsys.readouterr().out
    named = re.search(r"--out (\S+)", command)
    assert named is None or (folder / named.group(1)).stat().st_size > 500
    if "fit-tilt" in command:
        assert re.fullmatch(r"tilt (not determined \()?\d+\.\d ± \d+\.\d°(: .*\))?", out.splitlines()[-1])


@pytest.mark.usefixtures("formula")
def test_the_code_of_the_page_runs(folder):
    names: dict = {}
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
        if lines and not lines[0].startswith("xanesview "):
            exec("\n".join(lines), names)  # the page's own text
    assert names["tilt"].tilt_deg == pytest.approx(35.0, abs=1.0)
    assert len(names["series"].spectra) == 8
    assert names["polar"].shape == (8,)
    assert names["whole"].tilt_range_deg[0] <= names["whole"].tilt_deg <= names["whole"].tilt_range_deg[1]
    assert expected_components(0).shape == (6, len(ENERGY_EV))
    microscope = re.search(r"    from xanesview.*?angles at 200 kV", PAGE, re.DOTALL).group(0)
    exec(microscope.replace("\n    ", "\n").strip(), names)
    assert names["mixing"].magic_angle_mrad == pytest.approx(names["magic"])
