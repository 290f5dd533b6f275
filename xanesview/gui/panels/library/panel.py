"""The library panel: spectra computed before, offered for the loaded molecule, or found by a search."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
)

from xanesview.domain.counts import counted
from xanesview.domain.session import ReferenceCurve
from xanesview.domain.structure import Notice
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.background.library_search import Answer, LibrarySearch
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.library.listing import SUBJECT, LibraryList
from xanesview.gui.panels.panel import Panel
from xanesview.gui.session.job_watch import Watch
from xanesview.io.structures.minerals import mineral_of
from xanesview.texts import tr

TYPED_MS = 200
#: The prediction goes first: a structure that was just opened is looked up when its spectrum stands.
OPENED_MS = 600
#: While the window is arranged, panels are shown and hidden again.
SEEN_MS = 30
_FORMULA_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
        self.answer: Answer | None = None
        self._search = LibrarySearch(self)
        self._search.done.connect(self._show)
        self._search.failed.connect(self._show_failure)
        Watch(
            workspace.jobs, lambda: tr("Search the library of spectra"), lambda: self._search.is_busy, self._give_up,
            (self._search.busy_changed,), is_minor=True,
        )  # fmt: skip
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._ask)
        self._asked: tuple[str, str] | None = None
        self._explained = False
        self._seen = False
        self._offered: tuple = ()
        self._build()
        workspace.structure_changed.connect(self._structure_changed)
        workspace.references_changed.connect(self._follow_overlays)
        workspace.network_changed.connect(self._follow_overlays)

    def _build(self) -> None:
        self.field = QLineEdit(placeholderText="Name, formula, SMILES or InChIKey", objectName="library-field")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda: self._later.start(TYPED_MS))
        self.field.returnPressed.connect(self._ask)
        self.field.installEventFilter(self)
        self._size = Label()
        self._size.setProperty("muted", True)
        self._size.setProperty("small", True)
        self.list = LibraryList(self)
        self.list.itemActivated.connect(self._activated)
        self._empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", True)
        self.lacking = Label(wordWrap=True, objectName="library-lacking")
        self.lacking.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._hint = Label("Double click overlays a spectrum.")
        self._hint.setProperty("muted", True)
        self._hint.setProperty("small", True)
        self.offer_button = QPushButton("Library")
        self.offer_button.setToolTip("Overlay the spectra computed for this molecule before; they follow the arrow")
        self.offer_button.setVisible(False)
        self.offer_button.clicked.connect(self.overlay_offers)
        head = QHBoxLayout()
        head.addWidget(self.field, 1)
        head.addWidget(self._size)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACING, SPACING, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addLayout(head)
        column.addWidget(self.lacking)
        column.addWidget(self._stack, 1)
        column.addWidget(self._hint)
        self._say("Looking into the library…")

    def stop(self) -> None:
        """End the thread and the drawing; the window closes."""
        self._later.stop()
        self.list.stop()
        self._search.shutdown()

    # ---- asking ----

    def set_seen(self, seen: bool) -> None:
        """Come into sight, or go out of it; Qt's own signs of that don't tell the tab in front from those behind."""
        self._seen = seen
        if seen:
            self._later.start(SEEN_MS)

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
        self._size.setText(_size(answer))
        self._size.setToolTip(plain("\n".join(answer.problems)))
        if answer.found is None and answer.n_entries:
            return
        self.lacking.setText(answer.lacking or "")
        self.lacking.setVisible(bool(answer.lacking))
        self.list.clear()
        if not answer.n_entries:
            why = "\n".join(answer.problems) or "There are no computed spectra in this installation."
            self._say(why)
            return
        self._fill(answer)
        if self.list.count():
            self._stack.setCurrentIndex(0)
            self._hint.show()
            self.list.scrollToTop()
            self.list.draw()
        else:
            mineral = mineral_of(self.field.text())
            self._say(
                f"The library holds molecules. {mineral.name} ({mineral.formula}) is a crystal.\n{mineral.hint}"
                if mineral is not None else
                f"Nothing found for “{self.field.text().strip()}”.\nTry another name, a formula such as C6H6, or a "
                "SMILES such as c1ccccc1."
            )

    def _fill(self, answer: Answer) -> None:
        """List this molecule first: above what is like it, or above what else was found where a search finds it."""
        why_of = dict(answer.found or ())
        searched = bool(self.field.text().strip())
        first = [offer for offer in answer.offers if not searched or offer.entry in why_of]
        if first:
            self.list.add_heading("This molecule")
        for offer in first:
            remark = why_of[offer.entry] if searched else f"{offer.rms_angstrom:.2f} Å"
            self._add(offer.entry, _offer_line(offer), remark, offer)
        offered = {offer.entry for offer in first}
        rest = [(entry, why) for entry, why in why_of.items() if entry not in offered]
        if rest:
            self.list.add_heading(f"Also found {len(rest)}" if searched and first else answer.heading)
        for entry, why in rest:
            self._add(entry, _entry_line(entry), why, entry)

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

    def _add(self, entry, line: str, remark: str, subject: object) -> None:
        from xanesview.reference.library.library import edge_of, shown_name

        name = shown_name(entry)
        title = name.translate(_FORMULA_DIGITS) if name == entry.formula else name
        self.list.add_molecule(title, line, edge_of(entry), remark, entry.smiles, subject)
        tip = [entry.smiles, f"{entry.formula}, {entry.name} in {entry.path.name}", entry.method]
        if subject is entry:
            tip.append("Double click overlays the isotropic spectrum per absorbing atom.")
        else:
            tip.append(_offer_tip(subject))
        self.list.item(self.list.count() - 1).setToolTip(plain("\n".join(part for part in tip if part)))

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

    # ---- overlaying ----

    def overlay_offers(self) -> None:
        """Overlay what there is for the loaded molecule at the network's edge, else at every edge."""
        for offer in self._at_own_edge():
            self._overlay_offer(offer)

    def _activated(self, item: QListWidgetItem) -> None:
        subject = item.data(SUBJECT)
        if subject is None:
            return
        try:
            if hasattr(subject, "tensor"):
                self._overlay_offer(subject)
            else:
                self._overlay_entry(subject)
        except XanesviewError as error:
            self.workspace.message.emit(Notice("reference", error.message, error.hint))

    def _overlay_offer(self, offer) -> None:
        from xanesview.reference.library.library import source_of

        card = self.workspace.shown.card
        edge = "" if card is not None and card.element == offer.entry.element else f" {offer.tensor.edge}"
        source = f"{source_of(offer.entry)}; laid over with {offer.rms_angstrom:.2f} Å rms"
        reference = ReferenceCurve(tensor=offer.tensor, label=f"TP-DFT{edge}", source=source)
        added = self._add_reference(reference)
        missing = set(offer.missing) & set(self.workspace.session.picked)
        if added and missing:
            message = f"The library has no spectrum of {len(missing)} of the picked sites; its sum leaves them out."
            self.workspace.message.emit(Notice("library", message, "Pick others, or compute them."))

    def _overlay_entry(self, entry) -> None:
        from xanesview.reference.library.library import isotropic_of, shown_name

        spectrum = isotropic_of(entry)
        label = f"{shown_name(entry)}, isotropic per {entry.element}"
        reference = ReferenceCurve(spectrum=spectrum, label=label, source=spectrum.provenance["source"])
        if self._add_reference(reference) and not self._explained:
            self._explained = True  # the curve's label goes on saying it
            shape = f" with atoms displaced by {entry.sigma_angstrom:.2f} Å" if entry.is_displaced else ""
            self.workspace.message.emit(
                Notice(
                    "library",
                    f"{shown_name(entry)}{shape} is drawn as its isotropic average per {entry.element} atom.",
                    "It has no orientation in common with the loaded molecule, so the arrow doesn't change it.",
                )
            )

    def _add_reference(self, reference: ReferenceCurve) -> bool:
        """Overlay a reference unless it is there; return whether it is new."""
        for index, there in enumerate(self.workspace.session.references):
            of_tensor = reference.tensor is not None and there.tensor is reference.tensor
            if of_tensor or (reference.tensor is None and there.source == reference.source):
                if not there.visible:
                    self.workspace.replace_reference(index, there.replace(visible=True))
                return False
        self.workspace.add_reference(reference)
        return True


