"""Whether what a network gives are numbers, and whether it or what it was asked about is to blame where they aren't."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from torch import nn

LARGEST_WEIGHT = 1e6
"""Weights of trained networks are far below; products of larger ones overflow."""
DAMAGED = "The network is damaged: fetch its bundle again."


def check_finite(values: np.ndarray, networks: Iterable[nn.Module], otherwise: str) -> None:
    """Check what networks gave.

    Parameters
    ----------
    values : of any shape
    networks : that gave them
    otherwise : the hint where their weights are plain numbers

    Raises
    ------
    XanesviewError
        for values that are not finite.
    """
    if np.isfinite(values).all():
        return
    hint = otherwise if all(_has_plain_weights(network) for network in networks) else DAMAGED
    raise XanesviewError("The network gave values that are not numbers.", hint)


def _has_plain_weights(network: nn.Module) -> bool:
    """Tell whether no weight is NaN or so large that what follows overflows."""
    kept = network.state_dict().values()
    small = all(bool((weight.abs() <= LARGEST_WEIGHT).all()) for weight in network.parameters())
    return small and all(bool(values.isfinite().all()) for values in kept)
