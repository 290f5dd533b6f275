"""What is told of many scans of one file that are read together, once for all."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.domain.structure import Notice
from xanesview.io.spectra.athena import SHIFTED


def told_of_scans(notices: Sequence[Sequence[Notice]]) -> list[str]:
    """Return sentences on scans, from the notices of each.

    What is told of several with another number each is told once, with how many they are.
    """
    shifted = [{one.message for one in own if one.kind == SHIFTED} for own in notices]
    count = sum(map(bool, shifted))
    once = dict.fromkeys(one.message for own in notices for one in own if count < 2 or one.kind != SHIFTED)
    return [*([f"Athena's shift is part of the energies of {count} scans."] if count > 1 else []), *once]
