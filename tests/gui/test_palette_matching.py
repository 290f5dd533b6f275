"""What is typed into the command palette and what it finds."""

from __future__ import annotations

import pytest

from xanesview.gui.window.palette.matching import score

TITLES = ["Freeze curve", "Figure…", "Fit the view", "Fit to measured curve", "Save", "Save as…", "Energies from E₀"]


def found(typed: str) -> list[str]:
    worth = {title: score(typed, title) for title in TITLES}
    return sorted((title for title in TITLES if worth[title]), key=lambda title: -worth[title])


@pytest.mark.parametrize(
    ("typed", "first"),
    [("sav", "Save"), ("curve freeze", "Freeze curve"), ("fit meas", "Fit to measured curve"), ("FIG", "Figure…"),
     ("e0", "Energies from E₀"), ("msrd", "Fit to measured curve"), ("view", "Fit the view")],
)  # fmt: skip
def test_words_in_any_order_cut_short_or_with_letters_left_out(typed, first):
    assert found(typed)[0] == first


def test_every_word_must_be_there():
    assert found("fit nowhere") == []
    assert found("") == TITLES


def test_what_is_told_counts_less_than_the_title():
    assert score("curve", "Freeze curve") > score("curve", "Figure…", "Save the curves") > 0
