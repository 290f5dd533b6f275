"""A process that computes one site after another for another program: a line of JSON in, a line of JSON out.

In:  ``{"number", "symbols", "positions_angstrom", "charge", "atom"}``
Out: ``{"number", "sticks": {"energy_ev", "dipole_bohr", "ip_ev"}, "seconds"}`` or
     ``{"number", "error", "hint", "scope"}``, where ``scope`` says whether other sites of the molecule may still work.

"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from xanesview.errors import XanesviewError
from xanesview.reference.engine.worker import serve, told

log = logging.getLogger(__name__)  # to standard error, which the other program reads


def main() -> None:
    """Serve jobs until the input ends."""
    serve(Engine().answer)


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
            return {**answer, **told(error), "scope": scope}
        except MemoryError as error:
            return {**answer, **told(error), "scope": "molecule"}
        except Exception as error:  # a bug in the engine must not end the process; the window says so
            log.exception("a calculation failed")
            return {**answer, **told(error), "scope": scope}
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
