"""From where the structure is seen: all of it, or along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xanesview.gui.view3d.base_view import BaseView


class Looking:
    """Turns the 3D view; does nothing before it is there.

    Parameters
    ----------
    view
        Gives the 3D view as it is now.
    """

    def __init__(self, view: Callable[[], BaseView | None]) -> None:
        self._view = view

    def fit(self) -> None:
        """Show the whole structure."""
        view = self._view()
        if view is not None:
            view.fit()

    def x(self) -> None:
        """Look along x."""
        self._along("x")

    def y(self) -> None:
        """Look along y."""
        self._along("y")

    def z(self) -> None:
        """Look along z."""
        self._along("z")

    def _along(self, axis: str) -> None:
        view = self._view()
        if view is not None:
            view.look_along(axis)
