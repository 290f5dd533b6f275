"""The only door to PySCF: one clear error where the extra package is missing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from xanesview.errors import XanesviewError, why_not_loaded
from xanesview.paths import resource


@contextlib.contextmanager
def _without_settings_files() -> Iterator[None]:
    """Import PySCF without what it would run otherwise: ``.pyscf_conf.py`` of the current folder, or of the home."""
    name = "PYSCF_CONFIG_FILE"
    given = os.environ.get(name)
    os.environ[name] = str(resource("reference", "pyscf_settings.txt"))
    try:
        yield
    finally:
        os.environ.pop(name)
        os.environ.update({} if given is None else {name: given})


try:
    with _without_settings_files():
        from pyscf import df, dft, gto, lib
        from pyscf.dft import gen_grid, radi
    from threadpoolctl import threadpool_limits
except ImportError as missing:
    raise XanesviewError(
        f"Computing reference spectra needs packages that are missing ({why_not_loaded(missing)}).",
        "Install xanesview with its extra “abinitio”: pip install 'xanesview[abinitio]'.",
    ) from missing

__all__ = ["df", "dft", "gen_grid", "gto", "lib", "one_thread", "radi"]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra and integrals on one core: for these small matrices waiting threads cost ten times more."""
    with threadpool_limits(1), lib.with_omp_threads(1):
        yield
