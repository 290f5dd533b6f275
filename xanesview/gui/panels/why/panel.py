"""The Why panel: which neighbours, at which distances, matter to the spectrum of the picked site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.background.explaining import Explaining, Question
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.why.atom_importance import DIFFERENCE, FIRST, SECOND, AtomImportance
from xanesview.gui.plot.importance_plot import Bars, ImportancePlot
from xanesview.gui.plot.overlays import BusyLine
from xanesview.gui.session.job_watch import Watch
from xanesview.inference.explained import Explanation
from xanesview.inference.explanation import MEANINGS, METHODS, default_windows, methods_of
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.names import site_name
from xanesview.texts import told, tr

if TYPE_CHECKING:
    from xanesview.networks.card import Card

_NUMBER = r"[-−+]?\d+(?:\.\d+)?"
_WINDOW = re.compile(rf"\s*({_NUMBER})\s*(?:…|\.\.|–|to|,|;|-)\s*({_NUMBER})\s*(?:eV)?\s*", re.IGNORECASE)
_WHAT_FOR = "Which neighbours make this spectrum, and at which distances they stand, appears here."

_ASKING = "Asking the network about each neighbour…"


def parse_window(text: str) -> tuple[float, float] | None:
    """Return the two energies of a text such as "284–287" or "-3 … +3 eV", or None where it is none."""
    found = _WINDOW.fullmatch(text)
    if found is None:
        return None
    low, high = (float(part.replace("−", "-")) for part in found.groups())
    return (low, high) if low < high else None


def window_text(window: tuple[float, float], relative: bool) -> str:
    """Return a window as the panel writes it."""
    if relative:
        return "…".join(f"{e:g}".replace("-", "−") for e in window)
    return f"{window[0]:g}–{window[1]:g}"


class WhyPanel(Panel):
    """Importance by distance in two windows of energies, their difference, and atoms coloured by it.

    It asks only while it is seen, or while the atoms wear its colours.
    """

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("why")
        workspace = self.workspace
        self.explaining = Explaining(self)
        self.explanation: Explanation | None = None
        self._asked: Question | None = None
        self._answered: Question | None = None
        self._seen = False
        self.atoms = AtomImportance(workspace, context.view)
        self._windows: dict[str, tuple[tuple[float, float], ...]] = {}  # by network, as the user set them
        self._make_controls()
        self._arrange()
        self.explaining.done.connect(lambda answer: self._show_answer(*answer))
        self.explaining.failed.connect(self._show_failure)
        Watch(
            workspace.jobs, self._job_name, lambda: self.explaining.is_busy, self._give_up,
            (self.explaining.busy_changed,), is_minor=True,
        )  # fmt: skip
        workspace.stopped.connect(self._give_up)
        for signal in (workspace.structure_changed, workspace.selection_changed, workspace.network_changed):
            signal.connect(self.refresh)
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.method = Choice(objectName="why-method", toolTip="How importance is measured")
        self.method.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.method.setMinimumWidth(90)
        self.method.activated.connect(lambda _row: self.refresh())
        self._subject = Label()
        self._subject.setMinimumWidth(20)
        self._subject.setProperty("muted", True)
        self.paint_atoms = QCheckBox("Colour atoms", objectName="why-colours")
        self.paint_atoms.setToolTip("Colour the atoms of the 3D view by their importance")
        self.paint_atoms.toggled.connect(self._colours_toggled)
        self.fields, self._swatches, self.buttons = [], [], []
        self._choice = QButtonGroup(self)
        for k, name in enumerate(("First", "Second")):
            field = QLineEdit(objectName=f"why-window-{k}")
            field.setMinimumWidth(76)
            field.setMaximumWidth(104)
            field.setToolTip(plain(tr(f"{name} window of energies, such as 284–287 (eV)")))
            field.setAccessibleName(tr(f"{name} window of energies"))
            field.editingFinished.connect(lambda k=k: self._window_edited(k))
            field.returnPressed.connect(self.give_keyboard_back)
            self.fields.append(field)
            swatch = QFrame()
            swatch.setFixedSize(10, 10)
            self._swatches.append(swatch)
        for k, (name, tip) in enumerate(
            (
                ("First", "Bars and atoms of the first window in front"),
                ("Second", "Bars and atoms of the second window in front"),
                ("Difference", "Second window less first"),
            )
        ):
            button = QToolButton(text=name, checkable=True, toolTip=tip, objectName=f"why-show-{k}")
            self._choice.addButton(button, k)
            self.buttons.append(button)
        self.buttons[FIRST].setChecked(True)
        self._choice.idClicked.connect(lambda _k: self._draw())
        self.plot = ImportancePlot()
        self._busy = BusyLine(self.plot)
        self._busy.shown_changed.connect(self.plot.set_waiting)
        self._note = Label()
        self._note.setProperty("muted", True)
        self._note.setFont(small_font())
        self._note.setMinimumWidth(60)
        self._empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="why-empty")
        self._empty.setProperty("muted", True)

    def _arrange(self) -> None:
        first, second = (together(swatch, field) for swatch, field in zip(self._swatches, self.fields, strict=True))
        self._window_row = FlowRow(first, second, together("eV"), together(*self.buttons))
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._window_row)
        column.addWidget(self.plot, 1)
        column.addWidget(self._note)
        self._stack = QStackedWidget()
        self._stack.addWidget(shown)
        self._stack.addWidget(self._empty)
        # as high as there is room, and not less than can be read: what a plot would like is more than any window has
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        outer.setSpacing(SPACING // 2)
        outer.addWidget(FlowRow(together(self.method), together(self._subject), together(self.paint_atoms)))
        outer.addWidget(self._stack, 1)
        self._paint_swatches()

    # ---- following the workspace ----

    def set_seen(self, seen: bool) -> None:
        """Begin to ask when the panel is seen."""
        self._seen = seen
        if seen:
            if self.explanation is None:  # it failed, or was stopped
                self._answered = None
            self.refresh()

    def stop(self) -> None:
        """End the thread."""
        self.explaining.shutdown()

    def apply_theme(self) -> None:
        """Take the colours of the palette now in force."""
        self._paint_swatches()
        self.plot.apply_theme()
        self._draw()

    def refresh(self) -> None:
        """Ask about the picked site, or say why there is nothing to ask."""
        card, problem = self.workspace.shown.card, self._problem()
        self._offer_methods(card if not problem else None)
        self.paint_atoms.setEnabled(not problem)
        if problem:
            self.explaining.forget()
            self._asked = self._answered = self.explanation = None
            self._busy.set_busy(False)
            self._subject.setText("")
            self._say(problem)
            self._paint()
            return
        self._fill_windows(card)
        site = self.workspace.session.picked[0]
        more = len(self.workspace.session.picked) - 1
        name = site_name(self.workspace.structure, site)
        if self._chosen_method() == "population":
            name, more = "of the network", 0
        self._subject.setText(f"{name}, first of {more + 1}" if more else name)
        if self._seen or self.paint_atoms.isChecked():
            self._ask(card, site)

    def _problem(self) -> str:
        card, session = self.workspace.shown.card, self.workspace.session
        if self.workspace.structure is None:
            return f"{_WHAT_FOR}\nOpen a structure and pick an atom."
        if card is None or is_computed(session.network):
            return f"{_WHAT_FOR}\nThis edge has no network: choose another one in the toolbar."
        if not methods_of(card):
            return f"“{card.title}” gives no spectra of single sites, so there is nothing to explain."
        if not self.workspace.shown.absorbers:
            return f"{_WHAT_FOR}\nThere is no {card.element} atom here."
        return "" if session.picked else f"{_WHAT_FOR}\nPick an atom in the 3D view."

    def _ask(self, card: Card, site: int) -> None:
        network = card.path if card.path.is_dir() else self.workspace.session.network
        question = Question(self.workspace.structure, site, network, self._current_windows(card), self._chosen_method())
        for known in (self._asked, self._answered):
            if known is not None and _same(known, question):
                return
        self._asked = question
        if self.explanation is not None and self.explanation.site != site:
            self.atoms.clear()
        self._busy.set_busy(True)
        if self.explanation is None:  # else the old bars stay, pale; what was said of something else must not
            self._say(_ASKING)
        self.explaining.explain(question)

    def _show_answer(self, question: Question, explanation: Explanation) -> None:
        self._answered, self._asked, self.explanation = question, None, explanation
        self._busy.set_busy(False)
        self._stack.setCurrentIndex(0)
        self._draw()

    def _job_name(self) -> str:
        return tr("Explain the spectrum of {site}").format(site=self._subject.text())

    def _show_failure(self, message: str, hint: str) -> None:
        question = self._asked
        self._answered, self._asked, self.explanation = question, None, None
        self._busy.set_busy(False)
        self._say(f"{message}\n{hint}" if hint else message)
        self._paint()

    def _give_up(self) -> None:
        """Nobody waits for the answer any more."""
        self.explaining.forget()
        if self._asked is not None:
            self._show_failure("Stopped.", "Pick another atom, or come back to this tab, to ask again.")

    def _say(self, text: str) -> None:
        self._empty.setText(text)
        self._stack.setCurrentIndex(1)

    # ---- controls ----

    def _offer_methods(self, card: Card | None) -> None:
        known = methods_of(card) if card is not None else ()
        self.method.setVisible(bool(known))
        if [self.method.itemData(k) for k in range(self.method.count())] == list(known):
            return
        before = self._chosen_method()
        with QSignalBlocker(self.method):
            self.method.clear()
            for method in known:
                self.method.addItem(tr(METHODS[method]), method)
                self.method.setItemData(self.method.count() - 1, tr(MEANINGS[method]), Qt.ItemDataRole.ToolTipRole)
            self.method.setCurrentIndex(max(0, self.method.findData(before)))

    def _chosen_method(self) -> str:
        return self.method.currentData() or ""

    def _current_windows(self, card: Card) -> tuple[tuple[float, float], ...]:
        return self._windows.get(card.name) or default_windows(card)

    def _fill_windows(self, card: Card) -> None:
        for field, window in zip(self.fields, self._current_windows(card), strict=True):
            if not field.hasFocus() or not field.isModified():
                field.setText(window_text(window, card.axis == "relative"))
        self._window_row.setVisible(self._chosen_method() != "attention")

    def _window_edited(self, number: int) -> None:
        card, field = self.workspace.shown.card, self.fields[number]
        if card is None:
            return
        parsed = parse_window(field.text())
        if parsed is not None:
            windows = list(self._current_windows(card))
            windows[number] = parsed
            self._windows[card.name] = tuple(windows)
        field.setModified(False)
        field.setText(window_text(self._current_windows(card)[number], card.axis == "relative"))
        self.refresh()

    def _colours_toggled(self, checked: bool) -> None:
        if checked:
            self.refresh()
        self._paint()

    # ---- drawing ----

    @property
    def shown(self) -> int:
        """FIRST, SECOND or DIFFERENCE."""
        return self._choice.checkedId()

    def _hues(self) -> tuple[str, str]:
        scheme = colours(self)
        return scheme.curve(0), scheme.curve(1)

    def _paint_swatches(self) -> None:
        for swatch, colour in zip(self._swatches, self._hues(), strict=True):
            swatch.setStyleSheet(f"background: {colour}; border-radius: 2px;")

    def _draw(self) -> None:
        found = self.explanation
        if found is None or self.workspace.structure is None:
            self._paint()
            return
        percent, (one, two) = found.radius_percent(), self._hues()
        name = site_name(self.workspace.structure, found.site)
        titles = ("share of importance (%)", "importance (%)", "%")
        distance = f"distance from {'the absorber' if found.method == 'population' else name} (Å)"
        if found.method == "attention":
            bars, titles = [Bars(percent[FIRST], one)], ("attention (%)", "%")
        elif self.shown == DIFFERENCE:
            bars, titles = (
                [Bars(percent[SECOND] - percent[FIRST], two, one)],
                ("second less first (%)", "difference (%)", "%"),
            )
        else:
            bars = [
                Bars(percent[FIRST], one, pale=self.shown == SECOND),
                Bars(percent[SECOND], two, pale=self.shown == FIRST),
            ]
        self.plot.set_bars(found.edges_angstrom, found.neighbours, bars, distance, *titles)
        self._write_note(found)
        self._paint()

    def _write_note(self, found: Explanation) -> None:
        missing = found.missing[SECOND if self.shown == SECOND else FIRST]
        text = told(MEANINGS[found.method])
        if missing > 0.005:
            text += " " + told(f"{100 * missing:.0f} % lies where no atom stands, but stands at other sites.")
        self._note.setToolTip(plain(text))
        self._note.setText(
            self._note.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(60, self.width() - 20))
        )

    def resizeEvent(self, event) -> None:
        """Let the line run along the plot's top, and the note as far as there is room."""
        super().resizeEvent(event)
        self._busy.setGeometry(0, 0, self.plot.width(), 2)
        if self.explanation is not None:
            self._write_note(self.explanation)

    def _paint(self) -> None:
        """Colour the atoms, or give them their elements' colours back."""
        if self.paint_atoms.isChecked() and self.explanation is not None and self.explanation.by_atom.any():
            self.atoms.paint(self.explanation, self.shown, self._hues())
        else:
            self.atoms.clear()


def _same(one: Question, other: Question) -> bool:
    return one.structure is other.structure and (one.site, one.network, one.windows_ev, one.method) == (
        other.site, other.network, other.windows_ev, other.method)  # fmt: skip
