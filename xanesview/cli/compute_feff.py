"""``xanesview compute --engine feff``: K and L3 edges of any structure with FEFF10, one file a site, resumable."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.cli.computing import Results, duration, result_folder, safe_name, tell_done, tell_places
from xanesview.cli.telling import say, say_in_place, tell_error, tell_notice
from xanesview.domain.counts import counted
from xanesview.errors import UsageError, XanesviewError

if TYPE_CHECKING:
    from distributed import Client

    from xanesview.domain.structure import Structure
    from xanesview.reference.making.site_results import SiteJob


def run_feff(arguments: argparse.Namespace) -> int:
    """Compute what is not there yet; a site that fails is recorded and skipped."""
    from xanesview.reference.multiple_scattering.access import check_installed

    jobs = site_jobs(arguments)
    folder = result_folder(arguments.out)
    if not arguments.scheduler:
        check_installed()
    return _run(arguments, _waiting(arguments, jobs, folder), folder)


def _waiting(arguments: argparse.Namespace, jobs: list[SiteJob], folder: Path) -> list[SiteJob]:
    """Return what of a part is to be computed, each structure under a name of its own; the rest is told."""
    from xanesview.reference.making.failures import failed_before, read_failures
    from xanesview.reference.making.site_results import named_apart, read_result

    results, failures = Results(folder, read_result), read_failures(folder)
    named, asked, found = named_apart(jobs, folder, results.get, failures)
    results.tell_damaged()
    part = named[arguments.part :: arguments.parts]
    mine = {job.name for job in part}
    shown = [(name, one) for name, one in zip(asked, found) if one is None or one.name in mine]
    tell_places([name for name, _ in shown], [one for _, one in shown])
    done = [job for job in part if results.get(job.file_name)]
    _check_presets({results.get(job.file_name).job.preset for job in done}, arguments.preset)
    left = [job for job in part if not results.get(job.file_name)]
    failed = [] if arguments.retry else [
        job for job in left
        if failed_before(failures.get(job.file_name, []), job.identity, job.structure.smiles or "")
    ]  # fmt: skip
    if not arguments.quiet:
        tell_done(len(done), len(failed), len(part), "site")
    return [job for job in left if job not in failed]


def _check_presets(found: set[str], preset: str) -> None:
    """Refuse to go on where sites that are asked for were computed with another preset: they don't belong together.

    Raises
    ------
    UsageError
        naming the presets.
    """
    others = found - {preset}
    if others:
        raise UsageError(
            f"Sites in this folder were computed with the preset {' and '.join(sorted(others))}, not {preset}.",
            f"Name another folder to compute them with {preset}.",
        )


def site_jobs(arguments: argparse.Namespace) -> list[SiteJob]:
    """Return the sites that a command line asks for: one of each set of equivalent ones, or those named.

    Raises
    ------
    XanesviewError
        If a file can't be read, holds no such atom, or nothing was named.
    """
    from xanesview.cli.molecules import built, read
    from xanesview.cli.sites import asked_indices
    from xanesview.reference.multiple_scattering.settings import caution, parse_edge

    element, shell = parse_edge(arguments.edge)
    if caution(element, shell) and not arguments.quiet:
        tell_notice(caution(element, shell), "FEFF10 gives the rest: shape of the step and what lies beyond.")
    if arguments.scheduler and arguments.processes:
        raise UsageError("With --scheduler the cluster says how many processes compute.", "Leave --processes out.")
    for option in ("list", "displace", "properties"):
        if getattr(arguments, option):
            raise UsageError(f"--{option} belongs to the engine for molecules.", "Leave it out with --engine feff.")
    asked = asked_indices(arguments.sites)
    if isinstance(asked, str) and asked not in ("all", element):
        raise UsageError(f"--sites {asked} contradicts --edge {arguments.edge}.", "Leave --sites out.")
    given = arguments.smiles or []
    strings = [text for text in given if text is not None] + (arguments.file if None in given else [])
    files = [] if None in given else arguments.file
    named = [(safe_name(Path(name).stem), read(name, arguments)) for name in files]
    named += [(safe_name(text), built(text, arguments)) for text in strings]
    if not named:
        raise UsageError("Nothing to compute was given.", "Name structure files, or give --smiles.")
    return [job for name, one in named for job in _of_structure(name, one, element, shell, arguments.preset, asked)]


def _of_structure(
    name: str, structure: Structure, element: str, shell: str, preset: str, asked: list[int] | str
) -> list[SiteJob]:
    from xanesview.cli.sites import check_index
    from xanesview.domain.symmetry import orbits
    from xanesview.reference.making.site_results import SiteJob

    atoms = structure.sites_of(element)
    if not len(atoms):
        raise XanesviewError(f"{name} has no {element} atom.", "Choose another edge.")
    found = orbits(structure, atoms)
    if isinstance(asked, str):
        return [SiteJob(name, structure, o.representative, element, shell, preset, len(o.members)) for o in found]
    for index in asked:
        check_index(index, structure)
        if structure.symbols[index] != element:
            raise XanesviewError(f"Atom {index} of {name} is {structure.symbols[index]}, not {element}.")
    size = {member: len(orbit.members) for orbit in found for member in orbit.members}
    return [SiteJob(name, structure, index, element, shell, preset, size[index]) for index in asked]


def _run(arguments: argparse.Namespace, jobs: list[SiteJob], folder: Path) -> int:
    from xanesview.reference.multiple_scattering.site_worker import job_of

    jobs, failed = _possible(jobs, folder)
    progress = _Progress(jobs, arguments.quiet)
    start = time.monotonic()
    deadline = start + 60 * arguments.minutes if arguments.minutes else float("inf")
    asked = [job_of(job.structure, job.atom, job.shell, job.preset) for job in jobs]
    done = 0
    with _computing(arguments, len(jobs)) as (compute, at_a_time):
        progress.announce(at_a_time, folder)
        answers = compute(asked, progress.stage, lambda: time.monotonic() < deadline, at_a_time)
        with contextlib.closing(answers):
            for place, answer in answers:
                done += 1
                if "error" in answer:
                    failed += 1
                    _record(folder, jobs[place], XanesviewError(answer["error"], answer.get("hint", "")))
                else:
                    _keep(folder, jobs[place], answer)
                    progress.done(place, answer["seconds"])
    if not arguments.quiet:
        made = counted(done - failed if done else 0, "site")
        say(f"{folder}: {made} in {duration(time.monotonic() - start)}; {failed} failed", flush=True)
        if done < len(jobs):
            left = counted(len(jobs) - done, "site is", "sites are")
            tell_notice(f"{left} left.", "The same command goes on where this one stopped.")
    return 1 if failed else 0


@contextlib.contextmanager
def _computing(arguments: argparse.Namespace, n_jobs: int) -> Iterator[tuple[Callable, int]]:
    """Give what computes, processes here or a running Dask cluster, and how many sites it takes at a time."""
    from xanesview.reference.multiple_scattering import site_processes

    if not arguments.scheduler:
        yield site_processes.computed, min(arguments.processes or site_processes.AT_A_TIME, max(n_jobs, 1))
        return
    from xanesview.cli.cluster import cluster

    with cluster(arguments.scheduler) as client:
        yield partial(_on_cluster, client), min(sum(client.nthreads().values()), max(n_jobs, 1))


def _on_cluster(
    client: Client, asked: list[dict], _told: object, goes_on: Callable[[], bool], at_a_time: int
) -> Iterator[tuple[int, dict]]:
    """Yield place and answer of jobs that a cluster's workers compute; what runs at the deadline is awaited."""
    from distributed import as_completed

    from xanesview.reference.multiple_scattering.site_processes import computed_alone

    waiting = as_completed([])
    places: dict[str, int] = {}

    def send(place: int) -> None:
        future = client.submit(computed_alone, asked[place], pure=False)
        places[future.key] = place
        waiting.add(future)

    left = list(reversed(range(len(asked))))
    while left and len(places) < at_a_time:
        send(left.pop())
    for future in waiting:
        yield places[future.key], future.result()
        if left and goes_on():
            send(left.pop())


