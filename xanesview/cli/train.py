"""``xanesview train`` and ``xanesview ablate``: hand over to the training rooms, which need the extra packages."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from xanesview.errors import UsageError, XanesviewError
from xanesview.io.text_file import check_is_file
from xanesview.networks.kinds import trained_kinds


def run_train(arguments: argparse.Namespace) -> int:
    """Train a network of the asked-for kind into a folder."""
    _check(arguments)
    from xanesview.training.harness import is_writer
    from xanesview.training.kinds import train

    out = Path(arguments.out)
    changes = {"training": {"start": arguments.start}} if arguments.start else None
    train(arguments.kind, _data(arguments), _config(arguments), out, arguments.resume, changes)
    if is_writer():
        print(f"wrote {out}; try it: xanesview predict FILE --network {out}")
    return 0


def run_ablate(arguments: argparse.Namespace) -> int:
    """Train the variants of a kind on equal budgets and print how much worse each one is."""
    _check(arguments)
    from xanesview.training.ablation import ablate

    wanted = [name.strip() for name in arguments.only.split(",")] if arguments.only else None
    table = ablate(
        arguments.kind, _data(arguments), _config(arguments), Path(arguments.out), arguments.minutes, wanted,
        arguments.split,
    )  # fmt: skip
    print(table)
    return 0


def _check(arguments: argparse.Namespace) -> None:
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
        raise XanesviewError("Training needs the package lightning.", "Install xanesview with its extra “train”.")


def _data(arguments: argparse.Namespace) -> list[Path]:
    return [Path(name) for name in arguments.data]


def _config(arguments: argparse.Namespace) -> Path | None:
    return Path(arguments.config) if arguments.config else None
