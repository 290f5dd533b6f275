"""The window: arranges the panes and connects them; the work is done elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QColor, QDesktopServices, QLinearGradient, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QInputDialog,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.structure import Notice
from xanesview.gui.actions.action_table import make_actions, refresh_icons
from xanesview.gui.actions.computing import Computing
from xanesview.gui.actions.directions import Directions
from xanesview.gui.actions.drawing import Drawing
from xanesview.gui.actions.exporting import Exporting
from xanesview.gui.actions.opening import Opening
from xanesview.gui.appearance.theme import apply_theme, colours, icon
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.gui.panels.library.panel import LibraryPanel
from xanesview.gui.panels.light.panel import GeometryPanel
from xanesview.gui.panels.references.panel import ReferencesPanel
from xanesview.gui.panels.sites.panel import SitesPanel
from xanesview.gui.panels.start.card import StartCard
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.gui.window.layout import PANELS, WindowLayout
from xanesview.gui.window.menus import fill_menu_bar
from xanesview.gui.window.messages import MessageBar
from xanesview.gui.window.plot_link import PlotLink
from xanesview.gui.window.status import StatusBar
from xanesview.gui.window.tabs import LatePanel, TabBars, make_dock
from xanesview.gui.window.toolbar import ToolBar
from xanesview.gui.window.view_link import ViewLink
from xanesview.inference.shelf import InstalledNetworks, Networks, default_network
from xanesview.paths import log_dir
from xanesview.version import __version__

#: Notices of these kinds concern the structure and stand above the 3D view; all others above the plot.
STRUCTURE_KINDS = ("open", "opengl", "structure", "absorber", "sites", "direction")


class MainWindow(QMainWindow):
    """3D view and spectrum side by side, the geometry under the one, the tables under the other.

    The 3D view is made after the first painting, since loading its library takes longer than all the rest.

    Parameters
    ----------
    networks
        Which networks there are; those installed by default.
    settings
        What the window remembers.
    network
        Name of the network to begin with.
    live
        The worker, where it has been started already.
    """

    view_ready = Signal()

    def __init__(
        self,
        networks: Networks | None = None,
        settings: Settings | None = None,
        network: str | None = None,
        live: LivePrediction | None = None,
    ) -> None:
        super().__init__()
        self.setWindowTitle("xanesview")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings = Settings() if settings is None else settings
        networks = InstalledNetworks() if networks is None else networks
        self.live = LivePrediction(networks.load) if live is None else live
        self.workspace = Workspace(networks, self.live, network or default_network(networks), self)
        self.directions = Directions(self.workspace, self)
        self.computing = Computing(self.workspace, self)
        self.view: QWidget | None = None
        self.view_link: ViewLink | None = None
        self._make_panes()
        self.opening = Opening(
            self.workspace, self.settings, self, self.references.load_file, self._structure_messages_done
        )
        self.exporting = Exporting(self.workspace, self.settings, self, lambda: self.view)
        self.drawing = Drawing(self.workspace, self.plot.header, self)
        self.named_actions = make_actions(self)
        self.drawing.follow(self.named_actions)
        self.toolbar = ToolBar(self.workspace, self.directions, self.named_actions, self)
        self.addToolBar(self.toolbar)
        self.status = StatusBar(self.workspace, self)
        self.setStatusBar(self.status)
        self._arrange()
        fill_menu_bar(self, list(self.docks.values()))
        self._connect()
        self._layout = WindowLayout(self, self.splitter, self.desk, self.docks, self.settings)
        self._layout.read()
        self._follow_undo()

    # ---- building ----

    def _make_panes(self) -> None:
        self.structure_messages, self.plot_messages = MessageBar(), MessageBar()
        self.plot = SpectrumPlot()
        self.plot_link = PlotLink(self.workspace, self.plot)
        self.geometry_panel = GeometryPanel(self.workspace)
        self.sites = SitesPanel(self.workspace)
        self.references = ReferencesPanel(self.workspace)
        self.library = LibraryPanel(self.workspace)
        self.references.show_button(self.library.offer_button)
        self.start = StartCard(self.settings)
        self.view_place = _Placeholder()

    def _arrange(self) -> None:
        left = QWidget()
        self._left = _column(left, (self.structure_messages, 0), (self.view_place, 1), (self.geometry_panel, 0))
        centre = QWidget()
        _column(centre, (self.plot_messages, 0), (self.plot, 1))
        self.desk = QMainWindow()
        self.desk.setWindowFlags(Qt.WindowType.Widget)
        self.desk.setObjectName("desk")
        self.desk.setCentralWidget(centre)
        self.desk.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.docks = {name: make_dock(name, panel, self.desk) for name, panel in self._panels().items()}
        names = list(self.docks.values())
        for dock in names:
            self.desk.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        for dock in names[1:]:
            self.desk.tabifyDockWidget(names[0], dock)
        self.docks["Library"].visibilityChanged.connect(self.library.set_seen)
        for name, panel in self.late_panels.items():
            self.docks[name].visibilityChanged.connect(panel.set_seen)
        self.tab_bars = TabBars(self.desk)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(6)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.desk)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 55)
        self.splitter.setStretchFactor(1, 45)
        self.setCentralWidget(self.splitter)

    def _panels(self) -> dict[str, QWidget]:
        own = {"Sites": self.sites, "References": self.references, "Library": self.library, "Start": self.start}
        self.late_panels = {spec.title: LatePanel(spec, self) for spec in PANELS}
        return own | self.late_panels

    def _connect(self) -> None:
        self.workspace.message.connect(self.show_notice)
        self.workspace.structure_changed.connect(self._name_window)
        self.workspace.prediction_changed.connect(lambda: self.plot_messages.clear("prediction"))
        self.workspace.network_changed.connect(lambda: self.plot_messages.clear("network-changed"))
        self.references.left.connect(lambda: self.plot_messages.clear("reference-elsewhere"))
        self.workspace.selection_changed.connect(lambda: self.structure_messages.clear("absorber"))
        self.plot.empty_button_clicked.connect(self.computing.compute_picked)
        self.references.compute_wanted.connect(self.computing.compute_picked)
        self.plot_link.drawn.connect(self.status.show_drawn)
        self.plot.difference_toggled.connect(self.named_actions["difference"].setChecked)
        self.computing.refine_changed.connect(self.named_actions["refine"].setChecked)
        stack = self.workspace.undo_stack
        stack.indexChanged.connect(self._follow_undo)
        self.start.example_chosen.connect(self.opening.open_example)
        self.start.file_chosen.connect(self.opening.open_file)
        self.start.smiles_entered.connect(self.opening.open_smiles)
        self.start.open_asked.connect(self.opening.ask_file)
        self.opening.working.connect(self.structure_messages.show_work)
        self.structure_messages.given_up.connect(self.opening.cancel)

    def make_view(self) -> None:
        """Put the 3D view into its place; called once the window is on the screen."""
        from xanesview.gui.view3d.view import create_view

        if self.view is not None:
            return
        view, notice = create_view(self)
        self.view = view
        self._left.replaceWidget(self.view_place, view)
        self.view_place.hide()
        self.view_place.deleteLater()
        view.show()
        self.view_link = ViewLink(self.workspace, view, self.directions)
        view.set_hint_visible(not self.settings.seen("drag"))
        self.view_link.arrow_dragged.connect(self._drag_learnt)
        if notice is not None:
            self.structure_messages.show_notice(notice)
        self.view_ready.emit()

    def _drag_learnt(self) -> None:
        """The user has dragged the arrow once: the hint beside it goes away for ever."""
        if not self.settings.seen("drag"):
            self.settings.set_seen("drag")
            self.view.set_hint_visible(False)

    # ---- messages ----

    def show_notice(self, notice: Notice, details: str = "") -> None:
        """Say something above the pane it concerns."""
        bar = self.structure_messages if notice.kind in STRUCTURE_KINDS else self.plot_messages
        bar.show_notice(notice, details)

    def _structure_messages_done(self) -> None:
        """Another structure: what was said about the last one is past."""
        self.structure_messages.clear()
        for kind in ("prediction", "reference", "reference-left", "reference-elsewhere", "compute", "network-changed"):
            self.plot_messages.clear(kind)
        self.start.refresh_recent()

    # ---- slots of the action table ----

    def show_start(self) -> None:
        """Bring the start page to the front."""
        self.start.fill()
        self.start.refresh_recent()
        self.docks["Start"].show()
        self.docks["Start"].raise_()

    def fit_view(self) -> None:
        """Show the whole structure."""
        if self.view is not None:
            self.view.fit()

    def look_x(self) -> None:
        """Look along x."""
        self._look("x")

    def look_y(self) -> None:
        """Look along y."""
        self._look("y")

    def look_z(self) -> None:
        """Look along z."""
        self._look("z")

    def _look(self, axis: str) -> None:
        if self.view is not None:
            self.view.look_along(axis)

    def set_difference_visible(self, visible: bool) -> None:
        """Show or hide the difference to the isotropic average."""
        self.plot.set_difference_visible(visible)

    def reset_zoom(self) -> None:
        """Show the whole energy range."""
        self.plot.reset_zoom()

    def ask_broadening(self) -> None:
        """Ask for the total width of the drawn prediction."""
        card, current = self.workspace.shown.card, self.workspace.session.broadening_fwhm_ev
        native = 0.0 if card is None else card.native_fwhm_ev
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Energy resolution")
        dialog.setLabelText(f"Total width (FWHM, eV); {native:g} eV is the prediction's own:")
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleRange(native, 20.0)
        dialog.setDoubleDecimals(2)
        dialog.setDoubleStep(0.1)
        dialog.setDoubleValue(native if current is None else current)
        dialog.doubleValueSelected.connect(
            lambda width: self.workspace.set_broadening(width if width > native + 5e-3 else None)
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_shortcuts(self) -> None:
        """List all keys."""
        from xanesview.gui.window.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_log(self) -> None:
        """Open the folder of the log."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))

    def show_about(self) -> None:
        """Version and licence."""
        box = QMessageBox(QMessageBox.Icon.NoIcon, "About xanesview", "", QMessageBox.StandardButton.Close, self)
        box.setText(f"<b>xanesview {__version__}</b>")
        box.setInformativeText(
            "Draw a molecule or a surface, turn the polarisation, watch its X-ray absorption spectrum. "
            "BSD 3-Clause licence."
        )
        box.setIconPixmap(icon("app", self).pixmap(48, 48))
        box.finished.connect(box.deleteLater)
        box.open()

    # ---- theme and layout ----

    def set_theme(self, mode: str) -> None:
        """Light, dark, or whatever the desktop asks for."""
        self.settings.theme = mode
        apply_theme(QApplication.instance(), mode)
        self.refresh_theme()

    def refresh_theme(self) -> None:
        """Draw anew what doesn't follow the palette by itself."""
        refresh_icons(self.named_actions)
        self.toolbar.refresh_icons()
        self.status.refresh()
        for bar in (self.structure_messages, self.plot_messages):
            bar.refresh_icons()
        self.plot.apply_theme()
        self.plot_link.refresh()
        self.sites.model.repaint_rows()
        self.start.redraw()
        for panel in self.late_panels.values():
            panel.tell("apply_theme")
        if self.view is not None:
            self.view.apply_theme()
            self.view_link.show_picks()

    def restore_layout(self) -> None:
        """Put every pane back to its place."""
        self._layout.restore()

    # ---- staying in step ----

    def _name_window(self) -> None:
        structure = self.workspace.structure
        name = "" if structure is None else structure.name or structure.formula
        self.setWindowTitle(f"{name} – xanesview" if name else "xanesview")

    def _follow_undo(self) -> None:
        stack = self.workspace.undo_stack
        for name, word, can, text in (
            ("undo", "Undo", stack.canUndo(), stack.undoText()),
            ("redo", "Redo", stack.canRedo(), stack.redoText()),
        ):
            self.named_actions[name].setEnabled(can)
            self.named_actions[name].setText(f"{word} {text}".strip())

    # ---- events ----

    def dragEnterEvent(self, event) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        """Open dropped files once the drop is over."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.opening.open_paths(paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the worker, then close the 3D view, then the window: any other order can end in an abort."""
        self._layout.keep()
        for dock in self.docks.values():
            if dock.isFloating():
                dock.hide()
        self.hide()
        self.opening.shutdown()
        self.start.stop()
        self.library.stop()
        for panel in self.late_panels.values():
            panel.tell("stop")
        self.workspace.computation.shutdown()
        self.live.shutdown()
        if self.view is not None:
            self.view.close_view()
        super().closeEvent(event)


class _Placeholder(QFrame):
    """The ground of the 3D view until it is there."""

    def paintEvent(self, event) -> None:
        scheme = colours(self)
        gradient = QLinearGradient(0, 0, 0, self.height())
        gradient.setColorAt(0, QColor(scheme.background_top))
        gradient.setColorAt(1, QColor(scheme.background_bottom))
        painter = QPainter(self)
        painter.fillRect(self.rect(), gradient)
        painter.end()


def _column(widget: QWidget, *rows: tuple[QWidget, int]) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for pane, stretch in rows:
        column.addWidget(pane, stretch)
    return column
