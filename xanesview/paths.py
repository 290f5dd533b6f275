"""The only code that knows where resources, settings, caches and logs are."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import platformdirs

from xanesview.errors import XanesviewError

HOME_VARIABLE = "XANESVIEW_HOME"
"""Environment variable: a folder below which settings, data, caches and logs are kept instead of the user's own."""

_APP = "xanesview"
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_not_kept: str | None = None


def _resource_candidates() -> list[Path]:
    """Return where resources may lie: beside the modules (wheel), in a frozen bundle, at the root of a checkout."""
    package = Path(__file__).resolve().parent
    candidates = [package / "resources"]
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's loader
    if bundle is not None:
        candidates += [Path(bundle) / "resources", Path(bundle) / _APP / "resources"]
    candidates.append(package.parent / "resources")
    return candidates


def resources() -> Path:
    """Return the folder of the files that come with the program.

    Raises
    ------
    XanesviewError
        If the installation is incomplete and has no such folder.
    """
    for candidate in _resource_candidates():
        if candidate.is_dir():
            return candidate
    raise XanesviewError(
        "The files that come with xanesview (networks, examples, icons) are missing.",
        "Install xanesview again, or start it from a complete checkout.",
    )


def resource(*parts: str) -> Path:
    """Return the path of one file or folder that comes with the program.

    Parameters
    ----------
    *parts : str
        Names below the resource folder, for instance ``resource("examples", "benzene.xyz")``.

    Returns
    -------
    Path
        The path; whether it exists is for the caller to find out.
    """
    return resources().joinpath(*parts)


def settings_dir() -> Path:
    """Return the folder of the user's settings, created if missing; see `not_kept`."""
    return _user_dir("settings", lambda: platformdirs.user_config_path(_APP, appauthor=False))


def cache_dir() -> Path:
    """Return the folder of files that can be made again, created if missing; see `not_kept`."""
    return _user_dir("cache", lambda: platformdirs.user_cache_path(_APP, appauthor=False))


def log_dir() -> Path:
    """Return the folder of the program's logs, created if missing; see `not_kept`."""
    return _user_dir("log", lambda: platformdirs.user_log_path(_APP, appauthor=False))


def data_dir() -> Path:
    """Return the folder of the user's own networks and autosaved work, created if missing; see `not_kept`."""
    return _user_dir("data", lambda: platformdirs.user_data_path(_APP, appauthor=False))


def network_dirs() -> list[Path]:
    """Return the folders that hold network bundles: those that come with the program, then the user's own."""
    return [resource("networks"), data_dir() / "networks"]


def not_kept() -> XanesviewError | None:
    """Return what to tell, once, where settings, caches or logs can't be kept; None where they can, as far as known."""
    if _not_kept is None:
        return None
    return XanesviewError(
        f"Settings, caches and logs may be lost: {_not_kept}.",
        f"Make room there and make it writable, or name another folder in the environment variable {HOME_VARIABLE}.",
    )


def note_not_kept(place: Path, what: str, error: OSError | None = None) -> None:
    """Note that something of the user's own can't be written; the program goes on without it, and tells so once.

    Parameters
    ----------
    place : folder or file
    what : what is the matter with it, such as “cannot be written”
    """
    global _not_kept
    reason = "" if error is None else f": {' '.join(str(error.strerror or error).split()).rstrip('.')}"
    _not_kept = _not_kept or f"{place} {what}{reason}"


def forget_not_kept() -> None:
    """Begin anew, with nothing known."""
    global _not_kept
    _not_kept = None


def _user_dir(name: str, default: Callable[[], Path]) -> Path:
    """Return ``$XANESVIEW_HOME/name`` if that variable is set, else the system's folder; make sure it exists.

    Where it can't be made, a folder takes its place that goes with the process.
    """
    home = os.environ.get(HOME_VARIABLE)
    for variable in _XDG:
        if not os.path.isabs(os.environ.get(variable) or os.sep):  # to be ignored, as the specification says
            del os.environ[variable]
    try:
        folder = Path(home).expanduser() / name if home else default()
    except RuntimeError:  # nobody's home
        folder = Path(home or "~", name)
    try:
        if str(folder).startswith("~"):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        note_not_kept(folder, "cannot be made", error)
        return _for_this_process(name) or folder
    if not os.access(folder, os.W_OK | os.X_OK):  # what it holds can be read all the same
        note_not_kept(folder, "cannot be written to")
    return folder


def _for_this_process(name: str) -> Path | None:
    try:
        folder = Path(_temporary().name) / name
        folder.mkdir(exist_ok=True)
    except OSError:  # no room anywhere
        return None
    return folder


@lru_cache(maxsize=1)
def _temporary() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="xanesview-", ignore_cleanup_errors=True)
