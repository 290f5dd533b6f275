"""Whether a window can be opened here, asked before Qt is: where it can't, Qt ends the process."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import time
from pathlib import Path

from xanesview.errors import XanesviewError

_WITHOUT = "or work without a window: xanesview predict --help."
_PLATFORM = "QT_QPA_PLATFORM"
_ATTEMPTS, _PAUSE_S = 5, 0.2
_connections: list[int] = []  # held until the process ends


def check_display() -> None:
    """Refuse to start where Qt would abort: without a display.

    Raises
    ------
    XanesviewError
        If no display is named, none answers, it refuses, or Qt is told to use a platform that it hasn't.
    """
    platform = os.environ.get(_PLATFORM, "")
    _check_platforms(platform)
    if sys.platform in ("win32", "darwin") or platform.startswith(("offscreen", "minimal")):
        return
    x_display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not x_display and not wayland:
        raise XanesviewError(
            "There is no display to open a window on.",
            "Log in to a desktop, use ssh -X or xvfb-run, or work without a window: xanesview predict --help.",
        )
    if not x_display or wayland:
        return
    if not _listens(x_display):
        raise XanesviewError(
            f"The display {x_display} does not answer.", f"Check the variable DISPLAY, {_WITHOUT}"
        )
    if not _lets_in(x_display):
        raise XanesviewError(
            f"The display {x_display} can't be used: it refuses, or DISPLAY names none.",
            f"Check the variables DISPLAY and XAUTHORITY (after sudo or su they are another user's), {_WITHOUT}",
        )


def _check_platforms(wanted: str) -> None:
    """Refuse names of platforms of which Qt has none; it takes the first of several that works."""
    names = [name.split(":")[0].strip().lower() for name in wanted.split(";") if name.strip()]
    have = _platforms()
    if names and have and not set(names) & have:
        raise XanesviewError(
            f"Qt has no platform “{wanted[:40]}”, which the variable {_PLATFORM} asks for.",
            f"Unset it, or choose one of: {', '.join(sorted(have))}.",
        )


def _platforms() -> set[str]:
    """Return the names of Qt's platforms; empty where its plug-ins lie elsewhere."""
    import PySide6

    folder = Path(PySide6.__file__).parent
    for place in (folder / "Qt" / "plugins" / "platforms", folder / "plugins" / "platforms"):
        if place.is_dir():
            found = {one.stem.removeprefix("lib").removeprefix("q") for one in place.iterdir()}
            return found | {"wayland-egl"}
    return set()


def _listens(display: str) -> bool:
    """Whether something listens at a local X display; a remote one is left for others to try."""
    host, _, number = display.rpartition(":")
    number = number.split(".")[0]
    if host not in ("", "unix") or not number.isdigit():
        return True
    for address in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(2.0)
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False


def _lets_in(display: str) -> bool:
    """Whether X accepts a client, with the user's cookie; True where that can't be found out.

    A server whose last client goes begins anew and refuses for a moment: it is asked again, and the connection stays.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    for attempt in range(_ATTEMPTS):
        time.sleep(_PAUSE_S if attempt else 0.0)
        connection = xcb.xcb_connect(os.fsencode(display), None)
        if not xcb.xcb_connection_has_error(connection):
            _connections.append(connection)
            return True
        xcb.xcb_disconnect(connection)
    return False
