#!/usr/bin/env python3
"""Gather the licences of all packages that a bundle holds, into one text file.

``python packaging/licences.py OUT.txt [--extras abinitio,feff,teach]``, with the interpreter of the environment that
the bundle is made of. Which packages: those that xanesview needs, with these extras, and those that they need in turn.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

NOTICES = Path(__file__).with_name("THIRD_PARTY.md")
#: Extras that a bundle holds.
HELD = frozenset({"abinitio", "feff", "teach"})
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]es?|copying|notice|authors?|copyright)[^/]*$", re.IGNORECASE)
RULE = "=" * 100


def needed(name: str, extras: frozenset[str]) -> dict[str, metadata.Distribution]:
    """Return the distributions that one needs with some extras, itself included, by normalised name."""
    from packaging.requirements import Requirement

    found: dict[str, metadata.Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    open_ends = [(name, extras)]
    while open_ends:
        name, extras = open_ends.pop()
        key = normalised(name)
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        try:
            one = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # an optional one that is not there
        found[key] = one
        for text in one.requires or ():
            wanted = Requirement(text)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": e}) for e in ("", *extras)):
                open_ends.append((wanted.name, frozenset(wanted.extras)))
    return found


def normalised(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_name(one: metadata.Distribution) -> str:
    """Return what a distribution calls its licence, in one line."""
    told = one.metadata
    for field in ("License-Expression", "License"):
        text = (told.get(field) or "").strip()
        if text and "\n" not in text and len(text) < 100:
            return text
    classes = [text.split("::")[-1].strip() for text in told.get_all("Classifier") or () if text.startswith("License")]
    return ", ".join(classes) or "see the text below"


def licence_texts(one: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the licence files that a distribution brings."""
    for file in one.files or ():
        if ".dist-info" in str(file) and LICENCE_FILE.search(str(file)):
            path = Path(file.locate())
            if path.is_file():
                yield path.name, path.read_text("utf-8", errors="replace").strip()


def gathered(extras: frozenset[str]) -> str:
    """Return the text of the file."""
    found = needed("xanesview", extras)
    del found["xanesview"]
    lines = ["xanesview is BSD-3-Clause (LICENSE). This program holds the packages below, each with its licence.", ""]
    lines += [f"  {one.metadata['Name']} {one.version}: {licence_name(one)}" for _, one in sorted(found.items())]
    lines += ["", "Qt and PySide6 are used under the LGPL version 3: they lie in this folder as libraries of their own",
              "and may be replaced by others of the same interface.", ""]  # fmt: skip
    lines += [RULE, NOTICES.read_text("utf-8").strip(), ""]
    for _, one in sorted(found.items()):
        for name, text in licence_texts(one):
            lines += [RULE, f"{one.metadata['Name']} {one.version}: {name}", RULE, text, ""]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT.txt")
    parser.add_argument("--extras", default=",".join(sorted(HELD)), help="(default %(default)s)")
    asked = parser.parse_args()
    asked.out.write_text(gathered(frozenset(filter(None, asked.extras.split(",")))), "utf-8")


if __name__ == "__main__":
    main()
