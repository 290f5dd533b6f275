"""A process that finds conformers for another program and writes them into a file.

In:  ``{"number", "smiles", "most", "temperature_k", "within_kj", "path"}``
Out: ``{"number", "stage": "3 of 12"}`` while they are relaxed, then ``{"number", "count"}`` or
     ``{"number", "error", "hint"}``
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import ase.optimize  # noqa: F401 - loaded before the process steps back

from xanesview.errors import XanesviewError
from xanesview.io.atomic import made_folder
from xanesview.io.structures.conformer_file import write_conformers
from xanesview.reference.conformers import conformers_from_smiles
from xanesview.reference.engine.gfn2 import missing_package
from xanesview.reference.engine.worker import serve_telling, told

log = logging.getLogger(__name__)  # to standard error, which the other program reads


def main() -> None:
    """Serve jobs until the input ends."""
    missing_package()  # loads the libraries, which would take long once this process has stepped back
    serve_telling(answer)


def answer(job: dict, say: Callable[[dict], None]) -> dict:
    """Find the conformers of one molecule; whatever goes wrong becomes an answer, too."""
    number = job["number"]
    try:
        frames = conformers_from_smiles(
            job["smiles"], job["most"], job["temperature_k"], job["within_kj"],
            progress=lambda done, total: say({"number": number, "stage": f"{done} of {total}"}),
        )  # fmt: skip
        path = Path(job["path"])
        made_folder(path.parent)
        write_conformers(path, frames)
    except (XanesviewError, MemoryError) as error:
        return {"number": number, **told(error)}
    except Exception as error:  # a bug must not end the process; the window says so
        log.exception("conformers could not be found")
        return {"number": number, **told(error)}
    notes = [[notice.message, notice.hint] for notice in frames[0].notices]
    return {"number": number, "count": len(frames), "notices": notes}


if __name__ == "__main__":
    main()
