"""What files and cards say is shown as it is: no HTML, no file that it names."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as Texts
from PySide6.QtWidgets import QApplication, QLabel, QWidget

import xanesview
from tests.gui.fake_networks import FakeNetworks
from xanesview.gui.appearance.plain_text import Label, plain
from xanesview.gui.plot.axes import NumberAxis

HOSTILE = '<img src="file:///dev/zero"><b>x</b>'
GUI = Path(xanesview.__file__).parent / "gui"


def test_a_tooltip_shows_markup_as_text():
    assert plain("E < E₀ and 3 > 2") == "E < E₀ and 3 > 2"
    told = "<qt>&lt;img src=&quot;file:///dev/zero&quot;&gt;&lt;b&gt;x&lt;/b&gt;<br>a</qt>"
    assert plain(f"{HOSTILE}\na") == told


def test_a_label_shows_markup_as_text(qapp):
    label = Label(HOSTILE, objectName="title")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == HOSTILE
    assert label.objectName() == "title"


def test_every_label_is_a_plain_one():
    """Any label may once show what a file says."""
    for path in sorted(GUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "QLabel", f"{path.name}, line {node.lineno}: use Label"


def test_every_tooltip_that_is_made_up_is_plain():
    """Constants of the program are known; whatever else is said goes through `plain`."""
    for path in sorted(GUI.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "setToolTip"):
                continue
            said = node.args[-1]
            known = isinstance(said, ast.Constant) or (isinstance(said, ast.Name) and said.id.isupper())
            made_plain = isinstance(said, ast.Call) and getattr(said.func, "id", "") == "plain"
            assert known or made_plain, f"{path.name}, line {node.lineno}: use plain"


@pytest.fixture
def networks() -> FakeNetworks:
    """A network whose card holds markup where a text may stand."""
    networks = FakeNetworks()
    cards = networks._cards
    cards["fake"] = replace(cards["fake"], title=HOSTILE, licence=HOSTILE)
    cards["isotropic"] = replace(cards["isotropic"], title=HOSTILE)
    return networks


def test_no_label_or_tooltip_of_the_window_takes_a_card_or_a_name_for_html(benzene_window, qtbot):
    window = benzene_window
    window.opening.show_structure(window.workspace.structure.replace(name=HOSTILE))
    qtbot.waitUntil(lambda: window.workspace.shown.prediction is not None and not window.workspace.is_busy)
    QApplication.processEvents()
    labels = [label for label in window.findChildren(QLabel) if HOSTILE in label.text()]
    assert labels
    assert [label.objectName() for label in labels if label.textFormat() != Qt.TextFormat.PlainText] == []
    tips = [widget.toolTip() for widget in window.findChildren(QWidget)]
    assert [tip for tip in tips if "<img" in tip and Texts.mightBeRichText(tip)] == []  # by the first line


def test_a_unit_is_no_html_in_the_plot(qapp):
    axis = NumberAxis("left")
    axis.set_titles((f"σ ({HOSTILE})",))
    assert HOSTILE in axis.label.toPlainText()
    assert "<img" not in axis.label.toHtml()
