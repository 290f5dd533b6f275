"""Predicted and computed spectra against measured ones: a line a file, medians an edge, and a page of plots.

    python tests/benchmarks/bench_measured.py FOLDER [--as computed|measured|both] [--computed RESULTS]
                                              [--network NAME …] [--relaxed] [--page PAGE]

``FOLDER`` holds ``index.csv`` with the columns file, smiles, element, state and the spectra as columns of energy and
intensity. Every file with a SMILES string is predicted with the shipped network of its edge, on the geometry that
``predict`` builds, or (``--relaxed``) on that of the results; a file without one is the crystal of its name.
``RESULTS`` is a folder that ``compute`` wrote.

As measured is what the network's card says of its edge: nothing is fitted to a file but a scale. C, N and O spectra
have a total width of 1.18 eV below the edge (or the network's native one), and what as measured adds beyond it; a
resolution named in the state, such as “0.7 eV”, is allowed for. Fe spectra are compared as they are. r is Pearson's
correlation in C 283–300, N 397–414, O 529–547, Fe 7100–7180 eV, then after the best shift, which is what to add to the
curve; rms after the best scale and without a shift, of the measured spectrum's mean; line: the strongest measured
maximum below the lowest ionisation potential, of a crystal the white line; error: the nearest maximum of the curve
minus the measured one, nan where none is within 1.5 eV: such lines are named, and are in no mean or median of lines.
Files that can't be predicted are listed with the reason, in the output and on the page.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.processing.as_measured import AsMeasured
from xanesview.domain.sticks import NATIVE_WIDTHS, stick_tensor
from xanesview.domain.structure import Structure
from xanesview.inference.predictor import load_predictor
from xanesview.io.figures.style import INK
from xanesview.networks.card import CARD, Card, find_bundle
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.kept import UNIT
from xanesview.training.calibration.agreement import Agreement
from xanesview.training.calibration.fit import AS_COMPUTED, Case, predicted_cases
from xanesview.training.calibration.measured_files import WINDOWS_EV, MeasuredFile, measured_files, unpredicted_files
from xanesview.training.data.dataset_writer import StickRecord, read_site_spectra

ACCEPTED = {"C": (0.93, 0.15), "N": (0.95, 0.25), "O": (0.93, 0.25)}
"""Median r at least, and median size of the line error in eV at most, as measured on molecules kept aside."""


def computed_tensor(record: StickRecord, element: str) -> AbsorptionTensor:
    """Return the tensors of computed transitions; a site stands for its equivalence class."""
    low, high = WINDOWS_EV[element]
    energy, offset = np.arange(low - 5.0, high + 8.0, 0.05), ENERGY_OFFSET_EV[element]
    alike = record.numbers == record.numbers[record.sites[0]]
    components = []
    for atom, (sticks, dipole), ip in zip(record.sites, record.sticks, record.ip_ev, strict=True):
        class_size = np.sum(alike & (record.rank == record.rank[atom]))
        computed_here = np.sum(record.rank[record.sites] == record.rank[atom])
        components.append(class_size / computed_here * stick_tensor(energy, sticks, dipole, float(ip), offset))
    return AbsorptionTensor(
        energy, np.array(components), np.asarray(record.sites), UNIT, f"{element} K", NATIVE_WIDTHS.fwhm_ev,
        ip_ev=np.asarray(record.ip_ev, float) + offset,
    )  # fmt: skip


def record_of(file: MeasuredFile, results: Path | None) -> StickRecord | None:
    """Return what was computed for a file, None where nothing was."""
    found = results and results / f"{file.element}_{file.name.removesuffix('_' + file.element)}.npz"
    return read_site_spectra(found, "") if found and found.is_file() else None


def table(title: str, rows: list[Agreement]) -> None:
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
            sizes = np.abs(errors)
            lines += f", mean error {errors.mean():+.2f}, mean size {sizes.mean():.2f}, median {np.median(sizes):.2f}"
            if title.endswith("as measured") and element in ACCEPTED:
                least, most = ACCEPTED[element]
                met = r >= least and np.median(sizes) <= most
                lines += f"; asked r ≥ {least:g}, line ≤ {most:g}: {'met' if met else 'not met'}"
        print(f"median {element}, {len(some):2d} files       {numbers}   {lines}")
        if len(errors) < len(some):
            print(f"  {unmatched(some)}")


def unmatched(rows: list[Agreement]) -> str:
    """Return which lines have no error, and why; empty where each has one."""
    without = [row for row in rows if not np.isfinite(row.error_ev)]
    nothing = [row.name for row in without if not np.isfinite(row.line_ev)]
    far = [row.name for row in without if np.isfinite(row.line_ev)]
    words = [f"{', '.join(far)}: no maximum of the curve within 1.5 eV of the measured line"] if far else []
    words += [f"{', '.join(nothing)}: no measured maximum below the edge"] if nothing else []
    return f"{len(without)} of {len(rows)} lines not counted: {'; '.join(words)}" if words else ""


def draw(page: Path, tables: dict[str, list[Agreement]], left_out: list[str]) -> None:
    """Write one page with a panel a file: the measured spectrum, and every curve scaled to it; what is missing."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys((row.element, row.name) for rows in tables.values() for row in rows))
    columns = 6
    n_rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.0 * columns, 2.1 * n_rows + 0.4), layout="constrained")
    axes = figure.subplots(n_rows, columns, squeeze=False).ravel()
    for spare in axes[len(names) :]:
        spare.axis("off")
    drawn = {}
    for axis, (element, name) in zip(axes, names):
        low, high = WINDOWS_EV[element]
        here = [(title, r) for title, rows in tables.items() for r in rows if (r.element, r.name) == (element, name)]
        curves = [("measured", here[0][1].measured), *((title, row.curve) for title, row in here)]
        inks = {"measured": INK["text"], **dict(zip(tables, (INK["first"], INK["second"], *INK.values())))}
        for label, curve in curves:
            seen = curve.windowed(low - 1.0, high + 3.0)
            drawn[label] = axis.plot(seen.energy_ev, seen.intensity, color=inks[label], lw=1.0)[0]
        axis.set_title(f"{name}   r {' → '.join(f'{row.r:.2f}' for _, row in here)}", fontsize=7)
        axis.tick_params(labelsize=6)
    figure.legend(drawn.values(), drawn, loc="outside upper center", ncols=len(drawn), fontsize=8, frameon=False)
    foot = list(left_out)
    for title, rows in tables.items():
        foot += [f"{title}, {element}: {words}" for element in WINDOWS_EV
                 if (words := unmatched([row for row in rows if row.element == element]))]  # fmt: skip
    if foot:
        figure.supxlabel("\n".join(foot), fontsize=7, ha="left", x=0.01)
    figure.savefig(page, dpi=130)


