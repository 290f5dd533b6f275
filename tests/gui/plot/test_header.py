"""The line above the plot says less before it cuts."""

from __future__ import annotations

from xanesview.gui.plot.header import PlotHeader, shorter


def test_a_long_title_is_said_shorter_before_it_is_cut(qtbot):
    header = PlotHeader()
    qtbot.addWidget(header)
    text = "sum of all 6 C · ε = (0.00, 0.00, 1.00)"
    header.set_title(text)
    title = header.title
    wide = title.fontMetrics().horizontalAdvance(text)
    drawn = {}
    for name, width in (("wide", wide + 4), ("less", wide - 4), ("narrow", wide // 3)):
        title.resize(width, 24)
        drawn[name] = title.drawn_text()
    assert drawn == {"wide": text, "less": "Σ 6 C · ε = (0.00, 0.00, 1.00)", "narrow": "Σ 6 C"}
    assert title.toolTip() == text


def test_no_number_of_a_title_is_ever_cut():
    assert list(shorter("sum of Fe1, Fe21 · ε = (0.81, −0.34, 0.48)")) == [
        "sum of Fe1, Fe21 · ε = (0.81, −0.34, 0.48)",
        "Σ Fe1, Fe21 · ε = (0.81, −0.34, 0.48)",
        "Σ Fe1, Fe21 · ε = (0.8, −0.3, 0.5)",
        "Σ Fe1, Fe21",
        "Σ Fe1, …",
    ]
    assert list(shorter("C1 · ε = (−0.04, 0.00, 1.00), P = 0.70"))[2] == "C1 · ε = (0.0, 0.0, 1.0), P = 0.70"
    assert list(shorter("iron (III) oxide"))[-1] == "iron (III) oxide"
