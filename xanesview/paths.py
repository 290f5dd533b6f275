"""The only code that knows where resources, settings, caches and logs are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from xanesview.errors import XanesviewError

HOME_VARIABLE = "XANESVIEW_HOME"
"""Environment variable: a folder below which settings, data, caches and logs are kept instead of the user's own."""

_APP = "xanesview"


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
    """Return the folder of the user's settings, created if missing."""
    return _user_dir("settings", lambda: platformdirs.user_config_path(_APP, appauthor=False))


def cache_dir() -> Path:
    """Return the folder of files that can be made again, created if missing."""
    return _user_dir("cache", lambda: platformdirs.user_cache_path(_APP, appauthor=False))


def log_dir() -> Path:
    """Return the folder of the program's logs, created if missing."""
    return _user_dir("log", lambda: platformdirs.user_log_path(_APP, appauthor=False))


def data_dir() -> Path:
    """Return the folder of the user's own networks and autosaved work, created if missing."""
    return _user_dir("data", lambda: platformdirs.user_data_path(_APP, appauthor=False))


def network_dirs() -> list[Path]:
    """Return the folders that hold network bundles: those that come with the program, then the user's own."""
    return [resource("networks"), data_dir() / "networks"]


def _user_dir(name: str, default: Callable[[], Path]) -> Path:
    """Return ``$XANESVIEW_HOME/name`` if that variable is set, else the system's folder; make sure it exists."""
    home = os.environ.get(HOME_VARIABLE)
    folder = Path(home).expanduser() / name if home else default()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise XanesviewError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            f"Make it writable, or name another one in the environment variable {HOME_VARIABLE}.",
        ) from error
    return folder
