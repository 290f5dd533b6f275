"""Letters that the first font of a figure lacks come from another; what none has is told."""

from __future__ import annotations

import numpy as np
import pytest

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


def test_a_chinese_title_is_text_in_a_pdf(tmp_path) -> None:
    if fonts.missing_letters(FigureSpec(), ["苯"]):
        pytest.skip("no font for Chinese is installed here")
    energy = np.linspace(280.0, 300.0, 50)
    content = FigureContent([Spectrum(energy, np.exp(-((energy - 285.0) ** 2)), label="苯")], "苯的光谱")
    write_figure(tmp_path / "own.pdf", content, FigureSpec())
    latin = FigureContent([content.curves[0].replace(label="b")], "b")
    write_figure(tmp_path / "latin.pdf", latin, FigureSpec())
    fonts_of = {name: (tmp_path / f"{name}.pdf").read_bytes().count(b"/FontDescriptor ") for name in ("own", "latin")}
    assert fonts_of["own"] > fonts_of["latin"], "a font more"
