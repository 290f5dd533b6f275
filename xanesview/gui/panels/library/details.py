"""What is said of the selected ones of the user's references, to be edited: name, compound, edge, angle, tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from xanesview.domain.counts import counted
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.appearance.typed_numbers import parse_number
from xanesview.gui.panels.flow_row import FlowRow, together
from xanesview.gui.panels.typed_field import TypedField
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.reference.collection.entry import Entry

_FIELDS = (
    ("name", "Name", 150, "What the reference is called"),
    ("compound", "Compound", 110, "Formula, SMILES or words"),
    ("element", "Element", 34, "Symbol of the absorbing element"),
    ("edge", "Edge", 34, "Such as K or L3"),
    ("angle_deg", "θ", 46, "Angle of the field from the surface normal, degrees; empty where there is none"),
    ("tags", "Tags", 130, "Words of your own, with commas between them"),
)
_SEVERAL = "…"


class Details(QWidget):
    """Fields for what is known; a field that is left, or Enter, changes all selected references."""

    edited = Signal(object, object)  # numbers of entries, and the fields that change
    entered = Signal()  # Enter was pressed in a field

    def __init__(self) -> None:
        super().__init__(objectName="library-details")
        self._entries: Sequence[Entry] = ()
        self.fields: dict[str, TypedField] = {}
        pieces = []
        for name, title, width, tip in _FIELDS:
            field = TypedField(objectName=f"library-{name}")
            field.setAccessibleName(tr(title))
            field.setToolTip(plain(tip))
            field.setFixedWidth(width)
            field.editingFinished.connect(lambda name=name: self._finish(name))
            field.returnPressed.connect(self.entered)
            self.fields[name] = field
            pieces.append(together(title, field))
        self.citation = Label(objectName="library-citation")
        self.citation.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.citation.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.citation.setProperty("small", True)
        self.citation.setProperty("muted", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(FlowRow(*pieces))
        column.addWidget(self.citation)
        self.show_entries(())

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show what is known of references; nothing where there is none."""
        same = [one.number for one in entries] == [one.number for one in self._entries]
        self._entries = tuple(entries)
        self.setVisible(bool(entries))
        for name, field in self.fields.items():
            if same and field.hasFocus() and field.isModified():
                continue  # it is being typed into
            field.setText(self._text(name))
            field.setCursorPosition(0)
            field.setModified(False)
            field.mark("", tr(next(tip for one, _, _, tip in _FIELDS if one == name)))
        self.fields["name"].setEnabled(len(entries) < 2)
        cited = list(dict.fromkeys(one.told.citation for one in entries))
        text = cited[0] if len(cited) == 1 else counted(len(cited), "citation") if cited else ""
        self.citation.setText(f"{tr('Cite')}: {text}" if text else tr("It is not known whom to cite."))
        self.citation.setToolTip(plain("\n".join(filter(None, cited))))

    def _text(self, name: str) -> str:
        texts = {_as_text(getattr(one.told, name)) for one in self._entries}
        return texts.pop() if len(texts) == 1 else _SEVERAL if texts else ""

    def _finish(self, name: str) -> None:
        field = self.fields[name]
        if not field.isModified() or not self._entries:
            return
        field.setModified(False)
        try:
            value = _parsed(name, field.text())
        except XanesviewError as error:
            field.mark(f"{error.message} {error.hint}".strip(), field.toolTip())
            return
        field.mark("", tr(next(tip for one, _, _, tip in _FIELDS if one == name)))
        changed = [one.number for one in self._entries if getattr(one.told, name) != value]
        if changed:
            self.edited.emit(changed, {name: value})


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _parsed(name: str, text: str) -> Any:
    """Return what a field says.

    Raises
    ------
    XanesviewError
        If that can't be.
    """
    text = " ".join(text.split())
    if name == "tags":
        return tuple(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip().lstrip("#"))))
    if name == "angle_deg":
        if not text:
            return None
        angle = parse_number(text.rstrip("°"))
        if not 0.0 <= angle <= 180.0:
            raise XanesviewError(f"An angle of {angle:g}° does not exist.", "Between 0 and 180°.")
        return angle
    if name == "name" and not text:
        raise XanesviewError("A reference needs a name.", "")
    return text
