"""A window in a process of its own, since Qt takes the scale of the screen once, at the start.

Arguments: width and height, device-independent. Clicks each carbon in sight, and says as JSON which atom each click
meant and picked, how light the picture is there, and which words find no room.
"""

from __future__ import annotations

import json
import os
import sys

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton

from tests.gui.fake_networks import FakeNetworks
from xanesview.gui import app as app_module


def main() -> None:
    app_module.prepare_environment()
    _app = app_module.make_application(app_module.Launch(theme="light"))
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.settings import Settings

    window = MainWindow(networks=FakeNetworks(), settings=Settings(fresh=True), network="fake")
    window.resize(int(sys.argv[1]), int(sys.argv[2]))
    window.opening.open_example("benzene")
    window.show()
    QTest.qWaitForWindowExposed(window)
    window.make_view()
    for _ in range(200):
        QTest.qWait(10)
        if window.plot.curves() and window.view.structure is not None:
            break
    QTest.qWait(300)
    told = {"title": window.plot.header.title.drawn_text(), "cut": cut(window)}
    told |= {"ratio": window.devicePixelRatio(), "picks": picks(window)}
    print(json.dumps(told), flush=True)
    os._exit(0)  # how a window ends is another test's


def picks(window) -> list[dict]:
    """What a click on each carbon in sight, through the system's window, picks, and how light the picture is there."""
    view, found = window.view, []
    places = view.atoms_px()
    image = view.image()
    ratio = image.width() / view.width()
    for atom in range(window.workspace.structure.n_atoms):
        x, y = (float(value) for value in places[atom])
        if view.atom_at(x, y) != atom or window.workspace.structure.symbols[atom] != "C":
            continue
        colour = image.pixelColor(round(x * ratio), round(y * ratio)).getRgbF()[:3]
        at = view.mapTo(window, QPoint(round(x), round(y)))
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        QTest.qWait(20)
        picked = list(window.workspace.session.picked)
        found.append({"atom": atom, "picked": picked, "lightness": float(np.mean(colour))})
    return found


def cut(window) -> list[str]:
    """Names of buttons and fields that have less room than their words need."""
    found = []
    for button in window.findChildren(QToolButton):
        shows_words = button.isVisible() and button.text() and button.icon().isNull()
        frame = 8 if button.property("narrow") else 18
        if shows_words and button.width() < button.fontMetrics().horizontalAdvance(button.text()) + frame:
            found.append(button.objectName() or button.text())
    for field in window.findChildren(QLineEdit):
        if field.isVisible() and field.fontMetrics().horizontalAdvance(field.text()) > field.width() - 14:
            found.append(field.objectName())
    return found


if __name__ == "__main__":
    main()
