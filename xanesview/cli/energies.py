"""Which energies and which of a network's answers a command line asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.geometry.weight_tensor import WeightTensor
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError

#: Per site, so that an axis can still be changed in a table of spectra.
E0_KEY = "e0_ev"
#: Kinds of notices that tell of the tensor fitted to a network's answers, not of the answers.
OF_FITTED = ("fitted-tensor", "not-positive")
AXIS_KEY = "energies"
RELATIVE = "relative to E0"


def answers_itself(card: object) -> bool:
    """Whether a network takes the direction as an input, so that its own answer is written and not the fit's."""
    return getattr(card, "gives", "") == "directional"


def as_answered(predictor: object, structure: Structure, tensor: AbsorptionTensor, weight: WeightTensor):
    """Return what a network that takes the direction as an input answers to it, as tensors that give just that.

    The tensor itself for all other networks.
    """
    if not answers_itself(predictor.card):
        return tensor
    return constant(tensor, predictor.along(structure, tensor.sites.tolist(), weight))


def constant(tensor: AbsorptionTensor, spectra: np.ndarray) -> AbsorptionTensor:
    """Return tensors that give the spectra (S, E) along every direction, with all else as it was."""
    unit = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    return replace(tensor, components=np.asarray(spectra, dtype=np.float64)[:, None, :] * unit[:, None], members=None)


def on_asked_axis(tensor: AbsorptionTensor, axis: str | None) -> AbsorptionTensor:
    """Return the tensor on the axis that was asked for; as it is where none was."""
    if axis is None or axis == tensor.axis:
        return tensor
    try:
        return tensor.on_axis(axis)
    except XanesviewError as error:
        raise XanesviewError(error.message, f"Leave --axis out, or give --axis {tensor.axis}.") from error


def axis_facts(tensor: AbsorptionTensor) -> dict[str, str]:
    """Return for a file's header on which axis its energies are, and E0 of each site in the order of the sites."""
    facts = {AXIS_KEY: RELATIVE} if tensor.axis == "relative" else {}
    if tensor.ip_ev is not None and np.isfinite(tensor.ip_ev).all():
        facts[E0_KEY] = " ".join(f"{value:.4f}" for value in tensor.ip_ev)
    return facts


def axis_of(header: Mapping[str, str]) -> str:
    """Return the axis that a header tells of."""
    return "relative" if header.get(AXIS_KEY, "").startswith("relative") else "absolute"


def e0_of(header: Mapping[str, str], sites: list[int]) -> np.ndarray | None:
    """Return E0 of some sites (S,) from a header, in eV, or None."""
    written = dict(zip(_words(header, "sites"), _words(header, E0_KEY), strict=False))
    try:
        return np.array([float(written[str(site)]) for site in sites]) if sites else None
    except (KeyError, ValueError):
        return None


def _words(header: Mapping[str, str], key: str) -> list[str]:
    return str(header.get(key, "")).split()
