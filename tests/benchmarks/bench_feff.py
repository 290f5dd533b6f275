"""FEFF10 as the program runs it against spectra that others computed with FEFF: a line a site, as a table.

    python tests/benchmarks/bench_feff.py DATA.h5 FOLDER --sites 134,92,325 [--preset careful]
    python tests/benchmarks/bench_feff.py DATA.h5 FOLDER --sites 1929,1628 --crystals cu2o.cif cuo.cif

``DATA.h5`` holds tensors or isotropic spectra on a grid (`dataset info` says so); ``--sites`` are rows of its sites.
``--crystals`` are the files to compute where the data hold clusters only: their first atom of the element is taken.
Results are kept in ``FOLDER`` as `compute` writes them, one site at a time; what is there is not computed again, so
that the table can be made while the rest is still to come (``--only-print``).

rms and largest difference are those of σ over all components and energies from 5 eV below E0 to 60 eV above it, in per
cent of the edge step (`iso`: of the average over directions), on the data's own grid, to which FEFF's points are
interpolated with cubic splines. Where the data's energies are absolute, the best shift and scale are allowed for.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
from scipy.interpolate import CubicSpline

from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.io.structures.registry import read_structure
from xanesview.reference.making.site_results import SiteJob, SiteResult, read_result, write_result
from xanesview.reference.multiple_scattering.kept import ScatteringSite
from xanesview.reference.multiple_scattering.settings import PRESETS
from xanesview.reference.multiple_scattering.site_processes import computed
from xanesview.reference.multiple_scattering.site_worker import job_of

WINDOW_EV = (-5.0, 60.0)


@dataclass(frozen=True, eq=False)
class Known:
    """A site of the data: ``spectra`` (6 or 1, E) over ``energy_ev`` (E,), absolute where ``e0_ev`` is NaN."""

    job: SiteJob
    energy_ev: np.ndarray
    spectra: np.ndarray
    e0_ev: float


def known_site(path: Path, row: int, preset: str) -> Known:
    """Read one site of a data file."""
    with h5py.File(path) as f:
        owner, atom = int(f["site/structure"][row]), int(f["site/atom"][row])
        atoms = slice(*f["structure/atom_ptr"][owner : owner + 2])
        parts = (f["structure/z"][atoms], f["structure/pos_angstrom"][atoms], f["structure/cell_angstrom"][owner])
        structure = Structure(*parts, f["structure/pbc"][owner], name=f["structure/name"].asstr()[owner])
        spectra = f["site/tensor"][row] if "site/tensor" in f else f["site/isotropic"][row][None]
        e0 = float(f["site/e0_ev"][row]) if "site/e0_ev" in f else np.nan
        energy = f["energy_ev"][:]
    element = SYMBOLS[structure.numbers[atom]]
    name = "".join(c if c.isalnum() or c in "._-+=()" else "_" for c in structure.name)
    return Known(SiteJob(name, structure, atom, element, "K", preset), energy, spectra.astype(float), e0)


def _of_crystal(job: SiteJob, path: Path) -> SiteJob:
    structure = read_structure(path)
    atom = int(structure.sites_of(job.element)[0])
    return replace(job, name=path.stem, structure=structure, atom=atom)


def row_of(known: Known, site: ScatteringSite) -> str:
    """Return a line of the table."""
    own = site.components if len(known.spectra) == 6 else site.components[:3].mean(axis=0)[None]
    shift, scale = 0.0, 1.0
    energy = known.energy_ev
    if np.isnan(known.e0_ev):
        energy, shift, scale = _aligned(known, site.energy_ev, own[0])
    inside = (energy >= WINDOW_EV[0]) & (energy <= WINDOW_EV[1])
    found = scale * CubicSpline(site.energy_ev, own, axis=1)(energy)
    missed = 100.0 * (found - known.spectra)[:, inside]
    iso = missed[:3].mean(axis=0) if len(missed) == 6 else missed[0]
    rms = [f"{np.sqrt((part**2).mean()):.2f}" for part in (missed, iso)]
    e0 = f"{site.e0_ev - known.e0_ev:+.2f}" if np.isfinite(known.e0_ev) else f"({shift:+.1f})"
    cells = [known.job.name, f"{known.job.element}{known.job.atom}", *rms, f"{np.abs(missed).max():.1f}", e0]
    return "| " + " | ".join([*cells, f"{site.seconds / 60:.1f}"]) + " |"


def _aligned(known: Known, energy_ev: np.ndarray, curve: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Return the data's energies from E0, E0, and the scale, that bring the computed curve nearest to the data."""
    first = known.energy_ev[0]
    best = (np.inf, first, 1.0)
    for e0 in np.arange(first - 10.0, first + 40.0, 0.1):
        relative = known.energy_ev - e0
        inside = (relative >= WINDOW_EV[0]) & (relative <= WINDOW_EV[1])
        found, wanted = CubicSpline(energy_ev, curve)(relative[inside]), known.spectra[0][inside]
        scale = (found @ wanted) / (found @ found)
        best = min(best, (float(((scale * found - wanted) ** 2).mean()), e0, scale))
    return known.energy_ev - best[1], best[1], best[2]


