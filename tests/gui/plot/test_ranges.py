"""Axes, differences, peaks and label places as plain numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.gui.plot import carbon_edge as edge
from xanesview.gui.appearance.palette import LIGHT
from xanesview.gui.plot.curve_style import styles_of
from xanesview.gui.plot.ranges import (
    as_line,
    difference_curve,
    energy_range,
    intensity_range,
    nearest_peak,
    next_finite,
    spread_labels,
    value_at,
)
from xanesview.shown.curve import Curve


def test_energies_begin_just_before_the_first_absorption_of_any_direction() -> None:
    ranges = {energy_range(edge.curves(direction)) for direction in ((0, 0, 1), (1, 0, 0), (0.2, 1, 0.4))}
    assert len(ranges) == 1
    low, high = ranges.pop()
    assert 281.5 < low < 284.2
    assert high == 310.0


def test_a_measurement_that_is_wider_does_not_widen_the_axis() -> None:
    wide = Curve("wide", np.linspace(200.0, 800.0, 50), np.ones(50), "wide", "measured")
    assert energy_range([*edge.curves(), wide]) == energy_range(edge.curves())
    assert energy_range([wide]) == pytest.approx((200.0, 800.0))


def test_the_bound_replaces_the_current_numbers() -> None:
    ranges = {intensity_range(edge.curves(direction, overlays=False), 3.0) for direction in ((0, 0, 1), (1, 0, 0))}
    assert len(ranges) == 1
    assert 3.0 < ranges.pop()[1] < 3.3
    tall = Curve("m", edge.ENERGY_EV, 9.0 + 0 * edge.ENERGY_EV, "m", "measured")
    assert intensity_range([*edge.curves(), tall], 3.0)[1] > 9.0
    assert intensity_range([], None)[1] > 0


def test_difference_is_current_minus_isotropic() -> None:
    energy, difference = difference_curve(edge.curves((0, 0, 1)))
    np.testing.assert_allclose(difference, edge.intensity([0, 0, 1]) - edge.isotropic())
    np.testing.assert_array_equal(energy, edge.ENERGY_EV)
    assert difference_curve(edge.curves()[:1]) is None


def test_peak_and_value() -> None:
    current = edge.curves((0, 0, 1))[0]
    peak = nearest_peak(current.energy_ev, current.intensity, 285.6, within_ev=1.0)
    assert peak == pytest.approx(285.1, abs=0.1)
    assert nearest_peak(current.energy_ev, current.intensity, 305.0, within_ev=0.5) is None
    assert value_at(current, 285.1) == pytest.approx(2.6, abs=0.05)
    assert value_at(current, 279.0) is None


@pytest.mark.parametrize("wanted", [[50, 51, 52], [10, 10, 10, 10], [190, 195, 5], [100], []])
def test_labels_never_overlap_nor_leave_the_picture(wanted: list[float]) -> None:
    placed = spread_labels(wanted, 16.0, 8.0, 192.0)
    assert len(placed) == len(wanted)
    ordered = [placed[index] for index in np.argsort(wanted, kind="stable")]
    assert all(below - above >= 16.0 - 1e-9 for above, below in itertools.pairwise(ordered))
    assert all(8.0 - 1e-9 <= centre <= 192.0 + 1e-9 for centre in placed)


def test_labels_with_room_stay_at_their_curves() -> None:
    assert spread_labels([20.0, 80.0, 140.0], 16.0, 8.0, 192.0) == pytest.approx([20.0, 80.0, 140.0])


def test_kinds_of_curves_differ_without_colour() -> None:
    curves = edge.curves(n_sites=2)
    look = {
        curve.role: (style.width_px, style.dash, style.points)
        for curve, style in zip(curves, styles_of(curves, LIGHT), strict=True)
    }
    assert len({look[role] for role in ("current", "measured", "computed", "frozen", "site")}) == 5
    long = Curve("m", np.arange(500.0), np.arange(500.0), "m", "measured")
    assert not styles_of([long], LIGHT)[0].points


def test_a_frozen_curve_keeps_its_colour_when_a_reference_comes() -> None:
    def of_frozen(curves: list[Curve]) -> list[str]:
        styles = styles_of(curves, LIGHT)
        return [s.colour for c, s in zip(curves, styles, strict=True) if c.role == "frozen"]

    row = np.arange(3.0)
    frozen = [Curve(f"frozen-{k}", row, row, "f", "frozen") for k in range(2)]
    before = of_frozen(frozen)
    assert len(set(before)) == 2
    assert of_frozen([Curve("reference-0", row, row, "r", "computed"), *frozen]) == before


def test_only_the_current_curve_has_the_accent() -> None:
    curves = edge.curves(n_sites=6)
    accented = [c.role for c, s in zip(curves, styles_of(curves, LIGHT), strict=True) if s.colour == LIGHT.accent]
    assert accented == ["current"]


def test_wrong_curves_are_refused() -> None:
    with pytest.raises(ValueError, match="role"):
        Curve("x", np.arange(3.0), np.arange(3.0), "x", "guess")
    with pytest.raises(ValueError, match="equal rows"):
        Curve("x", np.arange(3.0), np.arange(4.0), "x", "site")


def test_the_floor_shows_what_falls_below_zero() -> None:
    low, high = intensity_range(edge.curves((0, 0, 1)), 3.0, -0.4)
    assert low < -0.4
    assert intensity_range(edge.curves((1, 0, 0)), 3.0, -0.4) == (low, high), "the axis stays while the arrow turns"
    assert intensity_range(edge.curves(), 3.0, 0.2) == intensity_range(edge.curves(), 3.0)


def test_a_coarse_curve_is_drawn_smoothly_and_its_value_is_read_off_the_drawn_line() -> None:
    energy = np.linspace(7082.0, 7212.0, 150)
    intensity = np.exp(-(((energy - 7115.0) / 2.0) ** 2))
    drawn = as_line(Curve("a", energy, intensity, "", "current", band=0.1 * intensity, offset=0.5))
    assert drawn.energy_ev.size > 700
    assert drawn.energy_ev.shape == drawn.intensity.shape == drawn.band.shape
    assert drawn.drawn.max() == pytest.approx(1.5, abs=0.01)
    between = float(drawn.energy_ev[303])
    assert between not in energy
    assert value_at(Curve("a", energy, intensity, "", "current"), between) == pytest.approx(drawn.intensity[303])


@pytest.mark.parametrize(("role", "step"), [("measured", 0.9), ("current", 0.1)])
def test_what_was_measured_and_fine_curves_are_drawn_as_they_are(role: str, step: float) -> None:
    energy = 7000.0 + step * np.arange(300)
    curve = Curve("a", energy, np.sin(energy), "", role)
    assert as_line(curve) is curve


def frozen_at(peak_ev: float, role: str = "frozen", visible: bool = True) -> Curve:
    row = np.exp(-(((edge.ENERGY_EV - peak_ev) / 0.5) ** 2))
    return Curve(f"{role}-{peak_ev}", edge.ENERGY_EV, row, "old", role, visible=visible)


@pytest.mark.parametrize("role", ["frozen", "computed", "measured"])
def test_the_axis_covers_the_peaks_of_other_visible_curves_of_the_edge(role: str) -> None:
    """π* of benzene lies below the first absorption of urea."""
    late = [Curve(key, edge.ENERGY_EV, edge.isotropic(3.5), key, key) for key in ("current", "isotropic")]
    alone = energy_range(late)
    assert alone[0] > 285.3
    low, high = energy_range([*late, frozen_at(285.3, role)])
    assert low < 284.3
    assert high == alone[1]
    assert energy_range([*late, frozen_at(285.3, role, visible=False)]) == alone
    beyond = Curve("frozen", edge.ENERGY_EV - 12.0, edge.isotropic(-8.0), "old", "frozen")
    assert energy_range([*late, beyond])[0] < 277.0, "another network's energies may begin earlier"


def test_curves_of_another_edge_stay_aside_with_and_without_a_prediction() -> None:
    iron = Curve("iron", 7100.0 + np.arange(200.0), np.arange(200.0), "iron", "measured")
    cold = frozen_at(285.3)
    assert energy_range([*edge.curves(), iron]) == energy_range(edge.curves())
    assert energy_range([iron, cold], home=(280.0, 310.0)) == energy_range([cold])
    assert energy_range([iron, cold], home=(7080.0, 7250.0)) == energy_range([iron])
    assert energy_range([iron, cold, frozen_at(288.0)])[1] == 310.0
    assert energy_range([iron], home=(280.0, 310.0)) == energy_range([iron]), "alone it is shown"


def test_the_next_finite_value_is_found_on_either_side():
    values = np.array([np.nan, 1.0, np.nan, np.nan, 2.0, np.nan])
    assert next_finite(values, 1, -1) == 1
    assert next_finite(values, 3, -1) == 1
    assert next_finite(values, 2, 1) == 4
    assert next_finite(values, 0, 1) == 1
    assert next_finite(values, 0, -1) is None
    assert next_finite(values, -1, -1) is None
    assert next_finite(values, 5, 1) is None
    assert next_finite(values, 6, 1) is None
