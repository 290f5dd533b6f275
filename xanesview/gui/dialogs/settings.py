"""All settings in one list that can be searched; each is taken up as soon as it is changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import small_font
from xanesview.gui.appearance.translations import languages
from xanesview.gui.dialogs.room import WholeWidth, resize_on_screen
from xanesview.gui.setting_table import CHOICE, FLAG, SETTINGS, SettingSpec
from xanesview.gui.settings import Settings
from xanesview.texts import tr

Value = bool | str | float


class SettingsDialog(QDialog):
    """A field to search, sections with their settings, and what each means.

    Parameters
    ----------
    settings : Settings
        What is set now.
    change : callable
        Called with key and value of what is changed.
    """

    def __init__(self, settings: Settings, change: Callable[[str, Value], None], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self.setObjectName("settings-dialog")
        self.search = QLineEdit(objectName="search-settings", clearButtonEnabled=True)
        self.search.setPlaceholderText(tr("Search the settings"))
        self.search.setAccessibleName(tr("Search the settings"))
        self.search.textChanged.connect(self._filter)
        self.rows: dict[str, SettingRow] = {}
        self._sections: list[tuple[Label, list[str]]] = []
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, SPACING, 0)
        column.setSpacing(SPACING)
        for section, specs in groupby(SETTINGS, key=lambda spec: spec.section):
            title = Label(tr(section))
            title.setProperty("heading", True)
            column.addWidget(title)
            keys = []
            for spec in specs:
                self.rows[spec.key] = row = SettingRow(spec, settings.value(spec.key), change)
                column.addWidget(row)
                keys.append(spec.key)
            self._sections.append((title, keys))
        self._none = Label(tr("No setting fits; fewer letters find more"))
        self._none.setProperty("muted", True)
        self._none.hide()
        column.addWidget(self._none)
        column.addStretch(1)
        area = WholeWidth(place)
        area.setAccessibleName(tr("Settings"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2 * SPACING, 2 * SPACING, 2 * SPACING, SPACING)
        outer.addWidget(self.search)
        outer.addWidget(area, 1)
        outer.addWidget(buttons)
        resize_on_screen(self, 560, 520)
        self.search.setFocus()

    def _filter(self, typed: str) -> None:
        words = typed.casefold().split()
        for row in self.rows.values():
            row.setVisible(all(word in row.words for word in words))
        for title, keys in self._sections:
            title.setVisible(any(not self.rows[key].isHidden() for key in keys))
        self._none.setVisible(all(row.isHidden() for row in self.rows.values()))


class SettingRow(QWidget):
    """Title, control, a button that puts the default back, and what it means."""

    def __init__(self, spec: SettingSpec, value: Value, change: Callable[[str, Value], None]) -> None:
        super().__init__()
        self.spec, self._change = spec, change
        told = tr(spec.told) + (f" ({tr('from the next start on')})" if spec.at_next_start else "")
        self.words = f"{spec.title} {spec.told} {spec.section} {tr(spec.title)} {told} {tr(spec.section)}".casefold()
        self.control = self._made(value)
        self.control.setObjectName(f"setting-{spec.key}")
        self.control.setAccessibleName(tr(spec.title))
        self.control.setAccessibleDescription(told)
        self.default = QToolButton(text=tr("Default"), objectName=f"default-{spec.key}")
        self.default.setToolTip(plain("Set it to what it is by default"))
        self.default.setAccessibleName(tr("Default of {title}").format(title=tr(spec.title)))
        self.default.clicked.connect(lambda: self._show(self.spec.default))
        head = QHBoxLayout()
        if spec.kind == FLAG:
            head.addWidget(self.control, 1)
        else:
            label = Label(tr(spec.title))
            label.setBuddy(self.control)
            head.addWidget(label, 1)
            head.addWidget(self.control)
        head.addWidget(self.default)
        line = Label(told, wordWrap=True)
        line.setFont(small_font())
        line.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(line)
        self._mark()

    def _made(self, value: Value) -> QWidget:
        spec = self.spec
        if spec.kind == FLAG:
            box = QCheckBox(tr(spec.title))
            box.setChecked(bool(value))
            box.toggled.connect(self._take)
            return box
        if spec.kind == CHOICE:
            combo = QComboBox()
            for name, text in spec.choices or languages():
                combo.addItem(tr(text) if spec.choices else text, name)
            combo.setCurrentIndex(max(combo.findData(value), 0))
            combo.currentIndexChanged.connect(lambda _row: self._take(combo.currentData()))
            return combo
        spin = QDoubleSpinBox(minimum=spec.low, maximum=spec.high, decimals=1, singleStep=0.5)
        spin.setSuffix(f" {spec.unit}" if spec.unit else "")
        spin.setKeyboardTracking(False)
        spin.setValue(float(value))
        spin.valueChanged.connect(self._take)
        return spin

    def value(self) -> Value:
        """What the control says."""
        if isinstance(self.control, QCheckBox):
            return self.control.isChecked()
        return self.control.currentData() if isinstance(self.control, QComboBox) else self.control.value()

    def _take(self, value: Value) -> None:
        self._change(self.spec.key, value)
        self._mark()

    def _show(self, value: Value) -> None:
        if isinstance(self.control, QCheckBox):
            self.control.setChecked(bool(value))
        elif isinstance(self.control, QComboBox):
            self.control.setCurrentIndex(max(self.control.findData(value), 0))
        else:
            self.control.setValue(float(value))

    def _mark(self) -> None:
        self.default.setEnabled(self.value() != self.spec.default)
