"""Window, command line and script draw the same figure of the same curves."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import xanesview
from tests.gui.fake_networks import ENERGY_EV, site_tensor
from xanesview.cli.main import main
from xanesview.domain.spectrum import Spectrum
from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.gui.window.kept_plot import kept_figure, kept_scene
from xanesview.io.figures.figure_file import write_figure
from xanesview.io.figures.spec import FigureSpec
from xanesview.io.figures.template import Template
from xanesview.io.session_file.session_file import read_session_file
from xanesview.io.spectra.curves import exported_curves
from xanesview.shown.curve import Subject
from xanesview.shown.kept_session import shown_of

LOOKS = (
    FigureSpec(energies_ev=(284.0, 300.0), energy_breaks=((290.0, 295.0),), panel_letter="a", legend="below"),
    FigureSpec(width_mm=170.0, arrangement="stacked", box=True, minor_ticks="both", energies_ev=(283.0, 299.0)),
)


@pytest.fixture
def curves_window(benzene_window):
    """Named curves of several kinds, drawn as they are exported: sums, without their bands."""
    workspace = benzene_window.workspace
    workspace.set_as_measured(False)
    workspace.set_per_atom(False)
    for number in range(2):
        measured = Spectrum(ENERGY_EV, (2 + number) * site_tensor(0)[2], label=f"film {number}", kind="measured")
        benzene_window.references.add(measured)
        workspace.curves.set_look([Subject("reference", number)], name=f"film {number}")
    benzene_window.directions.x()
    workspace.curves.freeze()
    workspace.curves.set_look([Subject("frozen", 0)], name="before")
    workspace.curves.set_look([Subject("prediction")], name="now")
    return benzene_window


def drawn_part(path: Path) -> str:
    """Return an SVG without what it says of itself: where its curves come from, and identities of shared parts."""
    text = re.sub(r"<metadata>.*?</metadata>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\b[mp][0-9a-f]{10}\b", "shared", text)


@pytest.mark.parametrize("look", LOOKS, ids=["broken", "stacked"])
def test_one_template_gives_one_figure_three_ways(curves_window, tmp_path, look) -> None:
    window = curves_window
    window.named_actions["export_figure"].trigger()
    dialog = window.findChild(ExportFigureDialog)
    dialog.templates.template_chosen.emit(Template("shared", look))
    dialog.controls.title.setText("benzene")
    dialog.templates.pass_on(tmp_path / "shared.json")
    assert dialog.save(tmp_path / "window.svg")
    names = [one.spectrum.label for one in dialog.controls.chosen()]
    dialog.reject()
    window.exporting.write_data(tmp_path / "curves.csv")
    template = str(tmp_path / "shared.json")
    assert main(
        ["plot", str(tmp_path / "curves.csv"), "--template", template, "--title", "benzene", "--out",
         str(tmp_path / "line.svg")]
    ) == 0  # fmt: skip
    spectra = exported_curves(tmp_path / "curves.csv")
    xanesview.plot(spectra, tmp_path / "script.svg", template=template, title="benzene")
    assert {"now", "before", "film 0", "film 1"} <= set(names)
    found = {way: drawn_part(tmp_path / f"{way}.svg") for way in ("window", "line", "script")}
    assert found["line"] == found["script"]
    assert re.findall(r">([^<>]*)</text>", found["window"]) == re.findall(r">([^<>]*)</text>", found["line"])
    for name in ("current-0", "frozen", "measured"):
        window_line, own = (lines_of(found[way], name) for way in ("window", "line"))
        assert len(window_line) == len(own) > 0
        for one, two in zip(window_line, own, strict=True):
            np.testing.assert_allclose(one[0], two[0], atol=0.02)  # points of a figure; files have eight digits
            assert one[1] == two[1], "colour, width and dashes"


def lines_of(svg: str, name: str) -> list[tuple[np.ndarray, str]]:
    """Return points and style of the lines whose identity begins so."""
    found = re.findall(rf'<g id="{name}[^"]*">\s*<path d="([^"]*)"[^>]*style="([^"]*)"', svg)
    return [(np.array(re.findall(r"-?\d+\.?\d*", path), float), style) for path, style in found]


@pytest.mark.parametrize("below", ["", "residuals", "difference"])
def test_a_saved_session_gives_the_windows_figure_without_a_window(curves_window, qtbot, tmp_path, below) -> None:
    window = curves_window
    if below:
        window.named_actions[below].trigger()
        window.plot.set_view_range((284.0, 297.0), (-0.2, 2.5))
    with qtbot.waitSignal(window.saving.saved, timeout=5000):
        window.saving.write(tmp_path / "work.xanesview")
    work = read_session_file(tmp_path / "work.xanesview")
    shown, _ = shown_of(work, window.workspace.networks)
    kept, own = kept_figure(shown, work), window.exporting.screen_figure()
    for name, figure in (("kept", kept), ("window", own)):
        write_figure(tmp_path / f"{name}.svg", figure.content(), figure.spec(figure.usual_spec()))
    assert len(kept.curves) >= 5
    assert (kept.below is not None) is bool(below)
    assert drawn_part(tmp_path / "kept.svg") == drawn_part(tmp_path / "window.svg")


def test_the_inset_of_a_saved_session_is_the_windows_view(curves_window, qtbot, tmp_path) -> None:
    window = curves_window
    qtbot.waitUntil(lambda: window.view is not None and window.view.structure is not None, timeout=10_000)
    window.view.look_from(window.view.camera.target_angstrom + 0.3, random_rotation(), 9.0)
    with qtbot.waitSignal(window.saving.saved, timeout=5000):
        window.saving.write(tmp_path / "work.xanesview")
    work = read_session_file(tmp_path / "work.xanesview")
    shown, _ = shown_of(work, window.workspace.networks)
    kept, own = kept_scene(shown, work).astype(float), window.exporting._scene().astype(float)
    assert kept.shape == own.shape
    assert np.abs(kept - own).mean() < 1.0, "rings, arrow and camera"


def random_rotation() -> np.ndarray:
    """Return a rotation (3, 3) that looks at nothing in particular."""
    q, r = np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else q[[1, 0, 2]]
