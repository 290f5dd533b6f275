"""The networks of a bundle by its kind: a kind has a configuration that the card keeps, and a module that it builds."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import torch
from torch import nn

from xanesview.errors import XanesviewError
from xanesview.networks.bundle import with_prefix
from xanesview.networks.card import Card

# kind: module, configuration, network; loaded only when asked for
KINDS = {
    "tensor": ("absorption_tensor", "AbsorptionTensorConfig", "AbsorptionTensorNetwork"),
    "isd-painn": ("isd_painn", "IsdPainnConfig", "IsdPainn"),
    "xane3": ("xane3", "Xane3Config", "Xane3"),
    "xanesnet": ("xanesnet", "XanesnetConfig", "Xanesnet"),
    "spectrum-properties": ("spectrum_properties", "SpectrumPropertiesConfig", "SpectrumProperties"),
}


KERNEL = "kernel."
"""Prefix of the kernel regression's tensors in a bundle."""


def build(kind: str, values: Mapping) -> nn.Module:
    """Return an untrained network of a kind from what a card keeps under ``network``.

    Raises
    ------
    XanesviewError
        for an unknown kind or a configuration that does not fit it.
    """
    if kind not in KINDS:
        raise XanesviewError(f"Networks of kind '{kind}' are unknown to this version.", "Update xanesview.")
    module, config, network = KINDS[kind]
    loaded = importlib.import_module(f"xanesview.networks.{module}")
    try:
        return getattr(loaded, network)(getattr(loaded, config).from_dict(dict(values)))
    except (TypeError, ValueError, KeyError, IndexError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise XanesviewError(f"The sizes of a network of kind '{kind}' are wrong ({reason}).") from error


def load_members(card: Card, tensors: Mapping[str, torch.Tensor]) -> list[nn.Module]:
    """Return the ensemble of a bundle of any kind, in evaluation mode.

    Raises
    ------
    XanesviewError
        naming the first weight that is missing, unknown or of another shape.
    """
    networks, count = [], card.raw.get("members", 1)
    if type(count) is not int or count < 1:
        raise XanesviewError(f"The card of {card.name} says {count!r} members.", "Fetch the bundle again.")
    for member in range(count):
        networks.append(_filled(build(card.kind, card.raw["network"]), card, tensors, f"member{member}."))
    return networks


def load_kernel(card: Card, tensors: Mapping[str, torch.Tensor]) -> nn.Module | None:
    """Return the kernel regression that stands beside the ensemble of a bundle, None for most.

    Raises
    ------
    XanesviewError
        naming the first part that is missing, unknown or of another shape.
    """
    values = card.raw.get("kernel")
    if values is None:
        return None
    from xanesview.networks.density_kernel import DensityKernel, DensityKernelConfig

    try:
        kernel = DensityKernel(DensityKernelConfig.from_dict(values["network"]), float(values["share"]))
    except (TypeError, ValueError, KeyError, IndexError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise XanesviewError(f"The kernel regression on the card of {card.name} is wrong ({reason}).") from error
    return _filled(kernel, card, tensors, KERNEL)


def _filled(network: nn.Module, card: Card, tensors: Mapping[str, torch.Tensor], prefix: str) -> nn.Module:
    """Give a network its weights, those that begin with a prefix, and set it to evaluation."""
    state, expected = with_prefix(tensors, prefix), network.state_dict()
    for key, value in expected.items():
        if key not in state or state[key].shape != value.shape:
            found = "is missing" if key not in state else f"has the shape {tuple(state[key].shape)}"
            raise XanesviewError(
                f"Card and weights of {card.name} do not belong together: “{prefix}{key}” {found}, "
                f"the card says {tuple(value.shape)}.",
                "Fetch the bundle again.",
            )
    unknown = next((key for key in state if key not in expected), None)
    if unknown is not None:
        raise XanesviewError(
            f"Card and weights of {card.name} do not belong together: “{unknown}” is unknown to the card.",
            "Fetch the bundle again.",
        )
    network.load_state_dict(state)
    return network.eval().requires_grad_(False)
