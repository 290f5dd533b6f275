"""The window: arranges the panes and connects them; the work is done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from xanesview.domain.structure import Notice
from xanesview.gui.actions.action_making import make_actions, refresh_icons
from xanesview.gui.actions.anisotropy import Anisotropy
from xanesview.gui.actions.computing import Computing
from xanesview.gui.actions.directions import Directions
from xanesview.gui.actions.drawing import Drawing
from xanesview.gui.actions.exporting import Exporting
from xanesview.gui.actions.giving_up import GivingUp
from xanesview.gui.actions.looking import Looking
from xanesview.gui.actions.new_structures import NewStructures
from xanesview.gui.actions.opening import Opening
from xanesview.gui.actions.saving import Saving
from xanesview.gui.actions.series_loading import SeriesLoading
from xanesview.gui.appearance.spoken_names import name_controls
from xanesview.gui.appearance.translations import translate
from xanesview.gui.background.ending import wait_for_threads
from xanesview.gui.background.live_prediction import LivePrediction
from xanesview.gui.drops import take_copy
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.light.panel import GeometryPanel
from xanesview.gui.panels.panel_table import PANELS
from xanesview.gui.panels.references.contents import read_beside
from xanesview.gui.panels.resolution.strip import ResolutionStrip
from xanesview.gui.plot.spectrum_plot import SpectrumPlot
from xanesview.gui.session.autosave import Autosave
from xanesview.gui.session.job_watch import WorkspaceJobs
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.gui.window.angle_link import AngleLink
from xanesview.gui.window.chip_controls import open_control
from xanesview.gui.window.curve_drop import CurveDrop
from xanesview.gui.window.drop_hint import DropHint
from xanesview.gui.window.edit_row import EditRow
from xanesview.gui.window.first_of_many import FirstOfMany
from xanesview.gui.window.frame_row import FrameRow
from xanesview.gui.window.help import Help
from xanesview.gui.window.in_step import InStep
from xanesview.gui.window.jobs.reading import FileJobs
from xanesview.gui.window.keyboard import Keyboard
from xanesview.gui.window.layout import WindowLayout
from xanesview.gui.window.menus import fill_menu_bar
from xanesview.gui.window.notice_stack import NoticeStack
from xanesview.gui.window.notices import Notices
from xanesview.gui.window.offers import SESSION, OfferBar, offer_new_prediction
from xanesview.gui.window.plot_link import PlotLink
from xanesview.gui.window.plot_share import PlotShare
from xanesview.gui.window.preferences import Preferences
from xanesview.gui.window.processing_link import ProcessingLink
from xanesview.gui.window.status import StatusBar
from xanesview.gui.window.structure_tabs import StructureTabs
from xanesview.gui.window.tabs import Tabs
from xanesview.gui.window.toolbar import ToolBar
from xanesview.gui.window.view_pane import ViewPane
from xanesview.gui.window.view_state import show_camera, show_view_state, view_state
from xanesview.inference.shelf import InstalledNetworks, Networks, default_network
from xanesview.io.atomic import write_files_only, write_streams_too
from xanesview.texts import tr


class MainWindow(QMainWindow):
    """3D view and spectrum side by side, the geometry under the one, the tables under the other.

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
        write_files_only(self)
        self.setWindowTitle("xanesview")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.settings = Settings() if settings is None else settings
        networks = InstalledNetworks() if networks is None else networks
        self.live = LivePrediction(networks.load) if live is None else live
        start = network or default_network(networks)
        drawn = {"as_measured": self.settings.as_measured, "per_atom": self.settings.per_atom}
        self.workspace = Workspace(networks, self.live, start, self, **drawn)
        self._make_what_actions_do()
        self._make_panes()
        self.status = StatusBar(self.workspace, self)
        self.named_actions = make_actions(self)
        self.drawing.follow(self.named_actions)
        self.looking.follow(self.named_actions)
        self.anisotropy.follow(self.named_actions)
        self.edit_row.follow(self.named_actions)
        self.toolbar = ToolBar(self.workspace, self.directions, self.named_actions, self)
        self.addToolBar(self.toolbar)
        self.setStatusBar(self.status)
        WorkspaceJobs(self.workspace, self.workspace.jobs)
        FileJobs(self.opening, self.saving, self.exporting.writing, self.workspace.jobs)
        fill_menu_bar(
            self.menuBar(), self.named_actions, self.opening, self.settings, self.docks.values(), self.preferences
        )
        self.drop_hint = DropHint(self)
        self._connect()
        self._layout = WindowLayout(self, self.splitter, self.desk, self.docks, self.settings)
        self._layout.read()
        InStep(self.workspace, self.saving, self.named_actions, self)
        translate(self)
        name_controls(self)
        self._keep_keyboard()

    # ---- building ----

    def _make_what_actions_do(self) -> None:
        self.directions = Directions(self.workspace, self)
        self.computing = Computing(self.workspace, self)
        self.opening = Opening(self.workspace, self.settings, self)
        self.making = NewStructures(self.opening, self)
        self.saving = Saving(self.workspace, self.settings, self.opening, self, lambda: view_state(self))
        self.autosave: Autosave | None = None
        self.exporting = Exporting(self.workspace, self.settings, self, lambda: self.view, lambda: self.plot)
        self.anisotropy = Anisotropy(self.workspace, lambda: self.view)
        self.looking = Looking(self.workspace, self.settings, lambda: self.view)
        self.help = Help(self)
        self.preferences = Preferences(self, self.settings)

    def _make_panes(self) -> None:
        self.notices = Notices(self.workspace, self.opening)
        self.structure_messages, self.plot_messages = self.notices.structure, self.notices.plot
        self.plot = SpectrumPlot()
        self.plot_link = PlotLink(self.workspace, self.plot, lambda: self.settings.angle_from_normal)
        self.processing_link = ProcessingLink(self.workspace, self.plot)
        self.angle_link = AngleLink(self.workspace, self.plot)
        self.drawing = Drawing(self.workspace, self.plot, self.settings)
        self.view_pane = ViewPane(self.workspace, self.directions, self.settings)
        context = PanelContext(
            self.workspace, self.settings, self.opening, self.computing.compute_picked, lambda: self.view,
            lambda title: self.tabs.show(title), lambda: self.exporting.figure(),
        )  # fmt: skip
        self.geometry_panel = GeometryPanel(context)
        self.giving_up = GivingUp(
            self.opening, self.plot, self.geometry_panel.give_up_gesture, lambda: self.view, self.workspace.editing,
            self.workspace.placing, lambda: self.resolution.close_if_open(),
        )  # fmt: skip
        self.resolution = ResolutionStrip(context)
        self.plot.put_strip(self.resolution)
        left, centre = QWidget(), QWidget()
        self.structure_tabs = StructureTabs(self.workspace, left)
        self.frame_row = FrameRow(self.workspace, left)
        self.edit_row = EditRow(self.workspace, left)
        self.offers = OfferBar(left)
        rows = ((self.structure_tabs, 0), (self.frame_row, 0), (self.edit_row, 0))
        _column(left, *rows, (self.view_pane.ground, 1), (self.geometry_panel, 0))
        _column(centre, (self.plot, 1))
        bars = (self.offers, self.structure_messages, self.plot_messages)
        notices = NoticeStack(left, bars, lambda: self.view_pane.widget.geometry())
        self.view_pane.ready.connect(lambda: notices.follow(self.view_pane.widget))
        self.desk = QMainWindow()
        self.desk.setWindowFlags(Qt.WindowType.Widget)
        self.desk.setObjectName("desk")
        self.desk.setCentralWidget(centre)
        self.desk.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._make_tabs(context)
        self.plot_share = PlotShare(self.desk, self.plot.picture, {self.docks[spec.title]: spec for spec in PANELS})
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(6)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.desk)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 55)
        self.splitter.setStretchFactor(1, 45)
        self.setCentralWidget(self.splitter)

    def _make_tabs(self, context: PanelContext) -> None:
        self.tabs = Tabs(PANELS, context, self.desk)
        self.docks = self.tabs.docks
        self.sites, self.references, self.library, self.start = (
            self.tabs[title] for title in ("Sites", "References", "Library", "Start")
        )
        self.references.show_button(self.library.offer_button)
        CurveDrop(self.plot, self.library)
        FirstOfMany(self.workspace, self.opening)
        references = self.references
        SeriesLoading(self.workspace, self.opening, references.load_file, read_beside, references.take_many)

    def _connect(self) -> None:
        self.saving.saved.connect(self.plot_messages.show_saved)
        self.saving.saved.connect(lambda _what, _path: self.structure_messages.clear("save"))
        self.saving.taken_up.connect(self._show_view_state)
        self.saving.taken_up.connect(lambda _view: self.offers.withdraw(SESSION))
        self.saving.offered.connect(lambda notice: offer_new_prediction(self.offers, self.workspace, notice))
        self.workspace.stopped.connect(self.opening.cancel)
        self.start.tour_wanted.connect(self.help.show_tour)
        self.frame_row.chosen.connect(self.opening.show_frame)
        self.frame_row.all_asked.connect(self.making.ask_frames)
        self.opening.refused.connect(self.frame_row.refresh)
        self.opening.reading_changed.connect(self.status.show_reading)
        self.opening.reading_changed.connect(self.plot_link.show_reading)
        self.opening.working.connect(self._leave_name_to_message)
        self.plot_messages.show_wanted.connect(self.plot.show_energies)
        self.exporting.saved.connect(self.plot_messages.show_saved)
        self.exporting.writing.working.connect(lambda sentence, _hint: self.status.show_writing(sentence))
        self.toolbar.export.menu().aboutToShow.connect(self.exporting.preparing.begin)
        self.plot.empty_button_clicked.connect(self.computing.compute_picked)
        self.plot.empty_way_chosen.connect(self.workspace.set_network)
        self.plot.control_wanted.connect(lambda name: open_control(self, name))
        self.plot_link.drawn.connect(self.status.show_drawn)
        self.plot.difference_toggled.connect(self.named_actions["difference"].setChecked)
        self.plot.residuals_toggled.connect(self.named_actions["residuals"].setChecked)
        self.plot.residuals_toggled.connect(self.plot_messages.set_residual_shown)
        self.plot_messages.residual_wanted.connect(lambda: self.drawing.set_residuals_visible(True))
        self.computing.refine_changed.connect(self.named_actions["refine"].setChecked)
        self.view_pane.told.connect(self.structure_messages.show_notice)
        self.view_pane.ready.connect(self.anisotropy.refresh)
        self.view_pane.ready.connect(self.view_ready)
        self.opening.many_named.connect(self._open_many)
        self.workspace.candidates.passed_over.connect(self.opening.failures.add)
        self.opening.image_named.connect(self._open_image)

    def _open_many(self, paths: Sequence[Path]) -> None:
        """List and predict what folders and files of many hold, beside what is shown."""
        self.tabs.show("Folder")
        self.workspace.candidates.open(paths, self.workspace.session.network)

    def _open_image(self, path: Path) -> None:
        """Read a spectrum image or a series, beside what is shown."""
        self.tabs.show("Image")
        self.workspace.images.open(path)

    def _keep_keyboard(self) -> None:
        self.keyboard = Keyboard(self, lambda: self.view_pane.widget)
        self.keyboard.give_to_view()
        self.keyboard.watch(self.frame_row, self.edit_row)
        self.edit_row.entered.connect(self.keyboard.give_to_view)
        for dock in self.docks.values():
            dock.visibilityChanged.connect(lambda seen, dock=dock: seen or self.keyboard.leave(dock))
        tabs, bar = self.structure_tabs, self.toolbar
        for signal in (self.tabs.bars.clicked, tabs.tabBarClicked, bar.absorber.activated, bar.network.activated):
            signal.connect(self.keyboard.give_to_view, Qt.ConnectionType.QueuedConnection)

    @property
    def view(self) -> QWidget | None:
        """The 3D view, None until it is there."""
        return self.view_pane.view

    def make_view(self) -> None:
        """Put the 3D view into its place; called once the window is on the screen."""
        self.view_pane.make()

    def show_notice(self, notice: Notice, details: str = "") -> None:
        """Say something over the 3D view."""
        self.notices.show(notice, details)

    def show_start(self) -> None:
        """Bring the start page to the front."""
        self.start.fill()
        self.start.refresh_recent()
        self.tabs.show("Start")

    def _show_view_state(self, state: Mapping[str, object]) -> None:
        """Show what a session file says beside its session; the camera as soon as there is a view."""
        self.plot_link.refresh()
        show_view_state(self, state)
        if self.view is None:
            once = Qt.ConnectionType.SingleShotConnection
            self.view_ready.connect(lambda: show_camera(self.view, state), once)

    def keep_work(self) -> None:
        """Ask before work is lost, keep it by itself meanwhile, and follow the folders of the user's library."""
        self.saving.asks = True
        self.autosave = Autosave(self.workspace, self.saving.gather, self, lambda: self.saving.has_computed)
        self.saving.saved.connect(self.autosave.forget_saved)
        self.autosave.told.connect(self.show_notice)
        self.workspace.own_references.wake()

    def _leave_name_to_message(self, notice: Notice | None) -> None:
        """Which file is read is said once, where it can be given up; elsewhere that something is under way."""
        if notice is not None:
            self.status.show_reading(tr("Working…"))
            self.plot_link.show_reading(tr("The spectrum comes next"))

    # ---- theme and layout ----

    def set_theme(self, mode: str) -> None:
        """Light, dark, or whatever the desktop asks for."""
        self.preferences.set_theme(mode)

    def refresh_theme(self) -> None:
        """Draw anew what doesn't follow the palette by itself."""
        refresh_icons(self.named_actions)
        self.toolbar.refresh_icons()
        self.status.refresh()
        self.notices.refresh_icons()
        self.offers.refresh_icons()
        self.plot.apply_theme()
        self.plot_link.refresh()
        self.tabs.apply_theme()
        self.resolution.apply_theme()
        self.view_pane.apply_theme()
        self.anisotropy.refresh()

    def restore_layout(self) -> None:
        """Put every pane back to its place."""
        self._layout.restore()
        self.plot_share.forget_choice()

    # ---- events ----

    def dragEnterEvent(self, event) -> None:
        """Take files, and say what a drop would do with them."""
        paths = _files(event)
        if paths:
            take_copy(event)
            self.drop_hint.show_for(paths)

    def dragLeaveEvent(self, event) -> None:
        """The files are dragged elsewhere."""
        self.drop_hint.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event) -> None:
        """Open dropped files once the drop is over."""
        self.drop_hint.hide()
        paths = _files(event)
        take_copy(event)
        QTimer.singleShot(0, self, lambda: self.opening.open_paths(paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs, then close the 3D view, then the window: any other order can end in an abort.

        Where work would be lost the window stays until its user has said what is to become of it.
        """
        if self.saving.asks and self.saving.is_dirty:
            event.ignore()
            self.saving.when_safe(self._close_saved)
            return
        if self.saving.asks and not self._may_end_work():
            event.ignore()
            return
        self.saving.shutdown()
        if self.autosave is not None:
            self.autosave.end()
        self._layout.keep()
        self.settings.write()
        for dock in self.docks.values():
            if dock.isFloating():
                dock.hide()
        self.help.close()
        self.drop_hint.hide()
        self.hide()
        self.workspace.jobs.shutdown()
        self.opening.shutdown()
        self.exporting.preparing.shutdown()
        self.exporting.writing.finish()
        self.tabs.stop()
        self.workspace.computation.shutdown()
        self.workspace.relaxation.shutdown()
        self.workspace.fitting.shutdown()
        self.workspace.tilts.shutdown()
        self.workspace.ranking.shutdown()
        self.workspace.images.shutdown()
        self.workspace.candidates.shutdown()
        self.workspace.ensemble.shutdown()
        self.workspace.conformers.shutdown()
        self.workspace.movies.shutdown()
        self.workspace.teaching.shutdown()
        self.workspace.own_references.shutdown()
        self.live.shutdown()
        wait_for_threads()
        self.view_pane.close()
        write_streams_too(self)
        super().closeEvent(event)

    def _close_unasked(self) -> None:
        self.saving.asks = False
        self.close()

    def _may_end_work(self) -> bool:
        """Whether what goes on may be lost, which its user is asked."""
        from xanesview.gui.dialogs.ending_work import may_end_work

        return may_end_work(self, self.workspace)

    def _close_saved(self) -> None:
        """The session may go; what goes on has to be asked for."""
        if self._may_end_work():
            self._close_unasked()

    def close_at_once(self) -> None:
        """Close since the system wants it, asking nothing; what was not saved is offered at the next start."""
        self.keep_for_next_start()
        self._close_unasked()

    def keep_for_next_start(self) -> None:
        """Keep what was not saved, the settings and files that are being written: the process may end after it."""
        if self.autosave is not None:
            self.autosave.end(forget=not self.saving.is_dirty)
        self._layout.keep()
        self.settings.write()
        self.exporting.writing.finish()


def _files(event) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _column(widget: QWidget, *rows: tuple[QWidget, int]) -> None:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for pane, stretch in rows:
        column.addWidget(pane, stretch)