def _size(answer: Answer) -> str:
    if not answer.n_entries:
        return ""
    text = f"{counted(answer.n_entries, 'molecule')} · {', '.join(answer.edges)}"
    return f"{text} · {len(answer.problems)} unreadable" if answer.problems else text


def _entry_line(entry) -> str:
    shape = f"displaced by {entry.sigma_angstrom:.2f} Å · " if entry.is_displaced else ""
    return f"{shape}{entry.smiles}"


def _offer_line(offer) -> str:
    known, total = len(offer.tensor.sites), len(offer.tensor.sites) + len(offer.missing)
    sites = counted(total, "site")
    if known < total:
        sites = f"{known} of {sites}"
    else:
        sites = f"all {sites}" if total > 1 else "its one site"
    return f"{sites} · follows the arrow"


def _offer_tip(offer) -> str:
    lines = [
        f"Its heavy atoms are within {offer.rms_angstrom:.2f} Å rms of the loaded ones.",
        "Double click overlays the spectra of this molecule's sites; they follow the arrow.",
    ]
    if offer.borrowed:
        atoms = ", ".join(f"{offer.entry.element}{atom}" for atom in offer.borrowed)
        lines.insert(1, f"{atoms}: taken from an atom with the same bonds but not quite the same surroundings.")
    return "\n".join(lines)
