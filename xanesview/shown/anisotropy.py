"""Tensors of the picked sites at any energy: what is drawn of their anisotropy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xanesview.shown.shown import Shown
    from xanesview.shown.tensors import Look


@dataclass(frozen=True, eq=False)
class SiteTensors:
    """Tensors of sites as they are drawn, ready to be read at one energy after the other.

    Attributes
    ----------
    look : Look
        They are of.
    sites : tuple of int
    energy_ev : (E,) float
    rows : (E, S, 6) float
        Contiguous at one energy.
    """

    look: Look
    sites: tuple[int, ...]
    energy_ev: np.ndarray
    rows: np.ndarray

    @classmethod
    def of(cls, shown: Shown) -> SiteTensors | None:
        """Return those of what is shown; None without a prediction. Of a directional network they are the fitted ones.
        """
        if shown.look is None or not shown.sites:
            return None
        tensor = shown.look.selected
        rows = np.ascontiguousarray(np.moveaxis(tensor.components, -1, 0), dtype=np.float64)
        return cls(shown.look, shown.sites, tensor.energy_ev, rows)

    def at(self, energy_ev: float) -> np.ndarray:
        """Return the tensors (S, 6) at an energy, interpolated linearly; beyond the grid those of its end."""
        k = int(np.clip(np.searchsorted(self.energy_ev, energy_ev), 1, len(self.energy_ev) - 1))
        low, high = self.energy_ev[k - 1], self.energy_ev[k]
        share = float(np.clip((energy_ev - low) / (high - low), 0.0, 1.0)) if high > low else 0.0
        return (1.0 - share) * self.rows[k - 1] + share * self.rows[k]

    def highest_ev(self) -> float:
        """Return the energy at which the sites together absorb most, over all directions."""
        return float(self.energy_ev[int(np.argmax(self.rows[:, :, :3].sum(axis=(1, 2))))])
