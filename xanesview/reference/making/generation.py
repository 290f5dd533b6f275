"""One molecule after another: geometry, sites, spectra, a file each. Failures are told, not raised."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xanesview.domain.structure import SYMBOLS, Structure
from xanesview.errors import XanesviewError
from xanesview.io.npz import write_npz
from xanesview.reference.engine.relaxation import MoleculeGeometry, displaced, geometry_of, relaxed_from_smiles
from xanesview.reference.making.failures import Failure, write_failure

MOST_SITES = 10
_FAILED = "The calculation of this molecule could not be finished."
_LIBRARY_ERRORS = (RuntimeError, ValueError, IndexError, KeyError, np.linalg.LinAlgError)


@dataclass(frozen=True, eq=False)
class Job:
    """One molecule to compute.

    ``structure`` is given for a loaded file, else the geometry comes from ``smiles``; ``sites`` names atoms, else one
    of each equivalence class is taken, at most `MOST_SITES`. ``relax`` is "none", "mmff" (SMILES only) or "gfn2".
    """

    name: str
    smiles: str
    edge: str
    split: str = ""
    structure: Structure | None = None
    sites: tuple[int, ...] | None = None
    relax: str = "gfn2"
    displaced: bool = False
    properties: bool = False


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a job: ``arrays`` of the result's file (None when it failed) and what to tell.

    ``details`` is what a library said of its failure: it is recorded, and not told.
    """

    job: Job
    arrays: dict[str, np.ndarray] | None
    messages: tuple[str, ...]
    seconds: float
    details: str = ""

    @property
    def n_sites(self) -> int:
        """Number of sites that were computed."""
        return 0 if self.arrays is None else len(self.arrays["sites"])


def file_name(job: Job) -> str:
    """Return the name of a job's result file."""
    return f"{job.edge}_{job.name}.npz"


def identity(job: Job) -> str:
    """Return what decides a job's geometry and spectra, as results keep it: the molecule and how it is computed.

    Which of its sites are asked for, and whether its properties, stands beside it (`asked_more`). The name isn't in it,
    although it decides the conformer of a SMILES: results are looked for under it.
    """
    from xanesview.reference.engine.diffuse_set import DIFFUSE_SET

    if job.structure is None:
        molecule = {"smiles": " ".join(job.smiles.split())}
    else:
        molecule = {
            "structure": job.structure.content_hash, "charge": job.structure.charge,
            "multiplicity": job.structure.multiplicity,
        }  # fmt: skip
    how = {"edge": job.edge, "relax": job.relax, "displaced": job.displaced, "diffuse": DIFFUSE_SET}
    return json.dumps({"engine": "molecules", **molecule, **how}, sort_keys=True)


def asked_more(job: Job) -> str:
    """Return what a job asks for of its molecule: sites and properties."""
    sites = "all" if job.sites is None else sorted(set(job.sites))
    return json.dumps({"sites": sites, "properties": job.properties}, sort_keys=True)


def run_job(job: Job) -> Outcome:
    """Compute one molecule; runs in a process of its own, or on another machine."""
    start, details = time.process_time(), ""
    try:
        relaxed = _geometry(job)
        geometry = displaced(relaxed, job.name) if job.displaced else relaxed
        arrays, messages = _spectra(job, geometry)
        if job.properties:
            more, details = _add_properties(arrays, relaxed)
            messages += more
    except XanesviewError as error:
        return Outcome(job, None, (error.message,), time.process_time() - start)
    except MemoryError:
        return Outcome(job, None, ("There is not enough memory for this molecule.",), time.process_time() - start)
    except _LIBRARY_ERRORS as error:  # one molecule must not end a run of thousands
        return Outcome(job, None, (_FAILED,), time.process_time() - start, _said(error))
    return Outcome(job, arrays, tuple(messages), time.process_time() - start, details)


