"""How `xanesview plot` is told what a figure is to look like."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import xanesview
from xanesview.cli.arguments import Parser
from xanesview.cli.figure_look import add_look, asked_look
from xanesview.cli.main import main
from xanesview.errors import UsageError, XanesviewError
from xanesview.io.examples import find_example
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.template import Template, keep_template, write_template
from xanesview.io.structures.registry import read_structure


def look(*words: str) -> FigureSpec:
    parser = Parser()
    add_look(parser)
    return asked_look(parser.parse_args(words))


def test_without_options_it_is_the_usual_one() -> None:
    assert look() == FigureSpec()


def test_single_settings_go_before_a_preset() -> None:
    found = look("--preset", "double", "--height", "70", "--set", "legend=inside", "--set", "box=true")
    assert (found.width_mm, found.height_mm, found.legend, found.box) == (170.0, 70.0, "inside", True)
    assert look("--set", "energy_breaks=[[295, 310]]").energy_breaks == ((295.0, 310.0),)
    assert look("--set", "panel_letter=(a)").panel_letter == "(a)"


def test_a_template_is_found_by_its_name_or_its_file(tmp_path: Path) -> None:
    spec = FigureSpec(width_mm=86.0, font_family="serif")
    keep_template(Template("My journal", spec))
    path = write_template(tmp_path / "theirs.json", Template("Theirs", spec))
    assert look("--template", "My journal") == look("--template", str(path)) == spec
    assert look("--template", str(path), "--width", "90").width_mm == 90.0


@pytest.mark.parametrize(
    "words",
    [
        ("--preset", "triple"), ("--set", "legend"), ("--set", "moon=1"), ("--set", "width_mm=wide"),
        ("--width", "1"), ("--preset", "single", "--template", "x"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_can_not_be_is_told(words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        look(*words)


def test_a_template_that_is_not_there_is_told() -> None:
    with pytest.raises(XanesviewError, match="no template"):
        look("--template", "nobody's")


def test_a_picture_stands_in_the_plot(tmp_path: Path) -> None:
    energy = np.linspace(280.0, 310.0, 61)
    np.savetxt(tmp_path / "film.dat", np.column_stack([energy, np.exp(-((energy - 285.0) ** 2))]))
    Image.fromarray(np.full((30, 40, 4), 90, np.uint8)).save(tmp_path / "scene.png")
    target = tmp_path / "a.svg"
    words = ["plot", str(tmp_path / "film.dat"), "--out", str(target), "--inset"]
    assert main([*words, str(tmp_path / "scene.png")]) == 0
    assert 'id="inset"' in target.read_text(encoding="utf-8")
    assert main([*words, "structure"]) != 0, "no file is one"


def test_a_break_beyond_the_curves_is_told_and_a_prediction_brings_its_band(tmp_path: Path, capsys) -> None:
    benzene = str(find_example("benzene").path)
    words = ["plot", benzene, "--theta", "20", "--out"]
    assert main([*words, str(tmp_path / "a.svg"), "--set", "energy_breaks=[[300,900]]", "--set", "bands=true"]) == 0
    assert "The break from 300 to 900 eV is not between the ends" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "b.svg"), "--set", "energy_breaks=[[292,296]]", "--set", "bands=false"]) == 0
    assert "break" not in capsys.readouterr().err
    assert (tmp_path / "a.svg").read_text().count("FillBetween") > (tmp_path / "b.svg").read_text().count("FillBetween")


def test_an_intensity_break_off_the_axis_and_sticks_that_nothing_tells_of_are_told(tmp_path: Path, capsys) -> None:
    energy = np.linspace(280.0, 310.0, 61)
    np.savetxt(tmp_path / "film.dat", np.column_stack([energy, np.exp(-((energy - 285.0) ** 2))]))
    words = ["plot", str(tmp_path / "film.dat"), "--out", str(tmp_path / "a.svg"), "--set", "sticks=true"]
    assert main([*words, "--set", "intensity_breaks=[[5,6]]"]) == 0
    told = capsys.readouterr().err
    assert "The break from 5 to 6 of the intensity is not between the ends" in told
    assert told.count("no sticks") == 1


def test_a_script_draws_the_sticks_of_predictions_and_is_warned_where_there_are_none(tmp_path: Path) -> None:
    prediction = xanesview.predict(read_structure(find_example("benzene").path))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        xanesview.plot([prediction.spectrum([0, 0, 1])], tmp_path / "a.svg", sticks=True)
    assert 'id="sticks-current-0"' in (tmp_path / "a.svg").read_text()
    bare = prediction.spectrum([0, 0, 1]).replace(provenance={})
    with pytest.warns(UserWarning, match="no sticks") as told:
        xanesview.plot([bare], tmp_path / "b.svg", sticks=True)
    assert told[0].filename == __file__
