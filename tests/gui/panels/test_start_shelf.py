"""The examples of the start page: every line of their texts is seen, and one bar scrolls them, not two."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QScrollArea

from xanesview.gui.appearance.theme import small_font
from xanesview.gui.panels.start.card import LINE, _bold, _words_of


@pytest.mark.parametrize("size", [(1366, 768), (1093, 614), (1024, 700), (1600, 1000)])
def test_no_line_of_an_example_is_lost_and_the_page_has_one_scroll_bar(window, qtbot, size):
    window.resize(*size)
    window.show_start()
    shelf = window.start.examples
    qtbot.waitUntil(lambda: shelf.isVisible() and shelf.count() > 8)
    qtbot.wait(50)
    name_px = QFontMetrics(_bold(shelf.font())).height() + 1
    for row in range(shelf.count()):
        words = _words_of(shelf.visualItemRect(shelf.item(row)))
        room = QRect(0, 0, words.width(), 10_000)
        needed = QFontMetrics(small_font()).boundingRect(room, Qt.TextFlag.TextWordWrap, shelf.item(row).data(LINE))
        assert needed.height() + name_px <= words.height(), shelf.item(row).text()
    area = window.start
    while not isinstance(area, QScrollArea):
        area = area.parentWidget()
    assert area.verticalScrollBar().maximum() == 0