def _add_properties(arrays: dict[str, np.ndarray], geometry: MoleculeGeometry) -> tuple[list[str], str]:
    """Add the twelve properties to a result; spectra are kept when they fail.

    Returns what went wrong, in our words and in the library's.
    """
    from xanesview.reference.making.properties import gfn2_properties

    try:
        arrays["properties"] = gfn2_properties(geometry)
    except XanesviewError as error:
        return [error.message], ""
    except _LIBRARY_ERRORS as error:
        return ["The properties of the molecule could not be computed."], _said(error)
    return [], ""


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def _geometry(job: Job) -> MoleculeGeometry:
    if job.structure is not None:
        return geometry_of(job.structure, job.relax == "gfn2")
    return relaxed_from_smiles(job.smiles, job.name, job.relax)[0]


def chosen_sites(job: Job, geometry: MoleculeGeometry) -> list[int]:
    """Return the atoms to compute: those asked for, or the first of each class of the edge's element.

    Raises
    ------
    XanesviewError
        when there is none, or an asked-for atom is of another element.
    """
    symbols = [SYMBOLS[z] for z in geometry.numbers]
    if job.sites is not None:
        for i in job.sites:
            if i >= len(symbols) or symbols[i] != job.edge:
                raise XanesviewError(f"{job.name} has no {job.edge} atom {i}.", "Indices count from 0.")
        return list(job.sites)
    found = first_of_each_class(geometry.numbers, geometry.rank, job.edge)
    if not found:
        raise XanesviewError(f"{job.name} has no {job.edge} atom.", "Choose another edge.")
    return found


def first_of_each_class(numbers: np.ndarray, rank: np.ndarray, element: str) -> list[int]:
    """Return the first atom of each class ``rank`` (N,) of an element, `MOST_SITES` at most."""
    found: dict[int, int] = {}
    for i in np.flatnonzero(np.asarray(numbers) == SYMBOLS.index(element)):
        found.setdefault(int(rank[i]), int(i))
    return list(found.values())[:MOST_SITES]


def _spectra(job: Job, geometry: MoleculeGeometry) -> tuple[dict[str, np.ndarray], list[str]]:
    from xanesview.reference.engine.diffuse_set import DIFFUSE_SET
    from xanesview.reference.engine.tp_dft import TransitionPotential

    sites = chosen_sites(job, geometry)
    symbols = [SYMBOLS[z] for z in geometry.numbers]
    engine = TransitionPotential(symbols, geometry.positions_angstrom, geometry.charge)
    results, messages = [], []
    for atom in sites:
        try:
            results.append(engine.site(atom))
        except XanesviewError as error:
            messages.append(error.message)
    if not results:
        raise XanesviewError(" ".join(messages), "No site converged.")
    arrays = {
        "name": np.array(job.name),
        "smiles": np.array(job.smiles),
        "split": np.array(job.split),
        "z": geometry.numbers,
        "pos": geometry.positions_angstrom.astype("f4"),
        "rank": geometry.rank,
        "charge": np.array(geometry.charge),
        "sigma": np.array(geometry.sigma_angstrom),
        "sites": np.array([r.atom for r in results]),
        "ptr": np.cumsum([0] + [len(r.energy_ev) for r in results]),
        "energy": np.concatenate([r.energy_ev for r in results]).astype("f4"),
        "dipole": np.concatenate([r.dipole_bohr for r in results]).astype("f4"),
        "ip": np.array([r.ip_ev for r in results]),
        "gap": np.array([r.gap_ev for r in results]),
        "diffuse": np.array(DIFFUSE_SET),
        "identity": np.array(identity(job)),
        "asked": np.array(asked_more(job)),
    }
    return arrays, messages


def write_outcome(outcome: Outcome, folder: Path) -> None:
    """Write the result's file, completely or not at all; failures go as lines to ``failures.tsv``."""
    job = outcome.job
    if outcome.arrays is not None:
        write_npz(folder / file_name(job), outcome.arrays)
    for told in outcome.messages:
        write_failure(folder, Failure(file_name(job), job.smiles, told, outcome.details, identity(job)))
