"""The row of the export dialog with presets and templates: choose, keep, pass on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QInputDialog, QMenu, QToolButton, QWidget

from xanesview.errors import XanesviewError
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label
from xanesview.gui.dialogs.figure_fields import choice
from xanesview.io.figures import template as kept
from xanesview.io.figures.spec import PRESETS, FigureSpec
from xanesview.io.figures.template import Template
from xanesview.texts import tr

_PRESETS = (
    ("One column, 85 mm", "single"), ("One and a half, 120 mm", "one and a half"), ("Two columns, 170 mm", "double"),
    ("Slide, 250 mm", "slide"),
)  # fmt: skip


class TemplateRow(QWidget):
    """Presets and the user's own templates.

    Parameters
    ----------
    spec : gives the settings as they are, to be kept; XanesviewError where they can't be
    """

    preset_chosen = Signal(str)
    template_chosen = Signal(object)  # Template
    told = Signal(str, bool)  # what has happened, and whether it is trouble

    def __init__(self, spec: Callable[[], FigureSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.choice = choice("figure-template", (), "Sizes for a journal or a talk, and templates of your own")
        self.choice.setAccessibleName("preset or template")
        self.button = QToolButton(
            text="Template", objectName="template-menu", popupMode=QToolButton.ToolButtonPopupMode.InstantPopup
        )
        self.button.setToolTip("Keep all settings under a name, or pass them on")
        menu = QMenu(self.button)
        self.save_action = menu.addAction(tr("Save settings as a template…"), self._ask_name)
        self.import_action = menu.addAction(tr("Open a template…"), self._ask_import)
        self.export_action = menu.addAction(tr("Write the template to a file…"), self._ask_export)
        menu.addSeparator()
        self.delete_action = menu.addAction(tr("Delete this template"), self._delete)
        menu.aboutToShow.connect(lambda: self.delete_action.setEnabled(self._chosen_template() is not None))
        self.button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        row.addWidget(Label("Format"))
        row.addWidget(self.choice, 1)
        row.addWidget(self.button)
        self._list("")
        self.choice.activated.connect(self._choose)

    def _list(self, name: str) -> None:
        """List presets and templates anew, with one of the templates chosen."""
        self.choice.clear()
        for words, preset in _PRESETS:
            self.choice.addItem(tr(words), preset)
        own = kept.templates()
        if own:
            self.choice.insertSeparator(self.choice.count())
        for one in own:
            self.choice.addItem(one, Template)
        if name:
            self.choice.setCurrentIndex(self.choice.findText(name))

    def _chosen_template(self) -> str | None:
        return self.choice.currentText() if self.choice.currentData() is Template else None

    def _choose(self) -> None:
        name = self._chosen_template()
        if name is None:
            if self.choice.currentData() in PRESETS:
                self.preset_chosen.emit(self.choice.currentData())
            return
        self._attempt(lambda: self._use(kept.template(name)))

    def _use(self, found: Template) -> None:
        self.template_chosen.emit(found)
        if found.notice:
            self.told.emit(found.notice, True)

    def _ask_name(self) -> None:
        name, taken = QInputDialog.getText(
            self, "Template", "Name of the template:", text=self._chosen_template() or "My journal"
        )
        if taken:
            self.keep(name)

    def keep(self, name: str) -> None:
        """Keep all settings under a name."""
        self._attempt(lambda: self._keep(Template(kept.checked_name(name), self._spec())))

    def _keep(self, one: Template) -> None:
        path = kept.keep_template(one)
        self._list(one.name)
        self.told.emit(f"Template “{one.name}” saved to {path}.", False)

    def _ask_import(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open template", "", kept.FILTER)
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Use the template of a file and keep it among the user's own."""
        self._attempt(lambda: self._take(kept.read_template(path)))

    def _take(self, found: Template) -> None:
        self._keep(found)
        self._use(found)

    def _ask_export(self) -> None:
        start = (self._chosen_template() or "template") + kept.ENDING
        name, _ = QFileDialog.getSaveFileName(self, "Write template", start, kept.FILTER)
        if name:
            path = Path(name)
            self.pass_on(path if path.suffix else path.with_suffix(kept.ENDING))

    def pass_on(self, path: Path) -> None:
        """Write all settings to a file for somebody else."""
        self._attempt(lambda: self._pass_on(path))

    def _pass_on(self, path: Path) -> None:
        kept.write_template(path, Template(self._chosen_template() or path.stem[: kept.LONGEST_NAME], self._spec()))
        self.told.emit(f"Template written to {path}.", False)

    def _delete(self) -> None:
        name = self._chosen_template()
        if name is not None:
            self._attempt(lambda: kept.forget_template(name))
            self._list("")
            self.told.emit(f"Template “{name}” deleted.", False)

    def _attempt(self, act: Callable[[], object]) -> None:
        try:
            act()
        except XanesviewError as error:
            self.told.emit(f"{error.message} {error.hint}".strip(), True)
