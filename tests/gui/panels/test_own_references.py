"""The user's own references in the real window: kept, dropped, watched, found, edited, laid over, missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QToolButton

from tests import atlas_files, library_blocks
from xanesview.gui.panels.library.filling import is_own
from xanesview.gui.panels.library.row import CURVE, EDGE, LINE, REMARK, SUBJECT
from xanesview.io.spectra.curves import exported_curves
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.reference.collection import file as collection_file
from xanesview.reference.collection.collection import Collection
from xanesview.reference.collection.gathering import gather
from xanesview.reference.library import library as library_module

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window):
    """The window with one bundled molecule, furan, and its prediction of benzene."""
    place = tmp_path / "reference"
    library_blocks.write(place / "c_k_0000.h5", [library_blocks.record(structure_from_smiles("c1ccoc1"), "furan")])
    monkeypatch.setattr(library_module, "library_dirs", lambda: [place])
    return window


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A folder of two XDI files of one library."""
    folder = tmp_path / "spectra"
    atlas_files.write_xdi(folder / "hematite.xdi", "Citation.authors: A. Author", "Citation.doi: 10.1000/one")
    atlas_files.write_xdi(folder / "goethite.xdi", name="goethite")
    return folder


def opened(qtbot, window, smiles: str = "c1ccccc1") -> None:
    window.opening.open_smiles(smiles)
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.shown.prediction is not None and not workspace.is_busy)


def raised(qtbot, window) -> None:
    window.docks["Library"].show()
    window.docks["Library"].raise_()
    qtbot.waitUntil(lambda: window.library.answer is not None and window.library.answer.found is not None)


def titles(window) -> list[str]:
    listing = window.library.list
    items = [listing.item(row) for row in range(listing.count())]
    return [item.text() for item in items if item.data(SUBJECT) is not None and is_own(item.data(SUBJECT))]


def item_of(window, title: str):
    listing = window.library.list
    return next(listing.item(row) for row in range(listing.count()) if listing.item(row).text() == title)


def searched(qtbot, window, text: str) -> None:
    before = window.library.answer
    window.library.field.setFocus()
    window.library.field.selectAll()
    QTest.keyClicks(window.library.field, text)
    QTest.keyClick(window.library.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.library.answer is not before)


def click(window, title: str, keys=Qt.KeyboardModifier.NoModifier) -> None:
    listing = window.library.list
    listing.scrollToItem(item_of(window, title))
    QTest.mouseClick(listing.viewport(), LEFT, keys, listing.visualItemRect(item_of(window, title)).center())


def dragged(widget, data: QMimeData, at: QPoint | None = None) -> bool:
    """Drag onto the middle of a widget as Qt does, and drop; whether it was taken."""
    place = widget.rect().center() if at is None else at
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    keys = Qt.KeyboardModifier.NoModifier
    if not isinstance(widget, QMainWindow) and data.hasUrls():  # there the key means something else
        keys = Qt.KeyboardModifier.ShiftModifier
    enter = QDragEnterEvent(place, actions, data, LEFT, keys)
    assert keys == Qt.KeyboardModifier.NoModifier or enter.proposedAction() == Qt.DropAction.MoveAction
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    drop = QDropEvent(QPointF(place), actions, data, LEFT, keys)
    QApplication.sendEvent(widget, drop)
    if drop.isAccepted():
        assert {enter.dropAction(), drop.dropAction()} == {Qt.DropAction.CopyAction}, "moved files may be removed"
    return drop.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def measured(window) -> list:
    return [one for one in window.workspace.session.references if not one.is_computed]


def test_files_dropped_on_the_panel_are_listed_found_and_laid_over(qtbot, window, own_folder: Path, tmp_path) -> None:
    opened(qtbot, window)
    raised(qtbot, window)
    assert titles(window) == []
    assert dragged(window.library, files(own_folder / "hematite.xdi", own_folder / "goethite.xdi"))
    qtbot.waitUntil(lambda: len(titles(window)) == 2)
    assert measured(window) == []  # kept, not laid over
    searched(qtbot, window, "fe k powder")
    assert titles(window) == ["Fe2O3 powder"]
    item = item_of(window, "Fe2O3 powder")
    assert (item.data(EDGE), item.data(REMARK)) == ("Fe K", "measured")
    assert item.data(LINE) == "Fe2O3 · A. Author, doi:10.1000/one"
    assert 0 in item.data(CURVE)
    assert 255 in item.data(CURVE)
    listing = window.library.list
    at = listing.visualItemRect(item).center()
    QTest.mouseClick(listing.viewport(), LEFT, pos=at)
    QTest.mouseDClick(listing.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: len(measured(window)) == 1)
    QTest.mouseDClick(listing.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: not window.workspace.own_references.is_busy)
    assert len(measured(window)) == 1  # not twice
    window.exporting.write_data(tmp_path / "out.csv")
    qtbot.waitUntil(lambda: (tmp_path / "out.csv").exists() and not window.exporting.writing.is_busy)
    assert "measured" not in {one.kind for one in exported_curves(tmp_path / "out.csv")}, "of another edge, not drawn"


