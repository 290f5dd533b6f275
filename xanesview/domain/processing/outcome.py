"""Steps applied to a curve as far as they can be: what each found, and which one failed and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xanesview.domain.processing.applied import provenance_of
from xanesview.domain.processing.steps.step import Curves, Points, Step, clean_points
from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a curve.

    Attributes
    ----------
    spectrum : Spectrum
        After all steps, or before the one that failed, with what was done in its provenance.
    before : tuple[Points, ...]
        Points before each step that was come to, the failing one too.
    after : Points
        Of `spectrum`; None without steps.
    notes : tuple[str, ...]
        What each step found, empty where it found nothing or is off.
    failed : int or None
        Place of the step that can't be done.
    problem, hint : str
        Why.
    """

    spectrum: Spectrum
    before: tuple[Points, ...]
    after: Points | None
    notes: tuple[str, ...]
    failed: int | None = None
    problem: str = ""
    hint: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What was done, one line a step."""
        return () if self.after is None else tuple(self.after.facts.get("lines", ()))

    def shift_after(self, step: int) -> float:
        """Return by how much steps from this one on have moved the energies, eV."""
        if step >= len(self.before):
            return 0.0
        return self.after.facts.get("shift_ev", 0.0) - self.before[step].facts.get("shift_ev", 0.0)


def outcome_of(spectrum: Spectrum, steps: Sequence[Step], curves: Curves | None = None) -> Outcome:
    """Apply steps one after the other, and stop before the first that can't be done; the spectrum stays as it is.

    Never raises for a step; see `applied.apply` for what raises.

    Parameters
    ----------
    spectrum : Spectrum
    steps : in their order
    curves : other curves that steps name

    Raises
    ------
    XanesviewError
        If the spectrum itself holds too few points.
    """
    if not steps:
        return Outcome(spectrum, (), None, ())
    points = clean_points(spectrum.energy_ev, spectrum.intensity, spectrum.band)
    before, notes = [], []
    failed, problem, hint = None, "", ""
    for place, step in enumerate(steps):
        before.append(points)
        if not step.on:
            notes.append("")
            continue
        try:
            points = done(step, points, curves)
        except XanesviewError as error:
            failed, problem, hint = place, error.message, error.hint
            break
        notes.append("; ".join(points.notes))
    return Outcome(_told(spectrum, points), tuple(before), points, tuple(notes), failed, problem, hint)


def done(step: Step, points: Points, curves: Curves | None = None) -> Points:
    """Return the points after one step, which is told in the fact ``lines``.

    Raises
    ------
    XanesviewError
        If it can't be done with these points.
    """
    after = step.changed(points.replace(notes=()), {} if curves is None else curves)
    if not np.isfinite(after.intensity).all():
        raise XanesviewError("The result is no finite number.", "Check what is divided by what.")
    line = ": ".join([step.describe(), *(["; ".join(after.notes)] if after.notes else [])])
    return after.replace(facts={**after.facts, "lines": (*points.facts.get("lines", ()), line)})


def _told(spectrum: Spectrum, points: Points) -> Spectrum:
    """Return a spectrum with other points, and what led to them in its provenance; itself where nothing was done."""
    if not points.facts.get("lines"):
        return spectrum
    return spectrum.replace(
        energy_ev=points.energy_ev,
        intensity=points.intensity,
        band=points.band,
        unit=points.facts.get("unit", spectrum.unit),
        native_fwhm_ev=float(np.hypot(spectrum.native_fwhm_ev, points.facts.get("added_gaussian_fwhm_ev", 0.0))),
        provenance={**spectrum.provenance, **provenance_of(dict(points.facts))},
    )
