"""The channels of XANE(3) in a training configuration as irreps, which e3nn reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xanesview.errors import UsageError
from xanesview.networks.irreps import IRREPS, multiplicities
from xanesview.networks.xane3.network import CHANNELS

_HINT = "Write irreps like 32x0e+16x1o+8x2e."


def channels_of_irreps(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table [network] with ``mul_0``, ``mul_1`` and ``mul_2`` for ``irreps``, where it has those.

    Raises
    ------
    UsageError
        for irreps that e3nn can't read or this network has no features of, or for both at once.
    """
    values = dict(values)
    if "irreps" not in values:
        return values
    twice = next((name for name in CHANNELS if name in values), None)
    if twice is not None:
        raise UsageError(f"[network] has both irreps and {twice}.", "They say the same: leave one out.")
    return values | dict(zip(CHANNELS, multiplicities(canonical_irreps(values.pop("irreps"))), strict=True))


def canonical_irreps(text: Any) -> str:
    """Return irreps in the one form that cards keep: sorted, each kind once, none without channels.

    Raises
    ------
    UsageError
        for what e3nn can't read, for irreps other than 0e, 1o and 2e, and without 0e, which spectra are read from.
    """
    from e3nn import o3  # three seconds that other kinds of networks need not wait

    try:
        irreps = o3.Irreps(text)
    except (ValueError, TypeError) as error:
        raise UsageError(f"[network] irreps: {text!r} can't be read.", _HINT) from error
    strange = [str(ir) for _, ir in irreps if str(ir) not in IRREPS]
    if strange:
        raise UsageError(
            f"[network] irreps: XANE(3) has no features {strange[0]}, for its messages are 0e, 1o and 2e.", _HINT
        )
    if not irreps.count(IRREPS[0]):
        raise UsageError("[network] irreps: XANE(3) reads spectra from scalars, so it needs channels 0e.", _HINT)
    return str(irreps.regroup())
