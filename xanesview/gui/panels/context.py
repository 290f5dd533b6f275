"""What a panel may know of the program around it; it never sees the window or another panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from xanesview.gui.actions.opening import Opening
    from xanesview.gui.session.workspace import Workspace
    from xanesview.gui.settings import Settings
    from xanesview.gui.view3d.base_view import BaseView


@dataclass(frozen=True)
class PanelContext:
    """Handed to every panel when it is made.

    Attributes
    ----------
    workspace : Workspace
        What is shown: panels read it, follow its signals and send it changes.
    settings : Settings
        What is remembered from one start to the next.
    opening : Opening
        Shows another structure; tells of spectrum files that are to be laid over the prediction.
    compute_picked : callable
        Computes the picked sites from first principles and lays them over the prediction.
    view : callable
        Gives the 3D view, or None until it is there: it is made after the window's first painting.
    show_panel : callable
        Brings another tab to the front, by its title.
    make_figure : callable
        Asks for size and format of a figure of the plot, and writes it.
    """

    workspace: Workspace
    settings: Settings
    opening: Opening
    compute_picked: Callable[[], None]
    view: Callable[[], BaseView | None]
    show_panel: Callable[[str], None] = lambda _title: None
    make_figure: Callable[[], None] = lambda: None
