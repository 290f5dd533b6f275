"""A process that computes GFN2-xTB energies of molecules, as they lie, for another program.

In:  ``{"number", "molecules": [as `relaxation_worker.job_of`]}``
Out: ``{"number", "stage": "1 of 3"}`` after each, then ``{"number", "energies_ev"}`` or ``{"number", "error", "hint"}``
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from xanesview.errors import XanesviewError
from xanesview.reference.engine.gfn2 import energy_ev, missing_package
from xanesview.reference.engine.relaxation_worker import structure_of
from xanesview.reference.engine.worker import serve_telling, told

log = logging.getLogger(__name__)  # to standard error, which the other program reads


def main() -> None:
    """Serve jobs until the input ends."""
    missing_package()  # loads the libraries, which would take long once this process has stepped back
    serve_telling(answer)


def answer(job: dict, say: Callable[[dict], None]) -> dict:
    """Compute one energy after the other; whatever goes wrong becomes an answer, too."""
    number, energies = job["number"], []
    try:
        for molecule in job["molecules"]:
            energies.append(energy_ev(structure_of(molecule)))
            say({"number": number, "stage": f"{len(energies)} of {len(job['molecules'])}"})
    except (XanesviewError, MemoryError) as error:
        return {"number": number, **told(error)}
    except Exception as error:  # a bug must not end the process; the window says so
        log.exception("energies could not be computed")
        return {"number": number, **told(error)}
    return {"number": number, "energies_ev": energies}


if __name__ == "__main__":
    main()
