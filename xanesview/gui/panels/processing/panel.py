"""The processing panel: the steps of one curve, to be added, switched, edited, ordered, copied, kept and fitted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.processing.steps.registry import KINDS
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon
from xanesview.gui.dialogs.fit_details import FitDetails, all_words, fit_summary, poor_head
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.once_at_rest import OnceAtRest
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.processing.file_columns import FileColumns
from xanesview.gui.panels.processing.score_words import score_words
from xanesview.gui.panels.processing.series_buttons import SeriesButtons
from xanesview.gui.panels.processing.step_form import COLUMN_OF_FILE
from xanesview.gui.panels.processing.step_row import StepRow
from xanesview.gui.panels.quiet import QuietCombo
from xanesview.gui.plot.header import Elided
from xanesview.gui.session.curve_processing import PREDICTION, error_sentence
from xanesview.io.recipe_file import read_recipe, write_recipe
from xanesview.shown.curve import Subject
from xanesview.shown.display_map import FOR_PREDICTIONS
from xanesview.shown.fitted_curve import is_stale
from xanesview.shown.processing import nameable, shown_window_ev
from xanesview.shown.reference_labels import told_apart
from xanesview.texts import tr

EMPTY_TEXT = (
    "What is done to a curve stands here, step by step.\n"
    "Add a step, or load a measured spectrum: it gets its first steps by itself."
)
FIT_TIP = (
    "Fit the current prediction to the measured curve: shift, scale, offset, width and edge step\n"
    "What is found becomes steps; one undo takes all of it back"
)
STALE = "The prediction is not the one that was fitted: turned, refined, other sites or another network. Fit again."
WINDOW_TIP = "Score and fit between two lines on the plot, which are dragged, instead of over all energies (Shift+R)"
_RECIPES = "Recipes (*.toml *.json)"


class ProcessingPanel(Panel):
    """A list of steps with their fields, for the curve that is chosen."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("processing")
        self.processing, self.fitting = self.workspace.processing, self.workspace.fitting
        self.rows: list[StepRow] = []
        self._shown_kinds: tuple = ()
        self._details: FitDetails | None = None
        self._columns = FileColumns(context, self)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        self._scores_later = OnceAtRest(self, self._show_scores)
        self._build()
        workspace = self.workspace
        for signal in (
            workspace.references_changed, workspace.drawing_changed, workspace.prediction_changed,
            workspace.network_changed, workspace.selection_changed, workspace.broadening_changed,
            self.processing.chosen_changed, self.fitting.changed,
        ):  # fmt: skip
            signal.connect(self._want)
        workspace.geometry_changed.connect(self._want_scores)
        self.refresh()

    def _build(self) -> None:
        self.curve = QuietCombo(objectName="processed-curve", toolTip="The curve whose steps stand here")
        self.curve.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.curve.setMinimumContentsLength(14)
        self.curve.activated.connect(lambda at: self.processing.choose(self.curve.itemData(at)))
        self.add_button = self._menu_button("Add step", "add-step", "Do something more to this curve", self._fill_kinds)
        self.fit_button = QToolButton(text="Fit", objectName="fit-prediction", toolTip=plain(FIT_TIP))
        self.fit_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit_button.clicked.connect(lambda _checked=False: self.fitting.fit())
        self.series = SeriesButtons(self.context)
        tip = "Copy, keep, load or reset the steps"
        self.more_button = self._menu_button("More", "more-steps", tip, self._fill_more)
        self.window_button = QToolButton(objectName="compare-window", checkable=True)
        self.window_button.setAccessibleName("Comparison window")
        self.window_button.setToolTip(plain(WINDOW_TIP))
        self.window_button.clicked.connect(self.processing.set_window_visible)
        head = QWidget()
        row = FlowLayout(head)
        for widget in (
            self.curve, self.add_button, self.fit_button, self.series, self.window_button, self.more_button
        ):
            row.addWidget(widget)
        self.words = Elided(parent=self)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.details_button = QToolButton(text="Details", objectName="fit-details")
        self.details_button.setToolTip("Show all fitted values, their errors and correlations")
        self.details_button.clicked.connect(lambda _checked=False: self._show_details())
        told = QHBoxLayout()
        told.addWidget(self.words, 1)
        told.addWidget(self.details_button)
        self.score_words = Elided(parent=self)
        self.score_words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.score_words.setProperty("muted", True)
        self.score_words.setProperty("small", True)
        self._empty = Label(EMPTY_TEXT, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACING // 2)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self._area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._list)
        self._list.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addWidget(head)
        column.addLayout(told)
        column.addWidget(self.score_words)
        column.addWidget(self._area, 1)
        self.apply_theme()

    def _menu_button(self, text: str, name: str, tip: str, fill) -> QToolButton:
        button = QToolButton(text=text, objectName=name, toolTip=tip)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        return button

    def _fill_kinds(self, menu: QMenu) -> None:
        menu.clear()
        for kind in FOR_PREDICTIONS if self._is_tensor() else KINDS:
            action = menu.addAction(kind.title)
            action.setToolTip(plain((kind.__doc__ or "").partition("\n")[0]))
            action.triggered.connect(lambda _checked=False, kind=kind: self.processing.add(kind))
        menu.setToolTipsVisible(True)

    def _fill_more(self, menu: QMenu) -> None:
        menu.clear()
        steps, subject = self.processing.steps, self.processing.subject
        others = [(name, one) for name, one in self._curves() if one != subject]
        copies = menu.addMenu("Copy steps to")
        copies.setEnabled(bool(others))
        for name, one in others:
            action = copies.addAction(name)
            action.triggered.connect(lambda _c=False, one=one: self._try(self.processing.copy_to, [one]))
        measured = [one for _, one in others if one != PREDICTION]
        if len(measured) > 1:
            copies.addSeparator()
            action = copies.addAction("All other references")
            action.triggered.connect(lambda _c=False: self._try(self.processing.copy_to, measured))
        menu.addAction("Save as recipe…", self.save_recipe).setEnabled(bool(steps))
        menu.addAction("Load recipe…", self.load_recipe)
        menu.addSeparator()
        menu.addAction("Reset to first steps", self.processing.reset)
        remove = menu.addAction("Remove all steps")
        remove.triggered.connect(lambda _c=False: self.processing.set_steps(subject, (), "remove steps"))
        remove.setEnabled(bool(steps))

    # ---- recipes ----

    def save_recipe(self) -> None:
        """Ask for a file, and write the steps into it."""
        name, _ = QFileDialog.getSaveFileName(self, "Save as recipe", "recipe.toml", _RECIPES)
        if name:
            path = Path(name) if Path(name).suffix else Path(f"{name}.toml")
            self._try(write_recipe, path, self.processing.steps, self.curve.currentText())

    def load_recipe(self) -> None:
        """Ask for a file, and take the steps in it."""
        name, _ = QFileDialog.getOpenFileName(self, "Load recipe", "", f"{_RECIPES};;All files (*)")
        if name:
            self._try(lambda: self.processing.load(read_recipe(name)))

    def _try(self, act, *arguments: object) -> None:
        try:
            act(*arguments)
        except XanesviewError as error:
            self.workspace.message.emit(Notice("reference", error.message, error.hint))

    # ---- what is shown ----

    def _curves(self) -> list[tuple[str, Subject]]:
        references = self.workspace.session.references
        return [(tr("Prediction"), PREDICTION)] + [
            (name, Subject("reference", at)) for at, name in enumerate(told_apart(references))
        ]

    def _is_tensor(self) -> bool:
        subject = self.processing.subject
        return subject == PREDICTION or self.workspace.session.references[subject.which].tensor is not None

    def _want(self) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def set_seen(self, seen: bool) -> None:
        """Nobody looks at a panel behind others; no step is looked at then, either."""
        self.processing.set_watched(seen)
        if seen:
            self.refresh()

    def refresh(self) -> None:
        """Show the steps of the curve that is chosen."""
        self._later.stop()
        self._show_curves()
        steps, step, outcome = self.processing.steps, self.processing.step, self.processing.outcome
        subject = self.processing.subject
        kinds = (subject, tuple(type(one) for one in steps))
        if kinds != self._shown_kinds:
            self._make_rows(len(steps))
            self._shown_kinds = kinds
        names = nameable(self.workspace.session.references, self.curve.currentText())
        if self._file_of_columns() is not None:
            names.append(COLUMN_OF_FILE)
        for at, (row, one) in enumerate(zip(self.rows, steps, strict=True)):
            note, problem, found = "", "", {}
            if outcome is not None:
                note = outcome.notes[at] if at < len(outcome.notes) else ""
                if outcome.failed == at:
                    problem = f"Not done: {outcome.problem} {outcome.hint}".strip()
                elif outcome.failed is not None and outcome.failed < at:
                    note = "Not come to: a step before it can't be done."
                if at == step:
                    found = self.processing.found(at)
            row.show_step(one, at + 1, len(steps), note, problem, found, names, at == step)
        self._empty.setVisible(not steps)
        self._show_words()
        self._want_scores()

    def _show_curves(self) -> None:
        curves = self._curves()
        if [(self.curve.itemText(at), self.curve.itemData(at)) for at in range(self.curve.count())] != curves:
            self.curve.clear()
            for name, subject in curves:
                self.curve.addItem(name, subject)
        at = next(at for at, (_, subject) in enumerate(curves) if subject == self.processing.subject)
        self.curve.setCurrentIndex(at)
        self.curve.setToolTip(plain(f"The curve whose steps stand here: {curves[at][0]}"))

    def _make_rows(self, count: int) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        for at in range(count):
            row = StepRow(at, self.processing.steps[at], self.workspace.begin_gesture, self._list)
            row.switched.connect(lambda on, at=at: self.processing.switch(at, on))
            row.edited.connect(lambda values, gesture, at=at: self._edit(at, values, gesture))
            row.entered.connect(self.give_keyboard_back)
            row.moved.connect(lambda by, at=at: self.processing.move(at, by))
            row.removed.connect(lambda at=at: self.processing.remove(at))
            row.chosen.connect(lambda on, at=at: self.processing.choose(self.processing.subject, at if on else None))
            self.rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
            row.show()

    def _edit(self, at: int, values: dict, gesture: object) -> None:
        if COLUMN_OF_FILE in values.values():
            self._columns.ask(self._file_of_columns(), at, next(iter(values)))
            self.refresh()
            return
        try:
            self.processing.edit(at, gesture, **values)
        except XanesviewError as error:
            self.rows[at].form.refuse(values, error_sentence(error))

    def _file_of_columns(self) -> Path | None:
        """The file of the curve looked at, where it is one that may have further columns."""
        subject = self.processing.subject
        source = "" if subject == PREDICTION else self.workspace.session.references[subject.which].source
        return Path(source) if source and not self._is_tensor() and Path(source).is_file() else None

    def _show_words(self) -> None:
        subject, report = self.processing.subject, self.fitting.current_report()
        busy = self.fitting.is_busy
        words = ""
        if busy:
            words = "Fitting…"
        elif report is not None:
            head = "Out of date, fit again: " if self.fitting.is_stale else poor_head(report.fit)
            words = f"{head}{fit_summary(report.fit)}"
        elif subject != PREDICTION:
            reference = self.workspace.session.references[subject.which]
            words = reference.statement[:1].upper() + reference.statement[1:]
            if words and is_stale(self.workspace.shown, reference):
                words += "; out of date, fit again"
        self.words.setText(words)
        if report is not None:
            stale = [STALE] if self.fitting.is_stale else []
            words = "\n".join((*stale, all_words(report.fit)))
        self.words.setToolTip(plain(words))
        self.words.setVisible(bool(words))
        self.details_button.setVisible(report is not None)
        if self._details is not None:
            self._details.follow(self.fitting)
        self.window_button.setChecked(shown_window_ev(self.workspace.shown) is not None)
        self.fit_button.setEnabled(not busy and self.fitting.can_fit)
        self.series.show_for(subject)

    def _show_details(self) -> None:
        report = self.fitting.current_report()
        if report is not None:
            if self._details is None:
                self._details = FitDetails(report, self.window())
                self._details.finished.connect(self._forget_details)
            self._details.show()
            self._details.raise_()
            self._details.follow(self.fitting)

    def _forget_details(self) -> None:
        self._details = None

    # ---- scores ----

    def _want_scores(self) -> None:
        if self.isVisible():
            self._scores_later.want()

    def _show_scores(self) -> None:
        text = score_words(self.workspace.shown, self.processing.subject)
        self.score_words.setText(text)
        self.score_words.setToolTip(plain(text))
        self.score_words.setVisible(bool(text))
        self._show_words()  # the prediction may no longer be the one that was fitted

    # ---- theme ----

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_area"):
            self.apply_theme()

    def apply_theme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self.fit_button.setIcon(icon("fit-curve", self))
        self.window_button.setIcon(icon("window", self))
        for row in self.rows:
            row.apply_theme()
