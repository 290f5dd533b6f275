"""The start page: examples as pictures, recent files, a field for a SMILES."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.errors import XanesviewError
from xanesview.gui.panels.structure_picture import structure_picture
from xanesview.gui.settings import Settings
from xanesview.gui.theme import SPACING, colours, icon, small_font

PICTURE = QSize(96, 56)
CELL = QSize(128, 104)


class StartCard(QWidget):
    """First steps. The pictures are drawn one by one when there is nothing else to do."""

    example_chosen = Signal(str)
    file_chosen = Signal(object)  # Path
    smiles_entered = Signal(str)
    open_asked = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start")
        self.settings = settings
        self._undrawn: list[QListWidgetItem] = []
        self.examples = QListWidget(objectName="examples")
        self.examples.setViewMode(QListView.ViewMode.IconMode)
        self.examples.setResizeMode(QListView.ResizeMode.Adjust)
        self.examples.setMovement(QListView.Movement.Static)
        self.examples.setUniformItemSizes(True)
        self.examples.setIconSize(PICTURE)
        self.examples.setGridSize(CELL)
        self.examples.setWordWrap(True)
        self.examples.setFont(small_font())
        self.examples.itemClicked.connect(self._choose)
        self.examples.itemActivated.connect(self._choose)
        self.smiles = QLineEdit(placeholderText="Type a SMILES, then Enter", objectName="start-smiles")
        self.smiles.setClearButtonEnabled(True)
        self.smiles.returnPressed.connect(self._take_smiles)
        self.recent = QVBoxLayout()
        self.recent.setSpacing(0)
        self._draw_timer = QTimer(self)
        self._draw_timer.setInterval(15)
        self._draw_timer.timeout.connect(self._draw_next)
        self._arrange()
        self.refresh_recent()

    def _arrange(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACING // 2)
        open_button = QToolButton(text="Open a file…", toolTip="XYZ, CIF, POSCAR, PDB, MOL, SDF (Ctrl+O)")
        open_button.setIcon(icon("open"))
        open_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        open_button.clicked.connect(self.open_asked)
        self._open_button = open_button
        side.addWidget(open_button)
        side.addWidget(self.smiles)
        self._recent_heading = QLabel("Recent")
        self._recent_heading.setProperty("muted", True)
        side.addWidget(self._recent_heading)
        side.addLayout(self.recent)
        side.addStretch(1)
        left = QWidget()
        left.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        left.setFixedWidth(200)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACING, SPACING, SPACING, 0)
        row.setSpacing(SPACING)
        row.addWidget(left)
        row.addWidget(self.examples, 1)

    def fill(self) -> None:
        """List the examples; called once the window stands."""
        from xanesview.io.examples import examples

        if self.examples.count():
            return
        for example in examples():
            item = QListWidgetItem(example.title)
            item.setToolTip(example.line)
            item.setData(Qt.ItemDataRole.UserRole, example.name)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.examples.addItem(item)
            self._undrawn.append(item)
        self._draw_timer.start()

    def redraw(self) -> None:
        """Draw the pictures anew after a change of theme."""
        self._open_button.setIcon(icon("open"))
        self._undrawn = [self.examples.item(row) for row in range(self.examples.count())]
        if self._undrawn:
            self._draw_timer.start()

    def refresh_recent(self) -> None:
        """List the recent files."""
        while self.recent.count():
            self.recent.takeAt(0).widget().deleteLater()
        files = self.settings.recent_files()[:4]
        self._recent_heading.setVisible(bool(files))
        for path in files:
            button = QToolButton(text=path.name, toolTip=str(path))
            button.clicked.connect(lambda _checked=False, p=path: self.file_chosen.emit(Path(p)))
            self.recent.addWidget(button)

    def stop(self) -> None:
        """Draw no more; the window closes."""
        self._draw_timer.stop()

    def _draw_next(self) -> None:
        from xanesview.io.examples import load_example

        if not self._undrawn:
            self._draw_timer.stop()
            return
        if not self.isVisible():
            return
        item = self._undrawn.pop(0)
        try:
            structure = load_example(item.data(Qt.ItemDataRole.UserRole))
        except XanesviewError as error:
            item.setToolTip(f"{error.message} {error.hint}".strip())
            return
        item.setIcon(QIcon(structure_picture(structure, PICTURE, self.devicePixelRatioF(), colours(self).faint)))

    def _choose(self, item: QListWidgetItem) -> None:
        self.example_chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _take_smiles(self) -> None:
        if self.smiles.text().strip():
            self.smiles_entered.emit(self.smiles.text().strip())
