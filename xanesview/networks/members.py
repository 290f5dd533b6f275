"""The networks of a bundle by its kind: a kind has a configuration that the card keeps, and a module that it builds."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from xanesview.errors import OddContent, XanesviewError
from xanesview.networks.bundle import with_prefix
from xanesview.networks.card import Card
from xanesview.networks.configuration import Configuration
from xanesview.networks.kinds import kind_named, loaded

log = logging.getLogger(__name__)

BESIDE_WEIGHTS_BYTES = 200_000_000
"""What a network may hold beside four times its weights (kept in half precision or whole): tables that it makes."""
_MADE_OF_A_SIZE = frozenset({torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn})


def configuration_of(card: Card) -> Configuration:
    """Return the sizes of a bundle's networks as its card keeps them.

    Raises
    ------
    XanesviewError
        for an unknown kind or a configuration that does not fit it.
    """
    kind = kind_named(card.kind)
    with wrong_sizes_told(f"The sizes on the card of {card.name} are wrong"):
        return loaded(kind.configuration).from_dict(card.raw["network"])


def build(kind: str, values: Mapping) -> nn.Module:
    """Return an untrained network of a kind from what a card keeps under ``network``.

    Raises
    ------
    XanesviewError
        for an unknown kind or a configuration that does not fit it.
    """
    entry = kind_named(kind)
    with wrong_sizes_told(f"The sizes of a network of kind '{kind}' are wrong"):
        return loaded(entry.network)(loaded(entry.configuration).from_dict(values))


@contextmanager
def wrong_sizes_told(message: str) -> Iterator[None]:
    """Turn what a module raises for sizes that make no sense into XanesviewError with a message.

    The reason stands behind it where it is the program's own; what torch and Python say of it goes to the log.
    """
    try:
        yield
    except (TypeError, ValueError, KeyError, IndexError, RuntimeError) as error:
        log.info("%s.", message, exc_info=error)
        reason = str(error) if isinstance(error, OddContent) else "they do not fit together"
        raise XanesviewError(
            f"{message} ({reason}).", "Fetch the bundle again, or compare its sizes with those of a shipped network."
        ) from error


def load_members(card: Card, tensors: Mapping[str, torch.Tensor]) -> list[nn.Module]:
    """Return the ensemble of a bundle of any kind, in evaluation mode.

    Raises
    ------
    XanesviewError
        naming the first weight that is missing, unknown or of another shape.
    """
    networks = []
    for member in range(card.raw.get("members", 1)):
        with no_larger_than(card, tensors):
            network = build(card.kind, card.raw["network"])
        networks.append(with_weights(network, card, tensors, f"member{member}."))
    return networks


def with_weights(network: nn.Module, card: Card, tensors: Mapping[str, torch.Tensor], prefix: str) -> nn.Module:
    """Give a network its weights, those that begin with a prefix, and set it to evaluation.

    Raises
    ------
    XanesviewError
        naming the first weight that is missing, unknown, or of another shape or kind of number.
    """
    state, expected = with_prefix(tensors, prefix), network.state_dict()
    for key, value in expected.items():
        if key not in state or state[key].shape != value.shape:
            found = "is missing" if key not in state else f"has the shape {tuple(state[key].shape)}"
            raise XanesviewError(
                f"Card and weights of {card.name} do not belong together: “{prefix}{key}” {found}, "
                f"the card says {tuple(value.shape)}.",
                "Fetch the bundle again.",
            )
        if value.is_floating_point() and not tensors[prefix + key].is_floating_point():
            raise XanesviewError(
                f"The weights of {card.name} are damaged: “{prefix}{key}” holds whole numbers.",
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


@contextmanager
def no_larger_than(card: Card, tensors: Mapping[str, torch.Tensor]) -> Iterator[None]:
    """Build no network that needs much more memory than the weights that are there: the card's sizes are wrong then."""
    allowed = _Allowance(4 * sum(tensor.nbytes for tensor in tensors.values()) + BESIDE_WEIGHTS_BYTES)
    with wrong_sizes_told(f"The sizes on the card of {card.name} are wrong"), allowed:
        yield


class _Allowance(TorchFunctionMode):
    """Lets tensors be made until they would take more memory than allowed."""

    def __init__(self, n_bytes: int) -> None:
        super().__init__()
        self._left = n_bytes

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in _MADE_OF_A_SIZE:  # called as (3, 4) or as ((3, 4), …)
            size = args if args and isinstance(args[0], int) else (kwargs or {}).get("size", args[0] if args else ())
            self._left -= 4 * math.prod(size)
            if self._left < 0:
                raise OddContent("they make a network that is far larger than its weights")
        return func(*args, **(kwargs or {}))
