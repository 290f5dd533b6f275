"""Computes a list of crystals and of surfaces cut from them with FEFF10: as many surroundings as possible.

    python tests/benchmarks/compute_crystals.py resources/training/crystals/iron_oxides.toml FOLDER

Every crystal, and every cut of every facet, is a parent; each gets one site first (bulk as it is, slabs rattled, the
absorber near the surface), then, when all have one, a second (rattled by another σ, another absorber). A site a file in
FOLDER: what is there, or failed before, is not computed again, so that the same command goes on after a stop. `--list`
tells parents and shortest distances and computes nothing; `--part 0 --parts 2` and `--part 1 --parts 2` share the
list between two processes; `--have FILE …` leaves out the sites that these data files hold. `xanesview dataset build
FOLDER` makes a data file of the results.
"""

from __future__ import annotations

import argparse
import itertools
import time
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
from ase import Atoms
from ase.spacegroup import crystal

from xanesview.domain.editing.copies import rattled, strained, supercell
from xanesview.domain.editing.surface import surface, terminations
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.reference.making.failures import Failure, read_failures, write_failure
from xanesview.reference.making.site_results import SiteJob, SiteResult, write_result
from xanesview.reference.multiple_scattering.calculation import cut_cluster
from xanesview.reference.multiple_scattering.kept import ScatteringSite
from xanesview.reference.multiple_scattering.settings import PRESETS
from xanesview.reference.multiple_scattering.site_processes import computed
from xanesview.reference.multiple_scattering.site_worker import job_of

THICK_ANGSTROM = 9.0
NEAR_SURFACE_ANGSTROM = 4.0
SIGMAS = (0.03, 0.05, 0.02, 0.08)
STRAINS = (-2.0, -1.0, 1.0, 2.0)
"""Per cent; the second copy of a bulk crystal is strained along each axis by one of these."""


def bulk_of(entry: dict) -> Structure:
    """Return a crystal of the list in its conventional cell."""
    words = [line.split() for line in entry["atoms"]]
    setting = {"setting": entry["setting"]} if "setting" in entry else {}
    made = crystal(
        [one[0] for one in words], [[float(x) for x in one[1:]] for one in words],
        spacegroup=entry["group"], cellpar=entry["cell"], **setting,
    )  # fmt: skip
    return Structure(made.numbers, made.positions, made.cell[:], made.pbc, name=entry["name"])


def distances(structure: Structure) -> np.ndarray:
    """Return the shortest distances between all atoms (N, N), images included."""
    atoms = Atoms(structure.numbers, structure.positions_angstrom, cell=structure.cell_angstrom, pbc=structure.pbc)
    return atoms.get_all_distances(mic=True)


def coordination(structure: Structure, atoms: np.ndarray, within: float = 2.45) -> np.ndarray:
    """Return how many atoms of another element (N,) stand around each of ``atoms`` (N,)."""
    found = distances(structure)[atoms] < within
    return (found & (structure.numbers[atoms][:, None] != structure.numbers[None, :])).sum(axis=1)


def emptied(bulk: Structure, element: str, how: dict) -> Iterator[Structure]:
    """Yield copies of a crystal in which sites of an element and coordination are empty at random."""
    large = supercell(bulk, how["repeat"])
    atoms = large.sites_of(element)
    atoms = atoms[coordination(large, atoms) == how["coordination"]]
    for seed in range(how["ways"]):
        gone = np.random.default_rng(seed).choice(atoms, how["count"], replace=False)
        stay = np.setdiff1d(np.arange(large.n_atoms), gone)
        name = f"{bulk.name}{seed + 1}"
        yield Structure(large.numbers[stay], large.positions_angstrom[stay], large.cell_angstrom, large.pbc, name=name)


def parents(listed: dict) -> Iterator[tuple[str, Structure]]:
    """Yield name and structure of every crystal and of every cut of every facet."""
    for entry in listed["crystal"]:
        bulk = bulk_of(entry)
        made = list(emptied(bulk, listed["element"], entry["empty"])) if "empty" in entry else [bulk]
        if entry.get("bulk", True):
            yield from ((one.name, one) for one in made)
        for index in entry.get("facets", ()):
            miller = tuple(index)
            found = terminations(made[0], miller)
            for cut in range(min(entry.get("cuts", 1), len(found))):
                one = surface(made[0], miller, 1, termination=cut)
                layers = max(1, int(np.ceil(THICK_ANGSTROM / max(np.ptp(one.positions_angstrom[:, 2]), 0.5))))
                slab = surface(made[0], miller, layers, termination=cut)
                yield f"{made[0].name}_({''.join(map(str, index))}){'abcdefgh'[cut]}", slab


