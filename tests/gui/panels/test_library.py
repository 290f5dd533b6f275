"""The library panel in the real window: offered, searched, drawn, overlaid, undone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests import library_blocks
from xanesview.gui.appearance.theme import apply_theme
from xanesview.gui.panels.library.panel import SEEN_MS
from xanesview.gui.panels.library.row import EDGE, LINE, PICTURE, REMARK, SUBJECT
from xanesview.io.structures.embedding import structure_from_smiles
from xanesview.reference.library import library as library_module
from xanesview.reference.library.library import load_library
from xanesview.reference.library.matching import offers

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for blocks, the only one that the window looks into."""
    place = tmp_path / "reference"
    place.mkdir()
    monkeypatch.setattr(library_module, "library_dirs", lambda: [place])
    return place


@pytest.fixture
def window(folder: Path, window):
    """The window, made when the folder is the only one."""
    return window


@pytest.fixture
def blocks(folder: Path) -> Path:
    """Furan at rest, its methyl derivative displaced, ethanol and its isomer."""
    molecules = (("furan", "c1ccoc1", 0.0), ("ring_00002", "Cc1ccoc1", 0.04), ("qm9_000003", "CCO", 0.0),
                 ("dimethyl ether", "COC", 0.0))  # fmt: skip
    records = [
        library_blocks.record(structure_from_smiles(smiles), name, sigma_angstrom=sigma)
        for name, smiles, sigma in molecules
    ]
    library_blocks.write(folder / "c_k_0000.h5", records)
    return folder


def opened(qtbot, window, smiles: str) -> None:
    window.opening.open_smiles(smiles)
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.structure is not None and workspace.structure.smiles == smiles, timeout=5000)
    qtbot.waitUntil(lambda: workspace.shown.prediction is not None and not workspace.is_busy, timeout=5000)


def raised(qtbot, window) -> None:
    window.docks["Library"].show()
    window.docks["Library"].raise_()
    answered = lambda: window.library.answer is not None and window.library.answer.found is not None  # noqa: E731
    qtbot.waitUntil(answered, timeout=10000)


def searched(qtbot, window, text: str) -> None:
    before = window.library.answer
    window.library.field.setFocus()
    window.library.field.selectAll()
    QTest.keyClicks(window.library.field, text)
    QTest.keyClick(window.library.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.library.answer is not before, timeout=10000)


def rows(window) -> list[tuple[str, ...]]:
    """What the list shows: headings alone, molecules with line, edge and remark."""
    shown = [window.library.list.item(row) for row in range(window.library.list.count())]
    return [
        (item.text(), *(item.data(role) for role in (LINE, EDGE, REMARK))) if item.data(SUBJECT) else (item.text(),)
        for item in shown
    ]


def double_click(window, row: int) -> None:
    listing = window.library.list
    at = listing.visualItemRect(listing.item(row)).center()
    QTest.mouseClick(listing.viewport(), LEFT, pos=at)
    QTest.mouseDClick(listing.viewport(), LEFT, pos=at)
    QApplication.processEvents()


def curve(window, key: str):
    return {one.key: one for one in window.plot.curves()}.get(key)


def test_a_molecule_in_a_box_cut_by_its_faces_is_the_molecule(blocks: Path) -> None:
    library = load_library()
    furan = structure_from_smiles("c1ccoc1")
    middle = furan.positions_angstrom - furan.positions_angstrom.mean(axis=0)
    boxed = furan.replace(positions_angstrom=middle % 12.0, cell_angstrom=12.0 * np.eye(3), pbc=(True,) * 3, smiles="")
    (whole,), (found,) = offers(furan, library), offers(boxed, library)
    assert found.entry == whole.entry
    assert found.rms_angstrom < 0.01
    np.testing.assert_allclose(found.tensor.components, whole.tensor.components, atol=1e-6)
    crystal = boxed.replace(cell_angstrom=np.diag([1.5, 12.0, 12.0]))
    assert not offers(crystal, library), "bonded to its own images it is no molecule"


