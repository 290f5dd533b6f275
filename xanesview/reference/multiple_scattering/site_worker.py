"""A process that computes one site after another with FEFF10: a line of JSON in, lines of JSON out.

In:  ``{"number", "numbers", "positions_angstrom", "cell_angstrom", "pbc", "name", "atom", "shell", "preset"}``
Out: any number of ``{"number", "stage", "seconds"}``, then
     ``{"number", "tensor": {"energy_ev", "components", "e0_ev", "missed"}, "seconds"}`` or
     ``{"number", "error", "hint", "scope"}``, where ``scope`` says whether other sites of the structure may still work.

FEFF's stages are processes of the group that this one leads; they end with it.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.processes import folder_prefix
from xanesview.reference.engine.worker import serve_group, told
from xanesview.reference.multiple_scattering.calculation import compute_site
from xanesview.reference.multiple_scattering.output import SiteTensor
from xanesview.reference.multiple_scattering.settings import PRESETS

log = logging.getLogger(__name__)  # to standard error, which the other program reads

_PURPOSE = "feff"
_ROOM, _LITTLE = 50_000_000, 1_000_000  # bytes: what a site may take, and what is left where it took all


def main() -> None:
    """Serve jobs until the input ends."""
    forget_dead()
    serve_group(answer)


def answer(job: dict, say: Callable[[dict], None], compute: Callable[..., SiteTensor] = compute_site) -> dict:
    """Compute one site; whatever goes wrong becomes an answer, too.

    Parameters
    ----------
    job : as the module says
    say : takes lines on the progress
    compute : does the work; `compute_site` but in tests
    """
    start = time.perf_counter()
    result = {"number": job["number"]}

    def tell(stage: str) -> None:
        say({**result, "stage": stage, "seconds": time.perf_counter() - start})

    scope = "structure"
    try:
        structure = structure_of(job)
        scope = "site"
        with _folder() as folder:
            found = compute(structure, int(job["atom"]), job["shell"], PRESETS[job["preset"]], folder, tell)
    except XanesviewError as error:
        return {**result, **told(error), "scope": scope}
    except Exception as error:  # a bug must not end the process; the other program says so
        log.exception("a calculation failed")
        return {**result, **told(error), "scope": scope}
    tensor = {
        "energy_ev": found.energy_ev.tolist(),
        "components": found.components.tolist(),
        "e0_ev": found.e0_ev,
        "missed": found.missed,
    }
    return {**result, "tensor": tensor, "seconds": time.perf_counter() - start}


def job_of(structure: Structure, atom: int, shell: str, preset: str) -> dict:
    """Return the job of one site, without its number."""
    return {
        "numbers": structure.numbers.tolist(),
        "positions_angstrom": structure.positions_angstrom.tolist(),
        "cell_angstrom": structure.cell_angstrom.tolist(),
        "pbc": structure.pbc.tolist(),
        "name": structure.name,
        "atom": int(atom),
        "shell": shell,
        "preset": preset,
    }


def structure_of(job: dict) -> Structure:
    """Return the structure of a job."""
    keys = ("numbers", "positions_angstrom", "cell_angstrom", "pbc", "name")
    return Structure(**{key: job[key] for key in keys})


@contextlib.contextmanager
def _folder():
    """Give an empty folder that says whose it is, and remove it.

    FEFF itself tells of a full disk in Fortran's words, and of a stage that stopped.
    """
    place = tempfile.gettempdir()
    full = XanesviewError(f"There is no room for FEFF's files in {place}.", "Make 50 MB of room there, or set TMPDIR.")
    try:
        with tempfile.TemporaryDirectory(prefix=folder_prefix(_PURPOSE), ignore_cleanup_errors=True) as name:
            if shutil.disk_usage(name).free < _ROOM:
                raise full
            try:
                yield Path(name)
            except XanesviewError as error:
                raise (full if shutil.disk_usage(name).free < _LITTLE else error) from error
    except OSError as error:
        raise full if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS) else error from error


def forget_dead() -> None:
    """Remove the folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(folder_prefix(_PURPOSE, "*") + "*"):
        found = re.match(folder_prefix(_PURPOSE, r"(\d+)"), folder.name)
        if found and not _is_alive(int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    if os.name != "posix":
        return True  # nothing but the process itself can be asked there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
