"""A movie of what the window shows: asked for by the menu, made beside the window, given up without a file."""

from __future__ import annotations

import os

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QMessageBox

from tests.movie_pictures import pictures
from tests.process_tree import ENDS_S, children, wait_until
from xanesview.domain.geometry.momentum_transfer import ElectronEnergyLoss
from xanesview.domain.geometry.polarisation import Powder
from xanesview.gui.dialogs.movie import FRAMES, MovieDialog
from xanesview.gui.session import movie_making
from xanesview.gui.session.movie_making import MovieLook
from xanesview.io.examples import find_example
from xanesview.io.structures.registry import read_structure
from xanesview.shown.spectra import current_spectrum

TURNING = "3\nframe {k}\nO 0 0 0\nC {x:.4f} 0 {z:.4f}\nH 0 1 0\n"


@pytest.fixture
def asked(window, qtbot, monkeypatch, tmp_path):
    """Return what opens the dialog with few small pictures, and the name that is given to the movie."""
    target = tmp_path / "turn.gif"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(target), "GIF (*.gif)")))

    def ask(pictures: int = 3) -> MovieDialog:
        window.named_actions["export_movie"].trigger()
        dialog = next(one for one in window.findChildren(MovieDialog) if one.isVisible())
        dialog.pictures.setValue(pictures)
        dialog.size.setCurrentText("800 × 350")
        return dialog

    return ask, target


def running() -> list[str]:
    """Return the processes that draw movies for this one."""
    return [words for words in children(os.getpid()).values() if "movie_worker" in words]


def save(qtbot, dialog: MovieDialog) -> None:
    box = dialog.findChild(QDialogButtonBox)
    qtbot.mouseClick(box.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)


def test_the_field_turns_in_a_movie(benzene_window, qtbot, asked) -> None:
    window, (ask, target) = benzene_window, asked
    dialog = ask()
    assert "4 pictures" in dialog.outcome.text(), "three, and one on the way back"
    assert "about" not in dialog.outcome.text(), "nothing is promised that was not measured"
    save(qtbot, dialog)
    assert window.workspace.movies.is_busy
    assert "Movie turn.gif" in [job.name for job in window.workspace.jobs._jobs if job.is_running]
    qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
    seen = pictures(target)
    assert [one.shape for one in seen] == [(350, 800, 3)] * 4
    for other in seen[1:3]:
        assert np.abs(other[:, :350] - seen[0][:, :350]).max() > 100, "the arrow has turned"
        assert np.abs(other[:, 400:] - seen[0][:, 400:]).max() > 100, "the spectrum has changed"
    np.testing.assert_allclose(seen[3], seen[1], atol=40)
    assert not running()


def test_the_time_left_is_that_between_pictures_on_this_computer(benzene_window, asked, monkeypatch) -> None:
    window, (_, target) = benzene_window, asked
    movies, now = window.workspace.movies, [100.0]
    monkeypatch.setattr(movie_making.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(movies._process, "ask", lambda _job: None)
    movies.turn(target, np.linspace(0.0, 90.0, 90), MovieLook())
    (job,) = window.workspace.jobs.running
    now[0] += 30.0  # the process starts and makes its scene: no measure of a picture
    movies._process.progressed.emit(1, "1/90")
    assert job.left_s is None
    now[0] += 2.0
    movies._process.progressed.emit(1, "2/90")
    assert job.left_s == pytest.approx(176.0)
    movies.cancel()


def test_a_trajectory_goes_on_in_a_movie(window, qtbot, asked, tmp_path) -> None:
    turning = np.linspace(0.0, np.pi / 2, 4)
    path = tmp_path / "turning.xyz"
    path.write_text("".join(TURNING.format(k=k, x=1.1 * np.sin(a), z=1.1 * np.cos(a)) for k, a in enumerate(turning)))
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: window.workspace.structure is not None and not window.workspace.is_busy)
    ask, target = asked
    dialog = ask(4)
    assert dialog.kind == FRAMES
    assert not dialog.low.isVisible()
    save(qtbot, dialog)
    qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
    seen = pictures(target)
    assert len(seen) == 4
    assert np.abs(seen[3][:, :350] - seen[0][:, :350]).max() > 100, "the molecule has turned"


def is_cut_off(picture: np.ndarray) -> bool:
    """Whether something of the scene, the left 9/20 of a picture, reaches its edge."""
    scene = picture[:, : picture.shape[1] * 9 // 20]
    edge = np.concatenate([scene[0], scene[-1], scene[:, 0], scene[:, -1]])
    return bool(np.abs(edge - np.median(edge, axis=0)).max() > 30)


def test_no_tip_is_cut_off_that_the_window_shows(window, qtbot, asked) -> None:
    ask, target = asked
    window.opening.open_smiles("CC(=O)Nc1ccccc1C#N")
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and bool(window.plot.curves()))
    window.workspace.set_geometry(ElectronEnergyLoss())
    save(qtbot, ask(4))
    qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
    assert not any(map(is_cut_off, pictures(target)))


