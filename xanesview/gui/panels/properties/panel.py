"""The properties panel: what a C K-edge spectrum tells of its molecule, and how far that can be trusted."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
)

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.background.property_reading import PropertyReadings, Question
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.properties.table import PropertyTable
from xanesview.gui.plot.chips import ChipRow
from xanesview.gui.session.job_watch import Watch
from xanesview.shown.curve import Chip
from xanesview.shown.readable_parts import PREDICTED, Part, predicted_parts, reference_parts
from xanesview.texts import told, tr

_LATER_MS = 60
_ISOTROPIC = (
    "The networks learnt isotropic spectra, so the average over all directions is read: turning the arrow changes "
    "nothing here."
)
_POLARISED = (
    "The networks learnt isotropic spectra: a powder, a gas, an amorphous film or the magic angle. A spectrum of an "
    "oriented sample would mislead them."
)
_NO_CARBON = (
    "The structure shown has no carbon, so this C K-edge spectrum is of something else: the spectrum alone is read."
)


def _load_reader():
    from xanesview.inference.property_reader import load_property_reader

    return load_property_reader()


class PropertiesPanel(Panel):
    """Chooses a spectrum and shows what networks read from it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("properties")
        workspace = self.workspace
        self._seen = False
        self._parts: list[Part] = []
        self._asked: Question | None = None
        self._note = ""
        self._readings = PropertyReadings(_load_reader, self)
        self._readings.answered.connect(self._show_answer)
        Watch(
            workspace.jobs, lambda: tr("Read properties from a spectrum"), lambda: self._readings.is_busy,
            self._give_up, (self._readings.busy_changed,), is_minor=True,
        )  # fmt: skip
        self._later = QTimer(self, singleShot=True, interval=_LATER_MS)
        self._later.timeout.connect(self.refresh)
        self._build()
        workspace.stopped.connect(self._give_up)
        for signal in (
            workspace.structure_changed,
            workspace.selection_changed,
            workspace.prediction_changed,
            workspace.network_changed,
            workspace.references_changed,
            workspace.broadening_changed,
        ):  # not the geometry: what is read does not depend on it
            signal.connect(self._start)

    def _build(self) -> None:
        self.source = Choice(objectName="property-source", toolTip="The spectrum to read")
        self.part = Choice(objectName="property-part", toolTip="What it is a spectrum of")
        for combo in (self.source, self.part):
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(9)
            combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.known = QCheckBox("Structure known", objectName="property-composition", checked=True)
        self.source.currentIndexChanged.connect(self._start)
        self.part.currentIndexChanged.connect(self._start)
        self.known.toggled.connect(self._start)
        head = QHBoxLayout()
        head.setSpacing(SPACING)
        head.addWidget(self.source, 3)
        head.addWidget(self.part, 2)
        head.addWidget(self.known)
        self.chips = ChipRow()
        self.table = PropertyTable()
        self.empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="property-empty")
        self.empty.setProperty("muted", True)
        self.empty.setMargin(SPACING)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.note = Label(objectName="property-note")
        self.note.setProperty("muted", True)
        self.note.setProperty("small", True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addLayout(head)
        column.addWidget(self.chips)
        column.addWidget(self._stack, 1)
        column.addWidget(self.note)

    # ---- life in the window ----

    def set_seen(self, seen: bool) -> None:
        """Come to the front, or go: nothing is read that nobody sees."""
        self._seen = seen
        if seen:
            if not self.table.rowCount():  # nothing was read, or reading was stopped
                self._asked = None
            self.refresh()

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        self.chips.apply_theme()

    def stop(self) -> None:
        """End the thread."""
        self._later.stop()
        self._readings.stop()

    def _start(self) -> None:
        if self._seen and not self._later.isActive():
            self._later.start()

    # ---- reading ----

    def refresh(self) -> None:
        """Offer what can be read now, and read what is chosen, unless it was read before."""
        self._later.stop()
        self._offer_sources()
        try:
            self._offer_parts()
            part = self._parts[self.part.currentIndex()]
            self._offer_composition()
            numbers = self.workspace.structure.numbers if self.known.isChecked() and self.known.isEnabled() else None
            question = Question(part.spectrum(), part.kind, numbers)
        except XanesviewError as error:
            self._say(error)
            return
        if self._asked is None or not question.equals(self._asked):
            self._asked = question
            self._readings.ask(question)
            if not self.table.rowCount():  # the first time networks are loaded, which takes a moment
                self.empty.setText("Reading the spectrum…")
                self._stack.setCurrentWidget(self.empty)

    def _offer_sources(self) -> None:
        chosen = self.source.currentData()
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem(tr("Prediction"), PREDICTED)
        for index, reference in enumerate(self.workspace.session.references):
            self.source.addItem(reference.label or f"reference {index + 1}", f"reference-{index}")
        self.source.setCurrentIndex(max(0, self.source.findData(chosen)))
        self.source.blockSignals(False)

    def _reference(self):
        index = self.source.currentIndex() - 1
        return None if index < 0 else self.workspace.session.references[index]

    def _offer_parts(self) -> None:
        """Fill the list of parts; the one chosen before stays where it is still there."""
        reference = self._reference()
        self._parts = []
        try:
            shown = self.workspace.shown
            self._parts = predicted_parts(shown) if reference is None else reference_parts(shown, reference)
        finally:
            chosen = self.part.currentData()
            self.part.blockSignals(True)
            self.part.clear()
            for part in self._parts:
                self.part.addItem(told(part.label), part.label)
            self.part.setCurrentIndex(max(0, self.part.findData(chosen)))
            self.part.blockSignals(False)
            self.part.setEnabled(len(self._parts) > 1)

    def _offer_composition(self) -> None:
        structure = self.workspace.structure
        reason = ""
        if structure is None:
            reason = "Open the molecule, and the numbers of its atoms are read beside the spectrum."
        elif structure.is_periodic:
            reason = "The structure repeats, so it says nothing of how large the molecule is."
        elif self._lacks_carbon():
            reason = _NO_CARBON
        self.known.setEnabled(not reason)
        self.known.setToolTip(plain(
            reason
            or f"Also read how many H, C, N, O, F and other atoms {structure.name or structure.formula} "
            f"({structure.formula}) has. Extensive properties need it."
        ))

    def _lacks_carbon(self) -> bool:
        structure = self.workspace.structure
        return structure is not None and "C" not in structure.symbols

    # ---- showing ----

    def _show_answer(self, answer: object) -> None:
        if isinstance(answer, XanesviewError):
            self._say(answer)
            return
        reference = self._reference()
        chips = []
        reasons = [*self._parts[self.part.currentIndex()].reasons, *answer.reasons]
        if self.workspace.structure is not None and self.workspace.structure.is_periodic:
            reasons.append("the structure repeats; the training data hold single molecules")
        if self._lacks_carbon():
            chips.append(Chip("structure without carbon", _NO_CARBON, "warning"))
        if reasons:
            detail = f"{'; '.join(reasons)}. The values may be wrong by more than their errors."
            chips.append(Chip(f"outside training: {_short(reasons[0])}", detail[0].upper() + detail[1:], "warning"))
        if answer.extra_fwhm_ev:
            chips.append(
                Chip(
                    f"broadened by {answer.extra_fwhm_ev:g} eV",
                    "Measured spectra are sharper than the computed ones of the training. This Gaussian width (FWHM) "
                    "brings the spectrum nearest to them; the curve on the plot stays as it is.",
                    "note",
                )
            )
        if reference is None:
            chips.append(Chip("isotropic average", _ISOTROPIC, "note"))
        elif reference.tensor is None:
            chips.append(Chip("isotropic?", _POLARISED, "note"))
        self.chips.set_chips(chips)
        self.chips.setVisible(bool(chips))
        self.table.show_reading(answer)
        self._stack.setCurrentWidget(self.table)
        grey = sum(not value.usable for value in answer.values)
        words = [f"Grey: R² < 0.5, don't use ({grey})"] if grey else []
        words += [f"threshold {answer.threshold_ev:.1f} eV", f"errors: {answer.tested_on}"]
        text = " · ".join(words)
        text = text[0].upper() + text[1:]
        self._note = text
        self._write_note()
        self.note.setToolTip(plain(
            f"{text}. The spectrum is aligned where it first reaches 10 % of its maximum; a shift of its energies and "
            "its unit do not matter. Properties are those of GFN2-xTB."
        ))

    def _give_up(self) -> None:
        """Nobody waits for the answer any more."""
        if self._readings.is_busy:
            asked = self._asked
            self._say(XanesviewError("Stopped.", "Come back to this tab, or choose another spectrum, to read it."))
            self._asked = asked  # so that it is not asked again at once

    def _write_note(self) -> None:
        """Write as much of the note as there is room for; its tooltip has all of it."""
        room = max(60, self.width() - 2 * SPACING)
        self.note.setText(self.note.fontMetrics().elidedText(self._note, Qt.TextElideMode.ElideRight, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the note as long as there is room."""
        super().resizeEvent(event)
        self._write_note()

    def _say(self, error: XanesviewError) -> None:
        """Say why nothing can be read."""
        self._asked = None
        self._readings.forget()
        self.table.show_reading(None)
        self.chips.set_chips(())
        self.chips.hide()
        self._note = ""
        self._write_note()
        self.empty.setText(f"{error.message}\n{error.hint}".strip())
        self._stack.setCurrentWidget(self.empty)
        self._offer_composition()


def _short(text: str, most: int = 44) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
