"""For notebooks and scripts, as part of `xanesview.api`: structures are asked, and networks answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.geometry import Geometry
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.spectra.axis_header import axis_facts
from xanesview.over_angles import OverAngles, Polarisation, degrees, geometry_of
from xanesview.shown.spectra import spectrum_of
from xanesview.shown.tensors import Answer, Look, answered, check_width, look_at, measured_look

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor, SiteWeights
    from xanesview.domain.symmetry import Orbit
    from xanesview.inference.loaded_network import Prediction, Predictor


def predict(
    structure: Structure | Opened,
    network: str | Path | None = None,
    sites: Sequence[int] | None = None,
    *,
    device: str = "auto",
    by_orbit: bool = False,
    tolerance_angstrom: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Predicted:
    """Predict the absorption of sites of a structure.

    Parameters
    ----------
    structure : Structure or Opened
    network : str or path, optional
        Name on the shelf, or the path of a bundle (text with a separator, such as ``./mine``, or a ``Path``); the
        program's own C K-edge network by default. Kept loaded.
    sites : atom indices (S,), optional
        From 0; every atom of the network's element by default.
    device : str
        "auto", "cpu" or "cuda".
    by_orbit : bool
        Predict one site an orbit of the structure's symmetry and turn its tensor to the others (`Predicted.orbits`).
    tolerance_angstrom : float, optional
        How far atoms may be off their places for that; 0.02 Å by default.
    progress : called with (sites done, sites in all)
    cancelled : asked now and then; where it says yes, `Cancelled` is raised

    Raises
    ------
    XanesviewError
        If the network can't be loaded, or can't predict these atoms.

    Examples
    --------
    >>> benzene = xanesview.read("benzene.xyz")
    >>> predicted = xanesview.predict(benzene)
    >>> predicted.tensor.components.shape  # sites; xx, yy, zz, yz, xz, xy; energies
    (6, 6, 251)
    >>> xanesview.predict(benzene, sites=[0, 3], by_orbit=True).symmetry
    'D6h'
    """
    if isinstance(structure, Opened):
        structure = structure.structure
    if not isinstance(structure, Structure):
        raise XanesviewError(
            f"{structure!r:.60} is no structure.", "Read one first: xanesview.read(FILE), or xanesview.from_smiles."
        )
    return predict_with(
        kept_predictor(network, device), structure, sites, by_orbit=by_orbit, tolerance_angstrom=tolerance_angstrom,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip


def predictor_of(network: str | Path | None = None, device: str = "auto") -> Predictor:
    """Return a network, loaded and ready to predict."""
    from xanesview.inference.predictor import DEFAULT_NETWORK, load_predictor

    return load_predictor(network or DEFAULT_NETWORK, device=device)


kept_predictor = lru_cache(maxsize=4)(predictor_of)  # a script predicts one structure after the other


def atom_numbers(sites: Sequence[int] | np.ndarray) -> list[int]:
    """Return sites as numbers of atoms; raise XanesviewError where they are none."""
    try:
        return [int(site) for site in sites]
    except (TypeError, ValueError):
        raise XanesviewError(
            f"{sites!r:.60} are no sites.", "Give numbers of atoms from 0, such as [0, 3]; leave them out for all."
        ) from None


def predict_with(
    predictor: Predictor,
    structure: Structure,
    sites: Sequence[int] | np.ndarray | None = None,
    *,
    by_orbit: bool = False,
    tolerance_angstrom: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Predicted:
    """Predict with a network that is loaded already; see `predict`."""
    from xanesview.inference.predictor import default_sites

    asked = default_sites(structure, predictor.card) if sites is None else atom_numbers(sites)
    if not by_orbit:
        return Predicted(
            structure, predictor.predict(structure, asked, progress=progress, cancelled=cancelled), predictor
        )
    from xanesview.domain.symmetry import SYMMETRY_TOLERANCE_ANGSTROM
    from xanesview.inference.orbit_prediction import predict_orbits

    tolerance = SYMMETRY_TOLERANCE_ANGSTROM if tolerance_angstrom is None else tolerance_angstrom
    prediction, found = predict_orbits(
        predictor, structure, asked, tolerance, progress=progress, cancelled=cancelled
    )
    return Predicted(structure, prediction, predictor, tuple(found), tolerance)


@dataclass(frozen=True, eq=False, repr=False)
class Opened:
    """A structure that can be asked for its spectra.

    Attributes
    ----------
    structure : Structure
    """

    structure: Structure

    def __repr__(self) -> str:
        """Say what it is, in one line."""
        return f"<Opened {self.structure.name or 'structure'}: {self.structure.formula}>"

    def predict(self, edge: str | None = None, sites: Sequence[int] | None = None, **how: object) -> Predicted:
        """Predict an edge of the structure with the network that fits it, as window and command line choose it.

        Parameters
        ----------
        edge : "C K", "O K", "Fe K" …, optional
            The first that a network predicts by default, carbon's where there is carbon.
        sites, **how : as for `xanesview.predict`

        Raises
        ------
        XanesviewError
            If no network predicts the edge, or atoms of the structure.
        """
        from xanesview.inference.edge_networks import network_for

        return predict(self.structure, network_for(self.structure, edge), sites, **how)


@dataclass(frozen=True, eq=False, repr=False)
class Predicted(OverAngles):
    """What a network says of a structure: tensors, and the spectra of any experiment.

    Attributes
    ----------
    structure : Structure
    prediction : Prediction
        Tensors, what to mistrust (`verdicts`), what else has to be said (`notices`).
    predictor : Predictor
        The network, asked anew by those that take the direction as an input.
    orbits : tuple of Orbit
        Orbits of the sites, where one site of each was predicted and turned to the others; else none.
    tolerance_angstrom : float or None
        How far atoms may be off their places for them.
    """

    structure: Structure
    prediction: Prediction
    predictor: Predictor
    orbits: tuple[Orbit, ...] = ()
    tolerance_angstrom: float | None = None

    def __repr__(self) -> str:
        """Say of what it is, in one line."""
        name = self.structure.name or self.structure.formula
        energies = self.tensor.energy_ev
        return (
            f"<Predicted {self.tensor.edge} of {name}: {counted(len(self.tensor.sites), 'site')}, "
            f"{energies[0]:.1f} to {energies[-1]:.1f} eV, {self.predictor.card.title}>"
        )

    @property
    def symmetry(self) -> str:
        """The symbol of the group that the orbits are of: D6h, Fm-3m (225); empty without orbits."""
        if not self.orbits:
            return ""
        from xanesview.domain.group_symbol import symmetry_symbol

        return symmetry_symbol(self.structure, self.tolerance_angstrom)

    def symmetry_facts(self) -> dict[str, str]:
        """Return for a file's header the symmetry, and each orbit as its representative times its multiplicity."""
        if not self.orbits:
            return {}
        words = " ".join(f"{orbit.representative}×{orbit.multiplicity}" for orbit in self.orbits)
        return {"symmetry": self.symmetry, "tolerance_angstrom": f"{self.tolerance_angstrom:g}", "orbits": words}

    @property
    def tensor(self) -> AbsorptionTensor:
        """σ(E) of each site, (S, 6, E), as the network gives it."""
        return self.prediction.tensor

    def look(
        self,
        geometry: Geometry | None = None,
        *,
        sites: Sequence[int] | None = None,
        site_weights: SiteWeights | None = None,
        axis: str | None = None,
        fwhm_ev: float | None = None,
        as_measured: bool = False,
    ) -> Look:
        """Return sites and their sum on an axis and at a width, as the window shows them.

        Parameters
        ----------
        geometry : Geometry, optional
            For a network that takes the direction as an input: what to ask it; the tensor fitted to it without one.
        sites : atom indices, optional
            All that were predicted by default.
        site_weights : optional
            Weights by atom index, or one a site; 1 by default.
        axis : "absolute", "relative" (to E0) or None as the network gives it
        fwhm_ev : total width, eV, or None for the network's own; a Gaussian to add where the own ones aren't (Fe)
        as_measured : bool
            Draw them to look like measured spectra of the edge: the shift, width and step on the network's card; as
            computed by default. `tensor` is never changed.

        Raises
        ------
        XanesviewError
            If the axis can't be had, the width is below the network's own, or the network was never fitted to measured
            spectra.
        """
        tensor = self.tensor
        chosen = tuple(atom_numbers(tensor.sites if sites is None else sites))
        if not chosen:
            raise XanesviewError("No site was chosen.", "Give at least one, or leave sites out for all.")
        weights = tuple(tensor.select(chosen).weights_array(site_weights).tolist())
        check_width(tensor, fwhm_ev)
        measured = measured_look(self.predictor.card) if as_measured else None
        found = look_at(tensor, chosen, weights, axis, fwhm_ev, measured)
        if found.problem is not None:
            raise found.problem
        if geometry is None or self.predictor.card.gives != "directional":
            return found
        spectra = self.predictor.along(self.structure, list(chosen), geometry.weight())
        return answered(found, Answer(chosen, np.asarray(spectra)), tensor)

    def spectrum(
        self, polarisation: Polarisation = None, *, theta: float | None = None, phi: float | None = None, **how: object
    ) -> Spectrum:
        """Return the spectrum of the sum of the sites for one experiment.

        Parameters
        ----------
        polarisation : a geometry, the direction (3,) of a linear polarisation, or None for a powder, a gas, a liquid
        theta, phi : degrees, optional
            In its place: linear polarisation at so much from z, and so much about z from x (0 by default).
        **how : as for `look`

        Examples
        --------
        >>> predicted = xanesview.open("benzene.xyz").predict()
        >>> up, powder = predicted.spectrum((0, 0, 1)), predicted.spectrum()
        >>> ratio = up.intensity / powder.intensity
        >>> print(f"{ratio[up.intensity.argmax()]:.1f}")  # all π* intensity lies along the normal
        3.0
        >>> magic = predicted.spectrum(theta=54.7356, fwhm_ev=1.0)
        >>> bool(np.allclose(magic.intensity, predicted.spectrum(fwhm_ev=1.0).intensity, rtol=0.02))
        True
        """
        if phi is not None and theta is None:
            raise XanesviewError("phi alone is no direction.", "Give theta, too.")
        if theta is not None:
            if polarisation is not None:
                raise XanesviewError("A polarisation and theta exclude each other.", "Give one of them.")
            polarisation = from_angles_deg(degrees(theta, "theta"), degrees(phi or 0.0, "phi"))
        geometry = geometry_of(polarisation)
        found, weight = self.look(geometry, **how), geometry.weight()
        spectrum = spectrum_of(found.summed, found.total(weight), geometry.describe(), found.band(weight))
        return spectrum.replace(provenance=axis_facts(found.selected))

    def site_spectra(self, polarisation: Polarisation = None, **how: object) -> dict[int, Spectrum]:
        """Return the spectrum of each site, times its weight, for one experiment; arguments as for `spectrum`.

        Examples
        --------
        >>> each = xanesview.open("benzene.xyz").predict().site_spectra((0, 0, 1), sites=[0, 3])
        >>> sorted(each)
        [0, 3]
        """
        geometry = geometry_of(polarisation)
        found = self.look(geometry, **how)
        rows = found.spectra(geometry.weight()).each
        return {
            int(site): spectrum_of(found.selected, row, f"atom {site}, {geometry.describe()}").replace(
                provenance=axis_facts(found.selected.select((int(site),)))
            )
            for site, row in zip(found.selected.sites, rows, strict=True)
        }
