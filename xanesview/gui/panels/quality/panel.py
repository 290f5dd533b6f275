"""The quality panel: how far the network's spectra are from the reference on structures it was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xanesview.domain.counts import counted
from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.quality import NOISE_LEVELS, PLACES, RANKINGS, Exemplar, Quality, place_of, with_noise
from xanesview.domain.session import ReferenceCurve
from xanesview.errors import XanesviewError
from xanesview.gui.appearance.choice import Choice
from xanesview.gui.appearance.palette import SPACING
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.panels.context import PanelContext
from xanesview.gui.panels.panel import Panel
from xanesview.gui.panels.quality.measures_table import MeasuresTable
from xanesview.gui.plot.curve_picture import NoisePicture, Overlay
from xanesview.gui.plot.error_curve import ErrorCurve
from xanesview.io.spectra.quality_file import QUALITY, read_quality
from xanesview.networks.card import as_path
from xanesview.shown.computed_edges import is_computed
from xanesview.shown.names import site_name
from xanesview.texts import tr

if TYPE_CHECKING:
    from xanesview.networks.card import Card

#: Below this width the words about the site take the place of the key.
ROOMY_PX = 560
PAGES = ("Errors", "Noise scale", "Measures")
_UNITS = {"spectrum": "", "gradient": " (1/eV²)", "curvature": " (1/eV⁴)"}
_TIPS = {
    "spectrum": "Mean square error of the spectrum",
    "gradient": "Mean square error of the spectrum's slope: are edges and peaks where they belong?",
    "curvature": "Mean square error of the second derivative: are peaks as sharp as they should be?",
}


class QualityPanel(Panel):
    """Sorted errors of the current network's test sites, with exemplars that open in the window."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self.setObjectName("quality")
        self.quality: Quality | None = None
        self.exemplar: Exemplar | None = None
        self._read: tuple[Path, int] | None = None
        self._seen = False
        self._told = ""
        self._build()
        self.workspace.network_changed.connect(self._follow_network)
        self.refresh()

    # ---- building ----

    def _build(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_errors())
        self._pages.addWidget(self._make_noise())
        self.measures = MeasuresTable()
        self._pages.addWidget(self.measures)
        self._stack = QStackedWidget()
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        column.setSpacing(SPACING // 2)
        column.addLayout(self._make_head())
        column.addWidget(self._pages, 1)
        self._stack.addWidget(shown)
        self._stack.addWidget(self._make_empty())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _make_head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        self._buttons = QButtonGroup(self)
        for number, text in enumerate(PAGES):
            button = QToolButton(text=text, checkable=True, checked=number == 0)
            button.setObjectName(f"quality-{text.split()[0].lower()}")
            self._buttons.addButton(button, number)
            row.addWidget(button)
        self._buttons.idClicked.connect(self._show_page)
        row.addStretch(1)
        self._rank_by = Label("Rank by")
        self._rank_by.setProperty("muted", True)
        self.ranking = Choice(objectName="quality-ranking")
        for name in RANKINGS:
            self.ranking.addItem(tr(name), name)
            self.ranking.setItemData(self.ranking.count() - 1, tr(_TIPS[name]), Qt.ItemDataRole.ToolTipRole)
        self.ranking.setToolTip("What the error is taken of")
        self.ranking.currentIndexChanged.connect(self._show_ranking)
        row.addWidget(self._rank_by)
        row.addSpacing(SPACING // 2)
        row.addWidget(self.ranking)
        return row

    def _make_errors(self) -> QWidget:
        page = QWidget()
        self.curve = ErrorCurve()
        self.overlay = Overlay()
        self.curve.place_chosen.connect(self.show_place)
        self.curve.place_opened.connect(self._open_place)
        self.overlay.opened.connect(self.open_exemplar)
        self.told = Label(objectName="quality-told")
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.told.setProperty("small", True)
        self.told.installEventFilter(self)
        self.key = Label(objectName="quality-key")
        self.key.setProperty("small", True)
        self.key.setProperty("muted", True)
        self.open_button = QPushButton("Open in window", objectName="quality-open")
        self.open_button.setToolTip("Show this structure with the site picked and its reference laid over (Return)")
        self.open_button.clicked.connect(self.open_exemplar)
        plots = QHBoxLayout()
        plots.setSpacing(SPACING)
        plots.addWidget(self.curve, 1)
        plots.addWidget(self.overlay, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.told, 1)
        foot.addWidget(self.key)
        foot.addWidget(self.open_button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING // 2)
        column.addLayout(plots, 1)
        column.addLayout(foot)
        return page

    def _make_noise(self) -> QWidget:
        page = QWidget()
        self.pictures = [NoisePicture() for _ in (*NOISE_LEVELS, "own")]
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        for picture in self.pictures:
            row.addWidget(picture)
        note = Label("What a mean square error looks like: white noise on a reference spectrum (the smooth line).")
        note.setProperty("muted", True)
        note.setProperty("small", True)
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        note.setWordWrap(True)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row, 1)
        column.addWidget(note)
        return page

    def _make_empty(self) -> QWidget:
        page = QWidget()
        self.empty = Label(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, objectName="quality-empty")
        self.empty.setProperty("muted", True)
        self.copy_button = QPushButton("Copy the command", objectName="quality-copy")
        self.copy_button.setToolTip("For a terminal; FILE.h5 is a data file with a test split")
        self.copy_button.clicked.connect(self._copy_command)
        self.measures_below = MeasuresTable()
        column = QVBoxLayout(page)
        column.setContentsMargins(2 * SPACING, SPACING, 2 * SPACING, SPACING)
        column.addStretch(1)
        column.addWidget(self.empty)
        column.addWidget(self.copy_button, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.measures_below, 3)
        column.addStretch(1)
        return page

    # ---- life in the window ----

    def set_seen(self, seen: bool) -> None:
        """Come to the front, or go: files are read only when they are seen."""
        self._seen = seen
        if seen:
            self.refresh()

    def apply_theme(self) -> None:
        """Take the colours of the palette."""
        self.curve.apply_theme()
        self.overlay.apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        """Take the new colours when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "overlay"):
            self.apply_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is less room."""
        super().resizeEvent(event)
        self.key.setVisible(self.width() >= ROOMY_PX)
        self._fit_told()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cut the words below the plots to their room whenever it changes."""
        if watched is self.told and event.type() == QEvent.Type.Resize:
            self._fit_told()
        return super().eventFilter(watched, event)

    def _fit_told(self) -> None:
        metrics = self.told.fontMetrics()
        self.told.setText(metrics.elidedText(self._told, Qt.TextElideMode.ElideRight, self.told.width()))

    def _follow_network(self) -> None:
        if self._seen:
            self.refresh()

    # ---- reading ----

    def refresh(self) -> None:
        """Show the current network's quality, or say why there is none to show."""
        card = self.workspace.shown.card
        if is_computed(self.workspace.session.network):
            self._say("This edge is computed from first principles: there is no network to test.", None)
            return
        if card is None:
            self._say("Choose a network: this page shows how well it does on structures it has not seen.", None)
            return
        path = card.path / QUALITY
        if not path.is_file():
            self._say(_why_none(card), card)
            return
        stamp = (path.resolve(), path.stat().st_mtime_ns)
        if stamp != self._read:
            try:
                self.quality = read_quality(path)
            except XanesviewError as error:
                self._read = None
                self._say(f"{error.message}\n{error.hint}", card)
                return
            self._read = stamp
        self.measures.show_card(card)
        self._stack.setCurrentIndex(0)
        self._show_ranking()
        self._show_noise()

    def _say(self, text: str, card: Card | None) -> None:
        self.quality, self.exemplar, self._read = None, None, None
        self.empty.setText(text)
        self.copy_button.setVisible(card is not None and card.gives != "properties" and card.path.is_dir())
        self.measures_below.show_card(card)
        self.measures_below.setVisible(self.measures_below.rowCount() > 0)
        self._stack.setCurrentIndex(1)

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(_command(self.workspace.shown.card))
        self.copy_button.setText("Copied")

    # ---- errors ----

    def _show_page(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        for widget in (self._rank_by, self.ranking):
            widget.setVisible(number == 0)

    def _show_ranking(self) -> None:
        quality, ranking = self.quality, self.ranking.currentData()
        if quality is None:
            return
        stored = [place for place, _ in quality.stored(ranking)]
        marks = {name: place_of(percent, quality.n_sites) for name, percent in PLACES.items()}
        marks = {name: place for name, place in marks.items() if place in stored}
        unit = _UNITS[ranking]
        self.curve.set_errors(quality.sorted_errors(ranking), stored, marks, (f"Mean square error{unit}", f"MSE{unit}"))
        self.show_place(place_of(PLACES["median"], quality.n_sites))

    def show_place(self, place: int) -> None:
        """Show the exemplar nearest to a place of the ranking, 0 being the best."""
        quality, ranking = self.quality, self.ranking.currentData()
        place, self.exemplar = quality.nearest(ranking, place)
        exemplar = self.exemplar
        self.curve.choose(place)
        relative = exemplar.reference.axis == "relative"
        self.overlay.set_curves(
            exemplar.reference.energy_ev,
            exemplar.predicted / quality.scale,
            exemplar.reference_curve() / quality.scale,
            ("Energy from E₀ (eV)", "E − E₀ (eV)") if relative else ("Photon energy (eV)", "Energy (eV)"),
        )
        error = quality.sorted_errors(ranking)[place]
        of = "isotropic" if exemplar.direction is None else "along a typical direction"
        site = f"{site_name(exemplar.structure, exemplar.atom)} of {exemplar.structure.name}"
        text = f"{_place_name(place, quality)}: MSE {_number(error)}{_UNITS[ranking]} · {site}"
        self._told = text
        self._fit_told()
        tip = [
            text,
            of,
            f"{exemplar.structure.formula} {quality.smiles[exemplar.row]}".strip(),
            f"{counted(quality.n_sites, 'site')}, {quality.split} split",
        ]
        self.told.setToolTip(plain("\n".join([*filter(None, tip), ", ".join(quality.data)])))
        self.key.setText("━ predicted  ╌ reference")

    def _open_place(self, place: int) -> None:
        self.show_place(place)
        self.open_exemplar()

    def open_exemplar(self) -> None:
        """Show the exemplar's structure in the window, its site picked, its reference laid over: one step to undo."""
        exemplar, quality, workspace = self.exemplar, self.quality, self.workspace
        if exemplar is None:
            return
        stack = workspace.undo_stack
        stack.beginMacro(f"open {exemplar.structure.name}")
        try:
            self._show_structure(exemplar)
            workspace.pick([exemplar.atom])
            if exemplar.direction is not None:
                light = LinearPolarisation.like(workspace.geometry)
                workspace.set_geometry(light.with_direction(exemplar.direction))
            source = f"{quality.split} split of {', '.join(quality.data)}, atom {exemplar.atom}"
            if not any(reference.source == source for reference in workspace.session.references):
                workspace.add_reference(ReferenceCurve(tensor=exemplar.reference, label="reference", source=source))
        finally:
            stack.endMacro()

    def _show_structure(self, exemplar: Exemplar) -> None:
        now = self.workspace.structure
        if now is not None and now.content_hash == exemplar.structure.content_hash:
            return
        self.context.opening.show_structure(exemplar.structure)

    # ---- noise ----

    def _show_noise(self) -> None:
        quality = self.quality
        place, exemplar = quality.nearest("spectrum", place_of(PLACES["median"], quality.n_sites))
        curve = exemplar.reference_curve() / quality.scale
        own = float(quality.sorted_errors("spectrum")[place])
        levels = [(level, f"MSE {level:g}") for level in NOISE_LEVELS] + [(own, f"median here: {_number(own)}")]
        for picture, (level, caption) in zip(self.pictures, levels, strict=True):
            picture.set_curves(curve, with_noise(curve, level), caption)


def _place_name(place: int, quality: Quality) -> str:
    for name, percent in PLACES.items():
        if place == place_of(percent, quality.n_sites):
            return name.capitalize()
    share = 100.0 * place / max(quality.n_sites - 1, 1)
    return f"Worse than {share:.0f} % of the sites"


def _why_none(card: Card) -> str:
    if card.gives == "properties":
        return f"{card.title} reads properties from spectra; its errors stand in the Properties tab."
    return (
        f"{card.title} comes without test results to look at.\n"
        "Measure it on data that it was not trained on, and its best and worst spectra appear here."
    )


def _command(card: Card) -> str:
    return f"xanesview evaluate {as_path(card.path)} --data FILE.h5 --split test --quality"


def _number(value: float) -> str:
    if 0.01 <= abs(value) < 1000:
        return f"{value:.3f}"
    text = f"{value:.2g}" if 1e-4 <= abs(value) < 0.01 else np.format_float_scientific(value, 1, exp_digits=1)
    return text.replace("-", "−")
