"""One door to files of curves that the program exports and reads again: CSV and HDF5."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.file_format import of_file
from xanesview.io.spectra.registry import CURVES, FORMATS, TENSORS


def write_curves(path: str | Path, spectra: Sequence[Spectrum]) -> None:
    """Write curves in the format that the file's name ends with.

    Raises
    ------
    XanesviewError
        For another ending, without a curve, or where the file can't be written.
    """
    path = Path(path)
    check_name(path)
    if CURVES.is_named_by(path):
        CURVES.function("write")(path, spectra)
    else:
        from xanesview.io.spectra.curve_file import write_curves_h5

        write_curves_h5(path, spectra)


def check_name(path: Path) -> None:
    """Refuse the name of a file that tells of no format for curves.

    Raises
    ------
    XanesviewError
        For such a name.
    """
    if not (CURVES.is_named_by(path) or TENSORS.is_named_by(path)):
        raise XanesviewError(
            f"Curves can't be written as “{path.name}”.",
            "End the name with .csv or .h5; pictures of the curves are exported as a figure.",
        )


def exported_curves(path: str | Path) -> list[Spectrum] | None:
    """Return the curves of a file that the program exported, or None for any other file.

    Raises
    ------
    XanesviewError
        If it is such a file and damaged.
    """
    path = Path(path)
    kind = of_file(FORMATS, path)
    if kind is CURVES:
        return CURVES.function("read")(path)
    if kind is TENSORS:
        from xanesview.io.spectra.curve_file import holds_curves, read_curves_h5

        return read_curves_h5(path) if holds_curves(path) else None
    return None
