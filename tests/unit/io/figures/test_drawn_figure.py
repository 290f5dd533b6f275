"""What a figure can be made of: breaks, ticks, stacking, sticks, bar of angles, inset; the same at any resolution."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xanesview.domain.spectrum import Spectrum
from xanesview.errors import XanesviewError
from xanesview.io.figures.breaks import kept_parts, places
from xanesview.io.figures.curve_looks import FigureCurve, with_roles
from xanesview.io.figures.figure import FigureContent, draw_spectra
from xanesview.io.figures.figure_file import figure_bytes, write_figure
from xanesview.io.figures.legend import LEAST_HEIGHT, LEAST_WIDTH
from xanesview.io.figures.lower_panel import Below
from xanesview.io.figures.scene_picture import read_picture, trimmed
from xanesview.io.figures.spec import PLACES, PRESETS, FigureSpec

ENERGY = np.linspace(280.0, 330.0, 201)


def curve(level: float = 1.0, label: str = "", angle: float | None = None, **facts: str) -> Spectrum:
    values = level * (np.exp(-((ENERGY - 285.0) ** 2)) + 0.5 * (1.0 + np.tanh(ENERGY - 291.0)))
    told = facts if angle is None else {**facts, "angle": f"{angle:g} °"}
    return Spectrum(ENERGY, values, unit="Mb", label=label, kind="measured", provenance=told)


def picture(figure, spec: FigureSpec, dpi: float) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(figure_bytes(figure, "png", spec, dpi=dpi))).convert("L"), float)


def test_a_figure_is_the_same_at_any_resolution() -> None:
    spec = FigureSpec(panel_letter="a", legend="inside")
    figure = draw_spectra([curve(1.0, "one"), curve(0.7, "two")], spec)
    box = figure.axes[0].get_position().bounds
    coarse = picture(figure, spec, 75)
    texts = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    fine = picture(figure, spec, 300)
    assert figure.axes[0].get_position().bounds == box
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == texts
    small = np.asarray(Image.fromarray(fine).resize(coarse.shape[::-1], Image.Resampling.BOX))
    assert np.abs(small - coarse).mean() < 3.0, "of 255; another tick or place would be far more"


def test_dots_per_inch_change_nothing_but_the_pixels() -> None:
    boxes = [draw_spectra([curve(1.0, "one")], FigureSpec(dpi=dpi)).axes[0].get_position().bounds for dpi in (72, 600)]
    assert boxes[0] == boxes[1]


@pytest.mark.parametrize("place", [place for place in PLACES if place != "none"])
def test_six_names_leave_the_plot_its_room_in_one_column(place: str) -> None:
    names = ["ethylbenzene, θ = 20°", "isotropic average", "C1", "benzene on Ag", "measured film", "toluene, 7 C"]
    figure = draw_spectra([curve(1 + k, name) for k, name in enumerate(names)], FigureSpec(legend=place))
    box = figure.axes[0].get_position()
    assert box.width >= LEAST_WIDTH
    assert box.height >= LEAST_HEIGHT


def test_a_broken_axis_has_a_narrow_gap_and_parts_to_scale() -> None:
    breaks = [(295.0, 315.0)]
    values, at = places(breaks, 280.0, 330.0)
    there = np.interp([280.0, 295.0, 315.0, 330.0], values, at)
    assert there[1] - there[0] == pytest.approx(there[3] - there[2]), "15 eV each"
    assert 0.0 < there[2] - there[1] < 0.05 * (there[3] - there[0])
    assert kept_parts(breaks, 280.0, 330.0) == [(280.0, 295.0), (315.0, 330.0)]


def test_what_is_left_out_has_no_tick_and_ticks_are_round() -> None:
    spec = FigureSpec(energy_breaks=((295.0, 315.0),), intensity_breaks=((1.1, 1.6),), intensities=(0.0, 2.2))
    axes = draw_spectra([curve(2.0, "one")], spec).axes[0]
    ticks = axes.xaxis.get_majorticklocs()
    assert not ((ticks > 295.0) & (ticks < 315.0)).any()
    assert {True, False} == set((ticks < 300.0).tolist()), "both parts have numbers"
    assert np.allclose(ticks, np.round(ticks))
    across = axes.transAxes.inverted().transform(axes.transData.transform([(295.0, 0.0), (315.0, 0.0)]))
    assert across[1, 0] - across[0, 0] < 0.05
    heights = axes.yaxis.get_majorticklocs()
    assert not ((heights > 1.1) & (heights < 1.6)).any()
    assert axes.get_xlim() == (280.0, 330.0)


@pytest.mark.parametrize("kept", [(300.0, 303.0), (300.2, 302.5), (300.1, 305.0)])
def test_a_narrow_part_has_a_round_number_and_no_other_gets_digits_by_it(kept: tuple[float, float]) -> None:
    spec = FigureSpec(energies_ev=(280.0, kept[1]), energy_breaks=((293.0, kept[0]),))
    figure = draw_spectra([curve(1.0)], spec)
    figure.draw_without_rendering()
    ticks = figure.axes[0].get_xticks()
    assert (ticks > kept[0]).any()
    assert np.allclose(ticks, np.round(ticks))
    assert not any("." in text.get_text() for text in figure.axes[0].get_xticklabels())


def test_a_curve_ends_at_a_break_so_that_its_stroke_shows_nothing_of_what_is_left_out() -> None:
    spec = FigureSpec(energy_breaks=((284.1, 289.9),))
    for one in (replace(curve(1.0), band=np.full(ENERGY.size, 0.1)), replace(curve(1.0), kind="computed")):
        axes = draw_spectra([one], spec).axes[0]
        line = next(line for line in axes.lines if (line.get_gid() or "").endswith("-0"))
        x, y = line.get_xdata(), line.get_ydata()
        hidden = (x > 284.1) & (x < 289.9)
        assert np.isnan(y[hidden]).all()
        for end in (284.1, 289.9):
            assert y[x == end] == pytest.approx(np.interp(end, one.energy_ev, one.intensity), abs=0.01)
    assert np.nanmax(y) < 1.05, "the peak at 285 eV is left out"


def test_a_break_that_is_not_seen_changes_nothing() -> None:
    spec = FigureSpec(energies_ev=(280.0, 300.0))
    plain, broken = (draw_spectra([curve(1.0)], one) for one in (spec, replace(spec, energy_breaks=((310, 320),))))
    assert plain.axes[0].get_xscale() == broken.axes[0].get_xscale() == "linear"


@pytest.mark.parametrize(
    ("minor", "expected"), [("energies", (True, False)), ("both", (True, True)), ("none", (False, False))]
)
def test_minor_ticks_are_where_they_are_wanted(minor: str, expected: tuple[bool, bool]) -> None:
    axes = draw_spectra([curve(1.0)], FigureSpec(minor_ticks=minor)).axes[0]
    assert (axes.xaxis.get_minorticklocs().size > 0, axes.yaxis.get_minorticklocs().size > 0) == expected


def test_stacked_curves_do_not_cross_and_have_no_numbers_beside_them() -> None:
    given = [curve(1.0, "one"), curve(1.6, "two"), curve(0.4, "three")]
    axes = draw_spectra(given, FigureSpec(arrangement="stacked")).axes[0]
    lines = [line.get_ydata() for line in axes.lines]
    assert (lines[0] > lines[1]).all()
    assert (lines[1] > lines[2]).all()
    assert "offset" in axes.get_ylabel()
    assert not any(label.get_visible() for label in axes.get_yticklabels())
    apart = draw_spectra(given, FigureSpec(arrangement="stacked", spacing=5.0)).axes[0]
    np.testing.assert_allclose(apart.lines[0].get_ydata() - given[0].intensity, 10.0)


def test_offsets_of_the_window_can_be_left_out() -> None:
    lifted = FigureCurve(curve(1.0, "one"), "measured", offset=0.4)
    for arrangement, offset in (("as shown", 0.4), ("overlaid", 0.0)):
        (line,) = draw_spectra([lifted], FigureSpec(arrangement=arrangement)).axes[0].lines
        np.testing.assert_allclose(line.get_ydata() - lifted.spectrum.intensity, offset, atol=1e-12)


def test_curves_of_a_series_that_a_user_has_named_stand_in_the_legend() -> None:
    """An export of the first release tells the angle of each of them; a bar of colours would take their names."""
    frozen = [
        curve(1 + k, label, angle).replace(kind="frozen")
        for k, (label, angle) in enumerate((("dry film", 20), ("wet film", 55), ("θ = 20°", 20), ("θ = 55°", 55)))
    ]
    assert [one.angle_deg for one in with_roles(frozen)] == [None, None, 20.0, 55.0]


def test_a_series_of_angles_has_a_bar_of_its_colours_in_place_of_names() -> None:
    series = [curve(1 + k, f"{angle}°", angle) for k, angle in enumerate((20, 55, 90))]
    figure = draw_spectra([*series, curve(0.5, "beside")], FigureSpec())
    assert figure.axes[1].get_ylabel() == "Angle (°)"
    assert figure.axes[1].get_ylim() == (0.0, 90.0)
    named = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert named == ["beside"]
    assert figure.axes[0].get_position().width >= LEAST_WIDTH
    colours = [one.shade for one in with_roles(series)]
    assert len(set(colours)) == 3
    assert len(draw_spectra(series, FigureSpec(colour_bar=False)).axes) == 1
    assert len(draw_spectra(series[:2], FigureSpec()).axes) == 1, "two are named"


def test_sticks_stand_under_their_curve_with_their_proportions() -> None:
    sticks = np.array([[285.0, 2.0], [291.0, 1.0], [500.0, 9.0], [292.0, np.nan]])
    given = FigureCurve(curve(1.0, "one"), "computed", offset=0.3, sticks=sticks)
    plain, drawn = (draw_spectra([given], FigureSpec(sticks=on)).axes[0] for on in (False, True))
    assert not plain.collections
    (lines,) = drawn.collections
    ends = [segment[:, 1] for segment in lines.get_segments()]
    assert [segment[0, 0] for segment in lines.get_segments()] == [285.0, 291.0], "those in view"
    assert [end[0] for end in ends] == [0.3, 0.3]
    assert np.ptp(ends[0]) == pytest.approx(2 * np.ptp(ends[1]))
    assert ends[0][1] < given.spectrum.intensity.max() + 0.3


@pytest.mark.parametrize("place", ["auto", "top left", "free"])
def test_an_inset_keeps_its_proportions_and_no_name_lies_on_it(place: str) -> None:
    scene = np.full((300, 400, 4), 255, np.uint8)
    spec = FigureSpec(inset=True, inset_place=place, inset_width=0.3, inset_x=0.65, inset_y=0.5, legend="inside")
    figure = draw_spectra([curve(1.0, "one"), curve(0.8, "two")], spec, scene=scene)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    box, names = axes.child_axes[0].get_window_extent(), axes.get_legend().get_window_extent()
    assert box.width / box.height == pytest.approx(4 / 3, rel=0.01)
    assert box.width == pytest.approx(0.3 * axes.get_window_extent().width, rel=0.01)
    assert not box.overlaps(names)
    assert not draw_spectra([curve(1.0)], spec).axes[0].child_axes, "without a picture there is none"


def test_an_inset_prefers_a_low_curve_to_a_tall_narrow_line() -> None:
    """A steep flank has few points along the energies, and is long on the paper."""
    lines = sum(np.exp(-(((ENERGY - at) / 0.4) ** 2)) for at in (284.0, 288.0, 292.0, 296.0))
    low = 0.5 + 0.05 * np.sin(ENERGY)
    curves = with_roles([Spectrum(ENERGY, np.where(ENERGY < 300.0, lines, low), unit="Mb")])
    spec = FigureSpec(inset=True, inset_width=0.5, legend="none", intensities=(0.0, 1.02))
    axes = draw_spectra(curves, spec, scene=np.full((120, 120, 4), 255, np.uint8)).axes[0]
    box = axes.child_axes[0].get_window_extent().transformed(axes.transData.inverted())
    assert box.x0 > 296.5


@pytest.mark.parametrize(("place", "is_whole"), [("auto", True), ("free", False)])
def test_no_gap_cuts_an_inset(place: str, is_whole: bool) -> None:
    scene = np.full((60, 80, 4), 200, dtype=np.uint8)
    spec = FigureSpec(energy_breaks=((296.0, 315.0),), inset=True, inset_place=place, inset_x=0.35)
    axes = draw_spectra([curve(1.0, "one")], spec, scene=scene).axes[0]
    inset = axes.child_axes[0]
    box = inset.get_window_extent()
    first, last = (axes.transData.transform((energy, 0.0))[0] for energy in spec.energy_breaks[0])
    assert (box.x1 <= first or box.x0 >= last) == is_whole
    cover = max(patch.get_zorder() for patch in axes.patches)
    assert is_whole or inset.get_zorder() > cover


def test_a_difference_below_rounding_is_drawn_as_zero_on_an_axis_of_the_plots_measure() -> None:
    noise = Spectrum(ENERGY, 1e-16 * np.sin(ENERGY), unit="Mb")
    below = Below((FigureCurve(noise, "isotropic"),), "− isotropic")
    upper, lower = draw_spectra([curve(1.0, "one")], FigureSpec(height_mm=82), below=below).axes
    assert not lower.lines[-1].get_ydata().any()
    assert lower.get_ylim()[1] > 0.01 * upper.get_ylim()[1]
    small = Spectrum(ENERGY, 0.2 * np.sin(ENERGY), unit="Mb")
    below = Below((FigureCurve(small, "isotropic"),), "− isotropic")
    lower = draw_spectra([curve(1.0, "one")], FigureSpec(height_mm=82), below=below).axes[1]
    drawn = np.interp(ENERGY, *lower.lines[-1].get_data())
    np.testing.assert_allclose(drawn, small.intensity, atol=1e-6)


def test_presets_are_looks_with_the_width_they_say() -> None:
    widths = {name: FigureSpec(**settings).width_mm for name, settings in PRESETS.items()}
    assert widths["single"] == 85.0
    assert widths["double"] == 170.0


def test_the_letter_of_a_panel_stands_at_the_top_left_and_on_nothing() -> None:
    figure = draw_spectra([curve(1.0, "one")], FigureSpec(panel_letter="(a)"))
    figure.draw_without_rendering()
    letter = next(text for text in figure.texts if text.get_text() == "(a)").get_window_extent()
    assert letter.x0 < 0.05 * figure.bbox.width
    assert letter.y1 > 0.95 * figure.bbox.height
    assert not letter.overlaps(figure.axes[0].get_window_extent())
    numbers = [text.get_window_extent() for text in figure.axes[0].get_yticklabels()]
    assert not any(letter.overlaps(number) for number in numbers)


@pytest.mark.parametrize("unit", ["Mb", "hartree bohr²/eV per atom", "hartree bohr²/eV per absorbing atom"])
def test_the_letter_of_a_panel_is_above_the_title_of_the_axis(unit: str) -> None:
    figure = draw_spectra([curve(1.0, "one").replace(unit=unit)], FigureSpec(panel_letter="a"))
    figure.draw_without_rendering()
    letter = next(text for text in figure.texts if text.get_text() == "a").get_window_extent()
    title = figure.axes[0].yaxis.label.get_window_extent()
    assert not letter.overlaps(title)
    assert title.y0 >= 0.0


def test_a_tiff_has_its_resolution_and_says_where_it_comes_from(tmp_path: Path) -> None:
    path = write_figure(
        tmp_path / "a.tiff", FigureContent([curve(1.0, "one", network="c_k_edge_tensor")]), FigureSpec(dpi=200)
    )
    with Image.open(path, formats=["TIFF"]) as found:
        assert found.mode == "RGB"
        assert found.size == FigureSpec(dpi=200).size_px
        assert found.info["dpi"] == pytest.approx((200, 200))
        assert "c_k_edge_tensor" in str(found.tag_v2[270])


def test_a_scene_is_cut_to_what_is_drawn_and_no_other_file_is_one(tmp_path: Path) -> None:
    scene = np.zeros((60, 80, 4), np.uint8)
    scene[20:30, 40:60] = (10, 20, 30, 255)
    assert trimmed(scene).shape == (18, 28, 4)
    Image.fromarray(scene).save(tmp_path / "scene.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "scene.png"), trimmed(scene))
    (tmp_path / "text.png").write_text("no picture")
    for name in ("text.png", "missing.png"):
        with pytest.raises(XanesviewError):
            read_picture(tmp_path / name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"font_pt": 0.0}, {"line_pt": 99.0}, {"font_family": ""}, {"font_family": "a\x1bb"}, {"panel_letter": "a" * 9},
        {"energy_breaks": ((310, 300),)}, {"energy_breaks": ((300, 310), (305, 320))}, {"spacing": -1.0},
        {"energy_breaks": ((np.nan, 300),)}, {"inset_width": 0.0}, {"inset_place": "nowhere"}, {"minor_ticks": "all"},
        {"arrangement": "beside"}, {"inset_x": 2.0}, {"energy_breaks": tuple((k, k + 0.5) for k in range(9))},
    ],
    ids=str,
)  # fmt: skip
def test_looks_that_can_not_be_are_told(wrong: dict) -> None:
    with pytest.raises(XanesviewError):
        FigureSpec(**wrong)


@pytest.mark.parametrize("title", ["Benzene", "Benzene · C K-edge · sum of all 6 C · weighted: TEY, 25 Å · powder"])
@pytest.mark.parametrize("width_mm", [85, 170])
def test_a_title_begins_behind_the_letter_of_its_panel_and_ends_in_the_figure(title: str, width_mm: int) -> None:
    spec = FigureSpec(width_mm=width_mm, panel_letter="(b)", box=True, arrangement="stacked", inset=True)
    drawn = [curve(1 + k, f"sample {k}") for k in range(3)]
    figure = draw_spectra(drawn, spec, title, scene=np.full((30, 40, 4), 90, np.uint8))
    (letter,) = (text for text in figure.texts if text.get_gid() == "panel-letter")
    heading = figure.axes[0]._left_title
    assert heading.get_text().split() == title.split()
    told, beside = heading.get_window_extent(), letter.get_window_extent()
    assert told.x0 > beside.x1
    assert told.x1 <= figure.bbox.width


@pytest.mark.parametrize("n_frozen", [1, 4])
def test_stacked_curves_on_unlike_grids_do_not_touch_where_a_peak_lies_between_points(n_frozen: int) -> None:
    coarse = np.arange(280.0, 330.0, 1.7)

    def peak(energy: np.ndarray, width: float) -> np.ndarray:
        return np.exp(-(((energy - 285.3) / width) ** 2)) + 0.4 * (1.0 + np.tanh(energy - 291.0))

    measured = FigureCurve(Spectrum(coarse, peak(coarse, 2.5), label="measured"), "measured", marker="")
    frozen = [
        FigureCurve(Spectrum(ENERGY, 0.9 * peak(ENERGY, 0.3), label=f"frozen {k}"), "frozen") for k in range(n_frozen)
    ]
    figure = draw_spectra([measured, *frozen], FigureSpec(arrangement="stacked", legend="right"))
    axes = figure.axes[0]
    lines = [axes.transData.transform(line.get_xydata()) for line in axes.lines]
    widths = [line.get_linewidth() * figure.dpi / 72.0 for line in axes.lines]
    at = np.linspace(lines[1][0, 0], min(line[-1, 0] for line in lines), 5000)
    heights = [np.interp(at, *line.T) for line in lines]
    for k in range(n_frozen):
        assert (heights[k] - heights[k + 1]).min() > widths[k], "a line's width stays free"
