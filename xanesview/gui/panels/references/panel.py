"""The references panel: measured and computed spectra laid over the prediction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.comparison import scores
from xanesview.domain.processing.step_lists import with_scale, with_shift
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.spectrum import Spectrum
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.actions.computing import offer, overlaid
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.once_at_rest import OnceAtRest
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.references.contents import (
    Contents,
    notice_of_new,
    notice_of_new_ones,
    notices_of_many,
    other_structure,
    read_beside,
)
from xanesview.gui.panels.references.table import ReferenceTable
from xanesview.io.examples import Example, examples, load_reference_file
from xanesview.io.spectra.registry import SPECTRUM_FILTERS
from xanesview.io.spectra.spectrum_file import ColumnPreview
from xanesview.networks.identity import changed_networks
from xanesview.shown.curve import Subject
from xanesview.shown.curve_changes import with_seen
from xanesview.shown.fitted_curve import is_stale
from xanesview.shown.processing import shown_window_ev
from xanesview.shown.read_curves import as_overlays, in_words
from xanesview.shown.residuals import prediction_beside
from xanesview.shown.spectra import current_spectrum, reference_spectrum

if TYPE_CHECKING:
    from xanesview.gui.dialogs.column_import import ColumnImportDialog
    from xanesview.io.spectra.tensor_file import TensorFile
    from xanesview.shown.shown import ShownReference

EMPTY_TEXT = (
    "Lay a measured or computed spectrum over the prediction.\n"
    "Load a file with columns of energy and intensity, or drop one on the window."
)

_TABLE_PX = 80
#: After the window has been painted, what can wait is asked for; the 3D view comes first, ms.
_AFTER_PAINTING_MS = 50
_TURN_S = 0.02  # of scores, before the window may do something else


class ReferencesPanel(Panel):
    """Table of the overlays with shift, scale and scores; loads files and the references of bundled examples."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("references")
        workspace = self.workspace
        self._scored = 0  # so many references have their scores
        self._scores_later = OnceAtRest(self, self._show_scores)
        self._more_scores = QTimer(self, singleShot=True, interval=0)
        self._more_scores.timeout.connect(self._show_scores)
        self._was_painted = False
        self.installEventFilter(self)
        self._offer_later = QTimer(self, singleShot=True, interval=0)
        self._offer_later.timeout.connect(self._offer_computed)
        self._offer_painted = QTimer(self, singleShot=True, interval=_AFTER_PAINTING_MS)  # goes with the window
        self._offer_painted.timeout.connect(self._offer_later.start)
        self._build()
        for signal in (
            workspace.geometry_changed,
            workspace.selection_changed,
            workspace.prediction_changed,
            workspace.broadening_changed,
            workspace.drawing_changed,
            workspace.references_changed,
        ):
            signal.connect(self._start_scores)
        workspace.references_changed.connect(self.refresh)
        workspace.references_changed.connect(self._offer_bundled)
        workspace.structure_changed.connect(self._offer_bundled)
        workspace.structure_changed.connect(self.refresh)
        for signal in (workspace.selection_changed, workspace.network_changed, workspace.computation.changed):
            signal.connect(self._offer_later.start)
        context.opening.spectrum_named.connect(self.load_file)
        self.refresh()
        self._offer_bundled()

    def _build(self) -> None:
        self.table = ReferenceTable(self.workspace.begin_gesture, self)
        self.table.setMinimumHeight(44)  # a row and the headings: what is more scrolls in the table
        self.table.changed.connect(self._change)
        self.table.entered.connect(self.give_keyboard_back)
        self.table.removed.connect(self.workspace.remove_reference)
        self.table.fit_wanted.connect(self.workspace.fitting.fit)
        self.table.steps_wanted.connect(self._show_steps)
        empty = QWidget()
        self._empty_text = Label(EMPTY_TEXT, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty_text.setProperty("muted", True)
        first_step = QPushButton("Load spectrum…")
        first_step.clicked.connect(self.ask_file)
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self._empty_text)
        column.addWidget(first_step, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(empty)
        # as high as there is room: what a table would like must not make the panel scroll beside it
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(_TABLE_PX)
        self.load_button = QPushButton("Load…")
        self.load_button.setIcon(icon("open", self))
        self.load_button.setToolTip("Overlay a spectrum from a column file")
        self.load_button.clicked.connect(self.ask_file)
        self.bundled_button = QPushButton("Computed for this example")
        self.bundled_button.setToolTip("Overlay the TP-DFT spectrum that comes with this example; it follows the arrow")
        self.bundled_button.clicked.connect(self._load_bundled)
        self.compute_button = QPushButton(objectName="compute-reference")
        self.compute_button.setToolTip(
            "Compute the picked sites from first principles (TP-DFT) beside the window; the result follows the arrow"
        )
        self.compute_button.clicked.connect(self.context.compute_picked)
        self.compute_button.hide()  # until it is known what it would take
        self._note = Label(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # many names fit no window
        self._note.setProperty("muted", True)
        self._note.setProperty("small", True)
        head = QWidget()
        self._head = FlowLayout(head)  # many ways to a reference must not keep the window wide
        for button in (self.load_button, self.bundled_button, self.compute_button):
            self._head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
        column.setSpacing(SPACING // 2)
        column.addWidget(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._note)

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "load_button"):
            self.load_button.setIcon(icon("open", self))
            self.table.apply_theme()

    def show_button(self, button: QPushButton) -> None:
        """Show another way to a reference beside the others; what comes and goes stands last, so that none moves."""
        self._head.removeWidget(self.compute_button)
        self._head.addWidget(button)
        self._head.addWidget(self.compute_button)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what can be computed for what is picked by now."""
        super().showEvent(event)
        self._offer_later.start()

    # ---- loading ----

    def ask_file(self) -> None:
        """Let the user choose spectra to overlay."""
        names, _ = QFileDialog.getOpenFileNames(self, "Load reference", "", f"{SPECTRUM_FILTERS};;All files (*)")
        self.context.opening.overlay([Path(name) for name in names])

    def load_file(self, path: str | Path) -> None:
        """Overlay a file read beside the window: where its columns are plain, else after showing them and asking.

        What is read within a moment is there before the call returns.
        """
        path = Path(path)
        self.context.opening.spectra.begin(
            path.name, lambda: read_beside(path), lambda result: self._take_file(path, result)
        )

    def _take_file(self, path: Path, result: Callable[[], Contents]) -> None:
        """Lay what a file holds over the prediction, or say why it can't be."""
        try:
            contents = result()
            if contents.exported is not None:
                self._add_exported(path, contents.exported)
            elif contents.tensors is not None:
                self._add_tensor(path, contents.tensors)
            elif contents.series is not None:
                self.workspace.angles.add_series(path.stem, contents.series, str(path))
            elif contents.columns is not None:
                self.add(*contents.columns, source=str(path))
            else:
                self._ask_columns(contents.preview)
        except XanesviewError as error:
            self.context.opening.failures.add(Notice("reference", error.message, error.hint))

    def _add_exported(self, path: Path, spectra: list[Spectrum]) -> None:
        """Lay curves that the program exported over the prediction, as they were."""
        references, frozen = as_overlays(spectra, str(path), self.workspace.shown.divisor)
        self.workspace.curves.add_all(references, frozen, f"load {path.name}")
        hint = "The list of curves has them all, to be hidden, renamed or removed."
        self.workspace.message.emit(Notice("curves", in_words(references, frozen, path.name), hint))
        sentences = [(one.label, sentence) for one in spectra for sentence in changed_networks(one.provenance)]
        told = {sentence: label for label, sentence in reversed(sentences)}
        for sentence, label in told.items():
            self.workspace.message.emit(Notice("reference-network", f"{label}: {sentence}"))

    def load_tensor(self, path: Path, label: str = "") -> None:
        """Overlay computed polarised spectra, which follow the arrow as the prediction does."""
        self._add_tensor(path, load_reference_file(path), label)

    def _add_tensor(self, path: Path, file: TensorFile, label: str = "") -> None:
        reference = ReferenceCurve(
            tensor=file.tensor,
            label=label or path.stem,
            source=str(path),
            facts=file.attributes,
            computed_for=other_structure(file.attributes, self.workspace.structure),
        )
        self.workspace.add_reference(reference)
        if reference.computed_for:
            message = f"{path.name} was computed for {reference.computed_for}, not for the structure that is open."
            hint = "Its sites are matched by number; open that structure to compare like with like."
            self.workspace.message.emit(Notice("reference-elsewhere", message, hint))
        self._tell_changed(reference.label, file.attributes)

    def _tell_changed(self, label: str, header: Mapping[str, str]) -> None:
        """Say where a file was made with a network that is another one by now."""
        for sentence in changed_networks(header):
            self.workspace.message.emit(Notice("reference-network", f"{label}: {sentence}"))

    def add(self, spectrum: Spectrum, notices: tuple[Notice, ...] = (), *, source: str = "") -> None:
        """Overlay a spectrum that was read; it is brought to the prediction's scale at once, and says how."""
        reference = ReferenceCurve(spectrum=spectrum, label=spectrum.label, source=source)
        added = self.workspace.processing.overlay(reference)
        for notice in notices:
            self.workspace.message.emit(Notice(notice.kind, f"{spectrum.label}: {notice.message}", notice.hint))
        self._tell_changed(spectrum.label, spectrum.provenance)
        shown = self.workspace.shown
        predicted = current_spectrum(shown)
        if predicted is not None:  # last, since it says what comes next
            self.workspace.message.emit(notice_of_new(added, predicted, shown.look, shown.structure))

    def _add_all(self, found: list[tuple[Spectrum, tuple[Notice, ...]]], source: str) -> None:
        """Overlay scans of one file, in one undo step."""
        stack = self.workspace.undo_stack
        if len(found) > 1:
            stack.beginMacro("add scans")
        for spectrum, notices in found:
            self.add(spectrum, notices, source=source)
        if len(found) > 1:
            stack.endMacro()

    def take_many(self, read: Sequence[tuple[Path, Callable[[], Contents]]]) -> None:
        """Lay what many files hold over the prediction: those of plain columns together, and told of in one notice."""
        plain, rest = [], []
        for path, result in read:
            columns = _columns_of(result)
            if columns is None:
                rest.append((path, result))
            else:
                plain.append((path, *columns))
        for path, result in rest:
            self._take_file(path, result)
        if plain:
            references = [
                ReferenceCurve(spectrum=spectrum, label=spectrum.label, source=str(path))
                for path, spectrum, _ in plain
            ]  # fmt: skip
            told = [(spectrum.label, notice) for _, spectrum, notices in plain for notice in notices]
            self.workspace.processing.overlay_all(references, lambda added: self._tell_of_many(added, told))

    def _tell_of_many(self, added: Sequence[ReferenceCurve], told: Sequence[tuple[str, Notice]]) -> None:
        for notice in notices_of_many(told):
            self.workspace.message.emit(notice)
        shown = self.workspace.shown
        predicted = current_spectrum(shown)
        if predicted is not None:
            notices = [notice_of_new(one, predicted, shown.look, shown.structure) for one in added]
            self.workspace.message.emit(notice_of_new_ones(added, notices))

    def _ask_columns(self, preview: ColumnPreview) -> None:
        from xanesview.gui.dialogs.column_import import ColumnImportDialog

        dialog = ColumnImportDialog(preview, self.window())
        dialog.accepted.connect(lambda: self._take_columns(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_columns(self, dialog: ColumnImportDialog) -> None:
        path, series = dialog.preview.path, dialog.series
        if series is None:
            self._add_all(dialog.spectra(), str(path))
        else:
            self.workspace.angles.add_series(dialog.name.text().strip() or path.stem, series, str(path))

    # ---- references that come with examples ----

    def bundled(self) -> Example | None:
        """Return the bundled example that is open, if it has references."""
        structure = self.workspace.structure
        if structure is None or not structure.source:
            return None
        source = Path(structure.source)
        for example in examples():
            if example.references and example.path.name == source.name and example.path.parent == source.parent:
                return example
        return None

    def _bundled_left(self) -> list[Path]:
        """References of the open example that are not overlaid yet."""
        example = self.bundled()
        overlaid = {reference.source for reference in self.workspace.session.references}
        return [] if example is None else [path for path in example.references if str(path) not in overlaid]

    def _offer_bundled(self) -> None:
        example = self.bundled()
        self.bundled_button.setVisible(example is not None and bool(example.references))
        self.bundled_button.setEnabled(bool(self._bundled_left()))  # it stays: another would come under the pointer

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for its first painting: what waits for that comes after the rest of the window."""
        if event.type() == QEvent.Type.Paint and watched is self:
            self.removeEventFilter(self)
            self._was_painted = True
            self._offer_painted.start()
        return super().eventFilter(watched, event)

    def _offer_computed(self) -> None:
        """Say what computing the picked sites would take, or that they are computed already."""
        if not (self.isVisible() and self._was_painted):
            return  # nobody sees it, and finding equivalent sites takes a moment
        busy = self.workspace.computation.is_busy
        text = "Computing…" if busy else "" if overlaid(self.workspace) else offer(self.workspace)
        self.compute_button.setText(text)
        self.compute_button.setVisible(bool(text) and not self.workspace.shown.computed_sites)
        self.compute_button.setEnabled(not busy)

    def _load_bundled(self) -> None:
        paths = self._bundled_left()
        if len(paths) == 1:
            self._try_tensor(paths[0])
            return
        menu = QMenu(self.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for path in paths:
            menu.addAction(path.stem.replace("_", " "), lambda path=path: self._try_tensor(path))
        menu.popup(self.bundled_button.mapToGlobal(self.bundled_button.rect().bottomLeft()))

    def _try_tensor(self, path: Path) -> None:
        try:
            self.load_tensor(path, label="TP-DFT")
        except XanesviewError as error:
            self.workspace.message.emit(Notice("reference", error.message, error.hint))

    # ---- steps, scores ----

    def _show_steps(self, index: int) -> None:
        """Look at the steps of a reference."""
        self.workspace.processing.choose(Subject("reference", index))
        self.context.show_panel("Processing")

    def _change(self, index: int, changes: dict, gesture: object) -> None:
        reference = self.workspace.session.references[index]
        processing, subject = self.workspace.processing, Subject("reference", index)
        if "shift_ev" in changes:
            steps = with_shift(reference.steps, changes["shift_ev"])
            processing.set_steps(subject, steps, "shift reference", gesture)
        elif "scale" in changes:
            processing.set_steps(subject, with_scale(reference.steps, changes["scale"]), "scale reference", gesture)
        elif "label" in changes:
            self.workspace.curves.rename(subject, changes["label"])
        else:
            if "visible" in changes:
                reference = with_seen(self.workspace.session, reference, changes.pop("visible"))
            self.workspace.replace_reference(index, reference.replace(**changes), gesture)

    def refresh(self) -> None:
        """Show the overlays of the session."""
        references = self.workspace.session.references
        session = self.workspace.session
        name = session.structure.name or session.structure.formula if session.kept and session.structure else ""
        self.table.show_references(references, session.structure, name)
        self._stack.setCurrentIndex(0 if references else 1)
        self._show_notes()
        self._start_scores()

    def _show_notes(self) -> None:
        notes = [note for reference in self.workspace.session.references for note in self._notes(reference)]
        self._note.setText(notes[0] if len(notes) == 1 else f"{len(notes)} remarks on these curves" if notes else "")
        self._note.setVisible(bool(notes))
        self._note.setToolTip(plain("\n".join(notes)))

    def _notes(self, reference: ReferenceCurve) -> list[str]:
        """Say what was done to a reference by itself, and where it comes from another structure."""
        elsewhere = reference.scaled_elsewhere(self.workspace.structure)
        notes = []
        if elsewhere:
            notes.append(f"{reference.label}: still scaled to {elsewhere}; Fit brings it to this prediction")
        elif reference.statement:
            late = "; the prediction has changed since, fit again" * is_stale(self.workspace.shown, reference)
            notes.append(f"{reference.label}: {reference.statement}{late}")
        if reference.computed_for:
            notes.append(f"{reference.label}: computed for {reference.computed_for}")
        return notes

    def _start_scores(self) -> None:
        self._scored = 0  # whatever was told before is of another curve
        self._more_scores.stop()
        if self.workspace.session.references:
            self._scores_later.want()

    def _show_scores(self) -> None:
        """Tell how near each reference is, a few at a time: the window stays alive beside a hundred of them."""
        window = shown_window_ev(self.workspace.shown)
        until = time.monotonic() + _TURN_S
        references = self.workspace.shown.references
        while self._scored < len(references):
            self._show_score(self._scored, references[self._scored], window)
            self._scored += 1
            if time.monotonic() > until and self._scored < len(references):
                self._more_scores.start()
                return
        self.table.share_width()
        self._show_notes()  # a fit may be out of date by now

    def _show_score(self, index: int, placed: ShownReference, window: tuple[float, float] | None) -> None:
        predicted = prediction_beside(self.workspace.shown, placed)
        found, reason = None, "There is no prediction to compare with yet."
        drawn = None if predicted is None else reference_spectrum(self.workspace.shown, placed)
        if drawn is not None:
            try:
                found = scores(drawn, predicted, window)
            except XanesviewError as error:
                reason = f"{error.message} {error.hint}".strip()
        self.table.show_scores(index, found, reason)


def _columns_of(result: Callable[[], Contents]) -> tuple[Spectrum, tuple[Notice, ...]] | None:
    """Return the plain columns of a file; None where it holds something else, or can't be read."""
    try:
        return result().columns
    except XanesviewError:  # told of when its turn comes
        return None
