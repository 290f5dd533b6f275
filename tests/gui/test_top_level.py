"""Menus hang on the window itself, however deep the widget lies that opens them: the 3D view makes inner windows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, qInstallMessageHandler
from PySide6.QtWidgets import QComboBox, QMenu, QToolButton


def test_nothing_that_pops_up_hangs_on_an_inner_window(window, qtbot, qapp) -> None:
    window.opening.open_example("benzene")
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=10_000)
    said: list[str] = []

    def tried(what: str, menu: QMenu, place: QPoint) -> None:
        menu.popup(place)
        qapp.processEvents()
        menu.close()
        said.extend(f"{what}: {text}" for text in heard if "top level" in text)
        heard.clear()

    heard: list[str] = []
    former = qInstallMessageHandler(lambda _kind, _context, text: heard.append(text))
    try:
        tried("atom", window.view_pane.link.menu_for(0), window.mapToGlobal(QPoint(200, 200)))
        for button in window.findChildren(QToolButton):
            if button.isVisible() and button.menu() is not None:
                tried(button.objectName() or button.text(), button.menu(), button.mapToGlobal(QPoint(2, 2)))
        for box in window.findChildren(QComboBox):
            if box.isVisible():
                box.showPopup()
                qapp.processEvents()
                box.hidePopup()
                said.extend(f"{box.objectName()}: {text}" for text in heard if "top level" in text)
                heard.clear()
    finally:
        qInstallMessageHandler(former)
    assert said == []
