"""The scene as one HTML page that any browser turns: the binary glTF inside, drawn by the page's own few lines.

Everything is in the file, so it opens without a network; a library such as three.js would be a hundred times larger.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from pathlib import Path

from xanesview.drawing3d.colours import haze_rgb, rim_shade
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.framing import depths_of
from xanesview.drawing3d.gltf import glb
from xanesview.io.atomic import write_text
from xanesview.paths import resource
from xanesview.version import __version__


def page(drawing: Drawing) -> str:
    """Return a drawing as a page of HTML."""
    camera, colours, shapes = drawing.camera, drawing.colours, drawing.shapes
    depths = depths_of(camera, shapes, drawing.arrow)
    texts = {
        "title": html.escape(drawing.title),
        "caption": html.escape(drawing.caption),
        "generator": f"xanesview {__version__}",
        "text": colours.text,
        "muted": colours.muted,
        "background_top": colours.background_top,
        "background_bottom": colours.background_bottom,
        "target": _numbers(camera.target_angstrom),
        "distance": f"{camera.distance_angstrom:.6g}",
        "reach": f"{0.5 * (depths.far - depths.near):.6g}",
        "radius": f"{shapes.bounding_radius_angstrom:.6g}",
        "haze": f"{depths.haze:.4g}",
        "haze_rgb": _numbers(haze_rgb(colours)),
        "rim_shade": f"{rim_shade(colours):.4g}",
        "glb": base64.b64encode(glb(drawing)).decode(),
    }
    found = resource("drawing3d", "turning_page.html").read_text(encoding="utf-8")
    for name, text in texts.items():
        found = found.replace("{{" + name + "}}", text)
    return found


def write_page(drawing: Drawing, path: Path) -> None:
    """Write a drawing as a page of HTML."""
    write_text(path, page(drawing))


def _numbers(values: Iterable[float]) -> str:
    return "[" + ", ".join(f"{value:.6g}" for value in values) + "]"
