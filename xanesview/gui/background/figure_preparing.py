"""What exported figures are drawn with, loaded beside the window before it is asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from xanesview.gui.background.ending import let_end

log = logging.getLogger(__name__)


class FigurePreparing:
    """Loads the drawing library once, in a thread of its own that nobody waits for.

    Parameters
    ----------
    also : loads what else is waited for when a figure is asked for
    """

    def __init__(self, also: Callable[[], object] = lambda: None) -> None:
        self._also = also
        self._thread: threading.Thread | None = None

    @property
    def has_begun(self) -> bool:
        """Whether it was asked for."""
        return self._thread is not None

    def begin(self) -> None:
        """Begin to load; the second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=_prepare, args=(self._also,), name="figure-preparing", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait until all is loaded, where that has begun."""
        if self._thread is not None:
            self._thread.join()

    def shutdown(self) -> None:
        """The window closes."""
        if self._thread is not None and self._thread.is_alive():
            let_end(self._thread)


def _prepare(also: Callable[[], object]) -> None:
    try:
        from xanesview.io.figures.figure_file import prepare

        also()
        prepare()
    except (ImportError, OSError, RuntimeError):  # the same is told to the user when a figure is asked for
        log.exception("figures can't be prepared")
