"""Inputs of ``xanesview predict`` that are read ahead, so that a network is asked about small molecules together."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from xanesview.cli.fitting import network_for
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.structure import Structure
    from xanesview.inference.tensor_predictor import TensorPredictor


def read_or_error(read: Callable[[], Structure]) -> Structure | XanesviewError:
    """Read an input that may have to wait for others; what is wrong with it is told at its turn."""
    try:
        return read()
    except XanesviewError as error:
        return error


def prepare(arguments: argparse.Namespace, structures: Sequence[Structure], predictor_for: Predictors) -> None:
    """Have all sites of small molecules of one tensor network predicted together."""
    if arguments.sites != "all" or arguments.mean or arguments.orbits:
        return
    from xanesview.inference.tensor_predictor import TensorPredictor

    asked: dict[TensorPredictor, list] = {}
    for one in structures:
        with suppress(XanesviewError):  # told at its turn
            predictor = predictor_for(one, quiet=True)
            if isinstance(predictor, TensorPredictor):
                asked.setdefault(predictor, []).append((one, one.sites_of(predictor.card.element)))
    for predictor, some in asked.items():
        with suppress(XanesviewError):  # each is then asked about alone
            predictor.prepare(some)


class Predictors:
    """The network that is named, or that fits a structure; each looked for once, as files of networks take a while."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._found: dict[str, object] = {}

    def __call__(self, structure: Structure, *, quiet: bool = False) -> object:
        from xanesview import api

        network = self._arguments.network
        if network is None:
            network = network_for(structure, self._arguments, quiet=quiet or self._arguments.quiet)
        if network not in self._found:
            self._found[network] = api.predictor_of(network, self._arguments.device)
        return self._found[network]
