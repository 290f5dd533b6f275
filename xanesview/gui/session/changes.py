"""What differs between two sessions, and which signals of the workspace tell of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from xanesview.domain.session import Session

SUBJECT = frozenset({"structure", "network"})
SELECTION = frozenset({"picked", "site_weights", "hidden_sites"})
ORBITS = frozenset({"orbit_tolerance_angstrom"})
_FIELDS = tuple(field.name for field in dataclasses.fields(Session))
_TOLD_OF = {
    "structure_changed": frozenset({"structure"}),
    "structures_changed": frozenset({"structure", "kept", "place"}),
    "network_changed": frozenset({"network"}),
    "selection_changed": SUBJECT | SELECTION,
    "geometry_changed": frozenset({"geometry"}),
    "prediction_changed": SUBJECT | ORBITS,
    "references_changed": frozenset({"references"}),
    "frozen_changed": frozenset({"frozen"}),
    "looks_changed": frozenset({"looks"}),
    "angles_changed": frozenset({"angles"}),
    "broadening_changed": frozenset({"broadening_fwhm_ev"}),
    "drawing_changed": frozenset({
        "axis", "as_measured", "per_atom", "compared", "fitted", "hidden_networks", "prediction_steps", "window_ev"
    }),
}
"""Signals of the workspace and the parts of a session they tell of, in the order in which panels hear of them."""


def changed_parts(before: Session, after: Session) -> set[str]:
    """Return the names of the fields in which two sessions differ."""
    return {
        name
        for name in _FIELDS
        if (old := getattr(before, name)) is not (new := getattr(after, name)) and _differs(old, new)
    }


def same_but_for_order(one: Session, two: Session) -> bool:
    """Whether two sessions are the same, be their references in another order, as after showing another tab."""
    changed = changed_parts(one, two)
    return not changed or (
        changed == {"references"} and sorted(map(id, one.references)) == sorted(map(id, two.references))
    )


def signals_of(changed: set[str]) -> list[str]:
    """Return the names of the signals that tell of some fields, in their order."""
    return [signal for signal, parts in _TOLD_OF.items() if changed & parts]


def _differs(old: object, new: object) -> bool:
    return dict(old) != dict(new) if isinstance(old, Mapping) else old != new
