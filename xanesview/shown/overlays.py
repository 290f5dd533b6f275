"""Overlays where they are drawn: references and frozen curves on the axis and at the width shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xanesview.domain.absorption import unit_per_atom
from xanesview.domain.counts import counted
from xanesview.domain.curve_look import BEFORE_EDIT, BEFORE_MOVE
from xanesview.domain.orientation.angle_series import colour_range, tells_angle
from xanesview.domain.processing.step_lists import NORMALISING, in_short, told_normalised
from xanesview.domain.session import FrozenCurve, ReferenceCurve
from xanesview.io.spectra.axis_header import mean_e0_ev
from xanesview.shown.frozen_angles import frozen_angles
from xanesview.shown.frozen_labels import frozen_labels
from xanesview.shown.frozen_steps import in_measure_of_plot
from xanesview.shown.reference_labels import told_apart
from xanesview.shown.shown import Shown, ShownFrozen, ShownReference

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.processing.outcome import Outcome
    from xanesview.domain.spectrum import Spectrum

FAR_EV = 50.0
"""A measured curve further from the prediction is of another edge; a nearer one may be badly calibrated."""
_ANGLE_ALONE = re.compile(r"(?:[θφ] = |grazing |azimuth )?[-−]?\d+(?:\.\d+)?°(?: · frozen)?")
"""Names that tell nothing but an angle: files give every curve that is read again a name."""


def placed_references(
    shown: Shown, references: Sequence[ReferenceCurve], outcomes: Sequence[Outcome | None]
) -> tuple[ShownReference, ...]:
    """Return all references where they are drawn, those of one name told apart; `outcomes` are of their steps."""
    names = told_apart(references)
    placed = [
        placed_reference(shown, one, outcome, name)
        for one, outcome, name in zip(references, outcomes, names, strict=True)
    ]
    angles = [one.angle_deg for one in references if one.angle_deg is not None]
    if angles:
        low, high = colour_range(angles)
        placed = [
            one if one.reference.angle_deg is None
            else replace(one, angle_share=(one.reference.angle_deg - low) / (high - low))
            for one in placed
        ]  # fmt: skip
    return tuple(placed)


def placed_reference(
    shown: Shown, reference: ReferenceCurve, outcome: Outcome | None, name: str = ""
) -> ShownReference:
    """Return a reference where it is drawn, called `name`, else by its label; `outcome` is of a spectrum's steps."""
    label, note = _reference_label(shown, reference, name or reference.label)
    if outcome is not None and outcome.after is not None and (unlike := outcome.after.facts.get("outliers")):
        note = " · ".join(filter(None, (note, counted(len(unlike), "outlier"))))
    label = f"{label} · {note}" if note else label
    if reference.tensor is None:
        spectrum = _placed_spectrum(shown, outcome.spectrum)
        if not reference.is_computed and _is_elsewhere(shown, spectrum):
            return ShownReference(reference, label=label, outcome=outcome, is_elsewhere=True, note=note)
        return ShownReference(reference, spectrum=spectrum, label=label, outcome=outcome, note=note)
    held = tuple(int(i) for i in reference.tensor.sites)
    sites = tuple(i for i in shown.session.picked if i in held) or held
    summed, outcome = _placed_sum(shown, reference, sites)
    return ShownReference(reference, summed, None, sites, label, outcome, note=note)


def _placed_spectrum(shown: Shown, spectrum: Spectrum) -> Spectrum | None:
    if spectrum.axis == shown.axis:
        return spectrum
    if shown.look is None or shown.look.e0_ev is None:
        return None
    return spectrum.on_axis(shown.axis, shown.look.e0_ev)


def _is_elsewhere(shown: Shown, spectrum: Spectrum | None) -> bool:
    """Whether a measured curve is of another edge: beside several open structures if it has no energy with the one
    shown, else if it lies far from it."""
    if spectrum is None or shown.look is None:
        return False
    energy = shown.look.summed.energy_ev
    away_ev = max(energy[0] - spectrum.energy_ev[-1], spectrum.energy_ev[0] - energy[-1])
    return bool(away_ev > (0.0 if shown.session.kept else FAR_EV))


def _placed_sum(
    shown: Shown, reference: ReferenceCurve, sites: tuple[int, ...]
) -> tuple[AbsorptionTensor | None, Outcome | None]:
    """A polarised reference summed and processed like the prediction, then by its own steps, and what those came to.

    Its sites move by their own E0; where the reference has none, all move by that of the prediction.
    """
    session, axis = shown.session, shown.axis
    look = shown.looks.look(reference.tensor, sites, shown.weights(sites), axis, session.broadening_fwhm_ev)
    if look.axis != axis:
        if shown.look is None or shown.look.e0_ev is None:
            return None, None
        shift = shown.look.e0_ev if axis == "absolute" else -shown.look.e0_ev
        look = shown.looks.moved(look, shift, axis)
    look = shown.looks.processed(shown.looks.processed(look, shown.steps), reference.steps)
    own = look.display if reference.steps else None
    return look.summed, None if own is None else own.outcome


