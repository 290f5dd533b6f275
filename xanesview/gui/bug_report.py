"""What someone who mends the program has to know of this machine: versions, display, OpenGL, device, folders.

It names no file that was opened. Screens and OpenGL are asked where there is an application, see `app.report`.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import metadata

from xanesview import paths
from xanesview.version import __version__

PACKAGES = (
    "PySide6-Essentials", "numpy", "scipy", "torch", "e3nn", "vtk", "pyqtgraph", "matplotlib", "ase", "rdkit", "h5py",
    "tblite", "pyscf",
)  # fmt: skip
log = logging.getLogger(__name__)
_DESKTOP = (
    "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR",
)  # fmt: skip


def bug_report(load: bool = False) -> str:
    """Return the report, a line a fact.

    Parameters
    ----------
    load : bool
        Load torch to ask which device predicts; else that is told only where it is loaded already.
    """
    parts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("xanesview", lambda: __version__),
        ("Python", lambda: f"{platform.python_version()}, {sys.executable}"),
        ("system", platform.platform),
        ("processor", lambda: f"{platform.machine()}, {os.cpu_count()} cores"),
        ("memory", _memory),
        ("desktop", _desktop),
        ("screens", _screens),
        ("OpenGL", _opengl),
        ("device", lambda: _device(load)),
        ("packages", _packages),
        ("networks", _networks),
    )
    lines = [f"{name + ':':<12}{_answer(ask)}" for name, ask in parts]
    return "\n".join([*lines, *_folders()]) + "\n"


def _answer(ask: Callable[[], object]) -> str:
    """What a question comes to; a report must come of a broken machine, too."""
    try:
        return str(ask())
    except Exception as error:
        log.exception("a line of the report can't be told")
        return f"can't be told ({type(error).__name__}: {error})"


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB"


def _desktop() -> str:
    return ", ".join(f"{name}={os.environ[name]}" for name in _DESKTOP if os.environ.get(name)) or "none named"


def _screens() -> str:
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is None:
        return "not asked: there is no display"
    found = [
        f"{one.geometry().width()} × {one.geometry().height()} at {one.devicePixelRatio():g}"
        for one in QGuiApplication.screens()
    ]
    return f"{', '.join(found)} ({QGuiApplication.platformName()})"


def _opengl() -> str:
    from PySide6.QtGui import QGuiApplication

    if QGuiApplication.instance() is None:
        return "not asked: there is no display"
    from xanesview.gui.view3d.opengl import probe_opengl

    found = probe_opengl()
    return f"{found.renderer or 'unknown'}{f' ({found.problem})' if found.problem else ''}"


def _device(load: bool) -> str:
    if not load and "torch" not in sys.modules:
        return "not asked: torch is not loaded yet"
    from xanesview.inference.device import choose_device, device_label

    return device_label(choose_device())


def _packages() -> str:
    def versions() -> Iterator[str]:
        for name in PACKAGES:
            try:
                yield f"{name} {metadata.version(name)}"
            except metadata.PackageNotFoundError:
                yield f"{name} missing"

    return ", ".join(versions())


def _networks() -> str:
    from xanesview.networks.card import list_bundles

    told = []
    for one in list_bundles():
        weights = "" if one.card is None else one.card.weights_hash
        told.append(one.name + (f" ({one.problem})" if one.problem else f" {weights}".rstrip()))
    return ", ".join(told)


def _folders() -> list[str]:
    lines = []
    for name in ("settings_dir", "cache_dir", "data_dir", "log_dir", "resources"):
        folder = _answer(getattr(paths, name))
        writable = "" if name == "resources" or os.access(folder, os.W_OK) else " (cannot be written to)"
        lines.append(f"{name.removesuffix('_dir') + ':':<12}{folder}{writable}")
    problem = paths.not_kept()
    return lines if problem is None else [*lines, f"{'not kept:':<12}{problem.message}"]
