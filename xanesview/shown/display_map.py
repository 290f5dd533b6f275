"""Steps on a prediction: found once for its isotropic average, then applied to every direction, site and frozen curve.

What follows an arrow must stay a tensor. A step that adds, shifts, broadens or divides maps curves as x → L x + c; so
the components of a tensor are mapped by L, and c is added to its diagonal. Where a step looks at the data (the edge
step with its two lines, an area, a maximum), it looks at the isotropic average: turning the arrow then changes the
curve, never its scale.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xanesview.domain.absorption import AbsorptionTensor
from xanesview.domain.processing.outcome import Outcome, outcome_of
from xanesview.domain.processing.step_lists import NORMALISING
from xanesview.domain.processing.steps.arctangent_broadening import ArctangentBroadening
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.crop import Crop
from xanesview.domain.processing.steps.derivative import Derivative
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.lorentzian_broadening import LorentzianBroadening
from xanesview.domain.processing.steps.registry import KINDS
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.smoothing import Smoothing
from xanesview.domain.processing.steps.step import Points, Step
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError

_AFFINE = (
    EnergyShift, Crop, EdgeEnergy, *NORMALISING, ScaleAndOffset, GaussianBroadening, LorentzianBroadening,
    ArctangentBroadening, ArctangentStep, Smoothing, Derivative,
)  # fmt: skip
FOR_PREDICTIONS: tuple[type[Step], ...] = tuple(kind for kind in KINDS if kind in _AFFINE)
"""Kinds that can be applied to a prediction, in the order of a menu."""


@dataclass(frozen=True, eq=False)
class DisplayMap:
    """What steps do to a prediction.

    Attributes
    ----------
    outcome : Outcome
        Of the isotropic average.
    links : tuple of _Link
        One for each step that was done.
    """

    outcome: Outcome
    links: tuple[_Link, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What was done, one line a step."""
        return self.outcome.lines

    @property
    def unit(self) -> str:
        """The unit that a step normalises to, empty where none does."""
        return "" if self.outcome.after is None else str(self.outcome.after.facts.get("unit", ""))

    def tensor(self, tensor: AbsorptionTensor, share: float = 1.0) -> AbsorptionTensor:
        """Return tensors (S, 6, E) mapped; each takes this share of what is added or taken away."""
        energy, constant = self._constant(tensor.energy_ev)
        components = self._linear(tensor.energy_ev, tensor.components, constant)
        components[:, :3] += share * constant
        members = tensor.members
        if members is not None:
            mapped = self._linear(tensor.energy_ev, np.asarray(members, dtype=np.float64), constant)
            mapped[:, :, :3] += share * constant
            members = mapped.astype(members.dtype)
        facts = self.outcome.after.facts
        shift = facts.get("shift_ev", 0.0)
        return dataclasses.replace(
            tensor,
            energy_ev=energy,
            components=components,
            members=members,
            unit=self.unit or tensor.unit,
            native_fwhm_ev=float(np.hypot(tensor.native_fwhm_ev, facts.get("added_gaussian_fwhm_ev", 0.0))),
            ip_ev=None if tensor.ip_ev is None else tensor.ip_ev + (shift if tensor.axis == "absolute" else 0.0),
        )

    def spectrum(self, spectrum: Spectrum) -> Spectrum:
        """Return a curve of the same edge mapped, on its own energies."""
        finite = np.isfinite(spectrum.intensity)
        if finite.sum() < 3:
            return spectrum
        at = spectrum.energy_ev[finite]
        energy, constant = self._constant(at)
        rows = [spectrum.intensity[finite], *([] if spectrum.band is None else [spectrum.band[finite]])]
        mapped = self._linear(at, np.stack(rows), constant)
        return spectrum.replace(
            energy_ev=energy,
            intensity=mapped[0] + constant,
            band=None if spectrum.band is None else np.abs(mapped[1]),
            unit=self.unit or spectrum.unit,
        )

    def _constant(self, energy_ev: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the energies (F,) that a grid becomes, and what a curve of nothing becomes there, (F,)."""
        return self._applied(energy_ev, np.zeros_like(energy_ev))

    def _linear(self, energy_ev: np.ndarray, rows: np.ndarray, constant: np.ndarray) -> np.ndarray:
        """Return rows (…, E) mapped without what is added, (…, F); many rows by one matrix."""
        flat = np.ascontiguousarray(rows).reshape(-1, rows.shape[-1])
        if len(flat) > len(energy_ev):
            matrix = np.stack([self._applied(energy_ev, unit)[1] - constant for unit in np.eye(len(energy_ev))])
            mapped = flat @ matrix
        else:
            mapped = np.stack([self._applied(energy_ev, row)[1] - constant for row in flat])
        return mapped.reshape(*rows.shape[:-1], len(constant))

    def _applied(self, energy_ev: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        points = Points(energy_ev, row)
        for link in self.links:
            points = link(points)
        return points.energy_ev, points.intensity


@dataclass(frozen=True, eq=False)
class _Link:
    """One step with what it found in the isotropic average before it."""

    step: Step
    before: Points
    after: Points

    def __call__(self, points: Points) -> Points:
        points = points.replace(facts=self.before.facts, notes=())
        if isinstance(self.step, EdgeEnergy):
            return points
        if isinstance(self.step, NORMALISING):
            factor, offset = self._normalising
            return points.linear(factor, np.interp(points.energy_ev, self.before.energy_ev, offset))
        return self.step.changed(points, {})

    @cached_property
    def _normalising(self) -> tuple[float, np.ndarray]:
        """Factor, and offset (E,) on the energies before."""
        if isinstance(self.step, EdgeStep):
            factor = 1.0 / self.step.lines(self.before)[1].step
        else:  # a factor and a constant
            factor = float(np.ptp(self.after.intensity)) / max(float(np.ptp(self.before.intensity)), 1e-300)
        return factor, self.after.intensity - factor * self.before.intensity


def display_map(isotropic: Spectrum, steps: Sequence[Step]) -> DisplayMap:
    """Return what steps do to predictions with this isotropic average, as far as they can be done."""
    outcome = outcome_of(isotropic, steps)
    foreign = next((at for at, step in enumerate(steps) if step.on and not isinstance(step, _AFFINE)), None)
    if foreign is not None and (outcome.failed is None or outcome.failed > foreign):
        whole = outcome_of(isotropic, steps[:foreign] or ())
        message, hint = "A prediction can't be processed so.", "Remove this step, or do it to the measured curve."
        outcome = dataclasses.replace(whole, failed=foreign, problem=message, hint=hint)
    done = len(steps) if outcome.failed is None else outcome.failed
    ends = (*outcome.before[1:done], outcome.after)
    links = tuple(
        _Link(step, before, after)
        for step, before, after in zip(steps[:done], outcome.before[:done], ends, strict=True)
        if step.on
    ) if done else ()  # fmt: skip
    return DisplayMap(outcome, links)


def check_for_prediction(steps: Sequence[Step]) -> None:
    """Raise XanesviewError where a step is of no kind that a prediction can take."""
    wrong = next((step for step in steps if not isinstance(step, _AFFINE)), None)
    if wrong is not None:
        raise XanesviewError(f"“{wrong.title}” is no step for a prediction.", "Copy it to measured curves only.")
