"""Overlays where they are drawn: references and frozen curves on the axis and at the width shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from xanesview.domain.absorption import unit_per_atom
from xanesview.domain.session import FrozenCurve, ReferenceCurve
from xanesview.shown.frozen_labels import frozen_labels
from xanesview.shown.reference_labels import told_apart
from xanesview.shown.shown import Shown, ShownFrozen, ShownReference

if TYPE_CHECKING:
    from xanesview.domain.absorption import AbsorptionTensor
    from xanesview.domain.spectrum import Spectrum


def placed_references(shown: Shown, references: Sequence[ReferenceCurve]) -> tuple[ShownReference, ...]:
    """Return all references where they are drawn, those of one name told apart."""
    names = told_apart(references)
    return tuple(placed_reference(shown, one, name) for one, name in zip(references, names, strict=True))


def placed_reference(shown: Shown, reference: ReferenceCurve, name: str = "") -> ShownReference:
    """Return a reference where it is drawn, called `name`, else by its label."""
    label = _reference_label(shown, reference, name or reference.label)
    if reference.tensor is None:
        return ShownReference(reference, spectrum=_placed_spectrum(shown, reference), label=label)
    held = tuple(int(i) for i in reference.tensor.sites)
    sites = tuple(i for i in shown.session.picked if i in held) or held
    return ShownReference(reference, _placed_sum(shown, reference, sites), None, sites, label)


def _placed_spectrum(shown: Shown, reference: ReferenceCurve) -> Spectrum | None:
    base = reference.spectrum
    if base.axis != shown.axis:
        if shown.look is None or shown.look.e0_ev is None:
            return None
        base = base.on_axis(shown.axis, shown.look.e0_ev)
    return base.shifted(reference.shift_ev).scaled(reference.scale)


def _placed_sum(shown: Shown, reference: ReferenceCurve, sites: tuple[int, ...]) -> AbsorptionTensor | None:
    """A polarised reference summed like the prediction.

    Its sites move by their own E0; where the reference has none, all move by that of the prediction.
    """
    session, axis = shown.session, shown.axis
    look = shown.looks.look(reference.tensor, sites, shown.weights(sites), axis, session.broadening_fwhm_ev)
    if look.axis == axis:
        return look.summed
    if shown.look is None or shown.look.e0_ev is None:
        return None
    shift = shown.look.e0_ev if axis == "absolute" else -shown.look.e0_ev
    return replace(look.summed, energy_ev=look.summed.energy_ev + shift, axis=axis)


def _reference_label(shown: Shown, reference: ReferenceCurve, name: str) -> str:
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
    if reference.auto_scaled:
        elsewhere = reference.scaled_elsewhere(shown.structure)
        parts.append(f"scaled to {elsewhere}" if elsewhere else "scaled")
    return " · ".join(parts)


def placed_frozen(shown: Shown, frozen: Sequence[FrozenCurve], networks: Mapping[str, str]) -> tuple[ShownFrozen, ...]:
    """Return the frozen curves where they are drawn; `networks` are short names of those they were predicted with.

    Those with a name that was given are not asked what tells the others apart.
    """
    unnamed = [one.spectrum for one in frozen if not one.look.name]
    labels = iter(frozen_labels(shown, unnamed, networks))
    return tuple(ShownFrozen(one, _placed_frozen(shown, one), one.look.name or next(labels)) for one in frozen)


def _placed_frozen(shown: Shown, frozen: FrozenCurve) -> Spectrum | None:
    """A frozen curve on the axis shown, divided by its atoms where sums are drawn per atom."""
    spectrum = frozen.on_axis(shown.axis, _e0_ev(shown, frozen))
    if spectrum is None or not shown.session.per_atom:
        return spectrum
    return spectrum.scaled(1.0 / frozen.n_atoms).replace(unit=unit_per_atom(spectrum.unit))


def _e0_ev(shown: Shown, frozen: FrozenCurve) -> float | None:
    """The E0 by which a frozen curve moves to the other axis: its own, else that of the prediction."""
    own = frozen.spectrum.provenance.get("e0_ev")
    return float(own) if own else None if shown.look is None else shown.look.e0_ev
