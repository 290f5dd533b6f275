"""Steps of the prediction and frozen curves: a curve keeps those that it was frozen with, whatever is done later.

Where the plot has another measure by then, since the prediction is normalised or no longer is, a curve can't stay as it
was beside the others: it is drawn in the measure of the plot, and nothing more is done to it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from xanesview.domain.processing.step_lists import NORMALISING, in_words
from xanesview.domain.processing.steps.edge_energy import EdgeEnergy
from xanesview.domain.processing.steps.scale_and_offset import ScaleAndOffset
from xanesview.errors import XanesviewError
from xanesview.io.figures.foot import DONE_FACT
from xanesview.shown.curve_facts import provenance_of
from xanesview.shown.display_map import DisplayMap, display_map
from xanesview.shown.processing import isotropic_before_steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xanesview.domain.processing.steps.step import Step
    from xanesview.domain.session import FrozenCurve
    from xanesview.domain.spectrum import Spectrum
    from xanesview.shown.shown import Shown


def with_steps_done(shown: Shown, frozen: FrozenCurve) -> FrozenCurve:
    """Return a curve that is frozen now with what the steps of the prediction make of it, on both axes."""
    look = shown.look
    display = None if look is None else look.display
    if display is None or not display.links:
        return dataclasses.replace(frozen, done=frozen.spectrum, done_other=frozen.other)
    steps = tuple(shown.steps)
    return dataclasses.replace(
        frozen,
        done=_done(display, frozen.spectrum, 1.0 / shown.divisor, steps),
        done_other=_done_on_other_axis(shown, frozen, steps),
    )


def in_measure_of_plot(shown: Shown, spectrum: Spectrum) -> Spectrum:
    """Return a curve without steps normalised as the prediction is, with none of its other steps."""
    steps = _of_measure(shown.steps)
    return _done(display_map(isotropic_before_steps(shown), steps), spectrum, 1.0, steps)


def _of_measure(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps that decide the measure: those that normalise, and the factor that a scan has put behind one.

    Where the energies of a scan end early its edge step is another one than the prediction's over all energies; the
    factor makes up for that, and belongs to every predicted curve.
    """
    chosen: list[Step] = []
    behind_normalising = False
    for step in steps:
        normalises = isinstance(step, NORMALISING)
        if normalises or isinstance(step, EdgeEnergy) or (behind_normalising and isinstance(step, ScaleAndOffset)):
            chosen.append(step)
        behind_normalising = normalises
    return tuple(chosen)


def _done(display: DisplayMap, spectrum: Spectrum, share: float, steps: tuple[Step, ...]) -> Spectrum:
    """What steps make of a curve that they see with a share of its height; its height is its own again unless they
    normalise."""
    done = display.spectrum(spectrum.scaled(share))
    facts = provenance_of(dict(display.outcome.after.facts)) if display.outcome.after is not None else {}
    told = {**spectrum.provenance, **facts, DONE_FACT: in_words(steps)}
    done = done if display.unit else done.scaled(1.0 / share).replace(unit=spectrum.unit)
    return done.replace(provenance=told)


def _done_on_other_axis(shown: Shown, frozen: FrozenCurve, steps: tuple[Step, ...]) -> Spectrum | None:
    if frozen.other is None:
        return None
    look = shown.look.unprocessed
    try:
        tensor = look.native.on_axis(frozen.other.axis).summed(look.weights)
    except XanesviewError:
        return None
    average = isotropic_before_steps(shown).replace(
        energy_ev=tensor.energy_ev, intensity=np.asarray(tensor.isotropic()).reshape(-1), axis=frozen.other.axis
    )
    display = display_map(average, steps)
    return _done(display, frozen.other, 1.0 / shown.divisor, steps) if display.links else None
