"""Lists of steps as a whole: what they come to in a few words, on another energy axis, in another measure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from xanesview.domain.processing.steps.arctangent_step import ArctangentStep
from xanesview.domain.processing.steps.area import Area
from xanesview.domain.processing.steps.at_energy import AtEnergy
from xanesview.domain.processing.steps.derivative import Derivative
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.edge_step import EdgeStep
from xanesview.domain.processing.steps.energy_shift import EnergyShift
from xanesview.domain.processing.steps.gaussian_broadening import GaussianBroadening
from xanesview.domain.processing.steps.maximum import Maximum
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.domain.processing.steps.step import Step

NORMALISING: tuple[type[Step], ...] = (EdgeStep, Area, Maximum, AtEnergy)
"""Steps whose result does not depend on the scale of what they are given."""

ENERGIES = ("e0_ev", "at_ev", "from_ev", "fermi_ev", "low_ev", "high_ev", "true_ev", "found_ev")
"""Parameters that are energies of the axis; all others in eV are widths, shifts or count from E0."""


def on_steps(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps that are on."""
    return tuple(step for step in steps if step.on)


def normalises(steps: Sequence[Step]) -> bool:
    """Tell whether the result does not depend on the scale of the curve."""
    return any(isinstance(step, NORMALISING) for step in on_steps(steps))


def told_normalised(provenance: Mapping[str, str]) -> bool:
    """Tell whether the header of an exported curve says that it was normalised: then it is of no atom and of no sum."""
    return any(key.startswith("step ") and "normalised" in value for key, value in provenance.items())


def moved_along(steps: Sequence[Step], by_ev: float) -> tuple[Step, ...]:
    """Return the steps for the same curve on energies that are higher by so much."""
    if not by_ev:
        return tuple(steps)
    moved = []
    for step in steps:
        there = {name: getattr(step, name, None) for name in ENERGIES}
        changes = {name: value + by_ev for name, value in there.items() if value is not None}
        if getattr(step, "energies_ev", ()):
            changes["energies_ev"] = tuple(value + by_ev for value in step.energies_ev)
        moved.append(dataclasses.replace(step, **changes) if changes else step)
    return tuple(moved)


def in_larger_units(steps: Sequence[Step], factor: float) -> tuple[Step, ...]:
    """Return the steps of a curve that itself is multiplied by a factor, so that the result is, too.

    Unless they normalise: then nothing changes.
    """
    if normalises(steps):
        return tuple(steps)
    changed = []
    for step in steps:
        if isinstance(step, ScaleAndOffset):
            step = step.replace(offset=step.offset * factor)
        elif isinstance(step, ArctangentStep):
            step = step.replace(height=step.height * factor)
        changed.append(step)
    return tuple(changed)


def times(steps: Sequence[Step], factor: float) -> tuple[Step, ...]:
    """Return the steps whose result is multiplied by a factor: in their last scale, else in a further one."""
    place = last_of(steps, ScaleAndOffset)
    if place is not None and place == len(steps) - 1:
        last = steps[place]
        return (*steps[:place], last.replace(scale=last.scale * factor, offset=last.offset * factor))
    return (*steps, ScaleAndOffset(factor))


def last_of(steps: Sequence[Step], kind: type[Step]) -> int | None:
    """Return the place of the last step of a kind that is on, or None."""
    return next((at for at in reversed(range(len(steps))) if isinstance(steps[at], kind) and steps[at].on), None)


def total_shift_ev(steps: Sequence[Step]) -> float:
    """Return by how much the energy shifts move a curve together, eV."""
    return sum(step.shift_ev for step in on_steps(steps) if isinstance(step, EnergyShift))


def last_scale(steps: Sequence[Step]) -> float:
    """Return the factor of the last scale, 1 without one."""
    place = last_of(steps, ScaleAndOffset)
    return 1.0 if place is None else steps[place].scale


def with_shift(steps: Sequence[Step], shift_ev: float) -> tuple[Step, ...]:
    """Return the steps with another total shift: in their last energy shift, else in a new one before the last scale.

    A shift of nothing that was made so goes again.
    """
    place = last_of(steps, EnergyShift)
    if place is not None:
        new = round(steps[place].shift_ev + shift_ev - total_shift_ev(steps), 9)
        return (*steps[:place], steps[place].replace(shift_ev=new), *steps[place + 1 :])
    scale = last_of(steps, ScaleAndOffset)
    place = len(steps) if scale is None or scale < len(steps) - 1 else scale
    return (*steps[:place], EnergyShift(shift_ev), *steps[place:])


def with_scale(steps: Sequence[Step], scale: float) -> tuple[Step, ...]:
    """Return the steps with another factor of their last scale, whose offset stays; else with a new one at the end."""
    place = last_of(steps, ScaleAndOffset)
    if place is None:
        return (*steps, ScaleAndOffset(scale))
    return (*steps[:place], steps[place].replace(scale=scale), *steps[place + 1 :])


def without_fit(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps of a measured curve without the shifts and scales at their end, which a fit finds anew."""
    return _without_end(steps, (EnergyShift, ScaleAndOffset))


def without_shape(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps of a prediction without the width and the edge step at their end, which a fit finds anew."""
    return _without_end(steps, (GaussianBroadening, ArctangentStep))


def _without_end(steps: Sequence[Step], kinds: tuple[type[Step], ...]) -> tuple[Step, ...]:
    end = len(steps)
    while end and isinstance(steps[end - 1], kinds):
        end -= 1
    return tuple(steps[:end])


def in_short(steps: Sequence[Step]) -> str:
    """Return what stands beside a curve: “+0.30 eV · edge step”, “scaled”, “3 steps”; empty where nothing is done."""
    words, used = _words(steps), _used(steps)
    if len(words) > 2:
        words = [words[0], f"{len(used)} steps"]
    return " · ".join(words)


def in_words(steps: Sequence[Step]) -> str:
    """Return the same with every kind of step named: “+0.30 eV, edge step, scaled”."""
    return ", ".join(_words(steps))


def _words(steps: Sequence[Step]) -> list[str]:
    shift = total_shift_ev(steps)
    words = [f"{shift:+.2f} eV".replace("-", "−")] if abs(shift) >= 0.005 else []
    for step in _used(steps):
        word = _word(step)
        if word and word not in words:
            words.append(word)
    return words


def _used(steps: Sequence[Step]) -> list[Step]:
    return [step for step in on_steps(steps) if not isinstance(step, EdgeEnergy) and not _is_nothing(step)]


def _is_nothing(step: Step) -> bool:
    return (isinstance(step, EnergyShift) and not step.shift_ev) or (
        isinstance(step, ScaleAndOffset) and step.scale == 1.0 and not step.offset
    )


def _word(step: Step) -> str:
    if isinstance(step, EnergyShift):
        return ""  # the number says it
    if isinstance(step, EdgeStep):
        return "edge step"
    if isinstance(step, ScaleAndOffset):
        return "scaled"
    if isinstance(step, NORMALISING):
        return "normalised"
    return "derivative" if isinstance(step, Derivative) else step.title.lower()
