"""What is known of one conformer of a molecule: its energy above the lowest, and its share at a temperature."""

from __future__ import annotations

from dataclasses import dataclass

KJ_PER_MOL_PER_EV = 96.48533212
ROOM_K = 298.15


@dataclass(frozen=True)
class Conformer:
    """One minimum of a molecule among the others that were found.

    Attributes
    ----------
    above_lowest_ev : float
        Energy above that of the lowest one, eV.
    share : float
        Of the molecules, from 0 to 1.
    times : float
        How often it counts, beside that which counts least: twice where its mirror image is another one of the same
        molecule, divided by its order of rotation.
    temperature_k : float
        At which the share is so large.
    """

    above_lowest_ev: float
    share: float
    times: float = 1.0
    temperature_k: float = ROOM_K

    def __str__(self) -> str:
        energy = KJ_PER_MOL_PER_EV * self.above_lowest_ev
        counts = "" if abs(self.times - 1.0) < 0.01 else f", counted {self.times:g} times"
        return f"{energy:+.1f} kJ/mol, {100.0 * self.share:.0f} % at {self.temperature_k:.0f} K{counts}"
