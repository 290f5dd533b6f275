"""Between an image and the plot: curves of the plot as components, spectra of pixels as curves of the plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.comparison import best_scale
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.shown.curve import Curve
from xanesview.shown.curves import curves
from xanesview.shown.laid_candidates import is_of_edge_shown

if TYPE_CHECKING:
    from xanesview.shown.shown import Shown

_ROLES = ("current", "isotropic", "compared", "measured", "computed", "frozen")
_KINDS = {"measured": "measured", "computed": "computed", "frozen": "frozen"}


@dataclass(frozen=True, eq=False)
class Component:
    """A curve of the plot that an image's spectra may be sums of: its key there, as it is drawn, whether it counts."""

    key: str
    spectrum: Spectrum
    is_on: bool

    @property
    def name(self) -> str:
        """What it is called."""
        return self.spectrum.label


def components_of(shown: Shown, chosen: Mapping[str, bool]) -> list[Component]:
    """Return the curves of the plot as components, on absolute energies.

    Those that are seen count but for the average over directions, unless `chosen` says otherwise of their keys.
    """
    found = []
    for curve in curves(shown):
        if curve.role not in _ROLES or curve.subject is None:
            continue
        label = curve.name
        if curve.role in ("current", "isotropic") and shown.structure is not None:
            label = f"{shown.structure.name or shown.structure.formula}, {curve.name}"
        spectrum = Spectrum(
            curve.energy_ev + _moved_ev(shown), curve.intensity, label=label, kind=_KINDS.get(curve.role, "predicted")
        )
        usual = curve.visible and curve.role != "isotropic"
        found.append(Component(curve.key, spectrum, chosen.get(curve.key, usual)))
    return found


def scale_beside(shown: Shown, mean: Spectrum) -> float:
    """Return the factor by which spectra of an image are drawn: what brings their mean to the prediction shown."""
    current = next((one for one in curves(shown) if one.role == "current"), None)
    if current is None:
        return 1.0
    predicted = Spectrum(current.energy_ev + _moved_ev(shown), current.intensity)
    good = np.isfinite(mean.intensity)
    try:
        if good.all():
            return best_scale(mean, predicted)
        return best_scale(mean.replace(energy_ev=mean.energy_ev[good], intensity=mean.intensity[good]), predicted)
    except XanesviewError:
        return 1.0


def pixel_curve(shown: Shown, spectrum: Spectrum, factor: float, key: str, role: str) -> Curve | None:
    """Return a spectrum of an image as a curve of the plot; None where its energies are those of another edge."""
    label = spectrum.label
    told = label if factor == 1.0 else f"{label}, × {factor:.3g}"
    curve = Curve(key, spectrum.energy_ev - _moved_ev(shown), spectrum.intensity * factor, label, role, tooltip=told)
    return curve if is_of_edge_shown(shown, curve) else None


def _moved_ev(shown: Shown) -> float:
    """Return what is added to energies of the plot to get absolute ones."""
    if shown.axis != "relative" or shown.look is None or shown.look.e0_ev is None:
        return 0.0
    return shown.look.e0_ev
