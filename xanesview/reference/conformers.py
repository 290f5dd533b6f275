"""Conformers of a molecule from its SMILES: embedded, relaxed with GFN2-xTB, each with its share at a temperature."""

from __future__ import annotations

from collections.abc import Callable

from xanesview.domain.conformer import KJ_PER_MOL_PER_EV, ROOM_K
from xanesview.domain.counts import counted
from xanesview.domain.ranking.conformer_set import with_shares
from xanesview.domain.structure import Notice, Structure
from xanesview.errors import Cancelled, XanesviewError
from xanesview.reference.library.names import smiles_to_build

#: Conformers that lie higher than this above the lowest are left out, kJ/mol: of each there is a share of 1 in 24,000
#: at room temperature.
WITHIN_KJ = 25.0
MOST, LARGEST_MOST = 20, 200


def conformers_from_smiles(
    smiles: str,
    most: int = MOST,
    temperature_k: float = ROOM_K,
    within_kj: float = WITHIN_KJ,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Structure]:
    """Return the conformers that were found, lowest energy first, with energies and shares (`Structure.conformer`).

    Parameters
    ----------
    smiles : str
        Or a name that the library knows.
    most : int
        So many are relaxed at most, those of the lowest energy in a force field.
    temperature_k, within_kj : float
        For the shares; how far above the lowest one is kept, kJ/mol.
    progress : called with how many are relaxed, of how many
    cancelled : asked before each step; where it says yes, `Cancelled` is raised

    Raises
    ------
    XanesviewError
        If the string can't be built, or none can be relaxed with GFN2-xTB.
    """
    from xanesview.io.structures.conformers import embedded_conformers
    from xanesview.reference.engine.gfn2 import energy_ev, relaxed

    embedded = embedded_conformers(smiles_to_build(smiles), most)
    total = len(embedded.structures)
    found: list[Structure] = []
    energies: list[float] = []
    failed: list[XanesviewError] = []
    for k, one in enumerate(embedded.structures):
        if progress is not None:
            progress(k, total)
        try:
            structure = relaxed(one, cancelled=cancelled).structure
            energies.append(energy_ev(structure))
            found.append(structure)
        except Cancelled:
            raise
        except XanesviewError as error:
            failed.append(error)
    if not found:
        raise failed[0]
    if progress is not None:
        progress(total, total)
    frames = with_shares(found, energies, embedded.has_mirror_image, temperature_k, within_kj / KJ_PER_MOL_PER_EV)
    if failed:
        count = counted(len(failed), "conformer")
        told = Notice("conformers", f"{count} could not be relaxed: {failed[0].message}", failed[0].hint)
        frames[0] = frames[0].replace(notices=(*frames[0].notices, told))
    return frames
