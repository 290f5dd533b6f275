"""``xanesview train``: hands over to the training rooms, which need the extra packages."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from xanesview.errors import UsageError, XanesviewError
from xanesview.io.text_file import check_is_file
from xanesview.training import KINDS, cli_train


def run_train(arguments: argparse.Namespace) -> int:
    """Train a network of the asked-for kind into a folder."""
    if arguments.kind not in KINDS:
        raise UsageError(f"There is no kind of network “{arguments.kind}”.", f"Kinds: {', '.join(KINDS)}.")
    for name in arguments.data:
        check_is_file(Path(name))
    if arguments.config is not None:
        check_is_file(Path(arguments.config))
    if Path(arguments.out).is_file():
        raise UsageError(f"{arguments.out} is a file.", "Give a folder for the new network.")
    if importlib.util.find_spec("lightning") is None:
        raise XanesviewError("Training needs the package lightning.", "Install xanesview with its extra “train”.")
    cli_train(arguments.kind, arguments.data, arguments.config, arguments.out, arguments.resume)
    return 0
