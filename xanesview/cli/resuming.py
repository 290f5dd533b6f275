"""Whether a result of a molecule is the one asked for: by what it was asked for itself, else by what it holds."""

from __future__ import annotations

import json

import numpy as np

from xanesview.reference.making.failures import Failure, failed_before
from xanesview.reference.making.generation import Job, asked_more, first_of_each_class, identity
from xanesview.reference.making.naming import Standing
from xanesview.training.data.dataset_writer import StickRecord

SAME_WITHIN_ANGSTROM = 1e-3
"""Results hold positions in single precision, files three decimals or more."""


def standing(job: Job, held: StickRecord | None, failures: list[Failure], retried: bool = False) -> Standing:
    """Return what a folder holds under a name, seen from a job.

    Parameters
    ----------
    job : what is asked for
    held : the result under the name, None where there is none
    failures : what is noted under the name
    retried : whether what failed is tried again
    """
    if held is not None and is_result_of(held, job, bool(failures)):
        return Standing.DONE
    if not retried and failed_before(failures, identity(job), job.smiles):
        return Standing.FAILED
    if held is not None:
        return Standing.OTHER
    return Standing.OTHER_FAILED if failures else Standing.FREE


def is_result_of(held: StickRecord, job: Job, partly_failed: bool = False) -> bool:
    """Tell whether a result is what a job would make: of the same molecule, computed alike, and with all it asks for.

    Results of former versions don't tell what they were asked for. They are compared by SMILES, or by atoms and
    positions, and by their sites and properties; `partly_failed` says that something of them is noted as failed.
    """
    if held.identity:
        return held.identity == identity(job) and _asked_enough(held, job)
    if not _same_molecule(held, job):
        return False
    if partly_failed:
        return True
    if job.sites is not None:
        wanted = set(job.sites)
    else:
        wanted = set(first_of_each_class(held.numbers, held.rank, job.edge))
    return wanted <= set(held.sites.tolist()) and (held.has_properties or not job.properties)


def _asked_enough(held: StickRecord, job: Job) -> bool:
    try:
        had, wants = json.loads(held.asked), json.loads(asked_more(job))
        properties = bool(had["properties"]) or not wants["properties"]
        sites = had["sites"] == wants["sites"]
    except (ValueError, KeyError, TypeError):
        return False
    return properties and (sites or (job.sites is not None and set(job.sites) <= set(held.sites.tolist())))


def _same_molecule(held: StickRecord, job: Job) -> bool:
    if job.structure is None:
        return held.smiles == job.smiles and (job.displaced or held.sigma_angstrom == 0)
    one = job.structure
    if not np.array_equal(held.numbers, one.numbers) or held.charge != one.charge:
        return False
    return bool(np.abs(held.positions_angstrom - one.positions_angstrom).max() < SAME_WITHIN_ANGSTROM)
