"""What every test gets: its own settings, caches and logs, and no silent skips."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Before any test module is imported: nothing a test does, at import or in a session-wide fixture, may touch
# the folders of the person who runs it.
_SESSION_HOME = tempfile.TemporaryDirectory(prefix="xanesview-tests-")
os.environ["XANESVIEW_HOME"] = _SESSION_HOME.name
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know ``--slow``: the nightly set instead of the tests."""
    parser.addoption("--slow", action="store_true", help="run fuzzing and the long benchmarks, and nothing else")
    parser.addoption("--journal", metavar="FILE", help="note each test that begins, and with a ! each that fails")
    parser.addoption("--leave-out", metavar="FILE", help="run no test that a journal names")
    parser.addoption("--minutes", type=float, default=2.0, help="with --slow: how long each kind of file is fuzzed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the nightly set out of a usual run, and all else out of a nightly one."""
    nightly = [item for item in items if item.get_closest_marker("nightly") is not None]
    if nightly or config.getoption("--slow"):
        others = [item for item in items if item.get_closest_marker("nightly") is None]
        kept, left = (nightly, others) if config.getoption("--slow") else (others, nightly)
        config.hook.pytest_deselected(items=left)
        items[:] = kept
    if config.getoption("--leave-out"):
        begun = set(Path(config.getoption("--leave-out")).read_text(encoding="utf-8").splitlines())
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in begun])
        items[:] = [item for item in items if item.nodeid not in begun]


def pytest_configure(config: pytest.Config) -> None:
    """Keep a journal where one is asked for."""
    if config.getoption("--journal"):
        config.pluginmanager.register(_Journal(Path(config.getoption("--journal"))))


class _Journal:
    """Notes which tests began and which failed: whoever started the tests knows it after a crash, too."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._note(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._note(f"!{report.nodeid}")

    def _note(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.fixture(autouse=True)
def xanesview_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a folder of its own for settings, data, caches and logs."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XANESVIEW_HOME", str(home))
    return home


def _may_skip(item: pytest.Item) -> bool:
    """Tell whether a test may be skipped: GPU tests always, window tests where there is no display."""
    if item.get_closest_marker("gpu") is not None:
        return True
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return item.get_closest_marker("gui") is not None and not has_display


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Turn a skip that nobody expects into a failure: a test that does not run protects nothing."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and not _may_skip(item):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"unexpected skip: {reason}"
    return report
