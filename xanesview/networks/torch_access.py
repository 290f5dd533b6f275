"""The only door to PyTorch's own import: one clear error where it is missing or broken."""

from __future__ import annotations

import importlib
import threading

from xanesview.errors import XanesviewError, is_of_memory, why_not_loaded
from xanesview.limits import TORCH_BYTES, check_address_space

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
    check_address_space(TORCH_BYTES, "for networks")
    _loading.set()
    try:
        importlib.import_module("torch")
    except (ImportError, OSError) as error:  # OSError: a shared library beside it is missing or for another machine
        hint = "Install PyTorch again (pip install --force-reinstall torch)"
        if is_of_memory(error):
            hint = "Close other programs"
        raise XanesviewError(
            f"Networks can't run because PyTorch can't be loaded ({why_not_loaded(error)}).",
            f"{hint}; computed and measured spectra work without.",
        ) from error
    finally:
        _loading.clear()
