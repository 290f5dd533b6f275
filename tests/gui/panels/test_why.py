"""The Why panel in the real window: asks about the picked site, draws, colours atoms, says what is missing."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.acting import LIVELY_MS, longest_pause_ms
from xanesview.errors import Cancelled, XanesviewError
from xanesview.gui.appearance.palette import DARK, LIGHT
from xanesview.gui.panels.why.atom_importance import DIFFERENCE, FIRST, SECOND, atom_colours
from xanesview.gui.panels.why.panel import parse_window, window_text
from xanesview.inference.explained import Explanation, Question, Surroundings

LEFT = Qt.MouseButton.LeftButton


class FakeExplain:
    """Answers by known numbers: in the first window the nearest atom matters, in the second every atom alike."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, tuple, str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.error: XanesviewError | None = None

    def __call__(self, structure, site, network, windows_ev, method, *, cancelled) -> Explanation:
        self.asked.append((site, windows_ev, method))
        while not self.gate.wait(0.01):
            if cancelled():
                raise Cancelled
        if self.error is not None:
            raise self.error
        around = Surroundings.of(structure, site, 6.0)
        nearest = around.nearest()
        others = np.arange(structure.n_atoms) != site
        by_atom = np.stack(
            [np.where(others & (nearest == nearest[others].min()), 1.0, 0.0), np.where(others, 1.0, 0.0)]
        )
        by_radius = np.stack([np.zeros(len(around.edges) - 1) for _ in range(2)])
        for row, one in zip(by_radius, by_atom, strict=True):
            np.add.at(row, around.place(nearest[others]), one[others])
        asked = Question(structure, site, Path(network), tuple(windows_ev), method)
        return around.explanation(asked, by_radius, by_atom, np.array([0.1, 0.0]))


@pytest.fixture
def explain(monkeypatch: pytest.MonkeyPatch) -> FakeExplain:
    fake = FakeExplain()
    monkeypatch.setattr("xanesview.inference.explanation.explain", fake)
    return fake


@pytest.fixture
def panel(qtbot, explain: FakeExplain, benzene_window):
    """The panel in front, its first answer drawn."""
    window = benzene_window
    window.docks["Why"].raise_()
    place = window.tabs.places["Why"]
    qtbot.waitUntil(lambda: place.panel is not None)
    found = place.panel
    qtbot.waitUntil(lambda: found.explanation is not None, timeout=20_000)
    yield found
    explain.gate.set()


def test_it_asks_about_the_picked_site_and_draws_both_windows_over_the_neighbours(panel, explain, benzene_window):
    site = benzene_window.workspace.session.picked[0]
    assert explain.asked[-1] == (site, ((284.0, 287.0), (290.0, 300.0)), "occlusion")
    first, second = panel.plot.bars()
    assert np.isclose(first.values.sum(), 100.0)
    assert np.isclose(second.values.sum(), 100.0)
    assert second.pale
    assert np.count_nonzero(first.values) == 1  # the hydrogen at 1.08 Å
    assert first.values[4] == pytest.approx(100.0)
    assert (first.colour, second.colour) == (LIGHT.curve(0), LIGHT.curve(1))
    assert "10 % lies where no atom stands" in panel._note.toolTip()


def test_a_new_pick_asks_anew_and_the_newest_wins(qtbot, panel, explain, benzene_window):
    workspace = benzene_window.workspace
    explain.gate.clear()
    workspace.pick((3,))
    qtbot.waitUntil(lambda: explain.asked[-1][0] == 3)
    workspace.pick((4,))
    qtbot.waitUntil(lambda: explain.asked[-1][0] == 4)  # the first was given up while it waited
    assert panel.explanation.site not in (3, 4)
    explain.gate.set()
    qtbot.waitUntil(lambda: panel.explanation.site == 4, timeout=20_000)
    assert "C5" in panel._subject.text()
    asked = len(explain.asked)
    workspace.pick((4,))
    assert len(explain.asked) == asked


def test_typed_windows_are_asked_and_nonsense_comes_back(qtbot, panel, explain):
    field = panel.fields[FIRST]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "285-286.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: explain.asked[-1][1] == ((285.0, 286.5), (290.0, 300.0)), timeout=20_000)
    assert field.text() == "285–286.5"
    field.selectAll()
    QTest.keyClicks(field, "286 to 285")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "285–286.5"