def draw(pairs: list[tuple[Known, ScatteringSite]], path: Path) -> None:
    """Draw each site of which tensors are known: the data as points, what was computed as lines, along x and z."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    tall = -(-len(pairs) // 2)
    figure, axes = plt.subplots(tall, 2, figsize=(6.6, 2.3 * tall), sharex=True, squeeze=False, layout="constrained")
    for ax, (known, site) in zip(axes.flat, pairs, strict=False):
        for component, letter, colour in ((0, "x", "#0072b2"), (2, "z", "#d55e00")):
            ax.plot(site.energy_ev, site.components[component], color=colour, lw=1.0, label=f"computed, ε ∥ {letter}")
            ax.plot(known.energy_ev, known.spectra[component], ".", color=colour, ms=3.0, label="data")
        ax.set_title(f"{known.job.name.replace('_', ' ')}, {known.job.element}{known.job.atom + 1}", fontsize=8)
        ax.tick_params(labelsize=7)
        ax.set_xlim(*WINDOW_EV)
    axes[0, 0].legend(fontsize=6, frameon=False)
    for ax in axes.flat[len(pairs) :]:
        ax.set_visible(False)
    figure.supxlabel("Energy from the Fermi level (eV)", fontsize=8)
    figure.supylabel("Absorption (edge steps)", fontsize=8)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Compute what is not there yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", required=True)
    parser.add_argument("--crystals", nargs="+", type=Path, default=[])
    parser.add_argument("--preset", choices=tuple(PRESETS), default="careful")
    parser.add_argument("--only-print", action="store_true")
    parser.add_argument("--figure", type=Path, help="draw the sites whose tensors are known")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    sites = [known_site(asked.data, int(row), asked.preset) for row in asked.sites.split(",")]
    if asked.crystals:
        sites = [replace(one, job=_of_crystal(one.job, path)) for one, path in zip(sites, asked.crystals, strict=True)]
    waiting = [one.job for one in sites if not (asked.folder / one.job.file_name).exists()]
    if not asked.only_print:
        jobs = [job_of(job.structure, job.atom, job.shell, job.preset) for job in waiting]
        for place, answer in computed(jobs, at_a_time=1):
            job = waiting[place]
            if "error" in answer:
                print(f"{job.name}, atom {job.atom}: {answer['error']}", flush=True)
                continue
            tensor = answer["tensor"]
            arrays = np.array(tensor["energy_ev"]), np.array(tensor["components"])
            site = ScatteringSite(job.atom, *arrays, tensor["e0_ev"], answer["seconds"])
            write_result(asked.folder, SiteResult(job, site, tensor["missed"]))
            print(f"{job.name}, atom {job.atom}: {answer['seconds']:.0f} s", flush=True)
    print("| structure | site | rms, % | iso, % | largest, % | E0, eV | minutes |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    paths = [asked.folder / known.job.file_name for known in sites]
    found = [(known, read_result(path).site) for known, path in zip(sites, paths, strict=True) if path.exists()]
    for known, site in found:
        print(row_of(known, site))
    if asked.figure:
        draw([(known, site) for known, site in found if len(known.spectra) == 6], asked.figure)


if __name__ == "__main__":
    main()