def absorber(structure: Structure, element: str, rng: np.random.Generator, surface_only: bool) -> int:
    """Return a site at random; of a slab one near its upper face, or anywhere."""
    atoms = structure.sites_of(element)
    if surface_only and not structure.pbc.all():
        heights = structure.positions_angstrom[:, 2]
        near = atoms[heights[atoms] > heights.max() - NEAR_SURFACE_ANGSTROM]
        atoms = near if len(near) else atoms
    return int(rng.choice(atoms))


def jobs_of(listed: dict, preset: str) -> list[SiteJob]:
    """Return the sites to compute in their order: one of every parent, then a second of each."""
    rounds: list[list[SiteJob]] = [[], []]
    for name, structure in parents(listed):
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        is_bulk, first = bool(structure.pbc.all()), -1
        for number, jobs in enumerate(rounds):
            sigma = float(rng.choice(SIGMAS))
            one, variant = structure, "ideal"
            if is_bulk and number:
                one = strained(structure, [float(x) for x in rng.choice(STRAINS, 3)])
            if number or not is_bulk:
                one = rattled(one, sigma, int(rng.integers(2**31)))
                variant = f"{'strain_' * (is_bulk and number > 0)}rattle{round(100 * sigma):02d}"
            atom = first
            for _ in range(5):  # another one than before, where there is one
                atom = absorber(one, listed["element"], rng, number == 0)
                if atom != first:
                    break
            first = atom
            jobs.append(SiteJob(f"{name}__{variant}", one, atom, listed["element"], listed["shell"], preset))
    return spread(rounds[0]) + spread(rounds[1])


def spread(jobs: list[SiteJob]) -> list[SiteJob]:
    """Return jobs so that crystals take turns: wherever the queue is stopped, many are there."""
    groups: dict[str, list[SiteJob]] = {}
    for job in jobs:
        groups.setdefault(job.name.partition("_(")[0].partition("__")[0], []).append(job)
    return [one for turn in itertools.zip_longest(*groups.values()) for one in turn if one is not None]


def closest_angstrom(job: SiteJob) -> tuple[float, int]:
    """Return the shortest distance in a structure, and how many oxygens the absorber has within 2.45 Å."""
    apart = distances(job.structure)
    np.fill_diagonal(apart, np.inf)
    near = (apart[job.atom] < 2.45) & (job.structure.numbers == 8)
    return float(apart.min()), int(near.sum())


def compute(job: SiteJob, folder: Path) -> None:
    """Compute a site and keep it, or note why it failed."""
    began = time.strftime("%H:%M")
    try:
        cut_cluster(job.structure, job.atom, PRESETS[job.preset])
        ((_, answer),) = computed([job_of(job.structure, job.atom, job.shell, job.preset)], at_a_time=1)
    except XanesviewError as error:
        answer = {"error": error.message}
    if "error" in answer:
        write_failure(folder, Failure(job.file_name, "", answer["error"], identity=job.identity))
        print(f"{began} {job.name} atom {job.atom}: {answer['error']}", flush=True)
        return
    tensor = answer["tensor"]
    arrays = np.array(tensor["energy_ev"]), np.array(tensor["components"])
    site = ScatteringSite(job.atom, *arrays, tensor["e0_ev"], answer["seconds"])
    write_result(folder, SiteResult(job, site, tensor["missed"]))
    print(f"{began} {job.name} atom {job.atom}: {answer['seconds']:.0f} s", flush=True)


def held(paths: list[Path]) -> set[tuple[str, int]]:
    """Return name and atom of every site that data files of earlier results hold."""
    found: set[tuple[str, int]] = set()
    for path in paths:
        with h5py.File(path) as file:
            names = file["structure/name"].asstr()[:]
            found |= {
                (names[structure], int(atom))
                for structure, atom in zip(file["site/structure"][:], file["site/atom"][:], strict=True)
            }
    return found


def main() -> None:
    """Compute what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("crystals", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--preset", choices=tuple(PRESETS), default="careful")
    parser.add_argument("--list", dest="only_list", action="store_true")
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--have", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    jobs = jobs_of(tomllib.loads(asked.crystals.read_text(encoding="utf-8")), asked.preset)
    there = held(asked.have)
    jobs = [job for job in jobs if (job.name, job.atom) not in there]
    if asked.only_list:
        for job in jobs:
            shortest, oxygens = closest_angstrom(job)
            told = f"shortest {shortest:.2f} Å, {oxygens} O"
            print(f"{job.name} atom {job.atom} of {job.structure.formula}: {told}")
        return
    asked.folder.mkdir(parents=True, exist_ok=True)
    failed = read_failures(asked.folder)
    for job in jobs[asked.part :: asked.parts]:
        if not (asked.folder / job.file_name).exists() and job.file_name not in failed:
            compute(job, asked.folder)


if __name__ == "__main__":
    main()
