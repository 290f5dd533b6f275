"""Names of curves in figures: the plot keeps its height, every name is inside the figure, none lies on another."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.figure import FigureContent, draw_spectra
from xanesview.io.figures.figure_file import left_out
from xanesview.io.figures.legend import LEAST_HEIGHT, LEAST_WIDTH
from xanesview.io.figures.name_fitting import CurveNames, broken, columns_that_fit, shortened, spread
from xanesview.io.figures.names_outside import SMALLEST_PT
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
    for names, shared, place in (
        ([f"Σ 6 C · θ = {theta}°" for theta in (0, 20, 55, 90)], "Σ 6 C", "right"),
        (["Isotropic", "Anthraquinonedisulphonic acid", "Phenylalanine"], "", "below"),
    ):
        figure = draw_spectra(curves(names), FigureSpec(legend="right"))
        figure.draw_without_rendering()
        legend = figure.legends[0]
        told = [text.get_text().replace("\n", " ") for text in legend.get_texts()]
        assert legend.get_title().get_text() == shared
        assert [f"{shared} · {one}" if shared else one for one in told] == names
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


def test_a_long_title_keeps_clear_of_the_names_on_the_right():
    names = [f"{angle}°{kind}" for angle in (20, 30, 45, 55, 70, 90) for kind in ("", " predicted")]
    title = "sum of all 14 C · beam 0.0° grazing, azimuth 0.0°, p, P = 0.95, averaged over azimuths"
    figure = draw_spectra(curves(names), FigureSpec(width_mm=85, height_mm=62, legend="right"), title)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    heading = figure.axes[0]._left_title
    assert heading.get_window_extent().x1 <= legend.get_window_extent().x0
    assert heading.get_text().replace("\n", " ") == title


FITTED = "sum of all 14 C · beam 0.0° grazing, azimuth 0.0°, p, P = 0.95, averaged over azimuths"


def fitted_series(*, filled: bool) -> list[FigureCurve]:
    """A measured series with its predictions beside curves of no angle; they leave no place free where it is filled."""
    names = ["ε = (0.48, −0.08, 0.87), averaged over azimuths", "isotropic average", "ε = (0.87, −0.24, 0.42), kept"]
    plain = [replace(c, role=r) for c, r in zip(curves(names), ("current", "isotropic", "frozen"), strict=True)]
    angles = [20, 30, 45, 55, 70, 90]
    measured = [replace(c, role="measured") for c in curves([f"anthracene_{a}deg · {a}°" for a in angles])]
    predicted = [replace(c, role="compared") for c in curves([f"{a}° predicted" for a in angles])]
    series = [
        replace(one, angle_deg=float(angle))
        for angle, pair in zip(angles, zip(measured, predicted, strict=True), strict=True) for one in pair
    ]  # fmt: skip
    wave = np.sin(6 * ENERGY) if filled else 0.0
    return [replace(c, spectrum=c.spectrum.replace(intensity=c.spectrum.intensity + wave)) for c in plain + series]


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("place", ["auto", "below"])
def test_beside_a_bar_curves_of_no_angle_and_what_is_measured_are_named_under_a_long_title(filled, place):
    figure = draw_spectra(fitted_series(filled=filled), FigureSpec(width_mm=85, height_mm=62, legend=place), FITTED)
    _, lines = names_in(figure)
    alone = [curve.spectrum.label for curve in fitted_series(filled=filled)[:3]]
    assert sorted(lines) == sorted([*alone, "measured", "predicted"])
    assert bool(figure.legends) or place == "auto", "below"


@pytest.mark.parametrize("place", ["auto", "below", "right"])
def test_a_long_title_gives_way_before_names_are_shortened_or_stand_elsewhere(place):
    spec = FigureSpec(width_mm=85, height_mm=62, legend=place, colour_bar=False)
    _, average, _, *series = fitted_series(filled=True)
    figure = draw_spectra([average, *series], spec, FITTED)
    _, lines = names_in(figure)
    assert len(lines) == 13
    assert not any("…" in line for line in lines)
    (legend,) = figure.legends
    heading = figure.axes[0]._left_title
    figure.draw_without_rendering()
    assert legend.get_window_extent().y1 < figure.axes[0].get_window_extent().y0
    assert legend.get_window_extent().y0 >= 0
    assert heading.get_text().replace("\n", " ") == FITTED
    assert heading.get_window_extent().x1 <= figure.bbox.width
    assert heading.get_fontsize() >= SMALLEST_PT


def names_in(figure) -> tuple[str, list[str]]:
    """What stands above the list of names, and its lines."""
    (legend,) = [one for one in (*figure.legends, figure.axes[0].get_legend()) if one is not None]
    return legend.get_title().get_text().replace("\n", " "), [
        text.get_text().replace("\n", " ") for text in legend.get_texts()
    ]


def test_all_curves_of_a_series_and_of_its_sites_are_named_and_what_they_share_is_said_once():
    sites, angles = [f"C{k}" for k in range(1, 7)], [f"θ = {theta}°" for theta in range(0, 91, 9)]
    figure = draw_spectra(curves([*sites, *(f"benzene film · {one}" for one in angles)]), FigureSpec())
    title, lines = names_in(figure)
    assert (title, lines) == ("", [*sites, "benzene film:", *angles])
    assert heights(figure) >= LEAST_HEIGHT
    size = {text.get_fontsize() for one in figure.legends for text in one.get_texts()}
    assert min(size) >= SMALLEST_PT


def test_names_with_an_azimuth_keep_its_number():
    figure = draw_spectra(curves([f"grazing 20°, azimuth {k}°, s" for k in range(0, 180, 15)]), FigureSpec())
    title, lines = names_in(figure)
    assert [line.removeprefix("azimuth ") for line in lines] == [f"{k}°" for k in range(0, 180, 15)]
    assert title.startswith("grazing 20°")
    assert heights(figure) >= LEAST_HEIGHT


@pytest.mark.parametrize("count", [30, 60])
def test_sixty_curves_are_named_before_any_is_counted(count):
    figure = draw_spectra(curves([f"C{k}" for k in range(count)]), FigureSpec())
    assert names_in(figure)[1] == [f"C{k}" for k in range(count)]
    assert heights(figure) >= LEAST_HEIGHT


def test_what_has_no_room_even_so_is_counted_and_told():
    drawn = curves([f"sample {k} of {k % 7} kinds, {k * k} in all" for k in range(24)])
    spec = FigureSpec(legend="below", width_mm=40.0, height_mm=30.0)
    content = FigureContent(drawn)
    figure = draw_spectra(drawn, spec)
    last = names_in(figure)[1][-1]
    assert last.startswith("and ")
    (told,) = left_out(figure, content, spec)
    said = "There is no room for the names of {} curves: make the figure larger, or the letters smaller."
    assert told == said.format(last.split()[1])


@pytest.mark.parametrize(
    ("names", "title", "lines"),
    [
        (["a · x · 1", "a · x · 2", "a · x · 3"], "a · x", ["1", "2", "3"]),
        (["ε = (0.0, 1.0), film", "ε = (0.0, 2.0), film", "ε = (0.0, 3.0), film"], "film",
         ["ε = (0.0, 1.0)", "ε = (0.0, 2.0)", "ε = (0.0, 3.0)"]),
        (["a", "b", "c"], "", ["a", "b", "c"]),
        (["a", "a · 1", "a · 2"], "", ["a", "a · 1", "a · 2"]),
        (["C1", "a · 1", "a · 2", "a · 3", "b · 1"], "", ["C1", "a:", "1", "2", "3", "b · 1"]),
        (["C1", "a · 1 · m", "a · 2 · m", "a · 3 · m"], "", ["C1", "a · m:", "1", "2", "3"]),
        (["C1", "1 · m", "2 · m", "3 · m", "b"], "", ["C1", "m:", "1", "2", "3", "b"]),
        (["C1", "a · 1 · m", "a · 2 · m", "a · 3 · m", "b · 1 · m", "b · 2 · m", "b · 3 · m"], "",
         ["C1", "a · m:", "1", "2", "3", "b · m:", "1", "2", "3"]),
    ],
)  # fmt: skip
def test_what_names_share_is_said_once_and_nothing_is_lost(names, title, lines):
    found = CurveNames.of(names)
    assert (found.title, list(found.labels)) == (title, lines)
    assert found.whole == tuple(names)
    own, above = found.rows()
    assert len(own) == len(names)
    shared = ""
    for at, (name, part) in enumerate(zip(names, own, strict=True)):
        shared = above.get(at, shared).removesuffix(":") if part != name else ""
        words = {word for text in (shared, part) if text for word in text.split(" · ")}
        assert words == set(name.split(" · ")) or words == set(name.replace("), ", ") · ").split(" · "))


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


def test_hundreds_of_curves_are_drawn_in_seconds_and_thousands_refused():
    """Each width of a name, and each number of columns, was tried anew for every curve."""
    energy = np.linspace(280.0, 310.0, 20)
    curves = [Spectrum(energy, np.full(20, float(k)), label=f"run {k:04}") for k in range(600)]
    assert columns_that_fit([50.0] * 600, 400.0) == 8
    began = time.process_time()
    draw_spectra(curves)
    assert time.process_time() - began < 20.0
    with pytest.raises(XanesviewError, match="1,200 curves of one figure are too many; up to 1,000 are taken"):
        draw_spectra(curves * 2)


@pytest.mark.parametrize(
    ("place", "name", "most"),
    [("auto", "C{}", 3), ("direct", "C{}", 4), ("auto", "A sample with a long name, measured as number {}", 5)],
)
def test_a_figure_is_laid_out_again_only_when_something_has_changed(monkeypatch, place, name, most):
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    done: list[str] = []
    execute, draw = ConstrainedLayoutEngine.execute, Figure.draw
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda *at: (done.append("laid out"), execute(*at))[1])
    monkeypatch.setattr(Figure, "draw", lambda *at: (done.append("drawn"), draw(*at))[1])

    draw_spectra(curves([name.format(k) for k in range(20)]), FigureSpec(legend=place), "Benzene")

    assert "drawn" not in done
    assert len(done) <= most


def seen(line) -> np.ndarray:
    """Points along a line, in pixels."""
    return line.get_transform().transform(line.get_xydata())


def site_curves(names, levels) -> list[FigureCurve]:
    return [replace(one, role="site") for one in curves(names, levels)]


def test_a_direction_stays_on_one_line_and_sites_that_coincide_have_one_entry():
    light = [replace(curves(["ε = (0.00, 0.00, 1.00)"], [1.0])[0], role="current")]
    more = [replace(curves(["isotropic average"], [0.6])[0], role="isotropic")]
    sites = site_curves([f"C{k}" for k in range(1, 7)], [0.15] * 6)
    for place in PLACES:
        figure = draw_spectra([*light, *more, *sites], FigureSpec(width_mm=85, legend=place), "Benzene · C K-edge")
        told = [text.get_text() for text in figure.findobj(Text)]
        names = [text for text in told if text.startswith("ε")]
        expected = {"none": [], "direct": ["ε = (0…1.00)"]}  # at the end asked for, shortened to its room
        assert names == expected.get(place, ["ε = (0.00, 0.00, 1.00)"]), place
        assert told.count("C1–C6") == (place != "none"), place
        assert "C1" not in told
        assert len(figure.axes[0].lines) == 8, "each is drawn"
        if place == "auto" and (names_inside := figure.axes[0].get_legend()):
            box = names_inside.get_window_extent()
            assert not any(box.contains(*at) for line in figure.axes[0].lines for at in seen(line))


@pytest.mark.parametrize(
    ("names", "levels", "told"),
    [
        (["C1", "C2", "C3", "C4"], [0.1, 0.2, 0.1, 0.2], ["C1, C3", "C2, C4"]),
        (["C1", "C2", "C3", "C4"], [0.1, 0.1, 0.1, 0.4], ["C1–C3", "C4"]),
        (["C2", "C4", "C6", "C8", "C10"], [0.1] * 5, ["C2, C4, C6 and 2 more"]),
        (["C1 · dry", "C2 · wet"], [0.1, 0.1], ["C1 · dry, C2 · wet"]),
    ],
)
def test_sites_are_named_together_only_where_their_curves_coincide(names, levels, told):
    figure = draw_spectra(site_curves(names, levels), FigureSpec(legend="inside"))
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == told
