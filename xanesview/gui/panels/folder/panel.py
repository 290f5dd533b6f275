"""The panel of many structures: a folder predicted as a table, and which of them fits a measured spectrum."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.actions.computing import duration
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import icon, small_font
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_layout import FlowLayout
from xanesview.gui.panels.folder.model import MISFIT, FolderModel
from xanesview.gui.panels.folder.options import RankOptions
from xanesview.gui.panels.folder.table import FolderTable
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.gui.dialogs.weighted_sum import WeightedSumDialog
    from xanesview.gui.session.candidate_ranking import Target
    from xanesview.shown.predicted_structure import PredictedStructure

EMPTY_TEXT = (
    "Many structures at once: a folder, or a file of many (SDF, a trajectory), predicted as a table.\n"
    "With a measured spectrum on the plot they are put in the order in which they fit it."
)
#: So many are drawn by the button “Best”, and all that can't be told from the first, up to `_MOST_BEST`.
_BEST, _MOST_BEST = 3, 6
_NOTHING = "nothing"
#: Headings and a row and a half.
_LEAST_LIST_PX = 84


class FolderPanel(Panel):
    """Controls, a line that tells what runs or what may be concluded, and the table."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("folder")
        self.candidates, self.ranking = self.workspace.candidates, self.workspace.ranking
        self._targets: list[Target] = []
        self._was_ranked = False
        self._make_controls()
        self._arrange()
        for signal in (
            self.candidates.changed, self.candidates.reset, self.ranking.changed, self.workspace.references_changed,
            self.workspace.network_changed, self.workspace.structure_changed,
        ):  # fmt: skip
            signal.connect(self.refresh)
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.open_button = QToolButton(objectName="folder-open")
        self.open_button.setIcon(icon("open", self))
        self.open_button.setToolTip("Predict all structures of a folder (Ctrl+Shift+O)")
        self.open_button.clicked.connect(self.context.opening.ask_folder)
        self.frames_button = QPushButton(objectName="folder-frames")
        self.frames_button.setToolTip("Predict every structure of the file that is shown")
        self.frames_button.clicked.connect(self._open_frames)
        self.stop_button = QToolButton(text="Stop", objectName="folder-stop")
        self.stop_button.setToolTip("Predict no more; what is predicted stays")
        self.stop_button.clicked.connect(self.candidates.cancel)
        self.anew_button = QPushButton(objectName="folder-anew")
        self.anew_button.clicked.connect(lambda: self.candidates.predict_anew(self.workspace.session.network))
        self.against = Choice(objectName="folder-against")
        self.against.setToolTip(plain("The measured curve, or series of angles, that the structures are compared with"))
        self.against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.against.setMinimumContentsLength(13)
        self.against.activated.connect(self._choose_target)
        self.thetas = TypedField(objectName="folder-thetas", placeholderText="θ: average")
        self.thetas.setAccessibleName("Angles of the light")
        self.thetas.setFixedWidth(100)
        self.thetas.editingFinished.connect(self._take_thetas)
        self.thetas.returnPressed.connect(self.give_keyboard_back)
        self.options = RankOptions(lambda: self.ranking.settings, self.ranking.change)
        self.best_button = QToolButton(text="Best", objectName="folder-best")
        self.best_button.setToolTip(
            plain("Lay the best three, and those that can't be told from the first, on the plot")
        )
        self.best_button.clicked.connect(self.draw_best)
        self.keep_button = QToolButton(text="Keep", objectName="folder-keep")
        self.keep_button.setToolTip("Keep the selected curves on the plot as references")
        self.keep_button.clicked.connect(self.keep_curves)
        self.sum_button = QToolButton(text="Sum…", objectName="folder-sum")
        self.sum_button.clicked.connect(self.ask_sum)
        self.export_button = QToolButton(objectName="folder-export")
        self.export_button.setIcon(icon("export", self))
        self.export_button.setToolTip("Save the table (CSV)")
        self.export_button.clicked.connect(self.ask_export)
        self.told = Label(objectName="folder-told", wordWrap=True)
        self.told.setFont(small_font())
        self.table = FolderTable(FolderModel(self.candidates, self.ranking, self), self)
        self.table.setMinimumHeight(_LEAST_LIST_PX)
        self.table.opened.connect(self.open_row)
        self.table.chosen.connect(self._draw)

    def _arrange(self) -> None:
        self._empty_text = Label(EMPTY_TEXT, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty_text.setProperty("muted", True)
        self.first_button = QPushButton("Open folder…")
        self.first_button.clicked.connect(self.context.opening.ask_folder)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self._empty_text)
        column.addWidget(self.first_button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        head = QWidget()
        row = FlowLayout(head)
        for widget in (
            self.open_button, self.frames_button, self.stop_button, self.anew_button, self.against,
            self.thetas, self.options, self.best_button, self.keep_button, self.sum_button,
            self.export_button,
        ):  # fmt: skip
            row.addWidget(widget)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(full)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addWidget(head)
        column.addWidget(self._stack, 1)

    def apply_theme(self) -> None:
        """Draw icons and small pictures in the colours of the theme."""
        self.open_button.setIcon(icon("open", self))
        self.export_button.setIcon(icon("export", self))
        self.table.redraw()

    def resizeEvent(self, event) -> None:
        """Hide the columns that there is no room for."""
        super().resizeEvent(event)
        self.table.show_ranked(self.ranking.ranking is not None)

    def set_seen(self, seen: bool) -> None:
        """Draw the small pictures of what is in sight."""
        if seen:
            self.table.draw()

    def stop(self) -> None:
        """The window closes."""
        self.table.stop()

    # ---- showing ----

    def refresh(self) -> None:
        """Show what is listed, what runs, and what came of it."""
        listed, busy = bool(self.candidates.paths), self.candidates.is_busy
        self._stack.setCurrentIndex(1 if listed else 0)
        ranked = self.ranking.ranking is not None
        self._show_targets()
        for widget in (self.against, self.thetas, self.options):
            widget.setVisible(listed and bool(self._targets))
        for widget in (self.keep_button, self.sum_button, self.export_button, self.open_button):
            widget.setVisible(listed)
        self.keep_button.setEnabled(bool(self.ranking.drawn))
        self._offer_sum()
        self.best_button.setVisible(ranked)
        self.stop_button.setVisible(busy)
        self._offer_frames()
        self._offer_network()
        what, verdict = self._what(), self._verdict()
        self.told.setText(verdict or what)
        self.told.setToolTip(plain(what))
        self.table.show_ranked(ranked)
        if ranked and not self._was_ranked:
            self.table.sortByColumn(MISFIT, Qt.SortOrder.AscendingOrder)
        self._was_ranked = ranked

    def _show_targets(self) -> None:
        self._targets, target = self.ranking.targets(), self.ranking.target
        with QSignalBlocker(self.against):
            self.against.clear()
            for name in (tr(_NOTHING), *(one.name for one in self._targets)):
                self.against.addItem(tr("Against {name}").format(name=name))
            at = 0
            if target is not None:
                at = 1 + next(k for k, one in enumerate(self._targets) if one.places == target.places)
            self.against.setCurrentIndex(at)
        if not (self.thetas.hasFocus() and self.thetas.isModified()):
            angles = ", ".join(f"{theta:g}" for theta in self.ranking.thetas_deg)
            self.thetas.setText(f"θ {angles}" if angles else "")
            self._mark_thetas("")

    def _offer_frames(self) -> None:
        structure = self.workspace.structure
        count = 1 if structure is None or not structure.source else structure.n_frames
        path = () if structure is None else (Path(structure.source),)
        self.frames_button.setVisible(count > 1 and self.candidates.paths != path)
        if count > 1:
            self.frames_button.setText(tr("All {n} of {name}").format(n=count, name=path[0].name))

    def _selected_structures(self) -> list[PredictedStructure]:
        rows = (self.table.rows.row(number) for number in self.table.selected_rows())
        return [one.found for one in rows if one is not None and one.found is not None]

    def _offer_sum(self) -> None:
        enough = len(self._selected_structures()) > 1
        self.sum_button.setEnabled(enough)
        usual = "Sum the selected structures with weights: a mixture, or conformers by their energies"
        self.sum_button.setToolTip(plain(usual if enough else "Select two predicted structures at least to sum them"))

    def _offer_network(self) -> None:
        """Offer the network of the window where the table is of another one that would fit, too."""
        network, own = self.workspace.session.network, self.candidates.network
        card = self.workspace.shown.card
        known = own and network != own and card is not None and card.gives in ("tensor", "directional", "isotropic")
        there = known and not self.candidates.is_busy and card.kind != "first-principles"
        self.anew_button.setVisible(bool(there))
        if there:
            self.anew_button.setText(tr("Predict with {network}").format(network=network))
            self.anew_button.setToolTip(plain(f"The table was predicted with {own}"))

    def _what(self) -> str:
        rows = self.candidates.rows
        words = [self.candidates.title, counted(len(rows), tr("structure"), tr("structures"))]
        if self.candidates.is_busy:
            done = self.candidates.done
            words[1] = tr("{done} of {wanted} predicted").format(done=done, wanted=len(rows)) if rows else tr("reading")
            left = self.candidates.left_s
            words += [] if left is None else [tr("{time} left").format(time=duration(left))]
        failed = sum(bool(row.problem) for row in rows)
        if failed:
            words.append(tr("{n} can't be predicted").format(n=failed))
        if self.candidates.network:
            words.append(self.candidates.network)
        return " · ".join(words)

    def _verdict(self) -> str:
        if self.ranking.is_busy:
            return tr("Comparing…")
        if self.ranking.problem:
            return self.ranking.problem
        if self.ranking.ranking is not None:
            hidden = self.ranking.drawn and not self.ranking.curves()
            away = tr("The plot shows another edge: open one of them to see their curves.") if hidden else ""
            return " ".join(filter(None, (self.ranking.ranking.verdict(), away)))
        if self.candidates.rows and not self.candidates.is_busy and not self._targets:
            return tr("Lay a measured spectrum over the prediction (Ctrl+L) to see which of these fits it.")
        return ""

    # ---- from the user ----

    def _choose_target(self, row: int) -> None:
        self.ranking.compare_with(self._targets[row - 1] if row > 0 else None)
        self.refresh()

    def _take_thetas(self) -> None:
        if not self.thetas.isModified():
            return
        try:
            words = [word for word in re.split(r"[,;]", re.sub("[θ°=:]", "", self.thetas.text())) if word.strip()]
            thetas = tuple(parse_number(word) for word in words)
        except XanesviewError as error:
            self._mark_thetas(f"{error.message} {error.hint}")
            return
        target = self.ranking.target
        if target is not None and len(thetas) > 1 and len(thetas) != len(target.places):
            curves = counted(len(target.places), tr("measured curve"), tr("measured curves"))
            self._mark_thetas(tr("Give one angle, or one for each of {curves}.").format(curves=curves))
            return
        self.thetas.setModified(False)
        self._mark_thetas("")
        self.ranking.change(thetas_deg=thetas)

    def _mark_thetas(self, problem: str) -> None:
        usual = (
            "θ of the field from each structure's surface normal (else z), one or one a measured curve, such as "
            "20, 55, 90; empty for the average over directions"
        )
        self.thetas.mark(problem, usual)

    def _draw(self, rows: list[int]) -> None:
        self.ranking.draw(rows)
        self.keep_button.setEnabled(bool(rows))
        self._offer_sum()
        self.told.setText(self._verdict() or self._what())

    def draw_best(self) -> None:
        """Select the best mixture, the best few and all that can't be told from the first: they lie on the plot."""
        found = self.ranking.ranking
        if found is None:
            return
        count = min(max(_BEST, len(found.tied())), _MOST_BEST)
        order = sorted((place, row) for row in range(len(self.candidates.rows)) if (place := self.ranking.place(row)))
        mixtures = [len(self.candidates.rows)] if found.mixtures else []
        self.table.select_rows([*mixtures, *(row for _, row in order[:count])])

    def open_row(self, row: int) -> None:
        """Show the structure of a row in the window; say why where there is none."""
        one = self.table.rows.row(row)
        if one is None:
            return
        if one.found is not None:
            self.context.opening.show_structure(one.found.structure)
        elif one.problem:
            self.workspace.message.emit(Notice("candidates", f"{one.name}: {one.problem}"))

    def keep_curves(self) -> None:
        """Keep the curves that lie on the plot, in one step."""
        frozen, references = self.ranking.kept_curves()
        if frozen or references:
            text = f"keep {counted(len(frozen) + len(references), 'candidate curve')}"
            self.workspace.keep_curves(frozen, references, text)
            self.table.clearSelection()

    def ask_sum(self) -> None:
        """Let the user weigh the selected structures; their mean stays on the plot, in one step."""
        from xanesview.gui.dialogs.weighted_sum import WeightedSumDialog

        dialog = WeightedSumDialog(self.window(), self._selected_structures())
        dialog.accepted.connect(lambda: self._keep_sum(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _keep_sum(self, dialog: WeightedSumDialog) -> None:
        from xanesview.shown.weighted_sum import weighted_sum

        try:
            curve = weighted_sum(dialog.structures, dialog.typed, self.ranking.thetas_deg, dialog.said)
        except XanesviewError as error:
            self.workspace.message.emit(Notice("candidates", error.message, error.hint))
            return
        self.workspace.keep_curves([curve], [], f"sum {counted(len(dialog.structures), 'structure')} with weights")
        self.table.clearSelection()

    def _open_frames(self) -> None:
        structure = self.workspace.structure
        if structure is not None:
            self.context.opening.many_named.emit((Path(structure.source),))

    def ask_export(self) -> None:
        """Let the user choose a file for the table."""
        suggested = str(Path(self.context.settings.folder) / f"{self.candidates.title}.csv")
        name, _ = QFileDialog.getSaveFileName(self, tr("Save the table"), suggested, "CSV (*.csv)")
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write the table in the order in which it stands."""
        from xanesview.io.ranking_file import write_lines_csv
        from xanesview.shown.candidate_rows import candidate_lines

        path = path if path.suffix else path.with_suffix(".csv")
        try:
            order = self.table.rows.numbers()
            write_lines_csv(path, candidate_lines(self.candidates.rows, self.ranking.ranked_at, order))
        except XanesviewError as error:
            self.workspace.message.emit(Notice("candidates", error.message, error.hint))
            return
        self.context.settings.folder = str(path.parent)
        self.workspace.message.emit(Notice("saved", f"Saved to {path}."))
