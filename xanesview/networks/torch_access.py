"""The only door to PyTorch's own import: one clear error where it is missing or broken."""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from xanesview.errors import XanesviewError, is_of_memory, why_not_loaded
from xanesview.limits import TORCH_BYTES, check_address_space

_loading = threading.Event()
_FOR_COMPILERS = "torch._meta_registrations"
"""A quarter of torch's import: what its compilers know of shapes. It is read once one of them asks for it."""


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
        with _put_off(_FOR_COMPILERS):
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


class _Later(Loader):
    """Executes a module when something of it is asked for; the standard library's own does so at its second import."""

    def __init__(self, loader: Loader) -> None:
        self._loader, self._alone = loader, threading.RLock()

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty until then."""

        def asked(name: str) -> object:
            if name.startswith("__"):
                raise AttributeError(name)
            with self._alone:
                if vars(module).pop("__getattr__", None) is not None:
                    self._loader.exec_module(module)
            return getattr(module, name)

        module.__getattr__ = asked


class _PutOff(MetaPathFinder):
    """Finds one module as others would, to be executed when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how the module is loaded later; None for every other."""
        if fullname != self._name:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Later(spec.loader)
                return spec
        return None


@contextlib.contextmanager
def _put_off(name: str) -> Iterator[None]:
    finder = _PutOff(name)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
