"""One door to files of spectra: the format is told by content first, by the name where the content leaves it open.

`FORMATS` is the only list of formats and endings. A new format is a file with its functions and a line here.
"""

from __future__ import annotations

from pathlib import Path

from xanesview.io import file_format
from xanesview.io.file_format import Format

_ROOM = "xanesview.io.spectra"

TENSORS = Format(
    "Absorption tensors", (".h5", ".hdf5"), f"{_ROOM}.tensor_file", "", "read_tensor", "write_prediction_h5",
    magic=b"\x89HDF",
)  # fmt: skip
PREDICTIONS = Format(
    "Predicted spectra", (".csv",), f"{_ROOM}.tables", "looks_like_prediction", "read_prediction_csv",
    "write_prediction_csv",
)  # fmt: skip
CURVES = Format(
    "Exported curves", (".csv",), f"{_ROOM}.curve_table", "looks_like_curves", "read_curves_csv", "write_csv"
)
FORMATS = (
    CURVES,
    Format("XAS Data Interchange", (".xdi", ".xas"), f"{_ROOM}.spectrum_file", "looks_like_xdi", "read_spectrum"),
    PREDICTIONS,
    TENSORS,
    Format(  # last: the others that are text are columns of numbers as well
        "Columns of numbers", (".dat", ".txt", ".csv", ".tsv", ".nor", ".norm", ".xmu", ".xy", ".prn", ".asc"),
        f"{_ROOM}.spectrum_file", "looks_like_columns", "read_spectrum",
    ),
)  # fmt: skip
"""All formats of spectra; where a file's content could be several, the first that its name allows."""

ENDINGS = file_format.endings_of(FORMATS)
SPECTRUM_FILTERS = file_format.dialog_filter("Spectra", FORMATS)
"""For file dialogs."""
PREDICTION_ENDINGS = {ending: fmt.endings[0][1:] for fmt in (PREDICTIONS, TENSORS) for ending in fmt.endings}
"""What predictions are written as, by ending: ``csv`` or ``h5``."""


def spectrum_format(path: str | Path) -> Format | None:
    """Return the format of a file of spectra by its content, else by its name, or None.

    Of formats that share an ending the last one, whose files anybody may write: it has no header to be missed.
    """
    return file_format.of_file(FORMATS, path) or file_format.of_name(FORMATS[::-1], Path(path))
