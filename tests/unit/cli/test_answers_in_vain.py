"""What is said of measured files is obeyed or refused: where no file is one, nobody may believe it was heeded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.measured_files import ENERGY, MU
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.io.spectra.curves import write_curves

ASKED = (("--signal", "nonsense"), ("--signal", "mine"), ("--energy", "nonsense"), ("--unit", "keV"),
         ("--d-spacing", "3.1"), ("--scan", "2"))  # fmt: skip
RECIPE = "steps = []\n"


@pytest.fixture(params=["own.csv", "own.h5"])
def own(request, tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("steps.toml").write_text(RECIPE)
    write_curves(request.param, [Spectrum(energy_ev=ENERGY, intensity=MU, label="mine")])
    return request.param


@pytest.mark.parametrize("asked", ASKED, ids=lambda one: " ".join(one))
@pytest.mark.parametrize("command", ["convert", "plot", "process", "info", "fit"])
def test_options_of_measured_files_are_refused_for_what_the_program_wrote(own, command, asked, capsys) -> None:
    words = {
        "convert": ["convert", own, "--out", "out.csv"],
        "plot": ["plot", own, "--out", "out.svg"],
        "process": ["process", own, "--recipe", "steps.toml", "--out", "out"],
        "info": ["info", own],
        "fit": ["fit", own, "--against", own, "--out", "out.csv"],
    }[command]
    assert main([*words, *asked]) == 2
    told = capsys.readouterr().err
    assert own in told
    assert asked[0].lstrip("-") in told
    assert not list(Path().glob("out*"))


def test_they_are_obeyed_where_one_of_several_files_is_measured(own, capsys) -> None:
    np.savetxt("measured.dat", np.column_stack([ENERGY, MU, 2 * MU]), header="energy one two")
    assert main(["plot", own, "measured.dat", "--signal", "two", "--out", "both.svg"]) == 0, capsys.readouterr().err
    assert main(["plot", own, "measured.dat", "--signal", "nonsense", "--out", "none.svg"]) != 0
    assert not Path("none.svg").exists()


@pytest.mark.parametrize("command", ["convert", "plot", "process", "predict"])
def test_no_file_and_no_folder_is_called_like_the_sign_for_standard_output(own, command, capsys) -> None:
    Path("water.xyz").write_text("3\n\nO 0 0 0\nH 0 .76 .59\nH 0 -.76 .59\n")
    words = {"predict": ["water.xyz", "--edge", "O K"], "process": [own, "--recipe", "steps.toml"]}.get(command, [own])
    assert main([command, *words, "--out", "-"]) == 2
    assert "“-”" in capsys.readouterr().err
    assert not Path("-").exists()


def test_a_link_that_leads_nowhere_is_no_folder_to_write_to(own, capsys) -> None:
    Path("water.xyz").write_text("3\n\nO 0 0 0\nH 0 .76 .59\nH 0 -.76 .59\n")
    Path("round").symlink_to("round")
    assert main(["process", own, "--recipe", "steps.toml", "--out", "round"]) == 1
    assert "round is a link that leads nowhere" in capsys.readouterr().err
