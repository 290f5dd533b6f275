"""The colour of each picked site, the same in the plot, the table and around the atom."""

from __future__ import annotations

from xanesview.domain.session import Session
from xanesview.gui.appearance.palette import Colours
from xanesview.gui.appearance.theme import colours
from xanesview.shown.curve import Subject
from xanesview.shown.curve_looks import look_of
from xanesview.shown.shown import MOST_SITE_CURVES


def site_colours(session: Session, scheme: Colours | None = None) -> dict[int, str]:
    """Return the colour (#rrggbb) of each picked site, the user's own or the next of the set.

    Sites too many to have curves of their own share one. The scheme is that of the window where none is given.
    """
    scheme, many = scheme or colours(), len(session.picked) > MOST_SITE_CURVES
    if many:
        return dict.fromkeys(session.picked, scheme.curve(0))
    own = {site: look_of(session, Subject("site", site)).colour for site in session.picked}
    return {site: own[site] or scheme.curve(order) for order, site in enumerate(session.picked)}
