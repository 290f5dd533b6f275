"""Atoms of the 3D view in colours of their importance to a site's spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor

from xanesview.gui.appearance.theme import colours
from xanesview.gui.session.workspace import Workspace
from xanesview.shown.names import site_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.gui.view3d.base_view import BaseView
    from xanesview.inference.explained import Explanation

FIRST, SECOND, DIFFERENCE = range(3)
"""What is shown of an explanation: its first window, its second, or the second less the first."""


class AtomImportance:
    """Paints the atoms and names their share under the pointer; what others show in the view stays.

    Parameters
    ----------
    view : callable
        Gives the 3D view that is painted, or None while there is none.
    """

    def __init__(self, workspace: Workspace, view: Callable[[], BaseView | None]) -> None:
        self.workspace = workspace
        self._view = view
        self._painted = False

    def paint(self, found: Explanation, shown: int, hues: tuple[str, str]) -> None:
        """Colour atoms for an explanation of the structure that is open, from neutral to the window's hue."""
        view, structure = self._view(), self.workspace.structure
        if view is None or structure is None or len(found.distance_angstrom) != structure.n_atoms:
            self.clear()
            return
        scheme = colours(view)
        neutral = scheme.border if scheme.dark else scheme.raised
        view.set_atom_colours(atom_colours(found, shown, hues, neutral))
        view.set_atom_labels(lambda atom: self._label(found, atom))
        self._painted = True

    def clear(self) -> None:
        """Give the atoms the colours of their elements back."""
        view = self._view()
        if self._painted and view is not None:
            view.set_atom_colours(None)
            view.set_atom_labels(None)
        self._painted = False

    def _label(self, found: Explanation, atom: int) -> str:
        name = site_name(self.workspace.structure, atom)
        if atom == found.site:
            return f"{name} · absorber"
        distance, percent = found.distance_angstrom[atom], found.atom_percent()[:, atom]
        if not np.isfinite(distance):
            return f"{name} · out of reach"
        told = f"{percent[0]:.1f} %" if found.method == "attention" else f"{percent[0]:.1f} % and {percent[1]:.1f} %"
        return f"{name} · {distance:.2f} Å · {told}"


def atom_colours(found: Explanation, shown: int, hues: tuple[str, str], neutral: str) -> dict[int, str]:
    """Return what colour each atom wears; the absorber keeps its own.

    Parameters
    ----------
    shown : FIRST, SECOND or DIFFERENCE; attention knows no windows, so it wears the first hue
    hues : of the two windows, ``#rrggbb``; a difference has the hue of the window that the atom matters more to
    neutral : colour of an atom that does not matter
    """
    percent = found.atom_percent()
    if found.method == "attention":
        shown = FIRST
    values = percent[SECOND] - percent[FIRST] if shown == DIFFERENCE else percent[shown]
    most = float(np.abs(values).max(initial=0.0)) or 1.0
    out = {}
    for atom in np.flatnonzero(np.arange(len(values)) != found.site).tolist():
        hue = hues[int(values[atom] > 0)] if shown == DIFFERENCE else hues[shown]
        out[atom] = _mixed(QColor(neutral), QColor(hue), abs(float(values[atom])) / most)
    return out


def _mixed(low: QColor, high: QColor, share: float) -> str:
    parts = (a + share * (b - a) for a, b in zip(low.getRgbF()[:3], high.getRgbF()[:3], strict=True))
    return QColor.fromRgbF(*parts).name()
