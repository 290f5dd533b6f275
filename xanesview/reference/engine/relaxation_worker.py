"""A process that relaxes one molecule after another with GFN2-xTB for another program.

In:  ``{"number", "numbers", "positions_angstrom", "cell_angstrom", "pbc", "charge", "multiplicity", "name"}``
Out: ``{"number", "positions_angstrom", "largest_force", "steps"}`` or ``{"number", "error", "hint"}``, ``hopeless``
     beside them where no molecule can be relaxed here
"""

from __future__ import annotations

import logging

import ase.optimize  # noqa: F401 - loaded before the process steps back

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.reference.engine.gfn2 import minimum, missing_package
from xanesview.reference.engine.worker import serve, told

log = logging.getLogger(__name__)  # to standard error, which the other program reads

_FIELDS = ("charge", "multiplicity", "name")


def main() -> None:
    """Serve jobs until the input ends."""
    missing_package()  # loads the libraries, which would take long once this process has stepped back
    serve(answer)


def job_of(structure: Structure) -> dict:
    """Return the job that relaxes a molecule, without its number."""
    return {
        "numbers": structure.numbers.tolist(),
        "positions_angstrom": structure.positions_angstrom.tolist(),
        "cell_angstrom": structure.cell_angstrom.tolist(),
        "pbc": structure.pbc.tolist(),
        **{field: getattr(structure, field) for field in _FIELDS},
    }


def structure_of(job: dict) -> Structure:
    """Return the molecule of a job, see `job_of`."""
    places = (job[field] for field in ("numbers", "positions_angstrom", "cell_angstrom", "pbc"))
    return Structure(*places, **{field: job[field] for field in _FIELDS})


def answer(job: dict) -> dict:
    """Relax one molecule; whatever goes wrong becomes an answer, too, ``hopeless`` where none can be relaxed here."""
    hopeless = {"hopeless": True} if missing_package() else {}
    try:
        positions, force, steps = minimum(structure_of(job))
    except (XanesviewError, MemoryError) as error:
        return {"number": job["number"], **told(error), **hopeless}
    except Exception as error:  # a bug must not end the process; the window says so
        log.exception("a relaxation failed")
        return {"number": job["number"], **told(error)}
    found = {"positions_angstrom": positions.tolist(), "largest_force": force, "steps": steps}
    return {"number": job["number"], **found}


if __name__ == "__main__":
    main()
