"""``xanesview train``: hands over to the training rooms, which need the extra packages."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from xanesview.cli.telling import say, tell_of_network
from xanesview.errors import UsageError, XanesviewError, extra_hint
from xanesview.io.text_file import check_is_file
from xanesview.networks.kinds import trained_kinds


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_training(p)
    p.add_argument("--resume", action="store_true", help="go on from the last checkpoint in FOLDER")
    p.add_argument(
        "--from",
        dest="start",
        metavar="NETWORK",
        help="begin with the weights of this network, of any kind but properties; a tensor network of another edge "
        "gives all but its last layers",
    )


def run_train(arguments: argparse.Namespace) -> int:
    """Train a network of the asked-for kind into a folder."""
    check_training(arguments)
    if arguments.start:
        tell_of_network(arguments.start)
    from xanesview.networks.card import as_path
    from xanesview.training.harness import is_writer
    from xanesview.training.kinds import train

    out = Path(arguments.out)
    changes = {"training": {"start": arguments.start}} if arguments.start else None
    train(arguments.kind, asked_data(arguments), asked_config(arguments), out, arguments.resume, changes)
    if is_writer():
        say(f"wrote {out}; try it: xanesview predict FILE --network {as_path(out)}")
    return 0


def add_training(p: argparse.ArgumentParser) -> None:
    """Add the options that all training has."""
    p.add_argument("kind", metavar="KIND", help="one of: " + ", ".join(trained_kinds()))
    p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files")
    p.add_argument("--config", metavar="FILE.toml", help="settings (default: those of the shipped network)")
    p.add_argument("--out", required=True, metavar="FOLDER", help="folder of the new network bundle")


def check_training(arguments: argparse.Namespace) -> None:
    kinds = trained_kinds()
    if arguments.kind not in kinds:
        raise UsageError(f"There is no kind of network “{arguments.kind}”.", f"Kinds: {', '.join(kinds)}.")
    for name in arguments.data:
        if not (kinds[arguments.kind].trains_on_pairs and Path(name).is_dir()):
            check_is_file(Path(name))
    if arguments.config is not None:
        check_is_file(Path(arguments.config))
    if Path(arguments.out).is_file():
        raise UsageError(f"{arguments.out} is a file.", "Give a folder for the new network.")
    if importlib.util.find_spec("lightning") is None:
        raise XanesviewError("Training needs the package lightning.", extra_hint("train"))


def asked_data(arguments: argparse.Namespace) -> list[Path]:
    return [Path(name) for name in arguments.data]


def asked_config(arguments: argparse.Namespace) -> Path | None:
    return Path(arguments.config) if arguments.config else None
