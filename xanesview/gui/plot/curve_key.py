"""The key at the right of the plot: labels at the ends of few curves, a list of many; a click hides or shows.

In a list, what the names of neighbours share is said once, above them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from xanesview.gui.appearance.plain_text import plain
from xanesview.gui.appearance.theme import colours, small_font
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.gui.plot.header import with_one_decimal
from xanesview.gui.plot.ranges import spread_labels
from xanesview.gui.plot.swatch import SWATCH_PX, draw_swatch
from xanesview.shown.curve import Curve
from xanesview.shown.said_once import said_once
from xanesview.texts import told, tr

DIRECT_LABELS = 5
"""Up to so many visible curves are labelled at their right end; more stand in a list."""

_LEADER_PX = 14.0
_GAP_PX = 6.0
_LEAST_PX, _MOST_PX = 44, 184
_MOST_NAMED = 20  # in a tooltip
_DIRECTION = re.compile(r"(ε=)?\([^()]*\)")


class CurveKey(QWidget):
    """Names the curves of a plot beside it.

    Parameters
    ----------
    end_of : callable
        Gives the height of a curve's right end in this widget's pixels, or None where it is not in view.
    """

    toggled = Signal(str, bool)
    hovered = Signal(str)  # key under the pointer, "" for none

    def __init__(self, end_of: Callable[[Curve], float | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Names of the curves"))
        self.setMouseTracking(True)
        self.setFont(small_font())
        self._end_of = end_of
        self._curves: list[tuple[Curve, CurveStyle]] = []
        self._area = (0.0, 100.0)
        self._scroll = 0
        self._hover = ""
        self._entries: list[tuple[QRectF, Curve]] = []
        self._rest: tuple[QRectF, list[Curve]] | None = None
        self._own: dict[str, str] = {}  # what is a curve's own of its name in a list, by its key
        self._above: dict[str, str] = {}  # what stands above it there
        self._heads: list[tuple[QRectF, str]] = []
        self._wanted, self._most = float(_LEAST_PX), float(_MOST_PX)
        self._fit_width()

    def set_curves(self, curves: Sequence[Curve], styles: Sequence[CurveStyle], *, fit: bool = True) -> None:
        """Replace the curves; with `fit` the width follows the labels (not while dragging: nothing may jump)."""
        pairs = zip(curves, styles, strict=True)
        self._curves = [pair for pair in pairs if pair[0].label and pair[0].role != "difference"]
        self._own, self._above = said_once([curve for curve, _ in self._curves])
        if fit:
            metrics = QFontMetricsF(self.font())
            widest = max((self._label_px(curve, metrics) for curve, _ in self._curves), default=0.0)
            self._wanted = SWATCH_PX + _GAP_PX + widest + 8
            self._fit_width()
        self.update()

    def set_most(self, width_px: float) -> None:
        """Take no more than this width; names that find no room say less, and a tooltip has the whole name."""
        self._most = min(max(width_px, _LEAST_PX), _MOST_PX)
        self._fit_width()
        self.update()

    def _fit_width(self) -> None:
        self.setFixedWidth(int(min(max(self._wanted, _LEAST_PX), self._most)) if self._curves else 12)

    def set_area(self, top_px: float, bottom_px: float) -> None:
        """Tell where the plot's picture begins and ends, in this widget's pixels."""
        self._area = (top_px, bottom_px)
        self.update()

    @property
    def is_list(self) -> bool:
        """Whether the key is a list instead of labels at the curves' ends: also of few whose names are long alike."""
        if sum(curve.visible for curve, _ in self._curves) > DIRECT_LABELS:
            return True
        room, metrics = _MOST_PX - SWATCH_PX - _GAP_PX - 2, QFontMetricsF(self.font())
        return any(metrics.horizontalAdvance(told(curve.label)) > room for curve, _ in self._members())

    def _members(self) -> list[tuple[Curve, CurveStyle]]:
        """Return the curves whose names say in a list what is their own alone."""
        return [pair for pair in self._curves if self._own[pair[0].key] != told(pair[0].label)]

    def name_of(self, curve: Curve) -> str:
        """Return what stands in a curve's entry where it has room."""
        return self._own[curve.key] if self.is_list else told(curve.label)

    def headings(self) -> list[str]:
        """Return what stands above entries that share it, from the top."""
        self.entries()
        return [words for _, words in self._heads]

    def entries(self) -> list[tuple[QRectF, Curve]]:
        """Return where each curve's entry stands."""
        self._rest, self._heads = None, []
        self._entries = self._list_entries() if self.is_list else self._direct_entries()
        return self._entries

    def rest(self) -> tuple[QRectF, list[Curve]] | None:
        """Return where the line stands that counts the curves without room for an entry, and these; None without."""
        self.entries()
        return self._rest

    def sizeHint(self) -> QSize:
        """Ask for the width of the labels."""
        return QSize(self.width(), 80)

    def _label_px(self, curve: Curve, metrics: QFontMetricsF) -> float:
        """Return a label's width; where it tells a direction, with room for minus signs that a drag may bring."""
        if self.is_list:
            head = self._above.get(curve.key, "")
            heading_px = metrics.horizontalAdvance(head) - SWATCH_PX - _GAP_PX if head else 0.0
            label_px = metrics.horizontalAdvance(self._own[curve.key])
            if self._own[curve.key] != told(curve.label) or head:
                return max(label_px, heading_px)
        turns = curve.role == "current" and any(letter.isdigit() for letter in curve.label)
        return metrics.horizontalAdvance(told(curve.label) + "−−−" * turns)

    def _row_px(self) -> float:
        return QFontMetricsF(self.font()).height() + 4.0

    def _direct_entries(self) -> list[tuple[QRectF, Curve]]:
        row = self._row_px()
        top, bottom = self._area
        ends = [(curve, self._end_of(curve)) for curve, _ in self._curves if curve.visible]
        seen = [(curve, end) for curve, end in ends if end is not None]
        hidden = [curve for curve, _ in self._curves if not curve.visible] + [c for c, end in ends if end is None]
        # Hidden curves wait at the top, where few spectra end, so that a click brings them back.
        entries = self._in_rows(hidden, max(int((bottom - top) / row) - len(seen), 0))
        first = top + (len(entries) + (self._rest is not None)) * row + row / 2
        centres = spread_labels([end for _, end in seen], row, first, bottom - row / 2)
        entries += [
            (QRectF(0, centre - row / 2, self.width(), row), curve)
            for (curve, _), centre in zip(seen, centres, strict=True)
        ]
        return entries

    def _list_entries(self) -> list[tuple[QRectF, Curve]]:
        row, top = self._row_px(), self._area[0]  # a list may go on below the picture
        room = max(int((self.height() - top) / row), 1)
        lines = self._lines(self._curves)
        if room < len(lines):  # what somebody opened or froze stays in sight, sites scroll
            lines = self._lines(sorted(self._curves, key=lambda pair: pair[0].role == "site"))
            room -= 1  # the last line says how many more there are
        self._scroll = max(0, min(self._scroll, len(lines) - room))
        seen = lines[self._scroll : self._scroll + room]
        if seen and not isinstance(seen[0], str) and room > 1:  # what it shares has gone out of view above
            head = self._head_of(seen[0])
            seen = [head, *seen[1:]] if head else seen
        if seen and isinstance(seen[-1], str):
            seen = seen[:-1]  # above nothing
        places = [(QRectF(0, top + rank * row, self.width(), row), line) for rank, line in enumerate(seen)]
        self._heads = [(place, line) for place, line in places if isinstance(line, str)]
        entries = [(place, line) for place, line in places if not isinstance(line, str)]
        named = {curve.key for _, curve in entries}
        rest = [curve for curve, _ in self._curves if curve.key not in named]
        if rest:
            self._rest = QRectF(0, top + len(seen) * row, self.width(), row), rest
        return entries

    def _lines(self, curves: Sequence[tuple[Curve, CurveStyle]]) -> list[Curve | str]:
        """Return curves one after the other, those that share something below what they share."""
        lines: list[Curve | str] = []
        for curve, _ in curves:
            head = self._above.get(curve.key, "")
            lines += [head, curve] if head else [curve]
        return lines

    def _head_of(self, curve: Curve) -> str:
        """Return the heading that a curve stands under, "" for none."""
        head = ""
        for other, _ in self._curves:
            is_member = self._own[other.key] != told(other.label)
            head = self._above.get(other.key, "") or (head if is_member else "")
            if other is curve:
                return head
        return ""

    def _in_rows(self, curves: list[Curve], room: int) -> list[tuple[QRectF, Curve]]:
        """Place curves one below another; what has no room is counted in a line of its own."""
        row, top = self._row_px(), self._area[0]
        if room < len(curves):
            room = max(room - 1, 0)
        shown, rest = curves[:room], curves[room:]
        if rest:
            self._rest = QRectF(0, top + len(shown) * row, self.width(), row), rest
        return [(QRectF(0, top + rank * row, self.width(), row), curve) for rank, curve in enumerate(shown)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw swatches or leaders, and the labels."""
        scheme = colours(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
        styles = {curve.key: style for curve, style in self._curves}
        as_list = self.is_list
        labels = [self._own[curve.key] if as_list else told(curve.label) for curve, _ in self._curves]
        for place, curve in self.entries():
            style = styles[curve.key]
            shade = QColor(style.colour if curve.visible else scheme.faint)
            middle = place.center().y()
            end = None if as_list or not curve.visible else self._end_of(curve)
            if curve.key == self._hover:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(scheme.hover))
                painter.drawRoundedRect(place.adjusted(_LEADER_PX, 0, 0, 0), 4, 4)
                painter.setBrush(Qt.BrushStyle.NoBrush)
            if end is not None:
                faint = QColor(shade)
                faint.setAlphaF(0.55)
                painter.setPen(QPen(faint, 1.0))
                painter.drawLine(QLineF(1.0, end, _LEADER_PX, middle))
            else:
                draw_swatch(painter, middle, style, shade)
            painter.setPen(_text_shade(shade, scheme.text, 0.3) if curve.visible else QColor(scheme.faint))
            text = place.adjusted(SWATCH_PX + _GAP_PX, 0, -2, 0)
            own = self._own[curve.key] if as_list else told(curve.label)
            words = shorter_name(own, metrics, text.width(), labels)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        for place, words in self._heads:
            painter.setPen(QColor(scheme.muted))
            cut = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, place.width() - 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        if self._rest is not None:
            place, curves = self._rest
            painter.setPen(QColor(scheme.muted))
            text = place.adjusted(SWATCH_PX + _GAP_PX, 0, -2, 0)
            words = tr("+{n} more").format(n=len(curves))
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.end()

    def _curve_at(self, at: QPointF) -> Curve | None:
        return next((curve for place, curve in self.entries() if place.contains(at)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide or show the curve whose entry is clicked."""
        curve = self._curve_at(event.position())
        if curve is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.toggled.emit(curve.key, not curve.visible)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the entry under the pointer and explain it."""
        curve = self._curve_at(event.position())
        if self._rest is not None and self._rest[0].contains(event.position()):
            lines = [told(one.label) for one in self._rest[1]][:_MOST_NAMED]
            lines += ["…"] * (len(self._rest[1]) > _MOST_NAMED)
            lines.append("Scroll, or make the plot higher." if self.is_list else "Make the plot higher to see them.")
            QToolTip.showText(event.globalPosition().toPoint(), plain("\n".join(lines)), self)
        key = "" if curve is None else curve.key
        if key != self._hover:
            self._hover = key
            self.hovered.emit(key)
            self.setCursor(Qt.CursorShape.PointingHandCursor if key else Qt.CursorShape.ArrowCursor)
            if curve is not None:
                act = "Click to hide this curve." if curve.visible else "Click to show this curve."
                lines = [*self._told(curve), act]
                QToolTip.showText(event.globalPosition().toPoint(), plain("\n".join(lines)), self)
            self.update()

    def _told(self, curve: Curve) -> list[str]:
        """The whole name where it is cut, what the curve is, and where it lies when it is out of view."""
        room = self.width() - SWATCH_PX - _GAP_PX - 2
        cut = self.name_of(curve) != told(curve.label)
        cut = cut or QFontMetricsF(self.font()).horizontalAdvance(told(curve.label)) > room
        lines = [told(curve.label)] * cut + [curve.tooltip] * (curve.tooltip not in ("", curve.label))
        lines = lines or [told(curve.label)]
        if curve.visible and curve.energy_ev.size and self._end_of(curve) is None:
            low, high = (f"{curve.energy_ev[at]:.0f}" for at in (0, -1))
            lines.append(tr("Not in view: {low} to {high} eV").format(low=low, high=high))
        return lines

    def leaveEvent(self, event: QEvent) -> None:
        """Unmark."""
        self._hover = ""
        self.hovered.emit("")
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll a list that is longer than the plot is high."""
        self._scroll -= 1 if event.angleDelta().y() > 0 else -1
        self.update()
        event.accept()


def shorter_name(name: str, metrics: QFontMetricsF, width_px: float, others: Sequence[str] = ()) -> str:
    """Return a curve's name, or what says less of it where it is wider than `width_px`.

    A frozen curve stays told from the current one of the same direction. Of a name that is cut, what tells it from
    the `others` beside it stays as long as there is room: curves of a series differ at the end, as film_20deg and
    film_70deg.
    """
    brief = with_one_decimal(name.replace("isotropic average", "isotropic"))
    close = _close(name)
    head, _, last = name.rpartition(" · ")
    said = (last,) if last == "frozen" else (f"{head} …",) if head else ()
    for text in (name, brief, close, *said):
        if metrics.horizontalAdvance(text) <= width_px:
            return text
    rivals = [other for other in others if other != name]
    if _DIRECTION.fullmatch(close):  # one without some of its numbers says nothing
        whole = re.sub(r"(?<=\d)\.0(?!\d)", "", close.removeprefix("ε="))
        alone = not any(_DIRECTION.match(_close(other)) for other in rivals)
        for text in (whole, "ε = …") if alone else (whole,):
            if metrics.horizontalAdvance(text) <= width_px:
                return text
    words = name.split(", ")
    if len(words) > 2 and "(" not in name:  # angles of a beam: the first that fit, as long as they tell it apart
        for n in range(len(words) - 1, 0, -1):
            begin = ", ".join(words[:n])
            told_apart = not any(other.startswith(begin) for other in rivals)
            if told_apart and metrics.horizontalAdvance(f"{begin}, …") <= width_px:
                return f"{begin}, …"
    same = max((_alike(close, _close(other)) for other in rivals), default=0)
    while 0 < same < len(close) and close[same - 1].isalnum():
        same -= 1  # a number or a word stays whole
    if not 0 < same < len(close):
        return metrics.elidedText(close, Qt.TextElideMode.ElideMiddle, width_px)
    texts = (f"{close[:kept]}…{close[same:]}" for kept in range(same - 1, -1, -1))
    fitting = next((text for text in texts if metrics.horizontalAdvance(text) <= width_px), None)
    return fitting or metrics.elidedText(f"…{close[same:]}", Qt.TextElideMode.ElideRight, width_px)


def _close(name: str) -> str:
    """Return a name with directions of one decimal and nothing around their signs."""
    brief = with_one_decimal(name.replace("isotropic average", "isotropic"))
    brief = brief.replace(" = ", "=")
    return re.sub(r"\([^()]*\)", lambda found: found.group().replace(", ", ","), brief)


def _alike(one: str, other: str) -> int:
    """Return how many characters two names begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _text_shade(shade: QColor, text: str, share: float) -> QColor:
    """Return a curve's colour moved towards the text colour, so that small letters keep their contrast."""
    other = QColor(text)
    return QColor.fromRgbF(
        *((1 - share) * one + share * two for one, two in zip(shade.getRgbF()[:3], other.getRgbF()[:3], strict=True))
    )
