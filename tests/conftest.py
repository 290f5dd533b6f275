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
    parser.addoption("--minutes", type=float, default=2.0, help="with --slow: how long each kind of file is fuzzed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the nightly set out of a usual run, and all else out of a nightly one."""
    nightly = [item for item in items if item.get_closest_marker("nightly") is not None]
    if nightly or config.getoption("--slow"):
        others = [item for item in items if item.get_closest_marker("nightly") is None]
        kept, left = (nightly, others) if config.getoption("--slow") else (others, nightly)
        config.hook.pytest_deselected(items=left)
        items[:] = kept


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
