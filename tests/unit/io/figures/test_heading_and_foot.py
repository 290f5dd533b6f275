"""A figure says of what it is and what was done to its curves: of those that are drawn, and of no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xanesview.domain.geometry.polarisation import LinearPolarisation
from xanesview.domain.spectrum import Spectrum
from xanesview.io.figures.curve_looks import FigureCurve
from xanesview.io.figures.figure import draw_spectra
from xanesview.io.figures.foot import DONE_FACT, FOOT, foot_of
from xanesview.io.figures.heading import heading_of
from xanesview.io.figures.spec import FigureSpec

ENERGY = np.linspace(280.0, 310.0, 61)
LIGHT = LinearPolarisation((0.0, 0.0, 1.0))


def curve(role: str, label: str = "", done: str = "", **facts: str) -> FigureCurve:
    if role in ("current", "site", "compared"):
        facts = {"polarisation": f"linear: {LIGHT.describe()}", **LIGHT.header(), **facts}
    if role != "measured":
        facts = {"structure": "Benzene", "edge": "C K", "selection": "sum of all 6 C", **facts}
    told = {**facts, DONE_FACT: done} if done else facts
    return FigureCurve(Spectrum(ENERGY, np.tanh(ENERGY - 290), label=label, provenance=told), role)


@pytest.mark.parametrize(
    ("drawn", "heading"),
    [
        ([curve("current", LIGHT.short_label)], "Benzene · C K-edge · sum of all 6 C"),
        ([curve("current", "Tensor"), curve("compared", "Xane3")],
         "Benzene · C K-edge · sum of all 6 C · ε = (0.00, 0.00, 1.00)"),
        ([curve("isotropic", "isotropic average"), curve("measured", "a film")], "Benzene · C K-edge · sum of all 6 C"),
        ([curve("site", "C1", selection="C1")], "Benzene · C K-edge · ε = (0.00, 0.00, 1.00)"),
        ([curve("frozen", "a"), curve("frozen", "b", structure="Ice", edge="O K")],
         "Benzene, Ice · C K-edge, O K-edge"),
        ([curve("frozen", name, structure=name) for name in "abc"], "C K-edge"),
        ([curve("measured", "FeO", **{"element.symbol": "Fe", "element.edge": "K"})], "Fe K-edge"),
        ([curve("measured", "a film")], ""),
    ],
)  # fmt: skip
def test_a_heading_tells_what_is_drawn_and_nothing_else(drawn, heading):
    assert heading_of(drawn) == heading


def test_weights_stand_behind_the_sites_they_belong_to():
    assert heading_of([curve("isotropic")], "weighted: TEY, 25 Å").endswith("sum of all 6 C · weighted: TEY, 25 Å")
    assert "weighted" not in heading_of([curve("measured")], "weighted: TEY, 25 Å")


def test_the_foot_says_once_what_was_done_to_several_curves():
    measured = "as measured (+0.19 eV, step 12 %)"
    drawn = [
        curve("current", "ε", measured), curve("isotropic", "isotropic average", measured),
        curve("measured", "FeO", "+0.42 eV, edge step"), curve("measured", "untouched"),
        *(curve("frozen", f"Benzene · θ = {k}°", "scaled") for k in range(4)),
    ]  # fmt: skip
    assert foot_of(drawn) == f"Predicted: {measured}. FeO: +0.42 eV, edge step. Benzene: scaled"
    assert foot_of([curve("measured", "untouched")]) == ""
    assert foot_of([curve("current", "ε", measured), curve("frozen", "dosed", measured)]) == f"All: {measured}"


def test_the_foot_tells_a_series_by_its_angles():
    measured = [replace(curve("measured", f"{k}°", "scaled"), angle_deg=float(k)) for k in (20, 55, 90)]
    predicted = [replace(curve("compared", f"{k}° predicted", "as measured"), angle_deg=float(k)) for k in (20, 55)]
    drawn = [curve("current", "ε", "as measured"), *measured, *predicted]
    assert foot_of(drawn) == "Predicted: as measured. Measured at 20° to 90°: scaled"


@pytest.mark.parametrize("place", ["auto", "below", "right"])
@pytest.mark.parametrize("count", [1, 9])
def test_the_foot_stands_below_all_else_and_can_be_switched_off(place, count):
    done = "moved by a fit to where the prediction has its first line, normalised, scaled " * 2
    drawn = [curve("measured", f"sample_with_a_long_name_{k}", done) for k in range(count)]
    figure = draw_spectra(drawn, FigureSpec(legend=place), "Title")
    (foot,) = [text for text in figure.texts if text.get_gid() == FOOT]
    figure.draw_without_rendering()
    box, axes = foot.get_window_extent(), figure.axes[0]
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width
    assert box.y0 >= 0
    others = [axes.get_tightbbox(), *(legend.get_window_extent() for legend in figure.legends)]
    assert all(other.y0 >= box.y1 - 1 for other in others)
    assert all(other.y1 <= figure.bbox.height + 1 for other in others)
    assert not draw_spectra(drawn, FigureSpec(legend=place, foot=False), "Title").texts