def main() -> None:
    """Print the tables and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--as", dest="drawn_as", choices=("computed", "measured", "both"), default="both")
    parser.add_argument("--computed", type=Path, metavar="RESULTS", help="folder of results of “xanesview compute”")
    parser.add_argument("--network", nargs="*", default=[], metavar="NAME|PATH", help="instead of the shipped ones")
    parser.add_argument("--relaxed", action="store_true", help="predict on the geometry of the results")
    parser.add_argument("--page", type=Path, default=Path("measured.png"), metavar="PAGE", help="where to draw")
    asked = parser.parse_args()
    networks = {element: f"{element.lower()}_k_edge_tensor" for element in WINDOWS_EV}
    networks |= {load_predictor(name).card.element: name for name in asked.network}
    files = measured_files(asked.folder)
    records = {file.path: record_of(file, asked.computed) for file in files}
    if asked.relaxed:
        files = [_Relaxed(**vars(file), record=records[file.path]) for file in files]
    relaxed = ", relaxed geometry" if asked.relaxed else ""
    tables: dict[str, list[Agreement]] = {}
    for element, network in networks.items():
        measured = Card.from_json(find_bundle(network) / CARD).as_measured
        for case in predicted_cases(network, [file for file in files if file.element == element], print):
            for title, how in _ways(asked.drawn_as, measured).items():
                tables.setdefault(f"network{relaxed}, {title}", []).append(case.agreement(how))
    found = [(file, records[file.path]) for file in files if records[file.path] is not None]
    for file, record in found:
        case = Case(file, file.spectrum(), computed_tensor(record, file.element))
        tables.setdefault("first principles", []).append(case.agreement())
    for title, rows in tables.items():
        table(title, rows)
    left_out = [f"{file.path.name} left out: {file.why_not}" for file in unpredicted_files(asked.folder)]
    print("", *left_out, sep="\n")
    draw(asked.page, tables, left_out)
    print(f"\nplots: {asked.page}")


def _ways(drawn_as: str, measured: AsMeasured | None) -> dict[str, AsMeasured]:
    ways = {"as computed": AS_COMPUTED}
    if measured is not None and drawn_as != "computed":
        ways["as measured"] = measured
    return {title: how for title, how in ways.items() if drawn_as == "both" or title.endswith(drawn_as)}


class _Relaxed(MeasuredFile):
    """A measured file whose molecule is in the geometry that was computed, where it was."""

    def __init__(self, record: StickRecord | None, **fields: object) -> None:
        super().__init__(**fields)
        object.__setattr__(self, "record", record)

    def structure(self) -> Structure:
        """Return the geometry of the results, else what is built from the SMILES string."""
        if self.record is None:
            return super().structure()
        alone = np.zeros((3, 3)), np.zeros(3, bool)
        return Structure(self.record.numbers.astype(int), self.record.positions_angstrom.astype(float), *alone)


if __name__ == "__main__":
    main()
