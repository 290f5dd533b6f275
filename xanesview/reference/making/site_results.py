"""Files of sites computed with FEFF10: one a site, with its structure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.site_spectra import SiteSpectra, StructureSpectra, quadratic_design
from xanesview.domain.structure import Structure
from xanesview.errors import DamagedFileError, XanesviewError
from xanesview.io.npz import read_npz, write_npz
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
