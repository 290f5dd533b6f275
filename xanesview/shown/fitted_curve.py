"""Which prediction a measured curve was fitted to, and whether it is still the one shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xanesview.shown.names import title

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve
    from xanesview.shown.shown import Shown

FITTED = "fitted to the prediction"
"""How what was done by a fit begins."""


def current_curve(shown: Shown) -> str:
    """Return which of a structure's curves is the current one: sites, direction, how many are computed, network."""
    words = " · ".join(filter(None, (title(shown), shown.computed_share)))
    return f"{words}, {shown.session.network}"


def is_stale(shown: Shown, reference: ReferenceCurve) -> bool:
    """Tell whether a curve was fitted to another curve of the structure shown than the current one."""
    here = shown.structure is not None and reference.scaled_to[0] == shown.structure.content_hash
    fitted = reference.statement.startswith(FITTED)
    return fitted and here and shown.look is not None and reference.scaled_to[2] != current_curve(shown)
