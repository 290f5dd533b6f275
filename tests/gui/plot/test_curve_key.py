"""The key beside the plot: no curve is left out of it without a word."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from xanesview.gui.plot.curve_key import CurveKey, shorter_name
from xanesview.gui.plot.curve_style import CurveStyle
from xanesview.shown.curve import Curve

ENERGY_EV = np.linspace(280.0, 300.0, 5)


def curves(count: int, visible: bool = True) -> list[Curve]:
    word = "curve" if visible else "hidden"
    return [Curve(f"{word}-{k}", ENERGY_EV, np.ones(5), f"{word} {k}", "site", visible=visible) for k in range(count)]


@pytest.fixture
def key(qtbot):
    made = CurveKey(lambda _curve: 20.0)
    qtbot.addWidget(made)
    made.resize(120, 100)
    made.show()
    made.set_area(0.0, 100.0)
    return made


def show(key: CurveKey, given: list[Curve]) -> None:
    key.set_curves(given, [CurveStyle("#336699", 1.4)] * len(given))


def test_a_list_that_has_room_counts_nothing(key):
    room = int(100 / key._row_px())
    key.resize(120, 400)
    show(key, curves(room + 2))
    assert len(key.entries()) == room + 2
    assert key.rest() is None


def test_the_last_line_of_a_longer_list_counts_the_others_and_the_wheel_brings_them(key):
    room = int(100 / key._row_px())
    given = curves(room + 3)
    show(key, given)
    shown = [curve.key for _, curve in key.entries()]
    place, rest = key.rest()
    assert [one.key for one in (*[c for _, c in key.entries()], *rest)] == [one.key for one in given]
    assert len(shown) == room - 1
    assert place.bottom() <= key.height()
    assert not any(place.intersects(other.adjusted(0, 1, 0, -1)) for other, _ in key.entries())
    QTest.mouseMove(key, place.center().toPoint())
    QApplication.processEvents()
    assert rest[-1].label in QToolTip.text()
    for _ in range(len(given)):
        at = QPointF(5, 5)
        QApplication.sendEvent(key, QWheelEvent(
            at, key.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ))  # fmt: skip
    assert key.entries()[-1][1].key == given[-1].key
    assert len(key.rest()[1]) == len(given) - len(key.entries())


def test_hidden_curves_without_room_are_counted_above_the_labels_of_the_others(key):
    room = int(100 / key._row_px())
    show(key, [*curves(2), *curves(room + 1, visible=False)])
    assert not key.is_list
    _, rest = key.rest()
    assert len(key.entries()) + len(rest) == room + 3
    assert rest


def test_names_say_less_where_there_is_less_room_and_frozen_ones_stay_told_apart(key):
    metrics = QFontMetricsF(key.font())
    light = "ε = (0.00, 0.00, 1.00)"
    whole = metrics.horizontalAdvance(light)
    assert shorter_name(light, metrics, whole + 1) == light
    assert shorter_name(light, metrics, whole - 1) == "ε = (0.0, 0.0, 1.0)"
    room = metrics.horizontalAdvance("isotropic") + 1
    assert shorter_name("isotropic average", metrics, room) == "isotropic"
    assert shorter_name(f"{light} · frozen", metrics, room) == "frozen"
    assert shorter_name("film · scaled by 2", metrics, room) == "film …"
    cut = shorter_name("a measurement of last year", metrics, metrics.horizontalAdvance("a measurement"))
    assert cut.startswith("a m")
    assert cut.endswith("year")


def test_a_direction_is_told_whole_or_not_at_all(key):
    metrics = QFontMetricsF(key.font())
    along, slanted = "ε = (0.00, 0.00, 1.00)", "ε = (0.64, −0.17, 0.75)"
    room = metrics.horizontalAdvance("(0,0,1)") + 1
    assert shorter_name(along, metrics, room, [along, "C1"]) == "(0,0,1)"
    assert shorter_name(slanted, metrics, room, [slanted, "C1"]) == "ε = …"


def test_cut_names_of_a_series_keep_the_angles_that_tell_them_apart(key):
    metrics = QFontMetricsF(key.font())
    angles = ("20deg", "25deg", "90deg")
    names = [f"benzene_film_{angle}" for angle in angles]
    for room in ("benzene_film_…", "benzene_film", "be…25deg"):
        cut = [shorter_name(name, metrics, metrics.horizontalAdvance(room) + 1, names) for name in names]
        assert [text.partition("…")[2] for text in cut] == list(angles)


def test_a_cut_name_and_a_curve_out_of_view_are_told_under_the_pointer(key, monkeypatch):
    key.set_most(60.0)
    show(key, [Curve("far", ENERGY_EV + 6800.0, np.ones(5), "iron foil at the K edge", "measured")])
    assert key.width() == 60
    monkeypatch.setattr(key, "_end_of", lambda _curve: None)
    place, _ = key.entries()[0]
    QTest.mouseMove(key, place.center().toPoint())
    QApplication.processEvents()
    assert "iron foil at the K edge" in QToolTip.text()
    assert "Not in view: 7080 to 7100 eV" in QToolTip.text()


def test_angles_of_a_beam_keep_their_beginning_and_their_spaces(qtbot):
    metrics = QFontMetricsF(QApplication.font())
    name, other = "grazing 50.6°, azimuth 75.5°, −24.5° from p", "grazing 20°, azimuth 75.5°, −24.5° from p"
    room = metrics.horizontalAdvance("grazing 50.6°, azimuth 75.5°, …") + 1.0
    assert shorter_name(name, metrics, room, [name, other]) == "grazing 50.6°, azimuth 75.5°, …"
    room = metrics.horizontalAdvance("grazing 50.6°, …") + 1.0
    assert shorter_name(name, metrics, room, [name, other]) == "grazing 50.6°, …"
    alike = "grazing 50.6°, azimuth 12°, s"  # told apart from by its azimuth alone
    assert "75.5" in shorter_name(name, metrics, room, [name, alike])


def series(count: int) -> list[Curve]:
    """A current curve, then a series of another molecule whose long names differ in the angle alone."""
    return [
        Curve("current", ENERGY_EV, np.ones(5), "ε = (0.00, 0.00, 1.00)", "current"),
        *(
            Curve(f"frozen-{k}", ENERGY_EV, np.ones(5), f"Benzene · all 6 C · θ = {10 * k}° · as measured", "frozen")
            for k in range(count)
        ),
    ]


def test_a_list_says_once_what_long_names_share_and_the_tip_has_the_whole_name(key):
    key.resize(200, 400)
    show(key, series(4))
    assert key.is_list, "also of few: at the ends of the curves they would be cut"
    assert key.headings() == ["Benzene · all 6 C · as measured:"]
    assert [key.name_of(curve) for _, curve in key.entries()][1:] == ["θ = 0°", "θ = 10°", "θ = 20°", "θ = 30°"]
    place, curve = key.entries()[3]
    QTest.mouseMove(key, place.center().toPoint())
    QApplication.processEvents()
    assert QToolTip.text().splitlines()[0] == curve.label
    with_click = []
    key.toggled.connect(lambda name, on: with_click.append((name, on)))
    QTest.mouseClick(key, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert with_click == [("frozen-2", False)]


def test_what_names_share_stays_above_them_when_the_list_is_scrolled(key):
    show(key, series(12))
    at = QPointF(5, 5)
    for _ in range(4):
        QApplication.sendEvent(key, QWheelEvent(
            at, key.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        ))  # fmt: skip
    assert key.headings() == ["Benzene · all 6 C · as measured:"]
    assert all(place.top() > 0 for place, _ in key.entries())
    assert len(key.entries()) + len(key.rest()[1]) == 13


def test_measured_and_frozen_curves_stay_in_a_list_without_room_for_all_sites(key):
    room = int(100 / key._row_px())
    others = [Curve(role, ENERGY_EV, np.ones(5), role, role) for role in ("frozen", "measured")]
    given = [Curve("current", ENERGY_EV, np.ones(5), "now", "current"), *curves(room + 2), *others]
    show(key, given)
    assert [curve.role for _, curve in key.entries()][:3] == ["current", "frozen", "measured"]
    assert {one.role for one in key.rest()[1]} == {"site"}
    key.resize(120, 600)
    assert [curve.key for _, curve in key.entries()] == [one.key for one in given], "with room, in their order"
