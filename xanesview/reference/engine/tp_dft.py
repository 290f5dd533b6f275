"""Transition-potential DFT: K-edge transitions of molecules from first principles, with half a core hole.

Restricted PBE; Triguero, Pettersson, Ågren, Phys. Rev. B 58, 8097 (1998). Absolute energies carry a constant offset an
element (restricted hole); `ENERGY_OFFSET_EV` brings them to the scale of experiment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.sticks import NATIVE_WIDTHS, StickWidths, stick_tensor
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.reference.engine.absorber import Absorber
from xanesview.reference.engine.limits import check_computable
from xanesview.reference.engine.offsets import ENERGY_OFFSET_EV
from xanesview.reference.engine.pyscf_access import one_thread
from xanesview.reference.engine.relaxation import geometry_of
from xanesview.reference.engine.scf import HARTREE_EV
from xanesview.reference.engine.valence import ValenceSystem

WINDOW_EV = 40.0
UNIT = "hartree bohr²/eV"


@dataclass(frozen=True, eq=False)
class SiteSticks:
    """Transitions from the 1s of one atom.

    ``energy_ev`` (T,) and ``ip_ev`` on the calculation's scale (no offset), ``dipole_bohr`` (T, 3).
    """

    atom: int
    energy_ev: np.ndarray
    dipole_bohr: np.ndarray
    ip_ev: float
    gap_ev: float
    cycles: int


class TransitionPotential:
    """K-edge calculations on the atoms of one closed-shell molecule.

    Parameters
    ----------
    symbols : element of each atom
    positions_angstrom : (N, 3)
    charge : total charge
    cancelled : asked between steps; when it says yes, `Cancelled` is raised

    Raises
    ------
    XanesviewError
        for an element without a basis here, an open shell, or a molecule too large for the memory.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        positions_angstrom: np.ndarray,
        charge: int = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ):
        check_computable(symbols, charge)
        with one_thread():
            self.system = ValenceSystem(symbols, np.asarray(positions_angstrom, float), charge, cancelled)

    def site(self, atom: int, window_ev: float = WINDOW_EV) -> SiteSticks:
        """Compute the transitions of one atom up to ``window_ev`` above its first.

        Raises
        ------
        XanesviewError
            when the calculation does not converge.
        """
        with one_thread():
            energy, dipole, ip, found = Absorber(self.system, atom).transitions(window_ev)
        return SiteSticks(atom, energy, dipole, ip, found.gap * HARTREE_EV, found.cycles)


def compute_sites(
    structure: Structure,
    sites: Sequence[int],
    *,
    done: Callable[[int, SiteSticks], None] = lambda _index, _sticks: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[SiteSticks]:
    """Compute sites of a loaded molecule in its own frame, one after another.

    Parameters
    ----------
    done : called after each site with its place in ``sites`` and its transitions

    Raises
    ------
    XanesviewError
        for a periodic structure, an open shell, an element or site that cannot be computed.
    Cancelled
        when ``cancelled`` says so.
    """
    geometry = geometry_of(structure)
    symbols = structure.symbols
    for i in sites:
        if symbols[i] not in ENERGY_OFFSET_EV:
            raise XanesviewError(
                f"The engine has no {symbols[i]} K-edge.", f"It computes {', '.join(ENERGY_OFFSET_EV)} K-edges."
            )
    engine = TransitionPotential(symbols, geometry.positions_angstrom, geometry.charge, cancelled)
    found = []
    for index, atom in enumerate(sites):
        found.append(engine.site(int(atom)))
        done(index, found[-1])
    return found


def tensor_of(
    sticks: Sequence[SiteSticks], element: str, energy_ev: np.ndarray, widths: StickWidths = NATIVE_WIDTHS
) -> AbsorptionTensor:
    """Return sites' transitions broadened with the native widths on the scale of experiment.

    Parameters
    ----------
    energy_ev : (E,) grid on the scale of experiment
    widths : of the transitions
    """
    offset = ENERGY_OFFSET_EV[element]
    components = [stick_tensor(energy_ev, s.energy_ev, s.dipole_bohr, s.ip_ev, offset, widths) for s in sticks]
    return AbsorptionTensor(
        energy_ev=np.asarray(energy_ev, float),
        components=np.array(components),
        sites=np.array([s.atom for s in sticks], int),
        unit=UNIT,
        edge=f"{element} K",
        native_fwhm_ev=widths.fwhm_ev,
        ip_ev=np.array([s.ip_ev + offset for s in sticks]),
    )
