"""Ways out: figure, data, 3D view, clipboard."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from xanesview.domain.counts import counted
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.drawing3d import export
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.busy_cursor import busy_cursor
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.background.figure_preparing import FigurePreparing
from xanesview.gui.background.file_writing import FileWriting
from xanesview.gui.session.workspace import Workspace
from xanesview.gui.settings import Settings
from xanesview.io.spectra.registry import TENSORS
from xanesview.shown.setting_chips import series_title
from xanesview.shown.spectra import current_facts, exported_spectra, hidden_curves
from xanesview.texts import tr
from xanesview.version import __version__

if TYPE_CHECKING:
    import numpy as np

    from xanesview.gui.plot.screen_figure import ScreenFigure
    from xanesview.gui.plot.spectrum_plot import SpectrumPlot

_ASK_AGAIN = 3


class Exporting(QObject):
    """Writes what the window shows; the numbers in a file are those of the curves, sums never divided by their atoms.

    Parameters
    ----------
    view
        Gives the 3D view as it is now.
    plot
        Gives the plot, whose figure is exported.
    """

    saved = Signal(str, object)  # what was done, and the Path of the file, None for the clipboard

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        window: QWidget,
        view: Callable[[], object],
        plot: Callable[[], SpectrumPlot],
    ) -> None:
        super().__init__(window)
        self.workspace = workspace
        self.settings = settings
        self._window = window
        self._view, self._plot = view, plot
        self.preparing = FigurePreparing(_load_dialog)
        self.writing = FileWriting(self)
        workspace.angles.export_wanted.connect(self.series)
        workspace.movies.saved.connect(self.saved)

    def spectra(self) -> list[Spectrum]:
        """The visible curves as spectra with their provenance, current, isotropic, sites, references, frozen: sums."""
        return exported_spectra(self.workspace.shown)

    def screen_figure(self) -> ScreenFigure:
        """What the plot shows: curves, ranges and lower panel, per atom too, in the colours for a white ground."""
        from xanesview.gui.plot.screen_figure import screen_figure

        return screen_figure(self.workspace.shown, self._plot(), self.settings.angle_from_normal)

    def figure(self) -> None:
        """Ask for size and format, then write the figure."""
        from xanesview.gui.dialogs.export_figure import ExportFigureDialog

        if not self._spectra_or_tell():
            return
        with busy_cursor():
            screen = self.screen_figure()
            dialog = ExportFigureDialog(
                screen.curves, screen.title, self._window, self._start(".svg"), below=screen.below,
                seen=(screen.energies_ev, screen.intensities), title_of=screen.title_of,
                scene=None if self._view().drawing() is None else self._scene, writing=self.writing,
            )  # fmt: skip
        dialog.saved.connect(self._figure_saved)
        dialog.finished.connect(lambda: self._drop(dialog))
        dialog.open()

    def _drop(self, dialog: QWidget) -> None:
        """Be done with a dialog once the files that it has begun are written, and told of."""
        self.writing.begin("", lambda: None, lambda _result: shiboken6.isValid(dialog) and dialog.deleteLater())

    def _figure_saved(self, path: Path) -> None:
        self.settings.folder = str(path.parent)
        self.saved.emit(f"Saved to {path}.", path)

    def data(self) -> None:
        """Ask for a name, then write the curves as CSV or HDF5."""
        if not self._spectra_or_tell():
            return
        kinds, hidden = f"CSV (*.csv);;HDF5 ({TENSORS.patterns})", hidden_curves(self.workspace.shown)
        start = None
        for _ in range(_ASK_AGAIN):  # a name that can't be is refused, and the dialog comes back with the rest of it
            if not hidden:
                name, wanted = self._ask_name("Save data", ".csv", kinds, start), False
            else:
                name, wanted = self._ask_name_and_hidden("Save data", ".csv", kinds, hidden, start)
            if not name or self.write_data(Path(name), hidden=wanted):
                return
            start = Path(name).with_suffix(".csv")

    def write_data(self, path: Path, *, hidden: bool = False) -> bool:
        """Write the visible curves (with `hidden` all) beside the window, each on its own grid.

        A name that can't be is refused: False.
        """
        from xanesview.io.spectra.curves import check_name, write_curves

        try:
            check_name(path)
        except XanesviewError as error:  # before it is a job, which would have failed
            self._refuse(error)
            return False
        spectra = exported_spectra(self.workspace.shown, hidden=hidden)
        self._begin(path, lambda: write_curves(path, spectra))
        return True

    def series(self) -> None:
        """Ask for a name, then write the predicted series over an angle: numbers or a figure."""
        self.preparing.begin()
        kinds = f"CSV (*.csv);;HDF5 ({TENSORS.patterns});;SVG (*.svg);;PDF (*.pdf);;PNG (*.png);;TIFF (*.tiff)"
        name = self._ask_name("Save series", ".csv", kinds)
        if name:
            self.write_series(Path(name))

    def write_series(self, path: Path) -> None:
        """Write the predicted series and its dichroism beside the window, as “xanesview series” does: sums over sites.

        Where there is none, that is told.
        """
        from xanesview.io.figures.series_file import write_series
        from xanesview.shown.angles import exported_series

        studying, shown = self.workspace.angles, self.workspace.shown
        try:
            found = None if studying.varied is None else exported_series(shown, studying.varied, studying.angles)
            if found is None:
                raise XanesviewError("There is no series to save yet.", "Open a structure and pick a site first.")
        except XanesviewError as error:
            self._refuse(error)
            return
        series, difference, facts = found
        self._begin(path, lambda: write_series(path, series, facts, difference, title=series_title(shown)))

    def scene(self) -> None:
        """Ask for a name, then write the 3D view."""
        name = self._ask_name("Save 3D view", ".png", export.FILTERS)
        if name:
            self.write_scene(Path(name))

    def write_scene(self, path: Path) -> None:
        """Write the 3D view: as a picture what is on the screen, else, beside the window, the scene to be turned.

        What stands in the way is told.
        """
        try:
            flat, drawing = export.kind_of(path).flat, self._view().drawing()
            if drawing is None and not flat:
                raise XanesviewError("There is no structure to save yet.", "Open one first.")
            facts = {} if drawing is None else {**drawing.facts, **current_facts(self.workspace.shown)}
            if flat:
                titles = {} if drawing is None else {"Title": drawing.title, "Description": drawing.caption}
                facts = {**titles, "Software": f"xanesview {__version__}", **facts}
                with busy_cursor():  # OpenGL draws for the window only
                    self._view().screenshot(path, scale=2, facts=facts)
                self.saved.emit(f"Saved to {path}.", path)
                return
        except XanesviewError as error:
            self._refuse(error)
            return
        drawn = replace(drawing, facts=facts)
        self._begin(path, lambda: export.write(drawn, path))

    def movie(self) -> None:
        """Ask what turns or goes on, then make a movie of it beside the window."""
        from xanesview.gui.dialogs.movie import ask_for_movie

        if self._spectra_or_tell():
            kinds = "GIF (*.gif);;WebP (*.webp);;MP4 (*.mp4)"
            ask_name = partial(self._ask_name, "Save movie", ".gif", kinds)
            camera = getattr(self._view(), "camera", None)
            ask_for_movie(self._window, self.workspace, camera, ask_name, self._refuse)

    def copy(self) -> None:
        """Put the figure on the clipboard."""
        from xanesview.gui.dialogs.export_figure import clipboard_data, clipboard_pictures

        if not self._spectra_or_tell():
            return
        seen = self.screen_figure()
        spec, content = seen.spec(seen.usual_spec()), seen.content()

        def take(result: Callable[[], tuple]) -> None:
            try:
                QGuiApplication.clipboard().setMimeData(clipboard_data(*result()))
            except XanesviewError as error:
                self._refuse(error)
                return
            self.saved.emit("The figure is on the clipboard.", None)

        self.writing.begin(tr("the figure for the clipboard"), lambda: clipboard_pictures(content, spec), take)

    def copy_command(self) -> None:
        """Put on the clipboard the command line that gives the current curve."""
        self._copy_text("command", "The command is on the clipboard.")

    def copy_python(self) -> None:
        """Put on the clipboard Python that gives the current curve."""
        self._copy_text("python", "The Python lines are on the clipboard.")

    def _copy_text(self, kind: str, said: str) -> None:
        from xanesview.shown import reproduction

        make = {"command": reproduction.as_command, "python": reproduction.as_python}[kind]
        try:
            with busy_cursor():
                made = make(self.workspace.shown)
        except XanesviewError as error:
            self.workspace.message.emit(Notice("export", error.message, error.hint))
            return
        QGuiApplication.clipboard().setText(made.text)
        self.saved.emit(" ".join((said, *made.left_out)), None)

    def _scene(self) -> np.ndarray:
        """Return the 3D view on nothing, for a figure on white: in light colours, where the machine can draw so."""
        from xanesview.gui.appearance.palette import LIGHT
        from xanesview.gui.appearance.picture_file import rgba_of
        from xanesview.io.figures.scene_picture import trimmed

        try:
            from xanesview.drawing3d.scene_inset import picture_of

            return trimmed(picture_of(self._view().drawing(), LIGHT))
        except (XanesviewError, ImportError):  # what is on the screen then, in the colours of its theme
            return trimmed(rgba_of(self._view().image(transparent=True, scale=2)))

    def _spectra_or_tell(self) -> list[Spectrum]:
        spectra = self.spectra()
        if not spectra:
            self.workspace.message.emit(
                Notice("export", "There is no curve to save yet.", "Open a structure and pick a site first.")
            )
        return spectra

    def _ask_name(self, heading: str, ending: str, kinds: str, start: Path | None = None) -> str:
        name, kind = QFileDialog.getSaveFileName(self._window, heading, str(start or self._start(ending)), kinds)
        return self._named(name, kind, ending)

    def _ask_name_and_hidden(
        self, heading: str, ending: str, kinds: str, hidden: int, start: Path | None = None
    ) -> tuple[str, bool]:
        """Ask for a name, and whether the curves that aren't drawn are written, too."""
        start = start or self._start(ending)
        dialog = QFileDialog(self._window, heading, str(start), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)  # a system's own has no place for a question
        dialog.selectFile(start.name)
        box = QCheckBox(tr("{curves} that the plot doesn't show, too").format(curves=counted(hidden, "curve")))
        box.setObjectName("hidden-curves")
        box.setToolTip(plain("Curves that are hidden, and single sites where they are too many to be drawn"))
        grid = dialog.layout()
        grid.addWidget(box, grid.rowCount(), 0, 1, grid.columnCount())
        try:
            if not dialog.exec() or not dialog.selectedFiles():
                return "", False
            name, kind = dialog.selectedFiles()[0], dialog.selectedNameFilter()
            return self._named(name, kind, ending), box.isChecked()
        finally:
            dialog.deleteLater()

    def _named(self, name: str, kind: str, ending: str) -> str:
        """Return a name with the ending of the kind that was chosen; its folder is where the next dialog begins."""
        if name and not Path(name).suffix:
            chosen = re.search(r"\*(\.\w+)", kind)
            name += ending if chosen is None else chosen[1]
        if name:
            self.settings.folder = str(Path(name).parent)
        return name

    def _start(self, ending: str) -> Path:
        """Which name a dialog begins with."""
        structure = self.workspace.structure
        stem = "xanesview" if structure is None else (structure.name or structure.formula).replace("/", "-")
        return Path(self.settings.folder or ".") / f"{stem}{ending}"

    def _begin(self, path: Path, write: Callable[[], object]) -> None:
        """Write a file beside the window, then say so."""

        def over(result: Callable[[], object]) -> None:
            try:
                result()
            except XanesviewError as error:
                self._refuse(error)
            except OSError as error:
                why = f"{path.name} can't be written: {error.strerror or error}."
                self._refuse(XanesviewError(why, "Choose another folder."))
            else:
                self.saved.emit(f"Saved to {path}.", path)

        self.writing.begin(path.name, write, over)

    def _refuse(self, error: XanesviewError) -> None:
        self.workspace.message.emit(Notice("export", error.message, error.hint))


def _load_dialog() -> None:
    """Import the dialog of a figure, so that it stands at once when it is asked for."""
    importlib.import_module("xanesview.gui.dialogs.export_figure")
