"""Light and dark: Qt's palette, the style sheet, the icons and the two text sizes of the window."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from xanesview.gui.appearance.memory_files import register
from xanesview.gui.appearance.palette import DARK, LIGHT, RADIUS, SPACING, Colours
from xanesview.gui.appearance.style_sheet import style_sheet
from xanesview.paths import resource

TEXT_SIZE_PT = 10.0
SMALL_TEXT_SIZE_PT = 8.5

MODES = ("system", "light", "dark")

_text_size_pt = _applied_pt = TEXT_SIZE_PT


def set_text_size(points: float) -> None:
    """Choose the size of texts, pt; small ones keep their ratio. `apply_theme` shows it."""
    global _text_size_pt
    _text_size_pt = float(points)


def text_size_pt() -> float:
    """Return the size of texts, pt."""
    return _text_size_pt


def small_size_pt() -> float:
    """Return the size of secondary texts, pt."""
    return _small(_text_size_pt)


def _small(points: float) -> float:
    return round(points * SMALL_TEXT_SIZE_PT / TEXT_SIZE_PT, 1)


def is_dark(palette: QPalette) -> bool:
    """Tell whether text in this palette is lighter than the window behind it."""
    ground = palette.color(QPalette.ColorRole.Window)
    return palette.color(QPalette.ColorRole.WindowText).lightness() > ground.lightness()


def colours(source: QWidget | QPalette | None = None) -> Colours:
    """Return the colours that go with a widget or a palette (default: the application's palette)."""
    if source is None:
        source = QApplication.palette()
    palette = source.palette() if isinstance(source, QWidget) else source
    return DARK if is_dark(palette) else LIGHT


def palette_of(scheme: Colours) -> QPalette:
    """Return a Qt palette made of these colours."""
    role = QPalette.ColorRole
    palette = QPalette()
    for one, colour in {
        role.Window: scheme.window,
        role.WindowText: scheme.text,
        role.Base: scheme.surface,
        role.AlternateBase: scheme.window,
        role.Text: scheme.text,
        role.PlaceholderText: scheme.faint,
        role.Button: scheme.raised,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.error,
        role.ToolTipBase: scheme.raised,
        role.ToolTipText: scheme.text,
        role.Highlight: scheme.selection,
        role.HighlightedText: scheme.text,
        role.Accent: scheme.control,
        role.Link: scheme.curves[0],
        role.LinkVisited: scheme.curves[5],
        role.Light: scheme.raised,
        role.Midlight: scheme.hover,
        role.Mid: scheme.border,
        role.Dark: scheme.faint,
        role.Shadow: scheme.background_bottom,
    }.items():
        palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, QColor(scheme.faint))
    return palette


def apply_theme(app: QApplication, mode: str = "system") -> Colours:
    """Give the whole application its style, palette, font and style sheet.

    Parameters
    ----------
    app : QApplication
    mode : str
        ``"light"``, ``"dark"``, or ``"system"``: whichever the desktop asks for (light where it does not say).

    Returns
    -------
    Colours
        The colours now in force.
    """
    if mode not in MODES:
        raise ValueError(f"theme mode {mode!r}: one of {', '.join(MODES)}")
    dark = desktop_is_dark(app) if mode == "system" else mode == "dark"
    scheme = DARK if dark else LIGHT
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    if app.styleSheet():  # Qt takes three times as long to put one in the place of another
        app.setStyleSheet("")
    app.setFont(text_font())
    app.setPalette(palette_of(scheme))
    app.setStyleSheet(style_sheet(scheme, SPACING, RADIUS, small_size_pt(), _glyphs(scheme)))
    for widget in app.allWidgets():  # what was never shown would keep the palette of before
        if colours(widget) is not scheme and not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            widget.ensurePolished()
    _resize_small_texts(app)  # a new style sheet gives fonts back that it found at first
    return scheme


def _resize_small_texts(app: QApplication) -> None:
    """Give widgets with small letters of their own the size that goes with the present one."""
    global _applied_pt
    before, _applied_pt = _small(_applied_pt), _text_size_pt
    if before == small_size_pt():
        return
    for widget in app.allWidgets():
        font = widget.font()
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont) and abs(font.pointSizeF() - before) < 0.06:
            font.setPointSizeF(small_size_pt())
            widget.setFont(font)


def desktop_is_dark(app: QApplication) -> bool:
    """Whether the desktop asks for dark windows now."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def text_font() -> QFont:
    """Return the font of texts: the desktop's own family, with figures that all have one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(text_size_pt())
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def small_font() -> QFont:
    """Return the font of secondary texts: ticks, hints, readouts."""
    font = text_font()
    font.setPointSizeF(small_size_pt())
    return font


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and let the widget look so."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.updateGeometry()


def icon(name: str, source: QWidget | QPalette | None = None) -> QIcon:
    """Return an icon of the program's set in the palette's text colour.

    Parameters
    ----------
    name : str
        File name without ending below ``resources/icons``; the drawing uses ``currentColor``.
    source : QWidget or QPalette, optional
        Whose palette to follow; the application's by default.

    Returns
    -------
    QIcon
        Null where there is no such drawing, so that a control shows its text alone.
    """
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        return QIcon()
    scheme = colours(source)
    return _drawn_icon(path, scheme.text, scheme.faint)


@lru_cache(maxsize=256)
def _drawn_icon(path: Path, colour: str, disabled: str) -> QIcon:
    """Draw an SVG file in two colours (enabled, disabled) and in the sizes that screens ask for."""
    drawing = path.read_text(encoding="utf-8")
    result = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", shade).encode()))
        for size in (16, 20, 24, 32, 40, 48, 64):
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            result.addPixmap(pixmap, mode)
    return result


_GLYPHS = {
    "down": '<path d="M3 4.5 6 7.5 9 4.5"/>',
    "up": '<path d="M3 7.5 6 4.5 9 7.5"/>',
    "right": '<path d="M4.5 3 7.5 6 4.5 9"/>',
    "left": '<path d="M7.5 3 4.5 6 7.5 9"/>',
    "more": '<path d="M2.5 3 5.5 6 2.5 9 M6.5 3 9.5 6 6.5 9"/>',
    "tick": '<path d="M2.5 6.5 5 9 9.5 3.5"/>',
    "part": '<path d="M3 6 H9"/>',
    "dot": '<circle cx="6" cy="6" r="2" fill="{colour}"/>',
    "close": '<path d="M3.5 3.5 8.5 8.5 M8.5 3.5 3.5 8.5"/>',
}


@lru_cache(maxsize=2)
def _glyphs(scheme: Colours) -> dict[str, str]:
    """Draw the few marks inside controls as files in memory, since a style sheet can only name a file.

    Returns
    -------
    dict
        Mark's name (with ``-faint`` for the disabled one, ``-on`` for one on a filled ground) to path.
    """
    drawings = {}
    for suffix, colour in (("", scheme.muted), ("-faint", scheme.faint), ("-on", scheme.surface)):
        for name, body in _GLYPHS.items():
            drawings[f"{name}{suffix}.svg"] = (
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" width="12" height="12" fill="none" '
                f'stroke="{colour}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">'
                f"{body.format(colour=colour)}</svg>"
            ).encode()
    paths = register(f"xanesview-{'dark' if scheme.dark else 'light'}", drawings)
    return {name.removesuffix(".svg"): path for name, path in paths.items()}
