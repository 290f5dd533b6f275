"""What a file of spectra must hold to be believed; what is wrong is told of the file, which the user did not write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from xanesview.errors import XanesviewError
from xanesview.limits import WIDEST_EV, is_width_ev

_CHANGED = "The file is damaged or was changed by another program."


def native_width_ev(value: object, file: str) -> float:
    """Return the width that a file says its spectra have, in eV; 0 where it says none (None).

    Parameters
    ----------
    value : text of a table, or number of an HDF5 file
    file : its name

    Raises
    ------
    XanesviewError
        where that is no number, or none that can be a width.
    """
    if value is None:
        return 0.0
    try:
        width = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        width = float("nan")
    if not is_width_ev(width):
        raise XanesviewError(
            f"{file} says that its spectra have a width of “{value}” eV (native_fwhm_ev), which is none.",
            f"Correct it to a number from 0 to {WIDEST_EV}, or write the file again.",
        )
    return width


def check_ascending(energy_ev: np.ndarray, file: str) -> None:
    """Check that each energy of a table is above the one before it.

    Raises
    ------
    XanesviewError
        naming the first row that isn't, from 1.
    """
    wrong = np.flatnonzero(~(np.diff(energy_ev) > 0))
    if wrong.size:
        row = int(wrong[0]) + 1
        raise XanesviewError(
            f"The energies of {file} do not ascend: row {row + 1} has {energy_ev[row]:.10g} eV after "
            f"{energy_ev[row - 1]:.10g} eV.",
            "Sort its rows by energy, each energy once, or write the file again.",
        )


@contextmanager
def told_of(file: str) -> Iterator[None]:
    """Name the file in every error of the block that does not name it."""
    try:
        yield
    except XanesviewError as error:
        if file in error.message:
            raise
        raise type(error)(f"{file}: {error.message}", error.hint or _CHANGED) from error