def test_a_molecule_that_is_not_there_is_said_to_be_and_what_is_like_it_listed(qtbot, window, blocks: Path) -> None:
    raised(qtbot, window)
    assert not window.library.lacking.isVisible()
    searched(qtbot, window, "toluene")
    assert window.library.lacking.isVisible()
    assert window.library.lacking.text() == (
        "The library has no C K spectrum of toluene; networks of the C K-edge learnt from it, in data that don't come "
        "with the program."
    )
    assert rows(window)[0] == ("An example of the program",)
    assert rows(window)[1][0] == "Toluene"
    assert rows(window)[2] == ("Not in the library; most like toluene",)
    assert rows(window)[3][0] == "3-methylfuran"
    double_click(window, 1)
    qtbot.waitUntil(lambda: window.workspace.structure is not None and window.workspace.structure.name == "Toluene")
    searched(qtbot, window, "furan")
    assert not window.library.lacking.isVisible()


def test_starting_does_not_look_into_the_library(qtbot, window, blocks: Path, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(window.library._search, "look_for", lambda *question: asked.append(question))
    qtbot.wait(3 * SEEN_MS)
    assert (asked, window.library.answer) == ([], None)
    window.docks["Library"].raise_()
    qtbot.waitUntil(lambda: bool(asked), timeout=2000)


def test_the_loaded_molecule_is_offered_without_asking(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    window.docks["References"].show()
    window.docks["References"].raise_()
    button = window.library.offer_button
    qtbot.waitUntil(button.isVisible, timeout=10000)
    assert button.text() == "Library: C K"
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: curve(window, "reference-0") is not None, timeout=2000)
    workspace = window.workspace
    (offer,) = offers(workspace.structure, load_library([blocks]))
    picked = workspace.session.picked
    expected = offer.tensor.select(picked).contract(workspace.geometry.weight()).mean(axis=0)  # drawn per atom
    np.testing.assert_allclose(curve(window, "reference-0").intensity, expected)
    assert curve(window, "reference-0").role == "computed"
    workspace.set_geometry(workspace.geometry.with_direction((0.6, 0.0, 0.8)))
    turned = offer.tensor.select(picked).contract(workspace.geometry.weight()).mean(axis=0)
    assert np.abs(turned - expected).max() > 0.05 * expected.max()
    qtbot.waitUntil(lambda: np.allclose(curve(window, "reference-0").intensity, turned), timeout=2000)
    assert not button.isVisible()
    window.library.overlay_offers()
    assert len(workspace.session.references) == 1  # the same one is not laid over twice
    window.references.table.removed.emit(0)
    assert button.isVisible()


def test_the_same_molecule_turned_is_offered_anew(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    button = window.library.offer_button
    there = lambda: button.isVisibleTo(window.references)  # noqa: E731
    qtbot.waitUntil(there, timeout=10000)
    window.library.overlay_offers()
    assert not there()
    first, before = window.workspace.structure, window.workspace.session.references[0].tensor
    turn = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    window.workspace.open_structure(first.rotated(turn))
    qtbot.waitUntil(there, timeout=10000)
    window.library.overlay_offers()
    after = window.workspace.session.references[-1].tensor
    np.testing.assert_allclose(after.components, before.rotated(turn).components, atol=1e-4 * before.components.max())


def test_what_is_offered_stands_above_what_is_alike(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    raised(qtbot, window)
    shown = rows(window)
    assert shown[0] == ("This molecule",)
    assert shown[1][:3] == ("furan", "all 4 sites · follows the arrow", "C K")
    assert shown[2] == ("Most like furan",)
    assert shown[3][:3] == ("3-methylfuran", "displaced by 0.04 Å · Cc1ccoc1", "C K")


def test_a_displaced_molecule_is_found_but_not_offered(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "Cc1ccoc1")
    raised(qtbot, window)
    assert rows(window)[0] == ("Most like 3-methylfuran",)
    assert rows(window)[1][3] == "100 % alike"
    assert not window.library.offer_button.isVisibleTo(window.references)


def test_another_molecule_takes_the_offer_away(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    raised(qtbot, window)
    assert window.library.offer_button.isVisibleTo(window.references)
    opened(qtbot, window, "CCCC")
    qtbot.waitUntil(lambda: rows(window)[0] != ("This molecule",), timeout=10000)
    assert not window.library.offer_button.isVisibleTo(window.references)


def test_search_by_formula_and_overlay_by_double_click(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    raised(qtbot, window)
    searched(qtbot, window, "OC2H6")
    assert rows(window) == [
        ("Found 2",),
        ("dimethyl ether", "COC", "C K", "formula"),
        ("ethanol", "CCO", "C K", "formula"),
    ]
    double_click(window, 2)
    qtbot.waitUntil(lambda: curve(window, "reference-0") is not None, timeout=2000)
    overlay = curve(window, "reference-0")
    assert overlay.label == "ethanol, isotropic per C"
    entry = next(entry for entry in load_library([blocks]).entries if entry.smiles == "CCO")
    np.testing.assert_allclose(overlay.intensity, library_module.isotropic_of(entry).intensity)
    assert "isotropic average per C atom" in window.plot_messages.text()
    assert window.plot_messages.severity == "info"
    window.workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: curve(window, "reference-0") is None, timeout=2000)


def test_a_search_that_finds_the_loaded_molecule_overlays_its_tensor(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "c1ccoc1")
    raised(qtbot, window)
    searched(qtbot, window, "furan")
    assert rows(window)[:2] == [("This molecule",), ("furan", "all 4 sites · follows the arrow", "C K", "name")]
    assert [row[0] for row in rows(window)[2:]] == ["Also found 1", "3-methylfuran"]
    double_click(window, 1)
    assert window.workspace.session.references[0].tensor is not None


def test_the_loaded_molecule_comes_first_where_a_search_finds_it_among_others(qtbot, window, blocks: Path) -> None:
    opened(qtbot, window, "CCO")
    raised(qtbot, window)
    searched(qtbot, window, "e")
    assert "This molecule" not in [row[0] for row in rows(window)]  # one letter is no name
    searched(qtbot, window, "C2H6O")
    assert [row[0] for row in rows(window)] == ["This molecule", "ethanol", "Also found 1", "dimethyl ether"]
    searched(qtbot, window, "furan")
    assert [row[0] for row in rows(window)] == ["Found 2", "furan", "3-methylfuran"]


def test_a_known_name_that_the_library_lacks_leads_to_what_is_most_like_it(qtbot, window, blocks: Path) -> None:
    raised(qtbot, window)
    searched(qtbot, window, "Propan-1-ol")
    assert rows(window)[0] == ("Not in the library; most like Propan-1-ol",)
    assert rows(window)[1][0] == "ethanol"
    assert rows(window)[1][3].endswith("% alike")


def test_keys_alone_do(qtbot, window, blocks: Path) -> None:
    raised(qtbot, window)
    searched(qtbot, window, "dimethyl")
    QTest.keyClick(window.library.field, Qt.Key.Key_Down)
    assert window.library.list.hasFocus()
    QTest.keyClick(window.library.list, Qt.Key.Key_Return)
    (reference,) = window.workspace.session.references
    assert reference.label == "dimethyl ether, isotropic per C"


def test_a_search_without_result_says_what_to_try(qtbot, window, blocks: Path) -> None:
    raised(qtbot, window)
    searched(qtbot, window, "C60")
    assert window.library._stack.currentWidget().text().startswith("Nothing found for “C60”.")
    searched(qtbot, window, "furan")
    assert window.library.list.isVisible()


def test_an_empty_library_says_so(qtbot, window, folder: Path) -> None:
    window.docks["Library"].show()
    window.docks["Library"].raise_()
    qtbot.waitUntil(lambda: window.library.answer is not None, timeout=5000)
    assert "no computed spectra" in window.library._stack.currentWidget().text()


def test_a_damaged_block_is_told(qtbot, window, blocks: Path) -> None:
    (blocks / "c_k_0001.h5").write_bytes(b"cut off")
    raised(qtbot, window)
    assert window.library._size.text() == "4 molecules · C K · 1 unreadable"
    assert "c_k_0001.h5" in window.library._size.toolTip()


def ink(image: QImage) -> list[float]:
    """Lightness of the opaque points of a drawing."""
    points = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [point.lightnessF() for point in points if point.alphaF() > 0.9 and point.hslSaturationF() < 0.4]


def test_drawings_follow_the_theme(qtbot, window, blocks: Path) -> None:
    raised(qtbot, window)
    listing = window.library.list
    last = lambda: listing.item(1).icon()  # noqa: E731
    qtbot.waitUntil(lambda: not last().isNull(), timeout=5000)
    assert np.median(ink(last().pixmap(PICTURE).toImage())) < 0.3
    apply_theme(QApplication.instance(), "dark")
    qtbot.waitUntil(
        lambda: not last().isNull() and np.median(ink(last().pixmap(PICTURE).toImage())) > 0.7, timeout=5000
    )
