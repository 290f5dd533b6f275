"""CSV tables of spectra and predictions: units and provenance in ``#`` lines, then one header line, then numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import COMPONENTS, AbsorptionTensor, PolarisedSpectra
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.atomic import atomic_write
from xanesview.io.spectra.provenance import provenance
from xanesview.io.spectra.tensor_file import write_prediction_h5
from xanesview.io.text_file import number, read_text

__all__ = ["PredictionTable", "read_prediction_csv", "write_csv", "write_prediction_csv", "write_prediction_h5"]


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """A prediction read back: energies (E,), columns by name (E,) each, and the header as text."""

    energy_ev: np.ndarray
    columns: dict[str, np.ndarray]
    header: dict[str, str]

    @property
    def sites(self) -> list[int]:
        """Atom indices that the table has columns of, ascending."""
        found = {int(match.group(1)) for name in self.columns if (match := re.match(r"site_(\d{1,9})(_|$)", name))}
        return sorted(found)


def write_prediction_csv(
    path: str | Path, tensor: AbsorptionTensor, header: Mapping[str, str], spectra: PolarisedSpectra | None = None
) -> None:
    """Write the spectra of one polarisation, or the tensors themselves.

    Columns are ``energy_ev``, ``site_<atom>`` for each site and ``sum``, the sum of the sites. Without spectra
    they are ``energy_ev`` and ``site_<atom>_xx`` … ``_xy`` in the order xx, yy, zz, yz, xz, xy.

    Raises
    ------
    XanesviewError
        If the file can't be written.
    """
    if spectra is not None:
        names = [*(f"site_{atom}" for atom in tensor.sites.tolist()), "sum"]
        columns = [*spectra.each, spectra.total]
    else:
        names = [f"site_{atom}_{component}" for atom in tensor.sites.tolist() for component in COMPONENTS]
        columns = [tensor.components[s, c] for s in range(tensor.n_sites) for c in range(len(COMPONENTS))]
    rows = np.column_stack([tensor.energy_ev, *columns])
    # ten digits give every float32 back exactly
    lines = (",".join(f"{value:.10g}" for value in row) for row in rows.tolist())
    _write(path, header, ["energy_ev", *names], lines)


def write_csv(path: str | Path, spectra: Sequence[Spectrum], header: Mapping[str, str] | None = None) -> None:
    """Write curves side by side, each on its own grid: a pair of columns (and a third for a band) a curve.

    The header tells label, kind, units, native width and provenance of each curve; shorter curves leave cells empty.

    Raises
    ------
    XanesviewError
        If there is no curve or the file can't be written.
    """
    if not spectra:
        raise XanesviewError("There is no curve to write.", "Predict a site or load a reference first.")
    lines = dict(provenance(extra=header))
    names: list[str] = []
    columns: list[np.ndarray] = []
    for k, spectrum in enumerate(spectra, start=1):
        label = spectrum.label or f"curve {k}"
        lines[f"curve {k}"] = label
        lines[f"curve {k} kind"] = spectrum.kind
        lines[f"curve {k} intensity_unit"] = spectrum.unit
        if spectrum.axis != "absolute":
            lines[f"curve {k} energies"] = "relative to E0"
        if spectrum.native_fwhm_ev:
            lines[f"curve {k} native_fwhm_ev"] = f"{spectrum.native_fwhm_ev:.4g}"
        for key, value in spectrum.provenance.items():
            lines[f"curve {k} {key}"] = str(value)
        names += ["energy_ev" if len(spectra) == 1 else f"energy_ev ({label})", label]
        columns += [spectrum.energy_ev, spectrum.intensity]
        if spectrum.band is not None:
            names.append(f"{label} (half width of the band)")
            columns.append(spectrum.band)
    length = max(len(column) for column in columns)
    rows = (
        ",".join(f"{column[i]:.10g}" if i < len(column) and np.isfinite(column[i]) else "" for column in columns)
        for i in range(length)
    )
    _write(path, lines, names, rows)


def looks_like_prediction(text: str) -> bool:
    """Tell whether the first line that is no comment heads a table of predicted sites."""
    first = next((line for line in text.split("\n") if line.strip() and not line.startswith("#")), "")
    return re.match(r"energy_ev,site_\d+", first) is not None


def read_prediction_csv(path: str | Path) -> PredictionTable:
    """Return the table that `write_prediction_csv` wrote.

    Raises
    ------
    XanesviewError
        If it is another kind of table or damaged.
    """
    path = Path(path)
    lines = read_text(path).split("\n")
    header = {}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        key, colon, value = lines[at][1:].strip().partition(":")
        if colon:
            header[key.strip()] = value.strip()
        at += 1
    try:
        rows = list(csv.reader(line for line in lines[at:] if line.strip()))
    except csv.Error as error:
        raise XanesviewError(
            f"{path.name} cannot be read as a table ({in_plain_words(error)}).",
            "The file is damaged: a quotation mark may never end.",
        ) from error
    if not rows or rows[0][:1] != ["energy_ev"] or len(rows) < 2:
        raise XanesviewError(
            f"{path.name} is not a table of predicted spectra.", "Its first column is named energy_ev, then one a site."
        )
    names = rows[0]
    for k, row in enumerate(rows[1:]):
        if len(row) != len(names):
            raise XanesviewError(
                f"Row {k + 1} of {path.name} has {len(row)} of {len(names)} columns.", "The file is damaged or cut off."
            )
    values = np.array([[number(word, f"A value of {path.name}") for word in row] for row in rows[1:]])
    return PredictionTable(values[:, 0], {name: values[:, k] for k, name in enumerate(names) if k}, header)


def _write(path: str | Path, header: Mapping[str, str], names: Sequence[str], rows: Iterable[str]) -> None:
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        for key, value in header.items():
            stream.write(f"# {key}: {' '.join(str(value).split())}\n")
        csv.writer(stream, lineterminator="\n").writerow(names)
        for row in rows:
            stream.write(row + "\n")
