"""Starts the program as a user does and writes down when what stood on the screen.

Run as a script: ``python gui_process.py TIMES.json [arguments of the window]``; the clock starts with the process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

STARTED = time.time()


def main() -> int:
    """Open the window, note first painting and first spectrum, close it."""
    times_path, arguments = Path(sys.argv[1]), sys.argv[2:]
    times: dict[str, float] = {}

    from xanesview.gui.window import first_paint

    call = first_paint.FirstPaint._call

    def noted(self) -> None:
        times["painted"] = time.time()
        times["painted_cpu"] = time.process_time()
        call(self)

    first_paint.FirstPaint._call = noted
    from PySide6.QtCore import QTimer

    from xanesview.gui.main_window import MainWindow

    def watch(window: MainWindow) -> None:
        def painted() -> None:
            if any(curve.role == "current" for curve in window.plot.curves()) and "spectrum" not in times:
                times["spectrum"] = time.time()
                times["spectrum_cpu"] = time.process_time()
                times_path.write_text(json.dumps({**times, "started": STARTED}))
                QTimer.singleShot(0, window, window.close)

        window.plot.painted.connect(painted)

    build = MainWindow.__init__

    def built(self, *args, **kwargs) -> None:
        build(self, *args, **kwargs)
        watch(self)

    MainWindow.__init__ = built
    from xanesview.cli.main import main as command

    return command(arguments)


if __name__ == "__main__":
    sys.exit(main())
