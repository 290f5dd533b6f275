"""Sites computed in processes, two at a time; results as they come."""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from xanesview.processes import command_of, kill_group, own_environment

log = logging.getLogger(__name__)

AT_A_TIME = 2
"""Sites computed beside one another; each takes one core and up to a few hundred MB."""
COMMAND = command_of("xanesview.reference.multiple_scattering.site_worker")
_GONE_S = 2.0
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}
"""Keeps glibc from giving memory back: FEFF allocates its Green's functions anew at every energy, and three quarters of
the time of self-consistency went into the kernel's clearing of pages. Other C libraries don't read these."""
Told = Callable[[int, str, float], None]
"""Place of the job, stage that begins, seconds since the job began."""


def _to_log(complaints: TextIO) -> None:
    """Keep what Fortran and the interpreter say of trouble for the log: the answer says it in a sentence."""
    with contextlib.suppress(OSError, ValueError), complaints:
        for line in complaints:
            log.info("the engine's process: %s", line.rstrip()[:200])


class SiteProcess:
    """One process of `site_worker`; `ask` waits for its answer, `kill` may come from another thread.

    Parameters
    ----------
    command : program and arguments
    """

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**own_environment(), **MEMORY}, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        threading.Thread(target=_to_log, args=(self._process.stderr,), daemon=True).start()

    def ask(self, job: dict, told: Callable[[str, float], None]) -> dict | None:
        """Return the answer to a job, or None where the process ended instead."""
        try:
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or was ended by `kill`
            return None
        for line in self._lines():
            try:
                answer = json.loads(line)
            except ValueError:
                log.warning("the engine's process said %r", line[:200])
                continue
            if "stage" not in answer:
                return answer
            told(answer["stage"], answer["seconds"])
        return None

    def _lines(self) -> Iterator[str]:
        with contextlib.suppress(ValueError):  # closed by `kill`
            yield from iter(self._process.stdout.readline, "")  # the stream itself would be closed with the iteration

    def kill(self) -> None:
        """End the process and all that it has started."""
        kill_group(self._process.pid)
        try:
            self._process.wait(_GONE_S)
        except subprocess.TimeoutExpired:
            log.warning("the engine's process %d did not end", self._process.pid)
            return
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # a line that nobody took
                stream.close()


def computed(
    jobs: Sequence[dict],
    told: Told = lambda _place, _stage, _seconds: None,
    goes_on: Callable[[], bool] = lambda: True,
    at_a_time: int = AT_A_TIME,
    command: Sequence[str] = COMMAND,
) -> Iterator[tuple[int, dict]]:
    """Compute jobs of `site_worker.job_of`; yield place and answer of each as it is done.

    However the iteration ends, no process of it is left. A process that dies takes one site with it.

    Parameters
    ----------
    jobs : without numbers
    told : of the progress; called in other threads
    goes_on : asked before each job begins; when it says no, what runs is awaited
    at_a_time : how many processes
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for place in range(len(jobs)):
        waiting.put(place)
    done: queue.SimpleQueue[tuple[int, dict] | None] = queue.SimpleQueue()
    over = threading.Event()
    processes: dict[int, SiteProcess] = {}

    def work(slot: int) -> None:
        try:
            while not over.is_set() and goes_on():
                try:
                    place = waiting.get_nowait()
                except queue.Empty:
                    return
                done.put((place, _answer(slot, place)))
        finally:
            done.put(None)

    def _answer(slot: int, place: int) -> dict:
        if slot not in processes:
            processes[slot] = SiteProcess(command)
            if over.is_set():  # it was being started while all others were ended
                processes[slot].kill()
        job = {"number": place, **jobs[place]}
        answer = processes[slot].ask(job, lambda stage, seconds: told(place, stage, seconds))
        if answer is None:
            processes.pop(slot).kill()
            what = "The calculation was ended by the system, perhaps for lack of memory."
            return {"number": place, "error": what, "hint": "Compute fewer sites at a time.", "scope": "site"}
        return answer

    threads = [
        threading.Thread(target=work, args=(slot,), daemon=True) for slot in range(min(at_a_time, max(len(jobs), 1)))
    ]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            found = done.get()
            if found is None:
                running -= 1
            else:
                yield found
    finally:
        over.set()
        for process in list(processes.values()):
            process.kill()


def computed_alone(job: dict, command: Sequence[str] = COMMAND) -> dict:
    """Compute one job in a process of its own, as a worker of a cluster does; return its answer."""
    return next(answer for _, answer in computed([job], at_a_time=1, command=command))
