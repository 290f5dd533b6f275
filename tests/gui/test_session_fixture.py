"""Sessions that released versions have saved are opened by every later one, and show the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from tests.changed_sessions import ODD, places, put_in, resaid, said_in
from tests.gui.acting import current, shown
from xanesview.errors import XanesviewError
from xanesview.io.session_file.session_file import read_session_file, summary, work_from_bytes, work_to_bytes
from xanesview.version import __version__

FOLDER = Path(__file__).resolve().parents[1] / "data" / "session"
PATH = FOLDER / "version_0_1_0.xanesview"


def test_what_it_holds() -> None:
    work = read_session_file(PATH)
    session = work.session
    assert [one.formula for one in session.structures] == ["C5H5N", "CH2O"]
    assert session.picked == (0, 1)
    assert dict(session.site_weights) == {1: 0.5}
    assert session.geometry.direction == (1.0, 0.0, 0.0)
    assert [one.name for one in work.networks] == ["c_k_edge_tensor"]
    assert len(work.networks[0].weights_hash) == 12
    (reference,) = session.references
    assert (reference.label, len(reference.spectrum)) == ("run 12", 121)
    assert [type(step).kind for step in reference.steps][-2:] == ["energy_shift", "scale"]
    assert work.fit.fit["scale"].value > 0.0
    assert session.frozen[0].look.name == "before the turn"
    assert "\n".join(summary(work, PATH.name)).startswith("version_0_1_0.xanesview: session, 2 structures")
    assert work_to_bytes(work_from_bytes(work_to_bytes(work))) == work_to_bytes(work)


def test_the_window_shows_it_without_its_network(window, qtbot) -> None:
    """The networks of this window are others, so that every number comes from the file."""
    window.opening.open_paths([PATH])
    QApplication.processEvents()
    work, weight = read_session_file(PATH), window.workspace.geometry.weight()
    assert "“c_k_edge_tensor”" in window.structure_messages.text()
    assert window.workspace.shown.card.title == work.networks[0].title
    assert [one.role for one in window.plot.curves() if one.visible].count("site") == 2
    assert len(shown(window, "measured")) == 1
    assert shown(window, "frozen")[0].label == "before the turn"
    assert window.plot.view_range()[0] == pytest.approx((281.0, 303.0))
    assert window.plot.pins() == [285.0]
    key = work.session.structure.content_hash
    tensor = next(one.tensor for one in work.predictions if one.structure_hash == key).select([0, 1])
    window.workspace.set_as_measured(False)
    window.workspace.processing.set_steps(window.workspace.processing.subject.__class__("prediction"), (), "none")
    QApplication.processEvents()
    bare = (np.array([1.0, 0.5]) @ tensor.contract(weight)) / 1.5
    np.testing.assert_allclose(np.interp(tensor.energy_ev, shown(window, "current")[0].energy_ev, current(window)),
                               bare, rtol=1e-6, atol=1e-9)  # fmt: skip


def test_every_version_has_left_one() -> None:
    minor = int(__version__.split(".")[1])
    assert {one.name for one in FOLDER.iterdir()} == {f"version_0_{k}_0.xanesview" for k in range(1, minor + 1)}


def test_a_fitted_series_of_0_2_0(window, qtbot) -> None:
    """Benzene's film at three angles, fitted together; a frozen curve; carbon monoxide in front."""
    path = FOLDER / "version_0_2_0.xanesview"
    work = read_session_file(path)
    assert [one.formula for one in work.session.structures] == ["C6H6", "CO"]
    assert [one.label.split()[0] for one in work.session.references] == ["film_20deg", "film_55deg", "film_90deg"]
    assert work_to_bytes(work_from_bytes(work_to_bytes(work))) == work_to_bytes(work)
    window.opening.open_paths([path])
    QApplication.processEvents()
    measured = shown(window, "measured")
    assert len(measured) == 3
    assert len(shown(window, "frozen")) == 1
    peak = [float(np.interp(285.4, one.energy_ev, one.intensity)) for one in measured]
    assert peak[0] > 2.0 * peak[1] > 4.0 * peak[2], "π* dies as the field turns into the rings, after the fit, too"
    shifts = {step.shift_ev for one in work.session.references for step in one.steps if step.kind == "energy_shift"}
    assert len(shifts) == 1
    assert shifts.pop() == pytest.approx(-0.2, abs=0.02), "the film was written 0.2 eV too high"


def test_a_window_shows_whatever_a_changed_file_may_still_say(window, qtbot) -> None:
    """What is read of a file in which values were changed at random, a window can draw; else it is refused."""
    draw, content = np.random.default_rng(7), PATH.read_bytes()
    parts = ("session", "view", "predictions", "fit")
    paths = [path for path in places(said_in(content)) if path and path[0] in parts]
    n_shown = 0
    while n_shown < 12:
        path, value = paths[int(draw.integers(len(paths)))], ODD[int(draw.integers(len(ODD)))]
        try:
            work = work_from_bytes(resaid(content, put_in(path, value)))
        except XanesviewError:
            continue
        window.saving.take_up(work, None)
        QApplication.processEvents()
        n_shown += 1
    assert window.workspace.structure is not None or window.workspace.session.structure is None
