"""Molecules from SMILES with the best geometry that is to be had: a force field's, then GFN2-xTB's."""

from __future__ import annotations

from collections.abc import Callable

from xanesview.domain.structure import Notice, Structure
from xanesview.errors import XanesviewError
from xanesview.io.structures.registry import structure_from_smiles
from xanesview.reference.library.names import smiles_to_build

METHODS = ("none", "mmff", "gfn2")


def molecule_from_smiles(
    smiles: str, relax: str | None = None, progress: Callable[[int, float], None] | None = None
) -> Structure:
    """Return a molecule built in three dimensions from a SMILES string, or from a name that the library knows.

    Parameters
    ----------
    smiles : str
    relax : "none", "mmff", "gfn2" or None
        The embedding as it is; relaxed with the force field MMFF94; then with GFN2-xTB. None is "gfn2" where it can be
        had, else "mmff", and a notice of the structure says why. A relaxation with GFN2-xTB that takes too long keeps
        the force field's geometry, with such a notice, also where it is asked for by name.
    progress : called with step and largest force (eV/Å) of the relaxation with GFN2-xTB

    Raises
    ------
    XanesviewError
        If there is no such way to relax, the string can't be built, or "gfn2" is asked for by name and fails.
    """
    from xanesview.reference.engine.gfn2 import TakesTooLong, relaxed

    if relax not in (None, *METHODS):
        raise XanesviewError(f"There is no way to relax called “{relax}”.", f"Give one of {', '.join(METHODS)}.")
    structure = structure_from_smiles(smiles_to_build(smiles), force_field=relax != "none")
    if relax in ("none", "mmff"):
        return structure
    try:
        return relaxed(structure, progress=progress).structure
    except XanesviewError as error:
        if relax is not None and not isinstance(error, TakesTooLong):
            raise
        return structure.replace(notices=(*structure.notices, kept_as_it_is(structure, error)))


def kept_as_it_is(structure: Structure, error: XanesviewError) -> Notice:
    """Return what to say where a molecule keeps the geometry it has."""
    from xanesview.reference.engine.gfn2 import NOTICE

    origin = structure.geometry_origin or "the file"
    return Notice(NOTICE, f"The geometry is that of {origin}: {error.message}", error.hint)