def _reference_label(shown: Shown, reference: ReferenceCurve, name: str) -> tuple[str, str]:
    """What stands beside a reference: what it is, and what was done to it."""
    if reference.look.name:
        return reference.look.name, ""
    parts = [name]
    if reference.tensor is not None and shown.structure is not None:
        picked, held = shown.session.picked, set(reference.tensor.sites.tolist())
        there = [site for site in picked if site in held]
        if 0 < len(there) < len(picked):  # fewer sites than the prediction sums: scores would mislead unsaid
            parts.append(f"{len(there)} of {len(picked)} sites")
        elif picked and not there:
            parts.append(f"other site{'s' if len(held) > 1 else ''}: {len(held)}")
    if reference.tensor is not None and shown.measured is not None:
        parts.append("as computed")
    if reference.computed_for and reference.computed_for not in name:
        parts.append(f"of {reference.computed_for}")
    if reference.angle_deg is not None and not tells_angle(name, reference.angle_deg):
        parts.append(f"{reference.angle_deg:g}°")
    elsewhere = reference.scaled_elsewhere(shown.structure)
    return " · ".join(parts), f"scaled to {elsewhere}" if elsewhere else in_short(reference.steps)


def placed_frozen(shown: Shown, frozen: Sequence[FrozenCurve], networks: Mapping[str, str]) -> tuple[ShownFrozen, ...]:
    """Return the frozen curves where they are drawn; `networks` are short names of those they were predicted with.

    Those with a name that was given are not asked what tells the others apart. They keep the colour of their angle,
    unless another curve of that angle has it. None have such colours beside a measured series of angles.
    """
    unnamed = [one.spectrum for one in frozen if not one.look.name]
    labels = iter(frozen_labels(shown, unnamed, networks))
    found = frozen_angles(frozen)
    angles = [
        angle if tells_angle_alone(one.look.name) or found.count(angle) == 1 else None
        for one, angle in zip(frozen, found, strict=True)
    ]
    if any(one.angle_deg is not None for one in shown.session.references):
        angles = [None] * len(angles)  # a measured series has these colours: what was frozen beside it keeps its own
    told = [angle for angle in angles if angle is not None]
    low, high = colour_range(told) if told else (0.0, 1.0)
    return tuple(
        ShownFrozen(
            one, _placed_frozen(shown, one), _given_name(shown, one) or next(labels), angle,
            None if angle is None else (angle - low) / (high - low),
        )
        for one, angle in zip(frozen, angles, strict=True)
    )  # fmt: skip


def tells_angle_alone(name: str) -> bool:
    """Tell whether a name says no more than an angle, or nothing: a bar of colours can stand for it."""
    return not name or _ANGLE_ALONE.fullmatch(name) is not None


def _given_name(shown: Shown, frozen: FrozenCurve) -> str:
    """Return the name that a curve was given; one of an untouched structure says which, where another is shown."""
    own = frozen.spectrum.provenance.get("structure", "")
    here = "" if shown.structure is None else shown.structure.name or shown.structure.formula
    same = own in ("", here) or here.endswith(f" on {own}")  # a molecule was put on it since
    if same or frozen.look.name not in (BEFORE_MOVE, BEFORE_EDIT):
        return frozen.look.name
    return f"{own} · {frozen.look.name}"


def _placed_frozen(shown: Shown, frozen: FrozenCurve) -> Spectrum | None:
    """A frozen curve on the axis shown, per atom where sums are drawn so, as its own steps made it."""
    if is_of_other_edge(shown, frozen):
        return None
    e0_ev = _e0_ev(shown, frozen)
    spectrum, done = frozen.on_axis(shown.axis, e0_ev), frozen.done_on_axis(shown.axis, e0_ev)
    if spectrum is None or told_normalised(frozen.spectrum.provenance):
        return spectrum
    display = None if shown.look is None else shown.look.display
    measure = "" if display is None else display.unit
    normalised_to = "" if done is None or not told_normalised(done.provenance) else done.unit
    if shown.look is None and normalised_to and _is_measured_so(shown):  # no site is picked: the others keep it
        return done
    if done is not None and normalised_to == measure:
        return done if measure else _per_atom(shown, frozen, done)
    spectrum = _per_atom(shown, frozen, spectrum)
    if done is not None:
        return in_measure_of_plot(shown, spectrum) if measure else spectrum
    return spectrum if display is None or not display.links else display.spectrum(spectrum)


def _is_measured_so(shown: Shown) -> bool:
    """Whether a reference is drawn that its steps normalise."""
    return any(isinstance(step, NORMALISING) for one in shown.session.references for step in one.steps)


def is_of_other_edge(shown: Shown, frozen: FrozenCurve) -> bool:
    """Whether a frozen curve is of another edge than is shown: from E0 the two would lie on one another."""
    told = frozen.spectrum.provenance.get("edge", "")
    return " " in told and shown.card is not None and told != shown.card.label


def _per_atom(shown: Shown, frozen: FrozenCurve, spectrum: Spectrum) -> Spectrum:
    if not shown.session.per_atom:
        return spectrum
    return spectrum.scaled(1.0 / frozen.n_atoms).replace(unit=unit_per_atom(spectrum.unit))


def _e0_ev(shown: Shown, frozen: FrozenCurve) -> float | None:
    """The E0 by which a frozen curve moves to the other axis: its own, else that of the prediction."""
    own = mean_e0_ev(frozen.spectrum.provenance)
    if own is not None:
        return own
    return None if shown.look is None else shown.look.e0_ev
