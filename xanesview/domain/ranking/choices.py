"""How candidates are compared."""

from __future__ import annotations

from dataclasses import dataclass

from xanesview.domain.comparison import Window


@dataclass(frozen=True)
class RankChoices:
    """How candidates are compared.

    Attributes
    ----------
    window_ev : (low, high) or None
        Measured energies that count.
    largest_shift_ev : float
        How far a candidate may be moved: by how much energy scales differ.
    width, step, offset : bool
        Whether a Gaussian width may be added, an edge step of the measured curve allowed for, an offset fitted.
    most_mixed : int
        1 for no mixtures, 2 or 3.
    """

    window_ev: Window | None = None
    largest_shift_ev: float = 1.0
    width: bool = True
    step: bool = True
    offset: bool = True
    most_mixed: int = 1
