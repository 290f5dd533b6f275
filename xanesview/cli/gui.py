"""``xanesview [FILE]``: open the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.errors import UsageError

NAME = "gui"
HELP = "open the window (the default)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the window can be started with."""
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="structure to open (XYZ, CIF, POSCAR, PDB, MOL, SDF)"
    )
    parser.add_argument("--example", metavar="NAME", help="open a bundled example, for instance benzene")
    parser.add_argument("--network", metavar="NAME", help="network to predict with")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="colours of the window")
    parser.add_argument("--size", metavar="WxH", help="size of the window, for instance 1400x860")
    parser.add_argument("--fresh", action="store_true", help="neither read nor write settings")
    parser.add_argument(
        "--screenshot", type=Path, metavar="PNG", help="write a picture of the window with its first spectrum, then end"
    )


def run(arguments: argparse.Namespace) -> int:
    """Open the window; returns its exit code."""
    if arguments.file is not None and arguments.example is not None:
        raise UsageError("Name a file or an example, not both.")
    from xanesview.gui.app import Launch
    from xanesview.gui.app import run as run_window

    return run_window(
        Launch(
            file=arguments.file,
            example=arguments.example,
            screenshot=arguments.screenshot,
            theme=arguments.theme,
            fresh=arguments.fresh,
            size=_size(arguments.size),
            network=arguments.network,
        )
    )


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) < 200 or int(height) < 200:
        raise UsageError(f"“{text}” is not a window size.", "Write it as 1400x860.")
    return int(width), int(height)
