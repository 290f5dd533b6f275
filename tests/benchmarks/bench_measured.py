"""Predicted and computed spectra against measured ones: a line a file, medians an edge, and a page of plots.

    python tests/benchmarks/bench_measured.py FOLDER [--computed RESULTS] [--network NAME …] [--relaxed] [--page PAGE]

``FOLDER`` holds ``index.csv`` with the columns file, smiles, element, state and the spectra as columns of energy and
intensity. Every file with a SMILES string is predicted with the shipped network of its edge, on the geometry that
``predict`` builds, or (``--relaxed``) on that of the results. ``RESULTS`` is a folder that ``compute`` wrote.

All spectra have a total width of 1.18 eV below the edge (or the network's native one); a resolution named in the state,
such as “0.7 eV”, is allowed for. r is Pearson's correlation in C 283–300, N 397–414, O 529–547 eV, then after the best
shift, which is what to add to the prediction; rms after the best scale and without a shift, of the measured spectrum's
mean; line: the strongest measured maximum below the lowest ionisation potential; error: the nearest maximum of the
curve, predicted − measured, nan where none is within 1.5 eV.
"""

from __future__ import annotations

import argparse
import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.comparison import best_scale, on_common_grid, pearson, rmse
from xanesview.domain.processing.alignment import fit_shift
from xanesview.domain.processing.broadening import broaden_to
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.sticks import NATIVE_WIDTHS, stick_tensor
from xanesview.domain.structure import Structure
from xanesview.inference.predictor import default_sites, load_predictor
from xanesview.io.figures.figure import INK
from xanesview.io.spectra.spectrum_file import read_spectrum
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.training.data.dataset_writer import StickRecord, read_site_spectra

WINDOWS_EV = {"C": (283.0, 300.0), "N": (397.0, 414.0), "O": (529.0, 547.0)}
FWHM_EV = 1.18
LARGEST_SHIFT_EV = 2.0
FARTHEST_LINE_EV = 1.5
SHOWS = 0.2  # of the curve's highest maximum, to count as a line


@dataclass(frozen=True, eq=False)
class Compared:
    """One curve against its measured spectrum, both at the same width; ``ip_ev`` the lowest of the molecule."""

    name: str
    element: str
    measured: Spectrum
    curve: Spectrum
    r: float
    r_shifted: float
    shift_ev: float
    rms: float
    line_ev: float
    error_ev: float


def total(spectrum: Spectrum, fwhm_ev: float) -> Spectrum:
    """Return a spectrum at a total width, or as it is where it is broader."""
    return broaden_to(spectrum, max(fwhm_ev, spectrum.native_fwhm_ev))


def measured_spectrum(path: Path, state: str) -> Spectrum:
    """Read a measured spectrum with the resolution that its state names."""
    named = re.search(r"(\d+(?:\.\d+)?) eV", state)
    return read_spectrum(path).replace(native_fwhm_ev=float(named.group(1)) if named else 0.0)


def predicted_spectrum(structure: Structure, element: str, network: str) -> tuple[Spectrum, float]:
    """Return the isotropic sum over the sites a network predicts, and the lowest ionisation potential."""
    predictor = load_predictor(network)
    tensor = predictor.predict(structure, default_sites(structure, predictor.card)).tensor
    intensity = tensor.isotropic().sum(0)
    ip = WINDOWS_EV[element][1] if tensor.ip_ev is None else float(np.min(tensor.ip_ev))
    return Spectrum(tensor.energy_ev, intensity, native_fwhm_ev=tensor.native_fwhm_ev), ip


def computed_spectrum(record: StickRecord, element: str) -> tuple[Spectrum, float]:
    """Return the same of computed transitions; a site stands for its equivalence class."""
    low, high = WINDOWS_EV[element]
    energy, offset = np.arange(low - 5.0, high + 8.0, 0.05), ENERGY_OFFSET_EV[element]
    alike = record.numbers == record.numbers[record.sites[0]]
    intensity = np.zeros(len(energy))
    for atom, (sticks, dipole), ip in zip(record.sites, record.sticks, record.ip_ev, strict=True):
        class_size = np.sum(alike & (record.rank == record.rank[atom]))
        computed_here = np.sum(record.rank[record.sites] == record.rank[atom])
        components = stick_tensor(energy, sticks, dipole, float(ip), offset)
        intensity += class_size / computed_here * components[:3].mean(0)
    spectrum = Spectrum(energy, intensity, native_fwhm_ev=NATIVE_WIDTHS.fwhm_ev)
    return spectrum, float(record.ip_ev.min()) + offset


def lines_ev(spectrum: Spectrum, low_ev: float, high_ev: float) -> tuple[np.ndarray, np.ndarray]:
    """Return energies (parabolas through three points) and heights of the maxima within a range, strongest first."""
    here = spectrum.windowed(low_ev, high_ev)
    energy, y = here.energy_ev, here.intensity
    tops = 1 + np.flatnonzero((y[1:-1] >= y[:-2]) & (y[1:-1] > y[2:]))
    tops = tops[np.argsort(-y[tops])]
    parabolas = [np.polyfit(energy[k - 1 : k + 2] - energy[k], y[k - 1 : k + 2], 2) for k in tops]
    return energy[tops] - np.array([b / (2 * a) for a, b, _ in parabolas]), y[tops]


