"""Units of the first axis of a measurement: one table for all readers, and what a word of a file means by it.

Factors of CODATA 2018. meV and MeV differ by their first letter only, and files write eV and keV in any case: so words
are taken as they stand first, then without regard to case where that is not ambiguous.
"""

from __future__ import annotations

import math
import re

import numpy as np

HC_EV_ANGSTROM = 12398.419843320026
EV_PER_UNIT = {
    "eV": 1.0,
    "keV": 1e3,
    "meV": 1e-3,
    "MeV": 1e6,
    "hartree": 27.211386245988,
    "Ry": 13.605693122994,
    "J": 1.0 / 1.602176634e-19,
}
ANGSTROM_PER_UNIT = {"nm": 10.0, "Å": 1.0}
"""Wavelengths: E = h c / λ."""
ANGLES = ("degrees", "millidegrees", "radians", "milliradians", "steps")
"""Of a monochromator; they become energies by its d-spacing."""
DEGREES_PER_UNIT = {
    "degrees": 1.0,
    "millidegrees": 1e-3,
    "radians": math.degrees(1.0),
    "milliradians": math.degrees(1e-3),
}
"""Of all of these but steps, whose length only a file tells."""
UNITS = (
    "eV",
    "keV",
    "degrees",
    "millidegrees",
    "radians",
    "milliradians",
    "meV",
    "MeV",
    "hartree",
    "Ry",
    "J",
    "nm",
    "Å",
    "steps",
)

_WORDS = {
    "ev": "eV", "electronvolt": "eV", "electronvolts": "eV", "electron volt": "eV", "electron volts": "eV",
    "kev": "keV", "kiloelectronvolt": "keV", "kiloelectronvolts": "keV",
    "millielectronvolt": "meV", "megaelectronvolt": "MeV",
    "ha": "hartree", "hartree": "hartree", "hartrees": "hartree", "eh": "hartree", "e_h": "hartree",
    "ry": "Ry", "ryd": "Ry", "rydberg": "Ry", "rydbergs": "Ry",
    "j": "J", "joule": "J", "joules": "J",
    "nm": "nm", "nanometer": "nm", "nanometers": "nm", "nanometre": "nm", "nanometres": "nm",
    "å": "Å", "angstrom": "Å", "angstroms": "Å", "ångström": "Å",
    "deg": "degrees", "degs": "degrees", "degree": "degrees", "degrees": "degrees", "°": "degrees",
    "rad": "radians", "rads": "radians", "radian": "radians", "radians": "radians",
    "mrad": "milliradians", "mrads": "milliradians", "milliradian": "milliradians", "milliradians": "milliradians",
    "mdeg": "millidegrees", "millidegree": "millidegrees", "millidegrees": "millidegrees",
}  # fmt: skip


def known_unit(word: str) -> str:
    """Return which of `UNITS` a word means (none of ``steps``, which only a format knows), or an empty text."""
    word = word.strip().strip("()[]").strip().replace("\N{ANGSTROM SIGN}", "Å")
    if word in EV_PER_UNIT or word in ANGSTROM_PER_UNIT:
        return word
    return _WORDS.get(word.lower(), "")


def unit_in_name(name: str) -> str:
    """Return the unit that the name of a column ends with, as in “Energy (Ry)” or “E / meV”, or an empty text."""
    found = re.search(r"[(\[/]\s*([^()\[\]/]{1,20}?)\s*[)\]]?\s*$", name[:200])
    return known_unit(found[1]) if found else ""


def to_ev(values: np.ndarray, unit: str) -> np.ndarray:
    """Return energies in eV of numbers in a unit of energy or of wavelength; NaN for wavelengths that are none."""
    if unit in EV_PER_UNIT:
        return values * EV_PER_UNIT[unit]
    with np.errstate(all="ignore"):
        return np.where(values > 0.0, HC_EV_ANGSTROM / (values * ANGSTROM_PER_UNIT[unit]), np.nan)
