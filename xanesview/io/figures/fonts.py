"""Fonts of figures: which are installed, which take over for letters that the first ones lack, and what none has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from xanesview.io.figures.spec import FAMILIES, FigureSpec

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FONTS = {
    "sans-serif": ("Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"),
    "serif": ("Times New Roman", "Times", "Liberation Serif", "Nimbus Roman", "DejaVu Serif"),
}
"""Families of figures, the first that is installed."""
_OTHER_SCRIPTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Noto Sans JP", "Noto Sans KR",
    "Source Han Sans SC", "Source Han Sans JP", "PingFang SC", "Hiragino Sans", "Apple SD Gothic Neo",
    "Microsoft YaHei", "Yu Gothic", "Meiryo", "MS Gothic", "Malgun Gothic", "SimHei", "SimSun",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS", "DejaVu Sans",
)  # fmt: skip
_MOST_FALLBACKS = 3
_LAST_RESORT = "Last Resort"  # of matplotlib: a box for every letter


def installed_fonts() -> list[str]:
    """Return the names of the fonts that figures can be set in, in alphabetical order."""
    from matplotlib.font_manager import fontManager

    return sorted(set(fontManager.get_font_names()), key=str.casefold)


def families(spec: FigureSpec) -> list[str]:
    """Return the fonts of a figure that are installed: the first that has a letter draws it, the generic name last."""
    own = [] if spec.font_family in FAMILIES else [spec.font_family]
    generic = "serif" if spec.font_family == "serif" else "sans-serif"
    installed = _installed()
    first = [name for name in (*own, *FONTS[generic]) if name in installed]
    return [*first, *(name for name in _fallbacks() if name not in first), generic]


@cache
def _installed() -> frozenset[str]:
    return frozenset(installed_fonts())


@cache
def _fallbacks() -> tuple[str, ...]:
    installed = _installed()
    return tuple([name for name in _OTHER_SCRIPTS if name in installed][:_MOST_FALLBACKS])


def missing_font(spec: FigureSpec, texts: Iterable[str] = ()) -> str:
    """Return what to tell where the font that is asked for isn't installed, or no font has a letter of the texts.

    Empty where all is well.
    """
    told = []
    if spec.font_family not in FAMILIES and spec.font_family not in installed_fonts():
        told.append(f"The font {spec.font_family} is not installed here; another takes its place.")
    if lacking := missing_letters(spec, texts):
        letters = " ".join(lacking[:5]) + " …" * (len(lacking) > 5)
        told.append(f"No font here has the letters {letters}: they are drawn as boxes. Install one that has them.")
    return " ".join(told)


def missing_letters(spec: FigureSpec, texts: Iterable[str]) -> list[str]:
    """Return the letters of texts that no font of a figure has, each once, in their order."""
    letters = dict.fromkeys(letter for text in texts for letter in text if letter.isprintable())
    strange = [letter for letter in letters if ord(letter) > 0x17F]
    if not strange:
        return []
    fonts = _loaded(tuple(families(spec)))
    return [letter for letter in strange if not any(font.get_char_index(ord(letter)) for font in fonts)]


@cache
def _loaded(names: tuple[str, ...]) -> tuple[FT2Font, ...]:
    from matplotlib.font_manager import fontManager, get_font

    path_of = {entry.name: entry.fname for entry in fontManager.ttflist if not entry.name.startswith(_LAST_RESORT)}
    return tuple(get_font(path_of[name]) for name in names if name in path_of)
