"""What is shown elsewhere only while somebody looks at it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Watched(QObject):
    """Knows who looks at it, by name."""

    watched_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watchers: set[str] = set()

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks."""
        return bool(self._watchers)

    def watch(self, who: str, watched: bool) -> None:
        """Say whether somebody looks, or no longer."""
        before = self.is_watched
        (self._watchers.add if watched else self._watchers.discard)(who)
        if self.is_watched != before:
            self.watched_changed.emit()
