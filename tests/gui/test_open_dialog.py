"""File ▸ Open shows at once whatever can be opened."""

from __future__ import annotations

import re

from PySide6.QtWidgets import QFileDialog

from xanesview.io.recognition import EVERY_KIND


def test_the_first_filter_lets_everything_through(window, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *words: (asked.append(words[-1]), ([], ""))[1])
    window.named_actions["open"].trigger()
    filters = asked[0].split(";;")
    patterns = set(re.search(r"\((.*)\)", filters[0])[1].split())
    for title, formats in EVERY_KIND:
        own = next(one for one in filters if one.startswith(f"{title} ("))
        assert filters.index(own) <= len(EVERY_KIND), "by kind before by format"
        for fmt in formats:
            assert set(fmt.patterns.split()) <= patterns
            assert fmt.name in asked[0]
    assert filters[-1] == "All files (*)"


def test_undo_is_not_offered_where_nothing_was_open(window, qtbot) -> None:
    told = []
    window.workspace.message.connect(lambda notice: told.append(notice))
    from xanesview.io.structures.registry import structure_from_smiles

    window.workspace.open_structure(structure_from_smiles("N"))
    notice = next(one for one in told if one.kind == "network-changed")
    assert "Undo" not in notice.hint
    assert notice.hint
    window.opening.open_example("benzene")
    again = [one for one in told if one.kind == "network-changed"][-1]
    assert again is not notice
    assert "Undo goes back" in again.hint