def test_what_is_written_of_a_kept_spectrum_tells_whom_to_cite(qtbot, window, tmp_path) -> None:
    opened(qtbot, window)
    raised(qtbot, window)
    doi = ("Citation.authors: A. Author", "Citation.doi: 10.1000/one")
    gather(Collection(), [atlas_files.write_xdi(tmp_path / "film.xdi", *doi, name="benzene film", element="C")])
    searched(qtbot, window, "benzene film")
    at = window.library.list.visualItemRect(item_of(window, "benzene film")).center()
    QTest.mouseClick(window.library.list.viewport(), LEFT, pos=at)
    QTest.mouseDClick(window.library.list.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: len(measured(window)) == 1)
    window.exporting.write_data(tmp_path / "out.csv")
    qtbot.waitUntil(lambda: (tmp_path / "out.csv").exists() and not window.exporting.writing.is_busy)
    told = [one.provenance.get("citation") for one in exported_curves(tmp_path / "out.csv")]
    assert "A. Author, doi:10.1000/one" in told


def test_own_and_bundled_spectra_answer_one_search(qtbot, window, tmp_path: Path) -> None:
    path = atlas_files.write_xdi(tmp_path / "furan.xdi", name="furan film")
    gather(Collection(), [path])
    raised(qtbot, window)
    searched(qtbot, window, "furan")
    listing = window.library.list
    assert [listing.item(row).text() for row in range(listing.count())] == [
        "Of your own 1", "furan film", "Also found 1", "furan",
    ]  # fmt: skip


def test_curves_are_kept_from_the_list_of_curves(qtbot, window, tmp_path: Path) -> None:
    opened(qtbot, window)
    doi = ("Citation.authors: A. Author", "Citation.doi: 10.1000/one")
    window.references.load_file(atlas_files.write_xdi(tmp_path / "film.xdi", *doi, name="film", element="C"))
    qtbot.waitUntil(lambda: len(measured(window)) == 1)
    window.docks["Curves"].show()
    window.docks["Curves"].raise_()
    curves = window.tabs["Curves"]
    qtbot.waitUntil(lambda: len(curves.model.curves) > 1)
    button = curves.findChild(QToolButton, "curve-keep")
    assert not button.isEnabled()
    curves.select([curve.key for curve in curves.model.curves if curve.key in ("current", "reference-0")])
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: Collection().count() == 2)
    found = {entry.kind: entry for entry in Collection().search()}
    np.testing.assert_array_equal(
        Collection().spectrum(found["measured"].number).intensity, measured(window)[0].spectrum.intensity
    )
    assert found["measured"].told.citation == "A. Author, doi:10.1000/one"
    assert found["predicted"].told.edge_label == "C K"
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not window.workspace.own_references.is_busy)
    assert Collection().count() == 2


def test_a_watched_folder_is_followed(qtbot, window, own_folder: Path) -> None:
    raised(qtbot, window)
    assert dragged(window.library, files(own_folder))
    qtbot.waitUntil(lambda: len(titles(window)) == 2)
    own = window.workspace.own_references
    qtbot.waitUntil(lambda: own._watcher is not None and not own.is_busy)
    atlas_files.write_xdi(own_folder / "new.xdi", name="magnetite")
    qtbot.waitUntil(lambda: "magnetite" in titles(window))
    (own_folder / "goethite.xdi").unlink()
    qtbot.waitUntil(lambda: "goethite" in titles(window) and item_of(window, "goethite").data(REMARK) == "file missing")
    opened(qtbot, window)
    raised(qtbot, window)
    click(window, "goethite")
    QTest.keyClick(window.library.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(measured(window)) == 1)  # missing, not lost


def test_at_a_start_folders_are_looked_through(qtbot, window, own_folder: Path) -> None:
    Collection().watch(own_folder)
    window.workspace.own_references.wake(0)
    qtbot.waitUntil(lambda: Collection().count() == 2)
    raised(qtbot, window)
    assert sorted(titles(window)) == ["Fe2O3 powder", "goethite"]
    window.library.add_button.menu().aboutToShow.emit()
    below = [action.menu() for action in window.library.add_button.entries.actions() if action.menu()]
    assert [menu.title() for menu in below] == [str(own_folder)]
    below[0].actions()[0].trigger()
    qtbot.waitUntil(lambda: Collection().folders() == [])
    assert Collection().count() == 2


