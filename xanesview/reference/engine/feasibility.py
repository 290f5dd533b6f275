"""Whether the engine can compute a loaded structure, and how long it will take; known before PySCF is loaded."""

from __future__ import annotations

from importlib.util import find_spec

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.reference.engine.limits import EDGES, check_computable

START_S = 3.0
"""Time until the engine's process has loaded PySCF."""


def check_engine() -> None:
    """Raise XanesviewError where the package that computes is not installed."""
    if find_spec("pyscf") is None:
        raise XanesviewError(
            "Computing spectra from first principles needs the package PySCF, which is not installed.",
            "Install it: pip install 'xanesview[abinitio]'",
        )


def check_edge(element: str) -> None:
    """Raise XanesviewError for an element whose K edge the engine does not compute."""
    if element not in EDGES:
        raise XanesviewError(
            f"The first-principles engine does not compute the {element} K-edge.",
            f"It computes the K-edges of {', '.join(EDGES)}.",
        )


def check_structure(structure: Structure) -> None:
    """Raise XanesviewError for a structure that the engine cannot compute.

    Raises
    ------
    XanesviewError
        for a periodic structure, unpaired electrons, an element without a basis, or one too large for the memory.
    """
    if structure.is_periodic:
        raise XanesviewError(
            "The first-principles engine computes molecules, and this structure is periodic.",
            "Cut a cluster out of it, closed with hydrogens.",
        )
    if structure.multiplicity != 1:
        raise XanesviewError(
            f"{structure.name or structure.formula} has unpaired electrons (multiplicity {structure.multiplicity}).",
            "Only closed-shell molecules can be computed.",
        )
    check_computable(structure.symbols, structure.charge)


def _size(structure: Structure) -> float:
    """Return the number of valence functions of the molecule, in hundreds."""
    heavy = int((structure.numbers > 1).sum())
    return (13 * heavy + 5 * (structure.n_atoms - heavy)) / 100.0


def molecule_seconds(structure: Structure) -> float:
    """Return the time for what is made once for all sites, on one core of a desktop computer of 2024.

    Measured on molecules from methane to caffeine, within a third.
    """
    return 0.38 * _size(structure) ** 2.7


def site_seconds(structure: Structure) -> float:
    """Return the time for one site once that is made; measured like `molecule_seconds`."""
    return 0.05 + 0.49 * _size(structure) ** 1.8
