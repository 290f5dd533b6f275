"""The window writes to regular files only: nobody may ever read from a pipe, and the window would wait for that."""

from __future__ import annotations

import os

import pytest

from xanesview.errors import XanesviewError
from xanesview.io.atomic import check_target

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")

WRITE = {
    "session.xanesview": lambda window, path: window.saving.write(path),
    "curves.csv": lambda window, path: window.exporting.write_data(path),
    "curves.h5": lambda window, path: window.exporting.write_data(path),
    "series.csv": lambda window, path: window.exporting.write_series(path),
    "view.png": lambda window, path: window.exporting.write_scene(path),
    "view.glb": lambda window, path: window.exporting.write_scene(path),
}


@pytest.mark.parametrize("name", WRITE)
@pytest.mark.parametrize("kind", ["pipe", "stream"])
def test_what_is_no_file_is_refused_at_once(benzene_window, qtbot, tmp_path, name, kind) -> None:
    window, path = benzene_window, tmp_path / name
    if kind == "pipe":
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # there is a reader, who sleeps
    else:
        reader, end = os.pipe()
        path.symlink_to(f"/proc/self/fd/{end}")
    WRITE[name](window, path)
    bars = window.structure_messages, window.plot_messages
    qtbot.waitUntil(lambda: any(bar.isVisible() and name in bar.text() for bar in bars), timeout=20_000)
    told = next(bar.text() for bar in bars if bar.isVisible() and name in bar.text())
    assert "pipe" in told or "stream" in told
    assert path.is_symlink() or path.is_fifo(), "it is what it was"
    os.close(reader)


def test_once_the_window_is_closed_streams_are_written_to_again(benzene_window) -> None:
    with pytest.raises(XanesviewError, match="a window writes to files only"):
        check_target("/dev/stdout")
    benzene_window.close()
    check_target("/dev/stdout")
