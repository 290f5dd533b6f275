"""The guide beside the work, as a reader uses it: real key and mouse events."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.acting import LEFT, shown
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.guide.page_view import WIDEST_COLUMN_PX

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)

KEYS = Qt.KeyboardModifier


@pytest.fixture
def guide(benzene_window, qtbot):
    """The guide, opened by F1 in the window with benzene."""
    QTest.keyClick(benzene_window, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: benzene_window.help.guide is not None and benzene_window.help.guide.isActiveWindow())
    return benzene_window.help.guide


def search(guide, qtbot, words: str) -> None:
    """Ctrl+F, type, wait for what is found."""
    QTest.keyClick(guide, Qt.Key.Key_F, KEYS.ControlModifier)
    qtbot.waitUntil(guide.search.hasFocus)
    QTest.keyClicks(guide.search, words)
    qtbot.waitUntil(lambda: guide.side.currentIndex() == 1 and guide.hits.count() > 0)


def click_link(guide, qtbot, words: str) -> None:
    """Click the first link in the page whose words these are."""
    view = guide.view
    cursor = QTextCursor(view.document())
    while not (cursor := view.document().find(words, cursor)).isNull():
        if cursor.charFormat().isAnchor():
            break
    assert not cursor.isNull(), f"no link “{words}” on {view.page.name}"
    middle = QTextCursor(view.document())
    middle.setPosition((cursor.selectionStart() + cursor.selectionEnd()) // 2)
    view.setTextCursor(middle)
    view.ensureCursorVisible()
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.cursorRect(middle).center() + QPoint(1, 0))


def test_f1_opens_the_guide_beside_a_window_that_goes_on(guide, benzene_window):
    assert guide.isVisible()
    assert not guide.isModal()
    assert guide.view.page.title == "Guide"
    assert guide.view.hasFocus(), "keys scroll the page at once"
    assert benzene_window.isVisible()
    assert QApplication.activeModalWidget() is None


def test_help_menu_leads_to_it(benzene_window):
    menu = next(a.menu() for a in benzene_window.menuBar().actions() if a.text() == "&Help")
    assert menu.actions()[0].text() == "&Guide"
    menu.actions()[0].trigger()
    assert benzene_window.help.guide.isVisible()


def test_nothing_of_it_is_loaded_at_the_start():
    code = (
        "import sys, xanesview.gui.main_window; print([m for m in sys.modules if m.startswith('xanesview.gui.guide')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_f1_in_a_panel_opens_what_is_said_of_it(benzene_window, qtbot):
    window = benzene_window
    window.sites.table.setFocus()
    QTest.keyClick(window.sites.table, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.help.guide is not None and window.help.guide.isActiveWindow())
    assert window.help.guide.view.page.name == "window"
    assert window.help.guide.contents.currentItem().text(0) == "Sites"


def test_a_search_lists_and_marks_and_steps(guide, qtbot):
    search(guide, qtbot, "dipole limit")
    assert "places on" in guide.count.text()
    pages = [hit.page for hit in guide.hits.passages()]
    assert {"physics", "limits"} <= set(pages)
    QTest.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.hits.currentRow() == 0
    assert guide.view.page.name == pages[0]
    assert {words.lower() for words in guide.view.marked()} == {"dipole", "limit"}
    QTest.keyClick(guide, Qt.Key.Key_F3)
    assert guide.hits.currentRow() == 1
    assert guide.view.page.name == pages[1]
    QTest.keyClick(guide, Qt.Key.Key_F3, KEYS.ShiftModifier)
    assert guide.hits.currentRow() == 0
    qtbot.mouseClick(guide.hits.viewport(), LEFT, pos=guide.hits.visualItemRect(guide.hits.item(1)).center())
    assert guide.view.page.name == pages[1]


def test_the_passage_found_is_on_the_screen(guide, qtbot):
    search(guide, qtbot, "tetrafluoroethene")
    QTest.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.view.page.name == "measured_lines"
    (selection,) = guide.view.extraSelections()
    assert guide.view.viewport().rect().contains(guide.view.cursorRect(selection.cursor))


def test_what_is_not_there_is_said(guide, qtbot):
    QTest.keyClick(guide, Qt.Key.Key_F, KEYS.ControlModifier)
    QTest.keyClicks(guide.search, "unobtainium")
    qtbot.waitUntil(lambda: "Nothing found" in guide.count.text())
    assert guide.hits.count() == 0


def test_escape_ends_the_search_then_closes(guide, benzene_window, qtbot):
    search(guide, qtbot, "hematite")
    QTest.keyClick(guide.search, Qt.Key.Key_Escape)
    assert guide.search.text() == ""
    assert guide.side.currentIndex() == 0
    assert guide.view.marked() == []
    QTest.keyClick(guide.view, Qt.Key.Key_Escape)
    assert not guide.isVisible()
    assert len(benzene_window.workspace.session.picked) == 6, "the picked sites stay"


def test_links_between_pages_and_the_way_back(guide, qtbot):
    click_link(guide, qtbot, "Our networks")
    assert guide.view.page.name == "tensor_networks"
    click_link(guide, qtbot, "Networks")
    assert guide.view.page.name == "networks"
    QTest.keyClick(guide, Qt.Key.Key_Left, KEYS.AltModifier)
    assert guide.view.page.name == "tensor_networks"
    QTest.keyClick(guide, Qt.Key.Key_Left, KEYS.AltModifier)
    assert guide.view.page.name == "index"
    QTest.keyClick(guide, Qt.Key.Key_Right, KEYS.AltModifier)
    assert guide.view.page.name == "tensor_networks"
    assert guide.forward.isEnabled()


def test_a_link_to_a_heading_brings_it_to_the_top(guide, qtbot):
    guide.go("training")
    click_link(guide, qtbot, "layouts")
    assert guide.view.page.name == "files"
    assert guide.contents.currentItem().text(0) == "Training data"


def test_a_link_to_the_last_heading_shows_it(guide):
    guide.go("window", "what-it-says-without-being-asked")
    assert guide.contents.currentItem().text(0) == "What it says without being asked"
    bar = guide.view.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert bar.maximum() + guide.view.viewport().height() >= guide.view.document().size().height()


def test_the_contents_lead_to_sections(guide, qtbot):
    guide.go("physics")
    page = guide.contents.currentItem()
    page = page.parent() or page
    films = next(page.child(k) for k in range(page.childCount()) if page.child(k).text(0) == "Films")
    qtbot.mouseClick(guide.contents.viewport(), LEFT, pos=guide.contents.visualItemRect(films).center())
    assert guide.contents.currentItem().text(0) == "Films"
    assert guide.view.verticalScrollBar().value() > 0


def test_a_link_opens_the_panel_it_speaks_of(guide, benzene_window, qtbot):
    guide.go("window", "quality")
    click_link(guide, qtbot, "Quality")
    qtbot.waitUntil(lambda: benzene_window.tabs.places["Quality"].panel is not None)
    assert not benzene_window.docks["Quality"].visibleRegion().isEmpty()
    assert guide.isVisible()


def test_a_link_does_what_it_speaks_of(guide, benzene_window, qtbot):
    guide.go("window")
    click_link(guide, qtbot, "Freeze")
    qtbot.waitUntil(lambda: len(shown(benzene_window, "frozen")) == 1)


def test_what_cannot_be_done_just_now_is_said(guide, benzene_window, qtbot):
    benzene_window.named_actions["freeze"].setEnabled(False)
    guide.go("window")
    click_link(guide, qtbot, "Freeze")
    assert "can't be used just now" in benzene_window.plot_messages.text()
    benzene_window.named_actions["freeze"].setEnabled(True)


def test_external_links_open_in_the_browser(guide, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.go("engines")
    click_link(guide, qtbot, "Phys. Rev. B 58 (1998) 8097")
    assert opened == ["https://doi.org/10.1103/PhysRevB.58.8097"]
    assert guide.view.page.name == "engines"


def test_the_page_follows_the_theme(guide, benzene_window, qtbot):
    guide.go("physics")
    before = heading_colour(guide)
    benzene_window.set_theme("dark")
    qtbot.waitUntil(lambda: heading_colour(guide) != before)
    assert (before, heading_colour(guide)) == (LIGHT.text, DARK.text)
    benzene_window.set_theme("light")


def heading_colour(guide) -> str:
    return guide.view.document().begin().begin().fragment().charFormat().foreground().color().name()


@pytest.mark.parametrize("size", [(920, 760), (480, 620), (1500, 800)])
def test_pictures_and_lines_fit_every_width(guide, qtbot, size):
    guide.resize(*size)
    guide.go("window")
    column = guide.view.viewport().width()
    (picture,) = guide.view._pictures
    cursor = QTextCursor(guide.view.document())
    cursor.setPosition(picture.position + 1)
    width = cursor.charFormat().toImageFormat().width()
    assert 0 < width <= min(column, WIDEST_COLUMN_PX)
    assert guide.view.horizontalScrollBar().maximum() == 0
    assert column <= max(WIDEST_COLUMN_PX, size[0] // 2)


def test_size_is_remembered_and_the_guide_goes_with_its_window(guide, benzene_window, qtbot):
    guide.resize(700, 600)
    QTest.keyClick(guide.view, Qt.Key.Key_Escape)
    assert benzene_window.settings.layout("guide") is not None
    qtbot.waitUntil(benzene_window.isActiveWindow)
    QTest.keyClick(benzene_window, Qt.Key.Key_F1)
    assert guide.isVisible()
    benzene_window.close()
    assert not guide.isVisible()
