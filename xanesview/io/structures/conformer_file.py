"""Conformers as frames of a file, extended XYZ or SDF, each with its energy, share and how often it counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from xanesview.domain.conformer import Conformer
from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.atomic import write_text
from xanesview.io.text_file import number

ENDINGS = (".extxyz", ".xyz", ".sdf")


def conformer_fields(conformer: Conformer) -> dict[str, str]:
    """Return what a file says of a conformer, by the names of its fields."""
    return {
        "energy_above_lowest": f"{conformer.above_lowest_ev:.6f}", "share": f"{conformer.share:.6f}",
        "counts": f"{conformer.times:g}", "temperature": f"{conformer.temperature_k:g}",
    }  # fmt: skip


def conformer_of(fields: Mapping[str, str]) -> Conformer | None:
    """Return the conformer of a file's fields; None where they don't tell of one, or of none that can be."""
    try:
        energy, share, times, kelvins = (
            number(fields[key], key) for key in ("energy_above_lowest", "share", "counts", "temperature")
        )
    except (KeyError, XanesviewError):
        return None
    sound = energy >= 0.0 and 0.0 <= share <= 1.0 and 0.0 < times < 1000.0 and 0.0 < kelvins < 1e5
    return Conformer(energy, share, times, kelvins) if sound and math.isfinite(energy) else None


def write_conformers(path: Path, frames: Sequence[Structure]) -> None:
    """Write conformers of one molecule as frames, as the ending says.

    Raises
    ------
    XanesviewError
        For another ending, or a place that can't be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise XanesviewError(
            f"Conformers are not written as “{path.suffix or path.name}”.", f"Choose one of {', '.join(ENDINGS)}."
        )
    if ending != ".sdf":
        from xanesview.io.structures.xyz import write_frames

        write_frames(path, frames)
        return
    from xanesview.io.structures.conformers import block_of

    records = []
    for one in frames:
        known = {} if one.conformer is None else conformer_fields(one.conformer)
        data = "".join(f">  <{key}>\n{value}\n\n" for key, value in known.items())
        records.append(f"{block_of(one)}{data}$$$$\n")
    write_text(path, "".join(records))
