"""The colour of each picked site, the same in the plot, the table and around the atom."""

from __future__ import annotations

from collections.abc import Sequence

from xanesview.gui.appearance.theme import colours
from xanesview.shown.shown import MOST_SITE_CURVES


def site_colours(picked: Sequence[int]) -> dict[int, str]:
    """Return the colour (#rrggbb) of each picked site; sites too many to have curves of their own share one."""
    scheme, many = colours(), len(picked) > MOST_SITE_CURVES
    return {site: scheme.curve(0 if many else order) for order, site in enumerate(picked)}
