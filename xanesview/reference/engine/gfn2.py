"""Molecules relaxed with GFN2-xTB (Bannwarth, Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652, 2019), with tblite.

Those on a slab, which stays as it is, with GFN1-xTB (Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989,
2017).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ase.data import atomic_masses

from xanesview.domain.counts import counted
from xanesview.domain.editing.adsorbate_atoms import adsorbate_atoms
from xanesview.domain.structure import BOND_FACTOR, COVALENT_RADII_ANGSTROM, Notice, Structure
from xanesview.domain.superposition import rms, superposed
from xanesview.errors import Cancelled, XanesviewError, why_not_loaded
from xanesview.reference.engine.model_hessian import model_hessian

log = logging.getLogger(__name__)

METHOD = "GFN2-xTB"
SLAB_METHOD = "GFN1-xTB"
"""Of molecules on slabs: with GFN2-xTB the electrons of CO on Cu (111) don't converge, those of water on MgO not
always, and where they do it takes ten times as long."""
MOST_ATOMS = 200
"""Larger molecules keep the geometry they have: a step of one of 149 atoms takes 0.3 s of a processor, and the time
grows with the third power."""
MOST_SLAB_ATOMS = 120
"""Of a slab with what is on it: a step of benzene on 48 atoms of copper takes six seconds of a processor."""
HEAVIEST = 86
FORCE_TOLERANCE = 0.01
"""eV/Å. With twice as much the twist of biphenyl stops 10° from its minimum."""
MOST_STEPS = 250
MOST_SECONDS = 120.0  # of a processor
MOST_SLAB_SECONDS = 1200.0
VACUUM_ANGSTROM = 12.0  # at least so much is between a slab and its image, where its file says nothing of that
#: Times the sum of covalent radii: a bond longer than the first has broken, a pair nearer than the second has bonded.
BROKEN, FORMED = 1.4, 1.1
#: Notices of this kind tell what stands in the way of a better geometry.
NOTICE = "relaxation"


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


def gfn2_calculator(charge: int = 0, multiplicity: int = 1, method: str = METHOD):
    """Return an ASE calculator for GFN2-xTB, or for the other method of tblite.

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
    return make(method=method, charge=float(charge), multiplicity=multiplicity, verbosity=0)