def test_what_is_known_is_edited_in_the_panel(qtbot, window, own_folder: Path) -> None:
    gather(Collection(), [own_folder / "hematite.xdi", own_folder / "goethite.xdi"])
    raised(qtbot, window)
    details = window.library.details
    assert not details.isVisible()
    click(window, "Fe2O3 powder")
    assert details.isVisible()
    assert details.citation.text() == "Cite: A. Author, doi:10.1000/one"
    click(window, "goethite", Qt.KeyboardModifier.ControlModifier)
    assert not details.fields["name"].isEnabled()
    tags = details.fields["tags"]
    tags.setFocus()
    QTest.keyClicks(tags, "standard, iron oxide")
    QTest.keyClick(tags, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: [one.told.tags for one in Collection().search("standard")] == [("standard", "iron oxide")] * 2
    )
    qtbot.waitUntil(lambda: item_of(window, "goethite").data(LINE).startswith("Fe2O3 · #standard #iron oxide"))
    assert len(window.library.list.chosen()) == 2  # still selected
    angle = details.fields["angle_deg"]
    angle.setFocus()
    QTest.keyClicks(angle, "200")
    QTest.keyClick(angle, Qt.Key.Key_Return)
    assert angle.reason.startswith("An angle of 200° does not exist.")


def test_several_are_laid_over_in_one_step_and_angles_as_a_series(qtbot, window, own_folder: Path, tmp_path) -> None:
    atlas = atlas_files.write_folder(tmp_path)
    gather(Collection(), [atlas, own_folder / "hematite.xdi", own_folder / "goethite.xdi"])
    opened(qtbot, window)
    raised(qtbot, window)
    listing, stack = window.library.list, window.workspace.undo_stack
    before = stack.count()
    click(window, "goethite")
    click(window, "Fe2O3 powder", Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(listing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(measured(window)) == 2)
    assert stack.count() == before + 1
    stack.undo()
    assert measured(window) == []
    listing.clearSelection()
    searched(qtbot, window, "itic")
    for row in range(listing.count()):
        if listing.item(row).text() == "ITIC":
            listing.item(row).setSelected(True)
    QTest.keyClick(listing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(measured(window)) == 2)
    assert [(one.angle_deg, one.series) for one in measured(window)] == [(20.0, "ITIC"), (90.0, "ITIC")]
    assert measured(window)[0].spectrum.provenance["citation"].startswith("A. Measurer")


def test_rows_are_dragged_onto_the_plot_and_nowhere_else(qtbot, window, own_folder: Path) -> None:
    gather(Collection(), [own_folder / "hematite.xdi", own_folder / "goethite.xdi"])
    opened(qtbot, window)
    raised(qtbot, window)
    click(window, "goethite")
    click(window, "Fe2O3 powder", Qt.KeyboardModifier.ControlModifier)
    listing = window.library.list
    data = listing.mimeData(listing.selectedItems())
    assert not dragged(window.references, data)
    assert dragged(window.plot.picture.viewport(), data)
    qtbot.waitUntil(lambda: len(measured(window)) == 2)
    assert not dragged(window.plot, QMimeData())


def test_files_dragged_over_the_plot_are_still_the_windows(qtbot, window, own_folder: Path) -> None:
    opened(qtbot, window)
    data = files(own_folder / "hematite.xdi")
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window.plot.picture.viewport(), enter)
    assert enter.isAccepted()
    assert window.drop_hint.isVisible()
    window.drop_hint.hide()
    assert dragged(window, data)
    qtbot.waitUntil(lambda: len(measured(window)) == 1)
    assert Collection().count() == 0


def test_references_are_removed_with_delete_and_their_files_stay(qtbot, window, own_folder: Path) -> None:
    gather(Collection(), [own_folder / "hematite.xdi", own_folder / "goethite.xdi"])
    raised(qtbot, window)
    click(window, "goethite")
    QTest.keyClick(window.library.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: titles(window) == ["Fe2O3 powder"])
    assert (own_folder / "goethite.xdi").exists()


def test_a_damaged_library_is_set_aside_and_said(qtbot, window, own_folder: Path) -> None:
    gather(Collection(), [own_folder / "hematite.xdi"])
    Collection().path.write_bytes(b"damaged" * 1000)
    collection_file._checked.clear()
    told = []
    window.workspace.message.connect(told.append)
    assert dragged(window.library, files(own_folder / "goethite.xdi"))
    qtbot.waitUntil(lambda: any(one.kind == "library-damaged" for one in told))
    raised(qtbot, window)
    qtbot.waitUntil(lambda: titles(window) == ["goethite"])


def test_where_nothing_can_be_kept_it_is_said_once_and_the_rest_works(
    qtbot, window, own_folder: Path, monkeypatch
) -> None:
    gather(Collection(), [own_folder / "hematite.xdi"])
    monkeypatch.setattr(collection_file, "is_writable", lambda _path: False)
    monkeypatch.setattr(Collection, "is_writable", property(lambda _self: False))
    told = []
    window.workspace.message.connect(told.append)
    raised(qtbot, window)
    window.workspace.own_references.wake(0)
    window.workspace.own_references.look_through()
    window.workspace.own_references.look_through()
    qtbot.waitUntil(lambda: not window.workspace.own_references.is_busy)
    assert sum("can be searched, but nothing can be kept" in one.message for one in told) == 1
    assert titles(window) == ["Fe2O3 powder"]
    assert dragged(window.library, files(own_folder / "goethite.xdi"))
    qtbot.waitUntil(lambda: any(one.kind == "library-refused" for one in told))
