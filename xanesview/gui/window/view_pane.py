"""Where the 3D view stands: the structure drawn flat first, then the view itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from xanesview.gui.actions.directions import Directions
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.site_colours import site_colours
from xanesview.gui.appearance.theme import colours
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.gui.window.view_link import ViewLink
from xanesview.shown.chips import isotropic_reason
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.domain.session import Session
    from xanesview.gui.view3d.base_view import BaseView

MAKING = "Loading the 3D view…"
_MOST_ATOMS = 400  # are drawn flat in a few hundredths of a second


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
        self.ground: QWidget = _Ground(workspace, settings)
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
    """The ground of the 3D view until it is there: the structure as the view will show it, which needs no OpenGL."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        super().__init__()
        self._workspace, self._settings = workspace, settings
        self._picture: QImage | None = None
        self._known: tuple[Session | None, object, object] = (None, None, None)  # what the picture is of

    def _still(self) -> QImage | None:
        """Return the structure as the view will first show it, in this size; None without one, or of a large one."""
        session = self._workspace.session
        if session.structure is None or session.structure.n_atoms > _MOST_ATOMS:
            return None
        look = self.size(), colours(self)
        if self._known[0] is not session or self._known[1:] != look:
            from xanesview.gui.view3d.flat_view import FlatView  # of the modules that the view is made of next

            view = FlatView()
            view.setPalette(self.palette())
            view.resize(self.size())
            view.set_whole_molecules(self._settings.whole_molecules)
            view.set_structure(session.structure)
            view.set_picked(site_colours(session))
            view.set_geometry(session.geometry, isotropic_reason(self._workspace.shown))
            self._picture, self._known = view.image(), (session, *look)
            view.deleteLater()
        return self._picture

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the structure, and say that the view is on its way."""
        scheme = colours(self)
        still, place = self._still(), self.rect()
        align = Qt.AlignmentFlag.AlignCenter
        gradient = QLinearGradient(0, 0, 0, self.height())
        gradient.setColorAt(0, QColor(scheme.background_top))
        gradient.setColorAt(1, QColor(scheme.background_bottom))
        painter = QPainter(self)
        painter.fillRect(self.rect(), gradient)
        if still is not None:
            painter.drawImage(self.rect(), still)
            place = place.adjusted(0, SPACING, -SPACING, 0)
            align = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(scheme.muted))
        painter.drawText(place, align, tr(MAKING))
        painter.end()
