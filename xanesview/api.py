"""For notebooks and scripts: read a structure, predict it, get spectra; the same numbers as window and command line.

    import xanesview

    thiophene = xanesview.open("thiophene.xyz")
    along_x = thiophene.predict("C K").spectrum(theta=90)
    print(along_x.peak())

Everything here takes and gives the objects of `xanesview.domain`: structures, absorption tensors, spectra.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview import notebook
from xanesview.notebook import to_pandas, to_xarray
from xanesview.opened_session import OpenedSession, open_session
from xanesview.over_angles import angle_spectra, fit_orientation, fit_tilt
from xanesview.plotting import plot
from xanesview.predicted import Opened, Predicted, predict
from xanesview.predicted import predict_with as predict_with  # with a network that is loaded already
from xanesview.predicted import predictor_of as predictor_of

if TYPE_CHECKING:
    from ase import Atoms

    from xanesview.ase_calculator import AbsorptionCalculator
    from xanesview.domain.structure import Structure

__all__ = [
    "Opened", "OpenedSession", "Predicted", "angle_spectra", "calculator", "fit_orientation", "fit_tilt", "from_ase",
    "from_smiles", "networks_on_shelf", "open", "open_session", "plot", "predict", "read", "relaxed", "to_pandas",
    "to_xarray",
]  # fmt: skip

notebook.register()


def read(path: str | Path, frame: int | None = None) -> Structure:
    """Return the structure of a file, of any kind that the window opens.

    Parameters
    ----------
    path : file, or ``example:NAME`` for an example that comes with the program, such as ``example:benzene``
    frame : int, optional
        Which frame of a trajectory, from 0, or from the end below 0; `Structure.n_frames` says how many there are. By
        default the last of XYZ files, else the first.

    Raises
    ------
    XanesviewError
        If the file can't be read, with a hint.

    Examples
    --------
    >>> xanesview.read("benzene.xyz").formula
    'C6H6'
    """
    from xanesview.io.structures.registry import read_structure

    return read_structure(path, frame)


def open(path: str | Path, frame: int | None = None) -> Opened:
    """Return a file's structure as one that can be asked: ``open("a.cif").predict("C K").spectrum(theta=20)``.

    Parameters and errors are those of `read`.

    Examples
    --------
    >>> spectrum = xanesview.open("benzene.xyz").predict("C K").spectrum(theta=0)
    >>> energy_ev, height = spectrum.peak()
    >>> print(f"{energy_ev:.1f} eV")  # π*, for light along the ring's normal
    285.1 eV
    """
    return Opened(read(path, frame))


def from_ase(atoms: Atoms) -> Opened:
    """Return atoms of the Atomic Simulation Environment as a structure that can be asked for its spectra.

    Parameters
    ----------
    atoms : ase.Atoms
        The sum of their initial charges, rounded, is the charge.

    Raises
    ------
    XanesviewError
        As for a file: without atoms, with coincident ones, an unknown element or a flat cell.

    Examples
    --------
    >>> from ase.build import molecule
    >>> xanesview.from_ase(molecule("C2H4"))
    <Opened C2H4: C2H4>
    """
    from xanesview.io.structures.ase_atoms import structure_of_atoms

    return Opened(structure_of_atoms(atoms))


def calculator(edge: str | None = None, sites: Sequence[int] | None = None, **how: object) -> AbsorptionCalculator:
    """Return a calculator of the Atomic Simulation Environment: ``atoms.calc = xanesview.calculator("C K")``.

    ``atoms.calc.get_spectrum(atoms, theta=20)`` predicts where the atoms have changed since; arguments as for
    `Opened.predict`. It has no energy and no forces.

    Examples
    --------
    >>> from ase.build import molecule
    >>> atoms = molecule("C6H6")
    >>> atoms.calc = xanesview.calculator("C K")
    >>> in_plane = atoms.calc.get_spectrum(atoms, theta=90)
    >>> print(f"{in_plane.peak()[0]:.0f} eV")  # σ*
    293 eV
    """
    from xanesview.ase_calculator import AbsorptionCalculator

    return AbsorptionCalculator(edge, sites, **how)


def from_smiles(
    smiles: str, relax: str | None = None, *, progress: Callable[[int, float], None] | None = None
) -> Structure:
    """Return a molecule built in three dimensions from a SMILES string.

    Parameters
    ----------
    smiles : str
        A name that the library knows will do, too: "toluene".
    relax : "none", "mmff", "gfn2", optional
        The embedding as it is; relaxed with the force field MMFF94; then with GFN2-xTB (seconds, see `relaxed`). By
        default "gfn2"; where that can't be had, the force field's geometry stays and a notice of the structure says
        why. So it is where "gfn2" is asked for by name and takes too long.
    progress : called with step and largest force (eV/Å) of the relaxation with GFN2-xTB

    Raises
    ------
    XanesviewError
        If the string can't be built, or "gfn2" is asked for by name and fails.

    Examples
    --------
    >>> ethanol = xanesview.from_smiles("CCO", relax="mmff")
    >>> ethanol.formula, ethanol.n_atoms
    ('C2H6O', 9)
    >>> xanesview.from_smiles("toluene", relax="none").formula
    'C7H8'
    """
    from xanesview.reference.molecules import molecule_from_smiles

    return molecule_from_smiles(smiles, relax, progress)


def relaxed(
    structure: Structure,
    *,
    progress: Callable[[int, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Structure:
    """Return a molecule relaxed with GFN2-xTB, lying as it lay; nothing is ever relaxed that isn't asked for here.

    Parameters
    ----------
    structure : Structure
    progress : called after each step with its number and the largest force, eV/Å
    cancelled : asked before each step; where it says yes, `Cancelled` is raised

    Raises
    ------
    XanesviewError
        For a crystal, more than 200 atoms, an element without parameters, a bond that breaks or forms, electrons that
        don't converge, or without the package tblite.

    Examples
    --------
    >>> rough = xanesview.from_smiles("O", relax="none")
    >>> water = xanesview.relaxed(rough)
    >>> bond = np.linalg.norm(water.positions_angstrom[1] - water.positions_angstrom[0])
    >>> print(f"{bond:.2f} Å")
    0.96 Å
    """
    from xanesview.reference.engine import gfn2

    return gfn2.relaxed(structure, progress=progress, cancelled=cancelled).structure


def networks_on_shelf() -> list[str]:
    """Return the names of the networks on the shelf that can be read.

    Examples
    --------
    >>> "c_k_edge_tensor" in xanesview.networks_on_shelf()
    True
    """
    from xanesview.networks.card import list_bundles

    return [bundle.name for bundle in list_bundles() if not bundle.problem]
