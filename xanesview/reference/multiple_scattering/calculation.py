"""One site with FEFF10: a full run for the first direction, short ones for the others, in a folder of its own.

A direction more costs about a second: the stages [RDINP, MKGTR, FF2X] are run again in the same folder with another
POLARIZATION, and share potentials, phases and the Green's function; what comes out is that of a full run to the last
digit.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.reference.multiple_scattering.access import feff10
from xanesview.reference.multiple_scattering.cluster import Cluster, cluster_around
from xanesview.reference.multiple_scattering.feff_input import feff_input
from xanesview.reference.multiple_scattering.output import (
    CHECK_DIRECTION,
    DIRECTIONS,
    SiteTensor,
    Xmu,
    is_converged,
    parse_xmu,
    tensor_of,
)
from xanesview.reference.multiple_scattering.settings import LIST_MARGIN_ANGSTROM, MIXING, Settings

Tell = Callable[[str], None]
"""Called with the stage that begins, one of `STAGES`."""
STAGES = ("potentials", "screening", "phases", "scattering", "directions")
_POTENTIALS = ("ATOMIC", "POT")
_DIMENSIONS = ".dimensions.dat"
_SPECTRUM = ("SCREEN", "XSPH", "FMS", "MKGTR", "PATH", "GENFMT", "FF2X")
_DIRECTION = ("RDINP", "MKGTR", "FF2X")
_TOLD = {"POT": "potentials", "SCREEN": "screening", "XSPH": "phases", "FMS": "scattering", "MKGTR": "directions"}
_ATOMS_TO_SPARE = 4
_HINT = "Try another preset; distances between atoms that no material has can be the cause, too."


def cut_cluster(structure: Structure, atom: int, settings: Settings) -> Cluster:
    """Return the cluster that a calculation lists, with the atoms whose tails reach into it."""
    return cluster_around(structure, atom, settings.scattering_angstrom + LIST_MARGIN_ANGSTROM)


def compute_site(
    structure: Structure, atom: int, shell: str, settings: Settings, folder: Path, tell: Tell = lambda _stage: None
) -> SiteTensor:
    """Compute the tensor of one atom.

    Parameters
    ----------
    structure : molecule, slab or crystal
    atom : its index
    shell : "K" or "L3"
    settings : radii
    folder : an empty one for FEFF's files, some 10 MB
    tell : told what begins

    Raises
    ------
    XanesviewError
        For a structure FEFF can't compute, potentials that don't become self-consistent, or a stage that ends early.
    """
    cluster = cut_cluster(structure, atom, settings)
    name = f"{structure.symbols[atom]}{atom}"
    mixing = _converged(cluster, shell, settings, folder, name, tell)
    text = feff_input(cluster, shell, settings, DIRECTIONS[0], mixing)
    _run(text, folder, _SPECTRUM, name, tell)
    spectra = [_spectrum(folder, name)]
    for direction in (*DIRECTIONS[1:], CHECK_DIRECTION):
        _run(feff_input(cluster, shell, settings, direction, mixing), folder, _DIRECTION, name)
        spectra.append(_spectrum(folder, name))
    return tensor_of(spectra[:-1], spectra[-1])


def _converged(
    cluster: Cluster, shell: str, settings: Settings, folder: Path, name: str, tell: Tell
) -> tuple[float, int]:
    """Make self-consistent potentials; return with which mixing it went well."""
    for mixing in MIXING:
        text = feff_input(cluster, shell, settings, DIRECTIONS[0], mixing)
        _run(text, folder, ("RDINP",), name, tell)
        with _sized_for(int(cluster.around_each(settings.potential_angstrom).max()), folder):
            _run(text, folder, _POTENTIALS, name, tell)
        log = folder / "log1.dat"
        if log.is_file() and is_converged(log.read_text(encoding="utf-8", errors="replace")):
            return mixing
    raise XanesviewError(
        f"The potentials around {name} did not become self-consistent, with {len(MIXING)} ways of mixing.", _HINT
    )


@contextlib.contextmanager
def _sized_for(n_atoms: int, folder: Path) -> Iterator[None]:
    """Let FEFF's tables hold a cluster of so many atoms, not that of the scattering, which is several times as large.

    They are cleared at every energy; the potentials come out the same to the last bit, in two thirds of the time.
    """
    path = folder / _DIMENSIONS
    try:
        whole = path.read_text(encoding="utf-8")
        atoms, *others = whole.split()
        largest = min(int(atoms), n_atoms + _ATOMS_TO_SPARE)
        path.write_text("".join(f"{word:>12}" for word in (str(largest), *others)) + "\n", encoding="utf-8")
    except (OSError, ValueError):  # another version of FEFF keeps them elsewhere
        yield
        return
    yield
    path.write_text(whole, encoding="utf-8")


def _run(text: str, folder: Path, stages: tuple[str, ...], name: str, tell: Tell = lambda _stage: None) -> None:
    feff = feff10()

    def begun(stage: object, progress: object) -> None:
        if progress.kind == "starting":
            told = _TOLD.get(str(stage).rpartition(".")[2])
            if told:
                tell(told)

    chosen = [getattr(feff.Stage, stage) for stage in stages]
    try:
        config = feff.FeffConfig(str(folder), feff.FeffInput.parse(text), stages=chosen)
        feff.FeffPipeline(config).run_with_progress(begun)
    except feff.FeffError as error:
        stage = next((s for s in stages if s.lower() in str(error).lower()), stages[-1])
        raise XanesviewError(
            f"FEFF's stage {stage} stopped early at {name} ({' '.join(str(error).split())[:160]}).", _HINT
        ) from error


def _spectrum(folder: Path, name: str) -> Xmu:
    path = folder / "xmu.dat"
    if not path.is_file():
        raise XanesviewError(f"FEFF wrote no spectrum of {name}.", _HINT)
    found = parse_xmu(path.read_text(encoding="utf-8", errors="replace"))
    path.unlink()  # the next direction must write its own
    if not np.abs(found.mu).max() < 1e3:
        raise XanesviewError(f"FEFF's spectrum of {name} is not normalised.", _HINT)
    return found


def timed(work: Callable[[], SiteTensor]) -> tuple[SiteTensor, float]:
    """Return what a calculation gives and the seconds it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start
