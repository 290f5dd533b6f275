"""What the first-principles engine can compute, and the memory it takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xanesview.domain.counts import counted
from xanesview.domain.structure import SYMBOLS
from xanesview.errors import XanesviewError

ELEMENTS = ("H", "C", "N", "O", "F", "Si", "P", "S", "Cl")
EDGES = ("C", "N", "O", "F")


def check_computable(symbols: Sequence[str], charge: int) -> None:
    """Raise XanesviewError for a molecule that the engine cannot compute."""
    foreign = sorted(set(symbols) - set(ELEMENTS))
    if foreign:
        raise XanesviewError(
            f"The first-principles engine has no basis for {', '.join(foreign)}.",
            f"It computes molecules of {', '.join(ELEMENTS)}.",
        )
    electrons = sum(SYMBOLS.index(s) for s in symbols) - charge
    if electrons % 2:
        raise XanesviewError(
            f"The molecule has {counted(electrons, 'electron')}, an odd number: an open shell.",
            "Only closed-shell molecules can be computed; check hydrogens and charge.",
        )
    needed, there = memory_needed_gib(symbols), memory_available_gib()
    if needed > there:
        raise XanesviewError(
            f"The molecule needs about {needed:.1f} GiB of memory, and {there:.1f} GiB are free.",
            "Compute fewer molecules at a time, or a smaller part of this one.",
        )


def memory_needed_gib(symbols: Sequence[str]) -> float:
    """Return the memory of a calculation: three-centre integrals (made, then packed) and orbitals on the grid."""
    hydrogen = sum(s == "H" for s in symbols)
    heavy = len(symbols) - hydrogen
    orbitals, fitting = 13 * heavy + 5 * hydrogen + 40, 50 * heavy + 12 * hydrogen
    points = 1300 * heavy + 450 * hydrogen
    return (fitting * orbitals**2 / 2 * 8 * 2.2 + 3 * points * orbitals * 16) / 2**30 + 0.3


def memory_available_gib() -> float:
    """Return the memory that is free for new work; infinity where the system does not tell."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 2**20
    except OSError:
        pass
    return float("inf")
