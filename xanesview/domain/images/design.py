"""Components on the energies of an image, as columns of a problem of least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.images.least_squares import MOST_COLUMNS, NonNegativeFit
from xanesview.domain.processing.as_measured import STEP_WIDTH_EV
from xanesview.domain.processing.edge import find_e0
from xanesview.domain.processing.steps.arctangent_step import arctangent
from xanesview.domain.processing.steps.step import clean_points
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.limits import check_count

_FEWEST_POINTS = 5
_ALIKE = 0.9995


@dataclass(frozen=True)
class CombineChoices:
    """How spectra are taken apart.

    Attributes
    ----------
    window_ev : (low, high) or None
        Energies that count; all that the components reach without one.
    offset, step : bool
        Whether each spectrum may have a constant of either sign, and an edge step beside its components.
    e0_ev : float or None
        Where that step is; the steepest rise of the components' mean without one.
    largest_shift_ev : float
        How far the components may be moved, all by the same; 0 for not at all.
    sum_to_one : bool
        Whether amounts add up to one, as those of normalised spectra do.
    area : bool
        Whether each component is first brought to a mean of one over the energies that count, so that its amount is
        its part of the mean intensity; else amounts are of the curves as they are.
    """

    window_ev: tuple[float, float] | None = None
    offset: bool = True
    step: bool = False
    e0_ev: float | None = None
    largest_shift_ev: float = 0.0
    sum_to_one: bool = False
    area: bool = True


class Components:
    """Curves that an image's spectra are taken to be sums of.

    Parameters
    ----------
    spectra : one or more; predicted, computed or measured
    energy_ev : (E,) energies of the image
    choices : how they are used

    Raises
    ------
    XanesviewError
        If there are too few energies in common, or too many components.
    """

    def __init__(self, spectra: Sequence[Spectrum], energy_ev: np.ndarray, choices: CombineChoices) -> None:
        if not spectra:
            raise XanesviewError("There is no component.", "Give at least one prediction or reference.")
        check_count(len(spectra), MOST_COLUMNS - int(choices.step), "components", "Choose fewer of them.")
        relative = next((one for one in spectra if one.axis == "relative"), None)
        if relative is not None and energy_ev[0] > 0.0:
            raise XanesviewError(
                f"The energies of {relative.label or 'a component'} count from E0, those of the image don't.",
                "Take the component on absolute energies.",
            )
        self.spectra, self.energy_ev, self.choices = tuple(spectra), energy_ev, choices
        self._points = [clean_points(one.energy_ev, one.intensity) for one in spectra]
        self.names = _told_apart([one.label or f"component {k}" for k, one in enumerate(spectra, start=1)])
        self._check_reach()
        self.e0_ev = self._edge() if choices.step else None

    def used(self, largest_shift_ev: float = 0.0, shift_ev: float = 0.0) -> np.ndarray:
        """Return which energies (E,) count: in the window, and within all components wherever they are moved."""
        low, high = self.choices.window_ev or (-np.inf, np.inf)
        low = max([low, *(one.energy_ev[0] + shift_ev + largest_shift_ev for one in self._points)])
        high = min([high, *(one.energy_ev[-1] + shift_ev - largest_shift_ev for one in self._points)])
        return (self.energy_ev >= low - 1e-9) & (self.energy_ev <= high + 1e-9)

    def columns(self, used: np.ndarray, shift_ev: float) -> np.ndarray:
        """Return the components, and the edge step, moved to higher energies, at the energies that count (U, K)."""
        at = self.energy_ev[used] - shift_ev
        columns = [np.interp(at, one.energy_ev, one.intensity) for one in self._points]
        if self.choices.area:
            columns = [column / (float(np.mean(column)) or 1.0) for column in columns]
        if any(not np.any(column) for column in columns):
            raise XanesviewError("A component is zero at all energies that count.", "Choose other energies.")
        if self.e0_ev is not None:
            columns.append(arctangent(at, self.e0_ev, STEP_WIDTH_EV))
        return np.stack(columns, axis=1)

    def problem(self, used: np.ndarray, shift_ev: float) -> tuple[NonNegativeFit, np.ndarray]:
        """Return the problem and its whole design (U, K + step + offset)."""
        columns, n = self.columns(used, shift_ev), len(self.spectra)
        free = np.ones((int(used.sum()), int(self.choices.offset)))
        one = np.arange(columns.shape[1]) < n if self.choices.sum_to_one else None
        return NonNegativeFit(columns, free, one), np.concatenate([columns, free], axis=1)

    def alike(self, used: np.ndarray, shift_ev: float) -> list[tuple[str, str]]:
        """Return pairs of components that can hardly be told apart at the energies that count."""
        columns = self.columns(used, shift_ev)[:, : len(self.spectra)]
        columns = columns - columns.mean(axis=0) * self.choices.offset
        columns = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
        pairs = zip(*np.nonzero(np.triu(columns.T @ columns > _ALIKE, k=1)))
        return [(self.names[a], self.names[b]) for a, b in pairs]

    def _check_reach(self) -> None:
        n_used = int(self.used(self.choices.largest_shift_ev).sum())
        if n_used >= max(_FEWEST_POINTS, len(self.spectra) + 2 + int(self.choices.step)):
            return
        for name, one in zip(self.names, self._points):
            inside = (self.energy_ev >= one.energy_ev[0]) & (self.energy_ev <= one.energy_ev[-1])
            if inside.sum() < _FEWEST_POINTS:
                raise XanesviewError(
                    f"{name} reaches from {one.energy_ev[0]:.1f} to {one.energy_ev[-1]:.1f} eV, the image from "
                    f"{self.energy_ev[0]:.1f} to {self.energy_ev[-1]:.1f} eV.",
                    "Choose components of the image's edge.",
                )
        raise XanesviewError(
            f"Image and components have {n_used} energies in common, too few to tell the components apart.",
            "Choose a wider range, or fewer components.",
        )

    def _edge(self) -> float:
        if self.choices.e0_ev is not None:
            return self.choices.e0_ev
        used = self.used()
        at = self.energy_ev[used]
        mean = np.mean([
            (curve := np.interp(at, one.energy_ev, one.intensity)) / (np.mean(curve) or 1.0) for one in self._points
        ], axis=0)  # fmt: skip
        return find_e0(at, mean)


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Return names that differ: those that stand twice with a number."""
    found: list[str] = []
    for name in names:
        n = 2
        own = name
        while own in found:
            own, n = f"{name} ({n})", n + 1
        found.append(own)
    return tuple(found)
