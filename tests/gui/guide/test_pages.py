"""The pages of the guide: each is listed, leads somewhere, and can be read in a narrow window and in a terminal."""

from __future__ import annotations

import pytest

from xanesview.gui.actions.action_table import ACTIONS
from xanesview.gui.guide.pages import INDEX, WINDOW_SCHEME, anchor_of, guide_folder, place_of, read_pages
from xanesview.gui.guide.places import WINDOW_PAGE
from xanesview.gui.panels.panel_table import PANELS

PAGES = read_pages()
TITLES = [spec.title for spec in PANELS]
LONGEST_CODE = 88


def test_every_page_is_listed_in_the_index():
    assert set(PAGES) == {path.stem for path in guide_folder().glob("*.md")}
    assert next(iter(PAGES)) == INDEX


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    for link in PAGES[name].links():
        scheme, colon, rest = link.partition(":")
        if colon and scheme == WINDOW_SCHEME:
            kind, _, target = rest.partition("/")
            known = {title.lower() for title in TITLES} if kind == "panel" else {spec.id for spec in ACTIONS}
            assert target in known, link
        elif colon:
            assert link.startswith("https://"), link
        else:
            page, anchor = place_of(link, name)
            assert page in PAGES, link
            assert not anchor or anchor in {heading.anchor for heading in PAGES[page].headings}, link


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_there(name):
    for picture in PAGES[name].pictures():
        assert (guide_folder() / picture).is_file(), picture


@pytest.mark.parametrize("name", PAGES)
def test_code_fits_beside_the_work(name):
    for line in PAGES[name].text.splitlines():
        if line.startswith("    "):
            assert len(line) - 4 <= LONGEST_CODE, line


def test_every_panel_has_a_section():
    sections = {heading.anchor for heading in PAGES[WINDOW_PAGE].headings}
    assert {anchor_of(title) for title in TITLES} <= sections
    assert "light" in sections


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("How they compare", "how-they-compare"),
        ("XANE(3)", "xane3"),
        ("E0 and the energy axis", "e0-and-the-energy-axis"),
        ("c_k_edge_tensor", "c_k_edge_tensor"),
        ("First-principles engine", "first-principles-engine"),
    ],
)
def test_anchors_are_those_of_code_hosts(heading, anchor):
    assert anchor_of(heading) == anchor
