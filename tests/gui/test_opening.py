"""Files, drops, SMILES, examples, and what is said when they fail."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from tests.gui.acting import LEFT, current, shown
from xanesview.domain.structure import Notice


def test_a_dropped_file_opens(window, qtbot, tmp_path):
    path = tmp_path / "methane.xyz"
    path.write_text("5\nmethane\nC 0 0 0\nH .63 .63 .63\nH -.63 -.63 .63\nH -.63 .63 -.63\nH .63 -.63 -.63\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    actions = Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(200, 200), actions, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    assert event.proposedAction() == Qt.DropAction.MoveAction
    window.dropEvent(event)
    assert not event.isAccepted(), "whoever hears “moved” may remove the file"
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure.formula == "CH4"
    assert window.settings.recent_files() == [path.resolve()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xyz", b""),
        ("binary.xyz", bytes(range(256)) * 8),
        ("no_atoms.xyz", b"0\n\n"),
        ("nan.xyz", b"2\n\nC 0 0 nan\nH 0 0 1\n"),
        ("cut.cif", b"data_x\n_cell_length_a 3\n"),
    ],
)
def test_a_broken_file_is_one_sentence_with_a_hint_and_the_window_goes_on(
    benzene_window, qtbot, tmp_path, name, content
):
    window = benzene_window
    (tmp_path / name).write_bytes(content)
    before = current(window)
    assert not window.opening.open_file(tmp_path / name)
    bar = window.structure_messages
    assert bar.isVisible()
    assert bar.notice.message.endswith(".")
    assert bar.notice.hint
    assert "\n" not in bar.notice.message
    np.testing.assert_allclose(current(window), before)
    window.opening.open_example("pyridine")
    assert not bar.isVisible()


def test_a_folder_and_a_missing_file_are_refused_in_words(benzene_window, tmp_path):
    window = benzene_window
    assert not window.opening.open_file(tmp_path)
    assert window.structure_messages.notice.hint
    assert not window.opening.open_file(tmp_path / "nowhere.xyz")
    assert "nowhere.xyz" in window.structure_messages.notice.message


def test_a_failed_prediction_stands_above_the_plot_and_is_gone_with_the_next(window, qtbot, networks):
    from xanesview.errors import XanesviewError

    networks.error = XanesviewError("The network has no carbon here.", "Choose another one.")
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: window.plot_messages.isVisible())
    assert window.plot_messages.text() == "The network has no carbon here. Choose another one."
    networks.error = None
    window.opening.open_example("pyridine")
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert not window.plot_messages.isVisible()


def test_details_are_folded_until_asked_for(window, qtbot):
    window.show_notice(Notice("error", "Something happened.", "Go on."), "Traceback: …")
    bar = window.plot_messages
    assert not bar._details.isVisible()
    qtbot.mouseClick(bar._more, LEFT)
    assert bar._details.isVisible()
    assert "Traceback" in bar.details()
    qtbot.mouseClick(bar._close, LEFT)
    assert not bar.isVisible()


def test_a_mineral_is_offered_as_the_example_that_comes_with_the_program_or_as_a_file_to_open(window, qtbot):
    from xanesview.gui.dialogs.smiles import SmilesDialog

    window.named_actions["new_smiles"].trigger()
    dialog = window.findChild(SmilesDialog)
    qtbot.keyClicks(dialog.field, "corundum")
    assert "Al₂O₃" in dialog.problem.text()
    assert "CIF" in dialog.problem.text()
    assert not dialog.build_button.isEnabled()
    dialog.field.selectAll()
    qtbot.keyClicks(dialog.field, "cuprite")
    assert "Build opens the example" in dialog.problem.text()
    assert dialog.field.property("invalid") is False
    qtbot.mouseClick(dialog.build_button, LEFT)
    qtbot.waitUntil(lambda: {"Cu", "O"} == set(getattr(window.workspace.structure, "symbols", ())))
    assert window.findChild(SmilesDialog) is None or not dialog.isVisible()


def test_smiles_dialog_says_what_is_wrong_and_builds_what_is_right(window, qtbot):
    from xanesview.gui.dialogs.smiles import SmilesDialog

    window.named_actions["new_smiles"].trigger()
    dialog = window.findChild(SmilesDialog)
    qtbot.keyClicks(dialog.field, "C1CC(")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.field.property("invalid") is True
    dialog.field.setText("")
    qtbot.keyClicks(dialog.field, "CC=O")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure.formula == "C2H4O"


def test_the_start_page_takes_a_name_and_says_when_it_knows_none(window, qtbot):
    window.show_start()
    field = window.start.smiles
    qtbot.keyClicks(field, "tolune")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.structure_messages.severity == "error")
    assert window.structure_messages.text() == (
        "“tolune” is neither a SMILES string nor a name that is known. Did you mean toluene?"
    )
    field.clear()
    qtbot.keyClicks(field, "toluene")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.workspace.structure.formula == "C7H8")
    assert window.workspace.structure.name == "toluene"
    assert not window.structure_messages.isVisible()


def test_start_page_lists_the_examples_as_pictures_and_opens_one(window, qtbot):
    window.show_start()
    listed = window.start.examples
    assert listed.count() >= 12
    qtbot.waitUntil(lambda: not listed.item(listed.count() - 1).icon().isNull(), timeout=10_000)
    place = listed.visualItemRect(listed.item(1)).center()
    qtbot.mouseClick(listed.viewport(), LEFT, pos=place)
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure is not None


def test_everything_missing_or_assumed_is_told_at_once(window, qtbot):
    from dataclasses import replace as with_changes

    from xanesview.io.examples import load_example

    notices = (
        Notice("no-symmetry", "Hydrogens are missing.", "Add them."),
        Notice("partial-occupancy", "Two sites are half filled; the first was kept.", "Edit the file."),
    )
    window.opening.show_structure(with_changes(load_example("benzene"), notices=notices))
    bar = window.structure_messages
    assert (
        bar.text() == "Hydrogens are missing. Two sites are half filled; the first was kept. Add them. Edit the file."
    )
    assert bar.severity == "warning"
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert bar.isVisible(), "the spectrum does not silence the notice"


def dropped(window, *paths) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    window.dropEvent(
        QDropEvent(QPointF(200, 200), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    )


@pytest.mark.parametrize("name", ["film.xdi", "film.xy", "film.norm", "film.xas", "film", "film.xyz"])
def test_a_dropped_spectrum_is_overlaid_whatever_it_is_called(benzene_window, qtbot, tmp_path, name):
    window = benzene_window
    head = "# XDI/1.0\n# Column.1: energy eV\n# Column.2: mutrans\n#---\n" if name.endswith(".xdi") else ""
    (tmp_path / name).write_text(head + "\n".join(f"{280 + k / 4:.2f} {0.1 + (k > 20):.3f}" for k in range(80)))
    before = window.workspace.structure
    dropped(window, tmp_path / name)
    qtbot.waitUntil(lambda: len(shown(window, "measured")) == 1)
    assert window.workspace.structure is before
    assert not window.structure_messages.isVisible()


def test_a_dropped_structure_opens_whatever_it_is_called(window, qtbot, tmp_path):
    (tmp_path / "geometry.txt").write_text("2\ncarbon monoxide\nC 0 0 0\nO 0 0 1.13\n")
    dropped(window, tmp_path / "geometry.txt")
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.structure.formula == "CO"


def test_dialogs_offer_every_format(window, monkeypatch):
    from xanesview.io.spectra import registry as spectra
    from xanesview.io.structures import registry as structures

    asked = []
    for how in ("getOpenFileNames", "getOpenFileName"):
        empty = [] if how.endswith("s") else ""
        monkeypatch.setattr(QFileDialog, how, lambda *words, empty=empty: asked.append(words[-1]) or (empty, ""))
    window.opening.ask_file()
    window.opening.ask_reference()
    window.references.ask_file()
    for fmt in spectra.FORMATS:
        assert all(f"{fmt.name} ({fmt.patterns})" in filters for filters in asked)
    for fmt in structures.FORMATS:
        assert f"{fmt.name} ({fmt.patterns})" in asked[0]


def test_the_absorber_of_a_feff_input_is_picked(window, qtbot, tmp_path):
    (tmp_path / "feff.inp").write_text(
        "TITLE amine\nPOTENTIALS\n 0 7 N\n 1 6 C\n 2 1 H\nATOMS\n 1.47 0 0 1\n 0 0 0 0\n"
        " -0.4 0.9 0 2\n -0.4 -0.5 0.8 2\n 1.85 1.03 0 2\n 1.85 -0.5 0.9 2\n 1.85 -0.5 -0.9 2\nEND\n"
    )
    dropped(window, tmp_path / "feff.inp")
    qtbot.waitUntil(lambda: bool(shown(window, "current")))
    assert window.workspace.session.picked == (1,)
    assert window.workspace.structure.symbols[1] == "N"


def test_many_dropped_files_are_looked_at_beside_the_window(window, qtbot, tmp_path, monkeypatch):
    """What 500 files are takes seconds to tell, in which the window used to stand still."""
    from xanesview.gui.actions import opening

    of, threads = opening.kind_of_file, set()
    monkeypatch.setattr(opening, "kind_of_file", lambda path: threads.add(threading.current_thread()) or of(path))
    paths = [tmp_path / f"s{k}.dat" for k in range(25)]
    for k, path in enumerate(paths):
        path.write_text("".join(f"{e} {(e + k) % 7}\n" for e in range(280, 310)))
    named = []
    window.opening.spectra_named.disconnect()
    window.opening.spectra_named.connect(named.append)
    assert window.opening.open_paths(paths)
    qtbot.waitUntil(lambda: bool(named))
    assert named == [tuple(paths)]
    assert threading.main_thread() not in threads
