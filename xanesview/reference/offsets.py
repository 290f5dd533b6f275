"""What brings the engine's energies to the scale of experiment."""

from __future__ import annotations

ENERGY_OFFSET_EV = {"C": -6.77, "N": 0.0, "O": 0.0, "F": 0.0}
