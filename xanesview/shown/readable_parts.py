"""Spectra that properties can be read from: the molecule's and single sites', predicted or computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.inference.property_reader import outside_reasons
from xanesview.shown.names import site_name
from xanesview.shown.spectra import spectrum_of
from xanesview.shown.tensors import broadened

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.session import ReferenceCurve
    from xanesview.domain.structure import Structure
    from xanesview.shown.shown import Shown

ELEMENT = "C"
MOST_SITES = 10
PREDICTED = "predicted"
SITE, MOLECULE = "site", "molecule"


@dataclass(frozen=True, eq=False)
class Part:
    """A spectrum to read: what it is called, "molecule" or "site", how to get it, and why to mistrust it."""

    label: str
    kind: str
    spectrum: Callable[[], Spectrum]
    reasons: tuple[str, ...] = ()


def predicted_parts(shown: Shown) -> list[Part]:
    """Return the molecule's mean spectrum and those of the picked sites, isotropic, as far as they are predicted.

    Raises
    ------
    XanesviewError
        where there is nothing that could be read, with the reason.
    """
    structure, card = shown.structure, shown.card
    if structure is None or card is None:
        raise XanesviewError("Open a molecule, or load a measured spectrum to read properties from.")
    if card.element != ELEMENT:
        raise XanesviewError(
            f"Properties are read from C K-edge spectra; the network “{card.title}” predicts {card.label}.",
            "Choose a network for the C K-edge.",
        )
    absorbers = shown.absorbers
    if not absorbers:
        raise XanesviewError(f"There is no {card.element} atom in this structure.")
    known, prediction, fwhm = shown.predicted_sites, shown.prediction, shown.session.broadening_fwhm_ev
    if prediction is None:
        raise XanesviewError("The prediction has not arrived yet.")
    parts = []
    if known.issuperset(absorbers):
        part = _part(fwhm, "whole molecule", MOLECULE, prediction.tensor, np.array(absorbers), PREDICTED)
        parts.append(replace(part, reasons=outside_reasons(prediction.verdicts, absorbers)))
    for site in [i for i in shown.session.picked if i in known][:MOST_SITES]:
        name = site_name(structure, site)
        part = _part(fwhm, name, SITE, prediction.tensor, np.array([site]), PREDICTED)
        parts.append(replace(part, reasons=outside_reasons(prediction.verdicts, (site,))))
    if not parts:
        raise XanesviewError("The prediction has not arrived yet.")
    return parts


def reference_parts(shown: Shown, reference: ReferenceCurve) -> list[Part]:
    """Return how a reference can be read: a loaded spectrum as the user says, computed tensors as what they are.

    Raises
    ------
    XanesviewError
        for tensors of another edge.
    """
    if reference.tensor is None:
        return [
            Part("whole molecule", MOLECULE, lambda: reference.spectrum),
            Part("one site", SITE, lambda: reference.spectrum),
        ]
    tensor = reference.tensor
    if not tensor.edge.startswith(ELEMENT + " "):
        raise XanesviewError(f"Properties are read from C K-edge spectra; “{reference.label}” is {tensor.edge}.")
    parts, structure, fwhm = [], shown.structure, shown.session.broadening_fwhm_ev
    sites = tensor.sites.astype(int)
    weights = None if structure is None else class_weights(structure, sites)
    if weights is not None:
        parts.append(_part(fwhm, "whole molecule", MOLECULE, tensor, sites, "computed", weights))
    for site in sites[:MOST_SITES].tolist():
        name = f"atom {site}" if structure is None else site_name(structure, site)
        parts.append(_part(fwhm, name, SITE, tensor, np.array([site]), "computed"))
    return parts


def class_weights(structure: Structure, sites: np.ndarray) -> np.ndarray | None:
    """Return how many carbon atoms each site stands for (S,), or None where a class of them is missing."""
    from xanesview.domain.symmetry import site_classes

    every = structure.sites_of(ELEMENT)
    if not set(sites.tolist()) <= set(every.tolist()):
        return None
    label = dict(zip(every.tolist(), site_classes(structure, every).tolist(), strict=True))
    members, given = np.bincount(list(label.values())), np.bincount([label[i] for i in sites.tolist()])
    if len(given) < len(members) or (given == 0).any():
        return None
    return np.array([members[label[i]] / given[label[i]] for i in sites.tolist()])


def _part(
    fwhm_ev: float | None,
    label: str,
    kind: str,
    tensor: AbsorptionTensor,
    sites: np.ndarray,
    origin: str,
    weights: np.ndarray | None = None,
) -> Part:
    def spectrum() -> Spectrum:
        chosen = tensor.select(sites)
        if chosen.axis == "relative" and len(sites) > 1:
            chosen = chosen.on_axis("absolute")  # sites are summed where they lie
        chosen = broadened(replace(chosen, members=None), fwhm_ev)
        curve = np.average(chosen.isotropic(), axis=0, weights=weights)
        return spectrum_of(chosen, curve, label, kind=origin)

    return Part(label, kind, spectrum)
