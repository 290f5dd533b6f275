"""CSV tables of spectra and predictions: units and provenance in ``#`` lines, then one header line, then numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import COMPONENTS, AbsorptionTensor, PolarisedSpectra
from xanesview.errors import XanesviewError, in_plain_words
from xanesview.io.atomic import atomic_write, text_stream
from xanesview.io.spectra.checks import check_ascending, native_width_ev
from xanesview.io.spectra.tensor_file import write_prediction_h5
from xanesview.io.text_file import number, read_text

__all__ = ["PredictionTable", "read_prediction_csv", "write_prediction_csv", "write_prediction_h5"]


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """A prediction read back: energies (E,), columns by name (E,) each, the header as text, and the native width."""

    energy_ev: np.ndarray
    columns: dict[str, np.ndarray]
    header: dict[str, str]
    native_fwhm_ev: float = 0.0

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
    _write(path, header, ["energy_ev", *names], map(_line, rows))


def write_spectra_csv(
    path: str | Path, energy_ev: np.ndarray, sites: np.ndarray, each: np.ndarray, header: Mapping[str, str]
) -> None:
    """Write spectra (S, E) of sites as `write_prediction_csv` does, without a further copy of them."""
    names = ["energy_ev", *(f"site_{atom}" for atom in sites.tolist()), "sum"]
    rows = (np.concatenate([[energy], each[:, k], [each[:, k].sum()]]) for k, energy in enumerate(energy_ev))
    _write(path, header, names, map(_line, rows))


def _line(row: np.ndarray) -> str:
    """Return a row of numbers; ten digits give every float32 back exactly."""
    return ",".join(f"{value:.10g}" for value in row.tolist())


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
    check_ascending(values[:, 0], path.name)
    width = native_width_ev(header.get("native_fwhm_ev"), path.name)
    return PredictionTable(values[:, 0], {name: values[:, k] for k, name in enumerate(names) if k}, header, width)


def _write(path: str | Path, header: Mapping[str, str], names: Sequence[str], rows: Iterable[str]) -> None:
    with atomic_write(path) as temporary, text_stream(temporary) as stream:
        for key, value in header.items():
            stream.write(f"# {key}: {' '.join(str(value).split())}\n")
        csv.writer(stream, lineterminator="\n").writerow(names)
        for row in rows:
            stream.write(row + "\n")
