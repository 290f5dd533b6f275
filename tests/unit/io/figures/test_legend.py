"""Names of curves in figures: the plot keeps its height, every name is inside the figure, none lies on another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.figure import draw_spectra
from xanesview.io.figures.legend import LEAST_HEIGHT, LEAST_WIDTH
from xanesview.io.figures.name_fitting import broken, columns_that_fit, shortened, spread
from xanesview.io.figures.spec import PLACES, FigureSpec

ENERGY = np.linspace(280.0, 310.0, 61)


def curves(names, levels=None) -> list[FigureCurve]:
    levels = np.linspace(0.1, 1.0, len(names)) if levels is None else levels
    step = 0.5 * (1 + np.tanh(ENERGY - 290))
    return [
        FigureCurve(Spectrum(ENERGY, level * step, unit="Mb", label=name), "frozen", offset=0.0)
        for name, level in zip(names, levels, strict=True)
    ]


def heights(figure) -> float:
    figure.draw_without_rendering()
    return figure.axes[0].get_window_extent().height / figure.bbox.height


SHORT, LONG = "C{}", "ethylbenzene on a surface, θ = {}°"
WIDE, FILE = "MEASURED WWMM ON AG(111) {}", "run_0042_{}_averaged_normalised_2024-05-13T12:33:01.xmu"


@pytest.mark.parametrize(
    ("name", "count"),
    [(SHORT, 1), (SHORT, 7), (SHORT, 20), (LONG, 5), (LONG, 9), (LONG, 12), (WIDE, 2), (WIDE, 6), (WIDE, 8), (FILE, 7)],
)
def test_the_plot_keeps_its_height_and_no_name_is_cut_off(name, count):
    figure = draw_spectra(curves([name.format(k) for k in range(count)]), FigureSpec())
    assert heights(figure) >= LEAST_HEIGHT
    axes = figure.axes[0]
    assert axes.get_window_extent().width >= LEAST_WIDTH * figure.bbox.width
    boxes = [legend.get_window_extent() for legend in figure.legends]
    boxes += [text.get_window_extent() for text in axes.texts]
    for box in boxes:
        assert box.x0 >= -1
        assert box.y0 >= -1
        assert box.x1 <= figure.bbox.width + 1
        assert box.y1 <= figure.bbox.height + 1
    assert len(axes.get_yticklabels()) > 3
    named = len(axes.texts) + sum(len(g.get_texts()) for g in [*figure.legends, axes.get_legend()] if g is not None)
    assert named == count


def test_few_curves_are_named_at_their_ends_in_their_colours():
    figure = draw_spectra(curves(["one", "two", "three"]), FigureSpec())
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["one", "two", "three"]
    assert {text.get_color() for text in axes.texts} == {line.get_color() for line in axes.lines}
    figure.draw_without_rendering()
    middles = [box.y0 + box.height / 2 for box in (text.get_window_extent() for text in axes.texts)]
    ends = [axes.transData.transform((310.0, line.get_ydata()[-1]))[1] for line in axes.lines]
    np.testing.assert_allclose(middles, ends, atol=0.02 * figure.bbox.height)


def test_names_whose_curves_end_together_stand_apart():
    figure = draw_spectra(curves(["one", "two", "three"], [0.5, 0.501, 0.502]), FigureSpec(legend="direct"))
    figure.draw_without_rendering()
    boxes = sorted((Text.get_window_extent(text) for text in figure.axes[0].texts), key=lambda box: box.y0)
    assert all(lower.y1 <= upper.y0 + 2 for lower, upper in pairwise(boxes))


def test_curves_that_end_early_are_named_inside():
    early = FigureCurve(Spectrum(ENERGY[:30], np.ones(30), label="early", kind="measured"), "measured")
    axes = draw_spectra([*curves(["one"]), early], FigureSpec(energies_ev=(280, 310))).axes[0]
    assert not axes.texts
    assert axes.get_legend() is not None


@pytest.mark.parametrize("name", [SHORT, WIDE])
def test_names_that_must_stand_below_are_shortened_before_the_plot_is_low(name):
    figure = draw_spectra(curves([name.format(k) for k in range(9)]), FigureSpec(legend="below"))
    assert heights(figure) >= LEAST_HEIGHT
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= -1
    assert box.x1 <= figure.bbox.width + 1


@pytest.mark.parametrize("place", PLACES)
def test_every_place_can_be_chosen(place):
    figure = draw_spectra(curves(["one", "two"]), FigureSpec(legend=place))
    figure.draw_without_rendering()
    named = bool(figure.legends or figure.axes[0].texts or figure.axes[0].get_legend())
    assert named == (place != "none")


def test_another_place_is_told():
    with pytest.raises(XanesviewError, match="anywhere"):
        FigureSpec(legend="anywhere")


def test_places_are_spread_in_their_order_and_no_further_than_needed():
    placed = spread([0.0, 30.0, 31.0, 32.0], 10.0)
    assert placed == pytest.approx([0.0, 21.0, 31.0, 41.0])


def test_columns_of_a_legend_fit_the_width():
    widths = [10.0 + (k > 9) for k in range(12)]
    assert columns_that_fit(widths, 62.0) == 6
    assert columns_that_fit(widths, 10) == 1


def test_names_on_the_right_are_broken_before_they_are_shortened():
    assert broken("ethylbenzene on a surface", 14, 2) == "ethylbenzene\non a surface"
    assert broken("ethylbenzene on a surface", 14, 1) == shortened("ethylbenzene on a surface", 14)


@pytest.mark.parametrize(
    ("name", "letters", "lines", "told"),
    [
        ("Σ 6 C · θ = 20°", 8, 3, "Σ 6 C ·\nθ = 20°"),
        ("frozen ε = (0, 0, 1)", 13, 2, "frozen\nε = (0, 0, 1)"),
        ("benzene_film_on_Ag111_20deg", 9, 3, "benzene_\nfil…g111_\n20deg"),
        ("Anthraquinonedisulphonic acid", 12, 2, "Anthra…honic\nacid"),
        ("Isotropic", 7, 2, "Iso…pic"),
        ("2-methyl 285.3 eV", 9, 2, "2-methyl\n285.3 eV"),
    ],
)
def test_words_are_never_broken_and_what_belongs_together_stays(name, letters, lines, told):
    assert broken(name, letters, lines) == told


def test_a_list_on_the_right_of_one_column_has_whole_words_or_stands_below():
    for names, place in (
        ([f"Σ 6 C · θ = {theta}°" for theta in (0, 20, 55, 90)], "right"),
        (["Isotropic", "Anthraquinonedisulphonic acid", "Phenylalanine"], "below"),
    ):
        figure = draw_spectra(curves(names), FigureSpec(legend="right"))
        figure.draw_without_rendering()
        legend = figure.legends[0]
        told = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
        assert told == names
        axes = figure.axes[0].get_window_extent()
        assert (legend.get_window_extent().x0 >= axes.x1) == (place == "right")
        assert axes.width >= LEAST_WIDTH * figure.bbox.width


def test_short_names_on_the_right_leave_their_lines_to_long_ones():
    long = "polystyrene film, grazing, +0.30 eV · edge step"
    names = ["sum of all", *[f"C{k}" for k in range(1, 10)], long]
    figure = draw_spectra(curves(names), FigureSpec(legend="right"))
    told = [text.get_text().replace("\n", " ") for text in figure.legends[0].get_texts()]
    assert told == names


def test_names_are_shortened_in_their_middle():
    assert shortened("a name as long as a line 11", 15) == "a name…line 11"
    assert shortened("short", 15) == "short"


def test_titles_are_written_as_they_are_typed():
    spec = FigureSpec(energy_title="E / $eV", intensity_title="")
    figure = draw_spectra(curves(["one", "two"]), spec, "one")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    assert axes.get_title(loc="left") == "one", "also where a curve has the same name"
    assert axes.get_xlabel() == r"E / $eV"
    assert axes.get_ylabel() == ""


def test_a_long_title_is_broken_and_stays_in_the_figure():
    figure = draw_spectra(curves(["one"]), FigureSpec(), "a title that is longer than the figure is wide, " * 3)
    figure.draw_without_rendering()
    box = figure.axes[0]._left_title.get_window_extent()
    assert box.x1 <= figure.bbox.width
    assert box.y1 <= figure.bbox.height + 1


@pytest.mark.parametrize("n_sites", [0, 6])
def test_few_lines_below_have_as_many_names_as_their_width_holds_and_none_is_cut_off(n_sites):
    names = ["ε = (−0.55, −0.20, 0.81), averaged over azimuths", "isotropic average", "measured", "predicted"]
    drawn = curves([*names, *(f"C{k}" for k in range(n_sites))])
    title = "sum of all 6 C · ε = (−0.55, −0.20, 0.81), averaged over azimuths, a title that takes two lines"
    figure = draw_spectra(drawn, FigureSpec(legend="below"), title=title)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert legend.get_window_extent().x1 <= figure.bbox.width + 1
    told = [text.get_text() for text in legend.get_texts()]
    assert {"measured", "predicted"} <= set(told)
    assert len(told) == len(drawn) or told[-1].startswith("and ")
