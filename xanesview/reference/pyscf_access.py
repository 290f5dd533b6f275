"""The only door to PySCF: one clear error where the extra package is missing."""

from __future__ import annotations

from xanesview.errors import XanesviewError

try:
    from pyscf import df, dft, gto, lib
    from pyscf.dft import gen_grid, numint, radi
except ImportError as missing:
    raise XanesviewError(
        f"Computing reference spectra needs the package PySCF ({missing}).",
        "Install xanesview with its extra “abinitio”: pip install 'xanesview[abinitio]'.",
    ) from missing

__all__ = ["df", "dft", "gen_grid", "gto", "lib", "numint", "radi"]
