"""One door to files of spectra: the format is told by content first, by the name where the content leaves it open.

`FORMATS` is the only list of formats and endings. A new format is a file with its functions and a line here. Readers of
measurements, `MEASURED`, are functions ``(path, answers) -> tuple of RawTable``.
"""

from __future__ import annotations

from pathlib import Path

from xanesview.io import file_format
from xanesview.io.file_format import Format
from xanesview.io.text_file import HDF5_MAGIC

_ROOM = "xanesview.io.spectra"
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"

TENSORS = Format(
    "Absorption tensors", (".h5", ".hdf5"), f"{_ROOM}.tensor_file", "", "read_tensor", "write_prediction_h5",
    magic=HDF5_MAGIC,
)  # fmt: skip
PREDICTIONS = Format(
    "Predicted spectra", (".csv",), f"{_ROOM}.tables", "looks_like_prediction", "read_prediction_csv",
    "write_prediction_csv",
)  # fmt: skip
CURVES = Format(
    "Exported curves", (".csv",), f"{_ROOM}.curve_table", "looks_like_curves", "read_curves_csv", "write_csv"
)
COLUMNS = Format(
    "Columns of numbers",
    (".dat", ".txt", ".csv", ".tsv", ".nor", ".norm", ".xmu", ".flat", ".chi", ".xy", ".prn", ".asc", ".ascii"),
    f"{_ROOM}.columns", "looks_like_columns", "read_columns", is_general=True,
)  # fmt: skip
XRAY_ATLAS = Format("X-ray Atlas", (".json",), f"{_ROOM}.xray_atlas", "looks_like_atlas", "read_atlas")
MEASURED = (
    Format("XAS Data Interchange", (".xdi", ".xas"), f"{_ROOM}.columns", "looks_like_xdi", "read_columns"),
    Format(
        "Athena project", (".prj",), f"{_ROOM}.athena", "looks_like_athena", "read_athena", magic=_GZIP,
        recognise="is_athena",
    ),
    Format("Larix session", (".larix",), f"{_ROOM}.larix", "looks_like_larix", "read_larix", magic=_GZIP,
           recognise="is_larix"),
    Format("NeXus and HDF5", (".nxs", ".nx5", ".h5", ".hdf5"), f"{_ROOM}.nexus", "", "read_nexus", magic=HDF5_MAGIC,
           recognise="is_nexus"),
    Format("Excel workbook", (".xlsx",), f"{_ROOM}.xlsx", "", "read_xlsx", magic=_ZIP, recognise="is_xlsx"),
    Format("EMSA/MSA", (".msa", ".emsa"), f"{_ROOM}.emsa", "looks_like_emsa", "read_emsa"),
    Format("9809 of Photon Factory and SPring-8", (".ex3",), f"{_ROOM}.photon_factory", "looks_like_9809", "read_9809"),
    Format("SSRL data collector", (), f"{_ROOM}.ssrl", "looks_like_ssrl", "read_ssrl"),
    Format("mda2ascii", (), f"{_ROOM}.mda2ascii", "looks_like_mda2ascii", "read_mda2ascii"),
    Format("SRS and DUBBLE", (), f"{_ROOM}.srs", "looks_like_srs", "read_srs"),
    Format("Lytle's database", (), f"{_ROOM}.lytle", "looks_like_lytle", "read_lytle"),
    Format("FDMNES output", (), f"{_ROOM}.fdmnes", "looks_like_fdmnes", "read_fdmnes"),
    Format("FEFF output", (), f"{_ROOM}.feff", "looks_like_feff", "read_feff", names=("*xmu*.dat", "*eels*.dat")),
    Format("Quanty output", (), f"{_ROOM}.quanty", "looks_like_quanty", "read_quanty"),
    XRAY_ATLAS,
    Format("SPEC", (".spec",), f"{_ROOM}.spec", "looks_like_spec", "read_spec"),
    COLUMNS,  # last: the others that are text are columns of numbers as well
)  # fmt: skip
"""Formats of measurements, and of other programs' computed spectra; the more telling first."""
FORMATS = (CURVES, PREDICTIONS, *MEASURED[:-1], TENSORS, COLUMNS)
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


def measured_format(path: str | Path) -> Format | None:
    """Return the format of a file of a measurement by its content alone, or None."""
    return file_format.of_file(MEASURED, path)