def line_error(measured: Spectrum, curve: Spectrum, low_ev: float, high_ev: float) -> tuple[float, float]:
    """Return the strongest measured line and how far the nearest line of the curve that shows is from it, eV."""
    here, _ = lines_ev(measured, low_ev, high_ev)
    there, heights = lines_ev(curve, low_ev - FARTHEST_LINE_EV, high_ev + FARTHEST_LINE_EV)
    if not len(here) or not len(there):
        return float("nan"), float("nan")
    errors = there[heights > SHOWS * heights.max()] - here[0]
    nearest = float(errors[np.argmin(np.abs(errors))])
    return float(here[0]), nearest if abs(nearest) < FARTHEST_LINE_EV else float("nan")


def compared(name: str, element: str, measured: Spectrum, curve: Spectrum, ip_ev: float) -> Compared:
    """Compare a curve with a measured spectrum."""
    width = max(FWHM_EV, curve.native_fwhm_ev)
    window = WINDOWS_EV[element]
    ref, pred = total(measured, width), total(curve, width)
    _, a, b = on_common_grid(ref, pred, window)
    shift = -fit_shift(ref, pred, window, LARGEST_SHIFT_EV)
    _, c, d = on_common_grid(ref, pred.shifted(shift), window)
    scaled = pred.scaled(best_scale(pred, ref, window))
    _, e, f = on_common_grid(ref, scaled, window)
    rms = rmse(e, f) / float(e.mean())
    line, error = line_error(ref, pred, window[0] - 1.0, min(ip_ev, window[1]))
    return Compared(name, element, ref, scaled, pearson(a, b), pearson(c, d), shift, rms, line, error)


def table(title: str, rows: list[Compared]) -> None:
    """Print a line a file and the medians of each edge."""
    print(f"\n{title}\n{'file':26s}   r     shifted  shift   rms    line     error")
    for row in rows:
        numbers = f"{row.r:6.3f} {row.r_shifted:6.3f} {row.shift_ev:+7.2f} {row.rms:7.3f}"
        print(f"{row.name:26s} {numbers} {row.line_ev:9.2f} {row.error_ev:+7.2f}")
    for element in WINDOWS_EV:
        some = [row for row in rows if row.element == element]
        if not some:
            continue
        r, shifted, shift, rms = np.median([[x.r, x.r_shifted, x.shift_ev, x.rms] for x in some], axis=0)
        errors = np.array([x.error_ev for x in some if np.isfinite(x.error_ev)])
        numbers = f"{r:6.3f} {shifted:6.3f} {shift:+7.2f} {rms:7.3f}"
        lines = f"{len(errors)} lines"
        if len(errors):
            lines += f", mean error {errors.mean():+.2f}, mean absolute {np.abs(errors).mean():.2f}"
        print(f"median {element}, {len(some):2d} files        {numbers}   {lines}")


def draw(page: Path, tables: dict[str, list[Compared]]) -> None:
    """Write one page with a panel a file: the measured spectrum, and every curve scaled to it."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys((row.element, row.name) for rows in tables.values() for row in rows))
    columns = 6
    n_rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.0 * columns, 2.1 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, columns, squeeze=False).ravel()
    for spare in axes[len(names) :]:
        spare.axis("off")
    for axis, (element, name) in zip(axes, names):
        low, high = WINDOWS_EV[element]
        here = [(title, r) for title, rows in tables.items() for r in rows if (r.element, r.name) == (element, name)]
        curves = [("measured", here[0][1].measured), *((title, row.curve) for title, row in here)]
        for (label, curve), ink in zip(curves, ("text", "first", "second")):
            seen = curve.windowed(low - 1.0, high + 3.0)
            axis.plot(seen.energy_ev, seen.intensity, color=INK[ink], lw=1.0, label=label)
        axis.set_title(name, fontsize=7)
        axis.tick_params(labelsize=6)
    axes[0].legend(fontsize=6)
    figure.savefig(page, dpi=130)


def main() -> None:
    """Print the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--computed", type=Path, metavar="RESULTS", help="folder of results of “xanesview compute”")
    parser.add_argument("--network", nargs="*", default=[], metavar="NAME|PATH", help="instead of the shipped ones")
    parser.add_argument("--relaxed", action="store_true", help="predict on the geometry of the results")
    parser.add_argument("--page", type=Path, default=Path("measured.png"), metavar="PAGE", help="where to draw")
    asked = parser.parse_args()
    networks = {element: f"{element.lower()}_k_edge_tensor" for element in WINDOWS_EV}
    networks |= {load_predictor(name).card.element: name for name in asked.network}
    predicted, computed = [], []
    with (asked.folder / "index.csv").open(encoding="utf-8") as stream:
        files = [row for row in csv.DictReader(stream) if row["smiles"] and row["element"] in WINDOWS_EV]
    for row in files:
        element, path = row["element"], asked.folder / row["file"]
        measured = measured_spectrum(path, row["state"])
        found = asked.computed and asked.computed / f"{element}_{path.stem.removesuffix('_' + element)}.npz"
        record = read_site_spectra(found, "") if found and found.is_file() else None
        if record is not None:
            computed.append(compared(path.stem, element, measured, *computed_spectrum(record, element)))
        structure = structure_from_smiles(row["smiles"])
        if asked.relaxed and record is not None:
            alone = np.zeros((3, 3)), np.zeros(3, bool)
            structure = Structure(record.numbers.astype(int), record.positions_angstrom.astype(float), *alone)
        predicted.append(
            compared(path.stem, element, measured, *predicted_spectrum(structure, element, networks[element]))
        )
    tables = {"network" + (", relaxed geometry" if asked.relaxed else ""): predicted}
    if computed:
        tables["computed"] = computed
    for title, rows in tables.items():
        table(title, rows)
    draw(asked.page, tables)
    print(f"\nplots: {asked.page}")


if __name__ == "__main__":
    main()
