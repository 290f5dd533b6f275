"""Files of sites computed with FEFF10: one a site, with its structure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra, quadratic_design
from xanesview.domain.structure import Structure
from xanesview.errors import DamagedFileError, XanesviewError
from xanesview.io.npz import read_npz, write_npz
from xanesview.reference.making.failures import Failure, failed_before
from xanesview.reference.making.naming import Place, Standing, places
from xanesview.reference.multiple_scattering.kept import ScatteringSite
from xanesview.reference.multiple_scattering.output import DIRECTIONS

_PREFIX = "feff"
_PARENT = "__"
"""Separates a parent from its variant in a name: rutile__110_rattle03 is a variant of rutile."""


@dataclass(frozen=True, eq=False)
class SiteJob:
    """One site to compute: ``multiplicity`` atoms are equivalent to it."""

    name: str
    structure: Structure
    atom: int
    element: str
    shell: str
    preset: str
    multiplicity: int = 1

    @property
    def file_name(self) -> str:
        """Name of the result's file."""
        return f"{_PREFIX}_{self.element}-{self.shell}_{self.name}_{self.atom:04d}.npz"

    @property
    def identity(self) -> str:
        """What decides the result, for what is noted of its failure; results hold it themselves."""
        asked = {"engine": "feff", "structure": self.structure.content_hash, "preset": self.preset}
        return json.dumps(asked, sort_keys=True)


@dataclass(frozen=True, eq=False)
class SiteResult:
    """A site as it was computed, with its structure and what it was computed with."""

    job: SiteJob
    site: ScatteringSite
    missed: float


def result_names(element: str, shell: str) -> str:
    """Return the pattern of names of an edge's result files."""
    return f"{_PREFIX}_{element}-{shell}_*.npz"


def parent_of(name: str) -> str:
    """Return the name of what a structure is a variant of: what stands before two underscores, else its own."""
    return name.partition(_PARENT)[0]


def named_apart(
    jobs: Sequence[SiteJob],
    folder: Path,
    result: Callable[[str], SiteResult | None],
    failures: Mapping[str, Sequence[Failure]],
) -> tuple[list[SiteJob], list[str], list[Place | None]]:
    """Return jobs of one edge with names that no other structure has, there or among them; a site given twice once.

    Parameters
    ----------
    jobs : as they are asked for, those of one structure with one name
    folder : for the results
    result : of a file's name, None where there is none
    failures : what is noted of those that failed, by the file's name

    Returns
    -------
    jobs : under their new names
    names, places : of the structures as given, and where each is kept; None for one that is given twice
    """
    units: dict[tuple[str, str], list[SiteJob]] = {}
    asked: list[tuple[str, str]] = []
    for job in jobs:
        unit = (job.name, job.structure.content_hash)
        sites = units.setdefault(unit, [])
        if not sites or job.atom == sites[0].atom:
            asked.append(unit)
        sites.append(job)
    there = _files_by_name(folder, jobs[0].element, jobs[0].shell) if jobs else {}

    def standing(index: int, name: str) -> Standing:
        content, own = asked[index][1], [replace(job, name=name) for job in units[asked[index]]]
        held = {file: one for file in there.get(name, ()) if (one := result(file))}
        same = {file: one.job.structure.content_hash == content for file, one in held.items()}
        if held:
            mine = any(same.values()) and all(same.get(job.file_name, True) for job in own)
            return Standing.DONE if mine else Standing.OTHER
        noted = [(job, failures.get(job.file_name, [])) for job in own]
        if any(failed_before(lines, job.identity, job.structure.smiles or "") for job, lines in noted):
            return Standing.FAILED
        return Standing.OTHER_FAILED if any(lines for _, lines in noted) else Standing.FREE

    found = places(asked, standing)
    named: dict[str, SiteJob] = {}
    for unit, place in zip(asked, found):
        for job in units[unit] if place else ():
            one = replace(job, name=place.name)
            named.setdefault(one.file_name, one)
    return list(named.values()), [name for name, _ in asked], found


def _files_by_name(folder: Path, element: str, shell: str) -> dict[str, list[str]]:
    """Return the names of an edge's result files by the structure's name."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob(result_names(element, shell))):
        words = re.fullmatch(rf"{_PREFIX}_{element}-{shell}_(.*)_\d{{4,}}\.npz", path.name)
        if words:
            found.setdefault(words[1], []).append(path.name)
    return found


def write_result(folder: Path, result: SiteResult) -> None:
    """Write a result's file, completely or not at all."""
    job, site = result.job, result.site
    structure = job.structure
    arrays = {
        "name": np.array(job.name),
        "smiles": np.array(structure.smiles or ""),
        "z": structure.numbers,
        "pos": structure.positions_angstrom,
        "cell": structure.cell_angstrom,
        "pbc": structure.pbc,
        "atom": np.array(job.atom),
        "element": np.array(job.element),
        "shell": np.array(job.shell),
        "preset": np.array(job.preset),
        "multiplicity": np.array(job.multiplicity),
        "energy_ev": site.energy_ev,
        "components": site.components.astype("f4"),
        "e0_ev": np.array(site.e0_ev),
        "missed": np.array(result.missed),
        "seconds": np.array(site.seconds),
    }
    write_npz(folder / job.file_name, arrays)


def read_result(path: Path) -> SiteResult:
    """Read a result's file.

    Raises
    ------
    DamagedFileError
        If it was cut off or changed, or is no such file.
    """
    arrays = read_npz(path)
    try:
        structure = Structure(
            arrays["z"], arrays["pos"], arrays["cell"], arrays["pbc"], str(arrays["name"]),
            smiles=str(arrays["smiles"]) or None,
        )  # fmt: skip
        words = (str(arrays[key]) for key in ("element", "shell", "preset"))
        atom = int(arrays["atom"])
        job = SiteJob(str(arrays["name"]), structure, atom, *words, int(arrays["multiplicity"]))
        energy, components = np.round(arrays["energy_ev"], 4), arrays["components"].astype(float)
        if components.shape != (6, len(energy)) or not np.isfinite(components).all() or (np.diff(energy) <= 0).any():
            raise ValueError("spectra that are none")
        if structure.symbols[atom] != job.element:
            raise ValueError("another absorber")
        site = ScatteringSite(atom, energy, components, float(arrays["e0_ev"]), float(arrays["seconds"]))
        return SiteResult(job, site, float(arrays["missed"]))
    except (KeyError, ValueError, IndexError, TypeError, XanesviewError) as error:
        raise DamagedFileError(f"{path.name} is no result of FEFF10.", "Leave it out.") from error


def structure_spectra(results: list[SiteResult]) -> StructureSpectra:
    """Return one structure with the tensors of its sites, as spectra along six directions, from each site's E0."""
    first = results[0].job
    design = quadratic_design(DIRECTIONS)
    sites = tuple(
        SiteSpectra(
            one.site.atom, one.site.energy_ev, DIRECTIONS, design @ one.site.components,
            multiplicity=one.job.multiplicity,
        )
        for one in sorted(results, key=lambda r: r.site.atom)
    )  # fmt: skip
    return StructureSpectra(first.structure, sites, parent_of(first.name))