def relaxed(
    structure: Structure,
    *,
    progress: Callable[[int, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    most_steps: int = MOST_STEPS,
    most_seconds: float | None = None,
    bonds_may_change: bool = False,
) -> Relaxed:
    """Return a molecule relaxed with GFN2-xTB until no force exceeds 0.01 eV/Å, with its own charge and multiplicity.

    On a slab, which stays as it is, molecules are relaxed with GFN1-xTB.

    Atoms keep their order, and the molecule lies as it lay (mass-weighted superposition), so that directions and picked
    atoms mean what they meant. Where the steps run out, the geometry is returned with a notice that says so.

    Parameters
    ----------
    structure : Structure
        A molecule, or a slab with molecules on it; the electrons of a slab are taken at the Γ point of its cell.
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
        If tblite is missing, the structure is a crystal or a bare slab, too large, in parts or of elements that the
        method lacks, the charge doesn't fit the multiplicity, the electrons don't converge, a bond breaks or forms, or
        the time runs out.
    """
    check(structure, on_slab=True)
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
            f"{method_of(structure)} changes which atoms of {_named(structure)} are bonded ({problem}).",
            "Open a file with the geometry that you mean.",
        )
    if structure.is_periodic:  # the slab has stayed, and only what moved is told of
        free = adsorbate_atoms(structure)
        moved = rms(positions[free], before[free])
    else:
        positions = superposed(positions, before, atomic_masses[structure.numbers])
        moved = rms(positions, before)
    result = _with_geometry(structure, positions, moved)
    if problem:
        told = Notice(
            NOTICE,
            f"{method_of(structure)} has changed which atoms are bonded: {problem}.",
            "Undo brings them back.",
        )
        result = result.replace(notices=(*result.notices, told))
    if force > FORCE_TOLERANCE:
        notice = Notice(
            NOTICE,
            f"The relaxation with {method_of(structure)} stopped after {counted(steps, 'step')} "
            f"with forces of up to {force:.2f} eV/Å left.",
            "Open a relaxed geometry for a quantitative spectrum.",
        )
        result = result.replace(notices=(*result.notices, notice))
    return Relaxed(result, moved, force, steps)


def method_of(structure: Structure) -> str:
    """Return with which method a structure is relaxed."""
    return SLAB_METHOD if structure.is_periodic else METHOD


def failed(name: str, error: Exception, method: str = METHOD) -> XanesviewError:
    """Return what to tell of a relaxation that a library gave up; the library's own words go to the log."""
    log.info("The relaxation of %s failed.", name, exc_info=error)
    return XanesviewError(
        f"{method} could not relax {name}: its energy could not be computed.",
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


def check(structure: Structure, *, on_slab: bool = False) -> None:
    """Raise for what can't be relaxed, before anything is computed; with `on_slab` molecules on a slab can be.

    Raises
    ------
    XanesviewError
        For a crystal, a molecule that is too large or in parts, an element without parameters, an impossible charge.
    """
    name = _named(structure)
    if structure.is_periodic and on_slab:
        adsorbate_atoms(structure)
    elif structure.is_periodic:
        raise XanesviewError(f"{name} is periodic; only molecules are computed.", "Use a program for solids.")
    most = MOST_SLAB_ATOMS if structure.is_periodic else MOST_ATOMS
    if structure.n_atoms > most:
        of = " of a slab" if structure.is_periodic else ""
        raise XanesviewError(
            f"{name} has {structure.n_atoms} atoms; up to {most}{of} are relaxed with {method_of(structure)}.",
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
            f"{method_of(structure)} has no parameters for {heavy[0]}.", "Open a file with a relaxed geometry instead."
        )
    if structure.is_periodic:
        return  # of a slab nobody knows the multiplicity: it has as few unpaired electrons as can be
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
    most_seconds: float | None = None,
) -> tuple[np.ndarray, float, int]:
    """Return positions (N, 3), Å, the largest force left (eV/Å), and how many steps it took; see `relaxed`.

    Raises
    ------
    XanesviewError
        If tblite is missing or the electrons don't converge; `TakesTooLong` where the time runs out.
    """
    from ase import Atoms  # takes long to load, and windows ask this module for words only
    from ase.constraints import FixAtoms
    from ase.optimize import BFGS

    if most_seconds is None:
        most_seconds = MOST_SLAB_SECONDS if structure.is_periodic else MOST_SECONDS
    deadline = time.thread_time() + most_seconds  # of a processor: a busy computer changes no result
    atoms = Atoms(numbers=structure.numbers, positions=structure.positions_angstrom)
    multiplicity, free = structure.multiplicity, np.arange(structure.n_atoms)
    if structure.is_periodic:
        free, multiplicity = adsorbate_atoms(structure), _least_multiplicity(structure)
        atoms.set_cell(_closed_cell(structure))
        atoms.pbc = True
        atoms.set_constraint(FixAtoms(np.setdiff1d(np.arange(structure.n_atoms), free)))
    atoms.calc = gfn2_calculator(structure.charge, multiplicity, method_of(structure))
    optimiser = BFGS(atoms, logfile=None)
    optimiser.H0 = model_hessian(structure, free)
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
                    f"Relaxing {_named(structure)} with {method_of(structure)} takes too long; it was given up after "
                    f"{counted(optimiser.nsteps, 'step')}.",
                    "Open a file with a relaxed geometry for a quantitative spectrum.",
                )
    except (RuntimeError, ValueError) as error:  # what tblite and ASE raise of a calculation
        raise failed(_named(structure), error, method_of(structure)) from error
    if not np.isfinite(atoms.positions).all() or not np.isfinite(force):
        raise XanesviewError(f"{method_of(structure)} found no geometry for {_named(structure)}.", "Check the charge.")
    return atoms.positions.copy(), force, int(optimiser.nsteps)


def _closed_cell(slab: Structure) -> np.ndarray:
    """Return a cell that repeats along all its vectors: of a slab that doesn't along the third, vacuum lies between."""
    if slab.pbc.all():
        return slab.cell_angstrom
    cell, normal = np.array(slab.cell_angstrom), slab.surface_normal
    cell[~slab.pbc] = normal * (np.ptp(slab.positions_angstrom @ normal) + VACUUM_ANGSTROM)
    return cell


def _least_multiplicity(slab: Structure) -> int:
    electrons = int(slab.numbers.sum()) - slab.charge
    return slab.multiplicity if (electrons - slab.multiplicity) % 2 else 1 + electrons % 2


def _with_geometry(structure: Structure, positions: np.ndarray, moved_angstrom: float) -> Structure:
    """Return the structure with its new positions, how they were made, and no notice that is past with the old ones."""
    before = structure.geometry_origin or "the file"
    return structure.replace(
        positions_angstrom=positions,
        geometry_origin=f"{method_of(structure)} (before: {before}; rms {moved_angstrom:.2f} Å)",
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
