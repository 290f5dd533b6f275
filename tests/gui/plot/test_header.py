"""The line above the plot says less before it cuts."""

from __future__ import annotations

from xanesview.gui.plot.header import PlotHeader


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
    assert drawn["wide"] == text
    assert drawn["less"] == "Σ 6 C · ε = (0.00, 0.00, 1.00)"
    assert drawn["narrow"].startswith("Σ 6 C")
    assert drawn["narrow"].endswith("…")
    assert title.toolTip() == text
