"""Absorption as a calculator of the Atomic Simulation Environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ase.calculators.calculator import Calculator, all_changes

from xanesview.io.structures.ase_atoms import structure_of_atoms
from xanesview.predicted import Opened

if TYPE_CHECKING:
    from ase import Atoms

    from xanesview.domain.spectrum import Spectrum
    from xanesview.predicted import Predicted

_CHANGES = [change for change in all_changes if change != "initial_magmoms"]


class AbsorptionCalculator(Calculator):
    """Predicts an absorption edge of atoms, again where they have changed and only there.

    It has no energy and no forces. `get_property` gives "absorption_tensor", (S, 6, E) in the unit of the network in
    the order xx, yy, zz, yz, xz, xy, "energy_ev", (E,) eV, and "sites", (S,) atom indices.

    Parameters
    ----------
    edge : "C K", "O K", "Fe K" …, optional
        The first that a network predicts by default, carbon's where there is carbon.
    sites : atom indices, optional
        Every atom of the edge by default.
    **how : as for `xanesview.predict`
    """

    implemented_properties = ["absorption_tensor", "energy_ev", "sites"]  # noqa: RUF012  as ASE declares it

    def __init__(self, edge: str | None = None, sites: Sequence[int] | None = None, **how: object) -> None:
        super().__init__()
        self._edge, self._sites, self._how = edge, sites, how
        self.predicted: Predicted | None = None

    def calculate(
        self, atoms: Atoms | None = None, properties: Sequence[str] = (), system_changes: Sequence[str] = _CHANGES
    ) -> None:
        """Predict; called by ASE where the atoms have changed.

        Raises
        ------
        XanesviewError
            If no network predicts the edge, or these atoms.
        """
        super().calculate(atoms, list(properties) or self.implemented_properties, list(system_changes))
        self.predicted = Opened(structure_of_atoms(self.atoms)).predict(self._edge, self._sites, **self._how)
        tensor = self.predicted.tensor
        self.results = {
            "absorption_tensor": tensor.components, "energy_ev": tensor.energy_ev, "sites": tensor.sites,
        }  # fmt: skip

    def get_predicted(self, atoms: Atoms | None = None) -> Predicted:
        """Return all that is predicted of the atoms: spectra of any experiment, what to mistrust, the tensor."""
        self.get_property("energy_ev", atoms)
        return self.predicted

    def get_spectrum(self, atoms: Atoms | None = None, *polarisation: object, **how: object) -> Spectrum:
        """Return the spectrum of the sum of the sites; further arguments as for `xanesview.Predicted.spectrum`."""
        return self.get_predicted(atoms).spectrum(*polarisation, **how)
