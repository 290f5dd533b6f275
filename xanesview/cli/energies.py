"""Which energies and which of a network's answers a command line asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from xanesview.domain.absorption import AbsorptionTensor, AxisError
from xanesview.errors import XanesviewError

#: Kinds of notices that tell of the tensor fitted to a network's answers, not of the answers.
OF_FITTED = ("fitted-tensor", "not-positive")


def answers_itself(card: object) -> bool:
    """Whether a network takes the direction as an input, so that its own answer is written and not the fit's."""
    return getattr(card, "gives", "") == "directional"


@contextmanager
def telling_of_axis(tensor: AbsorptionTensor) -> Iterator[None]:
    """Say which option to leave out where an axis that was asked for can't be had."""
    try:
        yield
    except AxisError as error:
        raise XanesviewError(error.message, f"Leave --axis out, or give --axis {tensor.axis}.") from error
