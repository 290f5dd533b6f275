"""Takes up what the user sets: in the file of settings, and in the window at once where that can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.theme import apply_theme, desktop_is_dark, set_text_size
from xanesview.gui.settings import Settings


class Themed(Protocol):
    """What is known of the window, which is a QWidget."""

    named_actions: Mapping[str, QAction]

    def refresh_theme(self) -> None:
        """Draw anew what doesn't follow the palette by itself."""


class Preferences(QObject):
    """Sets settings of the table for one window; follows the desktop from light to dark while the theme is “system”.

    Attributes
    ----------
    theme_of_run : str or None
        What the command line asks for; it holds until another theme is chosen, and is not kept.
    """

    def __init__(self, window: Themed, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.theme_of_run: str | None = None
        self._appliers: dict[str, Callable[[bool | str | float], object]] = {
            "theme": self.set_theme, "font_size": lambda _points: self._apply(),
            **{key: self._switch(key) for key in ("as_measured", "per_atom", "whole_molecules")},
        }  # fmt: skip
        self._dark = desktop_is_dark(QApplication.instance())
        QApplication.styleHints().colorSchemeChanged.connect(self.follow_desktop)

    def set(self, key: str, value: bool | str | float) -> None:
        """Set one; what the window can show at once, it shows."""
        if value == self._settings.value(key) and not (key == "theme" and self.theme_of_run):
            return
        self._settings.set_value(key, value)
        self._appliers.get(key, lambda _value: None)(value)

    @property
    def theme(self) -> str:
        """Light, dark or system, as it holds now."""
        return self.theme_of_run or self._settings.theme

    def set_theme(self, mode: str) -> None:
        """Light, dark, or whatever the desktop asks for; kept for later starts."""
        self._settings.theme, self.theme_of_run = mode, None
        self._apply()

    def follow_desktop(self) -> None:
        """The desktop has gone from light to dark, or back; setting our own palette says so, too."""
        dark = desktop_is_dark(QApplication.instance())
        if dark != self._dark and self.theme == "system":
            self._dark = dark
            self._apply()

    @busy_cursor()
    def show_dialog(self) -> None:
        """Open the list of settings."""
        from xanesview.gui.dialogs.settings import SettingsDialog

        dialog = SettingsDialog(self._settings, self.set, self._window if isinstance(self._window, QWidget) else None)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _apply(self) -> None:
        app = QApplication.instance()
        set_text_size(self._settings.value("font_size"))
        self._dark = desktop_is_dark(app)
        with busy_cursor():  # Qt styles each widget anew
            apply_theme(app, self.theme)
            self._window.refresh_theme()

    def _switch(self, key: str) -> Callable[[bool | str | float], object]:
        return lambda on: self._window.named_actions[key].setChecked(bool(on))
