"""Letters that the first font of a figure lacks come from another; what none has is told."""

from __future__ import annotations

import numpy as np

from xanesview.domain.spectrum import Spectrum
from xanesview.io.figures import fonts
from xanesview.io.figures.figure import FigureContent
from xanesview.io.figures.figure_file import write_figure
from xanesview.io.figures.spec import FigureSpec

HIEROGLYPH = "\N{EGYPTIAN HIEROGLYPH A001}"


def test_a_letter_without_a_font_is_told_once() -> None:
    told = fonts.missing_font(FigureSpec(), ["α-quartz", f"{HIEROGLYPH} and {HIEROGLYPH}"])
    assert told.count(HIEROGLYPH) == 1
    assert "boxes" in told
    assert fonts.missing_font(FigureSpec(), ["α-quartz, Бензол, C₆H₆ 20°"]) == ""


def test_fonts_of_other_scripts_follow_the_figures_own() -> None:
    named = fonts.families(FigureSpec(font_family="serif"))
    assert named[-1] == "serif"
    assert set(named[:-1]) <= set(fonts.installed_fonts())
    assert fonts.families(FigureSpec(font_family="DejaVu Sans Mono"))[0] == "DejaVu Sans Mono"


def test_letters_that_the_chosen_font_lacks_are_drawn_with_another_one(tmp_path) -> None:
    """matplotlib brings both: one with Latin letters alone, and one that has Cyrillic ones."""
    spec = FigureSpec(font_family="cmss10")
    assert fonts.missing_letters(spec, ["Бензол"]) == []
    energy = np.linspace(280.0, 300.0, 50)
    n_fonts = {}
    for title in ("benzene", "Бензол"):
        content = FigureContent([Spectrum(energy, np.exp(-((energy - 285.0) ** 2)), label="b")], title)
        write_figure(tmp_path / "figure.pdf", content, spec)
        n_fonts[title] = (tmp_path / "figure.pdf").read_bytes().count(b"/FontDescriptor ")
    assert n_fonts["Бензол"] > n_fonts["benzene"], "a font more"
