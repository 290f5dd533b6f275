"""Small and scaled screens: nothing falls off the toolbar unseen, no title is cut where small letters find room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton

from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.gui.window.toolbar import ICONS, TIGHT, WORDS

#: 1024 × 700; 1366 × 768 at a scale of 1.25; 1680 × 1050 at a scale of 2; and where words once fell off.
WIDTHS = (1400, 1270, 1200, 1092, 1024, 840)


def settle(window, width: int) -> None:
    window.resize(width, 560)
    for _ in range(3):
        QApplication.processEvents()


def arrow(window) -> QToolButton:
    return window.toolbar.findChild(QToolButton, "qt_toolbar_ext_button")


@pytest.mark.parametrize("example", ["benzene", "benzene_film"])
def test_export_is_on_the_bar_or_behind_an_arrow_that_is_seen(window, qtbot, example) -> None:
    window.opening.open_example(example)
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=30_000)
    window.workspace.set_compared(["isotropic"])
    levels = []
    for width in WIDTHS:
        settle(window, width)
        bar = window.toolbar
        if width > 900:
            assert bar.export.isVisible()
        assert arrow(window).isVisible() != bar.export.isVisible(), "what fell off is behind the arrow"
        assert not bar.export.isVisible() or bar.export.geometry().right() <= bar.width()
        levels.append(bar._level)
    assert levels[0] == WORDS
    assert ICONS in levels
    assert levels[-1] == TIGHT
    assert sorted(levels) == levels
    settle(window, 1400)
    assert window.toolbar._level == WORDS


def test_the_arrow_of_a_bar_that_is_too_short_is_drawn(benzene_window) -> None:
    """A blank button at the end would say nothing."""
    bar = benzene_window.toolbar
    bar.resize(500, bar.height())
    QApplication.processEvents()
    button = arrow(benzene_window)
    assert button.isVisible()
    image = button.grab().toImage()
    shades = {image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height())}
    assert max(shades) - min(shades) > 60


@pytest.mark.parametrize("width", [1400, 1092, 1024])
def test_titles_of_tabs_are_whole(benzene_window, width) -> None:
    window = benzene_window
    settle(window, width)
    desk = next(iter(window.tabs.docks.values())).parentWidget()
    bar = next(one for one in desk.findChildren(QTabBar) if one.count() > 5)
    titles = sum(bar.fontMetrics().horizontalAdvance(bar.tabText(row)) + 8 for row in range(bar.count()))
    if titles > bar.width():  # more panels than this width holds: arrows lead to them
        arrows = [one for one in bar.findChildren(QToolButton) if one.isVisible()]
        assert len(arrows) == 2
        return
    assert bar.tabRect(bar.count() - 1).right() <= bar.width()


def test_the_figure_dialog_fits_a_scaled_screen(benzene_window) -> None:
    benzene_window.named_actions["export_figure"].trigger()
    dialog = benzene_window.findChild(ExportFigureDialog)
    least = dialog.minimumSizeHint()
    assert least.width() <= 840
    assert least.height() <= 500
    dialog.resize(820, 480)
    QApplication.processEvents()
    for field in (dialog.controls.height_mm, dialog.controls.font_pt, dialog.controls.bands):
        right = field.mapTo(dialog, field.rect().topRight()).x()
        assert right <= dialog.paper.geometry().left(), "no field lies behind the picture"
    assert dialog.save_button.isVisible()
    dialog.reject()
