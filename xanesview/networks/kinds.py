"""The kinds of networks: one entry each, asked by lists, card checks, prediction, explanation and training.

A new kind is a folder beside this file and an entry in `KINDS`. An entry names what belongs to a kind as
"module:name"; only the room that needs a part imports it, so that listing networks loads no torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class Kind:
    """All that the program knows of a kind of network.

    Attributes
    ----------
    name : as cards say it
    title : as the literature calls it
    gives : one of `xanesview.networks.card.GIVES`
    configuration, network
        Classes: a `xanesview.networks.configuration.Configuration` that the card keeps, and the module built from it.
    card : a `xanesview.networks.card_schema.Block`: what its cards hold beside what all do, readable without torch
    predictor : class, a `xanesview.inference.loaded_network.LoadedNetwork`; empty for a kind that gives no spectra
    purpose : what one takes it for, in a few words
    explanations
        {method: function} beside taking atoms away, which every kind that gives spectra allows, the best first; a
        function maps `xanesview.inference.explained.Question` to Explanation.
    training
        Module with RECIPE, train(data, config, out, resume) → Path and ABLATIONS {name: {table: {key: value}}}; empty
        for a kind that can't be trained here.
    training_name : what the command line calls it, where that is not ``name``
    trains_on_pairs : whether its data may be a folder of pairs of structures and spectra
    checkpoint : function (file, configuration file or None, folder) → notes, which imports published weights
    takes_any_element : whether it predicts also with elements around that no training structure had, and says so
    literature : what is to be cited beside the program where it is used
    """

    name: str
    title: str
    gives: str
    configuration: str
    network: str
    card: str = ""
    predictor: str = ""
    purpose: str = ""
    explanations: Mapping[str, str] = field(default_factory=dict)
    training: str = ""
    training_name: str = ""
    trains_on_pairs: bool = False
    checkpoint: str = ""
    takes_any_element: bool = False
    literature: tuple[str, ...] = ()


_DESCRIPTORS = "xanesview.inference.descriptor_explanation:of_descriptors"

KINDS = (
    Kind(
        name="tensor",
        title="Tensor network",
        gives="tensor",
        configuration="xanesview.networks.absorption_tensor.network:AbsorptionTensorConfig",
        network="xanesview.networks.absorption_tensor.network:AbsorptionTensorNetwork",
        card="xanesview.networks.absorption_tensor.card_fields:CARD",
        predictor="xanesview.inference.tensor_predictor:TensorPredictor",
        purpose="for turning the light",
        literature=(
            "R. Drautz, Phys. Rev. B 99, 014104 (2019), doi:10.1103/PhysRevB.99.014104 (its densities)",
            "I. Batatia et al., MACE (2022), arXiv:2206.07697 (their powers in message passing)",
        ),
        training="xanesview.training.absorption_tensor.training",
    ),
    Kind(
        name="isd-painn",
        title="ISD-PaiNN",
        gives="directional",
        configuration="xanesview.networks.isd_painn.network:IsdPainnConfig",
        network="xanesview.networks.isd_painn.network:IsdPainn",
        card="xanesview.networks.isd_painn.card_fields:CARD",
        predictor="xanesview.inference.directional_predictor:DirectionalPredictor",
        purpose="to check the tensors",
        literature=(
            "K. Shibata and T. Mizoguchi, A message passing neural network for predicting dipole moment dependent core "
            "electron excitation spectra, Digital Discovery (2024), doi:10.1039/D4DD00021H",
        ),
        training="xanesview.training.isd_painn.training",
        checkpoint="xanesview.networks.isd_painn.checkpoint:import_isd_painn",
    ),
    Kind(
        name="xane3",
        title="XANE(3)",
        gives="isotropic",
        configuration="xanesview.networks.xane3.network:Xane3Config",
        network="xanesview.networks.xane3.network:Xane3",
        card="xanesview.networks.xane3.card_fields:CARD",
        predictor="xanesview.inference.xane3_predictor:Xane3Predictor",
        purpose="for powders and gases, energies from E₀",
        literature=(
            "V. F. Grizzi, L. N. Pretzie, J. Xu and C. Liu, XANE(3): an E(3)-equivariant graph neural network for "
            "accurate prediction of XANES spectra from atomic structures (2026), arXiv:2604.12140",
        ),
        explanations={"attention": "xanesview.inference.attention_explanation:of_attention"},
        training="xanesview.training.xane3.training",
    ),
    Kind(
        name="xanesnet",
        title="XANESNET",
        gives="isotropic",
        configuration="xanesview.networks.xanesnet.network:XanesnetConfig",
        network="xanesview.networks.xanesnet.network:Xanesnet",
        card="xanesview.networks.xanesnet.card_fields:CARD",
        predictor="xanesview.inference.xanesnet_predictor:XanesnetPredictor",
        takes_any_element=True,
        purpose="for powders and gases, with error band and reasons",
        literature=(
            "C. D. Rankine and T. J. Penfold, Accurate, affordable, and generalizable machine learning simulations of "
            "transition metal x-ray absorption spectra using the XANESNET deep neural network, J. Chem. Phys. 156, "
            "164102 (2022), doi:10.1063/5.0087255",
        ),
        explanations={"permutation": _DESCRIPTORS, "shap": _DESCRIPTORS, "population": _DESCRIPTORS},
        training="xanesview.training.xanesnet.training",
        trains_on_pairs=True,
    ),
    Kind(
        name="spectrum-properties",
        title="Properties from a spectrum",
        gives="properties",
        configuration="xanesview.networks.spectrum_properties.network:SpectrumPropertiesConfig",
        network="xanesview.networks.spectrum_properties.network:SpectrumProperties",
        card="xanesview.networks.spectrum_properties.card_fields:CARD",
        training="xanesview.training.spectrum_properties.training",
        training_name="properties",
        literature=(
            "K. Kikumasa, S. Kiyohara, K. Shibata and T. Mizoguchi, Quantification of the properties of organic "
            "molecules using core-loss spectra as neural network descriptors, Adv. Intell. Syst. 4, 2100103 (2022)",
        ),
    ),
)


def find_kind(name: str) -> Kind | None:
    """Return a kind by the name that cards say, None for one that this version doesn't know."""
    return next((kind for kind in KINDS if kind.name == name), None)


def kind_named(name: str) -> Kind:
    """Return a kind by the name that cards say.

    Raises
    ------
    XanesviewError
        for one that this version doesn't know.
    """
    kind = find_kind(name)
    if kind is None:
        raise XanesviewError(f"Networks of kind '{name}' are unknown to this version.", "Update xanesview.")
    return kind


def trained_kinds() -> dict[str, Kind]:
    """Return the kinds that can be trained, by the name on the command line."""
    return {kind.training_name or kind.name: kind for kind in KINDS if kind.training}


def imported_kinds() -> dict[str, Kind]:
    """Return the kinds whose published checkpoints can be imported, by name."""
    return {kind.name: kind for kind in KINDS if kind.checkpoint}


def loaded(place: str) -> Any:
    """Import what an entry names as "module:name", or as "module"."""
    module, _, name = place.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found
