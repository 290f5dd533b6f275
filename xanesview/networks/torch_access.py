"""The only door to PyTorch's own import: one clear error where it is missing or broken."""

from __future__ import annotations

import importlib
import threading

from xanesview.errors import XanesviewError, why_not_loaded

_loading = threading.Event()


def is_loading() -> bool:
    """Whether torch is being imported just now, in whatever thread: objects of its own are half made then."""
    return _loading.is_set()


def need_torch() -> None:
    """Import torch, before anything that needs it.

    Raises
    ------
    XanesviewError
        where torch is missing, or one of its libraries can't be loaded.
    """
    _loading.set()
    try:
        importlib.import_module("torch")
    except (ImportError, OSError) as error:  # OSError: a shared library beside it is missing or for another machine
        raise XanesviewError(
            f"Networks can't run because PyTorch can't be loaded ({why_not_loaded(error)}).",
            "Install PyTorch again (pip install --force-reinstall torch); computed and measured spectra work without.",
        ) from error
    finally:
        _loading.clear()
