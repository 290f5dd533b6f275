"""xanesview: see a molecule or a slab, turn the polarisation of the light, watch its X-ray absorption spectrum.

The names of `xanesview.api` are here too (``xanesview.predict`` and its kin); importing the package loads nothing of
them until they are asked for.
"""

from __future__ import annotations

from xanesview.version import __version__

_API = (
    "Opened", "OpenedSession", "Predicted", "angle_spectra", "calculator", "fit_orientation", "fit_tilt", "from_ase",
    "from_smiles", "networks_on_shelf", "open", "open_session", "plot", "predict", "read", "relaxed", "to_pandas",
    "to_xarray",
)  # fmt: skip

__all__ = ["__version__", *_API]


def __dir__() -> list[str]:
    """Tell the names that can be asked for, also before they are: a notebook completes them."""
    return sorted({*(name for name in globals() if name != "annotations"), *__all__})


def __getattr__(name: str) -> object:
    """Give a name of the interface for scripts, loaded when it is first asked for."""
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from xanesview import api

    return getattr(api, name)
