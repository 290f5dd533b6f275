"""Pictures of the scene without a window: PNG and JPEG."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from xanesview.domain.file_names import writable
from xanesview.drawing3d.drawing import Drawing
from xanesview.drawing3d.overlay import with_overlay
from xanesview.drawing3d.stage import Stage
from xanesview.io.atomic import write_bytes
from xanesview.version import __version__

_JPEG_QUALITY = 93


def picture(drawing: Drawing, transparent: bool = False) -> Image.Image:
    """Return a drawing as an RGBA picture of its view's size, with the axes in the corner.

    Raises
    ------
    XanesviewError
        If this machine can't draw without a window.
    """
    with Stage(round(drawing.camera.width), round(drawing.camera.height)) as stage:
        return with_overlay(Image.fromarray(stage.picture(drawing, transparent)), drawing)


def write_png(drawing: Drawing, path: Path, transparent: bool = False) -> None:
    """Write a drawing as PNG that says what it shows."""
    facts = PngInfo()
    for key, value in {"Title": drawing.title, "Description": drawing.caption, **drawing.facts}.items():
        facts.add_itxt(key, writable(value))
    facts.add_text("Software", f"xanesview {__version__}")
    content = BytesIO()
    picture(drawing, transparent).save(content, format="PNG", pnginfo=facts)
    write_bytes(path, content.getbuffer())


def write_jpeg(drawing: Drawing, path: Path) -> None:
    """Write a drawing as JPEG."""
    content = BytesIO()
    picture(drawing).convert("RGB").save(content, format="JPEG", quality=_JPEG_QUALITY, subsampling=0)
    write_bytes(path, content.getbuffer())
