"""What the operating system must provide: shared libraries and programs, and the Debian packages that bring them.

Standard library only; part of bootstrap.py.
"""

import ctypes
import os
import shutil
import sys
from collections import namedtuple

Need = namedtuple("Need", "kind name package")
"""kind: "library" (a soname that dlopen must find), "program" (on PATH) or "module" (of Python); name; package."""


def _libraries(package, *sonames):
    return [Need("library", soname, package) for soname in sonames]


HEADLESS = (
    _libraries("libxrender1", "libXrender.so.1")  # RDKit's drawing code links against it
    + _libraries("libgomp1", "libgomp.so.1")  # tblite's wheel leaves it to the system
)
"""Needs of prediction, plotting to a file and everything else without a window."""

WINDOW = (
    _libraries("libglib2.0-0", "libglib-2.0.so.0", "libgthread-2.0.so.0")
    + _libraries("libgl1", "libGL.so.1")
    + _libraries("libegl1", "libEGL.so.1")
    + _libraries("libfontconfig1", "libfontconfig.so.1")
    + _libraries("libdbus-1-3", "libdbus-1.so.3")
    + _libraries("libxkbcommon0", "libxkbcommon.so.0")
    + _libraries("libxkbcommon-x11-0", "libxkbcommon-x11.so.0")
    + _libraries("libxcb-cursor0", "libxcb-cursor.so.0")
    + _libraries("libxcb-icccm4", "libxcb-icccm.so.4")
    + _libraries("libxcb-image0", "libxcb-image.so.0")
    + _libraries("libxcb-keysyms1", "libxcb-keysyms.so.1")
    + _libraries("libxcb-render-util0", "libxcb-render-util.so.0")
    + _libraries("libxcb-shape0", "libxcb-shape.so.0")
    + _libraries("libxcb-xkb1", "libxcb-xkb.so.1")
)
"""Needs of a Qt window with an OpenGL view on X11."""

VIRTUAL_DISPLAY = [
    Need("program", "Xvfb", "xvfb"),
    Need("program", "xvfb-run", "xvfb"),
    Need("program", "xauth", "xauth"),
]
"""Needs of a virtual X display, in which the window tests run."""


def python_needs(version=None, default_python="/usr/bin/python3"):
    """Return what this Python must have to make a virtual environment with pip.

    Debian ships both modules in a package of their own; `version` is (major, minor), the running one by default.
    """
    major, minor = version or sys.version_info[:2]
    versioned = f"python{major}.{minor}"
    is_default = os.path.basename(os.path.realpath(default_python)) == versioned
    package = "python3-venv" if is_default else versioned + "-venv"
    return [Need("module", "venv", package), Need("module", "ensurepip", package)]


def _is_present(need):
    if need.kind == "library":
        try:
            ctypes.CDLL(need.name)
        except OSError:
            return False
        return True
    if need.kind == "program":
        return shutil.which(need.name) is not None
    import importlib.util

    importlib.invalidate_caches()
    return importlib.util.find_spec(need.name) is not None


def missing(needs, is_present=_is_present):
    """Return those of the needs that this system does not meet."""
    return [need for need in needs if not is_present(need)]


def packages_for(needs):
    """Return the Debian packages that meet these needs, each once, in order."""
    return list(dict.fromkeys(need.package for need in needs))


def parse_os_release(text):
    """Return the fields of an os-release file (see os-release(5)) as a dict."""
    fields = {}
    for line in text.splitlines():
        key, separator, value = line.strip().partition("=")
        if separator and not key.startswith("#"):
            fields[key] = value.strip().strip("\"'")
    return fields


def is_debian_like(os_release):
    """Tell from os-release fields whether Debian's package names and apt-get apply."""
    names = {os_release.get("ID", "")} | set(os_release.get("ID_LIKE", "").split())
    return bool(names & {"debian", "ubuntu"})


def read_os_release():
    """Return this system's os-release fields, or an empty dict where there is none."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as stream:
                return parse_os_release(stream.read())
    return {}
