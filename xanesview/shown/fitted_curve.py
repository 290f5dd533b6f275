"""Which prediction a measured curve was fitted to, and whether it is still the one shown."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from xanesview.domain.orientation.varied import at_field_angle
from xanesview.shown.names import title

if TYPE_CHECKING:
    from xanesview.domain.session import ReferenceCurve
    from xanesview.shown.shown import Shown

_ANY_ANGLE_DEG = 45.0
FITTED = "fitted to the prediction"
"""How what was done by a fit begins."""
_NOTHING = "; means nothing: "


def current_curve(shown: Shown) -> str:
    """Return which of a structure's curves is the current one: sites, direction, how many are computed, network."""
    return _named(shown, title(shown, in_full=True))


def series_curve(shown: Shown) -> str:
    """Return the same of the curves of a series, which have angles of their own, whatever the arrow's."""
    shared = at_field_angle(shown.session.geometry, _ANY_ANGLE_DEG).describe()
    return _named(shown, f"{shown.selection} · series of angles ({shared} and others)")


def _named(shown: Shown, what: str) -> str:
    weights = [shown.session.weight_of(site) for site in shown.sites]
    weighed = "" if set(weights) <= {1.0} else f"weighted {zlib.crc32(repr(weights).encode()):08x}"
    return f"{' · '.join(filter(None, (what, shown.computed_share, weighed)))}, {shown.session.network}"


def is_fitted(reference: ReferenceCurve) -> bool:
    """Whether what was done to a curve is a fit, alone or with others of its series."""
    return reference.statement.partition(", R = ")[0].endswith(FITTED)


def fit_statement(r_factor: str, together: str = "", reasons: Sequence[str] = ()) -> str:
    """Return what is said of a fitted curve.

    Parameters
    ----------
    r_factor : with its unit
    together : such as "with 2 others ", where a series was fitted
    reasons : why the fit means nothing, a clause each
    """
    nothing = f"{_NOTHING}{'; '.join(reasons)}" if reasons else ""
    return f"{together}{FITTED}, R = {r_factor}{nothing}"


def why_meaningless(reference: ReferenceCurve) -> str:
    """Return why the fit that a curve was moved by means nothing; empty where it does, or there was none."""
    return reference.statement.partition(_NOTHING)[2] if is_fitted(reference) else ""


def is_fitted_series(shown: Shown, reference: ReferenceCurve) -> bool:
    """Whether a curve was fitted with others of its series of angles to the structure shown."""
    together = is_fitted(reference) and not reference.statement.startswith(FITTED)
    return together and reference.angle_deg is not None and _is_here(shown, reference)


def is_stale(shown: Shown, reference: ReferenceCurve) -> bool:
    """Tell whether a curve was fitted to another curve of the structure shown than the current one."""
    if not is_fitted(reference) or not _is_here(shown, reference) or shown.look is None:
        return False
    now = series_curve(shown) if is_fitted_series(shown, reference) else current_curve(shown)
    return reference.scaled_to[2] != now


def stale_fits(shown: Shown) -> tuple[int, ...]:
    """Return the places of the references that are seen and were fitted to another curve than the current one."""
    return tuple(
        at for at, placed in enumerate(shown.references)
        if placed.reference.is_seen_with(shown.structure) and is_stale(shown, placed.reference)
    )  # fmt: skip


def _is_here(shown: Shown, reference: ReferenceCurve) -> bool:
    return shown.structure is not None and reference.scaled_to[0] == shown.structure.content_hash
