"""FEFF10 on solids whose answer is known: the symmetry of their tensors, lines of textbooks, measured spectra.

    python tests/benchmarks/bench_feff_solids.py FOLDER
    python tests/benchmarks/bench_feff_solids.py FOLDER --measured MEASURED --only-print

FOLDER keeps the computed sites; what is there is not computed again. Cubic sites must have no direction, those on a
threefold axis none across it: `broken` is the largest part of the tensor that symmetry forbids, in per cent of the
edge step. `along` and `across` are the heights at the energy of the π* line. MEASURED holds ``hematite_Fe2O3.xdi``
and ``iron_foil.xdi``; r is the correlation from 10 eV below to 60 eV above the edge after the best shift, of the
computed isotropic curve as it is (5.5 Å see little of the structure that a whole crystal has).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.build import bulk
from ase.spacegroup import crystal

from xanesview.domain.comparison import on_common_grid, pearson
from xanesview.domain.processing.alignment import fit_shift
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.reference.making.site_results import SiteJob, SiteResult, read_result, write_result
from xanesview.reference.multiple_scattering.kept import ScatteringSite
from xanesview.reference.multiple_scattering.offsets import edge_offset_ev
from xanesview.reference.multiple_scattering.settings import PRESETS
from xanesview.reference.multiple_scattering.site_processes import computed
from xanesview.reference.multiple_scattering.site_worker import job_of
from xanesview.training.calibration.measured_files import MeasuredFile


@dataclass(frozen=True)
class Solid:
    """A crystal, its edge, how symmetric the site is ("cubic", "axial" around z, "" unknown), a measured file."""

    name: str
    make: Callable[[], Atoms]
    element: str
    shell: str
    symmetry: str
    measured: str = ""


def _graphite() -> Atoms:
    cell = [2.464, 2.464, 6.711, 90, 90, 120]
    return crystal(["C", "C"], [(0, 0, 0.25), (1 / 3, 2 / 3, 0.25)], spacegroup=194, cellpar=cell)


def _boron_nitride() -> Atoms:
    cell = [2.504, 2.504, 6.661, 90, 90, 120]
    return crystal(["B", "N"], [(1 / 3, 2 / 3, 0.25), (1 / 3, 2 / 3, 0.75)], spacegroup=194, cellpar=cell)


def _hematite() -> Atoms:
    cell = [5.0356, 5.0356, 13.7489, 90, 90, 120]
    return crystal(["Fe", "O"], [(0, 0, 0.3553), (0.3059, 0, 0.25)], spacegroup=167, cellpar=cell)


def _perovskite(symbols: list[str], a: float) -> Atoms:
    places = [(0, 0, 0), (0.5, 0, 0), (0.5, 0.5, 0.5)]  # B, O, A
    return crystal(symbols, places[: len(symbols)], spacegroup=221, cellpar=[a, a, a, 90, 90, 90])


SOLIDS = (
    Solid("graphite", _graphite, "C", "K", "axial"),
    Solid("hbn", _boron_nitride, "N", "K", "axial"),
    Solid("mgo", lambda: bulk("MgO", "rocksalt", a=4.2112, cubic=True), "Mg", "K", "cubic"),
    Solid("mgo", lambda: bulk("MgO", "rocksalt", a=4.2112, cubic=True), "O", "K", "cubic"),
    Solid("cu", lambda: bulk("Cu", "fcc", a=3.6149, cubic=True), "Cu", "K", "cubic"),
    Solid("fe", lambda: bulk("Fe", "bcc", a=2.8665, cubic=True), "Fe", "K", "cubic", "iron_foil.xdi"),
    Solid("pt", lambda: bulk("Pt", "fcc", a=3.9242, cubic=True), "Pt", "L3", "cubic"),
    Solid("reo3", lambda: _perovskite(["Re", "O"], 3.7504), "Re", "L3", "cubic"),
    Solid("srtio3", lambda: _perovskite(["Ti", "O", "Sr"], 3.905), "Ti", "K", "cubic"),
    Solid("hematite", _hematite, "Fe", "K", "axial", "hematite_Fe2O3.xdi"),
)


def job_of_solid(solid: Solid, preset: str) -> SiteJob:
    """Return the first absorber of a crystal as a job."""
    made = solid.make()
    structure = Structure(made.numbers, made.positions, made.cell[:], made.pbc, name=solid.name)
    atom = int(structure.sites_of(solid.element)[0])
    return SiteJob(solid.name, structure, atom, solid.element, solid.shell, preset)


def broken_percent(components: np.ndarray, symmetry: str) -> float:
    """Return the largest part of a tensor (6, E) that a site's symmetry forbids, per cent of the edge step."""
    xx, yy, zz, *others = components
    forbidden = [xx - yy, *others] + ([xx - zz] if symmetry == "cubic" else [])
    return 100.0 * float(np.abs(forbidden).max())


