"""``xanesview [FILE]``: open the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.errors import UsageError, XanesviewError


def run_gui(arguments: argparse.Namespace) -> int:
    """Open the window and return its exit code."""
    named = [bool(arguments.file), arguments.smiles is not None, arguments.example is not None]
    if sum(named) > 1:
        raise UsageError("Name files, a SMILES or an example, only one of them.")
    size = _size(arguments.size)
    for name in arguments.file:  # a mistyped command looks like a file; files are told of in the window
        if not Path(name).suffix and not Path(name).exists():
            raise XanesviewError(f"There is no command and no file “{name}”.", "“xanesview --help” lists the commands.")
    from xanesview.gui.app import Launch, run

    return run(
        Launch(
            files=tuple(Path(name) for name in arguments.file),
            smiles=arguments.smiles,
            example=arguments.example,
            screenshot=None if arguments.screenshot is None else Path(arguments.screenshot),
            theme=arguments.theme,
            fresh=arguments.fresh,
            size=size,
            network=arguments.network,
        )
    )


def _size(text: str | None) -> tuple[int, int] | None:
    """Width and height in device-independent pixels from "1400x860"."""
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()) or not (200 <= int(width) <= 10_000 and 200 <= int(height) <= 10_000):
        raise UsageError(f"“{text}” is not a window size.", "Write it as 1400x860.")
    return int(width), int(height)
