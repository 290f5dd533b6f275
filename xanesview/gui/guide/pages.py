"""The pages of the guide as they lie in ``resources/docs``; no Qt here.

A further page is a Markdown file and one line in ``index.md``, whose list is the order of the pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xanesview.paths import resource

INDEX = "index"
#: What links to places of the window begin with: ``xanesview:panel/quality``, ``xanesview:action/export_figure``.
WINDOW_SCHEME = "xanesview"

_HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_LISTED = re.compile(r"^- \[[^\]]+\]\((\w+)\.md\)", re.MULTILINE)
_LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^    .*$|`[^`]*`", re.MULTILINE)


@dataclass(frozen=True)
class Heading:
    """One heading of a page: how deep (1 to 3), its words, and the anchor that links name it by."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Page:
    """One page: the name of its file without ending, and its Markdown."""

    name: str
    text: str

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in their order."""
        found = ((len(marks), _plain(words)) for marks, words in _HEADING.findall(self.text))
        return tuple(Heading(level, words, anchor_of(words)) for level, words in found)

    @property
    def title(self) -> str:
        """The first heading."""
        return self.headings[0].text if self.headings else self.name

    def links(self) -> list[str]:
        """Where the page leads, pictures left out."""
        return [target for picture, target in _LINK.findall(_CODE.sub("", self.text)) if not picture]

    def pictures(self) -> list[str]:
        """The files of its pictures."""
        return [target for picture, target in _LINK.findall(_CODE.sub("", self.text)) if picture]


def guide_folder() -> Path:
    """Return the folder of the pages and their pictures."""
    return resource("docs")


def read_pages() -> dict[str, Page]:
    """Return the pages by name, the index first, then in the order in which it lists them."""
    index = _read(INDEX)
    return {page.name: page for page in (index, *map(_read, _LISTED.findall(index.text)))}


def anchor_of(heading: str) -> str:
    """Return the anchor of a heading as code hosts make it: small letters, hyphens for spaces, no other marks."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-")


def place_of(link: str, here: str) -> tuple[str, str] | None:
    """Return (page, anchor) that a link on the page `here` leads to; None where it leads out of the guide."""
    target, _, anchor = link.partition("#")
    if not target:
        return here, anchor
    if "/" in target or ":" in target or not target.endswith(".md"):
        return None
    return target.removesuffix(".md"), anchor


def _read(name: str) -> Page:
    return Page(name, (guide_folder() / f"{name}.md").read_text(encoding="utf-8"))


def _plain(words: str) -> str:
    return words.replace("`", "").replace("*", "").strip()
