"""What is written over a picture without Qt: the axes triad and the letter of the surface normal."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from xanesview.drawing3d.colours import rgb_bytes
from xanesview.drawing3d.drawing import Drawing

_FINER = 4
_AXES = ("x", "y", "z")
_TRIAD_SHARE, _TRIAD_LEAST_PX = 0.13, 48.0


def with_overlay(picture: Image.Image, drawing: Drawing) -> Image.Image:
    """Return an RGBA picture with the axes in its lower left corner and n beside the surface normal."""
    width, height = picture.size
    unit = max(_TRIAD_SHARE * min(width, height), _TRIAD_LEAST_PX) / 2
    places = [_triad(drawing, unit, (0.4 * unit, height - 2.6 * unit))]
    if drawing.shapes.normal_line is not None:
        start, end = drawing.camera.project(drawing.shapes.normal_line)[0]
        if np.hypot(*(end - start)) > unit:  # seen end-on the letter would stand on an atom
            places.append(_letter("n", drawing, unit, (float(end[0]) - 0.4 * unit, float(end[1]) - 0.85 * unit)))
    layer = Image.new("RGBA", picture.size)
    for drawn, (left, top) in places:
        layer.paste(drawn, (round(left), round(top)))
    return Image.alpha_composite(picture, layer)


def _triad(drawing: Drawing, unit: float, place: tuple[float, float]) -> tuple[Image.Image, tuple[float, float]]:
    """Return the axes x, y, z turned like the scene, grey, since colour belongs to the data; and where they go."""
    side = 2.2 * unit
    image, draw = _canvas(side, side)
    centre, arm = 0.5 * side, 0.72 * unit
    rotation = drawing.camera.rotation
    font = _font(0.42 * unit)
    for axis in np.argsort(rotation[2]):  # from back to front
        x, y, depth = rotation[:, axis]
        colour = (*rgb_bytes(drawing.colours.muted), round(255 * (0.75 + 0.25 * depth)))
        end = np.array([centre + arm * x, centre - arm * y])
        draw.line([centre * _FINER, centre * _FINER, *(end * _FINER)], fill=colour, width=round(0.05 * unit * _FINER))
        length = float(np.hypot(x, y))
        # Seen end-on an axis is a point: its letter stands beside it.
        away = np.array([x, -y]) / length * 0.26 * unit if length > 0.25 else np.array([0.2, -0.2]) * unit
        draw.text(tuple((end + away) * _FINER), _AXES[axis], fill=colour, font=font, anchor="mm")
    return _reduced(image), place


def _letter(
    text: str, drawing: Drawing, unit: float, place: tuple[float, float]
) -> tuple[Image.Image, tuple[float, float]]:
    """Return one quiet letter, and where it goes."""
    image, draw = _canvas(0.8 * unit, 0.8 * unit)
    middle = 0.4 * unit * _FINER
    draw.text((middle, middle), text, fill=rgb_bytes(drawing.colours.muted), font=_font(0.44 * unit), anchor="mm")
    return _reduced(image), place


def _canvas(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Return an empty picture, finer than it will be, and what draws on it."""
    image = Image.new("RGBA", (round(width) * _FINER, round(height) * _FINER))
    return image, ImageDraw.Draw(image)


def _reduced(image: Image.Image) -> Image.Image:
    return image.reduce(_FINER)


def _font(height_px: float) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size=height_px * _FINER)
