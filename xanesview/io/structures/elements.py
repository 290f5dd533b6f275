"""Chemical symbols as files spell them: labels, atomic numbers, deuterium."""

from __future__ import annotations

import re

from ase.data import atomic_numbers

from xanesview.errors import XanesviewError

_DEUTERIUM = {"D", "T"}
_PLACEHOLDERS = {"X", "XX", "Q", "DU", "LP", "M", "A", "R", "R#", "*", "?", "."}


def atomic_number(label: str, where: str) -> tuple[int, bool]:
    """Return the atomic number that a label means, and whether it was a heavy isotope of hydrogen.

    ``C``, ``c``, ``CL``, ``C12`` (a label), ``C_h`` or ``Fe_pv/1a2b`` (POSCAR), ``Na+``, ``Fe3+`` and ``6`` are
    understood; ``D`` and ``T`` are hydrogen.

    Parameters
    ----------
    label : str
        What the file says.
    where : str
        Where it says so, for the error: ``"Line 4 of water.xyz"``.

    Raises
    ------
    XanesviewError
        If there is no such element.
    """
    text = label.strip()
    if text.isascii() and text.isdigit():
        z = int(text[:9])
        if 1 <= z <= 118:
            return z, False
        raise XanesviewError(
            f"{where} has the atomic number {text[:20]}; elements have 1 to 118.", "Correct the file and open it again."
        )
    match = re.match(r"[A-Za-z]+", text)
    letters = match.group(0) if match else ""
    rest = text[len(letters):]
    if letters.upper() in _DEUTERIUM:
        return 1, True
    symbol = letters.capitalize()
    if symbol in atomic_numbers and 1 <= atomic_numbers[symbol] <= 118 and re.fullmatch(_SUFFIX, rest):
        return atomic_numbers[symbol], False
    if letters.upper() in _PLACEHOLDERS or text in _PLACEHOLDERS:
        raise XanesviewError(
            f"{where} has the atom “{text[:20]}”, a placeholder and not an element.",
            "Replace dummy atoms and R groups by elements, or delete them.",
        )
    raise XanesviewError(
        f"{where} has the atom “{text[:20]}”, which is not a chemical element.",
        "Use element symbols such as C, H or Fe.",
    )


_SUFFIX = r"(\d*[+-]?\d*['\"*]*[A-Za-z]?\d*|[_/.:@-].*|\(.*\).*)"
"""What may follow a symbol in a label: numbers, charges, primes and what programs append to tell atoms apart."""


def is_element(label: str) -> bool:
    """Tell whether a word is exactly a chemical symbol (or D)."""
    return label in ("D", "T") or (label != "X" and label in atomic_numbers)
