"""The teach panel: a copy of a network learns from molecules that the user has computed or imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted, first_few
from xanesview.gui.actions.computing import duration
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.drops import take_copy
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.teach.result import TeachResult
from xanesview.gui.panels.teach.table import OwnTable
from xanesview.gui.panels.typed_field import TypedField
from xanesview.gui.session.teachable import free_name, teachable
from xanesview.texts import tr
from xanesview.training.teaching.plan import PLAN

if TYPE_CHECKING:
    from xanesview.networks.card import Card
    from xanesview.training.teaching.own_set import OwnEntry

EMPTY_TEXT = (
    "What you compute (Compute, Refine) is collected here, to teach a copy of a network that does poorly on it.\n"
    "Data files of “xanesview dataset build” or “dataset import” can be added, or dropped here."
)
_FEW = 3
#: Headings and two rows.
_LEAST_LIST_PX = 76
_MOST_EPOCHS = 200


class TeachPanel(Panel):
    """The set, what becomes of it, and the copy."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("teach")
        self.setAcceptDrops(True)
        self.teaching = self.workspace.teaching
        self._entries: list[OwnEntry] = []
        self._marks: dict[str, str] = {}
        self._cards: dict[str, Card] = {}
        self._problems: tuple[str, ...] = ()
        self._seen = False
        self._make_controls()
        self._arrange()
        for signal in (self.teaching.grown, self.teaching.changed):
            signal.connect(self.refresh)
        self.workspace.network_changed.connect(self.refresh)
        self.teaching.looked.connect(self._show_set)
        self.teaching.advanced.connect(self._show_result)
        self.teaching.shelved.connect(self._begin_anew)
        self.teaching.take_up()
        self.refresh()

    # ---- building ----

    def _make_controls(self) -> None:
        self.network = Choice(objectName="teach-network", toolTip=tr("The network a copy of which is taught"))
        self.network.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.network.setMinimumContentsLength(16)
        self.network.activated.connect(self._follow_choice)
        self.add_button = QToolButton(text="Add file…", objectName="teach-add")
        self.add_button.setToolTip("Add molecules of a data file (HDF5)")
        self.add_button.clicked.connect(self.ask_files)
        self.name = TypedField(objectName="teach-name")
        self.name.setAccessibleName("Name of the copy")
        self.name.setFixedWidth(186)
        self.name.setToolTip(plain("What the copy is called; the network itself stays as it is"))
        self.name.textEdited.connect(lambda _text: self._show_possible())
        self.epochs = QSpinBox(objectName="teach-epochs", minimum=1, maximum=_MOST_EPOCHS)
        self.epochs.setAccessibleName("Epochs")
        self.epochs.setToolTip("How often the copy goes through all molecules")
        self.epochs.setValue(PLAN["epochs"])
        self.epochs.setFixedWidth(64)
        self.epochs.valueChanged.connect(lambda _value: self._show_possible())
        self.teach_button = QPushButton("Teach", objectName="teach-start")
        self.teach_button.clicked.connect(self.teach)
        self.stop_button = QPushButton("Stop", objectName="teach-stop")
        self.stop_button.setToolTip("Give the copy up; your spectra and all networks stay as they are")
        self.stop_button.clicked.connect(self.teaching.cancel)
        self.shelf_button = QPushButton("Put on the shelf", objectName="teach-shelf")
        self.shelf_button.setToolTip("Offer the copy among the networks of this window")
        self.shelf_button.clicked.connect(self.teaching.put_on_shelf)
        self.discard_button = QPushButton("Discard", objectName="teach-discard")
        self.discard_button.setToolTip("Throw the copy away")
        self.discard_button.clicked.connect(self.teaching.discard)
        self.told = Label(objectName="teach-told", wordWrap=True)
        self.told.setProperty("small", True)
        self.told.setProperty("muted", True)
        self.table = OwnTable()
        self.table.setMinimumHeight(_LEAST_LIST_PX)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.turned.connect(self.turn)
        self.result = TeachResult()

    def _arrange(self) -> None:
        self.empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="teach-empty")
        self.empty.setProperty("muted", True)
        self.empty.setText(tr(EMPTY_TEXT))
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(self.table, 3)
        row.addWidget(self.result, 2)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(body)
        head = FlowRow(
            self.network, self.add_button, together("Name", self.name), together("Epochs", self.epochs),
            self.teach_button, self.stop_button, self.shelf_button, self.discard_button,
        )  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addWidget(head)
        column.addWidget(self.told)
        column.addWidget(self._stack, 1)

    # ---- life in the window ----

    def set_seen(self, seen: bool) -> None:
        """Come to the front, or go: nothing is read or predicted that nobody sees."""
        self._seen = seen
        if seen:
            self.refresh()
        else:
            self.teaching.rest()

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        self.result.plot.apply_theme()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take data files."""
        if _dropped(event):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what is dropped."""
        self.teaching.add_files(_dropped(event))
        take_copy(event)

    # ---- showing ----

    def refresh(self) -> None:
        """Show the set and what is done with it."""
        self._offer_networks()
        card = self._card()
        content = self.teaching.content() if self._seen else None
        if content is not None:
            self._problems = content.problems
            self._entries = [] if card is None else content.of_edge(card.element, card.edge)
            self._marks = self.teaching.own.marks(self._entries)
        self._show_set()
        self._show_result()

    def _offer_networks(self) -> None:
        self._cards = dict(teachable(self.workspace.networks))
        chosen = self.network.currentData() or self.workspace.session.network
        with QSignalBlocker(self.network):
            self.network.clear()
            for name, card in self._cards.items():
                self.network.addItem(f"{card.label} · {name}", name)
            self.network.setCurrentIndex(max(0, self.network.findData(chosen)))
        if not self.name.text() and self.network.count():
            self._follow_name()

    def _follow_choice(self) -> None:
        self._follow_name()
        self.refresh()

    def _follow_name(self) -> None:
        self.name.setText(free_name(self.network.currentData(), self.teaching.name_problem))

    def _begin_anew(self, _name: str) -> None:
        """The next copy needs another name."""
        self._follow_name()
        self._show_possible()

    def _card(self) -> Card | None:
        return self._cards.get(self.network.currentData())

    def _show_set(self) -> None:
        network = self.network.currentData()
        self.table.show_entries(
            self._entries, self._marks, self.teaching.errors(network), self.teaching.learnt(network)
        )
        some = bool(self._entries) or self.teaching.learning is not None
        self._stack.setCurrentIndex(1 if some else 0)
        if self._seen and self._entries and not self.teaching.is_busy:
            self.teaching.look(network, self._entries)
        self._show_possible()

    def _show_result(self) -> None:
        learning = self.teaching.learning
        self.result.setVisible(learning is not None)
        self.table.setVisible(learning is None or learning.tests is None)  # else it has nothing to say any more
        if learning is not None:
            self.result.show_learning(learning)
        self._show_possible()

    def _show_possible(self) -> None:
        """Say what can be done now and how long it takes, or why not."""
        busy, learning = self.teaching.is_busy, self.teaching.learning
        done = learning is not None and learning.tests is not None
        self.stop_button.setVisible(busy)
        self.teach_button.setVisible(not busy and not done)
        self.shelf_button.setVisible(done)
        self.discard_button.setVisible(done)
        for widget in (self.network, self.name, self.epochs):
            widget.setEnabled(not busy and not done)
        problem = self._problem()
        self.teach_button.setEnabled(not problem)
        self.teach_button.setToolTip(plain(problem or tr("Let a copy learn; the network itself stays as it is")))
        self.name.mark(self.teaching.name_problem(self.name.text()) if not done and not busy else "", "")
        self.told.setText(self._words(problem, busy, done))
        self.told.setToolTip(plain("\n".join(self._problems) if len(self._problems) > 1 else ""))

    def _problem(self) -> str:
        n_taught = sum(mark == "train" for mark in self._marks.values())
        card = self._card()
        if obstacle := self.teaching.obstacle():
            return obstacle
        if card is None:
            return tr("There is no network that can be taught.")
        if not n_taught:
            return tr("No molecule of the {edge} edge is marked to teach.").format(edge=card.label)
        return self.teaching.name_problem(self.name.text())

    def _words(self, problem: str, busy: bool, done: bool) -> str:
        learning = self.teaching.learning
        words = [first_few(self._problems, tr("{n} more can't be read.")), self.teaching.look_problem]
        if done:
            words.append(_verdict(learning.tests))
        elif busy:
            left_s = learning.job.left_s
            if left_s is None:
                words.append(tr("A copy learns beside the window; how long is known after its first steps."))
            else:
                words.append(tr("A copy learns beside the window: {time} left.").format(time=duration(left_s)))
        elif problem:
            words.append(problem)
        else:
            counts = {mark: sum(one == mark for one in self._marks.values()) for mark in ("train", "apart")}
            members = self._members()
            seconds = self.teaching.seconds(counts["train"], members, self.epochs.value())
            taught = counted(counts["train"], tr("molecule"), tr("molecules"))
            words.append(tr("To learn from: {taught}.").format(taught=taught))
            words.append(tr("Kept apart for the test: {apart}.").format(apart=counts["apart"] or tr("none")))
            if self.teaching.is_measured:
                time = tr("Time for {members}: {time}.")
            else:
                time = tr("Time for {members}: {time} on a free processor.")
            learners = counted(members, tr("member"), tr("members"))
            words.append(time.format(time=duration(seconds), members=learners))
            if counts["train"] + counts["apart"] < _FEW:
                words.append(tr("With so few molecules little is learnt."))
            if not counts["apart"]:
                words.append(tr("Without one kept apart nothing tells how the copy does on new ones."))
        return " ".join(filter(None, words))

    def _members(self) -> int:
        return int(self._card().raw.get("members", 1))

    # ---- from the user ----

    def ask_files(self) -> None:
        """Ask for data files to add."""
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add data files"), "", "HDF5 (*.h5 *.hdf5)")
        self.teaching.add_files([Path(name) for name in names])

    def turn(self, key: str) -> None:
        """Change the use of a molecule to the next one."""
        from xanesview.training.teaching.own_set import MARKS

        now = self._marks.get(key, MARKS[-1])
        self.teaching.mark({key: MARKS[(MARKS.index(now) + 1) % len(MARKS)]})

    def teach(self) -> None:
        """Teach a copy."""
        network, name, epochs = self.network.currentData(), self.name.text(), self.epochs.value()
        self.teaching.start(network, name, self._entries, epochs, self._members())


def _verdict(tests: dict) -> str:
    """What the tests say, in a sentence or two."""
    words = []
    if own := tests.get("own"):
        change = 100.0 * (own["after"] / max(own["before"], 1e-12) - 1.0)
        words.append(tr("On the molecules kept apart the error changed by {change} %.").format(change=_signed(change)))
    else:
        words.append(tr("No molecule that the network has not learnt was kept apart: nothing is known of new ones."))
    if known := tests.get("known"):
        change = 100.0 * (known["after"] / max(known["before"], 1e-12) - 1.0)
        words.append(tr("On its own test molecules it changed by {change} %.").format(change=_signed(change)))
    else:
        words.append(tr("No test molecules of the network come with the program: what it forgot is not known."))
    return " ".join(words)


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−")


def _dropped(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return paths if paths and all(path.suffix.lower() in (".h5", ".hdf5") for path in paths) else []
