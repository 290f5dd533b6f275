"""A window in a process of its own that opens a session and keeps further work by itself, for tests that kill it.

Says on its output the current curve, as numbers to the last bit, then where the work is kept, and stays.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.gui.fake_networks import FakeNetworks
from xanesview.gui import app as app_module


def main() -> None:
    app_module.prepare_environment()
    app = app_module.make_application(app_module.Launch())
    from xanesview.gui.main_window import MainWindow
    from xanesview.gui.settings import Settings

    window = MainWindow(networks=FakeNetworks(), settings=Settings(), network="fake")
    over = app_module.close_when_asked(window)
    window.keep_work()
    window.show()
    window.opening.open_paths([Path(sys.argv[1])])

    def freeze() -> None:
        current = [curve for curve in window.plot.curves() if curve.role == "current"]
        if current and not window.workspace.session.frozen:
            print(json.dumps([value.hex() for value in current[0].intensity.tolist()]), flush=True)
            window.workspace.curves.freeze()
            window.workspace.pick([1, 2])
            window.autosave.keep()

    window.plot.painted.connect(freeze)
    window.autosave._writing.written.connect(lambda path, _gathered: print(path, flush=True))
    app.exec()
    sys.exit(over())


if __name__ == "__main__":
    main()
