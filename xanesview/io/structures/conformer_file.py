"""Conformers as frames of a file, extended XYZ or SDF, each with its energy, share and how often it counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xanesview.domain.structure import Structure
from xanesview.errors import XanesviewError
from xanesview.io.atomic import write_text
from xanesview.io.structures.conformer_fields import conformer_fields

ENDINGS = (".extxyz", ".xyz", ".sdf")


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
