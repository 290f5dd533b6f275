"""``xanesview [FILE]``: open the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.molecules import add_relaxation
from xanesview.cli.numbers_asked import asked_size
from xanesview.errors import UsageError, XanesviewError


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("file", nargs="*", metavar="FILE", help="structure (and spectrum) files to open, or a folder")
    p.add_argument("--smiles", metavar="SMILES", help="open a molecule built from its SMILES, or by its name")
    add_relaxation(p, files=False)
    p.add_argument("--example", metavar="NAME", help="open a bundled example, for instance benzene")
    p.add_argument("--network", metavar="NAME|PATH", help="network to predict with")
    p.add_argument("--theme", choices=("light", "dark", "system"), help="colours of the window")
    p.add_argument("--size", metavar="WxH", help="size of the window, for instance 1400x860")
    p.add_argument("--fresh", action="store_true", help="neither read nor write settings")
    p.add_argument(
        "--screenshot", metavar="PNG", help="write a picture of the window with its first spectrum, then end"
    )


def run_gui(arguments: argparse.Namespace) -> int:
    """Open the window and return its exit code."""
    named = [bool(arguments.file), arguments.smiles is not None, arguments.example is not None]
    if sum(named) > 1:
        raise UsageError("Name files, a SMILES or an example, only one of them.")
    size = None if arguments.size is None else asked_size(arguments.size, 200, 10_000)
    for name in arguments.file:  # a mistyped command looks like a file; files are told of in the window
        if not Path(name).suffix and not Path(name).exists():
            raise XanesviewError(f"There is no command and no file “{name}”.", "“xanesview --help” lists the commands.")
    if arguments.screenshot is not None and arguments.file:
        _check_predictable([Path(name) for name in arguments.file])
    from xanesview.gui.app import Launch, run

    return run(
        Launch(
            files=tuple(Path(name).expanduser().absolute() for name in arguments.file),  # sessions keep them
            smiles=arguments.smiles,
            relax=arguments.relax or "gfn2",
            example=arguments.example,
            screenshot=None if arguments.screenshot is None else Path(arguments.screenshot),
            theme=arguments.theme,
            fresh=arguments.fresh,
            size=size,
            network=arguments.network,
        )
    )


def _check_predictable(paths: list[Path]) -> None:
    """Refuse a picture of measured curves alone: it waits for the spectrum of a structure, and there is none.

    Raises
    ------
    XanesviewError
    """
    from xanesview.io.recognition import kind_of_file

    if all(path.is_file() and kind_of_file(path) in ("spectrum", "image") for path in paths):
        raise XanesviewError(
            f"--screenshot shows a predicted spectrum, which needs a structure; {paths[0].name} is none.",
            "Name a structure as well; “xanesview plot” draws measured curves alone.",
        )
