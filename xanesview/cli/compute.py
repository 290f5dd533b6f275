"""``xanesview compute``: spectra from first principles, one file a molecule or site, resumable."""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from xanesview.cli.arguments import add_structures
from xanesview.cli.computing import Results, duration, result_folder, safe_name, tell_done, tell_places
from xanesview.cli.molecules import add_relaxation, listed
from xanesview.cli.numbers_asked import NumberIn, WholeIn
from xanesview.cli.telling import say, tell_error, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError
from xanesview.processes import cores, own_pool

_MOST_PARTS = 1_000_000
MOLECULAR_EDGES = ("C", "N", "O", "F")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_structures(p, "files of molecules")
    p.add_argument("--list", metavar="FILE", help="text file with a line “name SMILES [split]” a molecule")
    p.add_argument(
        "--edge", default="C", metavar="EDGE",
        help="C, N, O or F: K edge of molecules, from transition-potential DFT (default C); “Ti K”, “Pt L3” and the "
        "like: of any structure, with FEFF10",
    )  # fmt: skip
    p.add_argument(
        "--engine", choices=("molecules", "feff"),
        help="transition-potential DFT for molecules (extra “abinitio”), or FEFF10 (extra “feff”); default: by --edge",
    )  # fmt: skip
    p.add_argument(
        "--preset", choices=("fast", "standard", "careful"), default="standard",
        help="FEFF10's radii: scattering within 4.5, 5.5 or 6.6 Å (default: standard), about 1, 2 or 6 minutes for a "
        "Ti atom of rutile; the times of all three for your structure are told before anything is computed",
    )  # fmt: skip
    p.add_argument(
        "--out", required=True, metavar="FOLDER", help="folder for one .npz file a molecule, or a site of FEFF10"
    )
    p.add_argument(
        "--sites", default="all", metavar="all|0,3,5", help="atoms by index (default: one of each equivalence class)"
    )
    add_relaxation(p)
    p.add_argument(
        "--displace", action="store_true", help="turn molecules at random and displace half of them, for training data"
    )
    p.add_argument("--properties", action="store_true", help="add twelve molecular properties with GFN2-xTB")
    p.add_argument(
        "--processes", type=WholeIn(1, 1024), metavar="N",
        help="processes (default: one a core; FEFF10: two)",
    )  # fmt: skip
    p.add_argument("--scheduler", metavar="ADDRESS", help="compute on a running Dask cluster (extra “cluster”)")
    p.add_argument(
        "--minutes", type=NumberIn(0, 1e6, "min", above=True), metavar="M",
        help="begin no molecule after so many minutes",
    )  # fmt: skip
    p.add_argument(
        "--part", type=WholeIn(0, _MOST_PARTS - 1), default=0, metavar="K",
        help="take every N-th molecule from the K-th on",
    )  # fmt: skip
    p.add_argument("--parts", type=WholeIn(1, _MOST_PARTS), default=1, metavar="N", help="number of parts (default 1)")
    p.add_argument("--retry", action="store_true", help="try molecules again that failed before")
    p.add_argument("--quiet", action="store_true", help="say nothing on success")


def run_compute(arguments: argparse.Namespace) -> int:
    """Compute what is not there yet; a molecule that fails is recorded and skipped."""
    for name in _THREADS:  # a process a core beats threads here; must be set before numpy is loaded
        os.environ[name] = "1"
    from xanesview.cli.sites import asked_indices

    _check_part(arguments)
    if _engine(arguments) == "feff":
        from xanesview.cli.compute_feff import run_feff

        return run_feff(arguments)
    jobs = _jobs(arguments, asked_indices(arguments.sites))
    _check_engine(arguments)
    folder = result_folder(arguments.out)
    return _run(arguments, _waiting(arguments, jobs, folder), folder)


