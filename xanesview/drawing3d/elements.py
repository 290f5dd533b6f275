"""How each element looks: colour and radius of its ball.

The hues are those chemists expect (after Corey, Pauling and Koltun, and Jmol for the metals), quietened so that the
accent colour of the arrow and the colours of the curves stay the loudest on the screen.
"""

from __future__ import annotations

import colorsys
from functools import lru_cache

import numpy as np
from ase.data import covalent_radii
from ase.data.colors import jmol_colors

from xanesview.domain.metals import is_metal

BOND_RADIUS_ANGSTROM = 0.105
_HYDROGEN_RADIUS_ANGSTROM = 0.21

_CHOSEN = {
    1: "#f7f8f9",
    5: "#e0a58c",
    6: "#6b7480",
    7: "#4169d0",
    8: "#dd4b43",
    9: "#7fbf5a",
    13: "#a9adb8",
    14: "#c9ac86",
    15: "#e0883a",
    16: "#e2bd3c",
    17: "#4cb05e",
    22: "#a9b1bd",
    26: "#cc7444",
    28: "#6fae86",
    29: "#c07c4a",
    35: "#9c4a3c",
    47: "#b9c1ca",
    53: "#7c4a98",
    78: "#b4bac6",
    79: "#d9b24a",
}


@lru_cache(maxsize=128)
def element_colour(number: int) -> tuple[int, int, int]:
    """Return the colour of an element's ball as red, green, blue from 0 to 255."""
    if number in _CHOSEN:
        text = _CHOSEN[number]
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    red, green, blue = jmol_colors[min(number, len(jmol_colors) - 1)]
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    quiet = colorsys.hls_to_rgb(hue, 0.12 + 0.78 * lightness, 0.72 * saturation)
    return tuple(round(255 * channel) for channel in quiet)


def element_colours(numbers: np.ndarray) -> np.ndarray:
    """Return colours (N, 3) uint8 of atoms by atomic number (N,)."""
    return np.array([element_colour(int(z)) for z in numbers], np.uint8).reshape(-1, 3)


def ball_radii_angstrom(numbers: np.ndarray) -> np.ndarray:
    """Return radii (N,) of the balls in Å: small hydrogens, metals clearly larger than carbon."""
    numbers = np.asarray(numbers)
    covalent = covalent_radii[np.minimum(numbers, len(covalent_radii) - 1)]
    radii = np.where(
        is_metal(numbers), np.minimum(0.14 + 0.50 * covalent, 1.0), 0.20 + 0.22 * np.minimum(covalent, 1.6)
    )
    return np.where(numbers == 1, _HYDROGEN_RADIUS_ANGSTROM, radii)
