"""What the window remembers between sessions: layout, theme, recent files, hints already seen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from xanesview.paths import settings_dir

#: How many recent files the menu and the start card list.
RECENT = 8


class Settings:
    """Settings in a file of the user's settings folder.

    Parameters
    ----------
    fresh
        Neither read nor write anything: every value is its default and goes with the window.
    """

    def __init__(self, fresh: bool = False) -> None:
        self._held: dict[str, object] = {}
        self._file = None if fresh else QSettings(str(settings_dir() / "window.ini"), QSettings.Format.IniFormat)

    def recent_files(self) -> list[Path]:
        """Files opened last, newest first; those that no longer exist are left out."""
        value = self._get("recent_files", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(name) for name in names if isinstance(name, str) and _is_file(name)]

    def add_recent_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        path = Path(path).resolve()
        others = [other for other in self.recent_files() if other != path]
        self._set("recent_files", [str(p) for p in [path, *others][:RECENT]])

    def clear_recent_files(self) -> None:
        """Forget the recent files."""
        self._set("recent_files", [])

    @property
    def theme(self) -> str:
        """ "light", "dark" or "system"."""
        value = self._get("theme", "system")
        return value if value in ("light", "dark", "system") else "system"

    @theme.setter
    def theme(self, mode: str) -> None:
        self._set("theme", mode)

    @property
    def folder(self) -> str:
        """Folder that the last file was opened from or saved to."""
        return str(self._get("folder", ""))

    @folder.setter
    def folder(self, folder: str) -> None:
        self._set("folder", folder)

    def seen(self, hint: str) -> bool:
        """Whether a first-use hint has done its work."""
        return self._get(f"seen/{hint}", "no") == "yes"

    def set_seen(self, hint: str) -> None:
        """Never show this hint again."""
        self._set(f"seen/{hint}", "yes")

    def layout(self, name: str) -> QByteArray | None:
        """Saved layout of a window or splitter, or None."""
        value = self._get(f"layout/{name}", None)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember the layout of a window or splitter."""
        self._set(f"layout/{name}", state)

    def _get(self, key: str, default: object) -> object:
        if self._file is None:
            return self._held.get(key, default)
        value = self._file.value(key, default)
        return default if value is None else value

    def _set(self, key: str, value: object) -> None:
        if self._file is None:
            self._held[key] = value
        else:
            self._file.setValue(key, value)


def _is_file(name: str) -> bool:
    """Whether a name, which may be damaged, is that of a file."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long, or with a character that no name has
        return False
