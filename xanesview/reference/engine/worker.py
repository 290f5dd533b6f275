"""A process that does jobs for another program, modestly: a line of JSON in, a line of JSON out.

It ends when its input does, so it never outlives the program that started it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable

from xanesview.errors import XanesviewError
from xanesview.processes import end_with_parent

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: How little of the computer a process asks for: what Unix and what Windows call it. Less still, and on a busy computer
#: a second's work would not be done in minutes.
_NICENESS, _BELOW_NORMAL = 10, 0x4000


def serve(answer: Callable[[dict], dict]) -> None:
    """Answer jobs, one after the other, until the input ends."""
    end_with_parent(os.getppid())  # also where a library keeps the thread that reads from running
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever libraries print must not stand between the answers
    _be_modest()
    jobs: queue.SimpleQueue[dict] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    while True:
        answers.write(json.dumps(answer(jobs.get())) + "\n")
        answers.flush()


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


def _read(jobs: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    os._exit(0)  # nobody listens any more: end at once, also in the middle of a calculation


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