def _waiting(arguments: argparse.Namespace, jobs: list, folder: Path) -> list:
    """Return what of a part is to be computed, each under a name of its own; the rest is told."""
    from collections import Counter
    from dataclasses import replace

    from xanesview.cli import resuming
    from xanesview.reference.making.failures import read_failures
    from xanesview.reference.making.generation import asked_more, file_name, identity
    from xanesview.reference.making.naming import Standing, places
    from xanesview.training.data.dataset_writer import read_site_spectra

    part = jobs[arguments.part :: arguments.parts]
    names = {job.name.casefold() for job in part}
    alike = [job for job in jobs if job.name.casefold() in names]  # parts agree on who is called what
    results = Results(folder, read_site_spectra, lambda one: replace(one, sticks=()))
    failures = read_failures(folder)

    def standing(index: int, name: str) -> Standing:
        file = file_name(replace(alike[index], name=name))
        return resuming.standing(alike[index], results.get(file), failures.get(file, []), arguments.retry)

    asked = [(job.name, f"{identity(job)} {asked_more(job)}") for job in alike]
    place_of = dict(zip(map(id, alike), places(asked, standing, [job.name for job in jobs])))
    found = [place_of[id(job)] for job in part]
    results.tell_damaged()
    tell_places([job.name for job in part], found)
    if not arguments.quiet:
        count = Counter(one.standing for one in found if one)
        tell_done(count[Standing.DONE], count[Standing.FAILED], len(part), "molecule")
    return [replace(job, name=one.name) for job, one in zip(part, found) if one and one.standing is Standing.FREE]


def _engine(arguments: argparse.Namespace) -> str:
    """Return the engine: as asked, else the one for molecules where the edge is C, N, O or F alone.

    Raises
    ------
    UsageError
        If the engine for molecules is asked for another edge.
    """
    own = arguments.edge in MOLECULAR_EDGES
    if arguments.engine == "molecules" and not own:
        raise UsageError(
            f"The engine for molecules has no edge “{arguments.edge}”.",
            f"It computes {', '.join(MOLECULAR_EDGES)}; FEFF10 computes others (--engine feff).",
        )
    return arguments.engine or ("molecules" if own else "feff")


def _check_part(arguments: argparse.Namespace) -> None:
    if arguments.part >= arguments.parts:
        raise UsageError(
            f"There is no part {arguments.part} of {arguments.parts}.",
            "The K of --part counts from 0 to N − 1 of --parts.",
        )


def _check_engine(arguments: argparse.Namespace) -> None:
    """Tell a missing package before any work begins."""
    if arguments.scheduler:
        return
    import importlib

    importlib.import_module("xanesview.reference.engine.pyscf_access")


def _jobs(arguments: argparse.Namespace, sites: list[int] | str) -> list:
    from xanesview.cli.molecules import check_relaxes_files
    from xanesview.cli.size_told import MANY_ATOMS
    from xanesview.io.structures.registry import read_structure
    from xanesview.reference.engine.limits import check_computable
    from xanesview.reference.library.names import smiles_to_build
    from xanesview.reference.making.generation import Job

    edge = arguments.edge
    if isinstance(sites, str) and sites not in ("all", edge):
        raise UsageError(f"--sites {sites} contradicts --edge {edge}.", "Leave --sites out.")
    picked = None if isinstance(sites, str) else tuple(sites)
    props = arguments.properties
    given = arguments.smiles or []
    strings = [text for text in given if text is not None]
    jobs = []
    if None in given:
        strings += arguments.file
    else:
        if arguments.file:
            check_relaxes_files(arguments)
        for name in arguments.file:
            structure = read_structure(name)
            if structure.n_atoms >= MANY_ATOMS:  # no memory does: told before bonds and symmetry are looked for
                check_computable(structure.symbols, structure.charge)
            stem, relax = safe_name(Path(name).stem), arguments.relax or "none"
            jobs.append(Job(stem, structure.smiles or "", edge, "", structure, picked, relax, False, props))
    relax = arguments.relax or "gfn2"
    for text in strings:
        smiles = smiles_to_build(text).partition(" ")[0]
        jobs.append(Job(safe_name(text), smiles, edge, "", None, picked, relax, arguments.displace, props))
    if arguments.list:
        for name, smiles, split in _listed(Path(arguments.list)):
            jobs.append(Job(name, smiles, edge, split, None, picked, relax, arguments.displace, props))
    if not jobs:
        raise UsageError("Nothing to compute was given.", "Name structure files, or give --smiles or --list.")
    return jobs


