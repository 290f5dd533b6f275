"""``xanesview import-checkpoint``: the published weights of a network as a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.telling import say
from xanesview.errors import UsageError
from xanesview.io.text_file import check_is_file
from xanesview.networks.kinds import imported_kinds, loaded


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(imported_kinds()))
    p.add_argument("file_name", metavar="FILE", help="the authors' file, read without running code from it")
    p.add_argument("--config", metavar="FILE.json", help="sizes of the network (default: the published ones)")
    p.add_argument("--out", required=True, metavar="FOLDER", help="folder of the new bundle")


def run_import_checkpoint(arguments: argparse.Namespace) -> int:
    """Read, check and write; say what was noticed."""
    kinds = imported_kinds()
    if arguments.kind not in kinds:
        raise UsageError(f"Checkpoints of “{arguments.kind}” cannot be imported.", f"Kinds: {', '.join(kinds)}.")
    check_is_file(Path(arguments.file_name))
    config = None
    if arguments.config is not None:
        config = Path(arguments.config)
        check_is_file(config)
    folder = Path(arguments.out).expanduser()
    for note in loaded(kinds[arguments.kind].checkpoint)(Path(arguments.file_name), config, folder):
        say(note)
    say(f"Wrote {folder}.")
    return 0
