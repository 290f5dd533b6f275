"""What the window remembers: a damaged file of settings is as good as none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QTableView, QVBoxLayout, QWidget

import xanesview.gui.settings as module
from tests.damage import KINDS, damage
from xanesview.gui.appearance import theme
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.appearance.theme import apply_theme, colours
from xanesview.gui.dialogs.settings import SettingsDialog
from xanesview.gui.plot.chips import ChipRow
from xanesview.gui.setting_table import SCHEMA, SETTINGS
from xanesview.gui.settings import Settings
from xanesview.gui.window import preferences
from xanesview.paths import settings_dir
from xanesview.shown.curve import Chip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_damaged_settings_are_defaults(kind, tmp_path):
    known = tmp_path / "benzene.xyz"
    known.write_text("1\n\nC 0 0 0\n")
    settings = Settings()
    settings.add_recent_file(known)
    settings.theme = "dark"
    settings.set_seen("start")
    del settings
    damage(settings_dir() / "window.ini", kind)
    found = Settings()
    assert found.recent_files() in ([], [known])
    assert found.theme in ("dark", "system")
    found.add_recent_file(known)
    assert found.recent_files() == [known]


@pytest.mark.parametrize(
    "value", ["5", "@Invalid()", "@Variant(\\0\\0\\0\\x2)", "a\\0b", "x" * 5000, "1, 2, @Size(3 4)"]
)
def test_values_that_nobody_wrote_are_passed_over(value):
    path: Path = settings_dir() / "window.ini"
    path.write_text(f"[General]\nrecent_files={value}\ntheme={value}\nfolder={value}\n[layout]\nwindow={value}\n")
    settings = Settings()
    assert settings.recent_files() == []
    assert settings.theme == "system"
    assert isinstance(settings.folder, str)
    assert settings.layout("window") is None


def test_what_is_no_value_of_a_setting_is_its_default():
    settings = Settings()
    for spec in SETTINGS:
        assert settings.value(spec.key) == spec.default
        assert spec.read("nonsense") == spec.default or spec.key == "language"
        assert spec.read(spec.written(spec.default)) == spec.default
    path = settings_dir() / "window.ini"
    del settings
    path.write_text("[General]\nfont_size=400\nper_atom=perhaps\n")
    assert (Settings().value("font_size"), Settings().value("per_atom")) == (10.0, True)


def test_settings_of_the_first_schema_are_brought_forward_and_kept_beside(monkeypatch):
    path = settings_dir() / "window.ini"
    path.write_text("[General]\ntheme=dark\nper_atom=no\nof_another_program=7\n")
    before = path.read_bytes()
    settings = Settings()
    assert (settings.theme, settings.per_atom) == ("dark", False)
    settings.write()
    assert f"schema={SCHEMA}" in path.read_text()
    assert "of_another_program=7" in path.read_text(), "what is not known stays"
    assert path.with_suffix(".1.ini").read_bytes() == before


def test_each_version_is_brought_to_the_next(monkeypatch):
    monkeypatch.setattr(module, "SCHEMA", 4)
    done = []

    def renamed(file) -> None:
        done.append(2)
        file.setValue("theme", file.value("colours"))

    monkeypatch.setattr(module, "MIGRATIONS", {**module.MIGRATIONS, 2: renamed, 3: lambda _file: done.append(3)})
    (settings_dir() / "window.ini").write_text("[General]\nschema=2\ncolours=dark\n")
    assert Settings().theme == "dark"
    assert done == [2, 3]
    Settings()
    assert done == [2, 3], "once"


def test_settings_of_a_newer_program_keep_their_version():
    path = settings_dir() / "window.ini"
    path.write_text("[General]\nschema=99\ntheme=dark\nnovelty=yes\n")
    settings = Settings()
    settings.theme = "light"
    settings.write()
    assert {"schema=99", "novelty=yes", "theme=light"} <= set(path.read_text().splitlines())


def test_fresh_settings_neither_read_nor_write():
    path = settings_dir() / "window.ini"
    path.write_text("[General]\ntheme=dark\n")
    settings = Settings(fresh=True)
    settings.theme = "light"
    settings.write()
    assert path.read_text() == "[General]\ntheme=dark\n"
    assert Settings(fresh=True).theme == "system"


def test_the_list_of_settings_is_searched_and_changes_the_window_at_once(benzene_window, qtbot, monkeypatch):
    window = benzene_window
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(SettingsDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert set(dialog.rows) == {spec.key for spec in SETTINGS}
    QTest.keyClicks(dialog.search, "size font")
    assert [key for key, row in dialog.rows.items() if row.isVisible()] == ["font_size"]
    small = window.tabs["Why"]._note.font().pointSizeF()
    spin = dialog.rows["font_size"].control
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "14")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert window.settings.value("font_size") == 14.0
    assert QApplication.font().pointSizeF() == 14.0
    assert window.tabs["Why"]._note.font().pointSizeF() > small
    qtbot.mouseClick(dialog.rows["font_size"].default, Qt.MouseButton.LeftButton)
    assert QApplication.font().pointSizeF() == 10.0
    dialog.search.clear()
    dialog.rows["theme"].control.setCurrentIndex(2)
    assert colours(window) is DARK
    dialog.rows["per_atom"].control.click()
    assert window.workspace.session.per_atom is False
    assert not window.named_actions["per_atom"].isChecked()
    dialog.rows["theme"].default.click()
    assert window.settings.theme == "system"
    monkeypatch.setattr(preferences, "desktop_is_dark", lambda _app: True)
    monkeypatch.setattr(theme, "desktop_is_dark", lambda _app: True)
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert colours(window) is DARK, "the desktop went dark while the window ran"
    dialog.rows["theme"].control.setCurrentIndex(1)
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert colours(window) is LIGHT, "who chose light stays with it"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


@pytest.fixture
def desktop(monkeypatch):
    """A desktop that goes dark, or light again, as a real one tells of it."""

    def goes(dark: bool) -> None:
        for one in (preferences, theme):
            monkeypatch.setattr(one, "desktop_is_dark", lambda _app: dark)
        QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    return goes


def test_the_theme_of_the_desktop_is_followed_there_and_back(window, desktop):
    assert window.preferences.theme == "system"
    for dark in (True, False, True, False):
        desktop(dark)
        assert colours(window).dark == dark
        assert window.plot.palette().window().color().lightness() < 100 or not dark


@pytest.mark.parametrize(("mode", "scheme"), [("light", LIGHT), ("dark", DARK)])
def test_a_theme_that_was_chosen_stays_whatever_the_desktop_does(window, desktop, mode, scheme):
    window.set_theme(mode)
    for dark in (True, False):
        desktop(dark)
        assert colours(window) is scheme
    assert window.settings.theme == mode


def test_the_theme_of_the_command_line_holds_for_this_run_only(window, desktop, qapp):
    apply_theme(qapp, "dark")  # as the program does, before there is a window
    window.preferences.theme_of_run = "dark"
    desktop(False)
    window.preferences.set("font_size", 12.0)
    assert colours(window) is DARK, "neither the desktop nor another setting ends it"
    assert window.settings.theme == "system", "the next start is as ever"
    shown = {action.text().replace("&", ""): action for action in _theme_menu(window).actions()}
    _theme_menu(window).aboutToShow.emit()
    assert shown["Dark"].isChecked()
    shown["System"].trigger()
    assert (window.preferences.theme, colours(window)) == ("system", LIGHT)
    desktop(True)
    assert colours(window) is DARK


def test_the_command_line_hands_its_theme_to_the_window(monkeypatch):
    from xanesview.cli.main import main
    from xanesview.gui import app as app_module

    asked = []
    monkeypatch.setattr(app_module, "run", lambda launch: asked.append(launch.theme) or 0)
    for words in (["gui"], ["gui", "--theme", "dark"], ["gui", "--theme", "system"]):
        assert main(words) == 0
    assert asked == [None, "dark", "system"]
    assert main(["gui", "--theme", "sepia"]) == 2


def _theme_menu(window):
    view = next(action.menu() for action in window.menuBar().actions() if action.text().replace("&", "") == "View")
    menus = [action.menu() for action in view.actions() if action.menu() is not None]
    return next(menu for menu in menus if menu.title().replace("&", "") == "Theme")


def test_larger_letters_cut_neither_headings_nor_chips(benzene_window, qtbot):
    window = benzene_window
    window.workspace.pick((0,))
    pane, seen = QWidget(), ChipRow()
    qtbot.addWidget(pane)
    for part in (seen, QWidget()):
        (pane.layout() or QVBoxLayout(pane)).addWidget(part)
    seen.set_chips([Chip("as measured: +0.19 eV", "")])
    with qtbot.waitExposed(pane):
        pane.resize(400, 200)
        pane.show()
    (button,) = (one for one in seen.findChildren(QPushButton) if one.isVisible())
    window.preferences.set("font_size", 14.0)
    qtbot.waitUntil(lambda: button.font().pointSizeF() > 11 and button.height() >= button.sizeHint().height())
    qtbot.waitUntil(lambda: seen.height() > button.geometry().bottom())
    for title in ("Sites", "Curves"):
        window.tabs.show(title)
        table = window.tabs[title].findChild(QTableView)
        header = table.horizontalHeader()
        shown = [at for at in range(header.count()) if not table.isColumnHidden(at) and table.columnWidth(at)]
        qtbot.waitUntil(lambda t=table, s=shown: all(t.columnWidth(at) >= headed(t, at) for at in s))
    row = ChipRow()
    qtbot.addWidget(row)
    row.set_chips([Chip("as measured: +0.19 eV · 0.55 eV wider · step 13 %", "")])
    texts = []
    for width in (900, 380, 300, 180):
        row.resize(width, 40)
        texts.append(row.findChildren(QPushButton)[-1].text())
    assert texts[0] == "as measured: +0.19 eV · 0.55 eV wider · step 13 %"
    assert texts[-1] == "as measured"
    assert all(text in (*texts[:1], "as measured") or text.endswith(" · …") for text in texts), texts


def headed(table: QTableView, column: int) -> int:
    """How wide the words above a column are."""
    header = table.horizontalHeader()
    words = header.model().headerData(column, Qt.Orientation.Horizontal) or ""
    return header.fontMetrics().horizontalAdvance(words)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_larger_letters_set_in_the_list_of_settings_cut_nothing_off_in_it(window, qtbot, mode):
    window.preferences.set("theme", mode)
    window.preferences.show_dialog()
    dialog = window.findChild(SettingsDialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.rows["font_size"].control.setValue(15.0)
    area = dialog.findChild(QScrollArea)
    buttons = [row.default for row in dialog.rows.values()]

    def all_seen() -> bool:
        edges = [one.mapTo(area.viewport(), one.rect().topRight()).x() for one in buttons]
        return not area.horizontalScrollBar().isVisible() and max(edges) < area.viewport().width()

    assert theme.text_size_pt() == 15.0
    qtbot.waitUntil(all_seen)
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in buttons))
    dialog.reject()
