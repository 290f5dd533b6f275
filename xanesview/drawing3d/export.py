"""What the 3D scene can be written as: the one list of endings, and what writes each of them.

pyvista and the scene are imported by what writes, so that asking which endings there are costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xanesview.errors import XanesviewError
from xanesview.io.atomic import atomic_write

if TYPE_CHECKING:
    from xanesview.drawing3d.drawing import Drawing


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Attributes
    ----------
    endings : tuple of str
        Lower case, the usual one first.
    title : str
        What a file dialog calls it.
    write : callable
        Takes drawing, path, and whether to leave the background out.
    flat : bool
        Whether it is a picture: seen from one side, drawn by OpenGL.
    transparent : bool
        Whether it can do without a background.
    """

    endings: tuple[str, ...]
    title: str
    write: Callable[[Drawing, Path, bool], None]
    flat: bool = False
    transparent: bool = False


def _png(drawing: Drawing, path: Path, transparent: bool) -> None:
    from xanesview.drawing3d.pictures import write_png

    write_png(drawing, path, transparent)


def _jpeg(drawing: Drawing, path: Path, transparent: bool) -> None:
    from xanesview.drawing3d.pictures import write_jpeg

    write_jpeg(drawing, path)


def _glb(drawing: Drawing, path: Path, transparent: bool) -> None:
    from xanesview.drawing3d.gltf import write_glb

    write_glb(drawing, path)


def _gltf(drawing: Drawing, path: Path, transparent: bool) -> None:
    from xanesview.drawing3d.gltf import write_gltf

    write_gltf(drawing, path)


def _page(drawing: Drawing, path: Path, transparent: bool) -> None:
    from xanesview.drawing3d.page import write_page

    write_page(drawing, path)


KINDS = (
    Kind((".png",), "PNG picture", _png, flat=True, transparent=True),
    Kind((".jpg", ".jpeg"), "JPEG picture", _jpeg, flat=True),
    Kind((".glb",), "glTF scene", _glb, transparent=True),
    Kind((".gltf",), "glTF scene as text", _gltf, transparent=True),
    Kind((".html", ".htm"), "Page to turn in a browser", _page),
)

FILTERS = ";;".join(f"{kind.title} ({' '.join('*' + ending for ending in kind.endings)})" for kind in KINDS)
"""Filters of a file dialog."""


def kind_of(path: Path) -> Kind:
    """Return what a file is to be, by the ending of its name.

    Raises
    ------
    XanesviewError
        If nothing writes that ending.
    """
    ending = path.suffix.lower()
    for kind in KINDS:
        if ending in kind.endings:
            return kind
    endings = [kind.endings[0] for kind in KINDS]
    raise XanesviewError(
        f"A 3D view can't be written as “{path.name}”.", f"End the name in {', '.join(endings[:-1])} or {endings[-1]}."
    )


def write(drawing: Drawing, path: Path, transparent: bool = False) -> None:
    """Write a drawing as what the file's ending says, completely or not at all.

    Parameters
    ----------
    transparent : bool
        Leave the background out; scene files never have one.

    Raises
    ------
    XanesviewError
        If nothing writes that ending or none without background, the file can't be written, or a picture can't be
        drawn here.
    """
    kind = kind_of(path)
    if transparent and not kind.transparent:
        raise XanesviewError(f"A {kind.endings[0]} file can't be transparent.", "Write .png, or choose a background.")
    with atomic_write(path) as temporary:
        kind.write(drawing, temporary, transparent)