def test_a_view_that_has_gone_into_the_molecule_stays_there(benzene_window, qtbot, asked) -> None:
    window, (ask, target) = benzene_window, asked
    found = []
    for nearer in (1.0, 3.0):
        window.view.camera.zoom(nearer)
        save(qtbot, ask(2))
        qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
        found.append(pictures(target)[0])
    assert [is_cut_off(one) for one in found] == [False, True]


def test_a_trajectory_is_whole_and_drawn_as_the_window_draws_it(window, qtbot, asked, tmp_path, monkeypatch) -> None:
    ask, target = asked
    ring = read_structure(find_example("benzene").path)
    lines = []
    for k in range(5):  # the hydrogens go out
        places = ring.positions_angstrom * np.where(ring.numbers == 1, 1.0 + 0.04 * k, 1.0)[:, None]
        atoms = [f"{name} {x:.5f} {y:.5f} {z:.5f}\n" for name, (x, y, z) in zip(ring.symbols, places, strict=True)]
        lines += [f"{len(atoms)}\nframe {k}\n", *atoms]
    path = tmp_path / "traj.xyz"
    path.write_text("".join(lines))
    window.opening.open_paths([path])
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and bool(window.plot.curves()))
    assert window.workspace.session.per_atom
    jobs, process = [], window.workspace.movies._process
    send = process.ask
    monkeypatch.setattr(process, "ask", lambda job: (jobs.append(job), send(job)))
    save(qtbot, ask(5))
    qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
    seen = pictures(target)
    assert len(seen) == 5
    assert not any(map(is_cut_off, seen))
    shown, sent = window.workspace.shown, jobs[0]["frames"][0]["spectrum"]
    np.testing.assert_allclose(sent["intensity"], current_spectrum(shown).intensity)
    assert sent["unit"].endswith("per atom")


def test_it_is_seen_from_where_the_window_sees_it(benzene_window, qtbot, asked) -> None:
    window, (ask, target) = benzene_window, asked
    found = []
    for turn_px in (0.0, 220.0):
        window.view.camera.orbit(turn_px, 60.0)
        save(qtbot, ask(2))
        qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
        found.append(pictures(target)[0][:, :350])
    assert (np.abs(found[1] - found[0]).max(axis=2) > 60).mean() > 0.03


def test_a_movie_that_is_given_up_leaves_no_file_and_no_process(benzene_window, qtbot, asked) -> None:
    window, (ask, target) = benzene_window, asked
    save(qtbot, ask(400))
    qtbot.waitUntil(lambda: bool(running()), timeout=60_000)
    window.workspace.jobs._jobs[-1].stop()
    assert not window.workspace.movies.is_busy
    wait_until(lambda: not running(), ENDS_S)
    assert not target.exists()
    assert not list(target.parent.glob("*.tmp*"))


def test_a_name_that_no_movie_has_is_refused_in_the_dialog(benzene_window, qtbot, asked, monkeypatch) -> None:
    ask, target = asked
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(target) + ".avi", "")))
    dialog = ask()
    save(qtbot, dialog)
    assert "can't be written" in dialog.outcome.text()
    assert dialog.isVisible()
    dialog.reject()


def test_a_powder_does_not_turn(benzene_window, qtbot) -> None:
    window = benzene_window
    window.workspace.set_geometry(Powder())
    window.exporting.movie()
    assert "Nothing here turns" in window.plot_messages.text() + window.structure_messages.text()


def test_a_window_that_is_closed_while_a_movie_is_made_asks(benzene_window, qtbot, asked, monkeypatch) -> None:
    window, (ask, target) = benzene_window, asked
    said = []
    cancel = QMessageBox.StandardButton.Cancel
    monkeypatch.setattr(QMessageBox, "question", staticmethod(lambda *words: (said.append(words[2]), cancel)[1]))
    save(qtbot, ask())
    window.saving.asks = True
    monkeypatch.setattr(type(window.saving), "is_dirty", property(lambda _self: False))
    assert not window.close()
    assert window.isVisible()
    assert said == ["A movie is being made. Closing the window ends that, and there will be no file."]
    qtbot.waitUntil(lambda: not window.workspace.movies.is_busy, timeout=60_000)
    assert target.is_file()
    assert window.close()
    assert len(said) == 1
    window.saving.asks = False