def test_atoms_wear_their_importance_and_give_it_back(qtbot, panel, benzene_window):
    view = benzene_window.view
    plain = view._shapes.colours.copy()
    QTest.mouseClick(panel.paint_atoms, LEFT, pos=QPoint(8, panel.paint_atoms.height() // 2))
    painted = view._shapes.colours
    site = panel.explanation.site
    nearest = int(np.argmin(np.where(np.arange(12) == site, np.inf, panel.explanation.distance_angstrom)))
    assert tuple(painted[site]) == tuple(plain[site])
    hue = LIGHT.curve(0)
    assert tuple(painted[nearest]) == tuple(int(hue[k : k + 2], 16) for k in (1, 3, 5))
    assert "1.08 Å · 100.0 % and 9.1 %" in view._atom_labels(nearest)
    QTest.mouseClick(panel.buttons[SECOND], LEFT)
    assert len({tuple(c) for k, c in enumerate(view._shapes.colours) if k != site}) == 1
    QTest.mouseClick(panel.buttons[DIFFERENCE], LEFT)
    (only,) = panel.plot.bars()
    assert only.values.min() < 0 < only.values.max()
    panel.paint_atoms.click()
    assert np.array_equal(view._shapes.colours, plain)
    assert view._atom_labels is None


def test_another_structure_gets_its_own_answer_or_none(qtbot, panel, explain, benzene_window):
    window = benzene_window
    panel.paint_atoms.click()
    window.opening.open_example("pyridine")
    qtbot.waitUntil(
        lambda: panel.explanation is not None and len(panel.explanation.distance_angstrom) == 11, timeout=20_000
    )
    window.workspace.pick(())
    assert "Pick an atom" in panel._empty.text()
    assert panel._stack.currentIndex() == 1
    assert not panel.paint_atoms.isEnabled()
    explain.gate.clear()
    window.workspace.pick((1,))
    assert panel._empty.text().startswith("Asking the network"), "nothing of what is past stands there"
    explain.gate.set()
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 0, timeout=20_000)


def test_what_cannot_be_explained_is_said_with_its_hint(qtbot, panel, explain, benzene_window):
    explain.error = XanesviewError("SHAP values need the package shap.", "Install it.")
    benzene_window.workspace.pick((5,))
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 1, timeout=20_000)
    assert panel._empty.text() == "SHAP values need the package shap.\nInstall it."
    explain.error = None
    benzene_window.workspace.pick((2,))
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 0, timeout=20_000)


def test_it_asks_nothing_while_nobody_sees_it(qtbot, explain, benzene_window):
    assert explain.asked == []
    benzene_window.workspace.pick((1,))
    assert explain.asked == []


@pytest.mark.parametrize(
    ("text", "window"),
    [("284–287 eV", (284.0, 287.0)), ("-3 … +3", (-3.0, 3.0)), ("−3..3", (-3.0, 3.0)), ("50 to 56", (50.0, 56.0)),
     ("-3--1", (-3.0, -1.0)), ("3-1", None), ("", None), ("285", None)],
)  # fmt: skip
def test_windows_are_read_as_people_write_them(text, window):
    assert parse_window(text) == window
    if window is not None:
        assert parse_window(window_text(window, True)) == window


def test_attention_has_one_hue_and_no_windows():
    found = Explanation(
        "attention", 0, ((0.0, 1.0), (2.0, 3.0)), np.array([0.0, 1.0, 2.0]), np.ones(2), np.ones((2, 2)),
        np.array([[0.0, 0.75, 0.25]] * 2), np.array([0.0, 0.5, 1.5]), np.zeros(2),
    )  # fmt: skip
    for shown in (FIRST, SECOND, DIFFERENCE):
        assert atom_colours(found, shown, ("#000000", "#ff0000"), "#ffffff") == {1: "#000000", 2: "#aaaaaa"}


def test_the_ground_of_the_bars_changes_with_the_theme(panel, benzene_window, qtbot):
    def ground() -> str:
        return panel.plot.grab().toImage().pixelColor(2, 2).name()

    assert ground() == LIGHT.window
    benzene_window.set_theme("dark")
    qtbot.waitUntil(lambda: ground() == DARK.window)


def test_stop_gives_the_question_up_and_the_window_stays_responsive(qtbot, panel, explain, benzene_window):
    workspace = benzene_window.workspace
    explain.gate.clear()
    workspace.pick((3,))
    qtbot.waitUntil(lambda: explain.asked[-1][0] == 3)
    assert longest_pause_ms(benzene_window, qtbot) < LIVELY_MS
    benzene_window.named_actions["cancel"].trigger()
    assert panel._empty.text().startswith("Stopped.")
    explain.gate.set()
    workspace.pick((4,))
    qtbot.waitUntil(lambda: panel.explanation is not None and panel.explanation.site == 4, timeout=20_000)


def test_what_was_stopped_is_asked_again_by_coming_back(qtbot, panel, explain, benzene_window):
    explain.gate.clear()
    benzene_window.workspace.pick((3,))
    qtbot.waitUntil(lambda: explain.asked[-1][0] == 3)
    benzene_window.named_actions["cancel"].trigger()
    explain.gate.set()
    dock = benzene_window.docks["Why"]
    dock.hide()
    qtbot.waitUntil(lambda: not panel.isVisible())
    dock.show()
    dock.raise_()
    qtbot.waitUntil(lambda: panel.explanation is not None and panel.explanation.site == 3, timeout=20_000)
