"""A window in a process of its own that keeps its work by itself, for tests that end it the hard way.

Says on its output where the work is kept, as soon as it is, and stays.
"""

from __future__ import annotations

import sys

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
    window.opening.open_example("benzene")

    def freeze() -> None:
        if window.plot.curves() and not window.workspace.session.frozen:
            window.workspace.curves.freeze()
            window.workspace.pick([1, 2])
            window.autosave.keep()

    window.plot.painted.connect(freeze)
    window.autosave._writing.written.connect(lambda path, _gathered: print(path, flush=True))
    app.exec()
    sys.exit(over())


if __name__ == "__main__":
    main()
