"""The library panel: the user's own references, and spectra computed before, found by one search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout

from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.folders import show_in_folder
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.background.library_search import Answer, LibrarySearch
from xanesview.gui.drops import take_copy
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.library.adding import AddButton
from xanesview.gui.panels.library.details import Details
from xanesview.gui.panels.library.filling import fill, is_example, is_own
from xanesview.gui.panels.library.listing import LibraryList
from xanesview.gui.panels.library.overlaying import Overlaying
from xanesview.gui.panels.library.row import HEADING_PX, ROW_PX, SUBJECT
from xanesview.gui.panels.library.words import size_words
from xanesview.gui.panels.panel import Panel
from xanesview.gui.session.job_watch import Watch
from xanesview.io.structures.minerals import mineral_of
from xanesview.texts import tr

TYPED_MS = 200
#: The prediction goes first: a structure that was just opened is looked up when its spectrum stands.
OPENED_MS = 600
#: While the window is arranged, panels are shown and hidden again.
SEEN_MS = 30
#: What comes sooner than this is listed at once with all else.
OWN_FIRST_MS = 150
_LIST_PX = HEADING_PX + ROW_PX + 2
"""The list shows one row whole, however little room there is."""


class LibraryPanel(Panel):
    """Search field, and a list of what there is for this molecule and of what was found.

    Attributes
    ----------
    offer_button
        Overlays what there is for the loaded molecule; hidden where there is nothing. For another panel to show.
    """

    offers_changed = Signal(int)  # how many there are for the loaded molecule

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("library")
        workspace = self.workspace
        self.setAcceptDrops(True)
        self.answer: Answer | None = None
        self.own = workspace.own_references
        self.overlaying = Overlaying(workspace, context.opening.overlay)
        self._search = LibrarySearch(self.own.collection, self)
        self._search.done.connect(self._show)
        self._search.own_found.connect(self._wait_with_own)
        self._search.failed.connect(self._show_failure)
        Watch(
            workspace.jobs, lambda: tr("Search the library of spectra"), lambda: self._search.is_busy, self._give_up,
            (self._search.busy_changed,), is_minor=True,
        )  # fmt: skip
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._ask)
        self._asked: tuple[str, str] | None = None
        self._first: Answer | None = None
        self._first_later = QTimer(self, singleShot=True, interval=OWN_FIRST_MS)
        self._first_later.timeout.connect(self._show_own)
        self._seen = False
        self._offered: tuple = ()
        self._build()
        workspace.structure_changed.connect(self._structure_changed)
        workspace.references_changed.connect(self._follow_overlays)
        workspace.network_changed.connect(self._follow_overlays)
        self.own.changed.connect(self._ask_again)

    def _build(self) -> None:
        self.field = QLineEdit(placeholderText="Name, formula, SMILES, tag, edge, citation", objectName="library-field")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda: self._later.start(TYPED_MS))
        self.field.returnPressed.connect(self._ask)
        self.field.installEventFilter(self)
        self._size = Label()
        self._size.setProperty("muted", True)
        self._size.setProperty("small", True)
        self.list = LibraryList(self)
        self.list.laid.connect(self.lay_over)
        self.list.removed.connect(self.remove)
        self.list.itemSelectionChanged.connect(self._show_details)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self.details = Details()
        self.details.edited.connect(lambda numbers, changes: self.own.edit(numbers, **changes))
        self.details.entered.connect(self.give_keyboard_back)
        self.add_button = AddButton(self.own, self.context.settings)
        self._empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self.lacking = Label(wordWrap=True, objectName="library-lacking")
        self.lacking.hide()
        self._stack = _Stack()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._hint = Label("Double click or a drag onto the plot overlays spectra.")
        self._hint.setProperty("muted", True)
        self._hint.setProperty("small", True)
        self.offer_button = QPushButton("Library")
        self.offer_button.setToolTip("Overlay the spectra computed for this molecule before; they follow the arrow")
        self.offer_button.setVisible(False)
        self.offer_button.clicked.connect(self.overlay_offers)
        head = QHBoxLayout()
        head.addWidget(self.field, 1)
        head.addWidget(self._size)
        head.addWidget(self.add_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addLayout(head)
        column.addWidget(self.lacking)
        column.addWidget(self._stack, 1)
        column.addWidget(self.details)
        column.addWidget(self._hint)
        self._say("Looking into the library…")

    def stop(self) -> None:
        """End the thread and the drawing; the window closes."""
        self._later.stop()
        self._first_later.stop()
        self.list.stop()
        self._search.shutdown()

    # ---- asking ----

    def set_seen(self, seen: bool) -> None:
        """Come into sight, or go out of it; Qt's own signs of that don't tell the tab in front from those behind."""
        self._seen = seen
        if seen:
            self._later.start(SEEN_MS)
            self.own.wake()

    def eventFilter(self, watched, event: QEvent) -> bool:
        """The down key goes from the field into the list; Escape forgets the search, then gives the keyboard back."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # it is not for the window
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.field.clear() if self.field.text() else self.give_keyboard_back()
                return True
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            rows = [row for row in range(self.list.count()) if self.list.item(row).data(SUBJECT) is not None]
            if event.key() == Qt.Key.Key_Down and rows:
                self.list.setFocus()
                self.list.setCurrentRow(rows[0])
                return True
        return super().eventFilter(watched, event)

    def _structure_changed(self) -> None:
        self._offer(None)
        self._later.start(OPENED_MS)

    def _ask_again(self) -> None:
        """The user's references are others."""
        self._asked = None
        self._later.start(SEEN_MS)

    def _ask(self) -> None:
        self._later.stop()
        structure, listing = self.workspace.structure, self._seen
        if structure is None and not listing:
            return
        asked = (self.field.text() if listing else "", "" if structure is None else structure.content_hash)
        if self.answer is not None and self._asked == asked and (self.answer.found is not None or not listing):
            return
        self._asked = asked
        self._search.look_for(asked[0], structure, listing)

    # ---- showing ----

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        self._offer(answer)
        self._size.setText(size_words(answer))
        self._size.setToolTip(plain("\n".join(answer.problems)))
        if answer.found is None and answer.n_entries:
            return
        self.add_button.show_folders(list(answer.folders))
        self.lacking.setText(answer.lacking or "")
        self.lacking.setVisible(bool(answer.lacking))
        chosen = {one.number for one in self._own_chosen()}
        self.list.clear()
        if not answer.n_entries and not answer.n_own:
            why = "\n".join(answer.problems) or "There are no computed spectra in this installation."
            self._say(why)
            return
        fill(self.list, answer, bool(self.field.text().strip()))
        if self.list.count():
            self._stack.setCurrentIndex(0)
            self._choose_again(chosen)
            self.list.draw()
        else:
            self._say(_nothing_found(self.field.text().strip()))

    def _wait_with_own(self, answer: Answer) -> None:
        """Molecules may take seconds to be looked through; the user's own references are listed meanwhile."""
        self._first = answer
        self._first_later.start()

    def _show_own(self) -> None:
        if self._search.is_busy:
            self.list.clear()
            fill(self.list, self._first, bool(self.field.text().strip()))
            self.list.add_heading("Looking into the library…")
            self._stack.setCurrentIndex(0)

    def _show_failure(self, message: str, hint: str) -> None:
        self._asked = None
        self._say(f"{message}\n{hint}".strip())

    def _give_up(self) -> None:
        """Nobody waits for the answer any more."""
        self._search.forget()
        self._show_failure("Stopped.", "Type a name, or come back to this tab, to search again.")

    def _say(self, text: str) -> None:
        self._empty.setText(text)
        self._stack.setCurrentIndex(1)
        self._hint.hide()

    def _offer(self, answer: Answer | None) -> None:
        """Show the button for what there is for the loaded molecule and not overlaid yet."""
        self._offered = () if answer is None else answer.offers
        self._follow_overlays()
        self.offers_changed.emit(len(self._offered))

    def _follow_overlays(self) -> None:
        there = [reference.tensor for reference in self.workspace.session.references]
        left = [offer for offer in self._at_own_edge() if not any(offer.tensor is one for one in there)]
        edges = ", ".join(offer.tensor.edge for offer in left)
        self.offer_button.setText(tr("Library: {edges}").format(edges=edges))
        self.offer_button.setVisible(bool(left))

    def _at_own_edge(self) -> list:
        """What there is for the loaded molecule at the network's edge, else at every edge."""
        card = self.workspace.shown.card
        own = [offer for offer in self._offered if card is not None and offer.entry.element == card.element]
        return own or list(self._offered)

    def _choose_again(self, numbers: set[int]) -> None:
        """Select again what was selected of the user's references; else begin at the top."""
        for row in range(self.list.count()) if numbers else ():
            subject = self.list.item(row).data(SUBJECT)
            if is_own(subject) and subject.number in numbers:
                self.list.item(row).setSelected(True)
        if not self._own_chosen():
            self.list.scrollToTop()
        self._show_details()

    # ---- the user's own ----

    def _own_chosen(self) -> list:
        return [one for one in self.list.chosen() if is_own(one)]

    def _show_details(self) -> None:
        own = self._own_chosen()
        self.details.show_entries(own)
        self._hint.setVisible(not own)

    def remove(self) -> None:
        """Take the selected ones of the user's references out of the library; their files stay."""
        if numbers := [one.number for one in self._own_chosen()]:
            self.own.remove(numbers)

    def _show_menu(self, at: QPoint) -> None:
        chosen = self.list.chosen()
        if not chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Lay over the prediction"), lambda: self.lay_over(chosen))
        if own := self._own_chosen():
            there = [one for one in own if one.source and not one.missing]
            show = menu.addAction(tr("Show the file"), lambda: show_in_folder(Path(there[0].source)))
            show.setEnabled(bool(there))
            menu.addAction(tr("Remove from the library"), self.remove)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if _files(event.mimeData()):
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what is dropped to the library."""
        take_copy(event)
        self.own.add(_files(event.mimeData()))

    # ---- overlaying ----

    def overlay_offers(self) -> None:
        """Overlay what there is for the loaded molecule at the network's edge, else at every edge."""
        for offer in self._at_own_edge():
            self.overlaying.offer(offer)

    def lay_over(self, subjects: Sequence) -> None:
        """Lay what rows stand for over the prediction, in one undo step."""
        if own := [one.number for one in subjects if is_own(one)]:
            self.own.read(own, self.overlaying.own)
        try:
            for one in subjects:
                if is_example(one):
                    self.context.opening.open_example(one.name)
                elif not is_own(one):
                    self.overlaying.computed(one)
        except XanesviewError as error:
            self.workspace.message.emit(Notice("reference", error.message, error.hint))


class _Stack(QStackedWidget):
    """As high as there is room: what a list would like must not make the panel scroll beside it.

    Not by an ignored height: beside texts of several lines a layout takes that for none, and lays them over the list.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LIST_PX)

    def sizeHint(self) -> QSize:
        """Ask for the least."""
        return QSize(super().sizeHint().width(), _LIST_PX)

    def hasHeightForWidth(self) -> bool:
        """The text in the list's place is as high as there is room."""
        return False


def _nothing_found(text: str) -> str:
    mineral = mineral_of(text)
    if mineral is not None:
        return f"The library holds molecules. {mineral.name} ({mineral.formula}) is a crystal.\n{mineral.hint}"
    return f"Nothing found for “{text}”.\nTry another name, a formula such as C6H6, or a SMILES such as c1ccccc1."


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
