"""Molecules relaxed with GFN2-xTB (Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652, 2019), with tblite."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ase.data import atomic_masses

from xanesview.domain.counts import counted
from xanesview.domain.structure import BOND_FACTOR, COVALENT_RADII_ANGSTROM, Notice, Structure, bonds
from xanesview.domain.superposition import rms, superposed
from xanesview.errors import Cancelled, XanesviewError, why_not_loaded

log = logging.getLogger(__name__)

METHOD = "GFN2-xTB"
MOST_ATOMS = 200
"""Larger molecules keep the geometry they have: a step of one of 149 atoms takes 0.3 s of a processor, and the time
grows with the third power."""
HEAVIEST = 86
FORCE_TOLERANCE = 0.01
"""eV/Å. With twice as much the twist of biphenyl stops 10° from its minimum."""
MOST_STEPS = 250
MOST_SECONDS = 120.0  # of a processor
#: Times the sum of covalent radii: a bond longer than the first has broken, a pair nearer than the second has bonded.
BROKEN, FORMED = 1.4, 1.1
#: Notices of this kind tell what stands in the way of a better geometry.
NOTICE = "relaxation"
#: The first guess of the Hessian, eV/Å²: along bonds, between the neighbours of an atom, and of every atom.
STRETCHING, BENDING, ANY = 40.0, 8.0, 4.0


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A relaxed molecule, lying where it lay before.

    Attributes
    ----------
    structure : Structure
    rms_angstrom : float
        How far the atoms moved, root mean square.
    largest_force : float
        eV/Å, at the end.
    steps : int
    """

    structure: Structure
    rms_angstrom: float
    largest_force: float
    steps: int


def missing_package() -> str:
    """Return why GFN2-xTB can't be computed here, in a few words; empty where it can."""
    try:
        _calculator_class()
    except ImportError as missing:
        return why_not_loaded(missing)
    return ""


def gfn2_calculator(charge: int = 0, multiplicity: int = 1):
    """Return an ASE calculator for GFN2-xTB.

    Raises
    ------
    XanesviewError
        when tblite is not installed.
    """
    try:
        make = _calculator_class()
    except ImportError as missing:
        raise XanesviewError(
            f"Relaxing a geometry with GFN2-xTB needs the package tblite ({why_not_loaded(missing)}).",
            "Install tblite (pip has it for Linux and macOS), or choose --relax mmff.",
        ) from missing
    return make(method=METHOD, charge=float(charge), multiplicity=multiplicity, verbosity=0)


