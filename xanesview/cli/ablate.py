"""``xanesview ablate``: hands over to the training rooms, which need the extra packages."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.numbers_asked import NumberIn
from xanesview.cli.telling import say_lines
from xanesview.cli.train import add_training, asked_config, asked_data, check_training


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    add_training(p)
    p.add_argument(
        "--minutes", type=NumberIn(0, 1e6, "min"), default=0.0, metavar="M",
        help="processor time of each variant",
    )  # fmt: skip
    p.add_argument("--only", metavar="NAME,NAME", help="these variants only")
    p.add_argument("--split", default="test", metavar="SPLIT", help="what to test on (default test)")


def run_ablate(arguments: argparse.Namespace) -> int:
    """Train the variants of a kind on equal budgets and print how much worse each one is."""
    check_training(arguments)
    from xanesview.training.ablation import ablate

    wanted = [name.strip() for name in arguments.only.split(",")] if arguments.only else None
    table = ablate(
        arguments.kind, asked_data(arguments), asked_config(arguments), Path(arguments.out), arguments.minutes, wanted,
        arguments.split,
    )  # fmt: skip
    say_lines(table)
    return 0