def _possible(jobs: list[SiteJob], folder: Path) -> tuple[list[SiteJob], int]:
    """Return the jobs that FEFF can take, and how many it can't; these are recorded."""
    from xanesview.reference.multiple_scattering.calculation import cut_cluster
    from xanesview.reference.multiple_scattering.settings import PRESETS

    possible = []
    for job in jobs:
        try:
            cut_cluster(job.structure, job.atom, PRESETS[job.preset])
        except XanesviewError as error:
            _record(folder, job, error)
        else:
            possible.append(job)
    return possible, len(jobs) - len(possible)


def _record(folder: Path, job: SiteJob, error: XanesviewError) -> None:
    from xanesview.reference.making.failures import Failure, write_failure

    tell_error(error, f"{job.name}, atom {job.atom}")
    smiles = job.structure.smiles or ""
    write_failure(folder, Failure(job.file_name, smiles, error.message, identity=job.identity))


def _keep(folder: Path, job: SiteJob, answer: dict) -> None:
    import numpy as np

    from xanesview.reference.making.site_results import SiteResult, write_result
    from xanesview.reference.multiple_scattering.kept import ScatteringSite

    tensor = answer["tensor"]
    site = ScatteringSite(
        job.atom, np.array(tensor["energy_ev"]), np.array(tensor["components"]), tensor["e0_ev"], answer["seconds"]
    )
    write_result(folder, SiteResult(job, site, tensor["missed"]))


