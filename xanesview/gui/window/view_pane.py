"""Where the 3D view stands: a painted ground first, then the view itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter
from PySide6.QtWidgets import QFrame, QWidget

from xanesview.gui.actions.directions import Directions
from xanesview.gui.appearance.theme import colours
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.gui.window.view_link import ViewLink
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.view3d.base_view import BaseView

MAKING = "Loading the 3D view…"


class ViewPane(QObject):
    """Makes the 3D view late, since loading its library takes longer than all the rest, and links it to the workspace.

    Attributes
    ----------
    ground : QWidget
        To be arranged in a window; the view takes its place there.
    view : BaseView or None
    link : ViewLink or None
    """

    told = Signal(object)  # a Notice: why the view is not the one it should be
    ready = Signal()

    def __init__(self, workspace: Workspace, directions: Directions, settings: Settings) -> None:
        super().__init__(workspace)
        self.ground: QWidget = _Ground()
        self.ground.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.view: BaseView | None = None
        self.link: ViewLink | None = None
        self._workspace = workspace
        self._directions = directions
        self._settings = settings

    @property
    def widget(self) -> QWidget:
        """What stands in the pane now: the view, or the ground until it is there."""
        return self.ground if self.view is None else self.view

    def make(self) -> None:
        """Put the view into its place; to be called once the window is on the screen."""
        from xanesview.gui.view3d.view import create_view

        if self.view is not None:
            return
        view, notice = create_view(self.ground.window())
        view.set_whole_molecules(self._settings.whole_molecules)
        self.view = view
        self.ground.parentWidget().layout().replaceWidget(self.ground, view)
        view.show()
        if self.ground.window().focusWidget() in (None, self.ground):
            view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ground.hide()
        self.ground.deleteLater()
        self.link = ViewLink(self._workspace, view, self._directions)
        view.set_hint_visible(not self._settings.seen("drag"))
        self.link.arrow_dragged.connect(self._drag_learnt)
        if notice is not None:
            self.told.emit(notice)
        self.ready.emit()

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        if self.view is not None:
            self.view.apply_theme()
            self.link.show_picks()

    def close(self) -> None:
        """End the view; the window closes."""
        if self.view is not None:
            self.view.close_view()

    def _drag_learnt(self) -> None:
        """The user has dragged the arrow once: the hint beside it goes away for ever."""
        if not self._settings.seen("drag"):
            self._settings.set_seen("drag")
            self.view.set_hint_visible(False)


class _Ground(QFrame):
    """The ground of the 3D view until it is there."""

    def paintEvent(self, event) -> None:
        scheme = colours(self)
        gradient = QLinearGradient(0, 0, 0, self.height())
        gradient.setColorAt(0, QColor(scheme.background_top))
        gradient.setColorAt(1, QColor(scheme.background_bottom))
        painter = QPainter(self)
        painter.fillRect(self.rect(), gradient)
        painter.setPen(QColor(scheme.muted))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr(MAKING))
        painter.end()
