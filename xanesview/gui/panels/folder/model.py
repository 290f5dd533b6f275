"""The model of the table of many structures: a row each, then the mixtures that fit better."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer

from xanesview.domain.counts import counted
from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.session.candidate_list import CandidateList
from xanesview.gui.session.candidate_ranking import CandidateRanking
from xanesview.shown.candidate_rows import CandidateRow
from xanesview.texts import tr

PLACE, NAME, FORMULA, SITES, SPECTRUM, MISFIT, SHIFT, WIDTH, SCALE, STEP, WARNINGS = range(11)
HEADINGS = (
    "", "Structure", "Formula", "Sites", "Spectrum", "Misfit / %", "Shift / eV", "Added / eV", "Scale", "Step", "Remark"
)  # fmt: skip
TIPS = (
    "Place in the order of the misfit; ≈: can't be told from the first within the error of the prediction",
    "Double click opens it; selected rows lie on the plot",
    "Composition",
    "Absorbing atoms, over which the spectrum is the mean",
    "Mean over the absorbing atoms, averaged over directions",
    "Root of the share of the measured variance that is left, with one standard deviation from the prediction's band",
    "By how much the prediction was moved to fit",
    "Gaussian width that was added to the prediction",
    "Factor of the prediction, per absorbing atom",
    "Height of the edge step that was added, in the measured unit",
    "What was said of the prediction, and why one is missing",
)
RANKED = (MISFIT, SHIFT, WIDTH, SCALE, STEP)
_NUMBERS = (PLACE, SITES, *RANKED)
#: Points of a small picture of a spectrum.
SPARK_POINTS = 72
SPARK = Qt.ItemDataRole.UserRole + 1
#: While structures come one after the other the order is made anew so often, ms.
SORT_MS = 300


class FolderModel(QAbstractTableModel):
    """Reads the list and the ranking, and puts the rows in order; writes nothing.

    Rows of Qt's are places in the order; rows of the list are numbers. Rows of which nothing is known stay at the end,
    whatever the order.
    """

    def __init__(self, candidates: CandidateList, ranking: CandidateRanking, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.candidates, self.ranking = candidates, ranking
        self._n_rows = 0
        self._order: list[int] = []
        self._place: dict[int, int] = {}
        self._by, self._downwards = NAME, False
        self._sparks: dict[int, np.ndarray] = {}
        self._later = QTimer(self, singleShot=True, interval=SORT_MS)
        self._later.timeout.connect(self._put_in_order)
        candidates.reset.connect(self._reset)
        candidates.rows_changed.connect(self._change)
        ranking.changed.connect(self._rank)
        self._reset()

    def row(self, number: int) -> CandidateRow | None:
        """Return a row of the list, None of a mixture."""
        return self.candidates.rows[number] if number < self._n_rows else None

    def number(self, place: int) -> int:
        """Return which row of the list stands at a place."""
        return self._order[place]

    def numbers(self) -> list[int]:
        """Return the rows of the list in the order in which they stand."""
        return list(self._order)

    def place_of(self, number: int) -> int:
        """Return where a row of the list stands."""
        return self._place[number]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column."""
        self._by, self._downwards = column, order == Qt.SortOrder.DescendingOrder
        self._put_in_order()

    def stop(self) -> None:
        """The window closes."""
        self._later.stop()

    def _reset(self) -> None:
        self.beginResetModel()
        self._n_rows = len(self.candidates.rows)
        self._sparks.clear()
        self._set_order(self._sorted(self._n_rows + self._count_mixtures()))
        self.endResetModel()

    def _count_mixtures(self) -> int:
        return 0 if self.ranking.ranking is None else len(self.ranking.ranking.mixtures)

    def _change(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._sparks.pop(row, None)
            place = self._place[row]
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(HEADINGS) - 1))
        if not self._later.isActive():
            self._later.start()

    def _rank(self) -> None:
        if (len(self.candidates.rows), self._count_mixtures()) != (self._n_rows, len(self._order) - self._n_rows):
            self._reset()
        elif self._order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(HEADINGS) - 1))
            self._put_in_order()

    def _sorted(self, count: int) -> list[int]:
        values = {row: self._value(row, self._by) for row in range(count)}
        known = [row for row in range(count) if values[row] is not None]
        known.sort(key=values.__getitem__, reverse=self._downwards)
        return [*known, *(row for row in range(count) if values[row] is None)]

    def _put_in_order(self) -> None:
        self._later.stop()
        order = self._sorted(len(self._order))
        if order == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        numbers = [self._order[index.row()] for index in before]
        self._set_order(order)
        after = [self.index(self._place[row], index.column()) for row, index in zip(numbers, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _set_order(self, order: list[int]) -> None:
        self._order = order
        self._place = {row: place for place, row in enumerate(order)}

    # ---- Qt's side ----

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of structures and mixtures."""
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        """Column headings and their explanations."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            room = "\u2003" if section == self._by and section in _NUMBERS else ""  # for the arrow of the order
            return tr(HEADINGS[section]) + room
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(TIPS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        """One cell."""
        row, column = self._order[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == SPARK and column == SPECTRUM:
            return self._spark(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(self._tip(row, column))
        return None

    def _text(self, row: int, column: int) -> str:
        one, ranked = self.row(row), self.ranking.ranked_at(row)
        if column in RANKED:
            return "" if ranked is None else _ranked_text(ranked, column)
        if column == PLACE:
            place = self.ranking.place(row) if one is not None else None
            if place is None:
                return "" if ranked is None else "≈ +" if ranked.is_tied and row > self._n_rows else "+"
            return f"≈ {place}" if ranked.is_tied and place > 1 else f"{place}"
        if one is None:
            return (ranked.name if ranked is not None else "") if column == NAME else ""
        if column == NAME:
            return one.name
        if column == WARNINGS:
            return one.problem or _remark(one, ranked)
        if one.found is None:
            return ""
        return {FORMULA: one.found.structure.formula, SITES: str(len(one.found.sites))}.get(column, "")

    def _value(self, row: int, column: int):
        """What a column is sorted by; None comes last."""
        one, ranked = self.row(row), self.ranking.ranked_at(row)
        if column in RANKED or column == PLACE:
            if ranked is None:
                return None
            return {
                PLACE: ranked.misfit, MISFIT: ranked.misfit, SHIFT: ranked.shift_ev, WIDTH: ranked.fwhm_ev,
                SCALE: ranked.scale, STEP: ranked.step_height * ranked.scale,
            }[column]  # fmt: skip
        if column == NAME:
            return _natural(self._text(row, NAME))
        if one is None or one.found is None:
            return one.problem or None if one is not None and column == WARNINGS else None
        if column == SITES:
            return len(one.found.sites)
        if column == SPECTRUM:
            spark = self._spark(row)
            return float(np.argmax(spark))
        return self._text(row, column).casefold() or None

    def _spark(self, row: int) -> np.ndarray | None:
        """Return the heights of a small picture, 0 to 1, from the first to the last energy of the network."""
        if row not in self._sparks:
            one = self.row(row)
            if one is None or one.found is None:
                return None
            summed, mean = one.found.look.summed, one.found.look.isotropic
            energy = np.linspace(summed.energy_ev[0], summed.energy_ev[-1], SPARK_POINTS)
            heights = np.interp(energy, summed.energy_ev, np.nan_to_num(mean))
            self._sparks[row] = heights / max(float(np.abs(heights).max()), 1e-300)
        return self._sparks[row]

    def _tip(self, row: int, column: int) -> str:
        one, ranked = self.row(row), self.ranking.ranked_at(row)
        if one is None:
            if ranked is not None and ranked.is_tied and row > self._n_rows:
                return "A mixture that can't be told from the best one; fractions count absorbing atoms"
            return "A mixture that fits better than fewer parts; fractions count absorbing atoms"
        if column == WARNINGS or one.problem:
            said = () if one.found is None else (*one.found.warnings, *one.found.notices)
            limit = "The shift ended at the largest that was tried." if ranked is not None and ranked.at_limit else ""
            return "\n".join(filter(None, (one.problem, *said, limit)))
        if column == NAME:
            return f"{one.name}\n{one.source.path}"
        return ""


def _side(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _ranked_text(ranked, column: int) -> str:
    text = {
        MISFIT: f"{100.0 * ranked.misfit:.1f} ± {100.0 * ranked.error:.1f}",
        SHIFT: f"{ranked.shift_ev:+.2f}" + (" !" if ranked.at_limit else ""),
        WIDTH: f"{ranked.fwhm_ev:.2f}",
        SCALE: f"{ranked.scale:.3g}",
        STEP: f"{ranked.step_height * ranked.scale:.3g}",
    }[column]
    return text.replace("-", "−")


def _remark(one: CandidateRow, ranked) -> str:
    """What is said in few words; the tip has the sentences."""
    if one.found is None:
        return tr("waiting")
    words = []
    if "outside" in one.found.facts:
        words.append(tr("{n} outside").format(n=one.found.facts["outside"].split(" site")[0]))
    elif one.found.warnings:
        words.append(tr("uncertain"))
    if ranked is not None and ranked.at_limit:
        words.append(tr("shift at its limit"))
    if not words and one.found.notices:
        words.append(counted(len(one.found.notices), tr("remark"), tr("remarks")))
    return ", ".join(words)


@lru_cache(maxsize=20_000)
def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return what names are sorted by, so that 10 comes after 9."""
    parts, digits = [], ""
    for letter in [*text.casefold(), ""]:
        if letter.isdecimal():
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, letter))
    return tuple(parts)