def line_of(site: ScatteringSite, symmetry: str) -> str:
    """Return what the table says of the lines: π* along and across the axis, or the white line."""
    xx, yy, zz = site.components[:3]
    energy = site.energy_ev
    if symmetry == "axial" and (energy[np.argmax(zz * (energy < 6.0))]) > 0.0 and zz[energy < 6.0].max() > 2.0:
        at = int(np.argmax(np.where(energy < 6.0, zz, 0.0)))
        across = 0.5 * (xx + yy)
        sigma = energy[int(np.argmax(np.where(energy > 6.0, across, 0.0)))]
        return f"π* at {energy[at]:.1f}: along {zz[at]:.1f}, across {across[at]:.1f}; σ* at {sigma:.1f}"
    mean = (xx + yy + zz) / 3.0
    at = int(np.argmax(mean))
    return f"highest {mean[at]:.2f} at {energy[at]:.1f}"


def agreement(site: ScatteringSite, path: Path, element: str) -> str:
    """Return correlation and best shift with a measured file."""
    measured = MeasuredFile(path, "", element, "").spectrum()
    curve = Spectrum(site.energy_ev + site.e0_ev + edge_offset_ev(element), site.components[:3].mean(axis=0))
    edge = site.e0_ev + edge_offset_ev(element)
    window = edge - 10.0, edge + 60.0
    shift = -fit_shift(measured, curve, window, 15.0)
    _, one, two = on_common_grid(measured, curve.shifted(shift), window)
    return f"r {pearson(one, two):.2f}, shift {shift:+.1f}"


def row_of(solid: Solid, result: SiteResult, measured: Path | None) -> str:
    """Return a line of the table."""
    site = result.site
    path = None if measured is None or not solid.measured else measured / solid.measured
    against = agreement(site, path, solid.element) if path is not None and path.exists() else ""
    cells = [
        solid.name, f"{solid.element} {solid.shell}", result.job.preset, f"{site.e0_ev:.1f}",
        f"{broken_percent(site.components, solid.symmetry):.3f}", line_of(site, solid.symmetry), against,
        f"{site.seconds / 60:.1f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Compute what is not there yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--measured", type=Path)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="fast")
    parser.add_argument("--only-print", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    jobs = [job_of_solid(solid, asked.preset) for solid in SOLIDS]
    waiting = [job for job in jobs if not (asked.folder / job.file_name).exists()]
    if not asked.only_print:
        sites = [job_of(job.structure, job.atom, job.shell, job.preset) for job in waiting]
        for place, answer in computed(sites, at_a_time=1):
            if "error" in answer:
                print(f"{waiting[place].name}: {answer['error']}", flush=True)
                continue
            tensor = answer["tensor"]
            arrays = np.array(tensor["energy_ev"]), np.array(tensor["components"])
            site = ScatteringSite(waiting[place].atom, *arrays, tensor["e0_ev"], answer["seconds"])
            write_result(asked.folder, SiteResult(waiting[place], site, tensor["missed"]))
            print(f"{waiting[place].name}: {answer['seconds']:.0f} s", flush=True)
    print("| solid | edge | preset | E0, eV | broken, % | lines, eV from E0 | measured | minutes |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for solid, job in zip(SOLIDS, jobs, strict=True):
        path = asked.folder / job.file_name
        if path.exists():
            print(row_of(solid, read_result(path), asked.measured))


if __name__ == "__main__":
    main()
