"""Multilayer perceptrons, as XANESNET has them."""

from __future__ import annotations

from torch import nn

from xanesview.errors import XanesviewError

ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh, "gelu": nn.GELU}


def check_activation(name: str) -> None:
    """Check the name of an activation.

    Raises
    ------
    XanesviewError
        for one that is not known.
    """
    if name not in ACTIVATIONS:
        raise XanesviewError(f"There is no activation “{name}”.", f"Known: {', '.join(ACTIVATIONS)}.")


def perceptron(inputs: int, hidden: tuple[int, ...], outputs: int, activation: str, dropout: float) -> nn.Sequential:
    """Return [Linear, dropout, activation] for each hidden layer, then Linear."""
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(inputs, width), nn.Dropout(dropout), ACTIVATIONS[activation]()]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))
