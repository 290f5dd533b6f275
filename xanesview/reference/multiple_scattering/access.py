"""The package feff10-rs, loaded when it is first needed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from xanesview.errors import XanesviewError, why_not_loaded

_HINT = "Install it: pip install 'xanesview[feff]'"


def check_installed() -> None:
    """Raise XanesviewError where FEFF10 is not installed; loads nothing."""
    if find_spec("feff10") is None:
        raise XanesviewError("Computing with FEFF10 needs the package feff10-rs, which is not installed.", _HINT)


def feff10() -> ModuleType:
    """Return the package.

    Raises
    ------
    XanesviewError
        Where it is not installed, or made for another computer.
    """
    try:
        return import_module("feff10")
    except (ImportError, OSError) as error:
        raise XanesviewError(f"FEFF10 can't be used ({why_not_loaded(error)}).", _HINT) from error
