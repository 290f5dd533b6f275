"""Whether VTK can draw on this machine without a window, asked in a process of its own.

VTK crashes where it can't: without a driver, its render window reports that OpenGL is supported, and the first frame
ends the process. So a child draws one red frame first. On Linux, VTK's wheels come with X, with EGL (a GPU's driver or
Mesa's software renderer, no X server) and with OSMesa where its library is installed; each is tried in this order.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from xanesview.errors import XanesviewError
from xanesview.processes import command_of, own_environment

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
"""Environment variable by which VTK chooses the class of its render windows."""

_PATIENCE_S = 30.0
_RED_FRAME = "xanesview.drawing3d.red_frame"


def _candidates() -> tuple[str, ...]:
    """Return the window classes to try; an empty name is VTK's own choice.

    X comes first where there is a display: a process whose windows already use it could not change to EGL.
    """
    chosen = os.environ.get(WINDOW_VARIABLE)
    if chosen or not sys.platform.startswith("linux"):
        return (chosen or "",)
    display = ("vtkXOpenGLRenderWindow",) if os.environ.get("DISPLAY") else ()
    return (*display, "vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow")


def _draws(window_class: str) -> bool:
    """Tell whether a child process that uses a window class has drawn a red frame and lived."""
    environment = own_environment()
    if window_class:
        environment[WINDOW_VARIABLE] = window_class
    try:
        done = subprocess.run(
            command_of(_RED_FRAME), env=environment, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and f"drawn {window_class}" in done.stdout and "[255, 0, 0]" in done.stdout


@lru_cache(maxsize=1)
def rendering_window() -> str:
    """Return the class of VTK's render window that draws on this machine; found once a process (about 0.5 s).

    Raises
    ------
    XanesviewError
        If none does.
    """
    for window_class in _candidates():
        if _draws(window_class):
            return window_class
    raise XanesviewError(
        "This machine can't draw pictures without a window: VTK found no OpenGL driver.",
        "Install a driver (on Debian libegl1 and libgl1-mesa-dri, which need no graphics card), or write .glb, .gltf "
        "or .html, which need none.",
    )


@contextmanager
def windows_of(window_class: str) -> Iterator[None]:
    """Let VTK make render windows of a class inside the block."""
    before = os.environ.get(WINDOW_VARIABLE)
    if window_class:
        os.environ[WINDOW_VARIABLE] = window_class
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(WINDOW_VARIABLE, None)
        else:
            os.environ[WINDOW_VARIABLE] = before
