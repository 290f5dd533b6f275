"""Site spectra that others published or computed, one module a format; each gives `SpectraSource` and structures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xanesview.errors import XanesviewError

Warn = Callable[[XanesviewError, str], None]
"""Told about each part that could not be read (the error, what it is about); reading goes on with the next."""


@dataclass(frozen=True)
class SpectraSource:
    """What holds for all spectra of a source: where they come from, and on which scales they are."""

    title: str
    method: str
    unit: str
    energy_axis: str
    native_broadening: str
