"""Starts the program as a user does and writes down when what stood on the screen.

Run as a script: ``python gui_process.py TIMES.json [--stay] [arguments of the window]``; the clock starts with the
process. With ``--stay`` the window stays long enough to keep the picture that the next start shows first.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

STARTED = time.time()
STAY_MS = 5000


def main() -> int:
    """Open the window, note first picture, first painting and first spectrum, close it."""
    times_path, arguments = Path(sys.argv[1]), sys.argv[2:]
    stay_ms = STAY_MS if "--stay" in arguments else 0
    arguments = [word for word in arguments if word != "--stay"]
    times: dict[str, float] = {}

    from PySide6.QtCore import QTimer

    from xanesview.gui.window.first_frame import KeptFrame
    from xanesview.gui.window.first_paint import FirstPaint

    def note(what: str) -> None:
        times.setdefault(what, time.time())
        times.setdefault(f"{what}_cpu", time.process_time())

    def watch(window) -> None:
        def painted() -> None:
            if any(curve.role == "current" for curve in window.plot.curves()) and "spectrum" not in times:
                note("painted")  # where the first frame has the spectrum, that is told of first
                note("spectrum")
                times_path.write_text(json.dumps({**times, "started": STARTED}))
                QTimer.singleShot(stay_ms, window, window.close)

        window.plot.painted.connect(painted)

    before = {KeptFrame: KeptFrame.paintEvent, FirstPaint: FirstPaint._call}
    build = FirstPaint.__init__

    def kept_frame(self, event) -> None:
        before[KeptFrame](self, event)
        note("frame")

    def first_paint(self) -> None:
        note("painted")
        before[FirstPaint](self)

    def built(self, window, then) -> None:
        build(self, window, then)
        watch(window)

    KeptFrame.paintEvent, FirstPaint._call, FirstPaint.__init__ = kept_frame, first_paint, built
    from xanesview.cli.main import main as command

    sys.argv[1:] = arguments
    return command()  # which ends the process where torch is still being loaded, as the program itself does


if __name__ == "__main__":
    sys.exit(main())
