"""One of many structures as a network predicts it: what a table tells of it, and its spectra per absorbing atom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.counts import counted
from xanesview.domain.geometry.directions import from_angles_deg
from xanesview.domain.geometry.polarisation import LinearPolarisation, Powder
from xanesview.domain.ranking.candidate import Candidate
from xanesview.shown.site_warnings import site_warnings
from xanesview.shown.spectra import spectrum_of
from xanesview.shown.tensors import Answer, answered, look_at, measured_look

if TYPE_CHECKING:
    from xanesview.domain.geometry.geometry import Geometry
    from xanesview.domain.geometry.weight_tensor import WeightTensor
    from xanesview.domain.spectrum import Spectrum
    from xanesview.domain.structure import Structure
    from xanesview.inference.loaded_network import Prediction
    from xanesview.networks.card import Card
    from xanesview.shown.tensors import Look

Along = Callable[["Structure", Sequence[int], "WeightTensor"], np.ndarray]
"""What a network that takes the direction as an input answers: spectra (S, E) of sites of a structure."""


@dataclass(frozen=True, eq=False)
class PredictedStructure:
    """A structure with the sum over all its absorbers.

    Attributes
    ----------
    name : str
    structure : Structure
    sites : tuple of int
    look : Look
        Of all sites, as measured where the network was fitted to measured spectra, on absolute energies.
    facts : dict
        Formula, network, hash of the structure; which sites lie outside the training data.
    warnings : tuple of str
        What is said of sites, outside first.
    notices : tuple of str
        What has to be said of the prediction as a whole.
    prediction : Prediction or None
        Kept for networks that take the direction as an input only.
    """

    name: str
    structure: Structure
    sites: tuple[int, ...]
    look: Look
    facts: dict[str, str]
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    prediction: Prediction | None = None

    def spectrum(self, geometry: Geometry, along: Along | None = None) -> Spectrum:
        """Return the mean spectrum of the absorbing atoms for an experiment, with its band."""
        weight, look = geometry.weight(), self.look
        if self.prediction is not None and geometry.uses and along is not None:
            own = np.asarray(along(self.structure, list(self.sites), weight))
            look = answered(look, Answer(self.sites, own), self.prediction.tensor)
        return spectrum_of(look.summed, look.total(weight), self.name, look.band(weight)).scaled(1.0 / len(self.sites))

    def candidate(self, geometries: Sequence[Geometry], along: Along | None = None) -> Candidate:
        """Return it as a candidate, with one spectrum a geometry."""
        spectra = tuple(self.spectrum(geometry, along) for geometry in geometries)
        return Candidate(self.name, spectra, self.look.e0_ev, self.facts)


def predicted_structure(name: str, structure: Structure, prediction: Prediction, card: Card) -> PredictedStructure:
    """Return a structure with what a network of this card says of all its absorbers.

    Raises
    ------
    XanesviewError
        If the spectra can't be had on absolute energies.
    """
    tensor = prediction.tensor
    sites = tuple(int(site) for site in tensor.sites)
    measured = measured_look(card) if card.as_measured is not None else None
    look = look_at(tensor, sites, (1.0,) * len(sites), "absolute", None, measured)
    if look.problem is not None:
        raise look.problem
    outside = [v.atom for v in prediction.verdicts if v.warning == "outside"]
    facts = {"formula": structure.formula, "network": prediction.network, "structure_hash": structure.content_hash}
    if outside:
        facts["outside"] = f"{len(outside)} of {counted(len(sites), 'site')}"
    directional = card.gives == "directional"
    warnings = site_warnings(prediction.verdicts, lambda atom: f"{structure.symbols[atom]}{atom + 1}")
    return PredictedStructure(
        name, structure, sites,
        look if directional else replace(look, native=look.summed),  # single sites of hundreds would fill the memory
        facts, tuple(one.sentence for one in warnings), tuple(notice.message for notice in prediction.notices),
        prediction if directional else None,
    )  # fmt: skip


def geometries_at(thetas_deg: Sequence[float], normal: Sequence[float] | None) -> tuple[Geometry, ...]:
    """Return linear light with the field at angles θ from a surface normal (3,), else z; without any an average."""
    if not len(thetas_deg):
        return (Powder(normal=normal),)
    return tuple(LinearPolarisation(normal=normal, direction=from_angles_deg(t, 0.0, normal)) for t in thetas_deg)
