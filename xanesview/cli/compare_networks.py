"""``xanesview compare-networks``: several networks measured on the same sites, as a table."""

from __future__ import annotations

import argparse
from pathlib import Path

from xanesview.cli.numbers_asked import NumberIn
from xanesview.cli.telling import say_lines, tell_of_network
from xanesview.errors import UsageError
from xanesview.io.atomic import write_text
from xanesview.io.text_file import check_is_file


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Say what may stand on the command line."""
    p.add_argument("file", nargs="+", metavar="NETWORK", help="names or folders of networks that give spectra")
    p.add_argument("--data", required=True, nargs="+", metavar="FILE.h5", help="data files of sticks")
    p.add_argument("--split", default="test", metavar="NAME", help="any split the files have (default test)")
    p.add_argument(
        "--scale", type=NumberIn(0, 1e12, above=True), metavar="X",
        help="divisor of all spectra (default: the first network's)",
    )  # fmt: skip
    p.add_argument("--out", metavar="TABLE.md|.csv", help="write the table to a file as well")


def run_compare_networks(arguments: argparse.Namespace) -> int:
    """Print the table as Markdown; write it where asked, as Markdown or CSV."""
    from xanesview.networks.card import find_bundle

    for name in arguments.data:
        check_is_file(Path(name))
    for name in arguments.file:
        find_bundle(name)
        tell_of_network(name)
    out = None if arguments.out is None else Path(arguments.out).expanduser()
    if out is not None and out.suffix.lower() not in (".md", ".csv"):
        raise UsageError(f"The table can't be written as “{out.name}”.", "End the name with .md or .csv.")
    from xanesview.training.testing.network_comparison import compare_networks, comparison_table

    rows, note = compare_networks(arguments.file, arguments.data, arguments.split, arguments.scale)
    say_lines(comparison_table(rows, note), end="")
    if out is not None:
        write_text(out, comparison_table(rows, note, out.suffix.lower()[1:]))
    return 0