def relaxed(
    structure: Structure,
    *,
    progress: Callable[[int, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    most_steps: int = MOST_STEPS,
    most_seconds: float = MOST_SECONDS,
    bonds_may_change: bool = False,
) -> Relaxed:
    """Return a molecule relaxed with GFN2-xTB until no force exceeds 0.01 eV/Å, with its own charge and multiplicity.

    Atoms keep their order, and the molecule lies as it lay (mass-weighted superposition), so that directions and picked
    atoms mean what they meant. Where the steps run out, the geometry is returned with a notice that says so.

    Parameters
    ----------
    structure : Structure
        A molecule.
    progress : called after each step with its number and the largest force, eV/Å
    cancelled : asked before each step; where it says yes, `Cancelled` is raised
    most_steps : int
    most_seconds : float
        Of a processor.
    bonds_may_change : bool
        See `laid_back`.

    Raises
    ------
    XanesviewError
        If tblite is missing, the structure is periodic, too large, in parts or of elements that GFN2-xTB lacks, the
        charge doesn't fit the multiplicity, the electrons don't converge, a bond breaks or forms, or the time runs out.
    """
    check(structure)
    if structure.n_atoms == 1:
        return Relaxed(structure, 0.0, 0.0, 0)
    found = minimum(structure, progress, cancelled, most_steps, most_seconds)
    return laid_back(structure, *found, bonds_may_change=bonds_may_change)


def laid_back(
    structure: Structure, positions: np.ndarray, force: float, steps: int, *, bonds_may_change: bool = False
) -> Relaxed:
    """Return the molecule with the positions (N, 3) that `minimum` found, lying as it lay.

    Where bonds may change, as in a molecule whose atoms were put there by hand, a notice names the first that does.

    Raises
    ------
    XanesviewError
        If a bond has broken or formed, and may not.
    """
    before = structure.positions_angstrom
    problem = changed_bond(structure, positions)
    if problem and not bonds_may_change:
        raise XanesviewError(
            f"{METHOD} changes which atoms of {_named(structure)} are bonded ({problem}).",
            "Open a file with the geometry that you mean.",
        )
    positions = superposed(positions, before, atomic_masses[structure.numbers])
    moved = rms(positions, before)
    result = _with_geometry(structure, positions, moved)
    if problem:
        told = Notice(NOTICE, f"{METHOD} has changed which atoms are bonded: {problem}.", "Undo brings them back.")
        result = result.replace(notices=(*result.notices, told))
    if force > FORCE_TOLERANCE:
        notice = Notice(
            NOTICE,
            f"The relaxation with {METHOD} stopped after {counted(steps, 'step')} "
            f"with forces of up to {force:.2f} eV/Å left.",
            "Open a relaxed geometry for a quantitative spectrum.",
        )
        result = result.replace(notices=(*result.notices, notice))
    return Relaxed(result, moved, force, steps)


def failed(name: str, error: Exception) -> XanesviewError:
    """Return what to tell of a relaxation that a library gave up; the library's own words go to the log."""
    log.info("The relaxation of %s failed.", name, exc_info=error)
    return XanesviewError(
        f"{METHOD} could not relax {name}: its energy could not be computed.",
        "Check the charge and the geometry; atoms that nearly touch and a wrong charge are the usual reasons.",
    )


class TakesTooLong(XanesviewError):
    """The relaxation was given up after the time that it may take: nothing is wrong with the molecule."""


def is_relaxed(structure: Structure) -> bool:
    """Tell whether the program has relaxed a structure with GFN2-xTB."""
    return structure.geometry_origin.startswith(METHOD)


def _distances(positions_angstrom: np.ndarray) -> np.ndarray:
    return np.linalg.norm(positions_angstrom[:, None] - positions_angstrom[None, :], axis=2)


def changed_bond(structure: Structure, positions_angstrom: np.ndarray) -> str:
    """Return the first bond that other positions (N, 3) break or form, such as "C0–O1 breaks"; empty where none does.

    What is bonded is judged with some room between the two, since a force field's bonds may be too long by a tenth.
    """
    radii = COVALENT_RADII_ANGSTROM[structure.numbers]
    sums = radii[:, None] + radii[None, :]
    before = _distances(structure.positions_angstrom) / sums
    after = _distances(positions_angstrom) / sums
    apart = np.triu(np.ones(sums.shape, bool), 1)
    for what, pairs in (
        ("breaks", (before < BOND_FACTOR) & (after > BROKEN)),
        ("forms", (before >= BOND_FACTOR) & (after < FORMED)),
    ):
        found = np.argwhere(pairs & apart)
        if len(found):
            i, j = found[0].tolist()
            return f"{structure.symbols[i]}{i}–{structure.symbols[j]}{j} {what}"
    return ""


def check(structure: Structure) -> None:
    """Raise for what can't be relaxed, before anything is computed.

    Raises
    ------
    XanesviewError
        For a crystal, a molecule that is too large or in parts, an element without parameters, an impossible charge.
    """
    name = _named(structure)
    if structure.is_periodic:
        raise XanesviewError(f"{name} is periodic; only molecules are relaxed.", "Relax it with a program for solids.")
    if structure.n_atoms > MOST_ATOMS:
        raise XanesviewError(
            f"{name} has {structure.n_atoms} atoms; up to {MOST_ATOMS} are relaxed with {METHOD}.",
            "Open a file with a relaxed geometry for a quantitative spectrum.",
        )
    if any(notice.kind == "fragments" for notice in structure.notices):
        raise XanesviewError(
            f"{name} has separate parts, and how they lie to each other is not known.",
            "Open a file with their arrangement.",
        )
    heavy = [symbol for symbol, z in zip(structure.symbols, structure.numbers, strict=True) if z > HEAVIEST]
    if heavy:
        raise XanesviewError(
            f"{METHOD} has no parameters for {heavy[0]}.", "Open a file with a relaxed geometry instead."
        )
    electrons = int(structure.numbers.sum()) - structure.charge
    if electrons < structure.multiplicity - 1 or (electrons - structure.multiplicity) % 2 == 0:
        raise XanesviewError(
            f"{name} has {counted(electrons, 'electron')}, which can't have the multiplicity {structure.multiplicity}.",
            "Check the charge; radicals and ions are written as [CH3] or CC(=O)[O-] in SMILES.",
        )


def energy_ev(structure: Structure) -> float:
    """Return the energy of a molecule as it lies, eV, by GFN2-xTB: from any origin, to compare conformers by.

    Raises
    ------
    XanesviewError
        As `check`, and where tblite is missing or the electrons don't converge.
    """
    from ase import Atoms

    check(structure)
    atoms = Atoms(numbers=structure.numbers, positions=structure.positions_angstrom)
    atoms.calc = gfn2_calculator(structure.charge, structure.multiplicity)
    try:
        return float(atoms.get_potential_energy())
    except (RuntimeError, ValueError) as error:  # what tblite and ASE raise of a calculation
        raise XanesviewError(
            f"The energy of {_named(structure)} could not be computed with {METHOD}.", "Check charge and geometry."
        ) from error


def minimum(
    structure: Structure,
    progress: Callable[[int, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    most_steps: int = MOST_STEPS,
    most_seconds: float = MOST_SECONDS,
) -> tuple[np.ndarray, float, int]:
    """Return positions (N, 3), Å, the largest force left (eV/Å), and how many steps it took; see `relaxed`.

    Raises
    ------
    XanesviewError
        If tblite is missing or the electrons don't converge; `TakesTooLong` where the time runs out.
    """
    from ase import Atoms  # takes long to load, and windows ask this module for words only
    from ase.optimize import BFGS

    deadline = time.thread_time() + most_seconds  # of a processor: a busy computer changes no result
    atoms = Atoms(numbers=structure.numbers, positions=structure.positions_angstrom)
    atoms.calc = gfn2_calculator(structure.charge, structure.multiplicity)
    optimiser = BFGS(atoms, logfile=None)
    optimiser.H0 = _model_hessian(structure)
    force = np.inf
    try:
        for _ in optimiser.irun(fmax=FORCE_TOLERANCE, steps=most_steps):
            force = float(np.linalg.norm(atoms.get_forces(), axis=1).max())
            if progress is not None:
                progress(optimiser.nsteps, force)
            if cancelled is not None and cancelled():
                raise Cancelled
            if time.thread_time() > deadline and force > FORCE_TOLERANCE:
                raise TakesTooLong(
                    f"Relaxing {_named(structure)} with {METHOD} takes too long; it was given up after "
                    f"{counted(optimiser.nsteps, 'step')}.",
                    "Open a file with a relaxed geometry for a quantitative spectrum.",
                )
    except (RuntimeError, ValueError) as error:  # what tblite and ASE raise of a calculation
        raise failed(_named(structure), error) from error
    if not np.isfinite(atoms.positions).all() or not np.isfinite(force):
        raise XanesviewError(f"{METHOD} found no geometry for {_named(structure)}.", "Check the charge.")
    return atoms.positions.copy(), force, int(optimiser.nsteps)


def _model_hessian(structure: Structure) -> np.ndarray:
    """Return a guess of the Hessian (3N, 3N), eV/Å²: springs along bonds and between neighbours of an atom.

    It halves the steps, and what is soft, such as a twist about a single bond, moves from the first step on.
    """
    positions, n = structure.positions_angstrom, structure.n_atoms
    i, j, _ = bonds(structure)
    bonded = np.zeros((n, n), dtype=int)
    bonded[i, j] = bonded[j, i] = 1
    spring = np.where(bonded, STRETCHING, np.where(bonded @ bonded, BENDING, 0.0))
    hessian = np.zeros((n, 3, n, 3))
    for a, b in np.argwhere(np.triu(spring, 1)).tolist():
        along = positions[a] - positions[b]
        block = spring[a, b] * np.outer(along, along) / (along @ along)
        for one, other, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            hessian[one, :, other, :] += sign * block
    return hessian.reshape(3 * n, 3 * n) + ANY * np.eye(3 * n)


def _with_geometry(structure: Structure, positions: np.ndarray, moved_angstrom: float) -> Structure:
    """Return the structure with its new positions, how they were made, and no notice that is past with the old ones."""
    before = structure.geometry_origin or "the file"
    return structure.replace(
        positions_angstrom=positions,
        geometry_origin=f"{METHOD} (before: {before}; rms {moved_angstrom:.2f} Å)",
        notices=tuple(notice for notice in structure.notices if notice.kind not in ("force-field", NOTICE)),
    )


def _named(structure: Structure) -> str:
    return structure.name or structure.formula


def _calculator_class():
    """Load tblite so that it computes on one thread, unless the user asks for more: small molecules gain nothing."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when the library is loaded, and never again
    try:
        from tblite.ase import TBLite
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
    return TBLite
