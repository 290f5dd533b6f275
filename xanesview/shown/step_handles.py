"""What of a step can be seen and dragged on the plot: ranges, windows, E0; and what it took where it was left to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.step_lists import last_of
from xanesview.domain.processing.steps.arctangent_broadening import ArctangentBroadening
from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy, e0_of
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_calibration import EnergyCalibration
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.errors import XanesviewError

if TYPE_CHECKING:
    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.processing.steps.step import Points, Step

_FROM_E0 = {
    EdgeEnergy: "e0_ev", GaussianBroadening: "from_ev", ArctangentStep: "at_ev", ArctangentBroadening: "fermi_ev",
    EnergyCalibration: "found_ev",
}  # fmt: skip
"""Energies that are E0 unless they are given."""


@dataclass(frozen=True)
class Handle:
    """A range or a line on the plot.

    Attributes
    ----------
    place : int
        Of the step it belongs to.
    names : tuple of str
        Its parameters: one for a line, lower and upper for a range.
    values_ev : tuple of float
        Where it stands on the energies before that step.
    origin_ev : float
        What the parameters count from.
    label : str
    is_movable : bool
    """

    place: int
    names: tuple[str, ...]
    values_ev: tuple[float, ...]
    origin_ev: float = 0.0
    label: str = ""
    is_movable: bool = True

    def parameters(self, values_ev: Sequence[float]) -> dict[str, float]:
        """Return the parameters for other places, to 0.01 eV."""
        return {name: round(value - self.origin_ev, 2) for name, value in zip(self.names, values_ev, strict=True)}


def found_values(step: Step, before: Points) -> dict[str, float]:
    """Return what a step takes for parameters that are left to the data, as far as that can be told."""
    names = step.parameters()
    found: dict[str, float] = {}
    if {"low_ev", "high_ev"} <= set(names):
        found |= {"low_ev": float(before.energy_ev[0]), "high_ev": float(before.energy_ev[-1])}
    try:
        if isinstance(step, EdgeStep):
            ranges = step.lines(before)[1].ranges
            for name in ("pre_low_ev", "pre_high_ev", "post_low_ev", "post_high_ev", "degree"):
                found[name] = getattr(ranges, name)
        elif isinstance(step, EdgeEnergy):
            found["e0_ev"] = step.changed(before, {}).facts["e0_ev"]
        elif type(step) in _FROM_E0:
            found[_FROM_E0[type(step)]] = e0_of(before).facts["e0_ev"]
    except XanesviewError:  # the step's row says it
        return found
    if isinstance(step, AtEnergy):
        found["at_ev"] = float(0.5 * (before.energy_ev[0] + before.energy_ev[-1]))
    return found


def guides(
    steps: Sequence[Step], place: int, outcome: Outcome | None
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return the lines that an edge step stands on: name, energies before it (E,), eV, and intensities (E,).

    The curve before the step, its pre-edge and its post-edge line, in edge steps from the pre-edge line at E0, so that
    they stand on the scale of the normalised curve.
    """
    if outcome is None or place >= min(len(steps), len(outcome.before)) or not steps[place].on:
        return []
    step = steps[place]
    if not isinstance(step, EdgeStep):
        return []
    try:
        points, lines = step.lines(outcome.before[place])
    except XanesviewError:  # the step's row says it
        return []
    zero = float(np.interp(lines.e0_ev, points.energy_ev, lines.pre))
    rows = {"before the edge step": points.intensity, "pre-edge line": lines.pre, "post-edge line": lines.post}
    return [(name, points.energy_ev, (values - zero) / lines.step) for name, values in rows.items()]


def handles(steps: Sequence[Step], place: int, outcome: Outcome | None) -> tuple[Handle, ...]:
    """Return the handles of a step that is on, and that its curve's steps came to."""
    if outcome is None or place >= min(len(steps), len(outcome.before)) or not steps[place].on:
        return ()
    step, before = steps[place], outcome.before[place]
    values = found_values(step, before)
    values |= {name: getattr(step, name) for name in values if getattr(step, name) is not None}
    if isinstance(step, EdgeStep):
        return _of_edge(steps, place, before, values)
    if {"low_ev", "high_ev"} <= set(values):
        ends = values["low_ev"], values["high_ev"]
        return (Handle(place, ("low_ev", "high_ev"), ends, label=step.title.lower()),)
    names = {EdgeEnergy: "E0", AtEnergy: "energy", EnergyCalibration: "energy in the data", ArctangentStep: "step"}
    names |= {ArctangentBroadening: "E_F", GaussianBroadening: "growing from"}
    if isinstance(step, GaussianBroadening) and not step.growth_ev_per_ev:
        return ()
    name = "at_ev" if isinstance(step, AtEnergy) else _FROM_E0.get(type(step), "")
    return (Handle(place, (name,), (values[name],), label=names[type(step)]),) if name in values else ()


def _of_edge(
    steps: Sequence[Step], place: int, before: Points, values: dict[str, float]
) -> tuple[Handle, ...]:
    """Both ranges of an edge step, and E0, which can be moved where a step before gives it."""
    try:
        e0 = e0_of(before).facts["e0_ev"]
    except XanesviewError:
        return ()
    found = []
    for name, label in (("pre", "pre-edge"), ("post", "post-edge")):
        ends = (f"{name}_low_ev", f"{name}_high_ev")
        if set(ends) <= set(values):
            found.append(Handle(place, ends, tuple(values[end] + e0 for end in ends), e0, label))
    giver = last_of(steps[:place], EdgeEnergy)
    found.append(Handle(place if giver is None else giver, ("e0_ev",), (e0,), label="E0", is_movable=giver is not None))
    return tuple(found)