def _estimated(job: SiteJob, preset: str) -> float:
    from xanesview.reference.multiple_scattering.feasibility import site_seconds
    from xanesview.reference.multiple_scattering.settings import PRESETS

    return site_seconds(job.structure, job.atom, PRESETS[preset], job.shell)


class _Progress:
    """Lines on sites as they are done, and in between, on a terminal, which stages run."""

    def __init__(self, jobs: list[SiteJob], quiet: bool) -> None:
        self._jobs, self._quiet = jobs, quiet
        self._expected = [_estimated(job, job.preset) for job in jobs]
        self._stages: dict[int, str] = {}
        self._done: set[int] = set()
        self._lock = threading.Lock()
        self._at_a_time = 1
        self._pace, self._taken = 1.0, [0.0, 0.0]

    def announce(self, at_a_time: int, folder: Path) -> None:
        """Say how much there is to do, about how long it will take, and where the results go."""
        self._at_a_time = at_a_time
        if not self._jobs or self._quiet:
            return
        own = self._jobs[0].preset
        told = f"FEFF10: {counted(len(self._jobs), 'site')}, about {duration(self._left())} with {own}"
        others = [f"{name} about {took}" for name, took in self._with_others(own)]
        say(told + (f" ({', '.join(others)})" if others else "") + f"; a file a site in {folder}", flush=True)

    def _with_others(self, own: str) -> Iterator[tuple[str, str]]:
        """Yield name and time of the other presets; one with more atoms than FEFF takes is left out."""
        from xanesview.reference.multiple_scattering.settings import PRESETS

        for preset in PRESETS:
            with contextlib.suppress(XanesviewError):
                if preset != own:
                    seconds = sum(_estimated(job, preset) for job in self._jobs)
                    yield preset, duration(seconds / self._at_a_time)

    def stage(self, place: int, stage: str, _seconds: float) -> None:
        """A stage begins; called in other threads."""
        with self._lock:
            self._stages[place] = stage
            if self._quiet or not sys.stderr.isatty():
                return
            running = "; ".join(f"{self._name(k)}: {s}" for k, s in sorted(self._stages.items()))
            say_in_place(running[:110])

    def done(self, place: int, seconds: float) -> None:
        """A site is there."""
        with self._lock:
            self._stages.pop(place, None)
            self._done.add(place)
            self._taken = [self._taken[0] + seconds, self._taken[1] + self._expected[place]]
            self._pace = self._taken[0] / max(self._taken[1], 1e-9)
            if self._quiet:
                return
            left = f", {duration(self._left())} left" if len(self._done) < len(self._jobs) else ""
            count = f"{len(self._done)} of {len(self._jobs)}"
            say(f"{self._name(place)}: {duration(seconds)}; {count}{left}", flush=True)

    def _name(self, place: int) -> str:
        job = self._jobs[place]
        return f"{job.name} {job.element}{job.atom}"

    def _left(self) -> float:
        left = sum(s for k, s in enumerate(self._expected) if k not in self._done)
        return self._pace * left / self._at_a_time
