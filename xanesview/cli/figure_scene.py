"""The picture of an inset: a PNG, or the 3D view of a structure."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import UsageError

if TYPE_CHECKING:
    import numpy as np


def asked_scene(arguments: argparse.Namespace) -> np.ndarray | None:
    """Return the picture (H, W, 4) uint8 that --inset asks for, or None.

    Raises
    ------
    UsageError
        Where no file is a structure.
    XanesviewError
        Where a picture can't be read, or this machine can't draw without a window.
    """
    if arguments.inset is None:
        return None
    from xanesview.io.figures.scene_picture import read_picture, trimmed

    if arguments.inset != "structure":
        return read_picture(Path(arguments.inset).expanduser())
    from xanesview.cli.arguments import frame_asked
    from xanesview.cli.sites import asked_geometry, names_polarisation
    from xanesview.drawing3d.scene_inset import scene_of
    from xanesview.gui.appearance.palette import LIGHT
    from xanesview.io.recognition import kind_of_file
    from xanesview.io.structures.registry import read_structure

    path = next((Path(name) for name in arguments.file if kind_of_file(Path(name)) == "structure"), None)
    if path is None:
        raise UsageError("No file is a structure to be seen in an inset.", "Name one, or give --inset a PNG.")
    structure = read_structure(path, frame_asked(arguments))
    geometry = asked_geometry(arguments, structure.surface_normal) if names_polarisation(arguments) else None
    return trimmed(scene_of(structure, geometry, LIGHT))
