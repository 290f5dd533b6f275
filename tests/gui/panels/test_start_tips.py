"""The start page's hints, and the guide at the panel in front."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from xanesview.gui.panels.start.tips import TIPS


def test_one_hint_after_the_other(window, qtbot) -> None:
    window.show_start()
    tips = window.tabs["Start"].tips
    seen = [tips.text.text()]
    for _ in TIPS:
        qtbot.mouseClick(tips.next, Qt.MouseButton.LeftButton)
        seen.append(tips.text.text())
    assert sorted(seen[:-1]) == sorted(TIPS)
    assert seen[-1] == seen[0], "from the first again"


@pytest.mark.parametrize("tip", TIPS)
def test_keys_in_hints_are_the_windows(tip: str, window) -> None:
    keys = {one.toString() for action in window.named_actions.values() for one in action.shortcuts()}
    for key in re.findall(r"(?:Ctrl|Alt)\+[\w+]+", tip):
        assert key in keys, key
    single = re.match(r"([A-Z]) (?:moves|draws|counts|keeps)", tip)
    if single:
        assert single[1] in keys


@pytest.mark.parametrize("title", ["Tilt", "Quality"])
def test_alt_f1_opens_the_guide_at_the_panel_in_front(title: str, window, qtbot) -> None:
    window.tabs.show(title)
    QApplication.processEvents()
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: window.help.guide is not None and window.help.guide.isActiveWindow())
    assert window.help.guide.view.page.name == "window"
    assert window.help.guide.contents.currentItem().text(0) == title