def _listed(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, SMILES and split of each line of a list."""
    for name, smiles, *split in listed(path):
        yield safe_name(name), smiles, split[0] if split else ""


def _run(arguments: argparse.Namespace, jobs: list, folder: Path) -> int:
    from xanesview.reference.making.generation import write_outcome

    start, failed, sites = time.monotonic(), 0, 0
    deadline = start + 60 * arguments.minutes if arguments.minutes else float("inf")
    progress = _Progress(jobs)
    with contextlib.closing(_outcomes(arguments, jobs, deadline)) as outcomes:
        for outcome in outcomes:
            write_outcome(outcome, folder)
            sites += outcome.n_sites
            progress.done(outcome.job)
            name = outcome.job.name
            if outcome.arrays is None:
                failed += 1
                tell_error(XanesviewError(outcome.messages[0], "It is recorded in failures.tsv."), name)
            elif not arguments.quiet:
                took = f"{counted(outcome.n_sites, 'site')} in {outcome.seconds:.1f} s"
                say(f"{name}: {took}; {progress.text()}", flush=True)
    done = progress.count
    if not arguments.quiet:
        took = duration(time.monotonic() - start)
        made = f"{counted(done - failed, 'molecule')}, {counted(sites, 'site')}"
        say(f"{folder}: {made} in {took}; {failed} failed", flush=True)
    if done < len(jobs) and not arguments.quiet:
        left = counted(len(jobs) - done, "molecule is", "molecules are")
        tell_notice(f"{left} left.", "The same command goes on where this one stopped.")
    return 1 if failed else 0


def _outcomes(arguments: argparse.Namespace, jobs: list, deadline: float) -> Iterator:
    """Yield outcomes as they come: from this process, from a process a core, or from a Dask cluster."""
    from xanesview.reference.making.generation import run_job

    if arguments.scheduler:
        yield from _on_cluster(arguments.scheduler, jobs, deadline)
        return
    processes = arguments.processes or cores()
    if processes == 1 or len(jobs) <= 1:
        for job in jobs:
            if time.monotonic() > deadline:
                return
            yield run_job(job)
        return
    from concurrent.futures.process import BrokenProcessPool

    try:
        with own_pool(min(processes, len(jobs))) as submit:
            yield from _in_turn(partial(submit, run_job), jobs, 2 * processes, deadline)
    except BrokenProcessPool as error:
        raise XanesviewError(
            "A process ended before its molecule was done, perhaps for lack of memory.",
            "Use fewer --processes; the same command goes on where this one stopped.",
        ) from error


def _in_turn(submit, jobs: list, ahead: int, deadline: float) -> Iterator:
    """Keep a few jobs submitted and yield their outcomes; after the deadline only what runs is awaited."""
    from concurrent.futures import FIRST_COMPLETED, wait

    queue, running = list(reversed(jobs)), set()
    while queue or running:
        while queue and len(running) < ahead and time.monotonic() < deadline:
            running.add(submit(queue.pop()))
        if not running:
            return
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _on_cluster(address: str, jobs: list, deadline: float) -> Iterator:
    """Yield outcomes from a running Dask cluster, whose workers need xanesview and PySCF."""
    from xanesview.cli.cluster import cluster
    from xanesview.reference.making.generation import run_job

    with cluster(address) as client:
        from distributed import as_completed

        waiting = as_completed([client.submit(run_job, job, pure=False) for job in jobs])
        for future in waiting:
            yield future.result()
            if time.monotonic() > deadline:
                client.cancel(waiting.futures)
                return


class _Progress:
    """How much is done, and how long the rest will take: time goes about as the square of the molecule's size."""

    def __init__(self, jobs: list):
        self._total = sum(_weight(job) for job in jobs) or 1.0
        self._n, self.count, self._share = len(jobs), 0, 0.0
        self._start = time.monotonic()

    def done(self, job: object) -> None:
        """Count one molecule."""
        self.count += 1
        self._share += _weight(job) / self._total

    def text(self) -> str:
        """Return what to show behind a line."""
        left = (time.monotonic() - self._start) * (1 - self._share) / max(self._share, 1e-9)
        return f"{self.count} of {self._n}" + (f", {duration(left)} left" if self.count < self._n else "")


def _weight(job) -> float:
    heavy = sum(c.isalpha() and c not in "hHlri" for c in job.smiles) or 1
    if job.structure is not None:
        heavy = int((job.structure.numbers > 1).sum())
    return float(heavy) ** 2.5
