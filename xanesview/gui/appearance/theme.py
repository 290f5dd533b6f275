"""Light and dark: the palette, the curve colours, the icons and the two text sizes of the window.

The accent colour belongs to the polarisation arrow and to the curve of the current direction, and to nothing else:
the two are the same thing seen twice. Selections, focus and hover are therefore a quiet slate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from xanesview.gui.appearance.style_sheet import style_sheet
from xanesview.paths import cache_dir, resource

SPACING = 8
"""The one spacing unit, in device-independent pixels; margins are multiples of it."""

RADIUS = 6
"""The one corner radius, in device-independent pixels."""

TEXT_SIZE_PT = 10.0
SMALL_TEXT_SIZE_PT = 8.5

MODES = ("system", "light", "dark")


@dataclass(frozen=True)
class Colours:
    """Every colour the window uses, as ``#rrggbb``.

    Attributes
    ----------
    accent : str
        The arrow and the current curve; nothing else.
    text, muted, faint : str
        Text, secondary text, and what is there only when looked for.
    window, surface, raised, border : str
        Ground of the window, of plots and tables, of controls; hairlines.
    background_top, background_bottom : str
        Gradient of the 3D view.
    grid : str
        Plot grid and sketch lines.
    control, hover, selection : str
        Filled parts of sliders and ticks; pointer over a control; selected rows.
    measured : str
        Measured references: the most solid line after the accent.
    curves : tuple[str, ...]
        Colour-blind-safe set for sites and overlays: the hues of Okabe and Ito, their lightness spread so that the
        first six and the accent stay apart in red-, green- and blue-blind vision, too.
    warning, error, good : str
        Severity of notices.
    """

    accent: str
    text: str
    muted: str
    faint: str
    window: str
    surface: str
    raised: str
    border: str
    background_top: str
    background_bottom: str
    grid: str
    control: str
    hover: str
    selection: str
    measured: str
    curves: tuple[str, ...]
    warning: str
    error: str
    good: str
    dark: bool

    def curve(self, index: int) -> str:
        """Return the colour of the curve with this running number; the set repeats."""
        return self.curves[index % len(self.curves)]


LIGHT = Colours(
    accent="#cf246c",
    text="#1d232b",
    muted="#5d6875",
    faint="#98a2ae",
    window="#f3f5f7",
    surface="#ffffff",
    raised="#fcfdfe",
    border="#d5dae0",
    background_top="#fbfcfd",
    background_bottom="#dfe5eb",
    grid="#e6eaee",
    control="#47607a",
    hover="#e8edf2",
    selection="#d7e2ed",
    measured="#1d232b",
    curves=("#006db3", "#e09500", "#0b5230", "#855c10", "#17b3c4", "#5b2fc9", "#7f9a2a", "#5d6875"),
    warning="#a86400",
    error="#c0271d",
    good="#1f7a4d",
    dark=False,
)

DARK = Colours(
    accent="#f4457f",
    text="#e6eaee",
    muted="#9aa6b2",
    faint="#66717d",
    window="#1b1f24",
    surface="#14171b",
    raised="#252a31",
    border="#343b44",
    background_top="#2b323a",
    background_bottom="#14171b",
    grid="#262c33",
    control="#8aa6c2",
    hover="#2e353d",
    selection="#2f4358",
    measured="#f2f4f6",
    curves=("#5d9adb", "#f0dc28", "#4fe08c", "#ca8420", "#c4e4ee", "#8f66ff", "#2f9a8f", "#98a2ae"),
    warning="#f0b45a",
    error="#ff7a6e",
    good="#5fcf95",
    dark=True,
)


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
    if mode == "system":
        dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    else:
        dark = mode == "dark"
    scheme = DARK if dark else LIGHT
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(text_font())
    app.setPalette(palette_of(scheme))
    app.setStyleSheet(style_sheet(scheme, SPACING, RADIUS, SMALL_TEXT_SIZE_PT, _glyphs(scheme)))
    return scheme


def text_font() -> QFont:
    """Return the font of texts: the desktop's own family, with figures that all have one width."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(TEXT_SIZE_PT)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def small_font() -> QFont:
    """Return the font of secondary texts: ticks, hints, readouts."""
    font = text_font()
    font.setPointSizeF(SMALL_TEXT_SIZE_PT)
    return font


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
    "tick": '<path d="M2.5 6.5 5 9 9.5 3.5"/>',
    "part": '<path d="M3 6 H9"/>',
    "dot": '<circle cx="6" cy="6" r="2" fill="{colour}"/>',
    "close": '<path d="M3.5 3.5 8.5 8.5 M8.5 3.5 3.5 8.5"/>',
}


def _glyphs(scheme: Colours) -> dict[str, str]:
    """Write the few marks inside controls as files, since a style sheet can only name a file.

    Returns
    -------
    dict
        Mark's name (with ``-faint`` for the disabled one, ``-on`` for one on a filled ground) to path.
    """
    folder = cache_dir() / "theme"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for suffix, colour in (("", scheme.muted), ("-faint", scheme.faint), ("-on", scheme.surface)):
        for name, body in _GLYPHS.items():
            path = folder / f"{name}{suffix}-{'dark' if scheme.dark else 'light'}.svg"
            drawing = (
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" width="12" height="12" fill="none" '
                f'stroke="{colour}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">'
                f"{body.format(colour=colour)}</svg>"
            )
            if not path.is_file() or path.read_text(encoding="utf-8") != drawing:
                path.write_text(drawing, encoding="utf-8")
            paths[name + suffix] = path.as_posix()
    return paths
