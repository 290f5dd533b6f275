"""A process that does jobs for another program, modestly: a line of JSON in, a line of JSON out.

It ends when its input does, so it never outlives the program that started it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator

from xanesview.errors import XanesviewError
from xanesview.processes import end_group_with_parent, end_own_group, end_with_parent

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: How little of the computer a process asks for: what Unix and what Windows call it. Less still, and on a busy computer
#: a second's work would not be done in minutes.
_NICENESS, _BELOW_NORMAL = 10, 0x4000


def serve(answer: Callable[[dict], dict]) -> None:
    """Answer jobs, one after the other, until the input ends."""
    end_with_parent(os.getppid())  # also where a library keeps the thread that reads from running
    say = _mouth()
    for job in _jobs(lambda: os._exit(0)):
        say(answer(job))


def serve_telling(answer: Callable[[dict, Callable[[dict], None]], dict]) -> None:
    """Answer jobs as `serve` does; the answer is given, too, what tells of its progress, lines that come before it."""
    end_with_parent(os.getppid())
    say = _mouth()
    for job in _jobs(lambda: os._exit(0)):
        say(answer(job, say))


def serve_group(answer: Callable[[dict, Callable[[dict], None]], dict]) -> None:
    """Answer jobs with the help of further processes, which end with this one.

    Parameters
    ----------
    answer : given a job and what tells of its progress, lines that the other program gets before the answer
    """
    end_group_with_parent(os.getppid())
    nowhere = os.open(os.devnull, os.O_WRONLY)  # FEFF's stages tell at length there what stands in their own logs
    say = _mouth(nowhere)
    for job in _jobs(end_own_group):
        say(answer(job, say))


def _mouth(prints: int = 2) -> Callable[[dict], None]:
    """Return what writes a line to the other program; whatever libraries print goes into another open file."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(prints, 1)

    def say(line: dict) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    return say


def _jobs(end: Callable[[], object]) -> Iterator[dict]:
    """Yield jobs as they come; call ``end`` at the end of the input, also in the middle of a calculation."""
    _be_modest()
    jobs: queue.SimpleQueue[dict] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs, end), daemon=True).start()
    while True:
        yield jobs.get()


def told(error: Exception) -> dict[str, str]:
    """Return for an answer what went wrong and what to do about it: ``error`` and ``hint``."""
    if isinstance(error, XanesviewError):
        return {"error": error.message, "hint": error.hint}
    if isinstance(error, MemoryError):
        return {
            "error": "There is not enough memory for this molecule.",
            "hint": "Close other programs, or compute a smaller part of it.",
        }
    return {
        "error": f"The calculation stopped unexpectedly ({type(error).__name__}: {str(error)[:120]}).",
        "hint": "The log (Help ▸ Show the log) holds the details; other molecules may still work.",
    }


def _read(jobs: queue.SimpleQueue, end: Callable[[], object]) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    end()  # nobody listens any more


def _be_modest() -> None:
    """Leave the computer to the window: one thread, low priority."""
    for name in _THREADS:
        os.environ[name] = "1"
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    elif sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
