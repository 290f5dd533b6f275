"""What a user has set about angles: which series is shown, and how films are measured and fitted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from xanesview.domain.geometry.directions import parse_angle_deg
from xanesview.domain.geometry.geometry import checked_degree
from xanesview.domain.orientation.angle_series import parse_series
from xanesview.errors import XanesviewError


@dataclass(frozen=True)
class AngleStudy:
    """Settings of series and of tilts, plain data.

    Parameters
    ----------
    varied : str
        Key of what a series goes over, see `varied`.
    angles : str
        As typed: from:to:step, or a list.
    window_ev : (low, high) or None
        Energies of the resonance, on the scale of `Session.window_ev`; None until one was chosen.
    measure, background, orbital : str
        See `peak_intensity.MEASURES`, `peak_background.BACKGROUNDS` and `tilt_fit.ORBITALS`.
    degree : float
        P of the measured spectra.
    order : float or None
        Order parameter of the molecules in a fit of the whole prediction, None to fit it.
    """

    varied: str = "theta"
    angles: str = "0:90:10"
    window_ev: tuple[float, float] | None = None
    measure: str = "area"
    background: str = "step"
    orbital: str = "vector"
    degree: float = 1.0
    order: float | None = 1.0

    def __post_init__(self) -> None:
        if parse_series(self.angles) is None:
            parse_angle_deg(self.angles)  # what is no angle is told so
            raise XanesviewError(
                f"“{self.angles}” is a single angle.", "Write from:to:step, such as 20:90:10, or 20,55,90."
            )
        checked_degree(self.degree)
        if self.order is not None and not 0.0 < self.order <= 1.0:
            raise XanesviewError(f"An order of {self.order:g} can't be fitted.", "Give S above 0, up to 1.")
        if self.window_ev is not None:
            low, high = self.window_ev
            if not low < high:
                raise XanesviewError("The window of a resonance needs two energies.", "Write the lower one first.")

    def replace(self, **changes: Any) -> AngleStudy:
        """Return a copy with the given fields changed."""
        return dataclasses.replace(self, **changes)
