"""Small and scaled screens: nothing falls off the toolbar unseen, no title is cut where small letters find room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTabBar, QToolButton

from tests.gui.acting import LEFT, NONE, mouse
from xanesview.domain.geometry.kinds import KINDS
from xanesview.domain.structure import Notice
from xanesview.gui.dialogs.export_figure import ExportFigureDialog
from xanesview.gui.plot.chips import ChipRow
from xanesview.gui.window.notice_stack import _LOOK_MS
from xanesview.gui.window.offers import Choice
from xanesview.gui.window.toolbar import ICONS, TIGHT, WORDS
from xanesview.shown.curve import Chip

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


@pytest.mark.parametrize("points", [10, 16])
def test_letters_of_directions_are_whole(benzene_window, points) -> None:
    window = benzene_window
    buttons = [one for one in window.toolbar._direction_buttons if one.isVisible()]
    assert "n" in [one.text() for one in buttons]
    for button in buttons:
        font = button.font()
        font.setPointSize(points)
        button.setFont(font)
    for width in (1400, 840):
        settle(window, width)
        frame = 8 if window.toolbar._level == TIGHT else 18
        for button in buttons:
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + frame


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
    controls = dialog.controls
    for page, field in ((0, controls.height_mm), (0, controls.font_pt), (2, controls.sticks), (3, controls.bottom)):
        controls.tabs.setCurrentIndex(page)
        QApplication.processEvents()
        right = field.mapTo(dialog, field.rect().topRight()).x()
        assert right <= dialog.paper.geometry().left(), "no field lies behind the picture"
    assert dialog.save_button.isVisible()
    dialog.reject()


@pytest.mark.parametrize("size", [(840, 525), (1024, 660)])
def test_curves_keep_their_width_beside_their_names(benzene_window, qtbot, size) -> None:
    window = benzene_window
    QTest.keyClick(window, Qt.Key.Key_C)
    window.sites.pick_all()
    qtbot.waitUntil(lambda: len(window.plot.curves()) > 8, timeout=10_000)
    settle(window, size[0])
    pane = window.plot.picture.parentWidget().width()
    assert window.plot._plot.getViewBox().width() >= 0.6 * pane - 1


def places(window) -> list[QRect]:
    """Where things are that no notice may move."""
    watched = (window.plot, window.plot.picture, window.view, window.geometry_panel, window.tabs.docks["Sites"])
    return [QRect(one.mapTo(window, QPoint(0, 0)), one.size()) for one in watched]


MANY = [Chip(f"told of setting {number}", "why", "warning" if number == 4 else "note") for number in range(6)]


@pytest.mark.parametrize("size", [(1024, 660), (1092, 590), (1400, 830)])
def test_notices_move_nothing_and_the_plot_keeps_its_share(benzene_window, qtbot, size) -> None:
    """With chips, a notice, a strip and any panel open, on 1024 × 700 and on 1366 × 768 at a scale of 1.25."""
    window = benzene_window
    window.resize(*size)
    window.plot.set_chips(MANY)
    for title in ("Sites", "Processing", "References", "Geometry", "Tilt"):
        window.tabs.show(title)
        qtbot.waitUntil(lambda: window.plot.picture.height() >= 0.44 * window.desk.height())
    before = places(window)
    for kind in ("error", "structure"):
        window.show_notice(Notice(kind, "What happened, in one sentence.", "What to do, " * 20))
    for _ in range(5):
        QApplication.processEvents()
    assert places(window) == before
    view, top = window.view, window.view.geometry().top()
    for bar in (window.structure_messages, window.plot_messages):
        assert bar.isVisible()
        assert not bar.visibleRegion().isEmpty()
        assert 0 <= bar.geometry().top() - top < 10
        assert view.geometry().left() <= bar.geometry().left() < bar.geometry().right() <= view.geometry().right()
        assert view.geometry().right() - bar.geometry().right() < 10, "beside the plot, of which it hides nothing"
        top = bar.geometry().bottom()
    for bar in (window.structure_messages, window.plot_messages):
        bar.clear()
    assert places(window) == before
    window.resolution.open_strip()
    qtbot.waitUntil(lambda: window.plot.picture.height() >= 0.44 * window.desk.height())


def test_no_notice_moves_under_the_pointer_when_one_above_ends(benzene_window, qtbot) -> None:
    window = benzene_window
    window.show_notice(Notice("error", "What failed, in one sentence.", "What to do."))
    window.show_notice(Notice("structure", "What was assumed.", "What to do about it."))
    above, below = window.structure_messages, window.plot_messages
    QApplication.processEvents()
    button = below.findChild(QToolButton, "message-close")
    before, was = below.geometry(), QCursor.pos()
    assert before.top() > above.geometry().bottom()
    try:
        QCursor.setPos(button.mapToGlobal(button.rect().center()))
        above.clear()
        window.offers.offer("Something to choose.", "", [Choice("Choose it", "", lambda: None)])
        qtbot.wait(3 * _LOOK_MS)
        assert below.geometry() == before
        assert window.offers.geometry().top() > before.bottom(), "what comes meanwhile comes below"
        QCursor.setPos(window.mapToGlobal(QPoint(5, window.height() - 5)))
        qtbot.waitUntil(lambda: below.geometry().top() > window.offers.geometry().bottom())
        window.offers.clear()
        qtbot.waitUntil(lambda: below.geometry().top() - window.view.geometry().top() < 10)
        QCursor.setPos(button.mapToGlobal(button.rect().center()))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert below.isHidden()
    finally:
        QCursor.setPos(was)


def test_a_handle_that_is_dragged_has_the_last_word(benzene_window, qtbot) -> None:
    window, dock = benzene_window, benzene_window.tabs.docks["Sites"]
    x, y = dock.geometry().center().x(), window.desk.centralWidget().geometry().bottom() + 4
    mouse(window.desk, QEvent.Type.MouseButtonPress, (x, y))
    mouse(window.desk, QEvent.Type.MouseMove, (x, y - 200), NONE, LEFT)
    qtbot.waitUntil(lambda: window.plot.picture.height() < 0.4 * window.desk.height())
    mouse(window.desk, QEvent.Type.MouseButtonRelease, (x, y - 200), LEFT, NONE)
    qtbot.wait(30)
    assert window.plot.picture.height() < 0.4 * window.desk.height()
    window.resize(1380, 850)
    qtbot.waitUntil(lambda: window.plot.picture.height() >= 0.44 * window.desk.height())


def test_chips_stand_in_one_line_and_the_rest_in_a_menu(qtbot) -> None:
    row = ChipRow()
    qtbot.addWidget(row)
    row.resize(300, row.sizeHint().height())
    row.set_chips(MANY)
    row.show()
    more = row.findChild(QPushButton, "more-chips")
    seen = [button for button in row.findChildren(QPushButton) if button.isVisible()]
    assert len({button.y() for button in seen}) == 1
    assert all(button.geometry().right() < row.width() for button in seen)
    assert more.text() == f"+{len(MANY) - len(seen) + 1}"
    assert "told of setting 4" in [button.text() for button in seen], "a warning comes before what only tells"
    hidden = row._hidden()
    with qtbot.waitSignal(row.clicked) as caught:
        QTest.mouseClick(more, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        assert [action.text() for action in menu.actions()] == [MANY[index].text for index in hidden]
        menu.actions()[0].trigger()
        menu.close()
    assert caught.args == [hidden[0]]
    QApplication.activePopupWidget().close()
    row.resize(2000, row.height())
    assert not more.isVisible()
    row.resize(110, row.height())
    assert any(button.text().endswith("…") for button in row.findChildren(QPushButton) if button.isVisible())


@pytest.mark.parametrize("example", ["benzene", "benzene_film"])
def test_the_window_fits_a_screen_of_640_by_480(window, qtbot, example) -> None:
    window.opening.open_example(example)
    qtbot.waitUntil(lambda: bool(window.plot.curves()), timeout=30_000)
    window.status.state.setText("predicting 1,234 of 5,678 sites…")
    for name, kind in KINDS.items():
        window.workspace.set_geometry(kind())
        window.resize(640, 480 - 32)  # a title bar comes on top
        for _ in range(5):
            QApplication.processEvents()
        assert window.size().toTuple() <= (640, 448), name
        assert window.minimumSizeHint().width() <= 640, name
        degree = window.geometry_panel.degree
        if degree.isVisible():
            corner = degree.mapTo(window.geometry_panel, degree.rect().topRight())
            assert corner.x() < window.geometry_panel.width()
    assert min(window.plot.picture.width(), window.plot.picture.height()) > 60
    assert window.view.width() > 150


def test_a_narrow_status_bar_says_the_network_before_times(benzene_window) -> None:
    status = benzene_window.status
    settle(benzene_window, 1400)
    facts = (status.network, status.predicted, status.device, status.drawn)
    assert all(one.isVisible() for one in facts)
    counts = []
    for width in (1000, 760, 640):
        settle(benzene_window, width)
        shown = [one.isVisible() for one in facts]
        assert sorted(shown, reverse=True) == shown, "the last ones go first"
        for one in facts:
            assert one.isHidden() or one.geometry().right() <= status.width()
            assert one.isHidden() or one.width() >= one.minimumSizeHint().width(), "none is cut"
        counts.append(sum(shown))
    assert sorted(counts, reverse=True) == counts
    settle(benzene_window, 1400)
    assert all(one.isVisible() for one in facts)


def test_long_words_in_the_status_bar_are_cut_and_never_widen_the_window(benzene_window, qtbot) -> None:
    window, status = benzene_window, benzene_window.status
    settle(window, 840)
    width, least = window.width(), window.minimumSizeHint().width()
    long = "C K-edge absorption tensor of organic molecules, trained on everything that there was to be had"
    for label in (status.network, status.device, status.predicted, status.state, status.relaxation.text):
        label.setText(long)
    status.relaxation.show()
    settle(window, 840)
    assert window.width() == width
    assert window.minimumSizeHint().width() == least
    for label in (status.network, status.state, status.relaxation.text):
        assert label.mapTo(window, QPoint(label.width(), 0)).x() <= window.width()
        assert label.drawn_text().endswith("…")
    status.refresh()
    settle(window, 1400)
    assert status.state.drawn_text() == "ready"


@pytest.mark.parametrize("width", [1400, 840])
def test_a_notice_of_the_plot_leaves_title_chips_and_curves_to_be_seen(benzene_window, qtbot, width) -> None:
    window, bar = benzene_window, benzene_window.plot_messages
    window.plot.set_chips([Chip("fit means nothing", "why", "warning", "resolution")])
    window.show_notice(Notice("fit-undetermined", "The fit means nothing: " + "a long sentence, " * 12, "Undo it."))
    settle(window, width)
    qtbot.waitUntil(lambda: bar.height() > 40)
    row = window.plot._chips
    chip = QRect(row.mapTo(window, QPoint()), row.size())
    notice = QRect(bar.mapTo(window, QPoint()), bar.size())
    curves = QRect(window.plot.picture.mapTo(window, QPoint()), window.plot.picture.size())
    assert not notice.intersects(chip)
    assert not notice.intersects(curves)
    opened = []
    window.plot.control_wanted.connect(opened.append)
    QTest.mouseClick(row._buttons[0], LEFT)
    assert opened == ["resolution"]
