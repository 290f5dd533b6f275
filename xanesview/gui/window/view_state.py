"""What a window shows beside its session, as plain values: where the camera is, the part of the plot, pins, tabs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from xanesview.domain.structure import checked_rotation
from xanesview.errors import XanesviewError
from xanesview.limits import LARGEST_ENERGY_EV

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QDockWidget

    from xanesview.gui.plot.spectrum_plot import SpectrumPlot
    from xanesview.gui.view3d.base_view import BaseView
    from xanesview.gui.window.tabs import Tabs

_SWITCHES = ("difference", "residuals", "anisotropy")
"""Actions with a tick that the session knows nothing of."""
_MOST_PINS = 100
_LARGEST = 1e30
_FARTHEST_ANGSTROM = 1e6
_LEAST_VIEW_PX, _LARGEST_VIEW_PX = 50.0, 20_000.0


class Seen(Protocol):
    """What a window has that shows a session."""

    plot: SpectrumPlot
    tabs: Tabs
    docks: Mapping[str, QDockWidget]
    named_actions: Mapping[str, QAction]

    @property
    def view(self) -> BaseView | None:
        """The 3D view, None until it is there."""


def view_state(window: Seen) -> dict[str, Any]:
    """Return what a window shows beside its session."""
    plot = window.plot
    state: dict[str, Any] = {
        "tabs": [title for title, one in window.tabs.places.items() if not one.visibleRegion().isEmpty()],
        "pins_ev": plot.pins(),
        **{name: window.named_actions[name].isChecked() for name in _SWITCHES},
    }
    if plot.is_zoomed:
        state["range"] = [list(ends) for ends in plot.view_range()]
    if window.view is not None and window.view.structure is not None:
        camera = window.view.camera
        state["camera"] = {
            "target_angstrom": camera.target_angstrom.tolist(),
            "rotation": camera.rotation.tolist(),
            "visible_angstrom": camera.visible_angstrom,
            "size_px": [camera.width, camera.height],
        }
    return state


def show_view_state(window: Seen, state: Mapping[str, Any]) -> None:
    """Let a window show what a file says; values that can't be are passed over, since any view will do."""
    titles = state.get("tabs")
    for title in titles if isinstance(titles, list | tuple) else ():
        if isinstance(title, str) and title in window.docks:
            window.tabs.show(title)
    for name in _SWITCHES:
        window.named_actions[name].setChecked(state.get(name) is True)
    _show_plot(window.plot, state)
    if window.view is not None:
        show_camera(window.view, state)


def _show_plot(plot: SpectrumPlot, state: Mapping[str, Any]) -> None:
    for pin in plot.pins():
        plot.unpin(pin)
    pins = _numbers(state.get("pins_ev"), None, LARGEST_ENERGY_EV)
    for pin in [] if pins is None else pins.tolist()[:_MOST_PINS]:
        plot.pin(pin)
    seen = zoomed_to(state)
    if seen is None:
        plot.reset_zoom()
    else:
        plot.set_view_range(*seen)


def zoomed_to(state: Mapping[str, Any]) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the energies (eV) and intensities that the user had zoomed to, or None where all was shown."""
    ranges = _numbers(state.get("range"), (2, 2), _LARGEST)
    if ranges is None or not (ranges[:, 0] < ranges[:, 1]).all():
        return None
    (low, high), (bottom, top) = ranges.tolist()
    return (low, high), (bottom, top)


@dataclass(frozen=True, eq=False)
class KeptCamera:
    """From where a window looked: a point (3,), a rotation (3, 3), what filled its shorter side, and its size."""

    target_angstrom: np.ndarray
    rotation: np.ndarray
    visible_angstrom: float
    size_px: tuple[float, float] | None = None  # what older versions have not kept


def kept_camera(state: Mapping[str, Any]) -> KeptCamera | None:
    """Return from where a file says that its window looked, None where it says nothing that can be."""
    camera = state.get("camera")
    if not isinstance(camera, Mapping):
        return None
    target = _numbers(camera.get("target_angstrom"), (3,), _FARTHEST_ANGSTROM)
    rotation = _numbers(camera.get("rotation"), (3, 3), 1.1)
    visible = camera.get("visible_angstrom")
    if target is None or rotation is None or not isinstance(visible, int | float):
        return None
    try:
        rotation = checked_rotation(rotation)
    except XanesviewError:
        return None
    if not (math.isfinite(visible) and 0.01 < visible < _FARTHEST_ANGSTROM and np.linalg.det(rotation) > 0.0):
        return None
    size = _numbers(camera.get("size_px"), (2,), _LARGEST_VIEW_PX)
    fits = size is not None and (size >= _LEAST_VIEW_PX).all()
    return KeptCamera(target, rotation, float(visible), (float(size[0]), float(size[1])) if fits else None)


def show_camera(view: BaseView, state: Mapping[str, Any]) -> None:
    """Look at the structure from where a file says, once the view is there."""
    kept = kept_camera(state)
    if kept is not None:
        view.look_from(kept.target_angstrom, kept.rotation, kept.visible_angstrom)


def _numbers(value: Any, shape: tuple[int, ...] | None, largest: float) -> np.ndarray | None:
    """Finite numbers of a shape (any row where None), up to a size; None where they aren't."""
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    right = array.ndim == 1 if shape is None else array.shape == shape
    return array if right and np.isfinite(array).all() and (np.abs(array) <= largest).all() else None
