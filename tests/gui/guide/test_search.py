"""Search in the guide: all words in one paragraph or row, as a reader spells them."""

from __future__ import annotations

import pytest

from xanesview.gui.guide.finding import _snippet
from xanesview.gui.guide.pages import Page, read_pages
from xanesview.gui.guide.search import GuideIndex, folded, occurrences, passages_of

pytestmark = pytest.mark.usefixtures("qapp")

PAGE = Page(
    "made_up",
    "# Light\n\nThe dipole limit holds; see E₀.\n\n## Quadrupole\n\nNo **pre-edge** here.\n\n"
    "| site | error |\n|---|--:|\n| furan | −0.20 |\n| pyrrole | +0.14 |\n\n    xanesview predict --theta 20\n",
)


def test_a_row_of_a_table_is_one_passage():
    (row,) = GuideIndex([PAGE]).find("furan -0.20")
    assert (row.heading, row.text.split()) == ("Quadrupole", ["furan", "·", "−0.20"])
    assert GuideIndex([PAGE]).find("furan 0.14") == []


def test_words_are_found_however_they_are_written():
    index = GuideIndex([PAGE])
    assert [hit.text for hit in index.find("E0 DIPOLE")] == ["The dipole limit holds; see E₀."]
    assert index.find("pre-edge")
    assert index.find("--theta")
    assert index.find("  ") == []


def test_headings_come_first():
    hits = GuideIndex([PAGE, Page("other", "# Other\n\nA quadrupole.\n")]).find("quadrupole")
    assert [hit.is_heading for hit in hits] == [True, False]


def test_places_of_words_are_those_of_the_text_as_it_is_read():
    text = "The E₀ of −5 eV, E0"
    assert [text[at : at + length] for at, length in occurrences(text, "e0 -5")] == ["E₀", "−5", "E0"]
    assert len(folded(text)) == len(text)
    assert occurrences("anana", "an ana") == [(0, 3)]


def test_every_page_can_be_searched():
    pages = read_pages()
    for page in pages.values():
        found = passages_of(page)
        assert found[0].is_heading
        assert found[0].text == page.title
    index = GuideIndex(list(pages.values()))
    assert {hit.page for hit in index.find("fluorobenzene")} == {"measured_lines"}
    assert "physics" in {hit.page for hit in index.find("dichroic ratio")}


def test_a_stretch_around_what_was_found_ends_with_a_whole_word():
    text = " ".join(["polarisation"] * 8 + ["needle"] + ["spectroscopy"] * 40)
    shown = _snippet(text, "needle")
    assert "<b>needle</b>" in shown
    assert set(shown.replace("<b>", "").replace("</b>", "").split()) == {"…", "polarisation", "needle", "spectroscopy"}
