"""A process that computes one site after another for another program: a line of JSON in, a line of JSON out.

In:  ``{"number", "symbols", "positions_angstrom", "charge", "atom"}``
Out: ``{"number", "sticks": {"energy_ev", "dipole_bohr", "ip_ev"}, "seconds"}`` or
     ``{"number", "error", "hint", "scope"}``, where ``scope`` says whether other sites of the molecule may still work.

It ends when its input does, so it never outlives the program that started it.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable

from xanesview.errors import XanesviewError
from xanesview.processes import end_with_parent

log = logging.getLogger(__name__)  # to standard error, which the other program reads

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Serve jobs until the input ends."""
    end_with_parent(os.getppid())  # also where a library keeps the thread that reads from running
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever libraries print must not stand between the answers
    _be_modest()

    def tell(answer: dict) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    jobs: queue.SimpleQueue[dict] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(jobs,), daemon=True).start()
    engine = Engine()
    while True:
        tell(engine.answer(jobs.get()))


def _read(jobs: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    os._exit(0)  # nobody listens any more: end at once, also in the middle of a calculation


def _be_modest() -> None:
    """Leave the computer to the window: one thread, low priority."""
    for name in _THREADS:
        os.environ[name] = "1"
    if hasattr(os, "nice"):
        os.nice(10)
    elif sys.platform == "win32":
        import ctypes

        below_normal = 0x4000
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)


class Engine:
    """Keeps what sites of the last molecule share.

    Parameters
    ----------
    make : makes a calculation from symbols, positions (N, 3) in Å and charge; the engine's by default
    """

    def __init__(self, make: Callable | None = None):
        self._make, self._molecule, self._system = make, None, None

    def answer(self, job: dict) -> dict:
        """Compute one site; whatever goes wrong becomes an answer, too."""
        start = time.perf_counter()
        answer = {"number": job["number"]}
        scope = "molecule"
        try:
            molecule = {key: job[key] for key in ("symbols", "positions_angstrom", "charge")}
            if molecule != self._molecule:
                self._molecule = self._system = None  # free the memory before the next one takes it
                self._system = self._maker()(*molecule.values())
                self._molecule = molecule
            scope = "site"
            found = self._system.site(job["atom"])
        except XanesviewError as error:
            return {**answer, "error": error.message, "hint": error.hint, "scope": scope}
        except MemoryError:
            return {
                **answer,
                "error": "There is not enough memory for this molecule.",
                "hint": "Close other programs, or compute a smaller part of it.",
                "scope": "molecule",
            }
        except Exception as error:  # a bug in the engine must not end the process; the window says so
            log.exception("a calculation failed")
            return {
                **answer,
                "error": f"The calculation stopped unexpectedly ({type(error).__name__}: {str(error)[:120]}).",
                "hint": "The log (Help ▸ Show the log) holds the details; other molecules may still work.",
                "scope": scope,
            }
        sticks = {
            "energy_ev": found.energy_ev.tolist(),
            "dipole_bohr": found.dipole_bohr.tolist(),
            "ip_ev": float(found.ip_ev),
        }
        return {**answer, "sticks": sticks, "seconds": time.perf_counter() - start}

    def _maker(self) -> Callable:
        if self._make is None:
            import numpy as np

            from xanesview.reference.engine.tp_dft import TransitionPotential

            self._make = lambda symbols, positions, charge: TransitionPotential(symbols, np.array(positions), charge)
        return self._make


if __name__ == "__main__":
    main()
