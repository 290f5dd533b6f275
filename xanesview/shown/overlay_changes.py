"""Changes of what lies over the prediction, as functions from one session to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xanesview.domain.curve_look import CurveLook, next_order
from xanesview.domain.processing.step_lists import in_larger_units, normalises, times
from xanesview.domain.session import FrozenCurve, ReferenceCurve, Session
from xanesview.domain.spectrum import Spectrum
from xanesview.shown.session_notices import check_reference_sites

_SAME_CURVE = ("structure_hash", "network", "network_hash", "sites", "site_weights", "drawn_as", "computed_sites")


def with_reference(session: Session, reference: ReferenceCurve) -> Session:
    """Return the session with one more reference; a computed one belongs to the structure that is open.

    Raises
    ------
    XanesviewError
        If its sites are not atoms of this structure.
    """
    if reference.tensor is not None and session.structure is not None:
        check_reference_sites(session.structure, reference)
    if reference.is_of_structure and session.structure is not None:
        reference = reference.replace(structure_hash=session.structure.content_hash)
    taken = {one.look.order for one in session.references if one.is_computed == reference.is_computed}
    reference = reference.replace(look=reference.look.replace(order=next_order(taken)))
    return session.replace(references=(*session.references, reference))


def with_reference_changed(session: Session, index: int, reference: ReferenceCurve) -> Session:
    """Return the session with a reference changed: its steps, its name, whether it is seen."""
    return session.replace(references=_replaced(session.references, index, reference))


def without_reference(session: Session, index: int) -> Session:
    """Return the session without a reference."""
    return session.replace(references=session.references[:index] + session.references[index + 1 :])


def with_frozen(session: Session, curve: FrozenCurve) -> Session:
    """Return the session with one more frozen curve."""
    look = curve.look.replace(order=next_order({one.look.order for one in session.frozen}))
    return session.replace(frozen=(*session.frozen, replace(curve, look=look)))


def frozen_already(session: Session, curve: FrozenCurve) -> int | None:
    """Return which frozen curve is the same: of the same sites, network and drawing, with the same numbers; or None."""
    for number, one in enumerate(session.frozen):
        facts = (one.spectrum.provenance, curve.spectrum.provenance)
        if all(facts[0].get(key) == facts[1].get(key) for key in _SAME_CURVE) and _same_numbers(one, curve):
            return number
    return None


def _same_numbers(one: FrozenCurve, two: FrozenCurve) -> bool:
    return _same_curves(one.on_axis(two.spectrum.axis), two.spectrum) and (
        one.done is None or two.done is None or _same_curves(one.done_on_axis(two.done.axis), two.done)
    )


def _same_curves(mine: Spectrum | None, theirs: Spectrum) -> bool:
    return (
        mine is not None
        and mine.energy_ev.shape == theirs.energy_ev.shape
        and np.allclose(mine.energy_ev, theirs.energy_ev, rtol=0, atol=1e-6)
        and np.allclose(mine.intensity, theirs.intensity, rtol=1e-9, atol=1e-12)
    )


def without_frozen(session: Session, index: int | None = None) -> Session:
    """Return the session without one frozen curve, or without any."""
    return session.replace(frozen=() if index is None else session.frozen[:index] + session.frozen[index + 1 :])


def _replaced(items: tuple, index: int, item: object) -> tuple:
    return (*items[:index], item, *items[index + 1 :])


def in_measure(session: Session, per_atom: bool, n_atoms: float) -> Session:
    """Return the session that draws sums per atom or per structure; measured curves and offsets stay beside them.

    Their scale is that to what is drawn of `n_atoms` atoms; computed tensors are summed or averaged anew.
    """
    if per_atom == session.per_atom:
        return session
    factor = 1.0 / n_atoms if per_atom else n_atoms

    def placed(look: CurveLook) -> CurveLook:
        return replace(look, offset=look.offset * factor)

    normalised = {edge for edge, steps in session.prediction_steps.items() if normalises(steps)}
    predicted = {edge: in_larger_units(steps, factor) for edge, steps in session.prediction_steps.items()}

    def matched(one: ReferenceCurve) -> ReferenceCurve:
        steps = one.steps
        if one.tensor is not None:
            steps = in_larger_units(steps, factor)
        elif not normalised and not normalises(steps):
            steps = times(steps, factor)
        return one.replace(look=placed(one.look), steps=steps)

    references = tuple(map(matched, session.references))
    frozen = tuple(replace(one, look=placed(one.look)) for one in session.frozen)
    looks = {subject: placed(look) for subject, look in session.looks.items()}
    return session.replace(
        per_atom=per_atom, references=references, frozen=frozen, looks=looks, prediction_steps=predicted
    )
